"""A few numbers about a database: what `status` shows."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..models import Activity, HealthDaily, SyncJob
from . import migrate
from .database import Database


class Facts(NamedTuple):
    """How much is stored, and how the jobs stand."""

    revision: str | None
    size_bytes: int
    activities: int
    readings: int
    #: The day of the first and of the newest health value.
    days: tuple[date | None, date | None]
    #: Jobs by status.
    jobs: dict[str, int]


async def facts(database: Database) -> Facts:
    """Read them all; the number of readings comes from the rollup, which is quick at any size."""
    async with database.read() as session:
        revision = await migrate.revision(await session.connection())
        activities = await session.scalar(sa.select(sa.func.count()).select_from(Activity))
        readings = await session.scalar(sa.select(sa.cast(sa.func.sum(HealthDaily.n), sa.BigInteger)))
        first, last = (
            await session.execute(
                sa.select(
                    sa.func.min(HealthDaily.day, type_=HealthDaily.day.type),
                    sa.func.max(HealthDaily.day, type_=HealthDaily.day.type),
                )
            )
        ).one()
        jobs = await session.execute(sa.select(SyncJob.status, sa.func.count()).group_by(SyncJob.status))
        return Facts(
            revision=revision,
            size_bytes=await _size(database, session),
            activities=activities or 0,
            readings=readings or 0,
            days=(first, last),
            jobs={row[0]: row[1] for row in jobs},
        )


async def last_synced(database: Database) -> dict[str, datetime]:
    """When a job of each type last ended well."""
    async with database.read() as session:
        rows = await session.execute(
            sa.select(SyncJob.job_type, sa.func.max(SyncJob.completed_at, type_=SyncJob.completed_at.type))
            .where(SyncJob.status == "completed", SyncJob.completed_at.is_not(None))
            .group_by(SyncJob.job_type)
        )
        return {row[0]: row[1] for row in rows if row[1] is not None}


async def _size(database: Database, session: AsyncSession) -> int:
    if not database.sqlite:
        return int(await session.scalar(sa.text("SELECT pg_database_size(current_database())")) or 0)
    path = Path(str(database.url.database))
    files = (path, path.with_name(path.name + "-wal"))
    return sum(file.stat().st_size for file in files if file.is_file())
