"""Waiting for Garmin is no reason not to hear: a job is cancelled, or handed back, while it waits for its turn."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from garminsync_tui.jobs.queue import Queue
from garminsync_tui.jobs.runner import Runner
from garminsync_tui.models import RequestBudget
from garminsync_tui.simulator import Simulator
from garminsync_tui.store.budget import Pace, Rate
from garminsync_tui.store.database import Database
from garminsync_tui.sync import session
from garminsync_tui.sync.work import work

from .conftest import Installation
from .test_held_off import daemon
from .test_pace import PROFILE, TOKEN, ask, expire


async def held_by_the_rate(installation: Installation) -> None:
    """The next turn is half a minute away."""
    await Pace(installation.database, installation.account.server, Rate(1 / 29, 1)).charge(1)


async def held_by_the_gate(installation: Installation) -> None:
    """Another process tries whether it is open."""
    moment = datetime.now(UTC)
    async with installation.database.write() as writing:
        scope = f"data {installation.account.server}"
        trial = {"blocks": 1, "trial_until": moment + timedelta(seconds=80)}
        writing.add(RequestBudget(scope=scope, tokens=1, rate_per_s=0, counted_at=moment, **trial))


async def state(queue: Queue, status: str) -> None:
    while not await queue.list(status=status):
        await asyncio.sleep(0.1)


@pytest.mark.parametrize("hold", [held_by_the_rate, held_by_the_gate])
async def test_a_job_that_waits_for_its_turn_is_cancelled_within_two_seconds(
    installation: Installation,
    database_url: str,
    simulator: Simulator,
    monkeypatch: pytest.MonkeyPatch,
    hold: object,
) -> None:
    monkeypatch.setattr(session, "rate_for", lambda *_: Rate(1 / 29, 1))
    waits = asyncio.Event()

    async def sleep(seconds: float) -> None:
        waits.set()
        await asyncio.sleep(seconds)

    monkeypatch.setattr(Pace.__init__, "__kwdefaults__", {**Pace.__init__.__kwdefaults__, "sleep": sleep})
    await hold(installation)  # type: ignore[operator]
    queue = Queue(installation.database)
    account = installation.account
    job_id = await queue.enqueue(account.user_id, "activity_sync", account_id=account.id)
    assert job_id is not None
    runner = Runner(installation.database, work(installation.config), kind="command", run_dir=installation.paths.run)
    await runner.start()
    async with asyncio.timeout(30):
        await waits.wait()
    async with await Database.open(database_url) as elsewhere, asyncio.timeout(2):
        await Queue(elsewhere).cancel(job_id)
        await state(queue, "failed")
    assert (await queue.get(job_id)).error_message == "Cancelled."

    waits.clear()
    again = await queue.enqueue(account.user_id, "activity_sync", account_id=account.id)
    assert again is not None
    async with asyncio.timeout(30):
        await waits.wait()
    async with asyncio.timeout(5):
        await runner.stop()
    job = await queue.get(again)
    assert (job.status, job.owner, job.crash_count) == ("pending", None, 0)
    assert simulator.stats()["requests"]["total"] == 0


async def test_a_refresh_that_began_is_stored_though_its_job_is_cancelled(
    installation: Installation, simulator: Simulator
) -> None:
    """Garmin accepts a refresh token once: an answer that nobody keeps would cost a sign-in."""
    await expire(installation)
    simulator.add_faults([{"path": TOKEN, "delay_s": 1.0, "count": 1}])
    queue, account = Queue(installation.database), installation.account
    job_id = await queue.enqueue(account.user_id, "activity_sync", account_id=account.id)
    assert job_id is not None
    runner = Runner(installation.database, work(installation.config), kind="command", run_dir=installation.paths.run)
    await runner.start()
    while not simulator.stats()["requests"]["total"]:
        await asyncio.sleep(0.1)
    await queue.cancel(job_id)
    async with asyncio.timeout(30):
        await state(queue, "failed")
    await runner.stop()
    assert (await queue.get(job_id)).error_message == "Cancelled."
    await ask(installation)
    assert simulator.stats()["requests"]["by_path"] == {TOKEN: 1, PROFILE: 1}


async def test_sigterm_hands_the_lease_back_and_ends_the_process_within_ten_seconds(
    installation: Installation, database_url: str, simulator: Simulator
) -> None:
    """Also where it waits for a token, as the library that asks for it cannot be interrupted."""
    await expire(installation)
    simulator.add_faults([{"path": "/", "delay_s": 60}])
    async with daemon(installation, database_url) as process:
        while not simulator.stats()["requests"]["total"]:
            await asyncio.sleep(0.1)
        process.terminate()
        assert await asyncio.to_thread(process.wait, 20) == 0  # a busy machine takes its time beside the ten
    queue = Queue(installation.database)
    jobs = await queue.list()
    assert {(job.status, job.owner, job.crash_count) for job in jobs} == {("pending", None, 0)}
    assert await queue.runners() == []
