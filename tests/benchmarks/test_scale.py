"""The measurements of many rows stay alive: a few days, no limit on seconds."""

from __future__ import annotations

from benchmarks import scale


def test_a_few_days_are_written_read_and_weighed() -> None:
    lines = {line.what: line for line in scale.sqlite(rows=20_000)}
    assert lines["SQLite: rows written"].value == scale.Span(20_000).days * scale.ROWS_A_DAY
    assert "SQLite: a day of heart rate (720 rows)" in lines
    assert lines["SQLite: bytes a health row"].kept
