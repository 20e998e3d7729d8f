"""What is drawn: values over places, and the part of them that is shown."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isclose, isnan
from typing import Literal, NamedTuple

#: Words of a line, each with a colour or style of the theme.
Line = list[tuple[str, str]]
#: From the ends of what is shown, and how many labels may stand there at most, to places with their labels.
Ticks = Callable[[float, float, int], Sequence[tuple[float, str]]]


@dataclass(frozen=True)
class Series:
    """Values over ascending places; NaN is a gap.

    `join` is the longest way between two places that a line is drawn across. `label` words a value. A line goes
    through the values; an area is filled below it; bars reach from the bottom to the next place; steps hold each
    value until the next place.
    """

    xs: Sequence[float]
    ys: Sequence[float]
    label: Callable[[float], str] = "{:g}".format
    title: str = ""
    colour: str = "$text-accent"
    shape: Literal["line", "area", "bars", "steps"] = "line"
    join: float = math.inf
    #: Whether a place without a value breaks the line; not where values come now and then.
    breaks: bool = True
    #: The lowest and the highest of the axis; None for those of what is shown.
    limits: tuple[float, float] | None = None
    #: Values that are labelled, each where it lies; None for places that are evenly apart.
    marks: Sequence[float] | None = None

    def nearest(self, x: float) -> int | None:
        """The number of the point nearest to `x`; None where there is none."""
        if not self.xs:
            return None
        after = min(bisect_left(self.xs, x), len(self.xs) - 1)
        before = max(after - 1, 0)
        return before if x - self.xs[before] <= self.xs[after] - x else after

    def at(self, x: float) -> float | None:
        """The value at the point nearest to `x`; None for a gap."""
        number = self.nearest(x)
        if number is None or isnan(self.ys[number]):
            return None
        return self.ys[number]


class Panel(NamedTuple):
    """One chart: a series with its axis on the left, and perhaps another with its own on the right."""

    series: Series
    overlay: Series | None = None


class Window(NamedTuple):
    """The part of the lower axis that is shown."""

    first: float
    last: float


class Layout(NamedTuple):
    """Where things lie, in cells: for whoever turns a click or a cursor into a place."""

    gutter: int
    columns: int
    window: Window

    def column(self, x: float) -> int:
        """The column of the plot that `x` lies in."""
        first, last = self.window
        share = (x - first) / (last - first) if last > first else 0.5
        return min(max(int(share * self.columns), 0), self.columns - 1)

    def place(self, column: float) -> float:
        """The place in the middle of a column of the plot."""
        first, last = self.window
        return first + (last - first) * (column + 0.5) / max(self.columns, 1)


def limits(series: Series, window: Window) -> tuple[float, float] | None:
    """The ends of a series' axis in a window; None where nothing is known there."""
    start, end = bisect_left(series.xs, window.first), bisect_right(series.xs, window.last)
    known = [y for y in series.ys[start:end] if not isnan(y)]
    if not known:
        return None
    low, high = series.limits or (min(known), max(known))
    if series.marks:
        low, high = min(low, *series.marks), max(high, *series.marks)
    if series.limits is None and series.shape == "bars":
        low = min(low, 0.0)
    if isclose(low, high, abs_tol=1e-9):
        around = abs(low) * 0.05 if abs(low) > 1e-6 else 1.0
        low, high = low - around, high + around
    return low, high
