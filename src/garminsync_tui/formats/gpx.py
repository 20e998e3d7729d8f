"""GPX files through gpxpy, which is given only text that was vetted before."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from math import isnan
from pathlib import Path
from typing import Any

import gpxpy

from ..errors import FileDamaged
from .detection import HEAD_BYTES
from .track import NAN, NO_TIME, Device, Point, Session, Track, parse_number, to_ms, track_of
from .vetted_xml import read_xml_text, vet

# gpxpy looks for each declaration's "=" without a bound: text made of such words would take it for ever.
_ENDLESS_DECLARATION = re.compile(r"\sxmlns[^=]{100}")

_PREFIXED_ROOT = re.compile(r"<([\w.-]+):gpx[\s>]")

#: Names of extension elements (Garmin's TrackPointExtension, gpxdata, Strava's bare `power`), lower case.
_EXTENSIONS = {
    "hr": "heart_rate",
    "heartrate": "heart_rate",
    "cad": "cadence",
    "cadence": "cadence",
    "atemp": "temperature",
    "temp": "temperature",
    "power": "power",
    "watts": "power",
    "powerinwatts": "power",
    "speed": "speed",
    "distance": "distance",
}


def read_gpx(path: Path) -> Track:
    """The recorded tracks of a GPX file, joined; routes and waypoints are plans and are left out.

    Points are sorted by time. Where most points have a time, those without are left out; where most have
    none, all are kept without. Heart rate, cadence, temperature, power, speed and distance come from
    extensions, whatever their namespace. Raises FileDamaged where the file cannot be read.
    """
    text = read_xml_text(path)
    vet(path.name, text)
    if _ENDLESS_DECLARATION.search(text):
        raise FileDamaged(path.name, "has a namespace declaration that does not end")
    try:
        gpx = gpxpy.parse(_without_prefix(text))
        points, sessions = _recorded(gpx)
    except Exception as problem:  # gpxpy passes on what its parts raise
        raise FileDamaged(path.name, "is XML, but not GPX") from problem
    warnings = []
    untimed = sum(moment == NO_TIME for moment, _ in points)
    if not points:
        warnings.append("holds no recorded track, at most routes or waypoints")
    elif untimed * 2 > len(points):
        points = [(NO_TIME, values) for _, values in points]
        warnings.append("its points have no times")
    elif untimed:
        points = [point for point in points if point[0] != NO_TIME]
        warnings.append(f"points without a time were left out: {untimed}")
    device = Device(software=gpx.creator) if gpx.creator else None
    return track_of(points, merge=False, sessions=sessions, device=device, warnings=warnings)


def _without_prefix(text: str) -> str:
    """The document with GPX's own elements unprefixed: gpxpy passes over all others."""
    root = _PREFIXED_ROOT.search(text[:HEAD_BYTES])
    return text if root is None else re.sub(rf"(</?){re.escape(root[1])}:", r"\1", text)


def _recorded(gpx: Any) -> tuple[list[Point], list[Session]]:
    points: list[Point] = []
    sessions: list[Session] = []
    for track in gpx.tracks:
        own = [_point(point) for segment in track.segments for point in segment.points]
        points += own
        times = [_utc(point.time) for segment in track.segments for point in segment.points if point.time]
        if own:
            sessions.append(
                Session(
                    sport=track.type or None,
                    start=min(times, default=None),
                    end=max(times, default=None),
                    elapsed_s=(max(times) - min(times)).total_seconds() if times else None,
                )
            )
    return points, sessions


def _point(point: Any) -> Point:
    extra: dict[str, float] = {}
    for extension in point.extensions:
        for element in extension.iter():
            name = _EXTENSIONS.get(str(element.tag).rpartition("}")[2].lower())
            if name is not None:
                extra.setdefault(name, parse_number(element.text))
    speed = _number(point.speed)
    return (
        to_ms(_utc(point.time)) if point.time else NO_TIME,
        (
            _number(point.latitude),
            _number(point.longitude),
            _number(point.elevation),
            extra.get("distance", NAN),
            extra.get("speed", NAN) if isnan(speed) else speed,
            extra.get("heart_rate", NAN),
            extra.get("cadence", NAN),
            extra.get("power", NAN),
            extra.get("temperature", NAN),
        ),
    )


def _number(value: float | None) -> float:
    return NAN if value is None else float(value)


def _utc(moment: datetime) -> datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
