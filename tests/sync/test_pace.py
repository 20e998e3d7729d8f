"""Everything that reaches Garmin counts: sign-ins and refreshes too, and what Garmin says of the pace is kept."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine

from garminsync_tui.errors import Blocked, RateLimited, SignInBlocked, SignInRefused, UsageProblem
from garminsync_tui.models import GarminConnectAccount, RequestBudget
from garminsync_tui.paths import Paths
from garminsync_tui.simulator import Simulator
from garminsync_tui.store.budget import Rate
from garminsync_tui.store.database import Database
from garminsync_tui.sync import linking, session
from garminsync_tui.sync.linking import Linking
from garminsync_tui.sync.session import open_client, rate_for

from ..doors import garth_client
from .conftest import Installation

TOKEN = "/di-oauth2-service/oauth/token"
PROFILE = "/userprofile-service/socialProfile"
GATE = {"status": 403, "headers": {"content-type": "text/html"}, "body": "<title>Just a moment...</title>"}
TOO_OFTEN = {"status": 429, "headers": {"retry-after": "3600"}}


def requests(simulator: Simulator) -> int:
    total: int = simulator.stats()["requests"]["total"]
    return total


async def rows(database: Database) -> dict[str, RequestBudget]:
    async with database.read() as reading:
        return {row.scope.split()[0]: row for row in await reading.scalars(sa.select(RequestBudget))}


async def expire(installation: Installation) -> None:
    past = datetime.now(UTC) - timedelta(minutes=1)
    async with installation.database.write() as writing:
        await writing.execute(sa.update(GarminConnectAccount).values(token_expires_at=past))


async def ask(installation: Installation) -> object:
    async with await open_client(installation.database, installation.paths, installation.account) as client:
        return await client.get(PROFILE)


async def sign_in(installation: Installation) -> object:
    server = installation.account.server
    return await Linking(installation.database, installation.paths, server).start("athlete@example.com", "simulator")


async def refusal[E: Exception](kind: type[E], doing: object) -> E:
    with pytest.raises(kind) as caught:
        await doing  # type: ignore[misc]
    assert type(caught.value) is kind
    return caught.value


# ── What is charged ──────────────────────────────────────────────────────────────────────────────────


async def test_each_request_of_a_sign_in_is_charged(
    database: Database, paths: Paths, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linking, "rate_for", lambda *_: Rate(1e-9, 3))
    await Linking(database, paths, simulator.url).start("athlete@example.com", "simulator")
    assert requests(simulator) > 3
    assert (await rows(database))["data"].tokens == pytest.approx(3 - requests(simulator), abs=1e-3)


async def test_so_are_those_of_a_key_and_of_a_session_of_garth_s(
    database: Database, paths: Paths, simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await asyncio.to_thread(garth_client, simulator)
    client.dump(str(tmp_path / "garth"))
    monkeypatch.setattr(linking, "rate_for", lambda *_: Rate(1e-9, 3))
    simulator.reset_stats()
    for sent, link in (
        (3, lambda here: here.with_key(simulator.api_key)),
        (7, lambda here: here.with_garth(tmp_path / "garth")),
    ):
        await link(Linking(database, paths, simulator.url))
        assert requests(simulator) == sent
        assert (await rows(database))["data"].tokens == pytest.approx(3 - sent, abs=1e-3)


async def test_a_refresh_is_charged(
    installation: Installation, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "rate_for", lambda *_: Rate(1e-9, 3))
    await expire(installation)
    await ask(installation)
    assert requests(simulator) == 2
    assert (await rows(installation.database))["data"].tokens == pytest.approx(1, abs=1e-3)


def test_garmin_is_asked_once_a_second_at_most() -> None:
    assert rate_for("https://garmin.com", None) == Rate(1, 3)
    assert rate_for("https://garmin.cn", Rate(0.2, 3)) == Rate(0.2, 3)
    with pytest.raises(UsageProblem, match=r"requests_per_second is 1\.01"):
        rate_for("garmin.com", Rate(1.01, 3))
    assert rate_for("http://127.0.0.1:8080", Rate(50, 3)) == Rate(50, 3)
    assert rate_for("http://127.0.0.1:8080", None) is None
    # A key of the official API is asked with more slowly, whatever else is chosen.
    assert rate_for("https://garmin.com", None, "personal_api") == Rate(0.5, 2)
    assert rate_for("https://garmin.cn", Rate(1, 3), "personal_api") == Rate(0.5, 2)
    assert rate_for("https://garmin.com", Rate(0.1, 3), "personal_api") == Rate(0.1, 2)
    assert rate_for("https://garmin.com", None, "garth") == Rate(1, 3)


# ── What is obeyed ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("path", "fault", "kind"), [(PROFILE, TOO_OFTEN, RateLimited), (TOKEN, GATE, Blocked)])
async def test_nobody_asks_for_the_hour_that_garmin_wants(
    installation: Installation,
    simulator: Simulator,
    path: str,
    fault: dict[str, object],
    kind: type[RateLimited],
) -> None:
    """Neither for data nor for a token nor to sign in, and nobody has to sign in for that."""
    simulator.add_faults([{"path": path, **fault}])
    await expire(installation)
    assert (await refusal(kind, ask(installation))).retry_after_s == 3600
    sent = requests(simulator)
    simulator.clear_faults()
    await expire(installation)
    await refusal(kind, ask(installation))
    early = SignInBlocked if kind is Blocked else SignInRefused
    assert "next try is allowed at" in (await refusal(early, sign_in(installation))).message
    assert requests(simulator) == sent
    async with installation.database.read() as reading:
        account = await reading.get_one(GarminConnectAccount, installation.account.id)
    assert (account.active, account.sign_in_needed_since) == (True, None)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=61)):
        await ask(installation)
    assert requests(simulator) > sent


async def test_a_job_before_the_closed_gate_waits_and_says_why(
    installation: Installation, simulator: Simulator
) -> None:
    simulator.add_faults([{"path": "/", **GATE}])
    for _ in range(2):
        (job,) = await installation.sync("health")
        assert (job.status, (job.extra or {})["error_code"], job.attempt) == ("pending", "blocked", 0)
        assert job.error_message == "Garmin's gate (Cloudflare) blocks this network for now."
        assert timedelta(minutes=58) < job.run_at - datetime.now(UTC) < timedelta(minutes=61)
    assert requests(simulator) == 1


async def test_a_gate_that_is_closed_to_sign_ins_is_open_to_data(
    installation: Installation, simulator: Simulator
) -> None:
    simulator.add_faults([{"path": "/mobile|/portal|/sso", **GATE}])
    until = (await refusal(SignInBlocked, sign_in(installation))).message
    sent = requests(simulator)
    assert (await refusal(SignInBlocked, sign_in(installation))).message[-20:] == until[-20:]
    assert requests(simulator) == sent
    await ask(installation)
    simulator.clear_faults()
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=61)):
        assert isinstance(await sign_in(installation), GarminConnectAccount)
    assert "sign-in" not in await rows(installation.database)


@pytest.mark.parametrize(("fault", "kind"), [(TOO_OFTEN, RateLimited), (GATE, Blocked)])
async def test_a_profile_that_is_refused_holds_off_what_follows(
    database: Database, paths: Paths, simulator: Simulator, fault: dict[str, object], kind: type[RateLimited]
) -> None:
    simulator.add_faults([{"path": PROFILE, **fault}])
    linking = Linking(database, paths, simulator.url)
    with pytest.raises((kind, SignInRefused)):
        await linking.start("athlete@example.com", "simulator")
    sent = requests(simulator)
    with pytest.raises(SignInRefused):
        await Linking(database, paths, simulator.url).start("athlete@example.com", "simulator")
    assert requests(simulator) == sent


# ── Clocks ───────────────────────────────────────────────────────────────────────────────────────────


async def test_a_token_ends_by_the_servers_clock(installation: Installation, simulator: Simulator) -> None:
    """With a clock that is two days ahead every token would seem to have ended."""
    await expire(installation)
    async with installation.database.write() as writing:
        scope, moment = f"data {simulator.url}", datetime.now(UTC)
        writing.add(RequestBudget(scope=scope, tokens=0, rate_per_s=0, counted_at=moment, clock_ahead_s=2 * 86_400))
    await ask(installation)
    assert requests(simulator) == 1
    assert (await rows(installation.database))["data"].clock_ahead_s == pytest.approx(0, abs=5)
    await ask(installation)
    assert requests(simulator) == 3, "and as soon as the clocks agree it is renewed"
