"""`health export` and `activities list`: everything once, as CSV or JSON Lines, on stdout or in a whole file."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from garminsync_tui.simulator import Simulator
from garminsync_tui.transfer.rows import Rows

from .conftest import PASSWORD, Result, log_in, run_command

COLUMNS = ["metric", "timestamp", "local_day", "value", "unit", "metadata"]


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("export") / "home"
    with Simulator(days=5, password=PASSWORD) as simulator:
        simulator.advance(0)
        assert log_in(home, simulator).code == 0
        assert run_command("sync", "--since", "3d", home=home).code == 0
    yield home


def export(home: Path, *arguments: str) -> Result:
    return run_command("health", "export", *arguments, home=home)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_all_of_it_comes_once(synced: Path) -> None:
    result = export(synced)
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines()[0] == ",".join(COLUMNS)
    found = rows(result.out)
    assert len({(row["metric"], row["timestamp"]) for row in found}) == len(found)
    stored = run_command("health", "types", "--json", home=synced).json
    assert len(found) >= sum(each["readings"] for each in stored) > 1000
    assert {row["metric"] for row in found} >= {"heart_rate", "sleep", "weight", "blood_pressure_pulse"}
    assert all(row["timestamp"].endswith("Z") and len(row["local_day"]) == 10 for row in found)
    weight = next(row for row in found if row["metric"] == "weight")
    assert weight["unit"] == "kg"
    assert json.loads(weight["metadata"])["source"] in {"MANUAL", "INDEX_SCALE"}


def test_both_forms_say_the_same(synced: Path) -> None:
    table = rows(export(synced, "sleep", "weight").out)
    lines = [json.loads(line) for line in export(synced, "sleep", "weight", "--format", "jsonl").out.splitlines()]
    assert [list(line) for line in lines] == [COLUMNS] * len(table)
    for row, line in zip(table, lines, strict=True):
        assert float(row["value"]) == line["value"]
        assert row["unit"] == (line["unit"] or "")
        assert (json.loads(row["metadata"]) if row["metadata"] else None) == line["metadata"]
        assert [row[name] for name in COLUMNS[:3]] == [line[name] for name in COLUMNS[:3]]
    assert {line["metric"] for line in lines} == {"sleep", "weight"}


def test_a_metric_named_twice_comes_once(synced: Path) -> None:
    assert export(synced, "sleep", "sleep").out == export(synced, "sleep").out


def test_days_are_chosen(synced: Path) -> None:
    everything = rows(export(synced, "heart_rate").out)
    days = sorted({row["local_day"] for row in everything})
    assert len(days) >= 3
    chosen = days[1:-1]
    found = rows(export(synced, "heart_rate", "--since", chosen[0], "--until", chosen[-1]).out)
    assert found == [row for row in everything if row["local_day"] in chosen]


def test_nothing_stored_is_said_and_leaves_the_headings(home: Path) -> None:
    result = export(home)
    assert result.code == 0
    assert result.out.splitlines() == [",".join(COLUMNS)]
    assert "Nothing is stored" in result.err


def test_a_file_is_whole_and_its_owner_s_alone(synced: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    result = export(synced, "--output", str(target))
    assert (result.code, result.out) == (0, "")
    assert "readings written to" in result.err
    assert target.read_text() == export(synced).out
    assert target.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_that_is_there_stays_unless_forced(synced: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    target.write_text("mine")
    result = export(synced, "sleep", "-o", str(target), "--format", "jsonl")
    assert result.code == 2
    assert "is there already" in result.err and "--force" in result.err
    assert target.read_text() == "mine"
    assert export(synced, "sleep", "-o", str(target), "--format", "jsonl", "--force").code == 0
    assert target.read_text() == export(synced, "sleep", "--format", "jsonl").out
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(
    ("target", "code", "said"),
    [("missing/out.csv", 1, "cannot be written"), ("folder", 2, "is no file"), ("pipe", 2, "is no file")],
)
def test_what_cannot_become_a_file(synced: Path, tmp_path: Path, target: str, code: int, said: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    result = export(synced, "sleep", "--force", "-o", str(tmp_path / target))
    assert (result.code, result.out) == (code, "")
    assert said in result.err and "hint:" in result.err
    assert "Traceback" not in result.err
    assert {path.name for path in tmp_path.iterdir()} == {"folder", "pipe"}
    assert (tmp_path / "pipe").is_fifo()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_in_the_middle_it_leaves_nothing(
    synced: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    target = tmp_path / "out.csv"
    target.write_text("mine")
    write = Rows.write
    written = []

    def stopped(self: Rows, row: Any) -> None:
        write(self, row)
        written.append(row)
        if len(written) == 10:
            assert len(list(tmp_path.iterdir())) == 2
            os.kill(os.getpid(), number)

    monkeypatch.setattr(Rows, "write", stopped)
    result = export(synced, "-o", str(target), "--force")
    assert result.code == 130
    assert len(written) >= 10
    assert "No file was written" in result.err
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]
    assert target.read_text() == "mine"


def test_a_file_that_appears_meanwhile_stays(synced: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "out.csv"
    write = Rows.write

    def meanwhile(self: Rows, row: Any) -> None:
        write(self, row)
        target.write_text("mine")

    monkeypatch.setattr(Rows, "write", meanwhile)
    assert export(synced, "sleep", "-o", str(target)).code == 2
    assert target.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [target]


def test_objects_are_escaped_and_cells_are_quoted() -> None:
    for form, expected in (
        ("csv", 'a,b,c\n"x,""y""",,"{""n"":""\\u00e9\\u001b""}"\n'),
        ("jsonl", '{"a":"x,\\"y\\"","b":null,"c":{"n":"\\u00e9\\u001b"}}\n'),
    ):
        stream = io.StringIO()
        Rows(stream, ("a", "b", "c"), form).write(('x,"y"', None, {"n": "é\x1b"}))  # type: ignore[arg-type]
        assert stream.getvalue() == expected


