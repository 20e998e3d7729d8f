"""FIT workout files: steps as plain values in the words of Garmin's FIT profile, written and read.

Scales, offsets and numbers of the profile stay in here: a heart rate is bpm or % of maximum, not 0 to 100 or 100 more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import fitdecode
from fitdecode.profile import FIELD_TYPES

from ..errors import FileDamaged
from .fit_encoding import FIT_EPOCH_S, LIMITS, Message, checksum, checksum_bytes, header
from .fit_parts import CHECKSUM_BYTES, fit_parts, read_fit_bytes

#: Far more than any workout.
MOST_STEPS = 1000
_MOST_BYTES = 2**20
_MOST_FRAMES = 4 * MOST_STEPS
#: A field's width is one byte, and a string ends with a zero.
LONGEST_TEXT_BYTES = 254
SHORTEST_POOL_M, LONGEST_POOL_M = 1.0, 655.0

_WORKOUT_FILE, _DEVELOPMENT = 5, 255
_FILE_ID_NUMBER, _WORKOUT_NUMBER, _STEP_NUMBER, _SESSION_NUMBER = 0, 26, 27, 158
#: The fields that are texts.
_TEXTS = {_WORKOUT_NUMBER: (8, 17), _STEP_NUMBER: (0, 8)}
_UNKNOWN = LIMITS["uint32"][2]
_CM_PER_M, _POOL_PER_M = 100, 100
_KG_PARTS = 100

#: Seconds, metres, heart rates and powers among what ends a step or a repeat.
_TIMES = {"time", "repetition_time", "time_only", "repeat_until_time"}
_DISTANCES = {"distance", "repeat_until_distance"}


class Amount(NamedTuple):
    """A heart rate or a power: absolute (bpm, W), or in percent of the athlete's maximum or threshold."""

    value: float
    percent: bool = False


@dataclass(frozen=True, slots=True)
class FitTarget:
    """What to hold: a kind of the profile, and a zone, two bounds (m/s, bpm, W, rpm) or a stroke."""

    kind: str
    zone: int | None = None
    low: Amount | None = None
    high: Amount | None = None
    stroke: str | None = None


@dataclass(frozen=True, slots=True)
class FitStep:
    """One step, or (with `first`) the order to go back to a step again and again.

    `ends` is a duration of the profile; `amount` belongs to it: s, m, kcal, bpm, W, repetitions, or times.
    """

    ends: str = "open"
    amount: Amount | None = None
    first: int | None = None
    target: FitTarget | None = None
    second_target: FitTarget | None = None
    intensity: str | None = None
    name: str | None = None
    notes: str | None = None
    equipment: str | None = None
    category: str | None = None
    exercise: str | None = None
    weight_kg: float | None = None
    weight_unit: str | None = None


@dataclass(frozen=True, slots=True)
class FitSession:
    """One sport of a workout, and which steps are of it."""

    sport: str = "generic"
    sub_sport: str = "generic"
    pool_m: float | None = None
    pool_in_yards: bool = False
    first: int = 0
    count: int = 0


@dataclass(frozen=True, slots=True)
class FitWorkout:
    """A whole file. `sessions` are there where a workout has several sports."""

    whole: FitSession
    steps: tuple[FitStep, ...]
    name: str | None = None
    description: str | None = None
    sessions: tuple[FitSession, ...] = field(default=())


# ── Words and numbers of the profile ─────────────────────────────────────────────────────────────────────────


def words(kind: str) -> dict[str, int]:
    """The words of one of the profile's types, with their numbers; empty where it has no such type."""
    found = FIELD_TYPES.get(kind)
    return {} if found is None else {word: number for number, word in found.enum.items()}


def knows_exercise(category: str, name: str | None) -> bool:
    """Whether the profile has a number for an exercise."""
    return category in words("exercise_category") and (name is None or name in words(f"{category}_exercise_name"))


def holds(kind: str, amount: Amount | None) -> bool:
    """Whether a file has room for what ends a step, or for a bound of a target."""
    if amount is None:
        return True
    raw, offset = _encoded(kind, amount), _offset(kind)
    # Up to the offset they are percents, above it they are not: 150 % of maximum would be 50 bpm.
    return raw != _UNKNOWN and (not offset or amount.percent == (raw <= offset))


