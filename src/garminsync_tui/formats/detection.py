"""What a file is, by its first bytes; names and endings are not asked."""

from __future__ import annotations

import codecs
import re
from typing import Literal

FileType = Literal["FIT", "GPX", "TCX"]

#: So many bytes are enough for `detect`.
HEAD_BYTES = 4096

_SMALLEST_FIT_HEADER_BYTES = 12
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0", "utf-16-le"),  # no mark, but the first character of every XML document
    (b"\0<", "utf-16-be"),
)
# Atomic and possessive, so that a hostile prologue cannot make it go back and try again.
_ROOT = re.compile(
    r"(?>\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*+(?:\[[^\]]*+\][^>]*+)?>)*+"
    r"<(?:[\w.-]++:)?(gpx|TrainingCenterDatabase)(?=[\s/>]|\Z)",
    re.DOTALL,
)


def detect(head: bytes) -> FileType | None:
    """FIT, GPX or TCX by the first `HEAD_BYTES` bytes of a file (all of a shorter one); None if neither."""
    if is_fit(head):
        return "FIT"
    root = _ROOT.match(head_text(head))
    if root is None:
        return None
    return "GPX" if root[1] == "gpx" else "TCX"


def is_fit(head: bytes) -> bool:
    """Whether these bytes begin like a FIT file (FIT protocol: ".FIT" in bytes 8 to 11 of the header)."""
    return len(head) >= _SMALLEST_FIT_HEADER_BYTES <= head[0] and head[8:12] == b".FIT"


def marked_encoding(head: bytes) -> tuple[str, int] | None:
    """The encoding that a byte order mark or a zero beside the first "<" shows, and the mark's length."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return encoding, 0 if b"<" in mark else len(mark)
    return None


def head_text(head: bytes) -> str:
    """The beginning of a text file, whatever its encoding; what is not ASCII may be wrong."""
    encoding, skip = marked_encoding(head) or ("latin-1", 0)
    return head[skip:].decode(encoding, "replace")


def impression(head: bytes) -> str:
    """Half a sentence about bytes that are neither FIT, GPX nor TCX."""
    if not head:
        return "is empty"
    if not head.strip(b"\0"):
        return "holds only zero bytes"
    if head.startswith(b"PK\x03\x04"):
        return "is a ZIP archive, not a recording"
    text = head_text(head).lstrip().lower()
    if text.startswith(("<!doctype html", "<html")):
        return "is a web page, not a recording"
    return "is neither FIT, GPX nor TCX"
