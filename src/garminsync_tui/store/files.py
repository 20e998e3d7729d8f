"""Original activity files: durable before their row, named by identity, proven by hash.

On SQLite the folder is the store; on PostgreSQL the bytes lie in the database and the folder is this machine's
cache of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
import shutil
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..errors import DiskFull, FileDamaged
from ..models import Activity, ActivityFile
from ..paths import PRIVATE_FILE_MODE, private_folder
from .database import Database
from .room import require_reserve

_GARMIN_ID = re.compile(r"[0-9]{1,20}")
_CHUNK_BYTES = 2**20
#: The problem of a file that is not there.
MISSING = "it is missing"


#: Below the root, where files are that nobody reads: unfinished ones, and damaged ones that were set aside.
_DRAFTS, _QUARANTINE = "tmp", "quarantine"
#: A draft that was not touched for so long is nobody's any more.
_STALE_S = 24 * 3600.0
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that is safely on the disk."""

    file_type: str
    path: str  # below the store's root
    sha256: bytes
    size_bytes: int


class ActivityFileNamed(Protocol):
    """A row that says where its file is and what it holds."""

    @property
    def file_path(self) -> str:
        """Below the store's root."""

    @property
    def sha256(self) -> bytes:
        """Of the whole file."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What lies in the folder, whatever rows say."""

    #: Files that could be activities', as paths below the root.
    files: list[str] = field(default_factory=list)
    #: What was left unfinished by a process that is gone.
    stale_drafts: list[Path] = field(default_factory=list)
    #: What other users of this machine may open.
    open_to_others: list[Path] = field(default_factory=list)


