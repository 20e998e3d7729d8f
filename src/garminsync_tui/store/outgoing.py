"""Readings on their way out, page by page in the order of their index: memory does not grow with them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..metrics import METRICS, Granularity
from ..models import CalendarDay, GarminConnectAccount, HealthMetric
from .database import Database
from .days import zone_of

_PAGE_ROWS = 5_000
#: A local day lies within so much of 00:00 UTC of its date, flights over the date line included.
_AROUND = timedelta(days=3)


class Outgoing(NamedTuple):
    """One reading with the local day it belongs to."""

    metric: str
    timestamp: datetime
    local_day: date
    value: float
    unit: str | None
    extra: dict[str, Any] | None
    account_id: UUID


async def pages(
    database: Database,
    metrics: Sequence[str],
    since: date | None = None,
    until: date | None = None,
    page_rows: int = _PAGE_ROWS,
) -> AsyncGenerator[list[Outgoing]]:
    """The readings of each metric on the local days since..until, both included, oldest first.

    Each page is a look of its own: a reader that stops in the middle (a pager) must not hold a transaction.
    """
    owners = await _owners(database)
    r = HealthMetric
    for metric, (owner, local_days) in product(metrics, owners.items()):
        wanted = sa.select(r.timestamp, r.value, r.unit, r.extra).where(
            r.garmin_connect_account_id == owner, r.metric_type == metric
        )
        if until:
            wanted = wanted.where(r.timestamp < _midnight(until) + _AROUND)
        wanted = wanted.order_by(r.timestamp).limit(page_rows)
        following = wanted.where(r.timestamp >= _midnight(since) - _AROUND) if since else wanted
        while True:
            async with database.read() as session:
                rows = list(await session.execute(following))
            found = (
                Outgoing(metric, at, local_days.day(metric, at), value, unit, extra, owner)
                for at, value, unit, extra in rows
            )
            page = [each for each in found if (since or date.min) <= each.local_day <= (until or date.max)]
            if page:
                yield page
            if len(rows) < page_rows:
                break
            following = wanted.where(r.timestamp > rows[-1].timestamp)


async def _owners(database: Database) -> dict[UUID, _LocalDays]:
    account = GarminConnectAccount
    async with database.read() as session:
        owners = list(await session.execute(sa.select(account.id, account.time_zone).order_by(account.id)))
        return {owner: await _LocalDays.of(session, owner, zone_of(zone)) for owner, zone in owners}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


class _LocalDays:
    """Which local day an instant belongs to: as Garmin told it, else by the account's time zone."""

    def __init__(self, bounds: Sequence[tuple[datetime, datetime, date]], zone: ZoneInfo) -> None:
        self._bounds = bounds
        self._starts = [starts_at for starts_at, _, _ in bounds]
        self._zone = zone

    @classmethod
    async def of(cls, session: AsyncSession, owner: UUID, zone: ZoneInfo) -> _LocalDays:
        rows = await session.execute(
            sa.select(CalendarDay.starts_at, CalendarDay.ends_at, CalendarDay.day)
            .where(CalendarDay.garmin_connect_account_id == owner)
            .order_by(CalendarDay.starts_at)
        )
        return cls([(row[0], row[1], row[2]) for row in rows], zone)

    def day(self, metric: str, moment: datetime) -> date:
        """A day's value lies at 00:00 UTC of its date; everything else where the day's bounds put it."""
        if metric in METRICS and METRICS[metric].granularity is Granularity.DAY:
            return moment.astimezone(UTC).date()
        place = bisect_right(self._starts, moment) - 1
        if place >= 0 and moment < self._bounds[place][1]:
            return self._bounds[place][2]
        return moment.astimezone(self._zone).date()
