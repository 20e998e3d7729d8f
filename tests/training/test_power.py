"""Power: the published numbers, and the same formulas written out naively."""

from __future__ import annotations

from itertools import pairwise
from math import isnan, nan
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garminsync_tui.training.power import (
    POWER_DURATIONS_S,
    MeanMaximal,
    _wall_clock,
    intensity_factor,
    mean_maximal,
    normalized_power_w,
    normalized_standing,
    power_zone_seconds,
    training_stress,
    variability_index,
    work_kj,
)

HOUR = 3600
STEADY = [200.0] * HOUR
INTERVALS = ([100.0] * 30 + [300.0] * 30) * 60
SAWTOOTH = [float(second % 400) for second in range(HOUR)]
watts = st.lists(st.integers(0, 1500).map(float), min_size=30, max_size=120)
gappy = st.lists(st.integers(0, 800).map(float) | st.just(nan), max_size=60)


@pytest.mark.parametrize(
    ("power", "normalized", "variability", "stress"),
    [
        (STEADY, 200.0, 1.0, 64.0),
        (INTERVALS, 221.85094, 1.1093, 78.74854),
        (SAWTOOTH, 259.64733, 1.3015, 107.867),
    ],
)
def test_an_hour_at_a_threshold_of_250(
    power: list[float], normalized: float, variability: float, stress: float
) -> None:
    watts = normalized_power_w(power)
    assert watts == pytest.approx(normalized, abs=1e-4)
    assert variability_index(power) == pytest.approx(variability, abs=1e-4)
    assert training_stress(HOUR, intensity_factor(watts, 250)) == pytest.approx(stress, abs=1e-3)


def test_missing_seconds_are_no_zeros() -> None:
    holed = [*STEADY[:1800], *[nan] * 600, *STEADY[1800:]]
    assert normalized_power_w(holed) == pytest.approx(200)
    zeros = [0.0 if isnan(value) else value for value in holed]
    assert normalized_power_w(zeros) == pytest.approx(192.14, abs=0.005)


def test_a_planned_hour_of_ramps_and_intervals() -> None:
    ramp_up = [125 + 63 * second / 600 for second in range(600)]
    ramp_down = [150 - 50 * second / 600 for second in range(600)]
    plan = [*ramp_up, *([300.0] * 180 + [125.0] * 180) * 5, *ramp_down]
    normalized = normalized_power_w(plan)
    assert normalized == pytest.approx(225.21, abs=0.01)
    assert training_stress(len(plan), intensity_factor(normalized, 250)) == pytest.approx(67.626, abs=5e-3)


def naive_normalized(power: list[float]) -> float:
    means = [sum(power[end - 29 : end + 1]) / 30 for end in range(29, len(power))]
    return float((sum(value**4 for value in means) / len(means)) ** 0.25)


@settings(max_examples=40, deadline=None)
@given(watts, st.floats(0.1, 5))
def test_normalized_power_by_its_definition(power: list[float], factor: float) -> None:
    normalized = normalized_power_w(power)
    assert normalized is not None
    assert normalized == pytest.approx(naive_normalized(power))
    assert normalized_power_w([factor * value for value in power]) == pytest.approx(factor * normalized)
    # The mean of fourth powers is never below the fourth power of the mean of the same means.
    means = [sum(power[end - 29 : end + 1]) / 30 for end in range(29, len(power))]
    assert normalized >= sum(means) / len(means) - 1e-6


def test_too_short_for_a_normalized_power() -> None:
    assert normalized_power_w([200.0] * 29) is None
    assert normalized_power_w([200.0] * 30) == pytest.approx(200)
    assert [normalized_standing(seconds) for seconds in (299, 300, 1199, 1200)] == ["none", "short", "short", "full"]


def test_without_a_threshold_there_is_no_score() -> None:
    assert intensity_factor(200, None) is None
    assert intensity_factor(200, 0) is None
    assert intensity_factor(None, 250) is None
    assert training_stress(HOUR, None) is None
    assert power_zone_seconds(STEADY, None) is None


def test_work() -> None:
    assert work_kj([*STEADY, nan]) == 720
    assert work_kj([nan]) is None


