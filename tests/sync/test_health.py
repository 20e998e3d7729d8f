"""What is missing comes in the cheapest requests, newest first, and what failed comes later."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from garminsync_tui.config import Value
from garminsync_tui.errors import Unavailable
from garminsync_tui.garmin.client import Client
from garminsync_tui.garmin.endpoints import (
    BY_NAME,
    ENDPOINTS,
    Endpoint,
    Tier,
    bring_back_path,
    endpoint_of,
    endpoints_of,
)
from garminsync_tui.jobs.queue import Queue
from garminsync_tui.jobs.run import JobRun
from garminsync_tui.jobs.runner import Runner
from garminsync_tui.metrics import EXTRAS
from garminsync_tui.models import Coverage, HealthMetric, SyncJob
from garminsync_tui.simulator import Simulator
from garminsync_tui.simulator.athlete import Athlete
from garminsync_tui.store import accounts, health
from garminsync_tui.store import days as days_of_store
from garminsync_tui.store.health import VANISHED
from garminsync_tui.sync.health import ARCHIVED, KEPT_BACK
from garminsync_tui.sync.work import work

from .conftest import Installation, install

NOW = datetime.now(UTC)
TODAY = NOW.astimezone(ZoneInfo("Europe/Berlin")).date()
MOST_WATCHED = 10_000


@pytest.fixture
def simulator(request: pytest.FixtureRequest) -> Iterator[Simulator]:
    """So many days; the athlete wore the watch on the last ones, or as a test wants it."""
    days, worn = request.param if isinstance(request.param, tuple) else (request.param, all)
    with Simulator(days=days, now=NOW, seed=seed(worn)) as running:
        yield running


def seed(wanted: Callable[[list[bool]], bool]) -> int:
    """One whose athlete wore the watch on the last six days (newest first) as is wanted."""
    athletes = (Athlete(number, TODAY, 100) for number in range(1000))
    return next(
        one.seed for one in athletes if wanted([one.was_worn(TODAY - timedelta(days=back)) for back in range(6)])
    )


def left_off(worn: list[bool]) -> bool:
    """A day without the watch, but not among the last ones, each of which costs all its requests."""
    return all(worn[:3]) and not all(worn)


@pytest.fixture
async def installed(tmp_path: Path, simulator: Simulator) -> Installation:
    return await install(tmp_path / "home", f"sqlite:///{tmp_path}/health.db", simulator)


def days(first: date, last: date = TODAY) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def back(n: int) -> str:
    """What `health.since` is for so many days before today."""
    return str(TODAY - timedelta(days=n))


def as_pattern(endpoint: Endpoint) -> str:
    return "^" + re.sub(r"\\{\w+\\}", "[^/]+", re.escape(endpoint.path)) + "$"


async def ledger(installation: Installation, endpoint: Endpoint) -> dict[date, str]:
    async with installation.database.read() as session:
        rows = await session.execute(sa.select(Coverage.day, Coverage.status).where(Coverage.endpoint == endpoint.name))
        return {row[0]: row[1] for row in rows}


@pytest.mark.parametrize("simulator", [8], indirect=True)
async def test_days_that_failed_come_with_the_next_plain_sync_whatever_the_endpoint(
    installed: Installation, simulator: Simulator
) -> None:
    since = TODAY - timedelta(days=7)
    bad = days(TODAY - timedelta(days=5))  # further back than what is asked for again in any case
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


# ── Nothing is forgotten, and nothing is told twice ──────────────────────────────────────────────────


async def reasons(installation: Installation, *statuses: str) -> dict[tuple[str, date], str | None]:
    async with installation.database.read() as session:
        rows = await session.scalars(sa.select(Coverage).where(Coverage.status.in_(statuses)))
        return {(row.endpoint, row.day): row.reason for row in rows}


async def time_passes(installation: Installation) -> None:
    """The pauses before the next try are over."""
    async with installation.database.write() as session:
        later = sa.update(Coverage).where(Coverage.next_try_at.is_not(None))
        await session.execute(later.values(next_try_at=NOW - timedelta(days=400)))


def codes(jobs: list[SyncJob]) -> list[tuple[str, str | None]]:
    return [(job.status, (job.extra or {}).get("error_code")) for job in jobs]


@pytest.mark.parametrize("simulator", [30], indirect=True)
async def test_what_failed_in_a_wider_sync_comes_with_a_plain_one(
    installed: Installation, simulator: Simulator
) -> None:
    installed.config.values["health.since"] = Value(back(3), "environment")
    old = TODAY - timedelta(days=25)
    simulator.add_faults([{"path": "dailyStress", "status": 404, "body": "{}", "dates": [str(old), str(old)]}])
    await installed.sync("health", since=str(TODAY - timedelta(days=29)), metrics=["stress_level"])
    assert (await ledger(installed, BY_NAME["stress"]))[old] == "failed"
    simulator.clear_faults()
    assert codes(await installed.plain_sync("health")) == [("completed", None)]
    assert (await ledger(installed, BY_NAME["stress"]))[old] in {"fetched", "empty"}
    assert not await reasons(installed, "failed")
    await installed.database.close()


@pytest.mark.parametrize("simulator", [4], indirect=True)
async def test_a_cause_that_cannot_change_is_told_once(installed: Installation, simulator: Simulator) -> None:
    installed.config.values["health.since"] = Value(back(3), "environment")
    simulator.add_faults([{"path": "hillscore", "status": 404, "body": "{}"}])
    assert codes(await installed.plain_sync("health")) == [("failed", "partly")]
    failed = await reasons(installed, "failed")
    assert {endpoint for endpoint, _ in failed} == {"hill_score"}
    for scheduled in (False, True):
        await time_passes(installed)
        assert codes(await installed.plain_sync("health", scheduled=scheduled)) == [("completed", None)]
        assert (await reasons(installed, "failed")).keys() == failed.keys()
    # Another cause is news.
    simulator.clear_faults()
    simulator.add_faults([{"path": "hillscore", "status": 400, "body": "{}"}])
    await time_passes(installed)
    assert codes(await installed.plain_sync("health", scheduled=True)) == [("failed", "partly")]
    # It is told to who asks, and to a schedule once.
    await time_passes(installed)
    assert codes(await installed.plain_sync("health", scheduled=True)) == [("completed", None)]
    assert codes(await installed.plain_sync("health")) == [("failed", "partly")]
    await installed.database.close()


@pytest.mark.parametrize("simulator", [2], indirect=True)
async def test_a_job_that_goes_on_does_not_begin_again(
    installed: Installation, asked: list[tuple[Endpoint, date, date]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Interrupted every few requests, it asks for nothing twice, whether for news or for all again."""
    installed.config.values["health.since"] = Value(back(1), "environment")
    await installed.plain_sync("health")
    asked.clear()
    queue = Queue(installed.database)
    (job,) = await installed.plain_sync("health", full=True)
    whole = len(asked)
    assert job.status == "completed" and whole > 20
    asked.clear()
    breathe = JobRun.breathe

    async def short_of_breath(self: JobRun, requests: int = 0) -> None:
        if requests >= 5:
            raise Unavailable("Garmin is out of reach.")
        await breathe(self, requests)

    monkeypatch.setattr(JobRun, "breathe", short_of_breath)
    (job,) = await installed.plain_sync("health", full=True)
    while job.status == "pending" and len(asked) < 3 * whole:
        await queue.retry(job.id)
        await Runner(
            installed.database, work(installed.config), kind="command", run_dir=installed.paths.run
        ).run_until_idle()
        job = await queue.get(job.id)
    assert job.status == "completed"
    assert len(asked) == whole
    await installed.database.close()


