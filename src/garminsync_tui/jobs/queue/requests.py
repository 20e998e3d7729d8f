"""Asking for jobs and looking at them: from the app, the commands and the schedule."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from ...columns import from_now, now
from ...errors import DatabaseBusy, UsageProblem
from ...ids import new_id
from ...models import JobEvent, RunnerRow, Schedule, SyncJob
from ...store.changes import announce
from ...store.database import Database
from ...store.upsert import insert, is_changed
from ...text import clean
from ..liveness import LEASE_S, is_dead
from .log import EVENTS_KEPT
from .rows import cancelled, locked, put_back, update

_OVER = ("completed", "failed")
_RACES = 5


class Queue:
    """The queue as people and the schedule see it."""

    def __init__(self, database: Database) -> None:
        self.database = database

    # ── Asking ───────────────────────────────────────────────────────────────────────────────────────

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
        """A new pending job's id, or that of an equal one that is pending already.

        What a person asks for pulls the equal one forward and ends its pause. With `schedule` (its id and slot)
        the same slot makes one job ever: None where it did before.
        """
        chosen = _normalised(parameters or {})
        values: dict[str, Any] = {
            "user_id": user_id,
            "job_type": job_type,
            "garmin_connect_account_id": account_id,
            "dedupe_key": _dedupe_key(account_id, chosen),
            "priority": priority,
            "extra": {"parameters": chosen},
        }
        if run_at:
            values["run_at"] = run_at
        if schedule:
            if await self._was_turn(schedule):
                return None
            values["schedule_id"], values["slot_utc"] = schedule
        for _ in range(_RACES):
            try:
                async with self.database.write() as session:
                    equal = await session.scalar(_equal(values).with_for_update())
                    if equal is None:
                        job = SyncJob(id=new_id(), **values)
                        session.add(job)
                        await session.flush()
                        await announce(session, job.id)
                        return job.id
                    await self._meet(session, equal, values)
                    return equal.id
            except IntegrityError:  # another process was first: look again
                if schedule and await self._was_turn(schedule):
                    return None
        raise DatabaseBusy("Too many processes ask for the same job at once.", hint="Try again in a moment.")

    async def _was_turn(self, schedule: tuple[UUID, str]) -> bool:
        statement = sa.select(SyncJob.id).where(SyncJob.schedule_id == schedule[0], SyncJob.slot_utc == schedule[1])
        async with self.database.read() as session:
            return await session.scalar(statement) is not None

    async def _meet(self, session: AsyncSession, equal: SyncJob, values: dict[str, Any]) -> None:
        if "schedule_id" in values:  # the waiting job is this turn's, at the time and rank that it has
            await update(session, equal.id, {name: values[name] for name in ("schedule_id", "slot_utc")})
            return
        sooner: Any = values.get("run_at", now())
        await update(
            session,
            equal.id,
            {
                "priority": max(equal.priority, values["priority"]),
                "run_at": sa.case((SyncJob.run_at < sooner, SyncJob.run_at), else_=sooner),
                "paused_at": None,
            },
        )

    async def cancel(self, job_id: UUID) -> bool:
        """A waiting job ends at once, a running one as soon as its runner sees it; False where it had ended."""
        async with self.database.write() as session:
            job = await locked(session, job_id)
            if job is None or job.status in _OVER:
                return False
            await update(session, job_id, cancelled(job) if job.status == "pending" else {"cancel_requested": True})
            return True

    async def pause(self, job_id: UUID) -> bool:
        """Keep a job from running until it is resumed; a running one goes back with its checkpoint."""
        async with self.database.write() as session:
            job = await locked(session, job_id)
            if job is None or job.status in _OVER:
                return False
            await update(session, job_id, {"paused_at": sa.func.coalesce(SyncJob.paused_at, now())})
            return True

    async def resume(self, job_id: UUID) -> bool:
        """Let a paused job run again; False where it is not paused."""
        async with self.database.write() as session:
            job = await locked(session, job_id)
            if job is None or job.paused_at is None or job.status in _OVER:
                return False
            await update(session, job_id, {"paused_at": None, "run_at": now()})
            return True

    async def retry(self, job_id: UUID) -> bool:
        """Queue an ended job again from its checkpoint, or pull a waiting one forward; False where it runs."""
        async with self.database.write() as session:
            job = await locked(session, job_id)
            if job is None or job.status == "in_progress":
                return False
            afresh: dict[str, Any] = {"run_at": now(), "paused_at": None, "attempt": 0, "crash_count": 0}
            if job.status == "pending":
                await update(session, job_id, afresh)
                return True
            kept = {name: value for name, value in (job.extra or {}).items() if name == "parameters"}
            again = {"error_message": None, "completed_at": None, "progress": 0.0, "extra": kept}
            await put_back(session, job, afresh | again)
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
            return (await session.scalars(statement)).all()

    async def get(self, name: UUID | str) -> SyncJob:
        """A job by its id or the end of it. Raises UsageProblem."""
        async with self.database.read() as session:
            if isinstance(name, UUID):
                ids = [name]
            else:
                tail = name.replace("-", "").lower()
                ids = [row for row in await session.scalars(sa.select(SyncJob.id)) if row.hex.endswith(tail) and tail]
            found = await session.get(SyncJob, ids[0]) if len(ids) == 1 else None
        if found is not None:
            return found
        several = f"{len(ids)} jobs end in" if len(ids) > 1 else "There is no job"
        raise UsageProblem(f"{several} “{clean(str(name), 40)}”.", hint="`garminsync jobs list` shows their ids.")

    async def events(self, job_id: UUID, after: UUID | None = None, limit: int = EVENTS_KEPT) -> Sequence[JobEvent]:
        """The job's log, oldest line first; of the lines after `after` where it is given."""
        statement = sa.select(JobEvent).where(JobEvent.job_id == job_id).order_by(JobEvent.id.desc()).limit(limit)
        if after:
            statement = statement.where(JobEvent.id > after)
        async with self.database.read() as session:
            return (await session.scalars(statement)).all()[::-1]

    async def runners(self) -> Sequence[RunnerRow]:
        """The runners that live: not dead on this host, and heard of within a lease elsewhere."""
        fresh = sa.select(RunnerRow).where(RunnerRow.heartbeat_at > from_now(-LEASE_S)).order_by(RunnerRow.started_at)
        async with self.database.read() as session:
            return [row for row in await session.scalars(fresh) if not is_dead(row)]

    async def dead_runners(self) -> Sequence[RunnerRow]:
        """Runners that ended without a word: their lock is free here, or nobody heard of them for a lease."""
        stale = RunnerRow.heartbeat_at <= from_now(-LEASE_S)
        rows = sa.select(RunnerRow, stale).order_by(RunnerRow.started_at)
        async with self.database.read() as session:
            return [row for row, was_long_ago in await session.execute(rows) if was_long_ago or is_dead(row)]

    # ── Schedules ────────────────────────────────────────────────────────────────────────────────────

    async def ensure_schedules(
        self,
        account_id: UUID,
        job_types: Sequence[str],
        every_s: int,
        *,
        daily_at: str | None = None,
        time_zone: str | None = None,
        off: Collection[str] = (),
    ) -> None:
        """The account's schedules, made or brought to `every_s` seconds and switched on, those of types in `off` off.

        With `daily_at` ("06:30") once a day instead, by the clocks of `time_zone`.
        """
        wanted = {"every_s": every_s, "daily_at": daily_at, "time_zone": time_zone if daily_at else None}
        async with self.database.write() as session:
            for job_type in job_types:
                values = wanted | {"enabled": job_type not in off}
                # Processes that start at the same moment all want the same: none of them may fail at the others.
                row = insert(session, Schedule).values(
                    id=new_id(), garmin_connect_account_id=account_id, job_type=job_type, **values
                )
                await session.execute(
                    row.on_conflict_do_update(
                        index_elements=["garmin_connect_account_id", "job_type"],
                        set_={**values, "updated_at": now()},
                        where=is_changed(Schedule, row, values),
                    )
                )

    async def schedules(self, *, also_off: bool = False) -> Sequence[Schedule]:
        """The schedules that are on, or all of them."""
        chosen = sa.select(Schedule).order_by(Schedule.id)
        async with self.database.read() as session:
            return (await session.scalars(chosen if also_off else chosen.where(Schedule.enabled))).all()


def utc_now() -> datetime:
    """This machine's clock, for people's eyes; leases go by the database's."""
    return datetime.now(UTC)


def _equal(values: dict[str, Any]) -> sa.Select[SyncJob]:
    same = (getattr(SyncJob, name) == values[name] for name in ("user_id", "job_type", "dedupe_key"))
    return sa.select(SyncJob).where(*same, SyncJob.status == "pending")


def _normalised(parameters: dict[str, Any]) -> dict[str, Any]:
    """What is asked for, without what says nothing; as JSON will give it back."""
    said = {name: value for name, value in parameters.items() if value not in (None, [], False)}
    normalised: dict[str, Any] = json.loads(json.dumps(said, sort_keys=True, default=str))
    return normalised


def _dedupe_key(account_id: UUID | None, parameters: dict[str, Any]) -> str:
    # Hashed: a list of paths would be longer than an index entry may be.
    text = json.dumps([str(account_id or ""), parameters], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
