"""FIT files through fitdecode, part by part, so that one damaged part leaves the others readable."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import fitdecode

from ..errors import FileDamaged
from .fit_parts import CHECKSUM_BYTES, Part, fit_parts, read_fit_bytes
from .track import NAN, Device, Lap, Point, Session, Track, amount, from_ms, seconds_after, track_of

_FIT_EPOCH_S = 631_065_600  # 1989-12-31 00:00 UTC, from which the FIT protocol counts
# FIT profile: smaller times count from when the device was switched on.
_DEVICE_CLOCK_BELOW_MS = (_FIT_EPOCH_S + 0x1000_0000) * 1000
_DEGREES_PER_SEMICIRCLE = 180 / 2**31

_FILE_ID, _SESSION, _LAP, _RECORD, _DEVICE_INFO, _FILE_CREATOR = 0, 18, 19, 20, 23, 49
#: A file of one byte a message must not be read for hours; ten days of seconds are fewer.
_MAX_FRAMES = 1_000_000
_WANTED = {_FILE_ID, _SESSION, _LAP, _RECORD, _DEVICE_INFO, _FILE_CREATOR}

_Values = dict[str, Any]


@dataclass
class _Reading:
    """What has been read so far."""

    points: list[Point] = field(default_factory=list)
    laps: list[Lap] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    file_types: list[str] = field(default_factory=list)
    origin: _Values = field(default_factory=dict)
    frames: int = 0
    untimed: int = 0
    device_clock: bool = False

    @property
    def has_content(self) -> bool:
        return bool(self.points or self.laps or self.sessions)


def read_fit(path: Path) -> Track:
    """The recording in a FIT file, all chained parts joined.

    Records are sorted by time; those of the same second become one that keeps the last value of each column
    that is not missing. Enhanced speed and altitude go before the plain ones; developer fields are left out,
    so that none can stand where the device's own value belongs. Raises FileDamaged where nothing is readable.
    """
    content = read_fit_bytes(path)
    parts, problems = fit_parts(content)
    reading = _Reading()
    notes = [problem for part in parts for problem in part.problems] + list(problems)
    for part in parts:
        try:
            _read_part(reading, content, part)
        except Exception as problem:  # fitdecode raises many kinds on hostile bytes
            # The end of what is there is no news in a part that is known to be cut off.
            if not (part.problems and isinstance(problem, fitdecode.FitEOFError)):
                notes.append("what follows its first damaged message could not be read")
    if notes and not reading.has_content:
        raise FileDamaged(path.name, notes[0])
    return _track(reading, notes)


def _read_part(reading: _Reading, content: bytes, part: Part) -> None:
    """Take in the messages of one part that matter here.

    The header is given the length that is really there: then also a cut off part is read to its last message.
    """
    length = (part.end - part.start).to_bytes(4, "little")
    whole = part.header[:4] + length + part.header[8:] + content[part.start : part.end + CHECKSUM_BYTES]
    reader = fitdecode.FitReader(
        whole,
        processor=None,
        check_crc=fitdecode.CrcCheck.DISABLED,  # `fit_parts` has checked it, several times faster
        error_handling=fitdecode.ErrorHandling.IGNORE,
    )
    with reader:
        for frame in reader:
            reading.frames += 1
            if reading.frames > _MAX_FRAMES:
                raise ValueError("too many messages")
            if frame.frame_type == fitdecode.FIT_FRAME_DATA and frame.global_mesg_num in _WANTED:
                _take(reading, frame.global_mesg_num, _native_values(frame))


def _native_values(frame: Any) -> _Values:
    """Values by field name: the device's own fields first, then what was unpacked from compressed ones."""
    values: _Values = {}
    for each in frame.fields:
        if each.field_def is None:
            if values.get(each.name) is None:
                values[each.name] = each.value
        elif not each.field_def.is_dev and each.value is not None:
            values[each.name] = each.value
    return values


