"""Activity files → numbers → rows: as activities arrive, and for history in the background."""

from __future__ import annotations

import asyncio
import contextlib
import io
import multiprocessing
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

from ..config import Config
from ..errors import FileDamaged
from ..ids import activity_id
from ..jobs.queue import Queue
from ..jobs.run import JobRun
from ..store import activities, figures
from ..store.files import FileStore
from ..training import VERSION
from ..training.sports import sport_of
from .assess import assess
from .athlete import Athletes
from .measure import Measured, measure_file, serve

#: What a job of type `reparse` reads again where it is not Garmin's answers: its parameter "what".
FILES = "activities"
#: Activities whose numbers are written in one transaction.
PAGE = 16
_PAGES_AHEAD = 8
#: For fewer files than this a process takes longer to start than they take to read.
_WORTH_A_PROCESS = 3
_NICENESS = 10

type _Measure = Callable[[Path, str], Awaitable[Measured]]


async def compute_figures(run: JobRun, config: Config, files: FileStore) -> None:
    """Compute what is missing, from the newest activity back, then derive every load from what is known now.

    Goes on where it was interrupted: what has figures is not read again. Unless somebody waits for it, files are read
    in processes of low priority, one less than there are processors.
    """
    athletes = await Athletes.load(run.database, config)
    async with run.database.read() as session:
        left = await figures.count_waiting(session, VERSION)
    done, total = 0, left
    async with _side_by_side(left, politely=not run.job.priority) as measure:
        while ahead := await _next(run):
            async with _under_way(_measured(run, each, files, measure) for each in ahead) as reading:
                for start in range(0, len(ahead), PAGE):
                    await run.breathe()
                    page = ahead[start : start + PAGE]
                    await _write(run, page, await asyncio.gather(*reading[start : start + PAGE]), athletes)
                    done += len(page)
                    run.progress(done, max(total, done), f"{done} of {total} activities computed")
    changed = await derive_loads(run, athletes)
    run.progress(1, 1, f"{done} activit{'y' if done == 1 else 'ies'} computed, {changed} loads derived again")


async def compute_new(run: JobRun, config: Config, files: FileStore, garmin_ids: Sequence[str]) -> None:
    """The same for activities that have just arrived."""
    if not garmin_ids:
        return
    async with run.database.read() as session:
        stored = await activities.stored(session, run.account_id, garmin_ids)
        ids = [activity.id for activity in stored.values()]
        page = await figures.waiting(session, VERSION, len(ids), ids=ids)
    measure = _beside()
    measured = [await _measured(run, each, files, measure) for each in page]
    await _write(run, page, measured, await Athletes.load(run.database, config))


async def look_after_figures(run: JobRun, config: Config) -> None:
    """At the end of a sync: loads follow what is known of the athlete, history is computed in the background."""
    await derive_loads(run, await Athletes.load(run.database, config))
    async with run.database.read() as session:
        left = await figures.count_waiting(session, VERSION)
    if left:
        await Queue(run.database).enqueue(run.user_id, "reparse", parameters={"what": FILES})


async def derive_loads(run: JobRun, athletes: Athletes) -> int:
    """Derive the loads again whose athlete is known better now; how many changed. No file is opened."""
    async with run.database.read() as session:
        rows = await figures.assessed(session)
        stale = [row for row in rows if athletes.on(row.day, row.watch or {}).known() != (row.athlete or {})]
    for start in range(0, len(stale), PAGE * PAGE):
        await run.breathe()
        page = stale[start : start + PAGE * PAGE]
        async with run.page() as session:
            numbers = await figures.figures_of(session, [row.activity_id for row in page])
            loads = []
            for row in page:
                athlete = athletes.on(row.day, row.watch or {})
                found = assess(numbers[row.activity_id], sport_of(row.sport), athlete)
                loads.append((row.activity_id, found.load, found.basis, athlete.known()))
            await figures.set_loads(session, loads)
    return len(stale)


