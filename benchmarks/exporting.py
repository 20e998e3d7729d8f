"""Ten years of health written out in each form: how fast, and that memory does not grow with the rows.

`GARMINSYNC_BENCH_ROWS` makes it smaller: the same days, fewer of them.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from .home import GARMINSYNC
from .line import Line
from .moving import filled
from .scale import ROWS, Span

FORMS = ("csv", "json", "parquet")


def all_of_health(rows: int = ROWS) -> Iterable[Line]:
    with tempfile.TemporaryDirectory() as name:
        home = Path(name) / "home"
        home.mkdir(mode=0o700)
        asyncio.run(filled(f"sqlite:///{home / 'garminsync.db'}", Span(rows)))
        for form in FORMS:
            written, seconds, peak_mb = _exported(home, form)
            yield Line(f"{form}: rows written", written, "", 0, at_least=True)
            yield Line(f"{form}: rows a second", written / seconds, "", 5_000, at_least=True)
            yield Line(f"{form}: peak memory", peak_mb, "MB", 300)


def _exported(home: Path, form: str) -> tuple[int, float, float]:
    """Rows, seconds, and the most memory that the command ever had."""
    command = [GARMINSYNC, "--home", str(home), "export", "--format", form, "--what", "health", "--json"]
    started = time.perf_counter()
    process = subprocess.Popen(
        [*command, str(home.parent / form)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)  # it is not to wait for it itself
    assert process.returncode == 0, said
    peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return sum(json.loads(said)["tables"].values()), time.perf_counter() - started, peak / 2**20
