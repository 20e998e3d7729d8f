"""XML from outside: read while its size, encoding, depth, names and lack of a document type are watched.

No document type means no entities, so nothing can grow while it is read and nothing else is opened. Text goes through
in pieces: however large the file is, only what a listener keeps of it stays in memory.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from ..errors import FileDamaged
from .detection import head_text, marked_encoding

MAX_XML_BYTES = 64 * 2**20
MAX_DEPTH = 64
MAX_ELEMENTS = 2_500_000  # there is no room for more in a recording of this size
#: Four days with one point a second; each takes 600 bytes while it is read.
MAX_POINTS = 350_000
#: Laps, tracks and activities of one recording.
MAX_PARTS = 20_000
#: Different names of elements, attributes and namespaces: the parser remembers all of them.
MAX_NAMES = 20_000
#: One tag with its attributes, one comment, or the text between two tags.
MAX_UNBROKEN = 2**20

_PIECE_BYTES = 2**16
_DECLARED_ENCODING = re.compile(r"<\?xml[^>]{0,100}?\sencoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
# Others are never written by recorders, and some of Python's codecs are slow or no text encodings at all.
_KNOWN_ENCODING = re.compile(r"utf-8|utf-16-(le|be)|ascii|iso8859-\d+|cp125\d")


class Listener(Protocol):
    """What is told about each element; names come without their namespace, which stands beside them."""

    def start(self, name: str, attributes: dict[str, str], namespace: str) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """The innermost element ends."""

    def data(self, text: str) -> None:
        """A piece of text inside the innermost element."""


def read_xml_text(path: Path) -> Generator[str, None, None]:
    """The text of an XML file in pieces; raises FileDamaged where it is too large or its encoding cannot be."""
    if path.stat().st_size > MAX_XML_BYTES:
        raise FileDamaged(path.name, f"is larger than {MAX_XML_BYTES // 2**20} MiB")
    with path.open("rb") as file:
        head = file.read(1024)
        encoding, skip = marked_encoding(head[:4]) or (_declared_encoding(head), 0)
        if not _KNOWN_ENCODING.fullmatch(encoding):
            raise FileDamaged(path.name, "is in a text encoding that no recorder uses")
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            yield decoder.decode(head[skip:])
            while piece := file.read(_PIECE_BYTES):
                yield decoder.decode(piece)
            yield decoder.decode(b"", final=True)
        except UnicodeDecodeError as problem:
            raise FileDamaged(path.name, f"is not the {encoding} text that it says it is") from problem


def vet(name: str, pieces: Generator[str, None, None], listener: Listener | None = None) -> None:
    """Read a whole document, telling `listener` what is in it; raises FileDamaged, naming `name`."""
    limits = _Limits(name, listener)
    parser = DefusedXMLParser(target=limits, forbid_dtd=True)
    # Straight from expat: on the way through ElementTree each element would be called on twice more.
    expat = parser.parser
    expat.StartElementHandler, expat.EndElementHandler = limits.start, limits.end
    expat.ordered_attributes = False
    fed = 0
    try:
        with closing(pieces):
            for piece in pieces:
                parser.feed(piece)
                fed += len(piece) if piece.isascii() else len(piece.encode())
                limits.check(expat, fed)
        parser.close()
    except ParseError as problem:
        raise FileDamaged(name, "is not well-formed XML, or is cut off") from problem
    except DefusedXmlException as problem:
        raise FileDamaged(name, "declares a document type, which no recording needs") from problem


def check_points(name: str, count: int) -> None:
    """Raise FileDamaged, naming `name`, where a recording has more points than any."""
    if count > MAX_POINTS:
        raise FileDamaged(name, f"has more than {MAX_POINTS} points")


def check_parts(name: str, count: int) -> None:
    """Raise FileDamaged, naming `name`, where a recording has more laps, or tracks, or activities than any."""
    if count > MAX_PARTS:
        raise FileDamaged(name, f"has more than {MAX_PARTS} laps, tracks or activities")


def _declared_encoding(head: bytes) -> str:
    declared = _DECLARED_ENCODING.match(head_text(head))
    # Some programs write "utf-16" into documents whose bytes plainly are not.
    if declared is None or declared[1].lower() == "utf-16":
        return "utf-8"
    try:
        return codecs.lookup(declared[1]).name
    except LookupError:
        return "unknown"


class _Limits:
    """Stands between the parser and a listener and stops what is too deep or too much."""

    def __init__(self, name: str, listener: Listener | None) -> None:
        self._name = name
        self._listener = listener
        self._depth = self._elements = self._characters = 0
        self._names: dict[str, tuple[str, str]] = {}  # namespace and name of each tag

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        self._characters = 0
        if self._depth > MAX_DEPTH:
            raise FileDamaged(self._name, f"has elements more than {MAX_DEPTH} deep")
        if self._elements > MAX_ELEMENTS:
            raise FileDamaged(self._name, f"has more than {MAX_ELEMENTS} elements")
        if self._listener is not None:
            known = self._names.get(tag)
            if known is None:
                namespace, _, name = tag.rpartition("}")
                known = self._names[tag] = (namespace, name)
            self._listener.start(known[1], attributes, known[0])

    def start_ns(self, prefix: str, uri: str) -> None:
        """Being told makes the parser count namespaces among the names that `check` looks at."""

    def end(self, tag: str) -> None:
        self._depth -= 1
        self._characters = 0
        if self._listener is not None:
            self._listener.end(self._names[tag][1])

    def data(self, text: str) -> None:
        self._characters += len(text)
        if self._characters > MAX_UNBROKEN:
            raise FileDamaged(self._name, f"holds a text of more than {MAX_UNBROKEN} characters")
        if self._listener is not None:
            self._listener.data(text)

    def check(self, parser: Any, fed_bytes: int) -> None:
        """Raise FileDamaged where the parser (expat's) has to keep too much of what it was given so far."""
        if len(parser.intern) > MAX_NAMES:
            raise FileDamaged(self._name, f"has more than {MAX_NAMES} different names")
        if fed_bytes - parser.CurrentByteIndex > MAX_UNBROKEN:
            raise FileDamaged(self._name, f"has a tag or a comment of more than {MAX_UNBROKEN} bytes")

    def close(self) -> None:
        """The document is whole."""