def _number(kind: str, word: str | None, otherwise: int) -> int:
    return otherwise if word is None else words(kind).get(word, otherwise)


def _word(kind: str, number: Any) -> str | None:
    found = FIELD_TYPES[kind].enum.get(number) if kind in FIELD_TYPES else None
    return None if number is None else str(number if found is None else found)


# ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────

_FILE_ID = Message(
    0, _FILE_ID_NUMBER, ((0, "enum"), (1, "uint16"), (2, "uint16"), (4, "uint32"))
)  # type, manufacturer, product, created
_SESSION = Message(
    2,
    _SESSION_NUMBER,
    ((254, "uint16"), (0, "enum"), (1, "enum"), (2, "uint16"), (3, "uint16"), (4, "uint16"), (5, "enum")),
)  # index, sport, sub-sport, steps, first step, pool, its unit


def fit_workout_bytes(workout: FitWorkout, made: datetime) -> bytes:
    """The file. Texts beyond `LONGEST_TEXT_BYTES` are cut; what the profile has no word for is left out."""
    body = _FILE_ID.definition() + _FILE_ID.pack(
        _WORKOUT_FILE, _DEVELOPMENT, 0, max(int(made.timestamp()) - FIT_EPOCH_S, 0)
    )
    body += _written_head(workout)
    if workout.sessions:
        body += _SESSION.definition()
        body += b"".join(_written_session(index, session) for index, session in enumerate(workout.sessions))
    body += _written_steps(workout.steps)
    content = header(len(body)) + body
    return content + checksum_bytes(checksum(content))


def _written_head(workout: FitWorkout) -> bytes:
    name, description = _text(workout.name), _text(workout.description)
    whole = workout.whole
    message = Message(
        1,
        _WORKOUT_NUMBER,
        (
            (4, "enum"),  # sport
            (11, "enum"),  # sub-sport
            (6, "uint16"),  # steps
            (14, "uint16"),  # pool, cm
            (15, "enum"),  # its unit
            *((number, f"{len(text)} string") for number, text in ((8, name), (17, description)) if text),
        ),
    )
    sport = (_number("sport", whole.sport, 0), _number("sub_sport", whole.sub_sport, 0))
    texts = (text for text in (name, description) if text)
    return message.definition() + message.pack(*sport, len(workout.steps), *_pool(whole), *texts)


def _written_session(index: int, session: FitSession) -> bytes:
    sport = (_number("sport", session.sport, 0), _number("sub_sport", session.sub_sport, 0))
    return _SESSION.pack(index, *sport, session.count, session.first, *_pool(session))


def _pool(session: FitSession) -> tuple[int, int]:
    if session.pool_m is None:
        return LIMITS["uint16"][2], LIMITS["enum"][2]
    return _held("uint16", session.pool_m * _POOL_PER_M), int(session.pool_in_yards)


def _written_steps(steps: Sequence[FitStep]) -> bytes:
    texts = [(_text(step.name), _text(step.notes)) for step in steps]
    name_bytes, notes_bytes = (max((len(each[which]) for each in texts), default=0) for which in (0, 1))
    message = Message(
        3,
        _STEP_NUMBER,
        (
            (254, "uint16"),  # index
            (1, "enum"),  # what ends it
            (2, "uint32"),
            (3, "enum"),  # target
            (4, "uint32"),
            (5, "uint32"),
            (6, "uint32"),
            (19, "enum"),  # second target
            (20, "uint32"),
            (21, "uint32"),
            (22, "uint32"),
            (7, "enum"),  # intensity
            (9, "enum"),  # equipment
            (10, "uint16"),  # exercise
            (11, "uint16"),
            (12, "uint16"),  # weight
            (13, "enum"),
            *((number, f"{length} string") for number, length in ((0, name_bytes), (8, notes_bytes)) if length),
        ),
    )
    written = [message.definition()]
    for index, (step, (name, notes)) in enumerate(zip(steps, texts, strict=True)):
        shown = [text for text, length in ((name, name_bytes), (notes, notes_bytes)) if length]
        written.append(message.pack(index, *_step_numbers(step), *shown))
    return b"".join(written)


