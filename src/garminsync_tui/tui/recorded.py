"""A recording made ready to be drawn: columns of equal length over elapsed time and over distance."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from math import inf, isnan, nan
from typing import TYPE_CHECKING, NamedTuple

from .. import units
from ..sync.activity_parts import ON_FOOT
from ..training.sports import sport_of
from .widgets.series import Panel, Series

if TYPE_CHECKING:
    from ..formats import Track

#: Longer silences are gaps, and nothing is drawn across them.
_DROPOUT_S = 10.0
#: Single seconds of these are noise: means over so many points are drawn.
_SMOOTHED = {"speed_mps": 15, "power_w": 9, "cadence_rpm": 9}
#: Slower than this somebody stands, which is no pace.
_STANDING_MPS = 0.3
_LEAST_SPREAD = 0.1
_OUTLINE_POINTS = 800


class Curve(NamedTuple):
    """A column that may be drawn: its name beside the axis, its colour and shape."""

    column: str
    title: str
    colour: str
    filled: bool = False


CURVES = (
    Curve("heart_rate_bpm", "heart", "$text-error"),
    Curve("speed_mps", "speed", "$text-accent"),
    Curve("power_w", "power", "$text-warning"),
    Curve("altitude_m", "elevation", "$text-success", filled=True),
    Curve("cadence_rpm", "cadence", "$text-secondary"),
    Curve("temperature_c", "temperature", "$text-primary"),
)


class Recorded(NamedTuple):
    """Points with their place in seconds and in metres; `columns` holds what was measured at all."""

    seconds: Sequence[float]
    #: None where the recording knows no distances.
    metres: Sequence[float] | None
    is_timed: bool
    columns: Mapping[str, Sequence[float]]
    latitudes: Sequence[float]
    longitudes: Sequence[float]
    outline: Sequence[Sequence[tuple[float, float]]]
    #: Where each lap begins, in seconds.
    laps: Sequence[float]

    def lap_at(self, point: int) -> int | None:
        """The number of the lap that a point lies in, from 0."""
        if not self.laps or not self.is_timed:
            return None
        return max(bisect_right(self.laps, self.seconds[point]) - 1, 0)

    def lap_points(self, lap: int) -> tuple[int, int]:
        """The first point of a lap and the last."""
        end = self.laps[lap + 1] if lap + 1 < len(self.laps) else inf
        last = len(self.seconds) - 1
        first = min(bisect_left(self.seconds, self.laps[lap]), last)
        return first, max(min(bisect_left(self.seconds, end), last), first)

    def position(self, point: int) -> tuple[float, float] | None:
        """Where a point lies on the map; the last known place where the receiver had none."""
        for index in range(point, -1, -1):
            if not isnan(self.latitudes[index]):
                return self.latitudes[index], self.longitudes[index]
        return None

    def reading(self, point: int, sport: str, system: units.Units) -> list[str]:
        """What was measured at a point, in words."""
        words = labels(sport, system)
        parts = [units.duration(self.seconds[point])] if self.is_timed else []
        if self.metres:
            parts.append(units.distance(self.metres[point], system, 2))
        for curve in CURVES:
            if curve.column in self.columns:
                value = self.columns[curve.column][point]
                parts.append(units.MISSING if isnan(value) else words[curve.column](value))
        if (lap := self.lap_at(point)) is not None:
            parts.append(f"lap {lap + 1}")
        return parts

    def panels(self, over: Sequence[float], sport: str, system: units.Units) -> list[Panel]:
        """A chart for each column that was measured, over seconds or metres."""
        words = labels(sport, system)
        return [
            Panel(
                Series(
                    over,
                    self.columns[curve.column],
                    words[curve.column],
                    title="pace" if curve.title == "speed" and units.is_pace(sport) else curve.title,
                    colour=curve.colour,
                    shape="area" if curve.filled else "line",
                    limits=_moving_limits(self.columns[curve.column]) if curve.column == "speed_mps" else None,
                )
            )
            for curve in CURVES
            if curve.column in self.columns
        ]


def recorded(track: Track, sport: str) -> Recorded | None:
    """What `track` has to draw; None where it has no points. Blocks for some hundredths of a second."""
    from ..formats import NO_TIME, track_outline

    if not len(track):
        return None
    first = track.time_ms[0]
    is_timed = first != NO_TIME
    seconds = array("d", ((at - first) / 1000 for at in track.time_ms) if is_timed else range(len(track)))
    gaps = [index for index in range(1, len(seconds)) if is_timed and seconds[index] - seconds[index - 1] > _DROPOUT_S]
    columns: dict[str, Sequence[float]] = {
        curve.column: getattr(track, curve.column) for curve in CURVES if _is_measured(track, curve.column)
    }
    distances = _ascending(track.distance_m) if track.has("distance_m") else None
    if "speed_mps" not in columns and distances and is_timed:
        columns["speed_mps"] = _speeds(seconds, distances)
    if "cadence_rpm" in columns and sport_of(sport) in ON_FOOT:
        columns["cadence_rpm"] = array("d", (2 * value for value in columns["cadence_rpm"]))  # strides were counted
    for name, width in _SMOOTHED.items():
        if name in columns:
            columns[name] = _means(columns[name], width)
    start = track.time_ms[0] / 1000
    return Recorded(
        seconds=_with_gaps(seconds, gaps, lambda before, after: (before + after) / 2),
        metres=_with_gaps(distances, gaps, lambda before, after: (before + after) / 2) if distances else None,
        is_timed=is_timed,
        columns={name: _with_gaps(values, gaps, lambda before, after: nan) for name, values in columns.items()},
        latitudes=_with_gaps(track.latitude_deg, gaps, lambda before, after: nan),
        longitudes=_with_gaps(track.longitude_deg, gaps, lambda before, after: nan),
        outline=track_outline(track, _OUTLINE_POINTS, of=4 * _OUTLINE_POINTS),
        laps=[lap.start.timestamp() - start for lap in track.laps] if is_timed else [],
    )


def _is_measured(track: Track, column: str) -> bool:
    """Whether a sensor was there: some that were not are recorded as zeros throughout."""
    if column in {"power_w", "cadence_rpm", "speed_mps"}:
        return any(value > 0 for value in getattr(track, column))
    return track.has(column)


def labels(sport: str, system: units.Units) -> dict[str, Callable[[float], str]]:
    """How values of each column are worded."""
    return {
        "heart_rate_bpm": units.heart_rate,
        "speed_mps": lambda value: units.speed(value, sport, system) if value >= _STANDING_MPS else "standing",
        "power_w": units.power,
        "altitude_m": lambda value: units.elevation(value, system),
        "cadence_rpm": lambda value: units.cadence(value, sport),
        "temperature_c": lambda value: units.temperature(value, system),
    }


def _with_gaps(
    values: Sequence[float], gaps: Sequence[int], between: Callable[[float, float], float]
) -> Sequence[float]:
    """The same with a point more before each of `gaps`."""
    if not gaps:
        return values
    parts = array("d")
    start = 0
    for gap in gaps:
        parts.extend(values[start:gap])
        parts.append(between(values[gap - 1], values[gap]))
        start = gap
    parts.extend(values[start:])
    return parts


def _ascending(distances: Sequence[float]) -> array[float]:
    """Never backwards, and known everywhere: what a device wrote may start again, or not be there yet."""
    reached = array("d", accumulate((0.0 if isnan(each) else each for each in distances), max))
    return reached if reached[-1] > 0 else array("d")


def _speeds(seconds: Sequence[float], metres: Sequence[float]) -> array[float]:
    """Metres a second on the way to each point; at the first those of what follows."""
    found = array("d", [nan])
    for index in range(1, len(seconds)):
        took = seconds[index] - seconds[index - 1]
        found.append((metres[index] - metres[index - 1]) / took if took > 0 else nan)
    found[:1] = found[1:2] or found
    return found


def _means(values: Sequence[float], width: int) -> array[float]:
    """Means of the known values around each; a missing value stays missing."""
    sums = array("d", accumulate((0.0 if isnan(each) else each for each in values), initial=0.0))
    known = array("q", accumulate((not isnan(each) for each in values), initial=0))
    half, count = width // 2, len(values)
    means = (
        nan
        if isnan(each)
        else (sums[min(at + half + 1, count)] - sums[max(at - half, 0)])
        / (known[min(at + half + 1, count)] - known[max(at - half, 0)])
        for at, each in enumerate(values)
    )
    return array("d", means)


def _moving_limits(speeds: Sequence[float]) -> tuple[float, float] | None:
    """Nearly all of what was moved at: a stop, or a jump of the receiver, would press the rest flat."""
    moving = sorted(each for each in speeds if each >= _STANDING_MPS)
    if len(moving) < 2:
        return None
    low, high = moving[len(moving) // 50], moving[-1 - len(moving) // 200]
    # An even pace is an even line, and not the noise of the receiver.
    lacking = max(high * _LEAST_SPREAD - (high - low), 0) / 2
    return low - lacking, high + lacking
