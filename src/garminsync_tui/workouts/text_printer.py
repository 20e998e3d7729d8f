"""A workout as text: a line for each step, or all in one line. Reading what is printed gives the same workout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from .definition import Leg, Place, Pool, Repeat, Sport, Step, Target, Workout
from .text_ends import end_words
from .text_numbers import number, time
from .text_parser import Comment
from .text_steps import exercise_words
from .text_targets import target_words
from .text_tokens import opaque, quoted
from .text_words import DRILLS, EQUIPMENT, KINDS, SPORTS, STROKES

_INDENTED = "  "


def print_workout(workout: Workout, *, one_line: bool = False, comments: Sequence[Comment] = ()) -> str:
    """The canonical text of a workout. One line has no room for comments; those of items that are gone come last."""
    head = [SPORTS.word[workout.sport]]
    if workout.name is not None:
        head.append(quoted(workout.name))
    if workout.pool:
        head.append(_pool(workout.pool))
    if workout.transitions:
        head.append("transitions")
    note = f"note {quoted(workout.note)}" if workout.note is not None else ""
    if one_line:
        if note:
            head.append(note)
        return f"{' '.join(head)}: {_in_line(workout.steps, workout.sport, '; ')}"
    page = _Page(comments)
    page.add(" ".join(head), ())
    if note:
        page.add(note)
    _outline(page, workout.steps, workout.sport, (), "")
    return page.text()


def print_item(item: Step | Repeat | Leg, sport: Sport) -> str:
    """One step, or a repeat with its steps, in one line."""
    if isinstance(item, Step):
        return step_words(item, sport)
    if isinstance(item, Leg):
        return f"{_leg(item)}: {_in_line(item.steps, item.sport, '; ')}"
    return f"{_repeat(item)}({_in_line(item.steps, sport, ', ')})"


def step_words(step: Step, sport: Sport) -> str:  # noqa: PLR0912 - one for each field
    """A step as text."""
    parts: dict[str, Any] = {}
    words = [KINDS.word[step.kind]] if step.kind != "interval" else []
    if end := end_words(step.end, sport, step.kind):
        words.append(end)
    else:
        parts["end"] = msgspec.to_builtins(step.end)
    if step.exercise:
        words.append(exercise_words(step.exercise, sport))
    if step.weight == "bodyweight":
        words.append(step.weight)
    elif step.weight:
        words.append(f"{number(step.weight.value)}{step.weight.unit}")
    if step.stroke:
        words.append(STROKES.word[step.stroke])
    if step.drill:
        words.append(DRILLS.word[step.drill])
    if step.equipment:
        words.append(f"+{EQUIPMENT.word[step.equipment]}")
    for sign, field, target in (("@", "target", step.target), ("&", "second_target", step.second_target)):
        if target:
            _target(words, parts, sign, field, target)
    if step.note is not None:
        words.append(quoted(step.note))
    if step.garmin:
        parts["garmin"] = step.garmin
    if parts:
        words.append(opaque(parts))
    return " ".join(words)


def _target(words: list[str], parts: dict[str, Any], sign: str, field: str, target: Target) -> None:
    if word := target_words(target):
        words.append(sign + word)
    else:
        parts[field] = msgspec.to_builtins(target)


def _in_line(items: Sequence[Step | Repeat | Leg], sport: Sport, separator: str) -> str:
    return separator.join(print_item(item, sport) for item in items)


def _outline(page: _Page, items: Sequence[Step | Repeat | Leg], sport: Sport, above: Place, indented: str) -> None:
    for position, item in enumerate(items, 1):
        place = (*above, position)
        if isinstance(item, Step):
            page.add(indented + step_words(item, sport), place)
        elif isinstance(item, Leg):
            page.add(_leg(item), place)
            _outline(page, item.steps, item.sport, place, indented)
        else:
            page.add(indented + _repeat(item), place)
            _outline(page, item.steps, sport, place, indented + _INDENTED)


def _repeat(item: Repeat) -> str:
    words = f"{item.times}x" if item.times is not None else f"for {time(item.seconds or 0)}"
    return f"{words}{'!' if item.skip_last_rest else ''}{_own(item.garmin)}"


def _leg(leg: Leg) -> str:
    return f"-- {SPORTS.word[leg.sport]}{f' {_pool(leg.pool)}' if leg.pool else ''}{_own(leg.garmin)}"


def _own(garmin: dict[str, Any]) -> str:
    return f" {opaque({'garmin': garmin})}" if garmin else ""


def _pool(pool: Pool) -> str:
    return f"pool {number(pool.length)}{pool.unit}"


class _Page:
    """Lines, with the comments of what stands in them."""

    def __init__(self, comments: Sequence[Comment]) -> None:
        self.lines: list[str] = []
        self.comments: dict[Place | None, list[Comment]] = {}
        for comment in comments:
            self.comments.setdefault(comment.place, []).append(comment)

    def add(self, line: str, place: Place | None = None) -> None:
        own = self.comments.pop(place, []) if place is not None else []
        indented = line[: len(line) - len(line.lstrip())]
        self.lines.extend(indented + _comment(comment) for comment in own if comment.above)
        beside = " ".join(_comment(comment) for comment in own if not comment.above)
        self.lines.append(f"{line}  {beside}" if beside else line)

    def text(self) -> str:
        left = [_comment(comment) for several in self.comments.values() for comment in several]
        return "\n".join([*self.lines, *left]) + "\n"


def _comment(comment: Comment) -> str:
    return f"# {comment.text}".rstrip()
