"""The steps and repeats of one line of the text form: `wu 5:00; 3x(400m, rest 90s)`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from .definition import Leg, Repeat, Sport, Step
from .text_numbers import read_time
from .text_steps import read_opaque, read_steps
from .text_tokens import Token
from .text_words import TextProblem, Unreadable

#: Far beyond what any watch takes: the bounds of what a text may cost to read.
_MOST_ITEMS = 1000
_MOST_PROBLEMS = 100
_DEEPEST = 12

_REPEAT = re.compile(r"([0-9]+)x(!?)", re.IGNORECASE)
_REPEAT_FOR = re.compile(r"for([0-9].*?)(!?)", re.IGNORECASE)


class Span(NamedTuple):
    """Where something stands in a text."""

    line: int
    column: int
    length: int


class Node:
    """An item that is being read: a step, or something with children."""

    def __init__(self, span: Span, made: Step | Repeat | Leg | None = None, depth: int = 0) -> None:
        self.span = span
        self.made = made
        self.depth = depth
        self.children: list[Node] = []
        #: How far its line is indented, and its children's lines are.
        self.indentation = -1
        self.inner: int | None = None


class TooMuch(Exception):
    """There is no point in reading on."""


class Notes:
    """The line that is being read, and what was wrong so far."""

    def __init__(self) -> None:
        self.line = 0
        self.items = 0
        self.problems: list[TextProblem] = []

    def report(self, token: Token, problem: Unreadable) -> None:
        """Notes what is wrong with a token of this line."""
        self.problems.append(self.at(token, problem.expected, problem.suggestion))
        if len(self.problems) >= _MOST_PROBLEMS:
            raise TooMuch

    def at(self, token: Token, expected: str, suggestion: str | None = None) -> TextProblem:
        """A problem of a token of this line."""
        return TextProblem(self.line, token.column, token.length, token.text, expected, suggestion)

    def count(self, token: Token) -> None:
        """Notes that this token begins one more item."""
        self.items += 1
        if self.items > _MOST_ITEMS:
            self.report(token, Unreadable(f"at most {_MOST_ITEMS} steps"))
            raise TooMuch


class Row:
    """Reads the items of a line, in brackets or not, and puts them where they belong."""

    def __init__(self, notes: Notes, parent: Node, sport: Sport) -> None:
        self.notes = notes
        self.sport = sport
        self.parent = self.within = parent
        #: A repeat whose steps did not begin yet, and the tokens of the step that did not end yet.
        self.repeat: Node | None = None
        self.step: list[Token] = []
        self.brackets: list[tuple[Token, Node]] = []

    def read(self, tokens: Sequence[Token]) -> tuple[Node | None, Token | None]:
        """The repeat that the line ends with, if its steps are to follow; and its bracket, if it has one."""
        for token in tokens:
            self._read(token)
        bracket = None
        if self.brackets and tokens[-1].kind == "(":
            bracket = self.brackets.pop()[0]
            self.repeat = self.within if self.within is not self.parent else None
        for token, _ in self.brackets:
            self.notes.report(token, Unreadable("a ) that closes it, on the same line"))
        if self.repeat and not self.step and not self.brackets:
            return self.repeat, bracket
        self._end_step()
        return None, bracket

    def _read(self, token: Token) -> None:
        if token.kind == "separator":
            self._end_step()
        elif token.kind == "(":
            self._open(token)
        elif token.kind == ")":
            self._end_step()
            if self.brackets:
                self.within = self.brackets.pop()[1]
            else:
                self.notes.report(token, Unreadable("no ) where no ( is open"))
        elif token.kind == "word" and (made := self._read_repeat(token)):
            self._end_step()
            self._add(token, made)
        elif token.kind == "opaque" and self.repeat and isinstance(self.repeat.made, Repeat) and not self.step:
            self.repeat.made = replace(self.repeat.made, **left_over(token, self.notes))
        else:
            self.step.append(token)

    def _open(self, token: Token) -> None:
        self.brackets.append((token, self.within))
        if self.repeat and not self.step:
            self.within, self.repeat = self.repeat, None
        else:
            self.notes.report(token, Unreadable("how often before a (, as in 5x("))
            self._end_step()

    def _read_repeat(self, token: Token) -> Repeat | None:
        if match := _REPEAT.fullmatch(token.text):
            times = int(match[1]) if len(match[1]) < 10 else 0
            if not times:
                self.notes.report(token, Unreadable("how often: once, twice, or some times more"))
            return Repeat(times=times or 1, skip_last_rest=bool(match[2]), steps=(Step(),))
        if match := _REPEAT_FOR.fullmatch(token.text):
            return Repeat(seconds=self._duration(token, match[1]), skip_last_rest=bool(match[2]), steps=(Step(),))
        return None

    def _duration(self, token: Token, word: str) -> float:
        try:
            seconds = read_time(word.lower())
            if seconds is None:
                raise Unreadable("how long, as in for 10:00")
        except Unreadable as problem:
            self.notes.report(token, problem)
            return 60.0
        return seconds

    def _add(self, token: Token, made: Repeat) -> None:
        node = Node(Span(self.notes.line, token.column, token.length), made, self.within.depth + 1)
        if node.depth > _DEEPEST:
            self.notes.report(token, Unreadable(f"repeats at most {_DEEPEST} deep"))
            raise TooMuch
        self.notes.count(token)
        self.within.children.append(node)
        self.repeat = node

    def _end_step(self) -> None:
        """Ends a step. One right behind a repeat is its only one, and would better stand in brackets."""
        step, repeat = self.step, self.repeat
        self.step, self.repeat = [], None
        if not step:
            return
        first, last = step[0], step[-1]
        span = Span(self.notes.line, first.column, last.column + last.length - first.column)
        if repeat:
            words = " ".join(token.text for token in step)
            whole = first._replace(text=words, length=span.length)
            self.notes.report(whole, Unreadable("the steps of a repeat in ( ), as in 5x(400m, rest 90s)", f"({words})"))
        for made in read_steps(step, self.sport, self.notes.report):
            self.notes.count(first)
            (repeat or self.within).children.append(Node(span, made))


class _LeftOver(Struct, forbid_unknown_fields=True):
    garmin: dict[str, Any] = {}


def left_over(token: Token, notes: Notes) -> dict[str, Any]:
    """What an opaque token holds that stands at a repeat or a leg."""
    try:
        if token.problem:
            raise token.problem
        return dict(read_opaque(token, _LeftOver))
    except Unreadable as problem:
        notes.report(token, problem)
        return {}


def begins_repeat(token: Token) -> bool:
    """Whether a word is `5x` or `for 10:00`."""
    return token.kind == "word" and any(form.fullmatch(token.text) for form in (_REPEAT, _REPEAT_FOR))
