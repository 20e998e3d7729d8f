"""The budget is obeyed after a restart and by every process; nothing here waits for a real clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from garminsync_tui.errors import RateLimited
from garminsync_tui.store import budget
from garminsync_tui.store.budget import Pace, Rate
from garminsync_tui.store.database import Database

SERVER = "https://garmin.com"


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 1, tzinfo=UTC)
        self.slept_s = 0.0

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept_s += seconds
        self.now += timedelta(seconds=seconds)


POLITE = Rate(1.0, 3)


def pace(database: Database, clock: Clock, rate: Rate | None = POLITE) -> Pace:
    return Pace(database, SERVER, rate, clock=clock, sleep=clock.sleep)


async def test_a_burst_and_then_one_a_second(database: Database) -> None:
    clock = Clock()
    asked = pace(database, clock)
    for _ in range(3):
        await asked.take()
    assert clock.slept_s == 0
    for _ in range(5):
        await asked.take()
    assert clock.slept_s == pytest.approx(5, abs=0.01)


async def test_two_processes_share_one_budget(database: Database) -> None:
    clock = Clock()
    one, other = pace(database, clock), pace(database, clock)
    for _ in range(5):
        await one.take()
        await other.take()
    assert clock.slept_s == pytest.approx(7, abs=0.01)


@pytest.mark.parametrize("rate", [Rate(1.0, 3), None])
async def test_a_pause_that_the_server_asked_for_survives_a_restart(database: Database, rate: Rate | None) -> None:
    clock = Clock()
    await pace(database, clock, rate).refused(600)
    with pytest.raises(RateLimited) as refusal:
        await pace(database, clock, rate).take()
    assert refusal.value.retry_after_s == pytest.approx(600, abs=1)
    clock.now += timedelta(seconds=601)
    await pace(database, clock, rate).take()


async def test_without_a_time_the_pause_grows_with_each_refusal(database: Database) -> None:
    clock = Clock()
    pauses = []
    for _ in range(4):
        await pace(database, clock).refused(None)
        with pytest.raises(RateLimited) as refusal:
            await pace(database, clock).take()
        pauses.append(refusal.value.retry_after_s)
    assert pauses == pytest.approx([60, 300, 1800, 1800], abs=1)


async def test_a_short_pause_is_slept_through(database: Database) -> None:
    clock = Clock()
    asked = pace(database, clock)
    await asked.refused(5)
    await asked.take()
    assert clock.slept_s == pytest.approx(6, abs=1.1)


async def test_sign_in_cools_down_for_2_4_8_up_to_24_hours(database: Database) -> None:
    clock = Clock()
    hours = []
    for _ in range(6):
        until = await budget.sign_in_refused(database, SERVER, clock)
        assert await budget.sign_in_wait(database, SERVER, clock) == until
        hours.append((until - clock.now) / timedelta(hours=1))
        clock.now = until + timedelta(seconds=1)
        assert await budget.sign_in_wait(database, SERVER, clock) is None
    assert hours == [2, 4, 8, 16, 24, 24]
    await budget.sign_in_succeeded(database, SERVER)
    assert await budget.sign_in_refused(database, SERVER, clock) - clock.now == timedelta(hours=2)
