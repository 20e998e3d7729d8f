"""What the places show: empty, filled, hostile, damaged; on terminals of several sizes."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from textual.events import MouseScrollDown
from textual.widgets import Input

from garminsync_tui.config import Config
from garminsync_tui.ids import new_id
from garminsync_tui.models import Activity, GarminConnectAccount
from garminsync_tui.paths import Paths
from garminsync_tui.store.database import Database
from garminsync_tui.tui.screens.activities import ActivitiesScreen
from garminsync_tui.tui.screens.activity import ActivityScreen
from garminsync_tui.tui.widgets.card import Card
from garminsync_tui.tui.widgets.window_table import WindowTable

from .conftest import NOON, TODAY, running, shown, store_activities, store_days, until

SIZES = [(60, 24), (80, 24), (120, 40), (160, 50)]
HOSTILE = "\x1b]0;x\x07[/red]\u202e[b]@click"
NAMES = ["Long run", "6 x 800 m", HOSTILE, "Parkrun", *["Easy"] * 8]


async def test_an_empty_database_says_what_helps(config: Config) -> None:
    async with running(config, size=SIZES[0]) as (app, pilot):
        for size in SIZES:
            await pilot.resize_terminal(*size)
            for key in "1235":
                await pilot.press(key)
                await until(pilot, lambda: "Press a to connect" in shown(app))
                assert "○ not connected" in shown(app).splitlines()[0]
            assert app.export_screenshot().startswith("<svg")


async def test_a_linked_account_without_data_says_to_sync(config: Config, account: GarminConnectAccount) -> None:
    async with running(config) as (app, pilot):
        for key in "1235":
            await pilot.press(key)
            await until(pilot, lambda: "Press s to sync now" in shown(app))


async def test_every_screen_draws_what_is_stored(
    config: Config, database: Database, paths: Paths, account: GarminConnectAccount
) -> None:
    await store_activities(database, paths, account, NAMES)
    await store_days(database, account)
    async with running(config, size=SIZES[0]) as (app, pilot):
        for size in (SIZES[0], SIZES[-1]):  # the whole screens are seen at all of them
            await pilot.resize_terminal(*size)
            await pilot.press("1")
            await until(pilot, lambda: all(words in shown(app) for words in ("7 h 24 m", "48 bpm", "61 ms", "6 412")))
            await until(pilot, lambda: "Long run" in shown(app))
            clean(shown(app), size)
            await pilot.press("2")
            await until(pilot, lambda: "Parkrun" in shown(app) and "6 x 800 m" in shown(app))
            clean(shown(app), size)
            await pilot.press("g", "j", "j", "enter")
            await until(pilot, lambda: isinstance(app.screen, ActivityScreen) and "bpm┤" in shown(app))
            assert "5.20 km" in shown(app)
            clean(shown(app), size)
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(app.screen, ActivitiesScreen))
            assert app.screen.query_one("#list", WindowTable).cursor == 2


def clean(screen: str, size: tuple[int, int]) -> None:
    """Nothing from outside steers the terminal, nothing is read as markup, nothing is pushed out of it."""
    assert not {"\x1b", "\x07", "\u202e"} & set(screen)
    assert "·]0;x·[" in screen
    assert (len(screen.splitlines()), {len(line) for line in screen.splitlines()}) == (size[1], {size[0]})


async def test_a_terminal_that_is_too_small_says_so_and_recovers(config: Config) -> None:
    async with running(config) as (app, pilot):
        await pilot.resize_terminal(30, 10)
        await until(pilot, lambda: "too small" in shown(app))
        assert "Today" not in shown(app)
        await pilot.resize_terminal(100, 30)
        await until(pilot, lambda: "[1 Today]" in shown(app))


async def test_days_are_walked_and_a_gap_is_a_gap(
    config: Config, database: Database, account: GarminConnectAccount
) -> None:
    await store_days(database, account)
    async with running(config, size=(100, 30)) as (app, pilot):
        await until(pilot, lambda: "Saturday 21 November 2026" in shown(app))
        assert "▁" in app.screen.query_one("#heart", Card).render().plain
        await pilot.press("comma")
        await until(pilot, lambda: "Friday 20 November 2026" in shown(app) and "yesterday" in shown(app))
        await pilot.press("full_stop", "full_stop")
        await until(pilot, lambda: "Saturday 21" in shown(app) and app._notifications)
        assert [said.message for said in app._notifications] == ["Day after: this is the newest day."]
        await pilot.press(*["comma"] * 10)
        await until(pilot, lambda: f"{TODAY - timedelta(days=10):%-d November}" in shown(app))
        await until(pilot, lambda: app.screen.query_one("#sleep", Card).reading.value == "—")
        assert app.screen.query_one("#sleep", Card).reading.series[-1] is None
        await pilot.press("home")
        await until(pilot, lambda: "Saturday 21" in shown(app))


async def test_miles_where_somebody_chose_miles(
    config: Config, paths: Paths, database: Database, account: GarminConnectAccount
) -> None:
    await store_activities(database, paths, account, ["Run"])
    imperial = Config.load(paths, {"sync.runner": "never", "display.units": "imperial"}, {})
    async with running(imperial) as (app, pilot):
        await pilot.press("2")
        await until(pilot, lambda: "3.1 mi" in shown(app) and "/mi" in shown(app))
        assert "km" not in shown(app).replace(app.screen.query_one("#filter", Input).placeholder, "")


# ── Activities ───────────────────────────────────────────────────────────────────────────────────────


async def test_the_filter(config: Config, paths: Paths, database: Database, account: GarminConnectAccount) -> None:
    await store_activities(database, paths, account, NAMES)
    async with running(config) as (app, pilot):
        await pilot.press("2")
        await until(pilot, lambda: "Activities   12" in shown(app))
        await pilot.press("slash", *"easy dist>5.9")
        await until(pilot, lambda: "2 of 12" in shown(app))
        assert app.screen.query_one("#list", WindowTable).count == 2
        app.screen.query_one("#filter", Input).value += " colour:red"
        await until(pilot, lambda: "there is no field “colour”" in shown(app))
        assert "2 of 12" in shown(app)  # what was understood last stays
        await pilot.press("escape")
        await until(pilot, lambda: "Activities   12" in shown(app) and "no field" not in shown(app))
        await pilot.press("escape")
        assert app.screen.query_one("#list", WindowTable).has_focus
        await pilot.press("slash", *"zebra")
        await until(pilot, lambda: "No activity meets this filter" in shown(app))


async def test_the_order(config: Config, paths: Paths, database: Database, account: GarminConnectAccount) -> None:
    await store_activities(database, paths, account, ["B", "C", "A"])
    async with running(config) as (app, pilot):
        await pilot.press("2")
        table = app.screen.query_one("#list", WindowTable)

        def names() -> list[str]:
            return [found.activity.name for row in range(table.count) if (found := table.row(row))]

        await until(pilot, lambda: names() == ["B", "C", "A"])
        await pilot.press("o")
        await until(pilot, lambda: names() == ["A", "C", "B"] and "sort distance ↓" in shown(app))
        y, titles = next((y, line) for y, line in enumerate(shown(app).splitlines()) if " Name " in line)
        title = titles.index("Name")
        await pilot.click(offset=(title, y))
        await until(pilot, lambda: names() == ["A", "B", "C"] and "sort name ↑" in shown(app))
        await pilot.click(offset=(title, y))
        await until(pilot, lambda: names() == ["C", "B", "A"])


async def test_the_list_is_read_in_windows(config: Config, database: Database, account: GarminConnectAccount) -> None:
    await store_bare(database, account, 650)
    async with running(config) as (app, pilot):
        await pilot.press("2")
        table = app.screen.query_one("#list", WindowTable)
        await until(pilot, lambda: table.row(0) is not None)
        assert table.count == 650
        assert table.row(250) is None
        await pilot.pause()
        left, top = table.region.offset
        app.post_message(MouseScrollDown(None, left + 5, top + 5, 0, 1, 0, False, False, False))
        await until(pilot, lambda: table.scroll_offset.y > 0)
        await pilot.click(table, offset=(5, 3))
        await until(pilot, lambda: table.cursor == table.scroll_offset.y + 2)
        await pilot.press("G")
        await until(pilot, lambda: table.row(649) is not None)
        assert table.cursor == 649
        assert table.row(250) is None
        await pilot.press("pageup")
        assert table.cursor == 649 - (table.size.height - 1)


async def store_bare(database: Database, account: GarminConnectAccount, count: int) -> None:
    async with database.write() as session:
        await session.execute(sa.insert(Activity), [bare(account, number) for number in range(count)])


def bare(account: GarminConnectAccount, number: int) -> dict[str, object]:
    return {
        "id": new_id(),
        "garmin_connect_account_id": account.id,
        "garmin_activity_id": str(number),
        "activity_type": "walking",
        "start_time": NOON - timedelta(hours=number),
        "duration": 60,
        "file_type": "FIT",
        "file_path": f"{number}.fit",
        "sha256": bytes(32),
        "size_bytes": 1,
    }
