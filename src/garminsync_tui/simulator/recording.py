"""The second-by-second recording of a session, in the integers of a FIT record.

Columns are made by C-level iteration (map, accumulate): an hour takes a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from math import cos, pi, radians, sin
from operator import mul
from random import Random

from ..formats.fit_encoding import FIT_EPOCH_S
from .pool import lengths
from .training import POOL_M, Session

_SEMICIRCLES_PER_DEGREE = 2**31 / 180
_METRES_PER_DEGREE = 111_320.0
_SWING = 3.9
_NO_POSITION, _NO_U16, _NO_U8 = 0x7FFFFFFF, 0xFFFF, 0xFF


@dataclass(frozen=True, slots=True)
class Lap:
    """Samples `first` to `last` (both included)."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Recording:
    """One sample a second while moving; where a column was not measured it holds FIT's "invalid"."""

    #: seconds since the FIT epoch
    times: Sequence[int]
    #: semicircles
    latitudes: Sequence[int]
    longitudes: Sequence[int]
    #: (m + 500) x 5
    altitudes: Sequence[int]
    #: bpm
    heart_rates: Sequence[int]
    #: revolutions or double steps a minute
    cadences: Sequence[int]
    #: cm
    distances: Sequence[int]
    #: mm/s
    speeds: Sequence[int]
    #: W
    powers: Sequence[int]
    #: °C
    temperatures: Sequence[int]
    laps: tuple[Lap, ...]
    #: the sample after which the watch paused, and for how many seconds
    pause: tuple[int, int]

    @property
    def has_positions(self) -> bool:
        """Whether the track is on a map."""
        return self.latitudes[0] != _NO_POSITION

    def height(self, sample: int) -> float:
        """Metres above the sea."""
        return self.altitudes[sample] / 5 - 500

    def degrees(self, sample: int) -> tuple[float, float]:
        """Latitude and longitude."""
        scale = _SEMICIRCLES_PER_DEGREE
        return self.latitudes[sample] / scale, self.longitudes[sample] / scale


def record(session: Session) -> Recording:
    """The same recording each time; totals agree with the session's."""
    dice = Random(f"{session.activity_id}:recording")
    count = session.moving_s + 1
    pause_at, pause_s = int(count * dice.uniform(0.4, 0.7)), session.elapsed_s - session.moving_s
    starts = int(session.starts.timestamp()) - FIT_EPOCH_S
    resumes = starts + pause_at + 1
    times = chain(range(starts, resumes), range(resumes + pause_s, starts + count + pause_s))
    efforts = _efforts(session, count, dice)
    speeds, distances = _moves(session, efforts)
    latitudes, longitudes = _route(session, speeds, dice)
    return Recording(
        times=list(times),
        latitudes=latitudes,
        longitudes=longitudes,
        altitudes=_altitudes(session, count),
        heart_rates=_heart_rates(session, efforts),
        cadences=[_cadence(session)] * count,
        distances=distances,
        speeds=[int(1000 * speed) for speed in speeds],
        powers=_powers(session, efforts),
        temperatures=[9 + dice.randrange(14)] * count,
        laps=_laps(session, distances, count),
        pause=(pause_at, pause_s),
    )


def _efforts(session: Session, count: int, dice: Random) -> list[float]:
    """Around 1; in intervals three minutes fast, two slow."""
    first, second = dice.uniform(0, 6), dice.uniform(0, 6)
    smooth = [1 + 0.06 * sin(first + at / 47) + 0.04 * sin(second + at / 11) for at in range(count)]
    if session.intervals:
        return [effort * (1.16 if at % 300 < 180 else 0.78) for at, effort in enumerate(smooth)]
    return smooth


