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

from msgspec import Struct
from msgspec.structs import replace

from ..errors import InvalidWorkout
from .definition import Leg, Place, Pool, Repeat, Sport, Step, Workout
from .text_numbers import NUMBER, read_time
from .text_steps import read_opaque, read_steps
from .text_tokens import Token, indentation, lines, tokens
from .text_words import SPORTS, TextProblem, Unreadable, nearest

#: Far beyond what any watch takes: the bounds of what a text may cost to read.
LONGEST = 500_000
_MOST_ITEMS = 1000
_MOST_PROBLEMS = 100
_DEEPEST = 12

_REPEAT = re.compile(r"([0-9]+)x(!?)", re.IGNORECASE)
_POOL = re.compile(rf"pool({NUMBER})(m|yd|y)", re.IGNORECASE)
_REPEAT_FOR = re.compile(r"for([0-9].*?)(!?)", re.IGNORECASE)


class Span(NamedTuple):
    """Where something stands in a text."""

    line: int
    column: int
    length: int


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


class _Opaque(Struct, forbid_unknown_fields=True):
    garmin: dict[str, Any] = {}


class _Node:
    """An item that is being read: a step, or something with children."""

    def __init__(self, span: Span, made: Step | Repeat | Leg | None = None, depth: int = 0) -> None:
        self.span = span
        self.made = made
        self.depth = depth
        self.children: list[_Node] = []
        #: How far its line is indented, and its children's lines are.
        self.indentation = -1
        self.inner: int | None = None


class _TooMuch(Exception):
    """There is no point in reading on."""


