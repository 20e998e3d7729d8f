"""Bad answers, through whole syncs: nothing wrong is stored, nothing right is dropped, and the ledger says why.

Many endpoints give a bad answer each in one sync: a sync of its own for each would take minutes.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa

from garminsync_tui.columns import to_ms
from garminsync_tui.garmin.activities import SYNC_TIME
from garminsync_tui.garmin.endpoints import BY_NAME
from garminsync_tui.metrics import METRICS, day_ms
from garminsync_tui.models import Coverage, HealthMetric, SyncJob
from garminsync_tui.simulator import Simulator

from ..garmin import bodies
from ..garmin.bodies import DAY, FULL, MINUTE, NEXT, STARTS_MS
from .conftest import NOW, Installation, install

Stored = dict[tuple[str, int], float]
NO_CONTENT = object()
MONTH_MS = 30 * 86_400_000


@pytest.fixture(scope="module")
def server() -> Iterator[Simulator]:
    with Simulator(days=2, now=NOW) as running:
        yield running


@pytest.fixture
def simulator(server: Simulator) -> Iterator[Simulator]:
    yield server
    server.clear_faults()


@pytest.fixture
async def installed(sqlite_template: Path, tmp_path: Path, simulator: Simulator) -> AsyncIterator[Installation]:
    (tmp_path / "health.db").write_bytes(sqlite_template.read_bytes())
    found = await install(tmp_path / "home", f"sqlite:///{tmp_path}/health.db", simulator)
    yield found
    await found.database.close()


async def fetch(
    installation: Installation, simulator: Simulator, answers: Mapping[str, Any], until: date = DAY
) -> SyncJob:
    """Sync 1 May, or until another day, of some endpoints while each gives its answer."""
    simulator.clear_faults()
    for name, body in answers.items():
        path = "^" + re.sub(r"\\{\w+\\}", "[^/]+", re.escape(BY_NAME[name].path)) + "$"
        text, status = ("", 204) if body is NO_CONTENT else (json.dumps(body), 200)
        simulator.add_faults([{"path": path, "status": status, "body": text}])
    metrics = [BY_NAME[name].metrics[0] for name in answers]
    (job,) = await installation.sync("health", since=str(DAY), until=str(until), metrics=metrics, full=True)
    return job


async def stored(installation: Installation, name: str) -> Stored:
    """Everything that is stored of what an endpoint gives, of whatever day."""
    async with installation.database.read() as session:
        rows = await session.execute(
            sa.select(HealthMetric.metric_type, HealthMetric.timestamp, HealthMetric.value).where(
                HealthMetric.metric_type.in_(BY_NAME[name].metrics)
            )
        )
        return {(row[0], to_ms(row[1])): row[2] for row in rows}


async def ledger(installation: Installation, name: str) -> dict[date, tuple[str, str | None]]:
    async with installation.database.read() as session:
        rows = await session.execute(
            sa.select(Coverage.day, Coverage.status, Coverage.reason).where(Coverage.endpoint == name)
        )
        return {row[0]: (row[1], row[2]) for row in rows}


def meant(name: str, body: Any) -> Stored:
    found = BY_NAME[name].parse(body, DAY, DAY)
    return {(each.metric, each.at_ms): each.value for readings in found.values() for each in readings}


# ── Answers that hold nothing, or are something else ─────────────────────────────────────────────

OBJECTS = ("heart_rate", "stress", "sleep", "spo2", "floors", "hrv_summaries", "weight", "training_status")
LISTS = ("steps", "body_battery_events", "hydration", "max_metrics")
GOOD = {name: FULL[name] for name in (*OBJECTS, *LISTS)}


def nulled(body: Any) -> Any:
    """The same with null for everything that is told but the day."""
    if isinstance(body, dict):
        return {key: part if key == "calendarDate" else nulled(part) for key, part in body.items()}
    return [] if isinstance(body, list) else None


def each(of_objects: Any, of_lists: Any) -> dict[str, Any]:
    return dict.fromkeys(OBJECTS, of_objects) | dict.fromkeys(LISTS, of_lists)


async def test_an_answer_of_another_kind_fails_and_the_day_keeps_what_it_had(
    installed: Installation, simulator: Simulator
) -> None:
    assert (await fetch(installed, simulator, GOOD)).status == "completed"
    for bad in (each([], {}), each("\x1b[31m", 7), each([7], ["text", None]), each({"news": []}, [{"news": 1}])):
        job = await fetch(installed, simulator, bad)
        assert (job.status, (job.extra or {})["error_code"]) == ("failed", "partly")
        for name, good in GOOD.items():
            if bad[name] == {}:
                continue
            assert await stored(installed, name) == meant(name, good), (name, bad[name])
            status, reason = (await ledger(installed, name))[DAY]
            assert status == "failed" and f"for {name} cannot be read" in (reason or ""), (name, bad[name])
    assert (await fetch(installed, simulator, GOOD)).status == "completed"
    for name in GOOD:
        assert await ledger(installed, name) == {DAY: ("fetched", None)}, name


async def test_an_answer_without_anything_is_an_empty_day(installed: Installation, simulator: Simulator) -> None:
    nulls = {name: nulled(good) for name, good in GOOD.items()}
    for empty in (dict.fromkeys(GOOD, None), dict.fromkeys(GOOD, NO_CONTENT), each({}, []), nulls):
        assert (await fetch(installed, simulator, empty)).status == "completed"
        for name in GOOD:
            assert await ledger(installed, name) == {DAY: ("empty", None)}, (name, empty[name])
            assert await stored(installed, name) == {}, (name, empty[name])


# ── Answers in which something is odd ────────────────────────────────────────────────────────────


class Odd(NamedTuple):
    """An answer, and what comes of it: what is stored then (None: what was before), the status, and the reason."""

    body: Any
    stored: Stored | None
    status: str
    reason: str | None = None


def series(*rows: Any, **changes: Any) -> dict[str, Any]:
    return bodies.HEART_RATE | {"heartRateValues": list(rows)} | changes


def beats(*found: tuple[int, float]) -> Stored:
    return {("heart_rate", STARTS_MS + minute * MINUTE): value for minute, value in found}


def quarters(first: datetime, count: int = 96) -> list[dict[str, Any]]:
    return [{"startGMT": (first + timedelta(minutes=15 * n)).isoformat(), "steps": n} for n in range(count)]


def daily(**found: float) -> Stored:
    return {(metric, day_ms(DAY)): value for metric, value in found.items()}


def drunk(day: Any, millilitres: Any = 700) -> dict[str, Any]:
    return {"calendarDate": day, "valueInML": millilitres, "goalInML": None}


def night(**changes: Any) -> dict[str, Any]:
    return bodies.SLEEP | changes


SLEEP_DTO = bodies.SLEEP["dailySleepDTO"]
LEVEL, LATER_LEVEL = bodies.SLEEP["sleepLevels"]
EVENT = bodies.BODY_BATTERY_EVENTS[0]
EVENT_AT = STARTS_MS - 60 * MINUTE
WEIGHED_AT = 1777615800000
SLEPT = meant("sleep", bodies.SLEEP)

#: endpoint → one odd answer after the other.
ODD: dict[str, list[Odd]] = {
    "heart_rate": [
        Odd(bodies.HEART_RATE, beats((0, 51), (4, 53)), "fetched"),
        Odd(
            series(
                [STARTS_MS + 4 * MINUTE, "53"], [STARTS_MS, 50], [STARTS_MS, 52], [STARTS_MS + 6 * MINUTE, 300],
                [STARTS_MS + 8 * MINUTE, -1], [STARTS_MS + 10 * MINUTE, True], [STARTS_MS + 12 * MINUTE, None], "text",
                [[[STARTS_MS]], 60], [0, 70], [STARTS_MS + MONTH_MS, 71], [STARTS_MS + 14 * MINUTE, "1" * 5000],
                [10**30, 72], [STARTS_MS - 1200 * MINUTE, 73],
                [STARTS_MS + 16 * MINUTE, float("nan")], [STARTS_MS + 18 * MINUTE, 10**30],
            ),
            beats((0, 52), (4, 53)),
            "fetched",
            "4 heart_rate at another time, 2 heart_rate in rows that cannot be read, 2 heart_rate out of range,"
            " 1 heart_rate as a truth value, 1 heart_rate as text",
        ),
        Odd(
            series(
                [61, STARTS_MS], [62, STARTS_MS + MINUTE],
                heartRateValueDescriptors=[{"index": 1, "key": "timestamp"}, {"index": 0, "key": "heartrate"}],
            ),
            beats((0, 61), (1, 62)),
            "fetched",
        ),
        Odd(bodies.HEART_RATE | {"calendarDate": "2026-05-03"}, None, "failed", "about 2026-05-03"),
        Odd(series([0, 70], [MINUTE, 71], calendarDate=None), None, "failed", "2 heart_rate at another time"),
        Odd(series([STARTS_MS, 300], [STARTS_MS + MINUTE, 301]), None, "failed", "2 heart_rate out of range"),
        Odd(series([STARTS_MS, 300], [STARTS_MS + MINUTE, 60]), beats((1, 60)), "fetched", "1 heart_rate out of range"),
    ],
    "steps": [
        Odd(
            quarters(datetime(2026, 4, 30, 22)),
            {("steps", STARTS_MS + 15 * n * MINUTE): n for n in range(96)},
            "fetched",
        ),
        Odd(quarters(datetime(2026, 4, 29, 22)), None, "failed", "not about 2026-05-01"),
        Odd(quarters(datetime(2026, 5, 1, 22)), None, "failed", "not about 2026-05-01"),
        Odd(quarters(datetime(1970, 1, 1), 3), None, "failed", "3 steps at another time"),
        Odd(
            [{"startGMT": "2026-05-01T06:07:00", "steps": "12"}, *bodies.STEPS[::-1], {"startGMT": [], "steps": 5}],
            {("steps", STARTS_MS + 487 * MINUTE): 12, ("steps", STARTS_MS + 15 * MINUTE): 0, ("steps", STARTS_MS): 74},
            "fetched",
            "1 steps without a time",
        ),
    ],
    "sleep": [
        Odd(bodies.SLEEP, SLEPT, "fetched"),
        Odd(night(dailySleepDTO=SLEEP_DTO | {"calendarDate": "2030-01-01"}), None, "failed", "about 2030-01-01"),
        Odd(
            night(sleepLevels=[LATER_LEVEL, LEVEL | {"activityLevel": 2}, LEVEL, LEVEL | {"startGMT": 0}, 7]),
            SLEPT,
            "fetched",
            "1 sleep_stage at another time, 1 sleep_stage in rows that cannot be read",
        ),
        Odd(
            night(
                sleepLevels="text",
                dailySleepDTO=SLEEP_DTO | {"sleepScores": [], "remSleepSeconds": 10**30},
            ),
            {key: value for key, value in SLEPT.items() if key[0] not in ("sleep_stage", "sleep_score", "sleep_rem")},
            "fetched",
            "1 sleep_rem out of range, 1 sleep_score as a list, 1 sleep_stage as text",
        ),
    ],
    "body_battery_events": [
        Odd([EVENT], {("body_battery_event", EVENT_AT): 55}, "fetched"),
        Odd([{"event": "nap"}, {"event": [[]]}], None, "failed", "1 body_battery_event as text"),
        Odd(
            [{"event": "nap"}, EVENT, {"event": None}, {"event": EVENT["event"] | {"bodyBatteryImpact": 500}}],
            {("body_battery_event", EVENT_AT): 55},
            "fetched",
            "1 body_battery_event as text, 1 body_battery_event out of range",
        ),
    ],
    "hydration": [
        Odd([drunk("2026-05-01")], daily(hydration_intake=700), "fetched"),
        Odd([drunk("1970-01-01"), drunk("2030-01-01"), drunk("2026-04-30")], None, "failed", "of another day"),
        Odd([drunk(None), drunk([[]])], None, "failed", "2 hydration_intake without a date"),
        Odd(
            [drunk("2030-01-01", 800), drunk("2026-05-01", 600), drunk("2026-05-01", "650"), drunk(0, 900), "text"],
            daily(hydration_intake=650),
            "fetched",
            "1 hydration_intake in rows that cannot be read",
        ),
    ],
    "weight": [
        Odd(bodies.weights(bodies.weigh_in()), meant("weight", bodies.weights(bodies.weigh_in())), "fetched"),
        Odd(
            {"dailyWeightSummaries": [{"summaryDate": "2026-05-01", "allWeightMetrics": "text"}]}, None, "failed",
            "1 weight as text",
        ),
        Odd(
            bodies.weights(
                bodies.weigh_in(weight="1" * 5000, timestampGMT=WEIGHED_AT + MINUTE, bmi=None, bodyFat=None),
                bodies.weigh_in(calendarDate="2030-01-01"),
                bodies.weigh_in(timestampGMT=WEIGHED_AT + MONTH_MS),
                bodies.weigh_in(weight=81_000, **dict.fromkeys(bodies.weigh_in().keys() - {"weight", "timestampGMT"})),
            )
            | {"nextDateWeight": {"weight": 90_000}},
            {("weight", WEIGHED_AT): 81.0} | {
                (metric, WEIGHED_AT + MINUTE): value
                for (metric, _), value in meant("weight", bodies.weights(bodies.weigh_in())).items()
                if metric not in ("weight", "bmi", "body_fat", "body_composition")
            },
            "fetched",
            "1 weight as text",
        ),
    ],
    "hrv_summaries": [
        Odd(bodies.HRV_SUMMARIES, meant("hrv_summaries", bodies.HRV_SUMMARIES), "fetched"),
        Odd(
            {"hrvSummaries": [bodies.HRV_NIGHT | {"calendarDate": "2026-06-01"}]}, None, "failed",
            "hrv_weekly_avg of another day",
        ),
        Odd(
            {
                "hrvSummaries": [
                    bodies.HRV_NIGHT | {"lastNightAvg": "45", "baseline": 7, "status": "\x1b[31m", "weeklyAvg": -2}
                ]
            },
            daily(hrv_last_night_avg=45, hrv_5min_high=63),
            "fetched",
            "1 hrv_baseline_low as a number, 1 hrv_status with an unknown word",
        ),
    ],
    "training_status": [
        Odd(bodies.training_status(watch=[bodies.status_of_day()]), meant("training_status", FULL["training_status"]),
            "fetched"),
        Odd(bodies.training_status(watch=["text"], other=7), None, "failed", "reportData holds no days"),  # type: ignore[arg-type,list-item]
        Odd(
            bodies.training_status(watch=7, other=[bodies.status_of_day(acuteTrainingLoadDTO=[])]),  # type: ignore[arg-type]
            daily(training_status=METRICS["training_status"].words.index("productive")),
            "fetched",
            "1 training_load_acute as a list",
        ),
    ],
}  # fmt: skip


async def test_of_odd_answers_what_is_right_is_stored_and_the_rest_is_told(
    installed: Installation, simulator: Simulator
) -> None:
    held: dict[str, Stored] = {}
    for rounds in zip_longest(*ODD.values()):
        now = {name: odd for name, odd in zip(ODD, rounds, strict=True) if odd}
        await fetch(installed, simulator, {name: odd.body for name, odd in now.items()})
        for name, odd in now.items():
            held[name] = held[name] if odd.stored is None else odd.stored
            told = await ledger(installed, name)
            assert set(told) == {DAY}, name
            status, reason = told[DAY]
            assert (status, reason is None) == (odd.status, odd.reason is None), (name, reason)
            assert all(part in (reason or "") for part in (odd.reason or "").split(", ")), (name, reason)
            assert await stored(installed, name) == held[name], (name, reason)


async def test_a_day_whose_row_cannot_be_told_is_not_called_empty(
    installed: Installation, simulator: Simulator
) -> None:
    both = [drunk("2026-05-01", 600), drunk("2026-05-02", 700)]
    assert (await fetch(installed, simulator, {"hydration": both}, NEXT)).status == "completed"
    before = await stored(installed, "hydration")

    await fetch(installed, simulator, {"hydration": [drunk("2026-05-01", 650), drunk("soon", 750)]}, NEXT)
    found = await ledger(installed, "hydration")
    assert (found[DAY], found[NEXT][0]) == (("fetched", None), "failed")
    assert "1 hydration_intake without a date" in (found[NEXT][1] or "")
    assert await stored(installed, "hydration") == before | daily(hydration_intake=650)

    await fetch(installed, simulator, {"hydration": [drunk("2026-05-02", 800)]}, NEXT)
    assert await ledger(installed, "hydration") == {DAY: ("empty", None), NEXT: ("fetched", None)}
    assert await stored(installed, "hydration") == {("hydration_intake", day_ms(NEXT)): 800}


# ── What other answers decide ────────────────────────────────────────────────────────────────────


async def test_only_a_summary_that_can_be_read_shows_that_a_day_holds_nothing(
    installed: Installation, simulator: Simulator
) -> None:
    idle = dict.fromkeys(bodies.summary()) | {"includesWellnessData": False, "totalSteps": 0}
    last = DAY + timedelta(days=4)
    summaries: list[Any] = [
        idle | {"calendarDate": "2026-05-01"},
        dict.fromkeys(idle) | {"calendarDate": "2026-05-02"},
        idle | {"calendarDate": "2026-05-03", "totalSteps": [[]], "maxHeartRate": "\x1b[31m"},
        bodies.summary("2026-05-04", totalSteps=10**30),
    ]
    await fetch(installed, simulator, {"daily_summaries": {"data": summaries}}, last)
    assert set(await ledger(installed, "heart_rate")) == {DAY, last}
    assert {day: status for day, (status, _) in (await ledger(installed, "daily_summaries")).items()} == {
        DAY: "empty", NEXT: "empty", date(2026, 5, 3): "failed", date(2026, 5, 4): "fetched", last: "empty"
    }  # fmt: skip


async def test_a_row_without_a_day_shows_of_no_day_that_it_holds_nothing(
    installed: Installation, simulator: Simulator
) -> None:
    worn = [bodies.summary(), "text"]
    await fetch(installed, simulator, {"daily_summaries": worn}, NEXT)
    assert await ledger(installed, "heart_rate") == {}
    assert (await ledger(installed, "daily_summaries"))[NEXT][0] == "failed"


async def test_a_watch_that_is_years_ahead_is_not_believed(installed: Installation, simulator: Simulator) -> None:
    simulator.add_faults([{"path": SYNC_TIME, "status": 200, "body": '"2099-01-01T00:00:00.0"'}])
    today = datetime.now(UTC).date()
    (job,) = await installed.sync("health", since=str(today), metrics=["steps_total"])
    assert job.status == "completed"
    assert max(await ledger(installed, "daily_summaries")) <= today + timedelta(days=1)
