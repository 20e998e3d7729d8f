"""What the writers share: what a format needs of a recording, and how moments, numbers and texts are spelled."""

from __future__ import annotations

import re
from math import isfinite
from xml.sax.saxutils import escape, quoteattr

from ..errors import GarminSyncError
from .track import NO_TIME, Track, from_ms

#: So many points are put together before they are written.
CHUNK_POINTS = 500

# XML 1.0 has no way to write these, not even as references.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def require(track: Track, form: str, *, times: bool = False, positions: bool = False) -> None:
    """Raise GarminSyncError where a recording does not have what `form` (a format's name) cannot do without."""
    if not len(track):
        reason = next((each for each in track.warnings if each.startswith("holds")), "holds no points")
        raise GarminSyncError(
            f"There is nothing to export as {form}: the file {reason}.",
            hint="`garminsync activities file ID` writes the file as it came; `activities show ID` has its numbers.",
        )
    if times and not track.has("time_ms"):
        raise GarminSyncError(
            f"{form} cannot do without times, and the points of this recording have none.",
            hint="Export it as csv, json or gpx.",
        )
    if positions and not track.has("latitude_deg"):
        raise GarminSyncError(
            f"{form} cannot do without positions, and the points of this recording have none.",
            hint="Export it as csv, json, tcx or fit.",
        )


def moment_text(moment_ms: int) -> str:
    """ISO 8601 in UTC with milliseconds: "2026-11-21T07:12:00.000Z"; empty for `NO_TIME`."""
    return "" if moment_ms == NO_TIME else f"{from_ms(moment_ms).isoformat(timespec='milliseconds')[:-6]}Z"


def exact(value: float) -> str:
    """A number from which the same one is read back; empty where it is missing."""
    return repr(value).removesuffix(".0") if isfinite(value) else ""


def decimal(value: float, places: int) -> str:
    """A finite number without an exponent, rounded, without needless zeros."""
    text = f"{value:.{places}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def xml_text(text: str) -> str:
    """Text between two tags: escaped, without what XML forbids; what no screen shows becomes a reference."""
    return _visible(escape(_FORBIDDEN.sub("", text)))


def xml_attribute(text: str) -> str:
    """An attribute's value with its quotes, otherwise like `xml_text`."""
    return _visible(quoteattr(_FORBIDDEN.sub("", text)))


def _visible(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else f"&#{ord(letter)};" for letter in text)
