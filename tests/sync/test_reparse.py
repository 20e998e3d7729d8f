"""Stored answers, read again, give exactly what the sync wrote, without a request to Garmin."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from garminsync_tui.config import Config
from garminsync_tui.errors import LeaseLost
from garminsync_tui.jobs.queue import Queue
from garminsync_tui.jobs.run import JobRun
from garminsync_tui.jobs.runner import Runner
from garminsync_tui.models import Coverage, HealthCount, HealthDaily, HealthMetric, RawResponse, SyncJob
from garminsync_tui.paths import Paths
from garminsync_tui.simulator import Simulator
from garminsync_tui.store import accounts, health
from garminsync_tui.store.database import Database
from garminsync_tui.store.removal import delete_accounts
from garminsync_tui.sync import reparse as reparsing
from garminsync_tui.sync.reparse import reparse
from garminsync_tui.sync.work import work

from .conftest import DAYS, NOW, Installation, install, stamps

TODAY = NOW.date()

#: What is above the store is the same on both databases.
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(scope="module")
def once(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home on SQLite whose health was synced, to copy."""
    paths = Paths.below(tmp_path_factory.mktemp("once"))
    paths.prepare()
    shutil.copy(sqlite_template, paths.database)

    async def run(simulator: Simulator) -> None:
        installation = await install(paths.database.parent, f"sqlite:///{paths.database}", simulator)
        await installation.sync("health")
        await installation.database.close()

    with Simulator(days=DAYS, now=NOW) as simulator:
        asyncio.run(run(simulator))
    return paths.database.parent


@pytest.fixture
async def synced(once: Path, tmp_path: Path) -> AsyncIterator[Installation]:
    """A copy of it, for who needs nothing of Garmin any more."""
    paths = Paths.below(tmp_path / "copy")
    shutil.copytree(once, paths.database.parent)
    url = f"sqlite:///{paths.database}"
    async with await Database.open(url) as database:
        account = await accounts.require_account(database)
        yield Installation(paths, database, Config.load(paths, {}, {"GARMINSYNC_DATABASE": url}), account)


async def read_again(installation: Installation, **parameters: Any) -> SyncJob:
    queue = Queue(installation.database)
    account = installation.account
    job_id = await queue.enqueue(account.user_id, "reparse", account_id=account.id, parameters=parameters)
    runner = Runner(installation.database, work(installation.config), kind="command", run_dir=installation.paths.run)
    await runner.run_until_idle()
    assert job_id
    return await queue.get(job_id)


async def forget(installation: Installation) -> None:
    async with installation.database.write() as session:
        await session.execute(sa.delete(HealthMetric))
        await session.execute(sa.delete(HealthDaily))
        await session.execute(sa.delete(HealthCount))


async def rollup(installation: Installation) -> list[tuple[Any, ...]]:
    async with installation.database.read() as session:
        rows = await session.scalars(sa.select(HealthDaily).order_by(HealthDaily.metric_type, HealthDaily.day))
        return [(r.metric_type, r.day, r.minimum, pytest.approx(r.mean), r.maximum, r.n, r.last) for r in rows]


async def checked(installation: Installation) -> list[tuple[Any, ...]]:
    async with installation.database.read() as session:
        rows = await session.execute(sa.select(Coverage.endpoint, Coverage.day, Coverage.checked_at, Coverage.attempts))
        return sorted(tuple(row) for row in rows)


async def test_everything_read_again_is_what_the_sync_wrote(installation: Installation, simulator: Simulator) -> None:
    await installation.sync("health")
    simulator.advance(2)
    await installation.sync("health")
    before, summed = await installation.content(), await rollup(installation)
    written, ledger = await stamps(installation.database), await checked(installation)
    simulator.reset_stats()

    job = await read_again(installation)
    assert (job.status, job.error_message) == ("completed", None)
    assert await installation.content() == before
    assert await stamps(installation.database) == written

    await forget(installation)
    job = await read_again(installation)
    assert job.status == "completed"
    assert await installation.content() == before
    assert await rollup(installation) == summed
    assert await checked(installation) == ledger
    assert simulator.stats()["requests"]["total"] == 0

    async with installation.database.write() as session:
        await health.rebuild_rollup(session, installation.account.id)
    assert await rollup(installation) == summed


async def test_only_the_days_and_metrics_asked_for_are_read(synced: Installation) -> None:
    before = await synced.content()
    await forget(synced)
    since, until = TODAY - timedelta(days=4), TODAY - timedelta(days=2)
    await read_again(synced, metrics=["sleep_score"], since=str(since), until=str(until))
    daily = (await synced.content())["daily"]
    expected = [row for row in before["daily"] if row[0] == "sleep_score" and since <= row[1] <= until]
    assert expected
    assert [row for row in daily if row[0] == "sleep_score"] == expected
    assert not [row for row in daily if row[0] == "steps_total"]


