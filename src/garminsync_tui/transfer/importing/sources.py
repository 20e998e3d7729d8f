"""What PATHs hold: files, folders, ZIPs in ZIPs, gzip, each opened where it lies.

Nothing is ever written under a name that an archive gives: names are for people to read. An archive that is cut off,
encrypted, nested too deep or larger than it can be is one `Found` with a `problem`; the others go on.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import lzma
import os
import shutil
import stat
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple, cast
from uuid import uuid4

from ...errors import DiskFull, FileDamaged
from ...formats.detection import HEAD_BYTES
from ...paths import PRIVATE_FILE_MODE
from ...text import clean

#: An account archive has three levels: the export, its parts of uploaded files, and a re-zipped one.
_DEEPEST = 4
_MOST_MEMBERS = 1_000_000
_LONGEST_LIST_BYTES = 2**28
#: No text of an account's export is packed that well; below the size nobody is hurt by it.
_MAX_RATIO, _HARMLESS_BYTES = 300, 16 * 2**20
#: Between the name of an archive and that of what is in it.
INSIDE = " › "
#: Those in archives are unpacked while they are open: files may be read in the order of their times.
OPEN_ARCHIVES = 8
_CHUNK_BYTES = 2**18
_NAME_CHARACTERS = 200
_ZIP, _GZIP = (b"PK\x03\x04", b"PK\x05\x06"), b"\x1f\x8b"
_ENCRYPTED = 0x1
#: What systems leave beside the files of people.
_LEFTOVERS = (".ds_store", "thumbs.db", "desktop.ini")
#: What reading a damaged archive raises beside OSError.
_DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError, ValueError)


class ArchivesAreLeft(Exception):
    """There is an archive in an archive, and nowhere to unpack it."""


class _Place(NamedTuple):
    """A file of the disk, or by the position of a member in each archive around it, something inside."""

    path: Path
    inside: tuple[int, ...] = ()


@dataclass(slots=True, eq=False)
class Found:
    """One file, wherever it lies. `problem` says why it cannot be opened, in half a sentence."""

    #: For people: "export.zip › UploadedFiles_0_Part1.zip › 123.fit".
    name: str
    #: The last part of it, without ".gz".
    file_name: str
    #: As it is stored: of a gzip file that of the packed one.
    size_bytes: int
    #: The same for the same place, size and time of change: what needs not be read twice.
    fingerprint: bytes
    problem: str | None
    _sources: Sources
    _place: _Place
    _packed: bool = False
    _head: bytes | None = None

    @contextlib.contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Its content. Raises FileDamaged, also from within the block, where that cannot be read to its end."""
        if self.problem is not None:
            raise FileDamaged(self.name, self.problem)
        with _told(self.name), self._sources._opened(self._place) as stream:
            if not self._packed:
                yield stream
                return
            with gzip.GzipFile(fileobj=stream) as unpacked:
                yield cast(IO[bytes], unpacked)

    @property
    def head(self) -> bytes:
        """Its first bytes, enough to tell what it is. Raises FileDamaged."""
        if self._head is not None:
            return self._head
        with self.open() as stream:
            return stream.read(HEAD_BYTES)

    def copy_to(self, path: Path, max_bytes: int) -> bytes:
        """Write its content to a new private file; its SHA-256. Raises FileDamaged; nothing is left then."""
        digest, size = hashlib.sha256(), 0
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE_FILE_MODE)
        try:
            with os.fdopen(handle, "wb") as copy, self.open() as stream:
                while chunk := stream.read(_CHUNK_BYTES):
                    size += len(chunk)
                    if size > max_bytes:
                        raise FileDamaged(self.name, f"is larger than {max_bytes // 2**20} MiB")
                    digest.update(chunk)
                    copy.write(chunk)
                if self._place.inside and not self._packed and size != self.size_bytes:
                    raise FileDamaged(self.name, "is cut off or damaged")
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return digest.digest()


