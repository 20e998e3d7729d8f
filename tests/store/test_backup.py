"""Backups: whole, private, also while others write; before every migration; and put back as a whole or not at all."""

from __future__ import annotations

import asyncio
import os
import re
import resource
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from collections import namedtuple
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from garminsync_tui.errors import (
    AlreadyRunning,
    DatabaseBusy,
    DatabaseTooNew,
    DatabaseUnusable,
    DiskFull,
    GarminSyncError,
    UsageProblem,
)
from garminsync_tui.models import User
from garminsync_tui.paths import Paths, backups_beside, migration_backups
from garminsync_tui.store import in_use, migrate
from garminsync_tui.store.backup import back_up, look_inside
from garminsync_tui.store.database import Database
from garminsync_tui.store.in_use import InUse
from garminsync_tui.store.plain import at_file
from garminsync_tui.store.restore import restore

HASH = "$argon2id$of a discarded secret"


@pytest.fixture(autouse=True)
def _usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def named(paths: Paths, sqlite_template: Path) -> Callable[..., Path]:
    """Makes an upgraded database whose user has a name."""

    def make(name: str = "me", path: Path = paths.database) -> Path:
        shutil.copy(sqlite_template, path)
        path.chmod(0o600)
        execute(path, "INSERT INTO users (id, username, password_hash) VALUES (randomblob(16), ?, ?)", name, HASH)
        return path

    return make


