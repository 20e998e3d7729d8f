"""One step from its tokens, in any order: each says by itself what it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import pairwise
from math import floor
from typing import Any, NamedTuple, cast
from unicodedata import normalize

import msgspec
from msgspec import Struct

from .definition import Distance, End, Exercise, Kind, Range, Sport, Step, Target, Time, Weight
from .text_ends import read_end
from .text_numbers import NUMBER, read_number
from .text_targets import read_bare_target, read_target
from .text_tokens import Token, stands_alone
from .text_words import DRILLS, EFFORTS, EQUIPMENT, KINDS, RACE_NAMES, STROKES, UNITS, WHOLE, Unreadable, nearest

_WEIGHT = re.compile(rf"({NUMBER})(kgs?|lbs?)")
_EXERCISE = re.compile(r"[A-Z][A-Z0-9_]*(?:/[A-Z0-9_]+)?|[A-Za-z][A-Za-z0-9_]*/[A-Za-z][A-Za-z0-9_]*")
_EXPLICIT_EXERCISE = re.compile(r"ex:([A-Z0-9_]+)(?:/([A-Z0-9_]+))?", re.IGNORECASE)
_PLAIN: dict[str, tuple[str, str]] = {
    **{word: ("drill", meaning) for word, meaning in DRILLS.meaning.items()},
    **{word: ("stroke", meaning) for word, meaning in STROKES.meaning.items()},
    **{word: ("kind", meaning) for word, meaning in KINDS.meaning.items()},
    "bodyweight": ("weight", "bodyweight"),
    "bw": ("weight", "bodyweight"),
}
_CLOCKS = re.compile(r"[0-9]+:[0-9.]+(?:-[0-9]+:[0-9.]+)?")
#: Words that begin something else, for guesses.
_BEGINNINGS = ("lap", "for", "note", "ramp", "pool", "rpe", "css", "on", "multi", "transitions")
#: The sports whose steps are exercises.
WITH_EXERCISES: frozenset[Sport] = frozenset(
    {"strength_training", "hiit", "cardio_training", "yoga", "pilates", "mobility", "other"}
)
_KNOWN = (*_PLAIN, *_BEGINNINGS)
_MOST_RAMP_STEPS = 50
_NAMES = {"kind": "kind", "end": "end", "note": "note", "target": "target", "second_target": "second target"}
_ANYTHING = "a kind, an end, a target, or a note in quotes"


class OpaqueStep(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What of a step has no words, as the definition has it."""

    end: End | None = None
    target: Target | None = None
    second_target: Target | None = None
    garmin: dict[str, Any] = {}


class Ramp(NamedTuple):
    """A target that climbs or falls in steps."""

    of: Range
    falls: bool
    length: Time | Distance
    steps: int


Report = Callable[[Token, Unreadable], None]


def read_steps(tokens: Iterable[Token], sport: Sport, report: Report) -> list[Step]:
    """The step of these tokens, or the steps of a ramp; what is wrong is reported, and left out."""
    tokens = list(tokens)
    # What a plain time means depends on the kind, wherever it stands.
    kinds = (KINDS.meaning.get(token.text.lower()) for token in tokens if token.kind == "word")
    kind = cast(Kind, next((found for found in kinds if found), "interval"))
    fields: dict[str, Any] = {}
    written: dict[str, Token] = {}
    for token in tokens:
        try:
            if token.problem:
                report(token, token.problem)
            for field, value in _read(token, sport, kind):
                _put(fields, written, field, value, token)
        except Unreadable as problem:
            report(token, problem)
    ramp = fields.pop("ramp", None)
    step = Step(**fields)
    return _stepped(step, ramp) if ramp else [step]


def _put(fields: dict[str, Any], written: dict[str, Token], field: str, value: Any, token: Token) -> None:
    # A ramp is both how long and what to hold.
    taken = [name for name in (("end", "target") if field == "ramp" else (field,)) if name in written]
    if taken:
        name = _NAMES.get(taken[0], taken[0])
        guess = None
        if field == "target" and "second_target" not in written:
            guess = f"&{token.text.removeprefix('@')}"
        elif field == "end":
            guess = f"; {token.text}"
        raise Unreadable(f"one {name} in a step, and {written[taken[0]].text} is one already", guess)
    for name in ("end", "target") if field == "ramp" else (field,):
        written[name] = token
    fields[field] = value


