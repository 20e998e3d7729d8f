"""Lines on a map made small enough to draw."""

from __future__ import annotations

import heapq
import math
from array import array
from collections.abc import Iterator
from itertools import pairwise

from .track import Track, metres_between

#: Longer silences between two points are dropouts: nothing is drawn across them.
DROPOUT_MS = 10_000
_JUMP_M = 100.0


def track_outline(track: Track, max_points: int, *, of: int | None = None) -> list[list[tuple[float, float]]]:
    """The way on a map in at most `max_points` positions: lines of (latitude, longitude) in degrees.

    A line ends where the recording was silent for more than 10 s and went on more than 100 m away.
    Longitudes go on beyond 180° rather than jump, so that a line over the date line stays whole. The points
    that matter least to the shape go first: those whose triangle with their neighbours is smallest
    (Visvalingam and Whyatt 1993). Ends of lines stay; where there are too many lines the longest stay. `of` is how
    many points, at equal distances in time, are looked at where somebody waits: hours take half a second.
    """
    lines = list(_lines(track))
    if of is not None:
        lines = _thinned(lines, of)
    if 2 * len(lines) > max_points:
        longest = sorted(range(len(lines)), key=lambda index: -len(lines[index]))[: max_points // 2]
        lines = [lines[index] for index in sorted(longest)]
    return _simplified(lines, max_points)


def _lines(track: Track) -> Iterator[list[tuple[float, float]]]:
    line: list[tuple[float, float]] = []
    last_ms = 0
    turns = 0.0
    for moment, latitude, east in zip(track.time_ms, track.latitude_deg, track.longitude_deg, strict=True):
        if math.isnan(latitude):
            continue
        longitude = east + turns
        if line:
            last_latitude, last_longitude = line[-1]
            turns += 360.0 * round((last_longitude - longitude) / 360.0)
            longitude = east + turns
            silent = moment - last_ms > DROPOUT_MS
            if silent and metres_between(last_latitude, last_longitude, latitude, longitude) > _JUMP_M:
                yield line
                line = []
            elif (latitude, longitude) == line[-1]:
                last_ms = moment
                continue
        line.append((latitude, longitude))
        last_ms = moment
    if line:
        yield line


def _thinned(lines: list[list[tuple[float, float]]], most: int) -> list[list[tuple[float, float]]]:
    """About `most` points at equal distances in time, and the ends of all lines."""
    every = -(-sum(map(len, lines)) // max(most, 1))
    if every < 2:
        return lines
    return [[*line[:-1:every], line[-1]] for line in lines]


def _simplified(lines: list[list[tuple[float, float]]], max_points: int) -> list[list[tuple[float, float]]]:
    """Take the least important inner point out, over all lines, until so many are left."""
    points = [point for line in lines for point in line]
    excess = len(points) - max_points
    if excess <= 0:
        return lines
    before: array[int] = array("q", range(-1, len(points) - 1))
    after: array[int] = array("q", range(1, len(points) + 1))
    starts = [0, *_running_sums(len(line) for line in lines)]
    ends = set(starts[:-1]) | {start - 1 for start in starts[1:]}

    # On a map of the size of a recording all areas are stretched alike: square degrees compare as well.
    def area(index: int) -> float:
        (y0, x0), (y1, x1), (y2, x2) = points[before[index]], points[index], points[after[index]]
        return abs((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0))

    current = [math.inf if index in ends else area(index) for index in range(len(points))]
    heap = [(importance, index) for index, importance in enumerate(current) if index not in ends]
    heapq.heapify(heap)
    gone: set[int] = set()
    while len(gone) < excess and heap:
        importance, index = heapq.heappop(heap)
        if index in gone or importance != current[index]:
            continue  # an older entry of a point whose neighbours have changed
        gone.add(index)
        left, right = before[index], after[index]
        after[left], before[right] = right, left
        for neighbour in (left, right):
            if neighbour not in ends:
                # Never less than what went before it, or a whole curve would be eaten from one side.
                current[neighbour] = max(area(neighbour), importance)
                heapq.heappush(heap, (current[neighbour], neighbour))
    return [[points[index] for index in range(start, end) if index not in gone] for start, end in pairwise(starts)]


def _running_sums(lengths: Iterator[int]) -> Iterator[int]:
    reached = 0
    for length in lengths:
        reached += length
        yield reached
