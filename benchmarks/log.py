"""SQLite's write-ahead log while many rows come in and the app is open on the same database.

A reader that looks too long keeps the log from being emptied; the app must not be one.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pty
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import sqlalchemy as sa

from garminsync_tui.models import GarminConnectAccount
from garminsync_tui.paths import Paths
from garminsync_tui.store.database import Database

from .home import GARMINSYNC
from .line import Line
from .scale import Span, fill
from .upsert import prepare

_LOOK_EVERY_S = 0.002
_MOST_MB = 64


def of_a_million() -> Iterable[Line]:
    yield from while_writing(1_000_000)


def of_ten_million() -> Iterable[Line]:
    yield from while_writing(10_000_000)


def while_writing(rows: int) -> Iterator[Line]:
    with tempfile.TemporaryDirectory() as folder:
        paths = Paths.below(Path(folder) / "home")
        paths.prepare()
        url = f"sqlite:///{paths.database}"
        asyncio.run(_prepare(url))
        with _app(paths.database.parent) as lives, _watched(paths.database) as longest:
            started = time.perf_counter()
            asyncio.run(_written(url, Span(rows)))
            seconds = time.perf_counter() - started
            open_to_the_end = lives()
    yield Line("log: rows written with the app open", rows * open_to_the_end, "", rows, at_least=True)
    yield Line("log: seconds of that", seconds, "s", 0, at_least=True)
    yield Line("log: the longest it was", max(longest) / 2**20, "MB", _MOST_MB)
    yield Line("log: looks at it", len(longest), "", 1, at_least=True)


async def _prepare(url: str) -> None:
    """With an account that the app takes for linked, on a server that is not there."""
    await prepare(url)
    sealed = b"\x01" + bytes(40)
    async with await Database.open(url) as database, database.write() as session:
        await session.execute(
            sa.update(GarminConnectAccount).values(active=True, oauth_token=sealed, oauth_token_secret=sealed)
        )


async def _written(url: str, span: Span) -> None:
    async with await Database.open(url) as database:
        await fill(database, span)


@contextlib.contextmanager
def _app(home: Path) -> Iterator[Callable[[], bool]]:
    """The app on a terminal that nobody looks at; whether it still runs."""
    environment = {**os.environ, "GARMINSYNC_HOME": str(home), "TERM": "xterm-256color", "COLUMNS": "120"}
    process, terminal = pty.fork()
    if process == 0:
        os.execve(GARMINSYNC, [GARMINSYNC], environment)
    painted = threading.Event()

    def read() -> None:
        with contextlib.suppress(OSError):  # it has ended
            while shown := os.read(terminal, 65_536):
                if b"Today" in shown:
                    painted.set()

    reading = threading.Thread(target=read)
    reading.start()
    try:
        assert painted.wait(60), "the app did not open"
        yield lambda: os.waitpid(process, os.WNOHANG)[0] == 0
    finally:
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
        reading.join()
        os.close(terminal)


@contextlib.contextmanager
def _watched(database: Path) -> Iterator[list[int]]:
    """The sizes of the log, in bytes, looked at again and again while the block lasts."""
    log, seen, over = database.with_name(database.name + "-wal"), [0], threading.Event()

    def look() -> None:
        while not over.wait(_LOOK_EVERY_S):
            with contextlib.suppress(FileNotFoundError):
                seen.append(log.stat().st_size)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield seen
    finally:
        over.set()
        looking.join()
