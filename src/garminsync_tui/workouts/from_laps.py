"""A done activity as a workout to do again: its laps as steps, rounded to what somebody would have meant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from math import ceil, floor
from typing import Any, NamedTuple

from ..errors import InvalidWorkout
from ..units import MILE_M, YARD_M
from .definition import (
    Distance,
    End,
    FixedRest,
    Kind,
    Pool,
    Range,
    Repeat,
    Sport,
    Step,
    Target,
    Time,
    Workout,
)

#: Judgement: a shorter lap is a button pressed twice, or what was left when the recording ended.
SHORTEST_S = 5.0
#: Judgement: laps of one kind whose time or distance differs by no more were meant to be the same.
ALIKE = 0.06
_LOOSELY = 0.15
#: Judgement: seconds and metres that are never a difference.
_CLOSE = 3.0
#: Judgement: laps are work and recovery where the easiest work is so much harder than the hardest recovery.
CONTRAST = 1.12
#: Judgement: slower on foot is standing.
STANDING_MPS = 0.5
_SLOWEST_MPS = 0.1
#: Judgement: a target is at least so wide on both sides of what was held.
WIDTH = {"power": 0.03, "pace": 0.015, "heart_rate": 0.02}
#: Judgement: the last lap of all counts as cool-down, the first as warm-up, from this length on.
LONG_S = 240.0
#: Judgement: where times are usual, a distance has to be so many times rounder than the time.
_DOUBT = 4.0
#: Judgement: watches make a lap of these by themselves.
AUTOMATIC_M = (1000.0, MILE_M, 5000.0, 5 * MILE_M, 10_000.0)
AUTOMATIC_DIFFERS = 0.015
_LONGEST_PATTERN = 20
_MOST_LAPS = 1000

#: Up to which value (s, m) which steps are round: 45 s, 1:45, 4:30, 12 min; 400 m, 1600 m, 7.5 km.
_ROUND_S = ((60, 5), (180, 15), (600, 30), (3600, 60), (float("inf"), 300))
_ROUND_M = ((200, 50), (1000, 100), (4000, 200), (10_000, 500), (float("inf"), 1000))

_KINDS: dict[str, Kind] = {
    "warmup": "warmup",
    "warm_up": "warmup",
    "cooldown": "cooldown",
    "cool_down": "cooldown",
    "active": "interval",
    "interval": "interval",
    "recovery": "recovery",
    "rest": "rest",
}
_WITHOUT_DISTANCE = {"strength_training", "yoga", "pilates", "hiit", "mobility", "cardio_training"}
_EASY = {"recovery", "rest"}


@dataclass(frozen=True, slots=True)
class DoneLap:
    """One lap as it was done; `intensity` is the word of FIT or Garmin (warmup, active, rest …)."""

    seconds: float
    meters: float | None = None
    heart_rate_bpm: float | None = None
    power_w: float | None = None
    intensity: str | None = None

    @property
    def mps(self) -> float:
        """Metres a second; 0 where no distance is known."""
        return (self.meters or 0.0) / self.seconds


class _Done(NamedTuple):
    kind: Kind
    lap: DoneLap


def workout_from_laps(
    laps: Sequence[DoneLap], sport: Sport, *, name: str | None = None, pool: Pool | None = None
) -> Workout:
    """The workout that these laps were. Only work gets a target: what was held, in power, pace or heart rate.

    Raises InvalidWorkout where there are no laps.
    """
    kept = [lap for lap in laps if lap.seconds >= SHORTEST_S]
    if not kept:
        raise InvalidWorkout((), "there are no laps to make it from", hint="Choose an activity with laps.")
    if len(kept) > _MOST_LAPS:
        raise InvalidWorkout((), f"there are more than {_MOST_LAPS} laps", hint="Choose an activity with fewer laps.")
    done = _joined(_with_kinds(kept, sport))
    items: list[Step | Repeat] = [*_steps(done, sport, pool)]
    return Workout(sport=sport, name=name, pool=pool, steps=tuple(_folded(items)))


# ── What each lap was ────────────────────────────────────────────────────────────────────────────────────────


def _with_kinds(laps: Sequence[DoneLap], sport: Sport) -> list[_Done]:
    """By the words of the watch where they tell laps apart, else by how hard each was."""
    words = [_KINDS.get((lap.intensity or "").lower().replace(" ", "_"), "interval") for lap in laps]
    if len(set(words)) > 1:
        return [_Done(kind, lap) for kind, lap in zip(words, laps, strict=True)]
    if _automatic(laps):
        return [_Done("interval", _sum(laps))]
    return _by_effort(laps, sport)


def _automatic(laps: Sequence[DoneLap]) -> bool:
    """Whether the watch, and nobody else, made these laps: each a kilometre or a mile, but for the last."""
    return len(laps) > 1 and any(
        all(abs((lap.meters or 0) - length) <= AUTOMATIC_DIFFERS * length for lap in laps[:-1])
        and (laps[-1].meters or 0) <= length * (1 + AUTOMATIC_DIFFERS)
        for length in AUTOMATIC_M
    )


def _by_effort(laps: Sequence[DoneLap], sport: Sport) -> list[_Done]:
    standing = [sport not in _WITHOUT_DISTANCE and lap.meters is not None and lap.mps < STANDING_MPS for lap in laps]
    efforts = [_effort(lap, sport) for lap in laps]
    ranked = sorted(effort for effort, stands in zip(efforts, standing, strict=True) if not stands)
    below, hard = _parted(ranked)
    if hard < CONTRAST * below:
        hard = 0.0
    kinds = [
        "rest" if stands else "interval" if effort >= hard else _easy_kind(sport)
        for effort, stands in zip(efforts, standing, strict=True)
    ]
    done = [_Done(kind, lap) for kind, lap in zip(kinds, laps, strict=True)]
    return _with_end(_with_end(done, "warmup")[::-1], "cooldown")[::-1]


def _parted(ranked: Sequence[float]) -> tuple[float, float]:
    """The values on both sides of where two groups differ most, in squares between their means (Otsu 1979)."""
    best, found = 0.0, (0.0, 0.0)
    total, under = sum(ranked), 0.0
    for count, (below, above) in enumerate(pairwise(ranked), 1):
        under += below
        over = len(ranked) - count
        between = count * over * ((total - under) / over - under / count) ** 2
        if between > best:
            best, found = between, (below, above)
    return found


def _with_end(done: list[_Done], kind: Kind) -> list[_Done]:
    """What is easy before the first work is a warm-up where it is long; backwards, a cool-down."""
    easy = list(takewhile(lambda each: each.kind in _EASY, done))
    if len(easy) == len(done) or sum(each.lap.seconds for each in easy) < LONG_S:
        return done
    return [*(_Done(kind, each.lap) for each in easy), *done[len(easy) :]]


def _effort(lap: DoneLap, sport: Sport) -> float:
    if sport == "cycling" and lap.power_w is not None:
        return lap.power_w
    if sport not in _WITHOUT_DISTANCE and lap.meters is not None:
        return lap.mps
    return lap.heart_rate_bpm or 0.0


def _easy_kind(sport: Sport) -> Kind:
    return "rest" if sport == "swimming" or sport in _WITHOUT_DISTANCE else "recovery"


def _sum(laps: Sequence[DoneLap]) -> DoneLap:
    """Several laps as one: what was measured in means by time."""
    seconds = sum(lap.seconds for lap in laps)

    def mean(read: Callable[[DoneLap], float | None]) -> float | None:
        known = [(value, lap.seconds) for lap in laps if (value := read(lap)) is not None]
        lasted = sum(each for _, each in known)
        return sum(value * each for value, each in known) / lasted if lasted else None

    meters = [lap.meters for lap in laps if lap.meters is not None]
    return DoneLap(
        seconds,
        sum(meters) if meters else None,
        mean(lambda lap: lap.heart_rate_bpm),
        mean(lambda lap: lap.power_w),
        laps[0].intensity,
    )


def _joined(done: Sequence[_Done]) -> list[_Done]:
    """Warm-ups, cool-downs and rests of several laps are one each."""
    joined: list[_Done] = []
    for each in done:
        if joined and joined[-1].kind == each.kind != "interval":
            joined[-1] = _Done(each.kind, _sum([joined[-1].lap, each.lap]))
        else:
            joined.append(each)
    return joined


# ── What was meant by it ─────────────────────────────────────────────────────────────────────────────────────


def _steps(done: Sequence[_Done], sport: Sport, pool: Pool | None) -> list[Step]:
    """A step for each lap; laps that are alike become equal steps."""
    groups: list[list[int]] = []
    for index, each in enumerate(done):
        for group in groups:
            if _alike(done[group[0]], each, sport):
                group.append(index)
                break
        else:
            groups.append([index])
    steps: dict[int, Step] = {}
    for group in groups:
        laps = [done[index].lap for index in group]
        kind = done[group[0]].kind
        target = _held(laps, sport) if kind == "interval" else None
        step = Step(kind, _end(laps, kind, sport, pool), target)
        steps |= dict.fromkeys(group, step)
    return [steps[index] for index in range(len(done))]


def _alike(one: _Done, other: _Done, sport: Sport) -> bool:
    """Whether two laps were meant to be the same: as long by one measure, and not much different by the other.

    Of what is easy nobody cares about the other.
    """
    if one.kind != other.kind:
        return False
    loosely = _LOOSELY if one.kind == "interval" else 1.0
    times = one.lap.seconds, other.lap.seconds
    if sport in _WITHOUT_DISTANCE or not (one.lap.meters and other.lap.meters):
        return _close(*times, ALIKE)
    lengths = one.lap.meters, other.lap.meters
    if sport == "swimming" and one.kind != "rest":
        return _close(*lengths, ALIKE)
    return (_close(*times, ALIKE) and _close(*lengths, loosely)) or (
        _close(*lengths, ALIKE) and _close(*times, loosely)
    )


def _close(one: float, other: float, part: float) -> bool:
    return abs(one - other) <= max(part * max(one, other), _CLOSE)


def _end(laps: Sequence[DoneLap], kind: Kind, sport: Sport, pool: Pool | None) -> End:
    """The time or the distance that is rounder."""
    seconds, off_s = _rounded([lap.seconds for lap in laps], _ROUND_S)
    if kind == "rest":
        return FixedRest(seconds) if sport == "swimming" else Time(seconds)
    lengths = [lap.meters for lap in laps if lap.meters]
    if len(lengths) < len(laps) or sport in _WITHOUT_DISTANCE:
        return Time(seconds)
    if sport == "swimming":
        return _lengths(sum(lengths) / len(lengths), pool)
    meters, off_m = _rounded(lengths, _ROUND_M)
    # What is easy, and rides, are hardly ever meant as distances, unless one comes out exactly.
    if kind != "interval" or sport == "cycling":
        off_m *= _DOUBT
    if off_m >= off_s:
        return Time(seconds)
    mean = sum(lengths) / len(lengths)
    miles = round(mean / MILE_M)
    if miles and abs(mean - miles * MILE_M) < abs(mean - meters):
        return Distance(miles * MILE_M, "mi")
    return Distance(meters, "km" if meters >= 1000 and meters % 1000 == 0 else "m")


def _rounded(values: Sequence[float], grids: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The round number for all of these, and how far they are from it on average, in steps between round numbers."""
    mean = sum(values) / len(values)
    step = next(step for below, step in grids if mean < below)
    found = max(float(round(mean / step) * step), float(step))
    return found, sum(abs(value - found) for value in values) / len(values) / step


