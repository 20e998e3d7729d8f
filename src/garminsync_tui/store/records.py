"""What adds up and what was best: totals by day, records and their history, daily loads.

Plain SQL of the few columns that are needed, see `plain.py`: a whole command over ten years of activities takes less
time than importing SQLAlchemy.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from ..training.sports import sport_of
from ..training.totals import Period, period_start, period_starts
from . import plain
from .plain import Asked

if TYPE_CHECKING:
    from ..training.load import Form

# ── How much there is ────────────────────────────────────────────────────────────────────────────────


class Extent(NamedTuple):
    """How much there is to calculate with."""

    activities: int
    #: Without a row of figures: nothing was computed from their files yet.
    not_computed: int
    #: Whose file could not be read.
    unreadable: int
    #: Computed, but no basis of a load is honest.
    without_load: int


async def extent(asked: Asked) -> Extent:
    """Look at how much there is."""
    [(activities, not_computed)] = await asked.rows("""
        SELECT count(*), count(CASE WHEN NOT EXISTS (SELECT 1 FROM activity_figures f WHERE f.activity_id = a.id)
                                    THEN 1 END)
          FROM activities a""")
    [(unreadable, without_load)] = await asked.rows("""
        SELECT count(problem), count(CASE WHEN problem IS NULL AND load IS NULL THEN 1 END) FROM activity_figures""")
    return Extent(activities, not_computed, unreadable, without_load)


async def zone(asked: Asked) -> str | None:
    """The IANA zone of the linked account, by whose days a person lives."""
    rows = await asked.rows("SELECT time_zone FROM garmin_connect_accounts WHERE active")
    return next((name for (name,) in rows), None)


# ── Totals ───────────────────────────────────────────────────────────────────────────────────────────

#: The local day on which an activity started, by whether SQLite is asked.
LOCAL_DAY = {
    True: "date(start_time / 1000 + coalesce(utc_offset_s, 0), 'unixepoch')",
    False: "CAST((start_time AT TIME ZONE 'UTC') + make_interval(secs => coalesce(utc_offset_s, 0)) AS date)",
}
#: JSON's own text on PostgreSQL, a value on SQLite: both read each document once.
_ASCENT = {
    True: "json_extract(metadata, '$.elevationGain')",
    False: "CAST(metadata -> 'elevationGain' AS text)",
}
#: What Garmin's summary says beyond that is nonsense.
HIGHEST_ASCENT_M = 100_000


class DayTotal(NamedTuple):
    """The activities of one type that started on a local day."""

    day: date
    activity_type: str
    activities: int
    duration_s: int
    #: None where none of them has any; so are those that follow.
    distance_m: float | None
    ascent_m: float | None
    calories_kcal: float | None


async def day_totals(asked: Asked) -> list[DayTotal]:
    """Every local day with activities and each type on it, in order."""
    rows = await asked.rows(f"""
        SELECT {LOCAL_DAY[asked.sqlite]} AS day, activity_type, 1, duration, distance,
               {_ASCENT[asked.sqlite]}, calories
          FROM activities ORDER BY 1, 2""")
    single = [
        DayTotal(plain.day(day), of, one, duration_s, distance_m, _ascent(ascent, asked.sqlite), calories_kcal)
        for day, of, one, duration_s, distance_m, ascent, calories_kcal in rows
    ]
    days = []
    for (day, activity_type), group in groupby(single, itemgetter(0, 1)):
        first, *others = group
        days.append(DayTotal(day, activity_type, *total([first, *others])) if others else first)
    return days


def _ascent(found: Any, is_value: bool) -> float | None:
    """What Garmin says was climbed (m); answers are kept as they came, so what they hold is looked at here."""
    if not is_value and found is not None:
        import json

        found = json.loads(found)
    return float(found) if isinstance(found, int | float) and 0 <= found <= HIGHEST_ASCENT_M else None


class Total(NamedTuple):
    """What several activities add up to; see `DayTotal`."""

    activities: int = 0
    duration_s: int = 0
    distance_m: float | None = None
    ascent_m: float | None = None
    calories_kcal: float | None = None


def total(parts: Iterable[DayTotal]) -> Total:
    """The sum; what none of them has stays None."""
    activities = duration_s = 0
    distance_m = ascent_m = calories_kcal = None
    for part in parts:
        activities += part.activities
        duration_s += part.duration_s
        if part.distance_m is not None:
            distance_m = (distance_m or 0.0) + part.distance_m
        if part.ascent_m is not None:
            ascent_m = (ascent_m or 0.0) + part.ascent_m
        if part.calories_kcal is not None:
            calories_kcal = (calories_kcal or 0.0) + part.calories_kcal
    return Total(activities, duration_s, distance_m, ascent_m, calories_kcal)


class PeriodTotal(NamedTuple):
    """A week, month or year, or what of it lies in the days that were asked for."""

    first: date
    last: date
    whole: Total
    #: By sport, see `training.sports`; those without an activity are left out.
    sports: dict[str, Total]


def by_period(days: Iterable[DayTotal], by: Period, since: date, until: date) -> list[PeriodTotal]:
    """Every period from `since` to `until`, in order, also those without an activity."""
    found: dict[date, list[DayTotal]] = {}
    for each in days:
        if since <= each.day <= until:
            found.setdefault(period_start(each.day, by), []).append(each)
    starts = list(period_starts(since, until, by))
    ends = [*(start - timedelta(days=1) for start in starts[1:]), until]
    return [
        PeriodTotal(max(start, since), end, total(found.get(start, [])), _by_sport(found.get(start, [])))
        for start, end in zip(starts, ends, strict=True)
    ]


def _by_sport(parts: Iterable[DayTotal]) -> dict[str, Total]:
    sports: dict[str, list[DayTotal]] = {}
    for part in parts:
        sports.setdefault(sport_of(part.activity_type), []).append(part)
    return {sport: total(of_sport) for sport, of_sport in sorted(sports.items())}


# ── Best efforts ─────────────────────────────────────────────────────────────────────────────────────

#: In the order in which they are shown.
RECORD_SPORTS = ("running", "cycling", "swimming", "walking", "other")
KINDS = ("distance", "power")


class Best(NamedTuple):
    """A best effort with the activity it belongs to."""

    sport: str
    #: "distance": `span` metres took `value` seconds; "power": `span` seconds had `value` watts on average.
    kind: str
    span: float
    value: float
    #: Why it stands apart from the records: downhill, indoor, suspect.
    note: str | None
    starts_at: datetime
    activity_id: UUID
    garmin_activity_id: str
    name: str | None
    activity_type: str
    #: The local day on which the activity started.
    day: date


# Each span is found by one seek behind the one before it. Its best is the first of the index that may count: mostly
# that is one more seek, and at worst the index is read once.
_RECORDS = """
WITH RECURSIVE pairs (sport, kind) AS (VALUES {pairs}),
spans (sport, kind, span) AS (
    SELECT sport, kind,
           (SELECT min(b.span) FROM activity_bests b WHERE b.sport = pairs.sport AND b.kind = pairs.kind)
      FROM pairs
    UNION ALL
    SELECT sport, kind,
           (SELECT min(b.span) FROM activity_bests b
             WHERE b.sport = spans.sport AND b.kind = spans.kind AND b.span > spans.span)
      FROM spans WHERE span IS NOT NULL
),
chosen AS (
    SELECT kind, span, CASE kind WHEN 'power' THEN {most} ELSE {least} END AS activity_id
      FROM spans WHERE span IS NOT NULL
)"""
_BEST_OF_SPAN = """(
        SELECT b.activity_id FROM activity_bests b
         WHERE b.sport = spans.sport AND b.kind = spans.kind AND b.span = spans.span AND {conditions}
         ORDER BY {order}, b.starts_at, b.activity_id LIMIT 1)"""
# Where few count, noted ones or those of some days, it is quicker to look at each. The note leads the groups because
# no index has it: by one that has the rest each row would be a seek. The days are said in two ways, so that the second
# time each of the few is found by its value and not by its activity.
_RECORDS_OF_FEW = """
WITH most AS (
    SELECT sport, kind, span, coalesce(note, '') AS mark,
           CASE kind WHEN 'power' THEN max(value) ELSE min(value) END AS value
      FROM activity_bests b WHERE {conditions} GROUP BY coalesce(note, ''), sport, kind, span
),
chosen AS (
    SELECT b.kind, b.span, b.activity_id
      FROM most JOIN activity_bests b ON b.sport = most.sport AND b.kind = most.kind AND b.span = most.span
                                     AND b.value = most.value AND coalesce(b.note, '') = most.mark
     WHERE {again}
)"""
#: Of all activities that have figures: up to so many, one by one is the quicker way.
_FEW = 0.1
_HISTORY = """
WITH efforts AS (
    SELECT b.activity_id, b.kind, b.span, b.value,
           CASE b.kind WHEN 'power' THEN max(b.value) OVER earlier ELSE min(b.value) OVER earlier END AS record
      FROM activity_bests b WHERE {conditions}
    WINDOW earlier AS (ORDER BY b.starts_at, b.activity_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
),
chosen AS (
    SELECT kind, span, activity_id FROM efforts
     WHERE record IS NULL OR CASE kind WHEN 'power' THEN value > record ELSE value < record END
)"""
_NAMED = """
SELECT b.sport, b.kind, b.span, b.value, b.note, b.starts_at, b.activity_id, a.garmin_activity_id, a.name,
       a.activity_type, {day}
  FROM chosen c JOIN activity_bests b ON b.activity_id = c.activity_id AND b.kind = c.kind AND b.span = c.span
                JOIN activities a ON a.id = b.activity_id
 ORDER BY b.starts_at, b.activity_id"""


async def records(
    asked: Asked, sport: str | None = None, since: date | None = None, until: date | None = None, *, noted: bool = False
) -> list[Best]:
    """The best effort over each span: the shortest time for a distance, the most power for a time.

    Of equal ones the earlier keeps the record. `noted` adds, for every note, the best of those that stand apart.
    By sport, distances before times, short ones first.
    """
    few = (since or until) and await _share(asked, since, until) < _FEW
    found = []
    if not few:
        conditions, values = _of(since, until)
        clean = " AND ".join([*conditions, "b.note IS NULL"])
        of = [(each, kind) for each in RECORD_SPORTS for kind in KINDS if sport in {None, each}]
        asking = _RECORDS.format(
            pairs=", ".join(f"('{each}', '{kind}')" for each, kind in of),
            most=_BEST_OF_SPAN.format(order="b.value DESC", conditions=clean),
            least=_BEST_OF_SPAN.format(order="b.value", conditions=clean),
        )
        found = await _named(asked, asking, values)
    if few or noted:
        conditions, values = _of(since, until, sport=sport)
        conditions += ["b.note IS NOT NULL"] if not few else [] if noted else ["b.note IS NULL"]
        within, _ = _within(since, until)
        again = f"SELECT 1 FROM activity_figures f WHERE f.activity_id = b.activity_id AND {within}"
        asking = _RECORDS_OF_FEW.format(
            conditions=" AND ".join(conditions), again=f"EXISTS ({again})" if within else "b.note IS NOT NULL"
        )
        found += await _named(asked, asking, values)
    # Rows come in the order in which they happened, and that is kept: the first of equals is the earliest.
    found.sort(key=_place)
    return [next(equals) for _, equals in groupby(found, _place)]


def _place(best: Best) -> tuple[int, int, float, str]:
    return RECORD_SPORTS.index(best.sport), KINDS.index(best.kind), best.span, best.note or ""


async def record_history(
    asked: Asked,
    sport: str,
    kind: str,
    span: float,
    since: date | None = None,
    until: date | None = None,
    *,
    noted: bool = False,
) -> list[Best]:
    """The efforts that were the best over a span when they happened, the oldest first; the last one still is.

    `noted` counts those too that stand apart.
    """
    conditions, values = _of(since, until, sport=sport, kind=kind, span=span)
    conditions += [] if noted else ["b.note IS NULL"]
    return await _named(asked, _HISTORY.format(conditions=" AND ".join(conditions)), values)


async def spans(asked: Asked, sport: str | None = None) -> list[tuple[str, str, float]]:
    """Sport, kind and span of every effort that there is a record of, noted or not."""
    return list(dict.fromkeys((best.sport, best.kind, best.span) for best in await records(asked, sport, noted=True)))


async def _share(asked: Asked, since: date | None, until: date | None) -> float:
    """How much of what was computed is of some days."""
    within, values = _within(since, until)
    [(some, every)] = await asked.rows(
        f"""SELECT (SELECT count(*) FROM activity_figures WHERE {within}), (SELECT count(*) FROM activity_figures)""",
        **values,
    )
    return some / every if every else 0.0


def _within(since: date | None, until: date | None) -> tuple[str, dict[str, Any]]:
    """A condition on figures, and its values."""
    days = {name: day for name, day in (("since", since), ("until", until)) if day}
    return " AND ".join(f"day {'>=' if name == 'since' else '<='} :{name}" for name in days), days


def _of(since: date | None, until: date | None, **equal: Any) -> tuple[list[str], dict[str, Any]]:
    """Conditions on a best effort `b`, and their values; a value of None is no condition."""
    equal = {name: value for name, value in equal.items() if value is not None}
    within, days = _within(since, until)
    conditions = [f"b.{name} = :{name}" for name in equal]
    if days:
        conditions.append(f"b.activity_id IN (SELECT activity_id FROM activity_figures WHERE {within})")
    return conditions, {**equal, **days}


async def _named(asked: Asked, asking: str, values: dict[str, Any]) -> list[Best]:
    rows = await asked.rows(asking + _NAMED.format(day=LOCAL_DAY[asked.sqlite]), **values)
    return [
        Best(sport, kind, span, value, note, plain.instant(at), plain.uuid(activity), garmin, name, of, plain.day(day))
        for sport, kind, span, value, note, at, activity, garmin, name, of, day in rows
    ]


# ── Load ─────────────────────────────────────────────────────────────────────────────────────────────


class DayLoad(NamedTuple):
    """The training load of one day that was computed on one basis."""

    day: date
    basis: str
    load: float
    activities: int


async def daily_loads(asked: Asked, since: date | None = None, until: date | None = None) -> list[DayLoad]:
    """Every day (of some) with a load and each basis on it, in order."""
    within, days = _within(since, until)
    rows = await asked.rows(
        f"""
        SELECT day, load_basis, sum(load), count(*) FROM activity_figures
         WHERE load IS NOT NULL {f"AND {within}" if within else ""} GROUP BY 1, 2 ORDER BY 1, 2""",
        **days,
    )
    return [DayLoad(plain.day(day), *rest) for day, *rest in rows]


class TrainingDay(NamedTuple):
    """A calendar day: its load on each basis, and how training stands at its end."""

    day: date
    bases: dict[str, float]
    form: Form

    @property
    def load(self) -> float:
        """Points of all activities of the day."""
        return sum(self.bases.values())


def training_days(loads: Iterable[DayLoad], until: date) -> list[TrainingDay]:
    """Every calendar day from the first load on; a day without one is rest."""
    from ..training.load import fitness_fatigue_form  # only where it is needed: see above

    bases: dict[date, dict[str, float]] = {}
    for each in loads:
        if each.day <= until:
            bases.setdefault(each.day, {})[each.basis] = each.load
    if not bases:
        return []
    first = min(bases)
    calendar = [first + timedelta(days=n) for n in range((until - first).days + 1)]
    of_days = [bases.get(day, {}) for day in calendar]
    forms = fitness_fatigue_form([sum(found.values()) for found in of_days])
    return [TrainingDay(*each) for each in zip(calendar, of_days, forms, strict=True)]


def settled_from(days: Sequence[TrainingDay]) -> date:
    """The first day on which what came before the first load no longer matters."""
    from ..training.heuristics import UNSETTLED_DAYS

    return days[0].day + timedelta(days=UNSETTLED_DAYS)
