"""Which local day an instant belongs to, by what Garmin told, else by the watch's own clock, else by a zone."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ...metrics import day_ms

#: So long an offset is believed before and after it was told: a file is begun at least once a day.
_HOLDS_MS = 36 * 3_600_000
_DAY = timedelta(days=1)


class Span(NamedTuple):
    """From the first instant to before the last one, in milliseconds since 1970."""

    starts_ms: int
    ends_ms: int


class LocalDays:
    """Local days; each begins where the one before it ends."""

    def __init__(self, told: Mapping[date, Span], clock: Iterable[tuple[int, int]], zone: ZoneInfo) -> None:
        self._told = told
        self._clock = sorted(set(clock))
        self._moments = [at_ms for at_ms, _ in self._clock]
        self._zone = zone
        #: The day that was asked for last: readings come a day after the other.
        self._last = (Span(0, 0), date.min)

    def day_of(self, at_ms: int) -> date:
        """The local day that an instant lies in."""
        (starts_ms, ends_ms), day = self._last
        if not starts_ms <= at_ms < ends_ms:
            day = self._find(at_ms)
            self._last = self.span(day), day
        return day

    def _find(self, at_ms: int) -> date:
        offset_s = self._offset_s(at_ms)
        day = (datetime.fromtimestamp(at_ms / 1000, UTC) + timedelta(seconds=offset_s)).date()
        while at_ms < self.starts_ms(day):
            day -= _DAY
        while at_ms >= self.starts_ms(day + _DAY):
            day += _DAY
        return day

    def span(self, day: date) -> Span:
        """When a day begins and ends."""
        return Span(self.starts_ms(day), self.starts_ms(day + _DAY))

    def starts_ms(self, day: date) -> int:
        """When a day begins."""
        if day in self._told:
            return self._told[day].starts_ms
        if day - _DAY in self._told:
            return self._told[day - _DAY].ends_ms
        midnight_ms = day_ms(day)
        offset_s = self._offset_s(midnight_ms - 1000 * self._offset_s(midnight_ms))
        return midnight_ms - 1000 * offset_s

    def offset_of_clock(self, at_ms: int) -> int | None:
        """What the watch's own clock says, in seconds; None where it said nothing near."""
        place = bisect_right(self._moments, at_ms)
        if place and at_ms - self._moments[place - 1] <= _HOLDS_MS:
            return self._clock[place - 1][1]
        if place < len(self._moments) and self._moments[place] - at_ms <= _HOLDS_MS:
            return self._clock[place][1]
        return None

    def _offset_s(self, at_ms: int) -> int:
        offset_s = self.offset_of_clock(at_ms)
        if offset_s is not None:
            return offset_s
        offset = datetime.fromtimestamp(at_ms / 1000, self._zone).utcoffset()
        return int(offset.total_seconds()) if offset else 0
