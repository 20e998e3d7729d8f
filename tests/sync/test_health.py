"""What is missing comes in the cheapest requests, newest first, and what failed comes later."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from garminsync_tui.config import Value
from garminsync_tui.errors import Unavailable
from garminsync_tui.garmin.client import Client
from garminsync_tui.garmin.endpoints import ENDPOINTS, Endpoint, Tier, endpoints_of
from garminsync_tui.models import Coverage
from garminsync_tui.simulator import Simulator
from garminsync_tui.simulator.athlete import Athlete

from .conftest import Installation, install

NOW = datetime.now(UTC)
TODAY = NOW.astimezone(ZoneInfo("Europe/Berlin")).date()
MOST_WATCHED = 10_000


@pytest.fixture
def simulator(request: pytest.FixtureRequest) -> Iterator[Simulator]:
    with Simulator(days=request.param, now=NOW, seed=worn_lately()) as running:
        yield running


def worn_lately() -> int:
    """A seed whose athlete has worn the watch on the last three days, so that each costs all its requests."""
    athletes = (Athlete(seed, TODAY, 100) for seed in range(100))
    return next(one.seed for one in athletes if all(one.was_worn(TODAY - timedelta(days=back)) for back in range(3)))


@pytest.fixture
async def installed(tmp_path: Path, simulator: Simulator) -> Installation:
    return await install(tmp_path / "home", f"sqlite:///{tmp_path}/health.db", simulator)


def days(first: date, last: date = TODAY) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def as_pattern(endpoint: Endpoint) -> str:
    return "^" + re.sub(r"\\{\w+\\}", "[^/]+", re.escape(endpoint.path)) + "$"


async def ledger(installation: Installation, endpoint: Endpoint) -> dict[date, str]:
    async with installation.database.read() as session:
        rows = await session.execute(sa.select(Coverage.day, Coverage.status).where(Coverage.endpoint == endpoint.name))
        return {row[0]: row[1] for row in rows}


@pytest.mark.parametrize("simulator", [14], indirect=True)
async def test_days_that_failed_come_with_the_next_plain_sync_whatever_the_endpoint(
    installed: Installation, simulator: Simulator
) -> None:
    since = TODAY - timedelta(days=13)
    bad = days(TODAY - timedelta(days=7))
    for endpoint in ENDPOINTS:
        asked = {"since": since.isoformat(), "metrics": [endpoint.metrics[0]]}
        simulator.add_faults(
            [{"path": as_pattern(endpoint), "status": 404, "body": "{}", "dates": [str(bad[0]), str(bad[-1])]}]
        )
        (job,) = await installed.sync("health", **asked)
        assert (job.status, (job.extra or {})["error_code"]) == ("failed", "partly"), endpoint.name
        failed = [day for day, status in (await ledger(installed, endpoint)).items() if status == "failed"]
        assert set(failed) >= set(bad), endpoint.name

        simulator.clear_faults()
        (job,) = await installed.sync("health", **asked)
        assert job.status == "completed", endpoint.name
        found = await ledger(installed, endpoint)
        assert set(found) >= set(days(since)), endpoint.name
        assert set(found.values()) <= {"fetched", "empty"}, endpoint.name
    await installed.database.close()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Endpoint, date, date]]:
    """Every request for health, as it goes out."""
    sent: list[tuple[Endpoint, date, date]] = []
    fetch = Client.fetch

    async def watched(self: Client, endpoint: Endpoint, first: date, last: date) -> Any:
        if self.requests >= MOST_WATCHED:  # the first, which asks when the watch synced, counts as well
            raise Unavailable("Garmin is out of reach.")
        sent.append((endpoint, first, last))
        return await fetch(self, endpoint, first, last)

    monkeypatch.setattr(Client, "fetch", watched)
    return sent


@pytest.mark.parametrize("simulator", [100], indirect=True)
async def test_the_last_month_and_the_last_days_samples_come_first(
    installed: Installation,
    simulator: Simulator,
    asked: list[tuple[Endpoint, date, date]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(f"{__name__}.MOST_WATCHED", 40)
    (job,) = await installed.sync("health", since=str(TODAY - timedelta(days=99)))
    assert job.status == "pending", "it waits for a server that went away after 40 requests"
    assert simulator.stats()["requests"]["total"] == 40
    for endpoint in endpoints_of("standard"):
        wanted = days(TODAY - timedelta(days=30 if endpoint.tier is Tier.DAILY else 2))
        found = await ledger(installed, endpoint)
        assert {found.get(day) for day in wanted} <= {"fetched", "empty"}, endpoint.name
    await installed.database.close()


@pytest.mark.parametrize("simulator", [100], indirect=True)
async def test_ranges_cost_no_more_than_their_windows(
    installed: Installation, asked: list[tuple[Endpoint, date, date]]
) -> None:
    installed.config.values["health.samples"] = Value("none", "file")
    (job,) = await installed.sync("health", since=str(TODAY - timedelta(days=99)))
    assert job.status == "completed"
    requests = Counter(endpoint.name for endpoint, _, _ in asked)
    assert set(requests) == {endpoint.name for endpoint in ENDPOINTS if endpoint.tier is Tier.DAILY}
    for endpoint in ENDPOINTS:
        assert requests[endpoint.name] <= -(-100 // endpoint.window_days), endpoint.name
    await installed.database.close()


@pytest.mark.parametrize("simulator", [3], indirect=True)
async def test_samples_are_as_many_requests_a_day_as_was_chosen(
    installed: Installation, asked: list[tuple[Endpoint, date, date]]
) -> None:
    installed.config.values["health.samples"] = Value("full", "file")
    await installed.sync("health", since=str(TODAY - timedelta(days=2)))
    standard = [endpoint for endpoint, _, _ in asked if endpoint.tier is Tier.STANDARD]
    full = [endpoint for endpoint, _, _ in asked if endpoint.tier is Tier.FULL]
    assert 0 < len(standard) <= 5 * 3
    assert len(standard) + len(full) <= 9 * 3
    await installed.database.close()
