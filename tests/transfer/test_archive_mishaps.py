"""Archives as people have them: cut off, packed again, half unpacked, renamed; and imports that are stopped. What is
in them comes in, once; what is not is named.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from garminsync_tui.models import Activity, HealthDaily, HealthMetric, SyncJob, Table
from garminsync_tui.simulator import Simulator

from .. import archives
from ..faults.test_disk_full import Allowance
from .doors import NOW, Content, Doors, counts, doors, on_sqlite, reasons


@pytest.fixture(scope="module")
def simulator() -> Simulator:
    """Not even started: archives are all that is wanted of it."""
    return Simulator(days=2, now=NOW)


@pytest.fixture(scope="module")
def archive(simulator: Simulator) -> bytes:
    return archives.archive_of(simulator)


@pytest.fixture(scope="module")
def plain(archive: bytes, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Content:
    """What a home holds after the whole archive."""

    async def run() -> Content:
        folder = tmp_path_factory.mktemp("plain")
        home = await doors(folder / "home", on_sqlite(sqlite_template, folder / "home"))
        (folder / "export.zip").write_bytes(archive)
        await home.bring_in(folder / "export.zip")
        found = await home.content()
        await home.database.close()
        return found

    found = asyncio.run(run())
    assert found["activities"] and found["health"] and found["coverage"]
    return found


@pytest.fixture
async def home(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Doors]:
    found = await doors(tmp_path / "home", on_sqlite(sqlite_template, tmp_path / "home"))
    yield found
    await found.database.close()


def put(folder: Path, content: bytes, name: str = "export.zip") -> Path:
    target = folder / "in" / name
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(content)
    return target


async def test_what_cannot_be_opened_is_named_and_a_whole_one_comes_in_later(
    home: Doors, archive: bytes, plain: Content, tmp_path: Path
) -> None:
    put(tmp_path, archives.nested(archive, 6), "deep.zip")
    put(tmp_path, archives.truncated(archive), "broken.zip")
    job = await home.bring_in(tmp_path / "in")
    assert job.status == "failed" and (job.extra or {})["error_code"] == "partly"
    assert counts(job) == {"imported": 0, "known": 0, "skipped": 0, "failed": 2}
    why = reasons(job, "failed")
    assert "broken.zip" in why and "nested too deep" in " ".join(why.values())

    whole = put(tmp_path, archive)
    first = counts(await home.bring_in(whole))
    assert await home.content() == plain
    again = counts(await home.bring_in(whole))
    assert again["imported"] == again["failed"] == 0
    assert again["known"] + again["skipped"] == sum(first.values())
    assert await home.content() == plain


async def test_names_mean_nothing_and_lead_nowhere(home: Doors, archive: bytes, plain: Content, tmp_path: Path) -> None:
    """Folders in another language, zipped again, and members that would lie outside of any folder."""
    member = next(iter(archives.uploads(archive).values()))
    evil = archives.nested(archives.with_traversal(archives.in_german(archive), member), 1)
    before = {path for path in tmp_path.rglob("*") if home.paths.database.parent not in path.parents}
    target = put(tmp_path, evil)
    job = await home.bring_in(target)
    after = {path for path in tmp_path.rglob("*") if home.paths.database.parent not in path.parents}
    assert after - before == {target.parent, target}
    assert not Path("/absolute.fit").exists()
    assert "\x1b" not in str(job.extra)
    assert await home.content() == plain


async def test_half_unpacked_comes_in_as_far_as_it_goes_and_the_rest_later(
    home: Doors, archive: bytes, plain: Content, tmp_path: Path
) -> None:
    archives.half_extracted(archive, tmp_path / "in")
    job = await home.bring_in(tmp_path / "in")
    assert counts(job)["imported"] > 3 and counts(job)["failed"] == 1
    archives.extracted(archive, tmp_path / "in")
    job = await home.bring_in(tmp_path / "in")
    assert counts(job)["failed"] == 0
    assert await home.content() == plain


async def test_odd_files_of_a_watch(home: Doors, simulator: Simulator, tmp_path: Path) -> None:
    """Two files of one activity, two days of monitoring in one file, clocks that were never set, and a broken end."""
    session = archives.recorded(simulator)
    morning, noon, *_ = [file.content for file in simulator.watch().files() if file.folder == "MONITOR"]
    put(tmp_path, archives.activity(simulator, session), "A1.FIT")
    put(tmp_path, archives.edited(simulator, session), "A2.FIT")
    put(tmp_path, archives.never_set(simulator, session), "A3.FIT")
    put(tmp_path, morning + noon, "M1.FIT")
    put(tmp_path, archives.monitored_never_set(simulator), "M2.FIT")
    put(tmp_path, archives.cut_off(morning), "M3.FIT")
    job = await home.bring_in(tmp_path / "in")
    assert len([each for each in await home.activities() if each.start_time == session.starts]) == 1
    ledger = await home.sources()
    assert {day for name, day in ledger if name == "stress"} == {NOW.date() - timedelta(days=1)}
    first = [row for row in (await home.content())["health"] if row[0] == "stress_level"]
    assert len(first) == len({row[1] for row in first}) > 400
    skipped = reasons(job, "skipped")
    assert set(skipped) == {"A3.FIT", "M2.FIT"} and "clock was not set" in skipped["A3.FIT"]
    assert set(reasons(job, "known")) == {"A2.FIT"}
    assert "is cut off" in reasons(job, "imported")["M3.FIT"]


# ── Stopped in the middle ────────────────────────────────────────────────────────────────────────────


async def test_killed_it_goes_on_and_ends_the_same(home: Doors, archive: bytes, plain: Content, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "garminsync_tui", "--home", str(home.paths.database.parent)]
    process = await asyncio.create_subprocess_exec(
        *(*command, "import", str(put(tmp_path, archive))),
        env={**os.environ, "GARMINSYNC_DATABASE": home.config.database_url},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    until = time.monotonic() + 60
    while not await rows(home, HealthMetric) and time.monotonic() < until:
        await asyncio.sleep(0.001)
    process.kill()
    assert await process.wait() == -signal.SIGKILL
    (job,) = await home.jobs()
    assert job.status == "in_progress"
    async with home.database.write() as session:  # as if the lease had run out
        await session.execute(sa.update(SyncJob).values(lease_until=NOW - timedelta(days=400)))
    await home.work()
    (job,) = await home.jobs()
    assert job.status == "completed"
    assert await home.content() == plain


async def test_on_a_full_disk_it_waits_and_then_goes_on(
    home: Doors, archive: bytes, plain: Content, tmp_path: Path
) -> None:
    allowance = Allowance(home.database)
    async with home.database.read() as session:
        allowance.pages = await session.scalar(sa.text("PRAGMA page_count")) + 40
    job = await home.bring_in(put(tmp_path, archive))
    assert (job.status, (job.extra or {})["error_code"]) == ("pending", "disk_full")
    assert "no room left" in (job.error_message or "")
    assert not any((home.paths.files / "tmp").iterdir())
    assert await rows(home, Activity) and not await rows(home, HealthDaily)

    allowance.pages = 2**30
    async with home.database.write() as session:
        await session.execute(sa.update(SyncJob).values(run_at=NOW - timedelta(days=400)))
    await home.work()
    (job,) = await home.jobs()
    assert job.status == "completed"
    assert await home.content() == plain


async def rows(home: Doors, table: type[Table]) -> int:
    """How many there are."""
    async with home.database.read() as session:
        return await session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
