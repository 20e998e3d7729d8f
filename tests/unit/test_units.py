from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garminsync_tui import units as u
from garminsync_tui.metrics import METRICS

NOW = datetime(2026, 11, 21, 7, 12, tzinfo=UTC)
positive = st.floats(0, 1e7, allow_nan=False)


@pytest.mark.parametrize(
    ("metres", "system", "decimals", "shown"),
    [
        (21_097.5, "metric", 1, "21.1 km"),
        (21_097.5, "metric", 2, "21.10 km"),
        (21_097.5, "imperial", 1, "13.1 mi"),
        (850, "metric", 1, "850 m"),
        (999.4, "metric", 1, "999 m"),
        (999.6, "metric", 1, "1.0 km"),
        (800, "imperial", 1, "875 yd"),
        (0, "metric", 1, "0 m"),
        (None, "metric", 1, "—"),
        (float("nan"), "metric", 1, "—"),
    ],
)
def test_distance(metres: float | None, system: u.Units, decimals: int, shown: str) -> None:
    assert u.distance(metres, system, decimals) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (6500, "1:48:20"),
        (1330, "22:10"),
        (42, "0:42"),
        (0, "0:00"),
        (59.5, "1:00"),
        (3599.6, "1:00:00"),
        (-90, "-1:30"),
        (90_061, "25:01:01"),
        (None, "—"),
        (float("inf"), "—"),
    ],
)
def test_duration(seconds: float | None, shown: str) -> None:
    assert u.duration(seconds) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(26_640, "7 h 24 m"), (1440, "24 m"), (20, "20 s"), (0, "0 m"), (3600, "1 h 0 m"), (273_600, "3 d 4 h")],
)
def test_span(seconds: float, shown: str) -> None:
    assert u.span(seconds) == shown


@pytest.mark.parametrize(
    ("metres", "seconds", "sport", "system", "shown"),
    [
        (21_100, 6500, "running", "metric", "5:08/km"),
        (21_100, 6500, "trail_running", "imperial", "8:16/mi"),
        (14_900, 15_120, "hiking", "metric", "16:55/km"),
        (2000, 2490, "lap_swimming", "metric", "2:05/100 m"),
        (2000, 2490, "open_water_swimming", "imperial", "1:54/100 yd"),
        (8400, 1330, "road_biking", "metric", "22.7 km/h"),
        (8400, 1330, "cycling", "imperial", "14.1 mph"),
        (1000, 299.6, "running", "metric", "5:00/km"),
        (0, 2880, "strength_training", "metric", "—"),
        (None, 2880, "running", "metric", "—"),
        (1000, 0, "running", "metric", "—"),
    ],
)
def test_pace(metres: float | None, seconds: float, sport: str, system: u.Units, shown: str) -> None:
    assert u.pace(metres, seconds, sport, system) == shown


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (u.elevation(210), "210 m"),
        (u.elevation(210, "imperial"), "689 ft"),
        (u.elevation(-3.2), "-3 m"),
        (u.heart_rate(148.4), "148 bpm"),
        (u.heart_rate(None), "—"),
        (u.cadence(172, "running"), "172 spm"),
        (u.cadence(88, "cycling"), "88 rpm"),
        (u.power(215), "215 W"),
        (u.calories(1384), "1 384 kcal"),
        (u.weight(72.44), "72.4 kg"),
        (u.weight(72.44, "imperial"), "159.7 lb"),
        (u.temperature(7), "7 °C"),
        (u.temperature(7, "imperial"), "45 °F"),
        (u.number(1234567), "1 234 567"),
        (u.number(2.5), "3"),
        (u.number(-0.4), "0"),
        (u.number(0.05, 1), "0.1"),
        (u.size(0), "0 B"),
        (u.size(999), "999 B"),
        (u.size(200_704), "201 kB"),
        (u.size(214_000_000), "214 MB"),
        (u.size(1.5e12), "1.5 TB"),
    ],
)
def test_numbers_with_units(shown: str, expected: str) -> None:
    assert shown == expected


