"""Notices that jobs changed in this or any other process, without asking for them again and again."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator

import asyncpg

from .database import Database

CHANNEL = "garminsync_job"
_POLL_S = 0.25
_SAFETY_POLL_S = 5.0


async def changes(database: Database) -> AsyncGenerator[None]:
    """Yield once at the start and then whenever something may have changed; several changes may be one."""
    source = _sqlite(database) if database.sqlite else _postgresql(database)
    async with contextlib.aclosing(source):
        async for _ in source:
            yield


async def _sqlite(database: Database) -> AsyncGenerator[None]:
    """`PRAGMA data_version` moves on a connection when another one has committed (5 µs a look)."""
    import aiosqlite

    async with aiosqlite.connect(str(database.url.database), isolation_level=None) as connection:
        seen = None
        while True:
            rows = await connection.execute_fetchall("PRAGMA data_version")
            version = next(iter(rows))[0]
            if version != seen:
                seen = version
                yield
            await asyncio.sleep(_POLL_S)


async def _postgresql(database: Database) -> AsyncGenerator[None]:
    """LISTEN on a connection of its own; after a break it is opened again and everything is read again."""
    url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    while True:
        told = asyncio.Event()
        try:
            connection = await asyncpg.connect(url, timeout=10)
        except (OSError, asyncpg.PostgresError):
            await asyncio.sleep(_SAFETY_POLL_S)
            continue
        try:
            await connection.add_listener(CHANNEL, lambda *_: told.set())
            connection.add_termination_listener(lambda *_: told.set())
            while not connection.is_closed():
                yield
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(told.wait(), _SAFETY_POLL_S)
                told.clear()
        finally:
            connection.terminate()
