"""Workouts in words and blocks, for lists, previews and the editor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from .. import text
from ..units import Units
from ..workouts.definition import Workout
from ..workouts.estimate import Bar, Estimate
from .widgets.glyphs import BLOCKS, Glyphs

if TYPE_CHECKING:
    from ..store.workouts import Kept

_FULL_SHARE = 1.25
#: Colours of zones 1 to 7.
_ZONES = ("$text-muted", "$text-primary", "$text-success", "$text-warning", "$text-error", "$text-error", "$text-error")


def state_words(kept: Kept) -> str:
    """Like "● synced"."""
    return f"{kept.state.sign} {kept.state.value}"


def takes(estimated: Estimate, system: Units) -> str:
    """Time, distance and stress in one line: "58:00 · 11.0 km · stress 72"."""
    parts = [estimated.time_words()]
    if estimated.meters.known:
        parts.append(estimated.distance_words(system))
    if estimated.stress:
        parts.append(f"stress {estimated.stress_words()}")
    return " · ".join(parts)


def outline(workout: Workout) -> str:
    """The indented text of a workout."""
    from ..workouts.text_printer import print_workout

    lines = print_workout(workout).rstrip("\n").split("\n")
    return "\n".join(text.clean(line, 300) for line in lines)


def profile(
    bars: Sequence[Bar], columns: int, rows: int, marked: tuple[int, ...] | None = None, glyphs: Glyphs = BLOCKS
) -> Content:
    """How hard each part is: time to the right, share of the threshold upwards, zones by colour.

    The step at `marked` is underlined.
    """
    cells = _cells(bars, columns)
    signs = f" {glyphs.bars}"
    lines = []
    for row in range(rows, 0, -1):
        parts = []
        for bar in cells:
            level = 0.0 if bar.share is None else min(bar.share / _FULL_SHARE, 1.0) * rows - (row - 1)
            sign = signs[min(max(round(level * 8), 1 if row == 1 else 0), 8)]
            parts.append((sign, _ZONES[min(max(bar.zone or 1, 1), 7) - 1]))
        lines.append(Content.assemble(*parts))
    if marked:
        lines.append(Content("".join(glyphs.under if bar.place[: len(marked)] == marked else " " for bar in cells)))
    return Content("\n").join(lines)


def _cells(bars: Sequence[Bar], columns: int) -> list[Bar]:
    """The bar under each column."""
    total = sum(bar.seconds for bar in bars)
    if not total:
        return []
    cells: list[Bar] = []
    passed = 0.0
    for bar in bars:
        passed += bar.seconds
        cells.extend(bar for _ in range(round(passed / total * columns) - len(cells)))
    return cells
