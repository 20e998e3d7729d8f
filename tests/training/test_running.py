"""Running: the cost of slopes, speeds on flat ground, scores, steps."""

from __future__ import annotations

from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garminsync_tui.training.running import (
    cadence_spm,
    graded_speeds,
    mean_cadence_spm,
    minetti_cost,
    normalized_speed_mps,
    running_stress,
    step_length_m,
)


@pytest.mark.parametrize(
    ("grade", "cost"),
    [
        (-0.45, 4.0323),
        (-0.2, 1.8),
        (-0.1, 2.1517),
        (0, 3.6),
        (0.05, 4.6852),
        (0.1, 5.9682),
        (0.2, 9.0067),
        (0.45, 19.4260),
        (-0.181, 1.7813),
        (0.9, 19.4260),
        (-0.9, 4.0323),
    ],
)
def test_costs_of_slopes(grade: float, cost: float) -> None:
    assert minetti_cost(grade) == pytest.approx(cost, abs=5e-5)


@given(st.floats(-0.45, 0.45))
def test_the_polynomial_as_it_is_printed(i: float) -> None:
    printed = 155.4 * i**5 - 30.4 * i**4 - 43.3 * i**3 + 46.3 * i**2 + 19.5 * i + 3.6
    assert minetti_cost(i) == pytest.approx(printed, abs=1e-9)


@pytest.mark.parametrize(("grade", "pace"), [(0.05, 230.51), (-0.05, 393.31)])
def test_five_minutes_a_kilometre_on_a_slope(grade: float, pace: float) -> None:
    speed = 1000 / 300
    ways = [speed * second for second in range(200)]
    graded = graded_speeds([speed] * 200, ways, [100 + grade * way for way in ways])
    assert 1000 / graded[100] == pytest.approx(pace, abs=0.01)
    assert list(graded) == pytest.approx([graded[100]] * 200)


def test_a_run_over_a_hill() -> None:
    graded = [3.0 * minetti_cost(grade) / 3.6 for grade in (0, 0.05, -0.05) for _ in range(600)]
    normalized = normalized_speed_mps(graded)
    assert normalized == pytest.approx(3.2674, abs=1e-4)
    assert running_stress(1800, normalized, 4.0) == pytest.approx(33.362, abs=1e-3)
    assert running_stress(1800, sum(graded) / 1800, 4.0) == pytest.approx(29.342, abs=1e-3)
    assert running_stress(1800, 3.0, 4.0) == pytest.approx(28.125)


def test_a_planned_run() -> None:
    plan = [*[1000 / 330] * 900, *([1000 / 260] * 480 + [1000 / 360] * 120) * 3, *[1000 / 345] * 600]
    normalized = normalized_speed_mps(plan)
    assert normalized is not None
    assert 1000 / normalized == pytest.approx(291.92, abs=0.01)
    assert running_stress(3300, normalized, 1000 / 260) == pytest.approx(72.715, abs=1e-3)


def test_without_altitude_speed_is_speed() -> None:
    speeds, ways = [3.0, nan, 3.0], [0.0, 3.0, 6.0]
    assert list(graded_speeds(speeds, ways, [nan] * 3)) == pytest.approx(speeds, nan_ok=True)
    assert list(graded_speeds(speeds, [nan] * 3, [1.0, 2.0, 3.0])) == pytest.approx(speeds, nan_ok=True)
    assert list(graded_speeds([], [], [])) == []


def test_where_no_way_is_made_there_is_no_slope() -> None:
    climb = [100.0 + second for second in range(60)]
    # 19 m in all: too short for a slope.
    assert list(graded_speeds([2.0] * 60, [19 * second / 59 for second in range(60)], climb)) == [2.0] * 60
    assert graded_speeds([2.0] * 60, [21 * second / 59 for second in range(60)], climb)[30] > 4
    ways = [float(second) for second in range(60)]
    assert list(graded_speeds([0.49] * 60, ways, climb)) == [0.49] * 60
    assert graded_speeds([0.5] * 60, ways, climb)[30] > 1


def test_the_slope_of_forty_metres_around() -> None:
    ways = [4.0 * second for second in range(100)]
    kink = [100 + 0.1 * max(way - 200, 0) for way in ways]
    graded = graded_speeds([4.0] * 100, ways, kink)
    # Smoothing reaches 9 s and the window 20 m from the kink: before and after that slopes are pure.
    assert graded[34] == pytest.approx(4.0)
    assert graded[66] == pytest.approx(4.0 * 5.9682 / 3.6, abs=1e-3)
    assert 4.0 < graded[50] < graded[66]


def test_altitude_that_dropped_out_is_bridged() -> None:
    ways = [3.0 * second for second in range(120)]
    heights = [nan if 50 <= second < 70 else 100 + 0.15 * second for second in range(120)]
    assert graded_speeds([3.0] * 120, ways, heights)[49] == pytest.approx(3.0 * minetti_cost(0.05) / 3.6)


def test_steps() -> None:
    assert cadence_spm(85.5) == 171
    assert step_length_m(3.0, 171) == pytest.approx(1.0526, abs=1e-4)
    assert step_length_m(3.0, 0) is None


def test_walked_steps_are_told_apart() -> None:
    cadence = mean_cadence_spm([85, 87, 55, 0, 80, nan, 70], [3, 3, 1.5, 3, 0.4, 3, 2])
    assert cadence.running_spm == pytest.approx((170 + 174 + 140) / 3)
    assert cadence.walking_spm == 110
    assert mean_cadence_spm([], []) == (None, None)


def test_no_threshold_no_score() -> None:
    assert running_stress(3600, 3.0, None) is None
    assert running_stress(3600, None, 4.0) is None
    assert running_stress(3600, 3.0, 0) is None


def test_a_way_that_jumps_and_falls_back_breaks_nothing() -> None:
    """Distances that a damaged second made enormous: one file of them ended the computation of all others."""
    ways = [1e7, 0.0, 0.2, 3.0, 6.0]
    assert list(graded_speeds([3.0] * 5, ways, [100.0] * 5)) == [3.0] * 5
    assert len(graded_speeds([3.0] * 60, [1e7, *(3.0 * n for n in range(59))], [100.0 + n for n in range(60)])) == 60
