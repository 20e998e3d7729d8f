"""Health: the list of metrics, spans, the cursor's sentence, the day, a second metric, and the numbers of training."""

from __future__ import annotations

import io
import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from textual.widgets import Input

from garminsync_tui.config import Config
from garminsync_tui.garmin.endpoints import endpoint_of, endpoints_of
from garminsync_tui.jobs.queue import Queue
from garminsync_tui.metrics import Reading, day_ms
from garminsync_tui.models import GarminConnectAccount
from garminsync_tui.paths import Paths
from garminsync_tui.store import coverage, health
from garminsync_tui.store.database import Database
from garminsync_tui.store.health import FetchedDay
from garminsync_tui.transfer.health_rows import COLUMNS, write_readings
from garminsync_tui.transfer.rows import Rows
from garminsync_tui.tui.app import GarminSyncApp
from garminsync_tui.tui.health_shelf import Absence
from garminsync_tui.tui.health_view import trend
from garminsync_tui.tui.health_words import why_missing
from garminsync_tui.tui.screens.health import HealthScreen
from garminsync_tui.tui.screens.workout_dialogs import Ask, Choose
from garminsync_tui.tui.widgets.chart import Chart
from garminsync_tui.tui.widgets.parts import Parts, flow
from garminsync_tui.tui.widgets.picker import Picker

from ..trained import Effort, Trained, add, at
from .conftest import TODAY, running, shown, store_days, until

#: The day that `store_days` leaves out.
GAP = TODAY - timedelta(days=10)


def said(app: GarminSyncApp) -> str:
    """The sentence below the chart; empty before there is one."""
    return "".join(each.said for each in app.screen.query("#health-said").results(Parts))


def toasts(app: GarminSyncApp) -> str:
    return "\n".join(each.message for each in app._notifications)


async def store_night(database: Database, account: GarminConnectAccount) -> None:
    """A night with three stages and half an hour of heartbeats with a silence of two hours in them."""
    evening = int(datetime(2026, 11, 20, 22, 30, tzinfo=UTC).timestamp() * 1000)
    stages = [(0, 1, 3600), (60, 0, 5400), (150, 2, 1800)]
    readings = [
        Reading("sleep_stage", evening + minutes * 60_000, float(stage), {"seconds": seconds})
        for minutes, stage, seconds in stages
    ]
    morning = day_ms(TODAY) + 6 * 3_600_000
    readings += [
        Reading("heart_rate", morning + minutes * 60_000, 60.0 + minutes % 7)
        for minutes in (*range(0, 60, 2), *range(180, 240, 2))
    ]
    async with database.write() as session:
        await health.replace_days(
            session, account.id, "sleep", ["sleep_stage", "heart_rate"], [FetchedDay(TODAY, readings)]
        )


