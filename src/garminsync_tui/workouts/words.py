"""Parts of a workout as a sentence names them: "3:50–4:00 /km", "until the heart is above 130 bpm"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..units import duration
from .definition import (
    Calories,
    CssOffset,
    Distance,
    Effort,
    Exercise,
    FixedRest,
    Lap,
    Leg,
    OtherEnd,
    OtherTarget,
    Pool,
    RacePace,
    Range,
    Repeat,
    Reps,
    SendOff,
    Step,
    Time,
    UntilHeartRate,
    UntilPower,
    Weight,
    Zone,
)

NONE = "none"
_METRES = {"m": 1.0, "km": 1000.0, "mi": 1609.344, "yd": 0.9144}


def in_words(value: Any) -> str:
    """An end, a target, a step or any other part in words; "none" for nothing."""
    if value is None or value == "":
        return NONE
    return _WORDS.get(type(value), str)(value)


def times(repeat: Repeat) -> str:
    """How often."""
    return duration(repeat.seconds) if repeat.times is None else f"{repeat.times} times"


def _step(step: Step) -> str:
    parts = [in_words(step.kind), in_words(step.end)]
    parts += [in_words(part) for part in (step.exercise, step.stroke, step.target, step.second_target) if part]
    return ", ".join(parts)


def _range(target: Range) -> str:
    low, high = (
        (duration(target.low), duration(target.high))
        if target.of == "pace" and target.unit != "%tp"
        else (f"{target.low:g}", f"{target.high:g}")
    )
    numbers = low if low == high else f"{low}–{high}"
    unit = target.unit or {"resistance": "of resistance", "rpe": "RPE"}.get(target.of, "")
    over = f" over {target.averaged}" if target.averaged else ""
    return f"{numbers} {unit}{' of grade' if target.of == 'grade' else ''}{over}"


def _until(end: UntilHeartRate | UntilPower) -> str:
    if isinstance(end, UntilPower):
        what, value = "the power is", f"{end.watts:g} W"
    else:
        what, value = "the heart is", f"zone {end.zone}" if end.bpm is None else f"{end.bpm:g} bpm"
    return f"until {what} {end.until or 'at'} {value}"


def _other(value: OtherEnd | OtherTarget) -> str:
    name = value.key or f"number {value.id}"
    if isinstance(value, OtherEnd):
        return name if value.value is None else f"{name} {value.value:g}"
    numbers = [f"{number:g}" for number in (value.one, value.two) if number is not None]
    zone = [f"zone {value.zone}"] if value.zone else []
    return " ".join([name, "–".join(numbers), *zone]).strip()


def _exercise(exercise: Exercise) -> str:
    return f"{exercise.category}/{exercise.name}" if exercise.name else exercise.category


_WORDS: dict[type, Callable[[Any], str]] = {
    str: lambda word: word.replace("_", " "),
    Step: _step,
    Repeat: lambda repeat: f"a repeat of {times(repeat)}",
    Leg: lambda leg: f"a leg of {in_words(leg.sport)}",
    Lap: lambda end: "until the lap button",
    Time: lambda end: duration(end.seconds),
    Distance: lambda end: f"{end.meters / _METRES[end.unit]:g} {end.unit}",
    Calories: lambda end: f"{end.kcal:g} kcal",
    UntilHeartRate: _until,
    UntilPower: _until,
    Reps: lambda end: f"{end.count} reps",
    FixedRest: lambda end: f"a rest of {duration(end.seconds)}",
    SendOff: lambda end: f"on {duration(end.seconds)}",
    OtherEnd: _other,
    OtherTarget: _other,
    Zone: lambda target: f"{in_words(target.of)} zone {target.zone}",
    Range: _range,
    Effort: lambda target: in_words(target.word),
    RacePace: lambda target: f"the pace of a race over {target.meters / 1000:g} km {target.offset_s:+g} s",
    CssOffset: lambda target: f"CSS {target.offset_s:+g} s",
    Exercise: _exercise,
    Weight: lambda weight: f"{weight.value:g} {weight.unit}",
    Pool: lambda pool: f"{pool.length:g} {pool.unit}",
}
