"""Targets in the athlete's terms (88-94 %ftp, RPE 7, "easy", 10 km pace) as the watts, beats and paces of today.

A definition keeps the words; what goes to Garmin, who knows none of them, is what they mean now.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, floor, log
from typing import Any, NamedTuple

from msgspec.structs import replace

from ..errors import InvalidWorkout
from ..units import race
from .athlete import SETTINGS, Athlete, how_to_tell
from .definition import (
    Effort,
    EffortWord,
    Leg,
    Place,
    RacePace,
    Range,
    Repeat,
    Sport,
    Step,
    Target,
    Workout,
    place_words,
    walk,
)
from .words import in_words

# ── The rules ────────────────────────────────────────────────────────────────────────────────────────────────


class Bands(NamedTuple):
    """What an effort is in percent: of threshold power, of threshold and critical speed, of threshold heart rate."""

    power: tuple[float, float]
    speed: tuple[float, float]
    swim: tuple[float, float]
    heart_rate: tuple[float, float]


#: Perceived exertion, 1 to 10. Outer bounds are those of Coggan's levels of power (Allen and Coggan 2006: 55, 75, 90,
#: 105, 120 %) and of Friel's zones of pace (as speed: 78, 88, 94, 101, 111 %) and heart rate (85, 90, 95, 100, 106 %).
#: Judgement: which points of exertion belong to which level, the bounds within one, and all of swimming.
EXERTION: dict[int, Bands] = {
    1: Bands((45, 55), (70, 78), (75, 82), (75, 85)),
    2: Bands((55, 65), (78, 83), (82, 86), (85, 88)),
    3: Bands((65, 75), (83, 88), (86, 90), (88, 90)),
    4: Bands((75, 83), (88, 91), (90, 93), (90, 93)),
    5: Bands((83, 90), (91, 94), (93, 96), (93, 95)),
    6: Bands((90, 98), (94, 98), (96, 98), (95, 98)),
    7: Bands((98, 105), (98, 101), (98, 101), (98, 100)),
    8: Bands((105, 112), (101, 105), (101, 104), (100, 103)),
    9: Bands((112, 120), (105, 111), (104, 108), (103, 106)),
    10: Bands((120, 150), (111, 125), (108, 118), (106, 110)),
}
#: Judgement: the exertion of a word. What rises or falls from one repetition to the next has none.
EFFORTS: dict[EffortWord, tuple[int, int]] = {
    "recovery": (1, 1),
    "very_easy": (1, 2),
    "easy": (2, 3),
    "moderate": (4, 5),
    "hard": (6, 7),
    "very_hard": (8, 9),
    "fast": (8, 9),
    "all_out": (10, 10),
}
#: In a pool Garmin knows words and no numbers.
POOL_WORDS: dict[int, EffortWord] = {
    1: "recovery", 2: "very_easy", 3: "easy", 4: "moderate", 5: "moderate",
    6: "hard", 7: "hard", 8: "very_hard", 9: "very_hard", 10: "all_out",
}  # fmt: skip
#: What effort is measured by; sports that are not here have it as a note: nobody's sets of squats have a pace.
MEASURED_BY: dict[Sport, str] = {
    "cycling": "power",
    "running": "pace",
    "walking": "heart_rate",
    "rucking": "heart_rate",
    "cardio_training": "heart_rate",
    "hiit": "heart_rate",
    "other": "heart_rate",
}
#: Judgement: a single value is held within so many percent of it on both sides; a watch would complain all the time.
WIDTH_PERCENT = {"power": 3.0, "heart_rate": 2.0, "pace": 1.5}
#: Riegel 1981 (Am Sci 69:285): time grows with this power of distance. Amateurs slow down more over long distances
#: (Vickers and Vertosick 2016), so a pace for another distance lies between both.
RIEGEL = (1.06, 1.08)
#: Judgement: times and ratios of distances between which Riegel is believed, and how exact a race pace is.
RIEGEL_S = (210.0, 230 * 60.0)
RIEGEL_RATIO = 4.0
RACE_WIDTH_PERCENT = 1.0

#: No watts, beats or seconds a kilometre are more.
_MOST = 100_000.0
_OF_ATHLETE = {
    "%ftp": ("threshold_power_w", "W"),
    "%mhr": ("max_heart_rate_bpm", "bpm"),
    "%lthr": ("threshold_heart_rate_bpm", "bpm"),
}
_ON_FOOT = ("running", "walking", "rucking")


class TermUnknown(Exception):
    """A term that nobody can resolve: why, and which attributes of the athlete (or what else) would help."""

    def __init__(self, reason: str, attributes: tuple[str, ...] = (), hint: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.attributes = attributes
        self.hint = hint or how_to_tell(*attributes)


# ── One target ───────────────────────────────────────────────────────────────────────────────────────────────


def is_term(target: Target | None, sport: Sport) -> bool:
    """Whether a target says something of the athlete that Garmin has no word for."""
    match target:
        case Range(of="rpe") | RacePace():
            return True
        case Range(unit=unit):
            return unit in _OF_ATHLETE or unit == "%tp"
        case Effort():
            return sport != "swimming"
    return False


def absolute(target: Target, sport: Sport, athlete: Athlete) -> Target | None:
    """What a target means for this athlete, not rounded; None where it can only be read. Raises TermUnknown."""
    match target:
        case Range(unit="%ftp") if sport in _ON_FOOT:
            raise TermUnknown(
                f"{in_words(target)} is of cycling; the threshold power of {sport} is not known here",
                hint="Write the watts.",
            )
        case Range(of=of, low=low, high=high, unit=unit, averaged=averaged) if unit in _OF_ATHLETE:
            name, plain = _OF_ATHLETE[unit]
            whole = _known(athlete, name, target)
            return Range(of, low * whole / 100, high * whole / 100, plain, averaged)  # type: ignore[arg-type]
        case Range(low=low, high=high, unit="%tp"):
            return _pace(sport, low, high, target, athlete)
        case Range(of="rpe", low=low, high=high):
            return _effort(sport, floor(low), ceil(high), target, athlete)
        case Effort(word) if sport != "swimming":
            if word not in EFFORTS:
                raise TermUnknown(f"“{word}” goes from one repetition to the next, only in a pool", hint="Use a range.")
            return _effort(sport, *EFFORTS[word], target, athlete)
        case RacePace():
            return _race_pace(target, sport, athlete)
    return target


def _known(athlete: Athlete, name: str, target: Target) -> float:
    value: float | None = getattr(athlete, name)
    if not value:
        raise TermUnknown(f"{in_words(target)} needs your {SETTINGS[name][1]}, which is not known", (name,))
    return value


def _pace(sport: Sport, low_percent: float, high_percent: float, target: Target, athlete: Athlete) -> Range:
    """Percents of threshold speed: more is faster."""
    swum = sport == "swimming"
    threshold = _known(athlete, "critical_swim_speed_mps" if swum else "threshold_speed_mps", target)
    length, unit = (100.0, "/100m") if swum else (1000.0, "/km")
    if low_percent <= 0:
        raise TermUnknown(f"{in_words(target)} is no speed", hint="Percents of threshold pace are above 0.")
    whole = 100 * length / threshold
    return Range("pace", whole / high_percent, whole / low_percent, unit)  # type: ignore[arg-type]


def _effort(sport: Sport, low: int, high: int, target: Target, athlete: Athlete) -> Target | None:
    low, high = (min(max(exertion, 1), 10) for exertion in (low, high))
    if sport == "swimming":
        return Effort(POOL_WORDS[round((low + high) / 2)])
    lowest, highest = EXERTION[low], EXERTION[high]
    match MEASURED_BY.get(sport):
        case "power":
            whole = _known(athlete, "threshold_power_w", target)
            return Range("power", lowest.power[0] * whole / 100, highest.power[1] * whole / 100, "W")
        case "pace":
            return _pace(sport, lowest.speed[0], highest.speed[1], target, athlete)
        case "heart_rate":
            whole = _known(athlete, "threshold_heart_rate_bpm", target)
            return Range("heart_rate", lowest.heart_rate[0] * whole / 100, highest.heart_rate[1] * whole / 100, "bpm")
    return None


def _race_pace(target: RacePace, sport: Sport, athlete: Athlete) -> Range:
    if sport != "running":
        raise TermUnknown(f"{in_words(target)} is a runner's", hint="Write the pace or the speed.")
    usable = {
        meters: seconds
        for meters, seconds in athlete.best_runs_s.items()
        if meters == target.meters
        or (RIEGEL_S[0] <= seconds <= RIEGEL_S[1] and 1 / RIEGEL_RATIO <= target.meters / meters <= RIEGEL_RATIO)
    }
    if not usable:
        raise TermUnknown(
            f"{in_words(target)} needs a recent run over {race(target.meters)}, or a like distance",
            hint="Write the pace, or sync a run that was raced.",
        )
    ran_m = min(usable, key=lambda meters: abs(log(meters / target.meters)))
    paces = [usable[ran_m] * (target.meters / ran_m) ** power / target.meters * 1000 for power in RIEGEL]
    low = min(paces) * (1 - RACE_WIDTH_PERCENT / 100) + target.offset_s
    high = max(paces) * (1 + RACE_WIDTH_PERCENT / 100) + target.offset_s
    if low <= 0:
        raise TermUnknown(f"{in_words(target)} is no speed", hint="Take fewer seconds off.")
    return Range("pace", low, high, "/km")


# ── A workout ────────────────────────────────────────────────────────────────────────────────────────────────


def resolved(workout: Workout, athlete: Athlete) -> Workout:
    """The workout with every term of the athlete's as what it means today. Raises InvalidWorkout, with the place."""
    return replace(workout, steps=_resolved_items(workout.steps, (), workout.sport, athlete))


