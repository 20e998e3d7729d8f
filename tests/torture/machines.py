"""Machines that share one database, and the processes that run on them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import psutil

from garminsync_tui.paths import Paths

from .witness import Orders

_PROJECT = Path(__file__).parents[2]
#: How long a process may take to do what it was told.
PATIENCE_S = 300.0


@dataclass
class Machine:
    """A name that it calls itself, and a home."""

    name: str
    paths: Paths

    @property
    def home(self) -> Path:
        return self.paths.database.parent


@dataclass
class Process:
    """One that was started on a machine, and leads a session of its own."""

    machine: Machine
    arguments: list[str]
    pid: int
    output: Path

    def lives(self) -> bool:
        """Whether anything of it is there. A zombie's threads may still be in the middle of a write, with its locks."""
        return self.state != psutil.STATUS_DEAD

    def stands_still(self) -> bool:
        return self.state == psutil.STATUS_STOPPED

    @property
    def state(self) -> str:
        try:
            return str(psutil.Process(self.pid).status())
        except psutil.NoSuchProcess:
            return psutil.STATUS_DEAD

    def send(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def kill(self) -> None:
        """It and what it started are gone at once."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    @property
    def said(self) -> str:
        return self.output.read_text(errors="replace")

    @property
    def words(self) -> str:
        """Who it is, how it is and what it said last."""
        said = " | ".join(self.said.splitlines()[-3:])
        return f"{' '.join(self.arguments) or 'app'} on {self.machine.name}, {self.pid}, {self.state}: {said}"


class Nursery:
    """Where processes come from; see `nursery.py`. Reading all the code takes seconds: one is enough for many parks."""

    def __init__(self, *, lease_s: float = 60.0) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.torture.nursery", str(lease_s)],
            cwd=_PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, told: dict[str, Any]) -> int:
        """The number of a new process."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


class Park:
    """All machines of one trial; whatever runs on them ends with the block."""

    def __init__(self, folder: Path, url: str, nursery: Nursery, *, apart: bool) -> None:
        """`apart` gives each machine a home of its own; else they share one, as processes of one machine do."""
        folder.mkdir(parents=True, exist_ok=True)
        self.url = url
        self.witness = folder / "witness"
        self.witness.mkdir()
        self._folder = folder
        self._nursery = nursery
        self._apart = apart
        self._processes: list[Process] = []
        self._terminals: list[threading.Thread] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.kill()
        for terminal in self._terminals:
            terminal.join()

    def machine(self, name: str, settings: str = "") -> Machine:
        """A machine with a home; a second one brings the key of the first along."""
        paths = Paths.below(self._folder / (name if self._apart else "home"))
        if not paths.config.exists():
            paths.prepare()
            paths.config.write_text(settings)
            key = next((path for path in self._folder.glob("*/key") if path != paths.key), None)
            if key is not None:
                shutil.copy(key, paths.key)
        return Machine(name, paths)

    def start(
        self,
        machine: Machine,
        *arguments: str,
        stop_before_page: int = 0,
        without: str = "",
        terminal: str = "",
    ) -> Process:
        """Run a command there. On a `terminal` (the path of one) it may be the app."""
        output = self.witness / f"{machine.name}.{len(self._processes)}.out"
        output.touch()
        told = {
            "arguments": [*arguments, "--home", str(machine.home)],
            "environment": {"GARMINSYNC_DATABASE": self.url, "TERM": "xterm-256color"},
            "orders": asdict(Orders(str(self.witness), machine.name, stop_before_page, without)),
            "output": str(output),
            "terminal": terminal,
        }
        process = Process(machine, list(arguments), self._nursery.start(told), output)
        self._processes.append(process)
        return process

    def app(self, machine: Machine) -> Process:
        """The app, on a terminal that shows it to nobody."""
        ours, its = os.openpty()

        def look_away() -> None:
            with contextlib.suppress(OSError):  # its last process has ended
                while os.read(ours, 65_536):
                    pass
            os.close(ours)

        process = self.start(machine, terminal=os.ttyname(its))
        reading = threading.Thread(target=look_away, daemon=True)
        reading.start()
        self._terminals.append(reading)
        threading.Thread(target=_close_later, args=(process, its), daemon=True).start()
        return process

    async def run(self, machine: Machine, *arguments: str) -> str:
        """Run a command to its end; what it printed."""
        process = self.start(machine, *arguments)
        await until(lambda: not process.lives(), f"the end of {' '.join(arguments)}")
        return process.said


def _close_later(process: Process, terminal: int) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(process.pid).wait()
    os.close(terminal)


async def until(true: object, what: str, patience_s: float = PATIENCE_S) -> None:
    """Let processes go on until something is true."""
    assert callable(true)
    try:
        async with asyncio.timeout(patience_s):
            while True:
                found = true()
                if await found if asyncio.iscoroutine(found) else found:
                    return
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"{what} did not come within {patience_s:.0f} s") from None
