"""What work is given: pages that stand whole or not at all, slices, failures that are remembered."""

from __future__ import annotations

import asyncio
import math

import pytest

from garminsync_tui.errors import Cancelled, LeaseLost
from garminsync_tui.ids import new_id
from garminsync_tui.jobs.run import SLICE_REQUESTS, SLICE_S, JobRun, Progress, SliceOver
from garminsync_tui.models import JobEvent

from .conftest import Desk


class Clock:
    """A clock that goes on when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def begin(desk: Desk, clock: Clock | None = None, **options: object) -> JobRun:
    return JobRun(desk.leases, await desk.take(**options), monotonic=clock or Clock())


async def test_a_page_writes_data_checkpoint_progress_and_log_together(desk: Desk) -> None:
    job_id = await desk.put(parameters={"full": True})
    run = await begin(desk)
    assert (run.parameters, run.checkpoint, run.user_id, run.account_id) == (
        {"full": True}, {}, desk.user_id, desk.account_id
    )  # fmt: skip
    run.progress(1, 4, "the first\x1b[2J")
    await run.note("note", "hello")
    async with run.page():
        run.checkpoint["page"] = 1
    job = await desk.job(job_id)
    assert (job.checkpoint, job.progress, (job.extra or {})["note"]) == ({"page": 1}, 0.25, "the first·[2J")
    assert [(event.level, event.text) for event in await desk.queue.events(job_id)] == [("note", "hello")]
    async with run.page():
        pass
    assert len(await desk.queue.events(job_id)) == 1


async def test_a_page_that_fails_leaves_nothing_and_takes_its_checkpoint_back(desk: Desk) -> None:
    job_id = await desk.put()
    run = await begin(desk)
    async with run.page():
        run.checkpoint["page"] = 1
    await run.note("info", "kept for the next page")
    with pytest.raises(ZeroDivisionError):
        async with run.page() as session:
            session.add(JobEvent(id=new_id(), job_id=job_id, level="info", text="never"))
            run.checkpoint["page"] = 2
            raise ZeroDivisionError
    assert run.checkpoint == {"page": 1}
    async with run.page():
        pass
    assert (await desk.job(job_id)).checkpoint == {"page": 1}
    assert [event.text for event in await desk.queue.events(job_id)] == ["kept for the next page"]


async def test_a_page_of_a_job_that_was_taken_over_is_undone(desk: Desk) -> None:
    job_id = await desk.put()
    run = await begin(desk, lease_s=-1)
    heir = await desk.take()
    with pytest.raises(LeaseLost):
        async with run.page() as session:
            session.add(JobEvent(id=new_id(), job_id=job_id, level="info", text="never"))
            run.checkpoint["page"] = 1
    assert (await desk.job(job_id)).checkpoint is None
    assert "never" not in [event.text for event in await desk.queue.events(heir.job.id)]


async def test_pages_of_several_tasks_take_turns(desk: Desk) -> None:
    job_id = await desk.put()
    run = await begin(desk)

    async def one(number: int) -> None:
        await run.note("info", str(number))
        async with run.page():
            run.checkpoint[str(number)] = True

    await asyncio.gather(*(one(number) for number in range(5)))
    assert (await desk.job(job_id)).checkpoint == {str(number): True for number in range(5)}
    assert sorted(event.text for event in await desk.queue.events(job_id)) == list("01234")


@pytest.mark.parametrize(
    ("done", "total", "share"),
    [
        (1, 4, 0.25),
        (5, 4, 1),
        (-1, 4, 0),
        (1, 0, 0),
        (0, 0, 0),
        (math.nan, 1, 0),
        (math.inf, math.inf, 0),
        (1, math.nan, 0),
    ],
)
def test_a_share_is_between_nothing_and_all(done: float, total: float, share: float) -> None:
    assert Progress(new_id(), done, total, "").share == share


async def test_listeners_hear_progress_at_once_and_the_row_half_a_second_apart(desk: Desk) -> None:
    job_id = await desk.put()
    clock, heard = Clock(), list[Progress]()
    run = JobRun(desk.leases, await desk.take(), heard.append, monotonic=clock)
    shares = []
    for step in range(1, 5):
        run.progress(step, 10, f"{step}")
        await run.breathe()
        shares.append((await desk.job(job_id)).progress)
        clock.now += 0.3
    assert [progress.done for progress in heard] == [1, 2, 3, 4]
    assert shares == [0.1, 0.1, 0.3, 0.3]


async def test_failures_are_counted_capped_cleaned_and_survive_a_slice(desk: Desk) -> None:
    job_id = await desk.put()
    run = await begin(desk)
    for number in range(60):
        run.failed_item(f"activity {number}", "\x1b]0;x\x07broken")
    async with run.page():
        pass
    await desk.release(run.claim)
    extra = (await desk.job(job_id)).extra or {}
    assert (extra["failed"], len(extra["failures"]), extra["failures"][0]) == (60, 50, "activity 0: ·]0;x·broken")
    again = await begin(desk)
    again.failed_item("one more", "broken")
    assert (again.failed, len(again.failures)) == (61, 50)


async def test_a_slice_ends_only_where_something_more_urgent_waits(desk: Desk) -> None:
    await desk.put(priority=5)
    clock = Clock()
    run = await begin(desk, clock)
    await desk.put("workout_sync", priority=5)
    clock.now += SLICE_S
    await run.breathe(SLICE_REQUESTS)
    await desk.put("health_metrics_sync", priority=10)
    clock.now += 1
    with pytest.raises(SliceOver):
        await run.breathe(SLICE_REQUESTS)


@pytest.mark.parametrize(("seconds", "requests", "over"), [(59, 29, False), (60, 0, True), (0, 30, True)])
async def test_a_slice_is_a_minute_or_thirty_requests(desk: Desk, seconds: int, requests: int, over: bool) -> None:
    await desk.put()
    clock = Clock()
    run = await begin(desk, clock)
    await desk.put("health_metrics_sync", priority=10)
    clock.now += seconds
    try:
        await run.breathe(requests)
        ended = False
    except SliceOver:
        ended = True
    assert ended == over


async def test_local_work_has_no_slices(desk: Desk) -> None:
    await desk.put("export", local=True)
    clock = Clock()
    run = await begin(desk, clock, local_work=True)
    await desk.put("verify", local=True, priority=10)
    clock.now += SLICE_S
    await run.breathe()
    with pytest.raises(AssertionError):
        _ = run.account_id


async def test_work_that_never_waits_hears_of_a_stop_at_its_next_breath_or_page(desk: Desk) -> None:
    await desk.put()
    run = await begin(desk)
    run.interrupt(Cancelled("Cancelled."))
    with pytest.raises(Cancelled):
        await run.breathe()
    with pytest.raises(Cancelled):
        async with run.page():
            raise AssertionError("entered")


async def test_a_page_is_never_cut_in_two_and_the_work_stops_after_it(desk: Desk) -> None:
    job_id = await desk.put()
    run = await begin(desk)
    inside, on = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        async with run.page():
            inside.set()
            await on.wait()
            run.checkpoint["page"] = 1
        await asyncio.Event().wait()

    task = asyncio.ensure_future(work())
    run.started(task)
    await inside.wait()
    run.interrupt(Cancelled("Cancelled."))
    on.set()
    async with asyncio.timeout(20):
        await asyncio.wait([task])
    assert task.cancelled()
    assert (await desk.job(job_id)).checkpoint == {"page": 1}
