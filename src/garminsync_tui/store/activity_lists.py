"""What a long list of activities asks: its order as ids, a window of its rows, what it adds up to, its days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..filters import Condition
from ..models import Activity, ActivityFigures
from .activities import in_order, is_sqlite, number_in_summary, where
from .plain import day as day_of
from .records import HIGHEST_ASCENT_M, LOCAL_DAY

#: An id as its 16 bytes: of twenty thousand rows UUID objects alone would take a tenth of a second.
Key = bytes


class Totals(NamedTuple):
    """What activities add up to; None where none of them has it."""

    activities: int = 0
    duration_s: float = 0.0
    distance_m: float | None = None
    ascent_m: float | None = None


class Listing(NamedTuple):
    """A row of the list: an activity, and the load that was computed from its file."""

    activity: Activity
    load: float | None


#: How many activities there are, when the last was written, and of how many the file was computed.
Stamp = tuple[int, datetime | None, int]


class Day(NamedTuple):
    """The activities that started on a local day."""

    day: date
    totals: Totals


async def keys(
    session: AsyncSession, conditions: Sequence[Condition] = (), *, order: str = "date", descending: bool = True
) -> list[Key]:
    """The ids of all activities that meet the conditions, in order."""
    wanted: Any = sa.type_coerce(Activity.id, sa.LargeBinary) if is_sqlite(session) else Activity.id
    statement = sa.select(wanted).where(*(where(session, each) for each in conditions))
    found = (await session.scalars(statement.order_by(*in_order(order, descending)))).all()
    return list(found) if is_sqlite(session) else [each.bytes for each in found]


async def window(session: AsyncSession, wanted: Sequence[Key]) -> list[Listing]:
    """The activities with these ids, in their order; those that are gone are left out."""
    ids = [UUID(bytes=key) for key in wanted]
    statement = sa.select(Activity, ActivityFigures.load).outerjoin(
        ActivityFigures, ActivityFigures.activity_id == Activity.id
    )
    found = {row[0].id: Listing(*row) for row in await session.execute(statement.where(Activity.id.in_(ids)))}
    return [found[each] for each in ids if each in found]


async def stamp(session: AsyncSession) -> Stamp:
    """Another one after every change of an activity, and whenever one was computed."""
    row = (await session.execute(sa.select(sa.func.count(), sa.func.max(Activity.synced_at)))).one()
    return row[0], row[1], await session.scalar(sa.select(sa.func.count()).select_from(ActivityFigures)) or 0


async def types(session: AsyncSession) -> list[str]:
    """The types there are, the most frequent first."""
    statement = sa.select(Activity.activity_type).group_by(Activity.activity_type).order_by(sa.func.count().desc())
    return list(await session.scalars(statement))


async def totals(session: AsyncSession, conditions: Sequence[Condition] = ()) -> Totals:
    """What the activities that meet the conditions add up to."""
    statement = sa.select(*_sums(session)).where(*(where(session, each) for each in conditions))
    return _totals((await session.execute(statement)).one())


async def days(session: AsyncSession, conditions: Sequence[Condition], year: int) -> list[Day]:
    """The days of a year with activities that meet the conditions, in order."""
    bounds = (Condition("start", ">=", date(year, 1, 1)), Condition("start", "<", date(year + 1, 1, 1)))
    local_day: Any = sa.literal_column(LOCAL_DAY[is_sqlite(session)])
    statement = (
        sa.select(local_day, *_sums(session))
        .select_from(Activity)
        .where(*(where(session, each) for each in (*conditions, *bounds)))
        .group_by(local_day)
        .order_by(local_day)
    )
    return [Day(day_of(first), _totals(sums)) for first, *sums in await session.execute(statement)]


def _sums(session: AsyncSession) -> list[Any]:
    climbed = number_in_summary(session, "elevationGain")
    possible = sa.case((climbed.between(0, HIGHEST_ASCENT_M), climbed))
    seconds = sa.cast(Activity.duration, sa.Double)  # whole numbers could overflow
    return [sa.func.count(), sa.func.sum(seconds), sa.func.sum(Activity.distance), sa.func.sum(possible)]


def _totals(sums: Sequence[Any]) -> Totals:
    count, duration_s, distance_m, ascent_m = sums
    return Totals(count, float(duration_s or 0), distance_m, ascent_m)
