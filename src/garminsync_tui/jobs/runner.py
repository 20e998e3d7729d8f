"""Runs jobs: in the app, in the daemon, or in a command for as long as it needs them."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import itertools
import logging
import math
import os
import random
import socket
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from uuid import UUID

from .. import __version__
from ..errors import (
    Cancelled,
    DatabaseBusy,
    DatabaseTooNew,
    DatabaseUnusable,
    DiskFull,
    GarminSyncError,
    LeaseLost,
    RateLimited,
    Unavailable,
)
from ..ids import new_id
from ..models import RunnerRow, SyncJob
from ..paths import PRIVATE_FILE_MODE, private_folder
from ..store.changes import changes
from ..store.database import Database
from ..text import clean
from .liveness import LEASE_S
from .queue import Leases, Queue, Transaction, forget, register, tell_alive
from .run import JobRun, Paused, Progress, SliceOver, nobody_listens

Work = Mapping[str, Callable[[JobRun], Awaitable[None]]]

_HEARTBEAT_S = LEASE_S / 3
_DISK_PAUSE_S = 30 * 60.0
_FIRST_PAUSE_S = 30.0
_LONGEST_PAUSE_S = 3600.0
#: A job that failed so often without getting further is not tried again.
MOST_ATTEMPTS = 8
_RATE_PAUSE_S = 60.0
_LONGEST_RATE_PAUSE_S = 24 * 3600.0
_ABANDONED_S = 2.0
#: Without any signal the queue is looked at this often: jobs come due by the clock, runners die in silence.
_LOOK_EVERY_S = 2.0
#: Between tries to write down how a job ended. After the last one its lease runs out, unless there is only no room
#: or somebody else holds the database.
_END_PAUSES_S = (1.0, 5.0, 15.0)

_log = logging.getLogger(__name__)


def retry_pause_s(job_id: UUID, attempt: int) -> float:
    """Seconds until the next try after `attempt` (from 1) failed ones: doubling from 30 s up to an hour, ±10 %.

    The spread comes from the job's id: several machines that met one outage do not come back in step.
    """
    pause_s = min(_FIRST_PAUSE_S * 2.0 ** (attempt - 1), _LONGEST_PAUSE_S)
    spread: float = random.Random(job_id.int + attempt).uniform(0.9, 1.1)  # noqa: S311 - no secret
    return pause_s * spread


class Runner:
    """Does the jobs of `work`: one of each account at a time, and one without an account beside it."""

    def __init__(
        self,
        database: Database,
        work: Work,
        *,
        kind: str,
        run_dir: Path,
        listener: Callable[[Progress], None] = nobody_listens,
        on_end: Callable[[SyncJob], None] = lambda job: None,
    ) -> None:
        self.id = new_id()
        self.queue = Queue(database)
        self._database = database
        self._leases = Leases(database)
        self._work = work
        self._kind = kind
        self._run_dir = run_dir
        self._listener = listener
        self._on_end = on_end
        self._lock_path = run_dir / f"{self.id}.lock"
        self._lock: int | None = None
        self._taking_up: asyncio.Task[None] | None = None
        self._loops: list[asyncio.Task[None]] = []
        self._runs: dict[UUID, tuple[JobRun, asyncio.Task[None]]] = {}
        self._woken = asyncio.Event()
        self._stopping = False
        self._told_alive_at = time.monotonic()
        #: When the queue was last looked at and the database answered, by the monotonic clock.
        self.looked_at = -math.inf

    # ── Life ─────────────────────────────────────────────────────────────────────────────────────────

    async def start(self) -> None:
        """Take up work until `stop`."""
        await self._register()
        self._taking_up = asyncio.create_task(self._take_up_for_ever())
        self._loops = [self._taking_up, asyncio.create_task(self._hear())]

    async def stop(self, timeout_s: float = 10.0) -> None:
        """Hand every job back with its checkpoint and go.

        What does not end within `timeout_s` is stopped wherever it is, for which there are two seconds more.
        """
        self._stopping = True
        self._woken.set()
        ends = asyncio.get_running_loop().time() + timeout_s
        if self._taking_up:  # it may be about to claim: a claimed job is handed back below
            await asyncio.wait([self._taking_up], timeout=timeout_s)
        for loop in self._loops:
            loop.cancel()
        for run, _ in list(self._runs.values()):
            run.interrupt(SliceOver("The runner stops."))
        if tasks := [task for _, task in self._runs.values()]:
            await asyncio.wait(tasks, timeout=max(ends - asyncio.get_running_loop().time(), 0.0))
        for run, _ in list(self._runs.values()):
            run.abandon()
        if tasks := [task for _, task in self._runs.values()]:  # those that heed it are still handed back
            await asyncio.wait(tasks, timeout=min(_ABANDONED_S, timeout_s))
        for _, task in list(self._runs.values()):
            task.cancel()
        await asyncio.gather(*self._loops, *(task for _, task in self._runs.values()), return_exceptions=True)
        self._loops = []
        await self._unregister()

    async def run_until_idle(self, also_waiting_s: float = 0.0) -> None:
        """Do what is due, and what comes due within `also_waiting_s`; then return. For one-off commands."""
        await self._register()
        self._loops = [asyncio.create_task(self._hear())]
        try:
            while not self._stopping:
                self._woken.clear()
                try:
                    await self._start_due()
                    if not self._runs and not await self._leases.due_within(self._work.keys(), also_waiting_s):
                        return
                except GarminSyncError as problem:
                    if not self._runs:
                        raise
                    # A job does its page again when the database is back: looking for others does not end it.
                    _log.warning("the queue cannot be read: %s", problem.message)
                await self._sleep()
        finally:
            await self.stop()

    async def _register(self) -> None:
        private_folder(self._run_dir)
        self._lock = os.open(self._lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE_MODE)
        # Held as long as this process lives, and before anybody knows of it: who can take it knows we are gone.
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        row = RunnerRow(
            id=self.id,
            host=socket.gethostname(),
            pid=os.getpid(),
            kind=self._kind,
            version=__version__,
            lock_path=str(self._lock_path.absolute()),
        )
        try:
            await register(self._database, row)
        except BaseException:
            self._unlock()
            raise

    async def _unregister(self) -> None:
        if self._lock is not None:
            try:
                await forget(self._database, self.id)
            except GarminSyncError as problem:
                _log.warning("the runner could not take itself off the list: %s", problem.message)
            self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock_path.unlink(missing_ok=True)
            os.close(self._lock)
            self._lock = None

    # ── Loops ────────────────────────────────────────────────────────────────────────────────────────

    async def _take_up_for_ever(self) -> None:
        while not self._stopping:
            self._woken.clear()
            try:
                await self._start_due()
                self.looked_at = time.monotonic()
            except GarminSyncError as problem:
                _log.warning("the queue cannot be read: %s", problem.message)
            except Exception:  # a runner outlives what it does not understand
                _log.exception("the queue cannot be read")
            await self._sleep()

    async def _sleep(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), _LOOK_EVERY_S)

    async def _hear(self) -> None:
        """Wishes from elsewhere (cancel, pause) reach a running job without waiting for its heartbeat."""
        while True:
            try:
                async with contextlib.aclosing(changes(self._database)) as heard:
                    async for _ in heard:
                        self._woken.set()
                        await self._look_after_runs()
            except GarminSyncError as problem:
                _log.warning("changes cannot be heard: %s", problem.message)
            except Exception:
                _log.exception("changes cannot be heard")
            await asyncio.sleep(_LOOK_EVERY_S)

    async def _start_due(self) -> None:
        if time.monotonic() - self._told_alive_at >= _HEARTBEAT_S:
            await tell_alive(self._database, self.id)
            self._told_alive_at = time.monotonic()
        while not self._stopping:
            claim = await self._leases.claim(
                self.id,
                job_types=self._work.keys(),
                local_work=not self._does_local_work(),
                holding=list(self._runs),
            )
            if claim is None:
                break
            run = JobRun(self._leases, claim, self._listener)
            self._runs[claim.job.id] = run, asyncio.create_task(self._run(run))

    def _does_local_work(self) -> bool:
        return any(run.job.garmin_connect_account_id is None for run, _ in self._runs.values())

    async def _look_after_runs(self) -> None:
        runs = dict(self._runs)  # those that begin while the database answers are not in its answer
        if runs:
            seen = await self._leases.seen(runs.keys())
            for job_id, (run, _) in runs.items():
                _interrupt_if_wished(run, seen.get(job_id))

    # ── One job ──────────────────────────────────────────────────────────────────────────────────────

    async def _run(self, run: JobRun) -> None:
        doing = asyncio.ensure_future(self._work[run.job.job_type](run))
        run.started(doing)
        beating = asyncio.create_task(self._beat(run))
        await run.note("info", "started" if run.job.attempt <= 1 and not run.checkpoint else "goes on")
        try:
            await asyncio.wait([doing])
            await self._end(run, _problem_of(doing))
        except LeaseLost:
            _log.info("job %s was taken over", run.job.id)
        except Exception:
            _log.exception("job %s: its end could not be written", run.job.id)
        finally:
            beating.cancel()
            try:  # first, as a runner that has no runs any more may be gone before this is told
                with contextlib.suppress(GarminSyncError):
                    self._on_end(await self.queue.get(run.job.id))
            finally:
                self._runs.pop(run.job.id, None)
                self._woken.set()

    async def _beat(self, run: JobRun) -> None:
        while True:
            await asyncio.sleep(_HEARTBEAT_S)
            try:
                _interrupt_if_wished(run, await self._leases.heartbeat(run.claim, progress=run.share))
            except LeaseLost as lost:
                run.interrupt(lost)
            except GarminSyncError as problem:  # the lease still has two more beats
                _log.warning("job %s: its lease could not be extended: %s", run.job.id, problem.message)

    async def _end(self, run: JobRun, problem: BaseException | None) -> None:
        """Write down how it ended; a database that is busy or away for a moment is asked again."""
        if problem is not None and run.stop_with is not None:
            problem = run.stop_with
        if isinstance(problem, LeaseLost):
            raise problem
        if problem is not None and not isinstance(problem, GarminSyncError) and not _no_room(problem):
            _log.error("job %s ended by a fault of the program", run.job.id, exc_info=problem)
        if problem is not None:
            await run.note(*_last_line(problem))
        for tries in itertools.count(1):
            try:
                async with self._database.write() as session:
                    await self._write_end(session, run, problem)
                return
            except (DatabaseUnusable, DiskFull) as refused:
                patient = isinstance(refused, DiskFull | DatabaseBusy) or tries <= len(_END_PAUSES_S)
                if self._stopping or not patient:
                    raise
                # Nobody can read the reason in the job's row, so whoever listens hears it.
                self._listener(Progress(run.job.id, run.share or 0.0, 1, refused.message))
                await asyncio.sleep(_END_PAUSES_S[min(tries, len(_END_PAUSES_S)) - 1])

    async def _write_end(self, session: Transaction, run: JobRun, problem: BaseException | None) -> None:
        leases, claim = self._leases, run.claim
        attempt = (await leases.held(session, claim)).attempt
        await run.save(session)
        match problem:
            case None:
                code, text = ("partly", f"{run.failed} could not be done.") if run.failed else (None, None)
                await leases.finish(session, claim, code=code, text=text)
            case SliceOver() | Paused():
                await leases.release(session, claim)
            case RateLimited():
                asked_s = _RATE_PAUSE_S if problem.retry_after_s is None else problem.retry_after_s
                wait_s = min(max(asked_s, 1.0), _LONGEST_RATE_PAUSE_S)
                await leases.release(session, claim, code=problem.code, text=_text(problem), wait_s=wait_s)
            case _ if isinstance(problem, DiskFull) or _no_room(problem):
                await leases.release(session, claim, code=DiskFull.code, text=_text(problem), wait_s=_DISK_PAUSE_S)
            case Unavailable() | DatabaseUnusable() if not isinstance(problem, DatabaseTooNew):
                if attempt >= MOST_ATTEMPTS:
                    await leases.fail(session, claim, problem.code, _text(problem))
                    return
                wait_s = retry_pause_s(claim.job.id, attempt)
                await leases.release(session, claim, code=problem.code, text=_text(problem), wait_s=wait_s, counts=True)
            case GarminSyncError():
                await leases.fail(session, claim, problem.code, _text(problem))
            case _:
                await leases.fail(session, claim, "internal", _text(problem))


def _interrupt_if_wished(run: JobRun, job: SyncJob | None) -> None:
    if job is None or job.fence != run.claim.fence or job.status != "in_progress":
        run.interrupt(LeaseLost("Another runner took this job over."))
    elif job.cancel_requested:
        run.interrupt(Cancelled("Cancelled."))
    elif job.paused_at:
        run.interrupt(Paused("Paused."))


def _problem_of(doing: asyncio.Future[None]) -> BaseException | None:
    if doing.cancelled():
        return asyncio.CancelledError()
    return doing.exception()


def _last_line(problem: BaseException) -> tuple[str, str]:
    match problem:
        case SliceOver() | Paused() | Cancelled():
            return "info", problem.message
        case RateLimited() | DiskFull() | Unavailable() | DatabaseUnusable():
            return "warning", _text(problem)
    return "error", _text(problem)


def _text(problem: BaseException) -> str:
    if isinstance(problem, GarminSyncError):
        return clean(problem.message)
    if _no_room(problem):
        return "There is no room left on the disk."
    return "A fault of the program; the log has the details."


def _no_room(problem: BaseException) -> bool:
    return isinstance(problem, OSError) and problem.errno in DiskFull.ERRNOS
