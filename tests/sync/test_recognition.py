"""What came from files and archives is recognized in Garmin's list: nothing twice, and nothing fetched that is here."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from garminsync_tui.config import Config
from garminsync_tui.formats.tcx_writer import summary_tcx
from garminsync_tui.jobs.queue import Queue
from garminsync_tui.jobs.runner import Runner
from garminsync_tui.models import Activity, Coverage, SyncJob
from garminsync_tui.simulator import Simulator
from garminsync_tui.simulator.device_folder import write_device_folder
from garminsync_tui.store import figures
from garminsync_tui.sync import figures as sync_figures
from garminsync_tui.sync.work import work
from garminsync_tui.training import VERSION

from ..archives import archive_of
from .conftest import Installation

sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def _read_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few files are read sooner than a process starts."""
    monkeypatch.setattr(sync_figures, "_WORTH_A_PROCESS", 1_000)


async def bring_in(installation: Installation, *paths: Path) -> SyncJob:
    queue = Queue(installation.database)
    asked = {"paths": [str(path) for path in paths]}
    job_id = await queue.enqueue(installation.account.user_id, "file_import", parameters=asked, priority=10)
    config: Config = installation.config
    runner = Runner(installation.database, work(config), kind="command", run_dir=installation.paths.run)
    await runner.run_until_idle()
    assert job_id is not None
    return await queue.get(job_id)


async def rows(installation: Installation) -> dict[str, Activity]:
    async with installation.database.read() as session:
        return {row.garmin_activity_id: row for row in await session.scalars(sa.select(Activity))}


async def ledger(installation: Installation) -> dict[str, str]:
    async with installation.database.read() as session:
        found = await session.scalars(sa.select(Coverage).where(Coverage.endpoint == "activity_file"))
        return {row.item: row.status for row in found}


def downloads(simulator: Simulator) -> set[str]:
    """What kind of file was asked for, and of which activity."""
    paths = simulator.stats()["requests"]["by_path"]
    return {path.removeprefix("/download-service/") for path in paths if path.startswith("/download-service/")}


async def test_a_watch_s_folder_first_then_garmin(
    installation: Installation, simulator: Simulator, tmp_path: Path
) -> None:
    write_device_folder(simulator.watch(), tmp_path / "GARMIN")
    await bring_in(installation, tmp_path / "GARMIN")
    before = await rows(installation)
    assert before and not any(name.isdecimal() for name in before)
    simulator.reset_stats()
    await installation.sync("activities")
    after = await rows(installation)
    assert set(after) == {str(each) for each in simulator.activity_ids()}
    assert {row.id for row in before.values()} <= {row.id for row in after.values()}
    here = {row.sha256 for row in before.values()}
    fetched = {name for name, row in after.items() if row.sha256 not in here}
    assert {each.rpartition("/")[2] for each in downloads(simulator)} == fetched, "only what the watch does not have"
    assert {row.garmin_connect_account_id for row in after.values()} == {installation.account.id}
    assert all(row.file_path.startswith(f"{installation.account.id}/") for row in after.values())
    await installation.files()
    simulator.reset_stats()
    assert (await bring_in(installation, tmp_path / "GARMIN")).status == "completed"
    await installation.sync("activities")
    assert not downloads(simulator)
    assert set(await rows(installation)) == set(after)


@sqlite
async def test_both_orders_of_archive_and_garmin_end_alike(
    installation: Installation, simulator: Simulator, tmp_path: Path
) -> None:
    (tmp_path / "export.zip").write_bytes(archive_of(simulator))
    await bring_in(installation, tmp_path / "export.zip")
    first = await rows(installation)
    assert set(first) == {str(each) for each in simulator.activity_ids()}
    assert {row.garmin_connect_account_id for row in first.values()} == {installation.account.id}
    without_file = {name for name, row in first.items() if (row.extra or {})["file_origin"] == "synthesized"}
    simulator.reset_stats()
    await installation.sync("activities")
    assert {each.rpartition("/")[2] for each in downloads(simulator)} == without_file
    assert set((await ledger(installation)).values()) == {"fetched"}
    archive_first = (await installation.content())["activities"]
    files = await installation.files()
    await bring_in(installation, tmp_path / "export.zip")
    assert (await installation.content())["activities"] == archive_first
    async with installation.database.read() as session:
        assert not await figures.count_waiting(session, VERSION)
    async with installation.database.write() as session:  # the other order, from nothing
        for table in ("imported_files", "activity_bests", "activity_figures", "activities", "coverage"):
            await session.execute(sa.text(f"DELETE FROM {table}"))
    await installation.sync("activities", full=True)
    api_only = (await installation.content())["activities"]
    await bring_in(installation, tmp_path / "export.zip")
    assert (await installation.content())["activities"] == api_only == archive_first
    assert await installation.files() == files


@sqlite
async def test_an_export_is_replaced_by_garmin_s_original(
    installation: Installation, simulator: Simulator, tmp_path: Path
) -> None:
    await installation.sync("activities")
    there = await rows(installation)
    name, row = next((name, row) for name, row in there.items() if row.file_type == "FIT" and row.distance)
    original = (installation.paths.files / row.file_path).read_bytes()
    (tmp_path / "run.tcx").write_bytes(_as_tcx(row))
    async with installation.database.write() as session:
        for table in ("activity_bests", "activity_figures"):
            await session.execute(sa.text(f"DELETE FROM {table}"))
        await session.execute(sa.delete(Activity).where(Activity.garmin_activity_id == name))
        await session.execute(sa.delete(Coverage).where(Coverage.item == name))
    (installation.paths.files / row.file_path).unlink()
    await bring_in(installation, tmp_path / "run.tcx")
    [local] = [each for each in (await rows(installation)).values() if each.garmin_activity_id.startswith("sha256:")]
    simulator.reset_stats()
    await installation.sync("activities", full=True)
    assert downloads(simulator) == {f"files/activity/{name}"}
    found = (await rows(installation))[name]
    assert (found.id, found.file_type) == (local.id, "FIT")
    assert (installation.paths.files / found.file_path).read_bytes() == original
    assert (await ledger(installation))[name] == "fetched"


def _as_tcx(row: Activity) -> bytes:
    return summary_tcx(row.activity_type, row.start_time, row.duration, row.distance, row.calories).encode()


@sqlite
async def test_what_a_file_brought_is_more_than_a_summary_of_garmin_s(
    installation: Installation, simulator: Simulator, tmp_path: Path
) -> None:
    await installation.sync("activities")
    name, row = next((name, row) for name, row in (await rows(installation)).items() if row.distance)
    async with installation.database.write() as session:
        for table in ("activity_bests", "activity_figures"):
            await session.execute(sa.text(f"DELETE FROM {table}"))
        await session.execute(sa.delete(Activity).where(Activity.garmin_activity_id == name))
        await session.execute(sa.delete(Coverage).where(Coverage.item == name))
    (installation.paths.files / row.file_path).unlink()
    mine = _as_tcx(row).replace(
        b"<Intensity>", b"<AverageHeartRateBpm><Value>120</Value></AverageHeartRateBpm><Intensity>"
    )
    (tmp_path / "mine.tcx").write_bytes(mine)
    await bring_in(installation, tmp_path / "mine.tcx")
    simulator.add_faults([{"path": "/download-service/", "status": 404, "count": 20}])
    await installation.sync("activities", full=True)
    found = (await rows(installation))[name]
    assert (installation.paths.files / found.file_path).read_bytes() == mine
