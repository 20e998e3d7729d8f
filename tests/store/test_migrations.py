"""What the program does to a database's schema: all of it or nothing, once, and exactly what models.py says."""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
import tomllib
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import create_async_engine

from garminsync_tui.columns import Id, Instant
from garminsync_tui.errors import DatabaseTooNew, DatabaseUnusable
from garminsync_tui.models import (
    ENTITIES,
    Activity,
    ActivityBest,
    ActivityFigures,
    CalendarDay,
    Coverage,
    GarminConnectAccount,
    HealthCount,
    HealthDaily,
    HealthMetric,
    JobEvent,
    RawResponse,
    Schedule,
    SyncJob,
    Table,
    User,
    Workout,
)
from garminsync_tui.store import migrate
from garminsync_tui.store.database import Database, parse_url

from .raw import Schema, make_first, schema, statement


def without_views(found: Schema) -> Schema:
    """What models.py describes: views and Alembic's own table are not in it."""
    return {key: text for key, text in found.items() if key[0] != "view" and not re.search("alembic|_readable", key[1])}


# ── What is shipped ──────────────────────────────────────────────────────────────────────────────────


def test_the_program_knows_every_revision_and_the_one_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate.migrations_folder()).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [migrate.HEAD]
    assert tuple(script.revision for script in scripts.walk_revisions())[::-1] == migrate.KNOWN


def test_the_wheel_holds_the_migrations() -> None:
    assert (migrate.migrations_folder() / "env.py").is_file()
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert included == {"migrations": "garminsync_tui/_migrations"}


# ── What they make ───────────────────────────────────────────────────────────────────────────────────


async def test_the_migrated_schema_is_that_of_the_models(new_url: Callable[[], Awaitable[str]]) -> None:
    migrated, made = await new_url(), await new_url()
    await (await Database.open(migrated)).close()
    engine = create_async_engine(parse_url(made))
    async with engine.begin() as connection:
        await connection.run_sync(Table.metadata.create_all)
    await engine.dispose()
    expected = without_views(await schema(made))
    assert len(expected) > 20
    assert without_views(await schema(migrated)) == expected


async def test_alembic_sees_no_difference_to_the_models(database: Database) -> None:
    def differences(connection: sa.Connection) -> list[Any]:
        return compare_metadata(MigrationContext.configure(connection), Table.metadata)

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


SECRETS = {"password_hash", "oauth_token", "oauth_token_secret", "refresh_token", "wrapped_key"}
BULK = {"bytes", "body"}
MOMENT = datetime(2026, 3, 29, 1, 59, 59, 999_000, tzinfo=UTC)
ACTIVITY = UUID(int=7)


async def fill(database: Database, account: GarminConnectAccount) -> None:
    """A row of each kind that people may want to read, times with milliseconds and ids left out among them."""
    owner = {"garmin_connect_account_id": account.id}
    job = SyncJob(user_id=account.user_id, job_type="backup", dedupe_key="backup", extra={"a": 1}, **owner)
    local = SyncJob(user_id=account.user_id, job_type="export", dedupe_key="export", run_at=MOMENT)
    details = {"activity_type": "running", "duration": 60, "file_type": "FIT", "file_path": "a/7.fit"}
    stored = {"garmin_activity_id": "7", "sha256": bytes(range(32)), "size_bytes": 1}
    definition = {"version": 1, "sport": "running", "steps": [{}]}
    async with database.write() as session:
        session.add_all(
            [
                job,
                local,
                Activity(id=ACTIVITY, start_time=MOMENT, **owner, **details, **stored),
                HealthMetric(metric_type="steps", timestamp=MOMENT, value=1.5, **owner),
                Workout(user_id=account.user_id, name="Hills", workout_definition=definition),
                Schedule(job_type="backup", every_s=3600, **owner),
                Coverage(endpoint="steps", day=date(2026, 3, 29), status="empty", **owner),
                CalendarDay(
                    day=date(2026, 3, 29),
                    starts_at=MOMENT,
                    ends_at=MOMENT + timedelta(hours=23),
                    utc_offset_s=3600,
                    source="garmin",
                    **owner,
                ),
                RawResponse(
                    endpoint="steps",
                    first_day=date(2026, 3, 28),
                    last_day=date(2026, 3, 29),
                    body=b"\x78",
                    sha256=bytes(range(32)),
                    size_bytes=1,
                    fetched_at=MOMENT,
                    **owner,
                ),
                HealthDaily(
                    metric_type="steps", day=date(2026, 3, 29), minimum=1, mean=1, maximum=1, n=1, last=1, **owner
                ),
            ]
        )
        await session.flush()
        session.add_all(
            [
                JobEvent(job_id=job.id, at=MOMENT, level="info", text="begun"),
                ActivityFigures(
                    activity_id=ACTIVITY,
                    version=1,
                    sha256=bytes(range(32)),
                    sport="running",
                    day=date(2026, 3, 29),
                    figures={"timer_s": 60.0},
                    load=1.5,
                    load_basis="pace",
                    athlete={"threshold_mps": 4.0},
                    computed_at=MOMENT,
                ),
                ActivityBest(
                    activity_id=ACTIVITY,
                    kind="distance",
                    span=400.0,
                    value=90.5,
                    sport="running",
                    starts_at=MOMENT,
                    note="downhill",
                ),
            ]
        )


