"""Counters of a watch into steps, floors and minutes of effort: by the quarter of an hour, and by day.

A counter counts since local midnight; one that is smaller than before began anew, at midnight or when the watch was
restarted. What it reads at midnight itself is still of the day that ends.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from ...formats.fit_wellness import Count, Gain
from ...metrics import Reading, day_ms, plausible
from .local_days import LocalDays, Span

QUARTER_MS = 900_000
_METRES_A_FLOOR = 3.048
#: Between the last entry of a file and the first of the next; a watch at rest writes seldom.
_SLACK_MS = 1_800_000
#: How long after midnight a watch may still show the counters of the day before; nobody gets so far meanwhile.
_LATE_RESET_MS, _FARTHER = 600_000, 3_000


class Watched:
    """When a watch was writing."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        merged: list[Span] = []
        for first_ms, last_ms in sorted(spans):
            if merged and first_ms - merged[-1].ends_ms <= _SLACK_MS:
                merged[-1] = Span(merged[-1].starts_ms, max(merged[-1].ends_ms, last_ms))
            else:
                merged.append(Span(first_ms, last_ms))
        self.spans = merged

    def covers(self, starts_ms: int, ends_ms: int) -> bool:
        """Whether it was writing all the time between two instants."""
        return any(
            first_ms - _SLACK_MS <= starts_ms and ends_ms <= last_ms + _SLACK_MS for first_ms, last_ms in self.spans
        )


class Part(NamedTuple):
    """What a counter counted between two instants of one day."""

    day: date
    since_ms: int
    at_ms: int
    amount: float


def counted(counts: Iterable[Count], local: LocalDays) -> Iterator[tuple[str, Part]]:
    """What each counter counted from one time it was read to the next."""
    # At midnight a watch writes what it counted last, and that it begins anew.
    ordered = sorted(counts, key=lambda count: (count.what, count.activity_type, count.at_ms, -count.total))
    for (what, _), readings in groupby(ordered, key=lambda count: (count.what, count.activity_type)):
        for part in _differences(readings, local):
            yield what, part


def _differences(readings: Iterable[Count], local: LocalDays) -> Iterator[Part]:
    last: Count | None = None
    last_day: date | None = None
    for count in readings:
        day = local.day_of(count.at_ms - 1)
        starts_ms = local.starts_ms(day)
        is_late = last is not None and last.total > _FARTHER and count.at_ms - starts_ms <= _LATE_RESET_MS
        goes_on = last is not None and count.total >= last.total and (day == last_day or is_late)
        amount = count.total - last.total if last is not None and goes_on else count.total
        since_ms = last.at_ms if last is not None and day == last_day else starts_ms
        if amount > 0:
            yield Part(day, since_ms, count.at_ms, amount)
        last, last_day = count, day


def gained(gains: Iterable[Gain], local: LocalDays) -> Iterator[tuple[str, Part]]:
    """Gains, each in the day in which it was written down."""
    for gain in sorted(set(gains), key=lambda gain: gain.at_ms):
        if gain.amount > 0:
            yield gain.what, Part(local.day_of(gain.at_ms - 1), gain.at_ms - 1, gain.at_ms, gain.amount)


#: What was counted → the metric of its quarters, how much of it is one, and the metric of its day.
_QUARTERS = {
    "steps": ("steps", 1.0),
    "ascent": ("floors_ascended", _METRES_A_FLOOR),
    "descent": ("floors_descended", _METRES_A_FLOOR),
    "moderate": ("intensity_minutes", 1.0),
    # As Garmin counts them.
    "vigorous": ("intensity_minutes", 0.5),
}
_TOTALS = {
    "steps": ("steps_total", 1.0),
    "distance": ("distance_total", 1.0),
    "ascent": ("floors_ascended_total", _METRES_A_FLOOR),
    "descent": ("floors_descended_total", _METRES_A_FLOOR),
    "moderate": ("intensity_minutes_moderate_total", 1.0),
    "vigorous": ("intensity_minutes_vigorous_total", 1.0),
}
#: A watch that counts them counts none at rest.
_NONE_AT_REST = {"steps", "floors_ascended", "floors_descended"}


def metrics_of(counts: Iterable[Count], gains: Iterable[Gain]) -> set[str]:
    """Which metrics come of what was counted."""
    kinds = {count.what for count in counts} | {gain.what for gain in gains}
    return {table[what][0] for table in (_QUARTERS, _TOTALS) for what in kinds & table.keys()}


def movement(
    counts: Sequence[Count], gains: Sequence[Gain], watched: Watched, days: Iterable[date], local: LocalDays
) -> dict[date, list[Reading]]:
    """Quarters of an hour at their beginning, and the totals of the days that were watched from end to end.

    A counter that was first read in the middle of what was not watched is in no quarter: nobody knows which.
    """
    quarters: dict[tuple[date, str], dict[int, float]] = defaultdict(lambda: defaultdict(float))
    totals: dict[tuple[date, str], float] = defaultdict(float)
    kinds = {count.what for count in counts} | {gain.what for gain in gains}
    for what, part in (*counted(counts, local), *gained(gains, local)):
        metric, unit = _TOTALS[what]
        totals[part.day, metric] += part.amount / unit
        if what in _QUARTERS and watched.covers(part.since_ms, part.at_ms):
            metric, unit = _QUARTERS[what]
            starts_ms = local.starts_ms(part.day)
            place = (part.at_ms - 1 - starts_ms) // QUARTER_MS
            quarters[part.day, metric][starts_ms + place * QUARTER_MS] += part.amount / unit
    at_rest = {_QUARTERS[what][0] for what in kinds & _QUARTERS.keys()} & _NONE_AT_REST
    found: dict[date, list[Reading]] = defaultdict(list)
    for day in days:
        span = local.span(day)
        for metric in sorted(at_rest):
            for at_ms in range(span.starts_ms, span.ends_ms, QUARTER_MS):
                if any(first <= at_ms and at_ms + QUARTER_MS <= last for first, last in watched.spans):
                    quarters[day, metric][at_ms] += 0
        own = {metric: amount for (of, metric), amount in totals.items() if of == day}
        if own and watched.covers(*span):
            # On a day on which something was counted, nothing is a count.
            for what in sorted(kinds):
                metric = _TOTALS[what][0]
                _add(found[day], metric, day_ms(day), own.get(metric, 0))
    for (day, metric), amounts in quarters.items():
        for at_ms, amount in sorted(amounts.items()):
            _add(found[day], metric, at_ms, amount)
    return dict(found)


def _add(readings: list[Reading], metric: str, at_ms: int, value: float) -> None:
    """As Garmin tells them: whole steps, metres, floors, minutes."""
    if plausible(metric, value):
        readings.append(Reading(metric, at_ms, float(round(value))))
