"""XML from outside: read only after its size, encoding, depth and lack of a document type are known good.

No document type means no entities, so nothing can grow while it is read and nothing else is opened.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import Protocol
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from ..errors import FileDamaged
from .detection import head_text, marked_encoding

MAX_XML_BYTES = 64 * 2**20
MAX_DEPTH = 64
MAX_ELEMENTS = 4_000_000  # a recording of four days with one point a second

_PIECE_CHARACTERS = 2**16
_DECLARED_ENCODING = re.compile(r"<\?xml[^>]{0,100}?\sencoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
# Others are never written by recorders, and some of Python's codecs are slow or no text encodings at all.
_KNOWN_ENCODING = re.compile(r"utf-8|utf-16-(le|be)|ascii|iso8859-\d+|cp125\d")


class Listener(Protocol):
    """What is told about each element; names come without their namespace."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """The innermost element ends."""

    def data(self, text: str) -> None:
        """A piece of text inside the innermost element."""


def read_xml_text(path: Path) -> str:
    """The text of an XML file; raises FileDamaged where it is too large or its encoding cannot be."""
    if path.stat().st_size > MAX_XML_BYTES:
        raise FileDamaged(path.name, f"is larger than {MAX_XML_BYTES // 2**20} MiB")
    content = path.read_bytes()
    encoding, skip = marked_encoding(content[:4]) or (_declared_encoding(content[:1024]), 0)
    if not _KNOWN_ENCODING.fullmatch(encoding):
        raise FileDamaged(path.name, "is in a text encoding that no recorder uses")
    try:
        return content[skip:].decode(encoding)
    except UnicodeDecodeError as problem:
        raise FileDamaged(path.name, f"is not the {encoding} text that it says it is") from problem


def vet(name: str, text: str, listener: Listener | None = None) -> None:
    """Read a whole document, telling `listener` what is in it; raises FileDamaged, naming `name`."""
    limits = _Limits(name, listener)
    parser = DefusedXMLParser(target=limits, forbid_dtd=True)
    try:
        for offset in range(0, len(text), _PIECE_CHARACTERS):
            parser.feed(text[offset : offset + _PIECE_CHARACTERS])
        parser.close()
    except ParseError as problem:
        raise FileDamaged(name, "is not well-formed XML, or is cut off") from problem
    except DefusedXmlException as problem:
        raise FileDamaged(name, "declares a document type, which no recording needs") from problem


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
        self._depth = self._elements = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > MAX_DEPTH:
            raise FileDamaged(self._name, f"has elements more than {MAX_DEPTH} deep")
        if self._elements > MAX_ELEMENTS:
            raise FileDamaged(self._name, f"has more than {MAX_ELEMENTS} elements")
        if self._listener is not None:
            self._listener.start(tag.rpartition("}")[2], attributes)

    def end(self, tag: str) -> None:
        self._depth -= 1
        if self._listener is not None:
            self._listener.end(tag.rpartition("}")[2])

    def data(self, text: str) -> None:
        if self._listener is not None:
            self._listener.data(text)

    def close(self) -> None:
        """The document is whole."""