async def test_one_metric_from_the_list_to_the_reason_for_a_gap(
    config: Config, database: Database, account: GarminConnectAccount, tmp_path: Path
) -> None:
    await store_days(database, account, 40)
    async with database.write() as session:
        await coverage.record(session, account.id, [coverage.Entry("hrv_summaries", GAP, "empty")])
        await coverage.fail(session, account.id, "resting_heart_rate", GAP, "HTTP 500")
    async with running(config) as (app, pilot):
        await pilot.press("3")
        await until(pilot, lambda: "▲ Sat 21 Nov 2026   48 bpm" in said(app))
        text = shown(app)
        assert "[3 Health]" in text
        assert "[9 90 days]" in text
        assert "❯ Resting heart rate" in text
        assert "Resting heart rate   24 Aug – 21 Nov 2026" in text
        assert "min 48 bpm   max 51 bpm   avg 49 bpm" in text
        assert "39 of 90 days" in text
        assert "7-day avg 49 bpm" in text
        assert "48 bpm┤" in text

        # The cursor walks back to the gap, and the sentence says why there is nothing.
        await pilot.press("shift+left")
        await until(pilot, lambda: "failed: HTTP 500" in said(app))
        assert said(app).startswith(f"▲ {GAP:%a %-d %b %Y}   —")
        assert "f fetches it now" in said(app)
        await pilot.press("f")
        await until(pilot, lambda: "queued to be fetched again" in toasts(app))
        [job] = await Queue(database).list()
        asked = {"since": str(GAP), "until": str(GAP), "metrics": ["resting_heart_rate"], "full": True}
        assert (job.extra or {})["parameters"] == asked

        # Another metric, found by typing; the cursor stays on its day.
        await pilot.press("slash", *"hrv last", "enter")
        await until(pilot, lambda: "HRV last night   24 Aug" in shown(app))
        await until(pilot, lambda: "Garmin has none: the watch was not worn." in said(app))
        await pilot.press("left", "right")
        await until(pilot, lambda: said(app).startswith(f"▲ {GAP:%a %-d %b %Y}"))
        await pilot.press("end")
        await until(pilot, lambda: "61 ms" in said(app))

        # A second metric over it, with its own axis.
        await pilot.press("v", "slash", *"resting", "enter")
        await until(pilot, lambda: "v Overlay: Resting heart rate" in shown(app))
        assert "Resting heart rate 48 bpm" in said(app)
        assert "├51 bpm" in shown(app)
        await pilot.press("v")
        await until(pilot, lambda: "v Overlay: none" in shown(app))
        assert isinstance(app.screen, HealthScreen)
        clip = app.screen.copy_text()
        assert clip is not None
        title, words = str(clip.text).split("\n")
        assert title == "HRV last night   24 Aug – 21 Nov 2026"
        assert words.startswith("Sat 21 Nov 2026   61 ms")

        # The same rows as the command writes; a file that is there is asked about.
        target = tmp_path / "hrv.csv"
        for again in (False, True):
            await pilot.press("e")
            await until(pilot, lambda: isinstance(app.screen, Ask))
            app.screen.query_one("#answer", Input).value = str(target)
            await pilot.press("enter")
            if again:
                await until(pilot, lambda: isinstance(app.screen, Choose))
                await pilot.press("down", "enter")
            await until(pilot, lambda: "39 readings written to" in toasts(app))
            app.clear_notifications()
            await until(pilot, lambda: isinstance(app.screen, HealthScreen))
        commands = io.StringIO()
        rows = Rows(commands, COLUMNS, "csv")
        await write_readings(database, ["hrv_last_night_avg"], TODAY - timedelta(days=89), TODAY, rows)
        assert target.read_text("utf-8") == commands.getvalue()

        # What is typed goes first.
        picker = app.screen.query_one(Picker)
        await pilot.press("slash", *"fitness age")
        await until(pilot, lambda: "1 of 103 · ○: no data" in shown(app))
        await until(pilot, lambda: "Nothing is stored of Fitness age." in shown(app))
        assert "avg" not in shown(app)  # the figures were another metric's
        assert "It takes: training watch" in shown(app)
        await pilot.press("escape")
        assert picker.shown == picker.total
        await pilot.press("escape", "slash", *"hrv last", "enter")
        await until(pilot, lambda: "61 ms" in said(app))

        # Spans, and walking through them.
        await pilot.press("w")
        await until(pilot, lambda: "15 Nov – 21 Nov 2026" in shown(app))
        assert "[w Week]" in shown(app)
        await pilot.press("full_stop")
        await until(pilot, lambda: "After: this is the newest." in toasts(app))
        await pilot.press("comma")
        await until(pilot, lambda: "8 Nov – 14 Nov 2026" in shown(app))
        await pilot.press("t", "A")
        await until(pilot, lambda: "13 Oct – 21 Nov 2026" in shown(app))
        await pilot.press("comma")
        await until(pilot, lambda: "Before: everything is shown." in toasts(app))