def _moves(session: Session, efforts: Sequence[float]) -> tuple[list[float], list[int]]:
    """Speeds (m/s) whose sum is the session's distance, and the distance covered (cm)."""
    if not session.distance:
        return [0.0] * len(efforts), [0] * len(efforts)
    if session.in_pool:
        speeds = _swims(session)
        return speeds, [round(100 * metres) for metres in accumulate(speeds[1:], initial=0.0)]
    scale = session.distance / sum(efforts[1:])
    speeds = [scale * effort for effort in efforts]
    covered = accumulate(speeds[1:], initial=0.0)
    return speeds, [round(100 * metres) for metres in covered]


def _swims(session: Session) -> list[float]:
    """A speed for each length, none in the rests."""
    speeds = [0.0]
    for length in lengths(session):
        speeds += [0.0 if length.stroke is None else POOL_M / length.seconds] * length.seconds
    return speeds


def _route(session: Session, speeds: Sequence[float], dice: Random) -> tuple[list[int], list[int]]:
    """A crooked loop from near the place and back."""
    count = len(speeds)
    if not session.has_track:
        return [_NO_POSITION] * count, [_NO_POSITION] * count
    turn, start = 2 * pi / count, dice.uniform(0, 2 * pi)
    headings = [start + turn * at + 0.9 * sin(at / 113) for at in range(count)]
    place = session.place
    north = _SEMICIRCLES_PER_DEGREE / _METRES_PER_DEGREE
    east = north / cos(radians(place.latitude))
    latitude = (place.latitude + dice.uniform(-0.004, 0.004)) * _SEMICIRCLES_PER_DEGREE
    longitude = (place.longitude + dice.uniform(-0.004, 0.004)) * _SEMICIRCLES_PER_DEGREE
    northward = accumulate(map(mul, map(cos, headings), speeds))
    eastward = accumulate(map(mul, map(sin, headings), speeds))
    return (
        [int(latitude + north * metres) for metres in northward],
        [int(longitude + east * metres) for metres in eastward],
    )


def _altitudes(session: Session, count: int) -> list[int]:
    """Hills of some forty metres whose ascents add up to the session's climb."""
    if not session.has_track:
        return [_NO_U16] * count
    hills = max(1, session.climb // 40)
    half = session.climb / hills / 2
    turn, ground = 2 * pi * hills / (count - 1), session.place.height + half + 500
    return [int(5 * (ground - half * cos(turn * at))) for at in range(count)]


def _heart_rates(session: Session, efforts: Sequence[float]) -> list[int]:
    """Rising for ten minutes, then following the effort; the mean is the session's."""
    if not session.average_hr:
        return [_NO_U8] * len(efforts)
    follow, lag = [], 0.8
    for effort in efforts:
        lag += 0.02 * (effort - lag)
        follow.append(lag)
    spread = 0.5 * session.average_hr
    mean = sum(follow) / len(follow)
    return [min(session.max_hr, int(session.average_hr + 0.5 + spread * (lag - mean))) for lag in follow]


def _cadence(session: Session) -> int:
    return 87 if session.sport.key == "cycling" else session.sport.steps // 2


def _powers(session: Session, efforts: Sequence[float]) -> list[int]:
    if not session.average_power:
        return [_NO_U16] * len(efforts)
    # Power swings more than speed: so much that the steady power of the same cost is 5 % above the mean.
    mean, watts = sum(efforts) / len(efforts), session.average_power
    return [int(watts * (1 + _SWING * (effort - mean)) + 0.5) for effort in efforts]


def _laps(session: Session, distances: Sequence[int], count: int) -> tuple[Lap, ...]:
    """Every kilometre on foot, every five by bicycle; else one."""
    every = {"running": 100_000, "trail_running": 100_000, "hiking": 100_000, "cycling": 500_000}
    length = every.get(session.sport.key)
    if not length or session.intervals:
        return (Lap(0, count - 1),)
    edges = [0]
    for at, covered in enumerate(distances):
        if covered >= length * len(edges):
            edges.append(at)
    if count - 1 - edges[-1] < 30 and len(edges) > 1:
        edges.pop()
    edges.append(count - 1)
    return tuple(map(Lap, edges[:-1], edges[1:]))
