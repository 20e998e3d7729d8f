"""One activity's recording in another format, to stdout or into a file."""

from __future__ import annotations

import asyncio
import io
import re
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from ..text import clean
from .output import say
from .rows import is_file, refuse_terminal, say_written

if TYPE_CHECKING:
    from ..formats import Track
    from ..models import Activity

_GARMIN_ID = re.compile(r"[0-9]{1,20}", re.ASCII)


async def write_activity(
    activity: Activity, source: Path, about: Mapping[str, Any], form: str, target: Path, *, force: bool
) -> None:
    """Write what is in `source` (the activity's original) as `form`, and say what there is to say.

    Raises FileDamaged where the original cannot be read, GarminSyncError where the format cannot hold it,
    UsageProblem where it must not be written there.
    """
    from ..new_file import new_binary_file

    if is_file(target):
        place = _place(activity, target, form)
        try:
            with new_binary_file(place, replace=force) as stream:
                written, notes = await asyncio.to_thread(_write, activity, source, about, form, stream)
        except (asyncio.CancelledError, KeyboardInterrupt):
            say("No file was written.")
            raise
        say_written(written, place)
    else:
        if form.upper() == activity.file_type:
            refuse_terminal()
        sys.stdout.flush()
        _, notes = await asyncio.to_thread(_write, activity, source, about, form, sys.stdout.buffer)
    for note in notes:
        say(f"note: {clean(note)}")


def _place(activity: Activity, target: Path, form: str) -> Path:
    """The file that is meant; inside a folder it never has a name that came from outside."""
    if not target.is_dir():
        return target
    garmin_id = activity.garmin_activity_id
    return target / f"{garmin_id if _GARMIN_ID.fullmatch(garmin_id) else activity.id}.{form}"


def _write(
    activity: Activity, source: Path, about: Mapping[str, Any], form: str, stream: BinaryIO
) -> tuple[str, list[str]]:
    """Write to `stream`; how much that was, and then what was salvaged or left out."""
    if form.upper() == activity.file_type:
        with source.open("rb") as original:
            shutil.copyfileobj(original, stream)
        stream.flush()
        return "the original file", []
    from ..formats import read_track
    from ..units import number

    track = read_track(source)
    written = _writer(activity, about, form)(track, stream)
    stream.flush()
    notes = list(track.warnings)
    if written < len(track):
        notes.append(f"points without a position were left out: {number(len(track) - written)}")
    return f"{number(written)} points", notes


def _writer(activity: Activity, about: Mapping[str, Any], form: str) -> Callable[[Track, BinaryIO], int]:
    sport = activity.activity_type
    match form:
        case "csv":
            from ..formats.seconds_writer import write_csv

            return _as_text(write_csv)
        case "json":
            from ..formats.seconds_writer import write_json

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
