"""The catalogue of health metrics: name, unit, what a row is a value of, and what can be true.

A reading is a row at its instant. A day's or a night's value is a row at 00:00 UTC of its calendar date: a
date and not an instant, so that travel and changed zones can never count it twice. A total of a day ends in
`_total` and so never shares a name with readings. A metric that Garmin gives as a word has the word's
documented ordinal as its value: `words[value]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
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


_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


def day_ms(day: date) -> int:
    """Where a day's value lies: 00:00 UTC of its calendar date, in milliseconds since 1970."""
    return (day.toordinal() - _EPOCH_ORDINAL) * 86_400_000


def plausible(metric: str, value: float) -> bool:
    """Whether `value` can be true of `metric`. Raises KeyError for a name the catalogue does not have."""
    entry = METRICS[metric]
    return entry.lowest <= value <= entry.highest


_SAMPLE, _EVENT, _DAY = Granularity.SAMPLE, Granularity.EVENT, Granularity.DAY
_DAY_S = 25 * 3600  # the longest local day without travel
_FLIGHT_DAY_S = 50 * 3600  # a day over the date line, with room

_HRV_STATUS = ("none", "poor", "low", "unbalanced", "balanced")
_SLEEP_STAGES = ("deep", "light", "rem", "awake")
_TRAINING_STATUS = (
    "no_status", "detraining", "unproductive", "overreaching", "maintaining", "recovery", "peaking", "productive",
    "strained", "paused",
)  # fmt: skip
_SEVERITIES = ("none", "low", "medium", "high")
_PHASES = ("none", "menstrual", "follicular", "ovulation", "luteal")

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
    Metric("sleep_need", "min", _DAY, 1, 1440, "Sleep need", "How much sleep the night asked for."),
    Metric("sleep_movement", "index", _SAMPLE, 0, 100, "Movement asleep", "From 0 (still) upwards."),
    Metric("sleep_restless_moment", "count", _EVENT, 1, 1000, "Restless moment", "Stirring in sleep, at its instant."),
    Metric("nap_duration", "s", _EVENT, 60, 43_200, "Nap", "Time asleep by day, at its beginning."),
    Metric("skin_temp_deviation", "°C", _DAY, -15, 15, "Skin temperature", "Against your usual at night."),
    # Ordinals of the FIT profile's sleep_disruption_severity.
    Metric(
        "breathing_disruption", None, _EVENT, 0, 3, "Disrupted breath", "How disrupted it is from here.", _SEVERITIES
    ),
    # Breath
    Metric("respiration_rate", "brpm", _SAMPLE, 1, 100, "Respiration", "Breaths a minute, every two minutes."),
    Metric("respiration_waking_avg", "brpm", _DAY, 1, 100, "Respiration awake", "The day's mean while awake."),
    Metric("respiration_sleep_avg", "brpm", _DAY, 1, 100, "Respiration asleep", "The night's mean."),
    Metric("respiration_low", "brpm", _DAY, 1, 100, "Lowest respiration", "The day's fewest breaths a minute."),
    Metric("respiration_high", "brpm", _DAY, 1, 100, "Highest respiration", "The day's most breaths a minute."),
    Metric("spo2", "%", _SAMPLE, 50, 100, "Blood oxygen", "Mean saturation of an hour."),
    Metric("spo2_avg", "%", _DAY, 50, 100, "Mean blood oxygen", "The day's mean saturation."),
    Metric("spo2_low", "%", _DAY, 50, 100, "Lowest blood oxygen", "The day's lowest saturation."),
    # Stress and energy
    Metric("stress_level", "points", _SAMPLE, 0, 100, "Stress", "From 0 (rest) to 100, every three minutes."),
    Metric("stress_avg", "points", _DAY, 1, 100, "Mean stress", "The day's mean stress."),
    Metric("stress_max", "points", _DAY, 1, 100, "Highest stress", "The day's highest stress."),
    Metric("body_battery", "points", _SAMPLE, 1, 100, "Body battery", "Energy left, from 5 to 100."),
    Metric("body_battery_charged", "points", _DAY, 0, 200, "Body battery charged", "Energy gained."),
    Metric("body_battery_drained", "points", _DAY, 0, 200, "Body battery drained", "Energy spent."),
    Metric("body_battery_high", "points", _DAY, 1, 100, "Body battery, highest", "The day's highest."),
    Metric("body_battery_low", "points", _DAY, 1, 100, "Body battery, lowest", "The day's lowest."),
    Metric(
        "body_battery_event", "points", _EVENT, -100, 100, "Body battery event", "Energy gained, or lost (below 0)."
    ),
    # Movement
    Metric("steps", "count", _SAMPLE, 0, 10_000, "Steps", "Steps in fifteen minutes."),
    Metric("steps_total", "count", _DAY, 0, 300_000, "Steps of the day", "All steps of the day."),
    Metric("step_goal", "count", _DAY, 1, 300_000, "Step goal", "How many steps the day asked for."),
    Metric("distance_total", "m", _DAY, 0, 1_000_000, "Distance of the day", "Distance covered."),
    Metric("floors_ascended", "count", _SAMPLE, 0, 200, "Floors up", "Floors climbed in fifteen minutes."),
    Metric("floors_descended", "count", _SAMPLE, 0, 200, "Floors down", "Floors descended in fifteen minutes."),
    Metric("floors_ascended_total", "count", _DAY, 0, 5_000, "Floors climbed", "Floors of 3 m, up."),
    Metric("floors_descended_total", "count", _DAY, 0, 5_000, "Floors descended", "Floors of 3 m, down."),
    Metric("intensity_minutes", "min", _SAMPLE, 0, 120, "Intensity minutes", "Minutes of effort, as Garmin counts."),
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
    # Training
    Metric("vo2max_running", "ml/kg/min", _DAY, 10, 100, "VO2 max, running", "Oxygen at full effort, on foot."),
    Metric("vo2max_cycling", "ml/kg/min", _DAY, 10, 100, "VO2 max, cycling", "Oxygen at full effort, by bike."),
    Metric("fitness_age", "years", _DAY, 5, 120, "Fitness age", "Age of people as fit as this."),
    Metric("training_readiness", "points", _EVENT, 1, 100, "Training readiness", "Fit for training, up to 100."),
    Metric("recovery_time", "s", _EVENT, 0, 864_000, "Recovery time", "Until the next hard effort."),
    # Ordinals as recorded for 1, 4, 5 and 7; the word decides. 0 means no status yet and is not stored.
    Metric("training_status", None, _DAY, 1, 9, "Training status", "What training does now.", _TRAINING_STATUS),
    Metric("training_load_acute", "load", _DAY, 0, 20_000, "Acute load", "Load of about a week, weighted."),
    Metric("training_load_chronic", "load", _DAY, 0, 20_000, "Chronic load", "Load of about four weeks."),
    Metric("acwr", "ratio", _DAY, 0, 20, "Load ratio", "Acute over chronic load, as Garmin rounds it."),
    Metric("heat_acclimation", "%", _DAY, 0, 100, "Heat acclimation", "How used to heat, up to 100 %."),
    Metric("altitude_acclimation", "m", _DAY, 0, 9_000, "Altitude acclimation", "The height one is used to."),
    Metric("race_prediction_5k", "s", _DAY, 600, 20_000, "Predicted 5 km", "Garmin's time for a 5 km race."),
    Metric("race_prediction_10k", "s", _DAY, 1_300, 40_000, "Predicted 10 km", "Garmin's time for 10 km."),
    Metric("race_prediction_half", "s", _DAY, 2_900, 90_000, "Predicted half marathon", "Garmin's time for it."),
    Metric("race_prediction_marathon", "s", _DAY, 6_000, 180_000, "Predicted marathon", "Garmin's time for it."),
    Metric("endurance_score", "points", _DAY, 1, 20_000, "Endurance score", "Lasting effort, to about 10 500."),
    Metric("hill_score", "points", _DAY, 1, 100, "Hill score", "Strength and endurance uphill, up to 100."),
    Metric("running_tolerance", "load", _DAY, 1, 1_000_000, "Running tolerance", "Impact a week can hold."),
    Metric("impact_load", "load", _DAY, 0, 1_000_000, "Impact load", "Impact of a week's runs, in level metres."),
    Metric("lactate_threshold_hr", "bpm", _DAY, 60, 230, "Threshold heart rate", "On the day it was found."),
    Metric("lactate_threshold_speed", "m/s", _DAY, 1, 8, "Threshold speed", "On the day it was found."),
    Metric("ftp_cycling", "W", _DAY, 20, 700, "Cycling FTP", "Power of an hour, on the day it was found."),
    Metric("blood_pressure_systolic", "mmHg", _EVENT, 40, 300, "Systolic pressure", "As the heart beats."),
    Metric("blood_pressure_diastolic", "mmHg", _EVENT, 20, 200, "Diastolic pressure", "Between two beats."),
    Metric("blood_pressure_pulse", "bpm", _EVENT, 20, 250, "Pulse, with pressure", "As the cuff measured it."),
    # Garmin's 0 means that nothing was entered.
    Metric("hydration_intake", "ml", _DAY, 1, 30_000, "Water drunk", "What was entered as drunk that day."),
    Metric("hydration_goal", "ml", _DAY, 1, 30_000, "Water goal", "How much the day asked for."),
)

