"""A database past the program, as another program sees it."""

from __future__ import annotations

import re
import shutil
import sqlite3
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from garminsync_tui.store import migrate
from garminsync_tui.store.database import Database

Schema = dict[tuple[str, ...], str]


async def statement(url: str, text: str) -> list[tuple[Any, ...]]:
    """Run past the program, as another program would."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        try:
            return connection.execute(text).fetchall()
        finally:
            connection.close()
    other = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await other.fetch(text)]
    finally:
        await other.close()


POSTGRESQL_SCHEMA = """
SELECT 'column', table_name || '.' || column_name,
       concat_ws(' ', ordinal_position, data_type, is_nullable, column_default)
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL
SELECT 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT 'view', viewname, definition FROM pg_views WHERE schemaname = 'public'
"""


async def schema(url: str) -> Schema:
    """Everything the database holds, as it describes it itself."""
    if url.startswith("sqlite"):
        rows = await statement(url, "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    else:
        rows = await statement(url, POSTGRESQL_SCHEMA)
    return {(kind, name): _in_order(" ".join(text.split())) for kind, name, text in rows}


def _in_order(text: str) -> str:
    """SQLite keeps a table's text: a column that was added later stands behind the constraints in it."""
    if not text.startswith("CREATE TABLE"):
        return text
    head, _, body = text.partition(" ( ")
    inner, _, options = body.rpartition(")")
    return f"{head} {sorted(re.split(r', (?=CONSTRAINT |[a-z0-9_]+ [A-Z]+)', inner.strip()))} {options}"


FIRST_ROWS = """
INSERT INTO users (id, username, password_hash) VALUES ({user}, 'me', '$argon2id$of a discarded secret');
INSERT INTO garmin_connect_accounts (id, user_id, garmin_user_id, server, active)
 VALUES ({account}, {user}, '1001', 'https://connect.garmin.com', {no});
INSERT INTO health_daily (garmin_connect_account_id, metric_type, day, minimum, mean, maximum, n, last)
 VALUES ({account}, 'steps', '2026-03-29', 1, 2, 3, 4, 5)
"""


async def make_first(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make an empty database one of the first schema, with rows in it."""
    folder = tmp_path / "first"
    shutil.copytree(migrate.migrations_folder(), folder, ignore=shutil.ignore_patterns("000[2-9]*", "__pycache__"))
    with monkeypatch.context() as first:
        first.setattr(migrate, "migrations_folder", lambda: folder)
        first.setattr(migrate, "HEAD", "0001")
        await (await Database.open(url)).close()
    lite = url.startswith("sqlite")
    user, account = (f"x'{UUID(int=n).hex}'" if lite else f"'{UUID(int=n)}'" for n in (1, 2))
    for each in FIRST_ROWS.format(user=user, account=account, no="0" if lite else "false").split(";\n"):
        await statement(url, each)
