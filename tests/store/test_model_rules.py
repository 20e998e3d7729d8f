"""The data model as the live schemas hold it: part 1's attributes, and one violation of every rule, by raw SQL.

`tests/store/test_migrations.py` shows that models.py and the migrated schema are one, so names are read from models.
"""

from __future__ import annotations

import asyncio
import math
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.schema import CreateTable

from garminsync_tui.models import (
    ENTITIES,
    SPORTS,
    ActivityBest,
    ActivityFigures,
    GarminConnectAccount,
    RawResponse,
    SyncJob,
    Table,
    User,
    Workout,
)
from garminsync_tui.store.database import Database

# ── Part 1, as given: "!" is required, "auto" is a generated moment ───────────────────────────────────

PART_1 = {
    "users": "id uuid!, username string!, password_hash string!, created_at auto, updated_at auto",
    # Both tokens are required while active, by ck_garmin_connect_accounts_active_has_tokens.
    "garmin_connect_accounts": "id uuid!, user_id uuid!, garmin_user_id string!, oauth_token sealed,"
    " oauth_token_secret sealed, refresh_token sealed, token_expires_at datetime, linked_at auto, updated_at auto",
    "activities": "id uuid!, garmin_connect_account_id uuid!, garmin_activity_id string!, activity_type string!,"
    " start_time datetime!, duration integer!, distance float, calories float, file_type string!,"
    " file_path string!, metadata json, synced_at auto, created_at auto",
    "health_metrics": "id uuid!, garmin_connect_account_id uuid!, metric_type string!, timestamp datetime!,"
    " value float!, unit string, metadata json, synced_at auto, created_at auto",
    "workouts": "id uuid!, user_id uuid!, name string!, description string, workout_definition json!,"
    " created_at auto, updated_at auto, uploaded_to_garmin_at datetime",
    "sync_jobs": "id uuid!, user_id uuid!, job_type string!, status string!, started_at datetime,"
    " completed_at datetime, progress float, error_message string, metadata json, created_at auto, updated_at auto",
}
ATTRIBUTES = [(table, *words.split()) for table, columns in PART_1.items() for words in columns.split(", ")]
COLUMN_TYPES = {
    "uuid": {"sqlite": "BLOB", "postgresql": "uuid"},
    "string": {"sqlite": "TEXT", "postgresql": "text"},
    "sealed": {"sqlite": "BLOB", "postgresql": "bytea"},
    "datetime": {"sqlite": "INTEGER", "postgresql": "timestamp with time zone"},
    "auto": {"sqlite": "INTEGER", "postgresql": "timestamp with time zone"},
    "integer": {"sqlite": "INTEGER", "postgresql": "bigint"},
    "float": {"sqlite": "REAL", "postgresql": "double precision"},
    "json": {"sqlite": "TEXT", "postgresql": "jsonb"},
}

# ── Rows that are right ──────────────────────────────────────────────────────────────────────────────

ANA, BEA, CLEO = UUID(int=1), UUID(int=2), UUID(int=3)
ANAS_ACCOUNT, BEAS_ACCOUNT, SCHEDULE = UUID(int=11), UUID(int=12), UUID(int=13)
RUNNER, NOBODY = UUID(int=21), UUID(int=99)
SEALED = b"\x01" + bytes(59)
HASH = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA"
MOMENT = datetime(2026, 3, 29, 1, 59, 59, 999_000, tzinfo=UTC)
DEFINITION = '{"version": 1, "sport": "running", "steps": [{"type": "step"}]}'

