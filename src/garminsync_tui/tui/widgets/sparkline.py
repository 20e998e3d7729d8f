"""A row of values as a row of bars, a share as a bar, a share as a shade."""

from __future__ import annotations

from collections.abc import Sequence

from .glyphs import BLOCKS, Glyphs


def sparkline(values: Sequence[float | None], glyphs: Glyphs = BLOCKS) -> str:
    """One bar a value, the lowest value the lowest bar; a missing value stays empty."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    lowest, spread = min(known), max(known) - min(known)
    top = len(glyphs.bars) - 1

    def bar(value: float) -> str:
        return glyphs.bars[round((value - lowest) / spread * top) if spread else top // 2]

    return "".join(" " if value is None else bar(value) for value in values)


def bar(share: float, width: int, glyphs: Glyphs = BLOCKS) -> str:
    """Like "██████░░": how much of something is done."""
    full = round(min(max(share, 0.0), 1.0) * width)
    return glyphs.full * full + glyphs.rest * (width - full)


def shade(share: float | None, glyphs: Glyphs = BLOCKS) -> str:
    """One cell of a heat-map: the larger the share the darker; a blank where nothing is known."""
    if share is None:
        return " "
    top = len(glyphs.shades) - 1
    # Whatever is not nothing is seen.
    return glyphs.shades[max(min(round(share * top), top), 1 if share > 0 else 0)]
