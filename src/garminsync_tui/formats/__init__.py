"""FIT, GPX and TCX files: what they are, whether they are whole, and the recording in them as one `Track`.

Everything here blocks and may take seconds for a long recording: call it through `asyncio.to_thread`.
The readers are imported when the first file of their kind is read (fitdecode and gpxpy cost 130 ms).
"""

from __future__ import annotations

from pathlib import Path

from ..errors import FileDamaged
from .detection import HEAD_BYTES, FileType, detect, impression
from .original import OriginalFile, open_original
from .series import track_outline
from .track import COLUMNS, NO_TIME, Device, Lap, Length, Session, Summary, Track, Wearer, moved_m, travelled_m

__all__ = [
    "COLUMNS",
    "NO_TIME",
    "Device",
    "FileType",
    "Lap",
    "Length",
    "OriginalFile",
    "Session",
    "Summary",
    "Track",
    "Wearer",
    "detect",
    "moved_m",
    "open_original",
    "read_track",
    "track_outline",
    "travelled_m",
    "validate",
]


def read_track(path: Path) -> Track:
    """The recording in a file; empty, with a warning that says why, where a whole file holds none.

    A FIT file that is cut off or partly damaged gives what could be read before, with warnings; XML is read
    whole or not at all. Raises FileDamaged, and nothing else but OSError, where nothing can be read.
    """
    file_type = _file_type(path)
    if file_type == "FIT":
        from .fit import read_fit

        return read_fit(path)
    if file_type == "GPX":
        from .gpx import read_gpx

        return read_gpx(path)
    from .tcx import read_tcx

    return read_tcx(path)


def validate(path: Path, file_type: str) -> None:
    """Check that a file is whole: FIT by its lengths and checksums, XML by being well-formed.

    Raises FileDamaged where it is not, or where it is another kind of file than `file_type`.
    """
    found = _file_type(path)
    if found != file_type:
        raise FileDamaged(path.name, f"is {found}, not {file_type}")
    if file_type == "FIT":
        from .fit_parts import check_fit

        check_fit(path)
    else:
        from .vetted_xml import read_xml_text, vet

        vet(path.name, read_xml_text(path))


def _file_type(path: Path) -> FileType:
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    file_type = detect(head)
    if file_type is None:
        raise FileDamaged(path.name, impression(head))
    return file_type
