"""What `activities show` prints of a file: numbers, Garmin's own beside them, zones, laps, efforts, lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from math import isnan
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

from ..sync.activity_parts import ON_FOOT, effort_rows, lap_columns, zone_rows
from ..sync.numbers import NAMES, approximate_numbers, computed, gaps, in_file, in_list, missing, notes, numbers
from ..training.sports import sport_of
from .activity_numbers import Shown, print_garmin, print_numbers
from .output import Output

if TYPE_CHECKING:
    from ..models import Activity
    from ..sync.examine import Examined
    from ..sync.measure import Best
    from ..sync.zones import Unknown, Zones
    from ..units import Units

#: (kind, span) of best efforts.
Spans = frozenset[tuple[str, float]]

_WIDEST_LINE, _NARROWEST_LINE = 100, 10
#: What was measured in less than this part of the time makes no line.
_LEAST_DRAWN = 0.1
_STANDING_MPS = 0.3
_BAR = 20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


# ── Zones ────────────────────────────────────────────────────────────────────────────────────────────


def _print_zones(zones: Zones | Unknown | None, what: str, unit: str, shown: Shown) -> None:
    from .. import units as u
    from ..sync.zones import BASES as ZONE_BASES
    from ..sync.zones import Zones

    if not isinstance(zones, Zones):
        return
    out = shown.out
    out.heading(f"{what} zones, {ZONE_BASES[zones.basis]}")
    rows = []
    for name, bounds, seconds, share in zone_rows(zones):
        drawn = [_bar(share, shown.blocks)] if out.form == "text" else []
        rows.append((name, bounds, u.duration(seconds), f"{100 * share:.0f} %", *drawn))
    drawn = [""] if out.form == "text" else []
    out.table(["zone", unit, "time", "share", *drawn], rows, right=["time", "share"], needed=4)
    shown.explained("heart_rate_zones" if unit == "bpm" else "power_zones")


def _bar(share: float, blocks: bool) -> str:
    from .drawing import bar_of

    return bar_of(share, _BAR, blocks=blocks)


# ── Laps ─────────────────────────────────────────────────────────────────────────────────────────────


def _print_laps(seen: Examined, shown: Shown) -> None:
    if columns := lap_columns(seen, shown.activity_type, shown.units):
        shown.out.heading("Laps")
        shown.out.table(list(columns), zip(*columns.values(), strict=True), right=list(columns), needed=4)


# ── Best efforts ─────────────────────────────────────────────────────────────────────────────────────


def _print_bests(bests: Iterable[Best], records: Spans, shown: Shown) -> None:
    from .. import units as u

    rows = [
        (
            each.over,
            each.best,
            each.pace,
            ", ".join(["record"] * (each.span in records) + [each.note] * bool(each.note)),
        )
        for each in effort_rows(bests, shown.activity_type, shown.units)
    ]
    if rows:
        speed = "pace" if u.is_pace(shown.activity_type) else "speed"
        shown.out.heading("Best efforts")
        shown.out.table(["over", "best", speed, "note"], rows, right=["best", speed], needed=2)
        shown.explained("best_effort" if any(best.kind == "distance" for best in bests) else "power_curve")


# ── Lines ────────────────────────────────────────────────────────────────────────────────────────────


def _print_lines(seen: Examined, shown: Shown) -> None:
    """One line for each thing that was measured, from the start to the end of timer time, with its extremes."""
    from .. import units as u
    from .drawing import line_of, narrowed

    units, of = shown.units, shown.activity_type
    steps = sport_of(of) in ON_FOOT
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

    shown = Shown(out, units, activity.activity_type, explain, draws_blocks())
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
            {"numbers": [NAMES.get(score, score) for score in scores], "settings": list(settings)}
            for settings, scores in missing(seen).items()
        ],
        "notes": [*gaps(seen), *notes(seen)],
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