# ── What Garmin puts away, and what it loses ─────────────────────────────────────────────────────────


@pytest.fixture
def archive() -> Iterator[Simulator]:
    with Simulator(days=9, now=NOW, archived_after_days=6) as running:
        yield running


async def test_archived_days_are_asked_for_and_read_later(archive: Simulator, tmp_path: Path) -> None:
    installed = await install(tmp_path / "home", f"sqlite:///{tmp_path}/health.db", archive)
    installed.config.values["health.since"] = Value(back(8), "environment")
    assert codes(await installed.plain_sync("health")) == [("completed", None)]
    waiting = await reasons(installed, "stale")
    assert set(waiting.values()) == {ARCHIVED}
    put_away = {day for _, day in waiting}
    assert put_away and max(put_away) < TODAY - timedelta(days=6)
    assert {endpoint for endpoint, _ in waiting} == {"heart_rate"}, "asked first; with it the day was brought back"
    requests = archive.stats()["requests"]["by_path"]
    assert {path: n for path, n in requests.items() if "epoch/request" in path} == {
        bring_back_path(day): 1 for day in put_away
    }

    archive.reset_stats()
    await installed.plain_sync("health")  # too soon
    assert archive.stats()["requests"]["total"] <= 2
    await time_passes(installed)
    assert codes(await installed.plain_sync("health")) == [("completed", None)]
    assert not await reasons(installed, "stale", "failed")
    found = await ledger(installed, BY_NAME["heart_rate"])
    assert {found[day] for day in put_away} == {"fetched"}
    await installed.database.close()


async def test_a_day_that_stays_in_the_archive_is_a_failure_in_the_end(archive: Simulator, tmp_path: Path) -> None:
    installed = await install(tmp_path / "home", f"sqlite:///{tmp_path}/health.db", archive)
    installed.config.values["health.since"] = Value(back(8), "environment")
    archive.add_faults([{"path": "epoch/request", "status": 200, "body": "{}"}])
    for _ in range(3):
        archive.reset_stats()
        assert codes(await installed.plain_sync("health")) == [("completed", None)]
        await time_passes(installed)
        waiting = await reasons(installed, "stale")
        assert {endpoint for endpoint, _ in waiting} == {"heart_rate", "stress", "steps"}
        requests = archive.stats()["requests"]["by_path"]
        assert {n for path, n in requests.items() if "epoch/request" in path} == {1}
    assert codes(await installed.plain_sync("health")) == [("failed", "partly")]
    assert set((await reasons(installed, "failed")).values()) == {KEPT_BACK}
    await installed.database.close()


