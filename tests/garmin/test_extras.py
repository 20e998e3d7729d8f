"""What is asked for only by name: load by kind, sweat, the cycle, food, habits, sunlight."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from garminsync_tui.garmin.endpoints import BY_NAME, ENDPOINTS, Tier, endpoint_of, endpoints_of
from garminsync_tui.garmin.shapes import Readings
from garminsync_tui.metrics import EXTRAS, METRICS, Reading, day_ms

from . import bodies
from .bodies import DAY, MINUTE, NEXT, STARTS_MS
from .test_health import behind_gateway, only, parse, recorded, values

BY_DAY = day_ms(DAY)


def told(name: str, body: Any, first: date = DAY, last: date = DAY) -> Readings:
    return BY_NAME[name].parse(body, first, last)


# ── The table ────────────────────────────────────────────────────────────────────────────────────


def test_what_settings_may_name_is_what_the_extra_endpoints_give() -> None:
    given = {metric for endpoint in ENDPOINTS if endpoint.tier is Tier.EXTRA for metric in endpoint.metrics}
    assert set(EXTRAS) == given


def test_an_extra_is_asked_only_where_one_of_its_metrics_is_named() -> None:
    for samples in ("none", "standard", "full"):
        assert not [each for each in endpoints_of(samples) if each.tier is Tier.EXTRA]
        chosen = endpoints_of(samples, ["nutrition_fat", "menstrual_phase"])
        assert [each.name for each in chosen if each.tier is Tier.EXTRA] == ["menstrual_cycle", "nutrition"]


def test_samples_cost_at_most_five_and_nine_requests_a_day() -> None:
    for samples, most in (("none", 0), ("standard", 5), ("full", 9)):
        assert sum(endpoint.window_days == 1 for endpoint in endpoints_of(samples)) <= most


def test_every_endpoint_tells_people_what_it_needs_and_where_it_comes_from() -> None:
    for endpoint in ENDPOINTS:
        # The table of `health types` has so much room on 80 columns.
        assert 0 < len(endpoint.capability) <= 14, endpoint.name
        assert endpoint.origin, endpoint.name
    assert endpoint_of("nutrition_fat") is BY_NAME["nutrition"]


def test_only_the_path_names_a_watch() -> None:
    assert [endpoint.name for endpoint in ENDPOINTS if endpoint.needs_device] == ["solar"]
    path, params = BY_NAME["solar"].address(DAY, DAY, "x", "34/56")
    assert path == "/web-gateway/solar/34%2F56/2026-05-01/2026-05-01"
    assert params == {"singleDayView": "True"}


# ── Own bodies ───────────────────────────────────────────────────────────────────────────────────


def test_each_load_comes_with_its_aim() -> None:
    found = parse("load_focus", bodies.load_focus(watch=bodies.balance()))
    assert found[DAY] == [
        Reading("load_low_aerobic", BY_DAY, 912.25, {"aim_low": 600, "aim_high": 1000}),
        Reading("load_high_aerobic", BY_DAY, 701.5, {"aim_low": 500, "aim_high": 900}),
        Reading("load_anaerobic", BY_DAY, 88, {"aim_low": 70, "aim_high": 300}),
    ]


def test_a_load_without_an_aim_is_a_load() -> None:
    row = bodies.balance(monthlyLoadAnaerobicTargetMin=None, monthlyLoadAnaerobicTargetMax="soon")
    assert only(parse("load_focus", bodies.load_focus(watch=row)), "load_anaerobic").extra is None


def test_an_older_balance_is_not_this_day_s_and_nothing_is_lost() -> None:
    found = told("load_focus", bodies.load_focus(watch=bodies.balance(calendarDate="2026-04-28")))
    assert (found, found.left_out) == ({}, {})


@pytest.mark.parametrize("primary", ["first", "second"])
def test_of_several_watches_the_primary_one_s_load_counts(primary: str) -> None:
    watches = {
        name: bodies.balance(primaryTrainingDevice=name == primary, monthlyLoadAnaerobic=7 if name == primary else 8)
        for name in ("first", "second")
    }
    assert values(parse("load_focus", bodies.load_focus(**watches)), "load_anaerobic") == [(BY_DAY, 7)]


def test_sweat_is_a_loss_or_nothing() -> None:
    assert values(parse("sweat_loss", bodies.SWEAT_LOSS), "hydration_sweat_loss") == [(BY_DAY, 640)]
    for nothing in (None, 0, 0.0):
        found = told("sweat_loss", bodies.SWEAT_LOSS | {"sweatLossInML": nothing})
        assert (found, found.left_out) == ({}, {})


def test_a_day_of_the_cycle_and_its_phase() -> None:
    found = parse("menstrual_cycle", bodies.MENSTRUAL_CYCLE)
    day = only(found, "menstrual_cycle_day")
    assert (day.value, day.extra) == (12, {"cycle_starts": "2026-04-20", "predicted": False})
    phase = only(found, "menstrual_phase")
    assert METRICS["menstrual_phase"].words[int(phase.value)] == "ovulation"
    assert phase.extra == {"word": "ovulation"}


def test_what_was_noted_of_symptoms_and_moods_is_not_taken() -> None:
    text = json.dumps([each.extra for each in parse("menstrual_cycle", bodies.MENSTRUAL_CYCLE)[DAY]])
    assert "CRAMPS" not in text and "nobody" not in text


@pytest.mark.parametrize(("phase", "word"), [("LUTEAL", "luteal"), ("2", "follicular"), (1, "menstrual")])
def test_a_phase_may_be_told_in_several_ways(phase: Any, word: str) -> None:
    body = {"daySummary": bodies.MENSTRUAL_CYCLE["daySummary"] | {"currentPhase": phase}}
    assert only(parse("menstrual_cycle", body), "menstrual_phase").extra == {"word": word}


@pytest.mark.parametrize(("phase", "why"), [(6, "out of range"), ("SECOND_TRIMESTER", "with an unknown word")])
def test_a_phase_of_something_else_is_told_and_left_out(phase: Any, why: str) -> None:
    found = told("menstrual_cycle", {"daySummary": {"dayInCycle": 150, "currentPhase": phase}})
    assert [each.metric for each in found[DAY]] == ["menstrual_cycle_day"]
    assert found.left_out == {DAY: f"1 menstrual_phase {why}"}


def test_food_is_kept_in_kilograms_and_a_day_without_a_log_is_a_gap() -> None:
    found = parse("nutrition", bodies.FULL["nutrition"])
    assert {each.metric: each.value for each in found[DAY]} == {
        "nutrition_calories": 2240,
        "nutrition_protein": 0.1125,
        "nutrition_carbs": 0.26,
        "nutrition_fat": 0.08,
    }
    assert NEXT not in found


def test_zeros_alone_are_no_log_and_one_zero_is_a_value() -> None:
    nothing = bodies.eaten(calories=0, protein=0, carbs=0.0, fat=None)
    assert parse("nutrition", bodies.nutrition({"mealDate": "2026-05-01", "nutritionContent": nothing})) == {}
    no_fat = {"mealDate": "2026-05-01", "nutritionContent": bodies.eaten(fat=0)}
    assert values(parse("nutrition", bodies.nutrition(no_fat)), "nutrition_fat") == [(BY_DAY, 0)]


def test_food_that_cannot_be_taken_is_told() -> None:
    odd = bodies.eaten(calories="much", protein=9_000_000)
    found = told("nutrition", bodies.nutrition({"mealDate": "2026-05-01", "nutritionContent": odd}))
    assert found.left_out == {DAY: "1 nutrition_calories as text, 1 nutrition_protein out of range"}
    assert len(found[DAY]) == 2


def test_habits_are_counted_and_kept_by_name() -> None:
    assert only(parse("lifestyle", bodies.FULL["lifestyle"]), "lifestyle") == Reading(
        "lifestyle",
        BY_DAY,
        1,
        {"Alcohol": {"answer": "yes", "amount": 3}, "Late Meals": {"answer": "no"}},
    )


def test_a_day_of_nos_is_a_zero_and_a_day_without_answers_a_gap() -> None:
    assert only(parse("lifestyle", bodies.lifestyle(bodies.habit(status="NO"))), "lifestyle").value == 0
    assert parse("lifestyle", bodies.lifestyle(bodies.habit(status=None))) == {}


def test_names_of_habits_are_cleaned_and_short() -> None:
    body = bodies.lifestyle(bodies.habit("\x1b[31mTea\x00 "), bodies.habit("x" * 500))
    assert list(only(parse("lifestyle", body), "lifestyle").extra or {}) == ["·[31mTea·", "x" * 59 + "…"]


def test_habits_that_cannot_be_taken_are_told() -> None:
    body = bodies.lifestyle(
        bodies.habit(None), bodies.habit("  "), bodies.habit("Tea", "MAYBE"), bodies.habit("Nap", "YES", "long", 1e300)
    )
    found = told("lifestyle", body)
    assert only(found, "lifestyle").extra == {"Nap": {"answer": "yes"}}
    assert found.left_out == {
        DAY: "2 lifestyle without a name, 2 lifestyle with an unreadable amount, 1 lifestyle with an unknown answer"
    }


def test_sunlight_by_the_minute() -> None:
    assert values(parse("solar", bodies.SOLAR), "solar_intensity") == [
        (STARTS_MS + MINUTE, 0),
        (STARTS_MS + 721 * MINUTE, 42.5),
    ]


def test_sunlight_of_another_day_is_told() -> None:
    [day] = bodies.SOLAR["deviceSolarInput"]["solarDailyDataDTOs"]
    body = {"deviceSolarInput": {"solarDailyDataDTOs": [day | {"localConnectDate": "2026-05-02"}]}}
    found = told("solar", body)
    assert (found, found.left_out) == ({}, {DAY: "3 solar_intensity of another day"})


# ── Recorded bodies ──────────────────────────────────────────────────────────────────────────────


def test_a_recorded_balance(shared: Path) -> None:
    day = date(2024, 7, 8)
    found = parse("load_focus", behind_gateway(shared, "trainingLoadBalanceScalar"), day)
    assert only(found, "load_low_aerobic") == Reading(
        "load_low_aerobic", day_ms(day), 1926.3918, {"aim_low": 1404, "aim_high": 2282}
    )
    assert (only(found, "load_high_aerobic").value, only(found, "load_anaerobic").value) == (1651.8569, 260.00317)


def test_the_recorded_water_of_a_day_tells_of_no_sweat(shared: Path) -> None:
    body = recorded(shared, "usersummary-service_usersummary_hydration_daily_2023-07-01.json")
    assert "sweatLossInML" in body
    found = told("sweat_loss", body, date(2023, 7, 1), date(2023, 7, 1))
    assert (found, found.left_out) == ({}, {})
