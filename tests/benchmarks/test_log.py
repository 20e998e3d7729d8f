"""The measurement of the log stays alive: a few days, no limit on seconds."""

from __future__ import annotations

from benchmarks import log


def test_a_few_days_are_written_with_the_app_open() -> None:
    lines = {line.what: line for line in log.while_writing(20_000)}
    assert all(line.kept for line in lines.values())
    assert lines["log: the longest it was"].value > 0
