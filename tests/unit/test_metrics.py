"""The catalogue of metrics."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest

from garminsync_tui.metrics import METRICS, Granularity, Reading, day_ms, plausible


def test_names_are_their_keys_in_snake_case() -> None:
    for name, metric in METRICS.items():
        assert metric.name == name
        assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name)


def test_every_metric_can_be_told_to_people() -> None:
    titles = [metric.title for metric in METRICS.values()]
    assert len(set(titles)) == len(titles)
    for metric in METRICS.values():
        assert metric.title[0].isupper()
        assert metric.about.endswith(".") and "\n" not in metric.about


def test_a_total_is_a_value_of_a_day() -> None:
    totals = [metric for metric in METRICS.values() if metric.name.endswith("_total")]
    assert totals
    assert {metric.granularity for metric in totals} == {Granularity.DAY}


def test_units_are_not_grams_or_kilometres() -> None:
    units = {metric.unit for metric in METRICS.values()}
    assert units.isdisjoint({"g", "km", "h", "ms^-1"})
    assert METRICS["weight"].unit == METRICS["body_composition"].unit == METRICS["bone_mass"].unit == "kg"
    assert METRICS["sleep"].unit == "s"


def test_the_model_s_own_examples_exist() -> None:
    assert {"heart_rate", "sleep", "body_composition"} <= METRICS.keys()


@pytest.mark.parametrize("name", [name for name, metric in METRICS.items() if metric.words])
def test_the_range_of_an_ordinal_lies_within_its_words(name: str) -> None:
    metric = METRICS[name]
    assert 0 <= metric.lowest <= metric.highest == len(metric.words) - 1
    assert metric.unit is None


#: Differences, of which any may be true.
SIGNED = {"skin_temp_deviation", "body_battery_event"}


@pytest.mark.parametrize("name", METRICS)
def test_sentinels_are_never_plausible(name: str) -> None:
    assert plausible(name, -1) is plausible(name, -2) is (name in SIGNED)
    assert not plausible(name, float("nan"))
    assert not plausible(name, float("inf"))
    assert plausible(name, METRICS[name].lowest) and plausible(name, METRICS[name].highest)


@pytest.mark.parametrize("name", ["heart_rate", "resting_heart_rate", "weight", "sleep", "stress_avg", "hrv_rmssd"])
def test_zero_is_not_plausible_where_it_is_impossible(name: str) -> None:
    assert not plausible(name, 0)


@pytest.mark.parametrize("name", ["steps", "steps_total", "sleep_awake", "sleep_stage", "stress_level"])
def test_zero_is_plausible_where_it_means_something(name: str) -> None:
    assert plausible(name, 0)


def test_an_unknown_metric_is_a_programming_error() -> None:
    with pytest.raises(KeyError):
        plausible("mood", 1)


def test_a_day_lies_at_midnight_utc_of_its_date() -> None:
    assert day_ms(date(1970, 1, 1)) == 0
    assert datetime.fromtimestamp(day_ms(date(2026, 3, 29)) / 1000, UTC) == datetime(2026, 3, 29, tzinfo=UTC)


def test_a_reading_needs_no_extra() -> None:
    assert Reading("steps", 0, 1.0).extra is None


def test_the_catalogue_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        METRICS["mood"] = METRICS["steps"]  # type: ignore[index]
