"""`account delete` and `user delete`: nothing of them is left, in no row, no page of a file and no folder."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from garminsync_tui.ids import new_id
from garminsync_tui.models import GarminConnectAccount, Table
from garminsync_tui.simulator import Simulator
from garminsync_tui.store.database import Database
from garminsync_tui.store.moving.move import move

from ..servers import administer
from ..trained import Trained, add, at
from .conftest import PASSWORD, Result, log_in, run_command

WORKOUT = "Canary intervals"
#: Of the user, whom an account outlives.
OF_USER = {"users", "workouts"}


class Home(NamedTuple):
    """A home whose database is the one or the other."""

    folder: Path
    url: str

    def run(self, *arguments: str, stdin: str = "") -> Result:
        return run_command(*arguments, home=self.folder, stdin=stdin)

    def rows(self) -> dict[str, int]:
        """How many there are in each table."""
        return {name: len(found) for name, found in self.content().items() if found}

    def content(self) -> dict[str, list[str]]:
        names = list(Table.metadata.tables)
        if self.url.startswith("sqlite"):
            with closing(sqlite3.connect(self.url.removeprefix("sqlite:///"))) as connection:
                return {name: [repr(row) for row in connection.execute(f"SELECT * FROM {name}")] for name in names}
        return asyncio.run(_on_server(self.url, names))

    def bytes_of(self) -> Iterator[tuple[Path, bytes]]:
        """Every file that could hold something: of the home, and of the server where there is one."""
        kept = {"key", "config.toml"}
        for path in self.folder.rglob("*"):
            if path.is_file() and path.name not in kept:
                yield path, path.read_bytes()
        if not self.url.startswith("sqlite"):
            administer(self.url, "CHECKPOINT")
            [(oid,)] = asyncio.run(_ask(self.url, "SELECT oid FROM pg_database WHERE datname = current_database()"))
            data = Path(parse_qs(urlsplit(self.url).query)["host"][0])
            for path in (data / "base" / str(oid)).iterdir():
                yield path, path.read_bytes()


async def _ask(url: str, question: str) -> list[Any]:
    connection = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await connection.fetch(question)]
    finally:
        await connection.close()


async def _on_server(url: str, names: list[str]) -> dict[str, list[str]]:
    return {name: [row[0] for row in await _ask(url, f"SELECT t::text FROM {name} t")] for name in names}


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("deletion") / "home"
    with Simulator(days=5, password=PASSWORD) as simulator:
        assert log_in(home, simulator).code == 0
        assert run_command("sync", "--since", "3d", home=home).code == 0
    assert run_command("verify", home=home).code == 0
    with closing(sqlite3.connect(home / "garminsync.db")) as connection, connection:
        definition = json.dumps(
            {"version": 1, "sport": "running", "steps": [{"type": "step", "end": {"by": "time", "seconds": 60.0}}]}
        )
        [user] = connection.execute("SELECT id FROM users").fetchone()
        connection.execute(
            "INSERT INTO workouts (id, user_id, name, workout_definition) VALUES (?, ?, ?, ?)",
            (new_id().bytes, user, WORKOUT, definition),
        )
    return home


@pytest.fixture
def full(synced: Path, home: Path, database_url: str, paths: Any, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home of its own, with all of that."""
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(synced, home)
    if database_url.startswith("sqlite"):
        found = Home(home, f"sqlite:///{home / 'garminsync.db'}")
    else:
        source = f"sqlite:///{home / 'garminsync.db'}"
        asyncio.run(move(source, home / "files", database_url, home / "files", lambda *told: None))
        for path in home.glob("garminsync.db*"):
            path.unlink()
        monkeypatch.setenv("GARMINSYNC_DATABASE", database_url)
        found = Home(home, database_url)
    return found


def canaries(home: Home) -> list[bytes]:
    """What tells that something of the account is left."""
    activities = home.run("activities", "list", "--json", "--all").json
    account = home.run("account", "--json").json
    texts = [account["display_name"], account["garmin_user_id"], *(each["garmin_activity_id"] for each in activities)]
    assert all(len(text) > 5 for text in texts) and len(texts) > 4
    return [text.encode() for text in texts]


def left(home: Home, wanted: list[bytes]) -> list[tuple[str, bytes]]:
    return [(str(path), canary) for path, content in home.bytes_of() for canary in wanted if canary in content]


