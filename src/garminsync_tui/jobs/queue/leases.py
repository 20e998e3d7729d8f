"""Handing jobs out, and what a runner may write while a job is its own."""

from __future__ import annotations

import functools
import socket
import time
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from ...columns import from_now, now
from ...errors import LeaseLost
from ...models import JOB_TYPES, RunnerRow, SyncJob
from ...store.changes import announce
from ...store.database import Database
from ..liveness import LEASE_S, is_dead, is_here
from .log import write_lines
from .rows import cancelled, ended, locked, put_back, update, with_code

MOST_CRASHES = 5

#: What a page is written with: the data and its checkpoint stand together or not at all.
Transaction = AsyncSession


class Claim(NamedTuple):
    """A job that is this runner's to do, as long as nobody else took it over."""

    job: SyncJob
    fence: int


class Leases:
    """The queue as its runners see it. All times are the database's own."""

    def __init__(self, database: Database, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.database = database
        self._monotonic = monotonic
        #: Leases whose end is over while their holder's process is here: since when they were not extended.
        self._silent_since: dict[tuple[UUID, int, datetime | None], float] = {}

    # ── Handing out ──────────────────────────────────────────────────────────────────────────────────

    async def claim(
        self,
        runner_id: UUID,
        *,
        job_types: Collection[str] = JOB_TYPES,
        local_work: bool = False,
        lease_s: float = LEASE_S,
        holding: Collection[UUID] = (),
    ) -> Claim | None:
        """The most urgent job that is due and that nobody else may be doing; None where there is none.

        With `local_work` also one without an account, which needs no turn. `holding` are the jobs that the runner
        is doing: after a sleep their leases have run out, and they are still its own.
        """
        host = socket.gethostname() if local_work else None
        due = _due(frozenset(job_types), host, sqlite=self.database.sqlite)
        async with self.database.read() as session:
            gone = await self._gone(session, holding)
            found = await session.scalar(due)
        if not gone and found is None:
            return None  # the usual case, and nobody had to wait for a write
        await self._take_from_all(gone)
        try:
            async with self.database.write() as session:
                found = await session.scalar(due if self.database.sqlite else due.with_for_update(skip_locked=True))
                if found is None:
                    return None
                await update(
                    session,
                    found,
                    {
                        "status": "in_progress",
                        "owner": runner_id,
                        "fence": SyncJob.fence + 1,
                        "lease_until": from_now(lease_s),
                        "attempt": SyncJob.attempt + 1,
                        "started_at": sa.func.coalesce(SyncJob.started_at, now()),
                    },
                )
                claimed = await session.get_one(SyncJob, found)
                return Claim(claimed, claimed.fence)
        except IntegrityError:
            return None  # another runner of this account was first

    async def reap(self, holding: Collection[UUID] = ()) -> int:
        """Put jobs back whose runner is gone: dead ones of this host at once, others after their lease.

        Whose process is on this host and has not ended is believed to be gone only after a lease's time of silence
        that was watched from here: SQLite has no clock but that of each process, and a clock may be set.
        """
        async with self.database.read() as session:
            gone = await self._gone(session, holding)
        await self._take_from_all(gone)
        return len(gone)

    async def _gone(self, session: AsyncSession, holding: Collection[UUID]) -> list[tuple[SyncJob, datetime | None]]:
        """Jobs whose runner is gone, with the end of the lease where that is what says so."""
        gone: list[tuple[SyncJob, datetime | None]] = []
        doubtful = []
        for job, expired, runner in await session.execute(_HELD):
            if job.id in holding:
                continue
            if is_dead(runner):
                gone.append((job, None))
            elif expired and is_here(runner):
                doubtful.append(job)
            elif expired:
                gone.append((job, job.lease_until))
        return gone + [(job, job.lease_until) for job in self._silent(doubtful)]

    def _silent(self, jobs: Collection[SyncJob]) -> list[SyncJob]:
        """Those of some jobs that nobody extended for the whole time of a lease, by this process' own clock."""
        moment = self._monotonic()
        seen = {(job.id, job.fence, job.lease_until): job for job in jobs}
        self._silent_since = {key: self._silent_since.get(key, moment) for key in seen}
        return [job for key, job in seen.items() if moment - self._silent_since[key] >= LEASE_S]

    async def _take_from_all(self, gone: Collection[tuple[SyncJob, datetime | None]]) -> None:
        for job, lease_until in gone:
            await self._take_from_the_dead(job, lease_until)

    async def _take_from_the_dead(self, seen: SyncJob, lease_until: datetime | None) -> None:
        async with self.database.write() as session:
            job = await locked(session, seen.id)
            if job is None or job.status != "in_progress" or job.fence != seen.fence:
                return  # somebody else was first
            if lease_until and job.lease_until != lease_until:
                return  # it lives: a heartbeat came in between
            crashes = job.crash_count + 1
            lines = [("warning", f"interrupted: its runner is gone ({crashes} of {MOST_CRASHES} in a row)")]
            if job.cancel_requested:
                await update(session, job.id, cancelled(job))
            elif crashes >= MOST_CRASHES:
                text = f"Stopped after {crashes} interruptions at the same place."
                await update(session, job.id, ended(job, "failed", "poison", text) | {"crash_count": crashes})
                lines.append(("error", text))
            else:
                await put_back(session, job, {"crash_count": crashes, "run_at": now()})
            await write_lines(session, job.id, lines)

    async def due_within(self, job_types: Collection[str], seconds: float) -> bool:
        """Whether a job waits that is due by then, be it another's turn before."""
        statement = sa.select(SyncJob.id).where(*_waiting(job_types), SyncJob.run_at <= from_now(seconds)).limit(1)
        async with self.database.read() as session:
            return await session.scalar(statement) is not None

    async def more_urgent_waits(self, job: SyncJob) -> bool:
        """Whether a due job of the same account has a higher priority."""
        statement = sa.select(SyncJob.id).where(
            *_waiting(JOB_TYPES),
            SyncJob.run_at <= now(),
            SyncJob.garmin_connect_account_id == job.garmin_connect_account_id,
            SyncJob.priority > job.priority,
        )
        async with self.database.read() as session:
            return await session.scalar(statement.limit(1)) is not None

    async def seen(self, job_ids: Collection[UUID]) -> dict[UUID, SyncJob]:
        """These jobs as they are now."""
        async with self.database.read() as session:
            rows = await session.scalars(sa.select(SyncJob).where(SyncJob.id.in_(job_ids)))
            return {row.id: row for row in rows}

    # ── While a job is one's own: all of it under the fence ──────────────────────────────────────────

    async def guard(
        self,
        session: Transaction,
        claim: Claim,
        *,
        checkpoint: dict[str, Any] | None = None,
        progress: float | None = None,
        extra: dict[str, Any] | None = None,
        lease_s: float | None = None,
    ) -> None:
        """Write into the job's row within the caller's transaction. Raises LeaseLost, which undoes all of it.

        A checkpoint that has moved forgives crashes and failed attempts before it. `progress` (0 to 1) never goes
        backwards. `extra` is added to the job's `metadata`.
        """
        values: dict[str, Any] = {"updated_at": now()}
        if checkpoint is not None:
            moved = SyncJob.checkpoint.is_distinct_from(checkpoint)
            values["checkpoint"] = checkpoint
            values["crash_count"] = sa.case((moved, 0), else_=SyncJob.crash_count)
            values["attempt"] = sa.case((moved, 1), else_=SyncJob.attempt)
        if progress is not None:
            before = sa.func.coalesce(SyncJob.progress, 0.0)
            values["progress"] = sa.case((before > progress, before), else_=progress)
        if extra:
            claim.job.extra = {**(claim.job.extra or {}), **extra}
            values["extra"] = claim.job.extra
        if lease_s is not None:
            values["lease_until"] = from_now(lease_s)
        written = await session.scalar(
            sa.update(SyncJob)
            .where(SyncJob.id == claim.job.id, SyncJob.fence == claim.fence, SyncJob.status == "in_progress")
            .values({getattr(SyncJob, name): value for name, value in values.items()})
            .returning(SyncJob.id)
            .execution_options(synchronize_session=False)
        )
        if written is None:
            raise _lost()
        if checkpoint is not None or progress is not None or extra:
            await announce(session, claim.job.id)

    async def heartbeat(self, claim: Claim, *, progress: float | None = None, lease_s: float = LEASE_S) -> SyncJob:
        """Extend the lease; the job as it is now, so that a wish to cancel or pause is seen. Raises LeaseLost."""
        async with self.database.write() as session:
            await self.guard(session, claim, progress=progress, lease_s=lease_s)
            return await session.get_one(SyncJob, claim.job.id)

    async def held(self, session: Transaction, claim: Claim) -> SyncJob:
        """The job's row as it is now, nobody else's until this transaction ends. Raises LeaseLost."""
        job = await locked(session, claim.job.id)
        if job is None or job.fence != claim.fence or job.status != "in_progress":
            raise _lost()
        return job

    async def finish(
        self, session: Transaction, claim: Claim, *, code: str | None = None, text: str | None = None
    ) -> None:
        """It came to its end; with a code where some of it could not be done. Raises LeaseLost."""
        job = await self.held(session, claim)
        done = {"progress": 1.0, "checkpoint": None, "crash_count": 0}
        await update(session, job.id, ended(job, "failed" if code else "completed", code, text) | done)

    async def fail(self, session: Transaction, claim: Claim, code: str, text: str) -> None:
        """It ends here; its checkpoint stays for a retry. Raises LeaseLost."""
        job = await self.held(session, claim)
        await update(session, job.id, ended(job, "failed", code, text))

    async def release(
        self,
        session: Transaction,
        claim: Claim,
        *,
        code: str | None = None,
        text: str | None = None,
        wait_s: float = 0.0,
        counts: bool = False,
    ) -> None:
        """Back to the queue with its checkpoint, to go on after `wait_s` seconds. Raises LeaseLost.

        `counts` says whether this was an attempt. A job that was to be cancelled ends instead.
        """
        job = await self.held(session, claim)
        if job.cancel_requested:
            await update(session, job.id, cancelled(job))
            return
        values = {
            "run_at": from_now(wait_s) if wait_s else now(),
            "attempt": job.attempt if counts else max(job.attempt - 1, 0),
            "error_message": text,
            "extra": with_code(job, code),
        }
        await put_back(session, job, values)


_HELD = (
    sa.select(SyncJob, SyncJob.lease_until < now(), RunnerRow)
    .outerjoin(RunnerRow, RunnerRow.id == SyncJob.owner)
    .where(SyncJob.status == "in_progress")
)


@functools.lru_cache(maxsize=16)  # runners ask again and again, and putting it together takes longer than the answer
def _due(job_types: frozenset[str], host: str | None, *, sqlite: bool) -> sa.Select[UUID]:
    """The most urgent job that is due; with `host` also those without an account that can be done on that machine."""
    other = aliased(SyncJob)
    busy = sa.exists().where(
        other.status == "in_progress", other.garmin_connect_account_id == SyncJob.garmin_connect_account_id
    )
    mine = sa.and_(SyncJob.garmin_connect_account_id.is_not(None), ~busy)
    if host is not None:
        # A folder or a file lies on one machine, and other runners of the same database may be on others.
        its_host = _host(sqlite=sqlite)
        here = sa.or_(its_host.is_(None), its_host == host)
        mine = sa.or_(mine, sa.and_(SyncJob.garmin_connect_account_id.is_(None), here))
    return (
        sa.select(SyncJob.id)
        .where(*_waiting(job_types), SyncJob.run_at <= now(), mine)
        .order_by(SyncJob.priority.desc(), SyncJob.run_at, SyncJob.id)
        .limit(1)
    )


def _waiting(job_types: Collection[str]) -> tuple[sa.ColumnElement[bool], ...]:
    return SyncJob.status == "pending", SyncJob.paused_at.is_(None), SyncJob.job_type.in_(job_types)


def _host(*, sqlite: bool) -> sa.ColumnElement[str]:
    """The one machine where a job can be done: its parameter `host`."""
    if sqlite:
        return sa.func.json_extract(sa.type_coerce(SyncJob.extra, sa.Text), "$.parameters.host", type_=sa.Text())
    return sa.func.jsonb_extract_path_text(SyncJob.extra, "parameters", "host", type_=sa.Text())


def _lost() -> LeaseLost:
    return LeaseLost("Another runner took this job over.")
