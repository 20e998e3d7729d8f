"""Who a FIT file is: its kind, and which device made it when, from its first messages; and its clock's offset.

Messages by the FIT protocol; `file_id` (0) comes first in every file, `activity` (34) near the end of a recording.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .detection import is_fit
from .fit_encoding import FIT_EPOCH_S

ACTIVITY = 4
#: Smaller times count seconds since the device was switched on: its clock had not been set.
FIRST_CLOCK_TIME = 0x10000000

_COMPRESSED, _DEFINITION, _DEVELOPER, _LOCAL = 0x80, 0x40, 0x20, 0x0F
_FILE_ID, _ACTIVITY = 0, 34
_UNKNOWN_32 = 0xFFFFFFFF
_WIDEST_OFFSET_S = 15 * 3600
#: No file must be read for minutes.
_MOST_MESSAGES = 500_000


@dataclass(frozen=True, slots=True)
class FitIdentity:
    """What `file_id` says; `utc_offset_s` is local wall clock minus UTC, where the recording tells."""

    #: As the FIT profile counts them: 4 is an activity, 32 monitoring; None where nothing is said.
    type: int | None = None
    serial: int | None = None
    time_created: datetime | None = None
    utc_offset_s: int | None = None


def fit_identity(content: bytes) -> FitIdentity:
    """Who a file is, from its first bytes or all of it; what is not there or damaged is None."""
    if not is_fit(content):
        return FitIdentity()
    file_id, activity = _first_messages(content)
    serial, created = file_id.get(3), file_id.get(4)
    return FitIdentity(
        type=file_id.get(0) if file_id.get(0) != 0xFF else None,
        serial=serial if serial and serial != _UNKNOWN_32 else None,
        time_created=_moment(created),
        utc_offset_s=_offset_s(activity),
    )


def _moment(seconds: int | None) -> datetime | None:
    if seconds is None or not FIRST_CLOCK_TIME <= seconds < _UNKNOWN_32:
        return None
    return datetime.fromtimestamp(FIT_EPOCH_S + seconds, UTC)


def _offset_s(activity: dict[int, int]) -> int | None:
    moment, local = activity.get(253), activity.get(5)
    if _moment(moment) is None or _moment(local) is None:
        return None
    assert moment is not None and local is not None
    # Devices write both a second apart at times; offsets of zones are quarters of hours.
    offset_s = round((local - moment) / 900) * 900
    return offset_s if abs(offset_s) <= _WIDEST_OFFSET_S else None


def _first_messages(content: bytes) -> tuple[dict[int, int], dict[int, int]]:
    """The numbers of the first `file_id` and the last `activity`, by field."""
    found: dict[int, dict[int, int]] = {}
    local: dict[int, tuple[int, int, str, list[tuple[int, int]]]] = {}
    at, end = content[0], len(content)
    for _ in range(_MOST_MESSAGES):
        if at >= end:
            break
        header = content[at]
        if header & _DEFINITION and not header & _COMPRESSED:
            if at + 6 > end:
                break
            order = ">" if content[at + 2] == 1 else "<"
            (number,) = struct.unpack_from(f"{order}H", content, at + 3)
            after = at + 6 + 3 * content[at + 5]
            sizes = content[at + 7 : after : 3]
            told = range(at + 6, after, 3) if number in _TOLD and after <= end else ()
            fields = [(content[each], content[each + 1]) for each in told]
            developer = b""
            if header & _DEVELOPER:
                if after >= end:
                    break
                developer = content[after + 2 : after + 1 + 3 * content[after] : 3]
                after += 1 + 3 * content[after]
            local[header & _LOCAL] = number, 1 + sum(sizes) + sum(developer), order, fields
            at = after
            continue
        known = local.get((header >> 5) & 3 if header & _COMPRESSED else header & _LOCAL)
        if known is None:
            break
        number, size, order, fields = known
        if fields and at + size <= end:
            if number == _FILE_ID and number in found:
                fields = []
            elif values := _numbers(content, at + 1, order, fields):
                found[number] = values
        at += size
    return found.get(_FILE_ID, {}), found.get(_ACTIVITY, {})


_TOLD = {_FILE_ID, _ACTIVITY}
_FORMATS = {1: "B", 2: "H", 4: "I"}


def _numbers(content: bytes, at: int, order: str, fields: list[tuple[int, int]]) -> dict[int, int]:
    values: dict[int, Any] = {}
    for number, size in fields:
        if size in _FORMATS:
            (values[number],) = struct.unpack_from(f"{order}{_FORMATS[size]}", content, at)
        at += size
    return values