async def _next(run: JobRun) -> list[figures.Waiting]:
    async with run.database.read() as session:
        return await figures.waiting(session, VERSION, _PAGES_AHEAD * PAGE)


@contextlib.asynccontextmanager
async def _under_way(doing: Iterable[Coroutine[Any, Any, Measured]]) -> AsyncIterator[list[asyncio.Task[Measured]]]:
    """Start them all, so that files are read while others are written; none outlives the block."""
    tasks = [asyncio.create_task(each) for each in doing]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _write(
    run: JobRun, page: Sequence[figures.Waiting], measured: Sequence[Measured], athletes: Athletes
) -> None:
    """Write what the files of a page tell, in one transaction."""
    rows = []
    for each, found in zip(page, measured, strict=True):
        athlete = athletes.on(each.day, found.figures.get("wearer", {}))
        assessment = assess(found.figures, found.sport, athlete)
        rows.append(
            figures.Row(
                activity_id=each.activity.id,
                version=VERSION,
                sha256=each.activity.sha256,
                sport=found.sport,
                day=each.day,
                figures=found.figures,
                bests=found.bests,
                load=assessment.load,
                load_basis=assessment.basis,
                athlete=athlete.known(),
                problem=found.problem,
            )
        )
    for each, row in zip(page, rows, strict=True):
        # What the download told already is not told again.
        if row.problem and "file_problem" not in (each.activity.extra or {}):
            await run.note(
                "warning", f"activity {activity_id(each.activity.garmin_activity_id, each.activity.id)}: {row.problem}"
            )
    async with run.page() as session:
        await figures.save(session, rows)


async def _measured(run: JobRun, each: figures.Waiting, files: FileStore, measure: _Measure) -> Measured:
    activity = each.activity
    try:
        path = await files.open(run.database, activity)
        return await measure(path, activity.activity_type)
    except FileDamaged as damage:
        return Measured(sport_of(activity.activity_type), {}, problem=damage.reason)


def _beside() -> _Measure:
    """One file after the other on a thread: they arrive slower than they are read."""
    turn = asyncio.Lock()

    async def measure(path: Path, activity_type: str) -> Measured:
        async with turn:  # a dozen of threads would leave the event loop a dozenth of the interpreter
            return await asyncio.to_thread(measure_file, path, activity_type)

    return measure


@contextlib.asynccontextmanager
async def _side_by_side(count: int, *, politely: bool) -> AsyncIterator[_Measure]:
    """Many files in processes, which end with the block; `politely` leaves a processor to the machine's user."""
    if count < _WORTH_A_PROCESS:
        yield _beside()
        return
    processors = os.cpu_count() or 1
    turn = asyncio.Lock()
    with _processes(max(1, min(processors - politely, count)), _NICENESS if politely else 0) as executor:

        async def measure(path: Path, activity_type: str) -> Measured:
            try:
                return await _in(executor, path, activity_type)
            except BrokenProcessPool:
                async with turn:
                    return await _alone(path, activity_type)

        yield measure


async def _alone(path: Path, activity_type: str) -> Measured:
    """A file in a process of its own, once a process that may have been reading it was killed."""
    with _processes(1, _NICENESS) as executor:
        try:
            return await _in(executor, path, activity_type)
        except BrokenProcessPool:
            return Measured(sport_of(activity_type), {}, problem="reading it was ended by the system")


async def _in(executor: ProcessPoolExecutor, path: Path, activity_type: str) -> Measured:
    return await asyncio.get_running_loop().run_in_executor(executor, measure_file, path, activity_type)


@contextlib.contextmanager
def _processes(count: int, niceness: int) -> Iterator[ProcessPoolExecutor]:
    # Not by fork: a process with threads and an open database must not be copied.
    context = multiprocessing.get_context("spawn")
    # What keeps count of their locks is started with the descriptor of stderr, and the app's stderr has none.
    with contextlib.redirect_stderr(io.StringIO()):
        executor = ProcessPoolExecutor(count, mp_context=context, initializer=serve, initargs=(niceness,))
    try:
        yield executor
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