def without_log(found: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    return [each for each in found if "/logs/" not in each[0]]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_would_go_is_said_and_stays(full: Home) -> None:
    before = full.content()
    result = full.run("account", "delete", "--dry-run", "--json")
    assert result.code == 0, result.err
    said = result.json["rows"]
    counts = full.rows()
    assert {name: count for name, count in said.items() if count and name != "key_ring"} == {
        name: counts[name] for name in said if counts.get(name) and name != "key_ring"
    }
    for name in ("activities", "health_metrics", "coverage", "raw_responses", "sync_jobs", "schedules", "key_ring"):
        assert said[name], name
    assert "workouts" not in said
    whole = full.run("user", "delete", "--dry-run")
    for words in ("health readings", "entries of the ledger", "workouts", "keys that seal tokens", "Garmin's copy"):
        assert words in whole.out
    assert full.run("account", "delete", stdin="n\n").code == 1
    assert full.run("user", "delete", stdin="\n").code == 1
    assert full.content() == before


def test_nothing_of_an_account_is_left(full: Home) -> None:
    wanted = canaries(full)
    assert left(full, wanted)
    if full.url.startswith("sqlite"):
        backups = full.folder / "backups"
        backups.mkdir()
        copy = backups / "garminsync-20260101T000000Z-schema-0001.db"
        shutil.copy(full.folder / "garminsync.db", copy)
        shutil.copy(full.folder / "garminsync.db", full.folder / "garminsync.db.before-restore-20260101T000000Z")
    result = full.run("account", "delete", "--yes", "--json")
    assert result.code == 0, result.err
    assert result.json["deleted"] is True and result.json["problems"] == []
    assert full.rows().keys() == OF_USER
    assert without_log(left(full, wanted)) == []
    assert [path for path in (full.folder / "files").rglob("*") if path.is_file()] == []
    again = full.run("account", "delete", "--yes")
    assert again.code == 3 and "garminsync login" in again.err
    assert WORKOUT in {each["name"] for each in full.run("workouts", "list", "--json").json}


def test_nothing_of_the_user_is_left(full: Home) -> None:
    wanted = [*canaries(full), WORKOUT.encode(), full.run("account", "--json").json["id"].encode()]
    drafts = full.folder / "drafts"
    drafts.mkdir(exist_ok=True)
    (drafts / "workout.txt").write_text(WORKOUT)
    result = full.run("user", "delete", "--yes")
    assert result.code == 0, result.err
    assert full.rows() == {}
    assert left(full, wanted) == []
    # What docs/uninstalling.md tells of, and nothing else.
    beside = {f"garminsync.db{ending}" for ending in ("", "-wal", "-shm", ".lock", ".open")}
    assert {path.name for path in full.folder.iterdir()} <= {*beside, "key", "config.toml", "run", "logs", "files"}
    assert [path for part in ("run", "files") for path in (full.folder / part).rglob("*") if path.is_file()] == []
    assert full.run("user", "delete", "--yes").code == 0
    assert full.run("status", "--json").code in {0, 3}
    assert "no token" in full.run("keys", "show").err


def test_another_account_stays_as_it_is(full: Home) -> None:
    async def add_another() -> bytes:
        async with await Database.open(full.url) as database, database.write() as session:
            [user_id] = await session.scalars(
                Table.metadata.tables["users"].select().with_only_columns(Table.metadata.tables["users"].c.id)
            )
            other = GarminConnectAccount(
                id=new_id(), user_id=user_id, garmin_user_id="local:1", provider="local", active=False
            )
            session.add(other)
            await session.flush()
            await add(session, other.id, Trained(at("2026-11-01"), name="Kept"))
            return other.id.bytes

    asyncio.run(add_another())
    listed = full.run("account", "list", "--json").json
    assert [each["provider"] for each in listed] == ["garminconnect", "local"]
    assert [each["activities"] for each in listed][1] == 1
    table = full.run("account", "list").out
    assert listed[0]["id"][-8:] in table and "imported files" in table and "local:1" not in table
    wanted = canaries(full)[2:]  # of its activities
    kept = [line for line in full.content()["activities"] if "Kept" in line]
    result = full.run("account", "delete", listed[0]["id"][-8:], "--yes")
    assert result.code == 0, result.err
    assert full.content()["activities"] == kept
    assert full.rows()["garmin_connect_accounts"] == full.rows()["key_ring"] == 1
    assert without_log(left(full, [each for each in wanted if each not in str(kept).encode()])) == []
    unknown = full.run("account", "delete", "12345678", "--yes")
    assert unknown.code == 2 and "account list" in unknown.err
    assert full.run("account", "delete", "local:1", "--yes").code == 0
    assert full.rows().keys() == OF_USER


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_running_job_is_not_deleted_under_itself(full: Home) -> None:
    with closing(sqlite3.connect(full.folder / "garminsync.db")) as connection, connection:
        connection.execute(
            "UPDATE sync_jobs SET status = 'in_progress', owner = id, lease_until = 4000000000000 WHERE rowid = 1"
        )
    for command in ("account", "user"):
        result = full.run(command, "delete", "--yes")
        assert result.code == 1 and "A job is running" in result.err
