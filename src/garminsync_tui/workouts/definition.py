"""What a workout is: the schema of `workouts.workout_definition`, version 1.

    Workout
    └── steps: Step | Repeat of steps | Leg (of a multisport workout) with steps of its own

Everything is a value: changed by making another one. A target is kept in the words it was written in (`88-94 %ftp`),
and becomes watts only on its way to Garmin (`athlete_terms.py`). What Garmin sent and nobody here understands lies in
`garmin`, at the place it came from, and goes back as it came.

A definition that this schema takes can be kept; whether Garmin would take it is `findings.check`'s to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from ..errors import InvalidWorkout

Sport = Literal[
    "running",
    "cycling",
    "swimming",
    "walking",
    "strength_training",
    "cardio_training",
    "yoga",
    "pilates",
    "hiit",
    "mobility",
    "rucking",
    "other",
    "multi_sport",
]
Kind = Literal["warmup", "cooldown", "interval", "recovery", "rest", "main", "other"]
Until = Literal["above", "below"]
Stroke = Literal[
    "any",
    "backstroke",
    "breaststroke",
    "butterfly",
    "freestyle",
    "individual_medley",
    "mixed",
    "individual_medley_by_round",
    "reverse_individual_medley_by_round",
    "drill",
]
Drill = Literal["kick", "pull", "drill"]
Equipment = Literal["fins", "kickboard", "paddles", "pull_buoy", "snorkel"]
EffortWord = Literal[
    "recovery", "very_easy", "easy", "moderate", "hard", "very_hard", "all_out", "fast", "ascend", "descend"
]
Positive = Annotated[float, Meta(gt=0)]
Name = Annotated[str, Meta(pattern=r"^[A-Z0-9_]+$")]


class _Value(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Written without what is as it would be anyway; what has a name that nobody knows is refused."""


# ── When a step ends ─────────────────────────────────────────────────────────────────────────────────────────


class _End(_Value, frozen=True, tag_field="by"):
    pass


class Lap(_End, frozen=True, tag="lap"):
    """When the lap button is pressed."""


class Time(_End, frozen=True, tag="time"):
    """After a time."""

    seconds: Positive


class Distance(_End, frozen=True, tag="distance"):
    """After a distance, always in metres; `unit` is what people read it in."""

    meters: Positive
    unit: Literal["m", "km", "mi", "yd"] = "m"


class Calories(_End, frozen=True, tag="calories"):
    """After so much energy."""

    kcal: Positive


class UntilHeartRate(_End, frozen=True, tag="heart_rate"):
    """When the heart is above or below a rate or a zone of the athlete's (1 to 5)."""

    bpm: Positive | None = None
    zone: Annotated[int, Meta(ge=1, le=5)] | None = None
    until: Until | None = None

    def __post_init__(self) -> None:
        if (self.bpm is None) == (self.zone is None):
            raise ValueError("needs either bpm or zone")


class UntilPower(_End, frozen=True, tag="power"):
    """When the power is above or below so many watts."""

    watts: Positive
    until: Until | None = None


class Reps(_End, frozen=True, tag="reps"):
    """After so many repetitions of an exercise."""

    count: Annotated[int, Meta(gt=0)]


class FixedRest(_End, frozen=True, tag="fixed_rest"):
    """A rest at the wall of a pool, counted down by the watch."""

    seconds: Positive


class SendOff(_End, frozen=True, tag="send_off"):
    """The next repetition starts so long after this one started: "100 m on 1:45"."""

    seconds: Positive


class OtherEnd(_End, frozen=True, tag="other"):
    """A condition of Garmin's that has no words here."""

    id: int
    key: str | None = None
    value: float | None = None


End = Lap | Time | Distance | Calories | UntilHeartRate | UntilPower | Reps | FixedRest | SendOff | OtherEnd

# ── What to hold meanwhile ───────────────────────────────────────────────────────────────────────────────────


class _Target(_Value, frozen=True, tag_field="is"):
    pass


class Zone(_Target, frozen=True, tag="zone"):
    """A zone of the athlete's, as the watch has it: heart rate 1 to 5, power 1 to 7."""

    of: Literal["heart_rate", "power"]
    zone: Annotated[int, Meta(ge=1, le=7)]

    def __post_init__(self) -> None:
        if self.of == "heart_rate" and self.zone > 5:
            raise ValueError("heart-rate zones are 1 to 5")


#: The units of each kind of range, the plain one first. Those with a % of the athlete are resolved before a push.
RANGE_UNITS: dict[str, tuple[str, ...]] = {
    "heart_rate": ("bpm", "%mhr", "%lthr"),
    "power": ("W", "%ftp"),
    "cadence": ("rpm", "spm"),
    "speed": ("km/h", "mph"),
    "pace": ("/km", "/mi", "/100m", "/100yd", "/500m", "%tp"),
    "grade": ("%",),
    "resistance": ("",),
    "rpe": ("",),
}
#: Which ranges the watch can take over more than the moment, and over what.
AVERAGED: dict[str, tuple[str, ...]] = {"heart_rate": ("lap",), "power": ("3s", "10s", "30s", "lap"), "speed": ("lap",)}


