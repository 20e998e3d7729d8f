"""What `activities show` prints of a file: numbers, Garmin's own beside them, zones, laps, efforts, lines."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from math import isnan
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, NamedTuple

from ..training.sports import sport_of
from .bests import SPOKEN_S, span_name
from .load import BASES
from .output import Output

if TYPE_CHECKING:
    from ..formats import Length, Session
    from ..models import Activity
    from ..sync.examine import Examined
    from ..sync.measure import Best
    from ..sync.zones import Unknown, Zones
    from ..units import Units

#: (kind, span) of best efforts.
Spans = frozenset[tuple[str, float]]

_ON_FOOT = ("running", "walking")
_WIDEST_LINE, _NARROWEST_LINE = 100, 10
#: What was measured in less than this part of the time makes no line.
_LEAST_DRAWN = 0.1
_STANDING_MPS = 0.3
_BAR = 20
#: Less than this without a measurement is no line in a table.
_UNMEASURED_SHARE = 0.005
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


# ── Numbers ──────────────────────────────────────────────────────────────────────────────────────────


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
_NAMES = {
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
        _NAMES.get(name, name): float(value)
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
    return sorted(_NAMES.get(name, name) for name in seen.approximate)


_SCORES = {
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
    from ..sync.athlete import SETTINGS
    from ..sync.zones import Unknown

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


def _notes(seen: Examined) -> list[str]:
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


def print_numbers(seen: Examined, activity_type: str, units: Units, out: Output, *, explain: bool) -> None:
    """The numbers, and what is missing of them."""
    shown = numbers(seen, activity_type, units)
    if shown:
        out.heading("Numbers")
        out.facts(
            [(each.label, each.text) for each in shown],
            {each.label: _explained(each.explained) for each in shown} if explain else None,
        )
    lines = gaps(seen)
    for settings, scores in missing(seen).items():
        lines.append(f"no {', '.join(_SCORES[each] for each in scores)}: set {', '.join(settings)}")
    lines += _notes(seen)
    if any("≈" in each.text for each in shown):
        lines.append("≈ is short, measured with gaps, or with a threshold heart rate that is assumed")
    for line in lines:
        out.paragraph(line)


def _explained(name: str) -> list[str]:
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


def print_garmin(
    ours: Mapping[str, float], device: Mapping[str, float], listed: Mapping[str, float], shown: _Shown
) -> None:
    """A row for each figure that the device or Garmin has, beside ours where there is one of the same kind."""
    from .. import units as u

    units, activity_type = shown.units, shown.activity_type

    def speed(value: float | None) -> str:
        return u.speed(value, activity_type, units)

    def height(value: float | None) -> str:
        return u.elevation(value, units)

    def plain(decimals: int) -> Callable[[float | None], str]:
        return lambda value: u.number(value, decimals)

    rows: dict[str, tuple[str, Callable[[float | None], str]]] = {
        "moving_s": ("moving time", u.duration),
        "ascent_m": ("ascent", height),
        "descent_m": ("descent", height),
        "avg_speed_mps": ("speed", speed),
        "avg_graded_speed_mps": ("grade adjusted", speed),
        "avg_power_w": ("average power", u.power),
        "max_power_w": ("highest power", u.power),
        "normalized_power_w": ("normalized power", u.power),
        "threshold_power_w": ("threshold power", u.power),
        "work_j": ("work", lambda value: u.MISSING if value is None else f"{u.number(value / 1000)} kJ"),
        "intensity_factor": ("intensity", plain(2)),
        "training_stress_points": ("training stress", plain(0)),
        "running_cadence_spm": ("cadence", lambda value: u.cadence(value, "run")),
        "step_length_m": ("step length", lambda value: u.MISSING if value is None else f"{u.number(value, 2)} m"),
        "swolf": ("SWOLF", plain(0)),
        "training_load_points": ("training load", plain(0)),
        "aerobic_effect": ("aerobic effect", plain(1)),
        "anaerobic_effect": ("anaerobic effect", plain(1)),
        "vo2max_ml_per_kg_per_min": ("VO2max", plain(1)),
    }
    theirs = {"the device": device, "Garmin": listed}
    columns = {name: figures for name, figures in theirs.items() if figures}
    told = []
    for name, (label, show) in rows.items():
        cells = [show(figures.get(name)) for figures in columns.values()]
        if any(cell != u.MISSING for cell in cells):
            told.append((label, *cells, show(ours.get(name))))
    if told:
        shown.out.heading("Garmin's own figures")
        shown.out.table(["figure", *columns, "here"], told, right=[*columns, "here"])


# ── Zones ────────────────────────────────────────────────────────────────────────────────────────────


class _Shown(NamedTuple):
    """What parts are printed to and by."""

    out: Output
    units: Units
    activity_type: str
    explain: bool
    blocks: bool

    def explained(self, name: str) -> None:
        """Formula and source below a part, where they are asked for."""
        if self.explain:
            for line in _explained(name):
                self.out.paragraph(line)


def _print_zones(zones: Zones | Unknown | None, what: str, unit: str, shown: _Shown) -> None:
    from .. import units as u
    from ..sync.zones import BASES as ZONE_BASES
    from ..sync.zones import Zones

    if not isinstance(zones, Zones):
        return
    out = shown.out
    out.heading(f"{what} zones, {ZONE_BASES[zones.basis]}")
    whole_s = sum(zone.seconds for zone in zones.zones) + zones.unmeasured_s
    rows = []
    spent = [(zone.name, _bounds(zone.low, zone.high), zone.seconds) for zone in zones.zones]
    if spent and spent[0][0] == "below" and not spent[0][2]:
        spent = spent[1:]
    if zones.unmeasured_s > _UNMEASURED_SHARE * whole_s:
        spent.append(("none", "unmeasured", zones.unmeasured_s))
    for name, bounds, seconds in spent:
        share = seconds / whole_s if whole_s else 0.0
        drawn = [_bar(share, shown.blocks)] if out.form == "text" else []
        rows.append((name, bounds, u.duration(seconds), f"{100 * share:.0f} %", *drawn))
    drawn = [""] if out.form == "text" else []
    out.table(["zone", unit, "time", "share", *drawn], rows, right=["time", "share"], needed=4)
    shown.explained("heart_rate_zones" if unit == "bpm" else "power_zones")


def _bar(share: float, blocks: bool) -> str:
    from .drawing import bar_of

    return bar_of(share, _BAR, blocks=blocks)


def _bounds(low: float, high: float | None) -> str:
    """Like "131–149": whole numbers that are within."""
    from math import ceil

    if high is None:
        return f"{ceil(low)} and more"
    return f"below {ceil(high)}" if not low else f"{ceil(low)}–{ceil(high) - 1}"


# ── Laps ─────────────────────────────────────────────────────────────────────────────────────────────


def _print_laps(seen: Examined, shown: _Shown) -> None:
    from .. import units as u
    from ..sync.examine import pool_lengths
    from ..training.swimming import mean_swolf

    laps = seen.track.laps
    if not laps:
        return
    of, units = shown.activity_type, shown.units
    columns: dict[str, list[str]] = {
        "lap": [str(number) for number in range(1, len(laps) + 1)],
        "distance": [u.distance(lap.distance_m, units, decimals=2) for lap in laps],
        "time": [u.duration(lap.duration_s) for lap in laps],
        "pace" if u.is_pace(of) else "speed": [u.pace(lap.distance_m, lap.duration_s, of, units) for lap in laps],
        "heart rate": [u.number(lap.avg_heart_rate_bpm) for lap in laps],
    }
    columns["max"] = [u.number(lap.max_heart_rate_bpm) for lap in laps]
    columns["power"] = [u.number(lap.avg_power_w) for lap in laps]
    if seen.pool:
        of_laps = [pool_lengths(lengths) for lengths in _by_lap(seen)]
        columns["lengths"] = [str(sum(length.active for length in lengths)) for lengths in of_laps]
        columns["SWOLF"] = [u.number(mean_swolf(lengths)) for lengths in of_laps]
    # Recordings count strides: steps of one leg.
    per_turn = 2 if sport_of(of) in _ON_FOOT else 1
    columns["cadence"] = [
        u.number(None if lap.avg_cadence_rpm is None else per_turn * lap.avg_cadence_rpm) for lap in laps
    ]
    columns["climb"] = [u.elevation(lap.ascent_m, units) for lap in laps]
    columns = {name: cells for name, cells in columns.items() if any(cell != u.MISSING for cell in cells)}
    shown.out.heading("Laps")
    shown.out.table(list(columns), zip(*columns.values(), strict=True), right=list(columns), needed=4)


def _by_lap(seen: Examined) -> list[list[Length]]:
    """The pool lengths of each lap: those that began after it did and before the next. Ends of laps overlap."""
    starts = [lap.start for lap in seen.track.laps]
    found: list[list[Length]] = [[] for _ in starts]
    for length in seen.track.lengths:
        found[max(bisect_right(starts, length.start) - 1, 0)].append(length)
    return found


# ── Best efforts ─────────────────────────────────────────────────────────────────────────────────────


def _print_bests(bests: Iterable[Best], records: Spans, shown: _Shown) -> None:
    from .. import units as u

    rows = []
    for best in bests:
        if best.kind == "power" and best.span not in SPOKEN_S:
            continue
        distance = best.kind == "distance"
        rows.append(
            (
                span_name(best.kind, best.span),
                u.duration(best.value) if distance else u.power(best.value),
                u.pace(best.span, best.value, shown.activity_type, shown.units) if distance else "",
                ", ".join(["record"] * ((best.kind, best.span) in records) + ([best.note] if best.note else [])),
            )
        )
    if rows:
        speed = "pace" if u.is_pace(shown.activity_type) else "speed"
        shown.out.heading("Best efforts")
        shown.out.table(["over", "best", speed, "note"], rows, right=["best", speed], needed=2)
        shown.explained("best_effort" if any(best.kind == "distance" for best in bests) else "power_curve")


# ── Lines ────────────────────────────────────────────────────────────────────────────────────────────


def _print_lines(seen: Examined, shown: _Shown) -> None:
    """One line for each thing that was measured, from the start to the end of timer time, with its extremes."""
    from .. import units as u
    from .drawing import line_of, narrowed

    units, of = shown.units, shown.activity_type
    steps = sport_of(of) in _ON_FOOT
    labels: dict[str, tuple[str, Callable[[float], str]]] = {
        "altitude_m": ("elevation", lambda value: u.elevation(value, units)),
        "heart_rate_bpm": ("heart rate", u.heart_rate),
        "speed_mps": (
            "pace" if u.is_pace(of) else "speed",
            lambda value: u.speed(value, of, units),
        ),
        "power_w": ("power", u.power),
        "cadence_rpm": ("cadence", lambda value: u.cadence(2 * value if steps else value, of)),
    }
    source = seen.seconds if len(seen.seconds) else seen.track
    found = []
    for column, (label, show) in labels.items():
        whole = getattr(source, column)
        values = [value for value in whole if not isnan(value)]
        if len(values) < _LEAST_DRAWN * len(whole):
            continue
        if column in {"speed_mps", "cadence_rpm"}:
            # Single seconds of these are noise, and a stop is no slowest pace.
            least = _STANDING_MPS if column == "speed_mps" else 0.0
            values = [mean for mean in narrowed(whole, _WIDEST_LINE) if mean is not None and mean >= least]
        if values and max(values) > min(values):
            found.append((column, label, f"{show(min(values))} to {show(max(values))}"))
    if not found:
        return
    shown.out.heading("From start to end")
    if shown.out.form == "plain":
        shown.out.facts([(label, ends) for _, label, ends in found])
        return
    taken = max(len(label) for _, label, _ in found) + max(len(ends) for *_, ends in found) + 4
    room = min(max(get_terminal_size().columns - taken, _NARROWEST_LINE), _WIDEST_LINE)
    shown.out.facts(
        [
            (label, f"{line_of(narrowed(getattr(source, column), room), blocks=shown.blocks)}  {ends}")
            for column, label, ends in found
        ]
    )


# ── All of it ────────────────────────────────────────────────────────────────────────────────────────


def print_all(
    activity: Activity, seen: Examined | None, records: Spans, units: Units, out: Output, *, explain: bool
) -> None:
    """All below the facts; without a readable file what Garmin says."""
    from .drawing import draws_blocks

    shown = _Shown(out, units, activity.activity_type, explain, draws_blocks())
    listed = in_list(activity.extra or {})
    if seen is None:
        print_garmin({}, {}, listed, shown)
        return
    print_numbers(seen, activity.activity_type, units, out, explain=explain)
    print_garmin(computed(seen), in_file(seen.track.sessions), listed, shown)
    _print_zones(seen.heart_rate_zones, "Heart-rate", "bpm", shown)
    _print_zones(seen.power_zones, "Power", "W", shown)
    _print_laps(seen, shown)
    _print_bests(seen.measured.bests, records, shown)
    _print_lines(seen, shown)
    if explain:
        from ..training.explanations import TRADEMARKS

        out.heading("Terms")
        out.paragraph(TRADEMARKS)


def document(activity: Activity, seen: Examined | None, records: Spans, *, explain: bool) -> dict[str, Any]:
    """The same for programs: SI units, absent what could not be computed."""
    listed = in_list(activity.extra or {})
    if seen is None:
        return {
            "numbers": {}, "approximate": [], "missing": [], "notes": [], "load": None, "athlete": {}, "coverage": {},
            "left_out": {}, "garmin": {"device": {}, "list": listed}, "heart_rate_zones": None, "power_zones": None,
            "best_efforts": [],
        }  # fmt: skip
    figures = seen.measured.figures
    load = seen.assessment
    found: dict[str, Any] = {
        "numbers": computed(seen),
        "approximate": approximate_numbers(seen),
        "missing": [
            {"numbers": [_NAMES.get(score, score) for score in scores], "settings": list(settings)}
            for settings, scores in missing(seen).items()
        ],
        "notes": [*gaps(seen), *_notes(seen)],
        "load": {"points": load.load, "basis": load.basis} if load.load is not None else None,
        "athlete": seen.athlete.known(),
        "coverage": figures.get("coverage", {}),
        "left_out": figures.get("guarded", {}),
        "garmin": {"device": in_file(seen.track.sessions), "list": listed},
        "heart_rate_zones": _zones(seen.heart_rate_zones, "bpm"),
        "power_zones": _zones(seen.power_zones, "w"),
        "best_efforts": [_effort(best, records) for best in seen.measured.bests],
    }
    if explain:
        from ..training.explanations import EXPLANATIONS, TRADEMARKS

        shown = numbers(seen, activity.activity_type, "metric")
        found["explanations"] = {each.figure: asdict(EXPLANATIONS[each.explained]) for each in shown}
        found["trademarks"] = TRADEMARKS
    return found


def _zones(zones: Zones | Unknown | None, unit: str) -> dict[str, Any] | None:
    from ..sync.zones import Zones

    if not isinstance(zones, Zones):
        return None
    return {
        "basis": zones.basis,
        "zones": [
            {"zone": each.name, f"from_{unit}": each.low, f"below_{unit}": each.high, "time_s": each.seconds}
            for each in zones.zones
        ],
        "unmeasured_s": zones.unmeasured_s,
    }


def _effort(best: Best, records: Spans) -> dict[str, Any]:
    """As `bests --json` has it."""
    distance = best.kind == "distance"
    return {
        "kind": best.kind,
        "distance_m": best.span if distance else None,
        "duration_s": best.value if distance else best.span,
        "power_w": None if distance else best.value,
        "note": best.note,
        "record": (best.kind, best.span) in records,
        "start_time": _EPOCH + timedelta(milliseconds=best.starts_at_ms),
    }
