"""Three processes, one account, and whoever holds its job is killed again and again: each item is done once."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from garminsync_tui.models import RunnerRow, SyncJob

from .conftest import Desk, until

KILLS = 8
JOBS = 4
ITEMS = 12
WORKERS = 3


class Crowd:
    """Worker processes; one that ended is replaced."""

    def __init__(self, url: str, folder: Path) -> None:
        self.witness = folder / "witness"
        self.witness.mkdir()
        worker = Path(__file__).with_name("worker.py")
        self._command = [sys.executable, str(worker), url, str(folder / "run"), str(self.witness), str(ITEMS)]
        self._processes: list[subprocess.Popen[bytes]] = []

    def fill(self) -> None:
        self._processes = [process for process in self._processes if process.poll() is None]
        while len(self._processes) < WORKERS:
            self._processes.append(subprocess.Popen(self._command))

    def kill(self, pid: int) -> None:
        (process,) = (process for process in self._processes if process.pid == pid)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def end(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()


@pytest.fixture
def crowd(database_url: str, tmp_path: Path) -> Iterator[Crowd]:
    crowd = Crowd(database_url, tmp_path)
    yield crowd
    crowd.end()


async def test_killing_the_holder_again_and_again_loses_and_doubles_nothing(desk: Desk, crowd: Crowd) -> None:
    async with desk.database.write() as session:
        await session.execute(sa.text("CREATE TABLE items (job TEXT NOT NULL, number INTEGER NOT NULL)"))
    jobs = [await desk.put(parameters={"since": f"2026-01-{day:02}"}) for day in range(1, JOBS + 1)]

    async def kill_the_holder_once_it_got_further() -> None:
        items = await _items(desk)
        await until(lambda: _more_than(desk, len(items)))
        async with desk.database.read() as session:
            pid = await session.scalar(
                sa.select(RunnerRow.pid)
                .join(SyncJob, SyncJob.owner == RunnerRow.id)
                .where(SyncJob.status == "in_progress")
            )
        if pid is not None:
            crowd.kill(pid)
            killed.append(pid)

    killed: list[int] = []
    async with asyncio.timeout(150):
        while len(killed) < KILLS:
            crowd.fill()
            await kill_the_holder_once_it_got_further()
        crowd.fill()
        await until(lambda: _done(desk), deadline_s=60)
    assert not (crowd.witness / "overlaps").exists()
    assert sorted(await _items(desk)) == sorted((str(job), number) for job in jobs for number in range(ITEMS))


async def _items(desk: Desk) -> list[tuple[str, int]]:
    async with desk.database.read() as session:
        return [(job, number) for job, number in await session.execute(sa.text("SELECT job, number FROM items"))]


async def _more_than(desk: Desk, count: int) -> bool:
    return len(await _items(desk)) > count


async def _done(desk: Desk) -> bool:
    return {job.status for job in await desk.queue.list()} == {"completed"}
