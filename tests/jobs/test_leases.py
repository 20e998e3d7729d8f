"""Doing: who may run, who may write, and what a crash leaves."""

from __future__ import annotations

import asyncio
import fcntl
import os
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from garminsync_tui.errors import LeaseLost
from garminsync_tui.ids import new_id
from garminsync_tui.jobs.liveness import LEASE_S
from garminsync_tui.jobs.queue import MOST_CRASHES, Leases, Queue, register
from garminsync_tui.models import JobEvent, RunnerRow, SyncJob
from garminsync_tui.store.database import Database

from .conftest import Desk, new_account


async def test_one_job_of_an_account_runs_at_a_time(desk: Desk) -> None:
    await desk.put()
    await desk.put("health_metrics_sync")
    first = await desk.take()
    assert await desk.leases.claim(new_id()) is None
    await desk.finish(first)
    assert (await desk.take()).job.id != first.job.id


async def test_accounts_and_local_work_do_not_wait_for_each_other(desk: Desk) -> None:
    await desk.put()
    await desk.put("export", local=True)
    user_id, account_id = await new_account(desk.database, "another")
    await desk.queue.enqueue(user_id, "activity_sync", account_id=account_id)
    assert {(await desk.take()).job.garmin_connect_account_id for _ in range(2)} == {desk.account_id, account_id}
    assert (await desk.take(local_work=True)).job.job_type == "export"


async def test_what_lies_on_one_machine_is_done_there(desk: Desk) -> None:
    for host in ("another-machine", socket.gethostname()):
        await desk.queue.enqueue(desk.user_id, "export", parameters={"folder": "/out", "host": host})
    taken = await desk.take(local_work=True)
    assert (taken.job.extra or {})["parameters"]["host"] == socket.gethostname()
    assert await desk.leases.claim(new_id(), local_work=True) is None


async def test_claims_at_the_same_moment_give_one_runner_the_job(desk: Desk) -> None:
    await desk.put()
    await desk.put("health_metrics_sync")
    claims = await asyncio.gather(*(desk.leases.claim(new_id()) for _ in range(5)))
    assert sum(claim is not None for claim in claims) == 1


async def test_the_index_is_the_exclusion_and_without_it_there_is_none(desk: Desk) -> None:
    """The witness works: what the index refuses happens as soon as it is dropped."""
    await desk.put()
    other = await desk.put("health_metrics_sync")
    await desk.take()
    grab = (
        sa.update(SyncJob)
        .where(SyncJob.id == other)
        .values(status="in_progress", owner=new_id(), lease_until=datetime.now(UTC))
    )
    with pytest.raises(sa.exc.IntegrityError):
        async with desk.database.write() as session:
            await session.execute(grab)
    async with desk.database.write() as session:
        await session.execute(sa.text("DROP INDEX uq_sync_jobs_one_runner"))
    async with desk.database.write() as session:
        await session.execute(grab)
    assert len(await desk.queue.list(status="in_progress")) == 2


async def test_the_more_urgent_goes_first_and_unknown_types_to_nobody(desk: Desk) -> None:
    await desk.put()
    urgent = await desk.put("health_metrics_sync", priority=10)
    assert await desk.leases.claim(new_id(), job_types=["workout_sync"]) is None
    assert (await desk.take()).job.id == urgent


async def test_who_lost_the_lease_writes_nothing(desk: Desk) -> None:
    await desk.put()
    zombie = await desk.take(lease_s=-1)
    heir = await desk.take()
    assert heir.job.id == zombie.job.id
    with pytest.raises(LeaseLost):
        async with desk.database.write() as session:
            session.add(JobEvent(id=new_id(), job_id=zombie.job.id, level="info", text="from the grave"))
            await desk.leases.guard(session, zombie, checkpoint={"page": 1}, progress=0.9)
    for late in (desk.finish, desk.fail, desk.release, desk.leases.heartbeat):
        with pytest.raises(LeaseLost):
            await late(zombie)
    job = await desk.job(heir.job.id)
    assert (job.status, job.checkpoint, job.progress, job.fence) == ("in_progress", None, 0.0, heir.fence)
    assert "from the grave" not in [event.text for event in await desk.queue.events(job.id)]


async def test_what_a_runner_still_does_after_a_sleep_is_not_taken_by_itself(desk: Desk) -> None:
    await desk.put()
    claim = await desk.take(lease_s=-1)
    assert await desk.leases.claim(new_id(), holding=[claim.job.id]) is None
    await desk.finish(claim)


async def test_a_dead_runner_of_this_host_is_noticed_at_once(desk: Desk, tmp_path: Path) -> None:
    runner = new_id()
    lock = tmp_path / "lock"
    held = os.open(lock, os.O_RDWR | os.O_CREAT)
    fcntl.flock(held, fcntl.LOCK_EX)
    row = RunnerRow(id=runner, host=socket.gethostname(), pid=1, kind="daemon", version="0", lock_path=str(lock))
    await register(desk.database, row)
    await desk.put()
    assert await desk.leases.claim(runner)
    assert await desk.leases.claim(new_id()) is None
    os.close(held)
    assert (await desk.take()).job.crash_count == 1


