"""Follows jobs to their end: run here where nobody else runs jobs, else watched in the database."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from datetime import timedelta
from socket import gethostname
from uuid import UUID

from ..config import Config
from ..errors import UsageProblem
from ..jobs.queue import Queue, utc_now
from ..jobs.run import Progress
from ..jobs.runner import Runner
from ..jobs.words import title
from ..models import SyncJob
from ..store.changes import changes
from ..store.database import Database
from ..sync.work import work
from .output import say
from .progress import ProgressLine

#: A job that waits longer than this goes on without us.
PATIENCE_S = 20.0
#: Runners of these kinds stay; one of a command leaves when its own jobs are done.
_STAYING = ("app", "daemon")
_LOOK_EVERY_S = 2.0


class Follower:
    """Waits for some jobs and shows how far they are."""

    def __init__(self, config: Config, database: Database, line: ProgressLine) -> None:
        self._config = config
        self._database = database
        self._queue = Queue(database)
        self._line = line
        self._jobs: dict[UUID, SyncJob] = {}
        self._notes: dict[UUID, str] = {}
        self._runner: Runner | None = None

    async def to_the_end(self, job_ids: Iterable[UUID]) -> list[SyncJob]:
        """The jobs as they ended; one that waits for long is given back waiting.

        Where no app and no daemon runs jobs, they run here. On the way out, also by Ctrl-C, what runs here is
        handed back to the queue.
        """
        order = list(job_ids)
        changed = asyncio.Event()
        hearing = asyncio.create_task(_hear(self._database, changed.set))
        try:
            while True:
                changed.clear()
                self._jobs = {job_id: await self._job(job_id) for job_id in order}
                if all(_is_over(job) for job in self._jobs.values()):
                    return [self._jobs[job_id] for job_id in order]
                await self._see_to_a_runner()
                self._show()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), _LOOK_EVERY_S)
        finally:
            self._line.clear()
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)
            if self._runner is not None:
                await self._runner.stop()

    def note(self, job: SyncJob) -> str:
        """What the job said last."""
        return self._notes.get(job.id) or str((job.extra or {}).get("note") or "")

    async def _job(self, job_id: UUID) -> SyncJob:
        try:
            return await self._queue.get(job_id)
        except UsageProblem:
            # It gave way to an equal job that came back to the queue with a checkpoint.
            known = self._jobs[job_id]
            for other in await self._queue.list(job_type=known.job_type):
                if other.dedupe_key == known.dedupe_key:
                    return other
            raise

    async def _see_to_a_runner(self) -> None:
        if self._runner is not None:
            return
        for row in await self._queue.runners():
            if row.kind in _STAYING and (row.host == gethostname() or not any(map(_is_for_here, self._jobs.values()))):
                return
        self._runner = Runner(
            self._database,
            work(self._config),
            kind="command",
            run_dir=self._config.paths.run,
            listener=self._heard,
        )
        await self._runner.start()

    def _heard(self, progress: Progress) -> None:
        self._notes[progress.job_id] = progress.note
        job = self._jobs.get(progress.job_id)
        if job is not None:
            self._line.show(title(job), progress.share, progress.note)

    def _show(self) -> None:
        if self._runner is not None:
            return  # it tells by itself, and sooner
        for job in self._jobs.values():
            if job.status == "in_progress":
                self._line.show(title(job), job.progress or 0.0, self.note(job))


def _is_for_here(job: SyncJob) -> bool:
    return "host" in ((job.extra or {}).get("parameters") or {})


def _is_over(job: SyncJob) -> bool:
    if job.status in {"completed", "failed"}:
        return True
    waits_long = job.run_at > utc_now() + timedelta(seconds=PATIENCE_S)
    return job.status == "pending" and (waits_long or job.paused_at is not None)


async def _hear(database: Database, tell: Callable[[], None]) -> None:
    async with contextlib.aclosing(changes(database)) as heard:
        async for _ in heard:
            tell()


async def equal_running(
    queue: Queue, account_id: UUID | None, job_type: str, parameters: dict[str, object]
) -> UUID | None:
    """A running job that does what would be asked for: to be followed instead of asked for again."""
    for job in await queue.list(job_type=job_type, status="in_progress"):
        running = (job.extra or {}).get("parameters") or {}
        if job.garmin_connect_account_id == account_id and running == parameters:
            say(f"{title(job)} is running already; following it.")
            return job.id
    return None
