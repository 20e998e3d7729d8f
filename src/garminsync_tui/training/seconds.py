"""A recording as one value a second of timer time: what all the other numbers are computed from.

Two clocks run: the wall clock, on which best efforts are measured because a stop must never make a record,
and the timer, which stands in pauses and on which averages, zones and scores are. These columns are on the
timer: running spans joined, each second with its second of the wall clock.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress, pairwise
from math import isnan, nan
from operator import eq, sub
from statistics import median
from typing import Literal, NamedTuple

from . import heuristics as judged
from .guards import guarded, silent_power, within_speed_limit
from .rolling import count_valid
from .sports import Sport

#: What is known of each second, by the names that recordings give their columns.
COLUMNS = ("speed_mps", "distance_m", "altitude_m", "heart_rate_bpm", "power_w", "cadence_rpm")
# What a sensor reports until it reports something else; everything else changes steadily between two points.
_HELD = frozenset({"power_w", "cadence_rpm"})
_DROPOUT_MS = judged.DROPOUT_S * 1000

Trust = Literal["full", "approximate", "none"]


@dataclass(frozen=True, slots=True, eq=False)
class Seconds:
    """One value for each second of timer time; NaN where none was measured.

    `elapsed_s` is each second's place on the wall clock since the start, `median_gap_s` the typical distance
    of points in the recording, `guarded` how many samples of each column were impossible and dropped.
    """

    elapsed_s: array[int]
    speed_mps: array[float]
    distance_m: array[float]
    altitude_m: array[float]
    heart_rate_bpm: array[float]
    power_w: array[float]
    cadence_rpm: array[float]
    median_gap_s: float
    guarded: Mapping[str, int]

    def __len__(self) -> int:
        return len(self.elapsed_s)

    def coverage(self, column: str) -> float:
        """The part of timer time in which `column` (a name of `COLUMNS`) was measured, 0 to 1."""
        if column not in COLUMNS:
            raise KeyError(column)
        return count_valid(getattr(self, column)) / len(self) if len(self) else 0.0

    def trust(self, column: str) -> Trust:
        """What a score made from `column` is worth: below 90 % coverage none, below 98 % approximate."""
        covered = self.coverage(column)
        if covered < judged.LEAST_COVERAGE:
            return "none"
        smart = column == "power_w" and self.median_gap_s > judged.SMART_RECORDING_S
        return "approximate" if smart or covered < judged.FULL_COVERAGE else "full"


class _Span(NamedTuple):
    """Running time between pauses: seconds of the wall clock, and the points that lie within it."""

    seconds: range
    points: range


def seconds_of(
    time_ms: Sequence[int],
    columns: Mapping[str, Sequence[float]],
    pauses: Sequence[tuple[int, int]],
    sport: Sport,
    *,
    weight_kg: float | None = None,
) -> Seconds:
    """The seconds of a recording whose times ascend strictly; columns it does not have are missing throughout.

    Points at most 10 s apart are joined: along a line, power and cadence by holding what was last reported.
    Across more than that only distance is known, for it is cumulative. `pauses` are (stop_ms, start_ms) of the
    timer. Where nothing recorded speed it is the distance of each second. Impossible samples are dropped
    before anything is joined to them. A recording of more than 4 days of running time has no seconds.
    """
    points, dropped = guarded(time_ms, {name: columns[name] for name in COLUMNS if name in columns}, sport, weight_kg)
    times = array("q", time_ms)
    spans = list(_spans(times, pauses))
    if sum(len(span.seconds) for span in spans) > judged.LONGEST_RECORDING_S:
        spans = []
    elapsed = array("q", [second for span in spans for second in span.seconds])
    whole = {name: array("d") for name in COLUMNS}
    for span in spans:
        _append(whole, span, times, points)
    if (distance := points.get("distance_m")) is not None:
        unknown = list(compress(range(len(elapsed)), map(isnan, whole["distance_m"])))
        for second, reached in zip(
            unknown, _along(times, distance, [elapsed[index] for index in unknown]), strict=True
        ):
            whole["distance_m"][second] = reached
    if not count_valid(points.get("speed_mps", ())):
        derived = _speed_from_distance(times, elapsed, whole["distance_m"])
        whole["speed_mps"] = within_speed_limit(derived, sport)
        if lost := count_valid(derived) - count_valid(whole["speed_mps"]):
            dropped["speed_mps"] = lost
    if sport == "cycling" and (lost := silent_power(whole["power_w"], whole["cadence_rpm"], whole["speed_mps"])):
        dropped["power_w"] = dropped.get("power_w", 0) + lost
    gaps = [gap for span in spans for gap in _gaps(times, span.points)]
    return Seconds(elapsed_s=elapsed, **whole, median_gap_s=median(gaps) / 1000 if gaps else nan, guarded=dropped)


def _spans(times: array[int], pauses: Sequence[tuple[int, int]]) -> Iterator[_Span]:
    """Running time, in order; a stop's own second is the first of the pause, the last point's is counted."""
    if not times:
        return
    longest_ms = judged.LONGEST_SILENCE_S * 1000
    silences = [(old, new) for old, new in pairwise(times) if new - old > longest_ms]
    first, start, end = times[0], times[0], times[-1] + 1
    for stop, go_on in (*sorted([*pauses, *silences]), (end, end)):
        stop = min(stop, end)  # noqa: PLW2901 - a pause may outlast the recording
        if stop > start:
            points = range(bisect_left(times, start), bisect_right(times, stop))
            yield _Span(range(-((first - start) // 1000), -((first - stop) // 1000)), points)
        start = max(start, go_on)


def _gaps(times: array[int], points: range) -> list[int]:
    return list(map(sub, times[points.start + 1 : points.stop], times[points.start : points.stop]))


def _append(whole: dict[str, array[float]], span: _Span, times: array[int], points: dict[str, array[float]]) -> None:
    """The seconds of one span, of every column."""
    first, count = times[0], len(span.seconds)
    if not count:
        return  # it lies between two seconds
    begin = span.points.start
    wanted = array("q", range(first + 1000 * span.seconds.start, first + 1000 * span.seconds.stop, 1000))
    places: list[tuple[int, float]] | None = None
    # A timer that goes on is often a second or two ahead of its first point.
    early = max((times[begin] - wanted[0]) // 1000, 0) if span.points else 0
    if times[begin : begin + count - early] != wanted[early:]:
        places = list(_places(times, span.points, wanted))
    for name, out in whole.items():
        if name not in points:
            out.extend(array("d", [nan]) * count)
            continue
        values = points[name]
        if places is None:
            # One point a second already: nothing has to be looked at.
            out.extend(array("d", [nan]) * early)
            out.extend(values[begin : begin + count - early])
            continue
        values = values + array("d", [nan])  # where place -1 looks
        if name in _HELD:
            out.extend([values[index] for index, _ in places])
        else:
            out.extend(
                [
                    values[index] + (values[index + 1] - values[index]) * along if along else values[index]
                    for index, along in places
                ]
            )


def _places(times: array[int], points: range, wanted: Sequence[int]) -> Iterator[tuple[int, float]]:
    """For each moment the point before it and how far on the way to the next it is; (-1, 0) in a dropout."""
    nowhere = (-1, 0.0)
    index, last = points.start, points.stop - 1
    for moment in wanted:
        while index < last and times[index + 1] <= moment:
            index += 1
        since = moment - times[index] if index <= last else -1
        if since == 0:
            yield index, 0.0
        elif since < 0 or index == last or times[index + 1] - times[index] > _DROPOUT_MS:
            yield nowhere
        else:
            yield index, since / (times[index + 1] - times[index])


def _along(times: array[int], distance_m: array[float], elapsed_s: Sequence[int]) -> array[float]:
    """Cumulative distance at each second, on the line between the nearest points that know it."""
    known = list(compress(range(len(distance_m)), map(eq, distance_m, distance_m)))  # NaN alone differs from itself
    at = array("q", map(times.__getitem__, known))
    out = array("d")
    index = 0
    for second in elapsed_s:
        moment = times[0] + 1000 * second
        while index + 1 < len(at) and at[index + 1] <= moment:
            index += 1
        if not at or not at[0] <= moment <= at[-1]:
            out.append(nan)
        elif moment == at[index]:
            out.append(distance_m[known[index]])
        else:
            old, new = distance_m[known[index]], distance_m[known[index + 1]]
            out.append(old + (new - old) * (moment - at[index]) / (at[index + 1] - at[index]))
    return out


def _speed_from_distance(times: array[int], elapsed_s: Sequence[int], distance_m: Sequence[float]) -> array[float]:
    """The way of the second before each second; missing after pauses and where the recording was silent."""
    out = array("d", [nan]) * len(elapsed_s)
    if not count_valid(distance_m):
        return out
    for index, (old, new) in enumerate(pairwise(elapsed_s), start=1):
        if new - old == 1:
            out[index] = max(distance_m[index] - distance_m[index - 1], 0.0)
    for silent_from, silent_to in pairwise(times):
        if silent_to - silent_from > _DROPOUT_MS:
            within = range((silent_from - times[0]) // 1000 + 1, (silent_to - times[0]) // 1000 + 1)
            begin, end = bisect_left(elapsed_s, within.start), bisect_left(elapsed_s, within.stop)
            out[begin:end] = array("d", [nan]) * (end - begin)
    return out
