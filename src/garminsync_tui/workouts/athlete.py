"""What is known of the one who trains, as far as a workout needs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..training.heart_rate import Sex, percent_of_max
from ..training.power import COGGAN_PERCENT
from .definition import Sport

#: Which setting gives what, and what it is called.
SETTINGS: dict[str, tuple[str, str]] = {
    "sex": ("athlete.sex", "sex"),
    "resting_heart_rate_bpm": ("athlete.resting_heart_rate_bpm", "resting heart rate"),
    "max_heart_rate_bpm": ("athlete.max_heart_rate_bpm", "maximum heart rate"),
    "threshold_heart_rate_bpm": ("athlete.threshold_heart_rate_bpm", "threshold heart rate"),
    "threshold_power_w": ("athlete.threshold_power_w", "threshold power"),
    "threshold_speed_mps": ("athlete.threshold_pace_s_per_km", "threshold pace"),
    "critical_swim_speed_mps": ("athlete.swim_pace_s_per_100m", "critical swim speed"),
}


@dataclass(frozen=True, slots=True)
class Athlete:
    """What was known of the athlete on one day; None, or empty, where it was not."""

    sex: Sex | None = None
    resting_heart_rate_bpm: float | None = None
    max_heart_rate_bpm: float | None = None
    threshold_heart_rate_bpm: float | None = None
    threshold_power_w: float | None = None
    threshold_speed_mps: float | None = None
    critical_swim_speed_mps: float | None = None
    #: Lower bounds of the watch's zones from 1 up; without them those of maximum and of threshold power count.
    heart_rate_zones_bpm: tuple[float, ...] = ()
    power_zones_w: tuple[float, ...] = ()
    #: How fast the athlete usually is in a sport, in a zone of it and (None) at all.
    usual_speeds_mps: Mapping[tuple[Sport, int | None], float] = field(default_factory=dict)
    #: The best recent runs: seconds by metres.
    best_runs_s: Mapping[float, float] = field(default_factory=dict)

    def heart_rate_bounds(self) -> tuple[float, ...]:
        """Lower bounds of zones of heart rate from 1 up; empty where nobody can say."""
        if self.heart_rate_zones_bpm or not self.max_heart_rate_bpm:
            return self.heart_rate_zones_bpm
        return percent_of_max(self.max_heart_rate_bpm)

    def power_bounds(self) -> tuple[float, ...]:
        """Lower bounds of zones of power from 1 up; empty where nobody can say."""
        if self.power_zones_w or not self.threshold_power_w:
            return self.power_zones_w
        return tuple(percent * self.threshold_power_w / 100 for percent in COGGAN_PERCENT)


def how_to_tell(*attributes: str) -> str:
    """What to do about something of the athlete that is not known: the settings to set."""
    return f"Set {' and '.join(SETTINGS[name][0] for name in attributes)} (`garminsync config edit`)."
