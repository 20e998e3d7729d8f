"""One activity looked at closely: its file read now, its numbers for the athlete of that day, its zones.

The same as the background computes and keeps (see `figures.py`), with all that is too much to be kept of everything.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from ..config import Config
from ..formats import Length, Track, read_track
from ..models import Activity
from ..store.database import Database
from ..store.figures import Waiting
from ..store.files import FileStore
from ..training import swimming
from ..training.heuristics import FULL_COVERAGE, MOVING_MPS, WALKING_BELOW_SPM
from ..training.power import normalized_standing
from ..training.rolling import mean
from ..training.running import cadence_spm, step_length_m
from ..training.seconds import Seconds, seconds_of
from ..training.sports import sport_of
from .assess import Assessment, Athlete, assess, unlocked_by
from .athlete import Athletes
from .measure import Measured, measure, seconds_of_track
from .zones import Unknown, Zones, heart_rate_zones, power_zones


class Pool(NamedTuple):
    """What pool lengths say."""

    length_m: float
    lengths: int
    pace_s_per_100m: float | None
    swolf: float | None
    #: How many look like a turn that was missed or invented.
    doubtful: int


@dataclass(frozen=True, slots=True)
class Examined:
    """A recording and what it means. `seconds` is empty where the file has no times."""

    track: Track
    measured: Measured
    seconds: Seconds
    athlete: Athlete
    assessment: Assessment
    #: See `assess.unlocked_by`.
    unlocked_by: dict[str, tuple[str, ...]]
    heart_rate_zones: Zones | Unknown | None
    power_zones: Zones | Unknown | None
    step_length_m: float | None
    pool: Pool | None
    #: The numbers of figures and assessment that are approximate: short, with gaps, or with an assumed threshold.
    approximate: frozenset[str]


async def examine(database: Database, config: Config, activity: Activity) -> Examined:
    """Read an activity's file and compute all that it tells. Raises FileDamaged."""
    path = await FileStore(config.paths.files).open(database, activity)
    return await examine_track(database, config, activity, await asyncio.to_thread(read_track, path))


async def examine_track(database: Database, config: Config, activity: Activity, track: Track) -> Examined:
    """Compute all that the recording in an activity's file tells."""
    athletes = await Athletes.load(database, config)
    return await asyncio.to_thread(_examine, track, activity, athletes, config.latest("athlete.zones"))


def _examine(track: Track, activity: Activity, athletes: Athletes, zones: str) -> Examined:
    sport = sport_of(activity.activity_type)
    seconds = seconds_of_track(track, sport) if track.has("time_ms") else seconds_of((), {}, (), sport)
    measured = measure(track, activity.activity_type, seconds)
    figures = measured.figures
    athlete = athletes.on(Waiting(activity).day, figures.get("wearer", {}))
    assessment = assess(figures, sport, athlete)
    return Examined(
        track=track,
        measured=measured,
        seconds=seconds,
        athlete=athlete,
        assessment=assessment,
        unlocked_by=unlocked_by(figures, sport, athlete),
        heart_rate_zones=heart_rate_zones(figures, sport, athlete, zones),
        power_zones=power_zones(seconds, sport, athlete),
        step_length_m=_step_length_m(seconds, figures.get("running_cadence_spm")),
        pool=_pool(track),
        approximate=_approximate(measured, athlete, assessment),
    )


def _step_length_m(seconds: Seconds, running_spm: float | None) -> float | None:
    """Metres of each step of what was run."""
    run = [
        speed
        for speed, strides in zip(seconds.speed_mps, seconds.cadence_rpm, strict=True)
        if speed >= MOVING_MPS["walking"] and cadence_spm(strides) >= WALKING_BELOW_SPM
    ]
    speed = mean(run)
    return step_length_m(speed, running_spm) if speed and running_spm else None


def _pool(track: Track) -> Pool | None:
    length_m = next((each.pool_length_m for each in track.sessions if each.pool_length_m), None)
    lengths = pool_lengths(track.lengths)
    if not length_m or not any(each.active for each in lengths):
        return None
    return Pool(
        length_m,
        sum(each.active for each in lengths),
        swimming.pace_s_per_100m(lengths, length_m),
        swimming.mean_swolf(lengths),
        len(swimming.doubtful_lengths(lengths)),
    )


def pool_lengths(lengths: Iterable[Length]) -> list[swimming.Length]:
    """Those whose time is known, as the formulas of swimming take them."""
    return [
        swimming.Length(each.duration_s, each.strokes, active=each.active, drill=each.stroke == "drill")
        for each in lengths
        if each.duration_s
    ]


_OF_POWER = (
    "normalized_power_w", "variability", "power_efficiency", "intensity_factor", "training_stress",
)  # fmt: skip
_OF_SPEED = ("normalized_speed_mps", "speed_efficiency", "running_stress")
_OF_HEART_RATE = ("edwards", "trimp", "heart_rate_stress", "power_efficiency", "speed_efficiency")
_BASIS = {
    "power": "training_stress", "pace": "running_stress", "swim": "swim_stress", "heart_rate": "heart_rate_stress",
}  # fmt: skip


def _approximate(measured: Measured, athlete: Athlete, assessment: Assessment) -> frozenset[str]:
    figures, found = measured.figures, set[str]()
    coverage = figures.get("coverage", {})
    short = normalized_standing(figures.get("timer_s", 0)) == "short"
    if short or figures.get("power_is_approximate"):
        found.update(_OF_POWER)
    if figures.get("power_is_approximate"):
        found |= {"avg_power_w", "work_kj", "power_decoupling_percent"}
    if short or coverage.get("speed_mps", 1) < FULL_COVERAGE:
        found.update(_OF_SPEED)
    if coverage.get("speed_mps", 1) < FULL_COVERAGE:
        found |= {"avg_speed_mps", "avg_graded_speed_mps", "speed_decoupling_percent"}
    if coverage.get("heart_rate_bpm", 1) < FULL_COVERAGE:
        found.update(_OF_HEART_RATE)
    if athlete.threshold_heart_rate_bpm is None:
        found.add("heart_rate_stress")
    if _BASIS.get(assessment.basis or "") in found:
        found.add("load")
    return frozenset(found & {*figures, *assessment.numbers, "load"})
