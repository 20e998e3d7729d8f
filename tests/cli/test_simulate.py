"""`garminsync simulate` that writes files."""

from __future__ import annotations

import zipfile
from pathlib import Path

from garminsync_tui.new_file import DRAFT_ENDING

from .conftest import run_command


def test_it_writes_an_archive_for_its_owner_and_ends(tmp_path: Path) -> None:
    target = tmp_path / "export.zip"
    done = run_command("simulate", "--days", "2", "--archive", str(target), home=tmp_path / "home")
    assert (done.code, done.out) == (0, f"{target}\n")
    assert "days 2" in done.err
    assert target.stat().st_mode & 0o777 == 0o600
    assert zipfile.ZipFile(target).testzip() is None

    again = run_command("simulate", "--days", "2", "--archive", str(target), home=tmp_path / "home")
    assert again.code == 2 and "--force" in again.err
    assert run_command("simulate", "--days", "1", "--archive", str(target), "--force", home=tmp_path / "home").code == 0
    assert not list(tmp_path.glob(f".*{DRAFT_ENDING}"))


def test_it_writes_the_folder_of_the_watch(tmp_path: Path) -> None:
    target = tmp_path / "watch"
    done = run_command("simulate", "--days", "2", "--device", str(target), home=tmp_path / "home")
    root = target / "GARMIN"
    assert (done.code, done.out) == (0, f"{root}\n")
    files = [file for file in root.rglob("*") if file.is_file()]
    assert {file.parent.name for file in files} >= {"ACTIVITY", "MONITOR", "SLEEP", "HRVSTATUS", "SETTINGS"}
    # Names as a file system of old has them.
    assert all(len(file.stem) <= 8 for file in root.rglob("*.FIT"))
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in files)
    assert all(folder.stat().st_mode & 0o777 == 0o700 for folder in root.rglob("*") if folder.is_dir())

    again = run_command("simulate", "--days", "2", "--device", str(target), home=tmp_path / "home")
    assert again.code == 2 and "is there already" in again.err
    assert sorted(file for file in root.rglob("*") if file.is_file()) == sorted(files)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run_command("simulate", "--days", "1", "--device", str(tmp_path / "file" / "x"), home=tmp_path / "home")
    assert done.code == 1 and "cannot be written" in done.err


def test_what_is_for_serving_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "export.zip"
    done = run_command("simulate", "--archive", str(target), "--mfa", "123456", home=tmp_path / "home")
    assert done.code == 2 and "--mfa" in done.err
    assert not target.exists()
