"""Which instants belong to which local day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import batched, pairwise
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..dates import zone_of as zone_of  # noqa: PLC0414 - callers ask this module about days
from ..models import CalendarDay
from .upsert import insert

_BOUNDS = ("starts_at", "ends_at", "utc_offset_s", "source")
#: How far a flight over the date line can push its neighbours.
_MARGIN = timedelta(days=3)
_DAYS_AT_ONCE = 500


class Bounds(NamedTuple):
    """A local day as Garmin tells it."""

    day: date
    starts_at: datetime
    ends_at: datetime
    utc_offset_s: int


def assumed(day: date, zone: ZoneInfo) -> Bounds:
    """The day from midnight to midnight in `zone`: 23 or 25 hours when clocks change."""
    starts_at = datetime.combine(day, time(), zone)
    ends_at = datetime.combine(day + timedelta(days=1), time(), zone)
    offset = starts_at.utcoffset() or timedelta()
    return Bounds(day, starts_at.astimezone(UTC), ends_at.astimezone(UTC), int(offset.total_seconds()))


def joined(bounds: Iterable[Bounds], told: Collection[date]) -> list[Bounds]:
    """Days in order, without gap or overlap between neighbours, so that every instant belongs to one of them.

    A day begins when Garmin `told` so and the day before ends then; where only the end of a day was told, the next
    begins there. A day that keeps no instant, skipped on a flight over the date line, is not among them.
    """
    ordered = sorted(bounds)
    if not ordered:
        return []
    found: list[Bounds] = []
    starts_at = ordered[0].starts_at
    for left, right in pairwise([*ordered, None]):
        assert left is not None
        ends_at, next_at = left.ends_at, right.starts_at if right else left.ends_at
        if right and (right.day - left.day == timedelta(days=1) or ends_at > next_at):
            ends_at = next_at = ends_at if left.day in told and right.day not in told else next_at
        ends_at = max(ends_at, starts_at)
        if ends_at > starts_at:
            found.append(left._replace(starts_at=starts_at, ends_at=ends_at))
        starts_at = max(next_at, ends_at)
    return found


async def ensure(session: AsyncSession, account_id: UUID, zone: ZoneInfo, first: date, last: date) -> None:
    """Assume bounds for the days of a range that have none yet, between those that are there."""
    known = await _stored(session, account_id, first - _MARGIN, last + _MARGIN)
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    missing = {day: assumed(day, zone) for day in every if day not in known}
    placed = joined([*(each for each, _ in known.values()), *missing.values()], known.keys())
    rows = [
        {"garmin_connect_account_id": account_id, "source": "assumed", **each._asdict()}
        for each in placed
        if each.day in missing
    ]
    if rows:
        await session.execute(insert(session, CalendarDay).on_conflict_do_nothing(), rows)


async def save(session: AsyncSession, account_id: UUID, bounds: Iterable[Bounds]) -> set[date]:
    """Take over Garmin's bounds and join the neighbours to them.

    Returns the days that hold other instants than before, because their rollups have to follow.
    """
    new = {each.day: each for each in bounds}
    if not new:
        return set()
    known = await _stored(session, account_id, min(new) - _MARGIN, max(new) + _MARGIN)
    before = {day: each for day, (each, _) in known.items()}
    was_told = {day for day, (_, source) in known.items() if source == "garmin"}
    told = was_told | new.keys()
    after = {each.day: each for each in joined((before | new).values(), told)}
    return await _replace(session, account_id, before, after, told, told - was_told)


async def assume_again(session: AsyncSession, account_id: UUID, zone: ZoneInfo) -> set[date]:
    """Assume by a zone that was not known before; what is told stays.

    Returns the days that hold other instants than before, because their rollups have to follow.
    """
    known = await _stored(session, account_id, date.min, date.max)
    before = {day: each for day, (each, _) in known.items()}
    told = {day for day, (_, source) in known.items() if source == "garmin"}
    bounds = (each if day in told else assumed(day, zone) for day, each in before.items())
    after = {each.day: each for each in joined(bounds, told)}
    return await _replace(session, account_id, before, after, told, set())


async def _replace(
    session: AsyncSession,
    account_id: UUID,
    before: Mapping[date, Bounds],
    after: Mapping[date, Bounds],
    told: Collection[date],
    newly_told: Collection[date],
) -> set[date]:
    """Write what changed; the days that hold other instants than before."""
    rows = [
        {
            "garmin_connect_account_id": account_id,
            "source": "garmin" if day in told else "assumed",
            **each._asdict(),
        }
        for day, each in after.items()
        if each != before.get(day) or day in newly_told
    ]
    if rows:
        statement = insert(session, CalendarDay)
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=["garmin_connect_account_id", "day"],
                set_={name: statement.excluded[name] for name in _BOUNDS},
            ),
            rows,
        )
    gone = before.keys() - after.keys()
    if gone:
        await session.execute(
            sa.delete(CalendarDay).where(CalendarDay.garmin_connect_account_id == account_id, CalendarDay.day.in_(gone))
        )
    return {day for day in before.keys() | after.keys() if _span(before.get(day)) != _span(after.get(day))}


async def told(session: AsyncSession, account_id: UUID, first: date, last: date) -> list[Bounds]:
    """The bounds of a range's days as Garmin, or a watch, told them; assumed ones are left out."""
    return [each for each, source in (await _stored(session, account_id, first, last)).values() if source == "garmin"]


