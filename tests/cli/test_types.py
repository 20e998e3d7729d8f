"""What the list of metrics tells of each."""

from __future__ import annotations

import pytest

from garminsync_tui.metrics import METRICS
from garminsync_tui.text import width

from .conftest import Run

COLUMNS = ["metric", "unit", "stored", "fetched", "needs", "what it is", "each", "first", "last", "origin"]


def test_types_tell_what_each_needs_and_how_it_is_fetched(run: Run) -> None:
    types = {each["metric"]: each for each in run("health", "types", "--json").json}
    assert types.keys() == METRICS.keys()
    assert {each["fetched"] for each in types.values()} == {"daily", "standard", "full", "extra"}
    assert all(each["origin"] and each["needs"] and each["answer"] for each in types.values())
    oxygen = types["spo2"]
    assert (oxygen["fetched"], oxygen["needs"], oxygen["origin"]) == ("full", "pulse oximeter", "measured by the watch")
    assert (oxygen["lowest"], oxygen["highest"]) == (50, 100)
    assert types["sleep_stage"]["words"] == ["deep", "light", "rem", "awake"]


@pytest.mark.parametrize(("columns", "shown"), [(40, 5), (80, 5), (110, 5), (400, 10)])
def test_a_narrow_terminal_shows_fewer_columns_and_wraps_none(
    run: Run, monkeypatch: pytest.MonkeyPatch, columns: int, shown: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = run("health", "types").out.splitlines()
    assert [heading for heading in COLUMNS if heading in lines[0]] == COLUMNS[:shown]
    assert len(lines) == 1 + len(METRICS)
    assert columns < 80 or max(map(width, lines)) <= columns


def test_plain_shows_every_column_whatever_the_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = run("health", "types", "--plain").out.splitlines()
    assert lines[0].split("\t") == COLUMNS
    assert {len(line.split("\t")) for line in lines} == {len(COLUMNS)}
    monkeypatch.delenv("COLUMNS")
    piped = run("health", "types").out.splitlines()[0]
    assert [heading for heading in COLUMNS if heading in piped] == COLUMNS, "a pipe is as wide as it needs to be"
