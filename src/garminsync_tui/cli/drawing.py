"""Lines and bars made of characters, where people read what a command prints."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from math import isnan
from typing import TextIO

_BLOCKS = "▁▂▃▄▅▆▇█░"


def draws_blocks(stream: TextIO | None = None) -> bool:
    """Whether a stream can be given block characters: its encoding has them, and no poor terminal stands behind it."""
    stream = stream or sys.stdout
    try:
        _BLOCKS.encode(stream.encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return False
    return not (stream.isatty() and os.environ.get("TERM", "dumb") in {"dumb", "unknown"})


def narrowed(values: Sequence[float], width: int) -> list[float | None]:
    """The means of at most `width` equal stretches of a column; None where all of one is missing."""
    width = min(width, len(values))
    ends = [len(values) * position // width for position in range(width + 1)] if width else []
    return [_mean(values[start:end]) for start, end in pairwise(ends)]


def _mean(values: Sequence[float]) -> float | None:
    known = [value for value in values if not isnan(value)]
    return sum(known) / len(known) if known else None


def line_of(values: Sequence[float | None], *, blocks: bool) -> str:
    """A sign a value, the higher the value the higher, or darker, the sign; a missing value stays empty."""
    from ..tui.widgets.glyphs import ASCII, BLOCKS
    from ..tui.widgets.sparkline import sparkline

    return sparkline(values, BLOCKS if blocks else ASCII)


def bar_of(share: float, width: int, *, blocks: bool) -> str:
    """Like "██████░░": how much of all something is."""
    from ..tui.widgets.glyphs import ASCII, BLOCKS
    from ..tui.widgets.sparkline import bar

    return bar(share, width, BLOCKS if blocks else ASCII)
