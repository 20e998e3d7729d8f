"""Where the lower axis of a chart has its labels, and what they say."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo

from ... import units
from .series import Ticks

Tick = tuple[float, str]

_DAY_S = 86_400
_TIME_STEPS_S = (1, 5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 10_800, 21_600, 43_200, _DAY_S)
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120)
_DAY_STEPS = (1, 2, 7, 14)
_MONTH_DAYS, _YEAR_DAYS = 31, 366


def distance(system: units.Units) -> Ticks:
    """For metres: "0 km", "4", "8": whole kilometres or miles, or parts of one."""
    unit_m, name = (1000.0, "km") if system == "metric" else (units.MILE_M, "mi")

    def ticks(first: float, last: float, most: int) -> Sequence[Tick]:
        step = _round_step((last - first) / unit_m / most) * unit_m
        decimals = max(-math.floor(math.log10(step / unit_m) + 1e-9), 0)
        places = list(_multiples(first, last, step))
        words = [units.number(x / unit_m, decimals) for x in places]
        words[:1] = [f"{word} {name}" for word in words[:1]]
        return list(zip(places, words, strict=True))

    return ticks


def elapsed(first: float, last: float, most: int) -> Sequence[Tick]:
    """For seconds since something began: "0:00", "20:00", "1:00:00"."""
    step = next((step for step in _TIME_STEPS_S if (last - first) / step <= most), _DAY_S)
    return [(x, units.duration(x)) for x in _multiples(first, last, step)]


def nothing(first: float, last: float, most: int) -> Sequence[Tick]:
    """An axis of which nothing is known."""
    return []


def clock(zone: tzinfo | None) -> Ticks:
    """For seconds since 1970: the time of day in a zone, "06:00"."""

    def ticks(first: float, last: float, most: int) -> Sequence[Tick]:
        step = next((step for step in _TIME_STEPS_S[4:] if (last - first) / step <= most), _DAY_S)
        offset = datetime.fromtimestamp(first, zone or UTC).utcoffset() or timedelta()
        shift = offset.total_seconds()
        places = (x - shift for x in _multiples(first + shift, last + shift, step))
        return [(x, f"{datetime.fromtimestamp(x, zone or UTC):%H:%M}") for x in places]

    return ticks


def days(first: float, last: float, most: int) -> Sequence[Tick]:
    """For ordinals of dates: "24 Aug", "7 Sep"; months, "Sep 2026", where many are shown; years, "2026"."""
    span = max(last - first, 1)
    for step in _DAY_STEPS:
        if span / step <= most:
            # Weeks begin on Monday: ordinal 1 was one.
            start = math.ceil(first) if step < 7 else math.ceil((first - 1) / 7) * 7 + 1
            return [(x, f"{date.fromordinal(x):%-d %b}") for x in range(start, math.floor(last) + 1, step)]
    months = next((step for step in _MONTH_STEPS if span / (step * 30.4) <= most), _MONTH_STEPS[-1])
    long = months >= 12
    return [(day.toordinal(), f"{day:%Y}" if long else f"{day:%b %Y}") for day in _month_starts(first, last, months)]


def _month_starts(first: float, last: float, step: int) -> Iterator[date]:
    day = date.fromordinal(max(math.floor(first), 1)).replace(day=1)
    number = day.year * 12 + day.month - 1
    number -= number % step
    while True:
        year, month = divmod(number, 12)
        if not 1 <= year <= date.max.year:
            return
        start = date(year, month + 1, 1)
        if start.toordinal() > last:
            return
        if start.toordinal() >= first:
            yield start
        number += step


def _round_step(rough: float) -> float:
    """The next larger of 1, 2, 5 times a power of ten."""
    if rough <= 0 or not math.isfinite(rough):
        return 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * (1 - 1e-9))


def _multiples(first: float, last: float, step: float) -> Iterator[float]:
    number = math.ceil(first / step - 1e-9)
    while number * step <= last + 1e-9 * step:
        yield number * step
        number += 1
