"""What may be written next in the text form of a workout, at its place and in its sport."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, cast

from .definition import Sport
from .text_items import begins_repeat
from .text_steps import WITH_EXERCISES, fields_of
from .text_tokens import Token, lines, tokens
from .text_words import DRILLS, EFFORTS, EQUIPMENT, KINDS, RACES, SPORTS, STROKES, WHOLE, Words

#: Words like "SQUAT/BARBELL_BACK_SQUAT", or who gives those that fit what is written.
Exercises = Sequence[str] | Callable[[str], Iterable[str]]

_MOST_EXERCISES = 50
_ON_FOOT: tuple[Sport, ...] = ("running", "walking", "rucking")
_HEART = ("bpm", "%mhr", "%lthr")
_UNITS: dict[str, tuple[str, ...]] = {
    "running": (*_HEART, "spm", "w", "%ftp", "%tp", "%grade"),
    "walking": (*_HEART, "spm", "kph", "mph", "%grade"),
    "rucking": (*_HEART, "spm", "kph", "mph", "%grade"),
    "cycling": ("w", "%ftp", *_HEART, "rpm", "wlap", "w3s", "w10s", "w30s", "kph", "mph", "%grade", "res"),
    "swimming": ("%tp",),
}
_UNIT_DESCRIPTIONS = {
    "bpm": "heart rate",
    "%mhr": "of maximum heart rate",
    "%lthr": "of threshold heart rate",
    "w": "power",
    "wlap": "power, average of the lap",
    "w3s": "power, average of 3 s",
    "w10s": "power, average of 10 s",
    "w30s": "power, average of 30 s",
    "%ftp": "of threshold power",
    "rpm": "cadence",
    "spm": "cadence",
    "kph": "speed",
    "mph": "speed",
    "%tp": "of threshold speed",
    "%grade": "slope",
    "res": "resistance",
    "/km": "pace",
    "/mi": "pace",
    "/100m": "pace",
    "/100yd": "pace",
    "/500m": "pace",
}
_KIND_DESCRIPTIONS = {
    "wu": "warm-up",
    "cd": "cool-down",
    "go": "interval, as without a word",
    "rec": "recovery, moving",
    "rest": "rest",
    "main": "main part",
    "oth": "anything else",
}
_VALUE = re.compile(r"[0-9][0-9.:]*(?:-[0-9][0-9.:]*)?")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
#: What separates steps, or begins one.
_BETWEEN = ("separator", "(", ")")

Offers = Iterator[tuple[str, str]]


class Completion(NamedTuple):
    """A word that fits, what it means, and how many characters before the cursor it stands for."""

    insert: str
    description: str
    replaces: int


def completions(text: str, line: int, column: int, exercises: Exercises = ()) -> list[Completion]:
    """What fits at a place of a text (both counted from 1), the most likely first; nothing in a note or a comment."""
    above = lines(text)[:line]
    before = above.pop()[: column - 1] if above and len(above) == line else ""
    here = tokens(before)
    written = [token for written_line in above for token in tokens(written_line) if token.kind != "comment"]
    if here and (here[-1].kind == "comment" or (here[-1].kind in {"string", "opaque"} and here[-1].problem)):
        return []
    partial: Token | None = None
    if here and here[-1].kind == "word" and here[-1].column - 1 + here[-1].length == len(before):
        partial = here.pop()
    word = partial.text if partial else ""
    found = _offers(word, written, here, exercises)
    replaces = partial.length if partial else 0
    return [Completion(insert, description, replaces) for insert, description in found if insert != word]


def _offers(word: str, written: list[Token], here: list[Token], exercises: Exercises) -> list[tuple[str, str]]:
    lower = word.lower()
    every = [*written, *here]
    if not every or (here and here[-1].text == "--") or lower.startswith("--"):
        return list(_sports(lower, leg=bool(every)))
    sport, several = _sport(every)
    step = _step_so_far(here)
    used = fields_of(step, sport)
    if lower[:1] in {"@", "&"}:
        slot = "target" if lower[0] == "@" else "second_target"
        if slot in used:
            return []
        return [(word[0] + offer, described) for offer, described in _targets(lower[1:], sport)]
    if lower[:1] == "+":
        return list(_prefixed(_said(EQUIPMENT, "equipment", "+"), lower)) if sport == "swimming" else []
    offers = [*_heads(written, here, sport), *_step(lower, sport, used, begins=not step)]
    if not step and several and not here:
        offers.append(("-- ", "the next leg"))
    found = list(_prefixed(iter(offers), lower))
    if sport in WITH_EXERCISES and "exercise" not in used and word:
        found.extend((offer, "exercise") for offer in _exercises(word, exercises))
    return found


def _sports(word: str, *, leg: bool) -> Offers:
    prefix = "-- " if word.startswith("--") else ""
    for offer in SPORTS.word.values():
        if offer.startswith(word.removeprefix("--")) and not (leg and offer == "multi"):
            yield prefix + offer, "sport"


def _sport(written: list[Token]) -> tuple[Sport, bool]:
    """The sport at the end of what is written, and whether it is a leg's or waits for legs."""
    found, several = "other", False
    for position, token in enumerate(written):
        if token.kind != "word" or (position and not token.text.startswith("--")):
            continue
        word = token.text.lstrip("-") or (written[position + 1].text if position + 1 < len(written) else "")
        meaning = SPORTS.meaning.get(word.partition(":")[0].lower())
        found = meaning or found
        several = several or meaning == "multi_sport"
    return cast(Sport, found), several


