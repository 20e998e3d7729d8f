"""Readings go out in pages, complete, in order, each with the local day it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from garminsync_tui.columns import to_ms
from garminsync_tui.metrics import Reading, day_ms
from garminsync_tui.models import GarminConnectAccount
from garminsync_tui.store import days, health
from garminsync_tui.store.database import Database
from garminsync_tui.store.outgoing import Outgoing, pages

BERLIN = days.zone_of("Europe/Berlin")
MONDAY = date(2026, 10, 19)
TUESDAY = MONDAY + timedelta(days=1)


def at(day: date, hour: int, minute: int = 0) -> int:
    """A wall-clock time in Berlin, in milliseconds."""
    return to_ms(datetime(day.year, day.month, day.day, hour, minute, tzinfo=BERLIN).astimezone(UTC))


async def store(database: Database, account: GarminConnectAccount, readings: Sequence[Reading]) -> None:
    async with database.write() as session:
        await health.upsert(session, account.id, readings)


async def taken(database: Database, metrics: Sequence[str], *bounds: Any, page_rows: int = 100) -> list[Outgoing]:
    found: list[Outgoing] = []
    async for page in pages(database, metrics, *bounds, page_rows=page_rows):
        assert 0 < len(page) <= page_rows
        found += page
    return found


async def test_pages_leave_nothing_out_and_give_nothing_twice(
    database: Database, account: GarminConnectAccount
) -> None:
    heart = [Reading("heart_rate", at(MONDAY, hour), 60.0 + hour) for hour in range(7)]
    steps = [Reading("steps", at(MONDAY, hour), float(hour), {"n": hour}) for hour in range(4)]
    await store(database, account, [*steps, *heart])
    for page_rows in (1, 2, 4, 7, 50):
        found = await taken(database, ["heart_rate", "sleep", "steps"], page_rows=page_rows)
        assert [(each.metric, to_ms(each.timestamp), each.value) for each in found] == [r[:3] for r in [*heart, *steps]]
    assert {each.unit for each in found} == {"bpm", "count"}
    assert [each.extra for each in found[-4:]] == [{"n": hour} for hour in range(4)]
    assert [each.metric for each in await taken(database, ["steps"])] == ["steps"] * 4


async def test_a_reading_belongs_to_the_local_day(database: Database, account: GarminConnectAccount) -> None:
    after_midnight = at(TUESDAY, 0, 30)  # 22:30 UTC on Monday
    await store(
        database,
        account,
        [Reading("heart_rate", at(MONDAY, 12), 60.0), Reading("heart_rate", after_midnight, 61.0)],
    )
    assert [each.local_day for each in await taken(database, ["heart_rate"])] == [MONDAY, TUESDAY]
    # On Tuesday the athlete was in New York, where it begins six hours later, as Garmin told.
    async with database.write() as session:
        zone = days.zone_of("America/New_York")
        await days.save(session, account.id, [days.assumed(MONDAY, BERLIN)._replace(
            ends_at=days.assumed(TUESDAY, zone).starts_at), days.assumed(TUESDAY, zone)])  # fmt: skip
    assert [each.local_day for each in await taken(database, ["heart_rate"])] == [MONDAY, MONDAY]


async def test_since_and_until_are_local_days(database: Database, account: GarminConnectAccount) -> None:
    wednesday = TUESDAY + timedelta(days=1)
    edges = [at(MONDAY, 23, 59), at(TUESDAY, 0), at(TUESDAY, 23, 59), at(wednesday, 0)]
    await store(database, account, [Reading("heart_rate", edge, float(60 + n)) for n, edge in enumerate(edges)])
    dates = (MONDAY, TUESDAY, wednesday)
    await store(database, account, [Reading("sleep", day_ms(day), 25_000.0 + n) for n, day in enumerate(dates)])
    metrics = ["heart_rate", "sleep"]
    for page_rows in (1, 100):
        inside = await taken(database, metrics, TUESDAY, TUESDAY, page_rows=page_rows)
        assert [each.value for each in inside] == [61.0, 62.0, 25_001.0]
        assert {each.local_day for each in inside} == {TUESDAY}
    assert [each.value for each in await taken(database, metrics, TUESDAY)] == [61.0, 62.0, 63.0, 25_001.0, 25_002.0]
    assert [each.value for each in await taken(database, metrics, None, MONDAY)] == [60.0, 25_000.0]
