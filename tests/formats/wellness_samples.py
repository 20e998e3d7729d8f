"""Wellness files made byte by byte: field numbers and base types by name, times in seconds since 1970."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from datetime import UTC, datetime

from .recording_samples import part

FIT_EPOCH_S = 631_065_600
_BASE = {
    "enum": (0x00, "B"),
    "uint8": (0x02, "B"),
    "sint8": (0x01, "b"),
    "sint16": (0x83, "h"),
    "uint16": (0x84, "H"),
    "uint32": (0x86, "I"),
    "uint32z": (0x8C, "I"),
    "float32": (0x88, "f"),
    "byte": (0x0D, "B"),
}
#: message → its fields' numbers and base types, by the names of Garmin's profile.
MESSAGES: Mapping[str, tuple[int, Mapping[str, tuple[int, str]]]] = {
    "file_id": (0, {"type": (0, "enum"), "serial_number": (3, "uint32z"), "time_created": (4, "uint32")}),
    "weight_scale": (
        30,
        {
            "timestamp": (253, "uint32"),
            "weight": (0, "uint16"),
            "percent_fat": (1, "uint16"),
            "muscle_mass": (5, "uint16"),
            "bmi": (13, "uint16"),
            "user_profile_index": (12, "uint16"),
        },
    ),
    "blood_pressure": (
        51,
        {
            "timestamp": (253, "uint32"),
            "systolic_pressure": (0, "uint16"),
            "diastolic_pressure": (1, "uint16"),
            "heart_rate": (6, "uint8"),
            "status": (8, "enum"),
        },
    ),
    "monitoring": (
        55,
        {
            "timestamp": (253, "uint32"),
            "timestamp_16": (26, "uint16"),
            "heart_rate": (27, "uint8"),
            "cycles": (3, "uint32"),
            "distance": (2, "uint32"),
            "ascent": (31, "uint32"),
            "descent": (32, "uint32"),
            "moderate_activity_minutes": (33, "uint16"),
            "vigorous_activity_minutes": (34, "uint16"),
            "activity_type": (5, "enum"),
            "current_activity_type_intensity": (24, "byte"),
        },
    ),
    "monitoring_info": (103, {"timestamp": (253, "uint32"), "local_timestamp": (0, "uint32")}),
    "monitoring_hr_data": (
        211,
        {
            "timestamp": (253, "uint32"),
            "resting_heart_rate": (0, "uint8"),
            "current_day_resting_heart_rate": (1, "uint8"),
        },
    ),
    "stress_level": (
        227,
        {"stress_level_time": (1, "uint32"), "stress_level_value": (0, "sint16"), "body_battery": (3, "sint8")},
    ),
    "event": (21, {"timestamp": (253, "uint32"), "event": (0, "enum"), "event_type": (1, "enum")}),
    "max_met_data": (229, {"update_time": (0, "uint32"), "vo2_max": (2, "uint16"), "sport": (5, "enum")}),
    "spo2_data": (269, {"timestamp": (253, "uint32"), "reading_spo2": (0, "uint8")}),
    "sleep_level": (275, {"timestamp": (253, "uint32"), "sleep_level": (0, "enum")}),
    "respiration_rate": (297, {"timestamp": (253, "uint32"), "respiration_rate": (0, "sint16")}),
    "sleep_assessment": (346, {"overall_sleep_score": (6, "uint8")}),
    "hrv_status_summary": (
        370,
        {
            "timestamp": (253, "uint32"),
            "weekly_average": (0, "uint16"),
            "last_night_average": (1, "uint16"),
            "last_night_5_min_high": (2, "uint16"),
            "baseline_low_upper": (3, "uint16"),
            "baseline_balanced_lower": (4, "uint16"),
            "baseline_balanced_upper": (5, "uint16"),
            "status": (6, "enum"),
        },
    ),
    "hrv_value": (371, {"timestamp": (253, "uint32"), "value": (0, "uint16")}),
    "skin_temp_overnight": (
        398,
        {"timestamp": (253, "uint32"), "local_timestamp": (0, "uint32"), "average_deviation": (1, "float32")},
    ),
    "nap_event": (
        412,
        {
            "timestamp": (253, "uint32"),
            "start_time": (0, "uint32"),
            "end_time": (2, "uint32"),
            "is_deleted": (5, "enum"),
        },
    ),
}
_TIMES = {"timestamp", "time_created", "stress_level_time", "start_time", "end_time", "update_time", "local_timestamp"}


def at(text: str) -> int:
    """Seconds since 1970 of an ISO time in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def message(name: str, /, **fields: float) -> bytes:
    """A definition and its only message."""
    number, known = MESSAGES[name]
    kinds = [(known[field][0], *_BASE[known[field][1]]) for field in fields]
    written = struct.pack("<BBBHB", 0x40, 0, 0, number, len(kinds))
    written += b"".join(bytes((place, struct.calcsize(letter), base)) for place, base, letter in kinds)
    values = [value - FIT_EPOCH_S if field in _TIMES else value for field, value in fields.items()]
    return written + b"\0" + struct.pack("<" + "".join(letter for *_, letter in kinds), *values)


def wellness_file(kind: int, created_s: int, *messages: bytes, serial_number: int = 7) -> bytes:
    """A whole file of that type."""
    first = message("file_id", type=kind, serial_number=serial_number, time_created=created_s)
    return part(first + b"".join(messages))


def watched(
    midnight_s: int,
    first_h: int,
    last_h: int,
    *more: bytes,
    serial_number: int = 7,
    bpm: int = 60,
    offset_s: int = 7200,
) -> bytes:
    """A monitoring file of some hours after a midnight: heart rate and stress at each, a hundred steps in each."""
    starts = midnight_s + first_h * 3600
    written = [message("monitoring_info", timestamp=starts, local_timestamp=starts + offset_s)]
    for hour in range(first_h, last_h):
        at_s = midnight_s + hour * 3600
        written += [
            message("monitoring", timestamp=at_s, heart_rate=bpm + hour % 24),
            message("stress_level", stress_level_time=at_s, stress_level_value=20 + hour % 24, body_battery=50),
            message("monitoring", timestamp=at_s + 3600, cycles=100 * (hour % 24 + 1), activity_type=6),
        ]
    return wellness_file(32, starts, *written, *more, serial_number=serial_number)
