"""One recording, whatever file it came from: columns of equal length, laps, sessions, the device.

Missing values are NaN in the columns and None elsewhere. What no body and no sensor can measure is missing
too: heart rates of 0 and 255 beats, the position 0°/0° of a receiver without a fix.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate, compress, islice, pairwise, repeat
from math import isnan
from operator import eq, gt, le, lt, mul, sub

NAN = math.nan
#: Stands in `time_ms` where a file gives its points no times at all.
NO_TIME = -(2**63)

#: The measured columns of a track, in the order of a point's values.
COLUMNS = (
    "latitude_deg",
    "longitude_deg",
    "altitude_m",
    "distance_m",
    "speed_mps",
    "heart_rate_bpm",
    "cadence_rpm",
    "power_w",
    "temperature_c",
)
# Both ends are possible; generous, for this keeps nonsense out and is no judgement of a recording.
_POSSIBLE = (
    (-90.0, 90.0),
    (-180.0, 180.0),
    (-20_000.0, 100_000.0),
    (0.0, 1e9),
    (0.0, 10_000.0),
    (1.0, 254.0),
    (0.0, 1_000.0),
    (0.0, 65_534.0),
    (-100.0, 200.0),
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARTH_RADIUS_M = 6_371_008.8  # the mean radius R1 of the International Union of Geodesy and Geophysics
# On so short a way the ground is flat to a millimetre, and the exact formula takes ten times as long.
_FLAT_M = 100.0
_MOVING_MPS = 0.5
_DROPOUT_MS = 10_000
_LARGEST_AMOUNT = 1e9

#: A moment (milliseconds since 1970 UTC) and its values in the order of `COLUMNS`.
Point = tuple[int, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Lap:
    """One lap as the device summed it up; `duration_s` is timer time, without pauses."""

    start: datetime
    end: datetime | None = None
    duration_s: float | None = None
    distance_m: float | None = None
    avg_heart_rate_bpm: float | None = None
    max_heart_rate_bpm: float | None = None
    avg_speed_mps: float | None = None
    avg_cadence_rpm: float | None = None
    avg_power_w: float | None = None
    ascent_m: float | None = None
    calories_kcal: float | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """One sport of a recording as the device summed it up.

    `sport` and `sub_sport` are the file's own words. `duration_s` is timer time, `elapsed_s` wall clock.
    """

    sport: str | None = None
    sub_sport: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    duration_s: float | None = None
    elapsed_s: float | None = None
    moving_s: float | None = None
    distance_m: float | None = None
    calories_kcal: float | None = None
    avg_heart_rate_bpm: float | None = None
    max_heart_rate_bpm: float | None = None
    avg_speed_mps: float | None = None
    max_speed_mps: float | None = None
    avg_cadence_rpm: float | None = None
    avg_power_w: float | None = None
    max_power_w: float | None = None
    ascent_m: float | None = None
    descent_m: float | None = None
    normalized_power_w: float | None = None
    training_stress: float | None = None
    intensity: float | None = None
    threshold_power_w: float | None = None
    work_j: float | None = None
    #: Garmin's own load of the session, from its estimate of EPOC.
    training_load: float | None = None
    pool_length_m: float | None = None


@dataclass(frozen=True, slots=True)
class Length:
    """One length of a pool as the device saw it; `active` is False for a rest at the wall."""

    start: datetime
    duration_s: float | None = None
    strokes: float | None = None
    stroke: str | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class Wearer:
    """What the recording device knew of who wore it, on that day."""

    sex: str | None = None
    weight_kg: float | None = None
    resting_heart_rate_bpm: float | None = None
    max_heart_rate_bpm: float | None = None
    threshold_heart_rate_bpm: float | None = None
    threshold_power_w: float | None = None
    #: Where each of the device's own zones gives way to the next; the beat itself belongs to the upper one.
    heart_rate_zone_bounds_bpm: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Device:
    """What recorded, or at least wrote, the file; the file's own words."""

    manufacturer: str | None = None
    product: str | None = None
    serial: str | None = None
    software: str | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """The few numbers of a whole recording: the device's own where it gave them, else from its points."""

    sport: str | None
    start: datetime | None
    duration_s: float | None
    elapsed_s: float | None
    moving_s: float | None
    distance_m: float | None
    calories_kcal: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """A recording in columns: NaN where a value is missing, times in ms since 1970 UTC, ascending.

    `distance_m` is what the file says: it may start again at 0 where a file holds several activities.
    `warnings` are sentences about what was salvaged, left out or not there.
    """

    time_ms: array[int]
    latitude_deg: array[float]
    longitude_deg: array[float]
    altitude_m: array[float]
    distance_m: array[float]
    speed_mps: array[float]
    heart_rate_bpm: array[float]
    cadence_rpm: array[float]
    power_w: array[float]
    temperature_c: array[float]
    laps: tuple[Lap, ...] = ()
    sessions: tuple[Session, ...] = ()
    #: Pool lengths, rests included.
    lengths: tuple[Length, ...] = ()
    #: When the timer stopped and started again, ms since 1970 UTC.
    pauses: tuple[tuple[int, int], ...] = ()
    device: Device | None = None
    wearer: Wearer | None = None
    warnings: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.time_ms)

    def has(self, column: str) -> bool:
        """Whether any point has a value in this column (`time_ms` or a name of `COLUMNS`)."""
        if column == "time_ms":
            return any(moment != NO_TIME for moment in self.time_ms)
        if column not in COLUMNS:
            raise KeyError(column)
        values: array[float] = getattr(self, column)
        return not all(map(isnan, values))

    def summary(self) -> Summary:
        """Start, durations, distance and energy of the whole recording."""
        timed = self.has("time_ms")
        elapsed = (self.time_ms[-1] - self.time_ms[0]) / 1000 if timed else None
        starts = [session.start for session in self.sessions if session.start is not None]
        if timed and not starts:
            starts = [from_ms(self.time_ms[0])]
        duration = total(session.duration_s for session in self.sessions)
        if duration is None:
            duration = total(lap.duration_s for lap in self.laps)
        distance = total(session.distance_m for session in self.sessions)
        calories = total(session.calories_kcal for session in self.sessions)
        moving = total(session.moving_s for session in self.sessions)
        return Summary(
            sport=next((session.sport for session in self.sessions if session.sport), None),
            start=min(starts or [lap.start for lap in self.laps], default=None),
            duration_s=duration if duration is not None else elapsed,
            elapsed_s=_first(total(session.elapsed_s for session in self.sessions), elapsed),
            moving_s=_first(moving, _moving_s(self) if timed else None),
            distance_m=_first(distance, _recorded_m(self.distance_m), _last(travelled_m(self))),
            calories_kcal=_first(calories, total(lap.calories_kcal for lap in self.laps)),
        )


