"""What FIT messages mean for a recording, whichever reader unpacked them: values come by the profile's field names."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from operator import lt
from typing import Any

from .track import (
    COLUMNS,
    NAN,
    Device,
    Lap,
    Length,
    Session,
    Track,
    Wearer,
    amount,
    from_ms,
    seconds_after,
    track_of_columns,
)

_FIT_EPOCH_S = 631_065_600  # 1989-12-31 00:00 UTC, from which the FIT protocol counts
# FIT profile: smaller times count from when the device was switched on.
_DEVICE_CLOCK_BELOW_S = 0x1000_0000
_DEGREES_PER_SEMICIRCLE = 180 / 2**31

#: A message's values by the names of its fields, in the profile's units.
Values = dict[str, Any]

FILE_ID, USER_PROFILE, ZONES_TARGET, HR_ZONE, SESSION, LAP, RECORD = 0, 3, 7, 8, 18, 19, 20
EVENT, DEVICE_INFO, FILE_CREATOR, LENGTH, TIME_IN_ZONE = 21, 23, 49, 101, 216

_SPAN = {"timestamp", "start_time", "total_elapsed_time", "total_timer_time"}
_SUMMED = _SPAN | {
    "total_distance", "total_calories", "total_ascent", "avg_heart_rate", "max_heart_rate", "avg_speed",
    "enhanced_avg_speed", "avg_cadence", "avg_fractional_cadence", "avg_power",
}  # fmt: skip
#: The fields that are told on, by message.
WANTED: Mapping[int, frozenset[str]] = {
    FILE_ID: frozenset({"type", "manufacturer", "product", "serial_number", "product_name"}),
    USER_PROFILE: frozenset({"gender", "weight", "resting_heart_rate"}),
    ZONES_TARGET: frozenset({"max_heart_rate", "threshold_heart_rate", "functional_threshold_power"}),
    HR_ZONE: frozenset({"message_index", "high_bpm"}),
    SESSION: frozenset(
        _SUMMED
        | {
            "sport", "sub_sport", "total_moving_time", "max_speed", "enhanced_max_speed", "max_power", "total_descent",
            "normalized_power", "training_stress_score", "intensity_factor", "threshold_power", "total_work",
            "training_load_peak", "pool_length",
        }
    ),
    LAP: frozenset(_SUMMED),
    RECORD: frozenset(
        {
            "timestamp", "position_lat", "position_long", "altitude", "enhanced_altitude", "distance", "speed",
            "enhanced_speed", "heart_rate", "cadence", "fractional_cadence", "power", "temperature",
        }
    ),
    EVENT: frozenset({"timestamp", "event", "event_type"}),
    DEVICE_INFO: frozenset({"device_index", "software_version"}),
    FILE_CREATOR: frozenset({"software_version"}),
    LENGTH: frozenset(_SPAN | {"total_strokes", "swim_stroke", "length_type"}),
    TIME_IN_ZONE: frozenset(
        {"hr_zone_high_boundary", "max_heart_rate", "resting_heart_rate", "threshold_heart_rate",
         "functional_threshold_power"}
    ),
}  # fmt: skip
_STOPS = {"stop", "stop_all", "stop_disable", "stop_disable_all"}


class PartDamaged(Exception):
    """What follows in a part cannot be read; what came before stands. `at_end` where it merely ends too early."""

    def __init__(self, *, at_end: bool) -> None:
        super().__init__()
        self.at_end = at_end


@dataclass(slots=True)
class Spent:
    """What the parts of one file have taken together: each of the readers' limits is for a whole file."""

    runs: int = 0
    layouts: int = 0
    values: int = 0
    records: int = 0
    slow_values: int = 0
    slow_bytes: int = 0


