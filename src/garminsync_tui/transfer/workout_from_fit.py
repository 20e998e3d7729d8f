"""A FIT file as a workout; what has no words here is reported and never lost in silence."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..errors import FileDamaged
from ..formats.fit_workout import Amount, FitSession, FitStep, FitTarget, read_fit_workout
from ..units import MILE_M, POUND_KG, YARD_M
from ..workouts.definition import (
    Calories,
    Distance,
    End,
    Exercise,
    FixedRest,
    Kind,
    Lap,
    Leg,
    Place,
    Pool,
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
from ..workouts.speeds import said
from .fit_workout_words import (
    EQUIPMENT_BACK,
    KINDS_BACK,
    ON_FOOT,
    SPORTS_BACK,
    STEPS_PER_STRIDE,
    STROKES_BACK,
    Lost,
)


def from_fit(path: Path) -> tuple[Workout, list[Lost]]:
    """The workout of a FIT file, and what of it has no words here. Raises FileDamaged."""
    fit = read_fit_workout(path)
    reading = _Reading(path.name)
    whole = _sport(fit.whole)
    if len(fit.sessions) > 1 or (fit.sessions and whole == "multi_sport"):
        steps: Any = tuple(reading.leg(number, session, fit.steps) for number, session in enumerate(fit.sessions, 1))
        workout = Workout(sport="multi_sport", name=fit.name, note=fit.description, pool=_pool(fit.whole), steps=steps)
        return workout, reading.lost
    session = fit.sessions[0] if fit.sessions else fit.whole
    sport = _sport(session)
    if sport == "multi_sport":
        raise FileDamaged(path.name, "has several sports and does not say which steps are of which")
    items = reading.items(fit.steps, 0, (), sport, session.pool_in_yards)
    return Workout(sport=sport, name=fit.name, note=fit.description, pool=_pool(session), steps=items), reading.lost


def _sport(session: FitSession) -> Sport:
    """By sport and kind, else by sport alone: a trail run is a run."""
    if session.sport in {"swimming", "hiit"}:
        return "swimming" if session.sport == "swimming" else "hiit"
    fit = session.sport, session.sub_sport
    return SPORTS_BACK.get(fit) or SPORTS_BACK.get((session.sport, "generic"), "other")


def _pool(session: FitSession) -> Pool | None:
    if session.pool_m is None:
        return None
    if session.pool_in_yards:
        return Pool(round(session.pool_m / YARD_M, 1) or session.pool_m / YARD_M, "yd")
    return Pool(session.pool_m)


_ZONES = {"heart_rate": 5, "power": 7}


class _Reading:
    """Builds nested steps from the flat list."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.lost: list[Lost] = []

    def leg(self, number: int, session: FitSession, steps: Sequence[FitStep]) -> Leg:
        """The steps of one session as a leg."""
        mine = steps[session.first : session.first + session.count]
        if not mine:
            raise FileDamaged(self._name, "has a sport without steps")
        sport = _sport(session)
        items = self.items(mine, session.first, (number,), sport, session.pool_in_yards)
        return Leg(sport=sport, pool=_pool(session), steps=items)

    def items(
        self, steps: Sequence[FitStep], first: int, place: Place, sport: Sport, yards: bool
    ) -> tuple[Step | Repeat, ...]:
        """Steps and repeats; a repeat takes in what stands from its first step to itself."""
        found: list[tuple[int, Step | Repeat]] = []
        for index, step in enumerate(steps, first):
            where = (*place, len(found) + 1)
            if step.first is None:
                found.append((index, self._step(step, where, sport, yards)))
                continue
            inner = [item for start, item in found if start >= step.first]
            if not inner or not any(start == step.first for start, _ in found):
                raise FileDamaged(self._name, f"its step {index + 1} repeats from a step that is not there")
            del found[-len(inner) :]
            found.append((step.first, self._repeat(step, tuple(inner), (*place, len(found) + 1))))
        if not found:
            raise FileDamaged(self._name, "is a workout without steps")
        return tuple(item for _, item in found)

    def _repeat(self, step: FitStep, items: tuple[Step | Repeat, ...], place: Place) -> Repeat:
        value = step.amount.value if step.amount else 0
        if step.ends == "repeat_until_steps_cmplt" and value >= 1:
            return Repeat(times=int(value), steps=items)
        if step.ends == "repeat_until_time" and value > 0:
            return Repeat(seconds=value, steps=items)
        self.lost.append(Lost(place, f"“{step.ends.replace('_', ' ')}” has no words here, the steps are done once"))
        return Repeat(times=1, steps=items)

    def _step(self, step: FitStep, place: Place, sport: Sport, yards: bool) -> Step:
        kind = KINDS_BACK.get(step.intensity, "interval")
        targets = (step.target, step.second_target)
        strokes = [target.stroke for target in targets if target and target.kind == "swim_stroke"]
        plain = [
            self._target(target, place, sport, yards)
            for target in targets
            if target is not None and target.kind != "swim_stroke"
        ]
        first, second, *_ = (*(target for target in plain if target is not None), None, None)
        return Step(
            kind,
            self._end(step, kind, place, sport, yards),
            first,
            second,
            step.notes or step.name,
            STROKES_BACK.get(strokes[0] or "") if strokes else None,
            None,
            EQUIPMENT_BACK.get(step.equipment),
            self._exercise(step, place),
            _weight(step),
        )

    def _end(self, step: FitStep, kind: Kind, place: Place, sport: Sport, yards: bool) -> End:
        value = step.amount.value if step.amount and not step.amount.percent else 0.0
        end: End | None = Lap() if step.ends == "open" else None
        if value > 0:
            match step.ends:
                case "time" | "time_only":
                    end = FixedRest(value) if sport == "swimming" and kind == "rest" else Time(value)
                case "repetition_time":
                    end = SendOff(value)
                case "distance":
                    end = _distance(value, yards)
                case "calories":
                    end = Calories(value)
                case "reps":
                    end = Reps(int(value))
                case "hr_less_than" | "hr_greater_than":
                    end = UntilHeartRate(bpm=value, until=_until(step.ends))
                case "power_less_than" | "power_greater_than":
                    end = UntilPower(value, _until(step.ends))
        if end is None:
            percent = f" {step.amount.value:g} %" if step.amount and step.amount.percent else ""
            what = f"“{step.ends.replace('_', ' ')}{percent}” has no words here, it ends with the lap button"
            self.lost.append(Lost(place, what))
        return end or Lap()

    def _exercise(self, step: FitStep, place: Place) -> Exercise | None:
        """A category or a name that the profile has no word for is a number in digits."""
        category, name = step.category, (step.exercise or "").upper()
        if category is None or category == "unknown":
            return None
        if category.isdecimal() or name.isdecimal():
            self.lost.append(Lost(place, f"the exercise {category} {name} of FIT has no name here".replace("  ", " ")))
        if category.isdecimal():
            return None
        if name.isdecimal():
            name = ""
        return Exercise(category.upper(), f"_{name}" if name[:1].isdecimal() else name or None)

    def _target(self, target: FitTarget, place: Place, sport: Sport, yards: bool) -> Target | None:
        found: Target | None = None
        if target.low is not None and target.high is not None:
            found = _range(target.kind, target.low, target.high, sport, yards)
        elif target.zone and target.zone <= _ZONES.get(target.kind, 0):
            found = Zone(target.kind, target.zone)  # type: ignore[arg-type]
        if found is None:
            self.lost.append(Lost(place, f"a target of {target.kind.replace('_', ' ')} has no words here"))
        return found


