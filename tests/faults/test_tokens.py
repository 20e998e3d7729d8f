"""Tokens that end, are refused, are lost on the way, or look as if they had ended: one refresh, or a sign-in."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa
import time_machine

from garminsync_tui.garmin.sign_in import CodeNeeded
from garminsync_tui.jobs.queue import Queue
from garminsync_tui.models import CalendarDay, GarminConnectAccount
from garminsync_tui.simulator import Simulator, sign_in
from garminsync_tui.store.database import Database
from garminsync_tui.sync.linking import Linking
from garminsync_tui.sync.session import open_client
from garminsync_tui.sync.work import JOB_TYPE

from ..sync.conftest import NOW, Installation, install
from .conftest import (
    DAYS,
    DONE,
    LOCKED_OUT,
    Undisturbed,
    ends,
    go_on,
    is_as_if_nothing_had_happened,
    recover,
    sign_in_is_needed,
    sync,
)

TOKEN = "/di-oauth2-service/oauth/token"
PROFILE = "/userprofile-service/socialProfile"


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """One whose tokens may end: the others share theirs."""
    with Simulator(days=DAYS, now=NOW) as running:
        yield running


@pytest.fixture
async def own(database_url: str, tmp_path: Path, simulator: Simulator) -> AsyncIterator[Installation]:
    """A home with tokens of its own."""
    found = await install(tmp_path / "home", database_url, simulator)
    simulator.reset_stats()
    yield found
    await found.database.close()


sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def asked(simulator: Simulator, path: str) -> int:
    found: int = simulator.stats()["requests"]["by_path"].get(path, 0)
    return found


async def link_again(here: Installation, simulator: Simulator) -> None:
    await Linking(here.database, here.paths, simulator.url).start("athlete@example.com", "simulator")


# ── Refused ──────────────────────────────────────────────────────────────────────────────────────


async def test_five_calls_at_once_make_one_refresh(own: Installation, simulator: Simulator) -> None:
    simulator.expire_tokens()
    async with await open_client(own.database, own.paths, own.account) as client:
        found = await asyncio.gather(*(client.get(PROFILE) for _ in range(5)))
    assert len({profile["displayName"] for profile in found}) == 1
    assert asked(simulator, TOKEN) == 1


@sqlite
async def test_two_processes_at_once_make_one_refresh(own: Installation, simulator: Simulator) -> None:
    """Two clients of one database know nothing of each other."""
    simulator.expire_tokens()
    async with (
        await Database.open(own.database.url.render_as_string()) as elsewhere,
        await open_client(own.database, own.paths, own.account) as one,
        await open_client(elsewhere, own.paths, own.account) as other,
    ):
        await asyncio.gather(one.get(PROFILE), other.get(PROFILE))
    assert asked(simulator, TOKEN) == 1


@sqlite
async def test_a_401_in_the_middle_is_answered_by_a_refresh_and_the_same_request(
    own: Installation, simulator: Simulator, undisturbed: Undisturbed
) -> None:
    path = f"/download-service/files/activity/{simulator.activity_ids()[1]}"
    simulator.add_faults([{"path": path, "status": 401, "count": 1}])
    assert ends(await sync(own)) == [DONE, DONE]
    assert (asked(simulator, TOKEN), asked(simulator, path)) == (1, 2)
    await is_as_if_nothing_had_happened(own, undisturbed)


@sqlite
async def test_a_second_401_asks_for_a_sign_in_and_after_it_everything_comes(
    own: Installation, simulator: Simulator, undisturbed: Undisturbed
) -> None:
    path = f"/download-service/files/activity/{simulator.activity_ids()[1]}"
    simulator.add_faults([{"path": path, "status": 401}])
    assert ends(await own.plain_sync("activities")) == [LOCKED_OUT]
    assert await sign_in_is_needed(own)
    assert (asked(simulator, TOKEN), asked(simulator, path)) == (1, 2)
    simulator.reset_stats()
    assert ends(await sync(own)) == [LOCKED_OUT, LOCKED_OUT]
    assert simulator.stats()["requests"]["total"] == 0, "nobody knocks at a closed door"

    simulator.clear_faults()
    await link_again(own, simulator)
    await recover(own, simulator)
    await is_as_if_nothing_had_happened(own, undisturbed)


# ── Lost on the way ──────────────────────────────────────────────────────────────────────────────

#: Dies with new tokens in its hand and the old refresh token used up.
DIES = """
import asyncio, os, signal, sys
from pathlib import Path
from garminsync_tui.store import accounts
from tests.faults.runner import main

async def die(database, vault, account_id, owner, tokens):
    assert tokens is not None
    os.kill(os.getpid(), signal.SIGKILL)

