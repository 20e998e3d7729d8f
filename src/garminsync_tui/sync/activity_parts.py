"""The parts of an activity as tables for people: zones, laps, best efforts."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from .. import units as u
from ..training.sports import sport_of

if TYPE_CHECKING:
    from ..formats import Length
    from .examine import Examined
    from .measure import Best
    from .zones import Zones

ON_FOOT = ("running", "walking")
#: Less than this without a measurement is no line in a table.
_UNMEASURED_SHARE = 0.005


class ZoneRow(NamedTuple):
    """Time in a zone, and which part of all that is."""

    name: str
    bounds: str
    seconds: float
    share: float


def zone_rows(zones: Zones) -> list[ZoneRow]:
    """From the lowest zone up; at the end what was not measured, where that is worth a line."""
    whole_s = sum(zone.seconds for zone in zones.zones) + zones.unmeasured_s
    spent: list[tuple[str, str, float]] = [
        (zone.name, _bounds(zone.low, zone.high), zone.seconds) for zone in zones.zones
    ]
    if spent and spent[0][0] == "below" and not spent[0][2]:
        spent = spent[1:]
    if zones.unmeasured_s > _UNMEASURED_SHARE * whole_s:
        spent.append(("none", "unmeasured", zones.unmeasured_s))
    return [ZoneRow(*each, each[2] / whole_s if whole_s else 0.0) for each in spent]


def _bounds(low: float, high: float | None) -> str:
    """Like "131–149": whole numbers that are within."""
    if high is None:
        return f"{ceil(low)} and more"
    return f"below {ceil(high)}" if not low else f"{ceil(low)}–{ceil(high) - 1}"


def lap_columns(seen: Examined, of: str, units: u.Units) -> dict[str, list[str]]:
    """The laps in columns by their titles, without those that none of them has; `of` is the activity's type."""
    laps = seen.track.laps
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
        from ..training.swimming import mean_swolf
        from .examine import pool_lengths

        of_laps = [pool_lengths(lengths) for lengths in _by_lap(seen)]
        columns["lengths"] = [str(sum(length.active for length in lengths)) for lengths in of_laps]
        columns["SWOLF"] = [u.number(mean_swolf(lengths)) for lengths in of_laps]
    # Recordings count strides: steps of one leg.
    per_turn = 2 if sport_of(of) in ON_FOOT else 1
    columns["cadence"] = [
        u.number(None if lap.avg_cadence_rpm is None else per_turn * lap.avg_cadence_rpm) for lap in laps
    ]
    columns["climb"] = [u.elevation(lap.ascent_m, units) for lap in laps]
    return {name: cells for name, cells in columns.items() if any(cell != u.MISSING for cell in cells)}


def _by_lap(seen: Examined) -> list[list[Length]]:
    """The pool lengths of each lap: those that began after it did and before the next. Ends of laps overlap."""
    starts = [lap.start for lap in seen.track.laps]
    found: list[list[Length]] = [[] for _ in starts]
    for length in seen.track.lengths:
        found[max(bisect_right(starts, length.start) - 1, 0)].append(length)
    return found


class EffortRow(NamedTuple):
    """A best effort in words, with what it was measured over: kind and span."""

    over: str
    best: str
    pace: str
    note: str
    span: tuple[str, float]


def effort_rows(bests: Iterable[Best], of: str, units: u.Units) -> list[EffortRow]:
    """The best efforts that people speak of."""
    return [
        EffortRow(
            u.span_name(best.kind, best.span),
            u.duration(best.value) if best.kind == "distance" else u.power(best.value),
            u.pace(best.span, best.value, of, units) if best.kind == "distance" else "",
            best.note or "",
            (best.kind, best.span),
        )
        for best in bests
        if best.kind == "distance" or best.span in u.SPOKEN_S
    ]
