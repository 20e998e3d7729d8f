"""An installation that takes in what it is given by one door after the other, and what it holds then."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from garminsync_tui.config import Config
from garminsync_tui.garmin import sign_in
from garminsync_tui.jobs.queue import Queue
from garminsync_tui.jobs.runner import Runner
from garminsync_tui.models import Activity, Coverage, GarminConnectAccount, SyncJob
from garminsync_tui.paths import Paths
from garminsync_tui.simulator import Simulator
from garminsync_tui.store import accounts
from garminsync_tui.store.database import Database
from garminsync_tui.sync.linking import Linking
from garminsync_tui.sync.work import JOB_TYPE, work

from ..synced import content

NOW = datetime(2026, 11, 3, 20, 0, tzinfo=UTC)
DAYS = 6
FIRST = NOW.date() - timedelta(days=DAYS - 1)

Content = dict[str, list[tuple[Any, ...]]]


@dataclass
class Doors:
    """One home on one database."""

    paths: Paths
    database: Database
    config: Config

    async def link(self, simulator: Simulator) -> GarminConnectAccount:
        """Sign in, as `garminsync login` does."""
        account = await Linking(self.database, self.paths, simulator.url).start(simulator.email, simulator.password)
        assert not isinstance(account, sign_in.CodeNeeded)
        return account

    async def sync(self, simulator: Simulator, *kinds: str) -> Counter[str]:
        """Activities and health since the first day; how often each path was asked for."""
        account = await self.active()
        simulator.reset_stats()
        queue = Queue(self.database)
        jobs = []
        for kind in kinds or ("activities", "health"):
            jobs.append(
                await queue.enqueue(
                    account.user_id,
                    JOB_TYPE[kind],
                    account_id=account.id,
                    parameters={"since": FIRST.isoformat()} if kind == "health" else {},
                    priority=10,
                )
            )
        await self.work()
        for job_id in jobs:
            assert job_id is not None
            job = await queue.get(job_id)
            assert job.status == "completed", job.error_message
        return Counter(simulator.stats()["requests"]["by_path"])

    async def bring_in(self, *paths: Path, **parameters: Any) -> SyncJob:
        """Import, as `garminsync import` does; the job as it ended."""
        user = await accounts.ensure_user(self.database)
        queue = Queue(self.database)
        job_id = await queue.enqueue(
            user.id, "file_import", parameters={"paths": [str(path) for path in paths], **parameters}, priority=10
        )
        await self.work()
        assert job_id is not None
        return await queue.get(job_id)

    async def work(self) -> None:
        """Run all jobs that wait."""
        await Runner(self.database, work(self.config), kind="command", run_dir=self.paths.run).run_until_idle()

    async def jobs(self) -> list[SyncJob]:
        """Every job, oldest first."""
        async with self.database.read() as session:
            return list(await session.scalars(sa.select(SyncJob).order_by(SyncJob.created_at)))

    async def active(self) -> GarminConnectAccount:
        """The linked account."""
        return next(each for each in await self.accounts() if each.active)

    async def accounts(self) -> list[GarminConnectAccount]:
        """Every account there is."""
        async with self.database.read() as session:
            return list(await session.scalars(sa.select(GarminConnectAccount)))

    async def content(self) -> Content:
        """Everything that came in, of all accounts together."""
        return await content(self.database)

    async def activities(self) -> list[Activity]:
        """Every activity."""
        async with self.database.read() as session:
            return list(await session.scalars(sa.select(Activity).order_by(Activity.start_time, Activity.id)))

    async def sources(self) -> dict[tuple[str, date], tuple[str, str]]:
        """The ledger of health: what became of each endpoint's day, and where it came from."""
        async with self.database.read() as session:
            rows = await session.scalars(sa.select(Coverage).where(Coverage.item == ""))
            return {(row.endpoint, row.day): (row.status, row.source) for row in rows}


async def doors(folder: Path, url: str) -> Doors:
    """A home of its own in a folder that is not there yet, on an empty database."""
    paths = Paths.below(folder)
    paths.prepare()
    return Doors(paths, await Database.open(url), Config.load(paths, {}, {"GARMINSYNC_DATABASE": url}))


def on_sqlite(template: Path, folder: Path) -> str:
    """The URL of an empty database in a home; the home's folders are made."""
    paths = Paths.below(folder)
    paths.prepare()
    shutil.copy(template, paths.database)
    return f"sqlite:///{paths.database}"


def counts(job: SyncJob) -> dict[str, int]:
    """Files by what became of them."""
    result = (job.extra or {})["result"]
    return {word: result[word] for word in ("imported", "known", "skipped", "failed")}


def reasons(job: SyncJob, outcome: str) -> dict[str, str]:
    """Why, by the last part of the names."""
    groups = (job.extra or {})["result"]["reasons"]
    return {
        name.rpartition("› ")[2].rpartition("/")[2]: group["reason"]
        for group in groups
        if group["outcome"] == outcome
        for name in group["names"]
    }


def asked(requests: Counter[str], part: str) -> int:
    """How many requests went to paths with this in them."""
    return sum(number for path, number in requests.items() if part in path)