@dataclass
class Reading:
    """What has been read so far of one part."""

    time_s: array[int] = field(default_factory=lambda: array("q"))
    columns: dict[str, array[float]] = field(default_factory=lambda: {name: array("d") for name in COLUMNS})
    #: Where in the file each record stands: readers may tell those of one kind before those of another.
    order: array[int] = field(default_factory=lambda: array("q"))
    laps: list[Lap] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    lengths: list[Length] = field(default_factory=list)
    #: When the timer was started (True) and stopped (False).
    timer: list[tuple[int, bool]] = field(default_factory=list)
    file_types: list[str] = field(default_factory=list)
    origin: Values = field(default_factory=dict)
    wearer: Values = field(default_factory=dict)
    zone_bounds_bpm: dict[int, float] = field(default_factory=dict)
    untimed: int = 0

    @property
    def has_content(self) -> bool:
        """Whether there is anything of a recording."""
        return bool(self.time_s or self.laps or self.sessions)

    def take_record(self, values: Values, place: int) -> None:
        """One record; `place` grows with every one."""
        seconds = _fit_seconds(values, "timestamp")
        if seconds is None:
            self.untimed += 1
            return
        self.take_records([seconds], {name: [_number(values, name)] for name in values}, [place])

    def take_records(
        self, times_s: Sequence[int], columns: Mapping[str, Sequence[float]], order: Sequence[int]
    ) -> None:
        """Records in columns of equal length, by the profile's names; NaN where a value is missing."""
        self.time_s.extend(times_s)
        self.order.extend(order)
        told = {
            "latitude_deg": _degrees(columns.get("position_lat")),
            "longitude_deg": _degrees(columns.get("position_long")),
            "altitude_m": _rather(columns.get("enhanced_altitude"), columns.get("altitude")),
            "distance_m": columns.get("distance"),
            "speed_mps": _rather(columns.get("enhanced_speed"), columns.get("speed")),
            "heart_rate_bpm": columns.get("heart_rate"),
            "cadence_rpm": _with_fractions(columns.get("cadence"), columns.get("fractional_cadence")),
            "power_w": columns.get("power"),
            "temperature_c": columns.get("temperature"),
        }
        nothing = array("d", [NAN]) * len(times_s)
        for name, column in told.items():
            self.columns[name].extend(nothing if column is None else column)

    def take(self, number: int, values: Values) -> None:
        """A message that is no record."""
        match number:
            case 19:  # LAP
                lap = _lap(values)
                if lap is not None:
                    self.laps.append(lap)
            case 18:  # SESSION
                self.sessions.append(_session(values))
            case 21:  # EVENT
                self._take_event(values)
            case 101:  # LENGTH
                self._take_length(values)
            case 0:  # FILE_ID
                self.file_types.append(_word(values.get("type")) or "unknown")
                self.origin = values | self.origin
            case 49:  # FILE_CREATOR
                self.origin.setdefault("software", values.get("software_version"))
            case 23:  # DEVICE_INFO
                if _word(values.get("device_index")) in {"creator", "0"} and "software_version" in values:
                    # The same number as the file creator's, but with its decimal point.
                    self.origin["software"] = f"{_number(values, 'software_version'):.2f}"
            case 8:  # HR_ZONE
                index, top = _known(values, "message_index"), _known(values, "high_bpm")
                if index is not None and top:
                    self.zone_bounds_bpm[int(index)] = top
            case _:
                self.wearer |= {name: value for name, value in values.items() if value is not None}

    def _take_event(self, values: Values) -> None:
        moment = _moment(values, "timestamp")
        kind = values.get("event_type")
        if moment is not None and values.get("event") == "timer" and (kind == "start" or kind in _STOPS):
            self.timer.append((moment, kind == "start"))

    def _take_length(self, values: Values) -> None:
        start, _ = _span(values)
        if start is not None:
            self.lengths.append(
                Length(
                    start=start,
                    duration_s=_known(values, "total_timer_time", "total_elapsed_time"),
                    strokes=_known(values, "total_strokes"),
                    stroke=_word(values.get("swim_stroke")),
                    active=values.get("length_type") != "idle",
                )
            )


