"""The archive's JSON into readings by endpoint: its own units, dates of every make, and no invented values."""

from __future__ import annotations

from datetime import UTC, date, datetime
from math import isnan
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garminsync_tui.errors import GarminSyncError
from garminsync_tui.garmin.endpoints import BY_NAME
from garminsync_tui.metrics import day_ms
from garminsync_tui.transfer.archive import days
from garminsync_tui.transfer.archive.families import BATCHES, family_of
from garminsync_tui.transfer.archive.when import day_of, instant_of

MONDAY = date(2026, 10, 19)
MONDAY_MS = day_ms(MONDAY)


def read(file_name: str, *rows: dict[str, Any]) -> dict[str, dict[str, list[tuple[int, float]]]]:
    """By endpoint and metric, the values of Monday and of the other days, by their instants."""
    family = family_of(file_name)
    assert family is not None
    found: dict[str, dict[str, list[tuple[int, float]]]] = {}
    for endpoint, by_day in family.read(rows).items():
        for readings in by_day.values():
            for each in readings:
                assert each.metric in BY_NAME[endpoint].metrics
                found.setdefault(endpoint, {}).setdefault(each.metric, []).append((each.at_ms, each.value))
    return found


def of_monday(found: dict[str, list[tuple[int, float]]]) -> dict[str, float]:
    """Values of Monday itself."""
    return {metric: value for metric, values in found.items() for at_ms, value in values if at_ms == MONDAY_MS}


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


UDS = {
    "calendarDate": "2026-10-19",
    "uuid": "x",
    "wellnessStartTimeGmt": "2026-10-18T22:00:00.0",
    "wellnessStartTimeLocal": "2026-10-19T00:00:00.0",
    "totalSteps": 9123,
    "dailyStepGoal": 8000,
    "totalDistanceMeters": 7210,
    "totalKilocalories": 2400.0,
    "activeKilocalories": 600.0,
    "bmrKilocalories": 1800.0,
    "highlyActiveSeconds": 1200,
    "moderateIntensityMinutes": 10,
    "vigorousIntensityMinutes": 5,
    "floorsAscendedInMeters": 13.146,
    "minHeartRate": 44,
    "maxHeartRate": 151,
    "restingHeartRate": 51,
    "currentDayRestingHeartRate": 49,
    "allDayStress": {
        "aggregatorList": [
            {"type": "TOTAL", "averageStressLevel": 31, "maxStressLevel": 92},
            {"type": "AWAKE", "averageStressLevel": 40, "maxStressLevel": 92},
        ]
    },
    "bodyBattery": {
        "chargedValue": 60,
        "drainedValue": 55,
        "bodyBatteryStatList": [
            {"bodyBatteryStatType": "HIGHEST", "statsValue": 90},
            {"bodyBatteryStatType": "LOWEST", "statsValue": 31},
            {"bodyBatteryStatType": "SLEEPEND", "statsValue": 88},
        ],
    },
    "respiration": {
        "avgWakingRespirationValue": 15.0,
        "highestRespirationValue": 22.0,
        "lowestRespirationValue": 9.0,
        "latestRespirationValue": -1.0,
    },
    "hydration": {"valueInML": 1500.0, "goalInML": 2800.0, "sweatLossInML": 400.0},
}


def test_a_day_of_the_aggregator() -> None:
    found = read("UDSFile_2026-10-01_2027-01-09.json", UDS)
    assert of_monday(found["daily_summaries"]) == {
        "steps_total": 9123,
        "step_goal": 8000,
        "distance_total": 7210,
        "floors_ascended_total": 4,
        "intensity_minutes_moderate_total": 10,
        "intensity_minutes_vigorous_total": 5,
        "calories_total": 2400,
        "calories_active_total": 600,
        "calories_bmr_total": 1800,
        "min_heart_rate": 44,
        "max_heart_rate": 151,
        "stress_avg": 31,
        "stress_max": 92,
        "body_battery_charged": 60,
        "body_battery_drained": 55,
        "body_battery_high": 90,
        "body_battery_low": 31,
    }
    assert of_monday(found["resting_heart_rate"]) == {"resting_heart_rate": 49}
    assert of_monday(found["respiration"]) == {
        "respiration_waking_avg": 15,
        "respiration_low": 9,
        "respiration_high": 22,
    }
    assert of_monday(found["hydration"]) == {"hydration_intake": 1500, "hydration_goal": 2800}
    assert of_monday(found["sweat_loss"]) == {"hydration_sweat_loss": 400}


