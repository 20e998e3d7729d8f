"""Which of Garmin's endpoints a file's health takes the place of, and whether it tells all that they tell.

What a file tells is stored in any case. But only where it tells everything is its day fetched; else the day stays open
and a sync asks Garmin, whose answer then takes its place.
"""

from __future__ import annotations

from collections.abc import Mapping

#: A watch's files: endpoint → the metrics that have to be there. What is not named is never all: naps and restless
#: moments of a night, the means of respiration and oxygen, energy and goals of a day, another scale's weigh-ins.
FIT_GIVES: Mapping[str, frozenset[str]] = {
    "heart_rate": frozenset({"heart_rate"}),
    "stress": frozenset({"stress_level", "body_battery"}),
    "steps": frozenset({"steps"}),
    "floors": frozenset({"floors_ascended", "floors_descended"}),
    "intensity_minutes": frozenset({"intensity_minutes"}),
    "resting_heart_rate": frozenset({"resting_heart_rate"}),
    "hrv_summaries": frozenset({"hrv_last_night_avg", "hrv_weekly_avg", "hrv_status"}),
}
#: Of these the files have to cover the day from end to end.
NEEDS_WHOLE_DAY = FIT_GIVES.keys() - {"hrv_summaries"}

#: The account archive's JSON. Its nights have no stages, its days no readings, its health status another baseline.
ARCHIVE_GIVES: Mapping[str, frozenset[str]] = {
    "daily_summaries": frozenset(),
    "resting_heart_rate": frozenset({"resting_heart_rate"}),
    "training_readiness": frozenset({"training_readiness"}),
    "training_status": frozenset({"training_status", "training_load_acute", "training_load_chronic"}),
    "max_metrics": frozenset({"vo2max_running", "heat_acclimation", "altitude_acclimation"}),
    "fitness_age": frozenset({"fitness_age"}),
    "race_predictions": frozenset({"race_prediction_5k"}),
    "endurance_score": frozenset({"endurance_score"}),
    "hill_score": frozenset({"hill_score"}),
    "lactate_threshold_hr": frozenset({"lactate_threshold_hr"}),
    "lactate_threshold_speed": frozenset({"lactate_threshold_speed"}),
    "ftp_cycling": frozenset({"ftp_cycling"}),
    "hydration": frozenset({"hydration_goal"}),
    "sweat_loss": frozenset({"hydration_sweat_loss"}),
}
