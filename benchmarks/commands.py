"""Whole processes, from the shell's point of view: the best of several starts."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from .home import prepared_home
from .line import Line

GARMINSYNC = [str(Path(sys.executable).with_name("garminsync"))]
RUNS = 5


def best_s(command: list[str], home: str) -> float:
    environment = {**os.environ, "GARMINSYNC_HOME": home}
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        times.append(time.perf_counter() - started)
    return min(times)


def help_page() -> Iterable[Line]:
    with tempfile.TemporaryDirectory() as home:
        yield Line("garminsync --help", best_s([*GARMINSYNC, "--help"], home), "s", 0.25)


def status() -> Iterable[Line]:
    with prepared_home(days=60) as home:
        yield Line("garminsync status, 60 days stored", best_s([*GARMINSYNC, "status"], str(home)), "s", 0.8)


def first_paint() -> Iterable[Line]:
    """From the start of the process to the first place name on a real terminal of 120x40."""
    with prepared_home(days=10) as home:
        yield Line("first paint of the app", min(_painted_s(home) for _ in range(RUNS)), "s", 1.0)


def _painted_s(home: Path) -> float:
    environment = {
        **os.environ,
        "GARMINSYNC_HOME": str(home),
        "TERM": "xterm-256color",
        "COLUMNS": "120",
        "LINES": "40",
    }
    started = time.perf_counter()
    process, terminal = pty.fork()
    if process == 0:
        os.execve(GARMINSYNC[0], GARMINSYNC, environment)
    seen = b""
    try:
        while b"Today" not in seen and time.perf_counter() - started < 30:
            if select.select([terminal], [], [], 1)[0]:
                seen += os.read(terminal, 65536)
        return time.perf_counter() - started
    finally:
        os.kill(process, 15)
        # The terminal has to be drained, or the process waits for it instead of ending.
        while os.waitpid(process, os.WNOHANG)[0] == 0:
            if select.select([terminal], [], [], 0.05)[0]:
                try:
                    os.read(terminal, 65536)
                except OSError:
                    break
        os.close(terminal)