def _step_numbers(step: FitStep) -> list[int]:
    none = LIMITS["enum"][2]
    ends, lasts = _number("wkt_step_duration", step.ends, 5), _encoded(step.ends, step.amount)
    target = _target_numbers(step.target)
    if step.first is not None:
        # What ends a repeat takes the target's place.
        lasts, target = step.first, [_number("wkt_step_target", "open", 2), lasts, _UNKNOWN, _UNKNOWN]
    second = _target_numbers(step.second_target) if step.second_target else [none, *[_UNKNOWN] * 3]
    exercises = f"{step.category}_exercise_name"
    unknown = LIMITS["uint16"][2]
    return [
        ends,
        lasts,
        *target,
        *second,
        _number("intensity", step.intensity, none),
        _number("workout_equipment", step.equipment, none),
        _number("exercise_category", step.category, unknown),
        _number(exercises, step.exercise, unknown),
        unknown if step.weight_kg is None else _held("uint16", step.weight_kg * _KG_PARTS),
        _number("fit_base_unit", step.weight_unit, unknown) if step.weight_unit else none,
    ]


def _target_numbers(target: FitTarget | None) -> list[int]:
    """The kind, its value, and the bounds; a zone of 0 says that the bounds count."""
    if target is None:
        return [_number("wkt_step_target", "open", 2), _UNKNOWN, _UNKNOWN, _UNKNOWN]
    kind = _number("wkt_step_target", target.kind, 2)
    if target.stroke is not None:
        return [kind, _number("swim_stroke", target.stroke, _UNKNOWN), _UNKNOWN, _UNKNOWN]
    if target.low is None or target.high is None:
        return [kind, target.zone or 0, _UNKNOWN, _UNKNOWN]
    return [kind, 0, _encoded(target.kind, target.low), _encoded(target.kind, target.high)]


def _scale(kind: str) -> float:
    if kind in _TIMES or kind.startswith("speed"):
        return 1000
    return _CM_PER_M if kind in _DISTANCES else 1


def _offset(kind: str) -> int:
    """What is added to absolute values, so that smaller ones are percents."""
    if kind.startswith("heart_rate") or "hr_" in kind:
        return 100
    return 1000 if "power" in kind else 0


def _encoded(kind: str, amount: Amount | None) -> int:
    if amount is None:
        return _UNKNOWN
    return _held("uint32", amount.value * _scale(kind) + (0 if amount.percent else _offset(kind)))


def _held(kind: str, value: float) -> int:
    """A number as a base type holds it; what it cannot hold is "not known"."""
    lowest, highest, unknown = LIMITS[kind]
    return round(value) if lowest <= value <= highest else unknown


def _text(text: str | None) -> bytes:
    """A text as it stands in a file, cut between characters; nothing where there is none."""
    octets = (text or "").replace("\0", "").encode()[:LONGEST_TEXT_BYTES]
    return octets.decode(errors="ignore").encode() + b"\0" if octets else b""


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────


def read_fit_workout(path: Path) -> FitWorkout:
    """The workout of a file. Raises FileDamaged where it is not whole, is no workout, or is larger than any."""
    content = read_fit_bytes(path)
    if len(content) > _MOST_BYTES:
        raise FileDamaged(path.name, "is larger than any workout")
    parts, problems = fit_parts(content)
    if not parts:
        raise FileDamaged(path.name, "is not FIT")
    for problem in (*parts[0].problems, *problems):
        raise FileDamaged(path.name, problem)
    messages = _messages(path.name, content[: parts[0].end + CHECKSUM_BYTES])
    if not any(number == _FILE_ID_NUMBER and values.get(0) == _WORKOUT_FILE for number, values in messages):
        raise FileDamaged(path.name, "is a FIT file of another kind, no workout")
    heads = [values for number, values in messages if number == _WORKOUT_NUMBER]
    head = heads[0] if heads else {}
    steps = [values for number, values in messages if number == _STEP_NUMBER]
    if not 1 <= len(steps) <= MOST_STEPS:
        raise FileDamaged(path.name, "is a workout without steps" if not steps else "has more steps than any workout")
    steps.sort(key=lambda values: values.get(254) or 0)
    return FitWorkout(
        _session(head, (4, 11, 14, 15)),
        tuple(map(_step, steps)),
        head.get(8) or None,
        head.get(17) or None,
        tuple(
            _session(values, (0, 1, 4, 5), values.get(3) or 0, values.get(2) or 0)
            for number, values in messages
            if number == _SESSION_NUMBER
        ),
    )