def _read(token: Token, sport: Sport, kind: Kind) -> list[tuple[str, Any]]:
    if token.kind == "string":
        return [("note", token.value)]
    if token.kind == "opaque":
        return read_opaque(token, OpaqueStep)
    if token.problem:
        return []
    return [_read_word(token.text, sport, kind)]


def read_opaque(token: Token, of: type[Struct]) -> list[tuple[str, Any]]:
    """The parts of an opaque token."""
    if token.problem:
        return []
    try:
        parts = msgspec.convert(token.value, of)
    except msgspec.ValidationError as problem:
        raise Unreadable(f"what this program wrote there ({str(problem).rstrip('.')})") from None
    return [(name, getattr(parts, name)) for name in parts.__struct_fields__ if getattr(parts, name)]


def _read_word(word: str, sport: Sport, kind: Kind) -> tuple[str, Any]:  # noqa: PLR0911 - one for each form
    lower = word.lower()
    if lower in _PLAIN:
        return _PLAIN[lower]
    if lower[0] in "@&" and len(lower) > 1:
        return ("target" if lower[0] == "@" else "second_target"), _read_signed(lower[0], lower[1:], sport)
    if lower[0] == "+":
        if lower[1:] not in EQUIPMENT.meaning:
            guess = nearest(lower[1:], EQUIPMENT.meaning)
            raise Unreadable(f"equipment: {' '.join(EQUIPMENT.word.values())}", f"+{guess}" if guess else None)
        return "equipment", EQUIPMENT.meaning[lower[1:]]
    if lower.startswith("ramp") and lower[4:5].isdigit():
        return "ramp", _read_ramp(lower[4:])
    found: Any
    if found := read_end(lower, sport, kind):
        return "end", found
    if match := _WEIGHT.fullmatch(lower):
        if not (value := read_number(match[1])):
            raise Unreadable("a weight of more than nothing, or bodyweight")
        return "weight", Weight(value, "kg" if match[2][0] == "k" else "lb")
    if found := read_bare_target(lower):
        return "target", found
    if found := read_exercise(word, sport):
        return "exercise", found
    raise _unknown(word, sport)


def _read_signed(sign: str, word: str, sport: Sport) -> Target:
    try:
        if target := read_target(word):
            return target
        raise _no_target(word, sport)
    except Unreadable as problem:
        raise Unreadable(problem.expected, problem.suggestion and sign + problem.suggestion) from None


def fields_of(tokens: Iterable[Token], sport: Sport) -> set[str]:
    """What of a step these tokens say already."""
    used: set[str] = set()
    for token in tokens:
        try:
            used.update(field for field, _ in _read(token, sport, "interval"))
        except Unreadable:
            continue
    return used | {"end", "target"} if "ramp" in used else used


def read_exercise(word: str, sport: Sport) -> Exercise | None:
    """The exercise of CATEGORY, CATEGORY/NAME, category/name or ex:CATEGORY."""
    if match := _EXPLICIT_EXERCISE.fullmatch(word):
        return Exercise(match[1].upper(), match[2] and match[2].upper())
    category, _, name = word.partition("/")
    # Where nobody trains with exercises, EASY is a word in large letters.
    if not _EXERCISE.fullmatch(word) or not (name or sport in WITH_EXERCISES):
        return None
    return Exercise(category.upper(), name.upper() or None)


def exercise_words(exercise: Exercise, sport: Sport) -> str:
    """An exercise as text; with ex: where it would be read as something else."""
    word = f"{exercise.category}/{exercise.name}" if exercise.name else exercise.category
    try:
        if stands_alone(word) and _read_word(word, sport, "interval") == ("exercise", exercise):
            return word
    except Unreadable:
        pass
    return f"ex:{word}"


# ── Ramps ────────────────────────────────────────────────────────────────────────────────────────────────────