def readable(column: sa.Column[Any], value: Any) -> Any:
    if isinstance(value, UUID) or (isinstance(column.type, Id) and value):
        return str(value)
    if isinstance(column.type, Instant) and value:
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value.hex() if isinstance(value, bytes) else value


async def test_views_tell_ids_and_times_in_text_and_no_secrets(
    database: Database, account: GarminConnectAccount
) -> None:
    await fill(database, account)
    async with database.read() as session:
        connection = await session.connection()
        views = set(await connection.run_sync(lambda sync: sa.inspect(sync).get_view_names()))
        assert {f"{name}_readable" for name in Table.metadata.tables} == views
        filled = {
            f"{entity.__tablename__}_readable" for entity in (*ENTITIES, RawResponse, ActivityFigures, ActivityBest)
        }
        for view in sorted(views):
            table = Table.metadata.tables[view.removesuffix("_readable")]
            columns = [column for column in table.columns if column.name not in SECRETS | BULK]
            # The columns' own types for what is neither an id nor a moment: flags, days, documents
            text_now = [
                sa.column(c.name, sa.Text() if isinstance(c.type, Id | Instant | sa.LargeBinary) else c.type)
                for c in columns
            ]
            shown = (await session.execute(sa.select(*text_now).select_from(sa.table(view)))).all()
            stored = (await session.execute(sa.select(*columns))).all()
            expected = [
                tuple(readable(column, value) for column, value in zip(columns, row, strict=True)) for row in stored
            ]
            assert shown or view not in filled, view
            assert sorted(map(repr, map(tuple, shown))) == sorted(map(repr, expected)), view
            told = await connection.run_sync(lambda sync, view=view: sa.inspect(sync).get_columns(view))
            assert [column["name"] for column in told] == [column.name for column in columns]


