"""The measurement of browsing stays alive: few activities, a short recording, no limit on seconds."""

from __future__ import annotations

import pytest

from benchmarks import browsing


def test_a_short_list_is_gone_through(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("ROWS", 20), ("_LASTS_S", 60), ("_WARM", 0), ("_COUNTED", 3), ("_SETTLES_S", 0.1)):
        monkeypatch.setattr(browsing, name, value)
    lines = {line.what: line for line in browsing.through_activities()}
    assert lines["page down in 20 activities, median"].value > 0
    assert lines["a recording of four hours to drawn charts"].value > 0
