"""Each turn makes one job, however many schedulers there are and however long the machine slept."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
import time_machine

from garminsync_tui.dates import zone_of
from garminsync_tui.ids import new_id
from garminsync_tui.jobs.schedule import Scheduler
from garminsync_tui.jobs.turns import next_turn, slot_of
from garminsync_tui.models import GarminConnectAccount, Schedule

from .conftest import Desk, until

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Clocks:
    """A wall clock that goes on in a sleep, and one that does not."""

    def __init__(self) -> None:
        self.wall = START
        self.awake_s = 0.0

    def passes(self, span: timedelta, *, asleep: bool = False) -> None:
        self.wall += span
        self.awake_s += 0 if asleep else span.total_seconds()


@pytest.fixture
async def schedule(desk: Desk) -> Schedule:
    await desk.queue.ensure_schedules(desk.account_id, ["activity_sync"], 3600)
    (made,) = await desk.queue.schedules()
    return made


def scheduler_of(desk: Desk, clocks: Clocks) -> Scheduler:
    return Scheduler(desk.queue, clock=lambda: clocks.wall, monotonic=lambda: clocks.awake_s)


async def done(desk: Desk) -> int:
    """Finish whatever is pending; how many jobs that were."""
    count = 0
    while claim := await desk.leases.claim(new_id()):
        await desk.finish(claim)
        count += 1
    return count


@pytest.mark.parametrize("every_s", [60, 1800, 6 * 3600, 86_400])
def test_turns_follow_each_other_without_gap_and_jitter_is_a_tenth(every_s: int) -> None:
    starts = set()
    for _ in range(50):
        schedule = Schedule(garmin_connect_account_id=new_id(), every_s=every_s)
        turn = next_turn(schedule, START)
        assert timedelta(0) < turn - START <= timedelta(seconds=every_s)
        just_inside = turn + timedelta(milliseconds=1)
        assert int(slot_of(schedule, just_inside)) == int(slot_of(schedule, START)) + 1
        assert next_turn(schedule, just_inside) - turn == timedelta(seconds=every_s)
        offset = turn.timestamp() % every_s / every_s
        assert min(offset, 1 - offset) <= 0.1
        starts.add(turn)
    assert len(starts) > 25


# ── A time of day ────────────────────────────────────────────────────────────────────────────────────


def daily(at: str, zone: str = "America/New_York") -> Schedule:
    return Schedule(garmin_connect_account_id=new_id(), every_s=1800, daily_at=at, time_zone=zone)


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "UTC", None])
@pytest.mark.parametrize("at", ["00:00", "01:30", "02:30", "06:30", "23:58"])
def test_a_year_of_days_has_one_turn_each_at_that_time(at: str, zone: str | None) -> None:
    schedule = daily(at, zone)  # type: ignore[arg-type]
    local, moment = zone_of(zone), datetime(2026, 1, 1, 12, tzinfo=UTC)
    slots, late = [], []
    while moment < datetime(2027, 1, 2, tzinfo=UTC):
        turn = next_turn(schedule, moment)
        slots.append(slot_of(schedule, turn))
        assert slot_of(schedule, turn - timedelta(milliseconds=1)) == slot_of(schedule, moment)
        chosen = datetime.combine(date.fromisoformat(slots[-1]), time.fromisoformat(at), local)
        late.append((turn - chosen.astimezone(UTC)).total_seconds())
        moment = turn
    first = date.fromisoformat(slots[0])
    assert slots == [(first + timedelta(days=n)).isoformat() for n in range(len(slots))]
    assert len(set(late)) == 1
    assert 0 <= late[0] <= 300


def test_when_clocks_go_back_the_hour_that_comes_twice_has_one_turn() -> None:
    schedule = daily("01:30")
    midnight = datetime(2026, 11, 1, 0, tzinfo=ZoneInfo("America/New_York"))
    hours = [midnight.astimezone(UTC) + timedelta(minutes=10 * n) for n in range(6 * 8)]
    assert {slot_of(schedule, moment) for moment in hours} == {"2026-10-31", "2026-11-01"}


def test_when_clocks_go_forward_the_time_that_is_skipped_comes_after_the_change() -> None:
    turn = next_turn(daily("02:30"), datetime(2026, 3, 8, 0, tzinfo=ZoneInfo("America/New_York")))
    local = turn.astimezone(ZoneInfo("America/New_York"))
    assert (local.date(), local.hour, local.minute) >= (date(2026, 3, 8), 3, 30)
    assert local < datetime(2026, 3, 8, 3, 36, tzinfo=ZoneInfo("America/New_York"))


async def test_a_laptop_that_slept_for_three_days_catches_up_once(desk: Desk) -> None:
    await desk.queue.ensure_schedules(
        desk.account_id, ["activity_sync"], 1800, daily_at="06:30", time_zone="Europe/Berlin"
    )
    clocks = Clocks()
    scheduler = scheduler_of(desk, clocks)
    await scheduler.due_now()
    assert await done(desk) == 1
    clocks.passes(3 * 24 * HOUR, asleep=True)
    for _ in range(3):
        await scheduler.look_at_the_clock()
    assert await done(desk) == 1
    await desk.queue.ensure_schedules(desk.account_id, ["activity_sync"], 1800)
    (schedule,) = await desk.queue.schedules()
    assert (schedule.daily_at, schedule.time_zone) == (None, None)


# ── Any schedule ─────────────────────────────────────────────────────────────────────────────────────


async def test_one_job_a_turn(desk: Desk, schedule: Schedule) -> None:
    clocks = Clocks()
    schedulers = [scheduler_of(desk, clocks) for _ in range(3)]
    for _ in range(3):
        await asyncio.gather(*(scheduler.due_now() for scheduler in schedulers))
        assert await done(desk) == 1
        for scheduler in schedulers:
            await scheduler.due_now()
        assert await done(desk) == 0
        clocks.wall = next_turn(schedule, clocks.wall) + timedelta(seconds=1)


async def test_a_night_of_sleep_is_one_turn(desk: Desk, schedule: Schedule) -> None:
    clocks = Clocks()
    scheduler = scheduler_of(desk, clocks)
    await scheduler.due_now()
    assert await done(desk) == 1
    clocks.passes(8 * HOUR, asleep=True)
    await scheduler.look_at_the_clock()
    await scheduler.look_at_the_clock()
    assert await done(desk) == 1


async def test_the_timer_itself_inserts_the_next_turn(desk: Desk, schedule: Schedule) -> None:
    """APScheduler with the whole clock moved: just before a turn, and then eight hours on in one jump."""
    with time_machine.travel(next_turn(schedule, START) - timedelta(seconds=1), tick=True) as traveller:
        scheduler = Scheduler(desk.queue)
        await scheduler.start()
        turns = await done(desk)  # this turn's, and the next one's where starting took longer than a second
        while turns < 2:
            await until(lambda: desk.queue.list(status="pending"))
            turns += await done(desk)
        assert turns == 2
        traveller.shift(8 * HOUR)
        await scheduler.look_at_the_clock()
        await until(lambda: desk.queue.list(status="pending"))
        assert await done(desk) == 1
        scheduler.stop()
        assert len(await desk.queue.list()) == 3


async def test_nothing_is_scheduled_for_who_is_not_signed_in(desk: Desk, schedule: Schedule) -> None:
    scheduler = scheduler_of(desk, Clocks())
    account = sa.update(GarminConnectAccount)
    for off, on in (
        ({"sign_in_needed_since": START}, {"sign_in_needed_since": None}),
        ({"active": False}, {"active": True}),
    ):
        async with desk.database.write() as session:
            await session.execute(account.values(off))
        assert await scheduler.due_now() == []
        async with desk.database.write() as session:
            await session.execute(account.values(on))
    assert len(await scheduler.due_now()) == 1


async def test_a_schedule_that_is_switched_off_makes_no_job(desk: Desk, schedule: Schedule) -> None:
    async with desk.database.write() as session:
        await session.execute(sa.update(Schedule).values(enabled=False))
    assert await scheduler_of(desk, Clocks()).due_now() == []
