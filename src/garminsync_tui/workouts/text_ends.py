"""When a step ends, from text and to text: `10:00`, `400m`, `lap`, `300kcal`, `8reps`, `hr>130`, `p<200w`, `on1:45`."""

from __future__ import annotations

import re

from .definition import (
    Calories,
    Distance,
    End,
    FixedRest,
    Kind,
    Lap,
    Reps,
    SendOff,
    Sport,
    Time,
    Until,
    UntilHeartRate,
    UntilPower,
)
from .text_numbers import NUMBER, clock, distance, number, read_distance, read_number, read_time, time
from .text_words import Unreadable

_COUNT = re.compile(r"([0-9]{1,15})reps?")
_MOST_REPS = 10**15
_CALORIES = re.compile(rf"({NUMBER})k?cal")
_UNTIL = re.compile(rf"(hr|p|power)([<>=])(z?)({NUMBER})(bpm|w)?")
_SIGN: dict[Until | None, str] = {"above": ">", "below": "<", None: "="}
_UNTILS: dict[str, Until | None] = {sign: until for until, sign in _SIGN.items()}
#: Where somebody who writes 10m most likely means minutes, and below how many metres.
_ON_LAND: frozenset[Sport] = frozenset({"running", "cycling", "walking", "rucking"})
_SHORT_M = 50


def counts_down(sport: Sport, kind: Kind) -> bool:
    """Whether a plain time is a rest at the wall, counted down by the watch."""
    return sport == "swimming" and kind == "rest"


def end_words(end: End, sport: Sport, kind: Kind) -> str | None:  # noqa: PLR0911 - one for each end
    """An end as text; None where text has no words for it."""
    match end:
        case Lap():
            return "lap"
        case Time():
            return f"{'time:' if counts_down(sport, kind) else ''}{time(end.seconds)}"
        case FixedRest():
            return f"{'' if counts_down(sport, kind) else 'fixed:'}{time(end.seconds)}"
        case SendOff():
            return f"on{clock(end.seconds) if end.seconds >= 60 else time(end.seconds)}"
        case Distance():
            return f"{'dist:' if _is_short(end, sport) else ''}{distance(end)}"
        case Calories():
            return f"{number(end.kcal)}kcal"
        case Reps() if end.count < _MOST_REPS:
            return f"{end.count}reps"
        case UntilHeartRate():
            limit = f"z{end.zone}" if end.zone is not None else number(end.bpm or 0)
            return f"hr{_SIGN[end.until]}{limit}"
        case UntilPower():
            return f"p{_SIGN[end.until]}{number(end.watts)}w"
    return None


def read_end(word: str, sport: Sport, kind: Kind) -> End | None:  # noqa: PLR0911 - one for each form
    """The end of a word, in a step of this sport and kind; None where the word is nothing like one."""
    if word == "lap":
        return Lap()
    name, colon, length = word.partition(":")
    if colon and name in {"time", "fixed"}:
        return Time(_time(length)) if name == "time" else FixedRest(_time(length))
    if colon and name == "dist":
        return _distance(length)
    if word.startswith("on") and word[2:3].isdigit():
        return SendOff(_time(word[2:]))
    if (seconds := read_time(word)) is not None:
        return FixedRest(seconds) if counts_down(sport, kind) else Time(seconds)
    if found := read_distance(word):
        if _is_short(found, sport):
            raise Unreadable(f"at least {_SHORT_M} m (dist:{word} where metres are meant)", f"{word[:-1]}min")
        return found
    return _counted(word) or _until(word)


def _is_short(end: Distance, sport: Sport) -> bool:
    return end.unit == "m" and end.meters < _SHORT_M and sport in _ON_LAND


def _time(word: str) -> float:
    seconds = read_time(word)
    if seconds is None:
        raise Unreadable("a time, as in 1:45 or 90s")
    return seconds


def _distance(word: str) -> Distance:
    found = read_distance(word)
    if found is None:
        raise Unreadable("a distance, as in 400m or 2km")
    return found


def _counted(word: str) -> End | None:
    if match := _COUNT.fullmatch(word):
        return Reps(_positive(int(match[1])))
    if match := _CALORIES.fullmatch(word):
        return Calories(_positive(read_number(match[1])))
    return None


def _positive[N: (int, float)](value: N) -> N:
    if value <= 0:
        raise Unreadable("more than nothing")
    return value


def _until(word: str) -> End | None:
    if not (match := _UNTIL.fullmatch(word)):
        return None
    what, sign, zone, limit, unit = match.groups()
    until = _UNTILS[sign]
    if what == "hr":
        if unit == "w":
            raise Unreadable("beats per minute or a zone", f"p{sign}{limit}w")
        if not zone:
            return UntilHeartRate(bpm=_positive(read_number(limit)), until=until)
        if limit not in {"1", "2", "3", "4", "5"}:
            raise Unreadable("z1 to z5")
        return UntilHeartRate(zone=int(limit), until=until)
    if zone or unit == "bpm":
        raise Unreadable("watts, as in p>300w", f"hr{sign}{zone}{limit}")
    return UntilPower(_positive(read_number(limit)), until)