class _Reader:
    def __init__(self, base: Workout | None, sport: Sport | None) -> None:
        self.base = base
        self.sport: Sport = sport or (base.sport if base else "other")
        self.has_head = sport is not None
        self.has_sport = sport is not None
        self.head: dict[str, Any] = {}
        self.problems: list[TextProblem] = []
        self.comments: list[tuple[int, str, bool]] = []
        self.root = _Node(Span(1, 1, 0))
        self.stack = [self.root]
        self.items = 0
        self.line = 0

    # ── The whole ────────────────────────────────────────────────────────────────────────────────────────────

    def read(self, text: str) -> Parsed:
        if len(text) > LONGEST:
            self.problems.append(TextProblem(1, 1, 0, f"{len(text)} characters", f"at most {LONGEST}"))
            text = ""
        try:
            for self.line, line in enumerate(lines(text.removeprefix("\ufeff")), 1):
                self._line(line)
        except _TooMuch:
            pass
        if not self.problems and not self.has_head:
            self.problems.append(TextProblem(1, 1, 0, "", f"a sport: {' '.join(SPORTS.word.values())}"))
        spans: dict[Place, Span] = {(): self.root.span}
        items = self._build(self.root, (), spans)
        if not self.problems and not items:
            self.problems.append(TextProblem(max(self.line, 1), 1, 0, "", "at least one step"))
        self.problems.sort(key=lambda problem: problem[:2])
        return Parsed(self._workout(items), items, tuple(self.problems), self._comments(spans), spans)

    def _workout(self, items: tuple[Step | Repeat | Leg, ...]) -> Workout | None:
        if not items or not (self.has_sport or self.base):
            return None
        legs = [isinstance(item, Leg) for item in items]
        if any(legs) != (self.sport == "multi_sport") or any(legs) != all(legs):
            return None
        garmin = self.base.garmin if self.base else {}
        return Workout(sport=self.sport, steps=items, garmin=garmin, **self.head)

    def _build(self, parent: _Node, place: Place, spans: dict[Place, Span]) -> tuple[Any, ...]:
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
                    self.problems.append(TextProblem(*node.span, "", f"the steps {what}"))
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
            self.comments.append((self.line, comment.value, not found))
        if not found:
            return
        first = found[0]
        if not self.has_head:
            self.has_head = True
            self.root.span = Span(self.line, first.column, first.length)
            found = self._head(found)
        elif first.text.lower() == "note" and len(self.stack) == 1:
            found = self._note(found)
        elif first.text == ")" and len(found) == 1:
            self._problem(first, Unreadable("the ) of a repeat on the line of its ("))
            return
        while found:
            if _is_leg(found[0]):
                found = self._leg(found)
            leg = next((position for position, token in enumerate(found) if _is_leg(token)), len(found))
            if leg:
                self._items(found[:leg], self._parent(indentation(line), found[0]), indentation(line))
            found = found[leg:]

    def _parent(self, indented: int, first: Token) -> _Node:
        """What the items of a line belong to, by its indentation."""
        while len(self.stack) > 1 and self.stack[-1].indentation >= indented:
            self.stack.pop()
        parent = self.stack[-1]
        if parent.inner is None:
            parent.inner = indented
        elif parent.inner != indented:
            what = "a repeat above it" if indented > parent.inner else f"{parent.inner} spaces before it, as above"
            self._problem(first, Unreadable(what), "an indented step" if indented > parent.inner else None)
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
            self._problem(found[0], Unreadable(f"a sport: {' '.join(SPORTS.word.values())}", guess))
            if guess is not None or not self._looks_like_step(found):
                found = found[1:]
        while found:
            first = found[0]
            lower = first.text.lower()
            if first.kind == "word" and first.text == ":":
                return found[1:]
            if first.kind == "string" and "name" not in self.head:
                self._complain(first)
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
            self._problem(found[0], Unreadable('what to note, as in note "Flat loop"'))
            return found[1:]
        if "note" in self.head:
            self._problem(found[0], Unreadable(r"one note of a workout; \n in it begins a new line"))
            return found[2:]
        self._complain(found[1])
        self.head["note"] = found[1].value
        return found[2:]

    def _pool(self, token: Token) -> Pool | None:
        match = _POOL.fullmatch(token.text)
        if not match or not 0 < float(match[1]) < float("inf"):
            self._problem(token, Unreadable("a pool in m or yd, as in pool 25m"))
            return None
        return Pool(float(match[1]), "yd" if match[2][0] in "yY" else "m")

    def _leg(self, found: list[Token]) -> list[Token]:
        """Reads the head of a leg: `-- swim pool 25m`; what is left of the line are items."""
        first = found[0]
        found = found[1:] if first.text == "--" else [first._replace(text=first.text[2:]), *found[1:]]
        span = Span(self.line, first.column, first.length)
        if not found:
            self._problem(first, Unreadable("the sport of a leg, as in -- bike"))
            return []
        found = _without_colon(found)
        word = found[0].text.lower()
        sport = SPORTS.meaning.get(word)
        if sport is None or sport == "multi_sport":
            self._problem(found[0], Unreadable("the sport of a leg, as in -- bike", nearest(word, SPORTS.meaning)))
        if self.sport != "multi_sport":
            self._problem(first, Unreadable("legs of a multi workout only: its first line begins with multi"))
        fields: dict[str, Any] = {"sport": sport or "other"}
        found = found[1:]
        while found:
            if found[0].text.lower().startswith("pool"):
                fields["pool"] = self._pool(found[0])
            elif found[0].kind == "opaque":
                fields.update(self._opaque(found[0]))
            else:
                break
            found = found[1:]
        if found and found[0].text == ":":
            found = found[1:]
        leg = _Node(span, Leg(steps=(Step(),), **fields))
        self.root.children.append(leg)
        self.stack = [leg]
        self._count(first)
        return found

    # ── Items ────────────────────────────────────────────────────────────────────────────────────────────────

    def _items(self, found: list[Token], parent: _Node, indented: int) -> None:
        """Reads the items of a line, in brackets or not; a repeat that ends it is open for the lines below."""
        brackets: list[tuple[Token, _Node]] = []
        step: list[Token] = []
        repeat: _Node | None = None
        within = parent
        for token in found:
            if token.kind == "separator":
                self._step(step, within, repeat)
                step, repeat = [], None
            elif token.kind == "(":
                if repeat is None or step:
                    self._problem(token, Unreadable("how often before a (, as in 5x("))
                brackets.append((token, within))
                within, repeat = (repeat if repeat and not step else within), None
            elif token.kind == ")":
                self._step(step, within, repeat)
                step, repeat = [], None
                if brackets:
                    within = brackets.pop()[1]
                else:
                    self._problem(token, Unreadable("no ) where no ( is open"))
            elif token.kind == "word" and (made := self._repeat(token)):
                self._step(step, within, repeat)
                step, repeat = [], self._add(within, token, made)
            elif token.kind == "opaque" and repeat is not None and isinstance(repeat.made, Repeat) and not step:
                repeat.made = replace(repeat.made, **self._opaque(token))
            else:
                step.append(token)
        if repeat is not None and not step and not brackets:
            repeat.indentation = indented
            self.stack.append(repeat)
        else:
            self._step(step, within, repeat)
        self._unclosed(brackets)

    def _unclosed(self, brackets: list[tuple[Token, _Node]]) -> None:
        for token, _ in brackets:
            self._problem(token, Unreadable("a ) on the same line"))

    def _repeat(self, token: Token) -> Repeat | None:
        if match := _REPEAT.fullmatch(token.text):
            times = int(match[1]) if len(match[1]) < 10 else 0
            if not times:
                self._problem(token, Unreadable("how often: once, twice, or some times more"))
            return Repeat(times=times or 1, skip_last_rest=bool(match[2]), steps=(Step(),))
        if match := _REPEAT_FOR.fullmatch(token.text):
            try:
                seconds = read_time(match[1].lower())
                problem = Unreadable("how long, as in for 10:00") if seconds is None else None
            except Unreadable as found:
                seconds, problem = None, found
            if problem:
                self._problem(token, problem)
            return Repeat(seconds=seconds or 60.0, skip_last_rest=bool(match[2]), steps=(Step(),))
        return None

    def _add(self, within: _Node, token: Token, made: Repeat) -> _Node:
        node = _Node(Span(self.line, token.column, token.length), made, within.depth + 1)
        if node.depth > _DEEPEST:
            self._problem(token, Unreadable(f"repeats at most {_DEEPEST} deep"))
            raise _TooMuch
        within.children.append(node)
        self._count(token)
        return node

    def _step(self, found: list[Token], within: _Node, repeat: _Node | None) -> None:
        """Ends a step. One right behind a repeat is its only one, and would better stand in brackets."""
        if not found:
            return
        first, last = found[0], found[-1]
        length = last.column + last.length - first.column
        if repeat is not None:
            self._problem(first, Unreadable("the steps of a repeat in ( ), as in 5x(400m, rest 90s)"))
            within = repeat
        for step in read_steps(found, self._sport(), self._problem):
            within.children.append(_Node(Span(self.line, first.column, length), step))
            self._count(first)

    def _sport(self) -> Sport:
        leg = self.stack[0].made
        return leg.sport if isinstance(leg, Leg) else self.sport

    def _opaque(self, token: Token) -> dict[str, Any]:
        try:
            if token.problem:
                raise token.problem
            return dict(read_opaque(token, _Opaque))
        except Unreadable as problem:
            self._problem(token, problem)
            return {}

    # ── Problems ─────────────────────────────────────────────────────────────────────────────────────────────

    def _complain(self, token: Token) -> None:
        if token.problem:
            self._problem(token, token.problem)

    def _count(self, token: Token) -> None:
        self.items += 1
        if self.items > _MOST_ITEMS:
            self._problem(token, Unreadable(f"at most {_MOST_ITEMS} steps"))
            raise _TooMuch

    def _problem(self, token: Token, problem: Unreadable, found: str | None = None) -> None:
        self.problems.append(
            TextProblem(
                self.line, token.column, token.length, found or token.text, problem.expected, problem.suggestion
            )
        )
        if len(self.problems) >= _MOST_PROBLEMS:
            raise _TooMuch


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


def begins_repeat(token: Token) -> bool:
    """Whether a word is `5x` or `for 10:00`."""
    return token.kind == "word" and any(form.fullmatch(token.text) for form in (_REPEAT, _REPEAT_FOR))


def _is_leg(token: Token) -> bool:
    return token.kind == "word" and token.text.startswith("--")
