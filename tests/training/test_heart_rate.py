"""Heart rate: zones and the scores made from seconds per bpm."""

from __future__ import annotations

from math import exp, nan
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garminsync_tui.training.heart_rate import (
    assumed_threshold_bpm,
    edwards,
    friel_threshold,
    heart_rate_stress,
    histogram,
    percent_of_max,
    percent_of_reserve,
    seconds_in_zones,
    trimp,
)

HOUR_AT_150 = {150: 3600}
THREE_PARTS = {120: 1200, 140: 1200, 165: 1200}
beats = st.lists(st.integers(40, 210).map(float), min_size=1, max_size=60)


def test_bounds() -> None:
    assert percent_of_max(190) == (95, 114, 133, 152, 171)
    assert percent_of_max(185) == (93, 111, 130, 148, 167)
    assert percent_of_reserve(50, 190)[1:3] == (134, 148)
    assert friel_threshold(170, "running") == (0, 145, 153, 162, 170, 176, 182)
    assert friel_threshold(170, "cycling")[:4] == (0, 138, 153, 160)
    # 55 % of 200 is 110, whatever binary fractions make of 0.55.
    assert percent_of_max(200) == (100, 120, 140, 160, 180)


@settings(max_examples=40)
@given(st.integers(120, 220), st.integers(30, 80))
def test_bounds_ascend_and_are_the_first_whole_beat(maximum: int, resting: int) -> None:
    for bound, percent in zip(percent_of_max(maximum), (50, 60, 70, 80, 90), strict=True):
        assert (bound - 1) * 100 < percent * maximum <= bound * 100
    bounds = percent_of_reserve(resting, maximum)
    assert sorted(bounds) == list(bounds)


def test_a_bound_is_in_its_zone() -> None:
    assert seconds_in_zones([94, 95, 113, 114, 190, nan], percent_of_max(190)) == (1, 2, 1, 0, 0, 1)
    assert seconds_in_zones({94: 5, 171: 7}, percent_of_max(190)) == (5, 0, 0, 0, 0, 7)


def test_histogram_rounds_to_whole_beats() -> None:
    assert histogram([150.5, 150.4, nan, 151, 90]) == {90: 1, 150: 1, 151: 2}
    assert histogram([nan]) == {}


def test_trimp_as_published() -> None:
    assert trimp(HOUR_AT_150, 50, 190, "male") == pytest.approx(108.0954, abs=1e-4)
    assert trimp(HOUR_AT_150, 50, 190, "female") == pytest.approx(121.4991, abs=1e-4)
    assert trimp(THREE_PARTS, 50, 190, "male") == pytest.approx(95.8884, abs=1e-4)


def test_stress_from_heart_rate() -> None:
    assert heart_rate_stress(HOUR_AT_150, 50, 190, 170, "male") == pytest.approx(63.3429, abs=1e-4)
    assert heart_rate_stress(HOUR_AT_150, 50, 190, 170, "female") == pytest.approx(65.6460, abs=1e-4)
    assert heart_rate_stress(THREE_PARTS, 50, 190, 170, "male") == pytest.approx(56.1897, abs=1e-4)
    assert heart_rate_stress({170: 3600}, 50, 190, 170, "male") == pytest.approx(100)


def test_a_threshold_nobody_knows() -> None:
    assert assumed_threshold_bpm(50, 190) == 169
    assumed = heart_rate_stress(HOUR_AT_150, 50, 190, None, "male")
    assert assumed == heart_rate_stress(HOUR_AT_150, 50, 190, 169, "male")
    assert heart_rate_stress(HOUR_AT_150, 50, 190, 50, "male") is None


def test_edwards() -> None:
    assert edwards(THREE_PARTS, 190) == 180
    assert seconds_in_zones(THREE_PARTS, percent_of_max(190)) == (0, 0, 1200, 1200, 1200, 0)


def test_what_cannot_be_scored() -> None:
    assert trimp(HOUR_AT_150, 50, 190, None) is None
    assert heart_rate_stress(HOUR_AT_150, 50, 190, 170, None) is None
    assert trimp(HOUR_AT_150, 190, 190, "male") is None
    assert trimp({}, 50, 190, "male") is None
    assert edwards({}, 190) is None
    assert edwards(HOUR_AT_150, 0) is None


@settings(max_examples=40)
@given(beats)
def test_trimp_is_the_sum_over_seconds(column: list[float]) -> None:
    total = 0.0
    for bpm in column:
        x = min(max((bpm - 50) / 140, 0), 1)
        total += 1 / 60 * x * 0.86 * exp(1.67 * x)
    assert trimp(histogram(column), 50, 190, "female") == pytest.approx(total)


@settings(max_examples=40)
@given(beats, beats, st.integers(0, 2**16))
def test_trimp_adds_up_in_any_order(first: list[float], second: list[float], seed: int) -> None:
    parts = [trimp(histogram(part), 50, 190, "male") or 0.0 for part in (first, second)]
    whole = [*first, *second]
    Random(seed).shuffle(whole)
    assert histogram(whole) == histogram([*first, *second])
    assert trimp(histogram(whole), 50, 190, "male") == pytest.approx(sum(parts))
    assert sum(seconds_in_zones(whole, percent_of_max(190))) == len(whole)
