"""Totals, records and daily loads: the same answers from both databases, and from a file without SQLAlchemy."""

from __future__ import annotations

import asyncio
import shutil
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from garminsync_tui.errors import DatabaseUnusable
from garminsync_tui.ids import new_id
from garminsync_tui.models import Activity, ActivityBest, ActivityFigures, GarminConnectAccount, User
from garminsync_tui.store import records
from garminsync_tui.store.database import Database
from garminsync_tui.store.plain import Asked, AskedSession, at_file
from garminsync_tui.store.records import Best, DayLoad, DayTotal, Extent, PeriodTotal, Total, by_period, total

from ..trained import Effort, Trained, add, at

Ask = Callable[[Callable[[Asked], Awaitable[Any]]], Awaitable[Any]]


@pytest.fixture
async def ask(database: Database) -> Ask:
    """Asks through the open database, and a file also by Python's driver: both have to say the same."""

    async def asking(question: Callable[[Asked], Awaitable[Any]]) -> Any:
        async with database.read() as session:
            answer = await question(AskedSession(session))
        if database.sqlite:
            with at_file(Path(str(database.url.database))) as asked:
                assert asked is not None
                assert await question(asked) == answer
        return answer

    return asking


async def store(database: Database, account: GarminConnectAccount, *activities: Trained) -> None:
    async with database.write() as session:
        await add(session, account.id, *activities)


# ── Totals ───────────────────────────────────────────────────────────────────────────────────────────


async def test_an_activity_belongs_to_the_day_where_it_was_recorded(
    database: Database, account: GarminConnectAccount, ask: Ask
) -> None:
    await store(
        database,
        account,
        Trained(at("2026-03-28", 23), utc_offset_s=3600),
        Trained(at("2026-03-29", 9), utc_offset_s=7200, distance=None, calories=None, climb=None),
        Trained(at("2026-03-29", 9), utc_offset_s=-10 * 3600, activity_type="cycling"),
        Trained(at("2026-03-29", 9), utc_offset_s=None, activity_type="yoga", distance=None, climb="steep"),
        Trained(at("2026-03-30", 9), climb=-4.0),
    )
    assert await ask(records.day_totals) == [
        DayTotal(date(2026, 3, 28), "cycling", 1, 3600, 12_000.0, 50.0, 700.0),
        DayTotal(date(2026, 3, 29), "running", 2, 7200, 12_000.0, 50.0, 700.0),
        DayTotal(date(2026, 3, 29), "yoga", 1, 3600, None, None, 700.0),
        DayTotal(date(2026, 3, 30), "running", 1, 3600, 12_000.0, None, 700.0),
    ]


async def test_what_is_missing_is_counted(database: Database, account: GarminConnectAccount, ask: Ask) -> None:
    assert await ask(records.extent) == Extent(0, 0, 0, 0)
    assert await ask(records.zone) == "Europe/Berlin"
    await store(
        database,
        account,
        Trained(at("2026-03-28"), computed=False),
        Trained(at("2026-03-29"), load=50.0, basis="pace"),
        Trained(at("2026-03-30")),
        Trained(at("2026-03-31")),
        Trained(at("2026-04-01"), problem="no FIT file"),
    )
    assert await ask(records.extent) == Extent(activities=5, not_computed=1, unreadable=1, without_load=2)


DAYS = st.dates(date(2019, 12, 20), date(2026, 1, 15))
AMOUNTS = st.none() | st.integers(0, 10**6).map(float)
TOTALS = st.lists(
    st.builds(
        DayTotal,
        DAYS,
        st.sampled_from(["running", "trail_running", "cycling", "yoga"]),
        st.integers(1, 3),
        st.integers(0, 10**5),
        AMOUNTS,
        AMOUNTS,
        AMOUNTS,
    ),
    max_size=30,
)