def test_a_day_that_nobody_wore_a_watch_and_words_for_not_measured_are_no_values() -> None:
    idle = {
        "calendarDate": "2026-10-19",
        "totalSteps": 0,
        "includesWellnessData": False,
        "bmrKilocalories": 0,
        "allDayStress": {"aggregatorList": [{"type": "TOTAL", "averageStressLevel": -2, "maxStressLevel": -1}]},
        "respiration": {"avgWakingRespirationValue": -2.0},
    }
    assert read("UDSFile_1.json", idle) == {}
    assert [row["calendarDate"] for row in days.as_answers([idle, {"calendarDate": "never"}])] == ["2026-10-19"]


NIGHT = {
    "calendarDate": "2026-10-19",
    "sleepStartTimestampGMT": "2026-10-18T21:30:00.0",
    "sleepEndTimestampGMT": "2026-10-19T04:10:00.0",
    "deepSleepSeconds": 5400,
    "lightSleepSeconds": 18_000,
    "awakeSleepSeconds": 600,
    "averageRespiration": 13.0,
    "sleepWindowConfirmationType": "ENHANCED_CONFIRMED_FINAL",
    "sleepScores": {"overallScore": 81, "qualityScore": 80},
    "napList": [{"napTimeSec": 1800, "napStartTimestampGMT": "2026-10-19T12:00:00.0"}],
}


def test_a_night_without_a_kind_of_sleep_and_with_a_nap() -> None:
    found = read("2026-10-01_2027-01-09_7_sleepData.json", NIGHT)
    assert of_monday(found["sleep"]) == {
        "sleep": 23_400,
        "sleep_deep": 5400,
        "sleep_light": 18_000,
        "sleep_awake": 600,
        "sleep_score": 81,
    }
    assert found["sleep"]["nap_duration"] == [(ms("2026-10-19T12:00:00"), 1800)]
    assert of_monday(found["respiration"]) == {"respiration_sleep_avg": 13}
    # Where the window is longer than what is named, the rest of it was slept all the same.
    longer = read("x_sleepData.json", NIGHT | {"sleepEndTimestampGMT": "2026-10-19T05:10:00.0"})["sleep"]
    assert of_monday(longer)["sleep"] == 23_400 + 3600
    assert "sleep_rem" not in longer


@pytest.mark.parametrize(
    "row",
    [
        NIGHT | {"sleepWindowConfirmationType": "OFF_WRIST", "napList": []},
        {"calendarDate": "2026-10-19", "sleepStartTimestampGMT": "2026-10-18T21:30:00.0", "deepSleepSeconds": 0},
        {"calendarDate": "2026-10-19", "napList": None},
        {"deepSleepSeconds": 5400},
    ],
)
def test_what_is_no_night(row: dict[str, Any]) -> None:
    assert read("x_sleepData.json", row) == {}


def test_health_status_gives_what_the_catalogue_has_and_nothing_while_it_learns() -> None:
    metrics = [
        {"type": "HRV", "value": 52.0, "baselineLowerLimit": 45, "baselineUpperLimit": 60, "status": "IN_RANGE"},
        {"type": "HR", "value": 48.0, "status": "IN_RANGE"},
        {"type": "SPO2", "value": 95.0, "status": "IN_RANGE"},
        {"type": "SKIN_TEMP_C", "value": -0.4, "status": "IN_RANGE"},
        {"type": "RESPIRATION", "value": 13.5, "status": "ONBOARDING"},
    ]
    found = read("1_healthStatusData.json", {"calendarDate": "2026-10-19", "metrics": metrics})
    assert {endpoint: of_monday(values) for endpoint, values in found.items()} == {
        "hrv_summaries": {"hrv_last_night_avg": 52},
        "sleep": {"skin_temp_deviation": -0.4},
    }


