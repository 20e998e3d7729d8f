"""Which instants belong to which local day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..models import CalendarDay
from .upsert import insert, is_changed

_BOUNDS = ("starts_at", "ends_at", "utc_offset_s", "source")


class Bounds(NamedTuple):
    """A local day as Garmin tells it."""

    day: date
    starts_at: datetime
    ends_at: datetime
    utc_offset_s: int


def zone_of(name: str | None) -> ZoneInfo:
    """The IANA zone called `name`; UTC where it is unknown."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def assumed(day: date, zone: ZoneInfo) -> Bounds:
    """The day from midnight to midnight in `zone`: 23 or 25 hours when clocks change."""
    starts_at = datetime.combine(day, time(), zone)
    ends_at = datetime.combine(day + timedelta(days=1), time(), zone)
    offset = starts_at.utcoffset() or timedelta()
    return Bounds(day, starts_at.astimezone(UTC), ends_at.astimezone(UTC), int(offset.total_seconds()))


async def ensure(session: AsyncSession, account_id: UUID, zone: ZoneInfo, first: date, last: date) -> None:
    """Assume bounds for the days of a range that have none yet."""
    known = set(
        await session.scalars(
            sa.select(CalendarDay.day).where(
                CalendarDay.garmin_connect_account_id == account_id, CalendarDay.day.between(first, last)
            )
        )
    )
    missing = [
        {"garmin_connect_account_id": account_id, "source": "assumed", **assumed(day, zone)._asdict()}
        for day in (first + timedelta(days=n) for n in range((last - first).days + 1))
        if day not in known
    ]
    if missing:
        await session.execute(insert(session, CalendarDay).on_conflict_do_nothing(), missing)


async def save(session: AsyncSession, account_id: UUID, bounds: Iterable[Bounds]) -> set[date]:
    """Take over Garmin's bounds; the days whose bounds moved, because their rollups have to follow."""
    moved: set[date] = set()
    for each in bounds:
        statement = insert(session, CalendarDay).values(
            garmin_connect_account_id=account_id, source="garmin", **each._asdict()
        )
        result = await session.execute(
            statement.on_conflict_do_update(
                index_elements=["garmin_connect_account_id", "day"],
                set_={name: statement.excluded[name] for name in _BOUNDS},
                where=is_changed(CalendarDay, statement, _BOUNDS),
            ).returning(CalendarDay.day)
        )
        moved.update(result.scalars())
    return moved


async def overlapping(session: AsyncSession, account_id: UUID, first: datetime, last: datetime) -> list[CalendarDay]:
    """The days that hold any instant from `first` to `last`."""
    return list(
        await session.scalars(
            sa.select(CalendarDay).where(
                CalendarDay.garmin_connect_account_id == account_id,
                CalendarDay.starts_at <= last,
                CalendarDay.ends_at > first,
            )
        )
    )
