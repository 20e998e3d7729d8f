"""What Health reads: values, readings of a day, why something is missing, and the numbers of training."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, NamedTuple

from ..config import Config
from ..garmin.endpoints import Endpoint, endpoint_of, endpoints_of
from ..new_file import new_file
from ..store import accounts, coverage, days, health, records
from ..store.database import Database
from ..store.health import MetricCount, StoredDay, StoredReading
from ..store.plain import AskedSession
from ..transfer.health_rows import COLUMNS, write_readings
from ..transfer.rows import Rows
from .coverage_words import withheld
from .health_range import Period
from .undisturbed import undisturbed

#: Any of them means that the watch was worn.
_SIGNS_OF_WEAR = ("steps_total", "min_heart_rate", "max_heart_rate", "resting_heart_rate", "stress_avg")
_NIGHT = "sleep"
_EVENING = timedelta(hours=12)


class OfDay(NamedTuple):
    """The readings of one local day, and by which clock it is told."""

    starts_at: datetime
    ends_at: datetime
    zone: tzinfo
    readings: dict[str, list[StoredReading]]


class Absence(NamedTuple):
    """What is known of a day without a value: the ledger's word, and what else was measured."""

    endpoint: Endpoint
    entry: coverage.Day | None
    worn: bool
    slept: bool
    #: Whether the endpoint is asked for by itself.
    chosen: bool
    #: Why the account's way of signing in cannot bring it; empty where it can.
    withheld: str = ""


class Loads(NamedTuple):
    """The load of every day, and how much there is to compute it from."""

    days: list[records.TrainingDay]
    extent: records.Extent


class HealthShelf:
    """Only reads. `under_way` is the engine's set of what uses the database."""

    def __init__(self, config: Config, database: Database, under_way: set[asyncio.Future[Any]]) -> None:
        self._config = config
        self._database = database
        self.under_way = under_way

    @undisturbed
    async def stored(self) -> dict[str, MetricCount]:
        """What is stored of each metric."""
        async with self._database.read() as session:
            return {each.metric: each for each in await health.counts(session)}

    @undisturbed
    async def days(self, metrics: Sequence[str], period: Period) -> dict[str, list[StoredDay]]:
        """The days of some metrics."""
        async with self._database.read() as session:
            return {metric: await health.daily(session, metric, period.since, period.until) for metric in metrics}

    @undisturbed
    async def day(self, metrics: Sequence[str], day: date) -> OfDay:
        """The readings of a day; what belongs to a night also from the evening before."""
        account = await accounts.shown_account(self._database)
        zone = days.zone_of(account.time_zone if account else None)
        async with self._database.read() as session:
            first, end = await days.extent(session, account.id if account else None, zone, day, day)
            found = {}
            for metric in metrics:
                back = _EVENING if endpoint_of(metric).name == _NIGHT else timedelta()
                found[metric] = await health.readings(session, metric, first - back, end - back)
        return OfDay(first, end, zone, found)

    @undisturbed
    async def absence(self, metric: str, day: date) -> Absence:
        """Why a day may have no value."""
        endpoint = endpoint_of(metric)
        account = await accounts.shown_account(self._database)
        async with self._database.read() as session:
            entries = (
                await coverage.by_day(session, account.id, [endpoint.name], day, day) if account is not None else []
            )
            measured = await health.measured(session, [*_SIGNS_OF_WEAR, _NIGHT], day)
        chosen = endpoints_of(self._config["health.samples"], self._config["health.extras"])
        return Absence(
            endpoint,
            entries[0] if entries else None,
            bool(measured & {*_SIGNS_OF_WEAR}),
            _NIGHT in measured,
            endpoint in chosen,
            withheld(account.provider, endpoint.name, metric) if account is not None else "",
        )

    @undisturbed
    async def write(self, metrics: Sequence[str], period: Period, target: Path, *, replace: bool) -> int:
        """Write the readings of a period as `garminsync health export` does; how many. Raises GarminSyncError."""
        with new_file(target, replace=replace) as stream:
            rows = Rows(stream, COLUMNS, "csv")
            return await write_readings(self._database, metrics, period.since, period.until, rows)

    # ── Training ─────────────────────────────────────────────────────────────────────────────────────

    @undisturbed
    async def loads(self, until: date) -> Loads:
        """Load, fitness, fatigue and form of every day, as `garminsync load` has them."""
        async with self._database.read() as session:
            asked = AskedSession(session)
            return Loads(records.training_days(await records.daily_loads(asked), until), await records.extent(asked))

    @undisturbed
    async def totals(self) -> list[records.DayTotal]:
        """What activities add up to by day, as `garminsync stats` has it."""
        async with self._database.read() as session:
            return await records.day_totals(AskedSession(session))

    @undisturbed
    async def history(self, sport: str, kind: str, span: float) -> list[records.Best]:
        """How one record came down, as `garminsync bests --history` has it."""
        async with self._database.read() as session:
            return await records.record_history(AskedSession(session), sport, kind, span)

    @undisturbed
    async def bests(self, sport: str, period: Period | None = None) -> list[records.Best]:
        """The records of a sport, of a period or of all time, as `garminsync bests` has them."""
        async with self._database.read() as session:
            since, until = (period.since, period.until) if period else (None, None)
            return await records.records(AskedSession(session), sport, since, until)
