"""Two daemons and the app, each with a home of its own, on one PostgreSQL and for one account."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from garminsync_tui.simulator import Simulator
from garminsync_tui.store import activities

from . import witness
from .machines import Nursery, Park
from .trial import Expected, Plan, Trial, garmins, opened, undisturbed

PLAN = Plan(accounts=1, days=4, samples="none")
#: Machines do not see whether a process of another one lives.
LEASE_S = 5.0


@pytest.fixture
def servers() -> Iterator[list[Simulator]]:
    with garmins(PLAN) as running:
        yield running


@pytest.fixture
async def expected(servers: list[Simulator], tmp_path: Path) -> Expected:
    return await undisturbed(tmp_path / "before", PLAN, servers)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_two_daemons_and_the_app_share_one_account_and_any_of_them_can_be_killed(
    database_url: str, servers: list[Simulator], expected: Expected, tmp_path: Path
) -> None:
    for server in servers:  # what a request takes on a real network: so that there is time to be killed in
        server.add_faults([{"path": "/", "delay_s": 0.05}])
    with Nursery(lease_s=LEASE_S) as nursery, Park(tmp_path / "park", database_url, nursery, apart=True) as park:
        async with opened(park, PLAN, servers, machines=3) as trial:
            first, second, desk = trial.machines
            assert len({machine.home for machine in trial.machines}) == 3
            trial.start(first)
            trial.start(second)
            trial.add(park.app(desk))
            for _ in range(2):  # nobody comes back: the others go on
                await trial.kill_a_holder()
            await trial.finish()
            assert len({page.pid for page in witness.pages(park.witness)}) == 3
            found = await trial.judge(expected)
            assert found.clean, found
            await each_has_every_file(trial)


async def each_has_every_file(trial: Trial) -> None:
    """Also those that another machine fetched: they come out of the database, and stay as this machine's copy."""
    async with trial.database.read() as session:
        rows = await activities.find(session)
    for machine in trial.machines:
        for row in rows:
            told = machine.home / f"{row.garmin_activity_id}.out"
            await trial.park.run(machine, "activities", "file", row.garmin_activity_id, "--output", str(told))
            assert hashlib.sha256(told.read_bytes()).digest() == row.sha256
            assert (machine.paths.files / row.file_path).read_bytes() == told.read_bytes()
        assert '"problems": []' in await trial.park.run(machine, "verify", "--read-data", "--json")
