"""Runs jobs: in the app, in the daemon, or in a command for as long as it needs them."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import os
import random
import socket
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from .. import __version__
from ..errors import (
    Cancelled,
    DatabaseBusy,
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
from .queue import LEASE_S, Claim, Queue, utc_now
from .run import JobRun, Paused, Progress, SliceOver

Work = Mapping[str, Callable[[JobRun], Awaitable[None]]]

_HEARTBEAT_S = LEASE_S / 3
_DISK_PAUSE_S = 30 * 60.0
_FIRST_PAUSE_S = 30.0
_LONGEST_PAUSE_S = 3600.0
_MOST_ATTEMPTS = 8
_TEXT_CHARACTERS = 200
#: Without any signal the queue is looked at this often: jobs come due by the clock.
_LOOK_EVERY_S = 5.0

_log = logging.getLogger(__name__)


class Runner:
    """Does the jobs of `work`: one of each account at a time, and one without an account beside it."""

    def __init__(
        self,
        database: Database,
        work: Work,
        *,
        kind: str,
        run_dir: Path,
        listener: Callable[[Progress], None] = lambda progress: None,
        on_end: Callable[[SyncJob], None] = lambda job: None,
    ) -> None:
        self.id = new_id()
        self.queue = Queue(database)
        self._work = work
        self._kind = kind
        self._run_dir = run_dir
        self._listener = listener
        self._on_end = on_end
        self._lock_path = run_dir / f"{self.id}.lock"
        self._lock: int | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._loops: list[asyncio.Task[None]] = []
        self._runs: dict[Claim, asyncio.Task[None]] = {}
        self._woken = asyncio.Event()
        self._stopping = False

    # ── Life ─────────────────────────────────────────────────────────────────────────────────────────

    async def start(self) -> None:
        """Take up work until `stop`."""
        await self._register()
        self._loops = [asyncio.create_task(self._hear()), asyncio.create_task(self._take_up())]

    async def stop(self, timeout_s: float = 10.0) -> None:
        """Hand every job back with its checkpoint and go; `timeout_s` is the most that it takes."""
        self._stopping = True
        for loop in self._loops:
            loop.cancel()
        running = list(self._runs.values())
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=timeout_s)
        await asyncio.gather(*self._loops, return_exceptions=True)
        self._loops = []
        await self._unregister()

    async def run_until_idle(self, also_waiting_s: float = 0.0) -> None:
        """Do what is due, and what comes due within `also_waiting_s`; then return. For one-off commands."""
        await self._register()
        hearing = asyncio.create_task(self._hear())
        try:
            while True:
                self._woken.clear()
                started = await self._start_due()
                if self._tasks:
                    await asyncio.wait([*self._tasks], return_when=asyncio.FIRST_COMPLETED)
                elif not started and not await self._wait_for_due(also_waiting_s):
                    return
        finally:
            self._stopping = True
            hearing.cancel()
            running = list(self._runs.values())
            for task in running:
                task.cancel()
            await asyncio.gather(hearing, *running, return_exceptions=True)
            await self._unregister()

    async def _wait_for_due(self, longest_s: float) -> bool:
        due = await self.queue.next_due()
        wait_s = (due - utc_now()).total_seconds() if due else None
        if wait_s is None or wait_s > longest_s:
            return False
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), max(wait_s, 0.05))
        return True

    async def _register(self) -> None:
        private_folder(self._run_dir)
        self._lock = os.open(self._lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE_MODE)
        # Held as long as this process lives: whoever can take it knows that we are gone.
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        await self.queue.register(
            RunnerRow(
                id=self.id,
                host=socket.gethostname(),
                pid=os.getpid(),
                kind=self._kind,
                version=__version__,
                lock_path=str(self._lock_path.absolute()),
            )
        )

    async def _unregister(self) -> None:
        if self._lock is None:
            return
        with contextlib.suppress(GarminSyncError):
            await self.queue.forget(self.id)
        os.close(self._lock)
        self._lock = None
        self._lock_path.unlink(missing_ok=True)

    # ── Loops ────────────────────────────────────────────────────────────────────────────────────────

    async def _take_up(self) -> None:
        heard_at = time.monotonic()
        while True:
            self._woken.clear()
            try:
                await self._start_due()
                if time.monotonic() - heard_at >= _HEARTBEAT_S:
                    heard_at = time.monotonic()
                    await self.queue.runner_heartbeat(self.id)
            except GarminSyncError as problem:
                _log.warning("the queue cannot be read: %s", problem.message)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), _LOOK_EVERY_S)

    async def _hear(self) -> None:
        """Wishes from elsewhere (cancel, pause) reach a running job without waiting for its heartbeat."""
        while True:
            try:
                async for _ in changes(self.queue.database):
                    self._woken.set()
                    for claim in list(self._runs):
                        await self._look_after(claim)
            except GarminSyncError as problem:
                _log.warning("changes cannot be heard: %s", problem.message)
                await asyncio.sleep(_LOOK_EVERY_S)

    async def _start_due(self) -> int:
        started = 0
        for local_work in (False, True):
            while claim := await self.queue.claim(self.id, local_work=local_work):
                task = asyncio.create_task(self._run(claim))
                self._tasks.add(task)
                task.add_done_callback(self._ended)
                started += 1
                if local_work:
                    break
        return started

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._woken.set()

    async def _look_after(self, claim: Claim) -> None:
        run = self._runs.get(claim)
        if run is None:
            return
        try:
            job = await self.queue.get(claim.job.id)
        except GarminSyncError:
            return
        if job.fence != claim.fence or job.cancel_requested or job.paused_at:
            run.cancel()

    # ── One job ──────────────────────────────────────────────────────────────────────────────────────

    async def _run(self, claim: Claim) -> None:
        run = JobRun(self.queue, claim, self._listener)
        doing = asyncio.ensure_future(self._work_of(run))
        self._runs[claim] = doing
        beating = asyncio.create_task(self._beat(claim, doing))
        try:
            await self._write_end(claim, run, doing)
        except LeaseLost:
            _log.info("job %s was taken over", claim.job.id)
        except GarminSyncError as problem:
            _log.warning("job %s: its end could not be written: %s", claim.job.id, problem.message)
        finally:
            beating.cancel()
            self._runs.pop(claim, None)
            await asyncio.gather(beating, return_exceptions=True)
        with contextlib.suppress(GarminSyncError):
            self._on_end(await self.queue.get(claim.job.id))

    async def _work_of(self, run: JobRun) -> None:
        work = self._work.get(run.job.job_type)
        if work is None:
            raise GarminSyncError(f"This version cannot do jobs of type {run.job.job_type}.")
        await run.note("info", "start")
        await work(run)

    async def _beat(self, claim: Claim, doing: asyncio.Future[None]) -> None:
        while True:
            await asyncio.sleep(_HEARTBEAT_S)
            try:
                job = await self.queue.heartbeat(claim)
            except LeaseLost:
                doing.cancel()
                return
            except GarminSyncError:
                continue  # a busy database: the lease still has two more beats
            if job.cancel_requested or job.paused_at:
                doing.cancel()

    async def _write_end(self, claim: Claim, run: JobRun, doing: asyncio.Future[None]) -> None:
        queue = self.queue
        try:
            await doing
        except (SliceOver, Paused):
            await queue.release(claim)
        except asyncio.CancelledError:
            await asyncio.shield(self._write_stop(claim))
        except Cancelled:
            await queue.fail(claim, "cancelled", "Cancelled.")
        except LeaseLost:
            raise
        except RateLimited as problem:
            wait_s = problem.retry_after_s if problem.retry_after_s is not None else 60.0
            await queue.release(claim, code=problem.code, text=_text(problem), wait_s=wait_s)
        except DiskFull as problem:
            await queue.release(claim, code=problem.code, text=_text(problem), wait_s=_DISK_PAUSE_S)
        except (Unavailable, DatabaseBusy) as problem:
            await self._retry_later(claim, problem)
        except GarminSyncError as problem:
            await queue.fail(claim, problem.code, _text(problem))
        except Exception:
            _log.exception("job %s ended by a fault of the program", claim.job.id)
            await queue.fail(claim, "internal", "A fault of the program; the log has the details.")
        else:
            extra = {"error_code": "partly", "failures": run.failures, "failed": run.failed} if run.failed else {}
            text = f"{run.failed} could not be fetched." if run.failed else None
            await queue.finish(claim, extra, text)

    async def _write_stop(self, claim: Claim) -> None:
        """The work was cancelled: because somebody asked for it, or because this runner goes."""
        job = await self.queue.get(claim.job.id)
        if job.fence != claim.fence or job.status != "in_progress":
            raise LeaseLost("Another runner took this job over.")
        if job.cancel_requested:
            await self.queue.fail(claim, "cancelled", "Cancelled.")
        else:
            await self.queue.release(claim)

    async def _retry_later(self, claim: Claim, problem: GarminSyncError) -> None:
        attempt = claim.job.attempt
        if attempt >= _MOST_ATTEMPTS:
            await self.queue.fail(claim, problem.code, _text(problem))
            return
        pause_s = min(_FIRST_PAUSE_S * 2 ** (attempt - 1), _LONGEST_PAUSE_S)
        # Several machines that met the same outage do not come back in step.
        spread = random.Random(claim.job.id.int + attempt).uniform(0.9, 1.1)
        await self.queue.release(claim, code=problem.code, text=_text(problem), wait_s=pause_s * spread, counts=True)


def _text(problem: GarminSyncError) -> str:
    return "".join(c if c.isprintable() else " " for c in problem.message)[:_TEXT_CHARACTERS]
