"""A wait that Garmin asked for is kept by a process that is killed, and by the one that is started after it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import time_machine

from garminsync_tui.errors import RateLimited
from garminsync_tui.jobs.queue import Queue
from garminsync_tui.jobs.words import error_code
from garminsync_tui.models import SyncJob
from garminsync_tui.simulator import Simulator
from garminsync_tui.store.budget import wait
from garminsync_tui.sync.session import open_client
from garminsync_tui.sync.work import JOB_TYPE
from garminsync_tui.units import local_time

from .conftest import Installation

HOUR_S = 3600.0
TOO_OFTEN: dict[str, Any] = {"path": "/", "status": 429, "headers": {"retry-after": "3600"}}


@asynccontextmanager
async def daemon(installation: Installation, url: str, ahead_s: float = 0.0) -> AsyncIterator[subprocess.Popen[bytes]]:
    """A daemon whose clock may be ahead; it is killed at the end of the block."""
    process = subprocess.Popen(
        _command(installation, "-m", "tests.sync.clocked", str(ahead_s), "daemon"),
        cwd=Path(__file__).parents[2],
        env={**os.environ, "GARMINSYNC_DATABASE": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def program(installation: Installation, url: str, *arguments: str) -> str:
    """What a command prints."""
    command = _command(installation, "-m", "garminsync_tui", *arguments)
    environment = {**os.environ, "GARMINSYNC_DATABASE": url}
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


def _command(installation: Installation, *arguments: str) -> list[str]:
    return [sys.executable, *arguments, "--home", str(installation.paths.database.parent)]


async def waiting(queue: Queue, fences: dict[Any, int]) -> list[SyncJob]:
    """The jobs of a sync once each was tried (again) and wait as Garmin wants it."""
    async with asyncio.timeout(60):
        while True:
            jobs = list(await queue.list(status="pending"))
            tried = [job for job in jobs if error_code(job) == RateLimited.code and job.fence > fences.get(job.id, 0)]
            # A turn of the schedule may have come in between, and be one more of its kind.
            if {job.job_type for job in tried} == set(JOB_TYPE.values()):
                return tried
            await asyncio.sleep(0.25)


def requests(simulator: Simulator) -> int:
    total: int = simulator.stats()["requests"]["total"]
    return total


async def test_no_request_in_the_hour_that_garmin_wants_whoever_is_killed_and_started(
    installation: Installation, database_url: str, simulator: Simulator
) -> None:
    queue, server = Queue(installation.database), installation.account.server
    simulator.add_faults([TOO_OFTEN])
    async with daemon(installation, database_url, 0):
        jobs = await waiting(queue, {})
    assert requests(simulator) == 1, "the jobs after the first were held off by what it was told"
    simulator.clear_faults()

    held = await wait(installation.database, server)
    assert held is not None and not held.blocked
    assert HOUR_S - 300 < (held.until - datetime.now(UTC)).total_seconds() <= HOUR_S
    text = program(installation, database_url, "status")
    assert f"Garmin asked to wait; next try {local_time(held.until)} (in 5" in text
    document = json.loads(program(installation, database_url, "status", "--json"))["garmin"]
    assert abs(datetime.fromisoformat(document["next_try_at"]) - held.until) < timedelta(milliseconds=1)
    assert document["blocked"] is False
    for job in jobs:
        assert abs(job.run_at - held.until) < timedelta(seconds=30)
        assert job.error_message

    async with daemon(installation, database_url, HOUR_S - 600):
        for job in jobs:
            await queue.retry(job.id)  # somebody does not want to wait
        await waiting(queue, {job.id: job.fence for job in jobs})
    assert requests(simulator) == 1
    with time_machine.travel(held.until + timedelta(seconds=1), tick=True):
        async with await open_client(installation.database, installation.paths, installation.account) as client:
            await client.get("/userprofile-service/socialProfile")
    assert requests(simulator) == 2
    assert await wait(installation.database, server) is None