async def give(session: AsyncSession, old: UUID, new: UUID) -> set[date]:
    """Move one account's days to another that keeps those it has; what is told goes before what is assumed.

    Returns the days that hold other instants than the account said of whom they came: their rollups have to follow.
    """
    theirs = await _stored(session, old, date.min, date.max)
    known = await _stored(session, new, min(theirs) - _MARGIN, max(theirs) + _MARGIN) if theirs else {}
    sources = {day: source for day, (_, source) in (theirs | known).items()}
    told = {day for day, source in sources.items() if source == "garmin"}
    after = {each.day: each for each in joined([each for each, _ in (theirs | known).values()], told)}
    for account_id, which in ((old, theirs), (new, known)):
        for some in batched(which, _DAYS_AT_ONCE):
            await session.execute(
                sa.delete(CalendarDay).where(
                    CalendarDay.garmin_connect_account_id == account_id, CalendarDay.day.in_(some)
                )
            )
    rows = [{"garmin_connect_account_id": new, "source": sources[day], **each._asdict()} for day, each in after.items()]
    if rows:
        await session.execute(insert(session, CalendarDay), rows)
    return {
        day for before in (theirs, known) for day, (each, _) in before.items() if _span(each) != _span(after.get(day))
    }


async def _stored(session: AsyncSession, account_id: UUID, first: date, last: date) -> dict[date, tuple[Bounds, str]]:
    """Bounds and source of some days; no instances, which would not follow what is written here."""
    d = CalendarDay
    rows = await session.execute(
        sa.select(d.day, d.starts_at, d.ends_at, d.utc_offset_s, d.source).where(
            d.garmin_connect_account_id == account_id, d.day.between(first, last)
        )
    )
    return {row.day: (Bounds(*row[:-1]), row.source) for row in rows}


def _span(bounds: Bounds | None) -> tuple[datetime, datetime] | None:
    return (bounds.starts_at, bounds.ends_at) if bounds else None


async def extent(
    session: AsyncSession, account_id: UUID | None, zone: ZoneInfo, since: date, until: date
) -> tuple[datetime, datetime]:
    """When the first of some local days begins and the last one ends; `zone` decides where nothing is stored."""
    known = await _stored(session, account_id, since, until) if account_id else {}
    first, last = (known[day][0] if day in known else assumed(day, zone) for day in (since, until))
    return first.starts_at, last.ends_at


async def overlapping(session: AsyncSession, account_id: UUID, first: datetime, last: datetime) -> list[date]:
    """The days that hold any instant from `first` to `last`."""
    return list(
        await session.scalars(
            sa.select(CalendarDay.day).where(
                CalendarDay.garmin_connect_account_id == account_id,
                # Their dates are near, and the key knows dates: ten years of days need not be looked at.
                CalendarDay.day.between(first.date() - _MARGIN, last.date() + _MARGIN),
                CalendarDay.starts_at <= last,
                CalendarDay.ends_at > first,
            )
        )
    )
