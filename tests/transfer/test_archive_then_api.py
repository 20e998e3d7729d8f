"""An account archive, a watch's folder and a sync: whichever comes first, everything is there once, and Garmin is asked
for the rest alone.
"""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from garminsync_tui.models import GarminConnectAccount
from garminsync_tui.simulator import Simulator
from garminsync_tui.simulator.device_folder import ROOT, write_device_folder

from ..archives import archive_of
from .doors import DAYS, NOW, Content, Doors, asked, counts, doors, on_sqlite, reasons

#: What a sync asks a request a day for, and a part of the path.
DAILY = {
    "heart_rate": "/dailyHeartRate/",
    "stress": "/dailyStress/",
    "steps": "/dailySummaryChart/",
    "respiration": "/daily/respiration/",
    "sleep": "/dailySleepData",
}
#: What the range of summaries lacks and the archive has: it stays where the archive's day was not asked for again.
ONLY_ARCHIVED = {"active_time_total", "highly_active_time_total", "sedentary_time_total"}


@dataclass
class Way:
    """A home that took in what there is in some order, and what was seen on the way."""

    folder: Path
    content: Content
    #: What the first door left in the ledger: endpoint and day → status and source.
    after_first: dict[tuple[str, date], tuple[str, str]]
    requests: Counter[str]
    accounts: list[GarminConnectAccount]


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(days=DAYS, now=NOW) as running:
        yield running


