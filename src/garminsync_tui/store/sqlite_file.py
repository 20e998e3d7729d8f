"""Opens a SQLite file for this program: with its settings, in a thread that ends with the connection."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import aiosqlite

#: How long to wait for others before the database counts as busy.
BUSY_TIMEOUT_MS = 30_000
_MODE_AGAIN_S = 0.02


async def connect(file: Path) -> aiosqlite.Connection:
    """A connection to a file that is there. Where that fails or is cancelled nothing is left of it."""
    import aiosqlite

    connection = aiosqlite.Connection(lambda: _opened(file), iter_chunk_size=64)
    connection._thread.daemon = True
    opening = asyncio.ensure_future(connection)
    try:
        return await asyncio.shield(opening)
    except BaseException:
        # aiosqlite itself would only tell its thread to end: that then speaks to an event loop that may be closed.
        await asyncio.gather(opening, return_exceptions=True)
        await connection.close()
        connection._thread.join()
        raise


def _opened(file: Path) -> sqlite3.Connection:
    # Never made here: where the file was moved away, an empty one would take its place.
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)
    try:
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "synchronous=FULL",
            "foreign_keys=ON",
            "cell_size_check=ON",
            "wal_autocheckpoint=0",
            "cache_size=-16000",
        ):
            connection.execute(f"PRAGMA {pragma}")
        _keep_a_log(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _keep_a_log(connection: sqlite3.Connection) -> None:
    """WAL. Who opens a new database while another one changes its mode is told "locked" at once, time-out or not."""
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as problem:
            if "locked" not in str(problem) or time.monotonic() > deadline:
                raise
        time.sleep(_MODE_AGAIN_S)
