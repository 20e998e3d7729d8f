"""Readings, days and nights, and the ledger of what was fetched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import date
from operator import attrgetter
from typing import Any

from ...columns import from_ms
from ...metrics import METRICS, Granularity
from ...models import CalendarDay, Coverage, HealthCount, HealthDaily
from ...store import listed, outgoing
from ...store.database import Database
from .made_of import ACCOUNT, From, every, is_, of_account, table
from .shape import Chosen, Column, Kind, Pages, Row, Table

_METRIC = Column("metric", Kind.TEXT, "its name in `garminsync health types`")
_VALUE = Column("value", Kind.REAL, "in `unit`; of a word its ordinal")
_UNIT = Column("unit", Kind.TEXT, "SI-derived; empty where there is none")
_WORD = Column("word", Kind.TEXT, "the word, where Garmin gives one")
_MORE = Column("metadata", Kind.DOCUMENT, "what else belongs to it")


def _word(metric: str, value: float) -> str | None:
    words = METRICS[metric].words if metric in METRICS else ()
    return words[int(value)] if 0 <= value < len(words) else None


async def _metrics(database: Database, *, of_a_day: bool) -> list[str]:
    """The stored metrics of one kind, the catalogue's first; what it does not know counts as readings."""
    counted = [row[0] async for page in listed.pages(database, [HealthCount.metric_type], []) for row in page]
    found = [*(name for name in METRICS if name in set(counted)), *sorted(set(counted) - METRICS.keys())]
    days = {name for name in found if name in METRICS and METRICS[name].granularity is Granularity.DAY}
    return [name for name in found if (name in days) == of_a_day]


async def _readings(database: Database, chosen: Chosen) -> AsyncGenerator[list[Row]]:
    metrics = await _metrics(database, of_a_day=False)
    async for page in outgoing.pages(database, metrics, chosen.since, chosen.until):
        owners = {account_id: str(account_id) for account_id in {each.account_id for each in page}}
        yield [
            (
                owners[each.account_id],
                each.metric,
                each.timestamp,
                each.local_day,
                each.value,
                each.unit,
                _word(each.metric, each.value),
                each.extra,
            )
            for each in page
        ]


async def _days(database: Database, chosen: Chosen) -> AsyncGenerator[list[Row]]:
    metrics = await _metrics(database, of_a_day=True)
    async for page in outgoing.pages(database, metrics, chosen.since, chosen.until):
        yield [
            (
                str(each.account_id),
                each.metric,
                each.local_day,
                each.value,
                each.unit,
                _word(each.metric, each.value),
                each.extra,
            )
            for each in page
        ]


_NIGHTS = {
    "sleep": ("asleep_s", "time asleep", "s"),
    "sleep_deep": ("deep_s", "deep sleep", "s"),
    "sleep_light": ("light_s", "light sleep", "s"),
    "sleep_rem": ("rem_s", "REM sleep", "s"),
    "sleep_awake": ("awake_s", "awake after falling asleep", "s"),
    "sleep_score": ("score_points", "Garmin's score, up to 100", "points"),
    "sleep_need": ("need_min", "sleep that the night asked for", "min"),
    "skin_temp_deviation": ("skin_temp_deviation_c", "skin temperature against the usual", "°C"),
    "hrv_last_night_avg": ("hrv_ms", "mean heart rate variability", "ms"),
}


async def _nights(database: Database, chosen: Chosen) -> AsyncGenerator[list[Row]]:
    """A row a night: as few as days, so that they fit into memory."""
    nights: dict[tuple[str, date], dict[str, Any]] = defaultdict(dict)
    async for page in outgoing.pages(database, list(_NIGHTS), chosen.since, chosen.until):
        for each in page:
            night = nights[str(each.account_id), each.local_day]
            night[each.metric] = each.value
            if each.metric == "sleep" and each.extra:
                for name in ("starts_ms", "ends_ms"):
                    at = each.extra.get(name)
                    night[name] = from_ms(at) if isinstance(at, int) else None
    names = ["starts_ms", "ends_ms", *_NIGHTS]
    if nights:
        yield [(*key, *(nights[key].get(name) for name in names)) for key in sorted(nights)]