class Range(_Target, frozen=True, tag="range"):
    """From `low` to `high`, in `unit`. A pace is seconds per its unit of distance, so `low` is the faster one."""

    of: Literal["heart_rate", "power", "cadence", "speed", "pace", "grade", "resistance", "rpe"]
    low: float
    high: float
    unit: Literal[
        "bpm", "%mhr", "%lthr", "W", "%ftp", "rpm", "spm", "km/h", "mph",
        "/km", "/mi", "/100m", "/100yd", "/500m", "%tp", "%", "",
    ]  # fmt: skip
    averaged: Literal["3s", "10s", "30s", "lap"] | None = None

    def __post_init__(self) -> None:
        if self.unit not in RANGE_UNITS[self.of]:
            raise ValueError(f"{self.of} has no unit {self.unit!r}")
        if self.low > self.high:
            raise ValueError("low is above high")
        if self.averaged and self.averaged not in AVERAGED.get(self.of, ()):
            raise ValueError(f"{self.of} cannot be averaged over {self.averaged}")


class Effort(_Target, frozen=True, tag="effort"):
    """How hard, in a word: an instruction of Garmin's in a pool, elsewhere a part of the athlete's threshold."""

    word: EffortWord


class RacePace(_Target, frozen=True, tag="race_pace"):
    """The pace of a race over a distance that the athlete ran lately, or so many seconds a kilometre beside it."""

    meters: Positive
    offset_s: float = 0


class CssOffset(_Target, frozen=True, tag="css"):
    """Critical swim speed, plus so many seconds per 100 m."""

    offset_s: float = 0


class OtherTarget(_Target, frozen=True, tag="other"):
    """A target of Garmin's that has no words here."""

    id: int
    key: str | None = None
    one: float | None = None
    two: float | None = None
    zone: int | None = None


Target = Zone | Range | Effort | RacePace | CssOffset | OtherTarget

# ── Steps ────────────────────────────────────────────────────────────────────────────────────────────────────


class _Item(_Value, frozen=True, tag_field="type"):
    pass


class Exercise(_Value, frozen=True):
    """Of a strength workout and its kin, in Garmin's names: category BENCH_PRESS, name BARBELL_BENCH_PRESS."""

    category: Name
    name: Name | None = None


class Weight(_Value, frozen=True):
    """What is lifted."""

    value: Positive
    unit: Literal["kg", "lb"]


class Step(_Item, frozen=True, tag="step"):
    """One thing to do."""

    kind: Kind = "interval"
    end: End = Lap()
    target: Target | None = None
    second_target: Target | None = None
    note: str | None = None
    stroke: Stroke | None = None
    drill: Drill | None = None
    equipment: Equipment | None = None
    exercise: Exercise | None = None
    weight: Weight | Literal["bodyweight"] | None = None
    garmin: dict[str, Any] = {}


class Repeat(_Item, frozen=True, tag="repeat", kw_only=True):
    """Steps done `times` times, or again and again for `seconds`."""

    times: Annotated[int, Meta(ge=1)] | None = None
    seconds: Positive | None = None
    skip_last_rest: bool = False
    steps: Annotated[tuple[Step | Repeat, ...], Meta(min_length=1)]
    garmin: dict[str, Any] = {}

    def __post_init__(self) -> None:
        if (self.times is None) == (self.seconds is None):
            raise ValueError("needs either times or seconds")


class Pool(_Value, frozen=True):
    """How long the pool is."""

    length: Positive
    unit: Literal["m", "yd"] = "m"


class Leg(_Item, frozen=True, tag="leg", kw_only=True):
    """One sport of a multisport workout."""

    sport: Sport
    pool: Pool | None = None
    steps: Annotated[tuple[Step | Repeat, ...], Meta(min_length=1)]
    garmin: dict[str, Any] = {}


class Workout(_Value, frozen=True, tag_field="version", tag=1, kw_only=True):
    """A whole workout. `steps` of a multisport one are its legs, of any other steps and repeats."""

    sport: Sport
    name: str | None = None
    note: str | None = None
    pool: Pool | None = None
    #: Whether a multisport workout has transitions between its legs.
    transitions: bool = False
    steps: Annotated[tuple[Step | Repeat | Leg, ...], Meta(min_length=1)]
    garmin: dict[str, Any] = {}

    def __post_init__(self) -> None:
        legs = [isinstance(item, Leg) for item in self.steps]
        if self.sport == "multi_sport" and not all(legs):
            raise ValueError("a multisport workout consists of legs")
        if self.sport != "multi_sport" and any(legs):
            raise ValueError("only a multisport workout has legs")

    @classmethod
    def read(cls, document: object) -> Workout:
        """The workout of a stored document. Raises InvalidWorkout, which names the place and what is wrong there."""
        try:
            return msgspec.convert(document, cls)
        except msgspec.ValidationError as problem:
            reason, _, path = str(problem).partition(" - at `$")
            raise InvalidWorkout(_place_of(path.rstrip("`")), reason.rstrip(".")) from None

    def stored(self) -> dict[str, Any]:
        """As it lies in the database: without what is as it would be anyway."""
        stored: dict[str, Any] = msgspec.to_builtins(self)
        return stored


#: Where something is in a workout: 2, 1 is the first step of what is second.
Place = tuple[int, ...]


def walk(items: tuple[Step | Repeat | Leg, ...], place: Place = ()) -> Iterator[tuple[Place, Step | Repeat | Leg]]:
    """Everything in a workout with its place, parents before their children."""
    for number, item in enumerate(items, 1):
        yield (*place, number), item
        if not isinstance(item, Step):
            yield from walk(item.steps, (*place, number))


def _place_of(path: str) -> Place:
    """Where `.steps[1].steps[0].end.seconds` is."""
    return tuple(int(number) + 1 for number in re.findall(r"\.steps\[(\d+)\]", path))


def schema() -> dict[str, Any]:
    """The JSON Schema of a stored workout."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(Workout)}


def place_words(place: Place) -> str:
    """A place as people read it: 2.1."""
    return ".".join(map(str, place))