def test_nobody_pedalled() -> None:
    assert variability_index([0.0] * 60) is None


def test_power_zones_at_their_bounds() -> None:
    power = [0, 109.9, 110, 150, 180, 210, 240, 300, 900, nan]
    assert power_zone_seconds(power, 200) == (2, 1, 1, 1, 1, 1, 2)


def test_the_best_of_a_sawtooth() -> None:
    best = mean_maximal(SAWTOOTH)
    expected = {5: 397.0, 30: 384.5, 60: 369.5, 300: 249.5, 1200: 199.5}
    assert {duration: best[duration].watts for duration in expected} == expected
    assert best[5].start_s == 395


def test_the_durations() -> None:
    named = {5, 15, 30, 60, 180, 300, 420, 720, 1200, 1800, 3600}
    assert named <= set(POWER_DURATIONS_S)
    assert (POWER_DURATIONS_S[0], POWER_DURATIONS_S[-1]) == (5, 18_000)
    assert list(POWER_DURATIONS_S) == sorted(set(POWER_DURATIONS_S))
    assert 45 <= len(POWER_DURATIONS_S) <= 60


def naive_best(power: list[float], duration: int) -> float | None:
    windows = [power[start : start + duration] for start in range(len(power) - duration + 1)]
    return max((sum(window) / duration for window in windows if not any(map(isnan, window))), default=None)


@settings(max_examples=60, deadline=None)
@given(gappy)
def test_the_best_of_all_windows(power: list[float]) -> None:
    durations = (3, 4, 9, 30)
    best = mean_maximal(power, durations_s=durations)
    for duration in durations:
        naive = naive_best(power, duration)
        if naive is None:
            assert duration not in best
        else:
            watts, start = best[duration]
            assert watts == pytest.approx(naive)
            assert sum(power[start : start + duration]) / duration == pytest.approx(watts)


@settings(max_examples=40, deadline=None)
@given(watts)
def test_more_time_is_never_less_work(power: list[float]) -> None:
    work = [duration * best.watts for duration, best in mean_maximal(power, durations_s=range(3, 31)).items()]
    assert len(work) == 28
    assert all(more >= less - 1e-6 for less, more in pairwise(work))


def test_a_pause_makes_no_record() -> None:
    power, elapsed = [300.0] * 10, [0, 1, 2, 3, 4, 15, 16, 17, 18, 19]
    best = mean_maximal(power, elapsed, (5, 10, 20))
    assert best == {5: MeanMaximal(300, 0), 10: MeanMaximal(150, 0), 20: MeanMaximal(150, 0)}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 40)), min_size=1, max_size=30))
def test_pauses_are_zeros_however_long(seconds: list[tuple[int, int]]) -> None:
    elapsed, line, at = [], [], 7
    for value, step in seconds:
        at += step
        if line:
            line.extend([0.0] * (step - 1))
        line.append(float(value))
        elapsed.append(at)
    durations = (3, 7, 20)
    power = [float(value) for value, _ in seconds]
    best = mean_maximal(power, elapsed, durations)
    for duration in durations:
        naive = naive_best(line, duration)
        # Pauses are cut to the longest duration; a line that is shorter than one for that reason has none.
        assert (best[duration].watts if duration in best else None) == pytest.approx(naive)


def test_a_short_window_of_few_points_says_nothing() -> None:
    assert list(mean_maximal(STEADY, durations_s=(5, 11, 12, 60), median_gap_s=4)) == [12, 60]
    assert mean_maximal(STEADY, durations_s=(5,), median_gap_s=4) == {}
    assert mean_maximal([], []) == {}


def test_a_year_long_pause_takes_no_memory() -> None:
    dice = Random(1)
    power = [float(dice.randint(0, 400)) for _ in range(20)]
    elapsed = [*range(10), *range(40_000_000, 40_000_010)]
    best = mean_maximal(power, elapsed, (5, 30))
    assert best[30].watts == pytest.approx(max(sum(power[:10]), sum(power[10:])) / 30)
    assert len(_wall_clock(power, elapsed, 30)[0]) == 50