@pytest.mark.parametrize("host", ["here without its file", "another"])
async def test_a_runner_out_of_sight_has_until_its_lease_ends(desk: Desk, tmp_path: Path, host: str) -> None:
    lock = tmp_path / "lock"
    if host == "another":
        lock.touch()
    name = "another" if host == "another" else socket.gethostname()
    runner = new_id()
    row = RunnerRow(id=runner, host=name, pid=1, kind="daemon", version="0", lock_path=str(lock))
    await register(desk.database, row)
    await desk.put()
    claim = await desk.leases.claim(runner)
    assert claim
    assert await desk.leases.claim(new_id()) is None
    await desk.leases.heartbeat(claim, lease_s=-1)
    assert await desk.leases.claim(new_id())


async def test_a_clock_that_is_ahead_takes_nothing_from_a_process_that_is_at_work(desk: Desk, tmp_path: Path) -> None:
    """SQLite's clock is that of whoever asks: for one that is ahead every lease is over."""
    lock = tmp_path / "lock"
    held = os.open(lock, os.O_RDWR | os.O_CREAT)
    fcntl.flock(held, fcntl.LOCK_EX)
    worker, passed_s = new_id(), 0.0
    row = RunnerRow(id=worker, host=socket.gethostname(), pid=1, kind="daemon", version="0", lock_path=str(lock))
    await register(desk.database, row)
    await desk.put()
    claim = await desk.leases.claim(worker)
    assert claim
    other = Leases(desk.database, monotonic=lambda: passed_s)
    for beat in range(5):
        await desk.leases.heartbeat(claim, lease_s=-3600 + beat)
        assert await other.claim(new_id()) is None
        passed_s += LEASE_S / 3
    # It stands still: no heartbeat for as long as a lease is
    assert await other.claim(new_id()) is None
    passed_s += LEASE_S
    taken = await other.claim(new_id())
    assert taken
    assert taken.fence > claim.fence
    with pytest.raises(LeaseLost):
        await desk.leases.heartbeat(claim)
    os.close(held)


async def test_five_crashes_at_the_same_place_end_it_and_progress_forgives_them(desk: Desk) -> None:
    job_id = await desk.put()
    for page in range(MOST_CRASHES + 3):
        await desk.guard(await desk.take(lease_s=-1), checkpoint={"page": page})
    for _ in range(MOST_CRASHES - 1):  # the same checkpoint again is no progress
        await desk.guard(await desk.take(lease_s=-1), checkpoint={"page": MOST_CRASHES + 2})
    assert await desk.leases.claim(new_id()) is None
    job = await desk.job(job_id)
    assert (job.status, (job.extra or {})["error_code"]) == ("failed", "poison")
    assert (job.checkpoint, job.crash_count) == ({"page": MOST_CRASHES + 2}, MOST_CRASHES)


async def test_released_with_its_checkpoint_and_failed_with_it_too(desk: Desk) -> None:
    job_id = await desk.put()
    claim = await desk.take()
    await desk.guard(claim, checkpoint={"page": 3}, progress=0.4)
    await desk.release(claim, code="rate_limited", text="wait", wait_s=3600)
    job = await desk.job(job_id)
    assert (job.status, job.checkpoint, job.attempt, job.progress) == ("pending", {"page": 3}, 0, 0.4)
    assert (job.owner, job.lease_until, job.error_message) == (None, None, "wait")
    assert 3590 < (job.run_at - datetime.now(UTC)).total_seconds() <= 3601
    await desk.queue.retry(job_id)
    await desk.fail(await desk.take(), "sign_in_required")
    job = await desk.job(job_id)
    assert (job.status, job.checkpoint) == ("failed", {"page": 3})
    assert job.completed_at


async def test_attempts_count_until_the_checkpoint_moves(desk: Desk) -> None:
    job_id = await desk.put()
    for _ in range(3):
        await desk.release(await desk.take(), counts=True)
    assert (await desk.job(job_id)).attempt == 3
    claim = await desk.take()
    await desk.guard(claim, checkpoint={"page": 1})
    await desk.release(claim, counts=True)
    assert (await desk.job(job_id)).attempt == 1


async def test_what_is_finished_forgets_what_it_waited_for(desk: Desk) -> None:
    job_id = await desk.put(parameters={"full": True})
    await desk.release(await desk.take(), code="rate_limited", text="wait")
    await desk.finish(await desk.take())
    job = await desk.job(job_id)
    assert (job.status, job.progress, job.error_message) == ("completed", 1.0, None)
    assert job.extra == {"parameters": {"full": True}}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shares=st.lists(st.floats(0.0, 1.0), min_size=2, max_size=8))
async def test_progress_never_goes_backwards(desk: Desk, shares: list[float]) -> None:
    await desk.put()
    claim = await desk.take()
    seen = []
    async with desk.database.write() as session:
        for share in shares:
            await desk.leases.guard(session, claim, progress=share)
            seen.append(await session.scalar(sa.select(SyncJob.progress).where(SyncJob.id == claim.job.id)))
    assert seen == [max(shares[: count + 1]) for count in range(len(shares))]
    await desk.finish(claim)


async def test_due_within_looks_ahead_and_past_what_is_paused(database: Database, desk: Desk) -> None:
    leases, queue = Leases(database), Queue(database)
    job_id = await desk.put()
    await desk.release(await desk.take(), wait_s=30)
    assert not await leases.due_within(["activity_sync"], 0)
    assert await leases.due_within(["activity_sync"], 60)
    assert not await leases.due_within(["export"], 60)
    await queue.pause(job_id)
    assert not await leases.due_within(["activity_sync"], 60)
