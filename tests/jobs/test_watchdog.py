"""systemd hears that the daemon moves only while its runner looks at the queue and the database answers."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from garminsync_tui.daemon import watched
from garminsync_tui.jobs.runner import Runner

from .conftest import Desk, until

FRESH_S = 3.0  # longer than the runner's pause between two looks


@contextmanager
def listening(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(folder / "notify"))
        listener.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(folder / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "100000")
        yield listener


def heard(listener: socket.socket) -> int:
    count = 0
    while True:
        try:
            assert listener.recv(99) == b"WATCHDOG=1"
        except BlockingIOError:
            return count
        count += 1


async def test_a_runner_that_does_not_look_is_not_alive(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner = Runner(desk.database, {}, kind="daemon", run_dir=tmp_path / "run")
    with listening(tmp_path, monkeypatch) as listener:
        async with watched(runner, FRESH_S):
            await asyncio.sleep(0.3)
            assert heard(listener) == 0
            await runner.start()
            await until(lambda: heard(listener))
            await runner.stop()
            await until(lambda: _stale(runner))
            heard(listener)
            await asyncio.sleep(0.3)
            assert heard(listener) == 0


async def test_a_database_that_does_not_answer_is_no_life(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if desk.database.sqlite:
        pytest.skip("nobody can keep a reader of SQLite's log waiting")
    runner = Runner(desk.database, {}, kind="daemon", run_dir=tmp_path / "run")
    await runner.start()
    with listening(tmp_path, monkeypatch) as listener:
        async with watched(runner, FRESH_S):
            await until(lambda: heard(listener))
            async with desk.database.engine.connect() as connection, connection.begin():
                await connection.execute(sa.text("LOCK TABLE sync_jobs IN ACCESS EXCLUSIVE MODE"))
                await until(lambda: _stale(runner))
                heard(listener)
                await asyncio.sleep(0.3)
                assert heard(listener) == 0
            await until(lambda: heard(listener))
    await runner.stop()


def _stale(runner: Runner) -> bool:
    import time

    return time.monotonic() - runner.looked_at > FRESH_S
