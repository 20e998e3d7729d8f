"""Decoupling: told where an effort was steady, else why not."""

from __future__ import annotations

from math import nan

import pytest

from garminsync_tui.training.steadiness import decoupling, decoupling_percent, efficiency_factor


def halves(first: float, second: float, length: int = 3000) -> list[float]:
    """A warm-up of 600 s like the first half, then two halves."""
    half = (length - 600) // 2
    return [first] * (600 + half) + [second] * half


def test_power_that_falls_while_the_heart_rises() -> None:
    assert decoupling_percent([200, 200, 195, 195], [140, 140, 147, 147]) == pytest.approx(7.1429, abs=1e-4)
    told = decoupling(halves(200, 195), halves(140, 147))
    assert told.percent == pytest.approx(7.1429, abs=1e-4)
    assert told.reason is None


def test_only_seconds_with_both_count() -> None:
    power = [200.0, 999.0, nan, 195.0]
    assert decoupling_percent(power, [140, nan, 99, 147]) == pytest.approx(7.1429, abs=1e-4)
    assert decoupling_percent([0.0, 100.0], [100, 100]) is None
    assert decoupling_percent([], []) is None


def test_the_warm_up_is_left_out() -> None:
    assert decoupling([900.0] * 600 + [200.0] * 2400, [140.0] * 3000).percent == pytest.approx(0)


def test_gates() -> None:
    heart = [140.0] * 3000
    assert decoupling([200.0] * 2399, heart[:2399]).reason == "too short"
    assert decoupling([200.0] * 2400, heart[:2400]).percent == 0
    assert decoupling([100.0, *[300.0] * 59, *[100.0] * 60] * 25, heart).reason == "not steady"
    silent = [nan] * 241
    assert decoupling([200.0] * 3000, [*heart[:-241], *silent]).reason == "too little heart rate"
    assert decoupling([200.0] * 3000, [*heart[:-240], *silent[1:]]).percent == pytest.approx(0)
    assert decoupling([nan] * 3000, heart).reason == "nothing measured"


def test_stops_are_left_out_of_runs() -> None:
    speed, heart = halves(3.0, 3.0), halves(140, 150)
    for second in range(600, 1800, 100):
        speed[second : second + 60] = [0.5] * 60
    assert decoupling(speed, heart).reason == "not steady"
    # 720 s of stops in the first half: the halves are those of what is left.
    moved = [pair for pair in zip(speed[600:], heart[600:], strict=True) if pair[0] >= 0.9]
    middle = len(moved) // 2
    mean = [sum(bpm for _, bpm in part) / len(part) for part in (moved[:middle], moved[middle:])]
    assert decoupling(speed, heart, least_output=0.9).percent == pytest.approx(100 * (1 - mean[0] / mean[1]))


def test_efficiency() -> None:
    assert efficiency_factor(210, 140) == 1.5
    assert efficiency_factor(None, 140) is None
    assert efficiency_factor(210, None) is None
    assert efficiency_factor(210, 0) is None