Row = Mapping[str, Any]
BLANK: dict[str, Row] = {
    "users": {"username": "dora", "password_hash": HASH},
    "garmin_connect_accounts": {
        "user_id": CLEO,
        "garmin_user_id": "3003",
        "oauth_token": SEALED,
        "oauth_token_secret": SEALED,
        "refresh_token": SEALED,
    },
    "schedules": {"garmin_connect_account_id": ANAS_ACCOUNT, "job_type": "export", "every_s": 3600},
    "activities": {
        "garmin_connect_account_id": ANAS_ACCOUNT,
        "garmin_activity_id": "7002",
        "activity_type": "running",
        "start_time": MOMENT,
        "duration": 3600,
        "distance": 10000.5,
        "calories": 700.0,
        "file_type": "FIT",
        "file_path": "a/2026/03/7002.fit",
        "metadata": "{}",
        "sha256": bytes(32),
        "size_bytes": 4096,
    },
    "health_metrics": {
        "garmin_connect_account_id": ANAS_ACCOUNT,
        "metric_type": "steps",
        "timestamp": MOMENT,
        "value": 9000.0,
        "metadata": "{}",
    },
    "workouts": {"user_id": ANA, "name": "Hills", "workout_definition": DEFINITION},
    "sync_jobs": {
        "user_id": ANA,
        "job_type": "activity_sync",
        "garmin_connect_account_id": ANAS_ACCOUNT,
        "dedupe_key": "activities 2025",
        "metadata": "{}",
    },
}
BLANK["raw_responses"] = {
    "garmin_connect_account_id": ANAS_ACCOUNT,
    "endpoint": "steps",
    "first_day": "2026-03-01",
    "last_day": "2026-03-28",
    "body": b"\x78\x9c",
    "sha256": bytes(32),
    "size_bytes": 2,
}
BLANK["activity_figures"] = {
    "activity_id": UUID(int=36),
    "version": 1,
    "sha256": bytes(32),
    "sport": "running",
    "day": "2026-03-29",
    "figures": "{}",
    "load": 50.5,
    "load_basis": "pace",
    "athlete": "{}",
}
BLANK["activity_bests"] = {
    "activity_id": UUID(int=36),
    "kind": "distance",
    "span": 1000.0,
    "value": 240.5,
    "sport": "running",
    "starts_at": MOMENT,
}
#: Whose rules are tried here: the entities, and what has no other tests of its rules.
RULED = (*ENTITIES, RawResponse, ActivityFigures, ActivityBest)
RUNNING = {"status": "in_progress", "owner": RUNNER, "lease_until": MOMENT}
TURN = {"schedule_id": SCHEDULE, "slot_utc": "2026-03-29T06:00Z"}
PRESENT: list[tuple[str, Row]] = [
    ("users", {"id": ANA, "username": "ana"}),
    ("users", {"id": BEA, "username": "bea"}),
    ("users", {"id": CLEO, "username": "cleo"}),
    ("garmin_connect_accounts", {"id": ANAS_ACCOUNT, "user_id": ANA, "garmin_user_id": "1001"}),
    ("garmin_connect_accounts", {"id": BEAS_ACCOUNT, "user_id": BEA, "garmin_user_id": "2002"}),
    ("schedules", {"id": SCHEDULE, "job_type": "activity_sync"}),
    ("activities", {"id": UUID(int=31), "garmin_activity_id": "7001"}),
    ("health_metrics", {"id": UUID(int=32), "metric_type": "heart_rate"}),
    ("workouts", {"id": UUID(int=33)}),
    ("sync_jobs", {"id": UUID(int=34), "dedupe_key": "activities 2026", **RUNNING, **TURN}),
    ("sync_jobs", {"id": UUID(int=35), "dedupe_key": "activities 2024"}),
    ("raw_responses", {"endpoint": "weight"}),
    ("activities", {"id": UUID(int=36), "garmin_activity_id": "7003"}),
    ("activity_figures", {"activity_id": UUID(int=31)}),
    ("activity_bests", {"span": 400.0}),
]

# ── Rows that are wrong ──────────────────────────────────────────────────────────────────────────────


class Violation(NamedTuple):
    """The rule (without "ck_<table>_" for checks), the table, and what makes its row wrong."""

    rule: str
    table: str
    wrong: Row
    dialects: tuple[str, ...] = ("sqlite", "postgresql")


def only_sqlite(rule: str, table: str, **wrong: object) -> Violation:
    return Violation(rule, table, wrong, ("sqlite",))


def on_both(rule: str, table: str, **wrong: object) -> Violation:
    return Violation(rule, table, wrong)


def paths(rule: str, *wrong: str) -> list[Violation]:
    return [on_both(rule, "activities", file_path=path) for path in wrong]


def documents(table: str, column: str) -> list[Violation]:
    rule = f"{column}_document"
    found = [on_both(rule, table, **{column: text}) for text in ("[]", '"text"', "7", "null")]
    return [*found, only_sqlite(rule, table, **{column: "{broken"})]  # PostgreSQL: not jsonb at all