def _take(reading: _Reading, number: int, values: _Values) -> None:
    if number == _RECORD:
        _take_record(reading, values)
    elif number == _LAP:
        lap = _lap(values)
        if lap is not None:
            reading.laps.append(lap)
    elif number == _SESSION:
        reading.sessions.append(_session(values))
    elif number == _FILE_ID:
        reading.file_types.append(_word(values.get("type")) or "unknown")
        reading.origin = values | reading.origin
    elif number == _FILE_CREATOR:
        reading.origin.setdefault("software", values.get("software_version"))
    elif _word(values.get("device_index")) in {"creator", "0"} and "software_version" in values:
        # The same number as the file creator's, but with its decimal point.
        reading.origin["software"] = f"{_number(values, 'software_version'):.2f}"


def _take_record(reading: _Reading, values: _Values) -> None:
    moment = _moment(values, "timestamp")
    if moment is None:
        reading.untimed += 1
        return
    reading.device_clock |= moment < _DEVICE_CLOCK_BELOW_MS
    point = (
        _number(values, "position_lat") * _DEGREES_PER_SEMICIRCLE,
        _number(values, "position_long") * _DEGREES_PER_SEMICIRCLE,
        _number(values, "enhanced_altitude", "altitude"),
        _number(values, "distance"),
        _number(values, "enhanced_speed", "speed"),
        _number(values, "heart_rate"),
        _with_fraction(_number(values, "cadence"), _number(values, "fractional_cadence")),
        _number(values, "power"),
        _number(values, "temperature"),
    )
    reading.points.append((moment, point))


def _lap(values: _Values) -> Lap | None:
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


def _session(values: _Values) -> Session:
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
    )


def _span(values: _Values) -> tuple[datetime | None, datetime | None]:
    """Start and end of a lap or session; its message's own time is its end where nothing better is said."""
    begun, written = _moment(values, "start_time"), _moment(values, "timestamp")
    end = None if written is None else from_ms(written)
    start = end if begun is None else from_ms(begun)
    if start is not None:
        end = seconds_after(start, _known(values, "total_elapsed_time")) or end
    return start, end


def _cadence(values: _Values) -> float | None:
    # The profile names the same field after the sport, where there is one.
    average = _number(values, "avg_cadence", "avg_running_cadence")
    return amount(_with_fraction(average, _number(values, "avg_fractional_cadence")))


def _with_fraction(whole: float, fraction: float) -> float:
    return whole if math.isnan(fraction) else whole + fraction


def _number(values: _Values, *names: str) -> float:
    """The first of these values that is one number, else NaN."""
    for name in names:
        value = values.get(name)
        if isinstance(value, int | float):
            return float(value)
    return NAN


def _known(values: _Values, *names: str) -> float | None:
    return amount(_number(values, *names))


def _word(value: Any) -> str | None:
    """A name of the profile or a text of the device; None for an empty one."""
    return (str(value).strip("\0 ") or None) if isinstance(value, str | int | float) else None


def _moment(values: _Values, name: str) -> int | None:
    """A time of the FIT protocol (32 bits of seconds) in milliseconds since 1970 UTC."""
    seconds = values.get(name)
    if not isinstance(seconds, int) or not 0 <= seconds < 2**32:
        return None
    return (seconds + _FIT_EPOCH_S) * 1000


def _device(origin: _Values) -> Device | None:
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


def _track(reading: _Reading, notes: list[str]) -> Track:
    if not reading.points:
        kind = ", ".join(dict.fromkeys(reading.file_types)) or "unknown"
        notes.append(f"holds no recording: file type {kind}")
    if reading.untimed:
        notes.append(f"records without a time were left out: {reading.untimed}")
    if reading.device_clock:
        notes.append("the device did not know the date: some times count from when it was switched on")
    return track_of(
        reading.points,
        merge=True,
        laps=reading.laps,
        sessions=reading.sessions,
        device=_device(reading.origin),
        warnings=notes,
    )
