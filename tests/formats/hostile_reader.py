"""A process that reads hostile files, apart from those that make them: what it takes of memory is the readers' own.

`python -m tests.formats.hostile_reader FOLDER` reads `FOLDER/download` for each number that it is given on a line, and
answers with a line of JSON. Five seconds of the processor's time for one file end the process.
"""

from __future__ import annotations

import contextlib
import io
import json
import random
import resource
import signal
import sys
import time
from pathlib import Path

from garminsync_tui.errors import FileDamaged, GarminSyncError
from garminsync_tui.formats import (
    COLUMNS,
    Track,
    detect,
    open_original,
    read_track,
    track_outline,
    validate,
)
from garminsync_tui.formats.fit_writer import write_fit
from garminsync_tui.formats.gpx_writer import write_gpx
from garminsync_tui.formats.seconds_writer import write_csv, write_json
from garminsync_tui.formats.tcx_writer import write_tcx
from garminsync_tui.sync.measure import measure

LONGEST_S = 5
#: Far more than is promised: what asks for it shall not take the machine with it.
_MOST_ADDRESSES = 2**30
_SPORTS = ("running", "cycling", "lap_swimming", "hiking", "indoor_cycling", "treadmill_running", "kite_surfing")


def main() -> None:
    folder = Path(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_ADDRESSES, _MOST_ADDRESSES))
    for line in sys.stdin:
        how = random.Random(int(line))
        before = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, LONGEST_S)
        ended = outcome(folder, how)
        signal.setitimer(signal.ITIMER_PROF, 0)
        took_s = round(time.process_time() - before, 3)
        sys.stdout.write(json.dumps({"ended": ended, "took_s": took_s, "peak_mib": peak_mib()}) + "\n")
        sys.stdout.flush()
        (folder / "original").unlink(missing_ok=True)


def peak_mib() -> int:
    """The most memory that this process has had. What getrusage tells begins with what its parent had."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) >> 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 20  # bytes where there is no /proc


def outcome(folder: Path, how: random.Random) -> str:
    """How a download ends: "read", or the reason of whoever refused it; all else is raised."""
    path = folder / "download"
    try:
        original = open_original(path, folder / "original")
    except FileDamaged as damage:
        assert not (folder / "original").exists()
        # It is kept as it came, under the name of a recording, and read like one.
        refused(path, how)
        return reason(damage, path)
    assert original.path.stat().st_size == original.size_bytes
    with original.path.open("rb") as file:
        assert detect(file.read(4096)) == original.file_type
    try:
        validate(original.path, original.file_type)
    except FileDamaged as damage:
        reason(damage, original.path)
    return refused(original.path, how)


def refused(path: Path, how: random.Random) -> str:
    try:
        track = read_track(path)
    except FileDamaged as damage:
        return reason(damage, path)
    look(track, how)
    return "read"


def reason(damage: FileDamaged, path: Path) -> str:
    """Why: half a sentence that can be shown."""
    assert damage.name == path.name
    assert 5 < len(damage.reason) < 120 and damage.reason.isprintable(), damage.reason
    return damage.reason


def look(track: Track, how: random.Random) -> None:
    """Everything that is made of a track."""
    assert all(len(getattr(track, column)) == len(track) for column in COLUMNS)
    assert all(map(int.__le__, track.time_ms, track.time_ms[1:]))
    assert all(len(warning) < 200 for warning in track.warnings)
    track.summary()
    figures = measure(track, how.choice(_SPORTS))
    json.dumps([figures.figures, figures.bests], allow_nan=False)
    track_outline(track, 800)
    if how.random() < 0.2:
        with contextlib.suppress(GarminSyncError):
            export(track, how)


def export(track: Track, how: random.Random) -> None:
    match how.randrange(5):
        case 0:
            write_csv(track, io.StringIO())
        case 1:
            write_json(track, io.StringIO(), {})
        case 2:
            write_gpx(track, io.StringIO(), name="x")
        case 3:
            write_tcx(track, io.StringIO())
        case _:
            write_fit(track, io.BytesIO())


if __name__ == "__main__":
    main()
