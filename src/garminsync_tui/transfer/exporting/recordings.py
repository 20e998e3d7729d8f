"""What only the files of activities hold: laps, sessions and the points of a recording, as rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from math import isfinite
from typing import TYPE_CHECKING, Any

from ...formats.track import COLUMNS, NO_TIME, Lap, Session, from_ms
from .made_of import ACTIVITY
from .shape import Column, Kind, Row

if TYPE_CHECKING:
    from ...formats.track import Track

_UNITS = {
    "s": "s", "m": "m", "bpm": "bpm", "mps": "m/s", "rpm": "rpm", "w": "W", "kcal": "kcal", "j": "J", "deg": "°",
    "c": "°C",
}  # fmt: skip
_KINDS = {"start": Kind.INSTANT, "end": Kind.INSTANT, "sport": Kind.TEXT, "sub_sport": Kind.TEXT}
_ABOUT = {
    "start": "when it began",
    "end": "when it ended",
    "duration_s": "timer time, without pauses",
    "elapsed_s": "wall clock",
    "time": "the moment; empty where the file gives its points none",
    "distance_m": "as the device says it; may begin again at 0 within a file",
    "training_load": "Garmin's own load of the session",
}
_NUMBER = Column("number", Kind.INTEGER, "which one of the activity, from 1")


def _column(name: str) -> Column:
    about = _ABOUT.get(name) or name.rpartition("_")[0].replace("_", " ") or name
    return Column(name, _KINDS.get(name, Kind.REAL), about, _UNITS.get(name.rpartition("_")[2]))


LAPS = (ACTIVITY, _NUMBER, *(_column(each.name) for each in fields(Lap)))
SESSIONS = (ACTIVITY, _NUMBER, *(_column(each.name) for each in fields(Session)))
SECONDS = (
    ACTIVITY,
    Column("garmin_activity_id", Kind.TEXT, "Garmin's id"),
    Column("time", Kind.INSTANT, _ABOUT["time"]),
    *(_column(name) for name in COLUMNS),
)
ABOUT_LAPS = "Laps of each recording as the device summed them up."
ABOUT_SESSIONS = "Sports of each recording as the device summed them up: one, or several of a multisport activity."
ABOUT_SECONDS = "The points of each recording as they are in its file, a file a month (UTC); latitudes are WGS 84."


def laps(activity_id: str, track: Track) -> list[Row]:
    """A row a lap."""
    return [(activity_id, number, *_values(lap)) for number, lap in enumerate(track.laps, 1)]


def sessions(activity_id: str, track: Track) -> list[Row]:
    """A row a session."""
    return [(activity_id, number, *_values(session)) for number, session in enumerate(track.sessions, 1)]


def seconds(activity_id: str, garmin_id: str, track: Track) -> list[Row]:
    """A row a point."""
    times = [None if moment == NO_TIME else from_ms(moment) for moment in track.time_ms]
    columns = [[value if isfinite(value) else None for value in getattr(track, name)] for name in COLUMNS]
    return [(activity_id, garmin_id, *values) for values in zip(times, *columns, strict=True)]


def _values(part: Lap | Session) -> Iterator[Any]:
    for each in fields(part):
        value = getattr(part, each.name)
        yield None if isinstance(value, float) and not isfinite(value) else value
