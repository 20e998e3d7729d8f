"""The program as a process on a terminal that a test reads and types on."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyte

PATIENCE_S = 120.0


class Terminal:
    """80 columns and 24 lines, and all that was ever sent to them."""

    def __init__(
        self,
        home: Path,
        *arguments: str,
        program: Sequence[str] = ("-m", "garminsync_tui"),
        environment: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.sent = bytearray()
        self.screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self.screen)
        self._ours, theirs = os.openpty()
        self._process = subprocess.Popen(
            [sys.executable, *program, *arguments, "--home", str(home)],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=os.environ | {"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"} | dict(environment),
            start_new_session=True,
        )
        #: How the terminal reads and echoes before the program changes that.
        self.modes = termios.tcgetattr(theirs)
        os.close(theirs)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *problem: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._ours)

    @property
    def modes_now(self) -> list[Any]:
        """How the terminal reads and echoes now."""
        return termios.tcgetattr(self._ours)

    def kill(self, number: signal.Signals) -> None:
        """Send a signal to the program alone."""
        self._process.send_signal(number)

    def hang_up(self) -> int:
        """Take the terminal away, with no signal about it; the exit code of the program."""
        os.close(self._ours)
        self._ours = os.open(os.devnull, os.O_RDONLY)
        return self._process.wait(PATIENCE_S)

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def wait_for(self, words: str) -> None:
        self.until(lambda: words in "\n".join(self.screen.display), words)

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Read what comes until something is so."""
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < deadline, f"{what!r} did not come\n" + "\n".join(self.screen.display)
            self._take()

    def _take(self) -> None:
        if select.select([self._ours], [], [], 0.2)[0]:
            read = os.read(self._ours, 65536)
            self.sent += read
            self._stream.feed(read)

    def ended(self) -> int:
        """Its exit code, once it is gone."""
        deadline = time.monotonic() + PATIENCE_S
        while (code := self._process.poll()) is None:
            assert time.monotonic() < deadline, "it does not end\n" + "\n".join(self.screen.display)
            with contextlib.suppress(OSError):  # nobody writes to it any more
                self._take()
        with contextlib.suppress(OSError):
            self._take()
        return code

    def background_at(self, words: str) -> str:
        """The colour behind words on the screen; empty where they are not there."""
        for number, line in enumerate(self.screen.display):
            if words in line:
                background: str = self.screen.buffer[number][line.index(words)].bg
                return background
        return ""