async def test_what_waits_for_another_try_still_waits(synced: Installation) -> None:
    async with synced.database.write() as session:
        await session.execute(sa.update(Coverage).where(Coverage.endpoint == "sleep").values(status="stale"))
        await session.execute(
            sa.update(Coverage).where(Coverage.endpoint == "stress").values(status="failed", reason="gone", attempts=2)
        )
    before = await synced.content()
    await forget(synced)
    await read_again(synced)
    assert await synced.content() == before


async def test_the_newest_answer_holds_for_each_day(installation: Installation) -> None:
    """A wide answer and a narrow one, in either order: what came last wins, also where it was not kept."""
    await installation.sync("health")
    before = await installation.content()
    async with installation.database.write() as session:
        wide = (await session.scalars(sa.select(RawResponse).where(RawResponse.endpoint == "weight"))).first()
        assert wide is not None
        owner, first, last = wide.garmin_connect_account_id, wide.first_day, wide.last_day
        assert first < last
        older = RawResponse(
            garmin_connect_account_id=owner,
            endpoint="weight",
            first_day=first - timedelta(days=1),
            last_day=last,
            fetched_at=wide.fetched_at - timedelta(days=1),
            body=b"not even compressed",
            sha256=bytes(32),
            size_bytes=19,
        )
        session.add(older)
    job = await read_again(installation, since=str(first))
    assert job.error_message is None
    assert await installation.content() == before

    without = Config.load(installation.paths, {}, {"GARMINSYNC_KEEP_RAW": "false"})
    installation.config = Config(installation.paths, {**installation.config.values, **_only(without)})
    await installation.sync("health", full=True, since=str(first), metrics=["weight"])
    async with installation.database.write() as session:
        await session.execute(sa.delete(HealthMetric).where(HealthMetric.metric_type == "weight"))
    await read_again(installation, metrics=["weight"], since=str(first))
    assert not [row for row in (await installation.content())["health"] if row[0] == "weight"]


def _only(config: Config) -> dict[str, Any]:
    return {"health.keep_raw": config.values["health.keep_raw"]}


@SQLITE
async def test_nothing_is_kept_where_that_is_not_wanted(installation: Installation) -> None:
    installation.config = Config(
        installation.paths,
        {
            **installation.config.values,
            **_only(Config.load(installation.paths, {}, {"GARMINSYNC_KEEP_RAW": "false"})),
        },
    )
    await installation.sync("health")
    async with installation.database.read() as session:
        assert (await session.scalars(sa.select(RawResponse))).all() == []
    before = await installation.content()
    assert (await read_again(installation)).status == "completed"
    assert await installation.content() == before


@pytest.mark.parametrize("body", [b"no zlib", b"x\x9c+\xae,.I\xcd\x05\x00\x08\x9f\x02\x83"])
async def test_a_body_that_cannot_be_read_fails_alone(synced: Installation, body: bytes) -> None:
    before = await synced.content()
    async with synced.database.write() as session:
        broken = sa.update(RawResponse).where(RawResponse.endpoint == "sleep", RawResponse.first_day == TODAY)
        await session.execute(broken.values(body=body, size_bytes=len(body)))
        await session.execute(sa.delete(HealthMetric).where(HealthMetric.metric_type != "sleep"))
    job = await read_again(synced)
    assert (job.status, (job.extra or {})["error_code"]) == ("failed", "partly")
    assert (job.extra or {})["failures"] == [f"sleep {TODAY}: The stored answer is damaged."]
    gone = {row[:2] for row in before["health"]} - {row[:2] for row in (await synced.content())["health"]}
    assert {timestamp.date() for _, timestamp in gone} <= {TODAY, TODAY - timedelta(days=1)}


async def test_interrupted_anywhere_it_goes_on_where_it_stopped(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    await installation.sync("health")
    before = await installation.content()
    await forget(installation)
    monkeypatch.setattr(reparsing, "PAGE", 3)
    queue, account = Queue(installation.database), installation.account
    job_id = await queue.enqueue(account.user_id, "reparse", account_id=account.id)
    assert job_id
    read: list[int] = []

    async def dies(run: JobRun) -> None:
        breathe, pages = run.breathe, 0

        async def breath(requests: int = 0) -> None:
            nonlocal pages
            pages += 1
            if pages == 3:
                raise LeaseLost()
            read.append(1)
            await breathe(requests)

        monkeypatch.setattr(run, "breathe", breath)
        await reparse(run)

    for _ in range(3):
        runner = Runner(installation.database, {"reparse": dies}, kind="command", run_dir=installation.paths.run)
        await runner.run_until_idle()
        async with installation.database.write() as session:
            await session.execute(sa.update(SyncJob).values(status="pending", owner=None, lease_until=None))
    assert (await queue.get(job_id)).checkpoint
    partly = await installation.content()
    assert 0 < len(partly["health"]) < len(before["health"])
    await Runner(
        installation.database, work(installation.config), kind="command", run_dir=installation.paths.run
    ).run_until_idle()
    assert (await queue.get(job_id)).status == "completed"
    assert await installation.content() == before


async def test_the_answers_go_with_their_account(synced: Installation) -> None:
    await delete_accounts(synced.database, [synced.account.id], synced.paths)
    async with synced.database.read() as session:
        assert (await session.scalars(sa.select(RawResponse))).all() == []
