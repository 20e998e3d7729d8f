"""Today: eight cards of a day, its week in one line, and the jobs as the place of jobs tells them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from garminsync_tui.config import Config
from garminsync_tui.jobs.queue import Queue
from garminsync_tui.models import Activity, ActivityFigures, GarminConnectAccount, SyncJob
from garminsync_tui.paths import Paths
from garminsync_tui.store.database import Database
from garminsync_tui.tui import keys, today_words
from garminsync_tui.tui.widgets.card import Card
from garminsync_tui.tui.widgets.pane import Pane

from .conftest import NOON, TODAY, running, shown, store_activities, store_days, until


async def test_a_day_in_eight_cards_a_line_of_its_week_and_the_jobs(
    config: Config, database: Database, paths: Paths, account: GarminConnectAccount
) -> None:
    await store_activities(database, paths, account, ["Run"] * 12)
    await store_days(database, account)
    queue = Queue(database)
    await queue.ensure_schedules(account.id, ["activity_sync", "health_metrics_sync"], 1800)
    ended = await queue.enqueue(account.user_id, "activity_sync", account_id=account.id)
    waiting = await queue.enqueue(account.user_id, "health_metrics_sync", account_id=account.id)
    async with database.write() as session:
        for number, activity in enumerate(await session.scalars(sa.select(Activity).order_by(Activity.start_time))):
            session.add(figures(activity, 10.0 + number))
        job = await session.get_one(SyncJob, waiting)
        job.run_at, job.attempt, job.error_message = NOON + timedelta(seconds=75), 1, "Garmin does not answer."
        job.extra = {"error_code": "unavailable", "failing_since": "2026-11-21T05:40:00+00:00"}
        job = await session.get_one(SyncJob, ended)
        job.status, job.completed_at = "completed", NOON - timedelta(days=2)
    moment, ended_at = [NOON], (NOON - timedelta(days=2)).astimezone()
    async with running(config, size=(60, 24), clock=lambda: moment[0]) as (app, pilot):
        for size in ((60, 24), (80, 24), (100, 30), (160, 50)):
            await pilot.resize_terminal(*size)
            await until(pilot, lambda: "This week  Mon" in shown(app) and "Readiness" in shown(app))
            await until(pilot, lambda: "retry 1 of 7 in 1:15" in shown(app), f"at {size}\n{shown(app)}")
            assert len(app.screen.query(Card)) == 8
            load = app.screen.query_one("#load", Card)
            assert load.reading.value == "126", "15 to 21: the seven days up to the newest"
            assert load.reading.word == "+66", "10 to 14 before them"
            assert load.reading.series[0] is None and load.reading.series[-1] == 126.0
            assert app.screen.query_one("#ready", Card).reading.value == "—"
            since = datetime(2026, 11, 21, 5, 40, tzinfo=UTC).astimezone()
            assert f"! offline since {since:%H:%M}" in shown(app).splitlines()[0]
            assert f" as of {ended_at:%a %H:%M} " in shown(app), "what may be old tells its age"
        assert "Sat █  Sun ·" in shown(app) or "Sat ▄  Sun ·" in shown(app)
        assert "Run 31.5 km" in shown(app)
        moment[0] += timedelta(seconds=70)
        app.screen._second()  # type: ignore[attr-defined]
        await until(pilot, lambda: "retry 1 of 7 in 0:05" in shown(app))
        await pilot.press(keys.action("today.before").keys)
        await until(pilot, lambda: app.screen.query_one("#load", Card).reading.value == "119")
        # Offline everything can be read, and nobody is told again and again.
        assert app.engine is not None
        for place in (*keys.PLACES, "today"):
            await app._look(app.engine)
            await pilot.press(keys.action(f"places.{place}").keys)
            await until(pilot, lambda place=place: app.current_mode == place)
            await until(pilot, lambda: "offline since" in shown(app).splitlines()[0])
            assert not [pane.id for pane in app.screen.query(Pane) if pane.state == "error"]
        assert not app._notifications


def figures(activity: Activity, load: float) -> ActivityFigures:
    return ActivityFigures(
        activity_id=activity.id,
        version=1,
        sha256=activity.sha256,
        sport="running",
        figures={},
        day=activity.start_time.date(),
        load=load,
        load_basis="heart_rate",
    )


def test_a_week_without_anything_is_seven_rests() -> None:
    line = today_words.week_line([], TODAY, "metric", 100)
    assert line.count("·") == 7
    assert line.endswith("0 m")
