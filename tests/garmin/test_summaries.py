"""Daily summaries: totals, bounds of local days, and whether a watch was worn."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from garminsync_tui.garmin.health.summaries import DayBounds, daily_summaries, day_bounds, days_with_watch
from garminsync_tui.metrics import day_ms

from .bodies import DAY, ENDS_MS, NESTED_SUMMARY, NEXT, STARTS_MS, summary

HOUR_MS = 3_600_000


def totals(body: Any, day: date = DAY) -> dict[str, float]:
    return {reading.metric: reading.value for reading in daily_summaries(body, DAY, NEXT).get(day, [])}


@pytest.mark.parametrize("wrap", [lambda each: {"data": [each]}, lambda each: [each]], ids=["data", "list"])
def test_totals_lie_at_midnight_utc(wrap: Any) -> None:
    [reading] = [each for each in daily_summaries(wrap(summary()), DAY, NEXT)[DAY] if each.metric == "steps_total"]
    assert (reading.at_ms, reading.value, reading.extra) == (day_ms(DAY), 9001, None)


def test_both_shapes_mean_the_same() -> None:
    flat, nested = totals([summary()]), totals([NESTED_SUMMARY])
    assert {metric: value for metric, value in flat.items() if metric in nested} == nested | {
        "floors_ascended_total": 4.5,
        "floors_descended_total": 3.25,
    }
    assert flat.keys() - nested.keys() == {"sedentary_time_total", "active_time_total", "highly_active_time_total"}
    assert day_bounds([summary()]) == day_bounds([NESTED_SUMMARY])


def test_sentinels_are_left_out() -> None:
    found = totals([summary(averageStressLevel=-1, maxStressLevel=-2, minHeartRate=0, bodyBatteryHighestValue=None)])
    assert found.keys().isdisjoint({"stress_avg", "stress_max", "min_heart_rate", "body_battery_high"})
    assert found["max_heart_rate"] == 150


def unworn(day: str = "2026-05-01", **changes: Any) -> dict[str, Any]:
    kept = {"bmrKilocalories": 1900.0, "totalKilocalories": 1900.0, "dailyStepGoal": 8000, "totalSteps": 0}
    nothing = dict.fromkeys(summary()) | {key: summary()[key] for key in summary() if key.startswith("wellness")}
    return nothing | kept | {"calendarDate": day, "includesWellnessData": False} | changes


def test_a_zero_on_a_day_without_the_watch_is_not_measured() -> None:
    assert totals([unworn()]) == {"calories_total": 1900, "calories_bmr_total": 1900, "step_goal": 8000}
    assert totals([summary(totalSteps=0)])["steps_total"] == 0


@pytest.mark.parametrize(
    "sign", [{"includesWellnessData": True}, {"totalSteps": 1}, {"restingHeartRate": 50}, {"sleepingSeconds": 60}]
)
def test_any_sign_of_wear_counts(sign: dict[str, Any]) -> None:
    assert days_with_watch([unworn() | sign, unworn("2026-05-02")]) == {DAY}


def test_days_that_are_not_in_the_answer_are_not_worn() -> None:
    assert days_with_watch({"data": []}) == days_with_watch(None) == set()


def test_bounds_of_an_ordinary_day() -> None:
    assert day_bounds({"data": [summary()]}) == [DayBounds(DAY, STARTS_MS, ENDS_MS, 7200)]


def test_a_day_of_a_flight_is_longer() -> None:
    [bounds] = day_bounds([summary(wellnessEndTimeGmt="2026-05-02T05:00:00.0")])
    assert bounds.ends_ms - bounds.starts_ms == 31 * HOUR_MS


def test_a_day_that_runs_still_counts_as_24_hours() -> None:
    running = summary(wellnessEndTimeGmt="2026-05-01T13:37:00.0", wellnessEndTimeLocal="2026-05-01T15:37:00.0")
    assert day_bounds([running]) == [DayBounds(DAY, STARTS_MS, ENDS_MS, 7200)]


@pytest.mark.parametrize(
    "changes",
    [
        {"calendarDate": None},
        {"wellnessStartTimeGmt": None},
        {"wellnessStartTimeLocal": "sometime"},
        {"wellnessStartTimeLocal": "2026-05-02T00:00:00.0"},
        {"wellnessEndTimeGmt": "2026-04-30T22:00:00.0"},
        {"wellnessEndTimeGmt": "2026-05-09T22:00:00.0"},
        {"wellnessStartTimeGmt": "1970-01-01T00:00:00", "wellnessStartTimeLocal": "1970-01-01T00:00:00"},
        {"wellnessEndTimeGmt": 10**30, "wellnessEndTimeLocal": 10**30},
    ],
)
def test_bounds_that_cannot_be_true_are_left_out(changes: dict[str, Any]) -> None:
    found = day_bounds([summary(**changes), summary("2026-05-02") | _tomorrow()])
    assert [bounds.day for bounds in found if bounds.starts_ms != STARTS_MS] == [NEXT]
    assert all(0 < bounds.ends_ms - bounds.starts_ms <= 50 * HOUR_MS for bounds in found)


def _tomorrow() -> dict[str, str]:
    return {
        "wellnessStartTimeGmt": "2026-05-01T22:00:00.0",
        "wellnessStartTimeLocal": "2026-05-02T00:00:00.0",
        "wellnessEndTimeGmt": "2026-05-02T22:00:00.0",
        "wellnessEndTimeLocal": "2026-05-03T00:00:00.0",
    }


def test_a_recorded_summary(shared: Path) -> None:
    body = json.loads(
        (shared / "responses/usersummary-service_usersummary_daily__calendarDate=2025-06-13.json").read_text()
    )
    day = date(2025, 6, 13)
    found = {reading.metric: reading.value for reading in daily_summaries([body], day, day)[day]}
    assert found["steps_total"] == 11400
    assert found["floors_ascended_total"] == pytest.approx(23.72441)
    assert found["body_battery_low"] == 27
    start = int(datetime(2025, 6, 12, 22, tzinfo=UTC).timestamp() * 1000)
    assert day_bounds([body]) == [DayBounds(day, start, start + 24 * HOUR_MS, 7200)]
    assert days_with_watch([body]) == {day}


def test_four_recorded_weeks(shared: Path) -> None:
    answer = json.loads((shared / "responses/graphql/userDailySummaryV2Scalar.json").read_text())
    body = answer["response"]["data"]["userDailySummaryV2Scalar"]
    first, last = date(2024, 6, 11), date(2024, 7, 8)
    found = daily_summaries(body, first, last)
    assert len(found) == len(day_bounds(body)) == len(days_with_watch(body)) == 28
    assert {reading.metric: reading.value for reading in found[first]}["steps_total"] == 27303
    assert all(bounds.utc_offset_s == -4 * 3600 for bounds in day_bounds(body))
