"""How a row of `sync_jobs` is changed: what both the asking and the doing side need."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from ...columns import now
from ...models import SyncJob
from ...store.changes import announce


async def locked(session: AsyncSession, job_id: UUID) -> SyncJob | None:
    """The row as it is now, and nobody changes it before this transaction ends."""
    return await session.get(SyncJob, job_id, with_for_update=True, populate_existing=True)


async def update(session: AsyncSession, job_id: UUID, values: dict[str, Any]) -> None:
    """Write `values` (by attribute name) and tell who listens."""
    await session.execute(
        sa.update(SyncJob)
        .where(SyncJob.id == job_id)
        .values({getattr(SyncJob, name): value for name, value in values.items()})
        .execution_options(synchronize_session=False)
    )
    await announce(session, job_id)


async def put_back(session: AsyncSession, job: SyncJob, values: dict[str, Any]) -> None:
    """Make a job pending (again) with its checkpoint."""
    values = {"status": "pending", "owner": None, "lease_until": None, **values}
    try:
        async with session.begin_nested():
            await update(session, job.id, values)
    except IntegrityError:
        # An equal request came while this one ran. It may want what this one has passed already, so both stay.
        await update(session, job.id, {**values, "dedupe_key": f"{job.dedupe_key} {job.id}"})


def ended(job: SyncJob, status: str, code: str | None = None, text: str | None = None) -> dict[str, Any]:
    """What a job's row says when it is over."""
    return {
        "status": status,
        "completed_at": now(),
        "owner": None,
        "lease_until": None,
        "paused_at": None,
        "cancel_requested": False,
        "error_message": text,
        "extra": with_code(job, code),
    }


def cancelled(job: SyncJob) -> dict[str, Any]:
    """What a job's row says when somebody ended it."""
    return ended(job, "failed", "cancelled", "Cancelled.")


def with_code(job: SyncJob, code: str | None) -> dict[str, Any]:
    """The job's `metadata` with this condition and since when it lasts, or without any."""
    before = job.extra or {}
    extra = {name: value for name, value in before.items() if name not in {"error_code", "failing_since"}}
    if code is None:
        return extra
    since = before.get("failing_since") if before.get("error_code") == code else None
    return extra | {"error_code": code, "failing_since": since or datetime.now(UTC).isoformat(timespec="seconds")}
