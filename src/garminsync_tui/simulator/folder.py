"""A folder of real recordings, served as originals in place of the synthetic activities.

What a file says about itself is read where that is cheap; a broken file is served like any other, with
numbers made up from its name.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from ..errors import UsageProblem
from ..formats.fit_encoding import FIT_EPOCH_S
from .training import SPORTS, Session, Sport
from .whereabouts import HOME

_KINDS = ("fit", "gpx", "tcx")
_OTHER = Sport("other", 4, 17, 0, 0, 0, 0.0, 0.0, 0, 0.0, True)
_TIME = re.compile(rb"<(?:time|Time|Id)>\s*([0-9T:.Z+-]{10,40})\s*<")
_FIRST_ID = 20_000_000_000
#: Outside of these a recording's clock was never set, or the file is broken.
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_SESSION_MESSAGE = 18
_Order = Literal["little", "big"]


class Folder:
    """The recordings below a folder: one activity for each file. Raises UsageProblem where there is no folder."""

    def __init__(self, path: Path) -> None:
        if not path.is_dir():
            raise UsageProblem(f"There is no folder {path}.", hint="Name a folder with FIT, GPX or TCX files.")
        self._path = path

    @cached_property
    def sessions(self) -> list[Session]:
        """The activities, newest first; read when they are first asked for."""
        named = (file for file in self._path.rglob("*") if file.suffix.lower().lstrip(".") in _KINDS)
        files = sorted(file for file in named if file.is_file())
        found: dict[int, Session] = {}
        for file in files:
            name = file.relative_to(self._path).as_posix()
            number = _FIRST_ID + int.from_bytes(sha256(name.encode()).digest()[:4])
            while number in found:
                number += 1
            found[number] = _session(number, file)
        return sorted(found.values(), key=lambda session: session.starts, reverse=True)


def _session(number: int, file: Path) -> Session:
    kind = file.suffix.lower().lstrip(".")
    made_up = datetime(2020, 1, 1, 9, tzinfo=UTC) + timedelta(hours=number % 40_000)
    said: dict[str, Any] = {}
    try:
        content = file.read_bytes()
        said = _said_by_fit(content) if kind == "fit" else _said_by_xml(content)
    except (OSError, ValueError, OverflowError, struct.error, IndexError, KeyError):
        said = {}
    if not _FIRST_YEAR <= said.get("starts", made_up).year <= _LAST_YEAR:
        said = {}
    seconds = max(1, said.get("timer_s", 600))
    return Session(
        activity_id=number,
        name=file.stem,
        sport=said.get("sport", _OTHER),
        place=HOME,
        starts=said.get("starts", made_up),
        elapsed_s=max(seconds, said.get("elapsed_s", seconds)),
        moving_s=seconds,
        distance=said.get("distance", 0.0),
        average_hr=said.get("average_hr", 0),
        max_hr=said.get("max_hr", 0),
        average_power=0,
        climb=0,
        calories=said.get("calories", 0),
        origin=kind,
        intervals=False,
        file=file,
    )


def _said_by_xml(content: bytes) -> dict[str, Any]:
    times = [datetime.fromisoformat(found.decode()) for found in _TIME.findall(content)]
    instants = [time if time.tzinfo else time.replace(tzinfo=UTC) for time in times]
    if not instants:
        return {}
    seconds = int((max(instants) - min(instants)).total_seconds())
    return {"starts": min(instants).astimezone(UTC), "timer_s": seconds, "elapsed_s": seconds}


def _said_by_fit(content: bytes) -> dict[str, Any]:
    """The first session message of a FIT file; field numbers follow Garmin's published profile."""
    fields = _session_fields(content)
    start = fields.get(2, 0xFFFFFFFF)
    if start in {0, 0xFFFFFFFF}:
        return {}
    sports = [sport for sport in SPORTS.values() if sport.fit_sport == fields.get(5)]
    exact = [sport for sport in sports if sport.fit_sub_sport == fields.get(6)]
    sport = (exact or sports or [_OTHER])[0]
    said: dict[str, Any] = {"sport": sport, "starts": datetime.fromtimestamp(start + FIT_EPOCH_S, UTC)}
    for name, number, invalid, scale in (
        ("elapsed_s", 7, 0xFFFFFFFF, 1000),
        ("timer_s", 8, 0xFFFFFFFF, 1000),
        ("calories", 11, 0xFFFF, 1),
        ("average_hr", 16, 0xFF, 1),
        ("max_hr", 17, 0xFF, 1),
    ):
        if fields.get(number, invalid) != invalid:
            said[name] = fields[number] // scale
    if fields.get(9, 0xFFFFFFFF) != 0xFFFFFFFF:
        said["distance"] = fields[9] / 100
    return said


def _session_fields(content: bytes) -> Mapping[int, int]:
    """Field number → unsigned value, of fields up to four bytes. Goes over the messages by their lengths alone."""
    lengths: dict[int, int] = {}
    wanted: dict[int, tuple[_Order, list[tuple[int, int]]]] = {}
    at, end = content[0], len(content) - 2
    while at < end:
        head = content[at]
        at += 1
        local = head >> 5 & 0x03 if head & 0x80 else head & 0x0F
        if head & 0xC0 == 0x40:
            order: _Order = "big" if content[at + 1] else "little"
            number = int.from_bytes(content[at + 2 : at + 4], order)
            count = content[at + 4]
            fields = [(content[at + 5 + 3 * n], content[at + 6 + 3 * n]) for n in range(count)]
            at += 5 + 3 * count
            length = sum(size for _, size in fields)
            if head & 0x20:  # developer fields follow
                length += sum(content[at + 2 + 3 * n] for n in range(content[at]))
                at += 1 + 3 * content[at]
            lengths[local] = length
            wanted.pop(local, None)
            if number == _SESSION_MESSAGE:
                wanted[local] = order, fields
            continue
        if local in wanted and at + lengths[local] <= end:
            order, fields = wanted[local]
            found = {}
            for field, size in fields:
                if size <= 4:
                    found[field] = int.from_bytes(content[at : at + size], order)
                at += size
            return found
        at += lengths[local]
    return {}
