"""The whole way, from password to readings, rows and files, at the simulator and through its faults."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import stamina

from garminsync_tui.errors import (
    RateLimited,
    SignInRefused,
    SignInRequired,
    Unavailable,
    UnexpectedAnswer,
    WrongCode,
    WrongPassword,
)
from garminsync_tui.garmin import activities
from garminsync_tui.garmin.client import Client, Limits
from garminsync_tui.garmin.endpoints import BY_NAME, ENDPOINTS
from garminsync_tui.garmin.health.summaries import day_bounds, days_with_watch
from garminsync_tui.garmin.server import Server
from garminsync_tui.garmin.sign_in import CodeNeeded, SignIn, Tokens, refresh
from garminsync_tui.metrics import METRICS
from garminsync_tui.simulator import Simulator

from .test_client import Counting
from .test_health import check

NOW = datetime(2026, 5, 31, 20, tzinfo=UTC)
LAST = date(2026, 5, 30)
DAYS = 40
#: The summaries of a range do not say how the day was spent, and this athlete's scale is a plain one.
NOT_SIMULATED = {
    "sedentary_time_total",
    "active_time_total",
    "highly_active_time_total",
    "visceral_fat",
    "metabolic_age",
    "physique_rating",
}


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(days=DAYS, now=NOW) as found:
        yield found


@pytest.fixture(autouse=True)
def _clean(simulator: Simulator) -> Iterator[None]:
    with stamina.set_testing(True, attempts=3):
        yield
    simulator.clear_faults()


@pytest.fixture(scope="module")
def tokens(simulator: Simulator) -> Tokens:
    found = SignIn(Server.parse(simulator.url)).start(simulator.email, simulator.password)
    assert isinstance(found, Tokens)
    return found


class Refreshing:
    """A bearer that refreshes once for all who wait."""

    def __init__(self, tokens: Tokens, server: Server) -> None:
        self.tokens, self.server, self.refreshes = tokens, server, 0
        self._lock = asyncio.Lock()

    async def token(self) -> str:
        return self.tokens.access

    async def renew(self, refused: str) -> str:
        async with self._lock:
            if self.tokens.access == refused:
                self.refreshes += 1
                self.tokens = await asyncio.to_thread(refresh, self.tokens, self.server)
            return self.tokens.access


@asynccontextmanager
async def talking(simulator: Simulator, tokens: Tokens, limits: Limits | None = None) -> AsyncIterator[Client]:
    server = Server.parse(simulator.url)
    name = simulator.athlete.display_name
    async with Client(server, Refreshing(tokens, server), Counting(), name, limits=limits) as client:
        yield client


# ── Sign-in ──────────────────────────────────────────────────────────────────────────────────────


def test_requests_of_a_sign_in_are_counted_as_the_server_counts_them(simulator: Simulator) -> None:
    simulator.reset_stats()
    sign_in = SignIn(Server.parse(simulator.url))
    tokens = sign_in.start(simulator.email, simulator.password)
    profile = sign_in.profile()
    assert isinstance(tokens, Tokens)
    assert profile.garmin_user_id.isdigit() and profile.time_zone == "Europe/Berlin"
    assert profile.display_name == simulator.athlete.display_name
    assert sign_in.requests == simulator.stats()["requests"]["total"]


def test_a_wrong_password(simulator: Simulator) -> None:
    with pytest.raises(WrongPassword):
        SignIn(Server.parse(simulator.url)).start(simulator.email, "wrong")


def test_a_blocked_sign_in_ends_quickly(simulator: Simulator) -> None:
    simulator.add_faults([{"path": "^/(mobile|portal|sso)/", "status": 429}])
    simulator.reset_stats()
    with pytest.raises(SignInRefused):
        SignIn(Server.parse(simulator.url)).start(simulator.email, simulator.password)
    assert simulator.stats()["requests"]["total"] <= 5


def test_a_security_code() -> None:
    with Simulator(days=1, now=NOW, mfa_code="654321") as simulator:
        sign_in = SignIn(Server.parse(simulator.url))
        assert isinstance(sign_in.start(simulator.email, simulator.password), CodeNeeded)
        with pytest.raises(WrongCode):
            sign_in.finish("000000")
        assert isinstance(sign_in.finish("654321"), Tokens)


def test_a_refresh_token_works_once(simulator: Simulator) -> None:
    server = Server.parse(simulator.url)
    first = SignIn(server).start(simulator.email, simulator.password)
    assert isinstance(first, Tokens)
    second = refresh(first, server)
    assert second.refresh != first.refresh and second.access != first.access
    with pytest.raises(SignInRequired):
        refresh(first, server)
    assert refresh(second, server).refresh != second.refresh


# ── Data ─────────────────────────────────────────────────────────────────────────────────────────


async def test_every_endpoint_answers_with_readings(simulator: Simulator, tokens: Tokens) -> None:
    found: set[str] = set()
    async with talking(simulator, tokens) as client:
        for endpoint in ENDPOINTS:
            for back in range(1 if endpoint.window_days > 1 else 7):
                last = LAST - timedelta(days=back)
                first = last - timedelta(days=min(endpoint.window_days, 28) - 1)
                readings = endpoint.parse(await client.fetch(endpoint, first, last), first, last)
                check(endpoint, readings, first, last)
                found |= {reading.metric for day in readings.values() for reading in day}
    assert METRICS.keys() - found <= NOT_SIMULATED


async def test_a_window_that_is_too_wide_is_refused(simulator: Simulator, tokens: Tokens) -> None:
    async with talking(simulator, tokens) as client:
        with pytest.raises(UnexpectedAnswer, match="400"):
            await client.get(f"/hrv-service/hrv/daily/{LAST - timedelta(days=400)}/{LAST}")


async def test_samples_lie_within_the_days_of_the_summaries(simulator: Simulator, tokens: Tokens) -> None:
    first = LAST - timedelta(days=27)
    async with talking(simulator, tokens) as client:
        body = await client.fetch(BY_NAME["daily_summaries"], first, LAST)
        bounds = {each.day: each for each in day_bounds(body)}
        worn = sorted(days_with_watch(body))
        assert len(worn) > 20
        for day in worn[-3:]:
            parse = BY_NAME["heart_rate"].parse
            samples = parse(await client.fetch(BY_NAME["heart_rate"], day, day), day, day)[day]
            assert len(samples) > 100
            assert all(bounds[day].starts_ms <= each.at_ms < bounds[day].ends_ms for each in samples)


async def test_days_before_the_watch_have_nothing(simulator: Simulator, tokens: Tokens) -> None:
    before = date(2020, 1, 1)
    async with talking(simulator, tokens) as client:
        for endpoint in ENDPOINTS:
            body = await client.fetch(endpoint, before, before)
            left = {reading.metric for reading in endpoint.parse(body, before, before).get(before, [])}
            assert left <= {"step_goal"}


async def test_the_activities_and_their_files(simulator: Simulator, tokens: Tokens, tmp_path: Path) -> None:
    async with talking(simulator, tokens) as client:
        rows: list[activities.ActivityRow] = []
        while True:
            page = {"start": str(len(rows)), "limit": "20"}
            more, problems = activities.parse_activities(await client.get(activities.LIST, page))
            assert problems == []
            if not more:
                break
            rows += more
        assert {int(row.garmin_activity_id) for row in rows} == set(simulator.activity_ids())
        assert activities.parse_count(await client.get(activities.COUNT)) == len(rows)
        assert activities.parse_sync_time(await client.get(activities.SYNC_TIME)) is not None

        recorded = next(row for row in rows if row.has_original)
        path = activities.original_path(recorded.garmin_activity_id)
        assert await client.download(path, tmp_path / "original") is True
        assert len(zipfile.ZipFile(tmp_path / "original").namelist()) == 1
        by_hand = [row for row in rows if row.has_original is False]
        for row in by_hand[:1]:
            path = activities.original_path(row.garmin_activity_id)
            assert await client.download(path, tmp_path / "none") is False
        assert await client.download(
            activities.export_path(recorded.garmin_activity_id, "gpx"), tmp_path / "export"
        ) is True  # fmt: skip


# ── Faults ───────────────────────────────────────────────────────────────────────────────────────

HEART = "dailyHeartRate"


@pytest.mark.parametrize("fault", [{"kind": "truncate"}, {"kind": "reset"}, {"status": 503}], ids=str)
async def test_a_fault_that_passes_is_not_noticed(simulator: Simulator, tokens: Tokens, fault: dict[str, Any]) -> None:
    async with talking(simulator, tokens) as client:
        whole = await client.fetch(BY_NAME["heart_rate"], LAST, LAST)
        simulator.add_faults([{"path": HEART, "count": 2, **fault}])
        assert await client.fetch(BY_NAME["heart_rate"], LAST, LAST) == whole
        simulator.add_faults([{"path": HEART, **fault}])
        with pytest.raises(Unavailable):
            await client.fetch(BY_NAME["heart_rate"], LAST, LAST)


async def test_garbage_is_not_taken_for_an_answer(simulator: Simulator, tokens: Tokens) -> None:
    simulator.add_faults([{"path": HEART, "kind": "garbage"}])
    async with talking(simulator, tokens) as client:
        with pytest.raises(UnexpectedAnswer):
            await client.fetch(BY_NAME["heart_rate"], LAST, LAST)


async def test_a_drip_holds_nobody(simulator: Simulator, tokens: Tokens) -> None:
    simulator.add_faults([{"path": HEART, "kind": "drip"}])
    async with talking(simulator, tokens, Limits(request_s=0.4)) as client:
        with pytest.raises(Unavailable, match="too long"):
            await client.fetch(BY_NAME["heart_rate"], LAST, LAST)


async def test_a_429_is_a_wait(simulator: Simulator, tokens: Tokens) -> None:
    simulator.add_faults([{"path": HEART, "status": 429, "headers": {"Retry-After": "14"}}])
    async with talking(simulator, tokens) as client:
        with pytest.raises(RateLimited) as caught:
            await client.fetch(BY_NAME["heart_rate"], LAST, LAST)
    assert caught.value.retry_after_s == 14


async def test_five_refused_calls_refresh_once(simulator: Simulator) -> None:
    server = Server.parse(simulator.url)
    fresh = await asyncio.to_thread(SignIn(server).start, simulator.email, simulator.password)
    assert isinstance(fresh, Tokens)
    stale = Tokens("stale", fresh.secret, fresh.refresh, fresh.expires_at)
    bearer = Refreshing(stale, server)
    async with Client(server, bearer, Counting(), "x") as client:
        answers = await asyncio.gather(*(client.get(activities.COUNT) for _ in range(5)))
    assert bearer.refreshes == 1
    assert len({activities.parse_count(answer) for answer in answers}) == 1


async def test_a_bearer_that_stays_refused_needs_a_sign_in(simulator: Simulator) -> None:
    simulator.add_faults([{"path": HEART, "status": 401}])
    server = Server.parse(simulator.url)
    fresh = await asyncio.to_thread(SignIn(server).start, simulator.email, simulator.password)
    assert isinstance(fresh, Tokens)
    async with talking(simulator, fresh) as client:
        with pytest.raises(SignInRequired):
            await client.fetch(BY_NAME["heart_rate"], LAST, LAST)
