"""Swimming: critical speed, the score of a swim, and what pool lengths say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

from . import heuristics as judged


@dataclass(frozen=True, slots=True)
class Length:
    """One length of a pool as the watch saw it; a rest is not `active`. A drill has strokes of its own kind."""

    duration_s: float
    strokes: float | None = None
    active: bool = True
    drill: bool = False


def critical_speed_mps(short_m: float, short_s: float, long_m: float, long_s: float) -> float | None:
    """The speed in m/s that can be kept for long, from two all-out swims (200 and 400 m are usual).

    (D2 − D1) ÷ (T2 − T1) (Wakayoshi et al. 1992, Eur J Appl Physiol 64:153). None unless the longer swim took
    longer, at less speed.
    """
    if not (0 < short_m < long_m and 0 < short_s < long_s) or short_m / short_s < long_m / long_s:
        return None
    return (long_m - short_m) / (long_s - short_s)


def swim_stress(active_m: float, active_s: float, critical_mps: float | None) -> float | None:
    """Points of training stress of a swim, 100 for an hour at critical speed: seconds ÷ 36 · (v ÷ critical)³.

    The cube because drag takes power with the cube of speed (Toussaint). Rests count in neither argument.
    """
    if not critical_mps or critical_mps <= 0 or active_s <= 0:
        return None
    return active_s / 36 * (active_m / active_s / critical_mps) ** 3


def pace_s_per_100m(lengths: Sequence[Length], pool_m: float) -> float | None:
    """Seconds per 100 m of the lengths that were swum."""
    swum = [length.duration_s for length in lengths if length.active]
    return 100 * sum(swum) / (len(swum) * pool_m) if swum and pool_m > 0 else None


def swolf(length: Length) -> float | None:
    """Strokes plus seconds of one length; comparable in one pool and stroke only. None for rests and drills."""
    if not length.active or length.drill or not length.strokes:
        return None
    return length.strokes + length.duration_s


def mean_swolf(lengths: Sequence[Length]) -> float | None:
    """The mean of the lengths that have one."""
    scores = [score for length in lengths if (score := swolf(length)) is not None]
    return fmean(scores) if scores else None


def doubtful_lengths(lengths: Sequence[Length]) -> list[int]:
    """Which lengths took so much more or less than the median that a turn was missed or invented."""
    swum = [length.duration_s for length in lengths if length.active]
    if not swum:
        return []
    usual = median(swum)
    low, high = judged.LENGTH_TOO_SHORT * usual, judged.LENGTH_TOO_LONG * usual
    return [index for index, length in enumerate(lengths) if length.active and not low <= length.duration_s <= high]