def _step_so_far(here: list[Token]) -> list[Token]:
    """The tokens of the step that the end of a line is in."""
    step: list[Token] = []
    head = True
    for token in here:
        sport = head and token.text.lstrip("-").lower() in SPORTS.meaning
        head = token.text.startswith("--")
        if sport or head or token.kind in _BETWEEN or token.text in {":", "note"} or begins_repeat(token):
            step = []
        else:
            step.append(token)
    return step


def _prefixed(offers: Iterable[tuple[str, str]], prefix: str) -> Offers:
    return (offer for offer in offers if offer[0].startswith(prefix))


def _said(words: Words, description: str, sign: str = "") -> Offers:
    for meaning, word in words.word.items():
        yield sign + word, f"{meaning.replace('_', ' ')} ({description})"


# ── Heads ────────────────────────────────────────────────────────────────────────────────────────────────────


def _heads(written: list[Token], here: list[Token], sport: Sport) -> Offers:
    """What the head of a workout may still hold."""
    texts = {token.text.lower() for token in (*written, *here)}
    if here and (written or any(token.text == ":" for token in here)):
        return
    if not written and sport == "swimming":
        yield "pool 25m", "length of the pool"
        yield "pool 50m", "length of the pool"
        yield "pool 25yd", "length of the pool"
    if not written and sport == "multi_sport" and "transitions" not in texts:
        yield "transitions", "with transitions between the legs"
    if "note" not in texts:
        yield 'note "', "note of the whole workout"


# ── Steps ────────────────────────────────────────────────────────────────────────────────────────────────────


def _step(word: str, sport: Sport, used: set[str], *, begins: bool) -> Offers:
    if sport == "multi_sport":
        return
    if _NUMBER.fullmatch(word):
        yield from _numbers(word, sport, used, begins=begins)
        return
    if "kind" not in used:
        for kind in KINDS.word.values():
            yield kind, _KIND_DESCRIPTIONS[kind]
    if "end" not in used:
        yield "lap", "until the lap button"
        if sport == "swimming":
            yield "on1:45", "send-off: the next one starts so long after this one"
        else:
            yield "hr>", "until the heart rate is above"
            yield "hr<", "until the heart rate is below"
        if sport in {"cycling", "running"}:
            yield "p>", "until the power is above"
            yield "p<", "until the power is below"
    if begins:
        yield "for 10:00(", "repeat for a time"
        if sport in {"running", "cycling"}:
            yield "ramp ", "a target in steps, as in ramp 100-200w/10min/10"
    yield from _details(sport, used)
    if "target" not in used:
        yield "@", "target"
    elif "second_target" not in used:
        yield "&", "second target"