accounts.save_refreshed_tokens = die
asyncio.run(main(Path(sys.argv[1])))
"""


@sqlite
async def test_killed_between_refresh_and_commit_it_asks_for_a_sign_in_once(
    own: Installation, database_url: str, simulator: Simulator, undisturbed: Undisturbed
) -> None:
    queue = Queue(own.database)
    simulator.expire_tokens()
    job_id = await queue.enqueue(own.account.user_id, JOB_TYPE["activities"], account_id=own.account.id)
    killed = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", DIES, str(own.paths.database.parent)],
        env={**os.environ, "GARMINSYNC_DATABASE": database_url},
        stdout=subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
        timeout=60,
    )
    assert killed.returncode == -signal.SIGKILL
    async with own.database.write() as session:  # its lease on the refresh runs out
        long_ago = NOW - timedelta(days=800)
        await session.execute(sa.update(GarminConnectAccount).values(refresh_lease_until=long_ago))

    assert job_id is not None
    simulator.reset_stats()
    await go_on(own)
    assert ends([await queue.get(job_id)]) == [LOCKED_OUT]
    assert await sign_in_is_needed(own)
    assert (asked(simulator, TOKEN), simulator.stats()["requests"]["total"]) == (1, 2)
    await go_on(own)
    assert simulator.stats()["requests"]["total"] == 2, "no loop"

    await link_again(own, simulator)
    await recover(own, simulator)
    await is_as_if_nothing_had_happened(own, undisturbed)


# ── A code that nobody can type ──────────────────────────────────────────────────────────────────


@sqlite
async def test_a_daemon_never_signs_in_where_a_code_is_asked_for(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Simulator(days=1, now=NOW, mfa_code="123456") as simulator:
        start = Linking.start

        async def with_code(self: Linking, email: str, password: str) -> GarminConnectAccount | CodeNeeded:
            outcome = await start(self, email, password)
            return await self.finish("123456") if isinstance(outcome, CodeNeeded) else outcome

        monkeypatch.setattr(Linking, "start", with_code)
        here = await install(tmp_path / "home", database_url, simulator)
        try:
            simulator.expire_tokens()
            simulator.add_faults([{"path": TOKEN, "status": 400, "body": '{"error": "invalid_grant"}'}])
            simulator.reset_stats()
            queue = Queue(here.database)
            job_id = await queue.enqueue(here.account.user_id, JOB_TYPE["activities"], account_id=here.account.id)
            await go_on(here)
            assert job_id is not None
            assert ends([await queue.get(job_id)]) == [LOCKED_OUT]
            assert not [path for path in simulator.stats()["requests"]["by_path"] if "sso" in path or "login" in path]
        finally:
            await here.database.close()


# ── Clocks ───────────────────────────────────────────────────────────────────────────────────────


#: Garmin on another machine, as far as clocks are concerned.
ELSEWHERE = """
import sys
from garminsync_tui.simulator import Simulator
from tests.sync.conftest import NOW
with Simulator(days=int(sys.argv[1]), now=NOW, token_lifetime_s=3600) as simulator:
    print(simulator.url, flush=True)
    sys.stdin.read()
"""


@dataclass
class Elsewhere:
    """A simulator in a process of its own."""

    url: str

    def reset_stats(self) -> None:
        httpx2.delete(f"{self.url}/simulator/stats")

    def stats(self) -> dict[str, Any]:
        found: dict[str, Any] = httpx2.get(f"{self.url}/simulator/stats").json()
        return found


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    with subprocess.Popen(
        [sys.executable, "-c", ELSEWHERE, str(DAYS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as process:
        assert process.stdout is not None
        yield Elsewhere(process.stdout.readline().strip())
        process.communicate()


@sqlite
@pytest.mark.parametrize("days", [1, -1], ids=["a day ahead", "a day behind"])
async def test_a_clock_that_is_wrong_makes_no_storm_of_refreshes(
    days: int, database_url: str, tmp_path: Path, elsewhere: Elsewhere, undisturbed: Undisturbed
) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(days=days), tick=True):
        here = await install(tmp_path / "home", database_url, elsewhere)  # type: ignore[arg-type]
        try:
            elsewhere.reset_stats()
            assert ends(await sync(here)) == [DONE, DONE]
            assert elsewhere.stats()["requests"]["by_path"].get(TOKEN, 0) <= 1
            content = await here.content()
            # Which days there are goes by the clock that is wrong, and what they hold does not.
            assert content | {"days": []} == undisturbed.content | {"days": []}
        finally:
            await here.database.close()


@sqlite
async def test_a_sign_in_by_a_clock_that_is_ahead_can_be_renewed(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library must not use up the refresh token that is about to be stored."""
    monkeypatch.setattr(sign_in, "time", SimpleNamespace(time=lambda: time.time() - 86_400))
    with Simulator(days=1, now=NOW, token_lifetime_s=3600) as simulator:
        here = await install(tmp_path / "home", database_url, simulator)
        try:
            simulator.expire_tokens()
            async with await open_client(here.database, here.paths, here.account) as client:
                assert (await client.get(PROFILE))["displayName"]
        finally:
            await here.database.close()


@sqlite
async def test_a_clock_that_jumps_back_a_day_loses_nothing(
    own: Installation, simulator: Simulator, undisturbed: Undisturbed
) -> None:
    file = f"/files/activity/{simulator.activity_ids()[1]}$"
    simulator.add_faults([{"path": file, "status": 500}])
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=20), tick=True):
        await sync(own)
    await recover(own, simulator)
    async with own.database.write() as session:  # the days of a future that did not come
        await session.execute(sa.delete(CalendarDay).where(CalendarDay.day > datetime.now(UTC).date()))
    await is_as_if_nothing_had_happened(own, undisturbed)
