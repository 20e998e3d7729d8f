"""Moving house: from each database into each, and nothing but the whole of it counts as moved."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from garminsync_tui.columns import to_ms
from garminsync_tui.errors import AlreadyRunning, DatabaseUnusable, DiskFull, GarminSyncError, UsageProblem
from garminsync_tui.ids import new_id
from garminsync_tui.metrics import Reading
from garminsync_tui.models import Activity, HealthMetric, RunnerRow, SyncJob, Table, User, Workout
from garminsync_tui.paths import Paths
from garminsync_tui.store import accounts, health
from garminsync_tui.store.database import Database
from garminsync_tui.store.files import FileStore
from garminsync_tui.store.moving import contents
from garminsync_tui.store.moving.contents import Plan, plans
from garminsync_tui.store.moving.move import Moved, move
from garminsync_tui.store.moving.on_postgresql import PostgreSQLEnd
from garminsync_tui.store.moving.on_sqlite import SQLiteEnd
from garminsync_tui.store.vault import Vault

from .conftest import TOKENS
from .raw import statement
from .test_migrations import fill

START = datetime(2026, 11, 1, 0, 0, 0, 123_000, tzinfo=UTC)
READINGS = 95
HOSTILE = "=1+1 \"q\" 'a'\r\n\\N \\. \t💤 é́ ·\u202e"


class House:
    """A database with its folder of files."""

    def __init__(self, url: str, files: Path) -> None:
        self.url, self.files = url, files

    async def content(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table, as Python sees it."""
        found: dict[str, list[tuple[Any, ...]]] = {}
        async with await Database.open(self.url) as database, database.read() as session:
            for table in Table.metadata.sorted_tables:
                if table.name not in {"runners", "activity_files"}:
                    rows = (tuple(row) for row in await session.execute(sa.select(table)))
                    # Python's datetimes of PostgreSQL may have microseconds, of which SQLite keeps thousands.
                    found[table.name] = sorted(
                        (tuple(_to_ms(value) for value in row) for row in rows), key=lambda row: repr(row[:4])
                    )
        return found


def _to_ms(value: Any) -> Any:
    return to_ms(value) if isinstance(value, datetime) else value


@pytest.fixture
async def source(database_url: str, paths: Paths) -> House:
    """Everything that a database can hold."""
    files = FileStore(paths.files)
    async with await Database.open(database_url) as database:
        vault = await Vault.open(database, paths)
        user = User(id=new_id(), username="me", password_hash="$argon2id$of a secret", login_required=False)
        async with database.write() as session:
            session.add(user)
        linked = {"garmin_user_id": "1001", "server": "http://127.0.0.1:1", "display_name": "runner"}
        account = await accounts.link(database, vault, user.id, time_zone="Europe/Berlin", tokens=TOKENS, **linked)
        await fill(database, account)
        async with database.write() as session:
            session.add(
                Workout(
                    user_id=user.id,
                    name=HOSTILE,
                    workout_definition={"version": 1, "sport": "running", "steps": [{"a": 1.0, "b": 1e20, "c": -0.0}]},
                )
            )
            readings = [
                Reading(
                    "heart_rate", to_ms(START + timedelta(minutes=2 * n)), 50.0 + n / 3, {"n": n} if n % 9 else None
                )
                for n in range(READINGS)
            ]
            await health.upsert(session, account.id, [*readings, Reading("skin_temp_deviation", to_ms(START), -0.0)])
            for number in range(3):
                with files.drafts() as folder:
                    draft = folder / "file"
                    draft.write_bytes(f"recording {number}".encode() * 1000)
                    stored = files.keep(draft, account.id, str(100 + number), START, "FIT")
                session.add(
                    Activity(
                        garmin_connect_account_id=account.id,
                        garmin_activity_id=str(100 + number),
                        activity_type="running",
                        start_time=START,
                        duration=60,
                        name=HOSTILE,
                        file_type="FIT",
                        file_path=stored.path,
                        sha256=stored.sha256,
                        size_bytes=stored.size_bytes,
                    )
                )
                await files.share(session, database, stored)
            # The one of `fill` has a file, too.
            activity = await session.get_one(Activity, UUID(int=7))
            content = b"\x0e"
            activity.sha256, activity.size_bytes = hashlib.sha256(content).digest(), 1
            place = files.root / activity.file_path
            place.parent.mkdir()
            place.write_bytes(content)
            await files.share(session, database, files.adopt(place, "FIT"))
            session.add(RunnerRow(host="x", pid=1, kind="command", version="0", lock_path="/nowhere"))
    return House(database_url, paths.files)