def _lengths(meters: float, pool: Pool | None) -> Distance:
    """Whole lengths of the pool."""
    unit = pool.unit if pool else "m"
    metre = YARD_M if unit == "yd" else 1.0
    length = (pool.length if pool else 25.0) * metre
    return Distance(max(round(meters / length), 1) * length, unit)


def _held(laps: Sequence[DoneLap], sport: Sport) -> Target | None:
    """From the easiest to the hardest of laps that were meant alike."""
    watts = [lap.power_w for lap in laps if lap.power_w]
    if sport == "cycling" and len(watts) == len(laps):
        return _wide("power", watts, "W", 5)
    speeds = [lap.mps for lap in laps if lap.mps >= _SLOWEST_MPS]
    if sport in {"running", "walking", "rucking"} and len(speeds) == len(laps):
        return _wide("pace", [1000 / speed for speed in speeds], "/km", 5)
    if sport == "swimming" and len(speeds) == len(laps):
        return _wide("pace", [100 / speed for speed in speeds], "/100m", 1)
    beats = [lap.heart_rate_bpm for lap in laps if lap.heart_rate_bpm]
    if sport not in {"swimming", "strength_training"} and len(beats) == len(laps):
        return _wide("heart_rate", beats, "bpm", 1)
    return None


def _wide(of: Any, values: Sequence[float], unit: Any, step: int) -> Range:
    """Outwards to round numbers, and never narrower than can be held."""
    middle = (min(values) + max(values)) / 2
    low = min(*values, middle * (1 - WIDTH[of]))
    high = max(*values, middle * (1 + WIDTH[of]))
    return Range(of, float(floor(low / step) * step), float(ceil(high / step) * step), unit)


