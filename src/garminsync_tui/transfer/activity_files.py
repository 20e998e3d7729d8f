"""One activity's recording as a file of a format, as commands and screens write it."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from uuid import UUID

from ..dates import iso
from ..new_file import new_binary_file

if TYPE_CHECKING:
    from ..formats import Track
    from ..models import Activity

#: What a recording can be written as; what the original is already is written byte for byte.
FORMATS = ("csv", "json", "gpx", "tcx", "fit")
_GARMIN_ID = re.compile(r"[0-9]{1,20}", re.ASCII)


def file_name(activity: Activity, form: str) -> str:
    """A name that never came from outside: Garmin's id where it is a number, else ours."""
    garmin_id = activity.garmin_activity_id
    return f"{garmin_id if _GARMIN_ID.fullmatch(garmin_id) else activity.id}.{form}"


def write_file(activity: Activity, source: Path, form: str, place: Path, *, replace: bool) -> tuple[str, list[str]]:
    """The same as `write`, into a file that is there when it is complete, and until then not at all."""
    with new_binary_file(place, replace=replace) as stream:
        return write(activity, source, form, stream)


def write(activity: Activity, source: Path, form: str, stream: BinaryIO) -> tuple[str, list[str]]:
    """Write what is in `source` (the activity's original) to `stream`; how much, and what was salvaged or left out.

    Blocks. Raises FileDamaged where the original cannot be read, GarminSyncError where the format cannot hold it.
    """
    if form.upper() == activity.file_type:
        with source.open("rb") as original:
            shutil.copyfileobj(original, stream)
        stream.flush()
        return "the original file", []
    from ..formats import read_track
    from ..units import number

    track = read_track(source)
    written = _writer(activity, form)(track, stream)
    stream.flush()
    notes = list(track.warnings)
    if written < len(track):
        notes.append(f"points without a position were left out: {number(len(track) - written)}")
    return f"{number(written)} points", notes


def _writer(activity: Activity, form: str) -> Callable[[Track, BinaryIO], int]:
    sport = activity.activity_type
    match form:
        case "csv":
            from ..formats.seconds_writer import write_csv

            return _as_text(write_csv)
        case "json":
            from ..formats.seconds_writer import write_json

            about = {name: _plain(value) for name, value in summary(activity).items()}
            return _as_text(lambda track, text: write_json(track, text, about))
        case "gpx":
            from ..formats.gpx_writer import write_gpx

            return _as_text(lambda track, text: write_gpx(track, text, name=activity.name, sport=sport))
        case "tcx":
            from ..formats.tcx_writer import write_tcx

            return _as_text(lambda track, text: write_tcx(track, text, sport=sport))
        case _:
            from ..formats.fit_writer import write_fit

            return lambda track, stream: write_fit(track, stream, sport=sport)


def _as_text(write: Callable[[Track, io.TextIOWrapper], int]) -> Callable[[Track, BinaryIO], int]:
    """The writer of a text for a stream of bytes: UTF-8, whatever this system's encoding is."""

    def write_bytes(track: Track, stream: BinaryIO) -> int:
        text = io.TextIOWrapper(stream, "utf-8", newline="")
        try:
            return write(track, text)
        finally:
            text.detach()  # flushed, and the stream left open

    return write_bytes


def summary(activity: Activity) -> dict[str, Any]:
    """An activity's numbers for programs, in SI units."""
    extra = activity.extra or {}
    return {
        "id": activity.id,
        "garmin_activity_id": activity.garmin_activity_id,
        "name": activity.name,
        "activity_type": activity.activity_type,
        "start_time": activity.start_time,
        "utc_offset_s": activity.utc_offset_s,
        "duration_s": activity.duration,
        "distance_m": activity.distance,
        "calories_kcal": activity.calories,
        "avg_heart_rate_bpm": number_in(extra, "averageHR"),
        "max_heart_rate_bpm": number_in(extra, "maxHR"),
        "ascent_m": number_in(extra, "elevationGain"),
        "file_type": activity.file_type,
        "file_path": activity.file_path,
        "size_bytes": activity.size_bytes,
        "sha256": activity.sha256.hex(),
        "file_origin": extra.get("file_origin"),
        "file_problem": extra.get("file_problem"),
        "synced_at": activity.synced_at,
        "remote_deleted_at": activity.remote_deleted_at,
    }


def number_in(extra: dict[str, Any], key: str) -> float | None:
    """A number of Garmin's summary; None where it has none, or something else."""
    value = extra.get(key)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    return str(value) if isinstance(value, UUID) else value
