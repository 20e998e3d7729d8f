"""The calendar of what is complete."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from textual.pilot import Pilot

from garminsync_tui.config import Config
from garminsync_tui.jobs.queue import Queue
from garminsync_tui.models import GarminConnectAccount
from garminsync_tui.store import accounts, coverage
from garminsync_tui.store.database import Database
from garminsync_tui.tui import keys
from garminsync_tui.tui.app import GarminSyncApp
from garminsync_tui.tui.screens.coverage import CoverageScreen
from garminsync_tui.tui.screens.coverage_days import CoverageDaysScreen
from garminsync_tui.tui.screens.jobs import JobsScreen

from .conftest import TODAY, running, shown, until


async def store_ledger(database: Database, account: GarminConnectAccount) -> None:
    """Heart rate complete since mid-August but for a failed day in October; sleep of two weeks only."""
    async with database.write() as session:
        first = date(2026, 8, 15)
        heart = [first + timedelta(days=n) for n in range((TODAY - first).days + 1)]
        entries = [coverage.Entry("heart_rate", day, "fetched") for day in heart]
        entries += [coverage.Entry("sleep", day, "fetched") for day in heart[-10:]]
        entries += [coverage.Entry("steps", day, "empty") for day in heart]
        await coverage.record(session, account.id, entries)
        await coverage.fail(session, account.id, "heart_rate", date(2026, 10, 7), "HTTP 500")
        await coverage.make_stale(session, account.id, date(2026, 9, 3), date(2026, 9, 4), ["steps"])


def line(screen: str, words: str) -> str:
    return next(each for each in screen.splitlines() if words in each)


async def test_months_are_shaded_and_the_cursor_is_read_aloud(
    config: Config, database: Database, account: GarminConnectAccount
) -> None:
    await store_ledger(database, account)
    for size in ((60, 24), (80, 24), (120, 40)):
        async with running(config, size=size) as (app, pilot):
            await pilot.press("c")
            await until(pilot, lambda: "Heart rate" in shown(app))
            screen = shown(app)
            titles = line(screen, "Nov")
            assert titles.index("Nov") < titles.index("Oct") < titles.index("Aug"), "the newest first"
            heart = line(screen, "Heart rate ")
            assert [sign for sign in heart if sign in "·░▒▓█✗~"] == ["█", "✗", "█", "█"]
            assert [sign for sign in line(screen, "Sleep ") if sign in "·░▒▓█✗~"] == [
                "░",
                "·",
                "·",
                "·",
            ] or "▒" in screen
            assert "~" in line(screen, "Steps ")
            await until(pilot, lambda: "Heart rate, November 2026: 21 fetched" in shown(app))
            await pilot.press("l")
            await until(pilot, lambda: "Heart rate, October 2026: 30 fetched, 1 failed" in shown(app))
            await pilot.press("escape")
            await until(pilot, lambda: "Last activities" in shown(app))


async def test_a_month_is_fetched_again(config: Config, database: Database, account: GarminConnectAccount) -> None:
    await store_ledger(database, account)
    async with running(config) as (app, pilot):
        await pilot.press("c")
        await until(pilot, lambda: "Heart rate, November" in shown(app))
        await pilot.press("right", "f")
        await until(pilot, lambda: app.situation and app.situation.jobs)
        jobs = keys.action("places.jobs").keys
        await pilot.press(jobs, "c")
        await until(pilot, lambda: "Heart rate, November" in shown(app))
        assert "[5 Jobs]" in shown(app)  # where esc leads back to
        await pilot.press(jobs)
        await until(pilot, lambda: isinstance(app.screen, JobsScreen))
    [job] = await Queue(database).list()
    assert (job.extra or {})["parameters"] == {
        "since": "2026-10-01",
        "until": "2026-10-31",
        "metrics": ["heart_rate"],
        "full": True,
    }


# ── The days of a month ──────────────────────────────────────────────────────────────────────────────

SIZES = [(60, 24), (80, 24), (120, 40)]


@asynccontextmanager
async def on_october(config: Config, **options: Any) -> AsyncIterator[tuple[GarminSyncApp, Pilot[int]]]:
    """The app that shows the days of October, the cursor on heart rate's failed day."""
    async with running(config, **options) as (app, pilot):
        await pilot.press("c")
        await until(pilot, lambda: "Heart rate, November" in shown(app))
        await pilot.press("right", "enter")
        await until(pilot, lambda: "Heart rate, Wed 7 October 2026: failed" in shown(app))
        yield app, pilot


