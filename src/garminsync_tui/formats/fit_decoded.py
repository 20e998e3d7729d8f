"""Any FIT through fitdecode: slower by far, and at home in what plain reading leaves alone."""

from __future__ import annotations

from typing import Any

import fitdecode

from .fit_messages import RECORD, WANTED, PartDamaged, Reading, Spent, Values
from .fit_parts import CHECKSUM_BYTES, Part

#: No file must be read for minutes: values and fields of definitions, where a message itself is worth four. Fourteen
#: hours of seconds with eight values each are as much.
_MOST_VALUES = 600_000
_MESSAGE_VALUES = 4
#: Also what is passed over takes its time.
_MOST_BYTES = 4 * 2**20


def read_decoded(reading: Reading, content: bytes, part: Part, spent: Spent) -> None:
    """Take in the messages of one part that matter here. Raises PartDamaged once what came before is taken in.

    The header is given the length that is really there: then also a cut off part is read to its last message.
    """
    end = min(part.end, part.start + _MOST_BYTES - spent.slow_bytes)
    spent.slow_bytes += end - part.start
    length = (end - part.start).to_bytes(4, "little")
    whole = part.header[:4] + length + part.header[8:] + content[part.start : end + CHECKSUM_BYTES]
    reader = fitdecode.FitReader(
        whole,
        processor=None,
        check_crc=fitdecode.CrcCheck.DISABLED,  # `fit_parts` has checked it, several times faster
        error_handling=fitdecode.ErrorHandling.IGNORE,
    )
    frames = 0
    try:
        with reader:
            for frame in reader:
                frames += 1
                spent.slow_values += _MESSAGE_VALUES + _count(frame)
                if spent.slow_values > _MOST_VALUES:
                    raise ValueError("too many messages")
                if frame.frame_type == fitdecode.FIT_FRAME_DATA and frame.global_mesg_num in WANTED:
                    _take(reading, frame.global_mesg_num, _native_values(frame), frames)
    except MemoryError:
        raise
    except Exception as problem:  # fitdecode raises many kinds on hostile bytes
        raise PartDamaged(at_end=end == part.end and isinstance(problem, fitdecode.FitEOFError)) from problem
    if end < part.end:
        raise PartDamaged(at_end=False)


def _count(frame: Any) -> int:
    """The values of a message, the fields of a definition."""
    if frame.frame_type == fitdecode.FIT_FRAME_DATA:
        return len(frame.fields)
    if frame.frame_type == fitdecode.FIT_FRAME_DEFINITION:
        return len(frame.field_defs) + len(frame.dev_field_defs)
    return 0


def _take(reading: Reading, number: int, values: Values, place: int) -> None:
    if number == RECORD:
        reading.take_record(values, place)
    else:
        reading.take(number, values)


def _native_values(frame: Any) -> Values:
    """Values by field name: the device's own fields first, then what was unpacked from compressed ones."""
    values: Values = {}
    for each in frame.fields:
        if each.field_def is None:
            if values.get(each.name) is None:
                values[each.name] = each.value
        elif not each.field_def.is_dev and each.value is not None:
            values[each.name] = each.value
    return values
