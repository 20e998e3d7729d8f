"""What a piece of work is given: its job, a transaction that guards the lease, a way to tell how far it is."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import math
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from ..errors import GarminSyncError
from ..models import SyncJob
from ..store.database import Database
from ..text import clean
from .queue import Claim, Leases, Transaction
from .queue.log import write_lines

SLICE_S = 60.0
SLICE_REQUESTS = 30
_WRITE_PROGRESS_EVERY_S = 0.5
_ASK_FOR_URGENT_EVERY_S = 1.0
_FAILURES_KEPT = 50
_FAILURE_CHARACTERS = 300


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
        share = self.done / self.total if self.total > 0 else 0.0
        return 0.0 if math.isnan(share) else min(max(share, 0.0), 1.0)


class SliceOver(GarminSyncError):
    """The job goes back to the queue with its checkpoint: more urgent work waits, or the runner stops."""


class Paused(GarminSyncError):
    """Somebody paused the job."""


def nobody_listens(progress: Progress) -> None:
    """Progress that only the job's row tells."""


class JobRun:
    """One run of one job, until it ends or its slice does."""

    def __init__(
        self,
        leases: Leases,
        claim: Claim,
        listener: Callable[[Progress], None] = nobody_listens,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.claim = claim
        self.job: SyncJob = claim.job
        self.database: Database = leases.database
        extra = claim.job.extra or {}
        self.parameters: dict[str, Any] = dict(extra.get("parameters", {}))
        #: Where the next run goes on. Written with every page, and taken back with a page that fails.
        self.checkpoint: dict[str, Any] = copy.deepcopy(claim.job.checkpoint or {})
        #: The first items that could not be done, earlier slices of this job included, and how many there were.
        self.failures: list[str] = list(extra.get("failures", []))
        self.failed = int(extra.get("failed", 0))
        #: What the job found out, by name: kept in its `metadata`, written with every page and at the end.
        self.result: dict[str, Any] = dict(extra.get("result", {}))
        #: Why the work is to stop, once somebody wants that.
        self.stop_with: GarminSyncError | None = None
        self._leases = leases
        self._listener = listener
        self._monotonic = monotonic
        self._task: asyncio.Future[None] | None = None
        self._turn = asyncio.Lock()
        self._slice_from = monotonic()
        self._slice_requests = 0
        self._asked_at = -math.inf
        self._latest: Progress | None = None
        self._written_at = -math.inf
        self._lines: list[tuple[str, str]] = []

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

    @property
    def asked_at(self) -> datetime | None:
        """When the job first began, where a person asked for it (too); None for a turn of a schedule alone."""
        return None if self.job.schedule_id and not self.job.priority else self.job.started_at

    @property
    def share(self) -> float | None:
        """How far it is, from 0 to 1; None before anything was told."""
        return self._latest.share if self._latest else None

    # ── What work calls ──────────────────────────────────────────────────────────────────────────────

    @contextlib.asynccontextmanager
    async def page(self) -> AsyncIterator[Transaction]:
        """One transaction: what the block writes, checkpoint, progress and log stand together or not at all.

        Raises LeaseLost where another runner took over, Cancelled or Paused where somebody asked for it; nothing
        is written then. A page that has begun is never interrupted.
        """
        async with self._turn:
            self._raise_if_stopped()
            kept = copy.deepcopy(self.checkpoint)
            try:
                async with self.database.write() as session:
                    yield session
                    lines = await self.save(session, checkpoint=copy.deepcopy(self.checkpoint))
                self._written(lines)
            except BaseException:
                self.checkpoint.clear()
                self.checkpoint.update(kept)
                raise
            finally:
                if self.stop_with is not None:
                    self._stop_soon()

    def progress(self, done: float, total: float, note: str) -> None:
        """Tell how far it is: listeners hear it at once, the row follows with the next page, breath or heartbeat."""
        self._latest = Progress(self.job.id, done, total, note)
        self._listener(self._latest)

    async def note(self, level: str, text: str) -> None:
        """A line of the log (`models.EVENT_LEVELS`), written with the next page, breath or at the end."""
        self._lines.append((level, text))

    def failed_item(self, what: str, why: str) -> None:
        """One item that could not be done: the rest goes on, and the job says so when it ends."""
        self.failed += 1
        if len(self.failures) < _FAILURES_KEPT:
            self.failures.append(clean(f"{what}: {why}", _FAILURE_CHARACTERS))
        self._lines.append(("error", f"{what}: {why}"))

    async def breathe(self, requests: int = 0) -> None:
        """Between two items, with the requests sent so far in this run.

        Raises Cancelled or Paused when somebody asked for it, and SliceOver when this slice is over and more
        urgent work waits, or when the runner stops.
        """
        self._raise_if_stopped()
        moment = self._monotonic()
        if self._slice_is_over(moment, requests) and moment - self._asked_at >= _ASK_FOR_URGENT_EVERY_S:
            self._asked_at = moment
            if await self._leases.more_urgent_waits(self.job):
                raise SliceOver("Something more urgent goes first.")
        if (self._lines or self._latest) and moment - self._written_at >= _WRITE_PROGRESS_EVERY_S:
            async with self._turn, self.database.write() as session:
                lines = await self.save(session)
            self._written(lines)
        else:
            await asyncio.sleep(0)
        self._raise_if_stopped()

    # ── What the runner calls ────────────────────────────────────────────────────────────────────────

    def started(self, task: asyncio.Future[None]) -> None:
        """The work runs as `task`."""
        self._task = task

    def interrupt(self, reason: GarminSyncError) -> None:
        """Stop the work where it waits; where it writes a page, after that."""
        if self.stop_with is None:
            self.stop_with = reason
            if not self._turn.locked():
                self._stop_soon()

    def abandon(self) -> None:
        """Stop the work at once, wherever it is."""
        if self._task is not None:
            self._task.cancel()

    async def save(self, session: Transaction, *, checkpoint: dict[str, Any] | None = None) -> int:
        """Write progress, failures and log in the caller's transaction; how many lines. Raises LeaseLost."""
        extra: dict[str, Any] = {"note": clean(self._latest.note)} if self._latest else {}
        if self.failed:
            extra |= {"failures": list(self.failures), "failed": self.failed}
        if self.result:
            extra["result"] = dict(self.result)
        await self._leases.guard(session, self.claim, checkpoint=checkpoint, progress=self.share, extra=extra)
        lines = list(self._lines)
        await write_lines(session, self.job.id, lines)
        return len(lines)

    # ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _slice_is_over(self, moment: float, requests: int) -> bool:
        if self.job.garmin_connect_account_id is None:
            return False  # local work is in nobody's way
        return moment - self._slice_from >= SLICE_S or requests - self._slice_requests >= SLICE_REQUESTS

    def _written(self, lines: int) -> None:
        del self._lines[:lines]
        self._written_at = self._monotonic()

    def _raise_if_stopped(self) -> None:
        if self.stop_with is not None:
            raise self.stop_with

    def _stop_soon(self) -> None:
        # Not within this step: work that has just ended would count as cancelled.
        if self._task is not None:
            asyncio.get_running_loop().call_soon(self._task.cancel)
