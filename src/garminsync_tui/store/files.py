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
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..errors import DiskFull, FileDamaged
from ..models import Activity, ActivityFile
from ..paths import PRIVATE_FILE_MODE, private_folder
from .database import Database

_GARMIN_ID = re.compile(r"[0-9]{1,20}")
_CHUNK_BYTES = 2**20
_NO_SPACE_ERRNO = 28


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that is safely on the disk."""

    file_type: str
    path: str  # below the store's root
    sha256: bytes
    size_bytes: int


class FileStore:
    """The files of one installation."""

    def __init__(self, root: Path) -> None:
        self.root = private_folder(root)
        self._drafts = private_folder(root / "tmp")

    @contextlib.contextmanager
    def drafts(self) -> Iterator[Path]:
        """A private folder for what is not finished yet; gone at the end of the block."""
        folder = private_folder(self._drafts / uuid4().hex)
        try:
            yield folder
        except OSError as problem:
            if problem.errno == _NO_SPACE_ERRNO:
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
        name = activity_id if _GARMIN_ID.fullmatch(activity_id) else hashlib.sha256(activity_id.encode()).hexdigest()
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
                if _digest(target)[0] != sha256:
                    version += 1
                    continue
            draft.unlink()
            _fsync(target.parent)
            return StoredFile(file_type, relative, sha256, size)

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
        await session.execute(insert(ActivityFile).values(sha256=stored.sha256, bytes=content).on_conflict_do_nothing())

    async def open(self, database: Database, activity: Activity) -> Path:
        """The activity's file on this machine, fetched from the database where it is not here yet.

        Raises FileDamaged where it is missing or not what its row says.
        """
        path = self.root / activity.file_path
        if not await asyncio.to_thread(self._intact, path, activity):
            if database.sqlite:
                raise FileDamaged(activity.file_path, "the file is missing, or not the one that was stored")
            await self._fetch(database, activity, path)
        return path

    def _intact(self, path: Path, activity: Activity) -> bool:
        return path.is_file() and _digest(path) == (activity.sha256, activity.size_bytes)

    async def _fetch(self, database: Database, activity: Activity, path: Path) -> None:
        async with database.read() as session:
            content = await session.scalar(sa.select(ActivityFile.bytes).where(ActivityFile.sha256 == activity.sha256))
        if content is None or hashlib.sha256(content).digest() != activity.sha256:
            raise FileDamaged(activity.file_path, "the database does not hold the file that its row names")
        await asyncio.to_thread(self._cache, path, content)

    def _cache(self, path: Path, content: bytes) -> None:
        with self.drafts() as folder:
            draft = folder / path.name
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE_FILE_MODE)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            private_folder(path.parent)
            draft.replace(path)


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
