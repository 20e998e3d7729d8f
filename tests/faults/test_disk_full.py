"""No room: for the database, for files, for the log. The job waits and says why, and goes on when there is some."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from garminsync_tui.cli import log
from garminsync_tui.errors import DiskFull
from garminsync_tui.jobs.queue import Queue
from garminsync_tui.models import SyncJob
from garminsync_tui.paths import Paths
from garminsync_tui.simulator import Simulator
from garminsync_tui.store import room
from garminsync_tui.store.database import Database
from garminsync_tui.store.files import FileStore
from garminsync_tui.sync.work import JOB_TYPE

from ..jobs.conftest import until
from ..sync.conftest import Installation, install
from .conftest import (
    BEFORE,
    DAY,
    DONE,
    METRICS,
    End,
    Undisturbed,
    ends,
    go_on,
    is_as_if_nothing_had_happened,
    opened,
    sync,
    time_passes,
)

FULL: End = ("pending", "disk_full")


async def waits_and_says_why(here: Installation, jobs: list[SyncJob], why: str) -> None:
    assert ends(jobs) == [FULL] * len(jobs)
    for job in jobs:
        assert why in (job.error_message or "")
        assert timedelta(minutes=25) < job.run_at - datetime.now(UTC) <= timedelta(minutes=31)
        assert (job.attempt, job.crash_count) == (0, 0)
    await here.files()
    assert not any((here.paths.files / "tmp").iterdir())
    if here.database.sqlite:
        async with here.database.read() as session:
            assert await session.scalar(sa.text("PRAGMA integrity_check")) == "ok"


#: Several commands in one process: what starting each would cost is not what is looked at.
COMMANDS = """
import sys
from garminsync_tui.__main__ import main
for words in ("status", "jobs list", "activities list", "coverage"):
    code = main([*words.split(), "--home", sys.argv[1]])
    if code:
        sys.exit(code)
