"""One account, signed in to in one way after another: what each brings, what it leaves, and how it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from garminsync_tui.config import Config
from garminsync_tui.garmin.endpoints import endpoints_of
from garminsync_tui.garmin.personal_endpoints import BY_KEY
from garminsync_tui.jobs.queue import Queue
from garminsync_tui.jobs.runner import Runner
from garminsync_tui.jobs.words import error_code
from garminsync_tui.models import Activity, Coverage, GarminConnectAccount
from garminsync_tui.paths import Paths
from garminsync_tui.simulator import Simulator
from garminsync_tui.store import accounts
from garminsync_tui.store.coverage import PARTLY
from garminsync_tui.store.database import Database
from garminsync_tui.sync.linking import Linking
from garminsync_tui.sync.session import open_client, session_ends_by
from garminsync_tui.sync.work import work

from ..doors import browsed, garth_client
from .conftest import Installation

NOW = datetime.now(UTC)
DAYS = 3
SINCE = (NOW - timedelta(days=1)).date().isoformat()
sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
EXCHANGES = {
    "garth": "/oauth-service/oauth/exchange/user/2.0",
    "personal_api": "/personalapitoken-service/personal-api/personal-api-key/token",
}


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(days=DAYS, now=NOW) as running:
        yield running


@pytest.fixture
async def home(database_url: str, tmp_path: Path) -> AsyncIterator[Installation]:
    """A home that nobody is linked to yet."""
    paths = Paths.below(tmp_path / "home")
    paths.prepare()
    database = await Database.open(database_url)
    config = Config.load(paths, {}, {"GARMINSYNC_DATABASE": database_url})
    yield Installation(paths, database, config, None)  # type: ignore[arg-type] - until it is linked
    await database.close()


async def link(home: Installation, simulator: Simulator, way: str, tmp_path: Path) -> GarminConnectAccount:
    """Link in one way; requests are counted from here on."""
    linking = Linking(home.database, home.paths, simulator.url)
    if way == "ticket":
        home.account = await linking.with_ticket(await asyncio.to_thread(browsed, simulator))
    elif way == "personal_api":
        home.account = await linking.with_key(simulator.api_key)
    else:
        client = await asyncio.to_thread(garth_client, simulator)
        client.dump(str(tmp_path / "garth"))
        home.account = await linking.with_garth(tmp_path / "garth")
    simulator.reset_stats()
    return home.account


async def reread(home: Installation) -> None:
    """Read the kept answers again."""
    queue = Queue(home.database)
    job_id = await queue.enqueue(home.account.user_id, "reparse", account_id=home.account.id)
    await Runner(home.database, work(home.config), kind="command", run_dir=home.paths.run).run_until_idle()
    assert job_id and (await queue.get(job_id)).status == "completed"


def asked(simulator: Simulator) -> dict[str, int]:
    return dict(simulator.stats()["requests"]["by_path"])


async def test_a_key_brings_all_that_it_is_given_and_the_rest_comes_by_another_sign_in(
    home: Installation, simulator: Simulator, tmp_path: Path
) -> None:
    account = await link(home, simulator, "personal_api", tmp_path)
    assert (account.provider, account.garmin_user_id) == ("personal_api", str(simulator.athlete.profile_id))
    assert (account.display_name, account.time_zone) == (simulator.athlete.display_name, "Europe/Berlin")
    newest = simulator.activity_ids()[0]
    simulator.add_faults([{"path": f"/download-service/files/activity/{newest}", "status": 404, "body": "{}"}])
    jobs = await home.sync("activities", "health", "workouts", since=SINCE)
    assert [(job.status, error_code(job)) for job in jobs] == [("completed", None)] * 3, [j.extra for j in jobs]
    paths = asked(simulator)
    assert not [path for path in paths if "workout" in path or "export" in path or path.endswith("/count")]
    by_key = await home.content()
    async with home.database.read() as session:
        activities = await session.scalar(sa.select(sa.func.count()).select_from(Activity))
        ledger = [tuple(row) for row in await session.execute(sa.select(Coverage.endpoint, Coverage.status))]
    assert activities == len(simulator.activity_ids())
    assert len(await home.files()) == activities, "originals, and a summary of what has none"
    fetched = {endpoint for endpoint, status in ledger if status == "fetched"}
    wanted = {each.name for each in endpoints_of("standard")}
    assert fetched - {"activity_file"} == wanted & BY_KEY.keys()
    assert "failed" not in {status for _, status in ledger}

    # The same days by another sign-in: what a key gave was right, and only what it lacks is asked for.
    await link(home, simulator, "garth", tmp_path)
    assert home.account.id == account.id
    jobs = await home.sync("activities", "health", since=SINCE)
    assert [(job.status, error_code(job)) for job in jobs] == [("completed", None)] * 2
    paths = asked(simulator)
    assert not [path for path in paths if "dailyHeartRate" in path or "/download-service/files" in path]
    assert sum(count for path, count in paths.items() if "dailySleepData" in path) == len(
        {row[1] for row in by_key["coverage"] if row[0] == "sleep" and row[4] == PARTLY}
    )
    whole = await home.content()
    for row in by_key["health"]:
        if row[0] != "body_battery":  # where it turned, in place of each three minutes
            assert row in whole["health"], row
    assert {row[0] for row in whole["health"]} > {row[0] for row in by_key["health"]}
    assert not [row for row in whole["coverage"] if row[4] == PARTLY]


@sqlite
async def test_one_way_after_another_fetches_nothing_twice(
    home: Installation, simulator: Simulator, tmp_path: Path
) -> None:
    first = await link(home, simulator, "ticket", tmp_path)
    await home.sync("activities", "health", since=SINCE)
    before = await home.content()
    for way in ("personal_api", "garth"):
        account = await link(home, simulator, way, tmp_path)
        assert account.id == first.id
        assert account.provider == ("garminconnect" if way == "ticket" else way)
        jobs = await home.sync("activities", "health", since=SINCE)
        assert [(job.status, error_code(job)) for job in jobs] == [("completed", None)] * 2
        paths = asked(simulator)
        news = {"/activitylist-service/activities/search/activities", "/usersummary-service/usersummary/daily"}
        news |= {"/wellness-service/wellness/syncTimestamp"}
        assert paths.keys() <= news, way
        assert await home.content() == before


@sqlite
async def test_what_another_sign_in_brought_stays_when_a_key_asks_again(
    home: Installation, simulator: Simulator, tmp_path: Path
) -> None:
    nights: dict[str, Any] = {"since": SINCE, "metrics": ["sleep", "body_battery"]}
    await link(home, simulator, "ticket", tmp_path)
    await home.sync("health", **nights)
    before = (await home.content())["health"]
    await link(home, simulator, "personal_api", tmp_path)
    (job,) = await home.sync("health", full=True, **nights)
    assert job.status == "completed", job.extra
    after = (await home.content())["health"]
    for name in ("sleep_stage", "stress_level", "sleep_movement", "body_battery"):
        rows = [row for row in before if row[0] == name]
        assert rows and rows == [row for row in after if row[0] == name], name
    await reread(home)
    assert (await home.content())["health"] == after, "a part of an answer is not read again as all of it"
    await link(home, simulator, "garth", tmp_path)
    (job,) = await home.sync("health", **nights)
    assert job.status == "completed"
    assert (await home.content())["health"] == before


# ── Renewal ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("way", ["garth", "personal_api"])
async def test_five_calls_at_once_make_one_exchange(
    home: Installation, simulator: Simulator, tmp_path: Path, way: str
) -> None:
    account = await link(home, simulator, way, tmp_path)
    simulator.expire_tokens()
    path = "/userprofile-service/userprofile/settings"
    async with await open_client(home.database, home.paths, account) as client:
        await asyncio.gather(*(client.get(path) for _ in range(5)))
    assert asked(simulator)[EXCHANGES[way]] == 1
    renewed = await accounts.get(home.database, account.id)
    assert renewed.provider == way
    assert (renewed.refresh_token is not None) == (way == "garth")
    assert (await session_ends_by(home.database, home.paths, renewed) is not None) == (way == "garth")


@sqlite
async def test_a_key_is_asked_to_wait_and_waits(home: Installation, simulator: Simulator, tmp_path: Path) -> None:
    await link(home, simulator, "personal_api", tmp_path)
    simulator.add_faults(
        [{"path": "/usersummary-service/v2/", "status": 429, "headers": {"Retry-After": "400"}, "count": 1}]
    )
    (job,) = await home.sync("health", since=SINCE)
    assert (job.status, error_code(job)) == ("pending", "rate_limited")
    assert job.run_at - job.updated_at > timedelta(seconds=390)


@sqlite
async def test_a_sign_in_in_between_ends_no_new_link(home: Installation, simulator: Simulator, tmp_path: Path) -> None:
    """What still runs with the old sign-in must not spend, or condemn, the new one."""
    from garminsync_tui.errors import Unavailable

    account = await link(home, simulator, "personal_api", tmp_path)
    async with await open_client(home.database, home.paths, account) as client:
        await client.get("/userprofile-service/userprofile/settings")
        await link(home, simulator, "garth", tmp_path)
        simulator.expire_tokens()
        with pytest.raises(Unavailable):
            await client.get("/userprofile-service/userprofile/settings")
    assert (await accounts.get(home.database, account.id)).sign_in_needed_since is None
    assert EXCHANGES["personal_api"] not in asked(simulator)


# ── What a key is not given ──────────────────────────────────────────────────────────────────────────


@sqlite
async def test_workouts_and_metrics_that_a_key_has_not_are_said_so(
    home: Installation, simulator: Simulator, tmp_path: Path
) -> None:
    account = await link(home, simulator, "personal_api", tmp_path)
    (job,) = await home.plain_sync("health", metrics=["training_readiness"])
    assert (job.status, error_code(job)) == ("failed", "other_sign_in_needed")
    assert "does not give training_readiness" in (job.error_message or "")
    (job,) = await home.plain_sync("health", metrics=["sleep_stage"])
    assert error_code(job) == "other_sign_in_needed"
    (job,) = await home.plain_sync("workouts")
    assert job.status == "completed"
    assert not [path for path in asked(simulator) if "workout" in path]
    assert (await accounts.get(home.database, account.id)).sign_in_needed_since is None, "the link itself is good"


@sqlite
async def test_a_key_cannot_bring_a_day_back_from_the_archive(home: Installation, tmp_path: Path) -> None:
    wanted: dict[str, Any] = {
        "since": (NOW - timedelta(days=8)).date().isoformat(),
        "metrics": ["heart_rate", "max_heart_rate"],
    }
    with Simulator(days=12, now=NOW, archived_after_days=6) as simulator:
        await link(home, simulator, "personal_api", tmp_path)
        (job,) = await home.sync("health", **wanted)
        assert error_code(job) == "partly"
        assert "only another sign-in can ask to bring it back" in str((job.extra or {})["failures"])
        assert not [path for path in asked(simulator) if "epoch" in path]
        await link(home, simulator, "garth", tmp_path)
        (job,) = await home.sync("health", **wanted)
        assert [path for path in asked(simulator) if "epoch" in path], "it was asked to"