def _messages(name: str, content: bytes) -> list[tuple[int, dict[int, Any]]]:
    """Each message's number and its raw values by number of field; what is not known is left out."""
    reader = fitdecode.FitReader(
        content,
        processor=None,
        check_crc=fitdecode.CrcCheck.DISABLED,  # `fit_parts` has checked it
        error_handling=fitdecode.ErrorHandling.IGNORE,
    )
    found: list[tuple[int, dict[int, Any]]] = []
    frames = 0
    try:
        with reader:
            for frame in reader:
                frames += 1
                if frames > _MOST_FRAMES:
                    raise ValueError("too many messages")
                if frame.frame_type == fitdecode.FIT_FRAME_DATA:
                    found.append((frame.global_mesg_num, _raw_values(frame)))
    except Exception as problem:  # fitdecode raises many kinds on hostile bytes
        raise FileDamaged(name, "holds messages that cannot be read") from problem
    return found


def _raw_values(frame: Any) -> dict[int, Any]:
    """Numbers and texts where the profile has them: a file may say of any field that it is something else."""
    texts = _TEXTS.get(frame.global_mesg_num, ())
    return {
        each.def_num: each.raw_value
        for each in frame.fields
        if each.field_def is not None
        and not each.field_def.is_dev
        and each.value is not None
        and (
            isinstance(each.raw_value, str)
            if each.def_num in texts
            else isinstance(each.raw_value, int) and each.raw_value >= 0
        )
    }


def _session(values: dict[int, Any], at: tuple[int, int, int, int], first: int = 0, count: int = 0) -> FitSession:
    sport, sub_sport, pool, unit = (values.get(number) for number in at)
    return FitSession(
        _word("sport", sport) or "generic",
        _word("sub_sport", sub_sport) or "generic",
        pool / _POOL_PER_M if pool else None,
        unit == 1,
        first,
        count,
    )


def _step(values: dict[int, Any]) -> FitStep:
    ends = _word("wkt_step_duration", values.get(1)) or "open"
    repeats = ends.startswith("repeat_")
    category = _word("exercise_category", values.get(10))
    weight = values.get(12)
    return FitStep(
        ends,
        _decoded(ends, values.get(4 if repeats else 2)),
        (values.get(2, -1) if repeats else None),
        None if repeats else _target(values, (3, 4, 5, 6)),
        _target(values, (19, 20, 21, 22)),
        _word("intensity", values.get(7)),
        values.get(0) or None,
        values.get(8) or None,
        _word("workout_equipment", values.get(9)),
        category,
        _word(f"{category}_exercise_name", values.get(11)),
        None if weight is None else weight / _KG_PARTS,
        _word("fit_base_unit", values.get(13)),
    )


def _target(values: dict[int, Any], at: tuple[int, int, int, int]) -> FitTarget | None:
    number, value, low, high = (values.get(each) for each in at)
    kind = _word("wkt_step_target", number)
    if kind is None or kind == "open":
        return None
    if kind == "swim_stroke":
        return FitTarget(kind, stroke=_word("swim_stroke", value))
    if value or low is None or high is None:
        return FitTarget(kind, value or None)
    return FitTarget(kind, None, _decoded(kind, low), _decoded(kind, high))


def _decoded(kind: str, raw: Any) -> Amount | None:
    if not isinstance(raw, int):
        return None
    offset = _offset(kind)
    return Amount(raw / _scale(kind), percent=True) if offset and raw <= offset else Amount(raw / _scale(kind) - offset)
