"""Opening a database, and what `read` and `write` promise on both kinds."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import stat
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import aiosqlite
import pytest
import sqlalchemy as sa
from sqlalchemy import event

from garminsync_tui.errors import DatabaseBusy, DatabaseUnusable, GarminSyncError, UsageProblem
from garminsync_tui.models import ActivityFile, RequestBudget, User
from garminsync_tui.paths import Paths
from garminsync_tui.store import database as database_module
from garminsync_tui.store.database import Database, parse_url

HASH = "$argon2id$v=19$of a discarded secret"
PASSWORD = "hunter2-correct-horse"
MIB = 2**20


@pytest.fixture
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


async def names(database: Database) -> list[str]:
    async with database.read() as session:
        return list(await session.scalars(sa.select(User.username).order_by(User.username)))


# ── Where it lies ────────────────────────────────────────────────────────────────────────────────────


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_its_files_are_for_their_owner_only(usual_umask: None, tmp_path: Path) -> None:
    path = tmp_path / "made" / "here.db"
    async with await Database.open(f"sqlite:///{path}") as database, database.write() as session:
        session.add(User(username="me", password_hash=HASH))
        await session.flush()
        found = {file.name: mode(file) for file in path.parent.iterdir()}
    assert found == dict.fromkeys(["here.db", "here.db-wal", "here.db-shm", "here.db.lock", "here.db.open"], 0o600)
    assert mode(path.parent) == 0o700


async def test_an_address_may_begin_at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert parse_url("sqlite:///~/here.db").database == str(tmp_path / "here.db")


async def test_both_names_of_postgresql_are_known() -> None:
    for name in ("postgres", "postgresql", "postgresql+psycopg"):
        assert parse_url(f"{name}://me@host/garminsync").drivername == "postgresql+asyncpg"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "here.db",
        "sqlite://",
        "sqlite:///:memory:",
        f"mysql://me:{PASSWORD}@host/garminsync",
        f"postgresql://me:{PASSWORD}@host:port/garminsync",
        f"post gresql://me:{PASSWORD}@host/garminsync",
    ],
)
def test_an_address_of_no_use_is_refused_without_its_password(address: str) -> None:
    with pytest.raises(UsageProblem) as refused:
        parse_url(address)
    assert refused.value.hint
    assert PASSWORD not in "".join(traceback.format_exception(refused.value)) + refused.value.hint


# ── What cannot be opened ────────────────────────────────────────────────────────────────────────────


async def test_a_file_of_another_kind_is_refused_and_kept(paths: Paths) -> None:
    letter = b"Dear diary, today I ran. " * 400
    paths.database.write_bytes(letter)
    with pytest.raises(DatabaseUnusable, match="no database") as refused:
        await Database.open(f"sqlite:///{paths.database}")
    assert refused.value.hint
    assert paths.database.read_bytes() == letter


async def test_a_damaged_database_is_told(paths: Paths, sqlite_template: Path) -> None:
    content = bytearray(sqlite_template.read_bytes())
    content[100:] = b"\xa5" * (len(content) - 100)  # the header alone is left
    paths.database.write_bytes(content)
    with pytest.raises(DatabaseUnusable, match="damaged") as refused:
        await Database.open(f"sqlite:///{paths.database}")
    assert refused.value.hint


async def test_a_folder_is_no_database(paths: Paths) -> None:
    with pytest.raises(DatabaseUnusable, match="cannot be opened"):
        await Database.open(f"sqlite:///{paths.files}")


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(GarminSyncError, match="cannot be written") as refused:
        await Database.open(f"sqlite:///{tmp_path}/file/below/here.db")
    assert refused.value.hint


async def test_a_server_that_does_not_answer_is_told_without_its_password() -> None:
    with pytest.raises(DatabaseUnusable, match="does not answer") as refused:
        await Database.open(f"postgresql://me:{PASSWORD}@127.0.0.1:1/garminsync")
    assert "running" in refused.value.hint
    assert "127.0.0.1:1" in refused.value.message
    assert PASSWORD not in "".join(traceback.format_exception(refused.value))


async def test_a_host_without_an_address_is_told() -> None:
    with pytest.raises(DatabaseUnusable, match="does not answer"):
        await Database.open("postgresql://me@nowhere.invalid/garminsync")


@pytest.mark.parametrize(("user", "name"), [("postgres", "no_such_database"), ("no_such_user", "postgres")])
async def test_a_server_that_refuses_is_told_without_a_password(postgresql_server: str, user: str, name: str) -> None:
    url = postgresql_server.replace("postgres:@/postgres?", f"{user}:{PASSWORD}@/{name}?")
    with pytest.raises(DatabaseUnusable, match="refused") as refused:
        await Database.open(url)
    assert refused.value.hint
    assert PASSWORD not in "".join(traceback.format_exception(refused.value))


async def test_its_name_for_people_holds_no_password(postgresql_server: str) -> None:
    url = postgresql_server.replace("postgres:@/", f"postgres:{PASSWORD}@/")
    async with await Database.open(url, upgrade=False) as database:
        assert database.name.startswith("postgresql://postgres:***@/postgres")


# ── Reading and writing ──────────────────────────────────────────────────────────────────────────────


async def test_a_write_that_fails_leaves_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.write() as session:
            session.add(User(username="me", password_hash=HASH))
            await session.flush()
            raise ZeroDivisionError
    assert await names(database) == []
    async with database.write() as session:  # and the next one works
        session.add(User(username="me", password_hash=HASH))
    assert await names(database) == ["me"]


async def test_a_write_that_is_cancelled_leaves_nothing(database: Database) -> None:
    begun = asyncio.Event()

    async def write() -> None:
        async with database.write() as session:
            session.add(User(username="me", password_hash=HASH))
            await session.flush()
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write())
    await begun.wait()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    async with database.write() as session:
        session.add(User(username="other", password_hash=HASH))
    assert await names(database) == ["other"]


async def test_rules_of_the_model_are_not_dressed_up(database: Database) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        async with database.write() as session:
            session.add(User(username="", password_hash=HASH))


async def test_what_was_read_stays_readable(database: Database) -> None:
    async with database.write() as session:
        written = User(username="me", password_hash=HASH)
        session.add(written)
    assert written.username == "me"
    async with database.read() as session:
        found = await session.scalar(sa.select(User))
    assert found is not None
    assert (found.username, found.login_required) == ("me", True)


async def test_a_look_does_not_see_what_is_written_meanwhile(database: Database) -> None:
    everyone = sa.select(sa.func.count()).select_from(User)
    async with database.read() as session:
        assert await session.scalar(everyone) == 0
        async with database.write() as writing:
            writing.add(User(username="me", password_hash=HASH))
        assert await session.scalar(everyone) == 0
    assert await names(database) == ["me"]


async def test_two_programs_that_write_at_once_both_land(database_url: str) -> None:
    """Each reads, then writes what it read plus one: a look that another overtakes would lose a count."""
    turns = 25

    async def count(database: Database) -> None:
        for _ in range(turns):
            async with database.write() as session:
                row = await session.get_one(RequestBudget, "data here", with_for_update=True)
                row.refusals += 1

    async with await Database.open(database_url) as one, await Database.open(database_url) as other:
        async with one.write() as session:
            moment = datetime(2026, 3, 29, tzinfo=UTC)
            session.add(RequestBudget(scope="data here", tokens=1, rate_per_s=1, counted_at=moment))
        await asyncio.gather(count(one), count(one), count(other), count(other))
        async with other.read() as session:
            row = await session.get_one(RequestBudget, "data here")
    assert row.refusals == 4 * turns


async def test_who_waits_too_long_for_another_is_told(database_url: str) -> None:
    async with await Database.open(database_url) as holder, await Database.open(database_url) as waiting:
        async with holder.write() as session:
            session.add(User(username="me", password_hash=HASH))
        await be_impatient(waiting)
        rename = sa.update(User).values(username="you")
        async with holder.write() as session:
            await session.execute(rename)
            with pytest.raises(DatabaseBusy) as refused:
                async with waiting.write() as impatient:
                    await impatient.execute(rename)
        assert refused.value.hint
        assert await names(waiting) == ["you"]


async def be_impatient(database: Database) -> None:
    """Its connections wait for 20 ms, and no longer for half a minute."""
    patience = "PRAGMA busy_timeout=20" if database.sqlite else "SET lock_timeout = '20ms'"

    @event.listens_for(database.engine.sync_engine, "connect")
    def _connected(connection: sa.pool.PoolProxiedConnection, record: object) -> None:
        cursor = connection.cursor()
        cursor.execute(patience)
        cursor.close()

    await database.engine.dispose()  # those that are open already are not impatient


# ── The write-ahead log ──────────────────────────────────────────────────────────────────────────────


def log_bytes(path: Path) -> int:
    return path.with_name(path.name + "-wal").stat().st_size


async def write_a_file(database: Database, number: int) -> None:
    async with database.write() as session:
        session.add(ActivityFile(sha256=number.to_bytes(32), bytes=bytes(MIB // 2)))


async def test_the_log_stays_short(monkeypatch: pytest.MonkeyPatch, paths: Paths) -> None:
    monkeypatch.setattr(database_module, "_WAL_LIMIT_BYTES", MIB)
    async with await Database.open(f"sqlite:///{paths.database}") as database:
        for number in range(40):
            await write_a_file(database, number)
            assert log_bytes(paths.database) < 4 * MIB


async def test_the_log_stays_short_while_several_write(monkeypatch: pytest.MonkeyPatch, paths: Paths) -> None:
    monkeypatch.setattr(database_module, "_WAL_LIMIT_BYTES", MIB)
    longest = 0

    async def write(database: Database, first: int) -> None:
        nonlocal longest
        for number in range(first, first + 12):
            await write_a_file(database, number)
            longest = max(longest, log_bytes(paths.database))

    url = f"sqlite:///{paths.database}"
    async with await Database.open(url) as one, await Database.open(url) as other:
        await asyncio.gather(write(one, 0), write(one, 100), write(other, 200), write(other, 300))
    assert longest < 8 * MIB


async def test_a_reader_in_the_way_only_puts_the_checkpoint_off(monkeypatch: pytest.MonkeyPatch, paths: Paths) -> None:
    monkeypatch.setattr(database_module, "_WAL_LIMIT_BYTES", MIB)
    async with await Database.open(f"sqlite:///{paths.database}") as database:
        async with database.read() as session, asyncio.timeout(20):  # waiting for the reader would never end
            assert await session.scalar(sa.select(sa.func.count()).select_from(ActivityFile)) == 0
            for number in range(8):
                await write_a_file(database, number)
            assert log_bytes(paths.database) > 4 * MIB
        await write_a_file(database, 8)
        assert log_bytes(paths.database) < MIB


async def test_nobody_writes_while_another_holds_the_log_alone(monkeypatch: pytest.MonkeyPatch, paths: Paths) -> None:
    async with await Database.open(f"sqlite:///{paths.database}") as database:
        lock = os.open(paths.database.with_name(paths.database.name + ".lock"), os.O_RDWR)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            waiting = asyncio.create_task(write_a_file(database, 1))
            done, _ = await asyncio.wait({waiting}, timeout=0.2)
            assert not done
        finally:
            os.close(lock)  # and with it the lock
        await waiting


async def test_whoever_is_cancelled_at_the_log_lets_go_of_it(monkeypatch: pytest.MonkeyPatch, paths: Paths) -> None:
    monkeypatch.setattr(database_module, "_WAL_LIMIT_BYTES", 1)
    reached, execute = asyncio.Event(), aiosqlite.Connection.execute_fetchall

    async def never(connection: aiosqlite.Connection, statement: str) -> object:
        if "wal_checkpoint" in statement:
            reached.set()
            await asyncio.Event().wait()
        return await execute(connection, statement)

    async with await Database.open(f"sqlite:///{paths.database}") as database:
        monkeypatch.setattr(aiosqlite.Connection, "execute_fetchall", never)
        for number in range(2):  # after a write, and before one
            writing = asyncio.create_task(write_a_file(database, number))
            await reached.wait()
            writing.cancel()
            await asyncio.wait([writing])
            reached.clear()
            lock = os.open(paths.database.with_name(paths.database.name + ".lock"), os.O_RDWR)
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.close(lock)
        monkeypatch.undo()
        await write_a_file(database, 2)
