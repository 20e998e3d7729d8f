"""`garminsync db move`: a synced home goes to a server and comes back; what is said and what is refused."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from garminsync_tui.simulator import Simulator

from .conftest import PASSWORD, Result, log_in, run_command


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Simulator]]:
    home = tmp_path_factory.mktemp("house") / "home"
    with Simulator(days=4, password=PASSWORD) as simulator:
        assert log_in(home, simulator).code == 0
        assert run_command("sync", "--since", "2d", home=home).code == 0
        yield home, simulator


@pytest.fixture
def old(synced: tuple[Path, Simulator], home: Path) -> Callable[..., Result]:
    """A copy of it, so that each test has its own; commands run there."""
    shutil.copytree(synced[0], home)
    return lambda *arguments, stdin="": run_command(*arguments, home=home, stdin=stdin)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_to_a_server_and_back(
    old: Callable[..., Result],
    synced: tuple[Path, Simulator],
    home: Path,
    tmp_path: Path,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    activities = old("activities", "list", "--json", "--all").json
    readings = lambda: [json.loads(line) for line in old("health", "export", "--format", "jsonl").out.splitlines()]  # noqa: E731
    before = readings()
    monkeypatch.setenv("GARMINSYNC_MOVE_TO", database_url)  # as it holds a password, though an empty one
    there = old("db", "move", "--switch", "--json")
    assert there.code == 0, there.err
    assert there.json["problems"] == [] and there.json["switched"] is True
    assert there.json["files"] == len(activities) == there.json["tables"]["activities"]["rows"]
    assert "as it was" in there.err
    assert old("db", "status", "--json").json["kind"] == "postgresql"
    assert old("activities", "list", "--json", "--all").json == activities
    assert readings() == before
    shutil.rmtree(home / "files")  # the server has them
    assert old("verify", "--read-data").code == 0
    # Tokens open, and what Garmin has new comes on top.
    synced[1].reset_stats()
    assert old("sync", "activities").code == 0
    activities = old("activities", "list", "--json", "--all").json

    back = tmp_path / "new house" / "garminsync.db"
    result = old("db", "move", "--to", f"sqlite:///{back}", "--json")
    assert result.code == 0, result.err
    assert result.json["tables"].keys() == there.json["tables"].keys()
    for name in ("activities", "health_metrics", "raw_responses", "activity_bests", "key_ring"):
        assert result.json["tables"][name]["rows"] >= there.json["tables"][name]["rows"] > 0
    assert result.json["tables"]["key_ring"] == there.json["tables"]["key_ring"]
    assert str(back.parent / "files") in result.err
    assert f"sqlite:///{back}" in result.err  # how to use it
    shutil.copy(home / "key", back.parent / "key")
    new = lambda *arguments: run_command(*arguments, home=back.parent)  # noqa: E731
    assert new("verify", "--read-data").code == 0
    assert [each["sha256"] for each in new("activities", "list", "--json", "--all").json] == [
        each["sha256"] for each in activities
    ]
    assert new("sync", "activities").code == 0


def test_killed_in_the_middle_the_same_command_goes_on(old: Callable[..., Result], home: Path, tmp_path: Path) -> None:
    target = tmp_path / "new" / "garminsync.db"
    command = [sys.executable, "-c", _KILLED, str(home), f"sqlite:///{target}"]
    assert subprocess.run(command, check=False, capture_output=True).returncode == -signal.SIGKILL
    refused = run_command("activities", "list", home=target.parent)
    assert refused.code == 1
    assert "not finished" in refused.err and "db move" in refused.err
    for words in (("status",), ("backup", str(tmp_path / "b.db"))):
        assert run_command(*words, home=target.parent).code != 0
    result = old("db", "move", "--to", f"sqlite:///{target}", "--json")
    assert result.code == 0, result.err
    assert result.json["went_on"] is True
    assert len(run_command("activities", "list", "--all", "--json", home=target.parent).json) == len(
        old("activities", "list", "--all", "--json").json
    )


_KILLED = """
import os, signal, sys
from garminsync_tui.__main__ import main
from garminsync_tui.store.moving.on_sqlite import SQLiteEnd
write, written = SQLiteEnd.write, []
async def killed(self, plan, rows, states):
    await write(self, plan, rows, states)
    written.append(plan.name)
    if plan.name == "health_metrics":
        os.kill(os.getpid(), signal.SIGKILL)
SQLiteEnd.write = killed
main(["db", "move", "--home", sys.argv[1], "--to", sys.argv[2]])
"""


BAD_TARGETS = [
    ("", 2, "Where to"),
    ("mysql://me@host/x", 2, "no database garminsync can use"),
    ("no url", 2, "no database URL"),
    ("postgresql://me:secret@host/x", 2, "GARMINSYNC_MOVE_TO"),
    ("postgresql://me@127.0.0.1:1/x", 1, "does not answer"),
    ("sqlite:////proc/nowhere/x.db", 1, "cannot be written"),
    ("sqlite:///{home}/garminsync.db", 2, "is to be moved"),
    ("sqlite:///{home}/key", 1, "no database"),
]


def test_what_cannot_be_a_target(old: Callable[..., Result], home: Path) -> None:
    before = (home / "key").read_bytes()
    for target, code, said in BAD_TARGETS:
        result = old("db", "move", *(["--to", target.format(home=home)] if target else []))
        assert (result.code, said in result.err) == (code, True), result.err
        assert "hint:" in result.err and "Traceback" not in result.err and "secret@" not in result.err
    assert (home / "key").read_bytes() == before
    assert old("activities", "list", "--json").code == 0


def test_beside_a_runner_it_is_refused(
    old: Callable[..., Result], home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from garminsync_tui.jobs import queue
    from garminsync_tui.models import RunnerRow

    async def runners(self: Any) -> list[RunnerRow]:
        return [RunnerRow(host="there", pid=7, kind="daemon")]

    monkeypatch.setattr(queue.Queue, "runners", runners)
    result = old("db", "move", "--to", f"sqlite:///{tmp_path / 'x.db'}")
    assert result.code == 1
    assert "daemon works on this database (process 7 on there)" in result.err
    assert not (tmp_path / "x.db").exists()
