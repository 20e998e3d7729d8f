"""The queue, through what it lets happen: who may run, who may write, what is lost (nothing)."""

from __future__ import annotations

import asyncio
import fcntl
import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from garminsync_tui.errors import LeaseLost
from garminsync_tui.ids import new_id
from garminsync_tui.jobs.queue import MOST_CRASHES, Claim, Queue
from garminsync_tui.jobs.words import state
from garminsync_tui.models import JobEvent, RunnerRow, SyncJob
from garminsync_tui.store.database import Database

from .conftest import Owner


async def put(queue: Queue, owner: Owner, job_type: str = "activity_sync", **options: object) -> UUID:
    job_id = await queue.enqueue(owner.user_id, job_type, account_id=owner.account_id, **options)  # type: ignore[arg-type]
    assert job_id is not None
    return job_id


async def take(queue: Queue, **options: float) -> Claim:
    claim = await queue.claim(new_id(), **options)  # type: ignore[arg-type]
    assert claim is not None
    return claim


async def test_one_job_of_an_account_runs_at_a_time(queue: Queue, owner: Owner) -> None:
    await put(queue, owner)
    await put(queue, owner, "health_metrics_sync")
    first = await take(queue)
    assert await queue.claim(new_id()) is None
    await queue.finish(first)
    assert (await take(queue)).job.id != first.job.id


async def test_claims_at_the_same_moment_give_one_runner_the_job(queue: Queue, owner: Owner) -> None:
    await put(queue, owner)
    await put(queue, owner, "health_metrics_sync")
    claims = await asyncio.gather(*(queue.claim(new_id()) for _ in range(5)))
    assert sum(claim is not None for claim in claims) == 1


async def test_the_index_is_the_exclusion_and_without_it_there_is_none(
    queue: Queue, owner: Owner, database: Database
) -> None:
    """The witness works: what the index refuses happens as soon as it is dropped."""
    await put(queue, owner)
    other = await put(queue, owner, "health_metrics_sync")
    await take(queue)
    grab = (
        sa.update(SyncJob)
        .where(SyncJob.id == other)
        .values(status="in_progress", owner=new_id(), lease_until=datetime.now(UTC))
    )
    with pytest.raises(sa.exc.IntegrityError):
        async with database.write() as session:
            await session.execute(grab)
    async with database.write() as session:
        await session.execute(sa.text("DROP INDEX uq_sync_jobs_one_runner"))
    async with database.write() as session:
        await session.execute(grab)
    async with database.read() as session:
        running = await session.scalar(sa.select(sa.func.count()).where(SyncJob.status == "in_progress"))
    assert running == 2


async def test_the_more_urgent_goes_first(queue: Queue, owner: Owner) -> None:
    await put(queue, owner)
    urgent = await put(queue, owner, "health_metrics_sync", priority=10)
    assert (await take(queue)).job.id == urgent


async def test_an_equal_request_pulls_the_waiting_job_forward(queue: Queue, owner: Owner) -> None:
    later = datetime.now(UTC) + timedelta(hours=5)
    first = await put(queue, owner, parameters={"since": "2026-01-01"}, run_at=later)
    assert await queue.claim(new_id()) is None
    assert await put(queue, owner, parameters={"since": "2026-01-01"}, priority=10) == first
    assert (await take(queue)).job.id == first
    assert await put(queue, owner, parameters={"since": "2026-02-01"}) != first


async def test_a_turn_of_a_schedule_makes_one_job_ever(queue: Queue, owner: Owner) -> None:
    await queue.ensure_schedules(owner.account_id, ["activity_sync"], 1800)
    (schedule,) = await queue.schedules()
    slot = (schedule.id, "42")
    assert await put(queue, owner, schedule=slot)
    await queue.finish(await take(queue))
    again = await queue.enqueue(owner.user_id, "activity_sync", account_id=owner.account_id, schedule=slot)
    assert again is None


async def test_who_lost_the_lease_writes_nothing(queue: Queue, owner: Owner, database: Database) -> None:
    await put(queue, owner)
    zombie = await take(queue, lease_s=-1)
    heir = await take(queue)
    assert heir.job.id == zombie.job.id
    with pytest.raises(LeaseLost):
        async with database.write() as session:
            session.add(JobEvent(id=new_id(), job_id=zombie.job.id, level="info", text="from the grave"))
            await queue.guard(session, zombie, checkpoint={"page": 1})
    for late in (queue.finish(zombie), queue.fail(zombie, "x", "x"), queue.release(zombie), queue.heartbeat(zombie)):
        with pytest.raises(LeaseLost):
            await late
    assert "from the grave" not in [event.text for event in await queue.events(heir.job.id)]


