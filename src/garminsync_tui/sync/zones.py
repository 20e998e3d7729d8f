"""How long an activity was spent in which zone of heart rate and of power."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any, NamedTuple

from ..training import heart_rate
from ..training.heuristics import LEAST_COVERAGE
from ..training.power import COGGAN_PERCENT, power_zone_seconds
from ..training.seconds import Seconds
from ..training.sports import Sport
from .assess import Athlete

#: What zones are made from, for people; those of heart rate by the setting athlete.zones, "garmin" the watch's.
BASES = {
    "garmin": "the watch's own",
    "maximum": "of maximum heart rate",
    "reserve": "of heart rate reserve (Karvonen)",
    "threshold": "of threshold heart rate (Friel)",
    "power": "of threshold power (Coggan)",
}
_FRIEL = ("1", "2", "3", "4", "5a", "5b", "5c")
_FEWEST_BOUNDS = 3


class Zone(NamedTuple):
    """Seconds from `low` up to, but without, `high` (None: without end), in bpm or W."""

    name: str
    low: float
    high: float | None
    seconds: int


class Zones(NamedTuple):
    """Zones from the lowest up. Timer seconds without a measurement are in none of them."""

    basis: str
    zones: tuple[Zone, ...]
    unmeasured_s: int


class Unknown(NamedTuple):
    """There are no zones before one of these is known of the athlete (see `assess.py`)."""

    attributes: tuple[str, ...]


def heart_rate_zones(figures: Mapping[str, Any], sport: Sport, athlete: Athlete, chosen: str) -> Zones | Unknown | None:
    """By the setting athlete.zones; the watch's are of maximum where it has none. None without heart rate."""
    seconds_at = {int(bpm): seconds for bpm, seconds in figures.get("heart_rate_s", {}).items()}
    if not seconds_at:
        return None
    watch = figures.get("wearer", {}).get("heart_rate_zone_bounds_bpm") or ()
    if chosen == "garmin" and len(watch) < _FEWEST_BOUNDS:
        chosen = "maximum"
    needed = {
        "maximum": ("max_heart_rate_bpm",),
        "reserve": ("resting_heart_rate_bpm", "max_heart_rate_bpm"),
        "threshold": ("threshold_heart_rate_bpm",),
    }.get(chosen, ())
    if unknown := tuple(name for name in needed if not getattr(athlete, name)):
        return Unknown(unknown)
    bounds = _bounds(chosen, watch, sport, athlete)
    names = _FRIEL if chosen == "threshold" else tuple(str(number) for number in range(1, len(bounds) + 1))
    below, *within = heart_rate.seconds_in_zones(seconds_at, bounds)
    zones = _zones(names, bounds, within)
    if bounds[0] > 0:
        zones = (Zone("below", 0, bounds[0], below), *zones)
    return Zones(chosen, zones, int(figures.get("timer_s", 0)) - sum(seconds_at.values()))


def _bounds(chosen: str, watch: Sequence[float], sport: Sport, athlete: Athlete) -> tuple[float, ...]:
    resting, highest = athlete.resting_heart_rate_bpm or 0.0, athlete.max_heart_rate_bpm or 0.0
    match chosen:
        case "maximum":
            return heart_rate.percent_of_max(highest)
        case "reserve":
            return heart_rate.percent_of_reserve(resting, highest)
        case "threshold":
            return heart_rate.friel_threshold(athlete.threshold_heart_rate_bpm or 0.0, sport)
        case _:
            # FIT calls them the highest beats of zones 0, 1, 2 …, but watches count each of them in the zone above:
            # so their own seconds in zones, which some files have too, come out. The last is the maximum.
            return tuple(watch[:-1])


def power_zones(seconds: Seconds, sport: Sport, athlete: Athlete) -> Zones | Unknown | None:
    """Coggan's seven levels; None where power is missing, or is not that of pedals."""
    if sport not in {"cycling", "other"} or seconds.coverage("power_w") < LEAST_COVERAGE:
        return None
    threshold_w = athlete.threshold_power_w
    spent = power_zone_seconds(seconds.power_w, threshold_w)
    if not threshold_w or spent is None:
        return Unknown(("threshold_power_w",))
    bounds = tuple(percent * threshold_w / 100 for percent in COGGAN_PERCENT)
    names = tuple(str(number) for number in range(1, len(bounds) + 1))
    return Zones("power", _zones(names, bounds, spent), sum(map(isnan, seconds.power_w)))


def _zones(names: Sequence[str], bounds: Sequence[float], seconds: Sequence[int]) -> tuple[Zone, ...]:
    highs = (*bounds[1:], None)
    return tuple(Zone(*each) for each in zip(names, bounds, highs, seconds, strict=True))
