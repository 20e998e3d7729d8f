"""Running: the speed on flat ground that a hill was worth, its score, and steps."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import compress
from operator import add, eq
from typing import NamedTuple

from . import heuristics as judged
from .rolling import mean, normalized

#: The cost of running on flat ground, J per kg and metre (Minetti 2002).
FLAT_COST = 3.6
#: The slopes between which the cost was measured, rise over run.
STEEPEST = 0.45


class Cadence(NamedTuple):
    """Mean steps per minute of what was run and of what was walked; None where there was none."""

    running_spm: float | None
    walking_spm: float | None


def minetti_cost(grade: float) -> float:
    """Energy to run one metre on a slope (rise over run), J per kg and metre.

    155.4i⁵ − 30.4i⁴ − 43.3i³ + 46.3i² + 19.5i + 3.6 (Minetti et al. 2002, J Appl Physiol 93:1039), measured
    from −0.45 to 0.45; steeper slopes cost what these do.
    """
    i = max(-STEEPEST, min(STEEPEST, grade))
    return ((((155.4 * i - 30.4) * i - 43.3) * i + 46.3) * i + 19.5) * i + FLAT_COST


def graded_speeds(speed_mps: Sequence[float], distance_m: Sequence[float], smoothed_m: Sequence[float]) -> array[float]:
    """The speed in m/s on flat ground that costs as much as each second's did (Minetti 2002).

    Slopes are those of altitudes that were `smoothed` (see elevation.py), over 40 m centred on the second; where
    less than 20 m are known, or below 0.5 m/s, the ground counts as flat. Without altitude this is the speed
    itself. Downhill credit is generous: services that fitted heart rates instead give less.
    """
    out = array("d", speed_mps)
    sums = list(map(add, distance_m, smoothed_m))
    known = list(compress(range(len(sums)), map(eq, sums, sums)))  # NaN alone differs from itself
    ways, rises = [distance_m[index] for index in known], [smoothed_m[index] for index in known]
    half, last = judged.SLOPE_WINDOW_M / 2, len(known) - 1
    back = ahead = 0
    for index, way in zip(known, ways, strict=True):
        while back < last and ways[back + 1] <= way - half:
            back += 1
        while ahead < last and ways[ahead] < way + half:
            ahead += 1
        run = ways[ahead] - ways[back]
        if run >= judged.SLOPE_LEAST_M and out[index] >= judged.SLOPE_LEAST_MPS:
            out[index] *= minetti_cost((rises[ahead] - rises[back]) / run) / FLAT_COST
    return out


def normalized_speed_mps(graded_mps: Sequence[float]) -> float | None:
    """The steady flat speed in m/s that would have cost as much: Coggan's operator on graded speeds.

    Our own likeness of a normalized graded pace, whose formula is unpublished. None below 30 values.
    """
    return normalized(graded_mps)


def running_stress(timer_s: float, normalized_mps: float | None, threshold_mps: float | None) -> float | None:
    """Points of training stress of a run, 100 for an hour at threshold: seconds ÷ 36 · (speed ÷ threshold)²."""
    if normalized_mps is None or not threshold_mps or threshold_mps <= 0:
        return None
    return timer_s / 36 * (normalized_mps / threshold_mps) ** 2


def cadence_spm(cadence_rpm: float) -> float:
    """Steps a minute from what recordings hold: strides, that is steps of one leg."""
    return 2 * cadence_rpm


def mean_cadence_spm(cadence_rpm: Sequence[float], speed_mps: Sequence[float]) -> Cadence:
    """Mean steps a minute while moving; below 140 they are walked and kept apart."""
    steps = [
        cadence_spm(cadence)
        for cadence, speed in zip(cadence_rpm, speed_mps, strict=True)
        if cadence > 0 and speed >= judged.MOVING_MPS["walking"]
    ]
    limit = judged.WALKING_BELOW_SPM
    return Cadence(mean([spm for spm in steps if spm >= limit]), mean([spm for spm in steps if spm < limit]))


def step_length_m(speed_mps: float, spm: float) -> float | None:
    """Metres of each step; None without steps."""
    return speed_mps * 60 / spm if spm > 0 else None
