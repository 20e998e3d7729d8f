"""`activities export`: one recording in every format, on stdout or in a whole file."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from garminsync_tui.formats import read_track, seconds_writer
from garminsync_tui.formats.seconds_writer import WRITTEN_COLUMNS
from garminsync_tui.simulator import Simulator

from .conftest import PASSWORD, Result, log_in, run_command

FORMATS = ("csv", "json", "gpx", "tcx", "fit")


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("activity-export") / "home"
    with Simulator(days=12, password=PASSWORD) as simulator:
        assert log_in(home, simulator).code == 0
        assert run_command("sync", "activities", home=home).code == 0
    yield home


@pytest.fixture(scope="module")
def stored(synced: Path) -> list[dict[str, Any]]:
    """The activities, the shortest recording first."""
    document = run_command("activities", "list", "--all", "--json", home=synced).json
    return sorted(document, key=lambda each: each["size_bytes"])


@pytest.fixture(scope="module")
def ride(synced: Path, stored: list[dict[str, Any]]) -> dict[str, Any]:
    """The shortest FIT recording with positions."""
    for each in stored:
        if each["file_type"] == "FIT" and read_track(synced / "files" / each["file_path"]).has("latitude_deg"):
            return each
    raise AssertionError("no FIT recording with positions was synced")


def export(home: Path, activity: dict[str, Any], form: str, *arguments: str) -> Result:
    return run_command("activities", "export", activity["id"], "--format", form, *arguments, home=home)


def test_columns_come_on_stdout_with_the_stated_names(synced: Path, ride: dict[str, Any]) -> None:
    track = read_track(synced / "files" / ride["file_path"])
    result = export(synced, ride, "csv")
    assert (result.code, result.err) == (0, "")
    rows = list(csv.DictReader(io.StringIO(result.out)))
    assert list(rows[0]) == list(WRITTEN_COLUMNS)
    assert len(rows) == len(track)
    assert [float(row["distance_m"]) for row in rows] == list(track.distance_m)
    shown = run_command("activities", "export", "--help", home=synced).out
    assert all(name in shown for name in WRITTEN_COLUMNS)


def test_json_is_one_document(synced: Path, ride: dict[str, Any]) -> None:
    track = read_track(synced / "files" / ride["file_path"])
    result = export(synced, ride, "json")
    assert (result.code, result.err) == (0, "")
    assert result.out.isascii()
    document = json.loads(result.out)
    assert {name: document[name] for name in ride} == ride
    assert len(document["laps"]) == len(track.laps) > 0
    assert document["sessions"][0]["sport"] == track.sessions[0].sport
    assert document["device"]["manufacturer"] == "development"
    assert list(document["columns"]) == list(WRITTEN_COLUMNS)
    assert document["columns"]["heart_rate_bpm"] == list(track.heart_rate_bpm)


@pytest.mark.parametrize("form", ["gpx", "tcx", "fit"])
def test_files_of_other_programs_read_back(synced: Path, ride: dict[str, Any], tmp_path: Path, form: str) -> None:
    track = read_track(synced / "files" / ride["file_path"])
    result = export(synced, ride, form)
    assert (result.code, result.err) == (0, "")
    path = tmp_path / f"written.{form}"
    path.write_bytes(result.out_bytes)
    back = read_track(path)
    assert list(back.time_ms) == list(track.time_ms)
    assert list(back.latitude_deg) == pytest.approx(list(track.latitude_deg), abs=1e-7)
    assert list(back.heart_rate_bpm) == list(track.heart_rate_bpm)
    if form != "gpx":
        assert [lap.start for lap in back.laps] == [lap.start for lap in track.laps]
        assert back.summary().distance_m == pytest.approx(track.summary().distance_m, abs=0.1)


def test_the_original_s_own_format_is_the_original(synced: Path, stored: list[dict[str, Any]]) -> None:
    kinds = {each["file_type"]: each for each in reversed(stored)}
    assert set(kinds) >= {"FIT", "GPX"}
    for kind, activity in kinds.items():
        content = (synced / "files" / activity["file_path"]).read_bytes()
        assert export(synced, activity, kind.lower()).out_bytes == content


def test_a_gpx_recording_in_every_format(synced: Path, stored: list[dict[str, Any]]) -> None:
    activity = next(each for each in stored if each["file_type"] == "GPX")
    for form in FORMATS:
        result = export(synced, activity, form)
        assert (result.code, result.err) == (0, ""), form
        assert result.out_bytes


@pytest.mark.parametrize("form", ["gpx", "fit"])
def test_a_file_is_whole_and_its_owner_s_alone(synced: Path, ride: dict[str, Any], tmp_path: Path, form: str) -> None:
    result = export(synced, ride, form, "--output", str(tmp_path))
    assert (result.code, result.out) == (0, "")
    target = tmp_path / f"{ride['garmin_activity_id']}.{form}"
    assert f"written to {target}" in result.err
    assert target.read_bytes() == export(synced, ride, form).out_bytes
    assert target.stat().st_mode & 0o777 == 0o600
    target.write_text("mine")
    again = export(synced, ride, form, "--output", str(tmp_path))
    assert again.code == 2 and "is there already" in again.err and "--force" in again.err
    assert target.read_text() == "mine"
    assert export(synced, ride, form, "--force", "-o", str(target)).code == 0
    assert target.read_bytes() == export(synced, ride, form).out_bytes
    assert list(tmp_path.iterdir()) == [target]


def test_what_cannot_become_a_file(synced: Path, ride: dict[str, Any], tmp_path: Path) -> None:
    missing = export(synced, ride, "gpx", "-o", str(tmp_path / "missing" / "out.gpx"))
    assert missing.code == 1 and "cannot be written" in missing.err
    os.mkfifo(tmp_path / "pipe")
    assert export(synced, ride, "gpx", "--force", "-o", str(tmp_path / "pipe")).code == 2


def test_what_a_format_cannot_hold_is_said(synced: Path, stored: list[dict[str, Any]], tmp_path: Path) -> None:
    indoor = next(
        each
        for each in stored
        if each["file_type"] == "FIT" and not read_track(synced / "files" / each["file_path"]).has("latitude_deg")
    )
    target = tmp_path / "out.gpx"
    result = export(synced, indoor, "gpx", "-o", str(target))
    assert result.code == 1
    assert "GPX cannot do without positions" in result.err
    assert "hint: Export it as csv" in result.err
    assert list(tmp_path.iterdir()) == []
    assert export(synced, indoor, "csv").code == export(synced, indoor, "tcx").code == 0


def test_a_damaged_file_is_said(synced: Path, ride: dict[str, Any]) -> None:
    path = synced / "files" / ride["file_path"]
    content = path.read_bytes()
    try:
        path.write_bytes(b"\0" * len(content))
        result = export(synced, ride, "csv")
        assert (result.code, result.out) == (1, "")
        assert "Traceback" not in result.err
    finally:
        path.write_bytes(content)


@pytest.mark.parametrize(("form", "code"), [("fit", 2), ("csv", 0)])
def test_a_terminal_is_shown_no_bytes(
    synced: Path, ride: dict[str, Any], monkeypatch: pytest.MonkeyPatch, form: str, code: int
) -> None:
    from garminsync_tui.cli import rows

    class Terminal:
        def __getattr__(self, name: str) -> Any:
            return getattr(sys.stdout, name)

        def isatty(self) -> bool:
            return True

    class System:
        stdout = Terminal()

    monkeypatch.setattr(rows, "sys", System)
    result = export(synced, ride, form)
    assert result.code == code
    assert ("--output" in result.err) == bool(code)
    assert bool(result.out_bytes) != bool(code)


def test_a_format_has_to_be_named(synced: Path, ride: dict[str, Any]) -> None:
    assert run_command("activities", "export", ride["id"], home=synced).code == 2
    assert export(synced, ride, "kml").code == 2
    assert export(synced, {"id": "123456789012"}, "csv").code != 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_in_the_middle_it_leaves_nothing(
    synced: Path, ride: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    target = tmp_path / "out.csv"
    target.write_text("mine")
    moment_text = seconds_writer.moment_text
    asked = []

    def stopped(moment: int) -> str:
        asked.append(moment)
        if len(asked) == 10:
            os.kill(os.getpid(), number)
        return moment_text(moment)

    monkeypatch.setattr(seconds_writer, "moment_text", stopped)
    result = export(synced, ride, "csv", "-o", str(target), "--force")
    assert result.code == 130
    assert len(asked) >= 10
    assert "No file was written" in result.err and "Traceback" not in result.err
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]
    assert target.read_text() == "mine"
