"""The budget is obeyed after a restart and by every process; nothing here waits for a real clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from garminsync_tui.errors import Blocked, RateLimited
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
    """Also where requests go out in between: only a good answer forgives."""
    clock = Clock()
    asked = pace(database, clock)
    pauses = []
    for _ in range(4):
        pauses.append(await asked.refused(None))
        with pytest.raises(RateLimited) as refusal:
            await pace(database, clock).take()
        assert refusal.value.retry_after_s == pytest.approx(pauses[-1], abs=1)
        clock.now += timedelta(seconds=pauses[-1] + 100)
        await asked.take()
    assert pauses == [60, 300, 1800, 1800]
    await asked.answered()
    assert await pace(database, clock).refused(None) == 60


@pytest.mark.parametrize(
    ("asked_s", "waited_s"), [(86_400, 86_400), (1e12, 86_400), (0, 1), (-5, 1), (1e300, 86_400), (0.25, 1)]
)
async def test_waits_that_make_no_sense_are_a_second_or_a_day(
    database: Database, asked_s: float, waited_s: float
) -> None:
    clock = Clock()
    assert await pace(database, clock).refused(asked_s) == waited_s
    clock.now += timedelta(seconds=waited_s + 100)
    await pace(database, clock).take()


async def test_a_wait_from_a_clock_that_was_a_year_ahead_ends_after_a_day(database: Database) -> None:
    wrong, right = Clock(), Clock()
    wrong.now += timedelta(days=365)
    await pace(database, wrong).refused(3600)
    with pytest.raises(RateLimited):
        await pace(database, right).take()
    right.now += timedelta(hours=24, seconds=1)
    await pace(database, right).take()


async def test_a_short_pause_is_slept_through(database: Database) -> None:
    clock = Clock()
    asked = pace(database, clock)
    await asked.refused(5)
    await asked.take()
    assert 5 <= clock.slept_s <= 8


# ── Slower after a refusal, and back ─────────────────────────────────────────────────────────────────


async def spacing(asked: Pace, clock: Clock, requests: int = 10) -> float:
    """Seconds between two requests once the burst is used up."""
    for _ in range(3):
        await asked.take()
    before = clock.slept_s
    for _ in range(requests):
        await asked.take()
    return (clock.slept_s - before) / requests


async def test_each_refusal_halves_the_rate_down_to_one_in_half_a_minute(database: Database) -> None:
    clock = Clock()
    for seconds in (2, 4, 8, 16, 30, 30):
        await pace(database, clock).refused(1)
        clock.now += timedelta(seconds=200)
        assert await spacing(pace(database, clock), clock) == pytest.approx(seconds, rel=0.01)


async def test_refusals_of_requests_that_were_on_their_way_count_once(database: Database) -> None:
    clock = Clock()
    asked = pace(database, clock)
    for wait_s in (60, 90, 10):
        await asked.refused(wait_s)
    assert await asked.refused(None) == 90, "the longest of them, and of no growing default"
    clock.now += timedelta(seconds=200)
    assert await spacing(asked, clock) == pytest.approx(2, rel=0.01)


async def test_good_answers_bring_the_rate_back_a_tenth_at_a_time(database: Database) -> None:
    clock = Clock()
    asked = pace(database, clock)
    await asked.refused(1)
    rates = []
    for _ in range(6):
        await asked.take()
        for _ in range(50):
            await asked.answered()
        rates.append(round(1 / await spacing(asked, clock), 2))
    assert rates == [0.6, 0.7, 0.8, 0.9, 1.0, 1.0]


async def test_what_the_settings_choose_is_the_most_that_comes_back(database: Database) -> None:
    clock = Clock()
    slow = Rate(0.2, 3)
    await pace(database, clock, slow).refused(1)
    asked = pace(database, clock, slow)
    await asked.take()
    for _ in range(400):
        await asked.answered()
    assert await spacing(asked, clock) == pytest.approx(5, rel=0.01)


async def test_requests_that_waited_for_no_turn_are_made_up_for(database: Database) -> None:
    clock = Clock()
    await pace(database, clock).charge(10)
    asked = pace(database, clock)
    await asked.take()
    assert clock.slept_s == pytest.approx(8, abs=0.01)
    await pace(database, clock, None).charge(1000)
    await asked.take()
    assert clock.slept_s == pytest.approx(9, abs=0.01)


async def test_without_a_rate_others_are_obeyed_within_a_second(database: Database) -> None:
    clock = Clock()
    asked = Pace(database, SERVER, None, clock=clock, sleep=clock.sleep, monotonic=lambda: clock.now.timestamp())
    await asked.take()
    await pace(database, clock, None).refused(600)
    clock.now += timedelta(seconds=1)
    with pytest.raises(RateLimited):
        await asked.take()


# ── The gate ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("rate", [POLITE, None])
async def test_a_closed_gate_is_left_alone_for_an_hour_two_four_up_to_a_day(
    database: Database, rate: Rate | None
) -> None:
    clock = Clock()
    hours = []
    for _ in range(7):
        hours.append(await pace(database, clock, rate).blocked() / 3600)
        with pytest.raises(Blocked):
            await pace(database, clock, rate).take()
        clock.now += timedelta(hours=hours[-1], seconds=1)
        await pace(database, clock, rate).take()
    assert hours == [1, 2, 4, 8, 16, 24, 24]


@pytest.mark.parametrize("rate", [POLITE, None])
async def test_one_request_tries_the_gate_and_the_others_wait_for_its_answer(
    database: Database, rate: Rate | None
) -> None:
    clock = Clock()
    await pace(database, clock, rate).blocked()
    clock.now += timedelta(hours=1, seconds=1)
    trying = pace(database, clock, rate)
    await trying.take()
    slept_before_s = clock.slept_s

    async def sleep(seconds: float) -> None:
        """While another waits the answer comes."""
        await clock.sleep(seconds)
        if clock.slept_s - slept_before_s > 5:
            await trying.answered()

    other = Pace(database, SERVER, rate, clock=clock, sleep=sleep)
    await other.take()
    assert 5 < clock.slept_s - slept_before_s < 8
    await pace(database, clock, rate).take()
    assert await pace(database, clock, rate).blocked() == 3600, "a good answer forgives what was before"


async def test_who_tried_and_died_is_waited_for_a_minute_and_a_half(database: Database) -> None:
    clock = Clock()
    await pace(database, clock).blocked()
    clock.now += timedelta(hours=1, seconds=1)
    await pace(database, clock).take()
    before = clock.now
    await pace(database, clock).take()
    assert clock.now - before == pytest.approx(timedelta(seconds=90), abs=timedelta(seconds=2))


async def test_an_answer_that_comes_late_opens_nothing(database: Database) -> None:
    clock = Clock()
    asked = pace(database, clock)
    await asked.blocked()
    clock.now += timedelta(hours=1, seconds=1)
    await asked.take()
    await pace(database, clock).blocked()
    await asked.answered()
    with pytest.raises(Blocked):
        await pace(database, clock).take()


# ── Clocks ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("rate", [POLITE, None])
async def test_the_servers_clock_is_remembered(database: Database, rate: Rate | None) -> None:
    clock = Clock()
    asked = pace(database, clock, rate)
    assert await asked.server_time() == clock.now
    await asked.take()
    await asked.answered(clock.now - timedelta(days=1))
    assert await pace(database, clock, rate).server_time() == clock.now - timedelta(days=1)
    mended = pace(database, clock, rate)
    await mended.server_time()
    await mended.answered(clock.now)
    assert await pace(database, clock, rate).server_time() == clock.now


# ── Signing in ───────────────────────────────────────────────────────────────────────────────────────


async def refusals_of_sign_in(database: Database, clock: Clock, count: int, *, blocked: bool) -> list[float]:
    hours = []
    for _ in range(count):
        until = await budget.sign_in_refused(database, SERVER, blocked=blocked, clock=clock)
        assert await budget.sign_in_wait(database, SERVER, clock) == (until, blocked, True)
        hours.append((until - clock.now) / timedelta(hours=1))
        clock.now = until + timedelta(seconds=1)
        assert await budget.sign_in_wait(database, SERVER, clock) is None
    return hours


async def test_sign_in_cools_down_for_2_4_8_up_to_24_hours(database: Database) -> None:
    clock = Clock()
    assert await refusals_of_sign_in(database, clock, 6, blocked=False) == [2, 4, 8, 16, 24, 24]
    await budget.sign_in_succeeded(database, SERVER)
    assert await budget.sign_in_refused(database, SERVER, clock=clock) - clock.now == timedelta(hours=2)


async def test_a_gate_closed_to_sign_ins_is_tried_after_an_hour(database: Database) -> None:
    clock = Clock()
    assert await refusals_of_sign_in(database, clock, 6, blocked=True) == [1, 2, 4, 8, 16, 24]
    await pace(database, clock).take()


async def test_who_must_not_ask_must_not_sign_in(database: Database) -> None:
    clock = Clock()
    await pace(database, clock).blocked()
    assert await budget.sign_in_wait(database, SERVER, clock) == (clock.now + timedelta(hours=1), True, False)
