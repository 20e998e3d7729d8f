"""Importing an account archive, the same a second time, and very many files: seconds, files a second, memory."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from garminsync_tui.simulator import Simulator, fit
from garminsync_tui.simulator.training import Session

from .home import GARMINSYNC
from .line import Line

MANY = 100_000
_SHORT_S = 10


class Ran(NamedTuple):
    """One `garminsync import`."""

    seconds: float
    peak_mb: float
    files: dict[str, int]


def archive(days: int = 365) -> Iterable[Line]:
    """An account archive of so many days, twice."""
    with tempfile.TemporaryDirectory() as folder:
        target, home = Path(folder) / "export.zip", Path(folder) / "home"
        with target.open("wb") as file:
            counts = Simulator(days=days).archive().write(file)
        first, second = run(home, target), run(home, target)
    about = f"archive of {days} days"
    yield Line(f"{about}: uploaded files imported a second", counts["files"] / first.seconds, "", 20, at_least=True)
    yield Line(f"{about}: files that came in", first.files["imported"], "", counts["files"], at_least=True)
    yield Line(f"{about}: files a second run imports", second.files["imported"], "", 0)
    yield Line(f"{about}: a second run beside the first", 100 * second.seconds / first.seconds, "%", 10)
    yield Line(f"{about}: peak memory", first.peak_mb, "MB", 300)


def many(files: int = MANY) -> Iterable[Line]:
    """A folder of so many short recordings, twice."""
    with tempfile.TemporaryDirectory() as folder:
        source, home = Path(folder) / "recordings", Path(folder) / "home"
        _short_recordings(source, files)
        first, second = run(home, source), run(home, source)
    yield Line(f"{files:,} files: imported", first.files["imported"], "", files, at_least=True)
    yield Line(f"{files:,} files: imported a second", first.files["imported"] / first.seconds, "", 20, at_least=True)
    yield Line(f"{files:,} files: a second run beside the first", 100 * second.seconds / first.seconds, "%", 10)
    yield Line(f"{files:,} files: peak memory", first.peak_mb, "MB", 400)


def run(home: Path, source: Path) -> Ran:
    """Import into a home that need not be there, with seconds and the most memory of the whole process."""
    command = [GARMINSYNC, "--home", str(home), "import", str(source), "--json"]
    with tempfile.TemporaryFile() as out:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, f"the import ended with {process.returncode}"
        out.seek(0)
        return Ran(seconds, usage.ru_maxrss / 1024, json.load(out)["files"])


def _short_recordings(folder: Path, files: int) -> None:
    """Runs of a few seconds, a quarter of an hour after each other."""
    folder.mkdir()
    simulator = Simulator(days=60)
    run = _a_run(simulator)
    for number in range(files):
        session = replace(
            run,
            activity_id=run.activity_id + number,
            starts=run.starts - timedelta(minutes=15 * number),
            elapsed_s=_SHORT_S,
            moving_s=_SHORT_S,
            distance=3.0 * _SHORT_S,
            climb=0,
        )
        (folder / f"{number:06}.fit").write_bytes(fit.encode(session, 3600, simulator.athlete.device_id, None))


def _a_run(simulator: Simulator) -> Session:
    athlete = simulator.athlete
    days = (athlete.last_day - timedelta(days=back) for back in range(60))
    sessions = (session for day in days for session in athlete.sessions(day))
    return next(session for session in sessions if session.origin == "fit" and session.sport.key == "running")
