"""Asking: what is lost (nothing), what is doubled (nothing), what people see."""

from __future__ import annotations

import asyncio
import fcntl
import os
import socket
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from garminsync_tui.errors import UsageProblem
from garminsync_tui.ids import new_id
from garminsync_tui.jobs.queue import EVENTS_KEPT, forget, register
from garminsync_tui.jobs.queue.log import write_lines
from garminsync_tui.models import RunnerRow, SyncJob

from .conftest import Desk

LATER = timedelta(hours=5)


async def test_an_equal_request_pulls_the_waiting_job_forward(desk: Desk) -> None:
    later = datetime.now(UTC) + LATER
    first = await desk.put(parameters={"since": "2026-01-01"}, run_at=later)
    await desk.queue.pause(first)
    assert await desk.leases.claim(new_id()) is None
    assert await desk.put(parameters={"since": date(2026, 1, 1), "full": False}, priority=10) == first
    job = (await desk.take()).job
    assert (job.id, job.priority, job.paused_at) == (first, 10, None)
    assert await desk.put(parameters={"since": "2026-02-01"}) != first


async def test_a_request_for_later_never_pushes_a_waiting_job_back(desk: Desk) -> None:
    first = await desk.put()
    assert await desk.put(run_at=datetime.now(UTC) + LATER) == first
    assert (await desk.take()).job.id == first


async def test_requests_of_many_at_once_are_one_job(desk: Desk) -> None:
    ids = await asyncio.gather(*(desk.put(parameters={"since": "2026-01-01"}) for _ in range(8)))
    assert len(set(ids)) == 1
    assert len(await desk.queue.list()) == 1


async def test_what_is_asked_while_an_equal_job_runs_is_done_after_it(desk: Desk) -> None:
    running = await desk.put()
    claim = await desk.take()
    asked = await desk.put(priority=10)
    assert asked != running
    await desk.guard(claim, checkpoint={"page": 7})
    await desk.release(claim)
    assert {job.id for job in await desk.queue.list(status="pending")} == {running, asked}
    assert (await desk.job(running)).checkpoint == {"page": 7}
    for expected in (asked, running):
        claim = await desk.take()
        assert claim.job.id == expected
        await desk.finish(claim)


async def test_a_request_longer_than_an_index_entry(desk: Desk) -> None:
    paths = [os.urandom(30).hex() for _ in range(500)]
    job_id = await desk.put("file_import", local=True, parameters={"paths": paths})
    assert ((await desk.job(job_id)).extra or {})["parameters"] == {"paths": paths}


async def test_a_turn_of_a_schedule_makes_one_job_ever(desk: Desk) -> None:
    await desk.queue.ensure_schedules(desk.account_id, ["activity_sync"], 1800)
    (schedule,) = await desk.queue.schedules()
    made = await asyncio.gather(*(_turn(desk, (schedule.id, "42")) for _ in range(5)))
    assert sum(job_id is not None for job_id in set(made)) == 1
    await desk.finish(await desk.take())
    assert await _turn(desk, (schedule.id, "42")) is None


async def test_a_waiting_job_is_the_next_turn_too_and_keeps_its_time(desk: Desk) -> None:
    await desk.queue.ensure_schedules(desk.account_id, ["activity_sync"], 1800)
    (schedule,) = await desk.queue.schedules()
    job_id = await _turn(desk, (schedule.id, "42"))
    assert job_id
    await desk.release(await desk.take(), code="rate_limited", wait_s=3600)
    waits_until = (await desk.job(job_id)).run_at
    assert await _turn(desk, (schedule.id, "43")) == job_id
    assert (await desk.job(job_id)).run_at == waits_until
    await desk.queue.retry(job_id)
    await desk.finish(await desk.take())
    assert await _turn(desk, (schedule.id, "43")) is None


async def _turn(desk: Desk, slot: tuple[object, str]) -> object:
    return await desk.queue.enqueue(desk.user_id, "activity_sync", account_id=desk.account_id, schedule=slot)  # type: ignore[arg-type]


async def test_schedules_are_made_once_and_changed_in_place(desk: Desk) -> None:
    await desk.queue.ensure_schedules(desk.account_id, ["activity_sync", "health_metrics_sync"], 1800)
    before = {schedule.id for schedule in await desk.queue.schedules()}
    await desk.queue.ensure_schedules(desk.account_id, ["activity_sync", "health_metrics_sync"], 3600)
    after = await desk.queue.schedules()
    assert {schedule.id for schedule in after} == before
    assert {schedule.every_s for schedule in after} == {3600}


async def test_schedules_are_made_once_by_all_who_start_at_once(desk: Desk) -> None:
    wanted = desk.account_id, ["activity_sync", "health_metrics_sync"], 1800
    await asyncio.gather(*(desk.queue.ensure_schedules(*wanted) for _ in range(5)))
    assert sorted(schedule.job_type for schedule in await desk.queue.schedules()) == wanted[1]


async def test_schedules_that_are_right_are_not_written_again(desk: Desk) -> None:
    written = set()
    for _ in range(2):
        await desk.queue.ensure_schedules(desk.account_id, ["activity_sync"], 1800)
        written |= {schedule.updated_at for schedule in await desk.queue.schedules()}
    assert len(written) == 1


async def test_a_waiting_job_is_cancelled_at_once(desk: Desk) -> None:
    job_id = await desk.put()
    assert await desk.queue.cancel(job_id)
    job = await desk.job(job_id)
    assert (job.status, (job.extra or {})["error_code"]) == ("failed", "cancelled")
    assert not await desk.queue.cancel(job_id)
    assert not await desk.queue.pause(job_id)


