"""Hostile recordings and archives: each is read or refused by name, within five seconds and 256 MiB.

`GARMINSYNC_FUZZ_CASES` sets how many changed files are read (`just fuzz` reads 10,000).
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from . import recording_samples as sample
from .hostile_reader import LONGEST_S
from .mutations import Seed, changed, seeds

CASES = int(os.environ.get("GARMINSYNC_FUZZ_CASES", "500"))
GROUPS = 5
MOST_MIB = 256
#: A process that stands still takes no time of the processor; a machine that is busy is waited for.
PATIENCE_S = 120


class Reader:
    """A process that reads what stands in a folder; the test's own process only makes it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        command = [sys.executable, "-m", "tests.formats.hostile_reader", str(folder)]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._process.kill()
        self._process.communicate()

    def read(self, content: bytes, case: int = 0) -> dict[str, Any]:
        """What came of a file; fails where the process did not live to tell."""
        assert self._process.stdin and self._process.stdout
        (self.folder / "download").write_bytes(content)
        self._process.stdin.write(f"{case}\n".encode())
        self._process.stdin.flush()
        if not select.select([self._process.stdout], [], [], PATIENCE_S)[0]:
            pytest.fail("stands still")
        if not (line := self._process.stdout.readline()):
            _, told = self._process.communicate()
            code = self._process.returncode
            how = f"more than {LONGEST_S} s" if code == -signal.SIGPROF else told.decode()[-3000:] or f"ended by {code}"
            pytest.fail(how)
        found: dict[str, Any] = json.loads(line)
        assert found["peak_mib"] < MOST_MIB
        return found


@pytest.fixture(scope="module")
def recordings() -> list[Seed]:
    """Our own recordings, and the published ones where they are present."""
    shared = Path(os.environ.get("GARMINSYNC_SHARED", Path(__file__).parents[3] / "shared"))
    return seeds(shared / "corpus" if (shared / "corpus").is_dir() else None)


@pytest.mark.parametrize("group", range(GROUPS))
def test_a_changed_file_is_read_or_refused_by_name(recordings: list[Seed], tmp_path: Path, group: int) -> None:
    with Reader(tmp_path) as reader:
        for case in range(group, CASES, GROUPS):
            content, done = changed(recordings, random.Random(case))
            try:
                reader.read(content, case)
            except BaseException as problem:
                problem.add_note(f"case {case}: {done}")
                raise


def _points_of_a_millisecond() -> bytes:
    """Ten thousand points lie within the seconds on both sides that each high power is compared with."""
    moments = (f"2026-05-01T10:00:{number // 1000:02}.{number % 1000:03}Z" for number in range(20_000))
    points = "".join(
        sample.tcx_point(moment, f"<Watts>{1900 - 1700 * (n % 2)}</Watts>") for n, moment in enumerate(moments)
    )
    return sample.tcx(f'<Activity Sport="Biking"><Lap><Track>{points}</Track></Lap></Activity>').encode()


def _namespaces() -> bytes:
    """gpxpy, which the first point makes it ask, compares each with all others."""
    declared = "".join(f'<a xmlns:b{number}="c{number}"/>' for number in range(9_000))
    return sample.gpx('<trkpt lat="1" lon="2"><time>yesterday</time></trkpt>' + declared).encode()


@pytest.mark.parametrize(
    ("make", "ended"), [(_points_of_a_millisecond, "read"), (_namespaces, "has more than 100 namespaces")]
)
def test_what_was_made_to_be_slow(tmp_path: Path, make: Callable[[], bytes], ended: str) -> None:
    with Reader(tmp_path) as reader:
        assert reader.read(make())["ended"] == ended
