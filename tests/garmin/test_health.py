"""Health answers into readings: recorded bodies, own bodies, and bodies that drifted."""

from __future__ import annotations

import copy
import json
import math
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from garminsync_tui.errors import UnexpectedAnswer
from garminsync_tui.garmin.endpoints import BY_NAME, ENDPOINTS, Endpoint
from garminsync_tui.garmin.shapes import Readings, instant_ms, is_near
from garminsync_tui.metrics import METRICS, Granularity, Reading, day_ms, plausible
from garminsync_tui.text import clean

from . import bodies
from .bodies import DAY, ENDS_MS, FULL, MINUTE, NEXT, STARTS_MS


def parse(name: str, body: Any, first: date = DAY, last: date | None = None) -> Readings:
    endpoint = BY_NAME[name]
    return endpoint.parse(body, first, last or (first if endpoint.window_days == 1 else NEXT))


def values(found: dict[date, list[Reading]], metric: str) -> list[tuple[int, float]]:
    return [(each.at_ms, each.value) for day in found.values() for each in day if each.metric == metric]


def only(found: dict[date, list[Reading]], metric: str) -> Reading:
    [reading] = [each for day in found.values() for each in day if each.metric == metric]
    return reading


#: What the ledger may say was left out: nothing in it comes from outside.
LEFT_OUT = re.compile(
    r"\d+ [a-z0-9_]+ (as (an object|a list|text|a truth value|a number)|of another day|without a (date|time|name)"
    r"|at another time|out of range|with an (unknown (word|answer)|unreadable amount)|in rows that cannot be read)"
)


def check(endpoint: Endpoint, found: Readings, first: date, last: date) -> None:
    """What holds of every result, whatever the body was."""
    seen = set()
    for day, readings in found.items():
        assert first <= day <= last
        assert readings
        for reading in readings:
            assert reading.metric in endpoint.metrics
            assert type(reading.value) is float and type(reading.at_ms) is int
            assert plausible(reading.metric, reading.value)
            if METRICS[reading.metric].granularity is Granularity.DAY:
                assert reading.at_ms == day_ms(day)
            assert is_near(day, reading.at_ms)
            assert (reading.metric, reading.at_ms) not in seen
            seen.add((reading.metric, reading.at_ms))
            for name, value in (reading.extra or {}).items():
                check_extra(day, name, value)
    for day, text in found.left_out.items():
        assert first <= day <= last
        assert all(LEFT_OUT.fullmatch(part) for part in text.split(", ")), text
    assert found.unread <= found.left_out.keys()
    assert not found.unread & found.keys()


def check_extra(day: date, name: str, value: Any) -> None:
    """What stands beside a value is as true as the value."""
    if name in METRICS:
        assert plausible(name, value), name
    elif isinstance(value, dict):
        # A habit under its own name, which is cleaned.
        assert clean(name) == name and value["answer"] in {"yes", "no"}
        assert set(value) <= {"answer", "amount"} and math.isfinite(value.get("amount", 0)), name
    elif name.startswith("aim_"):
        assert plausible("load_low_aerobic", value), name
    elif name == "predicted":
        assert isinstance(value, bool)
    elif name.endswith("_ms"):
        assert is_near(day, value), name
    elif name == "seconds" or name.endswith("_s"):
        assert type(value) is int and 0 <= value <= 2 * 86_400, name
    else:
        assert isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9_ -]{1,60}", value), name


# ── The table ────────────────────────────────────────────────────────────────────────────────────


def test_each_metric_has_exactly_one_endpoint() -> None:
    given_by = [metric for endpoint in ENDPOINTS for metric in endpoint.metrics]
    assert sorted(given_by) == sorted(METRICS)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_a_full_answer_gives_every_metric_of_the_endpoint(endpoint: Endpoint) -> None:
    found = parse(endpoint.name, FULL[endpoint.name])
    assert {each.metric for day in found.values() for each in day} == set(endpoint.metrics)
    check(endpoint, found, DAY, NEXT)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
