"""The files of the watch: Garmin's own reader takes them, and they say what the account's answers say."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Any

import garmin_fit_sdk
import httpx2
import pytest

from garminsync_tui.simulator import Simulator
from garminsync_tui.simulator.watch import WatchFile

from .conftest import NOW

#: A full day with a night and a run, at home.
DAY = date(2026, 11, 19)


def messages(content: bytes) -> dict[str, list[dict[Any, Any]]]:
    """What Garmin's own reader finds."""
    assert garmin_fit_sdk.Decoder(garmin_fit_sdk.Stream.from_byte_array(bytearray(content))).check_integrity()
    stream = garmin_fit_sdk.Stream.from_byte_array(bytearray(content))
    found, errors = garmin_fit_sdk.Decoder(stream).read(convert_datetimes_to_dates=False)
    assert not errors
    return dict(found)


def ms(fit_s: int) -> int:
    """Milliseconds since 1970 of a time in a file."""
    return (fit_s + 631_065_600) * 1000


@pytest.fixture(scope="module")
def files(simulator: Simulator) -> dict[str, list[dict[str, list[dict[Any, Any]]]]]:
    """What the watch wrote on the day, by folder, as messages."""
    found: dict[str, list[Any]] = {}
    for file in simulator.watch().wellness():
        if simulator.athlete.whereabouts.day_of(file.created) == DAY:
            found.setdefault(file.folder, []).append(messages(file.content))
    return found


@pytest.fixture(scope="module")
def monitored(files: dict[str, Any]) -> dict[str, list[dict[Any, Any]]]:
    """The day's monitoring, both files after each other."""
    first, second = files["MONITOR"]
    return {name: first.get(name, []) + second.get(name, []) for name in first | second}


def body(web: httpx2.Client, path: str, **query: str) -> Any:
    answer = web.get(path, params=query)
    assert answer.status_code == 200
    return answer.json()


def test_each_file_says_what_it_is(files: dict[str, Any], simulator: Simulator) -> None:
    kinds = {folder: {content["file_id_mesgs"][0]["type"] for content in found} for folder, found in files.items()}
    assert kinds == {"MONITOR": {"monitoring_b"}, "SLEEP": {49}, "HRVSTATUS": {68}, "METRICS": {44}}
    serials = {content["file_id_mesgs"][0]["serial_number"] for found in files.values() for content in found}
    assert serials == {simulator.athlete.device_id}
    info = files["MONITOR"][0]["monitoring_info_mesgs"][0]
    assert info["local_timestamp"] - info["timestamp"] == 3600


def test_readings_are_those_of_the_answers(monitored: dict[str, Any], web: httpx2.Client, simulator: Simulator) -> None:
    name = simulator.athlete.display_name
    last, rates = 0, []
    for message in monitored["monitoring_mesgs"]:  # by the rule of the profile
        last = message.get("timestamp", last)
        if "timestamp_16" in message:
            last += (message["timestamp_16"] - last) & 0xFFFF
            rates.append([ms(last), message["heart_rate"]])
    told = body(web, f"/wellness-service/wellness/dailyHeartRate/{name}", date=str(DAY))["heartRateValues"]
    assert rates == [row for row in told if row[1]]

    told = body(web, f"/wellness-service/wellness/dailyStress/{DAY}")
    stress = [[ms(row["stress_level_time"]), row["stress_level_value"]] for row in monitored["stress_level_mesgs"]]
    assert stress == told["stressValuesArray"]
    battery = [[ms(row["stress_level_time"]), row[3]] for row in monitored["stress_level_mesgs"]]
    assert battery == [[at, level] for at, _, level, _ in told["bodyBatteryValuesArray"]]

    told = body(web, f"/wellness-service/wellness/daily/respiration/{DAY}")["respirationValuesArray"]
    breaths = [[ms(row["timestamp"]), row["respiration_rate"]] for row in monitored["respiration_rate_mesgs"]]
    assert breaths == told

    told = body(web, f"/wellness-service/wellness/daily/spo2/{DAY}")["spO2HourlyAverages"]
    assert [[ms(row["timestamp"]), row["reading_spo2"]] for row in monitored["spo2_data_mesgs"]] == told


