"""Heart rate: zones, and scores from how many seconds were spent at how many beats.

Scores are made from a histogram, seconds per bpm: equal to the sum over all seconds, small enough to keep, and
so computed again without the recording.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from math import ceil, exp
from typing import Literal

from .rolling import measured
from .sports import Sport

Sex = Literal["male", "female"]
#: Seconds at each heart rate in bpm: whole beats where they were measured, any where they are planned.
BeatSeconds = Mapping[int, int] | Mapping[float, float]

#: Lower bounds of the five usual zones, in percent of maximum or of reserve.
ZONES_PERCENT = (50, 60, 70, 80, 90)
#: Friel's lower bounds of zones 2, 3, 4, 5a, 5b and 5c in percent of threshold heart rate.
_FRIEL_RUNNING = (85, 90, 95, 100, 103, 107)
_FRIEL_CYCLING = (81, 90, 94, 100, 103, 107)
# a and b of Banister's weight a·x·e^(b·x).
_BANISTER: dict[Sex, tuple[float, float]] = {"male": (0.64, 1.92), "female": (0.86, 1.67)}
#: Where the threshold lies on the way from resting to maximum heart rate if nobody knows better.
_THRESHOLD_OF_RESERVE = 0.85


def histogram(heart_rate_bpm: Sequence[float]) -> dict[int, int]:
    """Seconds at each whole bpm; seconds without a heart rate are left out."""
    return dict(sorted(Counter([int(value + 0.5) for value in measured(heart_rate_bpm)]).items()))


def percent_of_max(maximum_bpm: float) -> tuple[int, ...]:
    """Lower bounds of five zones in bpm: 50, 60, 70, 80 and 90 % of maximum."""
    return tuple(ceil(percent * maximum_bpm / 100) for percent in ZONES_PERCENT)


def percent_of_reserve(resting_bpm: float, maximum_bpm: float) -> tuple[int, ...]:
    """Lower bounds of five zones in bpm: resting plus 50 … 90 % of what is between it and maximum (Karvonen 1957)."""
    return tuple(ceil(resting_bpm + percent * (maximum_bpm - resting_bpm) / 100) for percent in ZONES_PERCENT)


def friel_threshold(threshold_bpm: float, sport: Sport) -> tuple[int, ...]:
    """Lower bounds of Friel's seven zones 1, 2, 3, 4, 5a, 5b, 5c in bpm from threshold heart rate; zone 1 is from 0.

    Sports other than cycling have running's.
    """
    percents = _FRIEL_CYCLING if sport == "cycling" else _FRIEL_RUNNING
    return (0, *(ceil(percent * threshold_bpm / 100) for percent in percents))


def seconds_in_zones(heart_rate: Mapping[int, int] | Sequence[float], lower_bounds: Sequence[float]) -> tuple[int, ...]:
    """Seconds below the lowest bound, then in each zone, from a histogram or a column; a bound is in its zone.

    Seconds without a heart rate are in none: timer time less the sum.
    """
    seconds = [0] * (len(lower_bounds) + 1)
    for bpm, count in (heart_rate if isinstance(heart_rate, Mapping) else histogram(heart_rate)).items():
        seconds[bisect_right(lower_bounds, bpm)] += count
    return tuple(seconds)


def trimp(seconds_at: BeatSeconds, resting_bpm: float, maximum_bpm: float, sex: Sex | None) -> float | None:
    """Banister's training impulse: minutes · x · a·e^(b·x), x the part of heart rate reserve in use, 0 to 1.

    a 0.64 and b 1.92 for men, 0.86 and 1.67 for women (Morton et al. 1990, J Appl Physiol 69:1171; Banister
    1991). None where the sex is not known, or nothing was measured.
    """
    if sex is None or maximum_bpm <= resting_bpm or not seconds_at:
        return None
    return sum(count * _impulse_per_s(bpm, resting_bpm, maximum_bpm, sex) for bpm, count in seconds_at.items())


def edwards(seconds_at: Mapping[int, int], maximum_bpm: float) -> float | None:
    """Edwards' points (1993): minutes in the zones from 50, 60, 70, 80 and 90 % of maximum, times 1 to 5."""
    if maximum_bpm <= 0 or not seconds_at:
        return None
    seconds = seconds_in_zones(seconds_at, percent_of_max(maximum_bpm))
    return sum(weight * count for weight, count in enumerate(seconds)) / 60


def assumed_threshold_bpm(resting_bpm: float, maximum_bpm: float) -> float:
    """Threshold heart rate at 85 % of reserve, where nobody knows better (Elevate's default): approximate."""
    return resting_bpm + _THRESHOLD_OF_RESERVE * (maximum_bpm - resting_bpm)


def heart_rate_stress(
    seconds_at: BeatSeconds,
    resting_bpm: float,
    maximum_bpm: float,
    threshold_bpm: float | None,
    sex: Sex | None,
) -> float | None:
    """Points of training stress from heart rate, 100 for an hour at threshold: 100 · TRIMP ÷ TRIMP of that hour.

    Without a threshold `assumed_threshold_bpm` is taken, and the result is approximate.
    """
    impulse = trimp(seconds_at, resting_bpm, maximum_bpm, sex)
    if impulse is None or sex is None:
        return None
    threshold = threshold_bpm if threshold_bpm is not None else assumed_threshold_bpm(resting_bpm, maximum_bpm)
    hour = 3600 * _impulse_per_s(threshold, resting_bpm, maximum_bpm, sex)
    return 100 * impulse / hour if hour > 0 else None


def _impulse_per_s(bpm: float, resting_bpm: float, maximum_bpm: float, sex: Sex) -> float:
    a, b = _BANISTER[sex]
    used = max(0.0, min(1.0, (bpm - resting_bpm) / (maximum_bpm - resting_bpm)))
    return used * a * exp(b * used) / 60
