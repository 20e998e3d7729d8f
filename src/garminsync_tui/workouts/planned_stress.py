"""The training stress of a planned workout, as an activity is scored that was done exactly so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from ..training.heart_rate import heart_rate_stress
from ..training.power import intensity_factor, training_stress
from ..training.rolling import NORMALIZED_WINDOW_S, normalized_steps
from ..training.running import running_stress
from ..training.swimming import swim_stress
from .athlete import Athlete
from .planned import Basis, Part, needed

#: Nobody trains for years on end; numbers beyond would not fit into the sums.
_MOST_S = 1e8


class Stress(NamedTuple):
    """Training stress at the middle of all targets and at their edges; 100 is an hour at threshold.

    `partial` where steps are not in it; `approximate` where it is from heart rate, or several measures are summed.
    """

    points: float
    low: float
    high: float
    basis: Basis | Literal["mixed"]
    intensity: float | None
    partial: bool
    approximate: bool


def stress_of(parts: Sequence[Part], athlete: Athlete, *, assume: bool) -> Stress | None:
    """The stress of steps whose time is known, or assumed where that is asked for; None where none has a number."""
    timed = [(part, part.assumed_s if assume and part.seconds is None else part.seconds) for part in parts]
    loads = [
        (part.basis, seconds, part.held)
        for part, seconds in timed
        if seconds and seconds < _MOST_S and part.basis and part.held and _is_scored(part.basis, athlete)
    ]
    unscored = len(loads) < sum(seconds is None or seconds > 0 for _, seconds in timed)
    # A rest takes nothing by any measure, and so has no say in which one it is.
    bases = {basis for basis, _, held in loads if held.high > 0}
    if not bases:
        return None
    mixed = len(bases) > 1
    basis = next(iter(bases))
    edges = zip(*(held for _, _, held in loads), strict=True)
    low, middle, high = (
        (_sum_of_steps if mixed else _one_measure)(
            [(each, seconds, value) for (each, seconds, _), value in zip(loads, values, strict=True)], athlete, basis
        )
        for values in edges
    )
    lasted = sum(seconds for _, seconds, _ in loads)
    steady = not mixed and basis in {"power", "pace"}
    return Stress(
        middle,
        low,
        high,
        "mixed" if mixed else basis,
        (middle * 36 / lasted) ** 0.5 if steady else None,
        unscored,
        mixed or basis == "heart rate",
    )


def _is_scored(basis: Basis, athlete: Athlete) -> bool:
    return all(getattr(athlete, name) for name in needed(basis))


_Held = tuple[Basis, float, float]


def _sum_of_steps(loads: Sequence[_Held], athlete: Athlete, basis: Basis) -> float:
    """Each step by its own measure."""
    return sum(_of_one(each, seconds, value, athlete) for each, seconds, value in loads)


def _one_measure(loads: Sequence[_Held], athlete: Athlete, basis: Basis) -> float:
    """All steps by the measure that they share, as an activity is scored that was done exactly so."""
    if basis == "heart rate":
        seconds_at: dict[float, float] = {}
        for _, seconds, bpm in loads:
            seconds_at[bpm] = seconds_at.get(bpm, 0.0) + seconds
        return _beats_stress(seconds_at, athlete)
    lasted = sum(seconds for _, seconds, _ in loads)
    if basis == "swim" or lasted < NORMALIZED_WINDOW_S:
        return _sum_of_steps([(basis, seconds, value) for _, seconds, value in loads], athlete, basis)
    normalized = normalized_steps(_whole_seconds(loads))
    if basis == "power":
        return training_stress(lasted, intensity_factor(normalized, athlete.threshold_power_w)) or 0.0
    return running_stress(lasted, normalized, athlete.threshold_speed_mps) or 0.0


def _whole_seconds(loads: Sequence[_Held]) -> list[tuple[int, float]]:
    """Each value with its whole seconds, so rounded that the sum stays right."""
    steps, reached, before = [], 0.0, 0
    for _, seconds, value in loads:
        reached += seconds
        steps.append((round(reached) - before, value))
        before = round(reached)
    return steps


def _of_one(basis: Basis, seconds: float, value: float, athlete: Athlete) -> float:
    match basis:
        case "power":
            return training_stress(seconds, intensity_factor(value, athlete.threshold_power_w)) or 0.0
        case "pace":
            return running_stress(seconds, value, athlete.threshold_speed_mps) or 0.0
        case "swim":
            return swim_stress(value * seconds, seconds, athlete.critical_swim_speed_mps) or 0.0
    return _beats_stress({value: seconds}, athlete)


def _beats_stress(seconds_at: dict[float, float], athlete: Athlete) -> float:
    resting, highest = athlete.resting_heart_rate_bpm or 0.0, athlete.max_heart_rate_bpm or 0.0
    return heart_rate_stress(seconds_at, resting, highest, athlete.threshold_heart_rate_bpm, athlete.sex) or 0.0
