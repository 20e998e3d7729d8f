"""The numbers of an activity for people and programs: ours with what they need, and Garmin's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from ..formats import Session
    from ..units import Units
    from .examine import Examined

#: What a load can be computed from, for people.
BASES = {"power": "power", "pace": "pace", "swim": "swim pace", "heart_rate": "heart rate"}


class Number(NamedTuple):
    """One number for people. `figure` is its name in what was computed, `explained` in `training.explanations`."""

    label: str
    text: str
    figure: str
    explained: str


def numbers(seen: Examined, activity_type: str, units: Units) -> list[Number]:
    """All that could be computed, in the order in which it is read."""
    from .. import units as u

    found = computed(seen)
    pace = u.is_pace(activity_type)

    def speed(value: float) -> str:
        return u.speed(value, activity_type, units)

    def plain(decimals: int, unit: str = "") -> Callable[[float], str]:
        return lambda value: f"{u.number(value, decimals)} {unit}".rstrip()

    rows: list[tuple[str, str, str, Callable[[float], str]]] = [
        ("moving time", "moving_s", "moving_time", u.duration),
        ("climb", "ascent_m", "ascent", lambda value: u.elevation(value, units)),
        ("descent", "descent_m", "ascent", lambda value: u.elevation(value, units)),
        ("average pace" if pace else "average speed", "avg_speed_mps", "average_speed", speed),
        ("on flat ground", "avg_graded_speed_mps", "graded_speed", speed),
        ("normalized, flat", "normalized_speed_mps", "normalized_speed", speed),
        ("swim pace", "swim_speed_mps", "swim_pace", speed),
        ("SWOLF", "swolf", "swolf", plain(0)),
        ("average power", "avg_power_w", "average_power", u.power),
        ("normalized power", "normalized_power_w", "normalized_power", u.power),
        ("intensity", "intensity_factor", "intensity_factor", plain(2)),
        ("variability", "variability_index", "variability_index", plain(2)),
        ("work", "work_j", "work", lambda value: f"{u.number(value / 1000)} kJ"),
        ("cadence", "running_cadence_spm", "cadence", plain(0, "spm")),
        ("walking cadence", "walking_cadence_spm", "cadence", plain(0, "spm")),
        ("step length", "step_length_m", "step_length", plain(2, "m")),
        ("efficiency", "power_efficiency_w_per_bpm", "efficiency_factor", plain(2, "W/bpm")),
        ("efficiency, pace", "speed_efficiency_m_per_beat", "efficiency_factor", plain(2, "m/min/bpm")),
        ("decoupling", "power_decoupling_percent", "decoupling", plain(1, "%")),
        ("decoupling, pace", "speed_decoupling_percent", "decoupling", plain(1, "%")),
        ("stress, power", "training_stress_points", "training_stress", plain(0)),
        ("stress, pace", "running_stress_points", "running_stress", plain(0)),
        ("stress, swim", "swim_stress_points", "swim_stress", plain(0)),
        ("stress, heart", "heart_rate_stress_points", "heart_rate_stress", plain(0)),
        ("TRIMP", "trimp_points", "trimp", plain(0)),
        ("Edwards", "edwards_points", "edwards", plain(0)),
    ]
    approximate = approximate_numbers(seen)
    shown = [
        Number(label, f"{'≈ ' if name in approximate else ''}{show(found[name])}", name, explained)
        for label, name, explained, show in rows
        if name in found and not (name == "avg_speed_mps" and "swim_speed_mps" in found)
    ]
    if seen.assessment.load is not None:
        sign = "≈ " if "load_points" in approximate else ""
        text = f"{sign}{u.number(seen.assessment.load)} from {BASES[seen.assessment.basis or '']}"
        shown.append(Number("load", text, "load_points", "load"))
    return shown


#: Numbers whose name in the figures says no unit, or another than that of the document.
NAMES = {
    "work_kj": "work_j",
    "variability": "variability_index",
    "power_efficiency": "power_efficiency_w_per_bpm",
    "speed_efficiency": "speed_efficiency_m_per_beat",
    "training_stress": "training_stress_points",
    "running_stress": "running_stress_points",
    "swim_stress": "swim_stress_points",
    "heart_rate_stress": "heart_rate_stress_points",
    "trimp": "trimp_points",
    "edwards": "edwards_points",
    "load": "load_points",
}


def computed(seen: Examined) -> dict[str, float]:
    """Every number that could be computed, in SI units, by names that say them."""
    found = {**seen.measured.figures, **seen.assessment.numbers}
    values = {
        NAMES.get(name, name): float(value)
        for name, value in found.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and name != "coverage"
    }
    if "work_j" in values:
        values["work_j"] *= 1000
    if seen.step_length_m:
        values["step_length_m"] = seen.step_length_m
    if seen.pool and seen.pool.pace_s_per_100m:
        values["swim_speed_mps"] = 100 / seen.pool.pace_s_per_100m
    if seen.pool and seen.pool.swolf:
        values["swolf"] = seen.pool.swolf
    if seen.assessment.load is not None:
        values["load_points"] = seen.assessment.load
    return values


def approximate_numbers(seen: Examined) -> list[str]:
    """Those of `computed` that are approximate."""
    return sorted(NAMES.get(name, name) for name in seen.approximate)


#: What is computed only where something is known of the athlete, for people.
SCORES = {
    "intensity_factor": "intensity",
    "training_stress": "stress from power",
    "running_stress": "stress from pace",
    "swim_stress": "stress from swim pace",
    "heart_rate_stress": "stress from heart rate",
    "trimp": "TRIMP",
    "edwards": "Edwards",
    "heart_rate_zones": "heart-rate zones",
    "power_zones": "power zones",
}


def missing(seen: Examined) -> dict[tuple[str, ...], list[str]]:
    """What cannot be told because something of the athlete is not known: the settings that unlock it → what."""
    from .athlete import SETTINGS
    from .zones import Unknown

    needed = dict(seen.unlocked_by)
    for name, zones in (("power_zones", seen.power_zones), ("heart_rate_zones", seen.heart_rate_zones)):
        if isinstance(zones, Unknown):
            needed[name] = zones.attributes
    found: dict[tuple[str, ...], list[str]] = {}
    for score, attributes in needed.items():
        found.setdefault(tuple(SETTINGS[name] for name in attributes), []).append(score)
    return found


def gaps(seen: Examined) -> list[str]:
    """Why there are no scores of what was measured too little, or not at all."""
    from ..training.heuristics import LEAST_COVERAGE

    if not len(seen.seconds):
        why = "points have no times" if len(seen.track) else "file holds no points"
        return [f"no numbers from seconds: its {why}"]
    return [
        f"no scores from {name}: it was measured in {100 * covered:.0f} % of the time"
        for name, covered in _scored(seen).items()
        if covered < LEAST_COVERAGE
    ]


def _scored(seen: Examined) -> dict[str, float]:
    """Which part of the time was measured of what scores are made from, where it was at all."""
    coverage = seen.measured.figures.get("coverage", {})
    columns = ["heart_rate_bpm", "power_w", *(["speed_mps"] if seen.measured.sport == "running" else [])]
    return {_MEASURED[column]: coverage[column] for column in columns if column in coverage}


_MEASURED = {"heart_rate_bpm": "heart rate", "power_w": "power", "speed_mps": "speed", "altitude_m": "altitude"}


def notes(seen: Examined) -> list[str]:
    """What else there is to say about how good the numbers are."""
    from ..training.heuristics import FULL_COVERAGE, LEAST_COVERAGE

    figures, notes = seen.measured.figures, []
    thin = {name: share for name, share in _scored(seen).items() if LEAST_COVERAGE <= share < FULL_COVERAGE}
    if thin:
        parts = ", ".join(f"{name} {100 * share:.0f} %" for name, share in thin.items())
        notes.append(f"measured of the time: {parts}")
    if left_out := figures.get("guarded"):
        parts = ", ".join(f"{_MEASURED.get(column, column)} {count}" for column, count in left_out.items())
        notes.append(f"impossible values left out: {parts}")
    if seen.pool and seen.pool.doubtful:
        notes.append(f"{seen.pool.doubtful} lengths look like a turn that was missed or invented")
    return notes


def explained_lines(name: str) -> list[str]:
    """Formula and source of a figure."""
    from ..training.explanations import EXPLANATIONS

    each = EXPLANATIONS[name]
    return [f"{each.formula}{f' ({each.unit})' if each.unit else ''}", each.source]


# ── Garmin's own ─────────────────────────────────────────────────────────────────────────────────────


#: Key in the activity list → our name for it, and what it is to be multiplied with.
_LISTED = {
    "movingDuration": ("moving_s", 1),
    "elevationGain": ("ascent_m", 1),
    "elevationLoss": ("descent_m", 1),
    "averageSpeed": ("avg_speed_mps", 1),
    "avgGradeAdjustedSpeed": ("avg_graded_speed_mps", 1),
    "avgPower": ("avg_power_w", 1),
    "maxPower": ("max_power_w", 1),
    "normPower": ("normalized_power_w", 1),
    "intensityFactor": ("intensity_factor", 1),
    "trainingStressScore": ("training_stress_points", 1),
    "averageRunningCadenceInStepsPerMinute": ("running_cadence_spm", 1),
    "avgStrideLength": ("step_length_m", 0.01),
    "averageSwolf": ("swolf", 1),
    "activityTrainingLoad": ("training_load_points", 1),
    "aerobicTrainingEffect": ("aerobic_effect", 1),
    "anaerobicTrainingEffect": ("anaerobic_effect", 1),
    "vO2MaxValue": ("vo2max_ml_per_kg_per_min", 1),
}
#: Attribute of a session in a file → our name for it.
_IN_FILE = {
    "moving_s": "moving_s",
    "ascent_m": "ascent_m",
    "descent_m": "descent_m",
    "avg_speed_mps": "avg_speed_mps",
    "avg_power_w": "avg_power_w",
    "max_power_w": "max_power_w",
    "normalized_power_w": "normalized_power_w",
    "intensity": "intensity_factor",
    "training_stress": "training_stress_points",
    "work_j": "work_j",
    "training_load": "training_load_points",
    "threshold_power_w": "threshold_power_w",
}


def in_list(extra: Mapping[str, Any]) -> dict[str, float]:
    """Figures that Garmin's list of activities gives, in SI units."""
    return {
        name: value * factor
        for key, (name, factor) in _LISTED.items()
        if isinstance(value := extra.get(key), int | float) and not isinstance(value, bool)
    }


def in_file(sessions: Sequence[Session]) -> dict[str, float]:
    """Figures that the device wrote, of a recording of one sport."""
    if len(sessions) != 1:
        return {}
    return {
        name: value for attribute, name in _IN_FILE.items() if (value := getattr(sessions[0], attribute)) is not None
    }
