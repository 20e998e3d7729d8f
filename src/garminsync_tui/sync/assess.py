"""What an activity's numbers mean for one athlete: intensity, stress, load, zones.

Derived from the figures of `measure.py` and the thresholds that held on that day; no file is opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, NamedTuple

from ..training import heart_rate
from ..training.heuristics import LEAST_COVERAGE
from ..training.load import choose_load
from ..training.power import intensity_factor, training_stress
from ..training.running import running_stress
from ..training.sports import Sport
from ..training.swimming import swim_stress


@dataclass(frozen=True, slots=True)
class Athlete:
    """What was known of the athlete on one day; None where it was not."""

    sex: heart_rate.Sex | None = None
    resting_heart_rate_bpm: float | None = None
    max_heart_rate_bpm: float | None = None
    threshold_heart_rate_bpm: float | None = None
    threshold_power_w: float | None = None
    threshold_speed_mps: float | None = None
    critical_swim_speed_mps: float | None = None

    def known(self) -> dict[str, Any]:
        """What is known, as it is kept beside a load."""
        return {name: value for name, value in asdict(self).items() if value is not None}


class Assessment(NamedTuple):
    """Numbers by name, and the one that counts as the activity's load with what it was made from."""

    numbers: dict[str, float]
    load: float | None
    basis: str | None


def assess(figures: Mapping[str, Any], sport: Sport, athlete: Athlete) -> Assessment:
    """Scores of one activity; each is absent where its threshold or its measurement is missing."""
    timer_s = float(figures.get("timer_s", 0))
    scores: dict[str, float | None] = {}
    if sport in {"cycling", "other"} or not figures.get("normalized_speed_mps"):
        scores |= _power(figures, athlete, timer_s)
    if sport == "running":
        speed = figures.get("normalized_speed_mps")
        scores["running_stress"] = running_stress(timer_s, speed, athlete.threshold_speed_mps)
    if sport == "swimming" and (swum := figures.get("swum")):
        scores["swim_stress"] = swim_stress(swum["m"], swum["s"], athlete.critical_swim_speed_mps)
    scores |= _heart_rate(figures, athlete)
    load = choose_load(
        power=scores.get("training_stress"),
        pace=scores.get("running_stress"),
        swim=scores.get("swim_stress"),
        heart_rate=scores.get("heart_rate_stress"),
    )
    numbers = {name: value for name, value in scores.items() if value is not None}
    return Assessment(numbers, load.points, None if load.basis == "none" else load.basis)


#: Stands in for what is not known of somebody, to find out what would be told of them if it were.
_SOMEBODY = Athlete("male", 50.0, 190.0, 170.0, 250.0, 4.0, 1.0)


def unlocked_by(figures: Mapping[str, Any], sport: Sport, athlete: Athlete) -> dict[str, tuple[str, ...]]:
    """The scores that are absent only because something of the athlete is unknown: the attributes that each needs."""
    unknown = [each.name for each in fields(Athlete) if getattr(athlete, each.name) is None]
    known = replace(athlete, **{name: getattr(_SOMEBODY, name) for name in unknown})
    without = {name: assess(figures, sport, replace(known, **{name: None})).numbers for name in unknown}
    told = assess(figures, sport, athlete).numbers
    return {
        score: tuple(name for name in unknown if score not in without[name])
        for score in assess(figures, sport, known).numbers
        if score not in told
    }


def _power(figures: Mapping[str, Any], athlete: Athlete, timer_s: float) -> dict[str, float | None]:
    intensity = intensity_factor(figures.get("normalized_power_w"), athlete.threshold_power_w)
    return {"intensity_factor": intensity, "training_stress": training_stress(timer_s, intensity)}


def _heart_rate(figures: Mapping[str, Any], athlete: Athlete) -> dict[str, float | None]:
    seconds_at = {int(bpm): seconds for bpm, seconds in figures.get("heart_rate_s", {}).items()}
    highest, resting = athlete.max_heart_rate_bpm, athlete.resting_heart_rate_bpm
    if figures.get("coverage", {}).get("heart_rate_bpm", 0) < LEAST_COVERAGE or not highest:
        return {}
    scores = {"edwards": heart_rate.edwards(seconds_at, highest)}
    if resting is not None and resting < highest:
        scores["trimp"] = heart_rate.trimp(seconds_at, resting, highest, athlete.sex)
        scores["heart_rate_stress"] = heart_rate.heart_rate_stress(
            seconds_at, resting, highest, athlete.threshold_heart_rate_bpm, athlete.sex
        )
    return scores
