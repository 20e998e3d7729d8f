"""What a piece of work is given: its job, a transaction that guards the lease, a way to tell how far it is."""

from __future__ import annotations

import contextlib
import copy
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ..errors import Cancelled, GarminSyncError
from ..models import SyncJob
from ..store.database import Database
from .queue import Claim, Queue

SLICE_S = 60.0
SLICE_REQUESTS = 30
_WRITE_PROGRESS_EVERY_S = 0.5
_FAILURES_KEPT = 50


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is."""

    job_id: UUID
    done: float
    total: float
    note: str

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return min(max(self.done / self.total, 0.0), 1.0) if self.total > 0 else 0.0


class SliceOver(GarminSyncError):
    """Something more urgent waits: the job goes back to the queue with its checkpoint."""


class Paused(GarminSyncError):
    """Somebody paused the job."""


class JobRun:
    """One run of one job, until it ends or its slice does."""

    def __init__(
        self,
        queue: Queue,
        claim: Claim,
        listener: Callable[[Progress], None],
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.queue = queue
        self.claim = claim
        self.job: SyncJob = claim.job
        self.database: Database = queue.database
        self.parameters: dict[str, Any] = (claim.job.extra or {}).get("parameters", {})
        #: Where the next run goes on; written with every page.
        self.checkpoint: dict[str, Any] = copy.deepcopy(claim.job.checkpoint or {})
        self.failures: list[str] = []
        self.failed = 0
        self._listener = listener
        self._monotonic = monotonic
        self._started = monotonic()
        self._requests_before = 0
        self._latest: Progress | None = None
        self._written_at = 0.0
        self._lines: list[tuple[str, str]] = []
        #: Set by the runner: why the work should stop at its next breath.
        self.stop_with: GarminSyncError | None = None

    @property
    def user_id(self) -> UUID:
        """Whose job it is."""
        return self.job.user_id

    @property
    def account_id(self) -> UUID:
        """The Garmin account the job is for. Only for work that has one."""
        account_id = self.job.garmin_connect_account_id
        assert account_id is not None, "local work has no account"
        return account_id

    @contextlib.asynccontextmanager
    async def page(self) -> AsyncIterator[AsyncSession]:
        """One transaction: what the block writes, checkpoint, progress and log stand together or not at all.

        Raises LeaseLost where another runner took over, and Cancelled; nothing is written then.
        """
        async with self.database.write() as session:
            yield session
            self._raise_if_stopped()
            latest = self._latest
            await self.queue.guard(
                session,
                self.claim,
                checkpoint=copy.deepcopy(self.checkpoint),
                progress=latest.share if latest else None,
                note=latest.note if latest else None,
            )
            lines, self._lines = self._lines, []
            if lines:
                await self.queue.write_events(session, self.job.id, lines)
        self._written_at = self._monotonic()

    def progress(self, done: float, total: float, note: str) -> None:
        """Tell how far it is: listeners hear it at once, the row follows with the next page or breath."""
        self._latest = Progress(self.job.id, done, total, note)
        self._listener(self._latest)

    async def note(self, level: str, text: str) -> None:
        """A line of the log, written with the next page."""
        self._lines.append((level, text))

    def failed_item(self, what: str, why: str) -> None:
        """One item that could not be done: the rest goes on, and the job says so when it ends."""
        self.failed += 1
        if len(self.failures) < _FAILURES_KEPT:
            self.failures.append(f"{what}: {why}"[:300])
        self._lines.append(("error", f"{what}: {why}"))

    async def breathe(self, requests: int = 0) -> None:
        """Between two items, with the requests sent so far in this run.

        Raises Cancelled or Paused when somebody asked for it, and SliceOver when this slice is over and more
        urgent work waits.
        """
        self._raise_if_stopped()
        moment = self._monotonic()
        slice_over = moment - self._started >= SLICE_S or requests - self._requests_before >= SLICE_REQUESTS
        if slice_over:
            if await self.queue.waiting_above(self.job.garmin_connect_account_id, self.job.priority):
                raise SliceOver("Something more urgent goes first.")
            self._started, self._requests_before = moment, requests
        if self._lines or (self._latest and moment - self._written_at >= _WRITE_PROGRESS_EVERY_S):
            async with self.page():
                pass

    def _raise_if_stopped(self) -> None:
        if self.stop_with is not None:
            raise self.stop_with

    def cancelled(self) -> None:
        """Stop at the next breath or page because somebody asked for it."""
        self.stop_with = Cancelled("Cancelled.")
