"""What came before anybody knew whose it is, given to its Garmin account: activities one by one, health as a whole."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from ..columns import now
from ..metrics import METRICS, Granularity
from ..models import (
    Activity,
    CalendarDay,
    Coverage,
    GarminConnectAccount,
    HealthCount,
    HealthDaily,
    HealthMetric,
    ImportedFile,
)
from . import coverage, days, figures, health
from .own_accounts import local_name
from .schema import ACTIVITY_FILE
from .upsert import insert

#: Why the ledger lets Garmin be asked.
NO_ORIGINAL = "The original was not among the imported files; what was is here."
#: What is noted in `metadata` about a file, whoever tells the rest.
FILE_NOTES = ("file_origin", "file_problem")


# ── Activities ───────────────────────────────────────────────────────────────────────────────────────────


async def give_activity(
    session: AsyncSession, activity: Activity, account_id: UUID, values: dict[str, Any], path: str
) -> None:
    """Let an activity be the one that Garmin knows as `values` say; its file lies at `path` now.

    Where its file is the original, Garmin need not be asked for it; else it is to be, with the next sync.
    """
    notes = {key: value for key, value in (activity.extra or {}).items() if key in FILE_NOTES}
    columns: dict[Any, Any] = {getattr(Activity, name): value for name, value in values.items()}
    columns |= {
        Activity.extra: {**values["extra"], **notes},
        Activity.garmin_connect_account_id: account_id,
        Activity.file_path: path,
        Activity.synced_at: now(),
    }
    await figures.forget(session, activity.id)
    await session.execute(sa.update(Activity).where(Activity.id == activity.id).values(columns))
    day = (values["start_time"] + timedelta(seconds=values["utc_offset_s"] or 0)).date()
    if notes.get("file_origin") == "original" and "file_problem" not in notes:
        entry = coverage.Entry(ACTIVITY_FILE, day, "fetched", values["garmin_activity_id"])
        await coverage.record(session, account_id, [entry])
    else:
        await coverage.await_file(session, account_id, day, values["garmin_activity_id"], NO_ORIGINAL)


# ── Health ───────────────────────────────────────────────────────────────────────────────────────────────


async def give_local_health(session: AsyncSession, user_id: UUID, account_id: UUID) -> None:
    """Move the health of files whose owner nobody knew to the user's Garmin account, in the caller's transaction.

    Where the account has a metric's day already, that one stays and the other goes: no day exists twice.
    """
    local_id = await session.scalar(
        sa.select(GarminConnectAccount.id).where(
            GarminConnectAccount.user_id == user_id, GarminConnectAccount.garmin_user_id == local_name(user_id)
        )
    )
    if local_id is not None and local_id != account_id:
        await _move(session, local_id, account_id)


async def know_zone(session: AsyncSession, account_id: UUID, time_zone: str) -> None:
    """Days of files were assumed before anybody knew where their owner lives."""
    moved = await days.assume_again(session, account_id, days.zone_of(time_zone))
    await health.roll_up_moved(session, account_id, moved)


async def _move(session: AsyncSession, old: UUID, new: UUID) -> None:
    counts = HealthCount.garmin_connect_account_id == old
    metrics = list(await session.scalars(sa.select(HealthCount.metric_type).where(counts)))
    await _forget_held(session, old, new)
    for table, keys in (
        (HealthMetric, ("metric_type", "timestamp")),
        (HealthDaily, ("metric_type", "day")),
        (Coverage, ("endpoint", "day", "item")),
    ):
        await _move_rows(session, table, keys, old, new)
    await session.execute(
        sa.update(ImportedFile)
        .where(ImportedFile.garmin_connect_account_id == old)
        .values(garmin_connect_account_id=new)
    )
    moved = await days.give(session, old, new)
    await session.execute(sa.delete(HealthCount).where(counts))
    await _count(session, new, metrics)
    await health.roll_up_moved(session, new, moved)


async def _forget_held(session: AsyncSession, old: UUID, new: UUID) -> None:
    """Remove the old account's readings of every metric and day of which the new one has some."""
    theirs = sa.select(HealthDaily.metric_type, HealthDaily.day).where(HealthDaily.garmin_connect_account_id == new)
    rows = await session.execute(
        sa.select(HealthDaily.metric_type, HealthDaily.day, CalendarDay.starts_at, CalendarDay.ends_at)
        .join(
            CalendarDay,
            sa.and_(CalendarDay.garmin_connect_account_id == old, CalendarDay.day == HealthDaily.day),
            isouter=True,
        )
        .where(
            HealthDaily.garmin_connect_account_id == old,
            sa.tuple_(HealthDaily.metric_type, HealthDaily.day).in_(theirs),
        )
    )
    held: dict[tuple[date, Any, Any], list[str]] = defaultdict(list)
    for metric, day, starts_at, ends_at in rows:
        if metric in METRICS and METRICS[metric].granularity is not Granularity.DAY and starts_at is not None:
            held[day, starts_at, ends_at].append(metric)
    for (_, starts_at, ends_at), metrics in held.items():
        await session.execute(
            sa.delete(HealthMetric).where(
                HealthMetric.garmin_connect_account_id == old,
                HealthMetric.metric_type.in_(metrics),
                HealthMetric.timestamp >= starts_at,
                HealthMetric.timestamp < ends_at,
            )
        )


async def _move_rows(session: AsyncSession, table: Any, keys: tuple[str, ...], old: UUID, new: UUID) -> None:
    """Give rows to the new account; those that it has by the same key stay its own."""
    there: Any = aliased(table)
    held = (
        sa.select(sa.literal(1))
        .where(there.garmin_connect_account_id == new, *(getattr(there, key) == getattr(table, key) for key in keys))
        .exists()
    )
    await session.execute(
        sa.delete(table)
        .where(table.garmin_connect_account_id == old, held)
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        sa.update(table)
        .where(table.garmin_connect_account_id == old)
        .values(garmin_connect_account_id=new)
        .execution_options(synchronize_session=False)
    )


async def _count(session: AsyncSession, account_id: UUID, metrics: list[str]) -> None:
    rows = await session.execute(
        sa.select(HealthDaily.metric_type, sa.cast(sa.func.sum(HealthDaily.n), sa.BigInteger))
        .where(HealthDaily.garmin_connect_account_id == account_id, HealthDaily.metric_type.in_(metrics))
        .group_by(HealthDaily.metric_type)
    )
    new = [{"garmin_connect_account_id": account_id, "metric_type": metric, "n": n} for metric, n in rows]
    if new:
        statement = insert(session, HealthCount)
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=["garmin_connect_account_id", "metric_type"], set_={"n": statement.excluded["n"]}
            ),
            new,
        )