def _resolved_items(items: tuple[Any, ...], place: Place, sport: Sport, athlete: Athlete) -> tuple[Any, ...]:
    """Each item as what it was: a step as a step, a leg as a leg."""
    return tuple(_resolved_item(item, (*place, number), sport, athlete) for number, item in enumerate(items, 1))


def _resolved_item(item: Step | Repeat | Leg, place: Place, sport: Sport, athlete: Athlete) -> Step | Repeat | Leg:
    if isinstance(item, Step):
        return _resolved_step(item, place, sport, athlete)
    inner = item.sport if isinstance(item, Leg) else sport
    return replace(item, steps=_resolved_items(item.steps, place, inner, athlete))


def _resolved_step(step: Step, place: Place, sport: Sport, athlete: Athlete) -> Step:
    notes = [step.note] if step.note else []
    targets: list[Target | None] = []
    for target in (step.target, step.second_target):
        if target is None or not is_term(target, sport):
            targets.append(target)
            continue
        try:
            targets.append(_whole(target, sport, athlete))
        except TermUnknown as problem:
            raise InvalidWorkout(place, problem.reason, hint=problem.hint) from None
        if targets[-1] is None:
            notes.append(in_words(target))
    first, second = targets
    return replace(step, target=first, second_target=second, note="; ".join(notes) or None)