def unsealed(column: str) -> list[Violation]:
    plain_text = b"eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjF9.c2lnbmF0dXJl"
    wrong = (plain_text, b"", b"\x01" + bytes(30), b"\x02" + bytes(59))
    return [on_both(f"{column}_sealed", "garmin_connect_accounts", **{column: token}) for token in wrong]


WRONG_DEFINITIONS = (
    "[]",
    "null",
    "{}",
    '{"sport": "running", "steps": [{}]}',
    '{"version": 2, "sport": "running", "steps": [{}]}',
    '{"version": "1", "sport": "running", "steps": [{}]}',
    '{"version": null, "sport": "running", "steps": [{}]}',
    '{"version": 1, "steps": [{}]}',
    '{"version": 1, "sport": "chess", "steps": [{}]}',
    '{"version": 1, "sport": null, "steps": [{}]}',
    '{"version": 1, "sport": "running"}',
    '{"version": 1, "sport": "running", "steps": []}',
    '{"version": 1, "sport": "running", "steps": {"a": 1}}',
    '{"version": 1, "sport": "running", "steps": null}',
)
VIOLATIONS = [
    only_sqlite("id_uuid", "users", id=bytes(15)),
    on_both("pk_users", "users", id=ANA),
    on_both("username_not_empty", "users", username=""),
    on_both("username_not_empty", "users", username="  "),
    on_both("uq_users_username", "users", username="ana"),
    on_both("password_hash_argon2id", "users", password_hash=""),
    on_both("password_hash_argon2id", "users", password_hash="correct horse"),
    on_both("password_hash_argon2id", "users", password_hash="$argon2i$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA"),
    only_sqlite("login_required_flag", "users", login_required=2),
    only_sqlite("id_uuid", "garmin_connect_accounts", id=bytes(15)),
    only_sqlite("user_id_uuid", "garmin_connect_accounts", user_id=bytes(15)),
    only_sqlite("refresh_owner_uuid", "garmin_connect_accounts", refresh_owner=bytes(15)),
    on_both("pk_garmin_connect_accounts", "garmin_connect_accounts", id=ANAS_ACCOUNT),
    on_both("fk_garmin_connect_accounts_user_id", "garmin_connect_accounts", user_id=NOBODY),
    on_both("garmin_user_id_not_empty", "garmin_connect_accounts", garmin_user_id=" "),
    on_both("server_not_empty", "garmin_connect_accounts", server=""),
    *unsealed("oauth_token"),
    *unsealed("oauth_token_secret"),
    *unsealed("refresh_token"),
    only_sqlite("active_flag", "garmin_connect_accounts", active=2),
    on_both("provider_known", "garmin_connect_accounts", provider="strava"),
    on_both("active_has_tokens", "garmin_connect_accounts", oauth_token=None),
    on_both("active_has_tokens", "garmin_connect_accounts", oauth_token_secret=None),
    on_both("uq_garmin_connect_accounts_active", "garmin_connect_accounts", user_id=ANA),
    on_both("uq_garmin_connect_accounts_garmin_user_id_server", "garmin_connect_accounts", garmin_user_id="1001"),
    only_sqlite("id_uuid", "activities", id=bytes(17)),
    only_sqlite("garmin_connect_account_id_uuid", "activities", garmin_connect_account_id=bytes(17)),
    on_both("pk_activities", "activities", id=UUID(int=31)),
    on_both("fk_activities_garmin_connect_account_id", "activities", garmin_connect_account_id=NOBODY),
    on_both("uq_activities_garmin_connect_account_id_garmin_activity_id", "activities", garmin_activity_id="7001"),
    on_both("garmin_activity_id_not_empty", "activities", garmin_activity_id=""),
    on_both("activity_type_not_empty", "activities", activity_type=""),
    on_both("duration_not_negative", "activities", duration=-1),
    on_both("distance_not_negative", "activities", distance=-0.1),
    on_both("calories_not_negative", "activities", calories=-0.1),
    on_both("distance_finite", "activities", distance=math.inf),
    on_both("calories_finite", "activities", calories=math.inf),
    on_both("size_bytes_not_negative", "activities", size_bytes=-1),
    on_both("file_type_known", "activities", file_type="KML"),
    on_both("file_type_known", "activities", file_type="fit"),
    on_both("sha256_length", "activities", sha256=bytes(31)),
    *paths("file_path_not_empty", "", " "),
    *paths("file_path_below_root", "/etc/passwd", "..", "../a.fit", "a/../../b.fit", "a/..", "a/", r"a\b.fit", r"..\a"),
    *documents("activities", "metadata"),
    only_sqlite("id_uuid", "health_metrics", id=bytes(1)),
    only_sqlite("garmin_connect_account_id_uuid", "health_metrics", garmin_connect_account_id=bytes(1)),
    on_both("pk_health_metrics", "health_metrics", id=UUID(int=32)),
    on_both("fk_health_metrics_garmin_connect_account_id", "health_metrics", garmin_connect_account_id=NOBODY),
    on_both("uq_health_metrics_reading", "health_metrics", metric_type="heart_rate"),
    on_both("metric_type_not_empty", "health_metrics", metric_type=" "),
    on_both("value_finite", "health_metrics", value=math.inf),
    on_both("value_finite", "health_metrics", value=-math.inf),
    Violation("value_finite", "health_metrics", {"value": math.nan}, ("postgresql",)),  # SQLite: NaN is NULL
    *documents("health_metrics", "metadata"),
    only_sqlite("id_uuid", "workouts", id=bytes(15)),
    only_sqlite("user_id_uuid", "workouts", user_id=bytes(15)),
    on_both("pk_workouts", "workouts", id=UUID(int=33)),
    on_both("fk_workouts_user_id", "workouts", user_id=NOBODY),
    on_both("name_not_empty", "workouts", name=""),
    *(on_both("workout_definition_schema", "workouts", workout_definition=text) for text in WRONG_DEFINITIONS),
    only_sqlite("workout_definition_schema", "workouts", workout_definition="{broken"),
    only_sqlite("id_uuid", "sync_jobs", id=bytes(15)),
    only_sqlite("user_id_uuid", "sync_jobs", user_id=bytes(15)),
    only_sqlite("garmin_connect_account_id_uuid", "sync_jobs", garmin_connect_account_id=bytes(15)),
    only_sqlite("schedule_id_uuid", "sync_jobs", schedule_id=bytes(15)),
    only_sqlite("owner_uuid", "sync_jobs", owner=bytes(15)),
    on_both("pk_sync_jobs", "sync_jobs", id=UUID(int=34)),
    on_both("fk_sync_jobs_user_id", "sync_jobs", user_id=NOBODY),
    on_both("fk_sync_jobs_garmin_connect_account_id", "sync_jobs", garmin_connect_account_id=NOBODY),
    on_both("fk_sync_jobs_schedule_id", "sync_jobs", schedule_id=NOBODY),
    on_both("dedupe_key_not_empty", "sync_jobs", dedupe_key=""),
    on_both("job_type_known", "sync_jobs", job_type="coffee"),
    on_both("status_known", "sync_jobs", status="paused"),
    on_both("progress_range", "sync_jobs", progress=-0.1),
    on_both("progress_range", "sync_jobs", progress=1.1),
    Violation("progress_range", "sync_jobs", {"progress": math.nan}, ("postgresql",)),
    on_both("fence_not_negative", "sync_jobs", fence=-1),
    on_both("attempt_not_negative", "sync_jobs", attempt=-1),
    on_both("crash_count_not_negative", "sync_jobs", crash_count=-1),
    only_sqlite("cancel_requested_flag", "sync_jobs", cancel_requested=2),
    on_both("running_has_owner", "sync_jobs", **{**RUNNING, "owner": None, "garmin_connect_account_id": None}),
    on_both("running_has_owner", "sync_jobs", **{**RUNNING, "lease_until": None, "garmin_connect_account_id": None}),
    on_both("uq_sync_jobs_one_runner", "sync_jobs", **RUNNING),
    on_both("uq_sync_jobs_one_pending", "sync_jobs", dedupe_key="activities 2024"),
    on_both("uq_sync_jobs_schedule_id_slot_utc", "sync_jobs", **TURN),
    *documents("sync_jobs", "metadata"),
    *documents("sync_jobs", "checkpoint"),
    only_sqlite("garmin_connect_account_id_uuid", "raw_responses", garmin_connect_account_id=bytes(15)),
    on_both("pk_raw_responses", "raw_responses", endpoint="weight"),
    on_both("fk_raw_responses_garmin_connect_account_id", "raw_responses", garmin_connect_account_id=NOBODY),
    on_both("endpoint_not_empty", "raw_responses", endpoint=" "),
    on_both("order", "raw_responses", last_day="2026-02-28"),
    on_both("sha256_length", "raw_responses", sha256=bytes(31)),
    on_both("body_has_sha256", "raw_responses", sha256=None),
    on_both("body_has_sha256", "raw_responses", body=None, size_bytes=0),
    on_both("size_bytes_of_body", "raw_responses", size_bytes=3),
    on_both("size_bytes_of_body", "raw_responses", body=None, sha256=None),
    only_sqlite("activity_id_uuid", "activity_figures", activity_id=bytes(15)),
    on_both("pk_activity_figures", "activity_figures", activity_id=UUID(int=31)),
    on_both("fk_activity_figures_activity_id", "activity_figures", activity_id=NOBODY),
    on_both("version_not_negative", "activity_figures", version=-1),
    on_both("sha256_length", "activity_figures", sha256=bytes(31)),
    on_both("sport_known", "activity_figures", sport="chess"),
    on_both("load_not_negative", "activity_figures", load=-0.1),
    on_both("load_finite", "activity_figures", load=math.inf),
    Violation("load_finite", "activity_figures", {"load": math.nan}, ("postgresql",)),
    on_both("load_basis_known", "activity_figures", load_basis="swim_pace"),
    on_both("load_has_basis", "activity_figures", load=None),
    on_both("load_has_basis", "activity_figures", load_basis=None),
    *documents("activity_figures", "figures"),
    *documents("activity_figures", "athlete"),
    only_sqlite("activity_id_uuid", "activity_bests", activity_id=bytes(15)),
    on_both("pk_activity_bests", "activity_bests", span=400.0),
    on_both("fk_activity_bests_activity_id", "activity_bests", activity_id=NOBODY),
    on_both("kind_known", "activity_bests", kind="pace"),
    on_both("sport_known", "activity_bests", sport="chess"),
    on_both("span_positive", "activity_bests", span=0.0),
    on_both("span_finite", "activity_bests", span=math.inf),
    on_both("value_positive", "activity_bests", value=-0.1),
    on_both("value_finite", "activity_bests", value=math.inf),
    Violation("value_finite", "activity_bests", {"value": math.nan}, ("postgresql",)),
    on_both("note_known", "activity_bests", note="windy"),
]

