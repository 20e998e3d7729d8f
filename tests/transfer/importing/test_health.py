"""Health of devices and archives comes in by the day, from one source each, and the same again changes nothing."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from garminsync_tui.columns import to_ms
from garminsync_tui.errors import GarminSyncError
from garminsync_tui.metrics import day_ms
from garminsync_tui.models import (
    CalendarDay,
    Coverage,
    GarminConnectAccount,
    HealthDaily,
    HealthMetric,
    Workout,
    WorkoutRemote,
)
from garminsync_tui.store.database import Database
from garminsync_tui.transfer.importing import health
from garminsync_tui.transfer.importing.sources import Found

from ...formats.wellness_samples import message, watched, wellness_file
from ..archive.test_families import NIGHT, UDS
from .conftest import Home, counts, reasons

sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MONDAY = date(2026, 10, 19)
MIDNIGHT = int(datetime(2026, 10, 18, 22, tzinfo=UTC).timestamp())  # in Berlin
DAY_S = 86_400


async def ledger(database: Database, day: date) -> dict[str, tuple[str, str]]:
    """Status and source of a day's endpoints."""
    async with database.read() as session:
        rows = await session.scalars(sa.select(Coverage).where(Coverage.day == day))
        return {row.endpoint: (row.status, row.source) for row in rows}


async def values(database: Database, day: date) -> dict[str, float]:
    """A day's rollup, by metric: of readings their number."""
    async with database.read() as session:
        rows = await session.scalars(sa.select(HealthDaily).where(HealthDaily.day == day))
        return {row.metric_type: row.last if row.n == 1 else row.n for row in rows}


async def content(database: Database) -> list[tuple[Any, ...]]:
    """All readings, days and the ledger, with the times at which they were written."""
    found: list[tuple[Any, ...]] = []
    async with database.read() as session:
        for table, columns in (
            (HealthMetric, "metric_type timestamp value synced_at"),
            (CalendarDay, "day starts_at ends_at utc_offset_s source"),
            (Coverage, "endpoint day status source first_at last_at checked_at"),
            (HealthDaily, "metric_type day minimum mean maximum n last"),
        ):
            rows = await session.scalars(sa.select(table))
            found += sorted((tuple(getattr(row, name) for name in columns.split()) for row in rows), key=str)
    return found


def put_days(home: Home, days: int) -> None:
    """A watch's folder: two files for each day from Monday on, and one of the day after that has just begun."""
    for n in range(days):
        home.put(f"GARMIN/MONITOR/A{n}.FIT", watched(MIDNIGHT + n * DAY_S, 0, 12))
        home.put(f"GARMIN/MONITOR/B{n}.FIT", watched(MIDNIGHT + n * DAY_S, 12, 24))
    home.put("GARMIN/MONITOR/LAST.FIT", watched(MIDNIGHT + days * DAY_S, 0, 3))


async def test_a_watch_on_a_cable_and_then_the_same_again(home: Home) -> None:
    put_days(home, 2)
    job = await home.run()
    assert (job.status, counts(job)) == ("completed", (5, 0, 0, 0))
    gained = (job.extra or {})["result"]["gained"]
    assert gained["days"] == 3
    assert gained["readings"] > 300
    told = await ledger(home.database, MONDAY)
    assert told == {
        "heart_rate": ("fetched", "fit"),
        "stress": ("fetched", "fit"),
        "steps": ("fetched", "fit"),
        "daily_summaries": ("stale", "fit"),
    }
    seen = await values(home.database, MONDAY)
    assert (seen["heart_rate"], seen["steps"], seen["steps_total"]) == (24, 96, 2400)
    assert (await ledger(home.database, MONDAY + timedelta(days=2)))["steps"] == ("stale", "fit")
    assert "steps_total" not in await values(home.database, MONDAY + timedelta(days=2))
    async with home.database.read() as session:
        day = await session.scalar(sa.select(CalendarDay).where(CalendarDay.day == MONDAY))
        account = await session.scalar(sa.select(GarminConnectAccount))
    assert day is not None
    assert account is not None
    assert (to_ms(day.starts_at), day.utc_offset_s, day.source) == (MIDNIGHT * 1000, 7200, "garmin")
    assert account.garmin_user_id.startswith("local:")
    before = await content(home.database)
    assert counts(await home.run()) == (0, 5, 0, 0)
    for path in home.folder.rglob("*.FIT"):
        path.rename(path.with_suffix(".fit"))  # read anew, by another name
    assert counts(await home.run()) == (0, 5, 0, 0)
    assert await content(home.database) == before


