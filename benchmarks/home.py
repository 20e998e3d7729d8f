"""Homes, made through the program's own commands."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

GARMINSYNC = str(Path(sys.executable).with_name("garminsync"))


@contextlib.contextmanager
def prepared_home(days: int) -> Iterator[Path]:
    """A home with data in it."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        subprocess.run(
            [GARMINSYNC, "--home", str(home), "demo", "--headless", "--days", str(days)],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        yield home


class Server(Protocol):
    """A simulator, in this process or another."""

    @property
    def url(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def password(self) -> str: ...


def linked_home(folder: Path, server: Server) -> Path:
    """A home that is linked to a simulator, and empty."""
    home = folder / "home"
    subprocess.run(
        [GARMINSYNC, "--home", str(home), "login", "--server", server.url, "--email", server.email, "--password-stdin"],
        input=f"{server.password}\n",
        text=True,
        check=True,
        capture_output=True,
    )
    return home
