"""A day fetched again replaces what it held; what did not change is not written; the rollup agrees."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from garminsync_tui.columns import to_ms
from garminsync_tui.metrics import Reading, day_ms
from garminsync_tui.models import Coverage, GarminConnectAccount, HealthCount, HealthDaily, HealthMetric
from garminsync_tui.store import days, health
from garminsync_tui.store.database import Database
from garminsync_tui.store.health import FetchedDay

BERLIN = days.zone_of("Europe/Berlin")
MONDAY = date(2026, 10, 19)
SUNDAY_OF_25_HOURS = date(2026, 10, 25)


def at(day: date, hour: int, minute: int = 0) -> int:
    """A wall-clock time in Berlin, in milliseconds."""
    return to_ms(datetime(day.year, day.month, day.day, hour, minute, tzinfo=BERLIN).astimezone(UTC))


async def store(
    database: Database,
    account: GarminConnectAccount,
    day: date,
    readings: Sequence[Reading],
    endpoint: str = "heart_rate",
    metrics: Sequence[str] = ("heart_rate",),
) -> None:
    async with database.write() as session:
        await days.ensure(session, account.id, BERLIN, day - timedelta(days=2), day + timedelta(days=2))
        await health.replace_days(session, account.id, endpoint, metrics, [FetchedDay(day, readings)])


async def rows(database: Database) -> list[tuple[str, int, float]]:
    async with database.read() as session:
        found = await session.scalars(
            sa.select(HealthMetric).order_by(HealthMetric.metric_type, HealthMetric.timestamp)
        )
        return [(row.metric_type, to_ms(row.timestamp), row.value) for row in found]


async def rollup(database: Database) -> list[tuple[object, ...]]:
    async with database.read() as session:
        found = list(await session.scalars(sa.select(HealthDaily).order_by(HealthDaily.metric_type, HealthDaily.day)))
        counted = {each.metric_type: each.n for each in await session.scalars(sa.select(HealthCount)) if each.n}
        # Whatever was done before, the counts are those of the rollup.
        summed: dict[str, int] = {}
        for row in found:
            summed[row.metric_type] = summed.get(row.metric_type, 0) + row.n
        assert counted == summed
        return [
            (row.metric_type, row.day, row.minimum, round(row.mean, 9), row.maximum, row.n, row.last) for row in found
        ]


async def test_a_day_fetched_again_replaces_what_it_held(database: Database, account: GarminConnectAccount) -> None:
    first = [Reading("heart_rate", at(MONDAY, hour), 60.0 + hour) for hour in (1, 2, 3)]
    await store(database, account, MONDAY, first)
    second = [Reading("heart_rate", at(MONDAY, 2), 70.0), Reading("heart_rate", at(MONDAY, 9), 90.0)]
    await store(database, account, MONDAY, second)
    assert await rows(database) == [("heart_rate", r.at_ms, r.value) for r in second]
    assert await rollup(database) == [("heart_rate", MONDAY, 70.0, 80.0, 90.0, 2, 90.0)]


async def test_other_days_and_metrics_are_left_alone(database: Database, account: GarminConnectAccount) -> None:
    tuesday = MONDAY + timedelta(days=1)
    await store(database, account, MONDAY, [Reading("heart_rate", at(MONDAY, 23, 58), 61.0)])
    await store(database, account, tuesday, [Reading("heart_rate", at(tuesday, 0), 62.0)])
    await store(database, account, tuesday, [Reading("steps", at(tuesday, 0), 10.0)], "steps", ["steps"])
    await store(database, account, tuesday, [Reading("heart_rate", at(tuesday, 0, 2), 63.0)])
    async with database.read() as session:
        assert await health.measured(session, ["heart_rate", "steps", "sleep"], tuesday) == {"heart_rate", "steps"}
        assert await health.measured(session, ["steps"], MONDAY) == set()
    assert [(metric, value) for metric, _, value in await rows(database)] == [
        ("heart_rate", 61.0),
        ("heart_rate", 63.0),
        ("steps", 10.0),
    ]


async def test_what_did_not_change_is_not_written(database: Database, account: GarminConnectAccount) -> None:
    readings = [Reading("heart_rate", at(MONDAY, hour), 60.0, {"n": hour}) for hour in range(5)]
    await store(database, account, MONDAY, readings)
    async with database.read() as session:
        before = {row.id: row.synced_at for row in await session.scalars(sa.select(HealthMetric))}
    async with database.write() as session:
        await session.execute(sa.update(HealthMetric).values(synced_at=datetime(2020, 1, 1, tzinfo=UTC)))
    await store(database, account, MONDAY, [*readings[:-1], readings[-1]._replace(value=61.0)])
    async with database.read() as session:
        after = {row.id: row.synced_at for row in await session.scalars(sa.select(HealthMetric))}
    assert after.keys() == before.keys()
    assert sum(moment.year == 2020 for moment in after.values()) == 4


async def test_an_empty_day_empties_what_it_held_and_the_ledger_says_so(
    database: Database, account: GarminConnectAccount
) -> None:
    await store(database, account, MONDAY, [Reading("heart_rate", at(MONDAY, 1), 60.0)])
    await store(database, account, MONDAY, [])
    assert await rows(database) == []
    assert await rollup(database) == []
    async with database.read() as session:
        assert [row.status for row in await session.scalars(sa.select(Coverage))] == ["empty"]


async def test_a_night_belongs_to_its_endpoint_day_and_its_readings_to_the_days_they_fell_on(
    database: Database, account: GarminConnectAccount
) -> None:
    tuesday = MONDAY + timedelta(days=1)
    night = [
        Reading("sleep", day_ms(tuesday), 7 * 3600.0),
        Reading("sleep_stage", at(MONDAY, 23), 1.0),
        Reading("sleep_stage", at(tuesday, 3), 0.0),
    ]
    await store(database, account, tuesday, night, "sleep", ["sleep", "sleep_stage"])
    moved = [night[0], Reading("sleep_stage", at(MONDAY, 23, 30), 1.0)]
    await store(database, account, tuesday, moved, "sleep", ["sleep", "sleep_stage"])
    assert await rollup(database) == [
        ("sleep", tuesday, 25200.0, 25200.0, 25200.0, 1, 25200.0),
        ("sleep_stage", MONDAY, 1.0, 1.0, 1.0, 1, 1.0),
    ]


async def test_a_day_of_25_hours_holds_its_last_hour(database: Database, account: GarminConnectAccount) -> None:
    bounds = days.assumed(SUNDAY_OF_25_HOURS, BERLIN)
    assert bounds.ends_at - bounds.starts_at == timedelta(hours=25)
    last = to_ms(bounds.ends_at) - 1
    await store(database, account, SUNDAY_OF_25_HOURS, [Reading("heart_rate", last, 55.0)])
    assert [row[1] for row in await rollup(database)] == [SUNDAY_OF_25_HOURS]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    fetches=st.lists(
        st.tuples(
            st.integers(0, 3),
            st.dictionaries(st.integers(0, 24 * 60 - 1), st.integers(30, 200), max_size=8),
        ),
        min_size=1,
        max_size=6,
    )
)
async def test_the_rollup_rebuilt_equals_the_one_that_was_kept(
    database: Database, account: GarminConnectAccount, fetches: list[tuple[int, dict[int, int]]]
) -> None:
    for offset, values in fetches:
        day = MONDAY + timedelta(days=offset)
        readings = [
            Reading("heart_rate", at(day, minute // 60, minute % 60), float(value))
            for minute, value in sorted(values.items())
        ]
        await store(database, account, day, readings)
    kept = await rollup(database)
    async with database.write() as session:
        await health.rebuild_rollup(session, account.id)
    assert await rollup(database) == kept


async def test_months_weigh_days_by_their_readings(database: Database, account: GarminConnectAccount) -> None:
    last = date(2026, 9, 30)
    await store(database, account, last, [Reading("heart_rate", at(last, 1), 50.0)])
    for day, values in ((MONDAY, (60.0, 70.0, 80.0)), (MONDAY + timedelta(days=1), (100.0,))):
        await store(
            database, account, day, [Reading("heart_rate", at(day, n), value) for n, value in enumerate(values)]
        )
    async with database.read() as session:
        every = await health.monthly(session, "heart_rate", last, date(2026, 10, 31))
        some = await health.monthly(session, "heart_rate", MONDAY, MONDAY)
    assert every == [
        health.Month(date(2026, 9, 1), 50.0, 50.0, 50.0, 1),
        health.Month(date(2026, 10, 1), 60.0, 77.5, 100.0, 4),
    ]
    assert some == [health.Month(date(2026, 10, 1), 60.0, 70.0, 80.0, 3)]


async def test_counts_say_how_much_and_from_when_to_when(database: Database, account: GarminConnectAccount) -> None:
    tuesday = MONDAY + timedelta(days=1)
    await store(database, account, MONDAY, [Reading("heart_rate", at(MONDAY, n), 60.0) for n in range(3)])
    await store(database, account, tuesday, [Reading("heart_rate", at(tuesday, 1), 60.0)])
    await store(database, account, MONDAY, [Reading("sleep", day_ms(MONDAY), 25200.0)], "sleep", ["sleep"])
    async with database.read() as session:
        assert await health.counts(session) == [
            health.MetricCount("heart_rate", 4, MONDAY, tuesday),
            health.MetricCount("sleep", 1, MONDAY, MONDAY),
        ]


async def test_rollups_follow_when_a_day_turns_out_to_have_other_bounds(
    database: Database, account: GarminConnectAccount
) -> None:
    await store(database, account, MONDAY, [Reading("heart_rate", at(MONDAY, 1), 60.0)])
    real = days.assumed(MONDAY, days.zone_of("America/New_York"))  # 06:00 in Berlin
    async with database.write() as session:
        moved = await days.save(session, account.id, [real])
        assert moved == {MONDAY + timedelta(days=n) for n in (-1, 0, 1)}  # its neighbours begin and end with it
        await health.roll_up_moved(session, account.id, moved)
    sunday = MONDAY - timedelta(days=1)
    assert await rollup(database) == [("heart_rate", sunday, 60.0, 60.0, 60.0, 1, 60.0)]
    async with database.write() as session:
        assert await days.save(session, account.id, [real]) == set()
