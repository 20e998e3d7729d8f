"""Storing what files told of days, whichever files those were."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from ...columns import from_ms
from ...garmin.endpoints import BY_NAME
from ...jobs.queue import Transaction
from ...store import days
from ...store.filling import ToldDay, fill_days
from ...store.health import roll_up_moved
from ..wellness.local_days import LocalDays
from .tally import Tally

_DAY = timedelta(days=1)


async def know_days(
    session: Transaction, account_id: UUID, zone: ZoneInfo, wanted: Iterable[date], local: LocalDays | None = None
) -> None:
    """Say when some days begin and end: as the watch's own clock was, where it tells."""
    ordered = sorted(wanted)
    for first, last in _runs(ordered):
        await days.ensure(session, account_id, zone, first - _DAY, last + _DAY)
    if local is None:
        return
    known = {each.day for each in await days.told(session, account_id, ordered[0], ordered[-1])}
    bounds = []
    for day in ordered:
        span = local.span(day)
        offset_s = local.offset_of_clock(span.starts_ms)
        if day not in known and offset_s is not None and local.offset_of_clock(span.ends_ms) is not None:
            bounds.append(days.Bounds(day, from_ms(span.starts_ms), from_ms(span.ends_ms), offset_s))
    await roll_up_moved(session, account_id, await days.save(session, account_id, bounds))


async def fill(
    session: Transaction, account_id: UUID, source: str, told: Mapping[str, Sequence[ToldDay]], tally: Tally
) -> set[tuple[str, date]]:
    """Store days by endpoint; which endpoints and days got something."""
    changed: set[tuple[str, date]] = set()
    for endpoint, every in told.items():
        filled = await fill_days(session, account_id, endpoint, BY_NAME[endpoint].metrics, source, every)
        changed |= {(endpoint, day) for day in filled.stored}
        tally.days |= filled.stored
        if filled.readings:
            tally.gained["readings"] += filled.readings
    return changed


def _runs(ordered: Sequence[date]) -> Iterator[tuple[date, date]]:
    """First and last of days that follow each other: a scale may tell of two days in ten years."""
    first = last = ordered[0]
    for day in ordered[1:]:
        if day - last > _DAY:
            yield first, last
            first = day
        last = day
    yield first, last
