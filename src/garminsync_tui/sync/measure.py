"""What an activity's file tells by itself, computed once and kept: its numbers and its best efforts.

Nothing here depends on who the athlete is; what does (load, zones, intensity) is derived from these numbers in
`assess.py` whenever a threshold becomes known, without opening files again. Runs in worker processes, so nothing is
imported that only the rest of the program needs.
"""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import FileDamaged
from ..formats import COLUMNS, NO_TIME, Track, moved_m, read_track, travelled_m
from ..training.efforts import best_efforts
from ..training.elevation import climbed, smoothed
from ..training.heart_rate import histogram
from ..training.moving import moving_seconds
from ..training.power import mean_maximal, normalized_power_w, normalized_standing, variability_index, work_kj
from ..training.rolling import mean, measured
from ..training.running import graded_speeds, mean_cadence_spm, normalized_speed_mps
from ..training.seconds import Seconds, seconds_of
from ..training.sports import Sport, is_indoor, sport_of
from ..training.steadiness import decoupling, efficiency_factor

Figures = dict[str, Any]


class Best(NamedTuple):
    """A best effort: see `models.ActivityBest`."""

    kind: str
    span: float
    value: float
    starts_at_ms: int
    note: str | None


@dataclass(frozen=True, slots=True)
class Measured:
    """What one file holds. `problem` says why it could not be read; then there is nothing else."""

    sport: Sport
    figures: Figures
    bests: tuple[Best, ...] = ()
    problem: str | None = None


def measure_file(path: Path, activity_type: str) -> Measured:
    """Read a file and compute what it tells; one that cannot be read gives its problem. Raises OSError."""
    try:
        return measure(read_track(path), activity_type)
    except FileDamaged as damage:
        return Measured(sport_of(activity_type), {}, problem=damage.reason)
    except (OSError, MemoryError):
        raise
    except Exception as fault:  # one file that nobody foresaw must not keep all others from being read
        where = traceback.extract_tb(fault.__traceback__)[-1]
        problem = f"a fault of the program: {type(fault).__name__} in {where.name}, line {where.lineno}"
        return Measured(sport_of(activity_type), {}, problem=problem)


def serve(niceness: int) -> None:
    """Begin a worker process; what it is begun with is imported into it, so it is not beside its caller."""
    os.nice(niceness)
    # Ctrl-C is for the program that waits for this process: it ends it when its own page is done.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def measure(track: Track, activity_type: str, seconds: Seconds | None = None) -> Measured:
    """The numbers of a recording: each named with its unit, and absent where it cannot be computed honestly.

    `seconds` are the track's own (`seconds_of_track`), where somebody needs them too.
    """
    sport = sport_of(activity_type)
    if not len(track) or track.time_ms[0] == NO_TIME:
        return Measured(sport, _known({"swum": _swum(track)}))
    seconds = seconds_of_track(track, sport) if seconds is None else seconds
    positions_m = None if is_indoor(activity_type) else travelled_m(track)
    heights_m = smoothed(seconds.altitude_m)
    figures: Figures = {
        "timer_s": len(seconds),
        "elapsed_s": (track.time_ms[-1] - track.time_ms[0]) / 1000,
        "moving_s": moving_seconds(seconds.speed_mps, sport) or None,
        "coverage": _coverage(seconds),
        "guarded": dict(seconds.guarded),
        "wearer": _wearer(track),
        "swum": _swum(track),
        **_heart_rate(seconds),
        **_power(seconds),
        **_speed(seconds, heights_m, sport, indoor=is_indoor(activity_type)),
        **_climb(track, heights_m),
    }
    bests = (*_distance_bests(track, sport, activity_type, positions_m), *_power_bests(track, seconds))
    return Measured(sport, _known(figures), bests)


def seconds_of_track(track: Track, sport: Sport) -> Seconds:
    """A track on the timer's clock, one value a second."""
    columns = {name: getattr(track, name) for name in COLUMNS if track.has(name)}
    if (way := _way_m(track)) is not None:
        columns["distance_m"] = way
    weight_kg = track.wearer.weight_kg if track.wearer else None
    return seconds_of(track.time_ms, columns, track.pauses, sport, weight_kg=weight_kg)


def _way_m(track: Track) -> Sequence[float] | None:
    """The distance at each point as the device measured it, else from its positions."""
    return track.distance_m if track.has("distance_m") else moved_m(track)


def _known(figures: Mapping[str, Any]) -> Figures:
    """Without what is not there; numbers no longer than what they are measured with."""
    return {name: _short(value) for name, value in figures.items() if value not in (None, {}, ())}


def _short(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 5) if isfinite(value) else None
    if isinstance(value, dict):
        return {name: _short(each) for name, each in value.items() if each is not None}
    return value


def _coverage(seconds: Seconds) -> Figures:
    covered = {name: seconds.coverage(name) for name in ("heart_rate_bpm", "power_w", "speed_mps", "altitude_m")}
    return {name: share for name, share in covered.items() if share}