def track_of_parts(parts: Sequence[Reading], notes: Iterable[str]) -> Track:
    """One track from everything that was read of a file's parts."""
    warnings = list(notes)
    time_ms, columns = _in_file_order(parts)
    if not time_ms:
        kinds = dict.fromkeys(kind for part in parts for kind in part.file_types)
        warnings.append(f"holds no recording: file type {', '.join(kinds) or 'unknown'}")
    untimed = sum(part.untimed for part in parts)
    if untimed:
        warnings.append(f"records without a time were left out: {untimed}")
    if any(part.time_s and min(part.time_s) < _DEVICE_CLOCK_BELOW_S for part in parts):
        warnings.append("the device did not know the date: some times count from when it was switched on")
    origin: Values = {}
    wearer: Values = {}
    bounds: dict[int, float] = {}
    for part in parts:
        origin = part.origin | origin
        wearer |= part.wearer
        bounds |= part.zone_bounds_bpm
    return track_of_columns(
        time_ms,
        columns,
        merge=True,
        laps=[lap for part in parts for lap in part.laps],
        sessions=[session for part in parts for session in part.sessions],
        lengths=[length for part in parts for length in part.lengths],
        pauses=_pauses([event for part in parts for event in part.timer]),
        device=_device(origin),
        wearer=_wearer(wearer, bounds),
        warnings=warnings,
    )


def _in_file_order(parts: Sequence[Reading]) -> tuple[array[int], dict[str, array[float]]]:
    time_ms = array("q")
    columns = {name: array("d") for name in COLUMNS}
    for part in parts:
        times = array("q", [(seconds + _FIT_EPOCH_S) * 1000 for seconds in part.time_s])
        if all(map(lt, part.order, islice(part.order, 1, None))):
            time_ms += times
            for name in columns:
                columns[name] += part.columns[name]
        else:
            places = sorted(range(len(times)), key=part.order.__getitem__)
            time_ms.extend(map(times.__getitem__, places))
            for name, column in columns.items():
                column.extend(map(part.columns[name].__getitem__, places))
    return time_ms, columns


def _pauses(timer: list[tuple[int, bool]]) -> tuple[tuple[int, int], ...]:
    """Stop and next start of the timer, where time passed between them."""
    pauses: list[tuple[int, int]] = []
    stopped: int | None = None
    for moment, started in sorted(timer, key=lambda event: event[0]):
        if not started:
            stopped = moment if stopped is None else stopped
        elif stopped is not None:
            if moment > stopped:
                pauses.append((stopped, moment))
            stopped = None
    return tuple(pauses)


# ── Messages ─────────────────────────────────────────────────────────────────────────────────────────


def _lap(values: Values) -> Lap | None:
    start, end = _span(values)
    if start is None:
        return None
    return Lap(
        start=start,
        end=end,
        duration_s=_known(values, "total_timer_time"),
        distance_m=_known(values, "total_distance"),
        avg_heart_rate_bpm=_known(values, "avg_heart_rate"),
        max_heart_rate_bpm=_known(values, "max_heart_rate"),
        avg_speed_mps=_known(values, "enhanced_avg_speed", "avg_speed"),
        avg_cadence_rpm=_cadence(values),
        avg_power_w=_known(values, "avg_power"),
        ascent_m=_known(values, "total_ascent"),
        calories_kcal=_known(values, "total_calories"),
    )


def _session(values: Values) -> Session:
    start, end = _span(values)
    return Session(
        sport=_word(values.get("sport")),
        sub_sport=_word(values.get("sub_sport")),
        start=start,
        end=end,
        duration_s=_known(values, "total_timer_time"),
        elapsed_s=_known(values, "total_elapsed_time"),
        moving_s=_known(values, "total_moving_time"),
        distance_m=_known(values, "total_distance"),
        calories_kcal=_known(values, "total_calories"),
        avg_heart_rate_bpm=_known(values, "avg_heart_rate"),
        max_heart_rate_bpm=_known(values, "max_heart_rate"),
        avg_speed_mps=_known(values, "enhanced_avg_speed", "avg_speed"),
        max_speed_mps=_known(values, "enhanced_max_speed", "max_speed"),
        avg_cadence_rpm=_cadence(values),
        avg_power_w=_known(values, "avg_power"),
        max_power_w=_known(values, "max_power"),
        ascent_m=_known(values, "total_ascent"),
        descent_m=_known(values, "total_descent"),
        normalized_power_w=_known(values, "normalized_power"),
        training_stress=_known(values, "training_stress_score"),
        intensity=_known(values, "intensity_factor"),
        threshold_power_w=_known(values, "threshold_power"),
        work_j=_known(values, "total_work"),
        training_load=_known(values, "training_load_peak"),
        pool_length_m=_known(values, "pool_length"),
    )


