"""Deleting an account with everything that belongs to it: said in counts first, then done in one transaction."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from ..models import (
    Activity,
    ActivityFile,
    CalendarDay,
    Coverage,
    GarminConnectAccount,
    HealthCount,
    HealthDaily,
    HealthMetric,
    RawResponse,
    Schedule,
    SyncJob,
    WorkoutRemote,
)
from .database import Database


class Belongings(NamedTuple):
    """What belongs to an account."""

    activities: int
    file_bytes: int
    readings: int
    jobs: int


#: Children before parents; `job_events` go with their jobs.
_OWNED = (
    RawResponse,
    HealthMetric,
    HealthDaily,
    HealthCount,
    Coverage,
    CalendarDay,
    Activity,
    SyncJob,
    Schedule,
    WorkoutRemote,
)


async def belongings(database: Database, account_id: UUID) -> Belongings:
    """Count what `delete_account` would remove."""
    async with database.read() as session:
        activities, size = (
            await session.execute(
                sa.select(
                    sa.func.count(), sa.cast(sa.func.coalesce(sa.func.sum(Activity.size_bytes), 0), sa.BigInteger)
                ).where(Activity.garmin_connect_account_id == account_id)
            )
        ).one()
        readings = await session.scalar(
            sa.select(sa.func.count())
            .select_from(HealthMetric)
            .where(HealthMetric.garmin_connect_account_id == account_id)
        )
        jobs = await session.scalar(
            sa.select(sa.func.count()).select_from(SyncJob).where(SyncJob.garmin_connect_account_id == account_id)
        )
    return Belongings(activities, size, readings or 0, jobs or 0)


async def delete_account(database: Database, account_id: UUID, files: Path) -> None:
    """Remove the account, its rows and its files below `files`. There is no way back."""
    async with database.write() as session:
        for table in _OWNED:
            await session.execute(sa.delete(table).where(table.garmin_connect_account_id == account_id))
        if not database.sqlite:
            kept = sa.select(Activity.sha256)
            await session.execute(sa.delete(ActivityFile).where(ActivityFile.sha256.not_in(kept)))
        await session.execute(sa.delete(GarminConnectAccount).where(GarminConnectAccount.id == account_id))
    # Rows first: files that are left behind by a crash here are found again, rows without files are not.
    await asyncio.to_thread(shutil.rmtree, files / str(account_id), ignore_errors=True)
