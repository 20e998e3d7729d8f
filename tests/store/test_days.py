"""Every instant belongs to exactly one local day: when clocks change, over the date line, and as Garmin corrects us."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from garminsync_tui.columns import to_ms
from garminsync_tui.metrics import Reading
from garminsync_tui.models import CalendarDay, Coverage, GarminConnectAccount, HealthCount, HealthDaily, HealthMetric
from garminsync_tui.store import days, health
from garminsync_tui.store.database import Database
from garminsync_tui.store.days import Bounds
from garminsync_tui.store.health import FetchedDay

FIRST = date(2026, 3, 2)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
UTC_ZONE = days.zone_of("UTC")

#: Where a person is at the start of each of some consecutive days, in quarters of an hour from UTC.
journeys = st.lists(st.integers(-12 * 4, 14 * 4), min_size=1, max_size=8)


def told_by_garmin(quarters: Sequence[int], *, guessed_ends: bool = False) -> list[Bounds]:
    """Each day from its own midnight to the next one's; `guessed_ends`: to 24 hours later, as on a running day."""
    starts = [
        datetime.combine(FIRST + n * DAY, time(), UTC) - timedelta(minutes=15 * each) for n, each in enumerate(quarters)
    ]
    ends = [starts_at + DAY for starts_at in starts] if guessed_ends else [*starts[1:], starts[-1] + DAY]
    return [
        Bounds(FIRST + n * DAY, starts[n], ends[n], each * 900)
        for n, each in enumerate(quarters)
        if guessed_ends or ends[n] > starts[n]
    ]


def assert_each_instant_has_one_day(found: Sequence[Bounds]) -> None:
    assert all(each.starts_at < each.ends_at for each in found)
    assert all(left.day < right.day and left.ends_at == right.starts_at for left, right in pairwise(found))


# ── What the time zone says ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/Santiago", date(2026, 9, 6), 23),  # there is no midnight
        ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
        ("Asia/Kolkata", date(2026, 3, 29), 24),
    ],
)
def test_a_day_lasts_as_long_as_its_clock_says(zone: str, day: date, hours: float) -> None:
    bounds = days.assumed(day, days.zone_of(zone))
    assert bounds.ends_at - bounds.starts_at == hours * HOUR


@given(
    zone=st.sampled_from(
        ["Europe/Berlin", "America/Havana", "America/Santiago", "Pacific/Apia", "Australia/Lord_Howe", "Asia/Kolkata"]
    ),
    moment=st.datetimes(datetime(2010, 1, 10), datetime(2030, 1, 1), timezones=st.just(UTC)),
)
def test_an_instant_belongs_to_the_date_on_its_clock(zone: str, moment: datetime) -> None:
    local = moment.astimezone(days.zone_of(zone)).date()
    around = [days.assumed(local + n * DAY, days.zone_of(zone)) for n in range(-3, 4)]
    found = days.joined(around, ())
    assert_each_instant_has_one_day(found)
    assert [each.day for each in found if each.starts_at <= moment < each.ends_at] == [local]


async def test_a_date_that_a_country_skipped_is_no_day(database: Database, account: GarminConnectAccount) -> None:
    first, last = date(2011, 12, 28), date(2012, 1, 2)
    async with database.write() as session:
        await days.ensure(session, account.id, days.zone_of("Pacific/Apia"), first, last)
    found = await stored(database)
    assert_each_instant_has_one_day(found)
    assert {first + n * DAY for n in range(6)} - {each.day for each in found} == {date(2011, 12, 30)}


# ── What Garmin says ─────────────────────────────────────────────────────────────────────────────────


@given(quarters=journeys, guessed_ends=st.booleans(), unknown=st.sets(st.integers(0, 7)))
def test_neighbours_are_joined_wherever_the_days_began(
    quarters: list[int], guessed_ends: bool, unknown: set[int]
) -> None:
    told = {each.day: each for each in told_by_garmin(quarters, guessed_ends=guessed_ends)}
    for n in unknown:
        told.pop(FIRST + n * DAY, None)
    every = [days.assumed(FIRST + n * DAY, UTC_ZONE) for n in range(-3, len(quarters) + 3)]
    found = days.joined([told.get(each.day, each) for each in every], told)
    assert_each_instant_has_one_day(found)
    assert found[0].starts_at == every[0].starts_at
    assert found[-1].ends_at == every[-1].ends_at
    assert days.joined(found, told) == found
    if max(quarters) - min(quarters) < 12 * 4 and max(abs(each) for each in quarters) < 12 * 4:
        # No day was skipped: whatever Garmin told of a day's beginning holds.
        assert {each.day for each in found} == {each.day for each in every}
        assert all(each.starts_at == told[each.day].starts_at for each in found if each.day in told)


