"""Numbers, times and distances, from text and to text without any loss: the shortest text that reads as the same."""

from __future__ import annotations

import re
from decimal import Context, Decimal
from math import isfinite
from typing import Literal

from ..units import MILE_M, YARD_M
from .definition import Distance
from .text_words import Unreadable

NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_CLOCK = re.compile(r"(?:([0-9]+):)?([0-9]+):([0-9]+)(?:\.([0-9]+))?")
_TIME = re.compile(
    rf"(?:({NUMBER})h(?:ours?|rs?)?)?(?:({NUMBER})(?:min|mins|minutes?|'|$))?(?:({NUMBER})(?:s|secs?|seconds?|\"))?"
)
_DISTANCE = re.compile(rf"({NUMBER})(m|meters?|metres?|mtr|km|k|mi|miles?|yd|yds|yards?|y)")
_METERS = {"m": Decimal(1), "km": Decimal(1000), "mi": Decimal(str(MILE_M)), "yd": Decimal(str(YARD_M))}
_CONTEXTS = tuple(Context(prec=digits) for digits in range(1, 29))


# ── Numbers ──────────────────────────────────────────────────────────────────────────────────────────────────


def number(value: float) -> str:
    """Like "5", "12.5", "-3": never with an exponent."""
    if value == int(value):
        return str(int(value))
    return format(Decimal(repr(float(value))), "f")


def read_number(text: str) -> float:
    """The number of something that matched NUMBER."""
    value = float(text)
    if not isfinite(value):
        raise Unreadable("a smaller number")
    return value


# ── Times ────────────────────────────────────────────────────────────────────────────────────────────────────


def clock(seconds: float, *, hours: bool = True) -> str:
    """Like "10:00", "1:30:00", "3:40.5": with minutes always, with hours where asked for and needed."""
    whole, _, part = number(seconds).partition(".")
    minutes, rest = divmod(int(whole), 60)
    tail = f"{rest:02}" + (f".{part}" if part else "")
    if hours and minutes >= 60:
        return f"{minutes // 60}:{minutes % 60:02}:{tail}"
    return f"{minutes}:{tail}"


def read_clock(word: str) -> float | None:
    """The seconds of what `clock` writes."""
    if not (match := _CLOCK.fullmatch(word)):
        return None
    hours, minutes, seconds, part = match.groups()
    if len(seconds) != 2:
        raise Unreadable("two digits of seconds", f"{word.rpartition(':')[0]}:{seconds[:2]:0>2}")
    if int(seconds) > 59 or (hours and (len(minutes) > 2 or int(minutes) > 59)):
        raise Unreadable("minutes and seconds up to 59")
    return read_number(f"{(int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)}.{part or 0}")


def time(seconds: float) -> str:
    """Like "45s", "90s", "10:00", "1:30:00"."""
    return f"{number(seconds)}s" if seconds < 120 and seconds % 60 else clock(seconds)


def read_time(word: str) -> float | None:
    """The seconds of `10:00`, `90s`, `10min`, `10'`, `1h30`, `1h`, `1.5h`."""
    seconds = read_clock(word)
    if seconds is None:
        match = _TIME.fullmatch(word)
        if not match or not any(match.groups()) or _is_number(word):
            return None
        hours, minutes, rest = (Decimal(part or 0) for part in match.groups())
        seconds = float(hours * 3600 + minutes * 60 + rest)
    if not 0 < seconds < float("inf"):
        raise Unreadable("a time of more than nothing")
    return seconds


def _is_number(word: str) -> bool:
    return re.fullmatch(NUMBER, word) is not None


# ── Distances ────────────────────────────────────────────────────────────────────────────────────────────────


def distance(end: Distance) -> str:
    """Like "400m", "1.5km", "3mi"."""
    if end.unit == "m":
        return f"{number(end.meters)}m"
    meters, unit = Decimal(repr(float(end.meters))), _METERS[end.unit]
    for context in _CONTEXTS:
        shown = context.divide(meters, unit)
        if float(shown * unit) == end.meters:
            break
    return f"{format(shown.normalize(), 'f')}{end.unit}"


def read_distance(word: str) -> Distance | None:
    """The distance of `400m`, `1.5km`, `3mi`, `100yd`: m is always metres."""
    if not (match := _DISTANCE.fullmatch(word)):
        return None
    unit: Literal["m", "km", "mi", "yd"] = "m"
    match match[2]:
        case "km" | "k":
            unit = "km"
        case "mi" | "mile" | "miles":
            unit = "mi"
        case "yd" | "yds" | "yard" | "yards" | "y":
            unit = "yd"
    meters = float(Decimal(match[1]) * _METERS[unit])
    if not 0 < meters < float("inf"):
        raise Unreadable("a distance of more than nothing")
    return Distance(meters, unit)