async def test_an_archive_tells_of_days_and_the_last_ones_stay_open(home: Home) -> None:
    days = [(MONDAY - timedelta(days=n)).isoformat() for n in range(8)]
    idle = {"calendarDate": days[6], "includesWellnessData": False, "totalSteps": 0}
    summaries = [UDS | {"calendarDate": day, "wellnessStartTimeGmt": None} for day in days if day != days[6]]
    home.put("DI_CONNECT/DI-Connect-Aggregator/UDSFile_1_2.json", json.dumps([*summaries, idle]).encode())
    night = NIGHT | {"sleepStartTimestampGMT": None, "sleepEndTimestampGMT": None}
    home.put("DI_CONNECT/DI-Connect-Wellness/1_7_sleepData.json", json.dumps([night]).encode())
    load = {"calendarDate": day_ms(MONDAY), "dailyTrainingLoadAcute": 400, "dailyTrainingLoadChronic": 390}
    status = {"calendarDate": days[0], "trainingStatus": "PRODUCTIVE"}
    older = {"calendarDate": days[7], "trainingStatus": "RECOVERY"}
    home.put("DI_CONNECT/x/MetricsAcuteTrainingLoad_1.json", json.dumps([load]).encode())
    home.put("DI_CONNECT/x/TrainingHistory_1.json", json.dumps([status, older]).encode())
    home.put("DI_CONNECT/x/7_userBioMetricProfileData.json", b'[{"weight": 75000.0}]')
    job = await home.run()
    assert counts(job) == (4, 0, 1, 0)
    assert "a state of the account" in reasons(job, "skipped")["in/DI_CONNECT/x/7_userBioMetricProfileData.json"]
    assert await ledger(home.database, MONDAY) == {
        "daily_summaries": ("stale", "archive"),
        "resting_heart_rate": ("stale", "archive"),
        "respiration": ("stale", "archive"),
        "hydration": ("stale", "archive"),
        "sweat_loss": ("stale", "archive"),
        "sleep": ("stale", "archive"),
        "training_status": ("stale", "archive"),
    }
    settled = await ledger(home.database, MONDAY - timedelta(days=5))
    assert settled["daily_summaries"] == settled["hydration"] == ("fetched", "archive")
    assert settled["respiration"] == ("stale", "archive")
    idle_day = await ledger(home.database, MONDAY - timedelta(days=6))
    assert idle_day["sleep"] == idle_day["heart_rate"] == ("empty", "archive")
    # Half of what the endpoint gives.
    assert (await ledger(home.database, MONDAY - timedelta(days=7)))["training_status"] == ("stale", "archive")
    assert (await values(home.database, MONDAY))["training_load_acute"] == 400
    before = await content(home.database)
    for path in list(home.folder.rglob("*.json")):
        path.rename(path.with_name(f"again_{path.name}"))
    assert counts(await home.run()) == (0, 4, 1, 0)
    assert await content(home.database) == before


