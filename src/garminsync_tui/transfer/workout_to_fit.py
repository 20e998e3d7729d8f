"""A workout as a FIT file; what FIT has no words for is reported and never lost in silence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ..errors import InvalidWorkout
from ..formats.fit_workout import (
    LONGEST_POOL_M,
    LONGEST_TEXT_BYTES,
    MOST_STEPS,
    SHORTEST_POOL_M,
    Amount,
    FitSession,
    FitStep,
    FitTarget,
    FitWorkout,
    fit_workout_bytes,
    holds,
    knows_exercise,
)
from ..units import YARD_M
from ..workouts.athlete_terms import is_term
from ..workouts.definition import (
    Calories,
    CssOffset,
    Distance,
    FixedRest,
    Leg,
    OtherEnd,
    OtherTarget,
    Place,
    Range,
    Repeat,
    Reps,
    SendOff,
    Sport,
    Step,
    Target,
    Time,
    UntilHeartRate,
    UntilPower,
    Weight,
    Workout,
    Zone,
)
from ..workouts.speeds import mps_of
from ..workouts.words import in_words
from .fit_workout_words import (
    EQUIPMENT,
    KINDS,
    ON_FOOT,
    SPORTS,
    STEPS_PER_STRIDE,
    STROKES,
    WEIGHTS,
    Lost,
)


def to_fit(workout: Workout, made: datetime) -> tuple[bytes, list[Lost]]:
    """A FIT workout file, and what it does not say.

    Parts of threshold power and of maximum heart rate stay what they are; other terms of the athlete have to be
    resolved before. Raises InvalidWorkout where there are too many steps for any watch.
    """
    writing = _Writing()
    sessions: list[FitSession] = []
    for number, item in enumerate(workout.steps, 1):
        first = len(writing.steps)
        if isinstance(item, Leg):
            writing.add_all(item.steps, (number,), item.sport)
            sessions.append(writing.session(item, (number,), first))
        else:
            writing.add(item, (number,), workout.sport)
    if len(writing.steps) > MOST_STEPS:
        raise InvalidWorkout((), f"has more than {MOST_STEPS} steps", hint="No watch takes so many.")
    if workout.transitions:
        writing.lose((), "FIT says nothing of transitions between legs")
    whole = writing.session(workout, (), 0)
    name, note = writing.text((), "name", workout.name), writing.text((), "note", workout.note)
    return fit_workout_bytes(FitWorkout(whole, tuple(writing.steps), name, note, tuple(sessions)), made), writing.lost


class _Writing:
    """The flat list of steps that FIT has: a repeat stands behind its steps and says where they begin."""

    def __init__(self) -> None:
        self.steps: list[FitStep] = []
        self.lost: list[Lost] = []

    def lose(self, place: Place, what: str) -> None:
        self.lost.append(Lost(place, what))

    def text(self, place: Place, what: str, text: str | None) -> str | None:
        if text and len(text.encode()) > LONGEST_TEXT_BYTES:
            self.lose(place, f"its {what} is cut after {LONGEST_TEXT_BYTES} bytes")
        return text

    def session(self, part: Workout | Leg, place: Place, first: int) -> FitSession:
        """A leg, or the whole: its sport and its pool, from its first step to the last that there is."""
        if part.garmin:
            self.lose(place, "what Garmin alone knows of it is left out")
        if part.sport == "rucking":
            self.lose(place, "FIT has no rucking, it is written as walking")
        pool_m, yards = None, False
        if pool := part.pool:
            yards = pool.unit == "yd"
            pool_m = pool.length * (YARD_M if yards else 1)
            if not SHORTEST_POOL_M <= pool_m <= LONGEST_POOL_M:
                self.lose(place, "FIT has no room for such a pool")
                pool_m = None
        return FitSession(*SPORTS[part.sport], pool_m, yards, first, len(self.steps) - first)

    def add_all(self, items: Sequence[Step | Repeat], place: Place, sport: Sport) -> None:
        for number, item in enumerate(items, 1):
            self.add(item, (*place, number), sport)

    def add(self, item: Step | Repeat, place: Place, sport: Sport) -> None:
        if isinstance(item, Step):
            self.steps.append(self._step(item, place, sport))
            return
        first = len(self.steps)
        self.add_all(item.steps, place, sport)
        if not holds("repeat_until_time", Amount(item.seconds or item.times or 1)):
            self.lose(place, "FIT has no room for so many times, it is done once")
            return
        if item.garmin:
            self.lose(place, "what Garmin alone knows of it is left out")
        if item.skip_last_rest:
            self.lose(place, "the last rest is not left out")
        if item.seconds is not None:
            self.steps.append(FitStep("repeat_until_time", Amount(item.seconds), first, intensity="active"))
        else:
            self.steps.append(FitStep("repeat_until_steps_cmplt", Amount(item.times or 1), first, intensity="active"))

    def _step(self, step: Step, place: Place, sport: Sport) -> FitStep:
        if step.kind == "main":
            self.lose(place, "FIT has no main part, it is written as an interval")
        if step.drill:
            self.lose(place, f"FIT has no {step.drill} drill")
        if step.garmin:
            self.lose(place, "what Garmin alone knows of it is left out")
        ends, amount = self._end(step, place)
        first, second = self._targets(step, place, sport)
        category, exercise = self._exercise(step, place)
        weight = step.weight
        if weight == "bodyweight":
            self.lose(place, "FIT has no body weight")
        unit, kg = WEIGHTS[weight.unit] if isinstance(weight, Weight) else (None, 1.0)
        return FitStep(
            ends,
            amount,
            None,
            first,
            second,
            KINDS[step.kind],
            None,
            self.text(place, "note", step.note),
            EQUIPMENT[step.equipment] if step.equipment else None,
            category,
            exercise,
            weight.value * kg if isinstance(weight, Weight) else None,
            unit,
        )

    def _end(self, step: Step, place: Place) -> tuple[str, Amount | None]:
        ends = "open"
        value: float | None = None
        match step.end:
            case Time(value) | FixedRest(value):
                ends = "time"
            case SendOff(value):
                ends = "repetition_time"
            case Distance(value):
                ends = "distance"
            case Calories(value):
                ends = "calories"
            case Reps(value):
                ends = "reps"
            case UntilHeartRate(value, until=until) if value is not None:
                ends = f"hr_{self._side(step, place, until)}"
            case UntilHeartRate(zone=zone):
                self.lose(place, f"FIT cannot wait for heart-rate zone {zone}, it ends with the lap button")
            case UntilPower(value, until):
                ends = f"power_{self._side(step, place, until)}"
            case OtherEnd(id=number):
                self.lose(place, f"Garmin's condition {number} ends it, in FIT the lap button")
        amount = None if value is None else Amount(value)
        if not holds(ends, amount):
            self.lose(place, "FIT has no room for so much, it ends with the lap button")
            return "open", None
        return ends, amount

    def _side(self, step: Step, place: Place, until: str | None) -> str:
        if until is None:
            until = "below" if step.kind in {"recovery", "rest"} else "above"
            self.lose(place, f"it does not say from which side it ends, “{until}” is written")
        return "less_than" if until == "below" else "greater_than"

    def _targets(self, step: Step, place: Place, sport: Sport) -> tuple[FitTarget | None, FitTarget | None]:
        found = [
            fit
            for target in (step.target, step.second_target)
            if target is not None and (fit := self._target(target, place, sport)) is not None
        ]
        if step.stroke == "any":
            self.lose(place, "FIT does not say “any stroke”, it has no stroke")
        elif step.stroke:
            found.insert(0, FitTarget("swim_stroke", stroke=STROKES[step.stroke]))
        if len(found) > 2:
            self.lose(place, "FIT has no room for a second target beside the stroke")
        first, second, *_ = (*found, None, None)
        return first, second

    def _target(self, target: Target, place: Place, sport: Sport) -> FitTarget | None:
        found: FitTarget | None = None
        match target:
            case Zone(of, zone):
                found = FitTarget(of, zone)
            case Range(of="power", unit=unit, averaged=averaged):
                found = _between(f"power_{averaged}" if averaged else "power", target, percent=unit == "%ftp")
            case Range(of="heart_rate", unit="bpm" | "%mhr" as unit, averaged=averaged):
                found = _between("heart_rate_lap" if averaged else "heart_rate", target, percent=unit == "%mhr")
            case Range(of="pace", low=low, high=high, unit=unit) if unit != "%tp" and low > 0:
                found = FitTarget("speed", None, Amount(mps_of(high, unit)), Amount(mps_of(low, unit)))
            case Range(of="speed", unit=unit, averaged=averaged):
                found = _between("speed_lap" if averaged else "speed", target, mps_of(1, unit))
            case Range(of="cadence", low=low, high=high, unit="spm") if sport in ON_FOOT:
                if low % STEPS_PER_STRIDE or high % STEPS_PER_STRIDE:
                    self.lose(place, f"FIT counts strides, {in_words(target)} is rounded to even steps")
                found = _between("cadence", target, 1 / STEPS_PER_STRIDE)
            case Range(of="cadence"):
                found = _between("cadence", target)
        if found is None:
            self.lose(place, _unsaid(target, sport))
        elif not (holds(found.kind, found.low) and holds(found.kind, found.high)):
            self.lose(place, f"FIT has no room for {in_words(target)}, it is left out")
            found = None
        return found

    def _exercise(self, step: Step, place: Place) -> tuple[str | None, str | None]:
        if step.exercise is None:
            return None, None
        category = step.exercise.category.lower()
        name = step.exercise.name.lower().lstrip("_") if step.exercise.name else None
        if knows_exercise(category, name):
            return category, name
        known = category if knows_exercise(category, None) else None
        self.lose(place, f"FIT has no number for {step.exercise.name if known else step.exercise.category}")
        return known, None


def _unsaid(target: Target, sport: Sport) -> str:
    """Why a target is left out."""
    match target:
        case OtherTarget(id=number):
            return f"FIT has no word for Garmin's target {number}"
        case _ if is_term(target, sport):
            return f"{in_words(target)} has to be resolved before, it is left out"
        case Range(of=of):
            return f"FIT has no target of {of}"
        case CssOffset():
            return "FIT has no critical swim speed, the target is left out"
    return f"FIT has no words for how hard to swim, “{in_words(target)}” is left out"


def _between(kind: str, target: Range, factor: float = 1, *, percent: bool = False) -> FitTarget:
    return FitTarget(kind, None, Amount(target.low * factor, percent), Amount(target.high * factor, percent))
