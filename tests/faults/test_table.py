"""docs/faults.md names a test for each fault: they are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def test_every_test_that_the_table_names_is_there() -> None:
    table, _, untested = (ROOT / "docs" / "faults.md").read_text("utf-8").partition("## Not tested here")
    rows = [line for line in table.splitlines() if line.startswith("| ") and not line.startswith("| fault ")]
    assert len(rows) > 30 and untested
    assert [line for line in rows if not NAMED.search(line)] == []
    sources = {name: (ROOT / name).read_text("utf-8") for name, _ in NAMED.findall(table)}
    assert [test for name, test in NAMED.findall(table) if f"def {test}(" not in sources[name]] == []


def test_every_test_of_the_suite_is_in_the_table() -> None:
    named = {test for _, test in NAMED.findall((ROOT / "docs" / "faults.md").read_text("utf-8"))}
    own = Path(__file__)
    files = [file for file in own.parent.glob("test_*.py") if file != own]
    found = {
        test for file in files for test in re.findall(r"^(?:async )?def (test_\w+)\(", file.read_text("utf-8"), re.M)
    }
    assert found - named == set()
