"""Rows for other programs: CSV with a line of headings, or JSON Lines, an object a line with the same names."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from typing import Any, Literal, TextIO

from ..text import clean

Form = Literal["csv", "jsonl"]
#: With their wide forms, which East Asian spreadsheets take for the same.
_FORMULAS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


class Rows:
    """Writes rows of texts, numbers, objects and nothing (None) one at a time, keeping none.

    Everything but ASCII inside objects is escaped, so that JSON Lines has every text as it came. In CSV an object is
    its JSON, None an empty cell; a text is clean, and begins with an apostrophe where a spreadsheet would take it for
    a formula.
    """

    def __init__(self, stream: TextIO, columns: Sequence[str], form: Form) -> None:
        self._stream = stream
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
            text = clean(value, len(value) + 1)
            return f"'{text}" if text.startswith(_FORMULAS) else text
        return value


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False)
