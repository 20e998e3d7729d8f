"""The fastest time over each distance within one recording, on the wall clock: a stop makes no record."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, compress, repeat
from math import inf
from operator import eq, sub
from typing import Literal

from . import heuristics as judged
from .records import record_s
from .sports import Sport

_ON_FOOT_M = (
    *(400.0, 800.0, 1000.0, 1609.344, 3000.0, 3218.688, 5000.0, 10_000.0),
    *(15_000.0, 16_093.44, 20_000.0, 21_097.5, 30_000.0, 42_195.0, 50_000.0),
)
#: Distances in metres by sport. Swimming has none: pools have lengths, and open water no exact way.
EFFORT_DISTANCES_M: Mapping[Sport, tuple[float, ...]] = {
    "running": _ON_FOOT_M,
    "walking": (1000.0, 1609.344, 5000.0, 10_000.0, 21_097.5, 42_195.0, 50_000.0, 100_000.0),
    "cycling": (5000.0, 10_000.0, 20_000.0, 40_000.0, 50_000.0, 100_000.0, 160_934.4, 200_000.0),
}

# Windows are equally fast if they differ by less than adding up leaves behind.
_SAME_S = 1e-9
# Points are looked at one by one rather than leapt over to save less than this.
_WORTH_A_LEAP_S = 3.0

Note = Literal["suspect", "downhill"]


@dataclass(frozen=True, slots=True)
class Effort:
    """The fastest `value` seconds over `span` metres, begun `start_s` seconds after the first moment given.

    `note` says what speaks against it: "suspect" (not possible, or not measured), else "downhill".
    """

    span: float
    value: float
    start_s: float
    note: Note | None = None


def best_efforts(
    elapsed_s: Sequence[float],
    distance_m: Sequence[float],
    sport: Sport,
    *,
    distances_m: Sequence[float] | None = None,
    speed_mps: Sequence[float] | None = None,
    altitude_m: Sequence[float] | None = None,
    positions_m: Sequence[float] | None = None,
) -> list[Effort]:
    """The best effort over each distance that was covered, of points on the wall clock.

    `elapsed_s` ascends strictly; `distance_m` is cumulative (where it falls it counts as standing), between
    points it grows steadily. So the fastest window starts or ends on a point: both are tried, the other end
    lying between two points, which is exact. The earliest of equals wins. The other columns only make notes;
    `positions_m` is the cumulative length of the line through all positions.
    """
    known = list(compress(range(len(distance_m)), map(eq, distance_m, distance_m)))  # NaN alone differs from itself
    if len(known) < 2:
        return []
    times = [elapsed_s[index] for index in known]
    reached = [distance_m[index] for index in known]
    ways = list(accumulate(map(max, map(sub, reached[1:], reached), repeat(0.0)), initial=0.0))
    doubts = _Doubts(times, ways, sport, *(_picked(column, known) for column in (speed_mps, altitude_m, positions_m)))
    # Windows that end on a point start on one for someone who looks back.
    back_times, back_ways = [-moment for moment in reversed(times)], [ways[-1] - way for way in reversed(ways)]
    efforts = []
    for span in EFFORT_DISTANCES_M.get(sport, ()) if distances_m is None else distances_m:
        if 0 < span <= ways[-1]:
            value, start = _from_points(times, ways, span)
            from_end, start_from_end = _from_points(back_times, back_ways, span)
            if from_end < value - _SAME_S:
                value, start = from_end, -start_from_end - from_end
            efforts.append(Effort(span, value, start, doubts.note(span, value, start)))
    return efforts


def _picked(column: Sequence[float] | None, known: Sequence[int]) -> list[float] | None:
    return None if column is None else [column[index] for index in known]


def _from_points(times: list[float], ways: list[float], span: float) -> tuple[float, float]:
    """The fastest window that starts on a point: seconds, start."""
    best, best_start = inf, 0.0
    index, end = 0, 1
    starts = bisect_right(ways, ways[-1] - span)
    # The last window may end beyond the last point by what adding up leaves behind.
    times, ways = [*times, times[-1]], [*ways, inf]
    while index < starts:
        start_s = times[index]
        target = ways[index] + span
        while ways[end] < target:
            end += 1
        before_s = times[end - 1]
        took = before_s - start_s
        if took < best:
            reached = ways[end - 1]
            took += (times[end] - before_s) * (target - reached) / (ways[end] - reached)
            if took < best - _SAME_S:
                best, best_start = took, start_s
        index += 1
        # A window that starts d seconds later ends no earlier: it takes at most d seconds less.
        if took - best > _WORTH_A_LEAP_S:
            index = bisect_left(times, start_s + took - best, index, starts)
    return best, best_start


class _Doubts:
    """What speaks against a window."""

    def __init__(
        self,
        times: Sequence[float],
        ways: Sequence[float],
        sport: Sport,
        speeds: Sequence[float] | None,
        heights: Sequence[float] | None,
        positions: Sequence[float] | None,
    ) -> None:
        self._times, self._ways, self._heights, self._positions = times, ways, heights, positions
        self._on_foot = sport in {"running", "walking"}
        limit = judged.SPEED_MPS.get(sport, inf)
        seconds = list(map(sub, times[1:], times))
        metres = list(map(sub, ways[1:], ways))
        # Points, and steps from a point to the next, that no window may hold.
        self._too_fast_points = [index for index, speed in enumerate(speeds or ()) if speed > limit]
        self._bad_steps = [
            index
            for index, (took, way) in enumerate(zip(seconds, metres, strict=True))
            if (took > judged.DROPOUT_S and way > judged.EFFORT_GAP_M) or (speeds is None and way > limit * took)
        ]

    def note(self, span: float, value: float, start_s: float) -> Note | None:
        first = max(bisect_right(self._times, start_s) - 1, 0)
        last = min(bisect_left(self._times, start_s + value), len(self._times) - 1)
        record = record_s(span) if self._on_foot else None
        if (record is not None and value < record) or self._unmeasured(first, last):
            return "suspect"
        if self._heights is not None:
            drop = self._heights[first] - self._heights[last]
            if drop > judged.EFFORT_DOWNHILL * span:
                return "downhill"
        return None

    def _unmeasured(self, first: int, last: int) -> bool:
        if _any_within(self._too_fast_points, first, last) or _any_within(self._bad_steps, first, last - 1):
            return True
        if self._positions is None:
            return False
        own, other = self._ways[last] - self._ways[first], self._positions[last] - self._positions[first]
        return abs(other - own) > judged.EFFORT_POSITIONS_DIFFER * own


def _any_within(places: Sequence[int], first: int, last: int) -> bool:
    """Whether one of the ascending places is among first..last."""
    at = bisect_left(places, first)
    return at < len(places) and places[at] <= last