def track_of(
    points: list[Point],
    *,
    merge: bool,
    laps: Iterable[Lap] = (),
    sessions: Iterable[Session] = (),
    device: Device | None = None,
    warnings: Iterable[str] = (),
) -> Track:
    """A track from points in any order; see `track_of_columns`."""
    rows = zip(*(values for _, values in points), strict=True) if points else [()] * len(COLUMNS)
    columns = {name: array("d", column) for name, column in zip(COLUMNS, rows, strict=True)}
    moments = array("q", [moment for moment, _ in points])
    return track_of_columns(
        moments, columns, merge=merge, laps=laps, sessions=sessions, device=device, warnings=warnings
    )


def track_of_columns(
    time_ms: array[int],
    columns: dict[str, array[float]],
    *,
    merge: bool,
    laps: Iterable[Lap] = (),
    sessions: Iterable[Session] = (),
    lengths: Iterable[Length] = (),
    pauses: Iterable[tuple[int, int]] = (),
    device: Device | None = None,
    wearer: Wearer | None = None,
    warnings: Iterable[str] = (),
) -> Track:
    """A track from columns of equal length: sorted by time, equal times in the order in which they came.

    With `merge`, points of the same time become one that keeps, in each column, the last value that is not
    missing. Points without a time are told apart by `NO_TIME`; with them all others must have none either.
    """
    for name, (low, high) in zip(COLUMNS, _POSSIBLE, strict=True):
        columns[name] = _possible(columns[name], low, high)
    _drop_null_island(columns["latitude_deg"], columns["longitude_deg"])
    if not all(map(lt if merge else le, time_ms, islice(time_ms, 1, None))):
        places = sorted(range(len(time_ms)), key=time_ms.__getitem__)
        time_ms = array("q", map(time_ms.__getitem__, places))
        columns = {name: array("d", map(column.__getitem__, places)) for name, column in columns.items()}
        if merge:
            time_ms, columns = _merged(time_ms, columns)
    return Track(
        time_ms=time_ms,
        **columns,
        laps=tuple(laps),
        sessions=tuple(sessions),
        lengths=tuple(lengths),
        pauses=tuple(pauses),
        device=device,
        wearer=wearer,
        warnings=tuple(warnings),
    )


