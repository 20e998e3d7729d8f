"""Rows for other programs: CSV with a line of headings, or JSON Lines, an object a line with the same names."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from typing import Any, Literal, TextIO

Form = Literal["csv", "jsonl"]
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


class Rows:
    """Writes rows of texts, numbers, objects and nothing (None) one at a time, keeping none.

    Everything but ASCII inside objects is escaped. In CSV an object is its JSON, None an empty cell, and a text that
    a spreadsheet would take for a formula begins with an apostrophe. `text` is applied to texts in CSV first: what goes
    to a terminal has to be cleaned.
    """

    def __init__(self, stream: TextIO, columns: Sequence[str], form: Form, *, text: Callable[[str], str] = str) -> None:
        self._stream = stream
        self._text = text
        self._columns = columns
        self._csv = csv.writer(stream, lineterminator="\n") if form == "csv" else None
        if self._csv:
            self._csv.writerow(columns)

    def write(self, row: Sequence[Any]) -> None:
        """Write one row, its values in the order of the columns."""
        if self._csv:
            self._csv.writerow([self._cell(value) for value in row])
        else:
            self._stream.write(_json(dict(zip(self._columns, row, strict=True))) + "\n")

    def _cell(self, value: Any) -> Any:
        if isinstance(value, dict):
            return _json(value)
        if isinstance(value, str):
            text = self._text(value)
            return f"'{text}" if text.startswith(_FORMULAS) else text
        return value


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False)
