"""Which of the few sports that have numbers of their own an activity belongs to."""

from __future__ import annotations

import re
from typing import Literal

Sport = Literal["running", "cycling", "swimming", "walking", "other"]

_WORDS: dict[str, Sport] = {
    "run": "running",
    "running": "running",
    "ride": "cycling",
    "bike": "cycling",
    "biking": "cycling",
    "cycling": "cycling",
    "cyclocross": "cycling",
    "bmx": "cycling",
    "mtb": "cycling",
    "swim": "swimming",
    "swimming": "swimming",
    "walk": "walking",
    "walking": "walking",
    "hike": "walking",
    "hiking": "walking",
    "rucking": "walking",
}
# Garmin's push runs and walks: the speeds are a wheelchair's, none of the formulas for feet holds.
_NOT_ON_FOOT = "wheelchair"
# Where the distance is the device's own estimate, a game's or a pool's length, and positions mean nothing.
_INDOOR = frozenset({"indoor", "treadmill", "virtual", "lap", "elliptical", "fitness", "stair"})


def sport_of(activity_type: str) -> Sport:
    """The sport of a type in Garmin's keys ("trail_running"), FIT's, TCX's or GPX's words ("Biking")."""
    words = _words(activity_type)
    if _NOT_ON_FOOT in words:
        return "other"
    return next((_WORDS[word] for word in words if word in _WORDS), "other")


def is_indoor(activity_type: str) -> bool:
    """Whether positions and distance of such an activity are no measurement of a way: treadmill, trainer, pool."""
    return not _INDOOR.isdisjoint(_words(activity_type))


def _words(activity_type: str) -> list[str]:
    """The parts of a name, however it is joined: lap_swimming, "Virtual Ride", TrailRun."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", activity_type)
    return [word for word in re.split(r"[^a-z]+", parted.lower()) if word]