def _range(kind: str, one: Amount, other: Amount, sport: Sport, yards: bool) -> Target | None:
    (low, percent), (high, as_well) = sorted((one, other))
    what, _, over = kind.partition("_") if not kind.startswith("heart_rate") else ("heart_rate", "", kind[11:])
    averaged: Any = over or None
    found: Target | None = None
    match what:
        case "power" if percent == as_well:
            found = Range("power", low, high, "%ftp" if percent else "W", averaged)
        case "heart_rate" if percent == as_well:
            found = Range("heart_rate", low, high, "%mhr" if percent else "bpm", averaged)
        case "cadence" if sport in ON_FOOT:
            found = Range("cadence", low * STEPS_PER_STRIDE, high * STEPS_PER_STRIDE, "spm")
        case "cadence":
            found = Range("cadence", low, high, "spm" if sport == "swimming" else "rpm")
        case "speed" if low > 0 and (sport in ON_FOOT or sport == "swimming") and not averaged:
            unit: Any = ("/100yd" if yards else "/100m") if sport == "swimming" else "/km"
            found = Range("pace", said(high, unit), said(low, unit), unit)
        case "speed":
            found = Range("speed", said(low, "km/h"), said(high, "km/h"), "km/h", averaged)
    return found


def _until(ends: str) -> Any:
    return "below" if ends.endswith("less_than") else "above"


def _distance(meters: float, yards: bool) -> Distance:
    """In the unit in which it is a round number."""
    if yards and abs(meters / YARD_M - round(meters / YARD_M)) < 0.02:
        return Distance(round(meters / YARD_M) * YARD_M, "yd")
    if meters >= 1000 and meters % 100 == 0:
        return Distance(meters, "km")
    miles = round(meters / MILE_M, 2)
    if miles and abs(miles * MILE_M - meters) < 0.02:
        return Distance(miles * MILE_M, "mi")
    return Distance(meters)


def _weight(step: FitStep) -> Weight | None:
    if not step.weight_kg:
        return None
    if step.weight_unit == "pound":
        return Weight(round(step.weight_kg / POUND_KG, 1) or step.weight_kg / POUND_KG, "lb")
    return Weight(step.weight_kg, "kg")
