"""Runs commands in this process as the shell would: arguments and stdin in, exit code, stdout and stderr out."""

from __future__ import annotations

import io
import json
import logging
import logging.handlers
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from garminsync_tui.__main__ import main
from garminsync_tui.paths import Paths
from garminsync_tui.simulator import Simulator

from .trained_home import fill as fill_home

DAYS = 5
PASSWORD = "correct-horse-battery"
EMAIL = "athlete@example.com"


@dataclass(frozen=True)
class Result:
    """What a command gave."""

    code: int
    out_bytes: bytes
    err: str

    @property
    def out(self) -> str:
        return self.out_bytes.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Result]


def run_command(*arguments: str, home: Path, stdin: str = "") -> Result:
    """Run one command on `home`."""
    before = sys.stdin, sys.stdout, sys.stderr
    umask = os.umask(0o022)
    out, err = io.BytesIO(), io.BytesIO()
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin.encode()))
    sys.stdout = io.TextIOWrapper(out, "utf-8")
    sys.stderr = io.TextIOWrapper(err, "utf-8", write_through=True)
    try:
        code = main([*arguments, "--home", str(home)])
        sys.stdout.flush()
        return Result(code, out.getvalue(), err.getvalue().decode())
    finally:
        for stream, text in ((sys.stdout, out), (sys.stderr, err)):
            if stream.buffer is text:
                stream.detach()
        sys.stdin, sys.stdout, sys.stderr = before
        os.umask(umask)
        for handler in list(logging.getLogger().handlers):
            if type(handler) in {logging.StreamHandler, logging.handlers.RotatingFileHandler}:
                logging.getLogger().removeHandler(handler)
                handler.close()


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("GARMINSYNC_") and name != "GARMINSYNC_SHARED":
            monkeypatch.delenv(name)
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home."""
    return tmp_path / "home"


@pytest.fixture
def run(home: Path) -> Run:
    """Runs a command on the empty home."""
    return lambda *arguments, stdin="": run_command(*arguments, home=home, stdin=stdin)


@pytest.fixture
def fill(home: Path, sqlite_template: Path) -> Callable[..., None]:
    """Puts activities into the empty home; its account lives in `time_zone`."""
    return lambda *activities, time_zone="Europe/Berlin": fill_home(home, sqlite_template, activities, time_zone)


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """A simulator with a few days."""
    with Simulator(days=DAYS, password=PASSWORD) as running:
        yield running


def log_in(home: Path, simulator: Simulator) -> Result:
    """Link the simulator's athlete."""
    return run_command(
        "login", "--server", simulator.url, "--email", EMAIL, "--password-stdin", home=home, stdin=f"{PASSWORD}\n"
    )


@pytest.fixture
def linked(home: Path, simulator: Simulator, sqlite_template: Path) -> Simulator:
    """The simulator that the home's account belongs to."""
    paths = Paths.below(home)
    paths.prepare()
    shutil.copy(sqlite_template, paths.database)
    result = log_in(home, simulator)
    assert result.code == 0, result.err
    simulator.reset_stats()
    return simulator