@pytest.fixture(scope="module")
def archive(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("archive") / "export.zip"
    target.write_bytes(archive_of(simulator))
    return target


@pytest.fixture(scope="module")
def watch(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("watch")
    write_device_folder(simulator.watch(), folder)
    return folder / ROOT


async def first_a_file(home: Doors, simulator: Simulator, source: Path, *kinds: str) -> Way:
    """Import, then sign in and sync."""
    assert (await bring_in(home, source))["imported"] > 5 * DAYS - 5
    ledger = await home.sources()
    await home.link(simulator)
    requests = await home.sync(simulator, *kinds)
    folder = home.paths.database.parent
    return Way(folder, await home.content(), ledger, requests, await home.accounts())


async def bring_in(home: Doors, source: Path) -> dict[str, int]:
    job = await home.bring_in(source)
    assert job.status == "completed", reasons(job, "failed")
    return counts(job)


@pytest.fixture(scope="module")
def only_api(simulator: Simulator, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Way:
    async def run(folder: Path) -> Way:
        home = await doors(folder, on_sqlite(sqlite_template, folder))
        await home.link(simulator)
        requests = await home.sync(simulator)
        way = Way(folder, await home.content(), {}, requests, await home.accounts())
        await home.database.close()
        return way

    return asyncio.run(run(tmp_path_factory.mktemp("api") / "home"))


def _first(source: Path, simulator: Simulator, template: Path, folder: Path) -> Way:
    async def run() -> Way:
        home = await doors(folder, on_sqlite(template, folder))
        way = await first_a_file(home, simulator, source)
        await home.database.close()
        return way

    return asyncio.run(run())


@pytest.fixture(scope="module")
def archive_first(
    simulator: Simulator, archive: Path, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Way:
    return _first(archive, simulator, sqlite_template, tmp_path_factory.mktemp("archive-first") / "home")


@pytest.fixture(scope="module")
def watch_first(
    simulator: Simulator, watch: Path, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Way:
    return _first(watch, simulator, sqlite_template, tmp_path_factory.mktemp("watch-first") / "home")


async def reopened(way: Way, folder: Path) -> Doors:
    """A copy of what a way led to."""
    shutil.copytree(way.folder, folder)
    return await doors(folder, f"sqlite:///{folder / 'garminsync.db'}")


# ── Everything once, with equal values ───────────────────────────────────────────────────────────────


def holds_all_of(more: Content, api: Content) -> None:
    """Whatever a sync alone brings is there with the same values; what there is beyond it, a sync does not ask for."""
    assert more["activities"] == api["activities"]
    for table in ("health", "daily", "coverage"):
        assert not plain(api[table]) - plain(more[table]), table
    for table in ("health", "daily"):
        asked_for = {row[0] for row in api[table]}
        beyond = {row[0] for row in set(map(_key, more[table])) - set(map(_key, api[table]))}
        assert not beyond & asked_for, table
    days = sorted(more["days"])
    assert len({row[0] for row in days}) == len(days)
    assert all(left[2] <= right[1] for left, right in pairwise(days))
    assert plain(row[:4] for row in api["days"]) <= plain(row[:4] for row in days)


def plain(rows: Iterable[tuple[object, ...]]) -> set[str]:
    """Rows that can be compared whatever is in them."""
    return set(map(repr, rows))


def _key(row: tuple[object, ...]) -> tuple[object, ...]:
    return row[:2]


@pytest.mark.parametrize("way", ["archive_first", "watch_first"])
def test_a_sync_after_an_import_ends_with_all_that_a_sync_brings(
    way: str, only_api: Way, request: pytest.FixtureRequest
) -> None:
    holds_all_of(request.getfixturevalue(way).content, only_api.content)


@pytest.mark.parametrize(("way", "source"), [("archive_first", "archive"), ("watch_first", "watch")])
async def test_the_other_order_ends_the_same(
    way: str, source: str, only_api: Way, request: pytest.FixtureRequest, tmp_path: Path, simulator: Simulator
) -> None:
    home = await reopened(only_api, tmp_path / "home")
    path: Path = request.getfixturevalue(source)
    # Two files a day gave something: those with floors, effort and oxygen, for which the sync did not ask.
    assert 0 < (await bring_in(home, path))["imported"] <= 2 * DAYS
    # Once more, either way: nothing comes in, and Garmin is asked whether there is news.
    job = await home.bring_in(path)
    assert counts(job)["imported"] == 0
    assert (await home.sync(simulator)).total() <= 3

    ours, theirs = await home.content(), request.getfixturevalue(way).content
    for table in ("health", "daily"):
        theirs = theirs | {table: [row for row in theirs[table] if row[0] not in ONLY_ARCHIVED]}
    for table, rows in ours.items():
        assert plain(rows) == plain(theirs[table]), table
    await home.database.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_it_is_the_same_on_postgresql(
    database_url: str, simulator: Simulator, archive: Path, archive_first: Way, tmp_path: Path
) -> None:
    home = await doors(tmp_path / "home", database_url)
    way = await first_a_file(home, simulator, archive, "activities")
    await home.database.close()
    assert way.after_first == archive_first.after_first
    assert way.content["activities"] == archive_first.content["activities"]
    assert asked(way.requests, "/download-service/") == 0
    # Of the days that were over nothing of this was asked for since: it is there as the archive told it.
    for metric in ("heart_rate", "stress_level", "steps", "hrv_rmssd"):
        assert of_whole_days(way.content, metric) == of_whole_days(archive_first.content, metric), metric


def of_whole_days(content: Content, metric: str) -> set[str]:
    """A metric's readings without those of the last day."""
    return plain(row for row in content["health"] if row[0] == metric and row[1] < NOW - timedelta(days=1))


# ── Only what is missing is asked for ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("way", ["archive_first", "watch_first"])
def test_garmin_is_asked_only_for_what_the_files_lack(
    way: str, only_api: Way, simulator: Simulator, request: pytest.FixtureRequest
) -> None:
    found: Way = request.getfixturevalue(way)
    days = {day for _, day in found.after_first}
    for endpoint, path in DAILY.items():
        settled = {
            day
            for (name, day), (status, _) in found.after_first.items()
            if name == endpoint and status in {"fetched", "empty"}
        }
        assert asked(found.requests, path) == asked(only_api.requests, path) - len(settled), endpoint
    # What a watch measured all day is not asked for again but on the day that was not over.
    assert len(days) >= DAYS
    for endpoint in ("heart_rate", "stress", "steps"):
        assert asked(found.requests, DAILY[endpoint]) == 1
    assert found.requests.total() < 0.7 * only_api.requests.total()


def test_no_original_is_downloaded_that_the_archive_held(archive_first: Way, only_api: Way) -> None:
    assert asked(only_api.requests, "/download-service/") == len(only_api.content["activities"])
    assert asked(archive_first.requests, "/download-service/") == 0


def test_of_the_watchs_activities_none_is_downloaded(watch_first: Way, only_api: Way) -> None:
    # What came from a phone is not on the watch.
    phones = [row for row in only_api.content["activities"] if "FIT" not in row]
    assert phones
    assert asked(watch_first.requests, "/download-service/") == len(phones)


def test_the_ledger_tells_where_a_day_came_from(archive_first: Way, watch_first: Way) -> None:
    assert {source for _, source in watch_first.after_first.values()} == {"fit"}
    told = Counter(source for _, source in archive_first.after_first.values())
    assert set(told) == {"fit", "archive"}
    assert {source for (name, _), (_, source) in archive_first.after_first.items() if name == "heart_rate"} == {"fit"}
    assert {source for (name, _), (_, source) in archive_first.after_first.items() if name == "fitness_age"} == {
        "archive"
    }


# ── Whose it is ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("way", ["archive_first", "watch_first"])
def test_a_sign_in_takes_over_what_was_imported(way: str, simulator: Simulator, request: pytest.FixtureRequest) -> None:
    accounts = request.getfixturevalue(way).accounts
    mine = {each.garmin_user_id: each.active for each in accounts if not each.garmin_user_id.startswith("local:")}
    assert mine == {str(simulator.athlete.profile_id): True}