def _wearer(track: Track) -> Figures | None:
    """What the device knew of its wearer: thresholds of that day, better than anything found out later."""
    wearer = track.wearer
    session_w = next((each.threshold_power_w for each in track.sessions if each.threshold_power_w), None)
    return _known(
        {
            "sex": wearer.sex,
            "resting_heart_rate_bpm": wearer.resting_heart_rate_bpm,
            "max_heart_rate_bpm": wearer.max_heart_rate_bpm,
            "threshold_heart_rate_bpm": wearer.threshold_heart_rate_bpm,
            "threshold_power_w": session_w or wearer.threshold_power_w,
            "heart_rate_zone_bounds_bpm": list(wearer.heart_rate_zone_bounds_bpm) or None,
        }
        if wearer
        else {"threshold_power_w": session_w}
    )


def _heart_rate(seconds: Seconds) -> Figures:
    counted = histogram(seconds.heart_rate_bpm)
    if not counted:
        return {}
    return {
        "avg_heart_rate_bpm": mean(seconds.heart_rate_bpm),
        "max_heart_rate_bpm": max(counted),
        # Seconds at each beat: from it all that depends on the athlete's heart can be derived later.
        "heart_rate_s": {str(bpm): count for bpm, count in sorted(counted.items())},
    }


def _power(seconds: Seconds) -> Figures:
    if seconds.trust("power_w") == "none":
        return {}
    standing = normalized_standing(len(seconds))
    normalized = normalized_power_w(seconds.power_w) if standing != "none" else None
    steady = decoupling(seconds.power_w, seconds.heart_rate_bpm)
    return {
        "avg_power_w": mean(seconds.power_w),
        "work_kj": work_kj(seconds.power_w),
        "normalized_power_w": normalized,
        "normalized_is_short": True if standing == "short" else None,
        "power_is_approximate": True if seconds.trust("power_w") == "approximate" else None,
        "variability": variability_index(seconds.power_w) if normalized else None,
        "power_decoupling_percent": steady.percent,
        "power_efficiency": efficiency_factor(normalized, _trusted_heart_rate(seconds)),
    }


def _trusted_heart_rate(seconds: Seconds) -> float | None:
    return mean(seconds.heart_rate_bpm) if seconds.trust("heart_rate_bpm") != "none" else None


def _speed(seconds: Seconds, heights_m: Sequence[float], sport: Sport, *, indoor: bool) -> Figures:
    fastest = max(measured(seconds.speed_mps), default=0.0)
    if not fastest:
        return {}  # a trainer that says 0 all the way says nothing
    figures: Figures = {"avg_speed_mps": mean(seconds.speed_mps), "max_speed_mps": fastest}
    if sport != "running" or seconds.trust("speed_mps") == "none":
        return figures
    # A treadmill's slope is in no recording: there the speed is what it is.
    graded = seconds.speed_mps if indoor else graded_speeds(seconds.speed_mps, seconds.distance_m, heights_m)
    normalized = normalized_speed_mps(graded) if normalized_standing(len(seconds)) != "none" else None
    beats = _trusted_heart_rate(seconds)
    cadence = mean_cadence_spm(seconds.cadence_rpm, seconds.speed_mps)
    return figures | {
        "avg_graded_speed_mps": mean(graded),
        "normalized_speed_mps": normalized,
        "speed_decoupling_percent": decoupling(graded, seconds.heart_rate_bpm, least_output=0.9).percent,
        "speed_efficiency": efficiency_factor(normalized * 60 if normalized else None, beats),
        "running_cadence_spm": cadence.running_spm,
        "walking_cadence_spm": cadence.walking_spm,
    }


def _climb(track: Track, heights_m: Sequence[float]) -> Figures:
    if not track.has("altitude_m"):
        return {}
    # A barometer shows itself by what the device summed up: receivers without one mostly give no ascent.
    climb = climbed(heights_m, barometric=any(each.ascent_m is not None for each in track.sessions))
    return {"ascent_m": climb.gain_m, "descent_m": climb.loss_m} if climb else {}


def _swum(track: Track) -> Figures | None:
    """Metres and seconds of the pool lengths that were swum."""
    pool_m = next((each.pool_length_m for each in track.sessions if each.pool_length_m), None)
    swum = [length.duration_s for length in track.lengths if length.active and length.duration_s]
    return {"m": pool_m * len(swum), "s": sum(swum)} if pool_m and swum else None


# ── Best efforts ─────────────────────────────────────────────────────────────────────────────────────


def _distance_bests(track: Track, sport: Sport, activity_type: str, positions_m: Sequence[float] | None) -> list[Best]:
    start_ms = track.time_ms[0]
    way = _way_m(track)
    if way is None or sport == "swimming":
        return []
    efforts = best_efforts(
        [(moment - start_ms) / 1000 for moment in track.time_ms],
        way,
        sport,
        speed_mps=track.speed_mps if track.has("speed_mps") else None,
        altitude_m=track.altitude_m if track.has("altitude_m") else None,
        positions_m=positions_m,
    )
    indoor = is_indoor(activity_type)
    return [
        Best("distance", each.span, each.value, start_ms + round(each.start_s * 1000), _note(each.note, indoor))
        for each in efforts
    ]


def _note(note: str | None, indoor: bool) -> str | None:
    return "indoor" if indoor and note != "suspect" else note


def _power_bests(track: Track, seconds: Seconds) -> list[Best]:
    if seconds.trust("power_w") == "none":
        return []
    found = mean_maximal(seconds.power_w, seconds.elapsed_s, median_gap_s=seconds.median_gap_s)
    return [
        Best("power", float(duration_s), best.watts, track.time_ms[0] + best.start_s * 1000, None)
        for duration_s, best in found.items()
        if best.watts > 0
    ]