def _details(sport: Sport, used: set[str]) -> Offers:
    if sport == "swimming":
        if "stroke" not in used:
            yield from _said(STROKES, "stroke")
        if "drill" not in used:
            yield from _said(DRILLS, "drill")
        if "equipment" not in used:
            yield from _said(EQUIPMENT, "equipment", "+")
    elif sport in WITH_EXERCISES and "weight" not in used:
        yield "bodyweight", "weight"


def _numbers(word: str, sport: Sport, used: set[str], *, begins: bool) -> Offers:
    value = float(word)
    if not value:
        return
    if begins and word.isdigit() and len(word) < 4:
        yield f"{word}x(", "repeat"
    if "end" not in used:
        exercises = sport in WITH_EXERCISES
        if exercises and word.isdigit():
            yield f"{word}reps", "repetitions"
        yield f"{word}min", "minutes"
        yield f"{word}s", "seconds"
        if value >= 50 or sport == "swimming" or exercises:
            yield f"{word}m", "metres"
        if sport == "swimming":
            yield f"{word}yd", "yards"
        else:
            yield f"{word}km", "kilometres"
            yield f"{word}mi", "miles"
        yield f"{word}kcal", "energy"
    if sport in WITH_EXERCISES and "weight" not in used:
        yield f"{word}kg", "weight"
        yield f"{word}lb", "weight"


def _targets(word: str, sport: Sport) -> Offers:
    if _VALUE.fullmatch(word):
        yield from _ranges(word, sport)
        return
    yield from (offer for offer in _named_targets(sport) if offer[0].startswith(word))


def _ranges(word: str, sport: Sport) -> Offers:
    if ":" in word:
        first = ("/100m", "/100yd") if sport == "swimming" else ("/km", "/mi")
        units: Iterable[str] = (*first, "/500m")
    else:
        units = _UNITS.get(sport, _HEART)
        if sport in _ON_FOOT and word in {"1", "3", "5", "10", "15"}:
            yield f"{word}k", "pace of a race"
    for unit in units:
        yield word + unit, _UNIT_DESCRIPTIONS[unit]


def _named_targets(sport: Sport) -> Offers:
    if sport == "swimming":
        yield "css", "critical swim speed"
        yield "css+5", "5 s per 100 m slower than it"
    else:
        for zone in range(1, 6):
            yield f"z{zone}", "heart-rate zone"
    if sport in {"cycling", "running"}:
        for zone in range(1, 8):
            yield f"pz{zone}", "power zone"
    yield from _said(EFFORTS, "effort")
    if sport in _ON_FOOT:
        for race in ("5k", "10k", *RACES):
            yield race, "pace of a race"
    for word, unit in WHOLE.items():
        if unit in _UNITS.get(sport, _HEART):
            yield word, f"100 % {_UNIT_DESCRIPTIONS[unit]}"
    if sport != "swimming":
        yield from ((f"rpe{feeling}", "how hard it feels, to 10") for feeling in range(1, 11))


def _exercises(word: str, exercises: Exercises) -> Iterator[str]:
    """Of a sequence those that hold all parts of what is written, the ones that begin so first."""
    if callable(exercises):
        yield from exercises(word)
        return
    wanted = word.upper()
    parts = [part for part in re.split(r"[_/\s]+", wanted) if part]
    found = [name for name in exercises if all(part in name for part in parts)]
    yield from sorted(found, key=lambda name: not name.startswith(wanted))[:_MOST_EXERCISES]