def _span(values: Values) -> tuple[datetime | None, datetime | None]:
    """Start and end of a lap or session; its message's own time is its end where nothing better is said."""
    begun, written = _moment(values, "start_time"), _moment(values, "timestamp")
    end = None if written is None else from_ms(written)
    start = end if begun is None else from_ms(begun)
    if start is not None:
        end = seconds_after(start, _known(values, "total_elapsed_time")) or end
    return start, end


def _wearer(values: Values, zone_bounds_bpm: Mapping[int, float]) -> Wearer | None:
    # The zones of the recording itself go before those that the watch keeps for its owner.
    tops = values.get("hr_zone_high_boundary") or tuple(top for _, top in sorted(zone_bounds_bpm.items()))
    known = [float(top) for top in tops if isinstance(top, int | float) and top > 0] if isinstance(tops, tuple) else []
    wearer = Wearer(
        sex=values["gender"] if values.get("gender") in {"female", "male"} else None,
        weight_kg=_known(values, "weight"),
        resting_heart_rate_bpm=_above_0(values, "resting_heart_rate"),
        max_heart_rate_bpm=_above_0(values, "max_heart_rate"),
        threshold_heart_rate_bpm=_above_0(values, "threshold_heart_rate"),
        threshold_power_w=_above_0(values, "functional_threshold_power"),
        heart_rate_zone_bounds_bpm=tuple(known) if known == sorted(set(known)) else (),
    )
    return None if wearer == Wearer() else wearer


def _device(origin: Values) -> Device | None:
    device = Device(
        manufacturer=_word(origin.get("manufacturer")),
        product=_word(origin.get("product_name"))
        or _word(origin.get("garmin_product"))
        or _word(origin.get("favero_product"))
        or _word(origin.get("product")),
        serial=_word(origin.get("serial_number")),
        software=_word(origin.get("software")),
    )
    return None if device == Device() else device


# ── Values ───────────────────────────────────────────────────────────────────────────────────────────


def _degrees(column: Sequence[float] | None) -> Sequence[float] | None:
    return None if column is None else [value * _DEGREES_PER_SEMICIRCLE for value in column]


def _rather(column: Sequence[float] | None, other: Sequence[float] | None) -> Sequence[float] | None:
    """A column, and where it has no value the other's."""
    if column is None or other is None:
        return other if column is None else column
    return [plain if math.isnan(value) else value for value, plain in zip(column, other, strict=True)]


def _with_fractions(column: Sequence[float] | None, fractions: Sequence[float] | None) -> Sequence[float] | None:
    if column is None or fractions is None:
        return column
    return [_with_fraction(value, fraction) for value, fraction in zip(column, fractions, strict=True)]


def _with_fraction(whole: float, fraction: float) -> float:
    return whole if math.isnan(fraction) else whole + fraction


def _cadence(values: Values) -> float | None:
    # The profile names the same field after the sport, where there is one.
    average = _number(values, "avg_cadence", "avg_running_cadence")
    return amount(_with_fraction(average, _number(values, "avg_fractional_cadence")))


def _number(values: Values, *names: str) -> float:
    """The first of these values that is one number, else NaN."""
    for name in names:
        value = values.get(name)
        if isinstance(value, int | float):
            return float(value)
    return NAN


def _known(values: Values, *names: str) -> float | None:
    return amount(_number(values, *names))


def _above_0(values: Values, name: str) -> float | None:
    return _known(values, name) or None


def _word(value: Any) -> str | None:
    """A name of the profile or a text of the device; None for an empty one."""
    return (str(value).strip("\0 ") or None) if isinstance(value, str | int | float) else None


def _fit_seconds(values: Values, name: str) -> int | None:
    """A time of the FIT protocol: 32 bits of seconds."""
    seconds = values.get(name)
    return seconds if isinstance(seconds, int) and 0 <= seconds < 2**32 else None


def _moment(values: Values, name: str) -> int | None:
    """A time of the FIT protocol in milliseconds since 1970 UTC."""
    seconds = _fit_seconds(values, name)
    return None if seconds is None else (seconds + _FIT_EPOCH_S) * 1000
