"""Whether every original is here and whole; and a repair that adds and never takes away."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from garminsync_tui.config import Config
from garminsync_tui.errors import Cancelled
from garminsync_tui.ids import new_id
from garminsync_tui.jobs.queue import Queue
from garminsync_tui.jobs.runner import Runner
from garminsync_tui.models import Activity, ActivityFigures, ActivityFile, Coverage, GarminConnectAccount, SyncJob, User
from garminsync_tui.paths import Paths
from garminsync_tui.simulator import Simulator
from garminsync_tui.store import activities
from garminsync_tui.store.database import Database
from garminsync_tui.store.files import FileStore
from garminsync_tui.sync import verify as verify_module
from garminsync_tui.sync.verify import Share
from garminsync_tui.sync.work import work

from .conftest import NOW, Installation

SEALED = b"\x01" + bytes(59)
START = datetime(2026, 3, 29, 8, tzinfo=UTC)


@dataclass
class Shelf:
    """A home with some originals, made without Garmin."""

    database: Database
    paths: Paths
    account: GarminConnectAccount
    files: FileStore
    contents: dict[str, bytes] = field(default_factory=dict)

    async def put(self, garmin_id: str, **columns: Any) -> Path:
        """Store an activity with its file; where that is."""
        content = f"the recording of {garmin_id}".encode() * 50
        with self.files.drafts() as folder:
            draft = folder / "draft"
            draft.write_bytes(content)
            draft.chmod(0o600)
            kept = self.files.keep(draft, self.account.id, garmin_id, START, "FIT")
        self.contents[garmin_id] = content
        values = {
            "garmin_activity_id": garmin_id,
            "activity_type": "running",
            "start_time": START,
            "duration": 60,
            "file_type": "FIT",
            "file_path": kept.path,
            "sha256": kept.sha256,
            "size_bytes": kept.size_bytes,
            "extra": {"file_origin": "original"},
            **columns,
        }
        async with self.database.write() as session:
            await self.files.share(session, self.database, kept)
            session.add(Activity(garmin_connect_account_id=self.account.id, **values))
        return self.paths.files / kept.path

    async def verify(self, **parameters: Any) -> SyncJob:
        """Run the job as the command does; as it ended."""
        queue = Queue(self.database)
        job_id = await queue.enqueue(self.account.user_id, "verify", parameters=parameters, priority=10)
        config = Config.load(self.paths, {}, {})
        await Runner(self.database, work(config), kind="command", run_dir=self.paths.run).run_until_idle()
        assert job_id is not None
        return await queue.get(job_id)

    async def row(self, garmin_id: str) -> Activity:
        async with self.database.read() as session:
            return await activities.one(session, garmin_id)

    async def path(self, garmin_id: str) -> Path:
        return self.paths.files / (await self.row(garmin_id)).file_path

    async def queued(self) -> dict[str, str | None]:
        """What the next sync is to fetch again, and why."""
        async with self.database.read() as session:
            rows = await session.scalars(sa.select(Coverage).where(Coverage.status == "failed"))
            return {row.item: row.reason for row in rows}

    @property
    def quarantine(self) -> list[Path]:
        return sorted(path for path in (self.paths.files / "quarantine").rglob("*") if path.is_file())


@pytest.fixture
async def shelf(database: Database, paths: Paths) -> Shelf:
    user = User(id=new_id(), username="me", password_hash="$argon2id$of a discarded secret", login_required=False)
    account = GarminConnectAccount(
        id=new_id(), user_id=user.id, garmin_user_id="1", oauth_token=SEALED, oauth_token_secret=SEALED
    )
    async with database.write() as session:
        session.add(user)
        await session.flush()
        session.add(account)
    found = Shelf(database, paths, account, FileStore(paths.files))
    for number in range(1, 5):
        await found.put(f"700{number}")
    return found


def result(job: SyncJob) -> dict[str, int]:
    """What was counted, without zeros."""
    return {name: count for name, count in (job.extra or {})["result"].items() if count}


def problems(job: SyncJob) -> list[str]:
    found: list[str] = (job.extra or {}).get("failures", [])
    return found


def ended(job: SyncJob) -> tuple[str, str | None]:
    return job.status, (job.extra or {}).get("error_code")


CLEAN, PARTLY = ("completed", None), ("failed", "partly")
sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


async def could_not_be_computed(database: Database, row: Activity) -> None:
    """As it is when figures were to be computed while the file was away."""
    values = {"version": 99, "sha256": row.sha256, "sport": "running", "figures": {}, "problem": "missing"}
    async with database.write() as session:
        await session.execute(sa.delete(ActivityFigures).where(ActivityFigures.activity_id == row.id))
        session.add(ActivityFigures(activity_id=row.id, day=START.date(), **values))


async def figures_problem(database: Database, row: Activity) -> str | None:
    async with database.read() as session:
        found: str | None = await session.scalar(
            sa.select(ActivityFigures.problem).where(ActivityFigures.activity_id == row.id)
        )
        return found


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[7] ^= 0xFF
    path.write_bytes(content)


async def test_what_is_whole_is_whole(shelf: Shelf) -> None:
    job = await shelf.verify(read_data=True)
    assert (ended(job), result(job)) == (CLEAN, {"checked": 4, "read": 4})
    assert (job.extra or {})["note"] == "4 files checked, 4 of them read: all whole"


# ── Lost and damaged, on SQLite ──────────────────────────────────────────────────────────────────────


@sqlite
async def test_a_damaged_byte_is_found_by_reading_and_by_nothing_else(shelf: Shelf) -> None:
    flip(await shelf.path("7002"))
    assert ended(await shelf.verify()) == CLEAN
    job = await shelf.verify(read_data=True)
    assert (ended(job), result(job)) == (PARTLY, {"checked": 4, "read": 4, "damaged": 1})
    assert "activity 7002" in problems(job)[0]
    assert "content changed" in problems(job)[0]


@sqlite
async def test_missing_and_cut_off_files_are_found_by_their_size(shelf: Shelf) -> None:
    missing, cut = [await shelf.path(each) for each in ("7001", "7003")]
    missing.unlink()
    os.truncate(cut, 5)
    job = await shelf.verify()
    assert (ended(job), result(job)) == (PARTLY, {"checked": 4, "missing": 1, "damaged": 1})
    assert "7001" in problems(job)[0] and "it is missing" in problems(job)[0]
    assert "7003" in problems(job)[1] and "it has 5 bytes instead of" in problems(job)[1]
    assert cut.stat().st_size == 5, "looking changes nothing"
    assert await shelf.queued() == {}


@sqlite
async def test_repair_sets_damaged_ones_aside_and_queues_what_is_lost(shelf: Shelf) -> None:
    missing, damaged = [await shelf.path(each) for each in ("7001", "7002")]
    missing.unlink()
    flip(damaged)
    broken = damaged.read_bytes()
    job = await shelf.verify(read_data=True, repair=True)
    assert ended(job) == PARTLY
    assert result(job) == {"checked": 4, "read": 4, "missing": 1, "damaged": 1, "queued": 2, "set_aside": 1}
    assert not damaged.exists()
    (aside,) = shelf.quarantine
    assert aside.read_bytes() == broken
    assert aside.relative_to(shelf.paths.files / "quarantine") == damaged.relative_to(shelf.paths.files)
    assert stat.S_IMODE(aside.stat().st_mode) == 0o600
    assert stat.S_IMODE(aside.parent.stat().st_mode) == 0o700
    assert set(await shelf.queued()) == {"7001", "7002"}
    # What was set aside is never replaced by a later one of the same name
    damaged.write_bytes(b"damaged in another way")
    await shelf.verify(repair=True)
    assert sorted(path.read_bytes() for path in shelf.quarantine) == sorted([broken, b"damaged in another way"])


@sqlite
@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"extra": {"file_origin": "export", "manualActivity": True}}, "typed in by hand"),
        ({"extra": {"file_origin": "synthesized"}}, "typed in by hand"),
        ({"remote_deleted_at": START}, "Garmin's copy is gone"),
    ],
)
async def test_what_garmin_cannot_give_again_stays_and_is_told(shelf: Shelf, columns: dict[str, Any], why: str) -> None:
    damaged = await shelf.put("7009", **columns)
    flip(damaged)
    broken = damaged.read_bytes()
    job = await shelf.verify(read_data=True, repair=True)
    assert (ended(job), result(job)["beyond_repair"]) == (PARTLY, 1)
    assert why in problems(job)[0]
    assert damaged.read_bytes() == broken
    assert (shelf.quarantine, await shelf.queued()) == ([], {})


@sqlite
async def test_a_file_of_the_same_content_that_lies_elsewhere_is_adopted(shelf: Shelf) -> None:
    lost = await shelf.path("7002")
    moved = lost.parent.parent / "12" / "7002.v2.fit"
    moved.parent.mkdir(mode=0o700)
    lost.rename(moved)
    other = lost.with_name("7003.v2.fit")
    other.write_bytes(b"an earlier original")
    other.chmod(0o600)
    stranger = lost.with_name("9999.fit")
    stranger.write_bytes(b"a file without an activity")
    stranger.chmod(0o600)
    assert ended(await shelf.verify()) == PARTLY
    await could_not_be_computed(shelf.database, await shelf.row("7002"))
    job = await shelf.verify(repair=True)
    assert ended(job) == CLEAN
    assert await figures_problem(shelf.database, await shelf.row("7002")) is None, "they are computed again"
    assert result(job) == {"checked": 4, "missing": 1, "adopted": 1, "orphans": 1, "other_versions": 2}
    assert await shelf.path("7002") == moved
    assert all(path.exists() for path in (moved, other, stranger))
    events = await Queue(shelf.database).events(job.id)
    assert [event for event in events if "9999.fit" in event.text and "it stays" in event.text]
    again = await shelf.verify(read_data=True)
    assert (ended(again), result(again)["orphans"]) == (CLEAN, 1)


@sqlite
async def test_a_spare_of_another_content_is_not_adopted(shelf: Shelf) -> None:
    lost = await shelf.path("7002")
    lost.rename(lost.with_name("7002.v2.fit"))
    flip(lost.with_name("7002.v2.fit"))
    job = await shelf.verify(repair=True)
    assert (ended(job), result(job)["queued"]) == (PARTLY, 1)
    assert "adopted" not in result(job)


async def test_stale_drafts_and_open_files_are_found_and_mended(shelf: Shelf) -> None:
    stale, fresh = shelf.paths.files / "tmp" / "stale", shelf.paths.files / "tmp" / "fresh"
    for folder in (stale, fresh):
        folder.mkdir(mode=0o700)
        (folder / "draft").write_bytes(b"half")
        (folder / "draft").chmod(0o600)
    two_days_ago = time.time() - 2 * 86400
    os.utime(stale, (two_days_ago, two_days_ago))
    open_ = await shelf.path("7001")
    open_.chmod(0o644)
    open_.parent.chmod(0o755)
    job = await shelf.verify()
    assert (ended(job), result(job)) == (PARTLY, {"checked": 4, "stale_drafts": 1, "open_to_others": 2})
    assert all("other users may open it" in problem for problem in problems(job))
    job = await shelf.verify(repair=True)
    assert (ended(job), result(job)) == (CLEAN, {"checked": 4, "swept": 1, "closed": 2})
    assert (stale.exists(), fresh.exists()) == (False, True)
    assert (open_.stat().st_mode & 0o777, open_.parent.stat().st_mode & 0o777) == (0o600, 0o700)


# ── The same on PostgreSQL ───────────────────────────────────────────────────────────────────────────


async def damage_in_database(shelf: Shelf, garmin_id: str, content: bytes | None) -> None:
    sha256 = (await shelf.row(garmin_id)).sha256
    async with shelf.database.write() as session:
        if content is None:
            await session.execute(sa.delete(ActivityFile).where(ActivityFile.sha256 == sha256))
        else:
            await session.execute(sa.update(ActivityFile).where(ActivityFile.sha256 == sha256).values(bytes=content))


async def held(shelf: Shelf, garmin_id: str) -> bytes | None:
    sha256 = (await shelf.row(garmin_id)).sha256
    async with shelf.database.read() as session:
        found: bytes | None = await session.scalar(sa.select(ActivityFile.bytes).where(ActivityFile.sha256 == sha256))
        return found


@postgresql
async def test_on_a_server_the_folder_is_only_a_copy(shelf: Shelf) -> None:
    wrong, gone = [await shelf.path(each) for each in ("7001", "7002")]
    flip(wrong)
    gone.unlink()
    job = await shelf.verify(read_data=True)
    assert (ended(job), result(job)) == (CLEAN, {"checked": 4, "read": 4, "stale_copies": 1})
    job = await shelf.verify(read_data=True, repair=True)
    assert (ended(job), result(job)) == (CLEAN, {"checked": 4, "read": 4, "replaced": 1})
    assert wrong.read_bytes() == shelf.contents["7001"]
    assert shelf.quarantine == []


@postgresql
async def test_what_a_server_lost_comes_back_from_this_machine_or_is_queued(shelf: Shelf) -> None:
    flipped = bytes([shelf.contents["7002"][0] ^ 1]) + shelf.contents["7002"][1:]
    await damage_in_database(shelf, "7001", None)
    await damage_in_database(shelf, "7002", flipped)
    await damage_in_database(shelf, "7003", b"cut off")
    (await shelf.path("7003")).unlink()
    job = await shelf.verify()
    assert (ended(job), result(job)) == (PARTLY, {"checked": 4, "missing": 1, "damaged": 1}), "sizes alone"
    job = await shelf.verify(read_data=True)
    assert (ended(job), result(job)) == (PARTLY, {"checked": 4, "read": 4, "missing": 1, "damaged": 2})
    job = await shelf.verify(read_data=True, repair=True)
    assert ended(job) == PARTLY
    found = result(job)
    assert (found["adopted"], found["queued"], found["set_aside"]) == (2, 1, 2)
    assert [await held(shelf, each) for each in ("7001", "7002")] == [shelf.contents["7001"], shelf.contents["7002"]]
    assert {path.read_bytes() for path in shelf.quarantine} == {flipped, b"cut off"}
    assert set(await shelf.queued()) == {"7003"}


# ── Part of it, and interrupted ──────────────────────────────────────────────────────────────────────


def test_the_parts_are_stable_and_together_all() -> None:
    ids = [new_id() for _ in range(500)]
    parts = [{id_ for id_ in ids if Share(number, 12).holds(id_)} for number in range(1, 13)]
    assert sum(map(len, parts)) == len(ids) and set().union(*parts) == set(ids)
    assert all(20 <= len(part) <= 70 for part in parts)
    assert Share(3, 12).holds(UUID(int=5)) == Share(3, 12).holds(UUID(int=5))


@sqlite
async def test_a_subset_reads_its_part_and_looks_at_all(shelf: Shelf) -> None:
    read = 0
    for number in (1, 2, 3):
        job = await shelf.verify(subset=f"{number}/3")
        assert result(job)["checked"] == 4
        read += result(job).get("read", 0)
    assert read == 4


@sqlite
async def test_a_verification_that_was_stopped_goes_on(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify_module, "_PAGE_READ", 1)
    (await shelf.path("7001")).unlink()
    looked: list[str] = []
    problem = FileStore.problem

    def stops_at_the_third(self: FileStore, relative: str, *values: Any, read: bool) -> str | None:
        looked.append(Path(relative).stem)
        if len(looked) == 3:
            raise Cancelled("a power cut")
        return problem(self, relative, *values, read=read)

    monkeypatch.setattr(FileStore, "problem", stops_at_the_third)
    job = await shelf.verify(read_data=True)
    assert job.status == "failed" and job.checkpoint
    queue = Queue(shelf.database)
    # As the queue does it for a runner that died: checkpoint and metadata stay
    async with shelf.database.write() as session:
        await session.execute(sa.update(SyncJob).values(status="pending", error_message=None, completed_at=None))
    config = Config.load(shelf.paths, {}, {})
    await Runner(shelf.database, work(config), kind="command", run_dir=shelf.paths.run).run_until_idle()
    job = await queue.get(job.id)
    assert (ended(job), result(job)) == (PARTLY, {"checked": 4, "read": 4, "missing": 1})
    assert len(problems(job)) == 1
    assert looked == ["7001", "7002", "7003", "7003", "7004"], "nothing is read twice but what was in hand"


# ── With Garmin ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(days=4, now=NOW) as running:
        yield running


async def test_a_repair_and_a_sync_bring_everything_back_byte_for_byte(
    installation: Installation, simulator: Simulator
) -> None:
    await installation.sync("activities")
    before, content = await installation.files(), await installation.content()
    shelf = Shelf(installation.database, installation.paths, installation.account, FileStore(installation.paths.files))
    async with installation.database.read() as session:
        rows = [row for row in await activities.find(session) if (row.extra or {})["file_origin"] == "original"]
    assert len(rows) >= 2
    missing, damaged = rows[0], rows[-1]
    for row in (missing, damaged):
        path = installation.paths.files / row.file_path
        content_now = path.read_bytes()
        path.unlink()
        if row is damaged:
            path.write_bytes(content_now[:-1] + b"?")
            path.chmod(0o600)
        if not installation.database.sqlite:
            await damage_in_database(shelf, row.garmin_activity_id, None if row is missing else b"damaged")
    job = await shelf.verify(read_data=True, repair=True)
    assert (ended(job), result(job)["queued"]) == (PARTLY, 2)
    await could_not_be_computed(shelf.database, missing)

    simulator.reset_stats()
    simulator.add_faults([{"path": f"/files/activity/{damaged.garmin_activity_id}$", "status": 404, "count": 1}])
    (synced,) = await installation.plain_sync("activities")
    assert ended(synced) == PARTLY, "what was an original is not passed off as restored by an export"
    assert (await shelf.row(damaged.garmin_activity_id)).sha256 == damaged.sha256
    (synced,) = await installation.plain_sync("activities")
    assert ended(synced) == CLEAN
    assert await installation.files() == before
    after = await installation.content()
    assert after["activities"] == content["activities"]
    assert await figures_problem(shelf.database, missing) is None, "they are computed again"
    assert [row[:4] for row in after["coverage"]] == [row[:4] for row in content["coverage"]]
    job = await shelf.verify(read_data=True)
    assert ended(job) == CLEAN

    simulator.reset_stats()
    await installation.plain_sync("activities")
    assert not [path for path in simulator.stats()["requests"]["by_path"] if "download" in path]


@sqlite
async def test_an_original_that_changed_at_garmin_goes_beside_what_is_there(
    installation: Installation, simulator: Simulator
) -> None:
    await installation.sync("activities")
    shelf = Shelf(installation.database, installation.paths, installation.account, FileStore(installation.paths.files))
    async with installation.database.read() as session:
        found = [row for row in await activities.find(session) if (row.extra or {})["file_origin"] == "original"]
        row, other = [row for row in found if row.file_type == "FIT"][:2]
    # An earlier original: whole, and not the one that the row names
    path = installation.paths.files / row.file_path
    kept = path.with_name(f"{row.garmin_activity_id}.kept")
    path.unlink()
    path.write_bytes((installation.paths.files / other.file_path).read_bytes())
    path.chmod(0o600)
    os.link(path, kept)
    assert result(await shelf.verify(read_data=True, repair=True))["queued"] == 1
    kept.rename(path)  # somebody brought it back meanwhile
    (synced,) = await installation.plain_sync("activities")
    assert ended(synced) == CLEAN
    now = await shelf.row(row.garmin_activity_id)
    assert now.file_path == f"{row.file_path.rpartition('.')[0]}.v2.{row.file_type.lower()}"
    assert (now.sha256, now.size_bytes) == (row.sha256, row.size_bytes)
    assert path.exists()
    job = await shelf.verify(read_data=True)
    assert ended(job) == CLEAN


@sqlite
async def test_what_left_garmins_list_meanwhile_is_not_asked_for_with_every_sync(
    installation: Installation, simulator: Simulator
) -> None:
    await installation.sync("activities")
    shelf = Shelf(installation.database, installation.paths, installation.account, FileStore(installation.paths.files))
    async with installation.database.write() as session:
        await session.execute(
            sa.update(Coverage)
            .where(Coverage.item == str(simulator.activity_ids()[0]))
            .values(item="42", status="failed", reason="lost", next_try_at=NOW - timedelta(days=800))
        )
    await installation.plain_sync("activities")
    assert (await shelf.queued()) == {"42": "It is not in Garmin's list."}
    async with installation.database.read() as session:
        entry = (await session.scalars(sa.select(Coverage).where(Coverage.item == "42"))).one()
    assert entry.next_try_at is not None and entry.next_try_at > datetime.now(UTC)