# ── Rows that come near a rule and are right ─────────────────────────────────────────────────────────

UNLINKED = {"active": False, "oauth_token": None, "oauth_token_secret": None, "refresh_token": None}
ACCEPTED: list[tuple[str, Row]] = [
    *((entity.__tablename__, {}) for entity in ENTITIES),
    ("users", {"login_required": False}),
    ("garmin_connect_accounts", UNLINKED),
    ("garmin_connect_accounts", {**UNLINKED, "user_id": ANA}),
    ("garmin_connect_accounts", {"refresh_token": None}),
    ("garmin_connect_accounts", {"garmin_user_id": "1001", "server": "https://garmin.cn"}),
    *(("garmin_connect_accounts", {"provider": word}) for word in ("personal_api", "garth", "local")),
    ("activities", {"garmin_activity_id": "7001", "garmin_connect_account_id": BEAS_ACCOUNT}),
    ("activities", {"duration": 0, "distance": 0.0, "calories": 0.0, "size_bytes": 0, "metadata": None}),
    *(("activities", {"file_type": word}) for word in ("GPX", "TCX")),
    *(("activities", {"file_path": path}) for path in ("a..b/c.fit", "..a/b..", "2026/03/7002.v2.fit")),
    ("health_metrics", {"metric_type": "heart_rate", "garmin_connect_account_id": BEAS_ACCOUNT}),
    ("health_metrics", {"metric_type": "heart_rate", "timestamp": datetime(2026, 3, 29, tzinfo=UTC)}),
    ("health_metrics", {"value": -1.7976931348623157e308, "unit": "steps"}),
    *(("workouts", {"workout_definition": DEFINITION.replace("running", sport)}) for sport in SPORTS),
    *(("sync_jobs", {"progress": part}) for part in (0.0, 1.0, None)),
    *(("sync_jobs", {"status": word, "dedupe_key": "activities 2024"}) for word in ("completed", "failed")),
    ("sync_jobs", {**RUNNING, "garmin_connect_account_id": BEAS_ACCOUNT}),
    ("sync_jobs", {**RUNNING, "garmin_connect_account_id": None}),
    ("sync_jobs", {**TURN, "slot_utc": "2026-03-29T07:00Z"}),
    ("sync_jobs", {"job_type": "export", "dedupe_key": "activities 2024"}),
    ("sync_jobs", {"user_id": BEA, "dedupe_key": "activities 2024"}),
]