def test_what_a_watch_makes_of_training() -> None:
    at = "2026-10-19T05:31:00.0"
    readiness = {"calendarDate": "2026-10-19", "timestamp": at, "score": 74, "recoveryTime": 600, "hrvWeeklyAverage": 5}
    found = read("TrainingReadinessDTO_1_2_7.json", readiness)
    assert found["training_readiness"] == {
        "training_readiness": [(ms(at), 74)],
        "recovery_time": [(ms(at), 36_000)],
    }
    loads = [
        {"calendarDate": MONDAY_MS, "timestamp": MONDAY_MS + hour, "dailyTrainingLoadAcute": load}
        for hour, load in ((9_000_000, 410), (3_000_000, 300))
    ]
    assert of_monday(read("MetricsAcuteTrainingLoad_1_7.json", *loads)["training_status"]) == {
        "training_load_acute": 410
    }
    status = {"calendarDate": "2026-10-19", "trainingStatus": "PRODUCTIVE", "trainingStatus2FeedbackPhrase": None}
    assert of_monday(read("TrainingHistory_1_7.json", status)["training_status"]) == {"training_status": 7}
    oxygen = [
        {"calendarDate": "2026-10-19", "vo2MaxValue": 52.3, "sport": "RUNNING"},
        {"calendarDate": "2026-10-19", "vo2MaxValue": 48.0, "sport": "CYCLING"},
        {"calendarDate": "2026-10-19", "vo2MaxValue": 11.0, "sport": "SWIMMING"},
    ]
    assert of_monday(read("MetricsMaxMetData_1_7.json", *oxygen)["max_metrics"]) == {
        "vo2max_running": 52.3,
        "vo2max_cycling": 48,
    }


def test_scores_races_and_ages_whatever_their_dates_look_like() -> None:
    assert of_monday(
        read("EnduranceScore_1.json", {"calendarDate": MONDAY_MS, "overallScore": 6100, "classification": 3})[
            "endurance_score"
        ]
    ) == {"endurance_score": 6100}
    hills = [
        {"calendarDate": MONDAY_MS, "overallScore": 41},
        {"calendarDate": MONDAY_MS, "hillScoreFeedbackPhraseId": 7},
    ]
    assert of_monday(read("HillScore_1.json", *hills)["hill_score"]) == {"hill_score": 41}
    race = {
        "calendarDate": "2026-10-19",
        "timestamp": "2026-10-19T12:00:00.0",
        "raceTime5K": 1300,
        "raceTimeHalf": 6200,
    }
    assert of_monday(read("RunRacePredictions_1.json", race)["race_predictions"]) == {
        "race_prediction_5k": 1300,
        "race_prediction_half": 6200,
    }
    for day in ("2026-10-19T00:00:00.0", {"date": "Oct 19, 2026 12:00:00 AM"}, [2026, 10, 19, 0, 0]):
        age = {"asOfDateGmt": day, "currentBioAge": 31.5, "chronologicalAge": 40, "biometricVo2Max": 48.0}
        assert read("7_fitnessAgeData.json", age) == {"fitness_age": {"fitness_age": [(MONDAY_MS, 31.5)]}}