def _possible(column: array[float], low: float, high: float) -> array[float]:
    # A NaN in front makes both comparisons false, one further on is passed over: never is too much let through.
    if column and low <= min(column) and max(column) <= high:
        return column
    return array("d", [value if low <= value <= high else NAN for value in column])


def _drop_null_island(latitude: array[float], longitude: array[float]) -> None:
    """Half a position is none, and 0°/0° is where receivers are that have no fix."""
    if not isnan(sum(latitude) + sum(longitude)) and 0.0 not in latitude:
        return
    for index, (north, east) in enumerate(zip(latitude, longitude, strict=True)):
        if north == east == 0.0 or isnan(north) or isnan(east):
            latitude[index] = longitude[index] = NAN


def _merged(time_ms: array[int], columns: dict[str, array[float]]) -> tuple[array[int], dict[str, array[float]]]:
    """Points of the same time joined into one."""
    lasts = [index for index, (here, after) in enumerate(pairwise(time_ms)) if here != after] + [len(time_ms) - 1]
    if len(lasts) == len(time_ms):
        return time_ms, columns
    joined = {name: array("d", map(column.__getitem__, lasts)) for name, column in columns.items()}
    before = -1
    for place, last in enumerate(lasts):
        for index in range(last - 1, before, -1):
            for name, column in columns.items():
                if isnan(joined[name][place]):
                    joined[name][place] = column[index]
        before = last
    return array("q", map(time_ms.__getitem__, lasts)), joined


def to_ms(moment: datetime) -> int:
    """Whole milliseconds since 1970 UTC; `moment` has a zone."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def from_ms(milliseconds: int) -> datetime:
    """The UTC moment so many milliseconds after 1970."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


def parse_time(text: str | None) -> datetime | None:
    """The moment an XML date and time names, UTC where it has no zone; None where it names none."""
    try:
        moment = datetime.fromisoformat((text or "").strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def parse_number(text: str | None) -> float:
    """The number that a text is, else NaN."""
    try:
        return float(text or "")
    except ValueError:
        return NAN


def metres_between(latitude: float, longitude: float, to_latitude: float, to_longitude: float) -> float:
    """Great-circle distance in metres of two positions in degrees (haversine, mean Earth radius)."""
    north, to_north = math.radians(latitude), math.radians(to_latitude)
    across = math.sin((to_north - north) / 2) ** 2
    along = math.sin(math.radians(to_longitude - longitude) / 2) ** 2
    haversine = across + math.cos(north) * math.cos(to_north) * along
    return 2 * _EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(haversine)))