def _whole(target: Target, sport: Sport, athlete: Athlete) -> Target | None:
    """What a term means in whole watts, beats and seconds, wide enough to be held."""
    found = absolute(target, sport, athlete)
    if not isinstance(found, Range):
        return found
    low, high = found.low, found.high
    if low == high:
        width = WIDTH_PERCENT[found.of] / 100
        low, high = low * (1 - width), high * (1 + width)
    if not (0.5 < low <= high < _MOST or (found.of == "power" and 0 <= low <= high < _MOST)):
        raise TermUnknown(f"{in_words(target)} cannot be held by anybody", hint="Write another value.")
    return replace(found, low=float(round(low)), high=float(round(high)))


# ── What changes when the athlete does ───────────────────────────────────────────────────────────────────────


class TermChange(NamedTuple):
    """A step whose words mean something else than before."""

    place: Place
    term: str
    before: str
    now: str

    def __str__(self) -> str:
        return f"Step {place_words(self.place)}: {self.term} was {self.before}, is {self.now}."


def terms_changed(workout: Workout, before: Athlete, now: Athlete) -> list[TermChange]:
    """What a push would change because the athlete did."""
    return [
        TermChange(place, in_words(target), then, today)
        for place, sport, target in _terms(workout)
        if (then := _meaning(target, sport, before)) != (today := _meaning(target, sport, now))
    ]


def _terms(workout: Workout) -> Iterator[tuple[Place, Sport, Target]]:
    sport = workout.sport
    for place, item in walk(workout.steps):
        if isinstance(item, Leg):
            sport = item.sport
        elif isinstance(item, Step):
            for target in (item.target, item.second_target):
                if target is not None and is_term(target, sport):
                    yield place, sport, target


def _meaning(target: Target, sport: Sport, athlete: Athlete) -> str:
    try:
        return in_words(_whole(target, sport, athlete))
    except TermUnknown:
        return "not known"
