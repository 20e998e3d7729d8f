"""The log of each job: lines in the database, so that every process can show them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ...ids import new_id
from ...models import JobEvent
from ...text import clean

EVENTS_KEPT = 500
_EVENT_CHARACTERS = 300


async def write_lines(session: AsyncSession, job_id: UUID, lines: Iterable[tuple[str, str]]) -> None:
    """Add lines (level, text) to the job's log; only the newest are kept."""
    rows = [
        {"id": new_id(), "job_id": job_id, "level": level, "text": clean(text, _EVENT_CHARACTERS)}
        for level, text in lines
    ][-EVENTS_KEPT:]
    if not rows:
        return
    await session.execute(sa.insert(JobEvent), rows)
    oldest_kept = (
        sa.select(JobEvent.id)
        .where(JobEvent.job_id == job_id)
        .order_by(JobEvent.id.desc())
        .offset(EVENTS_KEPT - 1)
        .limit(1)
        .scalar_subquery()
    )
    await session.execute(
        sa.delete(JobEvent)
        .where(JobEvent.job_id == job_id, JobEvent.id < oldest_kept)
        .execution_options(synchronize_session=False)
    )
