"""A recording as GPX 1.1, with what a body and a sensor said in Garmin's TrackPointExtension."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import batched
from math import isnan
from typing import TextIO

from .track import Track
from .writing import CHUNK_POINTS, decimal, moment_text, require, xml_text

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<gpx version="1.1" creator="garminsync" xmlns="http://www.topografix.com/GPX/1/1"'
    ' xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">\n'
)
_MOST_BEATS, _MOST_TURNS = 255, 254  # of the extension's schema


def write_gpx(track: Track, stream: TextIO, *, name: str | None = None, sport: str | None = None) -> int:
    """One track with a segment; how many points were written: those without a position cannot be.

    Raises GarminSyncError where no point has one. Speed and distance have no place in this format; temperature,
    heart rate and cadence are in Garmin's extension, power is the bare element that most programs read.
    """
    require(track, "GPX", positions=True)
    stream.write(_HEAD)
    stream.write("<trk>\n")
    if name:
        stream.write(f"<name>{xml_text(name)}</name>\n")
    kind = next((session.sport for session in track.sessions if session.sport), sport)
    if kind:
        stream.write(f"<type>{xml_text(kind)}</type>\n")
    stream.write("<trkseg>\n")
    written = 0
    for points in batched(_points(track), CHUNK_POINTS):
        stream.write("".join(points))
        written += len(points)
    stream.write("</trkseg>\n</trk>\n</gpx>\n")
    return written


def _points(track: Track) -> Iterator[str]:
    columns = (
        track.time_ms,
        track.latitude_deg,
        track.longitude_deg,
        track.altitude_m,
        track.temperature_c,
        track.heart_rate_bpm,
        track.cadence_rpm,
        track.power_w,
    )
    for moment_ms, latitude, longitude, altitude, temperature, beats, turns, power in zip(*columns, strict=True):
        if isnan(latitude) or isnan(longitude):
            continue
        moment = moment_text(moment_ms)
        body = "" if isnan(temperature) else f"<gpxtpx:atemp>{decimal(temperature, 2)}</gpxtpx:atemp>"
        if beats <= _MOST_BEATS:
            body += f"<gpxtpx:hr>{round(beats)}</gpxtpx:hr>"
        if turns <= _MOST_TURNS:
            body += f"<gpxtpx:cad>{round(turns)}</gpxtpx:cad>"
        if body:
            body = f"<gpxtpx:TrackPointExtension>{body}</gpxtpx:TrackPointExtension>"
        if not isnan(power):
            body = f"<power>{round(power)}</power>{body}"
        yield (
            f'<trkpt lat="{decimal(latitude, 9)}" lon="{decimal(longitude, 9)}">'
            + ("" if isnan(altitude) else f"<ele>{decimal(altitude, 3)}</ele>")
            + (f"<time>{moment}</time>" if moment else "")
            + (f"<extensions>{body}</extensions>" if body else "")
            + "</trkpt>\n"
        )