@pytest.mark.parametrize("body", [None, {}, []], ids=["null", "object", "list"])
def test_no_content_is_no_readings(endpoint: Endpoint, body: Any) -> None:
    try:
        assert parse(endpoint.name, body) == {}
    except UnexpectedAnswer:
        assert body is not None


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
@pytest.mark.parametrize("body", ["text", 7, True, ["text"]], ids=repr)
def test_another_shape_is_refused_by_name(endpoint: Endpoint, body: Any) -> None:
    with pytest.raises(UnexpectedAnswer, match=endpoint.name):
        parse(endpoint.name, body)


def test_paths_are_filled_and_names_are_quoted() -> None:
    path, params = BY_NAME["heart_rate"].address(DAY, DAY, "a/b c")
    assert path == "/wellness-service/wellness/dailyHeartRate/a%2Fb%20c"
    assert params == {"date": "2026-05-01"}
    path, params = BY_NAME["weight"].address(DAY, NEXT, "x")
    assert path == "/weight-service/weight/range/2026-05-01/2026-05-02"
    assert params == {"includeAll": "true"}


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_a_window_is_not_exceeded(endpoint: Endpoint) -> None:
    endpoint.address(DAY, DAY + timedelta(days=endpoint.window_days - 1), "x")
    with pytest.raises(ValueError, match=endpoint.name):
        endpoint.address(DAY, DAY + timedelta(days=endpoint.window_days), "x")
    with pytest.raises(ValueError, match=endpoint.name):
        endpoint.address(NEXT, DAY, "x")


# ── Own bodies ───────────────────────────────────────────────────────────────────────────────────


def test_heart_rate_leaves_gaps_out() -> None:
    assert values(parse("heart_rate", bodies.HEART_RATE), "heart_rate") == [
        (STARTS_MS, 51),
        (STARTS_MS + 4 * MINUTE, 53),
    ]


def test_columns_are_found_by_descriptor_and_not_by_place() -> None:
    body = bodies.HEART_RATE | {
        "heartRateValueDescriptors": [{"key": "heartrate", "index": 0}, {"key": "timestamp", "index": 1}],
        "heartRateValues": [[51, STARTS_MS]],
    }
    assert values(parse("heart_rate", body), "heart_rate") == [(STARTS_MS, 51)]


def test_a_column_that_is_no_longer_named_is_refused() -> None:
    battery = copy.deepcopy(bodies.STRESS["bodyBatteryValueDescriptorsDTOList"])
    battery[2]["bodyBatteryValueDescriptorKey"] = "energy"
    with pytest.raises(UnexpectedAnswer, match="no column bodyBatteryLevel"):
        parse("stress", bodies.STRESS | {"bodyBatteryValueDescriptorsDTOList": battery})


def test_rows_without_a_value_column_are_refused_when_none_has_one() -> None:
    with pytest.raises(UnexpectedAnswer, match="heartRateValues"):
        parse("heart_rate", bodies.HEART_RATE | {"heartRateValues": [[STARTS_MS], "text"]})


def test_one_bad_row_does_not_cost_the_others() -> None:
    rows = [None, "text", [], [STARTS_MS], [STARTS_MS, 51], ["yesterday", 52], [True, 53], [STARTS_MS + MINUTE, "54"]]
    found = parse("heart_rate", bodies.HEART_RATE | {"heartRateValues": rows})
    assert values(found, "heart_rate") == [(STARTS_MS, 51), (STARTS_MS + MINUTE, 54)]


@pytest.mark.parametrize(
    ("starts_h", "hours"),
    [(-2, 23), (-2, 25), (-14, 24), (12, 24), (-14, 50), (10, 3)],
    ids=["clocks go forward", "clocks go back", "far east", "far west", "flight over the date line", "flight back"],
)
def test_every_sample_of_a_day_of_any_length_is_kept_and_none_of_the_next(starts_h: int, hours: int) -> None:
    starts_ms = day_ms(DAY) + starts_h * 60 * MINUTE
    ends_ms = starts_ms + hours * 60 * MINUTE
    rows = [[at_ms, 60] for at_ms in range(starts_ms, ends_ms + 120 * MINUTE, 2 * MINUTE)]
    body = bodies.HEART_RATE | {
        "startTimestampGMT": datetime.fromtimestamp(starts_ms / 1000, UTC).isoformat(),
        "endTimestampGMT": datetime.fromtimestamp(ends_ms / 1000, UTC).isoformat(),
        "heartRateValues": rows,
    }
    found = parse("heart_rate", body)
    assert [at_ms for at_ms, _ in values(found, "heart_rate")] == [at for at, _ in rows if at < ends_ms]


