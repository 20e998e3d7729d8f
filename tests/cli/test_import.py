"""`garminsync import`, and all other commands on a home that knows nothing but what it brought."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from garminsync_tui.sync import figures
from garminsync_tui.transfer.importing import activities, job

from ..terminal import Terminal
from ..transfer.importing.export import archive, summary
from ..transfer.importing.samples import START, fit, tcx
from .conftest import Run


@pytest.fixture(autouse=True)
def _read_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "_WORTH_A_PROCESS", 1_000)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "files"
    found.mkdir()
    return found


def test_what_came_in_and_what_is_damaged(run: Run, folder: Path) -> None:
    (folder / "a.fit").write_bytes(fit())
    (folder / "b.fit").write_bytes(b"<html>\x1b[2J")
    (folder / "notes.txt").write_text("mine")
    result = run("import", str(folder))
    assert result.code == 5
    assert "partly done" in result.out
    assert "files/b.fit" in result.out and "is a web page, not a recording" in result.out
    assert "files/notes.txt" in result.out
    shown = run("jobs", "show", run("jobs", "list", "--json").json[0]["id"]).out
    assert "activities 1" in shown and "{" not in shown
    document = run("import", str(folder), "--json").json
    assert document["files"] == {"imported": 0, "known": 1, "skipped": 1, "failed": 1}
    assert {each["outcome"]: each["names"] for each in document["reasons"]} == {
        "failed": ["files/b.fit"],
        "skipped": ["files/notes.txt"],
    }
    (folder / "b.fit").unlink()
    result = run("import", str(folder), "--plain")
    assert result.code == 0
    assert "known\t1 file\n" in result.out
    assert run("import", "").code == 2, "not the folder where one is"


def test_where_nothing_is_new_no_job_is_needed_and_the_report_is_the_same(run: Run, folder: Path, home: Path) -> None:
    (folder / "a.fit").write_bytes(fit())
    (folder / "b.fit").write_bytes(b"<html>")
    (folder / "notes.txt").write_text("mine")
    assert run("import", str(folder)).code == 5
    jobs = len(run("jobs", "list", "--json").json)
    without = run("import", str(folder), "--json")
    assert without.code == 5 and without.json["id"] is None
    assert len(run("jobs", "list", "--json").json) == jobs
    (folder / "c.fit").write_bytes(fit(START + timedelta(days=1)))
    by_a_job = run("import", str(folder), "--json")
    assert by_a_job.code == 5 and by_a_job.json["files"] == without.json["files"] | {"imported": 1}
    said = {key: value for key, value in by_a_job.json.items() if key not in {"id", "files", "gained"}}
    assert said == {key: value for key, value in without.json.items() if key in said} | {"error": said["error"]}
    for path in (home / "files").rglob("*.fit"):
        path.unlink()
    assert run("import", str(folder), "--json").json["files"]["imported"] == 2, "lost copies come back"


def test_what_garmin_has_no_number_of_is_called_by_our_own(run: Run, folder: Path) -> None:
    (folder / "a.fit").write_bytes(fit())
    run("import", str(folder))
    called = run("activities", "list", "--plain").out.splitlines()[1].split("\t")[0]
    assert len(called) == 8 and run("activities", "list", "--json").json[0]["id"].replace("-", "").endswith(called)
    shown = run("activities", "show", called)
    assert shown.code == 0 and ["id", called] in [line.split() for line in shown.out.splitlines()]
    assert run("activities", "export", called, "--format", "tcx").code == 0


def test_patterns_and_paths_that_name_nothing(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "sub").mkdir()
    (folder / "a.fit").write_bytes(fit())
    (folder / "sub" / "b.tcx").write_bytes(tcx(START + timedelta(days=1)))
    (folder / "weird[1].fit").write_bytes(fit(START + timedelta(days=2)))
    for wrong in (folder / "nothing", folder / "*.gpx"):
        result = run("import", str(wrong))
        assert result.code == 2 and "There is no" in result.err
    assert run("import").code == 2
    assert run("import", f"{folder}/**/*.tcx", f"{folder}/a.fit", "--json").json["files"]["imported"] == 2
    monkeypatch.chdir(folder)
    assert run("import", "weird[1].fit", "--json").json["files"]["imported"] == 1, "a name that looks like a pattern"


def test_an_archive_of_somebody_else(run: Run, folder: Path, home: Path) -> None:
    (folder / "mine.zip").write_bytes(archive((summary(1),), {"fit": fit()}))
    theirs = folder / "theirs.zip"
    theirs.write_bytes(archive((summary(2, userProfileId=99),), {}))
    assert run("import", str(folder / "mine.zip")).code == 0
    refused = run("import", str(theirs))
    assert refused.code == 2 and "archive of another person" in refused.out and "--other-person" in refused.err
    with Terminal(home, "import", str(theirs)) as terminal:
        terminal.wait_for("[y/N]")
        terminal.type("n\r")
        assert terminal.ended() == 2
    assert len(run("activities", "list", "--json").json) == 1
    with Terminal(home, "import", str(theirs)) as terminal:
        terminal.wait_for("[y/N]")
        terminal.type("y\r")
        assert terminal.ended() == 0
    assert len(run("activities", "list", "--json").json) == 2


def test_every_command_is_of_use_without_a_link(run: Run, folder: Path, tmp_path: Path) -> None:
    days = [START + timedelta(days=n) for n in range(3)]
    rows = tuple(summary(n, start, seconds=1200) for n, start in enumerate(days, 1))
    uploads = {f"{n}.fit": fit(start, seconds=1200) for n, start in enumerate(days[:2])}
    (folder / "export.zip").write_bytes(archive(rows, uploads))
    assert run("import", str(folder / "export.zip")).code == 0
    for command, told in {
        "activities list --plain": "Run 2",
        "activities show 1": "Run 1",
        "stats --by month": "2026-03",
        "bests": "",
        "load": "",
        "coverage": "activity_file",
        "health types": "heart_rate",
        "health show steps_total": "",
        "jobs list": "import",
        "workouts list": "",
        "verify": "3",
        "doctor": "Database",
        "config show": "",
        "db status": "",
        "reparse --activities": "",
    }.items():
        result = run(*command.split())
        assert result.code in ({0, 1, 5} if command == "doctor" else {0}), (command, result.out, result.err)
        assert told in result.out, (command, result.out)
    status = run("status")
    assert "none linked" in status.out and "nothing is fetched without a sign-in" in status.out
    exported = tmp_path / "1.fit"
    assert run("activities", "file", "1", "-o", str(exported)).code == 0
    assert exported.read_bytes() == uploads["0.fit"]
    assert run("activities", "export", "1", "--format", "json").code == 0
    for bound in ("sync", "daemon --once"):
        result = run(*bound.split())
        assert result.code == 3 and "garminsync login" in result.err, bound


def test_the_recordings_of_many_devices(run: Run, shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every readable one is in, every damaged one is named, and a second run reads none of them again."""
    corpus = shared / "corpus"
    if not corpus.is_dir():
        pytest.skip("recorded files are not here")

    async def nothing(*_: object) -> None:
        """Figures of real recordings are for other tests."""

    monkeypatch.setattr(job, "compute_figures", nothing)
    first = run("import", str(corpus), "--json")
    assert first.code == 5
    files = first.json["files"]
    assert files["imported"] >= 60
    told = {name: group for group in first.json["reasons"] for name in group["names"]}
    failed = {name for name, group in told.items() if group["outcome"] == "failed"}
    assert all(name.startswith("corpus/bad/") for name in failed)
    in_fact = json.dumps(first.json["reasons"])
    for damaged in (corpus / "bad").iterdir():
        whole = damaged.name.startswith("polyvertex__") and not any(damaged.name in name for name in told)
        assert damaged.name in in_fact or whole, f"{damaged.name} is not named"

    def read(*_: object) -> None:
        raise AssertionError("nothing is read twice")

    monkeypatch.setattr(activities, "_read", read)
    monkeypatch.setattr(activities.Found, "copy_to", read)
    second = run("import", str(corpus), "--json").json
    assert second["files"]["imported"] == 0
    assert second["files"]["failed"] == files["failed"]
    assert second["files"]["known"] == files["imported"] + files["known"]
