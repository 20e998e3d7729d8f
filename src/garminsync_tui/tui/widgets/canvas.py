"""Dots that can be set, and lines of them: what charts and maps are drawn on."""

from __future__ import annotations

from .glyphs import BRAILLE, Glyphs


class Canvas:
    """`columns` x `rows` cells of dots. The dot (0, 0) is at the top left; outside nothing happens."""

    def __init__(self, columns: int, rows: int, glyphs: Glyphs = BRAILLE) -> None:
        self.glyphs = glyphs
        self.columns, self.lines = max(columns, 0), max(rows, 0)
        self.width, self.height = self.columns * glyphs.across, self.lines * glyphs.down
        #: The bits of each cell, row by row.
        self.cells = [[0] * self.columns for _ in range(self.lines)]

    def dot(self, x: int, y: int) -> None:
        """Set a dot."""
        if 0 <= x < self.width and 0 <= y < self.height:
            across, down = self.glyphs.across, self.glyphs.down
            self.cells[y // down][x // across] |= 1 << (y % down * across + x % across)

    def line(self, x0: int, y0: int, x1: int, y1: int) -> None:
        """Set the dots between two dots, both included."""
        if x0 == x1:
            self.span(x0, y0, y1)
            return
        steps = max(abs(x1 - x0), abs(y1 - y0))
        for step in range(steps + 1):
            self.dot(round(x0 + (x1 - x0) * step / steps), round(y0 + (y1 - y0) * step / steps))

    def span(self, x: int, y0: int, y1: int) -> None:
        """Set the dots below each other between two, both included: whole cells at a time."""
        top, bottom = max(min(y0, y1), 0), min(max(y0, y1), self.height - 1)
        if not 0 <= x < self.width or top > bottom:
            return
        across, down = self.glyphs.across, self.glyphs.down
        column, bit = x // across, x % across
        for row in range(top // down, bottom // down + 1):
            first, last = max(top - row * down, 0), min(bottom - row * down, down - 1)
            bits = 0
            for y in range(first, last + 1):
                bits |= 1 << (y * across + bit)
            self.cells[row][column] |= bits

    def rows(self) -> list[str]:
        """The canvas as text, a string for each row of cells."""
        signs = self.glyphs.cells
        return ["".join([signs[bits] for bits in row]) for row in self.cells]
