"""A recording's points as they are, for other programs: rows of CSV, or columns in one JSON document."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from itertools import batched
from typing import Any, TextIO

from .track import COLUMNS, NO_TIME, Track, to_ms
from .writing import CHUNK_POINTS, exact, moment_text, require

#: The columns of both, SI units in their names.
WRITTEN_COLUMNS = ("time", *COLUMNS)


def write_csv(track: Track, stream: TextIO) -> int:
    """One row a point under a row of names, missing values empty; how many points that were.

    No column holds text from outside, so that nothing can be taken for a formula. Raises GarminSyncError
    where there are no points.
    """
    require(track, "CSV")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(WRITTEN_COLUMNS)
    columns = [getattr(track, name) for name in COLUMNS]
    for moment, *values in zip(track.time_ms, *columns, strict=True):
        writer.writerow([moment_text(moment), *map(exact, values)])
    return len(track)


def write_json(track: Track, stream: TextIO, about: Mapping[str, Any]) -> int:
    """One document: what is known `about` the activity, then sessions, laps, device, warnings and columns.

    Missing values are null, times ISO 8601 in UTC; everything but ASCII is escaped. Returns the number of points;
    raises GarminSyncError where there are none.
    """
    require(track, "JSON")
    head = {
        **about,
        "records": len(track),
        "warnings": list(track.warnings),
        "device": asdict(track.device) if track.device else None,
        "sessions": [asdict(session) for session in track.sessions],
        "laps": [asdict(lap) for lap in track.laps],
    }
    stream.write("{\n")
    for name, value in head.items():
        stream.write(f"  {json.dumps(name)}: {json.dumps(value, default=_moment, allow_nan=False)},\n")
    stream.write('  "columns": {')
    for number, name in enumerate(WRITTEN_COLUMNS):
        stream.write(f"{',' if number else ''}\n    {json.dumps(name)}: [")
        for chunk, values in enumerate(batched(_texts(track, name), CHUNK_POINTS)):
            stream.write(("," if chunk else "") + ",".join(values))
        stream.write("]")
    stream.write("\n  }\n}\n")
    return len(track)


def _texts(track: Track, name: str) -> Iterator[str]:
    """The JSON of each value of a column."""
    if name == "time":
        return ("null" if moment == NO_TIME else f'"{moment_text(moment)}"' for moment in track.time_ms)
    return (exact(value) or "null" for value in getattr(track, name))


def _moment(value: Any) -> str:
    if isinstance(value, datetime):
        return moment_text(to_ms(value))
    raise TypeError(f"{type(value).__name__} has no JSON form")
