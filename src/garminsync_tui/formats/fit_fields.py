"""FIT messages as they are written: numbers by the numbers of their fields, whatever any profile calls them.

For what no profile names, and for files of thousands of tiny messages. Scales, units and words are the caller's.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterator
from typing import NamedTuple

from .fit_messages import PartDamaged
from .fit_parts import Part

#: By its number; a value that equals `missing` was not measured.
_TYPES: dict[int, tuple[str, int | None]] = {
    0x00: ("B", 0xFF),  # enum
    0x01: ("b", 0x7F),
    0x02: ("B", 0xFF),
    0x83: ("h", 0x7FFF),
    0x84: ("H", 0xFFFF),
    0x85: ("i", 0x7FFF_FFFF),
    0x86: ("I", 0xFFFF_FFFF),
    0x88: ("f", None),
    0x89: ("d", None),
    0x0A: ("B", 0),
    0x8B: ("H", 0),
    0x8C: ("I", 0),
    0x0D: ("B", 0xFF),  # byte
    0x8E: ("q", 0x7FFF_FFFF_FFFF_FFFF),
    0x8F: ("Q", 0xFFFF_FFFF_FFFF_FFFF),
    0x90: ("Q", 0),
}
TIMESTAMP = 253
_COMPRESSED, _DEFINITION, _DEVELOPER, _LOCAL = 0x80, 0x40, 0x20, 0x0F
_COMPRESSED_LOCAL, _COMPRESSED_SECONDS = 0x03, 0x1F
_BIG_ENDIAN = 1
#: No file must be read for minutes: a month of readings by the second is less.
_MOST_MESSAGES = 3_000_000

#: A message's values by the numbers of their fields; of an array its first value.
Fields = dict[int, float]


class _Definition(NamedTuple):
    number: int
    size: int
    #: None where these messages are passed over.
    layout: struct.Struct | None
    #: Number of the field, its place among the unpacked values, and what stands for "not measured".
    fields: tuple[tuple[int, int, int | None], ...]


def fields_of(content: bytes, part: Part, wanted: Collection[int]) -> Iterator[tuple[int, Fields]]:
    """The messages of one part whose numbers are `wanted`, in order, without what was not measured.

    A compressed time counts as field 253. Raises PartDamaged where no more can be read.
    """
    local: dict[int, _Definition] = {}
    at, end, last_s = part.start, part.end, 0
    for _ in range(_MOST_MESSAGES):
        if at >= end:
            return
        header = content[at]
        if header & _DEFINITION and not header & _COMPRESSED:
            at, local[header & _LOCAL] = _define(content, at, end, wanted)
            continue
        compressed = header & _COMPRESSED
        definition = local.get(header >> 5 & _COMPRESSED_LOCAL if compressed else header & _LOCAL)
        if definition is None:
            raise PartDamaged(at_end=False)
        if at + definition.size > end:
            raise PartDamaged(at_end=True)
        found: Fields = {}
        if definition.layout is not None:
            row = definition.layout.unpack_from(content, at)
            for number, place, missing in definition.fields:
                value = row[place]
                if value != missing and value == value:  # noqa: PLR0124 - NaN is the missing float
                    found[number] = value
        if compressed:
            last_s += (header - last_s) & _COMPRESSED_SECONDS
            found[TIMESTAMP] = last_s
        elif TIMESTAMP in found:
            last_s = int(found[TIMESTAMP])
        at += definition.size
        if definition.layout is not None and definition.number in wanted:
            yield definition.number, found
    raise PartDamaged(at_end=False)


def _define(content: bytes, at: int, end: int, wanted: Collection[int]) -> tuple[int, _Definition]:
    """A definition, and where the message after it begins."""
    fields_end = at + 6 + 3 * content[at + 5] if at + 6 <= end else end + 1
    developer_end = fields_end
    if content[at] & _DEVELOPER:
        developer_end = fields_end + 1 + 3 * content[fields_end] if fields_end < end else end + 1
    if developer_end > end:
        raise PartDamaged(at_end=True)
    if content[at + 2] > _BIG_ENDIAN:
        raise PartDamaged(at_end=False)
    order = ">" if content[at + 2] else "<"
    (number,) = struct.unpack_from(f"{order}H", content, at + 3)
    sizes = [content[place + 1] for place in range(at + 6, fields_end, 3)]
    size = 1 + sum(sizes) + sum(content[fields_end + 2 : developer_end : 3])
    layout, fields, place = [order, "x"], [], 0
    for where in range(at + 6, fields_end, 3):
        field, width, base = content[where : where + 3]
        letter, missing = _TYPES.get(base, ("", None))
        own = struct.calcsize(f"={letter}") if letter else 0
        if not own or width < own:
            layout.append(f"{width}x")
            continue
        layout.append(f"{letter}{width - own}x")
        fields.append((field, place, missing))
        place += 1
    # Times are needed of every message: a compressed one counts on from the last, whoever told it.
    needed = number in wanted or any(field == TIMESTAMP for field, *_ in fields)
    return developer_end, _Definition(number, size, struct.Struct("".join(layout)) if needed else None, tuple(fields))
