"""Putting a backup in the place of a SQLite database: all of it or nothing, whenever it is killed.

What takes the place is prepared beside it, on the same disk, and moved there in one step. What was there is kept
under another name.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from ..errors import AlreadyRunning, UsageProblem
from ..paths import PRIVATE_FILE_MODE, private_folder, replaced_by_restore, restore_drafts
from .backup import connected, explained, look_inside, require_room, require_sound
from .database import upgrade_apart
from .in_use import InUse
from .schema import HEAD

#: Says nothing of the data: who runs jobs, and until when somebody holds something.
_OF_PROCESSES = (
    "DELETE FROM runners",
    "UPDATE sync_jobs SET lease_until = 0 WHERE status = 'in_progress'",
    "UPDATE garmin_connect_accounts SET refresh_owner = NULL, refresh_lease_until = NULL",
)


def restore(backup: Path, database: Path) -> Path | None:
    """Put `backup` in the place of `database`, upgraded where it is older; where what was there lies now.

    Raises AlreadyRunning where a process has the database open; DatabaseTooNew, DatabaseUnusable, DiskFull and
    UsageProblem with everything as it was.
    """
    log = backup.with_name(backup.name + "-wal")
    if backup.resolve() == database.resolve():
        raise UsageProblem(f"{backup} is the database itself.", hint="Name a file that `garminsync backup` wrote.")
    if log.is_file() and log.stat().st_size:
        raise UsageProblem(
            f"{backup} has a log beside it ({log.name}): it is a database in use, no backup.",
            hint="Make one with `garminsync backup FILE` where it is used.",
        )
    private_folder(database.parent)
    with _alone(database):
        drafts = restore_drafts(database)
        shutil.rmtree(drafts, ignore_errors=True)  # of one that was killed
        try:
            draft = _prepared(backup, private_folder(drafts) / database.name, database)
            kept = _keep(database)
            draft.replace(database)
            _fsync(database.parent)
        finally:
            shutil.rmtree(drafts, ignore_errors=True)
        return kept


@contextlib.contextmanager
def _alone(database: Path) -> Iterator[None]:
    in_use = InUse(database)
    try:
        if not in_use.take_alone():
            raise AlreadyRunning(
                f"Another process of garminsync has {database} open.",
                hint="Stop the app, the daemon and running commands, then try again.",
            )
        yield
    finally:
        in_use.close()


def _prepared(backup: Path, draft: Path, database: Path) -> Path:
    """A copy that is sound, of today's schema, in one file and on the disk."""
    require_room(database.parent, backup.stat().st_size)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE_FILE_MODE)
    with os.fdopen(handle, "wb") as copy, backup.open("rb") as source:
        shutil.copyfileobj(source, copy, 2**20)
    with explained(backup):
        require_sound(draft, backup)
    if look_inside(draft, apart=True, named=backup).revision != HEAD:
        asyncio.run(upgrade_apart(draft))
    with explained(backup), contextlib.closing(connected(draft)) as connection:
        for statement in _OF_PROCESSES:
            connection.execute(statement)
        connection.execute("PRAGMA journal_mode=DELETE")  # nothing is left in a log
    _fsync(draft)
    return draft


def _keep(database: Path) -> Path | None:
    """Give what is in the place a second name, whole. Raises AlreadyRunning where another program has it open."""
    kept = replaced_by_restore(database, datetime.now(UTC))
    there = database.exists()
    if there:
        _fold_log_in(database)
        try:
            os.link(database, kept)
        except OSError as problem:
            if problem.errno not in {errno.EPERM, errno.ENOTSUP, errno.EMLINK}:
                raise
            require_room(database.parent, database.stat().st_size)
            shutil.copyfile(database, kept)
        kept.chmod(PRIVATE_FILE_MODE)
        _fsync(kept)
    # A log that is left belongs to what was there: SQLite would play it into what comes.
    for ending in ("-wal", "-journal"):
        log = database.with_name(database.name + ending)
        if log.exists():
            log.rename(kept.with_name(kept.name + ending))
    database.with_name(database.name + "-shm").unlink(missing_ok=True)
    _fsync(database.parent)
    return kept if there else None


def _fold_log_in(database: Path) -> None:
    """Bring what is in the log into the file, which SQLite does only for who is alone with it."""
    try:
        with contextlib.closing(connected(database, wait_s=1)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as problem:
        if problem.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise AlreadyRunning(
                f"Another program has {database} open.", hint="Close it, then try again. Nothing was changed."
            ) from None
    except sqlite3.DatabaseError:
        pass  # damaged: it is kept as it is, with its log


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
