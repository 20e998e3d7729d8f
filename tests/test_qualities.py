"""docs/qualities.md says what holds each of the forty qualities: all of it is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
MEASURE = re.compile(r"`just bench ([\w-]+)`")
#: These are what the app is for.
NEVER_UNMET = {8, 16, 18, 21, 24, 26, 27, 28, 29, 35, 38, 40}
MOST_UNMET = 3


def test_every_quality_is_held_by_tests_and_measures_that_are_there() -> None:
    lines = (ROOT / "docs" / "qualities.md").read_text("utf-8").splitlines()
    rows = {int(found[1]): line for line in lines if (found := re.match(r"\| (\d+) \| \S", line))}
    assert list(rows) == list(range(1, 41))

    unmet = {number for number, line in rows.items() if "not met" in line}
    assert len(unmet) <= MOST_UNMET and not unmet & NEVER_UNMET
    assert all(re.search(r"not met: \w+", rows[number]) for number in unmet), "with the reason"
    assert {number for number, line in rows.items() if not (TEST.search(line) or MEASURE.search(line))} <= unmet

    named = {found for line in rows.values() for found in TEST.findall(line)}
    sources = {name: (ROOT / name).read_text("utf-8") for name, _ in named}
    assert {test for name, test in named if not re.search(rf"^(async )?def {test}\(", sources[name], re.M)} == set()

    measures = (ROOT / "benchmarks" / "measures.py").read_text("utf-8")
    assert {name for line in rows.values() for name in MEASURE.findall(line) if f'"{name}":' not in measures} == set()