def _read_ramp(word: str) -> Ramp:
    values, _, rest = word.rpartition("/")
    values, _, length = values.rpartition("/")
    expected = "a ramp as in ramp 100-200w/10min/10: from and to, how long, how many steps"
    end = read_end(length, "other", "interval") if length else None
    if not isinstance(end, (Time, Distance)) or not rest.isascii() or not rest.isdigit():
        raise Unreadable(expected)
    if not 1 <= int(rest[:9]) <= _MOST_RAMP_STEPS:
        raise Unreadable(f"at most {_MOST_RAMP_STEPS} steps of a ramp, and at least one")
    if (end.seconds if isinstance(end, Time) else end.meters) < int(rest):
        raise Unreadable("a second or a metre at least for each step of a ramp")
    try:
        found, falls = read_target(values), False
    except Unreadable as problem:
        # A ramp may fall, which a range may not.
        if not problem.suggestion or problem.expected != "the lower value first":
            raise
        found, falls = read_target(problem.suggestion), True
    if not isinstance(found, Range):
        raise Unreadable(expected)
    if found.of == "pace" and "-" in values:
        # Of paces both orders are read: it falls where the first one is the greater.
        first = read_target(values.partition("-")[0] + found.unit)
        falls = isinstance(first, Range) and first.low > found.low
    return Ramp(found, falls, end, int(rest))


def _stepped(step: Step, ramp: Ramp) -> list[Step]:
    """A step for each part of a ramp. All bounds are whole, as far as there is room for it."""
    low, high = ramp.of.low, ramp.of.high
    bounds = _parts(low, high, ramp.steps)
    ranges = list(pairwise(bounds))
    if ramp.falls:
        ranges.reverse()
    total = ramp.length.seconds if isinstance(ramp.length, Time) else ramp.length.meters
    ends = _parts(0, total, ramp.steps)
    steps = []
    for (lowest, highest), (begins, stops) in zip(ranges, pairwise(ends), strict=True):
        end = Time(stops - begins) if isinstance(ramp.length, Time) else Distance(stops - begins, ramp.length.unit)
        target = msgspec.structs.replace(ramp.of, low=lowest, high=highest)
        steps.append(msgspec.structs.replace(step, end=end, target=target))
    return steps


def _parts(first: float, last: float, count: int) -> list[float]:
    exact = [first * ((count - part) / count) + last * (part / count) for part in range(count + 1)]
    whole = [floor(value + 0.5) for value in exact[1:-1]]
    rounded = [first, *map(float, whole), last]
    return rounded if all(a < b for a, b in pairwise(rounded)) else exact


# ── Guesses ──────────────────────────────────────────────────────────────────────────────────────────────────


def _no_target(word: str, sport: Sport) -> Unreadable:
    if _CLOCKS.fullmatch(word):
        return Unreadable(
            "a pace with what it is for: /km, /mi, /100m", word + ("/100m" if sport == "swimming" else "/km")
        )
    if re.fullmatch(rf"{NUMBER}(-{NUMBER})?", word):
        return Unreadable(f"a unit: {' '.join(UNITS)}", word + ("w" if sport == "cycling" else "bpm"))
    return Unreadable(
        "a target: z2, pz3, 230-245w, 3:40-3:50/km, 88-94%ftp, rpe7, 10k, css or easy",
        nearest(word, (*EFFORTS.meaning, *WHOLE, *RACE_NAMES, "css")),
    )


def _unknown(word: str, sport: Sport) -> Unreadable:
    plain = normalize("NFKC", word)
    if plain != word and plain.isascii():
        return Unreadable("plain letters and digits", plain)
    if re.fullmatch(NUMBER, word):
        return Unreadable(f"a unit of {word}: s, min, m, km, reps, kcal, kg …", word + _likely_unit(word, sport))
    if word.lower() in EFFORTS.meaning or word.lower() in RACE_NAMES:
        return Unreadable("an @ before a target", f"@{word}")
    if re.fullmatch(r"[0-9]+x.*", word, re.IGNORECASE):
        count, _, rest = word.lower().partition("x")
        return Unreadable(
            "the steps of a repeat in ( ), or indented on the lines below", f"{count}x({rest.lstrip('!')})"
        )
    return Unreadable(_ANYTHING, nearest(word, _KNOWN))


def _likely_unit(number: str, sport: Sport) -> str:
    if sport == "swimming":
        return "m"
    if sport in WITH_EXERCISES:
        return "reps"
    return "min" if float(number) <= 30 else "s" if float(number) < 200 else "m"
