"""What stands on the terminal: only what differs from it is sent.

Textual sends every widget that was refreshed, whether it looks different or not. Screens read again whenever the
database changed, and most of what they read is as it was: over a slow line that would be a screen for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.control import Control
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

#: Column, line, and what is written from there on.
Piece = tuple[int, int, Strip]


class Pieces(CompositorUpdate):
    """Some parts of lines."""

    def __init__(self, pieces: list[Piece]) -> None:
        self.pieces = pieces

    def render_segments(self, console: Any) -> str:
        """As the terminal wants it."""
        return "".join(Control.move_to(x, y).segment.text + strip.render(console) for x, y, strip in self.pieces)


class Painted:
    """Remembers, of each line, what was written where."""

    def __init__(self) -> None:
        self._lines: dict[int, dict[int, Strip]] = {}

    def forget(self) -> None:
        """The terminal may show something else now: it was resized, or another program had it."""
        self._lines.clear()

    def changes(self, update: CompositorUpdate) -> Pieces | None:
        """What of an update is not there already; None where all of it is."""
        found = _of_layout(update) if isinstance(update, LayoutUpdate) else _of_chops(update)
        pieces = [piece for each in found if (piece := self._change(*each))]
        return Pieces(pieces) if pieces else None

    def _change(self, x: int, y: int, strip: Strip) -> Piece | None:
        line = self._lines.setdefault(y, {})
        if line.get(x) == strip or not strip.cell_length:
            return None
        before = line.get(x)
        if before is not None and before.cell_length == strip.cell_length:
            line[x] = strip
            return _difference(x, y, before, strip)
        before = _taken(line, x, x + strip.cell_length)
        line[x] = strip
        return _difference(x, y, before.simplify(), strip.simplify())  # it was cut elsewhere: styles may still go on


def _taken(line: dict[int, Strip], x: int, end: int) -> Strip:
    """Take what stands from `x` to `end` out of a line; shorter where that is not known of all of it."""
    found = []
    for start in sorted(start for start, old in line.items() if start < end and start + old.cell_length > x):
        old = line.pop(start)
        if start < x:
            line[start] = old.crop(0, x - start)
        if start + old.cell_length > end:
            line[end] = old.crop(end - start)
        found.append(old.crop(max(x - start, 0), end - start))
    return Strip.join(found)


def _difference(x: int, y: int, before: Strip, after: Strip) -> Piece | None:
    """What is to be written, by whole segments; None where both look the same."""
    if before.cell_length != after.cell_length:
        return x, y, after
    old, new = list(before), list(after)
    while old and new and old[0] == new[0]:
        x += old.pop(0).cell_length
        new.pop(0)
    while old and new and old[-1] == new[-1]:
        old.pop()
        new.pop()
    return (x, y, Strip(new)) if new else None


def _of_layout(update: LayoutUpdate) -> Iterator[Piece]:
    for y, line in enumerate(update.strips, update.region.y):
        x = update.region.x
        for strip in line:
            yield x, y, strip
            x += strip.cell_length


def _of_chops(update: CompositorUpdate) -> Iterator[Piece]:
    """As Textual's own `ChopsUpdate` writes it."""
    assert isinstance(update, ChopsUpdate)
    for y, first, beyond in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is None or x > beyond or end <= first:
                continue
            whole = beyond > x >= first and end <= beyond
            yield x, y, strip if whole else strip.crop(0, min(end, beyond) - x)
