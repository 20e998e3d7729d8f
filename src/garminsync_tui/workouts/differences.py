"""Whether two workouts mean the same, and where not: after a push, and between here, there and what was common.

Units that only say how a number is shown, the order of a range's ends, the last digits of a speed and what is the
server's own make no difference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from ..errors import InvalidWorkout
from ..text import clean
from ..units import POUND_KG
from .alignment import aligned
from .definition import (
    Distance,
    Leg,
    OtherEnd,
    OtherTarget,
    Place,
    Pool,
    Range,
    Repeat,
    Step,
    Time,
    Weight,
    Workout,
    place_words,
)
from .garmin_fields import SERVER_OWNED, number_of
from .garmin_reading import from_garmin
from .speeds import SAME_MPS, mps_of
from .words import in_words, times

#: A weight comes back a little off.
_SAME_KG = 0.5
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same: where, what it is called, and both sides in words."""

    place: Place
    what: str
    was: str
    now: str

    def __str__(self) -> str:
        where = f"step {place_words(self.place)}" if self.place else "the workout"
        return f"{where}: {self.what} was {self.was}, is {self.now}" if self.what else f"{where}: {self.now}"


def same_meaning(was: Workout | dict[str, Any], now: Workout | dict[str, Any]) -> list[Difference]:
    """What is not the same between two workouts, each a definition, one as stored, or a document of Garmin's."""
    try:
        left, right = _workout(was), _workout(now)
    except InvalidWorkout as problem:
        return [Difference(problem.place, "", "", problem.reason)]
    return [*_of_workouts(left, right), *_of_items(left.steps, right.steps, (), _Setting(left.pool, right.pool))]


def same_value(was: Any, now: Any) -> bool:
    """Whether two values of a document mean the same: null is absence, numbers may be a little off."""
    if isinstance(was, dict) and isinstance(now, dict):
        names = (was.keys() | now.keys()) - SERVER_OWNED
        return all(same_value(was.get(name), now.get(name)) for name in names)
    if isinstance(was, list) and isinstance(now, list):
        return len(was) == len(now) and all(same_value(*pair) for pair in zip(was, now, strict=True))
    if isinstance(was, int | float) and isinstance(now, int | float) and type(was) is not bool:
        return abs(was - now) <= SAME_MPS
    return bool(was == now)


@dataclass(frozen=True, slots=True)
class _Setting:
    """What a leg takes from its workout: the pool, on both sides."""

    was: Pool | None
    now: Pool | None


def _workout(given: Workout | dict[str, Any]) -> Workout:
    if isinstance(given, Workout):
        return given
    return Workout.read(given) if "version" in given else from_garmin(given)


def _of_workouts(was: Workout, now: Workout) -> list[Difference]:
    names = ("sport", "name", "note", "transitions", *(("pool",) if "swimming" in {was.sport, now.sport} else ()))
    return [*_of_parts(was, now, (), names), *_of_unknown(was.garmin, now.garmin, ())]


def _of_items(was: Sequence[Any], now: Sequence[Any], place: Place, setting: _Setting) -> list[Difference]:
    found: list[Difference] = []
    for left, right in aligned(was, now):
        if right is None:
            found.append(Difference((*place, (left or 0) + 1), "", "", f"{in_words(was[left or 0])} is gone"))
        elif left is None:
            found.append(Difference((*place, right + 1), "", "", f"{in_words(now[right])} came new"))
        else:
            found += _of_pair(was[left], now[right], (*place, right + 1), setting)
    return found


