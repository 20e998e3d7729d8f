"""The account archive: a ZIP of ZIPs in the archive's own units, with the values that the answers have."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import date
from typing import Any

import httpx2
import pytest

from garminsync_tui.simulator import Simulator

from .conftest import NOW

DAY = date(2026, 11, 19)


@pytest.fixture(scope="module")
def archive(simulator: Simulator) -> zipfile.ZipFile:
    stream = io.BytesIO()
    simulator.archive().write(stream)
    return zipfile.ZipFile(stream)


@pytest.fixture(scope="module")
def uploads(archive: zipfile.ZipFile) -> dict[str, bytes]:
    (part,) = [name for name in archive.namelist() if name.endswith(".zip")]
    assert re.search(r"DI-Connect-Uploaded-Files/UploadedFiles_0-_Part1\.zip$", part)
    with zipfile.ZipFile(io.BytesIO(archive.read(part))) as inner:
        return {name: inner.read(name) for name in inner.namelist()}


def rows(archive: zipfile.ZipFile, pattern: str) -> list[dict[str, Any]]:
    """What the only file holds whose name ends like this."""
    (name,) = [name for name in archive.namelist() if re.search(pattern + r"\.json$", name)]
    found = json.loads(archive.read(name))
    assert isinstance(found, list) and found
    return found


def of_day(archive: zipfile.ZipFile, pattern: str) -> dict[str, Any]:
    """The row of the day, however its date is written."""
    as_ms = 1_000 * 86_400 * (DAY.toordinal() - date(1970, 1, 1).toordinal())
    (row,) = [row for row in rows(archive, pattern) if row["calendarDate"] in {DAY.isoformat(), as_ms}]
    return row


def body(web: httpx2.Client, path: str, **query: str) -> Any:
    answer = web.get(path, params=query)
    assert answer.status_code == 200
    return answer.json()


def test_names_hold_the_address_the_profile_and_the_days(archive: zipfile.ZipFile, simulator: Simulator) -> None:
    profile = simulator.athlete.profile_id
    names = set(archive.namelist())
    assert all(name.startswith("DI_CONNECT/DI-Connect-") for name in names)
    assert {
        "DI_CONNECT/DI-Connect-Fitness/athlete@example.com_0_summarizedActivities.json",
        "DI_CONNECT/DI-Connect-Aggregator/UDSFile_2026-09-24_2026-11-22.json",
        f"DI_CONNECT/DI-Connect-Wellness/2026-09-24_2026-11-22_{profile}_sleepData.json",
        f"DI_CONNECT/DI-Connect-Metrics/TrainingHistory_20260924_20261122_{profile}.json",
    } < names


def test_activities_are_in_the_archives_own_units(archive: zipfile.ZipFile, web: httpx2.Client) -> None:
    (wrapper,) = rows(archive, "_summarizedActivities")
    written = wrapper["summarizedActivitiesExport"]
    told = body(web, "/activitylist-service/activities/search/activities", limit="500")
    assert [row["activityId"] for row in written] == [row["activityId"] for row in told]
    run, answer = next(pair for pair in zip(written, told, strict=True) if pair[0]["activityType"] == "running")
    assert run["duration"] == 1000 * answer["duration"]
    assert run["distance"] == pytest.approx(100 * answer["distance"])
    assert run["avgSpeed"] == pytest.approx(answer["averageSpeed"] / 10)
    assert 2 * run["avgRunCadence"] == answer["averageRunningCadenceInStepsPerMinute"]
    assert (run["name"], run["beginTimestamp"]) == (answer["activityName"], answer["beginTimestamp"])
    assert run["startTimeLocal"] - run["startTimeGmt"] == 3_600_000


def test_uploads_are_the_originals_under_numbers_of_their_own(uploads: dict[str, bytes], web: httpx2.Client) -> None:
    told = body(web, "/activitylist-service/activities/search/activities", limit="18")
    originals = set()
    for row in told:
        answer = web.get(f"/download-service/files/activity/{row['activityId']}")
        if answer.status_code == 200:
            with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
                originals |= {packed.read(name) for name in packed.namelist()}
    assert len(originals) > 10 and originals < set(uploads.values())
    assert not any(str(row["activityId"]) in name for row in told for name in uploads)
    assert {name.rpartition(".")[2] for name in uploads} == {"fit", "gpx", "tcx"}
    # Most are no activities: what the watch wrote between them lies among them.
    assert len(uploads) > 4 * len(told)


def test_days_and_nights_are_those_of_the_answers(
    archive: zipfile.ZipFile, web: httpx2.Client, simulator: Simulator
) -> None:
    name = simulator.athlete.display_name
    day, told = (
        of_day(archive, "UDSFile_.*"),
        body(web, f"/usersummary-service/usersummary/daily/{name}", calendarDate=str(DAY)),
    )
    shared = set(day) & set(told)
    assert len(shared) > 25
    assert {field: day[field] for field in shared} == {field: told[field] for field in shared}
    total = next(part for part in day["allDayStress"]["aggregatorList"] if part["type"] == "TOTAL")
    assert total["averageStressLevel"] == told["averageStressLevel"]
    levels = {row["bodyBatteryStatType"]: row["statsValue"] for row in day["bodyBattery"]["bodyBatteryStatList"]}
    assert (levels["HIGHEST"], levels["LOWEST"]) == (told["bodyBatteryHighestValue"], told["bodyBatteryLowestValue"])

    told = body(web, f"/wellness-service/wellness/dailySleepData/{name}", date=str(DAY))["dailySleepDTO"]
    night = of_day(archive, "_sleepData")
    for stage in ("deep", "light", "rem", "awake"):
        assert night[f"{stage}SleepSeconds"] == told[f"{stage}SleepSeconds"]
    assert night["sleepScores"]["overallScore"] == told["sleepScores"]["overall"]["value"]
    assert night["averageRespiration"] == told["averageRespirationValue"]

    status = {row["type"]: row for row in of_day(archive, "_healthStatusData")["metrics"]}
    assert status["HRV"]["value"] == body(web, f"/hrv-service/hrv/{DAY}")["hrvSummary"]["lastNightAvg"]
    assert rows(archive, "_healthStatusData")[0]["metrics"][0] == {"type": "HRV", "status": "ONBOARDING"}

    changes = rows(archive, "_userBioMetrics")
    weighed = {row["metaData"]["sequence"]: row["weight"]["weight"] for row in changes if "weight" in row}
    told = body(web, "/weight-service/weight/dateRange", startDate="2026-11-01", endDate="2026-11-22")
    assert all(weighed[entry["samplePk"]] == entry["weight"] for entry in told["dateWeightList"])

    told = body(web, "/bloodpressure-service/bloodpressure/range/2026-11-01/2026-11-22")["measurementSummaries"]
    measured = {row["measurementTimestampGMT"]: row["systolic"] for row in rows(archive, "BloodPressureFile_.*")}
    assert told and all(
        measured[row["measurementTimestampGMT"]] == row["systolic"] for day in told for row in day["measurements"]
    )


def test_metrics_are_those_of_the_answers(archive: zipfile.ZipFile, web: httpx2.Client, simulator: Simulator) -> None:
    metrics, name = "/metrics-service/metrics", simulator.athlete.display_name
    told = body(web, f"{metrics}/trainingreadiness/{DAY}")
    ratings = [row for row in rows(archive, "TrainingReadinessDTO_.*") if row["calendarDate"] == str(DAY)]
    assert ratings == told[::-1]
    told = body(web, f"{metrics}/trainingstatus/weekly/{name}", fromCalendarDate=str(DAY), toCalendarDate=str(DAY))
    ((status,),) = told["reportData"].values()
    assert (
        of_day(archive, "TrainingHistory_.*")["trainingStatus2FeedbackPhrase"]
        == (status["trainingStatusFeedbackPhrase"])
    )
    load = of_day(archive, "MetricsAcuteTrainingLoad_.*")
    assert load["dailyTrainingLoadAcute"] == status["acuteTrainingLoadDTO"]["dailyTrainingLoadAcute"]
    (oxygen,) = body(web, f"{metrics}/maxmet/daily/{DAY}/{DAY}")
    assert of_day(archive, "MetricsMaxMetData_.*")["vo2MaxValue"] == oxygen["generic"]["vo2MaxPreciseValue"]
    assert (
        of_day(archive, "MetricsHeatAltitudeAcclimation_.*")["heatAcclimationPercentage"]
        == (oxygen["heatAltitudeAcclimation"]["heatAcclimationPercentage"])
    )
    told = body(web, f"/biometric-service/stats/functionalThresholdPower/range/2026-10-01/{DAY}", sport="CYCLING")
    changes = rows(archive, "_userBioMetrics")
    power = {row["metaData"]["calendarDate"][:10]: row.get("functionalThresholdPower") for row in changes}
    assert told and all(power[row["from"]] == row["value"] for row in told)
    for kind, path in (("EnduranceScore", "endurancescore"), ("HillScore", "hillscore")):
        told = body(web, f"{metrics}/{path}", calendarDate=str(DAY))
        assert of_day(archive, f"{kind}_.*")["overallScore"] == told["overallScore"]
    told = body(web, f"{metrics}/racepredictions/daily/{name}", fromCalendarDate=str(DAY), toCalendarDate=str(DAY))
    assert of_day(archive, "RunRacePredictions_.*")["raceTimeHalf"] == told[0]["timeHalfMarathon"]


def test_what_the_watch_did_not_see_is_not_there(archive: zipfile.ZipFile, simulator: Simulator) -> None:
    days = {row["calendarDate"] for row in rows(archive, "UDSFile_.*")}
    gap = list(map(date.fromordinal, range(DAY.toordinal() - 50, DAY.toordinal())))
    unworn = {day.isoformat() for day in gap if not simulator.athlete.day(day).worn}
    assert unworn and not unworn & days


def test_the_same_account_makes_the_same_bytes() -> None:
    made = []
    for _ in range(2):
        stream = io.BytesIO()
        Simulator(now=NOW, days=3).archive().write(stream)
        made.append(stream.getvalue())
    assert made[0] == made[1]


def test_a_long_history_is_cut_into_ranges() -> None:
    stream = io.BytesIO()
    Simulator(now=NOW, days=101).archive().write(stream)
    found = [name for name in zipfile.ZipFile(stream).namelist() if "UDSFile" in name]
    assert [name.rpartition("/")[2] for name in found] == [
        "UDSFile_2026-08-14_2026-11-21.json",
        "UDSFile_2026-11-22_2026-11-22.json",
    ]
