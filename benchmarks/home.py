"""A home with data in it, made through the program's own commands."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

GARMINSYNC = str(Path(sys.executable).with_name("garminsync"))


@contextlib.contextmanager
def prepared_home(days: int) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        subprocess.run(
            [GARMINSYNC, "--home", str(home), "demo", "--headless", "--days", str(days)],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        yield home