def execute(path: Path, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        return connection.execute(statement, values).fetchall()


def who(path: Path) -> str:
    """The user of a database that is sound."""
    assert execute(path, "PRAGMA integrity_check") == [("ok",)]
    [(name,)] = execute(path, "SELECT username FROM users")
    return str(name)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


# ── Backups ──────────────────────────────────────────────────────────────────────────────────────────

WRITER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
connection.execute("PRAGMA journal_mode=WAL")
connection.execute("CREATE TABLE one (n INTEGER, filler BLOB)")
connection.execute("CREATE TABLE other (n INTEGER)")
n = 0
while True:
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO one VALUES (?, randomblob(20000))", (n,))
    connection.execute("INSERT INTO other VALUES (?)", (n,))
    connection.execute("COMMIT")
    n += 1
    if n == 20:
        print("writing", flush=True)
"""


def test_it_is_consistent_while_another_process_writes(named: Callable[..., Path], tmp_path: Path) -> None:
    database = named()
    counts = []
    with subprocess.Popen([sys.executable, "-c", WRITER, str(database)], stdout=subprocess.PIPE, text=True) as writer:
        try:
            assert writer.stdout is not None
            writer.stdout.readline()
            for number in range(4):
                target = tmp_path / f"{number}.db"
                back_up(database, target, replace=False)
                assert who(target) == "me"
                assert mode(target) == 0o600
                [(one,)] = execute(target, "SELECT count(*) FROM one")
                assert [(one,)] == execute(target, "SELECT count(*) FROM other")
                counts.append(one)
        finally:
            writer.kill()
    assert counts == sorted(set(counts)), "it was written all the time"


def test_a_file_that_is_there_is_kept_unless_it_may_be_replaced(named: Callable[..., Path], tmp_path: Path) -> None:
    target = tmp_path / "backup.db"
    target.write_text("a letter")
    with pytest.raises(UsageProblem, match="there already"):
        back_up(named(), target, replace=False)
    assert target.read_text() == "a letter"
    back_up(named(), target, replace=True)
    assert (who(target), mode(target)) == ("me", 0o600)


@pytest.mark.parametrize("ending", ["", "-wal", "-shm", ".lock", ".open"])
def test_the_database_itself_is_no_place_for_it(named: Callable[..., Path], ending: str) -> None:
    database = named()
    with pytest.raises(UsageProblem, match="itself"):
        back_up(database, database.with_name(database.name + ending), replace=True)
    assert who(database) == "me"


def test_what_is_not_there_or_damaged_is_told_and_nothing_is_written(
    named: Callable[..., Path], paths: Paths, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    with pytest.raises(DatabaseUnusable, match="nothing to back up"):
        back_up(paths.database, folder / "b.db", replace=False)
    database = named()
    content = bytearray(database.read_bytes())
    content[8192:40000] = b"\xa5" * (40000 - 8192)
    database.write_bytes(content)
    with pytest.raises(DatabaseUnusable, match="damaged") as refused:
        back_up(database, folder / "b.db", replace=False)
    assert refused.value.hint
    assert names(folder) == set()


def fill_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**9, 10**9 - 1000, 1000))


def test_a_disk_without_room_is_told_before_anything_is_written(
    named: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, folder = named(), tmp_path / "backups"
    folder.mkdir()
    fill_the_disk(monkeypatch)
    with pytest.raises(DiskFull, match=r"1\.0 kB free") as refused:
        back_up(database, folder / "b.db", replace=False)
    assert "Nothing was changed" in refused.value.hint
    assert names(folder) == set()


def test_a_disk_that_fills_up_meanwhile_leaves_nothing_behind(named: Callable[..., Path], tmp_path: Path) -> None:
    database, folder = named(), tmp_path / "backups"
    folder.mkdir()
    child = os.fork()
    if child == 0:
        code = 99
        try:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
            back_up(database, folder / "b.db", replace=False)
        except GarminSyncError:
            code = 0
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert names(folder) == set()
    assert who(database) == "me"


# ── Before a migration ───────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def first_schema(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of the first schema, with a user."""
    folder, path = tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("old") / "old.db"
    shutil.copytree(
        migrate.migrations_folder(), folder, ignore=shutil.ignore_patterns("000[2-9]*", "__py*"), dirs_exist_ok=True
    )
    with pytest.MonkeyPatch.context() as first:
        first.setattr(migrate, "migrations_folder", lambda: folder)
        first.setattr(migrate, "HEAD", "0001")
        asyncio.run(open_and_close(path))
    execute(path, "INSERT INTO users (id, username, password_hash) VALUES (randomblob(16), 'old', ?)", HASH)
    return path


async def open_and_close(path: Path, tell: Callable[[str], None] | None = None) -> None:
    await (await Database.open(f"sqlite:///{path}", tell=tell)).close()


@pytest.fixture
def old(paths: Paths, first_schema: Path) -> Path:
    shutil.copy(first_schema, paths.database)
    return paths.database


def revision(path: Path) -> str:
    [(found,)] = execute(path, "SELECT version_num FROM alembic_version")
    return str(found)


async def test_a_migration_keeps_what_was_there_and_tells_where(old: Path) -> None:
    told: list[str] = []
    await open_and_close(old, told.append)
    (kept,) = migration_backups(old)
    assert re.fullmatch(r"garminsync-\d{8}T\d{6}Z-schema-0001\.db", kept.name)
    assert kept.parent == old.parent / "backups"
    assert (revision(kept), who(kept)) == ("0001", "old")
    assert (revision(old), who(old)) == (migrate.HEAD, "old")
    assert (mode(kept), mode(kept.parent)) == (0o600, 0o700)
    assert len(told) == 1 and str(kept) in told[0] and "0001" in told[0]
    await open_and_close(old, told.append)
    assert migration_backups(old) == [kept] and len(told) == 1


async def test_an_empty_database_needs_none(paths: Paths) -> None:
    told: list[str] = []
    await open_and_close(paths.database, told.append)
    assert (told, backups_beside(paths.database).exists()) == ([], False)


async def test_the_last_two_are_kept_and_nothing_else_is_touched(old: Path) -> None:
    folder = backups_beside(old)
    folder.mkdir(mode=0o700)
    earlier = [folder / f"garminsync-2025010{n}T000000Z-schema-000{n}.db" for n in (1, 2, 3)]
    others = [folder / "mine.db", folder / "other-20250101T000000Z-schema-0001.db"]
    for path in (*earlier, *others):
        path.touch()
    await open_and_close(old)
    newest = migration_backups(old)[-1]
    assert names(folder) == {earlier[-1].name, newest.name, *(path.name for path in others)}
    assert who(newest) == "old"


async def test_without_room_for_it_nothing_is_migrated(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill_the_disk(monkeypatch)
    with pytest.raises(DiskFull, match="free"):
        await open_and_close(old)
    assert (revision(old), who(old)) == ("0001", "old")
    assert migration_backups(old) == []


FOUR_UPGRADES = """
import asyncio, os, sys
import alembic.command
from garminsync_tui.store.database import Database

async def upgrade():
    async with await Database.open(sys.argv[1], tell=print):
        pass

ready, go = os.pipe()
children = []
for _ in range(4):
    child = os.fork()
    if child == 0:
        os.close(go)
        os.read(ready, 1)
        asyncio.run(upgrade())
        sys.exit()
    children.append(child)
os.close(go)
sys.exit(any([os.waitpid(child, 0)[1] for child in children]))
"""


def test_four_upgraders_at_once_make_one(old: Path) -> None:
    upgraders = subprocess.run(
        [sys.executable, "-c", FOUR_UPGRADES, f"sqlite:///{old}"], capture_output=True, text=True, check=False
    )
    assert upgraders.returncode == 0, upgraders.stderr
    (kept,) = migration_backups(old)
    assert (revision(kept), revision(old)) == ("0001", migrate.HEAD)
    assert upgraders.stdout.count(str(kept)) == 1
    assert names(kept.parent) == {kept.name}


# ── Putting it back ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def backup(named: Callable[..., Path], tmp_path: Path) -> Path:
    """A backup of a database whose user is called "backed up"; the one in place is called "now"."""
    target = tmp_path / "backup.db"
    back_up(named("backed up"), target, replace=False)
    named("now")
    return target


def before_restore(database: Path) -> list[Path]:
    return [path for path in sorted(database.parent.iterdir()) if ".before-restore-" in path.name]


def test_what_was_there_is_kept(backup: Path, paths: Paths) -> None:
    kept = restore(backup, paths.database)
    assert kept is not None
    assert (who(paths.database), who(kept)) == ("backed up", "now")
    assert re.fullmatch(r"garminsync\.db\.before-restore-\d{8}T\d{6}Z", kept.name)
    assert {mode(kept), mode(paths.database)} == {0o600}
    # And back again, within the same second
    assert restore(kept, paths.database) not in {None, kept}
    assert who(paths.database) == "now"
    assert len(before_restore(paths.database)) == 2
    assert not [name for name in names(paths.database.parent) if "restoring" in name]


def test_where_nothing_was_it_is_simply_put(backup: Path, tmp_path: Path) -> None:
    database = tmp_path / "new home" / "garminsync.db"
    assert restore(backup, database) is None
    assert (who(database), mode(database), mode(database.parent)) == ("backed up", 0o600, 0o700)


def test_what_was_in_the_log_is_kept_too(backup: Path, paths: Paths) -> None:
    script = (
        "import sqlite3, os, sys\nc = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('PRAGMA journal_mode=WAL')\nc.execute(\"UPDATE users SET username = 'in the log'\")\nos._exit(0)"
    )
    subprocess.run([sys.executable, "-c", script, str(paths.database)], check=True)
    assert paths.database.with_name("garminsync.db-wal").stat().st_size
    kept = restore(backup, paths.database)
    assert kept is not None
    assert (who(paths.database), who(kept)) == ("backed up", "in the log")


@pytest.mark.parametrize("there", [True, False])
def test_a_log_of_what_was_there_is_never_played_into_it(backup: Path, paths: Paths, there: bool) -> None:
    """A damaged database cannot take its log in, and one that somebody removed has left it behind."""
    script = (
        "import sqlite3, os, sys\nc = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('PRAGMA journal_mode=WAL')\nc.execute(\"UPDATE users SET username = 'in the log'\")\nos._exit(0)"
    )
    subprocess.run([sys.executable, "-c", script, str(paths.database)], check=True)
    log = paths.database.with_name("garminsync.db-wal").read_bytes()
    if there:
        paths.database.write_bytes(b"no database at all" * 1000)
    else:
        paths.database.unlink()
    restore(backup, paths.database)
    assert who(paths.database) == "backed up"
    aside = [path for path in before_restore(paths.database) if path.name.endswith("-wal")]
    if there:
        assert [path.read_bytes() for path in before_restore(paths.database) if path not in aside] == [
            b"no database at all" * 1000
        ]
    assert not aside or aside[0].read_bytes() == log


def test_an_older_one_is_upgraded(first_schema: Path, paths: Paths, named: Callable[..., Path]) -> None:
    named("now")
    restore(first_schema, paths.database)
    assert (revision(paths.database), who(paths.database)) == (migrate.HEAD, "old")
    assert revision(first_schema) == "0001", "the backup stays as it is"
    assert migration_backups(paths.database) == []


@pytest.mark.parametrize(
    ("statement", "problem", "said"),
    [
        ("UPDATE alembic_version SET version_num = '9999'", DatabaseTooNew, r"backup\.db has schema 9999"),
        ("DROP TABLE alembic_version", DatabaseUnusable, "no database of garminsync"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_everything_as_it_was(
    backup: Path, paths: Paths, statement: str, problem: type[GarminSyncError], said: str
) -> None:
    execute(backup, statement)
    before = names(paths.database.parent)
    with pytest.raises(problem, match=said) as refused:
        restore(backup, paths.database)
    assert refused.value.hint
    assert who(paths.database) == "now"
    assert names(paths.database.parent) - before <= {"garminsync.db.open"}


def test_a_damaged_one_is_refused(backup: Path, paths: Paths) -> None:
    content = bytearray(backup.read_bytes())
    # A page that a look at its contents does not come by
    [(page,)] = execute(backup, "SELECT rootpage FROM sqlite_master WHERE name = 'activity_figures'")
    content[(page - 1) * 4096 : (page - 1) * 4096 + 96] = b"\xa5" * 96
    backup.write_bytes(content)
    assert look_inside(backup, apart=True)
    with pytest.raises(DatabaseUnusable, match="damaged"):
        restore(backup, paths.database)
    backup.write_bytes(b"Dear diary")
    with pytest.raises(DatabaseUnusable, match="no database"):
        restore(backup, paths.database)
    assert who(paths.database) == "now"


def test_the_database_itself_and_one_in_use_are_no_backups(backup: Path, paths: Paths) -> None:
    with pytest.raises(UsageProblem, match="itself"):
        restore(paths.database, paths.database)
    backup.with_name(backup.name + "-wal").write_bytes(b"log")
    with pytest.raises(UsageProblem, match="in use"):
        restore(backup, paths.database)


def test_without_room_nothing_is_replaced(backup: Path, paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    fill_the_disk(monkeypatch)
    with pytest.raises(DiskFull):
        restore(backup, paths.database)
    assert who(paths.database) == "now"


async def test_who_has_the_database_open_keeps_it(backup: Path, paths: Paths) -> None:
    async with await Database.open(f"sqlite:///{paths.database}") as database:
        with pytest.raises(AlreadyRunning, match="Another process of garminsync"):
            await asyncio.to_thread(restore, backup, paths.database)
        async with database.read() as session:
            assert await session.scalar(sa.select(User.username)) == "now"
    await asyncio.to_thread(restore, backup, paths.database)
    assert who(paths.database) == "backed up"


def test_another_program_that_has_it_open_keeps_it(backup: Path, paths: Paths) -> None:
    with closing(sqlite3.connect(paths.database, isolation_level=None)) as shell:
        shell.execute("PRAGMA journal_mode=WAL")
        assert shell.execute("SELECT username FROM users").fetchall() == [("now",)]
        with pytest.raises(AlreadyRunning, match="Another program"):
            restore(backup, paths.database)
        assert shell.execute("SELECT username FROM users").fetchall() == [("now",)]


async def test_nobody_opens_it_meanwhile(backup: Path, paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    restoring = InUse(paths.database)
    assert restoring.take_alone()
    with at_file(paths.database) as asked:
        assert asked is None
    opening = asyncio.create_task(Database.open(f"sqlite:///{paths.database}"))
    done, _ = await asyncio.wait({opening}, timeout=0.2)
    assert not done
    restoring.close()
    await (await opening).close()
    monkeypatch.setattr(in_use, "_TRIES", 1)
    restoring = InUse(paths.database)
    assert restoring.take_alone()
    with pytest.raises(DatabaseBusy, match="being restored"):
        await Database.open(f"sqlite:///{paths.database}")
    restoring.close()


def test_who_ran_jobs_when_it_was_made_does_not_run_them_now(backup: Path, paths: Paths) -> None:
    execute(
        backup,
        "INSERT INTO runners (id, host, pid, kind, version, lock_path)"
        " VALUES (randomblob(16), 'elsewhere', 1, 'daemon', '1', '/lock')",
    )
    execute(
        backup,
        "INSERT INTO sync_jobs (id, user_id, job_type, status, dedupe_key, owner, lease_until)"
        " SELECT randomblob(16), id, 'export', 'in_progress', 'x', randomblob(16), 9999999999999 FROM users",
    )
    restore(backup, paths.database)
    assert execute(paths.database, "SELECT count(*) FROM runners") == [(0,)]
    assert execute(paths.database, "SELECT status, lease_until FROM sync_jobs") == [("in_progress", 0)]
    assert look_inside(paths.database).activities == 0


# ── Killed at every step ─────────────────────────────────────────────────────────────────────────────

KILLED_AT = """
import os, signal, sys
from pathlib import Path
from garminsync_tui.store.restore import restore

backup, place = Path(sys.argv[1]), Path(sys.argv[2])
steps = {"open", "os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "sqlite3.connect",
         "shutil.rmtree", "shutil.copyfile"}

def run(number):
    '''Restore in the numbered home, and die before the numbered step.'''
    home = str(place / str(number))
    seen = 0

    def watch(event, arguments):
        nonlocal seen
        if event in steps and home in str(arguments[0]):
            seen += 1
            if seen == number:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    restore(backup, Path(home) / "garminsync.db")

number = 0
while True:
    number += 1
    child = os.fork()
    if child == 0:
        run(number)
        os._exit(0)
    if os.waitpid(child, 0)[1] == 0:
        break
print(number)
"""
_HOMES = 45


def test_killed_at_any_step_it_leaves_the_old_or_the_new_and_goes_on(
    backup: Path, paths: Paths, tmp_path: Path
) -> None:
    place = tmp_path / "homes"
    for number in range(1, _HOMES):
        (place / str(number)).mkdir(parents=True)
        shutil.copy(paths.database, place / str(number) / "garminsync.db")
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_AT, str(backup), str(place)], capture_output=True, text=True, check=False
    )
    assert killed.returncode == 0, killed.stderr
    steps = int(killed.stdout)
    assert 12 < steps < _HOMES - 1, "every step had a home of its own"
    found = []
    for number in range(1, steps + 1):
        database = place / str(number) / "garminsync.db"
        found.append(who(database))
        if found[-1] == "backed up":
            assert "now" in {who(path) for path in before_restore(database)}
        restore(backup, database)
        assert who(database) == "backed up"
        assert not [name for name in names(database.parent) if "restoring" in name]
        assert all(who(path) in {"now", "backed up"} for path in before_restore(database))
    assert found == ["now"] * found.count("now") + ["backed up"] * found.count("backed up")
    assert len(set(found)) == 2