class Sources:
    """Everything below some paths, file by file. Archives in archives are unpacked into `scratch`, a few at a time.

    Without `scratch` the walk raises ArchivesAreLeft at the first of these.
    """

    def __init__(self, paths: Sequence[Path], scratch: Path | None) -> None:
        self._paths = paths
        self._scratch = scratch
        self._archives: OrderedDict[_Place, tuple[zipfile.ZipFile, _Archive, Path | None]] = OrderedDict()
        self._closed = False

    def __enter__(self) -> Sources:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every archive and remove what was unpacked of them; also what a thread that goes on opens yet."""
        self._closed = True
        with contextlib.suppress(KeyError):  # none is left
            while True:
                self._forget_oldest()

    def walk(self) -> Iterator[Found]:
        """All files in a stable order. The head of one is at hand until the next is asked for."""
        for path in self._paths:
            for each in _files(path):
                yield from self._file(each, _shown(path, each))

    # ── Files ────────────────────────────────────────────────────────────────────────────────────────

    def _file(self, path: Path, name: str) -> Iterator[Found]:
        found = Found(name, path.name, 0, _hash(os.fsencode(path)), None, self, _Place(path))
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):
                found.problem = "is no file"
            found.size_bytes = status.st_size
            found.fingerprint = _hash(os.fsencode(path), status.st_size, status.st_mtime_ns)
        except OSError as problem:
            found.problem = _words(problem)
        yield from self._looked_into(found, depth=0)

    def _looked_into(self, found: Found, depth: int) -> Iterator[Found]:
        """The file itself, or what is in it where it is an archive."""
        if found.problem is None:
            try:
                found._head = found.head
                if found._head.startswith(_GZIP):
                    found._packed, found._head = True, None
                    found.file_name = found.file_name.removesuffix(".gz").removesuffix(".GZ")
                    found._head = found.head
            except FileDamaged as damage:
                found.problem = damage.reason
        if found.problem is None and found.head.startswith(_ZIP):
            if not found._packed:
                found._head = None
                yield from self._archive(found, depth)
                return
            found.problem = "is a ZIP archive packed by gzip; unpack it first"
        yield found
        found._head = None

    # ── Archives ─────────────────────────────────────────────────────────────────────────────────────

    def _archive(self, around: Found, depth: int) -> Iterator[Found]:
        if depth == _DEEPEST:
            around.problem = f"is nested too deep: it lies in {_DEEPEST} archives"
            yield around
            return
        try:
            with _told(around.name):
                members = self._open_archive(around._place).infolist()
                if len(members) > _MOST_MEMBERS:
                    raise FileDamaged(around.name, f"holds more than {_MOST_MEMBERS} members")
        except FileDamaged as damage:
            around.problem = damage.reason
            yield around
            return
        for position, member in enumerate(members):
            last = member.filename.rpartition("/")[2].rpartition("\\")[2]
            if member.is_dir() or _is_leftover(last) or member.filename.startswith("__MACOSX/"):
                continue
            found = Found(
                f"{around.name}{INSIDE}{clean(last, _NAME_CHARACTERS)}",
                last,
                member.file_size,
                _hash(around.fingerprint, position, member.filename, member.CRC, member.file_size),
                _obstacle(member),
                self,
                _Place(around._place.path, (*around._place.inside, position)),
            )
            yield from self._looked_into(found, depth + 1)

    @contextlib.contextmanager
    def _opened(self, place: _Place) -> Iterator[IO[bytes]]:
        if not place.inside:
            with place.path.open("rb") as file:
                yield file
            return
        archive = self._open_archive(_Place(place.path, place.inside[:-1]))
        with archive.open(archive.infolist()[place.inside[-1]]) as member:
            yield member

    def _open_archive(self, place: _Place) -> zipfile.ZipFile:
        if place in self._archives:
            self._archives.move_to_end(place)
            return self._archives[place][0]
        copy: Path | None = None
        if place.inside:
            if self._scratch is None:
                raise ArchivesAreLeft
            copy = self._scratch / uuid4().hex
            with self._opened(place) as packed:
                _unpack(packed, copy)
        file = _Archive(copy or place.path)
        try:
            archive = zipfile.ZipFile(file)
        except BaseException:
            file.close()
            if copy is not None:
                copy.unlink(missing_ok=True)
            raise
        self._archives[place] = archive, file, copy
        while len(self._archives) > OPEN_ARCHIVES:
            self._forget_oldest()
        if self._closed:
            self.close()
        return archive

    def _forget_oldest(self) -> None:
        _, (archive, file, copy) = self._archives.popitem(last=False)
        archive.close()
        file.close()
        if copy is not None:
            copy.unlink(missing_ok=True)


class _Archive(io.BufferedReader):
    """A file of which no list of members is read that is longer than any: zipfile believes what it claims to be."""

    def __init__(self, path: Path) -> None:
        super().__init__(io.FileIO(path))

    def read(self, size: int | None = -1, /) -> bytes:
        """As of any file, up to a bound."""
        if size is not None and size > _LONGEST_LIST_BYTES:
            raise zipfile.BadZipFile("its list of members is longer than any")
        return super().read(size)


def _unpack(packed: IO[bytes], copy: Path) -> None:
    handle = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE_FILE_MODE)
    try:
        with os.fdopen(handle, "wb") as file:
            shutil.copyfileobj(packed, file, _CHUNK_BYTES)
    except BaseException:
        copy.unlink(missing_ok=True)
        raise


def _obstacle(member: zipfile.ZipInfo) -> str | None:
    """Why a member is not opened."""
    if member.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA}:
        return "is packed in a way that is not read here; unpack the archive and import its folder"
    if member.file_size > max(member.compress_size * _MAX_RATIO, _HARMLESS_BYTES):
        return f"claims to unpack to more than {_MAX_RATIO} times its size"
    return None


@contextlib.contextmanager
def _told(name: str) -> Iterator[None]:
    """What goes wrong with a source as FileDamaged; a full disk is our own trouble and stays what it is."""
    try:
        yield
    except _DAMAGE as problem:
        if "encrypted" in str(problem):
            raise FileDamaged(name, "is encrypted") from problem
        raise FileDamaged(name, "is cut off or damaged") from problem
    except OSError as problem:
        if problem.errno in DiskFull.ERRNOS:
            raise
        raise FileDamaged(name, _words(problem)) from problem


def _words(problem: OSError) -> str:
    return f"cannot be read ({problem.strerror or 'it is damaged'})"


# ── Folders ──────────────────────────────────────────────────────────────────────────────────────────────


def _files(path: Path) -> Iterator[Path]:
    """A file, or all files below a folder, sorted; links to folders are not followed, they may lead in circles."""
    if not path.is_dir():
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders.sort()
        for name in sorted(names):
            if not _is_leftover(name):
                yield Path(folder, name)


def _shown(asked: Path, path: Path) -> str:
    """A file's name for people: from what was asked for on."""
    relative = path.relative_to(asked.parent) if asked != path else Path(path.name)
    return clean(str(relative), _NAME_CHARACTERS)


def _is_leftover(name: str) -> bool:
    return name.startswith("._") or name.lower() in _LEFTOVERS


def _hash(*parts: bytes | str | int) -> bytes:
    digest = hashlib.sha256()
    for part in parts:
        octets = part if isinstance(part, bytes) else str(part).encode("utf-8", "surrogateescape")
        digest.update(len(octets).to_bytes(8) + octets)
    return digest.digest()
