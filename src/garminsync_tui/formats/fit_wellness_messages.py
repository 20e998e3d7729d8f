"""What the messages of wellness files mean: readings at their instants, counters, stages of sleep.

Numbers of messages and fields are those of Garmin's FIT profile; body battery stands in a field that no profile names,
and so does the type of event around a night. "Not measured" (missing, negative, out of what can be true) is left out.
"""

from __future__ import annotations

from collections.abc import Callable

from ..metrics import Reading, plausible
from .fit_fields import TIMESTAMP, Fields
from .fit_wellness_content import Count, Gain, Level, Reader, unfolded

FILE_ID, EVENT, WEIGHT_SCALE, BLOOD_PRESSURE, MONITORING, MONITORING_INFO = 0, 21, 30, 51, 55, 103
MONITORING_HR, STRESS_LEVEL, MAX_MET, SPO2, SLEEP_LEVEL, RESPIRATION = 211, 227, 229, 269, 275, 297
SLEEP_ASSESSMENT, HRV_SUMMARY, HRV_VALUE, SKIN_TEMPERATURE, NAP = 346, 370, 371, 398, 412

_TIMESTAMP_16 = 26
_ON_FOOT = {1, 6}  # running, walking: only their cycles are steps
_TYPE_BITS = 0x1F
_STILL_WEIGHING = 0xFFFE
_SLEEP_EVENT, _START, _STOP = 74, 0, 1
_SOUND_PRESSURE = {0, 4}  # no error, irregular heart rate


def _file_id(reader: Reader, fields: Fields) -> None:
    found = reader.found
    if found.file_type is None and 0 in fields:
        found.file_type = int(fields[0])
        found.serial_number = int(fields.get(3, 0))
        found.created_ms = reader.at(fields, 4)


def _monitoring_info(reader: Reader, fields: Fields) -> None:
    at_ms = reader.at(fields)
    if at_ms is not None:
        reader.last_s = int(fields[TIMESTAMP])
        _monitored(reader, at_ms)
        reader.set_clock(at_ms, fields.get(0))


#: Counter → its field, and how much of it is one.
_COUNTERS = (("steps", 3, 1), ("steps", 9, 1), ("distance", 2, 100), ("distance", 8, 100))
_GAINS = (("ascent", 31, 1000), ("descent", 32, 1000), ("moderate", 33, 1), ("vigorous", 34, 1))


def _monitoring(reader: Reader, fields: Fields) -> None:
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
    if kind in _ON_FOOT:
        for what, number, scale in _COUNTERS:
            if number in fields:
                reader.found.counts.append(Count(what, int(kind), at_ms, fields[number] / scale))
    for what, number, scale in _GAINS:
        if number in fields:
            reader.found.gains.append(Gain(what, at_ms, fields[number] / scale))


def _monitored(reader: Reader, at_ms: int) -> None:
    first, last = reader.found.monitored or (at_ms, at_ms)
    reader.found.monitored = min(first, at_ms), max(last, at_ms)


def _resting(reader: Reader, fields: Fields) -> None:
    # Field 0 is the mean of seven days: what a day is told by is its own.
    reader.date("resting_heart_rate", reader.at(fields), fields.get(1, fields.get(0)))


def _stress(reader: Reader, fields: Fields) -> None:
    at_ms = reader.at(fields, 1)
    reader.take("stress_level", at_ms, fields.get(0))
    reader.take("body_battery", at_ms, fields.get(3))


def _spo2(reader: Reader, fields: Fields) -> None:
    reader.take("spo2", reader.at(fields), fields.get(0))


def _respiration(reader: Reader, fields: Fields) -> None:
    reader.take("respiration_rate", reader.at(fields), fields.get(0), 100)


def _hrv_value(reader: Reader, fields: Fields) -> None:
    reader.take("hrv_rmssd", reader.at(fields), fields.get(0), 128)


_HRV_OF_NIGHT = {
    "hrv_weekly_avg": 0,
    "hrv_last_night_avg": 1,
    "hrv_5min_high": 2,
    "hrv_baseline_low": 4,
    "hrv_baseline_high": 5,
}


def _hrv_summary(reader: Reader, fields: Fields) -> None:
    at_ms = reader.at(fields)
    for metric, number in _HRV_OF_NIGHT.items():
        reader.date(metric, at_ms, fields.get(number), 128)
    reader.date("hrv_status", at_ms, fields.get(6))


def _sleep_level(reader: Reader, fields: Fields) -> None:
    at_ms, level = reader.at(fields), fields.get(0)
    if at_ms is not None and level is not None and 0 <= level <= 4:
        reader.found.levels.append(Level(at_ms, int(level)))


def _event(reader: Reader, fields: Fields) -> None:
    # Modelled after what other readers say: the profile has no word for event 74.
    at_ms = reader.at(fields)
    if fields.get(0) == _SLEEP_EVENT and at_ms is not None and fields.get(1) in {_START, _STOP}:
        reader.found.bedtimes.append((at_ms, fields[1] == _START))


def _sleep_assessment(reader: Reader, fields: Fields) -> None:
    # Without a time of its own it is of the night before it in the file.
    levels = reader.found.levels
    at_ms = reader.at(fields) or (levels[-1].at_ms if levels else reader.found.created_ms)
    reader.date("sleep_score", at_ms, fields.get(6))


def _skin_temperature(reader: Reader, fields: Fields) -> None:
    reader.set_clock(reader.at(fields), fields.get(0))
    reader.date("skin_temp_deviation", reader.at(fields), fields.get(1))


_OXYGEN_UPTAKE = {1: "vo2max_running", 2: "vo2max_cycling"}


def _max_met(reader: Reader, fields: Fields) -> None:
    metric = _OXYGEN_UPTAKE.get(int(fields.get(5, -1)))
    if metric:
        reader.date(metric, reader.at(fields, 0), fields.get(2), 10)


def _nap(reader: Reader, fields: Fields) -> None:
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
OF_SEVERAL = {"weight", "body_composition", *_COMPOSITION, *_PRESSURE}


def _weigh_in(reader: Reader, fields: Fields) -> None:
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


def _blood_pressure(reader: Reader, fields: Fields) -> None:
    if fields.get(8, 0) in _SOUND_PRESSURE:
        at_ms = reader.at(fields)
        _measured_whom(reader, fields.get(9))
        for metric, number in _PRESSURE.items():
            reader.take(metric, at_ms, fields.get(number))


def _measured_whom(reader: Reader, person: float | None) -> None:
    if person is not None:
        reader.people.add(person)


#: Where each kind of message goes.
TAKEN: dict[int, Callable[[Reader, Fields], None]] = {
    FILE_ID: _file_id,
    EVENT: _event,
    WEIGHT_SCALE: _weigh_in,
    BLOOD_PRESSURE: _blood_pressure,
    MONITORING: _monitoring,
    MONITORING_INFO: _monitoring_info,
    MONITORING_HR: _resting,
    STRESS_LEVEL: _stress,
    MAX_MET: _max_met,
    SPO2: _spo2,
    SLEEP_LEVEL: _sleep_level,
    RESPIRATION: _respiration,
    SLEEP_ASSESSMENT: _sleep_assessment,
    HRV_SUMMARY: _hrv_summary,
    HRV_VALUE: _hrv_value,
    SKIN_TEMPERATURE: _skin_temperature,
    NAP: _nap,
}
