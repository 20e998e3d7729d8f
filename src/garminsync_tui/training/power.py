"""Cycling power: what a ride was worth, and the best mean power over each duration.

Normalized power, intensity factor and training stress are Coggan's (Allen and Coggan, Training and Racing
with a Power Meter, 2006).
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import accumulate
from operator import sub
from typing import Literal, NamedTuple

from . import heuristics as judged
from .rolling import mean, measured, normalized, stretches

_NAMED_S = (5, 15, 30, 60, 180, 300, 420, 720, 1200, 1800, 3600)
_SHORTEST_S, _LONGEST_S, _STEPS = 5, 18_000, 44

#: Durations of the power curve in seconds: evenly apart on a logarithmic scale from 5 s to 5 h, and those that
#: people name.
POWER_DURATIONS_S: tuple[int, ...] = tuple(
    sorted(
        {round(_SHORTEST_S * (_LONGEST_S / _SHORTEST_S) ** (step / (_STEPS - 1))) for step in range(_STEPS)}
        | set(_NAMED_S)
    )
)

#: Lower bounds of Coggan's seven levels in percent of threshold power.
COGGAN_PERCENT = (0, 55, 75, 90, 105, 120, 150)


class MeanMaximal(NamedTuple):
    """The best mean power over a duration, and the second of the wall clock at which it began."""

    watts: float
    start_s: int


def normalized_power_w(power_w: Sequence[float]) -> float | None:
    """The steady power in W that would have cost as much as this one, from timer seconds (Coggan).

    The fourth root of the mean fourth power of means over 30 s. `normalized_standing` says what it is worth.
    """
    return normalized(power_w)


def normalized_standing(timer_s: float) -> Literal["full", "short", "none"]:
    """What a normalized power of so many seconds is worth: full from 20 minutes on (Coggan), none below 5."""
    if timer_s >= judged.NORMALIZED_S:
        return "full"
    return "short" if timer_s >= judged.SHORTEST_NORMALIZED_S else "none"


def intensity_factor(normalized_w: float | None, threshold_w: float | None) -> float | None:
    """Normalized power as a part of the threshold power that was valid on that day (Coggan)."""
    return normalized_w / threshold_w if normalized_w is not None and threshold_w and threshold_w > 0 else None


def training_stress(timer_s: float, intensity: float | None) -> float | None:
    """Points of training stress, 100 for an hour at threshold: seconds ÷ 36 · intensity factor² (Coggan)."""
    return timer_s / 36 * intensity**2 if intensity is not None else None


def variability_index(power_w: Sequence[float]) -> float | None:
    """Normalized over mean power of the same seconds; 1 is perfectly steady (Coggan)."""
    normalized_w, mean_w = normalized(power_w), mean(power_w)
    return normalized_w / mean_w if normalized_w is not None and mean_w else None


def work_kj(power_w: Sequence[float]) -> float | None:
    """Mechanical work of the measured seconds in kJ; None without any."""
    known = measured(power_w)
    return sum(known) / 1000 if known else None


def power_zone_seconds(power_w: Sequence[float], threshold_w: float | None) -> tuple[int, ...] | None:
    """Seconds in each of Coggan's seven levels, bounded at 55/75/90/105/120/150 % of threshold power.

    A lower bound belongs to its level.
    """
    if not threshold_w or threshold_w <= 0:
        return None
    bounds = [percent * threshold_w / 100 for percent in COGGAN_PERCENT]
    at_least = [sum(1 for watts in power_w if watts >= bound) for bound in bounds]
    return tuple(more - fewer for more, fewer in zip(at_least, [*at_least[1:], 0], strict=True))


def mean_maximal(
    power_w: Sequence[float],
    elapsed_s: Sequence[int] | None = None,
    durations_s: Sequence[int] = POWER_DURATIONS_S,
    *,
    median_gap_s: float = 1.0,
) -> dict[int, MeanMaximal]:
    """The highest mean power over each duration, on the wall clock: seconds in pauses count as 0 W.

    Only windows without a missing second count, and durations of at least three typical gaps between points;
    a duration without such a window is left out. The earliest of equals wins. `elapsed_s` are the seconds of
    the wall clock that `power_w` is from; without it there were no pauses. Each `watts` · duration is at
    least that of a shorter duration as long as no second is missing; the power itself may rise.
    """
    wanted = sorted(duration for duration in durations_s if duration >= judged.GAPS_IN_A_WINDOW * median_gap_s)
    if not wanted:
        return {}
    line, at = _wall_clock(power_w, elapsed_s, wanted[-1])
    best: dict[int, MeanMaximal] = {}
    for start, end in stretches(line):
        reached = list(accumulate(line[start:end], initial=0.0))
        for duration in wanted:
            if duration > end - start:
                break
            sums = list(map(sub, reached[duration:], reached))
            most = max(sums)
            if duration not in best or most / duration > best[duration].watts:
                best[duration] = MeanMaximal(most / duration, at[start + sums.index(most)])
    return dict(sorted(best.items()))


def _wall_clock(
    power_w: Sequence[float], elapsed_s: Sequence[int] | None, longest_s: int
) -> tuple[array[float], Sequence[int]]:
    """Power with pauses as zeros, and the second of each value.

    A pause is no longer than the longest window: more zeros could not change anything but the memory it takes.
    """
    line = array("d", power_w)
    if not line or elapsed_s is None or elapsed_s[-1] - elapsed_s[0] == len(line) - 1:
        start = elapsed_s[0] if elapsed_s else 0
        return line, range(start, start + len(line))
    ends = [index for index in range(1, len(line)) if elapsed_s[index] - elapsed_s[index - 1] != 1]
    out, at = array("d"), array("q")
    begin = 0
    for end in (*ends, len(line)):
        if begin:
            go_on = elapsed_s[begin]
            zeros = min(go_on - elapsed_s[begin - 1] - 1, longest_s)
            out.extend(array("d", [0.0]) * zeros)
            at.extend(range(go_on - zeros, go_on))
        out.extend(line[begin:end])
        at.extend(elapsed_s[begin:end])
        begin = end
    return out, at