async def parameters(database: Database) -> list[dict[str, Any]]:
    return [(job.extra or {})["parameters"] for job in await Queue(database).list()]


def signs(row: str) -> str:
    return "".join(sign for sign in row if sign in "█○~✗·")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("colourless", [False, True])
async def test_days_have_signs_and_are_read_aloud(
    config: Config,
    database: Database,
    account: GarminConnectAccount,
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int],
    colourless: bool,
) -> None:
    if colourless:
        monkeypatch.setenv("NO_COLOR", "1")
    await store_ledger(database, account)
    async with on_october(config, size=size) as (app, pilot):
        screen = shown(app)
        assert "Coverage   October 2026" in screen
        assert "tried once, next try " in screen
        assert "HTTP 500" in screen
        assert "█ fetched  ○ empty  ~ to fetch again  ✗ failed  · none" in screen
        await pilot.press("end")
        await until(pilot, lambda: "Heart rate, Sat 31 October 2026: fetched" in shown(app))
        await pilot.press("home")
        await until(pilot, lambda: "Heart rate, Thu 1 October 2026: fetched" in shown(app))
        await until(pilot, lambda: signs(line(shown(app), "Heart rate ")).startswith("██████✗███"))
        assert " 1  2  3  4  5  6  7 " in shown(app)
        await pilot.press("j")
        await until(pilot, lambda: "Sleep, Thu 1 October 2026: nothing was asked for yet" in shown(app))
        assert signs(line(shown(app), "Sleep ")).startswith("·······")
        await pilot.press("j")
        await until(pilot, lambda: "Steps, Thu 1 October 2026: empty at Garmin" in shown(app))
        assert signs(line(shown(app), "Steps ")).startswith("○○○○○○○")
        assert all(len(each) == size[0] for each in shown(app).splitlines())


@pytest.mark.parametrize(
    ("year", "said"), [(2020, "tried 2 times, next try after "), (2100, "next try with the next sync")]
)
async def test_a_failed_day_tells_when_it_is_tried_again(
    config: Config, database: Database, account: GarminConnectAccount, year: int, said: str
) -> None:
    await store_ledger(database, account)
    async with database.write() as session:
        await coverage.fail(session, account.id, "heart_rate", date(2026, 10, 7), "HTTP 502 \x1b[31m")
    async with running(config, clock=lambda: datetime(year, 1, 1, tzinfo=UTC)) as (app, pilot):
        await pilot.press("c")
        await until(pilot, lambda: "Heart rate, November" in shown(app))
        await pilot.press("right", "enter")
        await until(pilot, lambda: said in shown(app))
        assert "HTTP 502" in shown(app)
        assert "\x1b" not in shown(app)


async def test_a_wide_month_scrolls_under_its_names(
    config: Config, database: Database, account: GarminConnectAccount
) -> None:
    await store_ledger(database, account)
    async with on_october(config, size=(62, 24)) as (app, pilot):
        await pilot.press("end")
        await until(pilot, lambda: " 31 " in shown(app))
        assert " 7 " not in shown(app)
        days = [int(word) for word in line(shown(app), " 31 ").split() if word.isdigit()]
        assert days == list(range(days[0], 32)), "half of a 17 is a 7"
        assert "Heart rate " in shown(app)
        await pilot.press("home")
        await until(pilot, lambda: " 7 " in shown(app))
        assert " 31 " not in shown(app)


async def test_one_day_is_fetched_again(config: Config, database: Database, account: GarminConnectAccount) -> None:
    await store_ledger(database, account)
    async with on_october(config) as (app, pilot):
        await pilot.press("f")
        await until(pilot, lambda: app._notifications)
        [said] = app._notifications
        assert said.message == "Heart rate, 7 October 2026: queued to be fetched again."
    asked = {"since": "2026-10-07", "until": "2026-10-07", "metrics": ["heart_rate"], "full": True}
    assert await parameters(database) == [asked]