async def test_a_dead_runner_of_this_host_is_noticed_at_once(queue: Queue, owner: Owner, tmp_path: Path) -> None:
    dead, alive = new_id(), new_id()
    locks = {id_: tmp_path / f"{id_}.lock" for id_ in (dead, alive)}
    held = {id_: os.open(path, os.O_RDWR | os.O_CREAT) for id_, path in locks.items()}
    fcntl.flock(held[alive], fcntl.LOCK_EX)
    for id_ in (dead, alive):
        await queue.register(
            RunnerRow(
                id=id_, host=socket.gethostname(), pid=1, kind="daemon", version="0", lock_path=str(locks[id_])
            )
        )
    assert [runner.id for runner in await queue.runners()] == [alive]
    await put(queue, owner)
    assert await queue.claim(alive)
    assert await queue.claim(new_id()) is None
    fcntl.flock(held[alive], fcntl.LOCK_UN)
    again = await take(queue)
    assert again.job.crash_count == 1
    for handle in held.values():
        os.close(handle)


async def test_five_crashes_at_the_same_place_end_it_and_progress_forgives_them(
    queue: Queue, owner: Owner, database: Database
) -> None:
    await put(queue, owner)
    for page in range(MOST_CRASHES + 3):
        claim = await take(queue, lease_s=-1)
        async with database.write() as session:
            await queue.guard(session, claim, checkpoint={"page": page})
    for _ in range(MOST_CRASHES):
        assert (job := (await queue.list())[0]).status != "failed"
        await queue.claim(new_id(), lease_s=-1)
    await queue.reap()
    job = (await queue.list())[0]
    assert (job.status, (job.extra or {})["error_code"]) == ("failed", "poison")
    assert job.checkpoint == {"page": MOST_CRASHES + 2}


async def test_released_with_its_checkpoint_and_failed_with_it_too(
    queue: Queue, owner: Owner, database: Database
) -> None:
    job_id = await put(queue, owner)
    claim = await take(queue)
    async with database.write() as session:
        await queue.guard(session, claim, checkpoint={"page": 3}, progress=0.4)
    await queue.release(claim, code="rate_limited", text="wait", wait_s=3600)
    job = await queue.get(job_id)
    assert (job.status, job.checkpoint, job.attempt, job.progress) == ("pending", {"page": 3}, 0, 0.4)
    assert state(job, datetime.now(UTC)).word == "waiting"
    assert await queue.retry(job_id)
    claim = await take(queue)
    await queue.fail(claim, "sign_in_required", "sign in")
    job = await queue.get(job_id)
    assert (job.status, job.checkpoint) == ("failed", {"page": 3})


async def test_progress_never_goes_backwards(queue: Queue, owner: Owner, database: Database) -> None:
    job_id = await put(queue, owner)
    claim = await take(queue)
    seen = []
    for share in (0.2, 0.7, 0.5, 2.0, -1.0):
        async with database.write() as session:
            await queue.guard(session, claim, progress=share)
        seen.append((await queue.get(job_id)).progress)
    assert seen == [0.2, 0.7, 0.7, 1.0, 1.0]


async def test_cancel_pause_resume_and_retry(queue: Queue, owner: Owner) -> None:
    job_id = await put(queue, owner)
    assert await queue.pause(job_id)
    assert await queue.claim(new_id()) is None
    assert state(await queue.get(job_id), datetime.now(UTC)).word == "paused"
    assert await queue.resume(job_id)
    claim = await take(queue)
    assert await queue.cancel(job_id)
    assert (await queue.heartbeat(claim)).cancel_requested
    await queue.fail(claim, "cancelled", "Cancelled.")
    assert state(await queue.get(job_id), datetime.now(UTC)).word == "cancelled"
    assert not await queue.cancel(job_id)
    assert await queue.retry(job_id)
    assert await queue.cancel(job_id)
    assert (await queue.get(job_id)).status == "failed"


async def test_the_log_is_clean_and_keeps_its_newest_lines(queue: Queue, owner: Owner, database: Database) -> None:
    job_id = await put(queue, owner)
    async with database.write() as session:
        await queue.write_events(session, job_id, [("info", f"line {n}\x1b[2J") for n in range(700)])
    events = await queue.events(job_id)
    assert len(events) == 500
    assert events[-1].text == "line 699 [2J"
    assert events[0].text.startswith("line 200")


async def test_jobs_are_found_by_the_end_of_their_id(queue: Queue, owner: Owner) -> None:
    job_id = await put(queue, owner)
    assert (await queue.get(job_id.hex[-8:])).id == job_id
