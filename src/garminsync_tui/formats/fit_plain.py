"""Plain FIT read by `struct`: runs of equal messages are unpacked at once, whole columns are scaled at once.

Plain is what recorders write nearly always: numbers of one value each, no compressed headers. Whatever else occurs in
a message that matters raises `NotPlain`, and fitdecode reads the part instead (`fit_decoded.py`); developer fields are
passed over, so that none can stand where the device's own value belongs. Names, scales and words come from fitdecode's
profile: both readers tell the same things in the same numbers.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from fitdecode import profile
from fitdecode.types import BASE_TYPES

from .fit_messages import RECORD, WANTED, PartDamaged, Reading, Spent, Values
from .track import NAN

_COMPRESSED, _DEFINITION, _DEVELOPER, _LOCAL = 0x80, 0x40, 0x20, 0x0F
_BIG_ENDIAN = 1
_COMPRESSED_SPEED_DISTANCE = 8
_STRING, _MISSING_BYTE = 0x07, b"\xff"
#: Messages unpacked before their columns are kept: bounds what a file of millions takes.
_ROWS_AT_ONCE = 4096
#: How far a run of equal messages is looked for at first.
_FIRST_LOOK = 8
_FARTHEST_LOOK = 2**16
# No file must be read for minutes or fill the memory. What follows is not read where one of them is
# reached; recordings are far from each.
#: Runs and definitions: 70 hours of seconds whose messages alternate.
_MOST_RUNS = 500_000
#: Definitions that differ.
_MOST_LAYOUTS = 1_000
#: Values in messages that are not records, where a message itself is worth sixteen.
_MOST_VALUES = 500_000
_MESSAGE_VALUES = 16
#: Four days of seconds.
_MOST_RECORDS = 350_000


class NotPlain(Exception):
    """Something that this reader does not claim to understand."""


@dataclass(slots=True)
class _Field:
    """A field of a definition that matters, in the order of the unpacked values."""

    name: str
    number: int
    count: int
    base: Any
    profile: Any


class _Definition:
    """What the messages of one definition look like; `fields` is empty where they do not matter."""

    def __init__(self, number: int, size: int, layout: struct.Struct | None, fields: Sequence[_Field]) -> None:
        self.number = number
        self.size = size
        self.layout = layout
        self.fields = fields
        #: Unpacked records that wait to become columns, and where in the file each began.
        self.rows: list[tuple[Any, ...]] = []
        self.order: array[int] = array("q")


def read_plain(reading: Reading, content: bytes, start: int, end: int, spent: Spent) -> None:
    """Take in the messages of one part that matter here.

    Raises NotPlain, and PartDamaged once everything before the damage is taken in.
    """
    known: dict[bytes, _Definition] = {}
    local: dict[int, _Definition] = {}
    at = start
    try:
        while at < end:
            header = content[at]
            if header & _COMPRESSED:
                raise NotPlain
            spent.runs += 1
            if spent.runs > _MOST_RUNS:
                raise PartDamaged(at_end=False)
            if header & _DEFINITION:
                written = _definition_bytes(content, at, end)
                at += len(written)
                definition = known.get(written[1:])
                if definition is None:
                    spent.layouts += 1
                    if spent.layouts > _MOST_LAYOUTS:
                        raise PartDamaged(at_end=False)
                    definition = known[written[1:]] = _definition(written)
                local[header & _LOCAL] = definition
                continue
            if header & _LOCAL not in local:
                raise PartDamaged(at_end=False)
            definition = local[header & _LOCAL]
            count = _run_length(content, at, definition.size, end)
            if definition.layout is not None:
                _take_run(reading, definition, definition.layout, content, at, count, spent)
            at += count * definition.size
    finally:
        for definition in known.values():
            _keep(reading, definition)


def _take_run(
    reading: Reading,
    definition: _Definition,
    layout: struct.Struct,
    content: bytes,
    at: int,
    count: int,
    spent: Spent,
) -> None:
    """Unpack `count` messages from `at` on. Raises PartDamaged where a limit is reached."""
    size = definition.size
    granted = count
    if definition.number == RECORD:
        granted = min(count, _MOST_RECORDS - spent.records)
        spent.records += granted
    for begin in range(at, at + granted * size, _ROWS_AT_ONCE * size):
        end = min(begin + _ROWS_AT_ONCE * size, at + granted * size)
        rows = layout.iter_unpack(memoryview(content)[begin:end])
        if definition.number != RECORD:
            for row in rows:
                spent.values += _MESSAGE_VALUES + len(row)
                if spent.values > _MOST_VALUES:
                    raise PartDamaged(at_end=False)
                reading.take(definition.number, _values(definition, row))
            continue
        definition.rows.extend(rows)
        definition.order.extend(range(begin, end, size))
        if len(definition.rows) >= _ROWS_AT_ONCE:
            _keep(reading, definition)
    if granted < count:
        raise PartDamaged(at_end=False)


def _run_length(content: bytes, at: int, size: int, end: int) -> int:
    """How many messages with the same header follow each other. Raises PartDamaged where not one is whole."""
    most = (end - at) // size
    if not most:
        raise PartDamaged(at_end=True)
    if most == 1 or content[at + size] != content[at]:
        return 1
    header = content[at : at + 1]
    count, look = 2, _FIRST_LOOK
    while count < most:
        headers = content[at + count * size : at + min(count + look, most) * size : size]
        same = len(headers) - len(headers.lstrip(header))
        count += same
        if same < len(headers):
            break
        look = min(4 * look, _FARTHEST_LOOK)
    return count


# ── Definitions ──────────────────────────────────────────────────────────────────────────────────────


def _definition_bytes(content: bytes, at: int, end: int) -> bytes:
    """A definition message: header, reserved byte, byte order, number, and three bytes a field."""
    fields_end = at + 6 + 3 * content[at + 5] if at + 6 <= end else end + 1
    if content[at] & _DEVELOPER and fields_end < end:
        fields_end += 1 + 3 * content[fields_end]
    elif content[at] & _DEVELOPER:
        fields_end = end + 1
    if fields_end > end:
        raise PartDamaged(at_end=True)
    return content[at:fields_end]


def _definition(written: bytes) -> _Definition:
    order = ">" if written[2] == _BIG_ENDIAN else "<"
    if written[2] > _BIG_ENDIAN:
        raise NotPlain
    (number,) = struct.unpack_from(f"{order}H", written, 3)
    own_end = 6 + 3 * written[5]
    own = [tuple(written[at : at + 3]) for at in range(6, own_end, 3)]
    developer_sizes = written[own_end + 2 :: 3] if len(written) > own_end else b""
    if not all(size for _, size, _ in own) or 0 in developer_sizes:
        raise NotPlain
    size = 1 + sum(size for _, size, _ in own) + sum(developer_sizes)
    if number not in WANTED:
        return _Definition(number, size, None, ())
    layout, fields = [order, "x"], []
    for field_number, field_size, base_number in own:
        field = _wanted(number, field_number, field_size, base_number)
        if field is None:
            layout.append(f"{field_size}x")
        else:
            layout.append(f"{field_size}s" if field.base.fmt == "s" else f"{field.count}{field.base.fmt}")
            fields.append(field)
    layout += [f"{size}x" for size in developer_sizes]
    if len({field.number for field in fields}) < len(fields):
        raise NotPlain
    return _Definition(number, size, struct.Struct("".join(layout)), fields)


def _wanted(message: int, number: int, size: int, base_number: int) -> _Field | None:
    """A field that is told on, None for the others. Raises NotPlain for one of an odd make."""
    known = profile.MESSAGE_TYPES[message].fields.get(number)
    if message == RECORD and number == _COMPRESSED_SPEED_DISTANCE:
        # Often there and never filled: whether it holds anything is seen once its records are.
        return _Field(known.name, number, 1, BASE_TYPES[_STRING], known)
    if known is None or known.name not in WANTED[message]:
        return None
    base = BASE_TYPES.get(base_number)
    if base is None or base.name == "byte" or size % base.size:
        raise NotPlain
    count = 1 if base.fmt == "s" else size // base.size
    if message == RECORD and (count > 1 or base.fmt == "s" or (known.name == "timestamp" and base.name != "uint32")):
        raise NotPlain
    return _Field(known.name, number, count, base, known)


# ── Values ───────────────────────────────────────────────────────────────────────────────────────────


def _values(definition: _Definition, row: tuple[Any, ...]) -> Values:
    """The values of one message by the names of its fields, as fitdecode would tell them."""
    raw: dict[int, Any] = {}
    at = 0
    for field in definition.fields:
        parsed = tuple(field.base.parse(value) for value in row[at : at + field.count])
        raw[field.number] = parsed if field.count > 1 else parsed[0]
        at += field.count
    values: Values = {}
    for field in definition.fields:
        value = raw[field.number]
        meant = _subfield(field.profile, raw)
        values[meant.name] = _scaled(meant, meant.render(value)) if field.count == 1 else _each(meant, value)
    return values


def _subfield(field: Any, raw: dict[int, Any]) -> Any:
    """The field under the name that other fields of the message give it (a product by its manufacturer)."""
    for each in field.subfields or ():
        if any(raw.get(reference.def_num) == reference.raw_value for reference in each.ref_fields):
            return each
    return field


def _each(field: Any, values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(_scaled(field, value) for value in values)


def _scaled(field: Any, value: Any) -> Any:
    if isinstance(value, int | float):
        if field.scale:
            value = float(value) / field.scale
        if field.offset:
            value -= field.offset
    return value


def _keep(reading: Reading, definition: _Definition) -> None:
    """Turn unpacked records into columns."""
    rows, order = definition.rows, definition.order
    if not rows:
        return
    definition.rows, definition.order = [], array("q")
    moment = next((index for index, field in enumerate(definition.fields) if field.name == "timestamp"), None)
    if moment is None:
        reading.untimed += len(rows)
        return
    unpacked = list(zip(*rows, strict=True))
    missing = _MISSING[definition.fields[moment].base.name]
    if missing in unpacked[moment]:
        kept = [index for index, row in enumerate(rows) if row[moment] != missing]
        reading.untimed += len(rows) - len(kept)
        unpacked = [tuple(column[index] for index in kept) for column in unpacked]
        order = array("q", [order[index] for index in kept])
    columns: dict[str, Sequence[Any]] = {
        field.name: _column(field, column) for field, column in zip(definition.fields, unpacked, strict=True)
    }
    del columns["timestamp"]
    packed = columns.pop("compressed_speed_distance", ())
    if any(value.strip(_MISSING_BYTE) for value in packed):
        raise NotPlain
    reading.take_records(unpacked[moment], columns, order)


def _column(field: _Field, raw: Sequence[Any]) -> Sequence[Any]:
    """A column in its unit; NaN where a value is missing."""
    scale, offset, missing = field.profile.scale or 1, field.profile.offset or 0, _MISSING.get(field.base.name)
    # Dividing by 1 and taking 0 away changes no float; what is spared is a pass over the column.
    if missing is None or missing not in raw:
        if scale == 1 and not offset:
            return raw
        return [value / scale - offset for value in raw]
    if scale == 1 and not offset:
        return [NAN if value == missing else value for value in raw]
    return [NAN if value == missing else value / scale - offset for value in raw]


#: By the FIT protocol's base types; floats are missing as NaN.
_MISSING = {
    "enum": 0xFF,
    "sint8": 0x7F,
    "uint8": 0xFF,
    "sint16": 0x7FFF,
    "uint16": 0xFFFF,
    "sint32": 0x7FFFFFFF,
    "uint32": 0xFFFFFFFF,
    "uint8z": 0,
    "uint16z": 0,
    "uint32z": 0,
    "sint64": 0x7FFFFFFFFFFFFFFF,
    "uint64": 0xFFFFFFFFFFFFFFFF,
    "uint64z": 0,
}
