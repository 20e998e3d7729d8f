"""A series as dots on a canvas: lines with gaps, areas, bars, steps."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from math import isnan
from typing import NamedTuple

from .canvas import Canvas
from .series import Series, Window


class _Bucket(NamedTuple):
    """What is in one column of dots: the ends of its values, the first and last with their places, gaps at the ends."""

    low: float
    high: float
    first: tuple[float, float]
    last: tuple[float, float]
    gap_before: bool
    gap_after: bool


def plotted(series: Series, window: Window, ends: tuple[float, float], canvas: Canvas) -> Canvas:
    """Draw what of a series lies in a window; `ends` are those of its axis."""
    low, high = ends
    bottom = canvas.height - 1

    def height(y: float) -> int:
        return round((high - min(max(y, low), high)) / (high - low) * bottom)

    if series.shape in ("bars", "steps"):
        _held(series, window, canvas, height)
        return canvas
    before: tuple[int, _Bucket] | None = None
    for x, bucket in enumerate(_buckets(series, window, canvas.width)):
        if bucket is None:
            continue
        top = height(bucket.high)
        canvas.span(x, top, bottom if series.shape == "area" else height(bucket.low))
        if before is not None and _joined(before[1], bucket, series):
            _join(canvas, (before[0], height(before[1].last[1])), (x, height(bucket.first[1])), series.shape == "area")
        before = (x, bucket)
    return canvas


def _joined(before: _Bucket, after: _Bucket, series: Series) -> bool:
    broken = series.breaks and (before.gap_after or after.gap_before)
    return not broken and after.first[0] - before.last[0] <= series.join


def _join(canvas: Canvas, start: tuple[int, int], end: tuple[int, int], filled: bool) -> None:
    canvas.line(*start, *end)
    if filled:
        for x in range(start[0] + 1, end[0]):
            y = round(start[1] + (end[1] - start[1]) * (x - start[0]) / (end[0] - start[0]))
            canvas.span(x, y, canvas.height - 1)


def _buckets(series: Series, window: Window, width: int) -> list[_Bucket | None]:
    """What is in each of `width` equal parts of the window."""
    xs, ys = series.xs, series.ys
    first, last = window
    step = (last - first) / width if width else 0.0
    buckets: list[_Bucket | None] = []
    start = bisect_left(xs, first)
    stop = bisect_right(xs, last)
    gap = False  # whether a gap lies between here and the last known value
    for number in range(width):
        end = stop if number == width - 1 else bisect_left(xs, first + step * (number + 1), start, stop)
        within = ys[start:end]
        known = [y for y in within if not isnan(y)]
        if not known:
            gap = gap or len(within) > 0
            buckets.append(None)
        else:
            head, tail = 0, len(within) - 1
            while isnan(within[head]):
                head += 1
            while isnan(within[tail]):
                tail -= 1
            buckets.append(
                _Bucket(
                    min(known),
                    max(known),
                    (xs[start + head], within[head]),
                    (xs[start + tail], within[tail]),
                    gap or head > 0,
                    tail < len(within) - 1,
                )
            )
            gap = False
        start = end
    return buckets


def _held(series: Series, window: Window, canvas: Canvas, height: Callable[[float], int]) -> None:
    """Bars and steps: each value holds until the next place, the last until the window ends."""
    xs, ys = series.xs, series.ys
    first, last = window
    scale = canvas.width / (last - first) if last > first else 0.0
    bars = series.shape == "bars"
    before: int | None = None
    for number in range(max(bisect_right(xs, first) - 1, 0), bisect_right(xs, last)):
        y = ys[number]
        if isnan(y):
            before = None
            continue
        begins = max(int((xs[number] - first) * scale), 0)
        until = xs[number + 1] if number + 1 < len(xs) else last
        ends = max(min(int((until - first) * scale), canvas.width), begins + 1)
        if bars and ends - begins > canvas.glyphs.across:
            ends -= 1  # so that one bar ends where the next begins
        top = height(y)
        for x in range(begins, ends):
            canvas.span(x, top, canvas.height - 1 if bars else top)
        if before is not None and not bars:
            canvas.span(begins, before, top)
        before = top
