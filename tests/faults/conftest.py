"""A linked home that never synced, what a sync without any trouble makes of it, and the way back after some."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import stamina

from garminsync_tui.config import Config
from garminsync_tui.jobs.queue import Queue
from garminsync_tui.jobs.runner import Runner
from garminsync_tui.models import Coverage, GarminConnectAccount, RequestBudget, SyncJob
from garminsync_tui.paths import Paths
from garminsync_tui.simulator import Simulator
from garminsync_tui.store import accounts
from garminsync_tui.store.database import Database
from garminsync_tui.sync.work import work

from ..sync.conftest import NOW, Installation, install

DAYS = 3
METRICS = ["steps_total", "sleep"]
DAY, BEFORE = NOW.date().isoformat(), (NOW.date() - timedelta(days=1)).isoformat()
PAST = NOW - timedelta(days=800)

End = tuple[str, str | None]
DONE: End = ("completed", None)
PARTLY: End = ("failed", "partly")
WAITS: End = ("pending", "unavailable")
LIMITED: End = ("pending", "rate_limited")
UNEXPECTED: End = ("failed", "unexpected_answer")
LOCKED_OUT: End = ("failed", "sign_in_required")


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3):
        yield


@pytest.fixture(scope="session")
def server() -> Iterator[Simulator]:
    with Simulator(days=DAYS, now=NOW) as running:
        yield running


@pytest.fixture
def simulator(server: Simulator) -> Iterator[Simulator]:
    """The same for all; its tokens are not to be renewed by who only has a copy of them."""
    server.clear_faults()
    server.reset_stats()
    yield server
    server.clear_faults()


@dataclass
class Undisturbed:
    """What a sync without any trouble leaves, and a home that is linked and has not synced yet."""

    home: Path
    account: GarminConnectAccount
    content: dict[str, list[tuple[Any, ...]]]
    files: dict[str, str]


@pytest.fixture(scope="session")
def undisturbed(server: Simulator, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    home = tmp_path_factory.mktemp("undisturbed") / "home"

    async def run() -> Undisturbed:
        linked = await install(home, _empty(home, sqlite_template), server)
        await linked.database.close()
        shutil.copytree(home, home.with_name("linked"))
        here = await opened(home, linked.account)
        assert ends(await sync(here)) == [DONE, DONE]
        found = Undisturbed(home.with_name("linked"), linked.account, await here.content(), await here.files())
        await here.database.close()
        return found

    return asyncio.run(run())


def _empty(home: Path, template: Path) -> str:
    paths = Paths.below(home)
    paths.prepare()
    shutil.copy(template, paths.database)
    return f"sqlite:///{paths.database}"


async def opened(home: Path, account: GarminConnectAccount) -> Installation:
    paths = Paths.below(home)
    url = f"sqlite:///{paths.database}"
    config = Config.load(paths, {}, {"GARMINSYNC_DATABASE": url})
    return Installation(paths, await Database.open(url), config, account)


@pytest.fixture
async def here(undisturbed: Undisturbed, simulator: Simulator, tmp_path: Path) -> AsyncIterator[Installation]:
    """A linked home on SQLite, without the cost of a sign-in."""
    shutil.copytree(undisturbed.home, tmp_path / "home")
    found = await opened(tmp_path / "home", undisturbed.account)
    yield found
    await found.database.close()


async def sync(here: Installation, **asked: Any) -> list[SyncJob]:
    """All activities, and some health of two days."""
    return await here.plain_sync("activities", "health", since=BEFORE, until=DAY, metrics=METRICS, **asked)


def ends(jobs: list[SyncJob]) -> list[End]:
    return [(job.status, (job.extra or {}).get("error_code")) for job in jobs]


async def time_passes(here: Installation) -> None:
    """What waits for its time has waited."""
    async with here.database.write() as session:
        await session.execute(sa.delete(RequestBudget))
        await session.execute(sa.update(SyncJob).where(SyncJob.status == "pending").values(run_at=PAST))
        await session.execute(sa.update(Coverage).where(Coverage.next_try_at.is_not(None)).values(next_try_at=PAST))


async def go_on(here: Installation) -> None:
    """As a daemon does: whatever waits and is due."""
    await Runner(here.database, work(here.config), kind="daemon", run_dir=here.paths.run).run_until_idle()


async def recover(here: Installation, simulator: Simulator) -> None:
    """The trouble is over: what waits goes on by itself, and a turn of the schedule brings what failed."""
    simulator.clear_faults()
    await time_passes(here)
    await go_on(here)
    assert ends(await sync(here)) == [DONE, DONE]


async def is_as_if_nothing_had_happened(here: Installation, undisturbed: Undisturbed) -> None:
    assert await here.content() == undisturbed.content
    assert await here.files() == undisturbed.files
    assert not any((here.paths.files / "tmp").iterdir())
    queue = Queue(here.database)
    job_id = await queue.enqueue(here.account.user_id, "verify", parameters={"read_data": True}, priority=10)
    await go_on(here)
    assert job_id is not None
    job = await queue.get(job_id)
    assert ends([job]) == [DONE], job.extra
    assert (job.extra or {})["result"]["read"] == len(undisturbed.files)


async def sign_in_is_needed(here: Installation) -> bool:
    return (await accounts.get(here.database, here.account.id)).sign_in_needed_since is not None
