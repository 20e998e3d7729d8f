"""`garminsync reparse --activities`: figures that are missing, computed while one waits."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from garminsync_tui.simulator import Simulator

from .conftest import PASSWORD, Result, log_in, run_command

DAYS = 12


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home whose activities are here, with their figures."""
    home = tmp_path_factory.mktemp("reparse") / "home"
    with Simulator(days=DAYS, password=PASSWORD) as simulator:
        log_in(home, simulator)
        assert run_command("sync", "activities", "--since", f"{DAYS}d", home=home).code == 0
        simulator.reset_stats()
        yield home
        assert simulator.stats()["requests"]["total"] == 0


def forget(home: Path, count: int) -> int:
    """Take the figures of some activities away; how many activities there are."""
    with closing(sqlite3.connect(home / "garminsync.db")) as database, database:
        database.execute("PRAGMA foreign_keys = ON")
        for table in ("activity_bests", "activity_figures"):
            database.execute(
                f"DELETE FROM {table} WHERE activity_id IN (SELECT id FROM activities ORDER BY id LIMIT {count})"
            )
        [(there_are,)] = database.execute("SELECT count(*) FROM activities")
        return int(there_are)


def figures(home: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(home / "garminsync.db")) as database:
        return database.execute(
            "SELECT activity_id, figures, load, athlete, problem FROM activity_figures ORDER BY 1"
        ).fetchall()


def status_line(home: Path) -> list[str]:
    lines = run_command("status", "--plain", home=home).out.splitlines()
    return [line for line in lines if line.startswith("figures\t")]


def test_what_is_missing_is_computed_and_counted(synced: Path) -> None:
    before = figures(synced)
    assert status_line(synced) == []
    there_are = forget(synced, 3)
    assert len(before) == there_are > 3
    assert status_line(synced) == [f"figures\t{there_are - 3} of {there_are} activities computed"]
    assert run_command("status", "--json", home=synced).json["activities_computed"] == there_are - 3
    result = run_command("reparse", "--activities", home=synced)
    assert (result.code, result.out.split(":")[0].split()) == (0, ["figures", "✓", "done"])
    assert "3 activities computed" in result.out
    assert figures(synced) == before
    assert status_line(synced) == []


def test_the_job_is_called_figures(synced: Path) -> None:
    result = run_command("reparse", "--activities", "--json", home=synced)
    [job] = result.json
    assert (job["job"], job["state"], job["failures"]) == ("figures", "done", [])
    assert job["note"].startswith("0 activities computed")
    [first, *_] = run_command("jobs", "list", "--plain", home=synced).out.splitlines()[1:]
    assert first.split("\t")[1] == "figures"
    assert "job\tfigures" in run_command("jobs", "show", job["id"], "--plain", home=synced).out
    listed = run_command("jobs", "list", "--json", home=synced).json
    assert (listed[0]["job_type"], listed[0]["job"]) == ("reparse", "figures")
    # It brings nothing from Garmin and reads no answer again: there is no "last reparse".
    assert "reparse" not in run_command("status", "--json", home=synced).json["last_synced_at"]


@pytest.mark.parametrize("other", [("--metric", "sleep"), ("--since", "3d"), ("--until", "2026-01-01")])
def test_days_and_metrics_are_healths(synced: Path, other: tuple[str, str]) -> None:
    result = run_command("reparse", "--activities", *other, home=synced)
    assert result.code == 2
    assert "--activities has no choice of days and metrics" in result.err


def test_help_tells_both_uses(synced: Path) -> None:
    shown: Result = run_command("reparse", "--help", home=synced)
    assert "Garmin's answers about health" in shown.out
    assert "--activities" in shown.out
