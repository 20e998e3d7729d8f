"""Garmin's document of a workout: numbered before their children, one intensity to a step, speeds in m/s."""

from __future__ import annotations

from itertools import count
from typing import Any

from ..errors import InvalidWorkout
from .definition import (
    Calories,
    CssOffset,
    Distance,
    Effort,
    End,
    FixedRest,
    Lap,
    Leg,
    OtherEnd,
    OtherTarget,
    Place,
    Pool,
    Range,
    Repeat,
    Reps,
    SendOff,
    Step,
    Target,
    Time,
    UntilHeartRate,
    UntilPower,
    Weight,
    Workout,
    Zone,
)
from .garmin_fields import STEP_FIELDS
from .speeds import mps_of
from .vocabulary import DRILLS, EFFORTS, ENDS, EQUIPMENT, SPORTS, STEPS, STROKES, TARGETS, UNITS, Table

Fields = dict[str, Any]

#: Parts of what the athlete can do: Garmin has no such targets.
_ATHLETES_UNITS = frozenset({"%mhr", "%lthr", "%ftp", "%tp"})
_COMPARE = {"above": "gt", "below": "lt"}
#: A pace of an hour for 100 m still comes back to the second.
_DIGITS = 7


def to_garmin(workout: Workout) -> Fields:
    """The document of a workout, as it is sent to be created.

    Raises InvalidWorkout, with the place, for a target in the athlete's own terms: these are resolved before.
    """
    segments = [segment_of(leg, workout, place) for place, leg in legs_of(workout)]
    return numbered({**workout_fields(workout), "workoutSegments": segments})


def legs_of(workout: Workout) -> list[tuple[Place, Leg]]:
    """The legs with the places that their steps count from: a single sport is one leg, and its steps the top ones."""
    legs: list[tuple[Place, Leg]] = [
        ((number,), item) for number, item in enumerate(workout.steps, 1) if isinstance(item, Leg)
    ]
    if workout.sport == "multi_sport":
        return legs
    kept = workout.garmin.get("workoutSegments")
    garmin = kept[0] if isinstance(kept, list) and kept and isinstance(kept[0], dict) else {}
    steps: Any = workout.steps
    return [((), Leg(sport=workout.sport, steps=steps, garmin=garmin))]


def segment_of(leg: Leg, workout: Workout, place: Place) -> Fields:
    """A leg with its steps."""
    steps = [item_of(item, workout, leg, (*place, number)) for number, item in enumerate(leg.steps, 1)]
    return {**leg_fields(leg, workout), "workoutSteps": steps}


def item_of(item: Step | Repeat, workout: Workout, leg: Leg, place: Place) -> Fields:
    """A step, or a repeat with what is in it; without numbers."""
    if isinstance(item, Step):
        return {"type": "ExecutableStepDTO", **step_fields(item, workout, leg, place)}
    steps = [item_of(child, workout, leg, (*place, number)) for number, child in enumerate(item.steps, 1)]
    return {"type": "RepeatGroupDTO", "smartRepeat": False, **repeat_fields(item), "workoutSteps": steps}


def numbered(document: Fields) -> Fields:
    """Number the segments; the steps, each before what is in it; and the repeats, whose number their steps carry."""
    steps, groups = count(1), count(1)

    def number(items: list[Fields], group: int | None) -> None:
        for item in items:
            item["stepOrder"] = next(steps)
            children = item.get("workoutSteps")
            own = group if children is None else next(groups)
            if own or "childStepId" in item:
                item["childStepId"] = own
            number(children or [], own)

    for order, segment in enumerate(document["workoutSegments"], 1):
        segment["segmentOrder"] = order
        number(segment["workoutSteps"], None)
    return document


def workout_fields(workout: Workout) -> Fields:
    """What a workout says about itself, and what Garmin said about it that nobody here understands."""
    fields: Fields = {name: value for name, value in workout.garmin.items() if name != "workoutSegments"}
    fields |= {"sportType": SPORTS.document(workout.sport), **_pool(workout.pool)}
    if workout.name:
        fields["workoutName"] = workout.name
    if workout.note:
        fields["description"] = workout.note
    if workout.sport == "multi_sport":
        fields["isSessionTransitionEnabled"] = workout.transitions
    return fields


def leg_fields(leg: Leg, workout: Workout) -> Fields:
    """What a segment says about itself: one in a pool needs the pool, even where the workout has it."""
    pool = leg.pool or (workout.pool if leg.sport == "swimming" else None)
    return {**leg.garmin, "sportType": SPORTS.document(leg.sport), **_pool(pool)}


def repeat_fields(repeat: Repeat) -> Fields:
    """What a repeat says about itself."""
    fields: Fields = {**repeat.garmin, "stepType": STEPS.document("repeat")}
    if repeat.skip_last_rest:
        fields["skipLastRestStep"] = True
    if repeat.seconds is not None:
        return {**fields, "endCondition": ENDS.document("time"), "endConditionValue": repeat.seconds}
    fields["numberOfIterations"] = repeat.times
    if "endCondition" not in fields:
        fields |= {"endCondition": ENDS.document("iterations"), "endConditionValue": repeat.times}
    return fields


