"""Small changes of a step by one key: longer, another kind, a zone."""

from __future__ import annotations

from typing import Literal, get_args

from msgspec.structs import replace

from .definition import (
    Calories,
    Distance,
    End,
    FixedRest,
    Kind,
    Repeat,
    Reps,
    SendOff,
    Sport,
    Step,
    Time,
    Zone,
)

_KINDS: tuple[Kind, ...] = get_args(Kind)
#: One notch of time (s): 5 below a minute, 30 below ten minutes, a minute above.
_SECONDS = ((60, 5), (600, 30), (float("inf"), 60))
#: One notch of distance (in its unit): of metres 50 below 400 and 100 above.
_SHORT_M, _METERS = 400, (50, 100)
_UNIT_METERS = {"m": 1.0, "km": 1000.0, "mi": 1609.344, "yd": 0.9144}
_KCAL = 10
_MOST_TIMES = 99


def longer(item: Step | Repeat, by: int) -> Step | Repeat:
    """So many notches longer, or shorter where negative; the same where it has no length."""
    if isinstance(item, Step):
        return replace(item, end=_longer_end(item.end, by))
    if item.times is not None:
        return replace(item, times=min(max(item.times + by, 1), _MOST_TIMES))
    assert item.seconds is not None, "a repeat has times or seconds"
    return replace(item, seconds=_seconds(item.seconds, by))


def _longer_end(end: End, by: int) -> End:
    match end:
        case Time(seconds) | FixedRest(seconds) | SendOff(seconds):
            return type(end)(_seconds(seconds, by))
        case Distance(meters, unit):
            return Distance(_meters(meters, unit, by), unit)
        case Reps(count):
            return Reps(max(count + by, 1))
        case Calories(kcal):
            return Calories(max(kcal + by * _KCAL, _KCAL))
        case _:
            return end


def _seconds(seconds: float, by: int) -> float:
    notch = next(size for below, size in _SECONDS if seconds < below or (seconds == below and by < 0))
    return max(_whole(seconds + by * notch), float(_SECONDS[0][1]))


def _meters(meters: float, unit: str, by: int) -> float:
    if unit == "m":
        notch = float(_METERS[meters > _SHORT_M or (meters == _SHORT_M and by > 0)])
    else:
        notch = _UNIT_METERS[unit] * (50 if unit == "yd" else 0.5)
    return max(meters + by * notch, min(notch, meters))


def _whole(value: float) -> float:
    return int(value) if value == int(value) else value


def other_kind(step: Step, by: int = 1) -> Step:
    """The next kind of step."""
    return replace(step, kind=_KINDS[(_KINDS.index(step.kind) + by) % len(_KINDS)])


def in_zone(step: Step, zone: int, sport: Sport) -> Step:
    """In a zone of power where it is one of power already, or on a bike; else of heart rate (1 to 5).

    The same zone again takes the target away.
    """
    held = step.target.of if isinstance(step.target, Zone) else None
    of: Literal["heart_rate", "power"] = held or ("power" if sport == "cycling" else "heart_rate")
    if of == "heart_rate" and zone > 5:
        return step
    chosen = Zone(of, zone)
    return replace(step, target=None if step.target == chosen else chosen)


def other_measure(step: Step) -> Step:
    """The same zone of the other measure: power instead of heart rate."""
    if not isinstance(step.target, Zone):
        return step
    of: Literal["heart_rate", "power"] = "heart_rate" if step.target.of == "power" else "power"
    return replace(step, target=Zone(of, min(step.target.zone, 5)))
