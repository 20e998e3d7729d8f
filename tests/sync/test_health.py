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
from garminsync_tui.garmin.endpoints import BY_NAME, ENDPOINTS, Endpoint, Tier, endpoint_of, endpoints_of
from garminsync_tui.metrics import EXTRAS
from garminsync_tui.models import Coverage, HealthMetric
from garminsync_tui.simulator import Simulator
from garminsync_tui.simulator.athlete import Athlete
from garminsync_tui.store import accounts

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


@pytest.mark.parametrize("extras", [(), EXTRAS], ids=["plain", "extras"])
@pytest.mark.parametrize("simulator", [100], indirect=True)
async def test_the_last_month_and_the_last_days_samples_come_first(
    installed: Installation,
    simulator: Simulator,
    asked: list[tuple[Endpoint, date, date]],
    monkeypatch: pytest.MonkeyPatch,
    extras: tuple[str, ...],
) -> None:
    installed.config.values["health.extras"] = Value(extras, "file")
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


# ── What is asked for only by name ───────────────────────────────────────────────────────────────────


async def stored(installation: Installation) -> set[str]:
    async with installation.database.read() as session:
        return set(await session.scalars(sa.select(HealthMetric.metric_type).distinct()))


async def endpoints_told_of(installation: Installation) -> set[str]:
    async with installation.database.read() as session:
        return set(await session.scalars(sa.select(Coverage.endpoint).distinct()))


EXTRA_NAMES = {endpoint.name for endpoint in ENDPOINTS if endpoint.tier is Tier.EXTRA}


@pytest.mark.parametrize("simulator", [60], indirect=True)
async def test_what_nobody_chose_is_not_asked_for_nor_written_down(
    installed: Installation, simulator: Simulator, asked: list[tuple[Endpoint, date, date]]
) -> None:
    installed.config.values["health.samples"] = Value("full", "file")
    await installed.sync("health", since=str(TODAY - timedelta(days=59)))
    found = await ledger(installed, BY_NAME["stress"])
    assert "empty" in found.values(), "the summaries tell of days without the watch"
    assert EXTRA_NAMES.isdisjoint(endpoint.name for endpoint, _, _ in asked)
    assert EXTRA_NAMES.isdisjoint(await endpoints_told_of(installed))
    assert not any("mylastused" in path for path in simulator.stats()["requests"]["by_path"])
    await installed.database.close()


@pytest.mark.parametrize("simulator", [60], indirect=True)
async def test_all_that_is_chosen_by_setting_is_fetched(
    installed: Installation, simulator: Simulator, asked: list[tuple[Endpoint, date, date]]
) -> None:
    installed.config.values["health.samples"] = Value("none", "file")
    installed.config.values["health.extras"] = Value(EXTRAS, "file")
    (job,) = await installed.sync("health", since=str(TODAY - timedelta(days=6)))
    assert job.status == "completed"
    assert await stored(installed) >= set(EXTRAS)
    for endpoint in endpoints_of("none", EXTRAS):
        assert set(await ledger(installed, endpoint)) >= set(days(TODAY - timedelta(days=6))), endpoint.name
    by_path = simulator.stats()["requests"]["by_path"]
    assert by_path["/device-service/deviceservice/mylastused"] == 1
    await installed.database.close()


@pytest.mark.parametrize("simulator", [3], indirect=True)
@pytest.mark.parametrize("metric", ["lifestyle", "menstrual_phase", "load_anaerobic"])
async def test_one_sync_may_name_an_extra_that_no_setting_chose(
    installed: Installation, asked: list[tuple[Endpoint, date, date]], metric: str
) -> None:
    (job,) = await installed.sync("health", since=str(TODAY - timedelta(days=2)), metrics=[metric])
    assert job.status == "completed"
    assert {endpoint.name for endpoint, _, _ in asked} == {endpoint_of(metric).name}
    assert metric in await stored(installed)
    await installed.database.close()


@pytest.mark.parametrize("simulator", [40], indirect=True)
async def test_entries_by_hand_are_looked_for_again_as_far_back_as_one_request_goes(
    installed: Installation, simulator: Simulator, asked: list[tuple[Endpoint, date, date]]
) -> None:
    installed.config.values["health.samples"] = Value("none", "file")
    installed.config.values["health.extras"] = Value(("lifestyle", "nutrition_fat"), "file")
    await installed.sync("health", since=str(TODAY - timedelta(days=39)))
    async with installed.database.write() as session:
        await accounts.set_facts(session, installed.account.id, looked_deeper_at=NOW - timedelta(days=2))
    asked.clear()
    await installed.sync("health", since=str(TODAY - timedelta(days=39)))
    again = Counter(endpoint.name for endpoint, _, _ in asked)
    assert again == {"weight": 1, "blood_pressure": 1, "hydration": 1, "nutrition": 1, "lifestyle": 4}
    weights = next((first, last) for endpoint, first, last in asked if endpoint.name == "weight")
    assert weights == (TODAY - timedelta(days=30), TODAY)
    await installed.database.close()