def total(values: Iterable[float | None]) -> float | None:
    """The sum, where there are values and all of them are known."""
    known = list(values)
    return math.fsum(value for value in known if value is not None) if known and None not in known else None


def amount(number: float) -> float | None:
    """A total or an average that a device wrote: None where it is missing, negative or beyond all reason."""
    return number if 0 <= number <= _LARGEST_AMOUNT else None


def seconds_after(start: datetime, seconds: float | None) -> datetime | None:
    """A moment so many seconds after another; None where they are not known or beyond all calendars."""
    try:
        return None if seconds is None else start + timedelta(seconds=seconds)
    except OverflowError:
        return None


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)


def _last(column: array[float] | None) -> float | None:
    return column[-1] if column else None


def _recorded_m(distance: array[float]) -> float | None:
    """How far a cumulative distance column came, restarts at 0 included."""
    recorded = [value for value in distance if not isnan(value)]
    if not recorded:
        return None
    return recorded[0] + math.fsum(max(new - old, 0.0) for old, new in pairwise(recorded))


def travelled_m(track: Track) -> array[float] | None:
    """How far the line through all positions has come at each point; None without positions."""
    if not track.has("latitude_deg"):
        return None
    return _along(track, list(compress(range(len(track)), map(eq, track.latitude_deg, track.latitude_deg))))


def moved_m(track: Track) -> array[float] | None:
    """The same without the tremble of a receiver that stands: moves of less than a metre wait until they are one.

    A stand-in for the distance that most devices measure and some files do not hold.
    """
    if not track.has("latitude_deg"):
        return None
    kept: list[int] = []
    for index, (north, east) in enumerate(zip(track.latitude_deg, track.longitude_deg, strict=True)):
        if isnan(north):
            continue
        if not kept or metres_between(track.latitude_deg[kept[-1]], track.longitude_deg[kept[-1]], north, east) >= 1:
            kept.append(index)
    return _along(track, kept)


def _along(track: Track, places: Sequence[int]) -> array[float]:
    """How far the line through the points at `places` has come at each point."""
    north, east = ([column[index] for index in places] for column in (track.latitude_deg, track.longitude_deg))
    steps = _steps_m(north, east)
    if len(places) == len(track):
        return array("d", accumulate(steps, initial=0.0))
    at = dict(zip(places[1:], steps, strict=True))
    return array("d", accumulate(at.get(index, 0.0) for index in range(len(track))))


def _steps_m(north_deg: Sequence[float], east_deg: Sequence[float]) -> list[float]:
    """The way from each position to the next."""
    norths = list(map(sub, north_deg[1:], north_deg))
    easts = list(map(sub, east_deg[1:], east_deg))
    metres_per_degree = math.radians(_EARTH_RADIUS_M)
    widths = map(math.cos, map(math.radians, north_deg))
    degrees = map(math.hypot, norths, map(mul, easts, widths))
    steps = [step * metres_per_degree for step in degrees]
    for index in compress(range(len(steps)), map(gt, steps, repeat(_FLAT_M))):
        steps[index] = metres_between(north_deg[index], east_deg[index], north_deg[index + 1], east_deg[index + 1])
    return steps


def _moving_s(track: Track) -> float | None:
    """Seconds at 0.5 m/s or more; None without speed and distance.

    Over more than 10 s between two points (a pool length, a dropout, a pause) only the way made counts.
    """
    if not track.has("speed_mps") and not track.has("distance_m"):
        return None
    moving_ms = 0
    for index in range(1, len(track)):
        step_ms = track.time_ms[index] - track.time_ms[index - 1]
        speed = track.speed_mps[index]
        if step_ms and (isnan(speed) or step_ms > _DROPOUT_MS):
            speed = (track.distance_m[index] - track.distance_m[index - 1]) / step_ms * 1000
        if speed >= _MOVING_MPS:
            moving_ms += step_ms
    return moving_ms / 1000