def test_the_instant_at_which_a_day_ends_is_the_next_day_s() -> None:
    found = parse("heart_rate", bodies.HEART_RATE | {"heartRateValues": [[ENDS_MS - 1, 50], [ENDS_MS, 51]]})
    assert values(found, "heart_rate") == [(ENDS_MS - 1, 50)]


def test_bounds_that_cannot_be_the_day_s_bound_nothing() -> None:
    found = parse("heart_rate", bodies.HEART_RATE | {"endTimestampGMT": "1970-01-01T00:00:00.0"})
    assert len(values(found, "heart_rate")) == 2


def test_instants_far_from_the_day_are_left_out() -> None:
    rows = [[0, 50], [STARTS_MS + 10 * 86_400_000, 51], [10**30, 52], [STARTS_MS, 53]]
    body = bodies.HEART_RATE | {"heartRateValues": rows, "endTimestampGMT": None}
    assert values(parse("heart_rate", body), "heart_rate") == [(STARTS_MS, 53)]


def test_an_instant_told_twice_is_one_reading() -> None:
    body = bodies.HEART_RATE | {"heartRateValues": [[STARTS_MS, 50], [STARTS_MS, 51]]}
    assert values(parse("heart_rate", body), "heart_rate") == [(STARTS_MS, 51)]


@pytest.mark.parametrize("name", ["heart_rate", "stress", "sleep", "respiration", "spo2"])
def test_the_answer_for_another_day_is_refused(name: str) -> None:
    with pytest.raises(UnexpectedAnswer, match="2026-05-03"):
        parse(name, FULL[name], date(2026, 5, 3))


def test_rows_of_another_day_without_its_date_are_refused_by_the_wall_clock() -> None:
    other = bodies.FLOORS | {"startTimestampLocal": "2026-05-02T00:00:00.0"}
    with pytest.raises(UnexpectedAnswer, match="floors cannot be read: it is not about 2026-05-01"):
        parse("floors", other)


@pytest.mark.parametrize("name", ["heart_rate", "hrv_summaries", "weight", "endurance_score", "sleep", "hydration"])
def test_what_only_got_another_name_is_no_empty_day(name: str) -> None:
    body = json.loads(re.sub(r'"(\w+)":', r'"new\1":', json.dumps(FULL[name])))
    with pytest.raises(UnexpectedAnswer, match=name):
        parse(name, body)


def test_a_column_that_is_two_at_once_is_refused() -> None:
    named = [{"key": "timestamp", "index": 0}, {"key": "heartrate", "index": 0}]
    with pytest.raises(UnexpectedAnswer, match="heartRateValues"):
        parse("heart_rate", bodies.HEART_RATE | {"heartRateValueDescriptors": named})


def test_an_answer_about_other_days_leaves_no_day_empty() -> None:
    nights = [bodies.HRV_NIGHT | {"calendarDate": day} for day in ("2026-04-30", "2026-05-03")]
    found = parse("hrv_summaries", {"hrvSummaries": nights})
    assert found == {} and found.unread == {DAY, NEXT}
    assert "2 hrv_weekly_avg of another day" in found.left_out[DAY]
    beside = parse("hrv_summaries", {"hrvSummaries": [*nights, bodies.HRV_NIGHT]})
    assert set(beside) == {DAY} and beside.unread == set()


