"""Planned workouts as weeks: which days, and beside them what is on those to come."""

from __future__ import annotations

from calendar import day_abbr
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from textual.content import Content

from .. import text
from .widgets.glyphs import Glyphs

WEEKS = 4
_CELL = 4
_WIDTH = 7 * _CELL
_GAP = 3
_SHORTEST_NAME = 16


def title(first: date) -> str:
    """The months of the weeks from `first` on: "Nov 2026", "Nov – Dec 2026"."""
    last = first + timedelta(days=7 * WEEKS - 1)
    begins = f"{first:%b}" if first.year == last.year else f"{first:%b %Y}"
    return f"{last:%b %Y}" if (first.year, first.month) == (last.year, last.month) else f"{begins} – {last:%b %Y}"


def weeks(
    planned: Mapping[date, Sequence[str]],
    marked: Collection[date],
    first: date,
    today: date,
    width: int,
    glyphs: Glyphs,
) -> Content:
    """Weeks from the Monday `first` on, a dot on planned days, a diamond on those of the workout that is `marked`."""
    names = _coming(planned, max(today, first), first + timedelta(days=7 * WEEKS), width - _WIDTH - _GAP)
    head = "".join(f" {name[:2]:<{_CELL - 1}}" for name in day_abbr)
    lines = [Content.assemble((head, "$text-muted"), " " * _GAP, (names[0], "$text-muted"))]
    for week in range(WEEKS):
        days = [first + timedelta(days=7 * week + number) for number in range(7)]
        cells = [_cell(day, planned, marked, today) for day in days]
        beside = names[week + 1] if week + 1 < len(names) else ""
        lines.append(Content.assemble(*((glyphs.words(words), style) for words, style in cells), " " * _GAP, beside))
    return Content("\n").join(lines)


def _cell(day: date, planned: Mapping[date, Sequence[str]], marked: Collection[date], today: date) -> tuple[str, str]:
    sign = "◆" if day in marked else "•" if day in planned else " "
    style = "bold $text-accent" if day == today else "" if day > today else "$text-muted"
    return f"{'❯' if day == today else ' '}{day.day:>2}{sign}", style


def _coming(planned: Mapping[date, Sequence[str]], since: date, until: date, room: int) -> list[str]:
    """A line for each of the next planned days with room for a name, below a title; empty lines where there is none."""
    if room < _SHORTEST_NAME:
        return [""]
    days = [day for day in sorted(planned) if since <= day < until]
    found = [text.fit(f"{day:%a %d}  {', '.join(planned[day])}", room) for day in days[:WEEKS]]
    return ["Next", *found] if found else [text.fit("None yet: t plans", room)]
