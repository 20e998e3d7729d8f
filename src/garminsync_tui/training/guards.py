"""Samples that no body can have made: dropped, and counted so that it can be said."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from itertools import groupby
from math import inf, isnan, nan
from operator import sub
from statistics import median

from . import heuristics as judged
from .rolling import count_valid, measured
from .sports import Sport


def guarded(
    time_ms: Sequence[int], columns: Mapping[str, Sequence[float]], sport: Sport, weight_kg: float | None = None
) -> tuple[dict[str, array[float]], dict[str, int]]:
    """The columns without impossible samples, and how many each column lost (names without a loss are left out).

    A heart rate of 0 is a missing value and not counted. Limits are those of `heuristics`.
    """
    out: dict[str, array[float]] = {}
    dropped: dict[str, int] = {}
    for name, column in columns.items():
        values = array("d", column)
        if name == "heart_rate_bpm":
            if 0.0 in values:
                values = array("d", [value or nan for value in values])
            kept = _possible(time_ms, values, *judged.HEART_RATE_BPM, judged.HEART_RATE_CHANGE_BPM_PER_S)
        elif name == "altitude_m" and sport in judged.VERTICAL_SPORTS:
            kept = _possible(time_ms, values, -inf, inf, judged.VERTICAL_SPEED_MPS)
        elif name == "speed_mps":
            kept = within_speed_limit(values, sport)
        elif name == "power_w":
            kept = _without_spikes(time_ms, values, weight_kg)
        else:
            kept = values
        out[name] = kept
        if kept is not values and (lost := count_valid(values) - count_valid(kept)):
            dropped[name] = lost
    return out, dropped


def within_speed_limit(speed_mps: array[float], sport: Sport) -> array[float]:
    """Speeds in m/s without those beyond the sport's limit."""
    limit = judged.SPEED_MPS.get(sport, inf)
    return array("d", [nan if value > limit else value for value in speed_mps])


def silent_power(power_w: array[float], cadence_rpm: Sequence[float], speed_mps: Sequence[float]) -> int:
    """Make missing the seconds in which a power meter was silent, in place; how many they were.

    That is a bike that moves, pedals that turn, and 0 W for longer than a minute.
    """
    lost = start = 0
    silent = [
        power == 0 and cadence > judged.SILENT_POWER_CADENCE_RPM and speed > judged.SILENT_POWER_SPEED_MPS
        for power, cadence, speed in zip(power_w, cadence_rpm, speed_mps, strict=True)
    ]
    for is_silent, run in groupby(silent):
        length = sum(1 for _ in run)
        if is_silent and length > judged.SILENT_POWER_S:
            power_w[start : start + length] = array("d", [nan]) * length
            lost += length
        start += length
    return lost


def _possible(
    time_ms: Sequence[int], values: array[float], low: float, high: float, change_per_s: float
) -> array[float]:
    """Values within bounds that did not change faster since the last one that was possible.

    The time since then counts: after a jump that was real the values are believed again before long.
    """
    if _is_steady(values, low, high, change_per_s):
        return values
    kept = array("d", values)
    last, last_ms = nan, 0
    for index, (moment, value) in enumerate(zip(time_ms, values, strict=True)):
        if isnan(value):
            continue
        # Sensors round: within one second they may change by a second's worth.
        if not low <= value <= high or abs(value - last) > change_per_s * max((moment - last_ms) / 1000, 1.0):
            kept[index] = nan
        else:
            last, last_ms = value, moment
    return kept


def _is_steady(values: array[float], low: float, high: float, change: float) -> bool:
    """Whether a column is beyond doubt, the usual case: nothing missing, nothing out of bounds, no step too large."""
    if not values or isnan(sum(values)) or not low <= min(values) or not max(values) <= high:
        return False
    steps = list(map(sub, values[1:], values))
    return not steps or (max(steps) <= change and min(steps) >= -change)


def _without_spikes(time_ms: Sequence[int], values: array[float], weight_kg: float | None) -> array[float]:
    limit = max(judged.POWER_W, judged.POWER_W_PER_KG * (weight_kg or 0.0))
    reach_ms, most = judged.POWER_SPIKE_SIDE_S * 1000, judged.POWER_SPIKE_SIDE_POINTS
    kept = array("d", values)
    for index in [index for index, value in enumerate(values) if value > judged.POWER_SPIKE_W]:
        if values[index] > limit:
            kept[index] = nan
            continue
        begin = max(bisect_left(time_ms, time_ms[index] - reach_ms), index - most)
        before = measured(values[begin:index])
        if not before or values[index] - before[-1] <= judged.POWER_SPIKE_W:
            continue
        end = min(bisect_right(time_ms, time_ms[index] + reach_ms), index + 1 + most)
        after = measured(values[index + 1 : end])
        if after and _is_spike(before, values[index], after):
            kept[index] = nan
    return kept


def _is_spike(before: list[float], value: float, after: list[float]) -> bool:
    # A second as high beside it is a sprint, however short.
    return value - max(median(before), before[-1], after[0], median(after)) > judged.POWER_SPIKE_W
