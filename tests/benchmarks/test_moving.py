"""The measure of moving, on three days: everything comes back as it was."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from benchmarks.moving import _lines, filled
from benchmarks.scale import Span


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_three_days_go_both_ways(database_url: str, tmp_path: Path) -> None:
    old, new = (f"sqlite:///{tmp_path / name}.db" for name in ("old", "new"))
    asyncio.run(filled(old, Span(1)))
    found = {line.what: line for line in _lines(old, database_url, new, tmp_path)}
    assert found["moved to PostgreSQL and compared, rows"].value > 1000
    assert found["tables that are not as they were"].value == 0