def test_a_value_that_is_impossible_is_not_a_way_to_say_not_measured() -> None:
    rows = [[STARTS_MS + n * MINUTE, value] for n, value in enumerate((0, -1, -2, None, -40, 251, 60))]
    found = parse("heart_rate", bodies.HEART_RATE | {"heartRateValues": rows})
    assert found.left_out == {DAY: "2 heart_rate out of range"}
    assert found.unread == set()


def test_stress_has_no_sentinels() -> None:
    found = parse("stress", bodies.STRESS)
    assert values(found, "stress_level") == [(STARTS_MS, 23), (STARTS_MS + 9 * MINUTE, 40)]
    assert values(found, "body_battery") == [(STARTS_MS, 61)]


def test_a_night_is_its_totals_its_score_and_its_stages() -> None:
    found = parse("sleep", bodies.SLEEP)
    night = only(found, "sleep")
    assert night == Reading(
        "sleep",
        day_ms(DAY),
        27000,
        {
            "deep_s": 6000,
            "light_s": 15000,
            "rem_s": 6000,
            "awake_s": 600,
            "nap_s": 0,
            "starts_ms": STARTS_MS - 60 * MINUTE,
            "ends_ms": STARTS_MS + 400 * MINUTE,
        },
    )
    assert only(found, "sleep_deep").value == 6000
    assert only(found, "sleep_score").value == 81
    stages = [each for each in found[DAY] if each.metric == "sleep_stage"]
    assert [(each.at_ms, each.value, each.extra) for each in stages] == [
        (STARTS_MS - 60 * MINUTE, 1, {"seconds": 1800}),
        (STARTS_MS - 30 * MINUTE, 0, {"seconds": 2700}),
    ]
    assert [METRICS["sleep_stage"].words[int(each.value)] for each in stages] == ["light", "deep"]


def test_heart_rate_variability_comes_with_the_night() -> None:
    assert values(parse("sleep", bodies.SLEEP), "hrv_rmssd") == [
        (STARTS_MS + 90 * MINUTE, 54),
        (STARTS_MS + 95 * MINUTE, 56),
    ]


def test_what_else_a_night_tells() -> None:
    found = parse("sleep", bodies.SLEEP)
    assert only(found, "sleep_need") == Reading("sleep_need", day_ms(DAY), 475)
    assert only(found, "skin_temp_deviation") == Reading("skin_temp_deviation", day_ms(DAY), -0.3)
    # Movement begins before sleep does.
    assert values(found, "sleep_movement") == [(STARTS_MS - 61 * MINUTE, 4.5), (STARTS_MS - 60 * MINUTE, 0.25)]
    assert only(found, "sleep_restless_moment").at_ms == STARTS_MS + 30 * MINUTE
    assert only(found, "nap_duration") == Reading("nap_duration", STARTS_MS + 850 * MINUTE, 1500)
    disruptions = [(each.value, each.extra) for each in found[DAY] if each.metric == "breathing_disruption"]
    assert disruptions == [(0, {"word": "none", "seconds": 3600}), (2, {"word": "medium", "seconds": 600})]


def test_a_nap_needs_no_night() -> None:
    found = parse("sleep", {"dailySleepDTO": None, "dailyNapDTOS": bodies.SLEEP["dailyNapDTOS"]})
    assert [each.metric for each in found[DAY]] == ["nap_duration"]


def test_a_night_that_was_not_measured_is_nothing() -> None:
    night = dict.fromkeys(bodies.SLEEP["dailySleepDTO"]) | {"calendarDate": "2026-05-01", "deepSleepSeconds": 0}
    assert parse("sleep", {"dailySleepDTO": night, "sleepLevels": []}) == {}


@pytest.mark.parametrize("level", [-1, 0.5, 4, None, "deep"])
def test_a_stage_that_does_not_exist_is_left_out(level: Any) -> None:
    levels = [bodies.SLEEP["sleepLevels"][0] | {"activityLevel": level}, bodies.SLEEP["sleepLevels"][1]]
    assert len(values(parse("sleep", bodies.SLEEP | {"sleepLevels": levels}), "sleep_stage")) == 1


