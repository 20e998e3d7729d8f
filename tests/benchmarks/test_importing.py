"""The measurements of importing stay alive: a day, a few files, no limit on seconds."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import importing


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of what was handed over, to an import that does nothing."""
    seen: list[int] = []

    def run(home: Path, source: Path) -> importing.Ran:
        files = list(source.iterdir()) if source.is_dir() else [source]
        seen.append(sum(file.stat().st_size for file in files))
        return importing.Ran(1.0, 50.0, {"imported": 100 if len(seen) == 1 else 0})

    monkeypatch.setattr(importing, "run", run)
    return seen


def test_a_file_is_imported_and_weighed(tmp_path: Path) -> None:
    importing.short_recordings(tmp_path / "in", 1)
    ran = importing.run(tmp_path / "home", tmp_path / "in")
    assert ran.files["imported"] == 1
    assert ran.peak_mb > 10


def test_many_files_are_handed_over_twice(runs: list[int]) -> None:
    lines = {line.what: line for line in importing.many(files=3)}
    assert lines["3 files: imported"].kept and lines["3 files: peak memory"].kept
    assert len(runs) == 2 and runs[0] == runs[1] > 1_000


def test_an_archive_is_handed_over_twice(runs: list[int]) -> None:
    lines = list(importing.archive(days=1))
    assert all(line.kept for line in lines if "imports" in line.what or "memory" in line.what)
    assert len(runs) == 2 and runs[0] > 10_000
