"""Swimming: critical speed, scores, lengths."""

from __future__ import annotations

import pytest

from garminsync_tui.training.swimming import (
    Length,
    critical_speed_mps,
    doubtful_lengths,
    mean_swolf,
    pace_s_per_100m,
    swim_stress,
    swolf,
)

CRITICAL = 100 / 95


def test_critical_speed_of_400_and_200_metres() -> None:
    assert critical_speed_mps(200, 170, 400, 360) == pytest.approx(1.052632, abs=1e-6)


@pytest.mark.parametrize("swims", [(400, 360, 200, 170), (200, 170, 400, 170), (200, 170, 400, 330), (0, 0, 400, 360)])
def test_swims_that_have_no_critical_speed(swims: tuple[float, float, float, float]) -> None:
    assert critical_speed_mps(*swims) is None


def test_scores() -> None:
    assert swim_stress(3000, 3600, CRITICAL) == pytest.approx(49.6166, abs=1e-4)
    assert swim_stress(1000, 900, CRITICAL) == pytest.approx(29.4024, abs=1e-4)
    assert swim_stress(3600 * CRITICAL, 3600, CRITICAL) == pytest.approx(100)
    assert swim_stress(1000, 900, None) is None
    assert swim_stress(1000, 0, CRITICAL) is None


def test_lengths() -> None:
    lengths = [Length(30, 20), Length(60, active=False), Length(32, 22), Length(40, 0, drill=True), Length(34)]
    assert pace_s_per_100m(lengths, 25) == pytest.approx(136)
    assert [swolf(length) for length in lengths] == [50, None, 54, None, None]
    assert mean_swolf(lengths) == 52
    assert swolf(Length(40, 12, drill=True)) is None
    assert swolf(Length(40, 12, active=False)) is None
    assert mean_swolf([]) is None
    assert pace_s_per_100m([Length(60, active=False)], 25) is None


def test_turns_that_were_missed_or_invented() -> None:
    lengths = [Length(seconds) for seconds in (30, 30, 51.1, 51, 17.9, 18, 30)]
    assert doubtful_lengths([*lengths, Length(500, active=False)]) == [2, 4]
    assert doubtful_lengths([]) == []
