"""A workout from its text form:

    run "Threshold" : wu 15:00 @z2; 3x(2km @4:05-4:15/km "relaxed", rec 3:00); cd lap

or a line for each step, with the steps of a repeat indented below it:

    swim "CSS" pool 25m
    note "Bring fins"
    wu 400m free @easy
    8x
      100m free @css+5
      rest 15s

A step is words in any order. Whatever a text holds, all that can be read is read, and each thing that cannot be is a
problem with its place.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from msgspec.structs import replace

from ..errors import InvalidWorkout
from .definition import Leg, Place, Pool, Repeat, Sport, Step, Workout
from .text_items import Node, Notes, Row, Span, TooMuch, left_over
from .text_numbers import NUMBER
from .text_steps import read_steps
from .text_tokens import Token, indentation, lines, tokens
from .text_words import SPORTS, TextProblem, Unreadable, nearest

#: Far beyond any workout: what a text may cost to read.
LONGEST = 200_000

_POOL = re.compile(rf"pool({NUMBER})(m|yd|y)", re.IGNORECASE)


class Comment(NamedTuple):
    """A comment, and the place of the item that it stands at: () is the head of the workout, None its end."""

    text: str
    place: Place | None
    #: Whether it stands on a line of its own, above the item.
    above: bool


class Parsed(NamedTuple):
    """What a text says: as far as it could be read, and what could not be."""

    #: Missing where there is no sport or no step.
    workout: Workout | None
    items: tuple[Step | Repeat | Leg, ...]
    problems: tuple[TextProblem, ...]
    comments: tuple[Comment, ...]
    spans: dict[Place, Span]

    def checked(self) -> Workout:
        """The workout, where there is nothing wrong with its text. Raises InvalidWorkout."""
        if self.problems or self.workout is None:
            first = str(self.problems[0])
            more = f" (and {len(self.problems) - 1} more)" if len(self.problems) > 1 else ""
            raise InvalidWorkout((), first + more)
        return self.workout


def parse(text: str, base: Workout | None = None, *, sport: Sport | None = None) -> Parsed:
    """What `text` says. What of Garmin's has no words in a workout's head is taken over from `base`.

    With a `sport`, the text is steps of that sport alone, without the head of a workout.
    """
    return _Reader(base, sport).read(text)


class _Reader:
    def __init__(self, base: Workout | None, sport: Sport | None) -> None:
        self.base = base
        self.sport: Sport = sport or (base.sport if base else "other")
        self.has_head = sport is not None
        self.has_sport = sport is not None
        self.head: dict[str, Any] = {}
        self.notes = Notes()
        self.comments: list[tuple[int, str, bool]] = []
        self.root = Node(Span(1, 1, 0))
        self.stack = [self.root]
        #: Brackets at the end of a line: the indented lines below are in them.
        self.open: list[TextProblem] = []

    # ── The whole ────────────────────────────────────────────────────────────────────────────────────────────

    def read(self, text: str) -> Parsed:
        if len(text) > LONGEST:
            self.notes.problems.append(TextProblem(1, 1, 0, f"{len(text)} characters", f"at most {LONGEST}"))
            text = ""
        try:
            for self.notes.line, line in enumerate(lines(text.removeprefix("\ufeff")), 1):
                self._line(line)
        except TooMuch:
            pass
        self.notes.problems.extend(self.open)
        if not self.notes.problems and not self.has_head:
            self.notes.problems.append(TextProblem(1, 1, 0, "", f"a sport: {' '.join(SPORTS.word.values())}"))
        spans: dict[Place, Span] = {(): self.root.span}
        items = self._build(self.root, (), spans)
        if not self.notes.problems and not items:
            self.notes.problems.append(TextProblem(max(self.notes.line, 1), 1, 0, "", "at least one step"))
        self.notes.problems.sort(key=lambda problem: problem[:2])
        return Parsed(self._workout(items), items, tuple(self.notes.problems), self._comments(spans), spans)

    def _workout(self, items: tuple[Step | Repeat | Leg, ...]) -> Workout | None:
        if not items or not (self.has_sport or self.base):
            return None
        legs = [isinstance(item, Leg) for item in items]
        if any(legs) != (self.sport == "multi_sport") or any(legs) != all(legs):
            return None
        garmin = self.base.garmin if self.base else {}
        return Workout(sport=self.sport, steps=items, garmin=garmin, **self.head)

    def _build(self, parent: Node, place: Place, spans: dict[Place, Span]) -> tuple[Any, ...]:
        built: list[Step | Repeat | Leg] = []
        for node in parent.children:
            here = (*place, len(built) + 1)
            made = node.made
            if isinstance(made, Repeat | Leg):
                inner = self._build(node, here, spans)
                if not inner:
                    what = (
                        "of a repeat, in ( ) or indented below it" if isinstance(made, Repeat) else "of a leg below it"
                    )
                    self.notes.problems.append(TextProblem(*node.span, "", f"the steps {what}"))
                made = replace(made, steps=inner) if inner else None
            if made is not None:
                spans[here] = node.span
                built.append(made)
        return tuple(built)

    def _comments(self, spans: dict[Place, Span]) -> tuple[Comment, ...]:
        """The comments, each at the first item of its line, or at the next one below it."""
        starts = sorted((span.line, place) for place, span in spans.items() if place or self.has_sport)
        found = []
        position = 0
        for line, text, above in self.comments:
            while position < len(starts) and starts[position][0] < line:
                position += 1
            if above:
                place = starts[position][1] if position < len(starts) else None
            elif position < len(starts) and starts[position][0] == line:
                place = starts[position][1]
            else:
                place = ()
            found.append(Comment(text, place, above))
        return tuple(found)

    # ── Lines ────────────────────────────────────────────────────────────────────────────────────────────────

    def _line(self, line: str) -> None:
        found = tokens(line)
        if found and found[-1].kind == "comment":
            comment = found.pop()
            self.comments.append((self.notes.line, comment.value, not found))
        if not found:
            return
        first = found[0]
        if not self.has_head:
            self.has_head = True
            self.root.span = Span(self.notes.line, first.column, first.length)
            found = self._head(found)
        elif first.text.lower() == "note":
            found = self._note(found)
        elif first.kind == ")" and self.open:
            self.open.pop()
            found = found[1:]
        while found:
            if _is_leg(found[0]):
                found = self._leg(found)
            leg = next((position for position, token in enumerate(found) if _is_leg(token)), len(found))
            if leg:
                self._items(found[:leg], indentation(line))
            found = found[leg:]

    def _items(self, found: list[Token], indented: int) -> None:
        """Reads items of a line; a repeat that it ends with is open for the lines below."""
        parent = self._parent(indented, found[0])
        leg = self.stack[0].made
        sport = leg.sport if isinstance(leg, Leg) else self.sport
        if sport == "multi_sport":
            self.notes.report(found[0], Unreadable("the first leg of a multi workout, as in -- swim"))
        repeat, bracket = Row(self.notes, parent, sport).read(found)
        if repeat:
            repeat.indentation = indented
            self.stack.append(repeat)
        if bracket:
            self.open.append(self.notes.at(bracket, "a ) that closes it"))

    def _parent(self, indented: int, first: Token) -> Node:
        """What the items of a line belong to, by its indentation."""
        while len(self.stack) > 1 and self.stack[-1].indentation >= indented:
            self.stack.pop()
        parent = self.stack[-1]
        if parent.inner is None:
            parent.inner = indented
        elif parent.inner != indented:
            deeper = "; only the steps of a repeat are indented further" if indented > parent.inner else ""
            self.notes.report(first, Unreadable(f"{parent.inner} spaces before it, as in the step above{deeper}"))
        return parent

    # ── Heads ────────────────────────────────────────────────────────────────────────────────────────────────

    def _head(self, found: list[Token]) -> list[Token]:
        """Reads the head of a workout; what is left of the line are items."""
        found = _without_colon(found)
        word = found[0].text.lower()
        if word in SPORTS.meaning and found[0].kind == "word":
            self.sport = SPORTS.meaning[word]  # type: ignore[assignment]
            self.has_sport = True
            found = found[1:]
        else:
            guess = nearest(word, SPORTS.meaning) if found[0].kind == "word" else None
            self.notes.report(found[0], Unreadable(f"a sport: {' '.join(SPORTS.word.values())}", guess))
            if guess is not None or not self._looks_like_step(found):
                found = found[1:]
        while found:
            first = found[0]
            lower = first.text.lower()
            if first.kind == "word" and first.text == ":":
                return found[1:]
            if first.kind == "string" and "name" not in self.head:
                if first.problem:
                    self.notes.report(first, first.problem)
                self.head["name"] = first.value
                found = found[1:]
            elif lower == "note":
                found = self._note(found)
            elif lower.startswith("pool"):
                self.head["pool"] = self._pool(first)
                found = found[1:]
            elif lower == "transitions":
                self.head["transitions"] = True
                found = found[1:]
            else:
                break
        return found

    def _looks_like_step(self, found: list[Token]) -> bool:
        problems: list[Unreadable] = []
        read_steps(found[:1], self.sport, lambda token, problem: problems.append(problem))
        return not problems

    def _note(self, found: list[Token]) -> list[Token]:
        if len(found) < 2 or found[1].kind != "string":
            self.notes.report(found[0], Unreadable('what to note, as in note "Flat loop"'))
            return found[1:]
        if "note" in self.head:
            self.notes.report(found[0], Unreadable(r"one note of a workout; \n in it begins a new line"))
            return found[2:]
        if found[1].problem:
            self.notes.report(found[1], found[1].problem)
        self.head["note"] = found[1].value
        return found[2:]

    def _pool(self, token: Token) -> Pool | None:
        match = _POOL.fullmatch(token.text)
        if not match or not 0 < float(match[1]) < float("inf"):
            self.notes.report(token, Unreadable("a pool in m or yd, as in pool 25m"))
            return None
        return Pool(float(match[1]), "yd" if match[2][0] in "yY" else "m")

    def _leg(self, found: list[Token]) -> list[Token]:
        """Reads the head of a leg: `-- swim pool 25m`; what is left of the line are items."""
        first = found[0]
        found = found[1:] if first.text == "--" else [first._replace(text=first.text[2:]), *found[1:]]
        span = Span(self.notes.line, first.column, first.length)
        if not found:
            self.notes.report(first, Unreadable("the sport of a leg, as in -- bike"))
            return []
        found = _without_colon(found)
        word = found[0].text.lower()
        sport = SPORTS.meaning.get(word)
        if sport is None or sport == "multi_sport":
            self.notes.report(found[0], Unreadable("the sport of a leg, as in -- bike", nearest(word, SPORTS.meaning)))
        if self.sport != "multi_sport":
            self.notes.report(first, Unreadable("legs of a multi workout only: its first line begins with multi"))
        fields: dict[str, Any] = {"sport": sport or "other"}
        found = found[1:]
        while found:
            if found[0].text.lower().startswith("pool"):
                fields["pool"] = self._pool(found[0])
            elif found[0].kind == "opaque":
                fields.update(left_over(found[0], self.notes))
            else:
                break
            found = found[1:]
        if found and found[0].text == ":":
            found = found[1:]
        leg = Node(span, Leg(steps=(Step(),), **fields))
        self.notes.count(first)
        self.root.children.append(leg)
        self.stack = [leg]
        return found


def _without_colon(found: list[Token]) -> list[Token]:
    """`run:` and `run:wu` are a sport and a colon, whatever follows."""
    sport, colon, rest = found[0].text.partition(":")
    if not colon or sport.lower() not in SPORTS.meaning or found[0].kind != "word":
        return found
    first = found[0]
    parts = [first._replace(text=sport, length=len(sport)), first._replace(text=":", column=first.column + len(sport))]
    if rest:
        parts.append(Token("word", first.column + len(sport) + 1, len(rest), rest))
    return [*parts, *found[1:]]


def _is_leg(token: Token) -> bool:
    return token.kind == "word" and token.text.startswith("--")
