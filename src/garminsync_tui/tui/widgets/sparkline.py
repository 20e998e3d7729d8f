"""A row of values as a row of bars."""

from __future__ import annotations

from collections.abc import Sequence

_BARS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float | None]) -> str:
    """One bar a value, the lowest value the lowest bar; a missing value stays empty."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    lowest, spread = min(known), max(known) - min(known)
    top = len(_BARS) - 1

    def bar(value: float) -> str:
        return _BARS[round((value - lowest) / spread * top) if spread else top // 2]

    return "".join(" " if value is None else bar(value) for value in values)


def bar(share: float, width: int) -> str:
    """Like "██████░░": how much of something is done."""
    full = round(min(max(share, 0.0), 1.0) * width)
    return "█" * full + "░" * (width - full)