async def test_a_database_of_the_first_schema_keeps_its_rows(
    empty_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    await make_first(empty_url, tmp_path, monkeypatch)
    assert not [key for key in await schema(empty_url) if "raw_responses" in key[1]]
    async with await Database.open(empty_url) as database:
        assert await statement(empty_url, "SELECT version_num FROM alembic_version") == [(migrate.HEAD,)]
        async with database.read() as session:
            daily = (await session.scalars(sa.select(HealthDaily))).one()
            assert (daily.garmin_connect_account_id, daily.day, daily.last) == (UUID(int=2), date(2026, 3, 29), 5)
            counts = [(each.metric_type, each.n) for each in await session.scalars(sa.select(HealthCount))]
            assert counts == [("steps", 4)]
            assert (await session.scalars(sa.select(User.username))).all() == ["me"]
            assert (await session.scalars(sa.select(RawResponse))).all() == []


# ── How they run ─────────────────────────────────────────────────────────────────────────────────────

FOUR_UPGRADES = """
import asyncio, os, sys
import alembic.command
from garminsync_tui.store.database import Database

async def upgrade():
    async with await Database.open(sys.argv[1]):
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


async def test_four_processes_upgrade_one_database_once(new_url: Callable[[], Awaitable[str]]) -> None:
    by_four, by_one = await new_url(), await new_url()
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", FOUR_UPGRADES, by_four, stderr=asyncio.subprocess.PIPE
    )
    _, said = await parent.communicate()
    assert parent.returncode == 0, said.decode()
    await (await Database.open(by_one)).close()
    assert await schema(by_four) == await schema(by_one)
    assert await statement(by_four, "SELECT version_num FROM alembic_version") == [(migrate.HEAD,)]


NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = {head!r}

def upgrade():
    op.create_table("added", sa.Column("id", sa.Integer(), primary_key=True))
    op.add_column("users", sa.Column("added", sa.Integer()))
    op.execute("UPDATE users SET username = 'renamed'")
    op.execute("DROP VIEW users_readable")
    {last}
"""


@pytest.fixture
def next_revision(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Makes a program whose newest revision ends with the given statement."""

    def ship(last: str) -> None:
        folder = tmp_path / "migrations"
        shutil.copytree(migrate.migrations_folder(), folder, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "versions" / "next.py").write_text(NEXT.format(head=migrate.HEAD, last=last), "utf-8")
        monkeypatch.setattr(migrate, "migrations_folder", lambda: folder)
        monkeypatch.setattr(migrate, "KNOWN", (*migrate.KNOWN, "next"))
        monkeypatch.setattr(migrate, "HEAD", "next")

    return ship


FAILS = "raise ZeroDivisionError"


async def test_a_migration_that_works_keeps_the_rows(
    next_revision: Any, database_url: str, account: GarminConnectAccount
) -> None:
    before = await schema(database_url)
    next_revision("pass")
    async with await Database.open(database_url):
        pass
    assert await statement(database_url, "SELECT version_num FROM alembic_version") == [("next",)]
    assert await statement(database_url, "SELECT username, added FROM users") == [("renamed", None)]
    assert await schema(database_url) != before


async def test_a_migration_that_fails_leaves_everything_as_it_was(
    next_revision: Any, database_url: str, account: GarminConnectAccount
) -> None:
    version = [(migrate.HEAD,)]
    before = await schema(database_url)
    next_revision(FAILS)
    with pytest.raises(ZeroDivisionError):
        await Database.open(database_url)
    assert await schema(database_url) == before
    assert await statement(database_url, "SELECT version_num FROM alembic_version") == version
    assert await statement(database_url, "SELECT username FROM users") == [("me",)]


async def test_a_first_migration_that_fails_leaves_an_empty_database(next_revision: Any, empty_url: str) -> None:
    next_revision(FAILS)
    with pytest.raises(ZeroDivisionError):
        await Database.open(empty_url)
    assert await schema(empty_url) == {}


async def test_references_are_guarded_again_after_a_migration_that_failed(
    next_revision: Any, database: Database, account: GarminConnectAccount
) -> None:
    next_revision(FAILS)
    with pytest.raises(ZeroDivisionError):
        await migrate.upgrade(database.engine)
    with pytest.raises(sa.exc.IntegrityError):
        async with database.write() as session:
            await session.execute(sa.delete(User))


async def test_a_migration_that_breaks_references_is_undone(
    next_revision: Any, paths: Any, sqlite_template: Path
) -> None:
    """SQLite cannot guard references while a table is rebuilt, so they are checked before the commit."""
    shutil.copy(sqlite_template, paths.database)
    url = f"sqlite:///{paths.database}"
    async with await Database.open(url) as database, database.write() as session:
        user = User(username="me", password_hash="$argon2id$of a discarded secret")
        session.add(user)
        await session.flush()
        session.add(
            Workout(user_id=user.id, name="Hills", workout_definition={"version": 1, "sport": "yoga", "steps": [1]})
        )
    before = await schema(url)
    next_revision('op.execute("DELETE FROM users")')
    with pytest.raises(DatabaseUnusable, match="references"):
        await Database.open(url)
    assert await schema(url) == before
    assert await statement(url, "SELECT count(*) FROM users") == [(1,)]


# ── What they refuse ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("upgrade", [True, False])
async def test_a_newer_database_is_left_alone(database_url: str, upgrade: bool) -> None:
    await statement(database_url, "UPDATE alembic_version SET version_num = '9999'")
    await statement(database_url, "CREATE TABLE of_the_future (id INTEGER)")
    before = await schema(database_url)
    with pytest.raises(DatabaseTooNew, match="9999") as refused:
        await Database.open(database_url, upgrade=upgrade)
    assert "newer" in refused.value.hint or "install" in refused.value.hint.lower()
    assert await schema(database_url) == before
    assert await statement(database_url, "SELECT version_num FROM alembic_version") == [("9999",)]


@pytest.mark.parametrize("table", ["users", "activities", "health_metrics"])
async def test_a_database_of_another_program_is_left_alone(empty_url: str, table: str) -> None:
    await statement(empty_url, f"CREATE TABLE {table} (id INTEGER)")
    before = await schema(empty_url)
    with pytest.raises(DatabaseUnusable, match="another program") as refused:
        await Database.open(empty_url)
    assert "--database" in refused.value.hint
    assert await schema(empty_url) == before