async def test_the_day_has_its_readings_and_the_night_its_stages(
    config: Config, database: Database, account: GarminConnectAccount
) -> None:
    await store_days(database, account, 3)
    await store_night(database, account)
    async with running(config, size=(80, 24)) as (app, pilot):
        # From Today's card
        await until(pilot, lambda: "48 bpm" in shown(app))
        await pilot.press("comma")
        await until(pilot, lambda: "Friday 20 November 2026" in shown(app))
        app.screen.query_one("#heart").focus()
        await pilot.press("enter")
        await until(pilot, lambda: "▲ Fri 20 Nov 2026   49 bpm" in said(app))
        await pilot.press("t")
        await until(pilot, lambda: "▲ Sat 21 Nov 2026   48 bpm" in said(app))
        await pilot.press("d")
        await until(pilot, lambda: "Heart rate   Sat 21 Nov 2026" in shown(app))
        assert "60 readings" in shown(app)
        chart = app.screen.query_one(Chart)
        assert chart.series is not None and len(chart.series.xs) == 60
        assert "min 60 bpm   max 66 bpm" in shown(app)

        await pilot.press("slash", *"sleep score", "enter")
        await until(pilot, lambda: "Stage of sleep   Sat 21 Nov 2026" in shown(app))
        assert all(f"{stage}┤" in shown(app) for stage in ("awake", "rem", "light", "deep"))
        assert "deep 1 h 30 m   light 1 h 0 m   rem 30 m" in shown(app)
        await pilot.press("home")
        await until(pilot, lambda: "light   for 1 h 0 m" in said(app))
        # By the account's clock, an hour before UTC's evening
        assert "Fri 20 Nov 23:30" in said(app)

        await pilot.press("comma", "comma", "comma")
        await until(pilot, lambda: "no Stage of sleep." in shown(app))
        assert "Not fetched yet: f fetches it." in shown(app)


async def test_a_narrow_terminal_lists_only_when_asked(
    config: Config, database: Database, account: GarminConnectAccount
) -> None:
    await store_days(database, account, 12)
    narrow = Config.load(config.paths, {"sync.runner": "never", "display.graphs": "ascii"}, {})
    async with running(narrow, size=(60, 24)) as (app, pilot):
        await pilot.press("3")
        await until(pilot, lambda: "48 bpm" in said(app))
        assert not app.screen.query_one(Picker).region
        chart = app.screen.query_one(Chart)
        drawn = [line[chart.region.x : chart.region.right] for line in shown(app).split("\n")]
        rows = drawn[chart.region.y : chart.region.bottom]
        assert any(":" in row or "'" in row for row in rows)
        assert all(" " <= sign <= "~" for row in rows for sign in row)
        await pilot.press("slash", *"steps of", "enter")
        await until(pilot, lambda: "Steps of the day" in shown(app))
        assert app.screen.focused is chart
        await pilot.press("plus")
        await until(pilot, lambda: chart.window is not None)
        await pilot.press("minus")
        await until(pilot, lambda: chart.window is None)
        # Down to the smallest, the chart and the sentence stay.
        for size in ((44, 13), (80, 24), (160, 50)):
            await pilot.resize_terminal(*size)
            await until(pilot, lambda: "[9 90 days]" in shown(app) and "6 412" in shown(app))
            assert chart.size.height >= 3
            assert {len(line) for line in shown(app).splitlines()} == {size[0]}


async def test_nothing_stored_says_what_helps(config: Config, database: Database, paths: Paths) -> None:
    async with running(config, size=(60, 24)) as (app, pilot):
        await pilot.press("3")
        await until(pilot, lambda: "Not connected to Garmin." in shown(app))
        assert "Press a to connect." in shown(app)
        await pilot.press("v", "f")
        assert isinstance(app.screen, HealthScreen)


