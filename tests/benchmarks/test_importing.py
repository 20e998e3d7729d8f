"""The measurements of importing stay alive: a day, a few files, no limit on seconds."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import importing


def test_a_few_files_are_imported_and_known_again() -> None:
    lines = {line.what: line for line in importing.many(files=3)}
    assert lines["3 files: imported"].value == 3
    assert lines["3 files: peak memory"].value > 10


def test_an_archive_is_written_and_handed_over_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def run(home: Path, source: Path) -> importing.Ran:
        seen.append(source.stat().st_size)
        return importing.Ran(1.0, 50.0, {"imported": 100 if len(seen) == 1 else 0})

    monkeypatch.setattr(importing, "run", run)
    lines = list(importing.archive(days=1))
    assert all(line.kept for line in lines if "imports" in line.what or "memory" in line.what)
    assert len(seen) == 2 and seen[0] > 10_000
