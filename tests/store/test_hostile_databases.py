"""Backups that are damaged, or not ours though they look like it: refused by name, with everything as it was."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from garminsync_tui.errors import DatabaseUnusable, GarminSyncError
from garminsync_tui.store.backup import look_inside
from garminsync_tui.store.database import Database
from garminsync_tui.store.plain import at_file
from garminsync_tui.store.restore import restore

from ..formats.mutations import byte_changed

CASES = 60


def put_back(backup: Path, database: Path) -> None:
    """What the command does."""
    look_inside(backup, apart=True)
    restore(backup, database)


def test_a_damaged_one_is_put_back_whole_or_refused_by_name(sqlite_template: Path, tmp_path: Path) -> None:
    whole = sqlite_template.read_bytes()
    backup, database = tmp_path / "backup.db", tmp_path / "home" / "garminsync.db"
    refused = 0
    for case in range(CASES):
        content, done = byte_changed(whole, random.Random(case))
        backup.write_bytes(content)
        try:
            put_back(backup, database)
        except GarminSyncError as problem:
            refused += 1
            assert "backup.db" in problem.message and problem.hint
            assert not database.exists()
        except Exception as problem:
            problem.add_note(f"case {case}: {done}")
            raise
        else:
            assert look_inside(database, apart=True).activities == 0
            shutil.rmtree(database.parent)
        assert not database.parent.exists() or {path.suffix for path in database.parent.iterdir()} <= {".open"}
    assert CASES / 4 < refused < CASES


async def test_a_damaged_schema_is_told_though_it_is_no_text(sqlite_template: Path, tmp_path: Path) -> None:
    """What SQLite says of it holds bytes of it, and Python's driver stumbles over them."""
    path = tmp_path / "garminsync.db"
    path.write_bytes(sqlite_template.read_bytes().replace(b"CONSTRAINT", b"CONSTR\xff\xff\xff\xff"))
    with pytest.raises(DatabaseUnusable, match="damaged"):
        look_inside(path, apart=True)
    with pytest.raises(DatabaseUnusable, match="damaged"):
        await Database.open(f"sqlite:///{path}")
    with at_file(path) as asked:
        assert asked is None


JOBS = "CREATE TABLE sync_jobs (status, job_type, completed_at, lease_until)"
COUNTS = "CREATE TABLE health_counts (n)"


@pytest.mark.parametrize(
    "statements",
    [
        ("DROP TABLE activities",),
        ("DROP TABLE runners",),
        ("DROP TABLE sync_jobs",),
        ("DELETE FROM alembic_version",),
        ("UPDATE alembic_version SET version_num = char(27) || '[31m'",),
        ("UPDATE alembic_version SET version_num = CAST(x'ff' AS TEXT)",),
        ("DROP TABLE sync_jobs", JOBS, "INSERT INTO sync_jobs VALUES ('completed', 'sync', 'yesterday', 0)"),
        ("DROP TABLE sync_jobs", JOBS, "INSERT INTO sync_jobs VALUES ('completed', 'sync', 9e999, 0)"),
        ("DROP TABLE health_counts", COUNTS, "INSERT INTO health_counts VALUES ('many'), (9e999)"),
        ("DROP TABLE health_counts", COUNTS, f"INSERT INTO health_counts VALUES ({2**63 - 1}), (1)"),
    ],
)
def test_one_of_another_program_is_refused(sqlite_template: Path, tmp_path: Path, statements: tuple[str, ...]) -> None:
    backup, database = tmp_path / "backup.db", tmp_path / "home" / "garminsync.db"
    shutil.copy(sqlite_template, backup)
    with closing(sqlite3.connect(backup, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)
    with pytest.raises(GarminSyncError, match=r"backup\.db"):
        put_back(backup, database)
    assert not database.exists()