@given(TOTALS, st.sampled_from(["week", "month", "year"]), DAYS, DAYS)
@settings(max_examples=60, deadline=None)
def test_periods_and_their_sports_add_up_to_the_whole(days: list[DayTotal], by: Any, one: date, other: date) -> None:
    since, until = sorted((one, other))
    periods = by_period(days, by, since, until)
    whole = total(each for each in days if since <= each.day <= until)
    parts_of: list[Callable[[PeriodTotal], list[Total]]] = [
        lambda each: [each.whole],
        lambda each: [*each.sports.values()],
    ]
    for parts in parts_of:
        for name in Total._fields:
            known = [value for each in periods for part in parts(each) if (value := getattr(part, name)) is not None]
            assert sum(known) == (getattr(whole, name) or 0)
            assert known or not getattr(whole, name)
    # One after the other, without a gap, from the first day to the last
    assert periods[0].first == since
    assert periods[-1].last == until
    for before, after in pairwise(periods):
        assert after.first == before.last + timedelta(days=1)


# ── Records ──────────────────────────────────────────────────────────────────────────────────────────


def run(day: str, *efforts: Effort, **details: Any) -> Trained:
    return Trained(at(day), efforts=efforts, **details)


def five(seconds: float, note: str | None = None) -> Effort:
    return Effort("distance", 5000.0, seconds, note)


async def test_the_shortest_time_and_the_most_power_are_records(
    database: Database, account: GarminConnectAccount, ask: Ask
) -> None:
    slow = run("2025-05-01", five(1500.0), Effort("power", 60.0, 300.0), Effort("distance", 400.0, 90.0))
    fast = run("2025-06-01", five(1400.0), Effort("power", 60.0, 280.0), name=None)
    ride = run("2025-07-01", Effort("power", 60.0, 400.0), activity_type="road_biking")
    await store(database, account, slow, fast, ride)
    found: list[Best] = await ask(records.records)
    assert [(each.sport, each.kind, each.span, each.value, each.activity_id) for each in found] == [
        ("running", "distance", 400.0, 90.0, slow.id),
        ("running", "distance", 5000.0, 1400.0, fast.id),
        ("running", "power", 60.0, 300.0, slow.id),
        ("cycling", "power", 60.0, 400.0, ride.id),
    ]
    assert found[1] == Best(
        "running",
        "distance",
        5000.0,
        1400.0,
        None,
        datetime(2025, 6, 1, 8, 1, tzinfo=UTC),
        fast.id,
        fast.garmin_id,
        None,
        "running",
        date(2025, 6, 1),
    )
    assert await ask(lambda asked: records.records(asked, "cycling")) == found[3:]
    assert await ask(lambda asked: records.records(asked, "walking")) == []
    assert await ask(lambda asked: records.spans(asked, "cycling")) == [("cycling", "power", 60.0)]


async def test_of_equals_the_earlier_keeps_the_record_and_with_it_the_history(
    database: Database, account: GarminConnectAccount, ask: Ask
) -> None:
    later, earlier, first = (
        run("2025-06-02", five(1400.0)),
        run("2025-06-01", five(1400.0)),
        run("2025-01-01", five(1500)),
    )
    await store(database, account, later, earlier, first, run("2025-02-01", five(1600.0)))
    for since in (None, date(2025, 1, 1)):
        [best] = await ask(lambda asked, since=since: records.records(asked, since=since))
        assert best.activity_id == earlier.id
    history = await ask(lambda asked: records.record_history(asked, "running", "distance", 5000.0))
    assert [each.activity_id for each in history] == [first.id, earlier.id]
    history = await ask(
        lambda asked: records.record_history(asked, "running", "distance", 5000.0, date(2025, 2, 1), date(2025, 5, 1))
    )
    assert [each.value for each in history] == [1600.0]


async def test_what_stands_apart_is_shown_only_where_it_is_asked_for(
    database: Database, account: GarminConnectAccount, ask: Ask
) -> None:
    await store(
        database,
        account,
        run("2025-05-01", five(1500.0)),
        run("2025-05-02", five(700.0, "suspect")),
        run("2025-05-03", five(1450.0, "downhill")),
        run("2025-05-04", five(1440.0, "downhill")),
        run("2025-05-05", Effort("distance", 400.0, 80.0, "indoor")),
    )
    assert [each.value for each in await ask(records.records)] == [1500.0]
    with_notes = [
        (400.0, 80.0, "indoor"),
        (5000.0, 1500.0, None),
        (5000.0, 1440.0, "downhill"),
        (5000.0, 700.0, "suspect"),
    ]
    for since in (None, date(2025, 1, 1)):
        found = await ask(lambda asked, since=since: records.records(asked, since=since, noted=True))
        assert [(each.span, each.value, each.note) for each in found] == with_notes
    history = await ask(lambda asked: records.record_history(asked, "running", "distance", 5000.0, noted=True))
    assert [each.value for each in history] == [1500.0, 700.0]


