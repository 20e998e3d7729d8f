"""What Health draws and says of training: the numbers of `load`, `stats` and `bests`, with where they come from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from .. import units
from ..training.explanations import EXPLANATIONS
from ..training.totals import Period as Span
from ..training.totals import period_starts
from ..units import Units
from .health_range import Period
from .health_view import OVERLAY_COLOUR, View
from .widgets import ticks
from .widgets.series import Panel, Series, Window

if TYPE_CHECKING:
    from ..store.records import Best, DayTotal, PeriodTotal, TrainingDay
    from .health_shelf import Loads

_LABELS = {"week": "week of %a %-d %b %Y", "month": "%B %Y", "year": "%Y"}
_TITLES = {"week": "Weekly totals", "month": "Monthly totals", "year": "Yearly totals"}
#: So many periods of totals fit on a small screen.
_MOST_PERIODS = {"week": 53, "month": 48, "year": 40}
NO_LOADS = "No activity has a load yet: that takes power, pace or heart rate, and your threshold of it."
NO_TOTALS = "No activities in these days."
NO_BESTS = "No best efforts of this sport: they come from files with power, or with distance over ground."


def source(name: str) -> str:
    """Like "Fitness (CTL) = …, Coggan": a formula and whose it is; the key = has all of them with their words."""
    figure = EXPLANATIONS[name]
    return f"{figure.title} = {figure.formula} ({figure.source})"


def _missing(loads: Loads) -> str:
    found = loads.extent
    parts = []
    if found.not_computed:
        parts.append(
            f"{units.number(found.not_computed)} activities are not computed yet: that is done behind the screens"
        )
    if missing := found.without_load + found.unreadable:
        parts.append(f"{units.number(missing)} of {units.number(found.activities)} have no load")
    return "; ".join(parts)


def of_form(loads: Loads, period: Period) -> View:
    """Fitness with fatigue over it, form below."""
    from ..store.records import settled_from

    title = f"Fitness and form   {period.words}"
    days = _within(loads.days, period)
    if not days:
        return View(title, empty="\n".join(filter(None, [NO_LOADS, _missing(loads)])))
    xs = [float(each.day.toordinal()) for each in days]
    fitness, fatigue, form = ([getattr(each.form, name) for each in days] for name in ("fitness", "fatigue", "form"))
    ends = min(*fitness, *fatigue), max(*fitness, *fatigue)

    def label(value: float) -> str:
        return units.number(value)

    panels = [
        Panel(
            Series(xs, fitness, label, "fitness", limits=ends),
            Series(xs, fatigue, lambda value: "", "fatigue", OVERLAY_COLOUR, limits=ends),
        ),
        Panel(Series(xs, form, _signed, "form", "$text-success")),
    ]

    def said(number: int) -> str:
        each = days[number]
        now = f"fitness {units.number(each.form.fitness, 1)}   fatigue {units.number(each.form.fatigue, 1)}"
        return f"{each.day:%a %-d %b %Y}   {now}   form {_signed(each.form.form)}   load {units.number(each.load)}"

    began = settled_from(loads.days)
    low = f"before {began:%-d %b %Y} all is too low: it starts from zero" if days[0].day < began else ""
    notes = [_missing(loads), low]
    return View(
        title,
        panels,
        ticks.days,
        Window(xs[0], max(xs[-1], xs[0] + 1)),
        (source("fitness"), "   ".join(filter(None, notes))),
        said,
        lambda number: days[number].day,
    )


def of_load(loads: Loads, period: Period) -> View:
    """The load of each day."""
    title = f"Load by day   {period.words}"
    days = _within(loads.days, period)
    if not days:
        return View(title, empty="\n".join(filter(None, [NO_LOADS, _missing(loads)])))
    xs = [float(each.day.toordinal()) for each in days]
    series = Series(xs, [each.load for each in days], units.number, shape="bars")

    def said(number: int) -> str:
        each = days[number]
        bases = ", ".join(f"{basis.replace('_', ' ')} {units.number(points)}" for basis, points in each.bases.items())
        return f"{each.day:%a %-d %b %Y}   load {units.number(each.load)}   {f'from {bases}' if bases else 'rest'}"

    whole = sum(each.load for each in days)
    average = f"in all {units.number(whole)}   a day {units.number(whole / len(days), 1)}"
    return View(
        title,
        [Panel(series)],
        ticks.days,
        Window(xs[0], xs[-1] + 1),
        (f"{average}   {source('load')}", _missing(loads)),
        said,
        lambda number: days[number].day,
    )


def _within(days: Sequence[TrainingDay], period: Period) -> list[TrainingDay]:
    return [each for each in days if period.since <= each.day <= period.until]


def _signed(value: float) -> str:
    return f"+{units.number(value, 1)}" if value >= 0.05 else units.number(value, 1).replace("-", "−")


# ── Totals ───────────────────────────────────────────────────────────────────────────────────────────


def of_totals(days: Sequence[DayTotal], by: Span, period: Period, system: Units) -> View:
    """Time and distance by week, month or year."""
    from ..store.records import by_period

    title = f"{_TITLES[by]}   {period.words}"
    begun = max(period.since, min((each.day for each in days), default=period.since))
    starts = list(period_starts(begun, period.until, by))[-_MOST_PERIODS[by] :]
    found = by_period(days, by, starts[0], period.until) if starts and days else []
    if not any(each.whole.activities for each in found):
        return View(title, empty=NO_TOTALS)
    xs = [float(each.first.toordinal()) for each in found]
    time = Series(xs, [float(each.whole.duration_s) for each in found], units.hours, "time", shape="bars")
    far = Series(
        xs,
        [each.whole.distance_m or 0.0 for each in found],
        lambda metres: units.distance(metres, system, 0),
        "far",
        OVERLAY_COLOUR,
        shape="bars",
    )
    panels = [Panel(time)] + ([Panel(far)] if any(far.ys) else [])

    def said(number: int) -> str:
        each = found[number]
        sports = "   ".join(
            _sport(sport, part.distance_m, part.duration_s, system) for sport, part in each.sports.items()
        )
        return f"{starts[number].strftime(_LABELS[by])}   {_total(each, system)}\n{sports}"

    whole = by_period(days, by, found[0].first, period.until)
    hours = sum(each.whole.duration_s for each in whole)
    metres = sum(each.whole.distance_m or 0.0 for each in whole)
    count = sum(each.whole.activities for each in whole)
    every = f"in all {units.hours(hours)}   {units.distance(metres, system, 0)}   {units.number(count)} activities"
    mean = f"a {by} {units.hours(hours / len(found))}   {units.distance(metres / len(found), system, 1)}"
    return View(
        title,
        panels,
        ticks.days,
        Window(xs[0], float(period.until.toordinal() + 1)),
        (every, f"{mean}   weeks begin on Monday (ISO 8601)" if by == "week" else mean),
        said,
        lambda number: starts[number],
    )


def _total(each: PeriodTotal, system: Units) -> str:
    whole = each.whole
    if not whole.activities:
        return "nothing"
    parts = [
        units.hours(whole.duration_s),
        units.distance(whole.distance_m, system),
        f"+{units.elevation(whole.ascent_m, system)}" if whole.ascent_m else "",
        "1 activity" if whole.activities == 1 else f"{units.number(whole.activities)} activities",
    ]
    return "   ".join(part for part in parts if part and part != units.MISSING)


def _sport(sport: str, metres: float | None, seconds: float, system: Units) -> str:
    return f"{sport} {units.distance(metres, system) if metres else units.hours(seconds)}"


# ── Bests ────────────────────────────────────────────────────────────────────────────────────────────


def of_bests(sport: str, every: Sequence[Best], season: Sequence[Best], period: Period, system: Units) -> View:
    """The best over each distance, or each time, of all time; those of a season over it."""
    kind = "power" if sport == "cycling" and any(best.kind == "power" for best in every) else "distance"
    whole = [best for best in every if best.kind == kind]
    title = f"{sport.capitalize()} bests   {period.words}"
    if len(whole) < 2:
        return View(title, empty=NO_BESTS)
    others = {best.span: best for best in season if best.kind == kind}
    xs = [math.log(best.span) for best in whole]

    def rate(best: Best) -> float:
        return best.value if kind == "power" else best.span / best.value

    def label(value: float) -> str:
        return units.power(value) if kind == "power" else units.speed(value, sport, system)

    known = [rate(best) for best in (*whole, *others.values())]
    ends = min(known), max(known)
    line = Series(xs, [rate(best) for best in whole], label, "all time", limits=ends)
    seasonal = [rate(others[best.span]) if best.span in others else math.nan for best in whole]
    over = Series(xs, seasonal, lambda value: "", "season", OVERLAY_COLOUR, limits=ends)

    def places(first: float, last: float, most: int) -> Sequence[tuple[float, str]]:
        step = max(math.ceil(len(whole) / most), 1)
        return [(x, _span(best)) for x, best in list(zip(xs, whole, strict=True))[::step]]

    def said(number: int) -> str:
        best = whole[number]
        told = [f"{_span(best)}   {_effort(best, sport, system)}"]
        if period.range.days is not None:
            other = others.get(best.span)
            here = _effort(other, sport, system, named=False) if other else "none"
            told.append(f"{period.words}: {here}")
        return "\n".join(told)

    recent = [best for best in whole if best.day >= period.until - timedelta(days=29)]
    new = f"records of the last 30 days: {', '.join(_span(best) for best in recent)}" if recent else ""
    name = "power_curve" if kind == "power" else "best_effort"
    return View(
        title,
        [Panel(line, over if period.range.days is not None and others else None)],
        places,
        Window(xs[0], xs[-1]),
        [line for line in (new, source(name)) if line],
        said,
        lambda number: whole[number].day,
        spans=[(best.kind, best.span) for best in whole],
    )


def of_history(sport: str, efforts: Sequence[Best], today: date, system: Units) -> View:
    """How a record came down, or power up: each holds until the next."""
    if not efforts:
        return View(f"{sport.capitalize()} record", empty=NO_BESTS)
    kind, last = efforts[0].kind, efforts[-1]
    xs = [float(best.day.toordinal()) for best in efforts]
    label = units.power if kind == "power" else units.duration
    until = max(float(today.toordinal()), xs[-1]) + 1
    series = Series(xs, [best.value for best in efforts], label, shape="steps")

    def said(number: int) -> str:
        best = efforts[number]
        held = (efforts[number + 1].day if number + 1 < len(efforts) else today) - best.day
        until_when = "" if number + 1 < len(efforts) else " until now"
        days = "1 day" if held.days == 1 else f"{units.number(held.days)} days"
        return f"{_effort(best, sport, system)}   held {days}{until_when}"

    count = "1 record" if len(efforts) == 1 else f"{units.number(len(efforts))} records"
    better = f"from {label(efforts[0].value)} to {label(last.value)}"
    return View(
        f"{sport.capitalize()}, {_span(last)}   how the record fell",
        [Panel(series)],
        ticks.days,
        Window(xs[0], until),
        (f"{count}   {better}", source("power_curve" if kind == "power" else "best_effort")),
        said,
        lambda number: efforts[number].day,
    )


def _span(best: Best) -> str:
    return units.race(best.span) if best.kind == "distance" else units.interval(best.span)


def _effort(best: Best, sport: str, system: Units, *, named: bool = True) -> str:
    """Like "20:11  4:02/km  Sat 14 Nov 2026  Parkrun"."""
    from .. import text

    values = [units.power(best.value)]
    if best.kind == "distance":
        values = [units.duration(best.value), units.pace(best.span, best.value, sport, system)]
    name = text.clean(best.name or "", 40) if named else ""
    return "  ".join([*values, f"{best.day:%a %-d %b %Y}", name]).rstrip()