@pytest.mark.parametrize("simulator", [3], indirect=True)
async def test_what_garmin_loses_stays_here(installed: Installation, simulator: Simulator) -> None:
    installed.config.values["health.since"] = Value(back(2), "environment")
    await installed.plain_sync("health")
    before = await installed.content()
    for path, body in (
        ("dailyHeartRate", "{}"),
        ("dailyStress", "null"),
        ("weight-service", '{"dailyWeightSummaries": []}'),
        ("v2/dailysummaries", '{"data": []}'),
    ):
        simulator.add_faults([{"path": path, "status": 200, "body": body}])
    assert codes(await installed.plain_sync("health", full=True)) == [("completed", None)]
    after = await installed.content()
    assert after["health"] == before["health"] and after["daily"] == before["daily"]
    told = await reasons(installed, "fetched", "stale")
    assert {VANISHED} <= set(told.values())

    # Garmin's answers are now the empty ones; read again they take nothing away either.
    await Queue(installed.database).enqueue(installed.account.user_id, "reparse", account_id=installed.account.id)
    await Runner(
        installed.database, work(installed.config), kind="command", run_dir=installed.paths.run
    ).run_until_idle()
    assert (await installed.content())["health"] == before["health"]
    await installed.database.close()


# ── A day goes on ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("simulator", [2], indirect=True)
async def test_a_day_synced_at_noon_is_whole_after_the_next_sync_of_the_watch(
    installed: Installation, simulator: Simulator, tmp_path: Path
) -> None:
    installed.config.values["health.since"] = Value(back(1), "environment")
    await installed.plain_sync("health")
    zone = ZoneInfo("Europe/Berlin")

    async def hours(installation: Installation) -> set[int]:
        async with installation.database.read() as session:
            starts, ends = await days_of_store.extent(session, installation.account.id, zone, TODAY, TODAY)
            rows = await health.readings(session, "heart_rate", starts, ends)
        return {row.timestamp.astimezone(zone).hour for row in rows}

    assert max(await hours(installed)) < 13
    simulator.advance(1)
    assert codes(await installed.plain_sync("health")) == [("completed", None)]
    assert not await reasons(installed, "stale", "failed")
    afresh = await install(tmp_path / "other", f"sqlite:///{tmp_path}/other.db", simulator)
    afresh.config.values["health.since"] = Value(back(2), "environment")
    await afresh.plain_sync("health")
    if simulator.athlete.was_worn(TODAY):
        assert max(await hours(installed)) == 23
    ours, theirs = await installed.content(), await afresh.content()
    assert ours["health"] == theirs["health"] and ours["daily"] == theirs["daily"]
    await installed.database.close()
    await afresh.database.close()


# ── What is asked for only by name ───────────────────────────────────────────────────────────────────


async def stored(installation: Installation) -> set[str]:
    async with installation.database.read() as session:
        return set(await session.scalars(sa.select(HealthMetric.metric_type).distinct()))


async def endpoints_told_of(installation: Installation) -> set[str]:
    async with installation.database.read() as session:
        return set(await session.scalars(sa.select(Coverage.endpoint).distinct()))


EXTRA_NAMES = {endpoint.name for endpoint in ENDPOINTS if endpoint.tier is Tier.EXTRA}


@pytest.mark.parametrize("simulator", [(6, left_off)], ids=["left off"], indirect=True)
async def test_what_nobody_chose_is_not_asked_for_nor_written_down(
    installed: Installation, simulator: Simulator, asked: list[tuple[Endpoint, date, date]]
) -> None:
    installed.config.values["health.samples"] = Value("full", "file")
    await installed.sync("health", since=str(TODAY - timedelta(days=5)))
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


@pytest.mark.parametrize("simulator", [14], indirect=True)
async def test_a_day_on_which_the_watch_was_not_worn_is_a_note_and_no_failure(
    installed: Installation, simulator: Simulator
) -> None:
    hrv = BY_NAME["hrv_summaries"]
    simulator.add_faults([{"path": as_pattern(hrv), "status": 200, "body": '{"hrvSummaries": []}'}])
    (job,) = await installed.sync("health", since=back(3), metrics=["hrv_last_night_avg"])
    assert job.status == "completed"
    lines = [(line.level, line.text) for line in await Queue(installed.database).events(job.id)]
    [(level, text)] = [line for line in lines if line[0] not in {"info", "debug"}]
    assert level == "note"
    assert text.startswith("no HRV on ") and f"{TODAY - timedelta(days=1)}" in text and f"{TODAY}" not in text
    await installed.database.close()
