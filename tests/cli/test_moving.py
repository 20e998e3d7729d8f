"""docs/moving.md, done with the commands; and what verify, backup and restore say and end with."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from garminsync_tui.simulator import Simulator

from .conftest import DAYS, EMAIL, PASSWORD, Result, Run, log_in, run_command
from .test_processes import started, until


class Old(NamedTuple):
    """The old machine, synced."""

    home: Path
    simulator: Simulator

    def run(self, *arguments: str, stdin: str = "") -> Result:
        return run_command(*arguments, home=self.home, stdin=stdin)


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Old]:
    home = tmp_path_factory.mktemp("old machine") / "home"
    with Simulator(days=DAYS, password=PASSWORD) as simulator:
        assert log_in(home, simulator).code == 0
        assert run_command("sync", "--since", f"{DAYS}d", home=home).code == 0
        yield Old(home, simulator)


@pytest.fixture
def new(tmp_path: Path) -> Callable[..., Result]:
    """The new machine."""
    return lambda *arguments, stdin="": run_command(*arguments, home=tmp_path / "new", stdin=stdin)


def rows(home: Path, table: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(home / "garminsync.db")) as connection:
        return sorted(connection.execute(f"SELECT * FROM {table}").fetchall(), key=repr)


@pytest.mark.parametrize("with_key", [True, False])
def test_a_new_machine_goes_on_where_the_old_one_was(
    old: Old, new: Callable[..., Result], tmp_path: Path, with_key: bool
) -> None:
    backup = tmp_path / "stick" / "garminsync-backup.db"
    backup.parent.mkdir()
    made = old.run("backup", str(backup), "--json")
    assert made.code == 0, made.err
    assert made.json["activities"] == old.run("status", "--json").json["activities"]
    assert f"{old.home / 'files'}: copy that folder too" in made.err
    assert "key of the stored tokens is not in it" in made.err
    assert (old.home / "key").read_bytes().strip() not in backup.read_bytes()

    home = tmp_path / "new"
    shutil.copytree(old.home / "files", home / "files")
    home.chmod(0o700)
    if with_key:
        shutil.copy2(old.home / "key", home / "key")
    restored = new("restore", str(backup), "--yes")
    assert restored.code == 0, restored.err
    assert ("bring it to" in restored.err) == (not with_key)
    verified = new("verify", "--read-data", "--json")
    assert verified.code == 0, verified.err
    assert verified.json["result"]["read"] == made.json["activities"] > 0
    assert verified.json["problems"] == []
    for table in ("activities", "health_metrics", "coverage", "days", "raw_responses"):
        assert rows(home, table) == rows(old.home, table), table
    if not with_key:
        assert new("sync", "activities").code == 3
        arguments = ("login", "--server", old.simulator.url, "--email", EMAIL, "--password-stdin")
        assert new(*arguments, stdin=f"{PASSWORD}\n").code == 0
    old.simulator.reset_stats()
    synced = new("sync", "--since", f"{DAYS}d")
    assert synced.code == 0, synced.err
    assert synced.out.splitlines()[-1] == "new  0 activities, 0 health readings"
    assert old.simulator.stats()["requests"]["total"] == 2
    assert [path for path in home.rglob("*") if path.stat().st_mode & 0o077] == []


# ── Verify ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def copied(old: Old, home: Path) -> Path:
    """A copy of the synced home."""
    shutil.copytree(old.home, home)
    return home


def originals(home: Path) -> list[Path]:
    return sorted(path for path in (home / "files").rglob("*.fit") if "quarantine" not in path.parts)


def test_what_is_lost_is_told_everywhere_and_comes_back(run: Run, copied: Path, old: Old) -> None:
    assert "not verified yet" in run("status").out
    assert "verify --read-data" in run("doctor").out
    clean = run("verify")
    assert (clean.code, clean.out.splitlines()[0]) == (0, "verify   ✓ done")
    status = run("status", "--json").json
    assert status["verified"]["missing"] == 0 and status["verified"]["read_data"] is None
    assert "(by size): all whole" in run("status").out

    lost = originals(copied)[0]
    content = lost.read_bytes()
    lost.unlink()
    found = run("verify", "--read-data-subset", "1/1")
    assert found.code == 5
    assert f"problem: activity {lost.stem}" in found.err and "it is missing" in found.err
    assert "verify --repair" in found.err
    assert "1 missing" in run("status").out and "part 1/1 of them read" in run("status").out
    assert run("status", "--json").json["verified"]["problems"][0].startswith(f"activity {lost.stem}")
    looked = run("doctor")
    assert looked.code == 1 and f"activity {lost.stem}" in looked.out
    job = run("jobs", "list", "--json").json[0]
    assert (job["job_type"], job["result"]["missing"]) == ("verify", 1)
    shown = run("jobs", "show", job["id"])
    assert "Result" in shown.out and "missing" in shown.out and lost.stem in shown.out

    repaired = run("verify", "--repair")
    assert repaired.code == 5 and "garminsync sync activities" in repaired.err
    assert "1 activity files failed" in run("status").out
    synced = run("sync", "activities")
    assert synced.code == 0, synced.err
    assert lost.read_bytes() == content
    assert run("verify", "--read-data").code == 0
    assert run("doctor").code == 0


@pytest.mark.parametrize("wrong", ["0/3", "4/3", "3", "a/b", "1/2/3", "1/99999"])
def test_a_part_that_cannot_be_meant(run: Run, wrong: str) -> None:
    refused = run("verify", "--read-data-subset", wrong)
    assert refused.code == 2
    assert "3/12" in refused.err


def test_a_part_and_all_exclude_each_other(run: Run) -> None:
    assert run("verify", "--read-data", "--read-data-subset", "1/2").code == 2


def test_an_empty_home_has_nothing_to_verify(run: Run) -> None:
    assert run("verify").code == 0


KILLED = """
import os, signal, sys
from garminsync_tui.__main__ import main
from garminsync_tui.store.files import FileStore
from garminsync_tui.sync import verify

