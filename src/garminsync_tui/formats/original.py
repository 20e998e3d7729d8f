"""Garmin's original download: a ZIP with one recording, taken out without believing anything it says."""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ..errors import FileDamaged
from .detection import HEAD_BYTES, FileType, detect, impression

_MAX_RATIO = 200
_MAX_MEMBERS = 100
_CHUNK_BYTES = 2**18
_SUFFIXES = (".fit", ".gpx", ".tcx")
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class OriginalFile:
    """A recording as its device wrote it, durable at `path`; `file_type` is what its bytes are."""

    file_type: FileType
    path: Path
    size_bytes: int
    sha256: bytes


def open_original(zip_path: Path, into: Path, *, max_bytes: int = 256 * 2**20) -> OriginalFile:
    """Write the one recording of a download to `into`, which must not exist yet, and say what it is.

    A download that is itself a FIT, GPX or TCX file is taken as it is. Names inside an archive decide
    nothing but which member is meant. Raises FileDamaged with the reason where there is not exactly one
    recording of at most `max_bytes`, whole and not encrypted; nothing is left at `into` then. Trouble with
    the disk stays an OSError.
    """
    name = zip_path.name
    with _Download(zip_path) as file:
        head = file.read(HEAD_BYTES)
        file.seek(0)
        file_type = detect(head)
        if file_type is not None:
            return _write(into, file_type, _limited(iter(lambda: file.read(_CHUNK_BYTES), b""), name, max_bytes))
        if not head.startswith(b"PK"):
            raise FileDamaged(name, impression(head))
        if os.fstat(file.fileno()).st_size > max_bytes:
            raise FileDamaged(name, f"is larger than {max_bytes // 2**20} MiB")
        pieces = _limited(_member_pieces(file, name, max_bytes), name, max_bytes)
        first = next(pieces, b"")
        file_type = detect(first)
        if file_type is None:
            raise FileDamaged(name, f"its member {impression(first)}")
        return _write(into, file_type, _joined(first, pieces))


class _Download(io.BufferedReader):
    """A file that is read in pieces: zipfile would take a list of members at once, however long it claims to be."""

    def __init__(self, path: Path) -> None:
        super().__init__(io.FileIO(path))
        self._called = path.name

    def read(self, size: int | None = -1, /) -> bytes:
        """As of any file, up to a piece. Without a size zipfile reads what may be an archive's comment."""
        if size is not None and size > _CHUNK_BYTES:
            raise FileDamaged(self._called, "has a longer list of members than any archive of a recording")
        return super().read(size)


def _limited(pieces: Iterator[bytes], name: str, max_bytes: int) -> Iterator[bytes]:
    """The same bytes, counted while they come: what a size was claimed to be is no proof."""
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > max_bytes:
            raise FileDamaged(name, f"holds more than {max_bytes // 2**20} MiB")
        yield piece


def _joined(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _member_pieces(file: IO[bytes], name: str, max_bytes: int) -> Iterator[bytes]:
    """The bytes of the archive's recording; the end is reached only where its checksum agrees."""
    try:
        with zipfile.ZipFile(file) as archive:
            member = _recording(archive, name, max_bytes)
            size = 0
            with archive.open(member) as content:
                while piece := content.read(_CHUNK_BYTES):
                    size += len(piece)
                    yield piece
            if size != member.file_size:
                raise FileDamaged(name, "its member is cut off")
    except (FileDamaged, MemoryError):
        raise
    except Exception as problem:  # zipfile raises many kinds on hostile bytes
        raise FileDamaged(name, "is not a whole ZIP archive") from problem


def _recording(archive: zipfile.ZipFile, name: str, max_bytes: int) -> zipfile.ZipInfo:
    """The one member that is a recording, by its name's ending or else by its bytes, vetted."""
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > _MAX_MEMBERS:
        raise FileDamaged(name, f"holds {len(members)} members where one recording belongs")
    found = [member for member in members if member.filename.lower().endswith(_SUFFIXES)]
    if not found:
        found = [member for member in members if _is_recording(archive, member)]
    if len(found) != 1:
        raise FileDamaged(name, f"holds {len(found) or 'no'} recordings where one belongs")
    member = found[0]
    if member.flag_bits & _ENCRYPTED:
        raise FileDamaged(name, "its member is encrypted")
    if member.compress_type not in _PACKINGS:
        raise FileDamaged(name, "its member is packed in a way that Garmin does not use")
    if member.file_size > max_bytes:
        raise FileDamaged(name, f"claims to unpack to more than {max_bytes // 2**20} MiB")
    if member.file_size > member.compress_size * _MAX_RATIO:
        raise FileDamaged(name, f"claims to unpack to more than {_MAX_RATIO} times its size")
    return member


def _is_recording(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    if member.flag_bits & _ENCRYPTED or member.compress_type not in _PACKINGS:
        return False
    with archive.open(member) as content:
        return detect(content.read(HEAD_BYTES)) is not None


def _write(into: Path, file_type: FileType, pieces: Iterator[bytes]) -> OriginalFile:
    handle = os.open(into, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        digest, size = hashlib.sha256(), 0
        with os.fdopen(handle, "wb") as draft:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                draft.write(piece)
            draft.flush()
            os.fsync(draft.fileno())
    except BaseException:
        into.unlink(missing_ok=True)
        raise
    return OriginalFile(file_type, into, size, digest.digest())