def test_weigh_ins_are_grams_and_a_weight_without_an_instant_is_none() -> None:
    at = "2026-10-19T06:00:00.0"
    rows = [
        {
            "metaData": {"calendarDate": "2026-10-19T00:00:00.0", "sequence": 1},
            "weight": {"weight": 75_200.0, "bodyFat": 18.4, "sourceType": "INDEX_SCALE", "timestampGMT": at},
        },
        {"metaData": {"calendarDate": "2026-10-20"}, "weight": {"weight": 75_000.0}},
        {
            "metaData": {"calendarDate": "2026-10-19"},
            "lactateThresholdHeartRate": 168,
            "lactateThresholdSpeed": 0.386,
            "functionalThresholdPower": 290,
        },
    ]
    found = read("7_userBioMetrics.json", *rows)
    assert found["weight"]["weight"] == [(ms(at), 75.2)]
    assert found["weight"]["body_fat"] == [(ms(at), 18.4)]
    assert of_monday(found["lactate_threshold_speed"]) == {"lactate_threshold_speed": 3.86}
    assert of_monday(found["lactate_threshold_hr"]) == {"lactate_threshold_hr": 168}
    assert of_monday(found["ftp_cycling"]) == {"ftp_cycling": 290}


def test_drinks_of_a_day_add_up_and_blood_pressures_are_themselves() -> None:
    drinks = [{"calendarDate": "2026-10-19", "valueInML": amount} for amount in (250.0, 500.0, None, -50.0)]
    assert of_monday(read("HydrationLogFile_1_2.json", *drinks)["hydration"]) == {"hydration_intake": 700}
    pressure = {
        "measurementTimestampLocal": "2026-10-19T08:00:00.0",
        "measurementTimestampGMT": "2026-10-19T06:00:00.0",
        "systolic": 121,
        "diastolic": 78,
        "pulse": 60,
    }
    found = read("BloodPressureFile_1_2.json", pressure)["blood_pressure"]
    assert found == {
        "blood_pressure_systolic": [(ms("2026-10-19T06:00:00"), 121)],
        "blood_pressure_diastolic": [(ms("2026-10-19T06:00:00"), 78)],
        "blood_pressure_pulse": [(ms("2026-10-19T06:00:00"), 60)],
    }


@pytest.mark.parametrize(
    ("file_name", "known"),
    [
        ("UDSFILE_2026.JSON", True),
        ("2016-01-01_2016-04-10_7_sleepdata.json", True),
        ("me@example.org_0_summarizedActivities.json", False),
        ("7_userBioMetricProfileData.json", False),
        ("7_bioMetrics_latest.json", True),
        ("AbnormalHrEvents.json", False),
    ],
)
def test_files_are_told_by_their_names(file_name: str, known: bool) -> None:
    assert (family_of(file_name) is not None) is known


def test_dates_and_instants_that_are_none() -> None:
    for nothing in (None, "", "soon", [2026], [2026, 13, 1], {"date": None}, 10**18, True, "0001-01-01"):
        assert day_of(nothing) is None
    assert day_of(-(10**15)) is None
    assert instant_of([2026, 5, 19, 5, 37, 39, 806_000_000]) == ms("2026-05-19T05:37:39.806")


_KEYS = sorted(
    {*UDS, *NIGHT, "metrics", "weight", "metaData", "sport", "overallScore", "timestamp", "type", "status", "value"}
)
_JUNK: list[Any] = [
    None, True, -1, 1e300, float("nan"), 10**30, "", "2026-10-19", "NaN", [], [[]], [{}], [{"type": "TOTAL"}, 3], {},
    {"bodyBatteryStatList": [{"bodyBatteryStatType": []}]}, {"timestampGMT": MONDAY_MS, "weight": "many"}, [2026, 10],
]  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(st.lists(st.dictionaries(st.sampled_from(_KEYS), st.sampled_from(_JUNK), max_size=8), max_size=3))
def test_no_row_makes_a_reader_fail_otherwise(rows: list[dict[str, Any]]) -> None:
    for family in (family for batch in BATCHES for family in batch):
        try:
            found = family.read([{"calendarDate": "2026-10-19", **row} for row in rows])
        except GarminSyncError:
            continue
        readings = [each for by_day in found.values() for day in by_day.values() for each in day]
        assert not any(isnan(each.value) for each in readings)
