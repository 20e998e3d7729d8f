"""What the app holds in memory: a process of its own on a real terminal, as a person has it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pty
import select
import signal
import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import psutil

from garminsync_tui.config import Config
from garminsync_tui.jobs.queue import Queue
from garminsync_tui.paths import Paths
from garminsync_tui.store import accounts
from garminsync_tui.store.database import Database
from garminsync_tui.sync.work import JOB_TYPE

from .home import GARMINSYNC

_OPENED = 5
_ROUNDS = 4
#: Through every place and back.
_WALK = "1,,..2jjjjjjjj3hhhhhdwmY,.4jk5jk6jk"
_TO_THE_TOP = "\x1b[H"


class Terminal:
    """The app on a terminal of 120x40."""

    def __init__(self, home: Path, settings: Mapping[str, str]) -> None:
        environment = {**os.environ, "GARMINSYNC_HOME": str(home), "TERM": "xterm-256color", **settings}
        environment |= {"COLUMNS": "120", "LINES": "40"}
        self.pid, self._file = pty.fork()
        if self.pid == 0:
            os.execve(GARMINSYNC, [GARMINSYNC], environment)

    def until(self, shown: bytes, most_s: float = 30.0) -> float:
        """Read until `shown` was written; seconds that took."""
        started, seen = time.perf_counter(), b""
        while shown not in seen and time.perf_counter() - started < most_s:
            seen += self._read(1.0)
        return time.perf_counter() - started

    def press(self, keys: str, wait_s: float) -> None:
        """Type, and read what is written for a while."""
        os.write(self._file, keys.encode())
        end = time.perf_counter() + wait_s
        while (left := end - time.perf_counter()) > 0:
            self._read(left)

    def end(self) -> None:
        """Leave nothing of it."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._file)

    def _read(self, most_s: float) -> bytes:
        return os.read(self._file, 65536) if select.select([self._file], [], [], most_s)[0] else b""


@contextlib.contextmanager
def opened(home: Path, **settings: str) -> Iterator[Terminal]:
    terminal = Terminal(home, settings)
    try:
        yield terminal
    finally:
        terminal.end()


def memory_mb(home: Path, days: int) -> float:
    """After four hours' activity was opened five times, ten years were charted, and while a sync of all runs."""
    with opened(home, GARMINSYNC_SAMPLES="none") as terminal:
        terminal.until(b" km ")
        for _ in range(_OPENED):
            terminal.press("2", 0.5)
            terminal.press(_TO_THE_TOP, 0.5)
            terminal.press("\r", 2.0)
            terminal.press("\x1b", 0.7)
        for key in "3" + "AY" * 3:
            terminal.press(key, 0.7)
        asyncio.run(sync_everything(home, days))
        for key in _WALK * _ROUNDS:
            terminal.press(key, 0.15)
        return float(psutil.Process(terminal.pid).memory_info().rss / 2**20)


async def sync_everything(home: Path, days: int) -> None:
    """Ask for a sync of all; the app's runner takes it."""
    paths = Paths.below(home)
    config = Config.load(paths, {})
    since = datetime.now().astimezone().date() - timedelta(days=days - 1)
    async with await Database.open(config.database_url) as database:
        account = await accounts.require_account(database)
        await Queue(database).enqueue(
            account.user_id,
            JOB_TYPE["health"],
            account_id=account.id,
            parameters={"since": str(since), "full": True},
            priority=100,
        )