async def test_a_wish_to_cancel_outlives_a_slice_and_a_crash(desk: Desk) -> None:
    for leave in (desk.release, None):
        job_id = await desk.put()
        claim = await desk.take(lease_s=60 if leave else -1)
        assert await desk.queue.cancel(job_id)
        assert (await desk.leases.heartbeat(claim, lease_s=60 if leave else -1)).cancel_requested
        if leave:
            await leave(claim)
        assert await desk.leases.claim(new_id()) is None
        job = await desk.job(job_id)
        assert (job.status, (job.extra or {})["error_code"]) == ("failed", "cancelled")


async def test_a_paused_job_waits_until_it_is_resumed(desk: Desk) -> None:
    job_id = await desk.put()
    assert not await desk.queue.resume(job_id)
    claim = await desk.take()
    assert await desk.queue.pause(job_id)
    assert (await desk.leases.heartbeat(claim)).paused_at
    await desk.release(claim)
    assert await desk.leases.claim(new_id()) is None
    assert await desk.queue.resume(job_id)
    assert (await desk.take()).job.id == job_id


async def test_a_retry_goes_on_where_it_failed(desk: Desk) -> None:
    job_id = await desk.put(parameters={"full": True})
    claim = await desk.take()
    await desk.guard(claim, checkpoint={"page": 3}, extra={"failed": 2})
    assert not await desk.queue.retry(job_id)
    await desk.fail(claim, "unavailable")
    assert await desk.queue.retry(job_id)
    job = (await desk.take()).job
    assert (job.id, job.checkpoint, job.error_message, job.attempt) == (job_id, {"page": 3}, None, 1)
    assert job.extra == {"parameters": {"full": True}}


async def test_a_retry_pulls_a_waiting_job_forward(desk: Desk) -> None:
    job_id = await desk.put(run_at=datetime.now(UTC) + LATER)
    assert await desk.queue.retry(job_id)
    assert (await desk.take()).job.id == job_id


async def test_jobs_are_found_by_the_end_of_their_id(desk: Desk) -> None:
    job_id = await desk.put()
    assert (await desk.queue.get(job_id.hex[-8:].upper())).id == job_id
    assert (await desk.queue.get(str(job_id))).id == job_id
    for unknown in ("", "zz", new_id(), "\x1b[2J"):
        with pytest.raises(UsageProblem) as refused:
            await desk.queue.get(unknown)
        assert "\x1b" not in refused.value.message
    await desk.put("health_metrics_sync")
    async with desk.database.write() as session:
        twin = bytes([0] * 12) + job_id.bytes[-4:]
        await session.execute(sa.update(SyncJob).where(SyncJob.id != job_id).values(id=type(job_id)(bytes=twin)))
    with pytest.raises(UsageProblem, match="2 jobs"):
        await desk.queue.get(job_id.hex[-8:])


async def test_running_jobs_come_first_then_waiting_ones(desk: Desk) -> None:
    done = await desk.put("workout_sync")
    await desk.finish(await desk.take())
    running = await desk.put()
    await desk.take()
    waiting = await desk.put("health_metrics_sync")
    assert [job.id for job in await desk.queue.list()] == [running, waiting, done]
    assert [job.id for job in await desk.queue.list(job_type="workout_sync")] == [done]
    assert [job.id for job in await desk.queue.list(limit=1)] == [running]


async def test_the_log_is_clean_and_keeps_its_newest_lines(desk: Desk) -> None:
    job_id = await desk.put()
    for start in (0, 350):
        async with desk.database.write() as session:
            lines = [("info", f"line {n}\x1b[2J\u202e" + "x" * 400) for n in range(start, start + 350)]
            await write_lines(session, job_id, lines)
    events = await desk.queue.events(job_id)
    assert len(events) == EVENTS_KEPT == 500
    assert events[0].text.startswith("line 200·[2J·x")
    assert events[-1].text.startswith("line 699")
    assert max(len(event.text) for event in events) == 300
    assert await desk.queue.events(job_id, after=events[-3].id) == events[-2:] or [
        event.text for event in await desk.queue.events(job_id, after=events[-3].id)
    ] == [event.text for event in events[-2:]]


async def test_runners_that_died_are_not_listed_and_are_swept_once_they_hold_nothing(
    desk: Desk, tmp_path: Path
) -> None:
    names = ("alive", "dead", "elsewhere", "long_gone")
    ids = {name: new_id() for name in names}
    lock = os.open(tmp_path / "alive", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    (tmp_path / "dead").touch()
    for name in names:
        host = socket.gethostname() if name in {"alive", "dead"} else "another"
        row = RunnerRow(id=ids[name], host=host, pid=1, kind="app", version="1", lock_path=str(tmp_path / name))
        if name == "long_gone":
            row.heartbeat_at = datetime.now(UTC) - timedelta(days=2)
        await register(desk.database, row)
    assert [row.id for row in await desk.queue.runners()] == [ids["alive"], ids["elsewhere"]]
    await desk.put()
    await desk.leases.claim(ids["dead"])
    await forget(desk.database, new_id())
    assert await _runner_ids(desk) == {ids["alive"], ids["dead"], ids["elsewhere"]}
    await desk.take()
    await forget(desk.database, ids["alive"])
    assert await _runner_ids(desk) == {ids["elsewhere"]}
    assert not (tmp_path / "dead").exists()
    os.close(lock)


async def _runner_ids(desk: Desk) -> set[object]:
    async with desk.database.read() as session:
        return set(await session.scalars(sa.select(RunnerRow.id)))
