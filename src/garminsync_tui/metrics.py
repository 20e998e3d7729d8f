"""The catalogue of health metrics: name, unit, what a row is a value of, and what can be true.

A reading is a row at its instant. A day's or a night's value is a row at 00:00 UTC of its calendar date: a
date and not an instant, so that travel and changed zones can never count it twice. A total of a day ends in
`_total` and so never shares a name with readings. A metric that Garmin gives as a word has the word's
documented ordinal as its value: `words[value]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple


class Granularity(StrEnum):
    """What a row of a metric is a value of."""

    #: One instant of a series taken at regular intervals.
    SAMPLE = "sample"
    #: Something that happened at an instant: a weigh-in, the start of a stage of sleep.
    EVENT = "event"
    #: A calendar date, or the night that ended on it.
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Metric:
    """One kind of measurement. `lowest` to `highest`, both included, is plausible; the rest is not stored."""

    name: str
    unit: str | None
    granularity: Granularity
    lowest: float
    highest: float
    title: str
    about: str
    words: tuple[str, ...] = ()


class Reading(NamedTuple):
    """One value of one metric at one instant (milliseconds since 1970 UTC), with what else belongs to it."""

    metric: str
    at_ms: int
    value: float
    extra: dict[str, Any] | None = None


def day_ms(day: date) -> int:
    """Where a day's value lies: 00:00 UTC of its calendar date, in milliseconds since 1970."""
    return int(datetime.combine(day, time(), UTC).timestamp()) * 1000


def plausible(metric: str, value: float) -> bool:
    """Whether `value` can be true of `metric`. Raises KeyError for a name the catalogue does not have."""
    entry = METRICS[metric]
    return entry.lowest <= value <= entry.highest


_SAMPLE, _EVENT, _DAY = Granularity.SAMPLE, Granularity.EVENT, Granularity.DAY
_DAY_S = 25 * 3600  # the longest local day without travel
_FLIGHT_DAY_S = 50 * 3600  # a day over the date line, with room

_HRV_STATUS = ("none", "poor", "low", "unbalanced", "balanced")
_SLEEP_STAGES = ("deep", "light", "rem", "awake")

