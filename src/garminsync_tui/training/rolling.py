"""Means and medians that roll over a column of seconds."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, compress, filterfalse
from math import isnan, nan
from operator import eq, mul, ne, sub

#: The window of normalized power: about the half-life of what the body does after a change of effort (Coggan).
NORMALIZED_WINDOW_S = 30


def measured(column: Iterable[float]) -> list[float]:
    """The values that are not missing."""
    return list(filterfalse(isnan, column))


def count_valid(column: Sequence[float]) -> int:
    """How many values are not missing."""
    if not isnan(sum(column)):
        return len(column)
    return sum(map(eq, column, column))  # NaN alone differs from itself


def mean(column: Sequence[float]) -> float | None:
    """The mean of the values that are not missing, in the column's unit; None without any."""
    valid = measured(column)
    return sum(valid) / len(valid) if valid else None


def stretches(column: Sequence[float]) -> Iterator[tuple[int, int]]:
    """Where values follow each other without a missing one: (first index, index after the last)."""
    start = 0
    missing = compress(range(len(column)), map(ne, column, column))  # NaN alone differs from itself
    for index in (*missing, len(column)):
        if index > start:
            yield start, index
        start = index + 1


def normalized(column: Sequence[float]) -> float | None:
    """The fourth root of the mean fourth power of means over 30 s, in the column's unit.

    Coggan's operator (Allen and Coggan, Training and Racing with a Power Meter, 2006). The first mean is that
    of the first 30 values; missing values and pauses are joined over, as zeros they would be rests that
    nobody took. None with less than 30 values.
    """
    valid = measured(column)
    width = NORMALIZED_WINDOW_S
    count = len(valid) - width + 1
    if count < 1:
        return None
    reached = list(accumulate(valid, initial=0.0))
    sums = list(map(sub, reached[width:], reached))
    squares = list(map(mul, sums, sums))
    return float((sum(map(mul, squares, squares)) / count) ** 0.25 / width)


def normalized_steps(steps: Iterable[tuple[int, float]]) -> float | None:
    """`normalized` of steady stretches given as (seconds, value): the same number without a value for each second.

    All windows inside a stretch are alike, so that one of them stands for the others.
    """
    width = NORMALIZED_WINDOW_S
    short: list[float] = []
    alike, fourth_powers = 0, 0.0
    for seconds, value in steps:
        more = max(seconds - width, 0)
        short.extend([value] * (seconds - more))
        alike += more
        fourth_powers += more * value**4
    count = len(short) - width + 1
    if count < 1:
        return None
    reached = list(accumulate(short, initial=0.0))
    sums = list(map(sub, reached[width:], reached))
    squares = list(map(mul, sums, sums))
    return float(((sum(map(mul, squares, squares)) / width**4 + fourth_powers) / (count + alike)) ** 0.25)


def centred_mean(column: Sequence[float], width: int) -> array[float]:
    """Each value's mean with its neighbours over `width` (odd) values.

    Windows shrink towards both sides alike at the ends and beside missing values, so that a straight slope
    stays what it is; missing values stay missing.
    """
    return _by_stretch(column, width // 2, _means)


def centred_median(column: Sequence[float], width: int) -> array[float]:
    """Each value's median with its neighbours over `width` (odd) values; ends as in `centred_mean`."""
    return _by_stretch(column, width // 2, _medians)


def _by_stretch(
    column: Sequence[float], radius: int, rolled: Callable[[Sequence[float], int], list[float]]
) -> array[float]:
    out = array("d", [nan]) * len(column)
    for start, end in stretches(column):
        values = column[start:end]
        edge = min(radius, (len(values) - 1) // 2)
        # From the ends inwards the windows grow: of 1, 3, 5, … values.
        head = [rolled(values[: 2 * reach + 1], reach)[0] for reach in range(edge)]
        tail = [rolled(values[len(values) - 2 * reach - 1 :], reach)[0] for reach in reversed(range(edge))]
        middle = rolled(values, edge)
        out[start:end] = array("d", [*head, *middle, *tail])
    return out


def _means(values: Sequence[float], radius: int) -> list[float]:
    width = 2 * radius + 1
    reached = list(accumulate(values, initial=0.0))
    return [(end - start) / width for start, end in zip(reached, reached[width:], strict=False)]


def _medians(values: Sequence[float], radius: int) -> list[float]:
    shifted = [values[shift : len(values) - 2 * radius + shift] for shift in range(2 * radius + 1)]
    return [sorted(window)[radius] for window in zip(*shifted, strict=True)]
