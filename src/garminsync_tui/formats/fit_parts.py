"""The outer shape of a FIT file: headers, lengths and checksums of the parts chained in it.

FIT protocol: a part is a header of 12 or 14 bytes (the latter with its own checksum, which may be 0 for
"none"), so many bytes of messages as the header says, and a checksum over both. Parts may follow each other.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from fastcrc.crc16 import arc as crc16  # the protocol's checksum: polynomial 0x8005 reflected, start 0

from ..errors import FileDamaged
from .detection import is_fit

MAX_FIT_BYTES = 64 * 2**20  # five days of seconds are a quarter of it
CHECKSUM_BYTES = 2

_MAX_PARTS = 1_000
_HEADER = struct.Struct("<BBHI4s")


@dataclass(frozen=True, slots=True)
class Part:
    """One chained file: its messages begin at `start` and end before `end`; `problems` are half sentences."""

    header: bytes
    start: int
    end: int
    problems: tuple[str, ...]


def read_fit_bytes(path: Path) -> bytes:
    """A FIT file's content; raises FileDamaged for one that is larger than any recording."""
    if path.stat().st_size > MAX_FIT_BYTES:
        raise FileDamaged(path.name, f"is larger than {MAX_FIT_BYTES // 2**20} MiB")
    return path.read_bytes()


def fit_parts(content: bytes) -> tuple[list[Part], tuple[str, ...]]:
    """The parts of a FIT file, and what is wrong with the bytes after the last of them."""
    parts: list[Part] = []
    offset = 0
    while is_fit(content[offset : offset + _HEADER.size]):
        if len(parts) == _MAX_PARTS:
            return parts, (f"more than {_MAX_PARTS} files are chained in it",)
        part = _part(content, offset)
        parts.append(part)
        offset = part.end + CHECKSUM_BYTES
    if offset < len(content):
        return parts, (f"what follows byte {offset} is not FIT",)
    return parts, ()


def check_fit(path: Path) -> None:
    """Raise FileDamaged with the first problem of a FIT file's lengths and checksums."""
    parts, problems = fit_parts(read_fit_bytes(path))
    for problem in [problem for part in parts for problem in part.problems] + list(problems):
        raise FileDamaged(path.name, problem)
    if not parts:
        raise FileDamaged(path.name, "is not FIT")


def _part(content: bytes, offset: int) -> Part:
    header_size, _, _, claimed, _ = _HEADER.unpack_from(content, offset)
    header = content[offset : offset + header_size]
    start = offset + header_size
    end = start + claimed
    here = len(content)
    if not claimed and here > start + CHECKSUM_BYTES and not is_fit(content[start + 2 : start + 14]):
        return Part(header, start, here, ("the recording was never closed by its device",))
    if end + CHECKSUM_BYTES > here:
        length, whole = here - offset, end + CHECKSUM_BYTES - offset
        return Part(header, start, min(end, here), (f"is cut off: {length} of {whole} bytes",))
    problems = []
    if header_size >= 14:
        recorded = int.from_bytes(header[12:14], "little")
        if recorded and recorded != crc16(header[:12]):
            problems.append("the checksum of its header does not match")
    if int.from_bytes(content[end : end + CHECKSUM_BYTES], "little") != crc16(memoryview(content)[offset:end]):
        problems.append("its checksum does not match")
    return Part(header, start, end, tuple(problems))
