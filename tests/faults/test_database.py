"""A database that somebody else holds, or that goes away in the middle of a page: the page is undone and done again."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from garminsync_tui.errors import DatabaseBusy
from garminsync_tui.jobs import runner as running
from garminsync_tui.jobs.queue import Queue
from garminsync_tui.jobs.run import Progress
from garminsync_tui.jobs.runner import Runner
from garminsync_tui.models import SyncJob
from garminsync_tui.simulator import Simulator
from garminsync_tui.store import database as database_module
from garminsync_tui.store.database import Database
from garminsync_tui.store.files import FileStore
from garminsync_tui.sync.work import JOB_TYPE, work

from ..jobs.conftest import until
from ..servers import control
from ..sync.conftest import Installation, install
from .conftest import DONE, Undisturbed, ends, is_as_if_nothing_had_happened, recover, sync, time_passes

#: Begins to write, says so, and ends with its stdin.
HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
connection.execute("ROLLBACK")
"""


class Holder:
    """A process that is stopped in the middle of a write."""

    def __init__(self, path: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "held\n"
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._process.send_signal(signal.SIGCONT)
        self._process.communicate(timeout=30)


@pytest.fixture
def impatient(here: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What waits for half a minute and longer waits for a moment."""
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT_MS", 50)
    monkeypatch.setattr(running, "_END_PAUSES_S", (0.05, 0.05, 0.05))

    def hurry(connection: Any, *_: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=50")
        cursor.close()

    event.listen(here.database.engine.sync_engine, "checkout", hurry)
    yield
    event.remove(here.database.engine.sync_engine, "checkout", hurry)


@pytest.mark.usefixtures("impatient")
async def test_a_writer_that_was_stopped_makes_jobs_wait_and_nothing_fall(
    here: Installation, simulator: Simulator, undisturbed: Undisturbed
) -> None:
    heard: list[str] = []
    queue = Queue(here.database)
    second = f"/download-service/files/activity/{simulator.activity_ids()[1]}"
    simulator.add_faults([{"path": second, "delay_s": 1.0, "count": 1}])
    job_id = await queue.enqueue(here.account.user_id, JOB_TYPE["activities"], account_id=here.account.id, priority=10)
    assert job_id is not None

    def hear(progress: Progress) -> None:
        heard.append(progress.note)

    runner = Runner(here.database, work(here.config), kind="daemon", run_dir=here.paths.run, listener=hear)
    await runner.start()
    try:
        await until(lambda: second in simulator.stats()["requests"]["by_path"])
        holder = Holder(here.paths.database)
        # More often than it asks where it cannot tell what is wrong
        await until(lambda: sum("held by another process" in note for note in heard) > 5)
        assert (await queue.get(job_id)).status == "in_progress", "others can read"
        holder.go_on()
        await until(lambda: _is(queue, job_id, ("pending", "database_busy")))
        job = await queue.get(job_id)
        assert "held by another process" in (job.error_message or "")
        assert (job.attempt, job.crash_count) == (1, 0)
        lines = [each.text for each in await queue.events(job_id)]
        assert len([line for line in lines if "held by another process" in line]) == 1
        await time_passes(here)
        await until(lambda: _is(queue, job_id, DONE))
    finally:
        await runner.stop()
    await recover(here, simulator)
    await is_as_if_nothing_had_happened(here, undisturbed)


async def _is(queue: Queue, job_id: UUID, end: tuple[str, str | None]) -> bool:
    return ends([await queue.get(job_id)]) == [end]


@pytest.mark.usefixtures("impatient")
async def test_who_was_stopped_with_the_log_for_itself_is_not_waited_for_for_ever(here: Installation) -> None:
    lock = os.open(here.paths.database.with_name(here.paths.database.name + ".lock"), os.O_RDWR)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)  # as during a checkpoint
        async with asyncio.timeout(20):
            with pytest.raises(DatabaseBusy, match="held by another process") as refused:
                async with here.database.write() as session:
                    await session.execute(sa.update(SyncJob).values(priority=1))
            assert refused.value.hint
    finally:
        os.close(lock)
    async with here.database.write() as session:
        await session.execute(sa.update(SyncJob).values(priority=1))


# ── PostgreSQL ───────────────────────────────────────────────────────────────────────────────────

postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
Mishap = Callable[[Database, int, pytest.LogCaptureFixture], Awaitable[None]]


@pytest.fixture
async def on_a_server(database_url: str, tmp_path: Path, simulator: Simulator) -> AsyncIterator[Installation]:
    found = await install(tmp_path / "home", database_url, simulator)
    # The tests' servers answer a commit before it is written: here it has to be there after a restart.
    async with found.database.write() as session:
        name = await session.scalar(sa.select(sa.func.current_database()))
        await session.execute(sa.text(f'ALTER DATABASE "{name}" SET synchronous_commit = on'))
    await found.database.engine.dispose()
    yield found
    await found.database.close()


async def kill_backend(database: Database, pid: int, log: pytest.LogCaptureFixture) -> None:
    async with database.read() as session:
        await session.execute(sa.select(sa.func.pg_terminate_backend(pid)))


async def restart_server(database: Database, pid: int, log: pytest.LogCaptureFixture) -> None:
    """As a power cut of the server alone: no checkpoint, recovery from its log. The runner looks meanwhile, in vain."""
    await asyncio.to_thread(control, str(database.url), "-m", "immediate", "stop")
    try:
        await until(lambda: "the queue cannot be read" in log.text)
    finally:
        await asyncio.to_thread(control, str(database.url), "restart")  # as it was started before


@postgresql
@pytest.mark.parametrize("mishap", [kill_backend, restart_server], ids=["backend killed", "server restarted"])
async def test_a_page_whose_connection_breaks_is_undone_and_done_again(
    mishap: Mishap,
    on_a_server: Installation,
    simulator: Simulator,
    undisturbed: Undisturbed,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """In the middle of its transaction, with a file written and its row not yet."""
    here = on_a_server
    share = FileStore.share
    broken: list[int] = []

    async def breaks(self: FileStore, session: Any, database: Database, stored: Any) -> None:
        await share(self, session, database, stored)
        if not broken:
            pid = await session.scalar(sa.select(sa.func.pg_backend_pid()))
            broken.append(pid)
            await mishap(database, pid, caplog)

    monkeypatch.setattr(FileStore, "share", breaks)
    monkeypatch.setattr(running, "_LOOK_EVERY_S", 0.05)
    jobs = await sync(here)
    assert broken
    told = [line.text for line in await Queue(here.database).events(jobs[0].id)]
    assert any("does not answer" in line for line in told), told
    if ends(jobs) != [DONE, DONE]:  # on a slow machine its next try comes before the other job has ended
        assert ends(jobs) == [("pending", "database"), DONE]
        assert await here.files() == {}, "none of the page is there"
        await recover(here, simulator)
    await is_as_if_nothing_had_happened(here, undisturbed)