async def test_the_numbers_of_training_are_those_of_the_commands(
    config: Config, database: Database, account: GarminConnectAccount
) -> None:
    run = [Effort("distance", 1000.0, 240.0), Effort("distance", 5000.0, 1300.0)]
    faster = [Effort("distance", 1000.0, 230.0), Effort("distance", 5000.0, 1310.0)]
    async with database.write() as session:
        await add(
            session,
            account.id,
            Trained(at("2026-03-02"), load=70.0, basis="pace", efforts=run),
            Trained(at("2026-11-18"), load=100.0, basis="heart_rate", efforts=faster),
            Trained(at("2026-11-20"), load=42.0, basis="heart_rate"),
        )
    async with running(config) as (app, pilot):
        await pilot.press("3")
        await until(pilot, lambda: "fitness" in said(app))
        from garminsync_tui.store.plain import AskedSession
        from garminsync_tui.store.records import daily_loads, training_days
        from garminsync_tui.units import number

        async with database.read() as session:
            days = training_days(await daily_loads(AskedSession(session)), TODAY)
        last = days[-1].form
        assert f"fitness {number(last.fitness, 1)}   fatigue {number(last.fatigue, 1)}" in said(app)
        assert "Fitness (CTL) = yesterday's + (today's load − yesterday's) ÷ 42" in shown(app)
        await pilot.press("left")
        await until(pilot, lambda: "load 42" in said(app))
        await pilot.press("f")
        await until(pilot, lambda: "Fetch again: these are" in toasts(app))

        await pilot.press("slash", *"weekly tot", "enter")
        await until(pilot, lambda: "week of Mon 16 Nov 2026   2 h 0 m   24.0 km" in said(app))
        await pilot.press("escape", "slash", *"running best", "enter")
        await until(pilot, lambda: "5 km   21:40  4:20/km  Mon 2 Mar 2026" in said(app))
        assert "24 Aug – 21 Nov 2026: 21:50" in said(app)
        await pilot.press("left")
        await until(pilot, lambda: "1 km   3:50" in said(app))
        assert "records of the last 30 days: 1 km" in shown(app)
        await pilot.press("enter")
        await until(pilot, lambda: "Running, 1 km   how the record fell" in shown(app))
        assert "2 records   from 4:00 to 3:50" in shown(app)
        assert said(app).startswith("▲ 3:50  3:50/km  Wed 18 Nov 2026") and "held 3 days until now" in said(app)
        await pilot.press("left")
        await until(pilot, lambda: "held 261 days" in said(app))
        await pilot.press("escape")
        await until(pilot, lambda: "Running bests   24 Aug" in shown(app))


def test_a_line_breaks_between_facts() -> None:
    assert flow("min 44 bpm   max 56 bpm   avg 50 bpm", 26) == ["min 44 bpm   max 56 bpm", "avg 50 bpm"]
    assert flow("a long fact of many words", 10) == ["a long", "fact of", "many words"]
    assert flow("short", 10) == ["short"]


MOMENT = datetime(2026, 11, 21, 12, tzinfo=UTC)


def entry(status: str, reason: str | None = None, due: datetime | None = None) -> coverage.Day:
    return coverage.Day("hrv_summaries", GAP, status, reason, 1, due)


@pytest.mark.parametrize(
    ("metric", "ledger", "worn", "slept", "words"),
    [
        ("hrv_last_night_avg", None, True, True, "not fetched yet: f fetches it."),
        ("hrv_last_night_avg", entry("empty"), False, False, "Garmin has none: the watch was not worn."),
        ("hrv_last_night_avg", entry("empty"), True, False, "Garmin has none: the watch was not worn asleep."),
        ("hrv_last_night_avg", entry("empty"), True, True, "Garmin has none of that day, though the watch was worn."),
        ("weight", entry("empty"), True, True, "Garmin has none: nothing was entered that day."),
        ("steps_total", entry("fetched"), False, False, "fetched, but the watch was not worn."),
        (
            "heart_rate",
            entry("fetched", "3 heart_rate out of range"),
            True,
            True,
            "fetched, but 3 heart_rate out of range.",
        ),
        (
            "spo2_low",
            entry("stale")._replace(source="fit"),
            True,
            True,
            "files told a part of that day, and not this: f fetches it from Garmin.",
        ),
        ("heart_rate", entry("stale"), True, True, "it is to be fetched again. f fetches it now."),
        (
            "heart_rate",
            entry("failed", "HTTP 500"),
            True,
            True,
            "failed: HTTP 500. Next try with the next sync; f fetches it now.",
        ),
        (
            "spo2",
            None,
            True,
            True,
            "it is not among what is fetched: health.samples or health.extras adds it; f fetches it now.",
        ),
    ],
)
def test_why_a_day_has_none(metric: str, ledger: coverage.Day | None, worn: bool, slept: bool, words: str) -> None:
    endpoint = endpoint_of(metric)
    absence = Absence(endpoint, ledger, worn, slept, chosen=endpoint in endpoints_of("standard"))
    assert why_missing(metric, absence, GAP, TODAY, MOMENT) == words


def test_a_trend_takes_two_weeks_and_forgets_gaps() -> None:
    rising = [50.0 + day / 10 for day in range(20)]
    assert trend(rising) == pytest.approx(0.1)
    assert trend([*rising[:5], math.nan, *rising[6:]]) == pytest.approx(0.1)
    assert trend(rising[:13]) is None