def _of_health(name: str, about: str, columns: Sequence[Column], pages: Callable[[Database, Chosen], Pages]) -> Table:
    return Table(name, about, (ACCOUNT, *columns), pages)


_HEALTH_READINGS = _of_health(
    "health_readings",
    "Every reading at its instant: series and single events, by metric and time.",
    [
        _METRIC,
        Column("timestamp", Kind.INSTANT, "the instant"),
        Column("local_day", Kind.DAY, "the day it belongs to where it was measured"),
        _VALUE, _UNIT, _WORD, _MORE,
    ],
    _readings,
)  # fmt: skip
_HEALTH_DAYS = _of_health(
    "health_days",
    "Values that belong to a whole day or night, by metric and day.",
    [_METRIC, Column("day", Kind.DAY, "the day, or that on which the night ended"), _VALUE, _UNIT, _WORD, _MORE],
    _days,
)
_SLEEP = _of_health(
    "sleep",
    "One row a night, under the day on which it ended.",
    [
        Column("day", Kind.DAY, "the day on which it ended"),
        Column("starts_at", Kind.INSTANT, "when sleep began"),
        Column("ends_at", Kind.INSTANT, "when it ended"),
        *(Column(name, Kind.REAL, about, unit) for name, about, unit in _NIGHTS.values()),
    ],
    _nights,
)
_HEALTH_DAILY = table(
    "health_daily",
    "Each metric's day in one row: the least, the mean, the most and the last of its readings.",
    [
        of_account(),
        From(_METRIC, attrgetter("metric_type")),
        is_("day", Kind.DAY, "the local day"),
        is_("minimum", Kind.REAL, "the least, in `unit`"),
        is_("mean", Kind.REAL, "the mean, in `unit`"),
        is_("maximum", Kind.REAL, "the most, in `unit`"),
        is_("last", Kind.REAL, "the last of the day, in `unit`"),
        is_("n", Kind.INTEGER, "how many readings"),
        From(_UNIT, lambda row: METRICS[row.metric_type].unit if row.metric_type in METRICS else None),
    ],
    every(
        HealthDaily,
        HealthDaily.garmin_connect_account_id,
        HealthDaily.metric_type,
        HealthDaily.day,
        day=HealthDaily.day,
    ),
)
_DAYS = table(
    "days",
    "Which instants belong to which local day: of 23, 24 or 25 hours, or what a flight made of it.",
    [
        of_account(),
        is_("day", Kind.DAY, "the local day"),
        is_("starts_at", Kind.INSTANT, "its first instant"),
        is_("ends_at", Kind.INSTANT, "the first instant after it"),
        is_("utc_offset_s", Kind.INTEGER, "local wall clock minus UTC at its start", "s"),
        is_("source", Kind.TEXT, "garmin where Garmin told the bounds, assumed where the profile's zone did"),
    ],
    every(CalendarDay, CalendarDay.garmin_connect_account_id, CalendarDay.day, day=CalendarDay.day),
)
_COVERAGE = table(
    "coverage",
    "The ledger: what was fetched for which day or activity of which answer of Garmin's, and how it went.",
    [
        of_account(),
        is_("endpoint", Kind.TEXT, "which answer: `origin` in `garminsync health types`"),
        is_("day", Kind.DAY, "the day"),
        is_("item", Kind.TEXT, "Garmin's activity id, or an empty text"),
        is_("status", Kind.TEXT, "fetched, empty, failed or stale"),
        is_("reason", Kind.TEXT, "why it failed"),
        is_("source", Kind.TEXT, "where the values came from"),
        is_("attempts", Kind.INTEGER, "how often it failed"),
        is_("checked_at", Kind.INSTANT, "when it was looked at last"),
        is_("next_try_at", Kind.INSTANT, "when it is tried again"),
        is_("first_at", Kind.INSTANT, "first reading that came with it"),
        is_("last_at", Kind.INSTANT, "last reading that came with it"),
    ],
    every(
        Coverage,
        Coverage.garmin_connect_account_id,
        Coverage.endpoint,
        Coverage.day,
        Coverage.item,
        day=Coverage.day,
    ),
)

HEALTH_TABLES = (_HEALTH_READINGS, _HEALTH_DAYS, _SLEEP, _HEALTH_DAILY, _DAYS, _COVERAGE)