@sqlite
async def test_damaged_files_are_named_and_what_stands_before_the_damage_is_in(home: Home) -> None:
    whole = watched(MIDNIGHT, 0, 24)
    home.put("cut.fit", whole[: len(whole) // 2])
    home.put("rubbish.fit", whole[:60] + b"\xff" * 40)
    home.put("nothing.fit", wellness_file(32, MIDNIGHT, message("monitoring_info", timestamp=MIDNIGHT)))
    home.put("1_sleepData.json", json.dumps([NIGHT, NIGHT | {"calendarDate": "2026-10-20"}]).encode()[:-300])
    strange = NIGHT | {"calendarDate": "2026-10-21", "sleepScores": {"overallScore": 700}}
    home.put("2_sleepData.json", json.dumps([strange]).encode())
    home.put("UDSFile_1.json", b'{"calendarDate": "2026-10-19", "totalSteps": {"of": "another kind"}')
    job = await home.run()
    assert counts(job) == (2, 0, 1, 3)
    assert "1 sleep_score out of range on 2026-10-21" in reasons(job, "imported")["in/2_sleepData.json"]
    failed = reasons(job, "failed")
    assert failed.keys() == {"in/rubbish.fit", "in/1_sleepData.json", "in/UDSFile_1.json"}
    assert "cut off" in reasons(job, "imported")["in/cut.fit"]
    seen = await values(home.database, MONDAY)
    assert 8 < seen["heart_rate"] < 16
    assert "steps_total" not in seen
    assert seen["sleep_score"] == 81
    assert job.extra is not None
    assert job.extra["failed"] == 3


@sqlite
async def test_an_import_that_broke_off_goes_on_and_comes_to_the_same(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "_FILES_AT_ONCE", 3)
    put_days(home, 10)
    read = health._read

    def come_loose(found: Found) -> Any:
        if found.file_name == "B8.FIT":
            raise GarminSyncError("The cable came loose.", hint="Plug it in.")
        return read(found)

    with monkeypatch.context() as broken:
        broken.setattr(health, "_read", come_loose)
        assert (await home.run()).status == "failed"
    stored = await values(home.database, MONDAY)
    assert stored["steps_total"] == 2400
    assert await values(home.database, MONDAY + timedelta(days=9)) == {}
    done = counts(await home.run())
    assert 0 < done[1] < 21
    assert done[0] + done[1] == 21
    for n in range(10):
        seen = await values(home.database, MONDAY + timedelta(days=n))
        assert (seen["heart_rate"], seen["steps"], seen["steps_total"], seen["body_battery"]) == (24, 96, 2400, 24), n
        assert (await ledger(home.database, MONDAY + timedelta(days=n)))["heart_rate"] == ("fetched", "fit")


@sqlite
async def test_a_file_that_was_missing_makes_its_day_whole(home: Home) -> None:
    put_days(home, 1)
    missing = home.folder / "GARMIN/MONITOR/B0.FIT"
    kept = missing.read_bytes()
    missing.unlink()
    await home.run()
    assert (await ledger(home.database, MONDAY))["heart_rate"] == ("stale", "fit")
    missing.write_bytes(kept)
    assert counts(await home.run()) == (1, 2, 0, 0)
    seen = await values(home.database, MONDAY)
    assert (seen["heart_rate"], seen["steps"], seen["steps_total"]) == (24, 96, 2400)
    assert (await ledger(home.database, MONDAY))["steps"] == ("fetched", "fit")
    async with home.database.read() as session:
        steps = await session.scalars(sa.select(HealthMetric.value).where(HealthMetric.metric_type == "steps"))
        assert sum(steps) == 2400 + 300


@sqlite
async def test_workouts_of_an_archive_come_in_once_and_those_that_cannot_be_read_are_named(home: Home) -> None:
    steps = [
        {
            "type": "ExecutableStepDTO",
            "stepOrder": 1,
            "stepType": {"stepTypeId": 3, "stepTypeKey": "interval"},
            "endCondition": {"conditionTypeId": 2, "conditionTypeKey": "time"},
            "endConditionValue": 600.0,
            "targetType": {"workoutTargetTypeId": 1, "workoutTargetTypeKey": "no.target"},
        }
    ]
    running = {"sportTypeId": 1, "sportTypeKey": "running"}
    good = {
        "workoutId": 77,
        "workoutName": "Easy",
        "sportType": running,
        "workoutSegments": [{"segmentOrder": 1, "sportType": running, "workoutSteps": steps}],
    }
    home.put("me@example.org_workout.json", json.dumps([good, {"workoutId": 78, "workoutName": "Odd"}, good]).encode())
    job = await home.run()
    assert counts(job) == (1, 0, 0, 0)
    assert (job.extra or {})["result"]["gained"] == {"workouts": 1}
    assert "the workout Odd cannot be read" in reasons(job, "imported")["in/me@example.org_workout.json"]
    home.put("again/me@example.org_workout.json", json.dumps([good | {"workoutName": "Other"}]).encode())
    assert counts(await home.run()) == (0, 2, 0, 0)
    async with home.database.read() as session:
        kept = list(await session.scalars(sa.select(Workout)))
        remotes = list(await session.scalars(sa.select(WorkoutRemote)))
    assert [each.name for each in kept] == ["Easy"]
    assert [(each.garmin_workout_id, each.workout_id, each.seen_at.year) for each in remotes] == [
        ("77", kept[0].id, 1970)
    ]
