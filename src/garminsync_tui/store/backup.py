"""Backups of a SQLite database: one file that holds all of it, consistent also while others write.

What a backup does not hold: the original files, which lie beside the database, and the key of the sealed tokens.
`restore.py` puts one back.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from ..errors import DatabaseBusy, DatabaseTooNew, DatabaseUnusable, DiskFull, GarminSyncError, UsageProblem
from ..new_file import DRAFT_ENDING, new_draft
from ..paths import beside, migration_backup, migration_backups, private_folder
from ..units import size
from .room import RESERVE_BYTES
from .schema import HEAD, KNOWN, MOVING

#: Backups before migrations that are kept of a database.
KEPT = 2
_STALE_S = 24 * 3600.0
_BUSY_S = 30.0
_LOOK_EVERY_STEPS = 100_000


class Contents(NamedTuple):
    """What a SQLite file of this program holds."""

    revision: str
    activities: int
    #: Health readings; None where an old schema does not count them.
    readings: int | None
    #: When a job last ended well.
    synced_at: datetime | None
    size_bytes: int


def back_up(database: Path, target: Path, *, replace: bool, on_written: Callable[[int], bool] | None = None) -> None:
    """Write all of `database` into the new file `target`, durably and for its owner only.

    Others may go on writing: what they had committed when it began is in it. Raises UsageProblem where `target` is
    there and may not be replaced, or is part of the database itself; DiskFull, also before anything is written;
    DatabaseUnusable where the database is damaged, and then nothing is written.

    `on_written` is told now and then how many bytes there are; where it says True, all is given up with
    KeyboardInterrupt.
    """
    if not database.is_file():
        raise DatabaseUnusable(f"{database} is not made yet: there is nothing to back up.", hint="Sync first.")
    if target.resolve() in {path.resolve() for path in (database, *beside(database))}:
        raise UsageProblem(f"{target} belongs to the database itself.", hint="Name another file for the backup.")
    with new_draft(target, replace=replace) as draft:
        require_room(target.parent, _bytes_of(database))
        with explained(database, target):
            with contextlib.closing(connected(database)) as source:
                if on_written is not None:
                    source.set_progress_handler(lambda: on_written(draft.stat().st_size), _LOOK_EVERY_STEPS)
                source.execute("VACUUM INTO ?", (str(draft),))
            require_sound(draft, database)


def back_up_before_migration(database: Path, revision: str) -> Path:
    """A backup beside the database before it leaves `revision`; of earlier ones the newest stays. Raises DiskFull.

    To be called under the lock of the migration, so that several upgraders make one.
    """
    target = migration_backup(database, revision, datetime.now(UTC))
    private_folder(target.parent)
    for draft in target.parent.glob(f".*{DRAFT_ENDING}"):
        if time.time() - draft.stat().st_mtime > _STALE_S:
            draft.unlink(missing_ok=True)
    back_up(database, target, replace=True)
    for old in migration_backups(database)[:-KEPT]:
        old.unlink(missing_ok=True)
    return target


def look_inside(path: Path, *, apart: bool = False, named: Path | None = None) -> Contents:
    """What a file holds; `apart` where nobody has it open, so that nothing is written beside it.

    Raises DatabaseTooNew, and DatabaseUnusable for what is damaged or of another program; they tell of `named`, where
    it is a copy of that.
    """
    named = named or path
    with explained(named), contextlib.closing(connected(path, apart=apart)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        foreign = DatabaseUnusable(f"{named} is no database of garminsync.", hint="Name a file that `backup` wrote.")
        if "alembic_version" not in tables or "sync_jobs" not in tables:
            raise foreign
        [revision] = connection.execute("SELECT version_num FROM alembic_version").fetchone() or [""]
        if revision == MOVING:
            raise DatabaseUnusable(
                f"A move into {named} is not finished.", hint="The same `garminsync db move` goes on."
            )
        if revision not in KNOWN:
            raise DatabaseTooNew(
                f"{named} has schema {revision}; this program knows schemas up to {HEAD}.",
                hint="Install the garminsync that wrote it (`pip install -U garminsync-tui`); nothing was changed.",
            )
        counted = "SELECT coalesce(sum(n), 0) FROM health_counts" if "health_counts" in tables else "SELECT NULL"
        ended = "SELECT max(completed_at) FROM sync_jobs WHERE status = 'completed' AND job_type LIKE '%sync'"
        [synced_ms] = connection.execute(ended).fetchone()
        [readings] = connection.execute(counted).fetchone()
        try:
            synced_at = datetime.fromtimestamp(synced_ms / 1000, UTC) if synced_ms else None
        except (TypeError, ValueError, OverflowError, OSError):
            raise foreign from None
        if not isinstance(readings, int | None):
            raise foreign
        return Contents(
            revision=revision,
            activities=connection.execute("SELECT count(*) FROM activities").fetchone()[0],
            readings=readings,
            synced_at=synced_at,
            size_bytes=_bytes_of(path),
        )


def require_room(folder: Path, needed_bytes: int) -> None:
    """Raises DiskFull where a file of so many bytes would fill the disk."""
    free = shutil.disk_usage(folder).free
    if free < needed_bytes + RESERVE_BYTES:
        raise DiskFull(
            f"{folder} has {size(free)} free; a copy of the database needs {size(needed_bytes + RESERVE_BYTES)}.",
            hint="Free some space, or name another disk. Nothing was changed.",
        )


def require_sound(path: Path, named: Path) -> None:
    """Read all of a file that nobody has open. Raises DatabaseUnusable, which tells of `named`, where it is damaged."""
    with contextlib.closing(connected(path, apart=True)) as connection:
        [first] = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if first != "ok":
        raise DatabaseUnusable(f"{named} is damaged: {first}", hint="Use an earlier backup. Nothing was changed.")


def check(database: Path) -> None:
    """Read all of a database that others may be using. Raises DatabaseUnusable where it is damaged."""
    with explained(database), contextlib.closing(connected(database)) as connection:
        [first] = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if first != "ok":
        hint = "Put a backup in its place: `garminsync restore FILE`. What is there is kept beside it."
        raise DatabaseUnusable(f"{database} is damaged: {first}", hint=hint)


def connected(path: Path, *, apart: bool = False, wait_s: float = _BUSY_S, threads: bool = False) -> sqlite3.Connection:
    """A connection that checkpoints nothing. With `apart` nobody has the file open: no lock, nothing beside it.

    With `threads` more than one thread may use it, one at a time.
    """
    how = "mode=ro&immutable=1" if apart else "mode=rw"
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{how}",
        uri=True,
        timeout=wait_s,
        isolation_level=None,
        check_same_thread=not threads,
    )
    connection.execute("PRAGMA wal_autocheckpoint=0")
    connection.set_progress_handler(lambda: 0, _LOOK_EVERY_STEPS)  # where Ctrl-C is heard
    return connection


@contextlib.contextmanager
def explained(database: Path, target: Path | None = None) -> Iterator[None]:
    """Turn what SQLite says into what a person can act on."""
    try:
        yield
    except UnicodeDecodeError:  # the driver's, as it tells of a damaged schema in the schema's own bytes
        raise DatabaseUnusable(f"{database} is damaged.", hint="Use an earlier backup.") from None
    except sqlite3.Error as problem:
        match getattr(problem, "sqlite_errorcode", 0) & 0xFF:
            case sqlite3.SQLITE_INTERRUPT:
                raise KeyboardInterrupt from None
            case sqlite3.SQLITE_FULL:
                raise DiskFull(
                    f"There is no room left for {target or database}.", hint="Free some space; nothing was changed."
                ) from None
            case sqlite3.SQLITE_IOERR if target is not None:
                raise GarminSyncError(
                    f"{target} cannot be written: {problem}.", hint="Is there room on that disk, and is it sound?"
                ) from None
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                raise DatabaseBusy(
                    f"The database {database} is held by another process.", hint="Try again in a moment."
                ) from None
            case _:
                raise DatabaseUnusable(
                    f"{database} is damaged or is no database: {problem}.", hint="Use an earlier backup."
                ) from None


def _bytes_of(database: Path) -> int:
    files = (database, database.with_name(database.name + "-wal"))
    return sum(file.stat().st_size for file in files if file.is_file())