def _of_pair(was: Any, now: Any, place: Place, setting: _Setting) -> list[Difference]:
    unknown = _of_unknown(was.garmin, now.garmin, place)
    if isinstance(was, Step):
        names = [name for name in Step.__struct_fields__ if name != "garmin"]
        return [*_of_parts(was, now, place, names), *unknown]
    found: list[Difference] = []
    if isinstance(was, Repeat):
        if (was.times, was.seconds) != (now.times, now.seconds):
            found.append(Difference(place, "the repeat", times(was), times(now)))
        found += _of_parts(was, now, place, ("skip_last_rest",))
    elif isinstance(was, Leg):
        found += _of_parts(was, now, place, ("sport",))
        if was.sport == "swimming":
            found += _of_value("the pool", was.pool or setting.was, now.pool or setting.now, place)
    return [*found, *_of_items(was.steps, now.steps, place, setting), *unknown]


_CALLED = {
    "end": "the end",
    "target": "the target",
    "second_target": "the second target",
    "transitions": "having transitions",
    "skip_last_rest": "skipping the last rest",
}


def _of_parts(was: Any, now: Any, place: Place, names: Sequence[str]) -> list[Difference]:
    return [
        difference
        for name in names
        for difference in _of_value(_CALLED.get(name, f"the {name}"), getattr(was, name), getattr(now, name), place)
    ]


def _of_value(what: str, was: Any, now: Any, place: Place) -> list[Difference]:
    if _alike(_meaning(was), _meaning(now)):
        return []
    return [Difference(place, what, _shown(was), _shown(now))]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and len(value) > _LONGEST:
        return f"{clean(value, _LONGEST)} ({len(value)} characters)"
    return clean(in_words(value))


def _of_unknown(was: dict[str, Any], now: dict[str, Any], place: Place) -> list[Difference]:
    names = sorted((was.keys() | now.keys()) - SERVER_OWNED)
    return [
        Difference(place, f"Garmin's field {clean(name, _LONGEST)}", _shown(was.get(name)), _shown(now.get(name)))
        for name in names
        if not same_value(was.get(name), now.get(name))
    ]


def _meaning(value: Any) -> tuple[Any, ...]:
    """A part as plain values to compare one by one; numbers each in a pair with how far off they may be."""
    return _MEANINGS.get(type(value), _plain)(value)


def _range(target: Range) -> tuple[Any, ...]:
    low, high, unit = target.low, target.high, target.unit
    if target.of in {"pace", "speed"} and unit != "%tp":
        low, high, unit = *sorted((mps_of(low, unit), mps_of(high, unit))), ""
    elif target.of == "cadence":
        # Steps, strokes and turns a minute are one number to Garmin.
        unit = ""
    return (target.of, unit, target.averaged, (low, SAME_MPS), (high, SAME_MPS))


def _unknown_target(target: OtherTarget) -> tuple[Any, ...]:
    ends = sorted(number for number in (target.one, target.two) if number is not None)
    return (target.id, target.zone, *((end, SAME_MPS) for end in ends))


def _plain(value: Any) -> tuple[Any, ...]:
    if not isinstance(value, msgspec.Struct):
        return (value or None,)
    fields = [getattr(value, name) for name in value.__struct_fields__]
    return (type(value), *((field, SAME_MPS) if type(field) in {int, float} else field for field in fields))


_MEANINGS: dict[type, Callable[[Any], tuple[Any, ...]]] = {
    Range: _range,
    OtherTarget: _unknown_target,
    OtherEnd: lambda end: (end.id, (end.value, SAME_MPS)),
    Distance: lambda end: ("distance", (end.meters, SAME_MPS)),
    Time: lambda end: ("time", (end.seconds, SAME_MPS)),
    Weight: lambda weight: ("weight", (weight.value * (POUND_KG if weight.unit == "lb" else 1), _SAME_KG)),
}


def _alike(was: tuple[Any, ...], now: tuple[Any, ...]) -> bool:
    return len(was) == len(now) and all(_near(*pair) for pair in zip(was, now, strict=True))


def _near(was: Any, now: Any) -> bool:
    if isinstance(was, tuple) and isinstance(now, tuple):
        left, right = number_of(was[0]), number_of(now[0])
        return left == right if left is None or right is None else abs(left - right) <= was[1]
    return bool(was == now)
