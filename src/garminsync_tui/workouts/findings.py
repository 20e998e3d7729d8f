"""What is wrong with a workout, or might be: found while it is written, and before anything is sent.

An error is what Garmin refuses, changes without a word or makes no sense of; a warning is what a watch may take badly.
The schema has seen to the rest: a value is in its place, a repeat has steps, a range has its ends in order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Literal, NamedTuple

from .definition import (
    Distance,
    Exercise,
    FixedRest,
    Leg,
    Place,
    Range,
    Repeat,
    Reps,
    SendOff,
    Step,
    Time,
    UntilHeartRate,
    UntilPower,
    Workout,
    Zone,
    place_words,
    walk,
)
from .vocabulary import CATEGORIES_WITHOUT_NAMES

MOST_STEPS = 50
DEEPEST = 3
MOST_TIMES = 99
LONGEST_NAME = 80
LONGEST_NAME_UTF16 = 256
LONGEST_NOTE = 1024
LONG_STEP_NOTE, LONGEST_STEP_NOTE = 200, 512
#: Shorter distances than this are rather minutes that somebody wrote as metres.
_SHORTEST_M = 50
_COUNTED_SPORTS = frozenset({
    "strength_training", "cardio_training", "yoga", "pilates", "hiit", "mobility", "other",
})  # fmt: skip
#: Longer is a slip of the keys.
_LONGEST_S, _FARTHEST_M = 100 * 3600, 10_000_000
_RPE = (1, 10)
_FAR_SPORTS = frozenset({"running", "cycling", "walking", "rucking"})

Exercises = Mapping[str, Collection[str]]


class Finding(NamedTuple):
    """What is wrong, where, and what to write in its place."""

    place: Place
    severity: Literal["error", "warning"]
    message: str
    suggestion: str = ""

    def __str__(self) -> str:
        where = f"step {place_words(self.place)}: " if self.place else ""
        return f"{where}{self.message}" + (f" ({self.suggestion})" if self.suggestion else "")


def check(workout: Workout, exercises: Exercises | None = None) -> list[Finding]:
    """Everything that is wrong with a workout, by place; exercises are looked up where a list of them is given."""
    found = [*_of_names(workout), *_of_size(workout)]
    if workout.sport == "multi_sport":
        found += _of_legs(workout)
    else:
        found += _of_pool(workout.sport, workout, ())
    for place, item in walk(workout.steps):
        if isinstance(item, Repeat):
            found += _of_repeat(item, place)
        elif isinstance(item, Step):
            found += _of_step(item, place, _sport_at(workout, place), exercises or {})
    return sorted(found, key=lambda finding: (finding.place, finding.severity))


def with_those_of(exercises: Exercises, workout: Workout) -> dict[str, frozenset[str]]:
    """The known exercises and those of a workout that Garmin holds: it knows more than any list."""
    known = {category: frozenset(names) for category, names in exercises.items()}
    for _, item in walk(workout.steps):
        if known and isinstance(item, Step) and item.exercise is not None:
            name = {item.exercise.name} if item.exercise.name else set()
            known[item.exercise.category] = known.get(item.exercise.category, frozenset()) | name
    return known


def utf16_units(text: str) -> int:
    """How long Garmin thinks a text is."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _sport_at(workout: Workout, place: Place) -> str:
    leg = workout.steps[place[0] - 1]
    return leg.sport if isinstance(leg, Leg) else workout.sport


def _of_names(workout: Workout) -> Iterator[Finding]:
    name, note = workout.name or "", workout.note or ""
    if not name.strip():
        yield Finding((), "error", "the workout has no name", 'write one: run "Tuesday"')
    elif (units := utf16_units(name)) > LONGEST_NAME_UTF16:
        yield Finding((), "error", f"Garmin cuts a name after {LONGEST_NAME_UTF16} characters; this has {units}")
    elif len(name) > LONGEST_NAME:
        yield Finding((), "warning", f"a watch shows little of a name of {len(name)} characters")
    if len(note) > LONGEST_NOTE:
        yield Finding((), "warning", f"the note has {len(note)} characters; {LONGEST_NOTE} are known to be kept")
    if workout.sport == "walking":
        yield Finding((), "warning", "not every account of Garmin's has walking workouts", "running is always there")


