"""What a workout is called that nobody has named."""

from __future__ import annotations

from msgspec.structs import replace

from ..units import duration, number
from .definition import Distance, Leg, Repeat, Reps, Step, Time, Workout, walk

SPORTS = {
    "running": "Run",
    "cycling": "Ride",
    "swimming": "Swim",
    "walking": "Walk",
    "strength_training": "Strength",
    "cardio_training": "Cardio",
    "yoga": "Yoga",
    "pilates": "Pilates",
    "hiit": "HIIT",
    "mobility": "Mobility",
    "rucking": "Ruck",
    "multi_sport": "Multisport",
    "other": "Workout",
}
_METERS = {"m": 1.0, "km": 1000.0, "mi": 1609.344, "yd": 0.9144}
_AT_REST = ("warmup", "cooldown", "recovery", "rest")


def named(workout: Workout) -> Workout:
    """The workout with a name, its own or one made from what it is."""
    return replace(workout, name=(workout.name or "").strip() or name_of(workout))


def name_of(workout: Workout) -> str:
    """Its sport and its main part: "Run 5 × 400 m"."""
    sport = SPORTS[workout.sport]
    if workout.sport == "multi_sport":
        return " + ".join(SPORTS[leg.sport] for leg in workout.steps if isinstance(leg, Leg))
    for _, item in walk(workout.steps):
        if isinstance(item, Repeat) and item.times and (length := _length(_first_work(item))):
            return f"{sport} {item.times} × {length}"
    work = [item for _, item in walk(workout.steps) if isinstance(item, Step) and item.kind not in _AT_REST]
    length = next((length for each in work if (length := _length(each))), "")
    return f"{sport} {length}".strip()


def _first_work(repeat: Repeat) -> Step | None:
    steps = [item for _, item in walk(repeat.steps) if isinstance(item, Step)]
    return next((step for step in steps if step.kind not in _AT_REST), steps[0] if steps else None)


def _length(step: Step | None) -> str:
    match step.end if step else None:
        case Time(seconds):
            return duration(seconds)
        case Distance(meters, unit):
            unit = "km" if unit == "m" and meters >= 1000 else unit
            found = meters / _METERS[unit]
            return f"{number(found, 0 if found == int(found) else 1)} {unit}"
        case Reps(count):
            return f"{count} reps"
        case _:
            return ""
