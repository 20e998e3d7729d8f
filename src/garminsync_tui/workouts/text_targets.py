"""What to hold during a step, from text and to text: `z2`, `230-245w`, `3:40-3:50/km`, `88-94%ftp`, `css+5`, `easy`."""

from __future__ import annotations

import re
from typing import Any

from .definition import AVERAGED, CssOffset, Effort, RacePace, Range, Target, Zone
from .text_numbers import NUMBER, clock, number, read_clock, read_number
from .text_words import EFFORTS, PACE_UNITS, RACE_NAMES, RACES, UNIT_NAMES, UNITS, WHOLE, Unreadable, nearest

_SIGNED = f"-?{NUMBER}"
_ZONE = re.compile(r"(p?z)([0-9]{1,9})")
_ZONES = re.compile(r"(p?z)[0-9]-(?:p?z)?([0-9])")
_CSS = re.compile(rf"css(?:([+-]{NUMBER})s?)?")
_RPE = re.compile(rf"rpe({_SIGNED})(?:-({_SIGNED}))?")
_RACE = re.compile(
    rf"({'|'.join(sorted(RACE_NAMES, key=len, reverse=True))}|({NUMBER})(km?|mi|m))(?:([+-]{NUMBER})s?)?"
)
_PACE = re.compile(r"([0-9][0-9:.]*)(?:-([0-9][0-9:.]*))?(/[a-z0-9]+)")
_RANGE = re.compile(rf"({_SIGNED})(?:-({_SIGNED}))?(km/h|[a-z%]*?)(lap|30s|10s|3s)?")
_METERS = {"m": 1.0, "k": 1000.0, "km": 1000.0, "mi": 1609.344}
#: A unit of text by what the range is of and its unit.
_UNIT_WORDS = {meaning: word for word, meaning in UNITS.items()}


def target_words(target: Target) -> str | None:
    """A target as text, without its @; None where text has no words for it."""
    match target:
        case Zone():
            return f"{'z' if target.of == 'heart_rate' else 'pz'}{target.zone}"
        case Effort():
            return EFFORTS.word[target.word]
        case CssOffset():
            return f"css{_offset(target.offset_s)}"
        case RacePace():
            offset = _offset(target.offset_s)
            return f"{_race(target.meters)}{offset}{'s' if offset else ''}"
        case Range():
            return _range_words(target)
    return None


def _offset(seconds: float) -> str:
    return ("+" if seconds > 0 else "") + number(seconds) if seconds else ""


def _race(meters: float) -> str:
    named = next((name for name, length in RACES.items() if length == meters), None)
    if named:
        return named
    return f"{number(meters / 1000)}k" if meters % 1000 == 0 else f"{number(meters)}m"


def _range_words(target: Range) -> str | None:
    if target.unit in PACE_UNITS.values():
        if target.low < 0:
            return None
        return _span(clock(target.low, hours=False), clock(target.high, hours=False)) + target.unit
    values = _span(number(target.low), number(target.high))
    if target.of == "rpe":
        return f"rpe{values}"
    unit = _UNIT_WORDS[target.of, target.unit]
    if target.low == target.high == 100 and unit[1:] in WHOLE and not target.averaged:
        return unit[1:]
    return f"{values}{unit}{target.averaged or ''}"


def _span(low: str, high: str) -> str:
    return low if low == high else f"{low}-{high}"


def read_target(word: str) -> Target | None:  # noqa: PLR0911 - one for each form
    """The target of a word without its @; None where the word is nothing like one."""
    if match := _ZONE.fullmatch(word):
        return _zone(match)
    if match := _ZONES.fullmatch(word):
        raise Unreadable("one zone: a watch holds no two", match[1] + match[2])
    if word in EFFORTS.meaning:
        return Effort(EFFORTS.meaning[word])  # type: ignore[arg-type]
    if match := _CSS.fullmatch(word):
        return CssOffset(read_number(match[1] or "0"))
    if word in WHOLE:
        word = f"100{WHOLE[word]}"
    if match := _RPE.fullmatch(word):
        return _range("rpe", "", match[1], match[2], f"rpe{match[2]}-{match[1]}")
    if match := _RACE.fullmatch(word):
        return _race_pace(match)
    if match := _PACE.fullmatch(word):
        return _pace(match)
    if match := _RANGE.fullmatch(word):
        return _of_unit(match)
    return None


def read_bare_target(word: str) -> Target | None:
    """The target of a word that stands without @ and cannot be anything else."""
    if word in EFFORTS.meaning or _RACE.fullmatch(word):
        return None
    if (match := _RANGE.fullmatch(word)) and match[3] not in UNIT_NAMES and match[3] != "%":
        return None
    return read_target(word)


def _zone(match: re.Match[str]) -> Zone:
    number, last = int(match[2]), 5 if match[1] == "z" else 7
    if not 1 <= number <= last:
        raise Unreadable(f"{match[1]}1 to {match[1]}{last}")
    return Zone("heart_rate" if match[1] == "z" else "power", number)


def _race_pace(match: re.Match[str]) -> RacePace:
    meters = read_number(match[2]) * _METERS[match[3]] if match[2] else RACE_NAMES[match[1]]
    if not 0 < meters < float("inf"):
        raise Unreadable("a race of more than nothing")
    return RacePace(meters, read_number(match[4] or "0"))


def _pace(match: re.Match[str]) -> Range:
    unit = PACE_UNITS.get(match[3])
    if not unit:
        guess = nearest(match[3], sorted(set(PACE_UNITS.values())))
        raise Unreadable(
            "a pace for /km, /mi, /100m, /100yd or /500m",
            f"{match[0].removesuffix(match[3])}{guess}" if guess else None,
        )
    values = []
    for value in (match[1], match[2] or match[1]):
        seconds = read_clock(value)
        if seconds is None:
            whole = value.isdigit() and int(value[:9]) < 60
            raise Unreadable("minutes:seconds, as in 4:30/km", f"{value}:00{match[3]}" if whole else None)
        values.append(seconds)
    return Range("pace", min(values), max(values), unit)  # type: ignore[arg-type]


def _of_unit(match: re.Match[str]) -> Range | None:
    low, high, unit, averaged = match.groups()
    if unit not in UNIT_NAMES:
        if unit == "%":
            raise Unreadable("what it is a percentage of: %ftp, %mhr, %lthr, %tp or %grade")
        if not unit:
            return None
        guess = nearest(unit, UNIT_NAMES)
        word = f"{_span(low, high or low)}{_UNIT_WORDS[UNIT_NAMES[guess]]}" if guess else None
        raise Unreadable(f"a unit: {' '.join(UNITS)}", word)
    of, of_unit = UNIT_NAMES[unit]
    if averaged and averaged not in AVERAGED.get(of, ()):
        raise Unreadable(f"{unit} of the moment: it has no average over {averaged}")
    return _range(of, of_unit, low, high, f"{high}-{low}{unit}{averaged or ''}", averaged)


def _range(of: Any, unit: Any, low: str, high: str | None, turned: str, averaged: Any = None) -> Range:
    first, last = read_number(low), read_number(high or low)
    # Of paces both orders are meant the same way: who writes 4:10-4:00 starts with the slower one.
    if first > last and of != "pace":
        raise Unreadable("the lower value first", turned)
    return Range(of, min(first, last), max(first, last), unit, averaged)