"""


async def the_rest_works(here: Installation) -> None:
    home, url = here.paths.database.parent, here.database.url.render_as_string(hide_password=False)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", COMMANDS, str(home)),
        env={**os.environ, "GARMINSYNC_DATABASE": url},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    _, told = await process.communicate()
    assert process.returncode == 0, told.decode()


async def goes_on_by_itself(here: Installation, jobs: list[SyncJob]) -> None:
    await time_passes(here)
    await go_on(here)
    queue = Queue(here.database)
    assert ends([await queue.get(job.id) for job in jobs]) == [DONE] * len(jobs)


# ── SQLite itself says that it is full ───────────────────────────────────────────────────────────


class Allowance:
    """How far a database may grow, as SQLite itself counts it."""

    def __init__(self, database: Database) -> None:
        self.pages = 2**30
        event.listen(database.engine.sync_engine, "checkout", self._limit)

    def _limit(self, connection: Any, *_: object) -> None:
        with closing(connection.cursor()) as cursor:
            cursor.execute(f"PRAGMA max_page_count={self.pages}")


async def test_a_full_database_lets_jobs_wait(
    here: Installation, simulator: Simulator, undisturbed: Undisturbed
) -> None:
    allowance = Allowance(here.database)
    async with here.database.read() as session:
        allowance.pages = await session.scalar(sa.text("PRAGMA page_count")) + 10
    jobs = await sync(here)
    jobs = [job for job in jobs if job.status != "completed"]
    assert jobs
    await waits_and_says_why(here, jobs, "There is no room left on the disk")
    await the_rest_works(here)

    allowance.pages = 2**30
    await goes_on_by_itself(here, jobs)
    await is_as_if_nothing_had_happened(here, undisturbed)


# ── The system lets no file grow ─────────────────────────────────────────────────────────────────


class Daemon:
    """A process that runs jobs, and whose files can be kept from growing."""

    def __init__(self, here: Installation, url: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.runner", str(here.paths.database.parent)],
            env={**os.environ, "GARMINSYNC_DATABASE": url},
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        assert self._process.stdout is not None
        self._said = self._process.stdout

    async def says(self, words: str) -> None:
        """Wait until it says so."""

        def listen() -> None:
            while words not in (line := self._said.readline()):
                assert line, "it ended"

        async with asyncio.timeout(60):
            await asyncio.to_thread(listen)

    def may_write(self, size: int) -> None:
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    @property
    def lives(self) -> bool:
        return self._process.poll() is None

    def end(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._said.close()


@pytest.fixture
async def installed(database_url: str, tmp_path: Path, simulator: Simulator) -> AsyncIterator[Installation]:
    found = await install(tmp_path / "home", database_url, simulator)
    simulator.reset_stats()
    yield found
    await found.database.close()


@pytest.fixture
def daemon(installed: Installation, database_url: str) -> Iterator[Daemon]:
    found = Daemon(installed, database_url)
    yield found
    found.end()


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="needs prlimit")
async def test_a_daemon_whose_files_may_not_grow_waits_and_goes_on(
    installed: Installation, daemon: Daemon, simulator: Simulator, undisturbed: Undisturbed
) -> None:
    """On SQLite it cannot even write down that it waits; on PostgreSQL only files have no room."""
    here, queue = installed, Queue(installed.database)
    second = f"/download-service/files/activity/{simulator.activity_ids()[1]}"
    simulator.add_faults([{"path": second, "delay_s": 1.0, "count": 1}])
    await daemon.says("ready")
    asked = {"health": {"since": BEFORE, "until": DAY, "metrics": METRICS}}
    ids = [
        await queue.enqueue(
            here.account.user_id, JOB_TYPE[kind], account_id=here.account.id, parameters=asked.get(kind), priority=10
        )
        for kind in ("activities", "health")
    ]

    async def jobs() -> list[SyncJob]:
        return [await queue.get(each) for each in ids if each]

    await until(lambda: second in simulator.stats()["requests"]["by_path"])
    daemon.may_write(0)
    if here.database.sqlite:
        await daemon.says("no room left")
        assert {job.status for job in await jobs()} == {"in_progress", "pending"}
    else:
        await until(lambda: _waits(jobs, 1))
    await here.files()
    await the_rest_works(here)
    daemon.may_write(resource.RLIM_INFINITY)

    await until(lambda: _waits(jobs, 1))
    waiting = [job for job in await jobs() if ends([job]) == [FULL]]
    await waits_and_says_why(here, waiting, "no room")
    await time_passes(here)
    async with here.database.write() as session:  # what a daemon hears
        await session.execute(sa.update(SyncJob).where(SyncJob.status == "pending").values(priority=11))
    await until(lambda: _done(jobs), deadline_s=60)
    assert daemon.lives
    daemon.end()
    await is_as_if_nothing_had_happened(here, undisturbed)


async def _waits(jobs: Any, count: int) -> bool:
    return sum(end == FULL for end in ends(await jobs())) >= count


async def _done(jobs: Any) -> bool:
    return ends(await jobs()) == [DONE, DONE]


# ── The last of the room is left to others ───────────────────────────────────────────────────────


async def test_nothing_more_is_fetched_where_little_room_is_left(
    here: Installation, simulator: Simulator, undisturbed: Undisturbed, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as little:
        little.setattr(room, "RESERVE_BYTES", 2**62)
        jobs = await sync(here)
    await waits_and_says_why(here, jobs, "free")
    assert not [path for path in simulator.stats()["requests"]["by_path"] if "download" in path]
    await goes_on_by_itself(here, jobs)
    await is_as_if_nothing_had_happened(here, undisturbed)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of five megabytes."""
    place = tmp_path / "small"
    place.mkdir()
    if (
        os.geteuid()
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=5m", "tmpfs", place], check=False).returncode
    ):
        pytest.skip("a file system can be mounted by root only, and not everywhere")
    yield place
    subprocess.run(["umount", place], check=True)


async def test_a_disk_of_five_megabytes(small: Path, simulator: Simulator, undisturbed: Undisturbed) -> None:
    shutil.copytree(undisturbed.home, small / "home")
    here = await opened(small / "home", undisturbed.account)
    try:
        jobs = await sync(here)
        await waits_and_says_why(here, jobs, "free")
        subprocess.run(["mount", "-o", "remount,size=100m", small], check=True)
        await goes_on_by_itself(here, jobs)
        await is_as_if_nothing_had_happened(here, undisturbed)
    finally:
        await here.database.close()


# ── Quotas, and the log ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_quota_is_a_full_disk_too(number: int, paths: Paths) -> None:
    with pytest.raises(DiskFull), FileStore(paths.files).drafts():
        raise OSError(number, "no more")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_log_without_room_stops_nothing_and_says_nothing(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    paths.logs.mkdir(exist_ok=True)
    (paths.logs / "garminsync.log").symlink_to("/dev/full")
    root = logging.getLogger()
    before = list(root.handlers)
    try:
        log.to_file(paths)
        logging.getLogger("garminsync_tui").error("something that nobody can read")
    finally:
        for handler in [each for each in root.handlers if each not in before]:
            root.removeHandler(handler)
            with suppress(OSError):
                handler.close()
    assert capsys.readouterr().err == ""
