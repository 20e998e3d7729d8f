"""The same commands on a server: what they ask of the store is asked of PostgreSQL too."""

from __future__ import annotations

from pathlib import Path

import pytest

from garminsync_tui.simulator import Simulator

from .conftest import Run, log_in


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_way_through_the_commands_on_a_server(
    run: Run, home: Path, simulator: Simulator, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GARMINSYNC_DATABASE", database_url)
    assert log_in(home, simulator).code == 0
    synced = run("sync", "--since", "3d")
    assert synced.code == 0, synced.err
    assert run("db", "status", "--json").json["kind"] == "postgresql"
    status = run("status", "--json").json
    assert status["database"]["name"].startswith("postgresql://")
    assert status["database"]["size_bytes"] > 0
    assert status["health"]["readings"] > 1000
    listed = run("activities", "list", "after:2020", "--json").json
    assert listed
    shown = run("activities", "file", listed[0]["id"])
    assert len(shown.out_bytes) == listed[0]["size_bytes"]
    verified = run("verify", "--read-data", "--repair", "--json")
    assert verified.code == 0, verified.err
    assert verified.json["result"]["read"] == run("status", "--json").json["verified"]["checked"] == len(listed)
    assert "all whole" in run("doctor").out
    assert run("health", "show", "heart_rate", "--every", "day", "--json").json["values"]
    lines = run("health", "export", "--format", "jsonl").out.splitlines()
    assert len(lines) >= status["health"]["readings"]
    assert run("coverage").code == 0
    assert run("stats", "--json").json["total"]["activities"] == len(listed)
    assert run("bests", "--all", "--since", "30d").code == 0
    assert run("load").code == 0
    assert {job["state"] for job in run("jobs", "list", "--json").json} == {"done"}
    assert not (home / "garminsync.db").exists()
    assert run("account", "delete", "--yes").code == 0
    assert run("activities", "list", "--json").json == []
