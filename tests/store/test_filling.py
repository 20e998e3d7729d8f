"""A day has one source: Garmin before a watch's files before the archive, whichever came first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from garminsync_tui.garmin.endpoints import BY_NAME
from garminsync_tui.metrics import Reading, day_ms
from garminsync_tui.models import Coverage, GarminConnectAccount
from garminsync_tui.store import coverage, days, health
from garminsync_tui.store.database import Database
from garminsync_tui.store.filling import Filled, ToldDay, fill_days
from garminsync_tui.store.health import FetchedDay

from .test_health import BERLIN, MONDAY, at, rollup, rows

TUESDAY = MONDAY + timedelta(days=1)


async def fill(
    database: Database,
    account: GarminConnectAccount,
    source: str,
    readings: Sequence[Reading],
    *,
    whole: bool,
    endpoint: str = "heart_rate",
) -> Filled:
    async with database.write() as session:
        await days.ensure(session, account.id, BERLIN, MONDAY - timedelta(days=2), MONDAY + timedelta(days=2))
        metrics = BY_NAME[endpoint].metrics
        return await fill_days(session, account.id, endpoint, metrics, source, [ToldDay(MONDAY, readings, whole)])


async def fetch(
    database: Database, account: GarminConnectAccount, readings: Sequence[Reading], endpoint: str = "heart_rate"
) -> None:
    async with database.write() as session:
        await days.ensure(session, account.id, BERLIN, MONDAY - timedelta(days=2), MONDAY + timedelta(days=2))
        metrics = BY_NAME[endpoint].metrics
        await health.replace_days(
            session, account.id, endpoint, metrics, [FetchedDay(MONDAY, readings)], keep_vanished=True
        )


async def ledger(database: Database, endpoint: str = "heart_rate") -> tuple[str, str]:
    async with database.read() as session:
        (row,) = await session.scalars(sa.select(Coverage).where(Coverage.endpoint == endpoint))
        return row.status, row.source


def rates(*values: float, first_hour: int = 1) -> list[Reading]:
    return [Reading("heart_rate", at(MONDAY, first_hour + n), value) for n, value in enumerate(values)]


async def test_a_whole_day_is_fetched_a_part_stays_open_and_two_parts_add_up(
    database: Database, account: GarminConnectAccount
) -> None:
    assert await fill(database, account, "fit", rates(60, 61), whole=False) == Filled(frozenset({MONDAY}), 0, 0, 2)
    assert await ledger(database) == ("stale", "fit")
    async with database.read() as session:
        assert await coverage.settled(session, account.id, ["heart_rate"], MONDAY, MONDAY) == {"heart_rate": set()}
        # But a sync asks only so far back as it is told to.
        assert await coverage.due_days(session, account.id, TUESDAY) == {}
    await fill(database, account, "fit", rates(62, first_hour=5), whole=False)
    assert [value for _, _, value in await rows(database)] == [60, 61, 62]
    assert [row[2:6] for row in await rollup(database)] == [(60, 61, 62, 3)]
    assert (await fill(database, account, "fit", rates(60, 66, first_hour=1), whole=True)).readings == 1
    assert await ledger(database) == ("fetched", "fit")
    assert len(await rows(database)) == 3


async def test_the_same_again_writes_nothing_and_a_part_adds_nothing_to_a_whole_day(
    database: Database, account: GarminConnectAccount
) -> None:
    await fill(database, account, "fit", rates(60, 61), whole=True)
    before = await _checked_at(database)
    assert await fill(database, account, "fit", rates(60, 61), whole=True) == Filled(frozenset(), 1, 0, 0)
    assert await fill(database, account, "fit", rates(75), whole=False) == Filled(frozenset(), 1, 0, 0)
    assert await _checked_at(database) == before
    assert [value for _, _, value in await rows(database)] == [60, 61]


async def _checked_at(database: Database) -> object:
    async with database.read() as session:
        return await session.scalar(sa.select(Coverage.checked_at))


SLEEP = {
    "archive": [Reading("sleep", day_ms(MONDAY), 25_000), Reading("sleep_score", day_ms(MONDAY), 80)],
    "fit": [Reading("sleep", day_ms(MONDAY), 25_200), Reading("sleep_stage", at(MONDAY, 2), 0, {"seconds": 60})],
    "api": [Reading("sleep", day_ms(MONDAY), 25_100), Reading("sleep_stage", at(MONDAY, 3), 1)],
}


@pytest.mark.parametrize("order", list(permutations(("api", "archive", "fit"))), ids="-".join)
async def test_whichever_comes_first_the_day_is_garmins_own(
    database: Database, account: GarminConnectAccount, order: tuple[str, ...]
) -> None:
    for source in order:
        if source == "api":
            await fetch(database, account, SLEEP["api"], "sleep")
        else:
            await fill(database, account, source, SLEEP[source], whole=False, endpoint="sleep")
    assert await rows(database) == [
        ("sleep", day_ms(MONDAY), 25_100),
        ("sleep_stage", at(MONDAY, 3), 1),
    ]
    assert await ledger(database, "sleep") == ("fetched", "api")
    assert {row[0] for row in await rollup(database)} == {"sleep", "sleep_stage"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("order", [("archive", "fit"), ("fit", "archive")], ids="-".join)
@pytest.mark.parametrize(
    ("whole", "fit_has_the_main_value", "winner"),
    [
        ((), True, "fit"),
        ((), False, "archive"),
        (("archive",), True, "archive"),
        (("archive", "fit"), True, "fit"),
        (("fit",), False, "fit"),
    ],
)
async def test_of_two_files_the_whole_one_wins_then_the_watch_in_any_order(
    database: Database,
    account: GarminConnectAccount,
    order: tuple[str, ...],
    whole: tuple[str, ...],
    fit_has_the_main_value: bool,
    winner: str,
) -> None:
    told = {"archive": SLEEP["archive"], "fit": SLEEP["fit"] if fit_has_the_main_value else SLEEP["fit"][1:]}
    for source in order:
        await fill(database, account, source, told[source], whole=source in whole, endpoint="sleep")
    assert await ledger(database, "sleep") == ("fetched" if winner in whole else "stale", winner)
    assert await rows(database) == sorted((each.metric, each.at_ms, each.value) for each in told[winner])


async def test_garmins_empty_answer_takes_nothing_away_from_a_file(
    database: Database, account: GarminConnectAccount
) -> None:
    """Neither does the same answer read again."""
    await fill(database, account, "archive", SLEEP["archive"], whole=False, endpoint="sleep")
    await fetch(database, account, [], "sleep")
    assert await ledger(database, "sleep") == ("fetched", "archive")
    async with database.write() as session:
        await health.replace_days(
            session, account.id, "sleep", BY_NAME["sleep"].metrics, [FetchedDay(MONDAY, [])], again=True
        )
    assert [value for _, _, value in await rows(database)] == [25_000, 80]
    assert await ledger(database, "sleep") == ("fetched", "archive")


async def test_a_file_fills_what_was_empty_and_a_failure_stays_one_until_all_is_there(
    database: Database, account: GarminConnectAccount
) -> None:
    await fetch(database, account, [])
    assert await ledger(database) == ("empty", "api")
    await fill(database, account, "fit", rates(60), whole=True)
    assert await ledger(database) == ("fetched", "fit")
    async with database.write() as session:
        await coverage.fail(session, account.id, "sleep", MONDAY, "Garmin answered 500")
    await fill(database, account, "archive", SLEEP["archive"], whole=False, endpoint="sleep")
    async with database.read() as session:
        row = await session.get(Coverage, (account.id, "sleep", MONDAY, ""))
        assert row is not None
        assert (row.status, row.reason, row.source, row.attempts) == ("failed", "Garmin answered 500", "archive", 1)
        assert row.next_try_at is not None
    await fill(database, account, "fit", SLEEP["fit"], whole=True, endpoint="sleep")
    assert await ledger(database, "sleep") == ("fetched", "fit")


@pytest.mark.parametrize("order", permutations(("older", "newer")))
async def test_of_two_archives_the_later_one_knows_better_how_a_day_ended(
    order: tuple[str, ...], database: Database, account: GarminConnectAccount
) -> None:
    until_noon, all_day = (Reading("steps_total", day_ms(MONDAY), steps) for steps in (4_000.0, 9_000.0))
    archives = {
        "older": [ToldDay(MONDAY, [until_noon], False)],
        "newer": [
            ToldDay(MONDAY, [all_day], False),
            ToldDay(TUESDAY, [Reading("steps_total", day_ms(TUESDAY), 2_000.0)], False),
        ],
    }
    metrics = BY_NAME["daily_summaries"].metrics
    for name in order:
        async with database.write() as session:
            await days.ensure(session, account.id, BERLIN, MONDAY - timedelta(days=2), MONDAY + timedelta(days=3))
            await fill_days(session, account.id, "daily_summaries", metrics, "archive", archives[name])
    assert [row[2] for row in await rows(database) if row[0] == "steps_total"] == [9_000.0, 2_000.0]


async def test_of_what_is_there_only_the_day_is_read(database: Database, account: GarminConnectAccount) -> None:
    """An import of years asks this for every day: it must not read all readings there are."""
    night = [Reading("sleep", day_ms(MONDAY), 25_200.0), Reading("sleep_stage", at(MONDAY, 1), 1.0)]
    await fill(database, account, "archive", night, whole=False, endpoint="sleep")
    asked: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, values: Any, *___: Any) -> None:
        if statement.startswith("SELECT") and "FROM health_metrics" in statement:
            asked.append((statement, values))

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    await fill(database, account, "fit", night, whole=False, endpoint="sleep")
    event.remove(database.engine.sync_engine, "before_cursor_execute", note)
    assert asked
    if database.sqlite:
        async with database.read() as session:
            connection = await session.connection()
            for statement, values in asked:
                plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
                assert all("timestamp" in row[3] for row in plan), statement
