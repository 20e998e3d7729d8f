"""Load over days: fitness, fatigue and form, and how even a week was.

Loads are points of training stress, 100 for an hour at threshold. Garmin's own load is of another kind and is
never added to them. Nothing here says how likely an injury is: no ratio of loads does (Impellizzeri 2020).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from statistics import fmean, stdev
from typing import Literal, NamedTuple

from . import heuristics as judged

#: Days over which fitness and fatigue forget (Coggan). Each day takes 1 ÷ so many of what is missing; others
#: use 1 − e^(−1 ÷ days), which makes fatigue up to 7 % different.
FITNESS_DAYS = 42
FATIGUE_DAYS = 7

Basis = Literal["power", "pace", "swim", "heart_rate", "none"]


class Load(NamedTuple):
    """The one load of an activity, and what it was made from."""

    points: float | None
    basis: Basis


class Form(NamedTuple):
    """One day: fitness (CTL) and fatigue (ATL) at its end, form (TSB) at its morning.

    Not `settled` are days whose past is not long known: the first 90, and 90 from an unknown day on.
    """

    fitness: float
    fatigue: float
    form: float
    settled: bool


def choose_load(
    *,
    power: float | None = None,
    pace: float | None = None,
    swim: float | None = None,
    heart_rate: float | None = None,
) -> Load:
    """One load for an activity: from power, else pace, else swimming speed, else heart rate, else none."""
    ladder: tuple[tuple[float | None, Basis], ...] = (
        (power, "power"),
        (pace, "pace"),
        (swim, "swim"),
        (heart_rate, "heart_rate"),
    )
    return next((Load(points, basis) for points, basis in ladder if points is not None), Load(None, "none"))


def fitness_fatigue_form(daily_loads: Sequence[float], *, fitness: float = 0.0, fatigue: float = 0.0) -> list[Form]:
    """Fitness, fatigue and form of each day of a calendar without holes; a day of rest is 0 (Coggan).

    x(t) = x(t−1) + (load − x(t−1)) ÷ days, 42 and 7; form is yesterday's fitness less yesterday's fatigue.
    NaN is a day of which nothing is known: not a rest, so both stay as they were.
    """
    days, known_days = [], 0
    for load in daily_loads:
        form = fitness - fatigue
        if isnan(load):
            known_days = 0
        else:
            known_days += 1
            fitness += (load - fitness) / FITNESS_DAYS
            fatigue += (load - fatigue) / FATIGUE_DAYS
        days.append(Form(fitness, fatigue, form, known_days > judged.UNSETTLED_DAYS))
    return days


def seed_load(daily_loads: Sequence[float]) -> float | None:
    """The mean of the first 28 known days, to start fitness and fatigue with; None with less."""
    known = [load for load in daily_loads if not isnan(load)][: judged.SEED_DAYS]
    return fmean(known) if len(known) == judged.SEED_DAYS else None


def ramp(days: Sequence[Form]) -> float | None:
    """Points of fitness won in the last week; None with less than eight days."""
    return days[-1].fitness - days[-8].fitness if len(days) > 7 else None


def monotony(week: Sequence[float]) -> float | None:
    """Mean of seven daily loads over their standard deviation (Foster 1998, Med Sci Sports Exerc 30:1164).

    Of the sample (n − 1); the paper does not say. None for a week of equal days, one with less than three days
    of training, or with an unknown one.
    """
    if len(week) != 7 or any(map(isnan, week)) or sum(load > 0 for load in week) < judged.MONOTONY_LEAST_DAYS:
        return None
    spread = stdev(week)
    return fmean(week) / spread if spread > 0 else None


def strain(week: Sequence[float]) -> float | None:
    """The week's load times its monotony (Foster 1998)."""
    even = monotony(week)
    return sum(week) * even if even is not None else None


def change_percent(this_week: float, previous_weeks: Sequence[float]) -> float | None:
    """This week's load against the mean of the three before it, in percent; None where these are not all known or 0."""
    if len(previous_weeks) != 3:
        return None
    usual = fmean(previous_weeks)
    change = 100 * (this_week - usual) / usual if usual > 0 else None
    return None if change is None or isnan(change) else change