verify._PAGE_READ = 1
problem, looked = FileStore.problem, 0

def dies_at_the_third(self, *values, **how):
    global looked
    looked += 1
    if looked == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return problem(self, *values, **how)

FileStore.problem = dies_at_the_third
main(sys.argv[1:])
"""


def test_a_killed_one_goes_on(run: Run, copied: Path) -> None:
    originals(copied)[0].unlink()
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, "verify", "--read-data", "--home", str(copied)], capture_output=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    job = next(job for job in run("jobs", "list", "--json").json if job["job_type"] == "verify")
    assert (job["status"], job["result"]["checked"]) == ("in_progress", 2)
    result = run("verify", "--read-data", "--json")
    assert result.code == 5
    assert result.json["id"] == job["id"]
    assert result.json["result"]["checked"] == result.json["result"]["read"] == len(rows(copied, "activities"))
    assert result.json["result"]["missing"] == len(result.json["problems"]) == 1
    log = run("jobs", "show", job["id"]).out
    assert "goes on" in log and "interrupted" in log


# ── Backup and restore ───────────────────────────────────────────────────────────────────────────────


def test_a_restore_shows_what_it_replaces_and_asks(run: Run, copied: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    assert run("backup", str(backup)).code == 0
    assert run("backup", str(backup)).code == 2
    before = (copied / "garminsync.db").read_bytes()
    for answer in ("", "n\n", "\n"):
        refused = run("restore", str(backup), stdin=answer)
        assert refused.code == 1
        assert refused.err.count("activities, ") == 2 and str(copied / "garminsync.db") in refused.err
        assert "Nothing was changed" in refused.err
        assert (copied / "garminsync.db").read_bytes() == before
    done = run("restore", str(backup), stdin="y\n")
    assert done.code == 0, done.err
    assert ".before-restore-" in done.err
    assert run("restore", str(tmp_path / "none.db"), "--yes").code == 2


def test_a_restore_keeps_away_from_a_daemon(copied: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    with started(copied, "daemon") as daemon:
        assert daemon.stderr is not None
        until(lambda: "running on" in daemon.stderr.readline(), "the daemon")
        assert run_command("backup", str(backup), home=copied).code == 0
        refused = run_command("restore", str(backup), "--yes", home=copied)
        assert refused.code == 1
        assert f"The daemon works on this database (process {daemon.pid}" in refused.err
    restored = run_command("restore", str(backup), "--yes", home=copied)
    assert restored.code == 0, restored.err


@pytest.mark.parametrize(("command", "tool"), [("backup", "pg_dump"), ("restore", "pg_restore")])
def test_on_a_server_both_say_what_to_use_instead(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, tool: str
) -> None:
    monkeypatch.setenv("GARMINSYNC_DATABASE", f"postgresql://me:{PASSWORD}@server/garminsync")
    refused = run(command, str(tmp_path / "b.db"))
    assert refused.code == 2
    assert tool in refused.err and PASSWORD not in refused.err
    assert list(tmp_path.iterdir()) == []


def test_an_upgrade_says_where_the_database_is_kept_as_it_was(run: Run, home: Path, sqlite_template: Path) -> None:
    home.mkdir(mode=0o700)
    shutil.copy(sqlite_template, home / "garminsync.db")
    with closing(sqlite3.connect(home / "garminsync.db", isolation_level=None)) as connection:
        for statement in (
            "DROP VIEW imported_files_readable",
            "DROP TABLE imported_files",
            "UPDATE alembic_version SET version_num = '0007'",
        ):
            connection.execute(statement)
    upgraded = run("jobs", "list")
    assert upgraded.code == 0, upgraded.err
    assert f"kept in {home / 'backups'}" in upgraded.err and "schema-0007.db" in upgraded.err
    (kept,) = (home / "backups").iterdir()
    assert run("restore", str(kept), "--yes").code == 0
    assert "backups" not in run("jobs", "list").err
