"""One activity: charts, map and laps with one cursor, what its file tells, and what is said where it cannot."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from textual.widgets import Static

from garminsync_tui.config import Config
from garminsync_tui.jobs.queue import Queue
from garminsync_tui.models import Activity, Coverage, GarminConnectAccount
from garminsync_tui.paths import Paths
from garminsync_tui.store import figures
from garminsync_tui.store.coverage import ACTIVITY_FILE
from garminsync_tui.store.database import Database
from garminsync_tui.tui import web
from garminsync_tui.tui.screens.activities import ActivitiesScreen
from garminsync_tui.tui.screens.activity import ActivityScreen
from garminsync_tui.tui.screens.export import ExportScreen
from garminsync_tui.tui.widgets.chart import Chart
from garminsync_tui.tui.widgets.pane import Pane
from garminsync_tui.tui.widgets.table import Table
from garminsync_tui.tui.widgets.track_map import TrackMap
from garminsync_tui.tui.widgets.window_table import WindowTable

from .conftest import NOON, TODAY, gpx, running, shown, store_activities, until

_LAP_S = 300


@pytest.fixture
def config(config: Config, paths: Paths) -> Config:
    """The same, of somebody whose maximum heart rate is known."""
    return Config.load(paths, {"sync.runner": "never", "athlete.max_heart_rate_bpm": 190}, {})


def tcx(*, outdoors: bool = True, laps: int = 2, stopped_s: int = 0) -> bytes:
    """Laps of a kilometre in five minutes, a point every five seconds; the timer stands between them."""
    parts = []
    for lap in range(laps):
        start = NOON + timedelta(seconds=lap * (_LAP_S + stopped_s))
        points = []
        for second in range(0, _LAP_S, 5):
            metres = 1000 * lap + second / _LAP_S * 1000
            turn = metres / 1000 / laps * math.tau
            where = (
                f"<Position><LatitudeDegrees>{52.5 + 0.002 * math.sin(turn):.6f}</LatitudeDegrees>"
                f"<LongitudeDegrees>{13.4 + 0.003 * math.cos(turn):.6f}</LongitudeDegrees></Position>"
            )
            points.append(
                f"<Trackpoint><Time>{start + timedelta(seconds=second):%Y-%m-%dT%H:%M:%SZ}</Time>"
                f"{where if outdoors else ''}<DistanceMeters>{metres:.1f}</DistanceMeters>"
                f"<HeartRateBpm><Value>{140 + 10 * lap}</Value></HeartRateBpm></Trackpoint>"
            )
        parts.append(
            f'<Lap StartTime="{start:%Y-%m-%dT%H:%M:%SZ}"><TotalTimeSeconds>{_LAP_S}</TotalTimeSeconds>'
            f"<DistanceMeters>1000</DistanceMeters>"
            f"<AverageHeartRateBpm><Value>{150 + lap}</Value></AverageHeartRateBpm>"
            f"<Track>{''.join(points)}</Track></Lap>"
        )
    return (
        '<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"><Activities>'
        f'<Activity Sport="Running"><Id>2026-11-21T12:00:00Z</Id>{"".join(parts)}</Activity>'
        "</Activities></TrainingCenterDatabase>"
    ).encode()


async def store_record(database: Database) -> None:
    """The newest activity's kilometre is the fastest of all; another's mile, of another year, is so too."""
    async with database.write() as session:
        first = (await session.scalars(sa.select(Activity).order_by(Activity.start_time.desc()))).first()
        assert first is not None
        best = ("distance", 1000.0, 300.0, int(NOON.timestamp() * 1000), None)
        row = figures.Row(first.id, 1, first.sha256, "running", TODAY, {}, [best], None, None, {})
        await figures.save(session, [row])


async def test_one_cursor_goes_through_charts_map_and_laps(
    config: Config, database: Database, paths: Paths, account: GarminConnectAccount
) -> None:
    await store_activities(
        database, paths, account, ["Track", "Lake", "Mill"], contents=[tcx(), gpx(NOON), tcx(outdoors=False)]
    )
    await store_record(database)
    async with running(config, size=(100, 40)) as (app, pilot):
        await pilot.press("2")
        await until(pilot, lambda: "Track" in shown(app) and "Mill" in shown(app))
        await pilot.press("enter")
        await until(pilot, lambda: "2 laps" in shown(app) and "best 1 km of all" in shown(app))
        screen = app.screen
        assert isinstance(screen, ActivityScreen)
        chart, laps, way = (screen.query_one(each) for each in (Chart, WindowTable, TrackMap))
        for words in ("Heart · pace", "5.00 km", "6:00/km", "148 ♥ avg", "62 m", "N ↑", "1.00 km  5:00  5:00/km  150"):
            assert words in shown(app), words
        assert "Heart-rate zones" in shown(app)
        facts = str(screen.query_one("#activity-facts", Static).content)
        for words in ("Best efforts", "1 km               5:00     5:00/km  record", "moving time"):
            assert words in facts, words
        assert "elevation" not in shown(app)  # without a sensor there is no chart

        chart.focus()
        await pilot.press("end")
        await until(pilot, lambda: "◆ 9:55   1.98 km   150 bpm   5:00/km   lap 2" in shown(app))
        assert laps.cursor == 1
        newest = way.point
        await pilot.press("home")
        await until(pilot, lambda: "◆ 0:00   0 m   140 bpm   5:00/km   lap 1" in shown(app))
        assert laps.cursor == 0
        assert way.point != newest

        # A lap that is chosen takes the cursor along, and enter looks closer.
        await pilot.press("tab", "j")
        await until(pilot, lambda: "◆ 5:00   1.00 km   150 bpm" in shown(app))
        await pilot.press("left")
        await until(pilot, lambda: "◆ 4:55   983 m   140 bpm" in shown(app))
        await pilot.pause()
        assert (laps.cursor, chart.cursor) == (0, 295.0)  # and not where that lap begins
        await pilot.press("right", "enter")
        await until(pilot, lambda: chart.shown == (300.0, 595.0))
        await pilot.press("escape")
        await until(pilot, lambda: chart.shown == (0.0, 595.0))
        await pilot.press("x")
        await until(pilot, lambda: "0 km" in shown(app))
        assert chart.cursor == 1000.0
        await pilot.press("v")
        await until(pilot, lambda: "Pace · heart" in shown(app))
        await pilot.press("m")
        await until(pilot, lambda: "Pace · heart" not in shown(app) and "N ↑" in shown(app) and "◆ 5:00" in shown(app))
        await pilot.press("z")
        await until(pilot, lambda: "N ↑" not in shown(app) and "Heart-rate zones" in shown(app))
        await pilot.press("escape", "y")
        await until(pilot, lambda: "copied by" in said(app))
        assert app.clipboard.startswith("5:00   1.00 km   150 bpm")
        await pilot.press("O")
        await until(pilot, lambda: "Page at Garmin: it has no page at Garmin Connect." in said(app))

        # On in the list, as it is filtered and ordered; what has no way has no map, what has no laps no table.
        await pilot.press("n")
        await until(pilot, lambda: "elevation" in shown(app) and "Lake" in shown(app))
        assert "Laps" not in shown(app) and "lap 1" not in shown(app)
        await pilot.press("n")
        await until(pilot, lambda: "Mill" in shown(app) and "2 laps" in shown(app))
        assert "N ↑" not in shown(app)
        assert chart.size.width > 90
        await pilot.press("m", "n")
        await until(pilot, lambda: "This is the last of the list" in said(app))
        assert "Map: the file holds no positions." in said(app)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, ExportScreen) and "Mill" in shown(app))
        await pilot.press("escape", "escape")
        await until(pilot, lambda: isinstance(app.screen, ActivitiesScreen))
        assert app.screen.query_one(WindowTable).cursor == 2


def said(app: Any) -> str:
    return "\n".join(each.message for each in app._notifications)


_BORDERS = set("╭─╮│╰╯┏━┓┃┗┛▁▂▃▄▅▆▇█▔ ")


@pytest.mark.parametrize("size", [(60, 24), (80, 24), (160, 50)])
async def test_each_size_has_its_parts_whole(
    paths: Paths, config: Config, database: Database, account: GarminConnectAccount, size: tuple[int, int]
) -> None:
    is_plain = size[0] == 160
    if is_plain:
        config = Config.load(
            paths, {"sync.runner": "never", "display.graphs": "ascii", "athlete.max_heart_rate_bpm": 190}, {}
        )
    point, north = ("@", "N ^") if is_plain else ("◆", "N ↑")
    await store_activities(database, paths, account, ["Track"], contents=[tcx(stopped_s=60)])
    async with running(config, size=size) as (app, pilot):
        await until(pilot, lambda: app.screen.query_one("#last", Table).row_count)
        await pilot.press("enter")
        await until(pilot, lambda: "2 laps" in shown(app))
        await pilot.press("end")
        await until(pilot, lambda: f"{point} 10:55   1.98 km" in shown(app))
        lines = shown(app).splitlines()
        assert {len(line) for line in lines} == {size[0]}
        assert lines[-1].rstrip().endswith("? Help")
        assert "heart" in shown(app) and "pace" in shown(app)
        assert (north in shown(app), "Zones and numbers" in shown(app)) == ((size[0] >= 80,) * 2)
        if is_plain:
            drawn_with = {each for each in "".join(lines[1:]) if not each.isascii()}
            assert drawn_with <= _BORDERS
        await pilot.press("z")
        await until(pilot, lambda: "Heart-rate zones" in shown(app) and "Laps" not in shown(app))
        await pilot.press("m")
        await until(pilot, lambda: north in shown(app))
        # The minute in which the timer stood is a gap, not a line.
        drawn = app.screen._drawn  # type: ignore[attr-defined]
        gap = next(at for at, beats in enumerate(drawn.columns["heart_rate_bpm"]) if math.isnan(beats))
        assert 295 < drawn.seconds[gap] < 360


async def open_newest(config: Config, expected: str, *keys: str) -> str:
    async with running(config, size=(100, 40)) as (app, pilot):
        await until(pilot, lambda: app.screen.query_one("#last", Table).row_count)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ActivityScreen) and expected in shown(app))
        screen = shown(app)
        for key in keys:
            await pilot.press(key)
            await until(pilot, lambda: app._notifications)
        return screen


async def test_laps_without_points_are_listed(
    config: Config, paths: Paths, database: Database, account: GarminConnectAccount
) -> None:
    content = tcx().decode()
    while "<Track>" in content:
        content = content[: content.index("<Track>")] + content[content.index("</Track>") + 8 :]
    await store_activities(database, paths, account, ["Laps"], contents=[content.encode()])
    screen = await open_newest(config, "2 laps")
    assert "1.00 km  5:00  5:00/km  150" in screen
    assert "holds no heart rate, speed or altitude" in screen


@pytest.mark.parametrize("damage", ["truncated", "missing", "another"])
async def test_a_damaged_file_says_why(
    config: Config, paths: Paths, database: Database, account: GarminConnectAccount, damage: str
) -> None:
    contents = [gpx(NOON)[:5000] if damage == "truncated" else gpx(NOON)]
    [path] = await store_activities(database, paths, account, ["Lost"], contents=contents)
    if damage == "missing":
        path.unlink()
    elif damage == "another":
        path.write_bytes(b"<gpx/>")
    screen = await open_newest(config, "The file cannot be read", "f")
    assert "5.00 km" in screen  # what Garmin said of it stays
    if damage != "truncated":
        assert "missing, or not the one that was stored" in screen
    async with database.read() as session:
        [entry] = await session.scalars(sa.select(Coverage))
    assert (entry.item, entry.status, entry.endpoint) == ("9000", "failed", ACTIVITY_FILE)
    [job] = await Queue(database).list()
    assert job.job_type == "activity_sync"
    # What is damaged is set aside, what came so is not.
    assert path.exists() == (damage == "truncated")


async def test_what_cannot_be_read_leaves_nothing_loading_and_comes_again(
    config: Config, database: Database, paths: Paths, account: GarminConnectAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store_activities(database, paths, account, ["Track"], contents=[tcx()])
    async with running(config, size=(100, 40)) as (app, pilot):
        await until(pilot, lambda: app.screen.query_one("#last", Table).row_count)
        assert app.engine is not None

        async def broken(*_: object) -> None:
            raise ValueError("a fault")

        with monkeypatch.context() as patched:
            patched.setattr(app.engine.activities, "recording", broken)
            await pilot.press("enter")
            await until(pilot, lambda: "A fault of the program" in shown(app))
            shows = [pane for pane in app.screen.query(Pane) if pane.display and not pane.has_class("-absent")]
            assert [pane.state for pane in shows] == ["error"]
        await pilot.press("f5")
        await until(pilot, lambda: "2 laps" in shown(app) and "5.00 km" in shown(app) and "pace" in shown(app))


@pytest.mark.parametrize(
    ("server", "garmin_id", "page"),
    [
        ("garmin.com", "123", "https://connect.garmin.com/modern/activity/123"),
        ("garmin.cn", "123", "https://connect.garmin.cn/modern/activity/123"),
        ("garmin.com", "sha256:ab", ""),
        ("http://127.0.0.1:1", "123", ""),
    ],
)
def test_the_page_of_an_activity(server: str, garmin_id: str, page: str) -> None:
    activity = Activity(garmin_activity_id=garmin_id, start_time=datetime(2026, 1, 1, tzinfo=UTC))
    assert web.address(server, activity) == page


async def test_no_browser_is_opened_from_afar(monkeypatch: pytest.MonkeyPatch) -> None:
    pages: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda page: pages.append(page) or True)
    monkeypatch.setenv("DISPLAY", ":9")
    monkeypatch.setenv("SSH_CONNECTION", "1")
    assert not await web.opened("https://x")
    for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"):
        monkeypatch.delenv(name, raising=False)
    assert await web.opened("https://x")
    assert pages == ["https://x"]


async def test_nothing_is_kept_of_an_activity_that_was_closed(
    config: Config, database: Database, paths: Paths, account: GarminConnectAccount
) -> None:
    await store_activities(database, paths, account, ["Long run"])
    async with running(config) as (app, pilot):
        await pilot.press("2")
        await until(pilot, lambda: "Long run" in shown(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ActivityScreen) and app.screen.query_one(Chart).series)
        screen, chart = app.screen, app.screen.query_one(Chart)
        assert isinstance(screen, ActivityScreen) and screen._track is not None
        await pilot.press("escape")
        await until(pilot, lambda: not screen.is_attached and screen._track is None)
        assert chart.series is None
        watching = [node for each in getattr(app, "__watchers").values() for node, _ in each]
        assert watching and screen not in watching and not any(screen in node.ancestors for node in watching)