# ── The databases ────────────────────────────────────────────────────────────────────────────────────


def literal(value: object, dialect: str) -> str:
    """`value` as this database's SQL writes it."""
    lite = dialect == "sqlite"
    match value:
        case None:
            return "NULL"
        case bool():
            return str(int(value)) if lite else str(value)
        case UUID():
            return f"x'{value.hex}'" if lite else f"'{value}'"
        case bytes():
            return f"x'{value.hex()}'" if lite else rf"'\x{value.hex()}'::bytea"
        case datetime():
            return str(round(value.timestamp() * 1000)) if lite else f"'{value.isoformat()}'"
        case float() if not math.isfinite(value):
            return f"{'-' * (value < 0)}9e999" if lite else f"'{value}'"
        case str():
            return "'" + value.replace("'", "''") + "'"
    return repr(value)


class Live:
    """An upgraded database, opened as the program opens it; all but `commit` is undone."""

    def __init__(self, database: Database, runner: asyncio.Runner) -> None:
        self.database = database
        self.dialect = database.dialect
        self._runner = runner

    def insert(self, table: str, *changes: Row) -> str:
        row: dict[str, Any] = {"id": uuid4()} if "id" in Table.metadata.tables[table].columns else {}
        row.update(BLANK[table])
        for change in changes:
            row.update(change)
        values = ", ".join(literal(value, self.dialect) for value in row.values())
        return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({values})"

    def run(self, *statements: str | sa.Executable) -> list[sa.Row[Any]]:
        """What the last of `statements` gives."""
        return self._runner.run(self._run(statements, refused=None))

    def refusal(self, *statements: str, kind: type[Exception] = sa.exc.IntegrityError) -> str:
        """What the database says when it refuses the last of `statements`, having taken the others."""
        return str(self._runner.run(self._run(statements, refused=kind)))

    def commit(self, *statements: str) -> None:
        self._runner.run(self._run(statements, refused=None, keep=True))

    async def _run(
        self, statements: Sequence[str | sa.Executable], *, refused: type[Exception] | None, keep: bool = False
    ) -> Any:
        async with self.database.engine.connect() as connection:  # closed without a commit, it rolls back
            for statement in statements[:-1]:
                await self._execute(connection, statement)
            if refused:
                with pytest.raises(refused) as problem:
                    await self._execute(connection, statements[-1])
                return problem.value.orig
            rows = await self._execute(connection, statements[-1])
            if keep:
                await connection.commit()
            return rows

    async def _execute(self, connection: AsyncConnection, statement: str | sa.Executable) -> list[sa.Row[Any]]:
        if isinstance(statement, str):
            result = await connection.exec_driver_sql(statement)
        else:
            result = await connection.execute(statement)
        return list(result) if result.returns_rows else []


