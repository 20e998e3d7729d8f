"""Notices that jobs or the lock changed in this or any other process, without asking for them again and again."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from .database import Database
from .sqlite_file import connect

_CHANNEL = "garminsync_job"
_POLL_S = 0.25
#: Also where the server sits behind a pooler that swallows notifications.
_SAFETY_POLL_S = 5.0


async def announce(session: AsyncSession, row_id: UUID) -> None:
    """Tell every listener when this transaction commits. SQLite's listeners see the commit itself."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(sa.select(sa.func.pg_notify(_CHANNEL, str(row_id))))


async def changes(database: Database, *, also_lost: bool = False) -> AsyncGenerator[None]:
    """Yield once at the start and then whenever something may have changed; several changes may be one.

    With `also_lost` also while a server cannot be reached: who reads then learns why.

    It listens before it yields: what is read after a yield misses nothing. Close it (`contextlib.aclosing`) to
    give its connection back.
    """
    source = _sqlite(database) if database.sqlite else _postgresql(database, also_lost=also_lost)
    async with contextlib.aclosing(source):
        async for _ in source:
            yield


async def _sqlite(database: Database) -> AsyncGenerator[None]:
    """`PRAGMA data_version` moves on a connection when another one has committed (sqlite.org/pragma.html)."""
    database.require_in_place()
    connection = await connect(Path(str(database.url.database)))
    try:
        seen = None
        while True:
            database.require_in_place()
            ((version,),) = await connection.execute_fetchall("PRAGMA data_version")
            if version != seen:
                seen = version
                yield
            await asyncio.sleep(_POLL_S)
    finally:
        await connection.close()


async def _postgresql(database: Database, *, also_lost: bool) -> AsyncGenerator[None]:
    """LISTEN on a connection of its own; after a break it is opened again and everything is read again."""
    import asyncpg

    _, options = database.engine.dialect.create_connect_args(database.url)
    told = asyncio.Event()
    options = {name: value for name, value in options.items() if not name.startswith("prepared_statement_")}
    while True:
        try:
            connection = await asyncpg.connect(**options, timeout=10)
        except (OSError, TimeoutError, asyncpg.PostgresError):
            if also_lost:
                yield
            await asyncio.sleep(_SAFETY_POLL_S)
            continue
        try:
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                connection.add_termination_listener(lambda *_: told.set())
                await connection.add_listener(_CHANNEL, lambda *_: told.set())
            while not connection.is_closed():
                told.clear()
                yield
                # A job announces each of its pages: as often as on SQLite is enough, and the first is heard at once.
                await asyncio.sleep(_POLL_S)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(told.wait(), _SAFETY_POLL_S)
        finally:
            connection.terminate()