# ── Repeats ──────────────────────────────────────────────────────────────────────────────────────────────────


def _folded(items: list[Step | Repeat]) -> list[Step | Repeat]:
    """What follows itself as a repeat, the shortest patterns first, so that sets of sets nest."""
    found = True
    while found:
        found = False
        for length in range(1, min(len(items) // 2 + 1, _LONGEST_PATTERN) + 1):
            if folded := _fold(items, length):
                items, found = folded, True
                break
    return items


def _fold(items: list[Step | Repeat], length: int) -> list[Step | Repeat]:
    """With every run of patterns of this length folded; empty where there is none."""
    folded: list[Step | Repeat] = []
    at, found = 0, False
    while at < len(items):
        pattern = items[at : at + length]
        times = 1
        while items[at + times * length : at + (times + 1) * length] == pattern:
            times += 1
        end = at + times * length
        # Nobody rests after the last one.
        last = pattern[-1]
        short = length > 1 and _is_easy(last) and items[end : end + length - 1] == pattern[:-1]
        starts = length == 1 or not _is_easy(pattern[0])
        if len(pattern) == length and starts and (times > 1 or short):
            folded.append(Repeat(times=times + short, skip_last_rest=short, steps=tuple(pattern)))
            at, found = end + (length - 1 if short else 0), True
        else:
            folded.append(items[at])
            at += 1
    return folded if found else []


def _is_easy(item: Step | Repeat) -> bool:
    return isinstance(item, Step) and item.kind in _EASY
