"""Starts the program again and again in an instant: `python -m tests.torture.nursery LEASE_S`.

It has read all of the program's code; each line of its input makes a process of it that runs one command, as
`garminsync` would, and its number comes back. What the process prints lies in the file that the line names.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import pkgutil
import select
import signal
import sys
from collections.abc import Iterator
from typing import Any

from garminsync_tui.jobs import liveness

_NOT_NEEDED = ("garminsync_tui.tui", "garminsync_tui.simulator", "garminsync_tui.__main__")


def main() -> None:
    liveness.LEASE_S = float(sys.argv[1])
    from . import witness

    witness.watch()
    _read_the_code()
    signal.signal(signal.SIGCHLD, _take_leave)
    started = []
    for line in _lines():
        started.append(_start(json.loads(line)))
        sys.stdout.write(f"{started[-1]}\n")
        sys.stdout.flush()
    for pid in started:  # also where whoever asked for them was killed
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def _lines() -> Iterator[str]:
    """Of the input. A signal that comes just before the wait is heard of after it, so that is never long."""
    while True:
        if select.select([sys.stdin], [], [], 1.0)[0]:
            line = sys.stdin.readline()
            if not line:
                return
            yield line


def _take_leave(*_: object) -> None:
    """Of everybody who has ended."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _read_the_code() -> None:
    import aiosqlite  # noqa: F401
    import apscheduler.schedulers.asyncio
    import apscheduler.triggers.interval  # noqa: F401
    import asyncpg  # noqa: F401
    import fitdecode  # noqa: F401
    import gpxpy  # noqa: F401
    import sqlalchemy.dialects.postgresql.asyncpg
    import sqlalchemy.dialects.sqlite.aiosqlite  # noqa: F401

    import garminsync_tui

    for module in pkgutil.walk_packages(garminsync_tui.__path__, "garminsync_tui."):
        if not module.name.startswith(_NOT_NEEDED):
            importlib.import_module(module.name)


def _start(told: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 70
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        _connect(told["terminal"] or os.devnull, told["terminal"] or told["output"])
        os.environ.update(told["environment"])
        from .witness import Orders, watched

        watched.obey(Orders(**told["orders"]))
        from garminsync_tui.__main__ import main as garminsync

        code = garminsync(told["arguments"])
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _connect(given: str, shown: str) -> None:
    """A terminal, or nothing to read and a file to write to. As a session's first it is the session's own."""
    stdin = os.open(given, os.O_RDWR)
    stdout = os.open(shown, os.O_RDWR | os.O_CREAT | os.O_APPEND)
    for handle, number in ((stdin, 0), (stdout, 1), (stdout, 2)):
        os.dup2(handle, number)


if __name__ == "__main__":
    main()