def test_breaths_have_no_sentinels() -> None:
    found = parse("respiration", bodies.RESPIRATION)
    assert values(found, "respiration_rate") == [(STARTS_MS, 12)]
    assert only(found, "respiration_waking_avg") == Reading("respiration_waking_avg", day_ms(DAY), 14)
    assert only(found, "respiration_sleep_avg").value == 12
    assert (only(found, "respiration_low").value, only(found, "respiration_high").value) == (10, 19)


def test_oxygen_is_kept_by_the_hour() -> None:
    found = parse("spo2", bodies.SPO2 | {"spO2SingleValues": [[STARTS_MS + MINUTE, 90, 1]]})
    assert values(found, "spo2") == [(STARTS_MS, 95), (STARTS_MS + 60 * MINUTE, 94)]
    assert (only(found, "spo2_avg").value, only(found, "spo2_low").value) == (95, 88)


def test_floors_are_found_by_descriptor_at_the_beginning_of_their_quarter() -> None:
    names = ("floorsDescended", "floorsAscended", "endTimeGMT", "startTimeGMT")
    body = bodies.FLOORS | {
        "floorsValueDescriptorDTOList": [{"key": name, "index": at} for at, name in enumerate(names)],
        "floorValuesArray": [[*reversed(row)] for row in bodies.FLOORS["floorValuesArray"]],
    }
    assert parse("floors", body) == parse("floors", bodies.FLOORS)
    assert values(parse("floors", body), "floors_ascended") == [
        (STARTS_MS + 480 * MINUTE, 3),
        (STARTS_MS + 495 * MINUTE, 0),
    ]
    assert [value for _, value in values(parse("floors", body), "floors_descended")] == [0, 2]


def test_what_charged_and_what_drained() -> None:
    [night, run] = parse("body_battery_events", bodies.BODY_BATTERY_EVENTS)[DAY]
    assert night == Reading("body_battery_event", STARTS_MS - 60 * MINUTE, 55, {"event": "sleep", "seconds": 27_600})
    assert (run.value, run.extra) == (-14, {"event": "activity", "seconds": 3600})


def test_an_event_s_word_is_plain_or_nothing() -> None:
    event = bodies.BODY_BATTERY_EVENTS[0]["event"] | {"eventType": "\x1b[31mnap", "durationInMilliseconds": -1}
    assert only(parse("body_battery_events", [{"event": event}]), "body_battery_event").extra is None


def test_hrv_of_a_night() -> None:
    found = parse("hrv_summaries", bodies.HRV_SUMMARIES)
    assert only(found, "hrv_baseline_low").value == 38
    assert only(found, "hrv_baseline_high").value == 52
    status = only(found, "hrv_status")
    assert METRICS["hrv_status"].words[int(status.value)] == "balanced"
    assert status.extra == {"word": "balanced"}


@pytest.mark.parametrize("status", ["NONE", "SOMETHING_NEW", None, 4])
def test_a_status_without_meaning_is_left_out(status: Any) -> None:
    found = parse("hrv_summaries", {"hrvSummaries": [bodies.HRV_NIGHT | {"status": status}]})
    assert values(found, "hrv_status") == []
    assert values(found, "hrv_weekly_avg") == [(day_ms(DAY), 43)]


def test_days_outside_of_the_question_are_left_out() -> None:
    nights = [bodies.HRV_NIGHT | {"calendarDate": day} for day in ("2026-04-30", "2026-05-02", "2026-05-03", "soon")]
    assert set(parse("hrv_summaries", {"hrvSummaries": nights})) == {NEXT}


def test_weights_are_kilograms_at_their_instant() -> None:
    found = parse("weight", bodies.weights(bodies.weigh_in()))
    assert only(found, "weight") == Reading("weight", 1777615800000, 70.123, {"source": "INDEX_SCALE"})
    assert only(found, "bone_mass").value == 3.539
    assert only(found, "bmi").value == 22.8
    composition = only(found, "body_composition")
    assert composition.value == 70.123
    assert composition.extra is not None and composition.extra["muscle_mass"] == 26.979
    assert composition.extra["source"] == "INDEX_SCALE"


