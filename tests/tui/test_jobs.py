"""Jobs in the app: run here or followed elsewhere, moved by keys, and handed back when the app goes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from textual.pilot import Pilot

from garminsync_tui.config import Config
from garminsync_tui.ids import new_id
from garminsync_tui.jobs.queue import Queue
from garminsync_tui.jobs.queue.log import write_lines
from garminsync_tui.jobs.run import JobRun, Progress
from garminsync_tui.jobs.runner import Runner
from garminsync_tui.models import GarminConnectAccount
from garminsync_tui.paths import Paths
from garminsync_tui.store.budget import Pace
from garminsync_tui.store.database import Database
from garminsync_tui.sync.figures import FILES
from garminsync_tui.tui.app import GarminSyncApp
from garminsync_tui.tui.messages import ProgressMade
from garminsync_tui.tui.screens.dialogs import QuitScreen
from garminsync_tui.tui.screens.jobs import JobsScreen
from garminsync_tui.tui.widgets.header import Header
from garminsync_tui.tui.widgets.job_progress import JobProgress

from .conftest import running, shown, until


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
        await pilot.press("4")
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
        assert "daemon" in shown(app)
        await pilot.press("s", "4")
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
        await pilot.press("4")
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
        await pilot.press("q", "q")
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
        await pilot.press("4")
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
        await pilot.press("4")
        await until(pilot, lambda: f"! {why}; next try {until_then.astimezone():%H:}" in shown(app))


def _blur() -> Any:
    from textual.events import AppBlur

    return AppBlur()


def _focus() -> Any:
    from textual.events import AppFocus

    return AppFocus()


async def test_the_job_that_computes_figures_is_called_so(
    paths: Paths, database: Database, account: GarminConnectAccount, config: Config
) -> None:
    await Queue(database).enqueue(account.user_id, "reparse", parameters={"what": FILES})
    async with running(config) as (app, pilot):
        await pilot.press("4")
        await until(pilot, lambda: app.screen.query(JobProgress) and line(app).title == "figures")