def test_what_is_counted_adds_up(monitored: dict[str, Any], web: httpx2.Client, simulator: Simulator) -> None:
    name = simulator.athlete.display_name
    counted: dict[str, int] = {}
    quarters: Counter[int] = Counter()
    for message in monitored["monitoring_mesgs"]:
        if "steps" in message:
            kind, steps = message["activity_type"], message["steps"]
            quarters[ms(message["timestamp"] - 900)] += steps - counted.get(kind, 0)
            counted[kind] = steps
    told = body(web, f"/wellness-service/wellness/dailySummaryChart/{name}", date=str(DAY))
    # Both kinds of movement, and the second file goes on where the first ended.
    assert set(counted) == {"walking", "running"}
    assert +quarters == {_ms(row["startGMT"]): row["steps"] for row in told if row["steps"]}

    summary = body(web, f"/usersummary-service/usersummary/daily/{name}", calendarDate=str(DAY))
    climbs = [message for message in monitored["monitoring_mesgs"] if "ascent" in message]
    risen = sum(message["ascent"] for message in climbs)
    assert risen == pytest.approx(summary["floorsAscendedInMeters"], abs=0.05)
    assert climbs[-1][35] / 1000 == pytest.approx(risen, abs=0.05)
    efforts = [message for message in monitored["monitoring_mesgs"] if "moderate_activity_minutes" in message]
    for kind in ("moderate", "vigorous"):
        minutes = sum(message[f"{kind}_activity_minutes"] for message in efforts)
        assert minutes == summary[f"{kind}IntensityMinutes"]
    resting = monitored["monitoring_hr_data_mesgs"][-1]
    assert resting["current_day_resting_heart_rate"] == summary["restingHeartRate"]
    assert resting["resting_heart_rate"] == summary["lastSevenDaysAvgRestingHeartRate"]


def test_nights_are_those_of_the_answers(files: dict[str, Any], web: httpx2.Client, simulator: Simulator) -> None:
    (night,), (variability,) = files["SLEEP"], files["HRVSTATUS"]
    told = body(web, f"/wellness-service/wellness/dailySleepData/{simulator.athlete.display_name}", date=str(DAY))
    stages = ("deep", "light", "rem", "awake")
    levels = [[ms(row["timestamp"]), row["sleep_level"]] for row in night["sleep_level_mesgs"]]
    assert levels == [[_ms(row["startGMT"]), stages[int(row["activityLevel"])]] for row in told["sleepLevels"]]
    ends = [row["timestamp"] for row in night["event_mesgs"] if row["event_type"] == "stop"]
    assert [ms(at) for at in ends] == [told["dailySleepDTO"]["sleepEndTimestampGMT"]]
    assessed = night["sleep_assessment_mesgs"][0]
    assert assessed["overall_sleep_score"] == told["dailySleepDTO"]["sleepScores"]["overall"]["value"]
    assert assessed["average_stress_during_sleep"] == told["dailySleepDTO"]["avgSleepStress"]
    skin = night["skin_temp_overnight_mesgs"][0]
    assert skin["average_deviation"] == pytest.approx(told["avgSkinTempDeviationC"])

    told = body(web, f"/hrv-service/hrv/{DAY}")
    readings = [[ms(row["timestamp"]), row["value"]] for row in variability["hrv_value_mesgs"]]
    assert readings == [[_ms(row["readingTimeGMT"]), row["hrvValue"]] for row in told["hrvReadings"]]
    status = variability["hrv_status_summary_mesgs"][0]
    assert (status["weekly_average"], status["last_night_average"], status["last_night_5_min_high"]) == tuple(
        told["hrvSummary"][name] for name in ("weeklyAvg", "lastNightAvg", "lastNight5MinHigh")
    )
    assert status["status"].upper() == told["hrvSummary"]["status"]


def test_files_come_in_order_and_end_with_the_sync() -> None:
    simulator = Simulator(now=NOW, days=6)
    made: list[WatchFile] = list(simulator.watch().files())
    assert [file.created for file in made] == sorted(file.created for file in made)
    assert {file.folder for file in made} == {"ACTIVITY", "MONITOR", "SLEEP", "HRVSTATUS", "METRICS"}
    # The watch syncs at noon: there is no afternoon of the last day.
    last = [file for file in made if file.folder == "MONITOR"][-1]
    assert simulator.athlete.whereabouts.begins(date(2026, 11, 22)) == last.created


def _ms(text: str) -> int:
    return int(datetime.fromisoformat(f"{text[:19]}+00:00").timestamp() * 1000)
