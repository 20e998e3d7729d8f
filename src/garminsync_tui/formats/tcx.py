"""TCX files (Garmin's Training Center XML), read as they stream by; no tree of them is ever built."""

from __future__ import annotations

from math import isnan
from pathlib import Path

from .track import (
    NAN,
    Device,
    Lap,
    Point,
    Session,
    Track,
    amount,
    from_ms,
    parse_number,
    parse_time,
    seconds_after,
    to_ms,
    total,
    track_of,
)
from .vetted_xml import check_parts, check_points, read_xml_text, vet

#: Elements of a track point that hold one number each; a later one stands in where an earlier is missing.
_POINT_VALUES = (
    ("LatitudeDegrees",),
    ("LongitudeDegrees",),
    ("AltitudeMeters",),
    ("DistanceMeters",),
    ("Speed",),
    ("HeartRateBpm",),
    ("Cadence", "RunCadence"),
    ("Watts",),
    (),  # there is no temperature in TCX
)

_LONGEST_TEXT = 1_000  # of what is wanted: names and numbers


def read_tcx(path: Path) -> Track:
    """The recorded activities of a TCX file, joined: every lap, every track of it, one session an activity.

    Points of the same millisecond become one, as laps repeat the point at which they meet. Speed, power and
    running cadence come from the ActivityExtension, whatever its namespace. Courses and workouts are plans
    and are left out. Raises FileDamaged where the file is not whole.
    """
    recorded = _Recorded(path.name)
    vet(path.name, read_xml_text(path), recorded)
    warnings = []
    if not recorded.sessions:
        warnings.append("holds no recorded activity")
    elif not recorded.points:
        warnings.append("holds laps without a track")
    if recorded.untimed:
        warnings.append(f"points without a time were left out: {recorded.untimed}")
    return track_of(
        recorded.points,
        merge=True,
        laps=recorded.laps,
        sessions=recorded.sessions,
        device=recorded.device,
        warnings=warnings,
    )


class _Recorded:
    """Listens to a TCX document and collects what its activities recorded."""

    def __init__(self, name: str) -> None:
        self.points: list[Point] = []
        self.laps: list[Lap] = []
        self.sessions: list[Session] = []
        self.device: Device | None = None
        self.untimed = 0
        self._name = name
        self._open: list[str] = []
        self._text: list[str] = []
        # What the innermost open point or creator, lap and activity have said so far, by element name.
        self._inner: dict[str, str] = {}
        self._lap: dict[str, str] = {}
        self._activity: dict[str, str] = {}
        # How many points and laps there were when the open lap and the open activity began.
        self._points_before_lap = self._points_before_activity = self._laps_before_activity = 0

    def start(self, name: str, attributes: dict[str, str], namespace: str) -> None:
        self._open.append(name)
        self._text.clear()
        if name == "Activity":
            self._activity = {"Sport": attributes.get("Sport", "")}
            self._points_before_activity, self._laps_before_activity = len(self.points), len(self.laps)
        elif name == "Lap":
            self._lap = {"StartTime": attributes.get("StartTime", "")}
            self._points_before_lap = len(self.points)
        elif name in {"Trackpoint", "Creator"}:
            self._inner = {}

    def data(self, text: str) -> None:
        self._text.append(text)

    def end(self, name: str) -> None:
        self._open.pop()
        text = "".join(self._text).strip()
        self._text.clear()
        if "Activity" not in self._open:
            if name == "Activity":
                self._end_activity()
        elif name == "Trackpoint":
            self._end_point()
        elif name == "Lap":
            self._end_lap()
        elif name == "Creator":
            self._end_creator()
        elif 0 < len(text) <= _LONGEST_TEXT:
            # The number of HeartRateBpm and its like stands one element further in.
            self._said().setdefault(self._open[-1] if name == "Value" else name, text)

    def _said(self) -> dict[str, str]:
        """Where a text inside an activity belongs."""
        if "Trackpoint" in self._open or "Creator" in self._open:
            return self._inner
        return self._lap if "Lap" in self._open else self._activity

    def _end_point(self) -> None:
        moment = parse_time(self._inner.get("Time"))
        if moment is None:
            self.untimed += 1
        else:
            values = tuple(_number(self._inner, *names) for names in _POINT_VALUES)
            self.points.append((to_ms(moment), values))
            check_points(self._name, len(self.points))

    def _end_lap(self) -> None:
        times = [moment for moment, _ in self.points[self._points_before_lap :]]
        self._points_before_lap = len(self.points)  # laps inside laps would have all points looked at again and again
        start = parse_time(self._lap.get("StartTime")) or (from_ms(min(times)) if times else None)
        if start is None:
            return
        duration = _known(self._lap, "TotalTimeSeconds")
        self.laps.append(
            Lap(
                start=start,
                end=from_ms(max(times)) if times else seconds_after(start, duration),
                duration_s=duration,
                distance_m=_known(self._lap, "DistanceMeters"),
                avg_heart_rate_bpm=_known(self._lap, "AverageHeartRateBpm"),
                max_heart_rate_bpm=_known(self._lap, "MaximumHeartRateBpm"),
                avg_speed_mps=_known(self._lap, "AvgSpeed"),
                avg_cadence_rpm=_known(self._lap, "Cadence", "AvgRunCadence"),
                avg_power_w=_known(self._lap, "AvgWatts"),
                calories_kcal=_known(self._lap, "Calories"),
            )
        )
        check_parts(self._name, len(self.laps))

    def _end_activity(self) -> None:
        check_parts(self._name, len(self.sessions) + 1)
        laps = self.laps[self._laps_before_activity :]
        times = [moment for moment, _ in self.points[self._points_before_activity :]]
        starts = [lap.start for lap in laps] + ([from_ms(min(times))] if times else [])
        ends = [lap.end for lap in laps if lap.end is not None] + ([from_ms(max(times))] if times else [])
        start = min(starts, default=parse_time(self._activity.get("Id")))
        end = max(ends, default=None)
        self.sessions.append(
            Session(
                sport=self._activity["Sport"] or None,
                start=start,
                end=end,
                duration_s=total(lap.duration_s for lap in laps),
                elapsed_s=(end - start).total_seconds() if start and end else None,
                distance_m=total(lap.distance_m for lap in laps),
                calories_kcal=total(lap.calories_kcal for lap in laps),
            )
        )

    def _end_creator(self) -> None:
        version = [self._inner.get("VersionMajor"), self._inner.get("VersionMinor")]
        self.device = self.device or Device(
            product=self._inner.get("Name"),
            serial=self._inner.get("UnitId"),
            software=".".join(number for number in version if number) or None,
        )


def _number(texts: dict[str, str], *names: str) -> float:
    """The first of these elements that holds a number, else NaN."""
    numbers = (parse_number(texts.get(name)) for name in names)
    return next((number for number in numbers if not isnan(number)), NAN)


def _known(texts: dict[str, str], *names: str) -> float | None:
    return amount(_number(texts, *names))
