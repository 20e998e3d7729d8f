"""An installation that is linked to a simulator, and what it holds as plain values."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from garminsync_tui.config import Config
from garminsync_tui.garmin import sign_in
from garminsync_tui.jobs.queue import Queue
from garminsync_tui.jobs.runner import Runner
from garminsync_tui.models import (
    Activity,
    GarminConnectAccount,
    HealthMetric,
    SyncJob,
)
from garminsync_tui.paths import Paths
from garminsync_tui.simulator import Simulator
from garminsync_tui.store.database import Database
from garminsync_tui.sync.linking import Linking
from garminsync_tui.sync.work import JOB_TYPE, work

from ..synced import content

DAYS = 8
NOW = datetime(2026, 11, 3, 20, 0, tzinfo=UTC)


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(days=DAYS, now=NOW) as running:
        yield running


@dataclass
class Installation:
    """One home on one database."""

    paths: Paths
    database: Database
    config: Config
    account: GarminConnectAccount

    async def sync(self, *kinds: str, **parameters: Any) -> list[SyncJob]:
        """Run jobs to their end, as `garminsync sync` does; the jobs as they ended."""
        parameters.setdefault("since", (NOW.date() - timedelta(days=DAYS - 1)).isoformat())
        return await self.plain_sync(*kinds, **parameters)

    async def plain_sync(self, *kinds: str, scheduled: bool = False, **parameters: Any) -> list[SyncJob]:
        """The same without a beginning that was asked for; `scheduled`: as a turn of the schedule, not a person."""
        queue = Queue(self.database)
        asked: dict[str, Any] = {"priority": 10}
        if scheduled:
            await queue.ensure_schedules(self.account.id, list(JOB_TYPE.values()), 3600)
            schedule = next(each for each in await queue.schedules() if each.job_type == "health_metrics_sync")
            asked = {"schedule": (schedule.id, str(uuid4()))}
        ids = [
            await queue.enqueue(
                self.account.user_id,
                JOB_TYPE[kind],
                account_id=self.account.id,
                parameters=parameters if kind == "health" else {k: v for k, v in parameters.items() if k == "full"},
                **asked,
            )
            for kind in kinds or ("activities", "health")
        ]
        await Runner(self.database, work(self.config), kind="command", run_dir=self.paths.run).run_until_idle()
        return [await queue.get(id_) for id_ in ids if id_]

    async def content(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything synced, without ids and times of writing."""
        return await content(self.database)

    async def files(self) -> dict[str, str]:
        """Relative path → sha256 of every stored original; asserts that each is what its row says."""
        async with self.database.read() as session:
            rows = list(await session.scalars(sa.select(Activity)))
        found = {}
        for row in rows:
            digest = hashlib.sha256((self.paths.files / row.file_path).read_bytes()).digest()
            assert digest == row.sha256, row.file_path
            found[row.file_path.split("/", 1)[1]] = digest.hex()
        return found


async def stamps(database: Database) -> dict[str, datetime]:
    """When each row of the entities was last written."""
    async with database.read() as session:
        return {
            str(id_): synced_at
            for table in (Activity, HealthMetric)
            for id_, synced_at in await session.execute(sa.select(table.id, table.synced_at))
        }


async def install(home: Path, url: str, simulator: Simulator) -> Installation:
    paths = Paths.below(home)
    paths.prepare()
    config = Config.load(paths, {}, {"GARMINSYNC_DATABASE": url})
    database = await Database.open(url)
    account = await Linking(database, paths, simulator.url).start("athlete@example.com", "simulator")
    assert not isinstance(account, sign_in.CodeNeeded)
    simulator.reset_stats()
    return Installation(paths, database, config, account)


@pytest.fixture
async def installation(database_url: str, tmp_path: Path, simulator: Simulator) -> AsyncIterator[Installation]:
    found = await install(tmp_path / "home", database_url, simulator)
    yield found
    await found.database.close()


def day(text: str) -> date:
    return date.fromisoformat(text)
