"""Health out of files: it fills the days of which Garmin was not asked, or had nothing to say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..columns import from_ms, to_ms
from ..metrics import METRICS, Granularity, Reading, day_ms
from ..models import Coverage, HealthMetric
from . import coverage
from .health import API, ARCHIVE, FIT, FetchedDay, Known, ledger, write_days

_WHOLE = {"fetched", "empty"}


class ToldDay(NamedTuple):
    """What files told of one day of an endpoint, and whether that is all that the endpoint would give."""

    day: date
    readings: Sequence[Reading]
    whole: bool


class Filled(NamedTuple):
    """Which days got values, how many had all of them, how many keep those of a better source."""

    stored: frozenset[date]
    known: int
    kept: int
    #: That were not there before.
    readings: int


async def fill_days(
    session: AsyncSession,
    account_id: UUID,
    endpoint: str,
    metrics: Sequence[str],
    source: str,
    told: Sequence[ToldDay],
) -> Filled:
    """Store what files told of some days, with ledger and rollup; a day has values of one source only.

    Garmin's own answer stays wherever it had values. Of two files the one that tells the whole day wins, a watch's
    before the archive's; of two that tell a part, the watch's where it has the endpoint's first metric. What one source
    tells in several files adds up. A day told in part stays open, so that a sync asks for it.
    """
    before = await ledger(session, account_id, endpoint, [each.day for each in told])
    is_outdated = source == ARCHIVE and await _reaches_beyond(session, account_id, endpoint, told)
    whole: list[FetchedDay] = []
    parts: list[FetchedDay] = []
    known = kept = readings = 0
    for each in told:
        old = before.get(each.day)
        if not each.readings and old is not None and (old.status in _WHOLE or old.first_at is not None):
            known += 1
            continue
        held: dict[tuple[str, int], Reading] = {}
        if old is not None and old.first_at is not None:
            if old.source == API:
                kept += 1
                continue
            held = await _held(session, account_id, metrics, old)
            if old.source != source and not _wins(metrics[0], source, each, old, held):
                kept += 1
                continue
        same = old is not None and old.source == source
        every = _keyed(each.readings)
        merged = held | every if same else every
        if same and is_outdated and not each.whole:
            # Its last days were not over when it was made.
            merged = every | held
        was_whole = same and old is not None and old.status in _WHOLE
        # A part has nothing to add to a whole day: where a file begins in the middle, it knows less.
        if (was_whole and not each.whole) or (same and merged == held and was_whole == each.whole):
            known += 1
        else:
            readings += sum(held.get(key) != reading for key, reading in merged.items())
            (whole if each.whole else parts).append(FetchedDay(each.day, list(merged.values())))
    for days, status in ((whole, "fetched"), (parts, "stale")):
        entries = await write_days(session, account_id, endpoint, metrics, before, days)
        found = [entry._replace(status=status if entry.first_at else "empty", source=source) for entry in entries]
        await coverage.record(session, account_id, found, fetched=status == "fetched")
    return Filled(frozenset(each.day for each in (*whole, *parts)), known, kept, readings)


def _wins(first_metric: str, source: str, told: ToldDay, old: Known, held: Mapping[tuple[str, int], Reading]) -> bool:
    """Whether a file's day takes the place of what a file of another kind told; the order of imports is no matter."""
    was_whole = old.status == "fetched"
    if source == FIT:
        return told.whole or (not was_whole and _is_rich(first_metric, told.readings))
    return not was_whole and (told.whole or not _is_rich(first_metric, held.values()))


def _is_rich(first_metric: str, readings: Iterable[Reading]) -> bool:
    """Whether a watch's part of a day is more than an archive's sums."""
    metrics = {each.metric for each in readings}
    return first_metric in metrics and any(METRICS[metric].granularity is not Granularity.DAY for metric in metrics)


async def _reaches_beyond(session: AsyncSession, account_id: UUID, endpoint: str, told: Sequence[ToldDay]) -> bool:
    """Whether an archive that was made later was imported before."""
    reached = await session.scalar(
        sa.select(sa.func.max(Coverage.day)).where(
            Coverage.garmin_connect_account_id == account_id,
            Coverage.endpoint == endpoint,
            Coverage.source == ARCHIVE,
        )
    )
    return reached is not None and reached > max((each.day for each in told), default=date.max)


async def _held(
    session: AsyncSession, account_id: UUID, metrics: Sequence[str], old: Known
) -> dict[tuple[str, int], Reading]:
    """What is stored of a day that a file told."""
    h = HealthMetric
    by_day = [metric for metric in metrics if METRICS[metric].granularity is Granularity.DAY]
    timed = [metric for metric in metrics if METRICS[metric].granularity is not Granularity.DAY]
    found: list[Reading] = []
    # One after the other: of both in one query SQLite reads all that the account has.
    for some, when in (
        (by_day, h.timestamp == from_ms(day_ms(old.day))),
        (timed, h.timestamp.between(old.first_at, old.last_at)),
    ):
        if some:
            rows = await session.execute(
                sa.select(h.metric_type, h.timestamp, h.value, h.extra).where(
                    h.garmin_connect_account_id == account_id, h.metric_type.in_(some), when
                )
            )
            found += [Reading(metric, to_ms(at), value, extra or None) for metric, at, value, extra in rows]
    return _keyed(found)


def _keyed(readings: Sequence[Reading]) -> dict[tuple[str, int], Reading]:
    return {(each.metric, each.at_ms): each for each in readings}
