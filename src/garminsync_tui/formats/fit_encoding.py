"""The bytes of a FIT file: messages with fixed definitions, the frame around them, the checksum.

Types, layout and checksum follow Garmin's published FIT protocol.
"""

from __future__ import annotations

import struct
from array import array
from functools import cache
from typing import NamedTuple

#: Seconds from 1970 to the FIT epoch, 1989-12-31 00:00 UTC.
FIT_EPOCH_S = 631_065_600

#: base type → number and struct format; the names are those of the FIT protocol.
_TYPES = {
    "enum": (0x00, "B"),
    "sint8": (0x01, "b"),
    "uint8": (0x02, "B"),
    "sint16": (0x83, "h"),
    "uint16": (0x84, "H"),
    "sint32": (0x85, "i"),
    "uint32": (0x86, "I"),
    "uint32z": (0x8C, "I"),
    "string": (0x07, "s"),
    "float32": (0x88, "f"),
}
#: base type → smallest and largest value, and the one that stands for "not known".
LIMITS = {
    "enum": (0, 0xFE, 0xFF),
    "sint8": (-0x80, 0x7E, 0x7F),
    "uint8": (0, 0xFE, 0xFF),
    "sint16": (-0x8000, 0x7FFE, 0x7FFF),
    "uint16": (0, 0xFFFE, 0xFFFF),
    "sint32": (-0x8000_0000, 0x7FFF_FFFE, 0x7FFF_FFFF),
    "uint32": (0, 0xFFFF_FFFE, 0xFFFF_FFFF),
    "uint32z": (1, 0xFFFF_FFFF, 0),
}
_SIZES = {"B": 1, "b": 1, "h": 2, "H": 2, "i": 4, "I": 4, "s": 1, "f": 4}
_HEADER_BYTES = 14
_PROTOCOL = 0x20
_PROFILE = 21_180


class Message(NamedTuple):
    """A kind of message: its local number, its number in the profile, its fields by number and base type.

    A type with a number before it ("6 uint8") is an array of so many values; of a string, its bytes.
    """

    local: int
    number: int
    fields: tuple[tuple[int, str], ...]

    @property
    def layout(self) -> struct.Struct:
        """How its values are packed, the local number before them."""
        return _layout(self)

    @property
    def size(self) -> int:
        """The bytes of one message."""
        return self.layout.size

    def definition(self) -> bytes:
        """What has to stand before the first message of this kind."""
        head = struct.pack("<BBBHB", 0x40 | self.local, 0, 0, self.number, len(self.fields))
        return head + b"".join(bytes((field, *_width_and_type(kind))) for field, kind in self.fields)

    def pack(self, *values: float | bytes) -> bytes:
        """One message; what is shorter than a string's bytes is filled up with zeros."""
        return self.layout.pack(self.local, *values)


@cache
def _layout(message: Message) -> struct.Struct:
    kinds = (_count_and_base(kind) for _, kind in message.fields)
    return struct.Struct("<B" + "".join(f"{count}{_TYPES[base][1]}" for count, base in kinds))


def _count_and_base(kind: str) -> tuple[int, str]:
    count, _, base = kind.rpartition(" ")
    return int(count or 1), base


def _width_and_type(kind: str) -> tuple[int, int]:
    count, base = _count_and_base(kind)
    number, layout = _TYPES[base]
    return count * _SIZES[layout], number


def header(body_bytes: int) -> bytes:
    """The header of a file whose messages take so many bytes."""
    head = struct.pack("<BBHI4s", _HEADER_BYTES, _PROTOCOL, _PROFILE, body_bytes, b".FIT")
    return head + checksum_bytes(checksum(head))


def framed(body: bytes) -> bytes:
    """A whole file: the header, the messages, the checksum."""
    octets = header(len(body)) + body
    return octets + checksum_bytes(checksum(octets))


def checksum_bytes(remainder: int) -> bytes:
    """A checksum as it stands in a file."""
    return struct.pack("<H", remainder)


@cache
def _checksum_table() -> array[int]:
    """The CRC-16 (polynomial 0xA001, reflected) of each two bytes, so that the loop takes two at a time."""
    table = [0] * 65_536
    for bit in range(16):
        remainder = 1 << bit
        for _ in range(16):
            remainder = _shifted(remainder)
        # The checksum is linear: the table of a sum is the sum of the tables.
        table[1 << bit : 2 << bit] = [remainder ^ known for known in table[: 1 << bit]]
    return array("H", table)  # small enough to stay in the processor's cache


def checksum(octets: bytes, remainder: int = 0) -> int:
    """The FIT protocol's CRC-16; `remainder` is that of the bytes before these."""
    table = _checksum_table()
    for word in struct.unpack_from(f"<{len(octets) // 2}H", octets):
        remainder = table[remainder ^ word]
    if len(octets) % 2:
        remainder ^= octets[-1]
        for _ in range(8):
            remainder = _shifted(remainder)
    return remainder


def _shifted(remainder: int) -> int:
    return remainder >> 1 ^ (0xA001 if remainder & 1 else 0)
