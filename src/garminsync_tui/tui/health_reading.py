"""From what is wanted of Health to what is shown: which days, which rows, and why there are none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple, cast

from ..dates import EARLIEST
from ..metrics import METRICS, Granularity
from ..units import Units
from . import health_words
from .health_range import RANGES, Period, Range
from .health_subjects import ONLY_A_DAY, TRAINING_KEYS, through_the_day, title_of
from .health_view import View, of_days, of_readings, one_value

if TYPE_CHECKING:
    from ..store.health import MetricCount
    from ..training.totals import Period as Span
    from .health_shelf import HealthShelf


class Wanted(NamedTuple):
    """A subject, and what of it. `until` is None for today."""

    key: str
    range: Range
    until: date | None = None
    #: A second metric, or none.
    overlay: str = ""
    #: Kind and span of the record whose history is shown.
    record: tuple[str, float] | None = None


class Now(NamedTuple):
    """By what a view goes beside what is wanted."""

    stored: Mapping[str, MetricCount]
    today: date
    moment: datetime
    system: Units


def period_of(wanted: Wanted, now: Now) -> Period:
    """The days that are shown."""
    until = wanted.until or now.today
    chosen, oldest = wanted.range, EARLIEST
    if wanted.key in now.stored:
        oldest = now.stored[wanted.key].first
    if wanted.key in ONLY_A_DAY:
        chosen = RANGES["day"]
    elif wanted.key in TRAINING_KEYS:
        # Nothing of training is of a part of a day, and one month or year alone says little.
        least = {"month": "year", "year": "all"}.get(wanted.key, "week")
        names = list(RANGES)
        chosen = RANGES[names[max(names.index(chosen.name), names.index(least))]]
    return Period.ending(chosen, until, oldest)


async def view_of(wanted: Wanted, period: Period, shelf: HealthShelf, now: Now) -> View:
    """What is wanted, as it is stored. Raises GarminSyncError."""
    key = wanted.key
    if key in TRAINING_KEYS:
        return await _training(wanted, period, shelf, now)
    if key not in now.stored:
        return View(title_of(key), empty=health_words.why_never(key, await shelf.absence(key, now.today)))
    overlay = "" if wanted.overlay == key else wanted.overlay
    if period.range.days == 1:
        return await _one_day(key, overlay, period, shelf, now)
    read = await shelf.days([key, *([overlay] if overlay else [])], period)
    before = (await shelf.days([key], period.before))[key] if period.range.days else []
    view = of_days(key, read[key], before, period, now.system, (overlay, read[overlay]) if overlay else None)
    return await _or_why(view, key, period.until, shelf, now)


async def _one_day(key: str, overlay: str, period: Period, shelf: HealthShelf, now: Now) -> View:
    day, through = period.until, through_the_day(key)
    if METRICS[through].granularity is Granularity.DAY:
        return one_value(key, (await shelf.days([key], period))[key], day, now.system)
    other = through_the_day(overlay) if overlay else ""
    found = await shelf.day([through, *([other] if other and other != through else [])], day)
    return await _or_why(of_readings(through, found, day, now.system, other), through, day, shelf, now)


async def _or_why(view: View, metric: str, day: date, shelf: HealthShelf, now: Now) -> View:
    """The view, or why there is nothing in it."""
    if not view.empty:
        return view
    why = health_words.why_missing(metric, await shelf.absence(metric, day), day, now.today, now.moment)
    words = f"{day:%a %-d %b %Y}: no {title_of(metric)}.\n{why[:1].upper()}{why[1:]}"
    return View(view.title, empty=words, day=lambda number: day)


async def _training(wanted: Wanted, period: Period, shelf: HealthShelf, now: Now) -> View:
    # Only now: nobody who looks at a heart rate needs the formulas.
    from . import training_view

    key = wanted.key
    if wanted.record is not None:
        return training_view.of_history(key, await shelf.history(key, *wanted.record), now.today, now.system)
    if key in ("form", "load"):
        loads = await shelf.loads(now.today)
        return (training_view.of_form if key == "form" else training_view.of_load)(loads, period)
    if key in ("week", "month", "year"):
        return training_view.of_totals(await shelf.totals(), cast("Span", key), period, now.system)
    season = await shelf.bests(key, period) if period.range.days else []
    return training_view.of_bests(key, await shelf.bests(key), season, period, now.system)