@pytest.fixture
async def target(new_url: Callable[[], Awaitable[str]], tmp_path: Path) -> House:
    return House(await new_url(), tmp_path / "new files")


async def moved(source: House, target: House, tell: Any = lambda *told: None) -> Moved:
    return await move(source.url, source.files, target.url, target.files, tell)


async def test_everything_is_the_same_there(source: House, target: House, paths: Paths) -> None:
    before = await source.content()
    told: list[tuple[int, int, str]] = []
    done = await moved(source, target, lambda *now: told.append(now))
    assert (done.problems, done.files, done.went_on) == ([], 4, False)
    after = await target.content()
    assert after == before == await source.content()
    assert {name: len(rows) for name, rows in after.items()} == done.tables
    assert set(done.tables) == {plan.name for plan in plans()}
    assert all(number <= total for number, total, _ in told) and told[-1][:2] == (told[-1][1],) * 2

    async with await Database.open(target.url) as database:
        account = await accounts.active_account(database)
        assert account is not None
        vault = await Vault.open(database, paths)
        assert await accounts.read_tokens(database, vault, account.id) == TOKENS
        files = FileStore(target.files)
        async with database.read() as session:
            for activity in await session.scalars(sa.select(Activity)):
                found = await files.open(database, activity)
                assert hashlib.sha256(found.read_bytes()).digest() == activity.sha256
    if target.url.startswith("sqlite"):
        path = Path(target.url.removeprefix("sqlite:///"))
        assert path.stat().st_mode & 0o777 == 0o600
        assert all(each.stat().st_mode & 0o077 == 0 for each in target.files.rglob("*"))
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "_PAGES", {})
    monkeypatch.setattr(contents, "_PAGE_ROWS", 10)


class Lost(Exception):
    """The process, as it were."""


def breaking(monkeypatch: pytest.MonkeyPatch, at: int) -> list[tuple[str, int]]:
    """Let the page that is written as the `at`th break; what was written, by table and rows."""
    written: list[tuple[str, int]] = []
    for each in (SQLiteEnd, PostgreSQLEnd):
        write = each.write

        async def counted(self: Any, plan: Plan, rows: Sequence[Any], states: Any, write: Any = write) -> None:
            written.append((plan.name, len(rows)))
            if len(written) == at:
                raise Lost
            await write(self, plan, rows, states)

        monkeypatch.setattr(each, "write", counted)
    return written


