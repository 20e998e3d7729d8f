"""The durable queue: the table `sync_jobs` and nothing beside it.

A job is claimed under a lease and a fence. The partial unique index `uq_sync_jobs_one_runner` keeps two runners of
one account apart; the fence keeps a runner that was taken over from writing.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from ..columns import from_now, now
from ..errors import LeaseLost, UsageProblem
from ..ids import new_id
from ..models import JobEvent, RunnerRow, Schedule, SyncJob
from ..store.changes import CHANNEL
from ..store.database import Database

LEASE_S = 60
MOST_CRASHES = 5
_EVENTS_KEPT = 500
_EVENT_CHARACTERS = 300


class Claim(NamedTuple):
    """A job that is this runner's to do, as long as nobody else took it over."""

    job: SyncJob
    fence: int


class Queue:
    """Puts jobs in, hands them out, and writes down how they went."""

    def __init__(self, database: Database) -> None:
        self.database = database

    # ── Putting in ───────────────────────────────────────────────────────────────────────────────────

    async def enqueue(
        self,
        user_id: UUID,
        job_type: str,
        *,
        account_id: UUID | None = None,
        parameters: dict[str, Any] | None = None,
        priority: int = 0,
        run_at: datetime | None = None,
        schedule: tuple[UUID, str] | None = None,
    ) -> UUID | None:
        """A new pending job's id; an equal one that is pending already is pulled forward instead.

        With `schedule` (its id and slot) the same slot makes one job ever: None where it was made before.
        """
        parameters = {name: value for name, value in (parameters or {}).items() if value not in (None, [], False)}
        key = json.dumps([str(account_id or ""), parameters], sort_keys=True, default=str)
        values = {
            "user_id": user_id,
            "job_type": job_type,
            "garmin_connect_account_id": account_id,
            "dedupe_key": key,
            "priority": priority,
            "extra": {"parameters": parameters},
        }
        if run_at:
            values["run_at"] = run_at
        if schedule:
            values["schedule_id"], values["slot_utc"] = schedule
        same = (SyncJob.user_id == user_id, SyncJob.job_type == job_type, SyncJob.dedupe_key == key)
        for _ in range(3):
            async with self.database.write() as session:
                if schedule and await session.scalar(
                    sa.select(SyncJob.id).where(
                        SyncJob.schedule_id == schedule[0], SyncJob.slot_utc == schedule[1]
                    )
                ):
                    return None
                pending = await session.scalar(sa.select(SyncJob).where(*same, SyncJob.status == "pending"))
                if pending is not None:
                    await self._pull_forward(session, pending, priority, schedule)
                    return pending.id
                job = SyncJob(id=new_id(), **values)
                try:
                    async with session.begin_nested():
                        session.add(job)
                except IntegrityError:
                    continue  # another process was first: look again
                await _tell(session, job.id)
                return job.id
        return None

    async def _pull_forward(
        self, session: AsyncSession, pending: SyncJob, priority: int, schedule: tuple[UUID, str] | None
    ) -> None:
        values: dict[str, Any] = {"priority": max(pending.priority, priority)}
        if schedule is None:
            values |= {"run_at": now(), "paused_at": None}
        elif pending.schedule_id is None:
            values |= {"schedule_id": schedule[0], "slot_utc": schedule[1]}
        await session.execute(sa.update(SyncJob).where(SyncJob.id == pending.id).values(**values))
        await _tell(session, pending.id)

    # ── Handing out ──────────────────────────────────────────────────────────────────────────────────

    async def claim(self, runner_id: UUID, *, local_work: bool = False, lease_s: float = LEASE_S) -> Claim | None:
        """The most urgent job that is due and that nobody else may be doing; None where there is none.

        `local_work` asks for jobs without an account, which need no turn.
        """
        await self.reap()
        job, other = SyncJob, aliased(SyncJob)
        due = (
            sa.select(job.id)
            .where(job.status == "pending", job.paused_at.is_(None), job.run_at <= now())
            .order_by(job.priority.desc(), job.run_at, job.id)
            .limit(1)
        )
        if local_work:
            due = due.where(job.garmin_connect_account_id.is_(None))
        else:
            busy = sa.exists().where(
                other.status == "in_progress", other.garmin_connect_account_id == job.garmin_connect_account_id
            )
            due = due.where(job.garmin_connect_account_id.is_not(None), ~busy)
        if not self.database.sqlite:
            due = due.with_for_update(skip_locked=True)
        try:
            async with self.database.write() as session:
                found = await session.scalar(due)
                if found is None:
                    return None
                await session.execute(
                    sa.update(job)
                    .where(job.id == found, job.status == "pending")
                    .values(
                        status="in_progress",
                        owner=runner_id,
                        fence=job.fence + 1,
                        lease_until=from_now(lease_s),
                        attempt=job.attempt + 1,
                        started_at=sa.func.coalesce(job.started_at, now()),
                        cancel_requested=False,
                    )
                )
                await _tell(session, found)
                claimed = await session.get_one(job, found, populate_existing=True)
                return Claim(claimed, claimed.fence)
        except IntegrityError:
            return None  # another runner of this account was first

    async def reap(self) -> int:
        """Put jobs back whose runner is gone: dead ones of this host at once, others after their lease."""
        async with self.database.read() as session:
            held = list(await session.scalars(sa.select(SyncJob).where(SyncJob.status == "in_progress")))
            if not held:
                return 0
            expired = set(
                await session.scalars(
                    sa.select(SyncJob.id).where(SyncJob.status == "in_progress", SyncJob.lease_until < now())
                )
            )
            runners = {row.id: row for row in await session.scalars(sa.select(RunnerRow))}
        gone = [job for job in held if job.id in expired or is_dead(runners.get(job.owner))]  # type: ignore[arg-type]
        for job in gone:
            await self._put_back(job)
        return len(gone)

    async def _put_back(self, job: SyncJob) -> None:
        crashes = job.crash_count + 1
        values: dict[str, Any] = {"crash_count": crashes, "owner": None, "lease_until": None, "fence": SyncJob.fence + 1}
        async with self.database.write() as session:
            if crashes >= MOST_CRASHES:
                text = f"Stopped after {crashes} interruptions at the same place."
                values |= _ended("failed", text) | {"extra": {**(job.extra or {}), "error_code": "poison"}}
            elif job.cancel_requested:
                values |= _ended("failed", "Cancelled.") | {"extra": {**(job.extra or {}), "error_code": "cancelled"}}
            else:
                await self._make_room(session, job)
                values |= {"status": "pending", "run_at": now()}
            result = await session.execute(
                sa.update(SyncJob)
                .where(SyncJob.id == job.id, SyncJob.fence == job.fence, SyncJob.status == "in_progress")
                .values(values)
                .returning(SyncJob.id)
            )
            if result.first():
                await self.write_events(session, job.id, [("warning", "interrupted: its runner is gone")])
                await _tell(session, job.id)

    async def _make_room(self, session: AsyncSession, job: SyncJob) -> None:
        """An equal job that was queued meanwhile gives way to the one that has a checkpoint."""
        await session.execute(
            sa.delete(SyncJob).where(
                SyncJob.user_id == job.user_id,
                SyncJob.job_type == job.job_type,
                SyncJob.dedupe_key == job.dedupe_key,
                SyncJob.status == "pending",
                SyncJob.id != job.id,
            )
        )

    # ── While it runs: all of it under the fence ─────────────────────────────────────────────────────

    async def guard(
        self,
        session: AsyncSession,
        claim: Claim,
        *,
        checkpoint: dict[str, Any] | None = None,
        progress: float | None = None,
        note: str | None = None,
    ) -> None:
        """Write checkpoint and progress in the caller's transaction. Raises LeaseLost, which undoes all of it."""
        values: dict[str, Any] = {}
        if checkpoint is not None:
            values["checkpoint"] = checkpoint
            if checkpoint != (claim.job.checkpoint or {}):
                values["crash_count"] = 0
        if progress is not None:
            share = min(max(progress, 0.0), 1.0)
            before = sa.func.coalesce(SyncJob.progress, 0.0)
            values["progress"] = sa.case((before > share, before), else_=share)
        if note is not None:
            extra = {**(claim.job.extra or {}), "note": note}
            claim.job.extra = extra
            values["extra"] = extra
        await self._fenced(session, claim, values)

    async def heartbeat(self, claim: Claim, lease_s: float = LEASE_S) -> SyncJob:
        """Extend the lease; the job as it is now, so that a wish to stop or pause is seen. Raises LeaseLost."""
        async with self.database.write() as session:
            await self._fenced(session, claim, {"lease_until": from_now(lease_s)}, tell=False)
            return await session.get_one(SyncJob, claim.job.id, populate_existing=True)

    async def finish(self, claim: Claim, extra: dict[str, Any] | None = None, text: str | None = None) -> None:
        """It is done; with `extra` where some items failed."""
        async with self.database.write() as session:
            values = _ended("completed", text) | {"progress": 1.0, "checkpoint": None}
            values["extra"] = {**(claim.job.extra or {}), **(extra or {})}
            await self._fenced(session, claim, values)

    async def fail(self, claim: Claim, code: str, text: str) -> None:
        """It ends here; its checkpoint stays for a retry."""
        async with self.database.write() as session:
            extra = {**(claim.job.extra or {}), "error_code": code}
            await self._fenced(session, claim, _ended("failed", text) | {"extra": extra})

    async def release(
        self, claim: Claim, *, code: str | None = None, text: str | None = None, wait_s: float = 0.0, counts: bool = False
    ) -> None:
        """Back to pending with its checkpoint, to go on after `wait_s` seconds."""
        extra = {key: value for key, value in (claim.job.extra or {}).items() if key != "error_code"}
        if code:
            extra["error_code"] = code
        async with self.database.write() as session:
            await self._make_room(session, claim.job)
            values = {
                "status": "pending",
                "owner": None,
                "lease_until": None,
                "run_at": from_now(wait_s) if wait_s else now(),
                "error_message": text,
                "extra": extra,
                "attempt": SyncJob.attempt if counts else sa.case((SyncJob.attempt > 0, SyncJob.attempt - 1), else_=0),
            }
            await self._fenced(session, claim, values)

    async def _fenced(self, session: AsyncSession, claim: Claim, values: dict[str, Any], *, tell: bool = True) -> None:
        result = await session.execute(
            sa.update(SyncJob)
            .where(SyncJob.id == claim.job.id, SyncJob.fence == claim.fence, SyncJob.status == "in_progress")
            .values({getattr(SyncJob, name): value for name, value in values.items()} or {SyncJob.updated_at: now()})
            .returning(SyncJob.id)
            .execution_options(synchronize_session=False)
        )
        if result.first() is None:
            raise LeaseLost("Another runner took this job over.")
        if tell:
            await _tell(session, claim.job.id)

    async def write_events(self, session: AsyncSession, job_id: UUID, lines: Sequence[tuple[str, str]]) -> None:
        """Add lines to the job's log; only the newest are kept."""
        for level, text in lines:
            session.add(JobEvent(id=new_id(), job_id=job_id, level=level, text=_clean(text)))
        await session.flush()
        oldest_kept = (
            sa.select(JobEvent.id)
            .where(JobEvent.job_id == job_id)
            .order_by(JobEvent.id.desc())
            .offset(_EVENTS_KEPT - 1)
            .limit(1)
            .scalar_subquery()
        )
        await session.execute(sa.delete(JobEvent).where(JobEvent.job_id == job_id, JobEvent.id < oldest_kept))

    # ── From anywhere ────────────────────────────────────────────────────────────────────────────────

    async def cancel(self, job_id: UUID) -> bool:
        """A waiting job ends at once, a running one as soon as its runner sees it; False where it had ended."""
        async with self.database.write() as session:
            job = await session.get(SyncJob, job_id)
            if job is None or job.status in {"completed", "failed"}:
                return False
            if job.status == "pending":
                extra = {**(job.extra or {}), "error_code": "cancelled"}
                values = _ended("failed", "Cancelled.") | {"extra": extra}
            else:
                values = {"cancel_requested": True}
            await _update(session, job_id, values)
            return True

    async def pause(self, job_id: UUID) -> bool:
        """Keep a job from running until it is resumed; a running one goes back with its checkpoint."""
        return await self._mark(job_id, {"paused_at": now()}, ("pending", "in_progress"))

    async def resume(self, job_id: UUID) -> bool:
        """Let a paused job run again."""
        return await self._mark(job_id, {"paused_at": None, "run_at": now()}, ("pending",))

    async def retry(self, job_id: UUID) -> bool:
        """Queue an ended job again from its checkpoint, or pull a waiting one forward."""
        async with self.database.write() as session:
            job = await session.get(SyncJob, job_id)
            if job is None or job.status == "in_progress":
                return False
            extra = {key: v for key, v in (job.extra or {}).items() if key not in {"error_code", "failures"}}
            await self._make_room(session, job)
            values = {
                "status": "pending",
                "run_at": now(),
                "paused_at": None,
                "attempt": 0,
                "crash_count": 0,
                "error_message": None,
                "completed_at": None,
                "progress": 0.0,
                "extra": extra,
            }
            await _update(session, job_id, values)
            return True

    async def _mark(self, job_id: UUID, values: dict[str, Any], statuses: tuple[str, ...]) -> bool:
        async with self.database.write() as session:
            job = await session.get(SyncJob, job_id)
            if job is None or job.status not in statuses:
                return False
            await _update(session, job_id, values)
            return True

    # ── Looking ──────────────────────────────────────────────────────────────────────────────────────

    async def list(
        self, *, job_type: str | None = None, status: str | None = None, limit: int | None = 50
    ) -> Sequence[SyncJob]:
        """Jobs: running first, then waiting, then the newest that ended."""
        rank = sa.case({"in_progress": 0, "pending": 1}, value=SyncJob.status, else_=2)
        statement = sa.select(SyncJob).order_by(rank, SyncJob.updated_at.desc(), SyncJob.id.desc()).limit(limit)
        if job_type:
            statement = statement.where(SyncJob.job_type == job_type)
        if status:
            statement = statement.where(SyncJob.status == status)
        async with self.database.read() as session:
            return [*await session.scalars(statement)]

    async def get(self, name: UUID | str) -> SyncJob:
        """A job by its id or the end of it. Raises UsageProblem."""
        async with self.database.read() as session:
            if isinstance(name, UUID):
                found = await session.get(SyncJob, name)
            else:
                tail = name.replace("-", "").lower()
                ids = [row for row in await session.scalars(sa.select(SyncJob.id)) if tail and row.hex.endswith(tail)]
                found = await session.get(SyncJob, ids[0]) if len(ids) == 1 else None
        if found is None:
            raise UsageProblem(f"There is no job {str(name)!r}.", hint="`garminsync jobs list` shows their ids.")
        return found

    async def waiting_above(self, account_id: UUID | None, priority: int) -> bool:
        """Whether a more urgent job of the account is due."""
        async with self.database.read() as session:
            return bool(
                await session.scalar(
                    sa.select(SyncJob.id)
                    .where(
                        SyncJob.status == "pending",
                        SyncJob.paused_at.is_(None),
                        SyncJob.run_at <= now(),
                        SyncJob.garmin_connect_account_id == account_id,
                        SyncJob.priority > priority,
                    )
                    .limit(1)
                )
            )

    async def next_due(self) -> datetime | None:
        """When the next waiting job is due."""
        async with self.database.read() as session:
            return await session.scalar(
                sa.select(sa.func.min(SyncJob.run_at, type_=SyncJob.run_at.type)).where(
                    SyncJob.status == "pending", SyncJob.paused_at.is_(None)
                )
            )

    async def events(self, job_id: UUID, after: UUID | None = None, limit: int = _EVENTS_KEPT) -> Sequence[JobEvent]:
        """The job's log, oldest line first."""
        statement = sa.select(JobEvent).where(JobEvent.job_id == job_id).order_by(JobEvent.id.desc()).limit(limit)
        if after:
            statement = statement.where(JobEvent.id > after)
        async with self.database.read() as session:
            return [*await session.scalars(statement)][::-1]

    # ── Runners and schedules ────────────────────────────────────────────────────────────────────────

    async def runners(self) -> Sequence[RunnerRow]:
        """The runners that live: not dead on this host, and heard of within three heartbeats elsewhere."""
        async with self.database.read() as session:
            rows = await session.scalars(
                sa.select(RunnerRow).where(RunnerRow.heartbeat_at > from_now(-LEASE_S)).order_by(RunnerRow.started_at)
            )
            return [row for row in rows if not is_dead(row)]

    async def register(self, row: RunnerRow) -> None:
        """Make a runner known."""
        async with self.database.write() as session:
            session.add(row)

    async def runner_heartbeat(self, runner_id: UUID) -> None:
        """Tell that a runner lives."""
        async with self.database.write() as session:
            await session.execute(sa.update(RunnerRow).where(RunnerRow.id == runner_id).values(heartbeat_at=now()))

    async def forget(self, runner_id: UUID) -> None:
        """Take a runner off the list, and with it those of this host that died."""
        async with self.database.write() as session:
            rows = await session.scalars(sa.select(RunnerRow))
            gone = [row for row in rows if row.id == runner_id or is_dead(row)]
            for row in gone:
                await session.delete(row)
        for row in gone:
            if row.host == socket.gethostname():
                Path(row.lock_path).unlink(missing_ok=True)

    async def ensure_schedules(self, account_id: UUID, job_types: Sequence[str], every_s: int) -> None:
        """The account's schedules, made or brought to `every_s` seconds and enabled."""
        async with self.database.write() as session:
            known = {
                row.job_type: row
                for row in await session.scalars(
                    sa.select(Schedule).where(Schedule.garmin_connect_account_id == account_id)
                )
            }
            for job_type in job_types:
                row = known.get(job_type)
                if row is None:
                    session.add(
                        Schedule(
                            id=new_id(), garmin_connect_account_id=account_id, job_type=job_type, every_s=every_s
                        )
                    )
                elif row.every_s != every_s or not row.enabled:
                    row.every_s, row.enabled = every_s, True

    async def schedules(self) -> Sequence[Schedule]:
        """The schedules that are on."""
        async with self.database.read() as session:
            return [*await session.scalars(sa.select(Schedule).where(Schedule.enabled).order_by(Schedule.id))]


