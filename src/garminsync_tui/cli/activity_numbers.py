"""How `activities show` prints numbers: ours with what they need, and Garmin's own beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from ..sync.numbers import SCORES, explained_lines, gaps, missing, notes, numbers
from .output import Output

if TYPE_CHECKING:
    from ..sync.examine import Examined
    from ..units import Units


class Shown(NamedTuple):
    """What parts are printed to and by."""

    out: Output
    units: Units
    activity_type: str
    explain: bool
    blocks: bool

    def explained(self, name: str) -> None:
        """Formula and source below a part, where they are asked for."""
        if self.explain:
            for line in explained_lines(name):
                self.out.paragraph(line)


def print_numbers(seen: Examined, activity_type: str, units: Units, out: Output, *, explain: bool) -> None:
    """The numbers, and what is missing of them."""
    shown = numbers(seen, activity_type, units)
    if shown:
        out.heading("Numbers")
        out.facts(
            [(each.label, each.text) for each in shown],
            {each.label: explained_lines(each.explained) for each in shown} if explain else None,
        )
    lines = gaps(seen)
    for settings, scores in missing(seen).items():
        lines.append(f"no {', '.join(SCORES[each] for each in scores)}: set {', '.join(settings)}")
    lines += notes(seen)
    if any("≈" in each.text for each in shown):
        lines.append("≈ is short, measured with gaps, or with a threshold heart rate that is assumed")
    for line in lines:
        out.paragraph(line)


def print_garmin(
    ours: Mapping[str, float], device: Mapping[str, float], listed: Mapping[str, float], shown: Shown
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
