"""The runner, through how jobs end, stop and share."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from garminsync_tui.errors import (
    Cancelled,
    DatabaseTooNew,
    DatabaseUnusable,
    DiskFull,
    KeyMissing,
    LeaseLost,
    RateLimited,
    SignInRequired,
    Unavailable,
    UnexpectedAnswer,
)
from garminsync_tui.ids import new_id
from garminsync_tui.jobs.run import SLICE_REQUESTS, JobRun, Progress
from garminsync_tui.jobs.runner import Runner, Work, retry_pause_s
from garminsync_tui.models import SyncJob
from garminsync_tui.store.changes import announce
from garminsync_tui.store.database import Database

from .conftest import Desk, new_account, until

Start = Callable[..., Awaitable[Runner]]
Ending = tuple[BaseException | None, str, str | None, tuple[float, float] | None, int]


def make(desk: Desk, work: Work, tmp_path: Path, **options: object) -> Runner:
    return Runner(desk.database, work, kind="daemon", run_dir=tmp_path / "run", **options)  # type: ignore[arg-type]


@pytest.fixture
async def start(desk: Desk, tmp_path: Path) -> AsyncIterator[Start]:
    """Start runners that are stopped when the test ends."""
    async with contextlib.AsyncExitStack() as stack:

        async def started(work: Work, **options: object) -> Runner:
            runner = make(desk, work, tmp_path, **options)
            await runner.start()
            stack.push_async_callback(runner.stop)
            return runner

        yield started


async def once(desk: Desk, tmp_path: Path, job_id: UUID, problem: BaseException | None) -> SyncJob:
    """Run what is due with work that ends so; the job after it."""

    async def work(run: JobRun) -> None:
        async with run.page():
            run.checkpoint["page"] = 1
        if problem is not None:
            raise problem

    await make(desk, {"activity_sync": work}, tmp_path).run_until_idle()
    return await desk.job(job_id)


class Forever:
    """Work that waits for the end of the world, and tells that it waits."""

    def __init__(self) -> None:
        self.waits = asyncio.Event()

    async def __call__(self, run: JobRun) -> None:
        async with run.page():
            run.checkpoint["page"] = int(run.checkpoint.get("page", 0)) + 1
        self.waits.set()
        await asyncio.Event().wait()


# ── How jobs end ─────────────────────────────────────────────────────────────────────────────────────


#: What the work raises; the job's status, code, seconds until it goes on, and attempts after it.
ENDINGS: list[Ending] = [
    (None, "completed", None, None, 1),
    (RateLimited(120), "pending", "rate_limited", (119, 120), 0),
    (RateLimited(None), "pending", "rate_limited", (59, 60), 0),
    (RateLimited(1e12), "pending", "rate_limited", (86_390, 86_400), 0),
    (RateLimited(float("-inf")), "pending", "rate_limited", (-1, 1), 0),
    (DiskFull("no room"), "pending", "disk_full", (1790, 1800), 0),
    (OSError(errno.ENOSPC, "no room"), "pending", "disk_full", (1790, 1800), 0),
    (Unavailable("no answer"), "pending", "unavailable", (25, 33), 1),
    (DatabaseUnusable("gone"), "pending", "database", (25, 33), 1),
    (DatabaseTooNew("too new"), "failed", "database_too_new", None, 1),
    (SignInRequired(), "failed", "sign_in_required", None, 1),
    (KeyMissing("no key"), "failed", "key_missing", None, 1),
    (UnexpectedAnswer("\x1b[2Jodd" + "x" * 400), "failed", "unexpected_answer", None, 1),
    (Cancelled("Cancelled."), "failed", "cancelled", None, 1),
    (ZeroDivisionError("secret"), "failed", "internal", None, 1),
    (asyncio.CancelledError(), "failed", "internal", None, 1),
    (PermissionError(errno.EACCES, "secret"), "failed", "internal", None, 1),
]


async def test_every_way_to_end(desk: Desk, tmp_path: Path) -> None:
    for number, (problem, status, code, wait_s, attempts) in enumerate(ENDINGS):
        job_id = await desk.put(parameters={"since": f"2026-01-{number + 1:02}"})
        job = await once(desk, tmp_path, job_id, problem)
        assert (job.status, (job.extra or {}).get("error_code"), job.attempt) == (status, code, attempts), problem
        assert job.checkpoint == (None if status == "completed" else {"page": 1})
        assert (job.owner, job.lease_until) == (None, None)
        assert (job.completed_at is None) == (status == "pending")
        if wait_s:
            assert wait_s[0] - 10 <= (job.run_at - datetime.now(UTC)).total_seconds() <= wait_s[1], problem
        message = job.error_message or ""
        assert len(message) <= 200
        assert "\x1b" not in message
        assert "secret" not in message
        lines = [event.text for event in await desk.queue.events(job_id)]
        assert lines[0] == "started"
        assert code == "disk_full" or lines[-1] == (message or "started")
        await desk.queue.pause(job_id)


async def test_a_fault_of_the_program_leaves_its_traceback_in_the_log_only(
    desk: Desk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    job_id = await desk.put()
    with caplog.at_level(logging.ERROR):
        await once(desk, tmp_path, job_id, ZeroDivisionError("the cause"))
    assert "ZeroDivisionError: the cause" in caplog.text


async def test_items_that_failed_make_it_partly_done(desk: Desk, tmp_path: Path) -> None:
    async def work(run: JobRun) -> None:
        run.failed_item("activity 7", "broken at Garmin")

    job_id = await desk.put()
    await make(desk, {"activity_sync": work}, tmp_path).run_until_idle()
    job = await desk.job(job_id)
    extra = job.extra or {}
    assert (job.status, job.progress, extra["error_code"]) == ("failed", 1.0, "partly")
    assert (extra["failed"], extra["failures"]) == (1, ["activity 7: broken at Garmin"])
    assert "activity 7: broken at Garmin" in [event.text for event in await desk.queue.events(job_id)]


async def test_the_eighth_failed_attempt_at_one_place_is_the_last(desk: Desk, tmp_path: Path) -> None:
    job_id = await desk.put()
    for attempt in range(1, 9):
        job = await once(desk, tmp_path, job_id, Unavailable("no answer"))
        assert job.attempt == attempt
        if job.status == "pending":
            assert await desk.put() == job_id  # what a person asks for is not made to wait
    assert (job.status, job.error_message) == ("failed", "no answer")


def test_pauses_double_up_to_an_hour_and_machines_are_not_in_step() -> None:
    ids = [new_id() for _ in range(50)]
    for attempt, pause_s in enumerate((30, 60, 120, 240, 480, 960, 1920, 3600, 3600), start=1):
        pauses = {retry_pause_s(job_id, attempt) for job_id in ids}
        assert len(pauses) > 40
        assert all(0.9 * pause_s <= pause <= 1.1 * pause_s for pause in pauses)
    assert retry_pause_s(ids[0], 3) == retry_pause_s(ids[0], 3)


# ── Stopping ─────────────────────────────────────────────────────────────────────────────────────────


async def test_cancel_reaches_work_that_waits(desk: Desk, start: Start, database_url: str) -> None:
    """From another process, and far sooner than the heartbeat."""
    work = Forever()
    job_id = await desk.put()
    await start({"activity_sync": work})
    await work.waits.wait()
    async with await Database.open(database_url) as elsewhere, asyncio.timeout(2):
        await Desk(elsewhere, type(desk.queue)(elsewhere), desk.leases, desk.user_id, desk.account_id).queue.cancel(
            job_id
        )
        await until(lambda: _has(desk, job_id, status="failed"))
    job = await desk.job(job_id)
    assert ((job.extra or {})["error_code"], job.checkpoint) == ("cancelled", {"page": 1})
    assert [event.text for event in await desk.queue.events(job_id)][-1] == "Cancelled."


async def test_pause_puts_running_work_back_and_resume_goes_on(desk: Desk, start: Start) -> None:
    work = Forever()
    job_id = await desk.put()
    await start({"activity_sync": work})
    await work.waits.wait()
    await desk.queue.pause(job_id)
    await until(lambda: _has(desk, job_id, status="pending"))
    assert (await desk.job(job_id)).checkpoint == {"page": 1}
    work.waits.clear()
    await desk.queue.resume(job_id)
    await work.waits.wait()
    assert (await desk.job(job_id)).checkpoint == {"page": 2}


async def test_stop_hands_the_lease_back(desk: Desk, tmp_path: Path) -> None:
    work = Forever()
    job_id = await desk.put()
    runner = make(desk, {"activity_sync": work}, tmp_path)
    await runner.start()
    await work.waits.wait()
    assert [row.id for row in await desk.queue.runners()] == [runner.id]
    await runner.stop()
    job = await desk.job(job_id)
    assert (job.status, job.checkpoint, job.crash_count, job.attempt) == ("pending", {"page": 1}, 0, 0)
    assert job.owner is None
    assert await desk.queue.runners() == []
    assert list((tmp_path / "run").iterdir()) == []


async def test_stop_does_not_wait_for_work_that_will_not_end(desk: Desk, tmp_path: Path) -> None:
    waits, over = asyncio.Event(), asyncio.Event()

    async def stubborn(run: JobRun) -> None:
        while not over.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                waits.set()
                await over.wait()

    await desk.put()
    runner = make(desk, {"activity_sync": stubborn}, tmp_path)
    await runner.start()
    await waits.wait()
    await runner.stop(timeout_s=0.1)
    over.set()
    assert await desk.queue.runners() == []


async def test_work_that_was_taken_over_is_dropped(desk: Desk, start: Start) -> None:
    work = Forever()
    job_id = await desk.put()
    await start({"activity_sync": work})
    await work.waits.wait()
    (claimed,) = await desk.queue.list(status="in_progress")
    async with desk.database.write() as session:
        row = await session.get_one(SyncJob, job_id)
        row.fence = claimed.fence + 1
        row.owner = new_id()
        await announce(session, job_id)
    await until(lambda: not _busy_with(work))
    job = await desk.job(job_id)
    assert (job.status, job.fence) == ("in_progress", claimed.fence + 1)


def _busy_with(work: Forever) -> bool:
    return any("Forever.__call__" in repr(task.get_coro()) for task in asyncio.all_tasks())


async def test_lost_leases_end_silently(desk: Desk, tmp_path: Path) -> None:
    job_id = await desk.put()
    heirs = []

    async def work(run: JobRun) -> None:
        async with desk.database.write() as session:
            (await session.get_one(SyncJob, job_id)).fence += 1
        heirs.append(run.claim.fence + 1)
        raise LeaseLost("taken over")

    runner = make(desk, {"activity_sync": work}, tmp_path)
    await runner.start()
    await until(lambda: heirs)
    await runner.stop()
    assert (await desk.job(job_id)).status == "in_progress"


# ── Sharing ──────────────────────────────────────────────────────────────────────────────────────────


async def test_the_more_urgent_runs_between_two_slices(desk: Desk, tmp_path: Path) -> None:
    order: list[str] = []

    async def backfill(run: JobRun) -> None:
        order.append(f"backfill {run.checkpoint.get('day', 0)}")
        for day in range(int(run.checkpoint.get("day", 0)), 3):
            async with run.page():
                run.checkpoint["day"] = day + 1
            if day == 1:
                await desk.put(priority=10)
            await run.breathe(SLICE_REQUESTS * day)

    async def urgent(run: JobRun) -> None:
        order.append("urgent")

    job_id = await desk.put("health_metrics_sync")
    await make(desk, {"health_metrics_sync": backfill, "activity_sync": urgent}, tmp_path).run_until_idle()
    assert order == ["backfill 0", "urgent", "backfill 2"]
    assert (await desk.job(job_id)).status == "completed"
    assert "goes on" in [event.text for event in await desk.queue.events(job_id)]


async def test_one_job_an_account_and_one_local_at_a_time(desk: Desk, start: Start) -> None:
    running: list[tuple[UUID | None, str]] = []
    go_on = asyncio.Event()

    async def work(run: JobRun) -> None:
        running.append((run.job.garmin_connect_account_id, run.job.job_type))
        await go_on.wait()

    user_id, account_id = await new_account(desk.database, "another")
    await desk.put(priority=1)
    await desk.put("health_metrics_sync")
    await desk.queue.enqueue(user_id, "activity_sync", account_id=account_id)
    await desk.put("export", local=True, priority=1)
    await desk.put("verify", local=True)
    types = ("activity_sync", "health_metrics_sync", "export", "verify")
    await start(dict.fromkeys(types, work))
    await until(lambda: len(running) == 3)
    await desk.queue.pause(await desk.put("workout_sync"))  # a change that wakes the runner
    first = {(desk.account_id, "activity_sync"), (account_id, "activity_sync"), (None, "export")}
    assert set(running) == first
    go_on.set()
    await until(lambda: len(running) == 5)
    await until(lambda: _all_over(desk, 5))


async def _all_over(desk: Desk, count: int) -> bool:
    return len(await desk.queue.list(status="completed")) == count


async def test_what_it_has_no_work_for_is_left_to_others(desk: Desk, tmp_path: Path) -> None:
    job_id = await desk.put("workout_upload")
    await make(desk, {"activity_sync": Forever()}, tmp_path).run_until_idle()
    assert (await desk.job(job_id)).status == "pending"


async def test_work_of_a_runner_that_was_killed_goes_on_at_once(desk: Desk, tmp_path: Path) -> None:
    """Its lock is free, its lease has almost a minute to go."""
    work = Forever()
    job_id = await desk.put()
    killed = make(desk, {"activity_sync": work}, tmp_path)
    await killed.start()
    await work.waits.wait()
    assert killed._lock is not None
    killed._stopping = True  # a process that ended takes nothing up again
    fcntl.flock(killed._lock, fcntl.LOCK_UN)  # as the system does for a process that ended

    async def quick(run: JobRun) -> None:
        assert run.checkpoint == {"page": 1}

    await make(desk, {"activity_sync": quick}, tmp_path).run_until_idle()
    assert ((await desk.job(job_id)).status, (await desk.job(job_id)).crash_count) == ("completed", 0)
    await killed.stop()


async def test_listeners_hear_progress_and_the_end(desk: Desk, tmp_path: Path) -> None:
    heard: list[Progress] = []
    ended: list[SyncJob] = []

    async def work(run: JobRun) -> None:
        run.progress(1, 2, "half")

    job_id = await desk.put()
    runner = make(desk, {"activity_sync": work}, tmp_path, listener=heard.append, on_end=ended.append)
    await runner.run_until_idle()
    assert heard == [Progress(job_id, 1, 2, "half")]
    assert [(job.id, job.status, job.progress) for job in ended] == [(job_id, "completed", 1.0)]


async def test_idle_may_wait_for_what_comes_due(desk: Desk, tmp_path: Path) -> None:
    tries: list[int] = []

    async def work(run: JobRun) -> None:
        tries.append(run.job.attempt)
        if len(tries) == 1:
            raise RateLimited(1)

    job_id = await desk.put()
    await make(desk, {"activity_sync": work}, tmp_path).run_until_idle(also_waiting_s=5)
    assert tries == [1, 1]
    assert (await desk.job(job_id)).status == "completed"


async def _has(desk: Desk, job_id: UUID, **columns: object) -> bool:
    job = await desk.job(job_id)
    return all(getattr(job, name) == value for name, value in columns.items())