class FileStore:
    """The files of one installation."""

    def __init__(self, root: Path) -> None:
        self.root = private_folder(root)
        self._drafts = private_folder(root / _DRAFTS)

    @contextlib.contextmanager
    def drafts(self, owner: UUID | None = None) -> Iterator[Path]:
        """A private folder for what is not finished yet; gone at the end of the block. Raises DiskFull.

        That of an `owner` who was killed is emptied first.
        """
        folder = self._drafts / (owner or uuid4()).hex
        shutil.rmtree(folder, ignore_errors=True)
        require_reserve(self.root)
        private_folder(folder)
        try:
            yield folder
        except OSError as problem:
            if problem.errno in DiskFull.ERRNOS:
                raise DiskFull(
                    f"There is no room left for files below {self.root}.",
                    hint="Free some space; waiting jobs go on by themselves.",
                ) from None
            raise
        finally:
            for left in folder.iterdir():
                left.unlink(missing_ok=True)
            folder.rmdir()

    def place(self, account_id: UUID, activity_id: str, start: datetime, file_type: str, version: int = 1) -> str:
        """Where a file belongs below the root: never a name that came from outside."""
        name = file_name(activity_id)
        suffix = file_type.lower() if version == 1 else f"v{version}.{file_type.lower()}"
        return f"{account_id}/{start:%Y}/{start:%m}/{name}.{suffix}"

    def keep(self, draft: Path, account_id: UUID, activity_id: str, start: datetime, file_type: str) -> StoredFile:
        """Move a finished draft to its place, durably. A different file already there is never overwritten."""
        sha256, size = _digest(draft)
        _fsync(draft)
        version = 1
        while True:
            relative = self.place(account_id, activity_id, start, file_type, version)
            target = self.root / relative
            private_folder(target.parent)
            try:
                os.link(draft, target, follow_symlinks=False)  # unlike a rename, a link replaces nothing
            except FileExistsError:
                if self.problem(relative, sha256, size, read=True) is not None:
                    version += 1
                    continue
            draft.unlink()
            _fsync(target.parent)
            return StoredFile(file_type, relative, sha256, size)

    def move_in(self, named: ActivityFileNamed, account_id: UUID, activity_id: str, start: datetime) -> str:
        """Give a stored file a second place, as another activity's; where that is. `forget` ends the first one.

        Where the file is not on this machine, its bytes lie in the database and nothing but the place is new.
        """
        old, file_type = named.file_path, named.file_path.rpartition(".")[2].upper()
        size = (self.root / old).stat().st_size if (self.root / old).is_file() else -1
        version = 1
        while True:
            relative = self.place(account_id, activity_id, start, file_type, version)
            target = self.root / relative
            private_folder(target.parent)
            try:
                if size >= 0:
                    os.link(self.root / old, target, follow_symlinks=False)
                    _fsync(target.parent)
            except FileExistsError:
                if self.problem(relative, named.sha256, size, read=True) is not None:
                    version += 1
                    continue
            return relative

    def forget(self, relative: str) -> None:
        """Remove a place that no row names any more, once its file has another."""
        (self.root / relative).unlink(missing_ok=True)

    def orphan(self, account_id: UUID, activity_id: str, start: datetime, file_types: tuple[str, ...]) -> Path | None:
        """A file that was stored durably before its row could be written."""
        for file_type in file_types:
            path = self.root / self.place(account_id, activity_id, start, file_type)
            if path.is_file():
                return path
        return None

    def adopt(self, path: Path, file_type: str) -> StoredFile:
        """Take an orphan over as it is."""
        sha256, size = _digest(path)
        return StoredFile(file_type, path.relative_to(self.root).as_posix(), sha256, size)

    async def share(self, session: AsyncSession, database: Database, stored: StoredFile) -> None:
        """Put the bytes where other machines find them: in PostgreSQL, in the transaction of their row."""
        if database.sqlite:
            return
        from sqlalchemy.dialects.postgresql import insert

        content = await asyncio.to_thread((self.root / stored.path).read_bytes)
        statement = insert(ActivityFile).values(sha256=stored.sha256, bytes=content)
        # The same hash is the same file, unless what the database holds was damaged meanwhile.
        damaged = sa.func.sha256(ActivityFile.bytes) != ActivityFile.sha256
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=["sha256"], set_={"bytes": statement.excluded["bytes"]}, where=damaged
            )
        )

    async def open(self, database: Database, activity: Activity) -> Path:
        """The activity's file on this machine, fetched from the database where it is not here yet.

        Raises FileDamaged where it is missing or not what its row says.
        """
        name, sha256, size_bytes = activity.file_path, activity.sha256, activity.size_bytes
        if await asyncio.to_thread(self.problem, name, sha256, size_bytes, read=True) is not None:
            if database.sqlite:
                raise FileDamaged(name, "the file is missing, or not the one that was stored")
            await self.fetch(database, activity)
        return self.root / name

    # ── Looking whether all is there ─────────────────────────────────────────────────────────────────────

    def look(self) -> Looked:
        """What lies in the folder."""
        looked = Looked()
        if self.root.stat().st_mode & _OTHERS:
            looked.open_to_others.append(self.root)
        for folder, folders, names in os.walk(self.root):
            here = Path(folder)
            parts = here.relative_to(self.root).parts
            for name in (*folders, *names):
                path = here / name
                try:
                    status = path.lstat()
                except OSError:
                    continue  # a draft that was finished meanwhile, or a folder that may be listed and not entered
                if not stat.S_ISLNK(status.st_mode) and status.st_mode & _OTHERS:
                    looked.open_to_others.append(path)
                if parts == (_DRAFTS,) and time.time() - status.st_mtime > _STALE_S:
                    looked.stale_drafts.append(path)
            if parts[:1] not in {(_DRAFTS,), (_QUARANTINE,)}:
                looked.files.extend((here / name).relative_to(self.root).as_posix() for name in names)
        return looked

    def problem(  # noqa: PLR0911 - a table of problems
        self, relative: str, sha256: bytes, size_bytes: int, *, read: bool
    ) -> str | None:
        """What is wrong with a file, in words; None where it is whole, MISSING where it is not there.

        Without `read` only its size is looked at. What is no file, or of another size, is never opened: it might not
        end. No file of ours is outside of the root, which is also a rule of the database.
        """
        if relative.startswith("/") or ".." in relative.split("/"):
            return MISSING
        path = self.root / relative
        try:
            found = path.stat()
            if not stat.S_ISREG(found.st_mode):
                return "it is no file"
            if found.st_size != size_bytes:
                return f"it has {found.st_size} bytes instead of {size_bytes}"
            if read and _digest(path)[0] != sha256:
                return "its content changed since it was stored"
        except (FileNotFoundError, NotADirectoryError):
            return MISSING
        except OSError as problem:
            return f"it cannot be read ({problem.strerror or type(problem).__name__})"
        return None

    def set_aside(self, relative: str) -> Path:
        """Move a damaged file to the quarantine, where nothing is ever replaced or removed; its new place."""
        source, target = self.root / relative, self._place_in_quarantine(relative)
        source.rename(target)
        _fsync(target.parent)
        _fsync(source.parent)
        return target

    def set_bytes_aside(self, relative: str, content: bytes) -> Path:
        """The same for damaged bytes that lie in the database: a copy of them."""
        with self.drafts() as folder:
            draft = folder / Path(relative).name
            _write_new(draft, content)
            _fsync(draft)
            target = self._place_in_quarantine(relative)
            draft.rename(target)
            _fsync(target.parent)
        return target

    def _place_in_quarantine(self, relative: str) -> Path:
        first = target = self.root / _QUARANTINE / relative
        number = 1
        while target.exists(follow_symlinks=False):
            number += 1
            target = first.with_suffix(f".{number}{first.suffix}")
        private_folder(target.parent)
        return target

    def close_to_others(self, path: Path) -> None:
        """Take all rights but the owner's away."""
        status = path.lstat()
        if not stat.S_ISLNK(status.st_mode):
            path.chmod(stat.S_IMODE(status.st_mode) & ~_OTHERS)

    def sweep(self, draft: Path) -> None:
        """Remove what was never finished."""
        if draft.is_dir() and not draft.is_symlink():
            shutil.rmtree(draft, ignore_errors=True)
        else:
            draft.unlink(missing_ok=True)

    async def fetch(self, database: Database, activity: ActivityFileNamed) -> None:
        """Replace this machine's copy by the bytes in the database. Raises FileDamaged where they are not whole."""
        async with database.read() as session:
            content = await session.scalar(sa.select(ActivityFile.bytes).where(ActivityFile.sha256 == activity.sha256))
        if content is None or hashlib.sha256(content).digest() != activity.sha256:
            raise FileDamaged(activity.file_path, "the database does not hold the file that its row names")
        await asyncio.to_thread(self._cache, activity.file_path, content)

    def _cache(self, relative: str, content: bytes) -> None:
        path = self.root / relative
        if path.is_dir() and not path.is_symlink():
            self.set_aside(relative)  # nothing can be moved over a folder
        with self.drafts() as folder:
            draft = folder / path.name
            _write_new(draft, content)
            private_folder(path.parent)
            draft.replace(path)


def file_name(activity_id: str) -> str:
    """What an activity's file is called, without its ending."""
    return activity_id if _GARMIN_ID.fullmatch(activity_id) else hashlib.sha256(activity_id.encode()).hexdigest()


def _write_new(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE_FILE_MODE)
    with os.fdopen(handle, "wb") as file:
        file.write(content)


def _digest(path: Path) -> tuple[bytes, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
    return digest.digest(), size


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