@pytest.mark.parametrize(
    ("metric", "value", "system", "shown"),
    [
        ("resting_heart_rate", 48, "metric", "48 bpm"),
        ("skin_temp_deviation", -0.3, "metric", "-0.3 °C"),
        ("skin_temp_deviation", -0.5, "imperial", "-0.9 °F"),
        ("sleep_movement", 0.25, "metric", "0.3"),
        ("sleep", 26_640, "metric", "7 h 24 m"),
        ("steps_total", 6412, "metric", "6 412"),
        ("distance_total", 8412, "imperial", "5.2 mi"),
        ("weight", 72.44, "imperial", "159.7 lb"),
        ("blood_pressure_systolic", 121.0, "metric", "121 mmHg"),
        ("body_fat", 18.25, "metric", "18.3 %"),
        ("hrv_status", 4, "metric", "balanced"),
        ("sleep_stage", 2, "metric", "rem"),
        ("hrv_last_night_avg", 61, "metric", "61 ms"),
        ("sleep_score", 82, "metric", "82"),
        ("vo2max_running", 51.26, "metric", "51.3"),
        ("acwr", 1.1, "metric", "1.1"),
        ("ftp_cycling", 241, "metric", "241 W"),
        ("lactate_threshold_speed", 3.72, "metric", "4:29/km"),
        ("race_prediction_5k", 1290, "metric", "21:30"),
        ("altitude_acclimation", 1150, "metric", "1 150 m"),
        ("altitude_acclimation", 1150, "imperial", "3 773 ft"),
        ("recovery_time", 90_000, "metric", "25 h 0 m"),
        ("training_status", 7, "metric", "productive"),
        ("menstrual_phase", 2, "metric", "follicular"),
        ("menstrual_cycle_day", 12, "metric", "12"),
        ("nutrition_calories", 2240, "metric", "2 240 kcal"),
        ("nutrition_protein", 0.1125, "imperial", "113 g"),
        ("solar_intensity", 42.5, "metric", "42.5 %"),
        ("unknown_one", 1.25, "metric", "1.3"),
        ("heart_rate", None, "metric", "—"),
    ],
)
def test_metric_value(metric: str, value: float | None, system: u.Units, shown: str) -> None:
    assert u.metric_value(metric, value, system) == shown


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (u.race(400.0), "400 m"),
        (u.race(1000.0), "1 km"),
        (u.race(1609.344), "1 mile"),
        (u.race(3218.688), "2 miles"),
        (u.race(16_093.44), "10 miles"),
        (u.race(21_097.5), "half marathon"),
        (u.race(42_195.0), "marathon"),
        (u.race(160_934.4), "100 miles"),
        (u.race(1500.0), "1.5 km"),
        (u.interval(5), "5 s"),
        (u.interval(90), "90 s"),
        (u.interval(60), "1 min"),
        (u.interval(412), "6:52"),
        (u.interval(3600), "60 min"),
        (u.interval(5400), "90 min"),
        (u.interval(9000), "2:30:00"),
        (u.interval(18_000), "5 h"),
        (u.hours(1307 * 3600 + 290), "1 307 h 5 m"),
        (u.hours(1440), "24 m"),
        (u.hours(None), "—"),
    ],
)
def test_what_records_are_of(shown: str, expected: str) -> None:
    assert shown == expected


def test_a_mean_of_words_is_a_number() -> None:
    assert u.metric_mean("sleep_stage", 1.6) == "1.6"
    assert u.metric_mean("heart_rate", 61.4) == "61 bpm"


@pytest.mark.parametrize(
    ("seconds_before", "shown"),
    [
        (3, "just now"),
        (45, "45 s ago"),
        (200, "3 min ago"),
        (7300, "2 h ago"),
        (47 * 3600, "47 h ago"),
        (5 * 86_400, "5 days ago"),
        (-720, "in 12 min"),
        (-5, "now"),
    ],
)
def test_ago(seconds_before: float, shown: str) -> None:
    assert u.ago(NOW - timedelta(seconds=seconds_before), NOW) == shown


def test_clocks() -> None:
    assert u.ago(None, NOW) == "never"
    assert u.local_time(NOW, ZoneInfo("Asia/Tokyo")) == "2026-11-21 16:12"
    assert u.local_time(None) == "—"
    assert u.clock_at(NOW, -5 * 3600) == "2026-11-21 02:12"
    assert u.clock_at(NOW, None) == "2026-11-21 07:12"


@settings(max_examples=100)
@given(st.sampled_from(sorted(METRICS)), positive)
def test_no_metric_unit_is_shown_to_who_wants_imperial_ones(metric: str, value: float) -> None:
    shown = u.metric_value(metric, value, "imperial").split()
    assert "km" not in shown
    assert "kg" not in shown


@settings(max_examples=100)
@given(positive, positive, st.sampled_from(["running", "cycling", "lap_swimming", "hiking", "rowing", "yoga"]))
def test_no_way_of_telling_a_length_or_a_speed_knows_kilometres_then(value: float, seconds: float, sport: str) -> None:
    told = (
        u.distance(value, "imperial"),
        u.pace(value, seconds, sport, "imperial"),
        u.speed(value, sport, "imperial"),
        u.elevation(value, "imperial"),
        u.weight(value, "imperial"),
        u.temperature(value, "imperial"),
    )
    assert not re.search(r"km|kg|°C|\bm\b", " ".join(told)), told


@settings(max_examples=100)
@given(positive, st.sampled_from(["running", "lap_swimming"]))
def test_a_pace_has_no_sixtieth_second(metres: float, sport: str) -> None:
    assert ":60" not in u.pace(metres, 3600, sport)


@settings(max_examples=100)
@given(positive)
def test_a_duration_can_be_read_back(seconds: float) -> None:
    parts = [int(part) for part in u.duration(seconds).split(":")]
    total = sum(part * 60**power for power, part in enumerate(reversed(parts)))
    assert abs(total - seconds) <= 0.5


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "less than a minute"),
        (59, "less than a minute"),
        (60, "about 1 min"),
        (89 * 60, "about 89 min"),
        (90 * 60, "about 2 h"),
        (6.2 * 3600, "about 6 h"),
        (47 * 3600, "about 47 h"),
        (72 * 3600, "about 3 days"),
    ],
)
def test_a_length_that_nobody_knows_exactly(seconds: float, words: str) -> None:
    assert u.about(seconds) == words


def test_a_difference_has_a_sign_and_small_ones_a_tenth() -> None:
    assert u.metric_change("resting_heart_rate", -0.62) == "−0.6 bpm"
    assert u.metric_change("steps_total", 1234.0) == "+1 234"
    assert u.metric_change("sleep", 250.0) == "+4 m"
    assert u.metric_change("weight", -1.0, "imperial") == "−2.2 lb"
    assert u.metric_change("stress_avg", 0.0) == "±0.0"
    assert u.metric_change("stress_avg", None) == "—"