def test_over_the_date_line_to_the_east_a_day_is_lived_twice() -> None:
    auckland_then_honolulu = [13 * 4, -10 * 4]
    long, _ = days.joined(told_by_garmin(auckland_then_honolulu, guessed_ends=True), {FIRST, FIRST + DAY})
    assert long.ends_at - long.starts_at == 47 * HOUR


def test_over_the_date_line_to_the_west_a_day_is_short_or_skipped() -> None:
    for samoa, lasts in ((-10 * 4, HOUR), (-11 * 4, None)):
        found = days.joined(told_by_garmin([samoa, 13 * 4], guessed_ends=True), {FIRST, FIRST + DAY})
        assert_each_instant_has_one_day(found)
        assert [each.ends_at - each.starts_at for each in found if each.day == FIRST] == ([lasts] if lasts else [])


# ── In the database ──────────────────────────────────────────────────────────────────────────────────


async def stored(database: Database) -> list[Bounds]:
    async with database.read() as session:
        found = await session.scalars(sa.select(CalendarDay).order_by(CalendarDay.day))
        return [Bounds(each.day, each.starts_at, each.ends_at, each.utc_offset_s) for each in found]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(quarters=journeys, guessed_ends=st.booleans(), backfill=st.booleans(), late=st.sets(st.integers(0, 7)))
async def test_readings_of_a_day_are_found_again_and_rolled_up_with_it(
    database: Database,
    account: GarminConnectAccount,
    quarters: list[int],
    guessed_ends: bool,
    backfill: bool,
    late: set[int],
) -> None:
    """Readings come before or after (`late`) Garmin has told the bounds of their day, in either order of days."""
    told = days.joined(told_by_garmin(quarters, guessed_ends=guessed_ends), {FIRST + n * DAY for n in range(8)})
    last = FIRST + (len(quarters) - 1) * DAY
    async with database.write() as session:
        for table in (HealthMetric, HealthDaily, HealthCount, Coverage, CalendarDay):
            await session.execute(sa.delete(table))
        await days.ensure(session, account.id, UTC_ZONE, FIRST - 3 * DAY, last + 3 * DAY)

    async def save(bounds: Sequence[Bounds]) -> None:
        async with database.write() as session:
            moved = await days.save(session, account.id, bounds)
            await health.roll_up_moved(session, account.id, moved)
            assert await days.save(session, account.id, bounds) == set()

    await save([each for each in told if (each.day - FIRST).days not in late])
    expected = {}
    for each in reversed(told) if backfill else told:
        middle = each.starts_at + (each.ends_at - each.starts_at) / 2
        instants = sorted({to_ms(each.starts_at), to_ms(middle), to_ms(each.ends_at) - 1})
        readings = [Reading("heart_rate", at_ms, 50.0 + n) for n, at_ms in enumerate(instants)]
        expected[each.day] = instants
        async with database.write() as session:
            fetched = [FetchedDay(each.day, readings)]
            await health.replace_days(session, account.id, "heart_rate", ["heart_rate"], fetched)
    await save(told)

    found = await stored(database)
    assert_each_instant_has_one_day(found)
    by_day = {}
    for each in found:
        async with database.read() as session:
            first, end = await days.extent(session, account.id, UTC_ZONE, each.day, each.day)
            values = await health.readings(session, "heart_rate", first, end)
        assert [to_ms(one.timestamp) for one in values] == expected.get(each.day, [])
        if values:
            numbers = [one.value for one in values]
            by_day[each.day] = (min(numbers), sum(numbers) / len(numbers), max(numbers), len(numbers), numbers[-1])
    async with database.read() as session:
        rollups = await health.daily(session, "heart_rate", FIRST - 3 * DAY, last + 3 * DAY)
    assert {each.day: (each.minimum, each.mean, each.maximum, each.n, each.last) for each in rollups} == by_day
