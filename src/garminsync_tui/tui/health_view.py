"""What Health draws and says of a metric: a chart, its numbers, and a sentence for each place of the cursor."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import fmean
from typing import TYPE_CHECKING

from .. import units
from ..metrics import METRICS, Granularity
from ..units import Units
from . import keys
from .health_range import Period
from .health_subjects import title_of
from .widgets import ticks
from .widgets.series import Panel, Series, Ticks, Window

if TYPE_CHECKING:
    from ..store.health import StoredDay, StoredReading
    from .health_shelf import OfDay

OVERLAY_COLOUR = "$text-warning"
#: What is counted, and adds up to the day.
_SUMS = frozenset({"steps", "floors_ascended", "floors_descended", "intensity_minutes", "nap_duration"})
_FEWEST_FOR_TREND = 14
_MONTH_DAYS = 30.4
_WEEK = 7
#: Silence between two readings across which nothing is drawn.
_SILENCE_S = 1800.0
_INTERVAL_S = 900.0
_JOINED_DAYS = 1.0
#: Weigh-ins and other things that do not come every day are joined over longer gaps: they are no gaps.
_JOINED_EVENTS = 45.0


@dataclass(frozen=True)
class View:
    """A chart with all that is said of it. `empty` says why there is none."""

    title: str
    panels: Sequence[Panel] = ()
    ticks: Ticks = ticks.nothing
    whole: Window | None = None
    #: Below the chart.
    lines: Sequence[str] = ()
    #: What there is to say of a point of the first series.
    said: Callable[[int], str] = lambda number: ""
    #: The day that a point belongs to.
    day: Callable[[int], date | None] = lambda number: None
    #: Whether a point without a value is a day of which the ledger knows something.
    by_day: bool = False
    empty: str = ""
    #: Of each point, kind and span of the record that has a history.
    spans: Sequence[tuple[str, float]] = ()


# ── Days ─────────────────────────────────────────────────────────────────────────────────────────────


def value_of(metric: str, row: StoredDay) -> float:
    """The one number that stands for a day: a sum, a mean of readings, or the last word."""
    if metric in _SUMS:
        return row.mean * row.n
    return row.mean if METRICS[metric].granularity is Granularity.SAMPLE else row.last


def of_days(
    metric: str,
    rows: Sequence[StoredDay],
    before: Sequence[StoredDay],
    period: Period,
    system: Units,
    overlay: tuple[str, Sequence[StoredDay]] | None = None,
) -> View:
    """A metric by day; `before` are the days of the period before."""
    days = period.days
    main = _by_day(metric, rows, days, system)
    other = _by_day(overlay[0], overlay[1], days, system, OVERLAY_COLOUR) if overlay else None
    width = 1.0 if main.shape == "bars" else 0.0
    numbers = [value for value in main.ys if not math.isnan(value)]

    def said(number: int) -> str:
        words = [f"{days[number]:%a %-d %b %Y}", _shown(metric, main.ys[number], system)]
        if other:
            assert overlay is not None
            words.append(f"{title_of(overlay[0])} {_shown(overlay[0], other.ys[number], system)}")
        week = [value for value in main.ys[max(number - _WEEK + 1, 0) : number + 1] if not math.isnan(value)]
        if len(week) > 1 and not METRICS[metric].words:
            words.append(f"7-day avg {units.metric_mean(metric, fmean(week), system)}")
        return "   ".join(words)

    return View(
        f"{title_of(metric)}   {period.words}",
        [Panel(main, other)],
        ticks.days,
        Window(main.xs[0], main.xs[-1] + width),
        _lines(metric, main.ys, [value_of(metric, row) for row in before], period, system) if numbers else (),
        said,
        lambda number: days[number],
        by_day=True,
        empty="" if numbers else "nothing",
    )


def _by_day(
    metric: str, rows: Sequence[StoredDay], days: Sequence[date], system: Units, colour: str = "$text-accent"
) -> Series:
    known = {row.day: value_of(metric, row) for row in rows}
    words = METRICS[metric].words
    total = metric in _SUMS or metric.endswith("_total")
    event = METRICS[metric].granularity is Granularity.EVENT
    return Series(
        [float(day.toordinal()) for day in days],
        [known.get(day, math.nan) for day in days],
        lambda value: units.metric_value(metric, value, system),
        colour=colour,
        shape="steps" if words else "bars" if total else "line",
        join=_JOINED_EVENTS if event else _JOINED_DAYS,
        breaks=not event,
        marks=range(len(words)) if words else None,
    )


def _shown(metric: str, value: float, system: Units) -> str:
    if math.isnan(value):
        return units.MISSING
    exact = METRICS[metric].granularity is not Granularity.SAMPLE
    return units.metric_value(metric, value, system) if exact else units.metric_mean(metric, value, system)


def _lines(metric: str, ys: Sequence[float], before: Sequence[float], period: Period, system: Units) -> tuple[str, str]:
    known = [value for value in ys if not math.isnan(value)]
    there = f"{len(known)} of {len(ys)} days"
    if words := METRICS[metric].words:
        counts = {word: sum(round(value) == number for value in known) for number, word in enumerate(words)}
        often = sorted((word for word in words if counts[word]), key=lambda word: -counts[word])
        return "   ".join(f"{word.replace('_', ' ')} {counts[word]} d" for word in often), there

    def mean(value: float) -> str:
        return units.metric_mean(metric, value, system)

    first = [f"min {mean(min(known))}", f"max {mean(max(known))}", f"avg {mean(fmean(known))}"]
    if (slope := trend(ys)) is not None:
        first.append(f"trend {units.metric_change(metric, slope * _MONTH_DAYS, system)}/month")
    second = []
    if week := [value for value in ys[-_WEEK:] if not math.isnan(value)]:
        second.append(f"7-day avg {mean(fmean(week))}")
    if before:
        change = units.metric_change(metric, fmean(known) - fmean(before), system)
        second.append(f"vs previous {period.range.title.lower()} {change}")
    return "   ".join(first), "   ".join([*second, there])


def trend(ys: Sequence[float]) -> float | None:
    """The slope by day of the line of least squares; None with less than two weeks of values."""
    points = [(number, value) for number, value in enumerate(ys) if not math.isnan(value)]
    if len(points) < _FEWEST_FOR_TREND:
        return None
    x, y = fmean(number for number, _ in points), fmean(value for _, value in points)
    spread = sum((number - x) ** 2 for number, _ in points)
    return sum((number - x) * (value - y) for number, value in points) / spread if spread else None


# ── One day ──────────────────────────────────────────────────────────────────────────────────────────


def of_readings(metric: str, found: OfDay, day: date, system: Units, overlay: str | None = None) -> View:
    """The readings of one day."""
    readings = found.readings[metric]
    title = f"{title_of(metric)}   {day:%a %-d %b %Y}"
    if not readings:
        return View(title, day=lambda number: day, empty="nothing")
    main = _through(metric, readings, system)
    other = None
    if overlay and found.readings.get(overlay):
        other = _through(overlay, found.readings[overlay], system, OVERLAY_COLOUR)
    whole = Window(found.starts_at.timestamp(), found.ends_at.timestamp())
    if main.shape == "steps" or readings[0].timestamp < found.starts_at:  # a night, which no day holds
        whole = Window(main.xs[0], max(main.xs[-1], main.xs[0] + 60))

    def said(number: int) -> str:
        moment = datetime.fromtimestamp(main.xs[number], found.zone)
        words = [f"{moment:%a %-d %b %H:%M}", _stage(metric, main.ys[number], system)]
        if main.shape == "steps" and number + 1 < len(main.xs):
            words.append(f"for {units.span(main.xs[number + 1] - main.xs[number])}")
        if other and overlay and (value := other.at(main.xs[number])) is not None:
            words.append(f"{title_of(overlay)} {units.metric_value(overlay, value, system)}")
        return "   ".join(words)

    return View(
        title,
        [Panel(main, other)],
        ticks.clock(found.zone),
        whole,
        _lines_of_day(metric, readings, system),
        said,
        lambda number: day,
    )


def _stage(metric: str, value: float, system: Units) -> str:
    return units.MISSING if math.isnan(value) else units.metric_value(metric, value, system)


def _through(metric: str, readings: Sequence[StoredReading], system: Units, colour: str = "$text-accent") -> Series:
    """Readings over seconds since 1970; what holds for some time ends where it ends."""
    words = METRICS[metric].words
    held = bool(words) or metric in _SUMS
    xs: list[float] = []
    ys: list[float] = []
    ends = [reading.timestamp.timestamp() for reading in readings[1:]] + [math.inf]
    for reading, next_at in zip(readings, ends, strict=True):
        at = reading.timestamp.timestamp()
        xs.append(at)
        ys.append(reading.value)
        over = at + (_length(reading) if words else _INTERVAL_S)
        if held and over < next_at - 1:
            xs.append(over)
            ys.append(math.nan)
    return Series(
        xs,
        ys,
        lambda value: units.metric_value(metric, value, system),
        colour=colour,
        shape="steps" if words else "bars" if held else "line",
        join=_SILENCE_S,
        marks=range(len(words)) if words else None,
    )


def _length(reading: StoredReading) -> float:
    seconds = (reading.extra or {}).get("seconds")
    return float(seconds) if isinstance(seconds, int | float) and seconds > 0 else _INTERVAL_S


def _lines_of_day(metric: str, readings: Sequence[StoredReading], system: Units) -> tuple[str, str]:
    count = "1 reading" if len(readings) == 1 else f"{units.number(len(readings))} readings"
    words = METRICS[metric].words
    if words:
        lengths = dict.fromkeys(words, 0.0)
        for reading in readings:
            lengths[words[int(reading.value)]] += _length(reading)
        return "   ".join(f"{word} {units.span(seconds)}" for word, seconds in lengths.items() if seconds), count
    values = [reading.value for reading in readings]
    if metric in _SUMS:
        return f"in all {units.metric_value(metric, sum(values), system)}", count
    return (
        "   ".join(
            f"{name} {units.metric_mean(metric, value, system)}"
            for name, value in (("min", min(values)), ("max", max(values)), ("avg", fmean(values)))
        ),
        count,
    )


def one_value(metric: str, rows: Sequence[StoredDay], day: date, system: Units) -> View:
    """A metric with one value a day, on a day: no chart, but the value."""
    known = next((value_of(metric, row) for row in rows if row.day == day), math.nan)
    said = f"{title_of(metric)} has one value a day. {keys.label('health.week')} shows the week."
    if not math.isnan(known):
        said = f"{day:%a %-d %b %Y}   {_shown(metric, known, system)}\n{said}"
    return View(f"{title_of(metric)}   {day:%a %-d %b %Y}", day=lambda number: day, empty=said)
