"""The border between text from outside and a terminal: names, file contents and answers go through `clean`."""

from __future__ import annotations

from unicodedata import category, combining, east_asian_width

#: Stands where a character was that could steer the terminal or hide what is written.
STAND_IN = "·"
ELLIPSIS = "…"

# Control, format (bidi among them), surrogates, private use, unassigned, line and paragraph separators
_REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")  # shape Persian and Indic words, and join emoji to one
_JOINED_BEFORE = frozenset({"So", "Sk"})


def clean(text: str, limit: int = 200) -> str:
    """`text` on one line and without anything a terminal acts on, at most `limit` characters long.

    Joiners stay between letters and inside emoji; every other refused character becomes a dot.
    """
    shortened = len(text) > limit
    kept = text[: limit - 1] if shortened else text
    if kept.isascii() and kept.isprintable():
        return kept + ELLIPSIS if shortened else kept
    cleaned = "".join(
        STAND_IN if category(character) in _REFUSED and not _joins(kept, position) else character
        for position, character in enumerate(kept)
    )
    return cleaned + ELLIPSIS if shortened else cleaned


def _joins(text: str, position: int) -> bool:
    """Whether this is a joiner with something to join on both sides."""
    if text[position] not in _JOINERS or not 0 < position < len(text) - 1:
        return False
    before, after = category(text[position - 1]), category(text[position + 1])
    return (before[0] in "LM" or before in _JOINED_BEFORE) and (after[0] == "L" or after == "So")


def width(text: str) -> int:
    """How many columns of a terminal `text` takes."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if combining(character) or category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


def fit(text: str, columns: int) -> str:
    """`text` cut with an ellipsis to at most `columns` columns."""
    if width(text) <= columns:
        return text
    taken, used = [], 0
    for character in text:
        used += _columns(character)
        if used > columns - 1:
            break
        taken.append(character)
    return "".join(taken) + ELLIPSIS if columns > 0 else ""