def is_dead(runner: RunnerRow | None) -> bool:
    """Whether a runner of this host has ended: its lock file is there and nobody holds it.

    A runner of another host, or whose lock file is not in sight, is not known to be dead: its lease decides.
    """
    if runner is None or runner.host != socket.gethostname():
        return False
    try:
        handle = os.open(runner.lock_path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True


def _ended(status: str, text: str | None) -> dict[str, Any]:
    return {
        "status": status,
        "completed_at": now(),
        "owner": None,
        "lease_until": None,
        "error_message": text,
        "cancel_requested": False,
    }


async def _update(session: AsyncSession, job_id: UUID, values: dict[str, Any]) -> None:
    await session.execute(
        sa.update(SyncJob)
        .where(SyncJob.id == job_id)
        .values({getattr(SyncJob, name): value for name, value in values.items()})
        .execution_options(synchronize_session=False)
    )
    await _tell(session, job_id)


async def _tell(session: AsyncSession, job_id: UUID) -> None:
    """PostgreSQL tells every listener when the transaction commits; SQLite's listeners see the commit itself."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(sa.select(sa.func.pg_notify(CHANNEL, str(job_id))))


def _clean(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)[:_EVENT_CHARACTERS]


def utc_now() -> datetime:
    """This machine's clock, for people's eyes; leases go by the database's."""
    return datetime.now(UTC)