def _of_size(workout: Workout) -> Iterator[Finding]:
    steps = [(place, item) for place, item in walk(workout.steps) if not isinstance(item, Leg)]
    if len(steps) > MOST_STEPS:
        yield Finding(
            steps[MOST_STEPS][0],
            "error",
            f"the workout has {len(steps)} steps, repeats counted; watches take {MOST_STEPS}",
            "use repeats, or make two workouts of it",
        )
    top = 1 if workout.sport == "multi_sport" else 0
    for place, item in steps:
        level = len(place) - top
        if isinstance(item, Repeat) and level == DEEPEST + 1:
            yield Finding(place, "error", f"repeats lie {level} deep in each other; Garmin takes {DEEPEST}")
        elif isinstance(item, Repeat) and level == DEEPEST:
            yield Finding(place, "warning", f"repeats lie {level} deep in each other; Garmin's own editor shows two")


def _of_pool(sport: str, owner: Workout | Leg, place: Place, inherited: bool = False) -> Iterator[Finding]:
    if sport == "swimming" and owner.pool is None and not inherited:
        yield Finding(place, "error", "a swim needs the length of its pool", "write it: pool 25m")
    if sport != "swimming" and owner.pool is not None:
        yield Finding(place, "warning", "only a swim has a pool")


def _of_legs(workout: Workout) -> Iterator[Finding]:
    legs = [item for item in workout.steps if isinstance(item, Leg)]
    if len(legs) < 2:
        yield Finding((), "error", "Garmin refuses a multisport workout of a single leg", "add a leg")
    for number, leg in enumerate(legs, 1):
        if leg.sport == "multi_sport":
            yield Finding((number,), "error", "a leg has one sport")
        yield from _of_pool(leg.sport, leg, (number,), inherited=workout.pool is not None)
        shape = "".join(_letter(item) for item in leg.steps)
        if shape not in {"I", "R", "WR"} | ({"W"} if number == 1 else set()) | (
            {"IC", "C"} if number == len(legs) else set()
        ):
            yield Finding(
                (number,),
                "warning",
                "Garmin may split a leg of these steps into several",
                "wrap its steps in one repeat: 1x",
            )


def _letter(item: Step | Repeat) -> str:
    if isinstance(item, Repeat):
        return "R"
    return {"warmup": "W", "cooldown": "C"}.get(item.kind, "I")


def _of_repeat(repeat: Repeat, place: Place) -> Iterator[Finding]:
    if repeat.times is not None and repeat.times > MOST_TIMES:
        yield Finding(place, "error", f"{repeat.times} times is more than Garmin's {MOST_TIMES}", "repeat the repeat")


def _of_step(step: Step, place: Place, sport: str, exercises: Exercises) -> Iterator[Finding]:
    yield from _of_note(step, place)
    yield from _of_end(step, place, sport)
    yield from _of_targets(step, place, sport)
    swum = {"stroke": step.stroke, "drill": step.drill, "piece of equipment": step.equipment}
    if sport != "swimming" and (given := [what for what, value in swum.items() if value]):
        yield Finding(place, "error", f"only a swim has a {given[0]}")
    if step.exercise is not None:
        if sport not in _COUNTED_SPORTS:
            yield Finding(place, "warning", "a watch shows exercises in strength workouts and their kin only")
        yield from _of_exercise(step.exercise, place, exercises)
    elif sport == "strength_training" and step.kind == "warmup":
        yield Finding(place, "warning", "a warm-up without an exercise counts as a set", "give it an exercise")


def _of_note(step: Step, place: Place) -> Iterator[Finding]:
    length = len(step.note or "")
    if length > LONGEST_STEP_NOTE:
        yield Finding(place, "error", f"the note has {length} characters; a step's may have {LONGEST_STEP_NOTE}")
    elif length > LONG_STEP_NOTE:
        yield Finding(place, "warning", f"a watch may not show a note of {length} characters")


