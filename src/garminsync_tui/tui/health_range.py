"""The spans of time that Health shows, and walking through them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from ..dates import EARLIEST


class Range(NamedTuple):
    """How long a span is. `days` is None for all there is."""

    name: str
    title: str
    days: int | None


RANGES = {
    each.name: each
    for each in (
        Range("day", "Day", 1),
        Range("week", "Week", 7),
        Range("month", "Month", 30),
        Range("quarter", "90 days", 90),
        Range("year", "Year", 365),
        Range("all", "All", None),
    )
}


@dataclass(frozen=True)
class Period:
    """Some days in a row, both included."""

    range: Range
    since: date
    until: date

    @classmethod
    def ending(cls, named: Range, until: date, oldest: date) -> Period:
        """The period of a range that ends on a day; all there is begins on the oldest day."""
        if named.days is None:
            return cls(named, min(oldest, until), until)
        return cls(named, until - timedelta(days=named.days - 1), until)

    @property
    def length(self) -> int:
        """How many days."""
        return (self.until - self.since).days + 1

    @property
    def days(self) -> list[date]:
        """Each of them."""
        return [self.since + timedelta(days=number) for number in range(self.length)]

    @property
    def before(self) -> Period:
        """As many days before these."""
        return Period(self.range, self.since - timedelta(days=self.length), self.since - timedelta(days=1))

    @property
    def words(self) -> str:
        """Like "24 Aug – 21 Nov 2026", "Tue 17 Nov 2026"."""
        first, last = self.since, self.until
        if self.range.days is None and first == EARLIEST:
            return "all time"
        if first == last:
            return f"{last:%a %-d %b %Y}"
        began = f"{first:%-d %b}" if first.year == last.year else f"{first:%-d %b %Y}"
        return f"{began} – {last:%-d %b %Y}"
