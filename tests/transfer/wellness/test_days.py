"""Files of watches become days by endpoint: nights at the date of waking, totals of whole days only."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from garminsync_tui.formats.fit_wellness import Wellness, read_wellness
from garminsync_tui.metrics import Reading, day_ms
from garminsync_tui.transfer.wellness.days import told_days
from garminsync_tui.transfer.wellness.local_days import LocalDays

from ...formats.wellness_samples import message, watched, wellness_file

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 10, 19)
TUESDAY = MONDAY + timedelta(days=1)
MIDNIGHT = int(datetime(2026, 10, 18, 22, tzinfo=UTC).timestamp())
HOUR = 3600


def read(kind: int, created_s: int, *messages: bytes, serial_number: int = 7) -> Wellness:
    return read_wellness("a.fit", wellness_file(kind, created_s, *messages, serial_number=serial_number))


def monitored(first_h: int, last_h: int, *more: bytes, serial_number: int = 7, bpm: int = 60) -> Wellness:
    """The hours of a watch from Monday on."""
    return read_wellness("a.fit", watched(MIDNIGHT, first_h, last_h, *more, serial_number=serial_number, bpm=bpm))


def told(*files: Wellness) -> dict[tuple[str, date], tuple[bool, list[Reading]]]:
    local = LocalDays({}, [entry for file in files for entry in file.clock], BERLIN)
    return {
        (endpoint, each.day): (each.whole, list(each.readings))
        for endpoint, days in told_days(files, local).items()
        for each in days
    }


def value(readings: list[Reading], metric: str) -> float:
    return next(each.value for each in readings if each.metric == metric)


def test_a_day_in_several_files_is_whole_and_has_totals_the_next_one_is_neither() -> None:
    resting = message(
        "monitoring_hr_data",
        timestamp=MIDNIGHT + 23 * HOUR,
        resting_heart_rate=50,
        current_day_resting_heart_rate=48,
    )
    found = told(monitored(0, 12), monitored(12, 24, resting), monitored(24, 30))
    for endpoint in ("heart_rate", "stress", "steps", "resting_heart_rate"):
        whole, readings = found[endpoint, MONDAY]
        assert whole, endpoint
        assert len(readings) == {"heart_rate": 24, "stress": 48, "steps": 96, "resting_heart_rate": 1}[endpoint]
    assert value(found["resting_heart_rate", MONDAY][1], "resting_heart_rate") == 48
    whole, sums = found["daily_summaries", MONDAY]
    assert not whole  # no energy, no goals: Garmin is asked for the rest
    assert {each.metric: each.value for each in sums} == {
        "steps_total": 2400,
        "min_heart_rate": 60,
        "max_heart_rate": 83,
        "stress_avg": 32,
        "stress_max": 43,
        "body_battery_high": 50,
        "body_battery_low": 50,
    }
    assert not found["heart_rate", TUESDAY][0]
    assert ("daily_summaries", TUESDAY) not in found
    assert sum(each.value for each in found["steps", MONDAY][1]) == 2400


def test_a_night_belongs_to_the_day_of_waking_with_all_that_was_measured_in_it() -> None:
    bed = MIDNIGHT + 21 * HOUR  # Monday, nine in the evening
    levels = [(0, 1), (10, 2), (40, 3), (41, 3), (100, 4), (150, 0), (160, 2), (400, 1)]
    night = [message("sleep_level", timestamp=bed + 60 * minute, sleep_level=level) for minute, level in levels]
    rise = bed + 420 * 60
    sleep = read(
        49,
        rise,
        message("event", timestamp=bed, event=74, event_type=0),
        *night,
        message("event", timestamp=rise, event=74, event_type=1),
        message("sleep_assessment", overall_sleep_score=71),
        message("skin_temp_overnight", timestamp=rise, local_timestamp=rise + 2 * HOUR, average_deviation=0.5),
    )
    words = {"weekly_average": 50, "last_night_average": 47, "last_night_5_min_high": 70}
    summary = message("hrv_status_summary", timestamp=rise, **{name: 128 * ms for name, ms in words.items()}, status=4)
    variability = read(
        68, rise, *(message("hrv_value", timestamp=bed + 300 * n, value=128 * (40 + n)) for n in range(5)), summary
    )
    found = told(sleep, variability)
    whole, readings = found["sleep", TUESDAY]
    assert not whole
    assert ("sleep", MONDAY) not in found
    minutes = {"sleep_awake": 30, "sleep_light": 30 + 240, "sleep_deep": 60, "sleep_rem": 50, "sleep": 380}
    assert {name: value(readings, name) for name in minutes} == {name: 60 * m for name, m in minutes.items()}
    stages = [(each.at_ms // 1000 - bed, each.value) for each in readings if each.metric == "sleep_stage"]
    assert stages == [(0, 3), (600, 1), (2400, 0), (6000, 2), (9600, 1), (24_000, 3)]
    assert value(readings, "sleep_score") == 71
    assert value(readings, "skin_temp_deviation") == 0.5
    assert sum(each.metric == "hrv_rmssd" for each in readings) == 5
    whole, readings = found["hrv_summaries", TUESDAY]
    assert whole
    assert {each.at_ms for each in readings} == {day_ms(TUESDAY)}


def test_of_two_watches_the_one_that_tells_more_of_a_day_counts() -> None:
    found = told(monitored(0, 24), monitored(8, 12, serial_number=8, bpm=100))
    assert sum(each.value for each in found["steps", MONDAY][1]) == 2400
    assert max(each.value for each in found["heart_rate", MONDAY][1]) == 83


def test_oxygen_is_the_mean_of_an_hour_and_weigh_ins_of_two_scales_are_all_there() -> None:
    spots = [message("spo2_data", timestamp=MIDNIGHT + 60 * n, reading_spo2=94 + n % 3) for n in range(60)]
    spots.append(message("spo2_data", timestamp=MIDNIGHT + 2 * HOUR + 700, reading_spo2=98))
    scales = [
        read(9, MIDNIGHT, message("weight_scale", timestamp=MIDNIGHT + n * HOUR, weight=7500 + n), serial_number=n)
        for n in (1, 2)
    ]
    found = told(monitored(0, 24, *spots), *scales)
    oxygen = [(each.at_ms // 1000 - MIDNIGHT, each.value) for each in found["spo2", MONDAY][1] if each.metric == "spo2"]
    assert oxygen == [(0, 95), (2 * HOUR + 700, 98)]
    assert sorted(each.value for each in found["weight", MONDAY][1]) == [75.01, 75.02]
    assert not found["weight", MONDAY][0]


def test_a_real_day_has_the_steps_that_its_watch_showed_at_midnight(shared: Path) -> None:
    path = next((shared / "corpus" / "fit").glob("*MonitoringFile.fit"), None)
    if path is None:
        pytest.skip("recorded files are not here")
    found = told(read_wellness(path.name, path.read_bytes()))
    ((whole, sums),) = [each for (endpoint, _), each in found.items() if endpoint == "daily_summaries"]
    shown = 3142 + 31
    assert value(sums, "steps_total") == shown
    ((whole, steps),) = [each for (endpoint, _), each in found.items() if endpoint == "steps"]
    assert whole
    assert sum(each.value for each in steps) == shown
