"""The measurements of ten years stay alive: a month, no limit on seconds."""

from __future__ import annotations

from benchmarks import decade


def test_a_month_costs_what_its_windows_need() -> None:
    lines = list(decade.requests(days=33, sample_days=2))
    kept = {line.what: line.kept for line in lines}
    assert kept["requests for ranges, 33 days"]
    assert kept["requests a day for standard samples, 2 days"]
    assert kept["requests a day for full samples, 2 days"]
    assert kept[f"ranges with {decade.FIRST_DAYS} days after {decade.FIRST_REQUESTS} requests"]