@pytest.mark.usefixtures("small_pages")
async def test_interrupted_it_goes_on_and_until_then_it_is_no_database(
    source: House, target: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        first = breaking(patched, 14)
        with pytest.raises(Lost):
            await moved(source, target)
    assert first[-1][0] == first[-2][0] == "health_metrics"
    for upgrade in (True, False):
        with pytest.raises(DatabaseUnusable) as refused:
            await Database.open(target.url, upgrade=upgrade)
        assert "not finished" in refused.value.message and "db move" in refused.value.hint

    with monkeypatch.context() as patched:
        second = breaking(patched, 0)
        assert (await moved(source, target)).went_on
    both = [*first[:-1], *second]
    for name, rows in (await source.content()).items():
        assert sum(count for table, count in both if table == name) == len(rows), name  # nothing was written twice
    assert await target.content() == await source.content()


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
async def test_what_changed_meanwhile_comes_too(source: House, target: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        breaking(patched, 14)
        with pytest.raises(Lost):
            await moved(source, target)
    async with await Database.open(source.url) as database, database.write() as session:
        await session.execute(sa.update(Workout).values(description="changed"))
        [account_id] = await session.scalars(sa.select(HealthMetric.garmin_connect_account_id).distinct())
        # Before all that has come over.
        session.add(
            HealthMetric(
                id=UUID(int=1), garmin_connect_account_id=account_id, metric_type="weight", timestamp=START, value=70
            )
        )
    await moved(source, target)
    assert await target.content() == await source.content()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_no_longer_goes_with_what_came_over_begins_anew(
    source: House, target: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job that waited when its row came over has ended meanwhile, and an equal one waits."""
    monkeypatch.setattr(contents, "_PAGES", {})
    monkeypatch.setattr(contents, "_PAGE_ROWS", 1)
    with monkeypatch.context() as patched:
        for end in (SQLiteEnd, PostgreSQLEnd):
            write, written = end.write, []

            async def once(self: Any, plan: Plan, *rest: Any, write: Any = write, written: list[str] = written) -> None:
                written.append(plan.name)
                if written.count("sync_jobs") == 2:
                    raise Lost
                await write(self, plan, *rest)

            patched.setattr(end, "write", once)
        with pytest.raises(Lost):
            await moved(source, target)
    async with await Database.open(source.url) as database, database.write() as session:
        first = await session.scalar(sa.select(SyncJob).order_by(SyncJob.id).limit(1))
        assert first is not None and first.status == "pending"
        first.status = "completed"
        await session.flush()
        session.add(SyncJob(user_id=first.user_id, job_type=first.job_type, dedupe_key=first.dedupe_key))
    await moved(source, target)
    assert await target.content() == await source.content()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_target_that_is_not_the_same_is_not_taken_for_it(
    source: House, target: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for end in (SQLiteEnd, PostgreSQLEnd):
        write = end.write

        async def forgetful(self: Any, plan: Plan, rows: Sequence[Any], states: Any, write: Any = write) -> None:
            await write(self, plan, rows[:-1] if plan.name == "health_metrics" else rows, states)

        monkeypatch.setattr(end, "write", forgetful)
    with pytest.raises(DatabaseUnusable, match="does not hold what"):
        await moved(source, target)
    with pytest.raises(DatabaseUnusable, match="not finished"):
        await Database.open(target.url)


# ── What is refused ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_target_that_holds_something_is_left_alone(source: House, target: House) -> None:
    await statement(target.url, "CREATE TABLE recipes (name TEXT)")
    with pytest.raises(UsageProblem, match="tables of another program"):
        await moved(source, target)
    if target.url.startswith("sqlite"):
        assert await statement(target.url, "PRAGMA journal_mode") == [("delete",)]
    await statement(target.url, "DROP TABLE recipes")
    async with await Database.open(target.url) as database:
        await accounts.create_user(database, "somebody", None)
    with pytest.raises(UsageProblem, match="data of garminsync already"):
        await moved(source, target)
    async with await Database.open(target.url) as database:
        assert (await accounts.ensure_user(database)).username == "somebody"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("small_pages")
async def test_the_beginning_of_another_move_is_left_alone(
    source: House, target: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        breaking(patched, 2)
        with pytest.raises(Lost):
            await moved(source, target)
    await statement(source.url, "UPDATE users SET username = 'me'")
    await statement(target.url, "UPDATE moving SET state = '{\"schema\": \"x\"}' WHERE name = 'source'")
    with pytest.raises(UsageProblem, match="beginning of another move"):
        await moved(source, target)


async def test_the_same_database_is_refused(source: House) -> None:
    with pytest.raises(UsageProblem, match="is to be moved"):
        await moved(source, source)


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
async def test_a_database_where_something_runs_stays(source: House, target: House) -> None:
    async with await Database.open(source.url) as database:
        if database.sqlite:
            with pytest.raises(AlreadyRunning, match="open"):
                await moved(source, target)
        async with database.write() as session:
            await session.execute(
                sa.update(SyncJob)
                .where(SyncJob.job_type == "export")
                .values(status="in_progress", owner=new_id(), lease_until=START)
            )
    with pytest.raises(AlreadyRunning, match="A job is running"):
        await moved(source, target)


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
async def test_nobody_writes_into_what_is_moved(source: House, target: House) -> None:
    tried: list[BaseException] = []

    async def write() -> None:
        other = await Database.open(source.url)
        async with other, other.write() as session:
            await session.execute(sa.update(Workout).values(description="meanwhile"))

    tasks: list[asyncio.Task[None]] = []

    def tell(done: int, total: int, what: str) -> None:
        if not tasks and what.startswith("workouts"):
            tasks.append(asyncio.get_running_loop().create_task(write()))

    await moved(source, target, tell)
    tried += [problem for problem in await asyncio.gather(*tasks, return_exceptions=True) if problem]
    assert tasks
    there = (await target.content())["workouts"]
    assert all("meanwhile" not in row for row in there)


# ── What breaks on the way ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
async def test_a_full_disk_interrupts_it(source: House, target: House, monkeypatch: pytest.MonkeyPatch) -> None:
    begin = SQLiteEnd.begin

    async def narrow(self: SQLiteEnd, version: str, states: dict[str, str]) -> None:
        await begin(self, version, states)
        pages = await self.value("PRAGMA page_count")
        await self.value(f"PRAGMA max_page_count={int(str(pages)) + 1}")

    with monkeypatch.context() as patched:
        patched.setattr(SQLiteEnd, "begin", narrow)
        with pytest.raises(DiskFull, match="no room left"):
            await moved(source, target)
    await moved(source, target)
    assert await target.content() == await source.content()


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
async def test_a_server_that_goes_away_interrupts_it(
    source: House, target: House, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, name = PostgreSQLEnd.write, target.url.split("?")[0].rpartition("/")[2]
    written = []

    async def ended(self: Any, plan: Plan, rows: Sequence[Any], states: Any) -> None:
        written.append(plan.name)
        if written.count("health_metrics") == 3:
            kill = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            await statement(server, kill)
        await write(self, plan, rows, states)

    with monkeypatch.context() as patched:
        patched.setattr(PostgreSQLEnd, "write", ended)
        with pytest.raises(DatabaseUnusable, match=r"stopping|does not answer"):
            await moved(source, target)
    await moved(source, target)
    assert await target.content() == await source.content()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
async def test_who_may_not_create_is_told(source: House, target: House, server: str) -> None:
    name = f"guest_{new_id().hex}"
    await statement(server, f'CREATE ROLE "{name}" LOGIN')
    try:
        guest = House(target.url.replace("postgres:", f"{name}:", 1).replace("postgres@", f"{name}@", 1), target.files)
        with pytest.raises(GarminSyncError, match="cannot be opened or written"):
            await moved(source, guest)
        nowhere = House(target.url.replace("/empty_", "/nowhere_"), target.files)
        with pytest.raises(DatabaseUnusable, match="refused"):
            await moved(source, nowhere)
    finally:
        await statement(server, f'DROP ROLE "{name}"')


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
async def test_a_file_that_is_lost_is_named_and_the_rest_comes(source: House, target: House) -> None:
    [lost] = source.files.rglob("101.fit")
    lost.unlink()
    sha256 = hashlib.sha256(b"recording 1" * 1000).hexdigest()
    if source.url.startswith("postgresql"):
        await statement(source.url, f"DELETE FROM activity_files WHERE sha256 = '\\x{sha256}'::bytea")
    done = await moved(source, target)
    assert [each.rpartition("/")[2] for each in done.problems] == ["101.fit: it is missing"]
    assert done.files == 3
    assert await target.content() == await source.content()


async def test_other_versions_come_too(source: House, target: House) -> None:
    content = b"an older version"
    if source.url.startswith("sqlite"):
        other = next(source.files.rglob("100.fit")).with_name("100.v2.fit")
        other.write_bytes(content)
    else:
        sha256 = hashlib.sha256(content).hexdigest()
        await statement(source.url, f"INSERT INTO activity_files VALUES ('\\x{sha256}', '\\x{content.hex()}', now())")
    assert (await moved(source, target)).files == 5
    if target.url.startswith("sqlite"):
        assert content in {path.read_bytes() for path in target.files.rglob("*") if path.is_file()}
    else:
        [(found,)] = await statement(target.url, "SELECT count(*) FROM activity_files WHERE length(bytes) = 16")
        assert found == 1