@pytest.mark.parametrize("few", [0.0, 1.1])
async def test_both_ways_find_the_records_of_some_days(
    database: Database, account: GarminConnectAccount, ask: Ask, few: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "_FEW", few)
    await store(
        database,
        account,
        *(run(f"2025-05-{n:02}", five(1400.0 + n % 7), Effort("power", 5.0, n % 7 + 1)) for n in range(1, 31)),
    )
    found = await ask(lambda asked: records.records(asked, since=date(2025, 5, 8), until=date(2025, 5, 20)))
    assert [(each.kind, each.value, each.day.day) for each in found] == [("distance", 1400.0, 14), ("power", 7.0, 13)]
    assert await ask(lambda asked: records.records(asked, until=date(2025, 4, 30))) == []


async def test_the_rows_of_an_activity_go_with_it(database: Database, account: GarminConnectAccount, ask: Ask) -> None:
    fast = run("2025-06-01", five(1400.0), load=50.0, basis="pace")
    await store(database, account, fast, run("2025-05-01", five(1500.0)))
    async with database.write() as session:
        await session.execute(sa.delete(Activity).where(Activity.id == fast.id))
    assert [each.value for each in await ask(records.records)] == [1500.0]
    assert await ask(records.daily_loads) == []
    async with database.read() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(ActivityBest)) == 1
        assert await session.scalar(sa.select(sa.func.count()).select_from(ActivityFigures)) == 1


VALUES = st.integers(1, 6).map(float)
NOTES = st.sampled_from([None, None, "suspect", "indoor"])
ROWS = st.dictionaries(
    st.tuples(st.integers(1, 12), st.sampled_from(["distance", "power"]), st.sampled_from([5.0, 400.0])),
    st.tuples(VALUES, NOTES),
    max_size=25,
)


@pytest.fixture
def filled(sqlite_template: Path, tmp_path: Path) -> Callable[[Iterable[Trained]], Path]:
    """Makes a file with just these activities."""

    def fill(activities: Iterable[Trained]) -> Path:
        path = tmp_path / f"{new_id()}.db"
        shutil.copy(sqlite_template, path)

        async def run() -> None:
            user = User(id=new_id(), username="me", password_hash="$argon2id$", login_required=False)
            account = GarminConnectAccount(
                id=new_id(), user_id=user.id, garmin_user_id="1", server="http://127.0.0.1:1", active=False
            )
            async with await Database.open(f"sqlite:///{path}") as database, database.write() as session:
                session.add(user)
                await session.flush()
                session.add(account)
                await session.flush()
                await add(session, account.id, *activities)

        asyncio.run(run())
        return path

    return fill


@given(ROWS, st.sampled_from([0.0, 0.1, 1.1]), st.none() | st.integers(1, 12), st.none() | st.integers(1, 12))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_records_are_those_that_looking_at_every_row_finds(
    filled: Callable[[Iterable[Trained]], Path],
    rows: dict[tuple[int, str, float], tuple[float, str | None]],
    few: float,
    since: int | None,
    until: int | None,
) -> None:
    efforts = defaultdict(list)
    for (day, kind, span), (value, note) in rows.items():
        efforts[day].append(Effort(kind, span, value, note))
    activities = [run(f"2025-03-{day:02}", *found) for day, found in efforts.items()]
    days = [None if day is None else date(2025, 3, day) for day in (since, until)]

    def counts(day: int, note: str | None, noted: bool) -> bool:
        return (noted or note is None) and (since is None or day >= since) and (until is None or day <= until)

    path = filled(activities)
    with pytest.MonkeyPatch.context() as patched, at_file(path) as asked:
        assert asked is not None
        patched.setattr(records, "_FEW", few)
        for noted in (False, True):
            expected: dict[Any, Any] = {}
            for (day, kind, span), (value, note) in sorted(rows.items()):
                key, better = (kind, span, note), -value if kind == "power" else value
                if counts(day, note, noted) and (key not in expected or better < expected[key][0]):
                    expected[key] = better, day
            found = asyncio.run(records.records(asked, None, *days, noted=noted))
            assert {
                (b.kind, b.span, b.note): (-b.value if b.kind == "power" else b.value, b.day.day) for b in found
            } == (expected)
            assert len(found) == len(expected)
            for kind, span in {(kind, span) for _, kind, span in rows}:
                history = asyncio.run(records.record_history(asked, "running", kind, span, *days, noted=noted))
                of_span = [(best, on) for (k, s, _), (best, on) in expected.items() if (k, s) == (kind, span)]
                if of_span:
                    assert history[-1].day.day == min(of_span)[1]
                assert bool(history) == bool(of_span)
                values = [each.value if kind == "distance" else -each.value for each in history]
                assert values == sorted(set(values), reverse=True)


