"""The simulated athlete's account archive and watch, whole and spoilt in the ways in which people's own are."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from garminsync_tui.simulator import Simulator, wellness_fit
from garminsync_tui.simulator import fit as activity_fit
from garminsync_tui.simulator.training import Session

#: Folders as an archive has them that was asked for in German (modelled).
_GERMAN = {
    "DI_CONNECT": "DI_VERBINDEN",
    "DI-Connect-Fitness": "DI-Connect-Fitness-Daten",
    "DI-Connect-Wellness": "DI-Connect-Wohlbefinden",
    "DI-Connect-Aggregator": "DI-Connect-Zusammenfassung",
    "DI-Connect-Metrics": "DI-Connect-Messwerte",
    "DI-Connect-Uploaded-Files": "DI-Connect-Hochgeladene Dateien",
}
_EVIL = (
    "../../escaped.json",
    "/absolute.fit",
    "C:\\windows\\escaped.fit",
    "a/../../../escaped.gpx",
    "\x1b]0;pwned\x07.fit",
)


def archive_of(simulator: Simulator) -> bytes:
    """The account archive as it would be made now."""
    stream = io.BytesIO()
    simulator.archive().write(stream)
    return stream.getvalue()


def rewritten(archive: bytes, change: Callable[[str, bytes], list[tuple[str, bytes]]]) -> bytes:
    """An archive each of whose members became others, or none."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as before, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            for changed, content in change(name, before.read(name)):
                after.writestr(changed, content)
    return stream.getvalue()


def truncated(archive: bytes, share: float = 0.6) -> bytes:
    """A download that broke off: the directory at the end of the ZIP is gone."""
    return archive[: int(len(archive) * share)]


def nested(archive: bytes, depth: int) -> bytes:
    """A ZIP in a ZIP in a ZIP."""
    for level in range(depth):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as outer:
            outer.writestr(f"level{level}.zip", archive)
        archive = stream.getvalue()
    return archive


def in_german(archive: bytes) -> bytes:
    """Other names of folders, one folder deeper, as after somebody zipped it again."""

    def change(name: str, content: bytes) -> list[tuple[str, bytes]]:
        return [("/".join(["Mein Export", *(_GERMAN.get(part, part) for part in name.split("/"))]), content)]

    return rewritten(archive, change)


def with_traversal(archive: bytes, content: bytes) -> bytes:
    """Members whose names lead out of any folder, among the good ones."""
    stream = io.BytesIO(archive)
    with zipfile.ZipFile(stream, "a") as changed:
        for name in _EVIL:
            changed.writestr(name, content)
    return stream.getvalue()


def half_extracted(archive: bytes, folder: Path) -> None:
    """What is on the disk when unpacking was interrupted: half of the members, the last one half."""
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        names = packed.namelist()
        kept = names[: len(names) // 2 + 1]
        for name in kept:
            content = packed.read(name)
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content[: len(content) // 2] if name == kept[-1] else content)


def extracted(archive: bytes, folder: Path) -> None:
    """The whole archive on the disk, the ZIPs in it as they are."""
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        packed.extractall(folder)


def uploads(archive: bytes) -> dict[str, bytes]:
    """The uploaded files by name."""
    found: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        for name in packed.namelist():
            if name.endswith(".zip"):
                with zipfile.ZipFile(io.BytesIO(packed.read(name))) as part:
                    found |= {each: part.read(each) for each in part.namelist()}
    return found


# ── Single files ─────────────────────────────────────────────────────────────────────────────────────


def recorded(simulator: Simulator, sport: str = "running") -> Session:
    """The newest activity of a sport that the watch recorded."""
    days = (simulator.athlete.last_day - timedelta(days=back) for back in range(60))
    sessions = (session for day in days for session in reversed(simulator.athlete.sessions(day)))
    return next(each for each in sessions if each.origin == "fit" and each.sport.key == sport and each.has_track)


def activity(simulator: Simulator, session: Session, threshold_power: int | None = None) -> bytes:
    """Its file; another threshold power makes other bytes of the same recording."""
    offset_s = simulator.athlete.whereabouts.offset_s(session.starts)
    return activity_fit.encode(session, offset_s, simulator.athlete.device_id, threshold_power)


def edited(simulator: Simulator, session: Session) -> bytes:
    """The same activity as it is after somebody changed it: the same device and time, other bytes."""
    return activity(simulator, session, threshold_power=231)


def never_set(simulator: Simulator, session: Session) -> bytes:
    """An activity of a watch whose clock was never set: it begins at the beginning of FIT's time."""
    return activity(simulator, replace(session, starts=datetime(1989, 12, 31, 0, 0, 20, tzinfo=UTC)))


def monitored_never_set(simulator: Simulator) -> bytes:
    """Monitoring with such a clock."""
    entries = [wellness_fit.heart_rate(at, 60) for at in range(20, 2000, 120)]
    return wellness_fit.monitoring(simulator.athlete.device_id, 20, 0, entries)


def cut_off(content: bytes, share: float = 0.7) -> bytes:
    """A file without its end, whose header still tells of all."""
    assert content[8:12] == b".FIT" and struct.unpack_from("<I", content, 4)[0] + 16 == len(content)
    return content[: int(len(content) * share)]
