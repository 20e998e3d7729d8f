"""How far the heart drifts away from what it achieves, where an effort was steady enough to say so."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from typing import Literal, NamedTuple

from . import heuristics as judged
from .rolling import count_valid, mean, normalized

Unsteady = Literal["too short", "not steady", "too little heart rate", "nothing measured"]


class Decoupling(NamedTuple):
    """Percent that output per beat lost from the first half to the second, or why it is not told."""

    percent: float | None
    reason: Unsteady | None = None


def efficiency_factor(normalized_output: float | None, mean_heart_rate_bpm: float | None) -> float | None:
    """Output per beat (Friel): normalized power in W, or normalized speed in m/min, over mean heart rate."""
    if normalized_output is None or not mean_heart_rate_bpm or mean_heart_rate_bpm <= 0:
        return None
    return normalized_output / mean_heart_rate_bpm


def decoupling_percent(output: Sequence[float], heart_rate_bpm: Sequence[float]) -> float | None:
    """100 · (e1 − e2) ÷ e1, e being mean output over mean heart rate of each half (Friel; as GoldenCheetah).

    Only seconds with both count. Above 5 % is usually called notable; heat and thirst move it too.
    """
    middle = len(output) // 2
    first = _output_per_beat(output[:middle], heart_rate_bpm[:middle])
    second = _output_per_beat(output[middle:], heart_rate_bpm[middle:])
    return 100 * (first - second) / first if first and second is not None else None


def decoupling(
    output: Sequence[float], heart_rate_bpm: Sequence[float], *, least_output: float | None = None
) -> Decoupling:
    """Decoupling of power (W) or graded speed (m/s) from heart rate, of timer seconds.

    Told only of at least 40 minutes, without the first 10, where the rest is even (variability index at most
    1.10) and its heart rate known in 90 %. Seconds below `least_output` are stops and left out (running: 0.9).
    """
    if len(output) < judged.STEADY_LEAST_S:
        return Decoupling(None, "too short")
    pairs = [
        pair
        for pair in zip(output[judged.STEADY_WARM_UP_S :], heart_rate_bpm[judged.STEADY_WARM_UP_S :], strict=True)
        if least_output is None or not pair[0] < least_output
    ]
    made, beats = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    even, average = normalized(made), mean(made)
    if even is None or not average:
        return Decoupling(None, "nothing measured")
    if even / average > judged.STEADY_VARIABILITY:
        return Decoupling(None, "not steady")
    if count_valid(beats) < judged.LEAST_COVERAGE * len(beats):
        return Decoupling(None, "too little heart rate")
    percent = decoupling_percent(made, beats)
    return Decoupling(percent, None if percent is not None else "nothing measured")


def _output_per_beat(output: Sequence[float], heart_rate_bpm: Sequence[float]) -> float | None:
    both = [pair for pair in zip(output, heart_rate_bpm, strict=True) if not isnan(pair[0] + pair[1])]
    beats = sum(bpm for _, bpm in both)
    return sum(made for made, _ in both) / beats if beats > 0 else None
