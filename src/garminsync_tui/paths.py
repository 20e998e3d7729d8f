"""The only place that knows directories.

With a home (``--home`` or ``GARMINSYNC_HOME``) everything lies below it; without one each kind of file lies
where this operating system keeps that kind.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from .errors import GarminSyncError

APPLICATION = "garminsync"
PRIVATE_FOLDER_MODE = 0o700
PRIVATE_FILE_MODE = 0o600
#: UTC in names of files.
_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Paths:
    """Where the files of one installation lie."""

    database: Path
    files: Path
    key: Path
    config: Path
    logs: Path
    run: Path  # lock files of runners; empty when nothing runs
    drafts: Path  # texts of workouts that were not finished

    @classmethod
    def below(cls, home: Path) -> Paths:
        """Everything in one folder."""
        return cls(
            database=home / "garminsync.db",
            files=home / "files",
            key=home / "key",
            config=home / "config.toml",
            logs=home / "logs",
            run=home / "run",
            drafts=home / "drafts",
        )

    @classmethod
    def of_this_system(cls) -> Paths:
        """Each kind of file where this operating system keeps it."""
        from platformdirs import PlatformDirs

        dirs = PlatformDirs(APPLICATION, appauthor=False)
        data = dirs.user_data_path
        return cls(
            database=data / "garminsync.db",
            files=data / "files",
            key=dirs.user_config_path / "key",
            config=dirs.user_config_path / "config.toml",
            logs=dirs.user_log_path,
            run=data / "run",
            drafts=data / "drafts",
        )

    @classmethod
    def find(cls, home: str | Path | None = None) -> Paths:
        """The installation a command works on: `home`, else GARMINSYNC_HOME, else the system's places."""
        chosen = home or os.environ.get("GARMINSYNC_HOME")
        return cls.below(Path(chosen).expanduser().absolute()) if chosen else cls.of_this_system()

    def prepare(self) -> None:
        """Make the folders, for their owner only. Raises UsageProblem where they cannot be made."""
        for folder in {
            self.database.parent,
            self.files,
            self.key.parent,
            self.config.parent,
            self.logs,
            self.run,
        }:
            private_folder(folder)


def backups_beside(database: Path) -> Path:
    """Where backups before migrations of a SQLite database lie; in a home that is `backups/` below it."""
    return database.parent / "backups"


def migration_backup(database: Path, revision: str, moment: datetime) -> Path:
    """A backup of `database` before it leaves schema `revision`, named so that names sort by time."""
    return backups_beside(database) / f"{database.stem}-{moment:{_STAMP}}-schema-{revision}.db"


def migration_backups(database: Path) -> list[Path]:
    """The backups before migrations of `database`, oldest first."""
    name = re.compile(re.escape(database.stem) + r"-\d{8}T\d{6}Z(?:-\d+)?-schema-\w+\.db")
    folder = backups_beside(database)
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(path for path in found if name.fullmatch(path.name))


def replaced_by_restore(database: Path, moment: datetime) -> Path:
    """What a database is called once a backup took its place; a name that nothing has yet."""
    path = database.with_name(f"{database.name}.before-restore-{moment:{_STAMP}}")
    number = 1
    while path.exists():
        number += 1
        path = database.with_name(f"{database.name}.before-restore-{moment:{_STAMP}}-{number}")
    return path


def copies_of(database: Path) -> list[Path]:
    """The copies of a database that the program made beside it: before migrations, and where a backup replaced it."""
    replaced = database.parent.glob(f"{database.name}.before-restore-*") if database.parent.is_dir() else ()
    return [*migration_backups(database), *sorted(replaced)]


def restore_drafts(database: Path) -> Path:
    """Where a restore prepares what takes the database's place: on the same disk."""
    return database.with_name(f".{database.name}.restoring")


def beside(database: Path) -> tuple[Path, ...]:
    """Files that SQLite and this program keep beside a database: log, index of the log, locks."""
    return tuple(database.with_name(database.name + ending) for ending in ("-wal", "-shm", ".lock", ".open"))


def systemd_user_unit() -> Path:
    """Where systemd looks for this user's units (systemd.unit(5)); the daemon's is this one."""
    settings = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(settings).expanduser() / "systemd" / "user" / f"{APPLICATION}.service"


def launchd_agent() -> Path:
    """Where launchd looks for this user's agents (launchd.plist(5)); the daemon's is this one."""
    return Path("~/Library/LaunchAgents").expanduser() / f"io.github.{APPLICATION}.plist"


def key_beside(key: Path, what: str) -> Path:
    """A key that lies beside the one in use: prepared to take its place ("next"), or replaced by it."""
    return key.with_name(f"{key.name}.{what}")


def private_folder(folder: Path) -> Path:
    """Make `folder` with mode 0700 (its parents too) and return it."""
    try:
        # One by one: mkdir(parents=True) makes the folders above with whatever the umask lets through.
        missing = [each for each in (folder, *folder.parents) if not each.exists()]
        for each in reversed(missing):
            each.mkdir(mode=PRIVATE_FOLDER_MODE, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(13, "Permission denied")
    except OSError as problem:
        raise GarminSyncError(
            f"The folder {folder} cannot be written: {problem.strerror}.",
            hint="Choose another with --home DIR or GARMINSYNC_HOME, or mend its permissions.",
        ) from None
    return folder
