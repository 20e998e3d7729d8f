"""Sums by week, month and year, and runs of days and weeks without a hole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import isnan
from typing import Literal, NamedTuple

Period = Literal["week", "month", "year"]

_WEEK = timedelta(days=7)


@dataclass(slots=True)
class Totals:
    """How many rows a period has, and the sum of each of their values that is known."""

    count: int = 0
    sums: dict[str, float] = field(default_factory=dict)


class Streak(NamedTuple):
    """Days or weeks in a row: the run that still goes on, and the longest ever with its first day."""

    current: int
    longest: int
    longest_since: date | None


def period_start(day: date, period: Period) -> date:
    """The first day of the week (Monday, ISO 8601), month or year that `day` is in."""
    if period == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if period == "month" else day.replace(month=1, day=1)


def totals(rows: Iterable[tuple[date, Mapping[str, float | None]]], period: Period) -> dict[date, Totals]:
    """Sums of rows (local date of the start, values) by the first day of their period, in order.

    None and NaN are not known and left out. Periods between the first and the last without a row are there
    with nothing in them.
    """
    groups: dict[date, Totals] = {}
    for day, values in rows:
        group = groups.setdefault(period_start(day, period), Totals())
        group.count += 1
        for name, value in values.items():
            if value is not None and not isnan(value):
                group.sums[name] = group.sums.get(name, 0.0) + value
    if not groups:
        return {}
    return {start: groups.get(start, Totals()) for start in period_starts(min(groups), max(groups), period)}


def period_starts(since: date, until: date, period: Period) -> Iterator[date]:
    """The first days of all periods that touch `since` to `until`, both included."""
    start = period_start(since, period)
    while start <= until:
        yield start
        # A week, or more than the longest month or year: somewhere in the next period.
        ahead = {"week": 7, "month": 32, "year": 367}[period]
        start = period_start(start + timedelta(days=ahead), period)


def streak_days(days: Iterable[date], today: date) -> Streak:
    """Days in a row with an activity. Today is not over: a run that reached yesterday still goes on."""
    return _streak(days, today, timedelta(days=1))


def streak_weeks(days: Iterable[date], today: date) -> Streak:
    """Weeks (from Monday) in a row with an activity; a run that reached last week still goes on."""
    return _streak((period_start(day, "week") for day in days), period_start(today, "week"), _WEEK)


def _streak(days: Iterable[date], today: date, step: timedelta) -> Streak:
    current = length = longest = 0
    longest_since: date | None = None
    previous: date | None = None
    for day in sorted(set(days)):
        length = length + 1 if previous is not None and day - previous == step else 1
        if length > longest:
            longest, longest_since = length, day - (length - 1) * step
        if today - step <= day <= today:
            current = length
        previous = day
    return Streak(current, longest, longest_since)