def step_fields(step: Step, workout: Workout, leg: Leg, place: Place) -> Fields:
    """What a step says. In a pool its first target goes to Garmin's second slot."""
    first, second = step.target, step.second_target
    primary, secondary = (second, first) if leg.sport == "swimming" else (first, second)
    slots = _Slots(workout.sport, leg.sport, place)
    fields: Fields = {**step.garmin}
    if step.kind != "other" or "stepType" not in fields:
        fields["stepType"] = STEPS.document(step.kind)
    return {
        **fields,
        **_end(step.end),
        **(slots.document(primary, "primary") if primary else {"targetType": TARGETS.document("none")}),
        **(slots.document(secondary, "secondary") if secondary else {}),
        **({"description": step.note} if step.note else {}),
        **_one("strokeType", STROKES, step.stroke),
        **_one("drillType", DRILLS, step.drill),
        **_one("equipmentType", EQUIPMENT, step.equipment),
        **_exercise(step),
        **_weight(step.weight),
    }


def _one(field: str, table: Table, word: str | None) -> Fields:
    return {field: table.document(word)} if word else {}


def _exercise(step: Step) -> Fields:
    if step.exercise is None:
        return {}
    name = {"exerciseName": step.exercise.name} if step.exercise.name else {}
    return {"category": step.exercise.category, **name}


def _weight(weight: Weight | str | None) -> Fields:
    if isinstance(weight, Weight):
        # The number as it is shown: without its unit the server drops it.
        return {"weightValue": weight.value, "weightUnit": UNITS[weight.unit]}
    return {"relativeWeight": "BODY_WEIGHT"} if weight else {}


def _pool(pool: Pool | None) -> Fields:
    return {"poolLength": pool.length, "poolLengthUnit": UNITS[pool.unit]} if pool else {}


_VALUES: dict[type[End], tuple[str, str]] = {
    Time: ("time", "seconds"),
    Distance: ("distance", "meters"),
    Calories: ("calories", "kcal"),
    UntilHeartRate: ("heart_rate", "bpm"),
    UntilPower: ("power", "watts"),
    Reps: ("reps", "count"),
    FixedRest: ("fixed_rest", "seconds"),
    SendOff: ("send_off", "seconds"),
}


def _end(end: End) -> Fields:
    if isinstance(end, Lap):
        return {"endCondition": ENDS.document("lap")}
    if isinstance(end, OtherEnd):
        value = {} if end.value is None else {"endConditionValue": end.value}
        return {"endCondition": _known_by_number(end.id, end.key, ENDS), **value}
    word, attribute = _VALUES[type(end)]
    fields: Fields = {"endCondition": ENDS.document(word)}
    value = getattr(end, attribute)
    if value is not None:
        fields["endConditionValue"] = value
    if isinstance(end, Distance):
        fields["preferredEndConditionUnit"] = UNITS[end.unit]
    if isinstance(end, UntilHeartRate) and end.zone is not None:
        fields["endConditionZone"] = end.zone
    if isinstance(end, UntilHeartRate | UntilPower) and end.until is not None:
        fields["endConditionCompare"] = _COMPARE[end.until]
    return fields


def _known_by_number(number: int, key: str | None, table: Table) -> Fields:
    term = table.by_id(number)
    return {table.id_field: number, table.key_field: key or (term.key if term else None)}


class _Slots:
    """Writes targets of one step into its two slots."""

    def __init__(self, workout_sport: str, sport: str, place: Place) -> None:
        self._multi = workout_sport == "multi_sport"
        self._swims = sport == "swimming"
        self._place = place

    def document(self, target: Target, slot: str) -> Fields:
        type_field, one, two, zone, unit = STEP_FIELDS[slot]
        if isinstance(target, OtherTarget):
            values = {one: target.one, two: target.two, zone: target.zone}
            known = {name: value for name, value in values.items() if value is not None}
            return {type_field: _known_by_number(target.id, target.key, TARGETS), **known}
        if isinstance(target, Zone):
            return {type_field: TARGETS.document(target.of), zone: target.zone}
        if isinstance(target, Effort) and self._swims:
            return {type_field: TARGETS.document("effort"), one: EFFORTS[target.word]}
        if isinstance(target, CssOffset) and self._swims:
            return {type_field: TARGETS.document("css"), one: target.offset_s}
        if not isinstance(target, Range) or target.unit in _ATHLETES_UNITS or target.of == "rpe":
            raise self._unresolved(target)
        word = f"{target.of} {target.averaged}" if target.averaged else target.of
        first, last = self._ends(target)
        fields = {type_field: TARGETS.document(word), one: first, two: last}
        if self._swims and target.of == "pace":
            fields[unit] = UNITS["yd" if target.unit == "/100yd" else "m"]
            if first == last:
                del fields[two]
        return fields

    def _ends(self, target: Range) -> tuple[float, float]:
        if target.of == "pace":
            return round(mps_of(target.low, target.unit), _DIGITS), round(mps_of(target.high, target.unit), _DIGITS)
        if target.of == "speed":
            return round(mps_of(target.high, target.unit), _DIGITS), round(mps_of(target.low, target.unit), _DIGITS)
        if target.of == "power" and self._multi:
            return target.high, target.low
        return target.low, target.high

    def _unresolved(self, target: Target) -> InvalidWorkout:
        what = (
            f"{target.low:g}-{target.high:g} {target.unit or target.of}" if isinstance(target, Range) else "its target"
        )
        return InvalidWorkout(
            self._place,
            f"{what} is not known to Garmin as it is written",
            hint="Such a target is worked out from your zones and thresholds before it is sent.",
        )