def test_a_text_is_no_formula_and_no_number_is_a_text() -> None:
    stream = io.StringIO()
    Rows(stream, ("name", "n"), "csv").write(("=1+1", -5.5))
    assert stream.getvalue() == "name,n\n'=1+1,-5.5\n"


# ── Activities ───────────────────────────────────────────────────────────────────────────────────────


def listed(home: Path, *arguments: str) -> Result:
    return run_command("activities", "list", *arguments, home=home)


def test_activities_are_rows_with_the_stated_columns(synced: Path) -> None:
    document = listed(synced, "--json", "--all").json
    table, lines = listed(synced, "--format", "csv"), listed(synced, "--format", "jsonl")
    assert (table.code, table.err, lines.code) == (0, "", 0)
    help_text = listed(synced, "--help").out
    found = [json.loads(line) for line in lines.out.splitlines()]
    assert len(found) == len(rows(table.out)) == len(document) > 0
    for row, line, whole in zip(rows(table.out), found, document, strict=True):
        assert list(row) == list(line)
        assert all(name in help_text for name in row)
        assert line["id"] == whole["garmin_activity_id"]
        assert line["distance_m"] == whole["distance_m"]
        assert line["start_time"].endswith("Z")
        assert row["distance_m"] == ("" if line["distance_m"] is None else str(line["distance_m"]))


def test_activities_come_in_pages_filtered_and_limited(
    synced: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = listed(synced, "--format", "csv").out
    monkeypatch.setattr("garminsync_tui.cli.activities._PAGE_ROWS", 1)
    assert listed(synced, "--format", "csv").out == everything
    assert len(rows(listed(synced, "--format", "csv", "--limit", "2").out)) == 2
    target = tmp_path / "activities.csv"
    result = listed(synced, "--format", "csv", "-o", str(target))
    assert result.out == "" and "written to" in result.err
    assert target.read_text() == everything
    assert listed(synced, "--format", "csv", "-o", str(target)).code == 2
    assert rows(listed(synced, "--format", "csv", "type:unicycling").out) == []


@pytest.mark.parametrize("arguments", [("--format", "csv", "--json"), ("-o", "x.csv")])
def test_activities_in_two_forms_at_once_are_refused(synced: Path, arguments: tuple[str, ...]) -> None:
    assert listed(synced, *arguments).code == 2
