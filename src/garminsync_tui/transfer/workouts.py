"""Workouts out of recordings: what was done, as something to do again."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..formats import Lap, Track
from ..training.sports import sport_of
from ..workouts.definition import Pool, Sport, Workout
from ..workouts.from_laps import DoneLap, workout_from_laps

#: Types of activities with workouts of their own, beside those that `training.sports` knows.
_OTHERS: dict[str, Sport] = {
    "strength_training": "strength_training",
    "indoor_cardio": "cardio_training",
    "yoga": "yoga",
    "pilates": "pilates",
    "hiit": "hiit",
    "mobility": "mobility",
    "rucking": "rucking",
}


def workout_of_recording(track: Track, activity_type: str, name: str | None) -> Workout:
    """The workout that a recording's laps were. Raises InvalidWorkout where it has none."""
    length = next((each.pool_length_m for each in track.sessions if each.pool_length_m), None)
    sport = _OTHERS.get(activity_type) or sport_of(activity_type)
    pool = Pool(length) if length and sport == "swimming" else None
    return workout_from_laps(done_laps(track.laps), sport, name=name, pool=pool)


def done_laps(laps: Sequence[Lap]) -> list[DoneLap]:
    """Those whose time is known."""
    return [
        DoneLap(
            seconds=lap.duration_s,
            meters=lap.distance_m,
            heart_rate_bpm=lap.avg_heart_rate_bpm,
            power_w=lap.avg_power_w,
        )
        for lap in laps
        if lap.duration_s and math.isfinite(lap.duration_s)
    ]
