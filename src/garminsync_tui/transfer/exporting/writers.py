"""Rows as CSV (RFC 4180) or as JSON Lines, one page at a time; what is read back is what was written.

CSV: texts, times and objects stand in quotes, so that a missing value (an empty cell) and an empty text ("") are not
the same. A text that a spreadsheet would take for a formula has an apostrophe in front, and so has one that begins
with an apostrophe: whoever takes one leading apostrophe off a text has it as it was. JSON Lines has one object a line,
everything but ASCII escaped.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, BinaryIO, Protocol

from ...columns import to_json
from ...dates import iso
from .shape import Column, Form, Kind, Row

#: With their wide forms, which East Asian spreadsheets take for the same; and what Excel passes over before one.
_GUARDED = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "'")


class Writer(Protocol):
    """Writes pages of rows into a stream."""

    def write(self, page: Sequence[Row]) -> None:
        """Write one page."""

    def close(self) -> None:
        """Write what belongs to the end; the stream stays open."""


def writer(form: Form, stream: BinaryIO, columns: Sequence[Column]) -> Writer:
    """The writer of a form. Raises UsageProblem where Parquet cannot be written here."""
    if form == "parquet":
        from .parquet import ParquetWriter

        return ParquetWriter(stream, columns)
    return CsvWriter(stream, columns) if form == "csv" else JsonWriter(stream, columns)


class CsvWriter:
    """See above."""

    def __init__(self, stream: BinaryIO, columns: Sequence[Column]) -> None:
        self._text = io.TextIOWrapper(stream, "utf-8", newline="", write_through=False)
        self._rows = csv.writer(self._text, quoting=csv.QUOTE_STRINGS, lineterminator="\r\n")
        self._cells = [_CELLS[column.kind] for column in columns]
        csv.writer(self._text, lineterminator="\r\n").writerow([column.name for column in columns])

    def write(self, page: Sequence[Row]) -> None:
        """Write one page."""
        columns = [
            values if cell is None else [None if value is None else cell(value) for value in values]
            for cell, values in zip(self._cells, zip(*page, strict=True), strict=True)
        ]
        self._rows.writerows(zip(*columns, strict=True))

    def close(self) -> None:
        """Write what is still in memory."""
        self._text.detach()


class JsonWriter:
    """See above."""

    def __init__(self, stream: BinaryIO, columns: Sequence[Column]) -> None:
        self._stream = stream
        self._names = [column.name for column in columns]
        self._plain = [_PLAIN[column.kind] for column in columns]

    def write(self, page: Sequence[Row]) -> None:
        """Write one page."""
        columns = [
            values if plain is None else [None if value is None else plain(value) for value in values]
            for plain, values in zip(self._plain, zip(*page, strict=True), strict=True)
        ]
        lines = [_json(dict(zip(self._names, row, strict=True))) for row in zip(*columns, strict=True)]
        self._stream.write(("\n".join(lines) + "\n").encode("ascii"))

    def close(self) -> None:
        """There is no end to write."""


def guarded(text: str) -> str:
    """A text as a cell that no spreadsheet computes."""
    return f"'{text}" if text.startswith(_GUARDED) else text


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def _instant(value: datetime) -> str:
    return iso(value) or ""


_CELLS = {
    Kind.TEXT: guarded,
    Kind.INTEGER: None,
    Kind.REAL: None,
    Kind.FLAG: _flag,
    Kind.INSTANT: _instant,
    Kind.DAY: date.isoformat,
    Kind.DOCUMENT: to_json,
}
_PLAIN = {**dict.fromkeys(Kind, None), Kind.INSTANT: _instant, Kind.DAY: date.isoformat}
