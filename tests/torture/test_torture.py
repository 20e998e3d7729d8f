"""The short form of `just torture`: some kills of each kind, a zombie, and the controls that show that it can fail."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from garminsync_tui.simulator import Simulator

from .controls import SHORT_LEASE_S, without_exclusion, zombie
from .machines import Nursery, Park
from .trial import Expected, Found, Plan, garmins, killed_again_and_again, undisturbed

PLAN = Plan(accounts=2, days=4, samples="none")
KILLS = 10


@pytest.fixture(scope="module")
def servers() -> Iterator[list[Simulator]]:
    with garmins(PLAN) as running:
        yield running


@pytest.fixture(scope="module")
def expected(servers: list[Simulator], tmp_path_factory: pytest.TempPathFactory) -> Expected:
    return asyncio.run(undisturbed(tmp_path_factory.mktemp("torture"), PLAN, servers))


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery() as running:
        yield running


@pytest.fixture(scope="module")
def hasty_nursery() -> Iterator[Nursery]:
    with Nursery(lease_s=SHORT_LEASE_S) as running:
        yield running


@pytest.fixture
def park(database_url: str, tmp_path: Path, nursery: Nursery) -> Iterator[Park]:
    with Park(tmp_path, database_url, nursery, apart=not database_url.startswith("sqlite")) as park:
        yield park


@pytest.fixture
def hasty_park(database_url: str, tmp_path: Path, hasty_nursery: Nursery) -> Iterator[Park]:
    with Park(tmp_path, database_url, hasty_nursery, apart=not database_url.startswith("sqlite")) as park:
        yield park


def is_clean(found: Found) -> bool:
    assert found == Found(
        kills=found.kills,
        jobs=found.jobs,
        items=found.items,
        overlaps=found.overlaps,
        repeated=found.repeated,
        seconds=found.seconds,
        verified="all whole",
    )
    return found.items > 100


@pytest.mark.parametrize(
    ("database_url", "accounts"), [("sqlite", 2), ("postgresql", 2), ("postgresql", 1)], indirect=["database_url"]
)
async def test_whoever_holds_a_job_is_killed_and_nothing_is_lost_doubled_or_torn(
    park: Park, servers: list[Simulator], expected: Expected, accounts: int
) -> None:
    chosen = servers[:accounts]
    found = await killed_again_and_again(park, PLAN, chosen, expected.of(chosen), kills=KILLS)
    assert is_clean(found)
    assert found.kills == KILLS
    assert found.overlaps == 0
    assert found.repeated <= KILLS


async def test_who_stood_still_past_its_lease_writes_nothing(
    hasty_park: Park, servers: list[Simulator], expected: Expected, database_url: str
) -> None:
    same_host = database_url.startswith("sqlite")
    awoken = await zombie(hasty_park, PLAN, servers[:1], expected.of(servers[:1]), same_host=same_host)
    assert is_clean(awoken.found)
    assert awoken.late == 0
    assert awoken.takeover_s >= SHORT_LEASE_S * (2 if same_host else 1)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_without_the_fence_the_witness_sees_what_it_wrote(
    hasty_park: Park, servers: list[Simulator], expected: Expected
) -> None:
    awoken = await zombie(hasty_park, PLAN, servers[:1], expected.of(servers[:1]), same_host=False, without="fence")
    assert awoken.late > 0


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_without_the_index_the_witness_sees_two_at_work(park: Park, servers: list[Simulator]) -> None:
    assert await without_exclusion(park, PLAN, servers[:1]) > 0