async def test_a_marked_range_is_fetched_again_and_nothing_beside_it(
    config: Config, database: Database, account: GarminConnectAccount
) -> None:
    await store_ledger(database, account)
    async with on_october(config) as (app, pilot):
        await pilot.press("v", "l", "l", "l")
        await until(pilot, lambda: "Marked: 7 to 10 October 2026." in shown(app))
        assert "[✗][█][█][█] █ " in line(shown(app), "Heart rate ")
        await pilot.press("j")  # the range goes along with the cursor
        await until(pilot, lambda: "[·][·][·][·] · " in line(shown(app), "Sleep "))
        assert "[" not in line(shown(app), "Heart rate ")
        await pilot.press("k", "h", "h", "h", "h", "f")
        await until(pilot, lambda: app._notifications)
        [said] = app._notifications
        assert said.message == "Heart rate, 6 to 7 October 2026: queued to be fetched again."
        await until(pilot, lambda: "Marked" not in shown(app) and "[" not in line(shown(app), "Heart rate "))
    [asked] = await parameters(database)
    assert (asked["since"], asked["until"]) == ("2026-10-06", "2026-10-07")


async def test_escape_lets_go_of_the_mark_first_then_leaves(
    config: Config, database: Database, account: GarminConnectAccount
) -> None:
    await store_ledger(database, account)
    async with on_october(config) as (app, pilot):
        await pilot.press("v", "l")
        await until(pilot, lambda: "Marked: 7 to 8 October" in shown(app))
        await pilot.press("escape")
        await until(pilot, lambda: "Marked" not in shown(app))
        assert isinstance(app.screen, CoverageDaysScreen)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, CoverageScreen))
        await until(pilot, lambda: "Heart rate, October 2026" in shown(app))


async def test_months_are_turned_as_far_as_something_is_known(
    config: Config, database: Database, account: GarminConnectAccount
) -> None:
    await store_ledger(database, account)
    async with on_october(config) as (app, pilot):
        await pilot.press("full_stop")
        await until(pilot, lambda: "Heart rate, Sat 21 November 2026: fetched" in shown(app))
        assert " 22 " not in shown(app), "no days that have not come yet"
        await pilot.press("full_stop")
        await until(pilot, lambda: app._notifications)
        for month in ("October", "September", "August"):
            await pilot.press("comma")
            await until(pilot, lambda month=month: f"Coverage   {month} 2026" in shown(app))
        await pilot.press("comma")
        await until(pilot, lambda: len(app._notifications) == 2)
        assert [each.message for each in app._notifications] == [
            "Month after: this is the newest month.",
            "Month before: nothing is known of older months.",
        ]


async def test_a_day_that_changes_is_drawn_again_under_a_cursor_that_stays(
    config: Config, database: Database, account: GarminConnectAccount
) -> None:
    await store_ledger(database, account)
    async with on_october(config) as (app, pilot):
        async with database.write() as session:
            await coverage.record(session, account.id, [coverage.Entry("heart_rate", date(2026, 10, 7), "fetched")])
        await until(pilot, lambda: "Heart rate, Wed 7 October 2026: fetched" in shown(app))
        assert "✗" not in line(shown(app), "Heart rate ")


async def test_an_account_that_goes_leaves_its_ledger_and_nothing_to_fetch(
    config: Config, database: Database, account: GarminConnectAccount
) -> None:
    await store_ledger(database, account)
    async with on_october(config) as (app, pilot):
        await accounts.unlink(database, account.id)
        await until(pilot, lambda: "not connected" in shown(app))
        assert "Heart rate, Wed 7 October 2026: failed" in shown(app)
        await pilot.press("f")
        await until(pilot, lambda: app._notifications)
        assert "connect your Garmin account first" in next(iter(app._notifications)).message


async def test_without_anything_it_says_what_helps(config: Config) -> None:
    async with running(config) as (app, pilot):
        await pilot.press("c")
        await until(pilot, lambda: "Press a to connect" in shown(app))
