"""Everything in ASCII, for fonts that have nothing else: the last thing that happens to a line before it is sent."""

from __future__ import annotations

from functools import cache
from unicodedata import normalize

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from ... import text
from .glyphs import PLAIN

_UNKNOWN = "?"
#: Borders, scroll bars and what else Textual draws with; heavy lines stay to be told from light ones.
_DRAWN = {
    **dict.fromkeys("─╌┄┈╴╶", "-"),
    **dict.fromkeys("━═╍┅┉╸╺", "="),
    **dict.fromkeys("│╎┆┊┃║╏┇┋╵╷╹╻▏▎▍▌▋▊▉▐▕", "|"),
    **dict.fromkeys("▁▂", "_"),
    **dict.fromkeys("▃▄▅▆▇▀▔█▓", "#"),
    **dict(zip("•▾‹›°", "*v<> ", strict=True)),
}


@cache
def in_ascii(character: str) -> str:
    """What stands for a character, as wide as it is."""
    if character in _DRAWN:
        return _DRAWN[character]
    if "\u2500" <= character <= "\u257f":  # the corners and crossings of lines
        return "+"
    if "\u2800" <= character <= "\u28ff":
        return "."
    columns = text.width(character)
    plain = character.translate(PLAIN)
    if not plain.isascii():
        plain = normalize("NFKD", character).encode("ascii", "ignore").decode()
    return plain if len(plain) == columns else _UNKNOWN * columns


class AsciiFilter(LineFilter):
    """Lines keep their length: each character becomes one that is as wide."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments in ASCII."""
        return [
            each if each.text.isascii() else Segment("".join(map(in_ascii, each.text)), each.style, each.control)
            for each in segments
        ]