def test_every_weigh_in_counts_and_one_by_hand_has_no_composition() -> None:
    nothing = dict.fromkeys(
        ("bodyFat", "bodyWater", "boneMass", "muscleMass", "physiqueRating", "visceralFat", "metabolicAge")
    )
    by_hand = bodies.weigh_in(timestampGMT=1777640000000, sourceType="MANUAL", **nothing)
    found = parse("weight", bodies.weights(by_hand, bodies.weigh_in()))
    assert len(values(found, "weight")) == 2
    assert len(values(found, "body_composition")) == 1


def test_what_stands_beside_a_value_is_as_true_as_the_value() -> None:
    composition = only(parse("weight", bodies.weights(bodies.weigh_in(bodyFat=10**30))), "body_composition")
    assert composition.extra is not None and "body_fat" not in composition.extra
    changes = {"deepSleepSeconds": 10**30, "remSleepSeconds": -1, "napTimeSeconds": 10**9, "sleepStartTimestampGMT": 0}
    night = only(parse("sleep", bodies.SLEEP | {"dailySleepDTO": bodies.SLEEP["dailySleepDTO"] | changes}), "sleep")
    assert night.extra == {"light_s": 15000, "awake_s": 600, "ends_ms": STARTS_MS + 400 * MINUTE}


def test_words_from_outside_are_plain_or_nothing() -> None:
    found = parse("weight", bodies.weights(bodies.weigh_in(sourceType="\x1b[31mscale", **{"bodyFat": "nan"})))
    assert only(found, "weight").extra is None
    assert values(found, "body_fat") == []


def test_a_blood_pressure_lies_at_its_instant_in_utc() -> None:
    found = parse("blood_pressure", bodies.pressures(bodies.pressure()))
    at_ms = 1777656600000  # 17:30 UTC
    assert found[DAY] == [
        Reading("blood_pressure_systolic", at_ms, 121, {"source": "MANUAL"}),
        Reading("blood_pressure_diastolic", at_ms, 79, {"source": "MANUAL"}),
        Reading("blood_pressure_pulse", at_ms, 61, {"source": "MANUAL"}),
    ]


def test_a_blood_pressure_without_pulse_or_time_is_a_gap() -> None:
    without_pulse = bodies.pressure(pulse=None)
    without_time = bodies.pressure(measurementTimestampGMT=None, systolic=150)
    found = parse("blood_pressure", bodies.pressures(without_pulse, without_time))
    assert [reading.metric for reading in found[DAY]] == ["blood_pressure_systolic", "blood_pressure_diastolic"]
    undated = bodies.pressure(measurementTimestampLocal=None)
    assert len(parse("blood_pressure", bodies.pressures(undated))[DAY]) == 3


def test_a_blood_pressure_whose_wall_clock_says_tomorrow_is_of_its_summary_s_day() -> None:
    late = bodies.pressures(bodies.pressure(measurementTimestampLocal="2026-05-02T03:30:00.0"))
    found = parse("blood_pressure", late, DAY, DAY)
    assert only(found, "blood_pressure_pulse").at_ms == 1777656600000


def test_days_on_which_nothing_was_entered_have_a_goal_only() -> None:
    rows = [
        {"calendarDate": "2026-05-01", "valueInML": None, "goalInML": 2800.0},
        {"calendarDate": "2026-05-02", "valueInML": 0.0, "goalInML": 2900.0},
    ]
    found = parse("hydration", rows)
    assert {day: [reading.metric for reading in readings] for day, readings in found.items()} == {
        DAY: ["hydration_goal"],
        NEXT: ["hydration_goal"],
    }


# ── Recorded bodies ──────────────────────────────────────────────────────────────────────────────


def recorded(shared: Path, name: str) -> Any:
    return json.loads((shared / "responses" / name).read_text())


def behind_gateway(shared: Path, name: str) -> Any:
    return recorded(shared, f"graphql/{name}.json")["response"]["data"][name]


