"""An import that is stopped, killed or without room goes on where it was, and ends as if nothing had been."""

from __future__ import annotations

import asyncio
import errno
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from garminsync_tui.config import Config
from garminsync_tui.jobs.queue import Queue
from garminsync_tui.jobs.run import Progress
from garminsync_tui.jobs.runner import Runner
from garminsync_tui.models import SyncJob
from garminsync_tui.store import accounts, files, room
from garminsync_tui.sync.work import work
from garminsync_tui.transfer.importing import activities as importing

from .conftest import Home, counts
from .export import archive, summary
from .samples import START, fit

sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
DAYS = 6


def fill(home: Home) -> None:
    starts = [START + timedelta(days=n) for n in range(DAYS)]
    summaries = tuple(summary(n, start) for n, start in enumerate([*starts, START + timedelta(days=DAYS)], 1))
    home.put("export.zip", archive(summaries, {f"{n}.fit": fit(start) for n, start in enumerate(starts)}))
    home.put("z-damaged.fit", b"")


#: A summary and its recordings are in, and what is left out of customer.json and the damaged file.
WHOLE = (DAYS + 1, 0, 1, 1)


async def ended_well(home: Home, job: Any, *, gained: bool = True) -> None:
    assert (counts(job), (job.extra or {})["failed"]) == (WHOLE, 1)
    assert (job.extra or {})["failures"] == ["in/z-damaged.fit: is empty"]
    if gained:  # a job that failed and was asked for again tells what it brought since
        assert (job.extra or {})["result"]["gained"] == {"activities": DAYS + 1}
    rows = await home.rows()
    assert [row.garmin_activity_id for row in rows] == [str(n) for n in range(1, DAYS + 2)]
    assert [row.file_type for row in rows] == ["FIT"] * DAYS + ["TCX"]
    assert {str(path) for path in home.kept()} == {str(home.paths.files / row.file_path) for row in rows}


async def again(home: Home, job: SyncJob) -> SyncJob:
    queue = Queue(home.database)
    await queue.retry(job.id)
    config = Config.load(home.paths, {}, {})
    await Runner(home.database, work(config), kind="command", run_dir=home.paths.run).run_until_idle()
    return await queue.get(job.id)


async def test_stopped_in_the_middle_it_goes_on(home: Home) -> None:
    fill(home)
    user = await accounts.ensure_user(home.database)
    queue = Queue(home.database)
    job_id = await queue.enqueue(user.id, "file_import", parameters={"paths": [str(home.folder)]}, priority=10)
    assert job_id is not None
    config = Config.load(home.paths, {}, {})
    reached = asyncio.Event()

    def listen(progress: Progress) -> None:
        if progress.note.startswith(f"{DAYS // 2} of"):
            reached.set()

    runner = Runner(home.database, work(config), kind="command", run_dir=home.paths.run, listener=listen)
    await runner.start()
    await reached.wait()
    await runner.stop()
    assert (await queue.get(job_id)).status == "pending"
    assert 0 < len(await home.rows()) < DAYS
    await Runner(home.database, work(config), kind="command", run_dir=home.paths.run).run_until_idle()
    await ended_well(home, await queue.get(job_id))


async def test_killed_between_a_file_and_its_row_nothing_is_twice(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(home)
    calls = 0

    written = importing.write_down

    async def killed(*arguments: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise RuntimeError("the machine is switched off")
        await written(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(importing, "write_down", killed)
        broken = await home.run()
    assert broken.status == "failed"
    assert len(await home.rows()) == 2 < len(home.kept())
    await ended_well(home, await again(home, broken), gained=False)


@sqlite
async def test_a_full_disk_pauses_it(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(home)
    kept = files.FileStore.keep
    calls = 0

    def full(self: files.FileStore, *arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        return kept(self, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(files.FileStore, "keep", full)
        job = await home.run()
    assert (job.status, (job.extra or {})["error_code"]) == ("pending", "disk_full")
    assert len(await home.rows()) == 2
    await ended_well(home, await again(home, job))


@sqlite
async def test_it_leaves_room_for_the_rest_of_the_program(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(home)
    usage = shutil.disk_usage(home.folder)
    with monkeypatch.context() as patch:
        patch.setattr(room.shutil, "disk_usage", lambda _: usage._replace(free=room.RESERVE_BYTES - 1))
        job = await home.run()
    assert (job.status, (job.extra or {})["error_code"]) == ("pending", "disk_full")
    assert not await home.rows()


@sqlite
async def test_a_disk_that_fills_while_an_inner_archive_is_unpacked_is_not_the_archive_s_fault(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    from garminsync_tui.transfer.importing import sources

    fill(home)

    def full(packed: Any, copy: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(sources, "_unpack", full)
        job = await home.run()
    assert (job.status, (job.extra or {})["error_code"]) == ("pending", "disk_full")
