"""The sports of files in the keys of Garmin's list ("trail_running"); both vocabularies are Garmin's own."""

from __future__ import annotations

import re

#: By FIT's sport and sub-sport, where the key is not one of these words.
_KEYS = {
    ("running", "treadmill"): "treadmill_running",
    ("running", "trail"): "trail_running",
    ("running", "track"): "track_running",
    ("running", "street"): "street_running",
    ("running", "virtual_activity"): "virtual_run",
    ("running", "ultra"): "ultra_run",
    ("running", "obstacle"): "obstacle_run",
    ("cycling", "road"): "road_biking",
    ("cycling", "mountain"): "mountain_biking",
    ("cycling", "downhill"): "downhill_biking",
    ("cycling", "spin"): "indoor_cycling",
    ("cycling", "virtual_activity"): "virtual_ride",
    ("cycling", "recumbent"): "recumbent_cycling",
    ("swimming", "open_water"): "open_water_swimming",
    ("swimming", "lap_swimming"): "lap_swimming",
    ("rowing", "indoor_rowing"): "indoor_rowing",
    ("generic", "virtual_activity"): "other",
}
#: Sub-sports that are keys by themselves, whatever the sport.
_OWN_KEYS = frozenset(
    {
        "backcountry_skiing",
        "bmx",
        "bouldering",
        "cardio_training",
        "casual_walking",
        "cyclocross",
        "e_bike_fitness",
        "e_bike_mountain",
        "elliptical",
        "gravel_cycling",
        "hand_cycling",
        "hiit",
        "indoor_climbing",
        "indoor_cycling",
        "indoor_running",
        "indoor_walking",
        "pilates",
        "speed_walking",
        "stair_climbing",
        "strength_training",
        "track_cycling",
        "yoga",
    }
)
_SPORTS = {
    "generic": "other",
    "biking": "cycling",
    "ride": "cycling",
    "run": "running",
    "walk": "walking",
    "hike": "hiking",
    "swim": "swimming",
    "multisport": "multi_sport",
    "e_biking": "e_bike_fitness",
    "training": "fitness_equipment",
    "cross_country_skiing": "cross_country_skiing_ws",
    "alpine_skiing": "resort_skiing_snowboarding_ws",
    "snowboarding": "resort_skiing_snowboarding_ws",
}


def activity_type(sport: str | None, sub_sport: str | None = None) -> str:
    """The key for a file's own words; "other" where they say nothing."""
    word, narrower = _word(sport), _word(sub_sport)
    if (word, narrower) in _KEYS:
        return _KEYS[word, narrower]
    if narrower in _OWN_KEYS:
        return narrower
    return _SPORTS.get(word, word) or "other"


def _word(text: str | None) -> str:
    """ "TrailRun" and "Trail run" as "trail_run". A bare number is some other program's own key."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", text or "")
    word = re.sub(r"[^a-z0-9]+", "_", parted.lower()).strip("_")[:64]
    return "" if word.isdecimal() else word
