"""A change made elsewhere is heard of, without asking."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from garminsync_tui.jobs.queue import Queue
from garminsync_tui.store.changes import changes
from garminsync_tui.store.database import Database

from .conftest import Desk


@contextlib.asynccontextmanager
async def listening(database: Database) -> AsyncIterator[asyncio.Queue[None]]:
    heard: asyncio.Queue[None] = asyncio.Queue()

    async def listen() -> None:
        async with contextlib.aclosing(changes(database)) as source:
            async for _ in source:
                heard.put_nowait(None)

    task = asyncio.create_task(listen())
    try:
        async with asyncio.timeout(20):
            await heard.get()  # it listens now
        yield heard
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_another_process_is_heard(desk: Desk, database_url: str) -> None:
    async with listening(desk.database) as heard, await Database.open(database_url) as elsewhere:
        while not heard.empty():
            heard.get_nowait()
        async with asyncio.timeout(2):  # less than the safety poll
            await Queue(elsewhere).enqueue(desk.user_id, "activity_sync", account_id=desk.account_id)
            await heard.get()


async def test_nothing_is_heard_where_nothing_was_committed(desk: Desk) -> None:
    async with listening(desk.database) as heard:
        with pytest.raises(ZeroDivisionError):
            async with desk.database.write() as session:
                await session.execute(sa.text("UPDATE users SET username = 'other'"))
                raise ZeroDivisionError
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.6):
                await heard.get()


async def test_a_broken_connection_is_opened_again(desk: Desk) -> None:
    if desk.database.sqlite:
        pytest.skip("SQLite has no connection that breaks")
    async with listening(desk.database) as heard:
        async with desk.database.write() as session:
            listener = "query LIKE 'LISTEN%' AND datname = current_database()"
            await session.execute(sa.text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {listener}"))
        async with asyncio.timeout(4):  # less than the safety poll: everything is read again
            await heard.get()
            while not heard.empty():
                heard.get_nowait()
            await desk.put()
            await heard.get()


async def test_closing_gives_the_connection_back(desk: Desk) -> None:
    if desk.database.sqlite:
        pytest.skip("seen in the server's list of connections")
    async with listening(desk.database):
        assert await _listeners(desk) == 1
    async with asyncio.timeout(20):
        while await _listeners(desk):
            await asyncio.sleep(0.02)


async def _listeners(desk: Desk) -> int:
    async with desk.database.read() as session:
        text = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"
        return int(await session.scalar(sa.text(text)) or 0)