async def _administer(server: str, statement: str) -> None:
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def live(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """One database for the whole module: nothing but the rows of PRESENT is ever committed to it."""
    with asyncio.Runner() as runner:
        if request.param == "sqlite":
            path = tmp_path_factory.mktemp("rules") / "rules.db"
            shutil.copy(request.getfixturevalue("sqlite_template"), path)
            url = f"sqlite:///{path}"
        else:
            server: str = request.getfixturevalue("postgresql_server")
            template = request.getfixturevalue("postgresql_template")
            name = f"rules_{uuid4().hex[:12]}"
            runner.run(_administer(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
            url = server.replace("/postgres?", f"/{name}?")
        database = runner.run(Database.open(url))
        opened = Live(database, runner)
        opened.commit(*(opened.insert(table, row) for table, row in PRESENT))
        yield opened
        runner.run(database.close())
        if request.param == "postgresql":
            runner.run(_administer(server, f'DROP DATABASE "{name}" WITH (FORCE)'))


# ── Part 1 in the live schema ────────────────────────────────────────────────────────────────────────


def test_the_entities_are_part_1() -> None:
    assert [entity.__tablename__ for entity in ENTITIES] == list(PART_1)


@pytest.mark.parametrize(("table", "attribute", "kind"), ATTRIBUTES)
def test_every_attribute_stands_under_its_own_name(live: Live, table: str, attribute: str, kind: str) -> None:
    if live.dialect == "sqlite":
        found = live.run(
            'SELECT type, "notnull", dflt_value IS NOT NULL'
            f" FROM pragma_table_info('{table}') WHERE name = '{attribute}'"
        )
    else:
        found = live.run(
            "SELECT data_type, is_nullable = 'NO', column_default IS NOT NULL FROM information_schema.columns"
            f" WHERE table_name = '{table}' AND column_name = '{attribute}'"
        )
    assert found, "no such column"
    column_type, not_null, generated = found[0]
    assert column_type == COLUMN_TYPES[kind.removesuffix("!")][live.dialect]
    assert bool(not_null) == (kind == "auto" or kind.endswith("!"))
    assert kind != "auto" or generated


@pytest.mark.parametrize(("table", "attribute"), [(t, name) for t, name, kind in ATTRIBUTES if kind == "auto"])
def test_generated_moments_are_the_moment_of_the_insert(live: Live, table: str, attribute: str) -> None:
    off_by_s = (
        f"abs({attribute} / 1000.0 - (julianday('now') - 2440587.5) * 86400.0)"
        if live.dialect == "sqlite"
        else f"abs(extract(epoch FROM {attribute} - clock_timestamp()))"
    )
    id_ = uuid4()
    same_row = f"id = {literal(id_, live.dialect)}"
    inserted = live.insert(table, {"id": id_})
    assert live.run(inserted, f"SELECT {off_by_s} < 60 FROM {table} WHERE {same_row}")[0][0]


@pytest.mark.parametrize("entity", [User, GarminConnectAccount, Workout, SyncJob])
def test_updated_at_moves_with_an_update(
    live: Live, entity: type[User | GarminConnectAccount | Workout | SyncJob]
) -> None:
    id_, before = uuid4(), datetime(2001, 1, 1, tzinfo=UTC)
    inserted = live.insert(entity.__tablename__, {"id": id_, "updated_at": before})
    updated = sa.update(entity).where(entity.id == id_).values(id=id_)
    found = live.run(inserted, updated, sa.select(entity.updated_at).where(entity.id == id_))
    assert found[0][0] > before


WRONG_VALUES = {
    "uuid": "no uuid",
    "string": b"bytes",
    "sealed": "plain text",
    "datetime": "someday",
    "auto": "someday",
    "integer": "many",
    "float": "far",
    "json": "{broken",
}
WRONG_TYPE = re.compile(r"cannot store (TEXT|BLOB) value in|invalid input syntax|but expression is of type")


@pytest.mark.parametrize(("table", "attribute", "kind"), ATTRIBUTES)
def test_a_value_of_another_type_is_refused(live: Live, table: str, attribute: str, kind: str) -> None:
    kind = kind.removesuffix("!")
    if kind == "string" and live.dialect == "postgresql":
        pytest.skip("PostgreSQL turns a value of any type into text")
    said = live.refusal(live.insert(table, {attribute: WRONG_VALUES[kind]}), kind=sa.exc.DBAPIError)
    by_check = (kind == "json" and live.dialect == "sqlite") or (kind == "sealed" and live.dialect == "postgresql")
    assert f"ck_{table}_{attribute}" in said if by_check else WRONG_TYPE.search(said)


# ── Every rule ───────────────────────────────────────────────────────────────────────────────────────


def full_name(violation: Violation) -> str:
    named = violation.rule.startswith(("pk_", "uq_", "fk_"))
    return violation.rule if named else f"ck_{violation.table}_{violation.rule}"


def unique_columns(table: sa.Table) -> dict[str, str]:
    """Each unique rule's columns, as SQLite names them when it refuses a row."""
    rules = [c for c in table.constraints if isinstance(c, sa.UniqueConstraint | sa.PrimaryKeyConstraint)]
    return {
        str(rule.name): ", ".join(f"{table.name}.{column.name}" for column in rule.columns)
        for rule in (*rules, *(index for index in table.indexes if index.unique))
    }


def names_the_rule(said: str, name: str, table: str, dialect: str) -> bool:
    if dialect == "postgresql":
        return f'constraint "{name}"' in said
    if name.startswith("ck_"):
        return said == f"CHECK constraint failed: {name}"
    if name.startswith("fk_"):
        return said == "FOREIGN KEY constraint failed"
    return said == f"UNIQUE constraint failed: {unique_columns(Table.metadata.tables[table])[name]}"


@pytest.mark.parametrize("violation", VIOLATIONS, ids=full_name)
def test_a_violation_is_refused_by_its_rule(live: Live, violation: Violation) -> None:
    if live.dialect not in violation.dialects:
        pytest.skip("a rule of the other database")
    said = live.refusal(live.insert(violation.table, violation.wrong))
    assert names_the_rule(said, full_name(violation), violation.table, live.dialect), said


@pytest.mark.parametrize(("table", "row"), ACCEPTED)
def test_what_is_right_is_accepted(live: Live, table: str, row: Row) -> None:
    id_ = uuid4()
    same_row = f"id = {literal(id_, live.dialect)}"
    assert live.run(live.insert(table, row, {"id": id_}), f"SELECT count(*) FROM {table} WHERE {same_row}")[0][0] == 1


REQUIRED = [(e.__tablename__, c.name) for e in RULED for c in e.__table__.columns if not c.nullable]


@pytest.mark.parametrize(("table", "column"), REQUIRED)
def test_a_missing_value_is_refused(live: Live, table: str, column: str) -> None:
    said = live.refusal(live.insert(table, {column: None}))
    if live.dialect == "sqlite":
        assert said == f"NOT NULL constraint failed: {table}.{column}"
    else:
        assert f'null value in column "{column}" of relation "{table}"' in said


def test_not_a_number_is_no_value(live: Live) -> None:
    nan = "9e999 - 9e999" if live.dialect == "sqlite" else "'NaN'"
    said = live.refusal(live.insert("health_metrics", {"value": 12345.5}).replace("12345.5", nan))
    assert "health_metrics" in said
    assert "value" in said


# A set has another order in each process, and both workers have to collect the same.
FOREIGN_KEYS = [key for e in ENTITIES for key in sorted(e.__table__.foreign_keys, key=lambda key: str(key.parent))]


@pytest.mark.parametrize("key", FOREIGN_KEYS, ids=lambda key: key.constraint.name)
def test_what_others_refer_to_is_not_deleted(live: Live, key: sa.ForeignKey) -> None:
    parent, child = key.column.table.name, key.parent.table.name
    parent_id, child_id = uuid4(), uuid4()
    delete = f"DELETE FROM {parent} WHERE id = {literal(parent_id, live.dialect)}"
    rows = (
        live.insert(parent, {"id": parent_id}),
        live.insert(child, {"id": child_id, key.parent.name: parent_id}),
    )
    if key.ondelete == "SET NULL":
        kept = f"SELECT {key.parent.name} FROM {child} WHERE id = {literal(child_id, live.dialect)}"
        assert live.run(*rows, delete, kept) == [(None,)]
    else:
        assert names_the_rule(live.refusal(*rows, delete), str(key.constraint.name), parent, live.dialect)
        assert live.run(rows[0], delete) == []


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()], ids=lambda dialect: dialect.name)
def test_every_rule_has_a_violation(dialect: sa.engine.Dialect) -> None:
    rules: set[str] = set()
    for table in (Table.metadata.tables[entity.__tablename__] for entity in RULED):
        rules.update(re.findall(r"CONSTRAINT (\w+)", str(CreateTable(table).compile(dialect=dialect))))
        rules.update(str(index.name) for index in table.indexes if index.unique)
    assert rules == {full_name(violation) for violation in VIOLATIONS if dialect.name in violation.dialects}
