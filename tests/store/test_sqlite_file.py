"""Connections to a SQLite file that come to nothing, or end while somebody is impatient."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from aiosqlite import core

from garminsync_tui.store.database import Database
from garminsync_tui.store.sqlite_file import connect


class Late:
    """What a connection's thread is to do, which comes to it a little late."""

    #: How many calls have come to any thread.
    came = 0

    def __init__(self, calls: Any) -> None:
        self._calls = calls

    def get(self) -> Any:
        call = self._calls.get()
        Late.came += 1
        time.sleep(0.03)
        return call


@pytest.fixture
def left(monkeypatch: pytest.MonkeyPatch) -> Callable[[Coroutine[Any, Any, None]], list[BaseException | None]]:
    """Runs something to its end with slow threads; what those met that outlived it."""
    met: list[BaseException | None] = []
    work = core._connection_worker_thread
    monkeypatch.setattr(core, "_connection_worker_thread", lambda calls: work(Late(calls)))  # type: ignore[arg-type]
    monkeypatch.setattr(threading, "excepthook", lambda told: met.append(told.exc_value))

    def run(what: Coroutine[Any, Any, None]) -> list[BaseException | None]:
        before = threading.enumerate()
        asyncio.run(what)
        for thread in set(threading.enumerate()) - set(before):
            thread.join()
        return met

    return run


async def _cancel(doing: Coroutine[Any, Any, Any], call: int = 1) -> None:
    """Cancel something while a thread has a certain call of its in hand."""
    before = Late.came
    task = asyncio.ensure_future(doing)
    while Late.came < before + call and not task.done():
        await asyncio.sleep(0)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def test_an_opening_that_fails_is_over_when_it_says_so(left: Any, tmp_path: Path) -> None:
    async def fail() -> None:
        with pytest.raises(sqlite3.OperationalError):
            await connect(tmp_path)

    assert left(fail()) == []


def test_an_opening_that_is_cancelled_is_over_when_it_says_so(left: Any, sqlite_template: Path) -> None:
    assert left(_cancel(connect(sqlite_template))) == []


@pytest.mark.parametrize("call", [1, 2])
def test_a_closing_that_is_cancelled_closes_all_the_same(left: Any, sqlite_template: Path, call: int) -> None:
    async def close() -> None:
        database = await Database.open(f"sqlite:///{sqlite_template}")
        await _cancel(database.close(), call)

    assert left(close()) == []