_EXTRAS = (
    Metric("load_low_aerobic", "load", _DAY, 0, 100_000, "Low aerobic load", "Easy load of four weeks, and its aim."),
    Metric("load_high_aerobic", "load", _DAY, 0, 100_000, "High aerobic load", "Hard load of four weeks, and its aim."),
    Metric("load_anaerobic", "load", _DAY, 0, 100_000, "Anaerobic load", "Load of sprints in four weeks, and its aim."),
    Metric("hydration_sweat_loss", "ml", _DAY, 1, 50_000, "Sweat lost", "Garmin's estimate for the day's activities."),
    # Garmin's own numbers; others are of a pregnancy and are not stored.
    Metric("menstrual_phase", None, _DAY, 1, 4, "Phase of the cycle", "As Garmin counts it.", _PHASES),
    Metric("menstrual_cycle_day", "day", _DAY, 1, 400, "Day of the cycle", "1 is the first day of the period."),
    Metric("nutrition_calories", "kcal", _DAY, 0, 50_000, "Energy eaten", "All that was logged as eaten that day."),
    Metric("nutrition_protein", "kg", _DAY, 0, 5, "Protein eaten", "All that was logged as eaten that day."),
    Metric("nutrition_carbs", "kg", _DAY, 0, 10, "Carbohydrates eaten", "All that was logged as eaten that day."),
    Metric("nutrition_fat", "kg", _DAY, 0, 5, "Fat eaten", "All that was logged as eaten that day."),
    Metric("lifestyle", "count", _DAY, 0, 1_000, "Habits", "How many were answered yes, and each by its name."),
    Metric("solar_intensity", "%", _SAMPLE, 0, 100, "Sunlight", "What reached the watch's glass, by the minute."),
)

#: Every metric by its name.
METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in (*_CATALOGUE, *_EXTRAS)})

#: Those that are asked for only where somebody names them: of interest to few or private, most at a request a day.
EXTRAS = tuple(metric.name for metric in _EXTRAS)
