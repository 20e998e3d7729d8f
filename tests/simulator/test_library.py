"""The read methods of the real library, and what they bring."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import garminconnect
import pytest

from garminsync_tui.simulator import Simulator

DAY = date(2026, 11, 19)  # a Thursday with an easy run
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 22)
D, A, B = str(DAY), str(FIRST), str(LAST)


def days(rows: list[dict[str, Any]]) -> list[str]:
    return [row["calendarDate"] for row in rows]


def test_profile(garmin: garminconnect.Garmin, simulator: Simulator) -> None:
    assert garmin.get_full_name() == simulator.athlete.full_name
    assert garmin.get_unit_system() == "metric"
    assert garmin.get_user_profile()["userData"]["birthDate"] == "1986-04-12"
    assert garmin.get_userprofile_settings()["displayName"] == simulator.athlete.display_name
    assert garmin.get_personal_information()["userInfo"]["timeZone"] == "Europe/Berlin"
    assert garmin.get_user_timezone() == "Europe/Berlin"


def test_devices(garmin: garminconnect.Garmin, simulator: Simulator) -> None:
    assert [device["deviceId"] for device in garmin.get_devices()] == [simulator.athlete.device_id]
    last_used = garmin.get_device_last_used()
    assert last_used["userDeviceId"] == simulator.athlete.device_id
    synced = datetime.fromisoformat(f"{garmin.get_sync_timestamp()}+00:00")
    assert last_used["lastUsedDeviceUploadTime"] == synced.timestamp() * 1000


def test_activity_list(garmin: garminconnect.Garmin, simulator: Simulator) -> None:
    known = simulator.activity_ids()
    assert garmin.count_activities() == len(known)
    assert [row["activityId"] for row in garmin.get_activities(0, 100)] == known
    assert [row["activityId"] for row in garmin.get_activities(5, 7)] == known[5:12]
    assert garmin.get_activities(len(known), 20) == []
    newest = garmin.get_last_activity()
    assert newest is not None
    assert newest["activityId"] == known[0]


def test_activity_filters(garmin: garminconnect.Garmin) -> None:
    rows = garmin.get_activities_by_date(A, B)
    assert rows
    assert all(A <= row["startTimeLocal"][:10] <= B for row in rows)
    upwards = garmin.get_activities_by_date(A, B, sortorder="asc")
    assert [row["activityId"] for row in upwards] == [row["activityId"] for row in reversed(rows)]
    running = garmin.get_activities_by_date(A, B, "running")
    kinds = {row["activityType"]["typeKey"] for row in running}
    assert kinds == {"running", "trail_running"}
    assert {row["activityType"]["typeKey"] for row in garmin.get_activities(0, 100, "cycling")} == {"cycling"}
    found = garmin.search_activities(search="lunch", limit=100)
    assert found
    assert all("Lunch" in row["activityName"] for row in found)
    of_day = garmin.get_activities_fordate(D)["ActivitiesForDay"]["payload"]
    assert [row["startTimeLocal"][:10] for row in of_day] == [D] * len(of_day)


def test_activity_types_know_every_listed_type(garmin: garminconnect.Garmin) -> None:
    known = {kind["typeKey"]: kind["typeId"] for kind in garmin.get_activity_types()}
    for row in garmin.get_activities(0, 100):
        assert known[row["activityType"]["typeKey"]] == row["activityType"]["typeId"]


def test_activity_and_its_files(garmin: garminconnect.Garmin) -> None:
    row = next(row for row in garmin.get_activities(0, 20) if row["activityType"]["typeKey"] == "cycling")
    number = str(row["activityId"])
    summary = garmin.get_activity(number)
    assert summary["activityName"] == row["activityName"]
    assert summary["summaryDTO"]["distance"] == row["distance"]
    assert summary["metadataDTO"]["lastUpdateDate"] > summary["summaryDTO"]["startTimeGMT"]
    zones = garmin.get_activity_hr_in_timezones(number)
    assert sum(zone["secsInZone"] for zone in zones) == pytest.approx(row["duration"], abs=1)
    formats = garmin.ActivityDownloadFormat
    original = garmin.download_activity(number, formats.ORIGINAL)
    with zipfile.ZipFile(io.BytesIO(original)) as archive:
        assert archive.namelist() == [f"{number}_ACTIVITY.fit"]
    assert b"<TrainingCenterDatabase" in garmin.download_activity(number, formats.TCX)
    assert b"<gpx" in garmin.download_activity(number, formats.GPX)


def test_daily_summary_agrees_with_the_samples(garmin: garminconnect.Garmin) -> None:
    stats = garmin.get_stats(D)
    quarters = garmin.get_steps_data(D)
    assert len(quarters) == 96
    assert stats["totalSteps"] == sum(quarter["steps"] for quarter in quarters)
    rates = [rate for _, rate in garmin.get_heart_rates(D)["heartRateValues"] if rate]
    assert (stats["minHeartRate"], stats["maxHeartRate"]) == (min(rates), max(rates))
    stress = garmin.get_stress_data(D)
    assert stats["maxStressLevel"] == max(level for _, level in stress["stressValuesArray"])
    assert {level for _, level in stress["stressValuesArray"]} >= {-1, -2}
    battery = [level for _, _, level, _ in stress["bodyBatteryValuesArray"]]
    assert (stats["bodyBatteryLowestValue"], stats["bodyBatteryHighestValue"]) == (min(battery), max(battery))
    asleep = garmin.get_sleep_data(D)["dailySleepDTO"]["sleepTimeSeconds"]
    assert stats["sleepingSeconds"] == asleep
    parts = ("highlyActiveSeconds", "activeSeconds", "sedentarySeconds", "sleepingSeconds")
    assert sum(stats[part] for part in parts) == 86_400


def test_range_of_summaries_agrees_with_the_days(garmin: garminconnect.Garmin) -> None:
    for summary in garmin.get_daily_summaries(A, B)["data"]:
        if not summary["includesWellnessData"]:
            continue
        stats = garmin.get_stats(summary["calendarDate"])
        assert summary["movement"]["steps"]["value"] == stats["totalSteps"]
        assert summary["heartRate"]["restingValue"] == stats["restingHeartRate"]
        assert summary["bodyBattery"]["chargedValue"] == stats["bodyBatteryChargedValue"]
        assert summary["wellnessChronology"]["startTimestampGmt"] == stats["wellnessStartTimeGmt"]
        assert summary["wellnessChronology"]["endTimestampLocal"] == stats["wellnessEndTimeLocal"]


def test_resting_heart_rate_says_the_same_everywhere(garmin: garminconnect.Garmin) -> None:
    series = {row["calendarDate"]: row["value"] for row in garmin.get_rhr_daily(A, B)}
    assert series[D] == garmin.get_stats(D)["restingHeartRate"] == garmin.get_heart_rates(D)["restingHeartRate"]
    day = garmin.get_rhr_day(D)["allMetrics"]["metricsMap"]["WELLNESS_RESTING_HEART_RATE"]
    assert day == [{"value": series[D], "calendarDate": D}]
    for row in garmin.get_daily_heart_rate_stats(A, B):
        assert row["values"]["restingHR"] == series[row["calendarDate"]]


def test_sleep(garmin: garminconnect.Garmin) -> None:
    night = garmin.get_sleep_data(D)
    assert garmin.get_daily_sleep(D) == night
    totals = night["dailySleepDTO"]
    spent = dict.fromkeys(range(4), 0.0)
    ends: str | None = None
    for level in night["sleepLevels"]:
        assert ends in (None, level["startGMT"])
        starts, ends = level["startGMT"], level["endGMT"]
        seconds = (datetime.fromisoformat(ends) - datetime.fromisoformat(starts)).total_seconds()
        spent[int(level["activityLevel"])] += seconds
    names = ("deepSleepSeconds", "lightSleepSeconds", "remSleepSeconds", "awakeSleepSeconds")
    assert [spent[level] for level in range(4)] == [totals[name] for name in names]
    assert totals["sleepTimeSeconds"] == sum(totals[name] for name in names[:3])
    assert totals["sleepEndTimestampLocal"] - totals["sleepEndTimestampGMT"] == 3_600_000
    assert len(night["sleepHeartRate"]) > 150
    rows = {row["calendarDate"]: row["values"] for row in garmin.get_sleep_daily(A, B)}
    assert rows[D]["totalSleepTimeInSeconds"] == totals["sleepTimeSeconds"]
    assert rows[D]["sleepScore"] == totals["sleepScores"]["overall"]["value"]


def test_heart_rate_variability(garmin: garminconnect.Garmin) -> None:
    night = garmin.get_hrv_data(D)
    assert night is not None
    readings = [reading["hrvValue"] for reading in night["hrvReadings"]]
    same = [reading["value"] for reading in garmin.get_sleep_data(D)["hrvData"]]
    assert same == readings
    summary = night["hrvSummary"]
    assert summary["lastNightAvg"] == pytest.approx(sum(readings) / len(readings), abs=1)
    assert summary["lastNight5MinHigh"] == max(readings)
    nights = garmin.get_hrv_data_range(A, B)
    assert nights is not None
    assert summary in nights["hrvSummaries"]


def test_stress_and_body_battery_ranges(garmin: garminconnect.Garmin) -> None:
    stress = {row["calendarDate"]: row["values"] for row in garmin.get_daily_stress_stats(A, B)}
    assert stress[D]["overallStressLevel"] == garmin.get_all_day_stress(D)["avgStressLevel"]
    assert [row["value"] for row in garmin.get_weekly_stress(B, 2)]
    battery = {row["date"]: row for row in garmin.get_body_battery(A, B)}
    assert battery[D]["charged"] == garmin.get_stats(D)["bodyBatteryChargedValue"]
    (event,) = garmin.get_body_battery_events(D)
    assert event["event"]["eventType"] == "sleep"


def test_steps_and_floors(garmin: garminconnect.Garmin) -> None:
    rows = {row["calendarDate"]: row for row in garmin.get_daily_steps(A, B)}
    assert rows[D]["totalSteps"] == garmin.get_stats(D)["totalSteps"]
    (week,) = garmin.get_weekly_steps(B, 1)
    last_week = [rows[str(LAST - timedelta(days=back))]["totalSteps"] for back in range(7)]
    assert week["values"]["totalSteps"] == sum(last_week)
    floors = garmin.get_floors(D)
    keys = [column["key"] for column in floors["floorsValueDescriptorDTOList"]]
    up = sum(row[keys.index("floorsAscended")] for row in floors["floorValuesArray"])
    assert up == pytest.approx(garmin.get_stats(D)["floorsAscended"], abs=8)


def test_intensity_calories_and_water(garmin: garminconnect.Garmin) -> None:
    rows = {row["calendarDate"]: row for row in garmin.get_daily_intensity_minutes_stats(A, B)}
    day = garmin.get_intensity_minutes_data(D)
    assert rows[D]["vigorousValue"] == day["vigorousMinutes"] > 0
    counted = sum(minutes for _, minutes in day["imValuesArray"])
    assert counted == day["moderateMinutes"] + 2 * day["vigorousMinutes"]
    assert sum(row["vigorousValue"] for row in garmin.get_weekly_intensity_minutes(A, B)) == sum(
        row["vigorousValue"] for row in rows.values()
    )
    calories = {row["calendarDate"]: row for row in garmin.get_calories_daily(A, B)}
    assert calories[D]["total"] == garmin.get_stats(D)["totalKilocalories"]
    water = {row["calendarDate"]: row for row in garmin.get_daily_hydration_stats(A, B)}
    assert water[D]["valueInML"] == garmin.get_hydration_data(D)["valueInML"]


def test_respiration_and_oxygen(garmin: garminconnect.Garmin) -> None:
    respiration = garmin.get_respiration_data(D)
    levels = [level for _, level in respiration["respirationValuesArray"]]
    assert len(levels) == 720
    assert min(levels) == -1
    assert respiration["lowestRespirationValue"] == min(level for level in levels if level > 0)
    oxygen = garmin.get_spo2_data(D)
    assert all(85 <= level <= 100 for _, level in oxygen["spO2HourlyAverages"])


def test_weight(garmin: garminconnect.Garmin) -> None:
    ranged = garmin.get_weigh_ins(A, B)
    summaries = ranged["dailyWeightSummaries"]
    assert 4 <= len(summaries) <= 16
    listed = garmin.get_body_composition(A, B)["dateWeightList"]
    assert [entry for summary in summaries for entry in summary["allWeightMetrics"]] == listed
    one = summaries[0]
    assert garmin.get_daily_weigh_ins(one["summaryDate"])["dateWeightList"] == one["allWeightMetrics"]
    assert ranged["previousDateWeight"]["calendarDate"] < A
    assert 60_000 < one["latestWeight"]["weight"] < 90_000
    assert garmin.get_stats_and_body(one["summaryDate"])["weight"] == one["latestWeight"]["weight"]
    # Newest first; each entry tells how it differs from the one before it.
    for newer, older in pairwise(listed):
        assert newer["weightDelta"] == newer["weight"] - older["weight"]


def test_oxygen_and_acclimation(garmin: garminconnect.Garmin) -> None:
    rows: Any = garmin.get_max_metrics_range(A, B)
    assert D in [row["generic"]["calendarDate"] for row in rows]
    assert [row for row in rows if row["generic"]["calendarDate"] == D] == garmin.get_max_metrics(D)
    assert {row["cycling"] is None for row in rows} == {True, False}
    used_to = garmin.get_heat_altitude_acclimation_range(A, B)
    assert used_to == [row["heatAltitudeAcclimation"] for row in rows]


def test_readiness(garmin: garminconnect.Garmin) -> None:
    day = garmin.get_training_readiness(D)
    morning = garmin.get_morning_training_readiness(D)
    assert morning == day[-1]
    assert morning is not None and morning["inputContext"] == "AFTER_WAKEUP_RESET"
    after = day[0]
    assert after["inputContext"] == "AFTER_POST_EXERCISE_RESET"
    assert after["recoveryTime"] > morning["recoveryTime"] and after["score"] < morning["score"]
    woken = datetime.fromisoformat(f"{morning['timestamp']}+00:00").timestamp() * 1000
    assert woken == garmin.get_sleep_data(D)["dailySleepDTO"]["sleepEndTimestampGMT"]
    rows = garmin.get_training_readiness_range(A, B)
    assert [row for row in rows if row["calendarDate"] == D] == day
    assert [row["timestamp"] for row in rows] == sorted((row["timestamp"] for row in rows), reverse=True)


def test_status_and_load(garmin: garminconnect.Garmin, simulator: Simulator) -> None:
    report = garmin.get_weekly_training_status(A, B)
    rows = report["reportData"][str(simulator.athlete.device_id)]
    gateway = garmin.client.connectapi(f"/mobile-gateway/usersummary/trainingstatus/weekly/{A}/{B}")
    assert gateway["weeklyTrainingStatus"]["payload"] == report
    assert len(rows) == len([day for day in days(rows) if simulator.athlete.was_worn(date.fromisoformat(day))])
    for row in rows:
        load = row["acuteTrainingLoadDTO"]
        ratio = load["dailyTrainingLoadAcute"] / load["dailyTrainingLoadChronic"]
        assert ratio - 0.11 < load["dailyAcuteChronicWorkloadRatio"] <= ratio + 0.01


def test_ages_races_and_scores(garmin: garminconnect.Garmin) -> None:
    assert {30 < row["values"]["fitnessAge"] < 45 for row in garmin.get_fitness_age_daily(A, B)} == {True}
    races: Any = garmin.get_race_predictions("2025-11-22", B, "daily")
    for row in races:
        times = [row[name] for name in ("time5K", "time10K", "timeHalfMarathon", "timeMarathon")]
        assert all(2 < longer / shorter < 2.3 for shorter, longer in pairwise(times))
    endurance = garmin.get_endurance_score(A, B, "daily")
    assert endurance["groupMap"][D]["groupAverage"] == garmin.get_endurance_score(D)["overallScore"]
    weekly = garmin.get_endurance_score(A, B)
    assert list(weekly["groupMap"]) == [str(FIRST + timedelta(days=days)) for days in (0, 7, 14, 21)]
    hill = {row["calendarDate"]: row for row in garmin.get_hill_score(A, B)["hillScoreDTOList"]}
    assert hill[D] == garmin.get_hill_score(D)
    for row in garmin.get_running_tolerance(A, B, "daily"):
        assert (row["acuteImpactLoad"] > row["acuteDistance"]) == (row["acuteDistance"] > 0)


def test_thresholds(garmin: garminconnect.Garmin) -> None:
    first = str(LAST - timedelta(days=59))
    found = garmin.get_lactate_threshold(latest=False, start_date=first, end_date=B)
    assert days_of(found["speed"]) == days_of(found["heart_rate"]) == days_of(found["power"]) != []
    assert all(0.3 < row["value"] < 0.45 for row in found["speed"])  # a tenth of m/s
    assert all(150 < row["value"] < 180 for row in found["heart_rate"])
    rides: Any = garmin.get_functional_threshold_power_range(first, B, sport="cycling")
    assert {row["series"] for row in rides} == {"cycling"}
    assert all(180 < row["value"] < 300 for row in rides)


def days_of(rows: list[dict[str, Any]]) -> list[str]:
    return [row["updatedDate"] for row in rows]


def test_blood_pressure(garmin: garminconnect.Garmin) -> None:
    body = garmin.get_blood_pressure(A, B)
    assert (body["from"], body["until"]) == (A, B)
    summaries = body["measurementSummaries"]
    assert 4 <= len(summaries) <= 16
    for summary in summaries:
        for entry in summary["measurements"]:
            assert 95 < entry["systolic"] < 140
            assert entry["diastolic"] < entry["systolic"]
            assert entry["measurementTimestampLocal"][:10] == summary["startDate"]


def test_the_balance_of_load(garmin: garminconnect.Garmin, simulator: Simulator) -> None:
    body = garmin.get_training_four_week_load_balance(D)
    row = body["metricsTrainingLoadBalanceDTOMap"][str(simulator.athlete.device_id)]
    assert row["calendarDate"] == D
    for name in ("monthlyLoadAerobicLow", "monthlyLoadAerobicHigh", "monthlyLoadAnaerobic"):
        assert row[name] > 0
        assert 0 < row[f"{name}TargetMin"] < row[f"{name}TargetMax"]


def test_sweat_follows_from_what_was_done(garmin: garminconnect.Garmin) -> None:
    whole = garmin.get_hydration_all_data(D)
    assert whole["valueInML"] == garmin.get_hydration_data(D)["valueInML"]
    trained_s = garmin.get_stats(D)["highlyActiveSeconds"]
    assert whole["sweatLossInML"] == pytest.approx(trained_s / 5, abs=60)


def test_the_cycle_goes_on_day_by_day(garmin: garminconnect.Garmin) -> None:
    summaries = [
        garmin.get_menstrual_data_for_date(str(LAST - timedelta(days=back)))["daySummary"] for back in range(29)
    ]
    assert {each["dayInCycle"] for each in summaries} == set(range(1, 30))
    assert {each["currentPhase"] for each in summaries} == {1, 2, 3, 4}
    for back, each in enumerate(summaries):
        starts = date.fromisoformat(each["startDate"])
        assert (LAST - timedelta(days=back) - starts).days + 1 == each["dayInCycle"]
        assert (each["dayInCycle"] <= each["periodLength"]) == (each["currentPhase"] == 1)


def test_food(garmin: garminconnect.Garmin) -> None:
    rows = garmin.get_calorie_summary(A, B)["dailyNutritionContents"]
    assert [row["mealDate"] for row in rows] == [str(FIRST + timedelta(days=n)) for n in range(22)]
    logged = [row["nutritionContent"] for row in rows if "nutritionContent" in row]
    assert 10 < len(logged) < 22
    for eaten in logged:
        assert eaten["calories"] == 4 * eaten["protein"] + 4 * eaten["carbs"] + 9 * eaten["fat"]


def test_habits(garmin: garminconnect.Garmin) -> None:
    rows = garmin.get_lifestyle_logging_data(D)["dailyLogsReport"]
    assert {row["logStatus"] for row in rows} <= {"YES", "NO"}
    assert len({row["name"] for row in rows}) == len(rows) == 4
    for row in rows:
        assert (row["details"] != []) == (row["logStatus"] == "YES" and row["measurementType"] == "QUANTITY")
    assert all("logStatus" not in row for row in garmin.get_lifestyle_logging_data(B)["dailyLogsReport"])


def test_sunlight(garmin: garminconnect.Garmin) -> None:
    found: Any = garmin.get_device_solar_data(str(garmin.get_device_last_used()["userDeviceId"]), D)
    (day,) = found["solarDailyDataDTOs"]
    light = {row["readingTimestampLocal"][11:16]: row["solarUtilization"] for row in day["solarInputReadings"]}
    assert len(light) == 1440
    assert light["03:00"] == 0 < light["08:00"] < light["12:30"] <= 100


#: Read methods of the library and what they are asked with.
READS: dict[str, tuple[str, ...]] = {
    "count_activities": (),
    "get_activities": (),
    "get_activities_by_date": (A, B),
    "get_activities_fordate": (D,),
    "get_activity_types": (),
    "get_all_day_stress": (D,),
    "get_blood_pressure": (A, B),
    "get_body_battery": (A, B),
    "get_body_battery_events": (D,),
    "get_body_composition": (A, B),
    "get_calorie_summary": (A, B),
    "get_calories_daily": (A, B),
    "get_daily_heart_rate_stats": (A, B),
    "get_daily_hydration_stats": (A, B),
    "get_daily_intensity_minutes_stats": (A, B),
    "get_daily_sleep": (D,),
    "get_daily_steps": (A, B),
    "get_daily_stress_stats": (A, B),
    "get_daily_summaries": (A, B),
    "get_device_last_used": (),
    "get_devices": (),
    "get_endurance_score": (D,),
    "get_fitness_age_daily": (A, B),
    "get_floors": (D,),
    "get_full_name": (),
    "get_heart_rates": (D,),
    "get_heat_altitude_acclimation_range": (A, B),
    "get_hill_score": (D,),
    "get_hrv_data": (D,),
    "get_hrv_data_range": (A, B),
    "get_hydration_all_data": (D,),
    "get_hydration_data": (D,),
    "get_intensity_minutes_data": (D,),
    "get_last_activity": (),
    "get_lifestyle_logging_data": (D,),
    "get_max_metrics": (D,),
    "get_max_metrics_range": (A, B),
    "get_menstrual_data_for_date": (D,),
    "get_morning_training_readiness": (D,),
    "get_personal_information": (),
    "get_race_predictions": (A, B, "daily"),
    "get_respiration_data": (D,),
    "get_rhr_daily": (A, B),
    "get_rhr_day": (D,),
    "get_running_tolerance": (A, B, "daily"),
    "get_sleep_daily": (A, B),
    "get_sleep_data": (D,),
    "get_spo2_data": (D,),
    "get_stats": (D,),
    "get_steps_data": (D,),
    "get_stress_data": (D,),
    "get_sync_timestamp": (),
    "get_training_four_week_load_balance": (D,),
    "get_training_readiness": (D,),
    "get_training_readiness_range": (A, B),
    "get_user_profile": (),
    "get_weekly_intensity_minutes": (A, B),
    "get_weekly_steps": (B,),
    "get_weekly_stress": (B,),
    "get_weekly_training_status": (A, B),
    "get_weigh_ins": (A, B),
}


def test_more_than_forty_read_methods_bring_something(garmin: garminconnect.Garmin, simulator: Simulator) -> None:
    asked_before = simulator.stats()["requests"]["total"]
    brought = {name for name, arguments in READS.items() if getattr(garmin, name)(*arguments)}
    assert brought == set(READS)
    assert len(brought) >= 40
    # They asked the simulator: nothing but the name was known already.
    assert simulator.stats()["requests"]["total"] - asked_before >= len(READS) - 1


def test_a_day_without_the_watch(garmin: garminconnect.Garmin, simulator: Simulator) -> None:
    bare = next(day for back in range(1, 59) if not simulator.athlete.was_worn(day := LAST - timedelta(days=back)))
    d = str(bare)
    assert garmin.get_stats(d)["totalSteps"] is None
    assert garmin.get_heart_rates(d)["heartRateValues"] is None
    assert garmin.get_sleep_data(d)["dailySleepDTO"]["id"] is None
    assert garmin.client.connectapi(f"/wellness-service/wellness/dailyStress/{d}") is None
    assert garmin.get_hrv_data(d) == {}  # 204
    assert garmin.get_steps_data(d) == []
    assert garmin.get_body_battery_events(d) == []
    assert d not in days(garmin.get_daily_steps(d, d))
    assert garmin.get_rhr_daily(d, d) == []
    assert garmin.get_spo2_data(d)["averageSpO2"] is None
    assert garmin.get_respiration_data(d)["respirationValuesArray"] is None
    assert garmin.get_max_metrics(d) == garmin.get_training_readiness(d) == []
    assert garmin.get_hill_score(d) == garmin.get_endurance_score(d) == {}  # 204
    assert garmin.get_weekly_training_status(d, d)["reportData"] == {}
    (balance,) = garmin.get_training_four_week_load_balance(d)["metricsTrainingLoadBalanceDTOMap"].values()
    assert balance["calendarDate"] < d
    assert garmin.get_hydration_all_data(d)["sweatLossInML"] is None
    sun: Any = garmin.get_device_solar_data(str(simulator.athlete.device_id), d)
    assert sun["solarDailyDataDTOs"] == []
    assert garmin.get_endurance_score(d, d, "daily")["enduranceScoreDTO"] is None
    (summary,) = garmin.get_daily_summaries(d, d)["data"]
    assert summary["includesWellnessData"] is False


def test_days_outside_the_history_are_empty(garmin: garminconnect.Garmin, simulator: Simulator) -> None:
    for day in (simulator.athlete.first_day - timedelta(days=1), LAST + timedelta(days=1)):
        assert garmin.get_daily_summaries(str(day), str(day))["data"] == []
        assert garmin.get_sleep_data(str(day))["sleepLevels"] == []
        assert garmin.get_hrv_data(str(day)) == {}
        assert garmin.get_weigh_ins(str(day), str(day))["dailyWeightSummaries"] == []
