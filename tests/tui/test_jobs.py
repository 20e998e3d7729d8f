"""Jobs in the app: run here or followed elsewhere, moved by keys, and handed back when the app goes."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from textual.pilot import Pilot
from textual.widgets import Input

from garminsync_tui.config import Config
from garminsync_tui.ids import new_id
from garminsync_tui.jobs.queue import Queue
from garminsync_tui.jobs.queue.log import write_lines
from garminsync_tui.jobs.run import JobRun, Progress
from garminsync_tui.jobs.runner import Runner
from garminsync_tui.models import GarminConnectAccount, SyncJob
from garminsync_tui.paths import Paths
from garminsync_tui.store.budget import Pace
from garminsync_tui.store.database import Database
from garminsync_tui.sync.figures import FILES
from garminsync_tui.tui import keys
from garminsync_tui.tui.app import GarminSyncApp
from garminsync_tui.tui.messages import ProgressMade
from garminsync_tui.tui.screens.dialogs import QuitScreen
from garminsync_tui.tui.screens.jobs import JobsScreen
from garminsync_tui.tui.screens.workout_dialogs import Ask, Choose
from garminsync_tui.tui.widgets.header import Header
from garminsync_tui.tui.widgets.job_progress import JobProgress

from .conftest import NOON, running, shown, store_activities, until

#: The key of the place.
JOBS = keys.action("places.jobs").keys


class Steps:
    """Work of ten steps, each taken when the test lets it; a step is a page of its own."""

    def __init__(self) -> None:
        self.allowed = asyncio.Semaphore(0)
        self.runs = 0
        self.taken = 0

    async def __call__(self, run: JobRun) -> None:
        self.runs += 1
        for step in range(run.checkpoint.get("step", 0), 10):
            run.progress(step, 10, f"step {step}")
            await run.breathe()
            await self.allowed.acquire()
            async with run.page():
                run.checkpoint["step"] = step + 1
            self.taken += 1
        run.progress(10, 10, "all steps")

    def allow(self, steps: int) -> None:
        for _ in range(steps):
            self.allowed.release()


def runs_jobs(paths: Paths, policy: str = "auto") -> Config:
    return Config.load(paths, {"sync.runner": policy}, {})


@asynccontextmanager
async def on_jobs(config: Config, steps: Steps, **options: Any) -> AsyncIterator[tuple[GarminSyncApp, Pilot[int]]]:
    """The app that runs its own jobs, showing them."""
    options.setdefault("clock", lambda: datetime.now(UTC))
    async with running(config, work={"activity_sync": steps}, **options) as (app, pilot):
        await pilot.press(JOBS)
        await until(pilot, lambda: app.screen.query(JobProgress))
        yield app, pilot


def line(app: GarminSyncApp) -> JobProgress:
    assert isinstance(app.screen, JobsScreen)
    return app.screen.query(JobProgress).first()


async def test_a_due_schedule_runs_once_and_its_progress_moves(
    config: Config, database: Database, account: GarminConnectAccount, paths: Paths
) -> None:
    steps, queue = Steps(), Queue(database)
    with time_machine.travel(datetime.now(UTC), tick=True) as traveller:
        steps.allow(10)  # for the turn that is due when the app starts
        async with on_jobs(runs_jobs(paths), steps) as (app, pilot):
            await until(pilot, lambda: line(app).word == "done")
            assert [row.kind for row in await queue.runners()] == ["app"]
            traveller.shift(timedelta(hours=8))
            assert app.engine is not None
            assert app.engine.scheduler is not None
            for _ in range(3):
                await app.engine.scheduler.look_at_the_clock()
            await until(pilot, lambda: steps.runs == 2 and line(app).word == "running")
            assert [job.status for job in await queue.list()] == ["in_progress", "completed"]
            seen: list[float] = []
            for step in (3, 4, 2):
                steps.allow(step)
                await until(pilot, lambda: line(app).share > (seen[-1] if seen else 0.0))
                seen.append(line(app).share)
            await until(pilot, lambda: line(app).share == 0.9)
            assert "9/10" in shown(app)
            await until(pilot, lambda: "step 9" in shown(app))
            assert str(app.screen.query_one(Header).state) == "◌ syncing 9/10"
            steps.allow(1)
            await until(pilot, lambda: line(app).word == "done")
            assert [job.status for job in await queue.list()] == ["completed", "completed"]
    assert steps.runs == 2
    assert await queue.runners() == []


async def test_a_daemon_is_followed_and_not_doubled(
    config: Config, database: Database, account: GarminConnectAccount, paths: Paths
) -> None:
    steps, own = Steps(), Steps()
    queue = Queue(database)
    daemon = Runner(database, {"activity_sync": steps}, kind="daemon", run_dir=paths.run)
    await daemon.start()
    async with running(runs_jobs(paths), work={"activity_sync": own}, clock=lambda: datetime.now(UTC)) as (app, pilot):
        assert [row.kind for row in await queue.runners()] == ["daemon"]
        assert f"daemon {os.getpid()}" in " ".join(shown(app).split())
        await pilot.press("s", JOBS)
        await until(pilot, lambda: app.screen.query(JobProgress) and line(app).word == "running")
        steps.allow(4)
        await until(pilot, lambda: steps.taken == 4 and line(app).share >= 0.3)
        steps.allow(3)
        await until(pilot, lambda: steps.taken == 7 and line(app).share >= 0.6)
        steps.allow(3)
        await until(pilot, lambda: line(app).word == "done")
        assert own.runs == 0
        await daemon.stop()
        # Nobody else is left: the app takes over.
        await until(pilot, lambda: app.situation is not None and app.situation.own_runner)
        assert [row.kind for row in await queue.runners()] == ["app"]
        await until(pilot, lambda: own.runs == 1)


async def test_cancel_and_retry(
    config: Config, database: Database, account: GarminConnectAccount, paths: Paths
) -> None:
    steps = Steps()
    async with on_jobs(runs_jobs(paths), steps) as (app, pilot):
        steps.allow(4)
        await until(pilot, lambda: steps.taken == 4 and line(app).word == "running")
        await pilot.press("x")
        await until(pilot, lambda: line(app).word == "cancelled")
        assert line(app).sign == "✗"
        assert shown(app).count("Cancelled.") <= 1  # in the log; the state says it already
        await pilot.press("x")
        await until(pilot, lambda: app._notifications)
        assert [said.message for said in app._notifications] == ["Cancel: this job has ended."]
        await pilot.press("r")
        await until(pilot, lambda: steps.runs == 2)
        steps.allow(6)
        await until(pilot, lambda: line(app).word == "done")
        assert steps.taken == 10  # the retry went on where it had stopped
        assert len(await Queue(database).list()) == 1


async def test_pause_and_resume(config: Config, account: GarminConnectAccount, paths: Paths) -> None:
    steps = Steps()
    async with on_jobs(runs_jobs(paths), steps) as (app, pilot):
        await until(pilot, lambda: line(app).word == "running")
        await pilot.press("z")
        await until(pilot, lambda: line(app).word == "paused")
        await pilot.press("z")
        await until(pilot, lambda: steps.runs == 2 and line(app).word == "running")


async def test_the_log_of_the_selected_job(
    config: Config, database: Database, account: GarminConnectAccount, paths: Paths
) -> None:
    queue = Queue(database)
    for job_type, said in (("activity_sync", "first \x1b[31mred"), ("health_metrics_sync", "second [/red]")):
        job_id = await queue.enqueue(account.user_id, job_type, account_id=account.id)
        assert job_id
        async with database.write() as session:
            await write_lines(session, job_id, [("info", said)])
    async with running(config, clock=lambda: datetime.now(UTC)) as (app, pilot):
        await pilot.press(JOBS)
        await until(pilot, lambda: "first" in shown(app))
        await pilot.press("j")
        await until(pilot, lambda: "second [/red]" in shown(app))
        assert "first" not in shown(app)
        assert "\x1b" not in shown(app)


async def test_leaving_asks_once_and_hands_the_job_back(
    config: Config, database: Database, account: GarminConnectAccount, paths: Paths
) -> None:
    steps = Steps()
    async with on_jobs(runs_jobs(paths), steps) as (app, pilot):
        steps.allow(3)
        await until(pilot, lambda: steps.taken == 3 and app.situation is not None and app.situation.runs_here)
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, QuitScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, JobsScreen))
        assert app.return_value is None
        await pilot.press("q", "ctrl+c")
        await until(pilot, lambda: app.return_value == 0)
    [job] = await Queue(database).list()
    assert (job.status, job.checkpoint, job.owner) == ("pending", {"step": 3}, None)
    assert await Queue(database).runners() == []


async def test_a_flood_of_progress_is_a_few_updates(config: Config, account: GarminConnectAccount) -> None:
    async with running(config) as (app, pilot):
        updates: list[Any] = []
        app.watch(app, "live", lambda live: updates.append(live), init=False)
        job_id = new_id()
        for number in range(1000):
            app.post_message(ProgressMade(Progress(job_id, number, 1000, "")))
        await until(pilot, lambda: app.live.get(job_id) and app.live[job_id].done == 999)
        assert len(updates) <= 4


async def test_nothing_is_read_while_nobody_looks(
    config: Config, database: Database, account: GarminConnectAccount
) -> None:
    async with running(config) as (app, pilot):
        await pilot.pause()
        app.post_message(_blur())
        await until(pilot, lambda: not app.app_focus)
        before = app.situation
        await Queue(database).enqueue(account.user_id, "activity_sync", account_id=account.id)
        for _ in range(60):
            await pilot.pause(0.01)
        assert app.situation is before
        app.post_message(_focus())
        await until(pilot, lambda: app.situation is not None and app.situation.jobs)


@pytest.mark.parametrize(
    ("size", "header"),
    [
        ((60, 24), "◌ syncing 61 %, about 6 h left"),  # the places are a menu there
        ((80, 24), "◌ syncing 61 %"),
        ((120, 24), "◌ syncing 61 %, about 6 h left"),
        ((150, 40), "◌ syncing 61 %, back to 2024-03-05 of 2019-01-01, about 6 h left"),
    ],
)
async def test_a_backfill_is_told_in_dates_and_hours(
    config: Config, account: GarminConnectAccount, paths: Paths, size: tuple[int, int], header: str
) -> None:
    async def backfill(run: JobRun) -> None:
        run.progress(610, 1000, "back to 2024-03-05 of 2019-01-01, about 6 h left")
        await asyncio.Event().wait()

    work = {"health_metrics_sync": backfill}
    async with running(runs_jobs(paths), work=work, size=size, clock=lambda: datetime.now(UTC)) as (app, pilot):
        await pilot.press(JOBS)
        row = "back to 2024-03-05 of 2019-01-01, about 6 h left"
        await until(pilot, lambda: f"    {row}" in shown(app) and "░ 61 %" in shown(app))
        assert shown(app).splitlines()[0].endswith(f"  {header} ")
        assert not re.search(r"\b610\b", shown(app))  # job ids are hexadecimal and may hold these digits


@pytest.mark.parametrize("blocked", [True, False])
async def test_why_garmin_is_not_asked_is_told_with_the_next_try(
    paths: Paths, database: Database, account: GarminConnectAccount, config: Config, blocked: bool
) -> None:
    await Queue(database).enqueue(account.user_id, "activity_sync", account_id=account.id)
    pace = Pace(database, account.server, None)
    wait_s = await pace.blocked() if blocked else await pace.refused(3600)
    why = "Garmin's gate (Cloudflare) blocks this network" if blocked else "Garmin asked to wait"
    until_then = datetime.now(UTC) + timedelta(seconds=wait_s)
    async with running(config, size=(120, 40), clock=lambda: datetime.now(UTC)) as (app, pilot):
        await pilot.press(JOBS)
        await until(pilot, lambda: f"! {why}; next try {until_then.astimezone():%H:}" in shown(app))


def _blur() -> Any:
    from textual.events import AppBlur

    return AppBlur()


def _focus() -> Any:
    from textual.events import AppFocus

    return AppFocus()


async def test_figures_are_computed_in_processes_of_the_app_and_called_so(
    paths: Paths, database: Database, account: GarminConnectAccount
) -> None:
    await store_activities(database, paths, account, ["Long run", "Parkrun", "Easy", "Hills"])
    await Queue(database).enqueue(account.user_id, "reparse", parameters={"what": FILES})
    resource_tracker._resource_tracker._stop()  # type: ignore[attr-defined] # another test may have started it
    async with running(runs_jobs(paths), clock=lambda: datetime.now(UTC)) as (app, pilot):
        await pilot.press(JOBS)
        await until(pilot, lambda: "4 activities computed" in shown(app))
        assert "figures" in shown(app)


async def test_a_retry_is_counted_down_by_the_second_and_taken_now(
    config: Config, database: Database, account: GarminConnectAccount
) -> None:
    queue = Queue(database)
    moment = [NOON]
    waiting = await queue.enqueue(account.user_id, "health_metrics_sync", account_id=account.id)
    refused = await queue.enqueue(account.user_id, "activity_sync", account_id=account.id)
    async with database.write() as session:
        for job_id, attempt, code in ((waiting, 2, "unavailable"), (refused, 0, "rate_limited")):
            job = await session.get_one(SyncJob, job_id)
            job.run_at, job.attempt, job.progress = NOON + timedelta(seconds=680), attempt, 0.3
            job.error_message, job.extra = "Garmin does not answer.", {**(job.extra or {}), "error_code": code}
    async with running(config, clock=lambda: moment[0]) as (app, pilot):
        await pilot.press(JOBS)
        await until(pilot, lambda: "retry 2 of 7 in 11:20" in shown(app) and "goes on in 11:20" in shown(app))
        assert "    Garmin does not answer." in shown(app) and "    Garmin asked to wait." in shown(app)
        place = app.screen
        assert isinstance(place, JobsScreen) and place._seconds is not None
        moment[0] += timedelta(seconds=1)
        place._second()  # what its timer does
        await until(pilot, lambda: "retry 2 of 7 in 11:19" in shown(app))
        await pilot.press("1")
        await until(pilot, lambda: not place.is_current)
        place._second()
        assert place._seconds is None, "nobody looks at it"
        moment[0] += timedelta(seconds=60)
        await pilot.press(JOBS)
        await until(pilot, lambda: "retry 2 of 7 in 10:19" in shown(app))
        app.post_message(_blur())
        await until(pilot, lambda: place._seconds is None)
        app.post_message(_focus())
        await until(pilot, lambda: place._seconds is not None)
        await pilot.press("j", "r")  # the second line is health
        await until(pilot, lambda: "retry 2 of 7" not in shown(app) and "goes on in" in shown(app))
    assert (await queue.get(waiting or "")).attempt == 0


async def test_a_log_is_searched_narrowed_followed_and_saved(
    config: Config, database: Database, account: GarminConnectAccount, tmp_path: Path
) -> None:
    queue = Queue(database)
    job_id = await queue.enqueue(account.user_id, "health_metrics_sync", account_id=account.id)
    assert job_id
    lines = [("info", f"day {day}") for day in range(60)] + [("note", "no HRV: watch not worn"), ("error", "stress")]
    async with database.write() as session:
        await write_lines(session, job_id, lines)
        await session.execute(
            sa.update(SyncJob).values(
                status="failed", completed_at=NOON - timedelta(minutes=5), error_message="Broken."
            )
        )
    async with running(config) as (app, pilot):
        await pilot.press(JOBS)
        await until(pilot, lambda: "62 lines" in shown(app) and "no HRV: watch not worn" in shown(app))
        assert "note     no HRV" in shown(app) and "day 2 " not in shown(app), "the end is in sight"
        assert "✗ failed" in shown(app) and "    Broken." in shown(app)
        await pilot.press("slash", *"day 5")
        await until(pilot, lambda: "11 of 62 lines" in shown(app) and "no HRV" not in shown(app))
        await pilot.press("enter", "escape")
        await until(pilot, lambda: "62 lines" in shown(app) and "no HRV" in shown(app))
        await pilot.press("l")
        await until(pilot, lambda: "2 of 62 lines · notes and worse" in shown(app))
        await pilot.press("l")
        await until(pilot, lambda: "1 of 62 lines · errors" in shown(app))
        await pilot.press("l", "g")
        await until(pilot, lambda: "stands still: f follows the end" in shown(app) and "day 2 " in shown(app))
        async with database.write() as session:
            await write_lines(session, job_id, [("info", "one more")])
        await until(pilot, lambda: "63 lines" in shown(app))
        assert "one more" not in shown(app) and "day 2 " in shown(app), "it stays where somebody reads"
        await pilot.press("f")
        await until(pilot, lambda: "one more" in shown(app))
        file = tmp_path / "health.log"
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        app.screen.query_one("#answer", Input).value = str(file)
        await pilot.press("enter")
        await until(pilot, lambda: file.exists() and app._notifications)
        assert len(file.read_text().splitlines()) == 63
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        app.screen.query_one("#answer", Input).value = str(file)
        await pilot.press("enter")
        await until(pilot, lambda: "There is such a file already" in shown(app))


async def test_schedules_are_changed_and_switched_off_here_and_in_the_config_file(
    config: Config, database: Database, account: GarminConnectAccount, paths: Paths
) -> None:
    queue = Queue(database)
    types = ["activity_sync", "health_metrics_sync", "workout_sync"]
    await queue.ensure_schedules(account.id, types, 1800)
    async with running(config, size=(100, 30)) as (app, pilot):
        await pilot.press(JOBS)
        await until(pilot, lambda: shown(app).count("30 min") == 3 and shown(app).count("· never ran") == 3)
        await pilot.press("j", "t")
        await until(pilot, lambda: isinstance(app.screen, Choose))
        await until(pilot, lambda: "❯ All syncs every 30 min" in shown(app))  # as it is
        await pilot.press(*"two", *["backspace"] * 3, *"off", "enter")
        await until(pilot, lambda: "off" in _row(app, "health"))
        assert (await queue.schedules(also_off=True), len(await queue.schedules()))[1] == 2
        await pilot.press("t")
        await until(pilot, lambda: isinstance(app.screen, Choose))
        await pilot.press(*"once", "enter")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        app.screen.query_one("#answer", Input).value = "7.15"
        await pilot.press("enter")
        await until(pilot, lambda: "That is no time of day" in shown(app))
        app.screen.query_one("#answer", Input).value = "07:15"
        await pilot.press("enter")
        await until(pilot, lambda: "07:15" in _row(app, "activities") and "off" in _row(app, "health"))
        await pilot.press("t")
        await until(pilot, lambda: isinstance(app.screen, Choose))
        await pilot.press(*"again", "enter")
        await until(pilot, lambda: "07:15" in _row(app, "health"))
    kept = Config.load(paths, {}, {})
    assert (kept["sync.off"], kept["sync.daily_at"]) == ((), "07:15")


def _row(app: GarminSyncApp, title: str) -> str:
    return next((row for row in shown(app).splitlines() if f" {title} " in row and "│" not in row), "")


async def test_what_ended_is_in_the_history_and_can_be_tried_again(
    config: Config, database: Database, account: GarminConnectAccount
) -> None:
    queue = Queue(database)
    for number, job_type in enumerate(("activity_sync", "activity_sync", "verify")):
        job_id = await queue.enqueue(account.user_id, job_type, account_id=account.id)
        assert job_id
        async with database.write() as session:
            await write_lines(session, job_id, [("info", f"run {number}")])
            job = await session.get_one(SyncJob, job_id)
            job.status, job.completed_at = "completed", datetime.now(UTC) - timedelta(hours=3 - number)
            job.extra = {"note": f"{number} new"}
    async with running(config, clock=lambda: datetime.now(UTC)) as (app, pilot):
        await pilot.press(JOBS)
        await until(pilot, lambda: "run 1" in shown(app) and "2 new" in shown(app))
        await pilot.press("tab", "tab", "G")
        await until(pilot, lambda: "run 0" in shown(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.query_one("#log").has_focus)
        await pilot.press("escape")
        assert app.screen.query_one("#history").has_focus
        await pilot.press("enter", "r")
        await until(pilot, lambda: "· queued" in _row(app, "activities"))
        await until(pilot, lambda: "run 0" in shown(app))  # the cursor goes with it
        await pilot.press("escape", "escape")
        assert app.screen.query_one("#jobs").has_focus
        assert [job.status for job in await queue.list(job_type="activity_sync")] == ["pending", "completed"]
