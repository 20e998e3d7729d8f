"""Smoothed altitude, and how far it went up and down."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import NamedTuple

from . import heuristics as judged
from .rolling import centred_mean, centred_median, measured


class Climb(NamedTuple):
    """Metres up and metres down, both positive."""

    gain_m: float
    loss_m: float


def smoothed(altitude_m: Sequence[float]) -> array[float]:
    """Altitude as slopes and climbs are read from: a median of 5 s against spikes, then a mean of 15 s."""
    return centred_mean(centred_median(altitude_m, judged.ALTITUDE_MEDIAN_S), judged.ALTITUDE_MEAN_S)


def climbed(smoothed_m: Sequence[float], *, barometric: bool) -> Climb | None:
    """Ascent and descent of a recording from its `smoothed` altitudes; None without any.

    Counted between turning points that differ by at least 3 m with a barometer (the default of
    GoldenCheetah) and 10 m with GPS alone.
    """
    return turning_points(smoothed_m, judged.CLIMB_BAROMETER_M if barometric else judged.CLIMB_GPS_M)


def turning_points(altitude_m: Sequence[float], hysteresis_m: float) -> Climb | None:
    """Ups and downs between turning points that lie at least `hysteresis_m` apart; missing values are skipped.

    Unlike a dead band that moves along, this loses nothing of a climb that is higher than the hysteresis. Gain
    less loss differs from the net change by at most twice the hysteresis.
    """
    known = measured(altitude_m)
    if not known:
        return None
    gain = loss = 0.0
    low = high = turn = known[0]
    direction = 0
    for value in known:
        low, high = min(low, value), max(high, value)
        if direction <= 0 and value - low >= hysteresis_m:
            loss += turn - low if direction else 0.0
            direction, turn, high = 1, low, value
        elif direction >= 0 and high - value >= hysteresis_m:
            gain += high - turn if direction else 0.0
            direction, turn, low = -1, high, value
    if direction > 0:
        gain += high - turn
    elif direction < 0:
        loss += turn - low
    return Climb(gain, loss)
