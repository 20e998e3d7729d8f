"""What commands print: aligned tables for people, `--plain` for readers line by line, `--json` for programs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from shutil import get_terminal_size
from typing import Any, Literal, TextIO
from uuid import UUID

import click

from ..dates import iso
from ..text import clean, width

_BOLD, _DIM, _RESET = "\x1b[1m", "\x1b[2m", "\x1b[0m"
_GAP = "  "
_WIDEST_CELL = 200
_LONGEST_TEXT = 1000
_LONGEST_LINE = 4000
_NARROWEST_TEXT, _WIDEST_TEXT = 30, 100


def say(text: str) -> None:
    """A line of narration, on stderr; several where the text has several. Names of files come from outside, too."""
    with suppress(BrokenPipeError):
        sys.stderr.write("".join(clean(line, _LONGEST_LINE) + "\n" for line in text.split("\n")))
        sys.stderr.flush()


def coloured(stream: TextIO) -> bool:
    """Whether a stream may be given colours: a terminal that can, and nobody who said no (no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM", "dumb") != "dumb"


def has_terminal() -> bool:
    """Whether there is one for the app, which reads stdin and draws on stderr."""
    streams = (sys.stdin, sys.stdout, sys.stderr)
    return all(stream.isatty() for stream in streams) and os.environ.get("TERM", "dumb") != "dumb"


def confirmed(question: str) -> bool:
    """Whether a person says yes; anything else, and the end of stdin, is no."""
    sys.stderr.write(question)
    sys.stderr.flush()
    answer = sys.stdin.readline()
    if not (answer.endswith("\n") and sys.stdin.isatty()):
        say("")  # nobody's Enter ended the line
    return answer.strip().lower() in {"y", "yes"}


@dataclass(frozen=True, slots=True)
class Output:
    """Where a listing goes and how it is written."""

    form: Literal["text", "plain", "json"]

    @property
    def json(self) -> bool:
        """Whether one JSON document is asked for; then nothing else may be printed."""
        return self.form == "json"

    def state(self, word: str, sign: str) -> str:
        """A state with its sign, which nobody needs to hear read aloud."""
        return word if self.form == "plain" else f"{sign} {word}"

    def document(self, document: Any) -> None:
        """Print one JSON document. Everything but ASCII is escaped, so no terminal can be steered by it."""
        import json

        sys.stdout.write(json.dumps(document, default=_encoded, indent=2, allow_nan=False) + "\n")

    def table(
        self, headings: Sequence[str], rows: Iterable[Sequence[str]], *, right: Iterable[str] = (), needed: int = 0
    ) -> None:
        """Print rows of text, the columns named in `right` flush right; with `--plain` parted by tabs.

        With `needed`, columns after so many are left out, from the last one on, where a terminal is too narrow.
        """
        cells = [[clean(cell, _WIDEST_CELL) for cell in row] for row in rows]
        if self.form == "plain":
            for row in [list(headings), *cells]:
                sys.stdout.write("\t".join(row) + "\n")
            return
        to_the_right = {headings.index(name) for name in right}
        widths = [max(width(row[n]) for row in [list(headings), *cells]) for n in range(len(headings))]
        if needed and (sys.stdout.isatty() or "COLUMNS" in os.environ):
            room = get_terminal_size().columns
            while len(widths) > needed and sum(widths) + len(_GAP) * (len(widths) - 1) > room:
                widths.pop()
            headings, cells = headings[: len(widths)], [row[: len(widths)] for row in cells]
        bold, reset = (_BOLD, _RESET) if coloured(sys.stdout) else ("", "")
        sys.stdout.write(f"{bold}{_aligned(headings, widths, to_the_right)}{reset}\n")
        for row in cells:
            sys.stdout.write(_aligned(row, widths, to_the_right) + "\n")

    def facts(self, facts: Iterable[tuple[str, str]], below: Mapping[str, Sequence[str]] | None = None) -> None:
        """Print one fact a line: what it is, and its value; with `below` more about some, by what they are."""
        pairs = [(name, clean(value, _WIDEST_CELL)) for name, value in facts]
        widest = max((width(name) for name, _ in pairs), default=0)
        dim, reset = (_DIM, _RESET) if coloured(sys.stdout) else ("", "")
        for name, value in pairs:
            if self.form == "plain":
                sys.stdout.write(f"{name}\t{value}\n")
            else:
                padding = " " * (widest - width(name))
                sys.stdout.write(f"{dim}{name}{reset}{padding}{_GAP}{value}".rstrip() + "\n")
            for line in (below or {}).get(name, ()):
                self.paragraph(line, indent="" if self.form == "plain" else "    ")

    def paragraph(self, text: str, *, indent: str = "") -> None:
        """Print text that may take several lines; with `--plain` one, after a tab."""
        if self.form == "plain":
            sys.stdout.write(f"\t{clean(text, _LONGEST_TEXT)}\n")
            return
        import textwrap

        dim, reset = (_DIM, _RESET) if coloured(sys.stdout) else ("", "")
        room = max(min(get_terminal_size().columns, _WIDEST_TEXT), _NARROWEST_TEXT)
        for line in textwrap.wrap(clean(text, _LONGEST_TEXT), room, initial_indent=indent, subsequent_indent=indent):
            sys.stdout.write(f"{dim}{line}{reset}\n")

    def heading(self, text: str) -> None:
        """Print a line that opens a part, after an empty one."""
        bold, reset = (_BOLD, _RESET) if self.form == "text" and coloured(sys.stdout) else ("", "")
        sys.stdout.write(f"\n{bold}{clean(text)}{reset}\n")


def _aligned(row: Sequence[str], widths: Sequence[int], right: set[int]) -> str:
    parts = []
    for position, (cell, columns) in enumerate(zip(row, widths, strict=True)):
        padding = " " * (columns - width(cell))
        parts.append(padding + cell if position in right else cell + padding)
    return _GAP.join(parts).rstrip()


def _encoded(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def listing[F: Callable[..., Any]](function: F) -> F:
    """Give a command `--json` and `--plain`, and hand it an Output as `out`."""

    @click.option("--json", "as_json", is_flag=True, help="One JSON document: ISO 8601 times, SI units.")
    @click.option("--plain", is_flag=True, help="No alignment, no colour; parted by tabs.")
    @wraps(function)
    def run(*arguments: Any, as_json: bool, plain: bool, **settings: Any) -> Any:
        if as_json and plain:
            raise click.UsageError("--json and --plain exclude each other.")
        return function(*arguments, out=Output("json" if as_json else "plain" if plain else "text"), **settings)

    return run  # type: ignore[return-value]