def _of_end(step: Step, place: Place, sport: str) -> Iterator[Finding]:
    end = step.end
    if isinstance(end, Reps) and sport not in _COUNTED_SPORTS:
        yield Finding(place, "error", "only exercises are counted in repetitions", "write a time or a distance")
    if isinstance(end, SendOff | FixedRest) and sport != "swimming":
        what = "a send-off" if isinstance(end, SendOff) else "a rest at the wall"
        yield Finding(place, "error", f"{what} is for the pool", "write a time")
    if isinstance(end, UntilHeartRate | UntilPower) and end.until is None:
        yield Finding(place, "warning", "Garmin may read this as until it is below", "write < or >")
    if isinstance(end, Time | FixedRest | SendOff) and end.seconds > _LONGEST_S:
        yield Finding(place, "error", "nobody goes on for more than a hundred hours")
    if isinstance(end, Distance) and end.meters > _FARTHEST_M:
        yield Finding(place, "error", "nobody goes farther than ten thousand kilometres")
    if isinstance(end, Distance) and end.unit == "m" and end.meters < _SHORTEST_M and sport in _FAR_SPORTS:
        yield Finding(place, "warning", f"{end.meters:g} m is very short", f"did you mean {end.meters:g}min?")


def _of_targets(step: Step, place: Place, sport: str) -> Iterator[Finding]:
    swims = sport == "swimming"
    # The slot whose slopes come back ten times as steep.
    second = step.target if swims else step.second_target
    if isinstance(second, Range) and second.of == "grade":
        yield Finding(place, "error", "Garmin stores a slope beside another target wrongly", "make it the first target")
    for target in (step.target, step.second_target):
        if isinstance(target, Range):
            yield from _of_range(target, place)
        of = target.of if isinstance(target, Zone | Range) else None
        if swims and of == "heart_rate":
            yield Finding(place, "warning", "a watch takes no notice of the heart rate in a pool", "write an effort")
        if sport == "cycling" and of == "pace":
            yield Finding(place, "warning", "on a bike a watch shows speed, not pace", "write km/h or mph")


def _of_range(target: Range, place: Place) -> Iterator[Finding]:
    if target.of == "rpe" and not _RPE[0] <= target.low <= target.high <= _RPE[1]:
        yield Finding(place, "error", f"an effort is felt from {_RPE[0]} to {_RPE[1]}")
    if target.of == "pace" and target.low <= 0:
        yield Finding(place, "error", "a pace of no time at all cannot be held")
    elif target.low < 0 and target.of not in {"grade", "rpe"}:
        yield Finding(place, "error", f"{target.low:g} {target.unit} is less than nothing")


def _of_exercise(exercise: Exercise, place: Place, exercises: Exercises) -> Iterator[Finding]:
    category, name = exercise.category, exercise.name
    if not exercises or category in CATEGORIES_WITHOUT_NAMES:
        return
    if category not in exercises:
        elsewhere = [f"{other}/{name}" for other in sorted(exercises) if name in exercises[other]]
        nearest = elsewhere or get_close_matches(category, [*sorted(exercises), *sorted(CATEGORIES_WITHOUT_NAMES)])
        yield Finding(
            place, "error", f"nobody knows exercises of {category}; Garmin refuses them", _did_you_mean(nearest)
        )
    elif name is not None and name not in exercises[category]:
        elsewhere = [other for other in sorted(exercises) if name in exercises[other]]
        nearest = [f"{other}/{name}" for other in elsewhere] or [
            f"{category}/{near}" for near in get_close_matches(name, sorted(exercises[category]))
        ]
        yield Finding(place, "error", f"nobody knows {category}/{name}; Garmin drops the name", _did_you_mean(nearest))


def _did_you_mean(names: list[str]) -> str:
    return f"did you mean {', '.join(names[:3])}?" if names else ""
