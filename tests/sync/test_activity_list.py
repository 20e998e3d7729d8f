"""Renames and deletions deep in the list are found: by the count within a day, by the walk within a week."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from garminsync_tui.models import Activity, GarminConnectAccount
from garminsync_tui.simulator import Simulator
from garminsync_tui.store import accounts, activities

from .conftest import NOW, Installation

LIST = "/activitylist-service/activities/search/activities"
COUNT = "/activitylist-service/activities/count"


@pytest.fixture
def simulator(request: pytest.FixtureRequest) -> Iterator[Simulator]:
    """Days enough for a list that goes on behind its first page; or as many as a test asks for."""
    with Simulator(days=getattr(request, "param", 25), now=NOW) as running:
        yield running


async def stored(installation: Installation) -> dict[str, Activity]:
    async with installation.database.read() as session:
        return {row.garmin_activity_id: row for row in await activities.find(session)}


async def time_passes(installation: Installation, hours: int) -> None:
    """All that was written down of the list happened so much earlier."""
    earlier = timedelta(hours=hours)
    async with installation.database.write() as session:
        account = await session.get_one(GarminConnectAccount, installation.account.id)
        facts = {name: getattr(account, name) - earlier for name in ("list_walked_at", "activities_counted_at")}
        await accounts.set_facts(session, account.id, **facts)
        for activity in await activities.find(session):
            activity.created_at -= earlier


def asked(simulator: Simulator) -> tuple[int, int]:
    """How often the list and the count were asked for."""
    paths = simulator.stats()["requests"]["by_path"]
    return paths.get(LIST, 0), paths.get(COUNT, 0)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_changes_deep_in_the_list_is_found_in_time(installation: Installation, simulator: Simulator) -> None:
    await installation.sync("activities")
    before = await stored(installation)
    assert len(before) > 20, "more than the first page of news shows"

    simulator.reset_stats()
    await installation.sync("activities")
    assert asked(simulator) == (1, 0), "nothing is due"

    # Within a day: the number does not add up, so the list is walked.
    told = simulator.advance(0)
    await time_passes(installation, 25)
    simulator.reset_stats()
    await installation.sync("activities")
    assert asked(simulator)[1] == 1
    after = await stored(installation)
    gone = {id_ for id_, row in after.items() if row.remote_deleted_at}
    assert gone == {str(told["deleted"])}
    assert after[str(told["renamed"])].name == told["name"]
    assert len(after) == len(before), "ours stays"

    # The number is as it was told: nothing to look for.
    await time_passes(installation, 25)
    simulator.reset_stats()
    await installation.sync("activities")
    assert asked(simulator) == (1, 1)

    # Within a week in any case.
    told = simulator.advance(0)
    simulator.add_faults([{"path": f"{COUNT}$", "status": 404, "body": "{}"}])
    await time_passes(installation, 6 * 24)
    await installation.sync("activities")
    after = await stored(installation)
    assert after[str(told["renamed"])].name == told["name"]
    assert after[str(told["deleted"])].remote_deleted_at


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_only_a_change_of_the_number_matters_that_new_activities_do_not_explain(
    installation: Installation, simulator: Simulator
) -> None:
    async def lists_asked_for(number: int) -> int:
        """How often a sync asks for the list where Garmin counts so many activities."""
        await time_passes(installation, 25)
        simulator.clear_faults()
        simulator.add_faults([{"path": f"{COUNT}$", "status": 200, "body": json.dumps({"totalCount": number})}])
        simulator.reset_stats()
        await installation.sync("activities")
        return asked(simulator)[0]

    await installation.sync("activities")
    assert await lists_asked_for(1000) > 1
    assert await lists_asked_for(1000) == 1
    (newest, *_) = (await stored(installation)).values()
    async with installation.database.write() as session:
        (await session.get_one(Activity, newest.id)).created_at = datetime.now(UTC) + timedelta(hours=25)
    assert await lists_asked_for(1001) == 1
    assert await lists_asked_for(1000) > 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("body", ['{"totalCount": -1}', "null"], ids=["negative", "null"])
@pytest.mark.parametrize("simulator", [5], indirect=True)
async def test_a_number_that_cannot_be_read_is_none(
    installation: Installation, simulator: Simulator, body: str
) -> None:
    simulator.add_faults([{"path": f"{COUNT}$", "status": 200, "body": body}])
    (job,) = await installation.sync("activities")
    assert job.status == "completed"
    assert len(await stored(installation)) == len(simulator.activity_ids())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("simulator", [14], indirect=True)
async def test_a_list_that_is_cut_off_deletes_nothing(installation: Installation, simulator: Simulator) -> None:
    await installation.sync("activities")
    newest = simulator.activity_ids()[0]
    only = {
        "activityId": newest,
        "activityName": "Run",
        "activityType": {"typeKey": "running"},
        "startTimeGMT": "2026-11-03 06:00:00",
        "duration": 1800.0,
    }
    simulator.add_faults([{"path": f"{LIST}$", "status": 200, "body": json.dumps([only])}])
    (job,) = await installation.sync("activities", full=True)
    assert job.status == "completed"
    assert not [row for row in (await stored(installation)).values() if row.remote_deleted_at]
    # Unless Garmin counts as few.
    simulator.add_faults([{"path": f"{COUNT}$", "status": 200, "body": json.dumps({"totalCount": 1})}])
    await installation.sync("activities", full=True)
    gone = [row for row in (await stored(installation)).values() if row.remote_deleted_at]
    assert len(gone) == len(await stored(installation)) - 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("simulator", [5], indirect=True)
async def test_a_row_that_cannot_be_read_makes_nobody_deleted(installation: Installation, simulator: Simulator) -> None:
    await installation.sync("activities")
    simulator.add_faults([{"path": f"{LIST}$", "status": 200, "body": json.dumps([{"activityId": "what"}])}])
    (job,) = await installation.sync("activities", full=True)
    assert (job.extra or {})["error_code"] == "partly"
    assert not [row for row in (await stored(installation)).values() if row.remote_deleted_at]
