"""Any FIT through fitdecode: slower by far, and at home in what plain reading leaves alone."""

from __future__ import annotations

from typing import Any

import fitdecode

from .fit_messages import RECORD, WANTED, PartDamaged, Reading, Values
from .fit_parts import CHECKSUM_BYTES, Part

#: A file of one byte a message must not be read for hours; three days of seconds are fewer.
_MOST_FRAMES = 300_000


def read_decoded(reading: Reading, content: bytes, part: Part) -> None:
    """Take in the messages of one part that matter here. Raises PartDamaged once what came before is taken in.

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
    frames = 0
    try:
        with reader:
            for frame in reader:
                frames += 1
                if frames > _MOST_FRAMES:
                    raise ValueError("too many messages")
                if frame.frame_type == fitdecode.FIT_FRAME_DATA and frame.global_mesg_num in WANTED:
                    _take(reading, frame.global_mesg_num, _native_values(frame), frames)
    except Exception as problem:  # fitdecode raises many kinds on hostile bytes
        raise PartDamaged(at_end=isinstance(problem, fitdecode.FitEOFError)) from problem


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
