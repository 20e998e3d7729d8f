"""FIT files of a watch's days and nights, a scale and a cuff: readings at their instants, counters, stages of sleep.

Numbers of messages and fields are those of Garmin's FIT profile; body battery stands in a field that no profile names.
"Not measured" (missing, negative, out of what can be true) is left out. What belongs to a day is told at the instant
at which it was written: which local day that is, is for those to say who know the bounds of days.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from ..errors import FileDamaged
from ..metrics import METRICS, Reading, plausible
from .fit_encoding import FIT_EPOCH_S
from .fit_fields import TIMESTAMP, Fields, fields_of
from .fit_messages import PartDamaged
from .fit_parts import MAX_FIT_BYTES, fit_parts

FILE_ID, WEIGHT_SCALE, BLOOD_PRESSURE, MONITORING, MONITORING_INFO = 0, 30, 51, 55, 103
MONITORING_HR, STRESS_LEVEL, SPO2, SLEEP_LEVEL, RESPIRATION = 211, 227, 269, 275, 297
SLEEP_ASSESSMENT, HRV_SUMMARY, HRV_VALUE, SKIN_TEMPERATURE, NAP = 346, 370, 371, 398, 412

_TIMESTAMP_16 = 26
_ON_FOOT = {1, 6}  # running, walking: only their cycles are steps
_TYPE_BITS = 0x1F
_WIDEST_OFFSET_S = 15 * 3600
#: Smaller times count from when a device was switched on, not from 1989.
_DEVICE_CLOCK_BELOW_S = 0x1000_0000
_STILL_WEIGHING = 0xFFFE
_SOUND_PRESSURE = {0, 4}  # no error, irregular heart rate


class Count(NamedTuple):
    """A counter at an instant. It counts since local midnight, for one type of activity (None where none is told)."""

    what: str
    activity_type: int | None
    at_ms: int
    total: float


class Level(NamedTuple):
    """From here on a night is unmeasurable (0), awake (1), light (2), deep (3) or REM (4)."""

    at_ms: int
    level: int


@dataclass(slots=True)
class Wellness:
    """What one file holds."""

    file_type: int | None = None
    serial_number: int = 0
    created_ms: int | None = None
    #: Where the local clock was against UTC, in seconds, at some instants.
    clock: list[tuple[int, int]] = field(default_factory=list)
    #: Heart rate, stress, body battery, respiration, oxygen, variability, weigh-ins, blood pressure, naps.
    readings: list[Reading] = field(default_factory=list)
    #: Values of a day or a night, at the instant they were written.
    dated: list[Reading] = field(default_factory=list)
    counts: list[Count] = field(default_factory=list)
    levels: list[Level] = field(default_factory=list)
    #: First and last instant of the monitoring in it.
    monitored: tuple[int, int] | None = None
    #: What could not be read or was not taken, in half sentences.
    problems: tuple[str, ...] = ()

    @property
    def has_content(self) -> bool:
        """Whether there is anything to store."""
        return bool(self.readings or self.dated or self.counts or self.levels)


def read_wellness(name: str, content: bytes) -> Wellness:
    """All of a file, its chained parts one after the other.

    Of a damaged one, what stands before the damage; `problems` name it. Raises FileDamaged where nothing is readable.
    """
    if len(content) > MAX_FIT_BYTES:
        raise FileDamaged(name, f"is larger than {MAX_FIT_BYTES // 2**20} MiB")
    parts, problems = fit_parts(content)
    notes = [problem for part in parts for problem in part.problems] + list(problems)
    if not parts:
        raise FileDamaged(name, "is not FIT")
    found = Wellness()
    reader = _Reader(found)
    for part in parts:
        reader.begin()
        try:
            for number, fields in fields_of(content, part, _TAKEN):
                _TAKEN[number](reader, fields)
        except PartDamaged as damage:
            if not (part.problems and damage.at_end):
                notes.append("what follows its first damaged message could not be read")
    if notes and not found.has_content:
        raise FileDamaged(name, notes[0])
    if len(reader.people) > 1:
        found.readings = [each for each in found.readings if each.metric not in _OF_SEVERAL]
        notes.append("weigh-ins or blood pressures of several people are not taken: whose is whose is not known")
    found.problems = tuple(dict.fromkeys(notes))
    return found


def unfolded(last_s: int, low_bits: int) -> int:
    """The time whose lower 16 bits these are, at or after `last_s`."""
    return last_s + ((low_bits - last_s) & 0xFFFF)


class _Reader:
    """Where messages go, and the time they count on from."""

    def __init__(self, found: Wellness) -> None:
        self.found = found
        self.last_s: int | None = None
        #: Whom a shared scale or cuff measured.
        self.people: set[float] = set()

    def begin(self) -> None:
        """A chained file counts its times anew."""
        self.last_s = None

    def at(self, fields: Fields, number: int = TIMESTAMP) -> int | None:
        """The instant in a field, in milliseconds since 1970; None for none, and for a clock that was never set."""
        seconds = fields.get(number)
        if seconds is None or not _DEVICE_CLOCK_BELOW_S <= seconds <= 0xFFFF_FFFE:
            return None
        return (int(seconds) + FIT_EPOCH_S) * 1000

    def take(self, metric: str, at_ms: int | None, value: float | None, scale: float = 1) -> None:
        """A reading at its instant, where there is one that can be true."""
        if at_ms is not None and value is not None and plausible(metric, value / scale):
            self.found.readings.append(Reading(metric, at_ms, round(value / scale, 3)))

    def date(self, metric: str, at_ms: int | None, value: float | None, scale: float = 1) -> None:
        """A value of the day, or night, in which it was written."""
        if at_ms is not None and value is not None and plausible(metric, value / scale):
            words = METRICS[metric].words
            extra = {"word": words[int(value)]} if words else None
            self.found.dated.append(Reading(metric, at_ms, round(value / scale, 3), extra))

    def set_clock(self, at_ms: int | None, local_s: float | None) -> None:
        """What a local time says of the offset."""
        if at_ms is None or local_s is None:
            return
        offset_s = int(local_s) + FIT_EPOCH_S - at_ms // 1000
        if abs(offset_s) <= _WIDEST_OFFSET_S:
            self.found.clock.append((at_ms, round(offset_s / 60) * 60))


# ── Messages ─────────────────────────────────────────────────────────────────────────────────────────


def _file_id(reader: _Reader, fields: Fields) -> None:
    found = reader.found
    if found.file_type is None and 0 in fields:
        found.file_type = int(fields[0])
        found.serial_number = int(fields.get(3, 0))
        found.created_ms = reader.at(fields, 4)


def _monitoring_info(reader: _Reader, fields: Fields) -> None:
    at_ms = reader.at(fields)
    if at_ms is not None:
        reader.last_s = int(fields[TIMESTAMP])
        _monitored(reader, at_ms)
        reader.set_clock(at_ms, fields.get(0))


#: Counter → its field, how much of it is one, and whether it is of those on foot only.
_COUNTERS = (
    ("steps", 3, 1, True),
    ("steps", 9, 1, True),
    ("distance", 2, 100, True),
    ("distance", 8, 100, True),
    ("ascent", 31, 1000, False),
    ("descent", 32, 1000, False),
    ("moderate", 33, 1, False),
    ("vigorous", 34, 1, False),
)


def _monitoring(reader: _Reader, fields: Fields) -> None:
    if TIMESTAMP in fields:
        seconds = int(fields[TIMESTAMP])
    elif _TIMESTAMP_16 in fields and reader.last_s is not None:
        seconds = unfolded(reader.last_s, int(fields[_TIMESTAMP_16]))
    else:
        return
    at_ms = reader.at({TIMESTAMP: seconds})
    if at_ms is None:
        return
    reader.last_s = seconds
    _monitored(reader, at_ms)
    reader.set_clock(at_ms, fields.get(11))
    reader.take("heart_rate", at_ms, fields.get(27))
    kind = fields.get(5)
    if kind is None and 24 in fields:
        kind = int(fields[24]) & _TYPE_BITS
    activity_type = None if kind is None else int(kind)
    for what, number, scale, on_foot in _COUNTERS:
        if number in fields and (activity_type in _ON_FOOT or not on_foot):
            reader.found.counts.append(Count(what, activity_type, at_ms, fields[number] / scale))


def _monitored(reader: _Reader, at_ms: int) -> None:
    first, last = reader.found.monitored or (at_ms, at_ms)
    reader.found.monitored = min(first, at_ms), max(last, at_ms)


def _resting(reader: _Reader, fields: Fields) -> None:
    # Field 0 is the mean of seven days: what a day is told by is its own.
    reader.date("resting_heart_rate", reader.at(fields), fields.get(1, fields.get(0)))


def _stress(reader: _Reader, fields: Fields) -> None:
    at_ms = reader.at(fields, 1)
    reader.take("stress_level", at_ms, fields.get(0))
    reader.take("body_battery", at_ms, fields.get(3))


def _spo2(reader: _Reader, fields: Fields) -> None:
    reader.take("spo2", reader.at(fields), fields.get(0))


def _respiration(reader: _Reader, fields: Fields) -> None:
    reader.take("respiration_rate", reader.at(fields), fields.get(0), 100)


def _hrv_value(reader: _Reader, fields: Fields) -> None:
    reader.take("hrv_rmssd", reader.at(fields), fields.get(0), 128)


_HRV_OF_NIGHT = {
    "hrv_weekly_avg": 0,
    "hrv_last_night_avg": 1,
    "hrv_5min_high": 2,
    "hrv_baseline_low": 4,
    "hrv_baseline_high": 5,
}


def _hrv_summary(reader: _Reader, fields: Fields) -> None:
    at_ms = reader.at(fields)
    for metric, number in _HRV_OF_NIGHT.items():
        reader.date(metric, at_ms, fields.get(number), 128)
    reader.date("hrv_status", at_ms, fields.get(6))


def _sleep_level(reader: _Reader, fields: Fields) -> None:
    at_ms, level = reader.at(fields), fields.get(0)
    if at_ms is not None and level is not None and 0 <= level <= 4:
        reader.found.levels.append(Level(at_ms, int(level)))


def _sleep_assessment(reader: _Reader, fields: Fields) -> None:
    # Without a time of its own it is of the night before it in the file.
    levels = reader.found.levels
    at_ms = reader.at(fields) or (levels[-1].at_ms if levels else reader.found.created_ms)
    reader.date("sleep_score", at_ms, fields.get(6))


def _skin_temperature(reader: _Reader, fields: Fields) -> None:
    reader.set_clock(reader.at(fields), fields.get(0))
    reader.date("skin_temp_deviation", reader.at(fields), fields.get(1))


def _nap(reader: _Reader, fields: Fields) -> None:
    starts_ms, ends_ms = reader.at(fields, 0), reader.at(fields, 2)
    if starts_ms is not None and ends_ms is not None and not fields.get(5):
        reader.take("nap_duration", starts_ms, (ends_ms - starts_ms) // 1000)


#: metric → field, how much of it is one of the metric's unit.
_COMPOSITION = {
    "body_fat": (1, 100),
    "body_water": (2, 100),
    "bone_mass": (4, 100),
    "muscle_mass": (5, 100),
    "physique_rating": (8, 1),
    "metabolic_age": (10, 1),
    "visceral_fat": (11, 1),
    "bmi": (13, 10),
}


_PRESSURE = {"blood_pressure_systolic": 0, "blood_pressure_diastolic": 1, "blood_pressure_pulse": 6}
#: What a shared scale or cuff measures.
_OF_SEVERAL = {"weight", "body_composition", *_COMPOSITION, *_PRESSURE}


def _weigh_in(reader: _Reader, fields: Fields) -> None:
    at_ms, parts = reader.at(fields), dict[str, float]()
    weight = fields.get(0)
    if weight == _STILL_WEIGHING or at_ms is None or weight is None or not plausible("weight", weight / 100):
        return
    _measured_whom(reader, fields.get(12))
    reader.take("weight", at_ms, weight, 100)
    for metric, (number, scale) in _COMPOSITION.items():
        if number in fields and plausible(metric, fields[number] / scale):
            parts[metric] = round(fields[number] / scale, 3)
            reader.take(metric, at_ms, fields[number], scale)
    if parts.keys() - {"bmi"}:
        reader.found.readings.append(Reading("body_composition", at_ms, round(weight / 100, 3), dict(parts)))


def _blood_pressure(reader: _Reader, fields: Fields) -> None:
    if fields.get(8, 0) in _SOUND_PRESSURE:
        at_ms = reader.at(fields)
        _measured_whom(reader, fields.get(9))
        for metric, number in _PRESSURE.items():
            reader.take(metric, at_ms, fields.get(number))


def _measured_whom(reader: _Reader, person: float | None) -> None:
    if person is not None:
        reader.people.add(person)


_TAKEN: dict[int, Callable[[_Reader, Fields], None]] = {
    FILE_ID: _file_id,
    WEIGHT_SCALE: _weigh_in,
    BLOOD_PRESSURE: _blood_pressure,
    MONITORING: _monitoring,
    MONITORING_INFO: _monitoring_info,
    MONITORING_HR: _resting,
    STRESS_LEVEL: _stress,
    SPO2: _spo2,
    SLEEP_LEVEL: _sleep_level,
    RESPIRATION: _respiration,
    SLEEP_ASSESSMENT: _sleep_assessment,
    HRV_SUMMARY: _hrv_summary,
    HRV_VALUE: _hrv_value,
    SKIN_TEMPERATURE: _skin_temperature,
    NAP: _nap,
}