@pytest.mark.parametrize(
    ("endpoint", "file", "first", "days", "expected"),
    [
        ("heart_rate", "wellness-service_wellness_dailyHeartRate__date=2026-01-05.json", "2026-01-05", 1, None),
        ("stress", "wellness-service_wellness_dailyStress_2023-07-01_2.json", "2023-07-01", 1, None),
        ("stress", "wellness-service_wellness_dailyStress_2025-12-18.json", "2025-12-18", 1, None),
        ("stress", "wellness-service_wellness_dailyStress_2023-07-20_2.json", "2023-07-20", 1, 21),
        ("stress", "wellness-service_wellness_dailyStress_2023-07-20.json", "2023-07-20", 1, 0),
        ("steps", "wellness-service_wellness_dailySummaryChart_DISPLAYNAME__date=2021-01-01.json", "2021-01-01", 1, 96),
        ("respiration", "wellness-service_wellness_daily_respiration_2023-07-01_2.json", "2023-07-01", 1, None),
        ("spo2", "wellness-service_wellness_daily_spo2_2023-07-01_2.json", "2023-07-01", 1, 11),
        ("floors", "wellness-service_wellness_floorsChartData_daily_2023-07-01_2.json", "2023-07-01", 1, 192),
        ("body_battery_events", "wellness-service_wellness_bodyBattery_events_2023-07-18.json", "2023-07-18", 1, 0),
        ("body_battery_events", "wellness-service_wellness_bodyBattery_events_2023-07-19.json", "2023-07-19", 1, 0),
        ("body_battery_events", "wellness-service_wellness_bodyBattery_events_2023-07-20_2.json", "2023-07-20", 1, 1),
        ("hrv_summaries", "hrv-service_hrv_daily_2023-07-01_2023-07-20.json", "2023-07-01", 20, None),
        ("hrv_summaries", "hrv-service_hrv_daily_2023-06-23_2023-07-20.json", "2023-06-23", 28, None),
        ("sleep", "sleep-service_sleep_dailySleepData__date=2030-01-01.json", "2030-01-01", 1, 0),
        ("sleep", "sleep-service_sleep_dailySleepData__date=2025-07-06.json", "2025-07-06", 1, None),
        ("weight", "weight-service_weight_range_2019-12-18_2020-01-01__includeAll=true.json", "2019-12-18", 15, 0),
        ("weight", "weight-service_weight_range_2025-06-01_2025-06-15__includeAll=true.json", "2025-06-01", 15, None),
        ("hydration", "usersummary-service_stats_hydration_daily_2024-06-29_2024-06-29.json", "2024-06-29", 1, 2),
    ],
)
def test_a_recorded_body_is_read(
    shared: Path, endpoint: str, file: str, first: str, days: int, expected: int | None
) -> None:
    begin = date.fromisoformat(first)
    end = begin + timedelta(days=days - 1)
    found = BY_NAME[endpoint].parse(recorded(shared, file), begin, end)
    check(BY_NAME[endpoint], found, begin, end)
    count = sum(map(len, found.values()))
    assert count == expected if expected is not None else count > 0


def test_a_recorded_day_of_heart_rate_keeps_every_measured_sample(shared: Path) -> None:
    body = recorded(shared, "wellness-service_wellness_dailyHeartRate__date=2026-01-05.json")
    found = parse("heart_rate", body, date(2026, 1, 5))
    measured = [(at, value) for at, value in body["heartRateValues"] if value is not None]
    assert values(found, "heart_rate") == measured


def test_recorded_stress_keeps_what_was_measured(shared: Path) -> None:
    body = recorded(shared, "wellness-service_wellness_dailyStress_2025-12-18.json")
    found = parse("stress", body, date(2025, 12, 18))
    assert values(found, "stress_level") == [(at, level) for at, level in body["stressValuesArray"] if level >= 0]
    levels = [(at, level) for at, _, level, _ in body["bodyBatteryValuesArray"] if level is not None]
    assert values(found, "body_battery") == levels


