"""The measurements of the commands that calculate stay alive: a few weeks, no limit on seconds."""

from __future__ import annotations

import pytest

from benchmarks import records


def test_a_few_weeks_are_written_and_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "best_s", lambda command, home: 0.0)
    lines = {line.what: line.value for line in records.whole_processes(days=30)}
    activities = lines["activities"]
    assert 10 < activities < 60
    assert lines["best efforts"] > 50 * activities
    assert f"garminsync load, {activities} activities" in lines
