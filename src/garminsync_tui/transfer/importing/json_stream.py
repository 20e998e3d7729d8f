"""JSON files of any length, one item at a time: a heavy user's export has files of hundreds of megabytes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from ...errors import FileDamaged
from .sources import Found

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SPACE = b" \t\r\n"
_LOOK_BYTES = 4096


def items(found: Found, inside: str = "") -> Iterator[Any]:
    """The items of a file's list; of a file that is one object, the object itself.

    With `inside`, the items of the list under that key: in the object, or in each object of the list around it.
    Raises FileDamaged where the file ends early or is no JSON, after what came before that.
    """
    import ijson

    with found.open() as stream:
        opening = _opening(stream)
        prefix = ".".join([*(["item"] if opening == b"[" else []), *([inside, "item"] if inside else [])])
        try:
            yield from ijson.items(stream, prefix, use_float=True)
        except (ijson.JSONError, UnicodeDecodeError, RecursionError) as problem:
            raise FileDamaged(found.name, "is not whole JSON, or is cut off") from problem


def _opening(stream: IO[bytes]) -> bytes:
    """The first character; what comes before it is passed over."""
    start = stream.tell()
    head = stream.read(_LOOK_BYTES)
    skipped = len(_BYTE_ORDER_MARK) if head.startswith(_BYTE_ORDER_MARK) else 0
    stream.seek(start + skipped)
    return head[skipped:].lstrip(_SPACE)[:1]