def test_a_recorded_night_has_its_stages(shared: Path) -> None:
    body = behind_gateway(shared, "sleepScalar")
    found = parse("sleep", body, date(2024, 7, 8))
    assert only(found, "sleep").value == 29580
    assert only(found, "sleep_score").value == 89
    assert len(values(found, "sleep_stage")) == 26
    for metric, array, key in (
        ("hrv_rmssd", "hrvData", "value"),
        ("sleep_movement", "sleepMovement", "activityLevel"),
        ("sleep_restless_moment", "sleepRestlessMoments", "value"),
    ):
        assert [value for _, value in values(found, metric)] == [row[key] for row in body[array]]
    assert only(found, "sleep_need").value == 500


def test_a_recorded_deviation_of_skin_temperature(shared: Path) -> None:
    body = recorded(shared, "sleep-service_sleep_dailySleepData__date=2025-07-06.json")
    assert only(parse("sleep", body, date(2025, 7, 6)), "skin_temp_deviation").value == -0.1


def test_recorded_breaths_keep_what_was_measured(shared: Path) -> None:
    body = recorded(shared, "wellness-service_wellness_daily_respiration_2023-07-01_2.json")
    found = parse("respiration", body, date(2023, 7, 1))
    end = instant_ms(body["endTimestampGMT"])
    assert end is not None
    measured = [(at, rate) for at, rate in body["respirationValuesArray"] if rate > 0 and at < end]
    assert values(found, "respiration_rate") == measured
    assert only(found, "respiration_low").value == 9


def test_recorded_blood_pressures_are_none(shared: Path) -> None:
    assert parse("blood_pressure", behind_gateway(shared, "bloodPressureScalar"), date(2024, 7, 2)) == {}


def test_recorded_weigh_ins(shared: Path) -> None:
    body = recorded(shared, "weight-service_weight_range_2025-06-01_2025-06-15__includeAll=true.json")
    found = parse("weight", body, date(2025, 6, 1), date(2025, 6, 15))
    entries = [entry for day in body["dailyWeightSummaries"] for entry in day["allWeightMetrics"]]
    assert sorted(values(found, "weight")) == sorted((e["timestampGMT"], e["weight"] / 1000) for e in entries)


# ── Bodies that drifted ──────────────────────────────────────────────────────────────────────────

#: What may stand where something else was meant.
ODDITIES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(),
    st.sampled_from(["", "12", "-1", "nan", "1e999", "2026-05-01", "9999-12-31T23:59:59+00:00", "\x1b[0m", "1" * 5000]),
    st.just([]),
    st.just({}),
    st.just([[]]),
    st.just([{}]),
)


def places(body: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something stands in a body."""
    inner = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    return [place for key, part in inner for place in [(*path, key), *places(part, (*path, key))]]


@st.composite
def drifted(draw: st.DrawFn, name: str) -> Any:
    body = copy.deepcopy(FULL[name])
    for _ in range(draw(st.integers(1, 4))):
        known = places(body)
        if not known:
            break
        *way, key = draw(st.sampled_from(known))
        holder = body
        for step in way:
            holder = holder[step]
        change = draw(st.sampled_from(["drop", "rename", "replace", "repeat"]))
        if change == "replace":
            holder[key] = copy.deepcopy(draw(ODDITIES))
        elif change == "drop":
            del holder[key]
        elif isinstance(holder, dict):
            holder[f"{key}V2"] = holder.pop(key) if change == "rename" else holder[key]
        else:
            holder.append(copy.deepcopy(holder[key]))
    return body


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_a_drifted_body_gives_less_or_is_refused(endpoint: Endpoint) -> None:
    last = DAY if endpoint.window_days == 1 else NEXT
    most = sum(map(len, endpoint.parse(FULL[endpoint.name], DAY, last).values()))

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(body=drifted(endpoint.name))
    def holds(body: Any) -> None:
        try:
            found = endpoint.parse(body, DAY, last)
        except UnexpectedAnswer as problem:
            assert endpoint.name in problem.message
            assert problem.hint
            return
        check(endpoint, found, DAY, last)
        # A changed instant or value may make a second reading of a repeated row, never more than that.
        assert sum(map(len, found.values())) <= most + 4 * len(endpoint.metrics)

    holds()
