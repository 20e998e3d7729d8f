"""The objects of a JSON file, one at a time: an archive of many years has files of hundreds of megabytes."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from typing import IO, Any

from ...errors import FileDamaged

_CHUNK_BYTES = 2**20
#: One day of one person is a few kilobytes.
_LONGEST_ITEM = 32 * 2**20
_SPACE = re.compile(r"[\s,]*")


def items(stream: IO[bytes], name: str) -> Iterator[Mapping[str, Any]]:
    """The objects of the list that a file is; a file that is one object is its own only item.

    Raises FileDamaged where the rest cannot be read; what came before stands.
    """
    text = _Text(stream, name)
    if text.peek() != "[":
        value = text.value()
        if not isinstance(value, dict):
            raise FileDamaged(name, "holds neither a list nor an object")
        yield value
        return
    text.skip(1)
    while (following := text.peek()) != "]":
        if not following:
            raise FileDamaged(name, "ends in the middle of its list")
        value = text.value()
        if isinstance(value, dict):
            yield value


class _Text:
    """Text that is read as it is needed."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self._stream = stream
        self._name = name
        self._decode = codecs.getincrementaldecoder("utf-8-sig")()
        self._json = json.JSONDecoder()
        self._text = ""
        self._at = 0
        self._ended = False

    def peek(self) -> str:
        """The next character that is neither space nor comma; empty at the end."""
        while True:
            found = _SPACE.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def skip(self, characters: int) -> None:
        """Pass over some."""
        self._at += characters

    def value(self) -> Any:
        """The next value."""
        while True:
            try:
                value, end = self._json.raw_decode(self._text, self._at)
            except (json.JSONDecodeError, RecursionError) as problem:
                if isinstance(problem, RecursionError) or len(self._text) - self._at > _LONGEST_ITEM:
                    raise FileDamaged(self._name, "is not the JSON of an archive") from problem
                # It may only be that the rest of it was not read yet; twice as much is looked at each time.
                if not self._more(len(self._text) - self._at):
                    what = "is cut off" if self._text else "is empty"
                    raise FileDamaged(self._name, f"{what}, or is not JSON") from problem
                continue
            self._at = end
            return value

    def _more(self, least: int = 0) -> bool:
        """Read on; False at the end."""
        if self._ended:
            return False
        octets = self._stream.read(max(least, _CHUNK_BYTES))
        self._ended = not octets
        try:
            self._text = self._text[self._at :] + self._decode.decode(octets, final=self._ended)
        except UnicodeDecodeError as problem:
            raise FileDamaged(self._name, "is not text") from problem
        self._at = 0
        return not self._ended