_CATALOGUE = (
    # Heart
    Metric("heart_rate", "bpm", _SAMPLE, 20, 250, "Heart rate", "Beats a minute, every two minutes."),
    Metric("resting_heart_rate", "bpm", _DAY, 20, 150, "Resting heart rate", "Beats a minute at rest."),
    Metric("min_heart_rate", "bpm", _DAY, 20, 250, "Lowest heart rate", "The day's lowest beats a minute."),
    Metric("max_heart_rate", "bpm", _DAY, 20, 250, "Highest heart rate", "The day's highest beats a minute."),
    Metric("hrv_rmssd", "ms", _SAMPLE, 1, 500, "Heart rate variability", "RMSSD of five minutes of sleep."),
    Metric("hrv_last_night_avg", "ms", _DAY, 1, 500, "HRV last night", "Mean variability of the night."),
    Metric("hrv_weekly_avg", "ms", _DAY, 1, 500, "HRV of seven nights", "Mean variability of seven nights."),
    Metric("hrv_5min_high", "ms", _DAY, 1, 500, "HRV best five minutes", "The night's highest five minutes."),
    Metric("hrv_baseline_low", "ms", _DAY, 1, 500, "HRV baseline, low end", "Where a balanced week begins."),
    Metric("hrv_baseline_high", "ms", _DAY, 1, 500, "HRV baseline, high end", "Where a balanced week ends."),
    # Ordinals of the FIT profile's hrv_status; 0 (none) means no baseline yet and is not stored.
    Metric("hrv_status", None, _DAY, 1, 4, "HRV status", "The week against the baseline.", _HRV_STATUS),
    # Sleep; a night belongs to the date on which it ended
    Metric("sleep", "s", _DAY, 60, _DAY_S, "Sleep", "Time asleep; the stages' totals are beside it."),
    Metric("sleep_deep", "s", _DAY, 0, _DAY_S, "Deep sleep", "Time in deep sleep."),
    Metric("sleep_light", "s", _DAY, 0, _DAY_S, "Light sleep", "Time in light sleep."),
    Metric("sleep_rem", "s", _DAY, 0, _DAY_S, "REM sleep", "Time in REM sleep."),
    Metric("sleep_awake", "s", _DAY, 0, _DAY_S, "Awake at night", "Time awake after falling asleep."),
    Metric("sleep_score", "points", _DAY, 1, 100, "Sleep score", "Garmin's score of the night, up to 100."),
    Metric("sleep_stage", None, _EVENT, 0, 3, "Stage of sleep", "The stage that begins here.", _SLEEP_STAGES),
    # Stress and energy
    Metric("stress_level", "points", _SAMPLE, 0, 100, "Stress", "From 0 (rest) to 100, every three minutes."),
    Metric("stress_avg", "points", _DAY, 1, 100, "Mean stress", "The day's mean stress."),
    Metric("stress_max", "points", _DAY, 1, 100, "Highest stress", "The day's highest stress."),
    Metric("body_battery", "points", _SAMPLE, 1, 100, "Body battery", "Energy left, from 5 to 100."),
    Metric("body_battery_charged", "points", _DAY, 0, 200, "Body battery charged", "Energy gained."),
    Metric("body_battery_drained", "points", _DAY, 0, 200, "Body battery drained", "Energy spent."),
    Metric("body_battery_high", "points", _DAY, 1, 100, "Body battery, highest", "The day's highest."),
    Metric("body_battery_low", "points", _DAY, 1, 100, "Body battery, lowest", "The day's lowest."),
    # Movement
    Metric("steps", "count", _SAMPLE, 0, 10_000, "Steps", "Steps in fifteen minutes."),
    Metric("steps_total", "count", _DAY, 0, 300_000, "Steps of the day", "All steps of the day."),
    Metric("step_goal", "count", _DAY, 1, 300_000, "Step goal", "How many steps the day asked for."),
    Metric("distance_total", "m", _DAY, 0, 1_000_000, "Distance of the day", "Distance covered."),
    Metric("floors_ascended_total", "count", _DAY, 0, 5_000, "Floors climbed", "Floors of 3 m, up."),
    Metric("floors_descended_total", "count", _DAY, 0, 5_000, "Floors descended", "Floors of 3 m, down."),
    Metric("intensity_minutes_moderate_total", "min", _DAY, 0, 3_000, "Moderate minutes", "Brisk effort."),
    Metric("intensity_minutes_vigorous_total", "min", _DAY, 0, 3_000, "Vigorous minutes", "Hard effort."),
    Metric("calories_total", "kcal", _DAY, 1, 50_000, "Energy of the day", "Energy at rest and in motion."),
    Metric("calories_active_total", "kcal", _DAY, 0, 50_000, "Active energy", "Energy in motion."),
    Metric("calories_bmr_total", "kcal", _DAY, 1, 50_000, "Resting energy", "Energy spent at rest."),
    Metric(
        "sedentary_time_total", "s", _DAY, 0, _FLIGHT_DAY_S, "Sitting", "No movement, where Garmin's range tells it."
    ),
    Metric("active_time_total", "s", _DAY, 0, _FLIGHT_DAY_S, "Active", "Movement, where Garmin's range tells it."),
    Metric(
        "highly_active_time_total",
        "s",
        _DAY,
        0,
        _FLIGHT_DAY_S,
        "Highly active",
        "Hard motion, where Garmin's range tells it.",
    ),
    # Body
    Metric("weight", "kg", _EVENT, 2, 650, "Weight", "One weigh-in."),
    Metric("body_composition", "kg", _EVENT, 2, 650, "Body composition", "Weight, and what it consists of."),
    Metric("bmi", "kg/m²", _EVENT, 5, 200, "Body mass index", "Weight over height squared."),
    Metric("body_fat", "%", _EVENT, 1, 90, "Body fat", "Share of fat in the weight."),
    Metric("body_water", "%", _EVENT, 1, 90, "Body water", "Share of water in the weight."),
    Metric("bone_mass", "kg", _EVENT, 0.1, 30, "Bone mass", "Weight of the bones."),
    Metric("muscle_mass", "kg", _EVENT, 1, 200, "Muscle mass", "Weight of the muscles."),
    Metric("visceral_fat", "rating", _EVENT, 1, 60, "Visceral fat", "A rating; up to 12 is healthy."),
    Metric("metabolic_age", "years", _EVENT, 1, 150, "Metabolic age", "Age with this resting energy."),
    Metric("physique_rating", "rating", _EVENT, 1, 9, "Physique rating", "From 1 to 9 (very muscular)."),
    Metric("blood_pressure_systolic", "mmHg", _EVENT, 40, 300, "Systolic pressure", "As the heart beats."),
    Metric("blood_pressure_diastolic", "mmHg", _EVENT, 20, 200, "Diastolic pressure", "Between two beats."),
    Metric("blood_pressure_pulse", "bpm", _EVENT, 20, 250, "Pulse, with pressure", "As the cuff measured it."),
    # Garmin's 0 means that nothing was entered.
    Metric("hydration_intake", "ml", _DAY, 1, 30_000, "Water drunk", "What was entered as drunk that day."),
    Metric("hydration_goal", "ml", _DAY, 1, 30_000, "Water goal", "How much the day asked for."),
)

#: Every metric by its name.
METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _CATALOGUE})
