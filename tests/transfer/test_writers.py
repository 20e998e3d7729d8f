"""Rows in each form, read back as other programs read them: the same rows."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garminsync_tui.transfer.exporting.parquet import ParquetWriter
from garminsync_tui.transfer.exporting.shape import Column, Form, Kind, Row
from garminsync_tui.transfer.exporting.writers import guarded, writer

COLUMNS = tuple(Column(kind.value, kind, "of that kind", "m" if kind is Kind.REAL else None) for kind in Kind)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# No database holds a NUL in a text, and none a half of a pair.
_TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")) | st.sampled_from(
    ["", '"', "a\r\nb", "\r", "=1+1", "'quoted", "''", " ", ",", "＝1", "\t", "\ufeff", "-", "null"]
)
_VALUES = {
    Kind.TEXT: _TEXTS,
    Kind.INTEGER: st.integers(-(2**63), 2**63 - 1),
    Kind.REAL: st.floats(allow_nan=False, allow_infinity=False) | st.just(-0.0),
    Kind.FLAG: st.booleans(),
    Kind.INSTANT: st.integers(-(10**12), 10**13).map(lambda ms: _EPOCH + timedelta(milliseconds=ms)),
    Kind.DAY: st.dates(date(1900, 1, 1), date(2200, 1, 1)),
    Kind.DOCUMENT: st.dictionaries(_TEXTS, _TEXTS | st.integers() | st.none(), max_size=3),
}
PAGES = st.lists(st.lists(st.tuples(*(st.none() | _VALUES[kind] for kind in Kind)), max_size=4), max_size=3)


def written(form: Form, pages: Sequence[Sequence[Row]]) -> bytes:
    stream = io.BytesIO()
    opened = writer(form, stream, COLUMNS)
    for page in pages:
        if page:
            opened.write(page)
    opened.close()
    return stream.getvalue()


def same(one: Row, other: Row) -> bool:
    """Equal, and negative zero is no zero."""
    return one == other and all(
        math.copysign(1, a) == math.copysign(1, b)
        for a, b in zip(one, other, strict=True)
        if isinstance(a, float) and isinstance(b, float)
    )


def from_text(kind: Kind, cell: Any) -> Any:
    if cell is None:
        return None
    return {
        Kind.TEXT: lambda: cell.removeprefix("'"),
        Kind.INTEGER: lambda: int(cell),
        Kind.REAL: lambda: float(cell),
        Kind.FLAG: lambda: {"true": True, "false": False}[cell],
        Kind.INSTANT: lambda: datetime.fromisoformat(cell),
        Kind.DAY: lambda: date.fromisoformat(cell),
        Kind.DOCUMENT: lambda: json.loads(cell),
    }[kind]()


def cells(content: bytes) -> tuple[list[str], list[list[str | None]]]:
    """RFC 4180 by hand: only an unquoted empty cell is no value."""
    text = content.decode("utf-8")
    records: list[list[str | None]] = [[]]
    place = 0
    while place < len(text):
        if text[place] == '"':
            value, place = "", place + 1
            while True:
                end = text.index('"', place)
                value += text[place:end]
                place = end + 1
                if text[place : place + 1] != '"':
                    break
                value, place = value + '"', place + 1
            records[-1].append(value)
        else:
            end = min(at for at in (text.find(",", place), text.find("\r\n", place)) if at >= 0)
            records[-1].append(text[place:end] or None)
            place = end
        if text.startswith("\r\n", place):
            records.append([])
            place += 2
        else:
            assert text[place] == ","
            place += 1
    assert records.pop() == []
    return [str(name) for name in records[0]], records[1:]


@settings(max_examples=60, deadline=None)
@given(PAGES)
def test_csv_is_read_back(pages: list[list[Row]]) -> None:
    content = written("csv", pages)
    names, records = cells(content)
    assert names == [column.name for column in COLUMNS]
    rows = [row for page in pages for row in page]
    for row, record in zip(rows, records, strict=True):
        assert same(tuple(from_text(kind, cell) for kind, cell in zip(Kind, record, strict=True)), row)
    # Python's own reader agrees on every cell, though it does not tell nothing from an empty text.
    known = list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))
    assert known[1:] == [[cell or "" for cell in record] for record in records]


@settings(max_examples=60, deadline=None)
@given(PAGES)
def test_json_lines_are_read_back(pages: list[list[Row]]) -> None:
    content = written("json", pages)
    assert content.isascii()
    rows = [row for page in pages for row in page]
    for row, line in zip(rows, content.decode().splitlines(), strict=True):
        found = json.loads(line)
        assert list(found) == [column.name for column in COLUMNS]
        texts = (Kind.INSTANT, Kind.DAY)
        values = [from_text(k, v) if k in texts else v for k, v in zip(Kind, found.values(), strict=True)]
        assert same(tuple(values), row)


@settings(max_examples=40, deadline=None)
@given(PAGES)
def test_parquet_is_read_back(pages: list[list[Row]]) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    table = pq.read_table(io.BytesIO(written("parquet", pages)))
    assert table.column_names == [column.name for column in COLUMNS]
    rows = [row for page in pages for row in page]
    for row, found in zip(rows, table.to_pylist(), strict=True):
        found["json"] = json.loads(found["json"]) if found["json"] is not None else None
        assert same(tuple(found.values()), row)


def test_parquet_says_units_and_keeps_groups_small(monkeypatch: pytest.MonkeyPatch) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr("garminsync_tui.transfer.exporting.parquet._GROUP_ROWS", 3)
    stream = io.BytesIO()
    opened = ParquetWriter(stream, COLUMNS[1:3])
    for number in range(4):
        opened.write([(number, float(number)), (number, None)])
    opened.close()
    file = pq.ParquetFile(stream)
    assert file.schema_arrow.field("real").metadata == {b"about": b"of that kind", b"unit": b"m"}
    assert [file.metadata.row_group(n).num_rows for n in range(file.metadata.num_row_groups)] == [4, 4]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "＝1", "\t=1", "\r=1", "\n=1", "'x"])
def test_no_spreadsheet_computes_a_text(text: str) -> None:
    assert guarded(text) == f"'{text}"
    assert guarded(f"a{text}") == f"a{text}"