async def test_no_record_is_found_by_looking_at_every_row(filled: Callable[[Iterable[Trained]], Path]) -> None:
    path = await asyncio.to_thread(filled, [run("2025-03-01", five(1400.0))])
    plans: list[str] = []

    class Explained:
        sqlite = True

        async def rows(self, question: str, **values: Any) -> list[tuple[Any, ...]]:
            assert asked is not None
            plans.extend(row[3] for row in await asked.rows(f"EXPLAIN QUERY PLAN {question}", **values))
            return []

    with at_file(path) as asked:
        await records.records(Explained())
        await records.record_history(Explained(), "running", "distance", 5000.0)
    of_bests = [plan for plan in plans if " b " in plan]
    assert of_bests
    assert [plan for plan in of_bests if not plan.startswith("SEARCH b USING")] == []


# ── Load ─────────────────────────────────────────────────────────────────────────────────────────────


async def test_loads_are_summed_by_day_and_basis(database: Database, account: GarminConnectAccount, ask: Ask) -> None:
    await store(
        database,
        account,
        Trained(at("2026-03-29"), load=50.0, basis="pace"),
        Trained(at("2026-03-29", 18), load=25.5, basis="pace"),
        Trained(at("2026-03-29", 20), load=10.0, basis="heart_rate"),
        Trained(at("2026-03-28", 23), load=0.0, basis="power"),
        Trained(at("2026-03-30")),
    )
    assert await ask(records.daily_loads) == [
        DayLoad(date(2026, 3, 29), "heart_rate", 10.0, 1),
        DayLoad(date(2026, 3, 29), "pace", 75.5, 2),
        DayLoad(date(2026, 3, 29), "power", 0.0, 1),
    ]


def test_a_day_without_a_load_is_rest_in_the_calendar_of_form() -> None:
    first, rest, last = (date(2026, 3, day) for day in (28, 29, 30))
    loads = [DayLoad(first, "pace", 42.0, 1), DayLoad(last, "pace", 30.0, 1), DayLoad(last, "power", 12.0, 1)]
    days = records.training_days(loads, last)
    assert [(each.day, each.load) for each in days] == [(first, 42.0), (rest, 0.0), (last, 42.0)]
    assert days[0].form.fitness == pytest.approx(1.0)
    assert days[1].form.form == pytest.approx(1.0 - 6.0)
    assert records.training_days(loads, first) == days[:1]
    assert records.training_days(loads, first - timedelta(days=1)) == []
    assert records.settled_from(days) == date(2026, 6, 26)


# ── How questions are asked ──────────────────────────────────────────────────────────────────────────


async def test_values_are_bound_as_they_are_stored(database: Database, account: GarminConnectAccount, ask: Ask) -> None:
    activity = Trained(at("2026-03-29"))
    await store(database, account, activity)

    async def id_of(asked: Asked) -> list[tuple[Any, ...]]:
        return await asked.rows(
            "SELECT activity_id FROM activity_figures WHERE activity_id = :id AND day = :day AND sport = :sport",
            id=activity.id,
            day=activity.day,
            sport="running",
        )

    [(found,)] = await ask(id_of)
    assert found == (activity.id.bytes if database.sqlite else UUID(str(activity.id)))


async def test_a_damaged_file_is_a_sentence(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "damaged.db"
    shutil.copy(sqlite_template, path)
    with at_file(path) as asked:
        assert asked is not None
        with pytest.raises(DatabaseUnusable, match="cannot be read"):
            await asked.rows("SELECT * FROM nowhere")
