"""The measurements of files stay alive: a few short ones, no limit on seconds."""

from __future__ import annotations

import pytest

from benchmarks import reading


def test_few_files_are_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_HOUR_S", 60)
    lines = {line.what: line for line in reading.importing(count=4)}
    assert lines["activities imported a second, 4 of an hour"].value > 0
    assert 0 < lines["disk each, original included"].value < 1


def test_both_readers_are_timed_on_the_same_records(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_HOUR_S", 20)
    assert [line.what for line in reading.beside_fitdecode()][-1] == "ours beside plain fitdecode"
    (line,) = reading.opening()
    assert line.value > 0
