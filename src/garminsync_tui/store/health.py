"""Health metrics: a fetched day replaces what that day held, and its rollup follows in the same transaction."""

from __future__ import annotations

import itertools
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..columns import Instant, from_ms, to_json, to_ms
from ..ids import new_ids
from ..metrics import METRICS, Granularity, Reading, day_ms
from ..models import CalendarDay, Coverage, GarminConnectAccount, HealthCount, HealthDaily, HealthMetric
from . import coverage, days
from .upsert import insert

_COLUMNS = "id, garmin_connect_account_id, metric_type, timestamp, value, unit, metadata, synced_at, created_at"
_ON_CONFLICT = (
    "ON CONFLICT (garmin_connect_account_id, metric_type, timestamp) DO UPDATE SET"
    " value = excluded.value, unit = excluded.unit, metadata = excluded.metadata, synced_at = excluded.synced_at"
    " WHERE (health_metrics.value, health_metrics.unit, health_metrics.metadata)"
)
#: Unchanged rows are not written: their `synced_at` stays.
UPSERT_SQLITE = (
    f"INSERT INTO health_metrics ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
    f" {_ON_CONFLICT} IS NOT (excluded.value, excluded.unit, excluded.metadata)"
)
UPSERT_POSTGRESQL = (
    f"INSERT INTO health_metrics ({_COLUMNS}) SELECT {_COLUMNS} FROM incoming_metrics"
    f" {_ON_CONFLICT} IS DISTINCT FROM (excluded.value, excluded.unit, excluded.metadata)"
)
_INCOMING = (
    "CREATE TEMPORARY TABLE IF NOT EXISTS incoming_metrics"
    " (LIKE health_metrics INCLUDING DEFAULTS) ON COMMIT DELETE ROWS"
)


#: Where a day's values came from, in the ledger.
API, ARCHIVE, FIT = "api", "archive", "fit"
#: The ledger's word for a day of which Garmin tells nothing any more.
VANISHED = "Garmin tells nothing of this day any more; what is stored of it stays."

_TIMED = tuple(name for name, metric in METRICS.items() if metric.granularity is not Granularity.DAY)
_BY_DAY = tuple(name for name, metric in METRICS.items() if metric.granularity is Granularity.DAY)
#: Of a rollup: no statement runs long, however many days there are.
_DAYS_AT_ONCE = 31
_OF_DAYS = (
    sa.bindparam("account", type_=HealthDaily.garmin_connect_account_id.type),
    sa.bindparam("metrics", type_=sa.Text(), expanding=True),
    sa.bindparam("days", type_=HealthDaily.day.type, expanding=True),
)
#: As text: SQLAlchemy takes longer to put such a statement together than the database to run it.
_FORGET_ROLLUP = sa.text(
    "DELETE FROM health_daily WHERE garmin_connect_account_id = :account AND metric_type IN :metrics AND day IN :days"
    " RETURNING metric_type, n"
).bindparams(*_OF_DAYS)
#: These as text for the same reason: every day of every answer asks both.
_LEDGER = (
    sa.text(
        "SELECT day, status, source, reason, first_at, last_at FROM coverage"
        " WHERE garmin_connect_account_id = :account AND endpoint = :endpoint AND day IN :days"
    )
    .bindparams(_OF_DAYS[0], _OF_DAYS[2])
    .columns(*(Coverage.__table__.c[name] for name in ("day", "status", "source", "reason", "first_at", "last_at")))
)
_KEYS = (
    "SELECT metric_type, timestamp FROM health_metrics WHERE garmin_connect_account_id = :account"
    " AND metric_type IN :metrics AND timestamp"
)
_KEYS_AT = sa.text(f"{_KEYS} IN :instants").bindparams(
    *_OF_DAYS[:2], sa.bindparam("instants", type_=Instant(), expanding=True)
)
_KEYS_BETWEEN = sa.text(f"{_KEYS} BETWEEN :first AND :last").bindparams(
    *_OF_DAYS[:2], sa.bindparam("first", type_=Instant()), sa.bindparam("last", type_=Instant())
)
#: Nothing goes that was not counted when it came; but both databases check `n` before they see the row that is there.
_COUNT_ON = sa.text(
    "INSERT INTO health_counts (garmin_connect_account_id, metric_type, n) VALUES (:account, :metric, :n)"
    " ON CONFLICT (garmin_connect_account_id, metric_type) DO UPDATE SET n = health_counts.n + :change"
).bindparams(_OF_DAYS[0], sa.bindparam("n", type_=sa.BigInteger()), sa.bindparam("change", type_=sa.BigInteger()))
#: Neither database may look at more than the readings of one day at a time; PostgreSQL has to be told so.
_READINGS_OF_DAY = """
    health_metrics r WHERE r.garmin_connect_account_id = :account AND r.metric_type IN :metrics
                       AND r.timestamp >= d.starts_at AND r.timestamp < d.ends_at"""
_FROM_READINGS = {
    "sqlite": f"days d JOIN {_READINGS_OF_DAY} AND",
    "postgresql": f"days d CROSS JOIN LATERAL (SELECT r.* FROM {_READINGS_OF_DAY} OFFSET 0) r WHERE",
}
_ROLL_UP = {
    dialect: sa.text(f"""
    INSERT INTO health_daily (garmin_connect_account_id, metric_type, day, minimum, mean, maximum, n, last)
    SELECT :account, metric_type, day, minimum, mean, maximum, n,
           (SELECT value FROM health_metrics newest
             WHERE newest.garmin_connect_account_id = :account AND newest.metric_type = held.metric_type
               AND newest.timestamp = held.newest_at)
      FROM (SELECT r.metric_type, d.day, min(r.value) AS minimum, avg(r.value) AS mean, max(r.value) AS maximum,
                   count(*) AS n, max(r.timestamp) AS newest_at
              FROM {readings} d.garmin_connect_account_id = :account AND d.day IN :days
             GROUP BY r.metric_type, d.day) held
    RETURNING metric_type, n""").bindparams(*_OF_DAYS)
    for dialect, readings in _FROM_READINGS.items()
}


class Known(NamedTuple):
    """What the ledger says of one day. Whole rows of the model take several times as long."""

    day: date
    status: str
    source: str
    reason: str | None
    first_at: datetime | None
    last_at: datetime | None


class FetchedDay(NamedTuple):
    """What an endpoint gave for one day."""

    day: date
    readings: Sequence[Reading]
    #: What was there and could not be taken, for the ledger.
    left_out: str | None = None


async def upsert(session: AsyncSession, account_id: UUID, readings: Sequence[Reading]) -> None:
    """Write readings through the driver's own fast path (the ORM's unit of work is ten times slower)."""
    if not readings:
        return
    moment = time.time_ns() // 1_000_000
    connection = await session.connection()
    if connection.dialect.name == "sqlite":
        owner: Any = account_id.bytes
        rows = [
            (
                id_,
                owner,
                metric,
                at_ms,
                value,
                METRICS[metric].unit,
                to_json(extra) if extra else None,
                moment,
                moment,
            )
            for id_, (metric, at_ms, value, extra) in zip(new_ids(len(readings)), readings, strict=True)
        ]
        await connection.exec_driver_sql(UPSERT_SQLITE, rows)
        return
    await connection.exec_driver_sql(_INCOMING)
    stamp = from_ms(moment)
    records = [
        (
            UUID(bytes=id_),
            account_id,
            metric,
            from_ms(at_ms),
            value,
            METRICS[metric].unit,
            to_json(extra) if extra else None,
            stamp,
            stamp,
        )
        for id_, (metric, at_ms, value, extra) in zip(new_ids(len(readings)), readings, strict=True)
    ]
    raw = await connection.get_raw_connection()
    await raw.driver_connection.copy_records_to_table(  # type: ignore[union-attr]
        "incoming_metrics", records=records, columns=_COLUMNS.split(", ")
    )
    await connection.exec_driver_sql(UPSERT_POSTGRESQL)
    await connection.exec_driver_sql("DELETE FROM incoming_metrics")


async def replace_days(
    session: AsyncSession,
    account_id: UUID,
    endpoint: str,
    metrics: Sequence[str],
    fetched: Sequence[FetchedDay],
    *,
    again: bool = False,
    keep_vanished: bool = False,
    keep_extent: bool = False,
    keep_others: bool = False,
) -> None:
    """Store what an endpoint of Garmin's gave for some days, in place of what they held, with ledger and rollup.

    What a file told of a day gives way to an answer as a whole, also values that the answer lacks: a day has one
    source, whichever came first. An answer without anything takes nothing away from a file.

    `again` says that it comes from a stored answer: the ledger does not count it as a new fetch. `keep_vanished` keeps
    what is stored of a day that is suddenly without any reading. With `keep_extent`, `metrics` are not all that the
    endpoint gave before: what a later fetch replaces reaches as far as it did. With `keep_others`, neither are the
    readings: those between them stay.
    """
    before = await ledger(session, account_id, endpoint, [each.day for each in fetched])
    if again:
        # A stored answer says nothing of what a file has told since.
        fetched = [each for each in fetched if (old := before.get(each.day)) is None or old.source == API]
    gone = [
        each.day
        for each in fetched
        if not each.readings
        and (old := before.get(each.day))
        and old.first_at
        # The stored answer is the one that held nothing any more: read again, it changes nothing either.
        and (keep_vanished or old.source != API or (again and old.reason == VANISHED))
    ]
    fetched = [each for each in fetched if each.day not in gone]
    if not again:
        stays = [
            coverage.Entry(
                endpoint, day, "fetched", "", before[day].first_at, before[day].last_at, VANISHED, before[day].source
            )
            for day in gone
        ]
        await coverage.record(session, account_id, stays)
    entries = await write_days(
        session, account_id, endpoint, metrics, before, fetched, keep_extent=keep_extent, keep_others=keep_others
    )
    await coverage.record(session, account_id, entries, fetched=not again)


async def write_days(
    session: AsyncSession,
    account_id: UUID,
    endpoint: str,
    metrics: Sequence[str],
    before: Mapping[date, Known],
    fetched: Sequence[FetchedDay],
    *,
    keep_extent: bool = False,
    keep_others: bool = False,
) -> list[coverage.Entry]:
    """Values and rollup of some days, in place of what they held; what the ledger has to say of it is returned.

    For `keep_extent` and `keep_others` see `replace_days`.
    """
    if not fetched:
        return []
    by_day = [metric for metric in metrics if METRICS[metric].granularity is Granularity.DAY]
    timed = [metric for metric in metrics if METRICS[metric].granularity is not Granularity.DAY]
    await upsert(session, account_id, [reading for each in fetched for reading in each.readings])
    midnights = [from_ms(day_ms(each.day)) for each in fetched if each.day in before]
    if by_day and midnights:
        told = {(reading.metric, reading.at_ms) for each in fetched for reading in each.readings}
        where = {"account": account_id, "metrics": by_day, "instants": midnights}
        await _delete_others(session, account_id, await session.execute(_KEYS_AT, where), told)
    entries: list[coverage.Entry] = []
    touched: list[tuple[datetime, datetime]] = []
    for day, readings, left_out in fetched:
        kept = {(reading.metric, reading.at_ms) for reading in readings}
        instants = [reading.at_ms for reading in readings if METRICS[reading.metric].granularity is not Granularity.DAY]
        # A day's value alone is its own extent, so that the ledger knows that there was one.
        held = instants or [reading.at_ms for reading in readings]
        extent = (from_ms(min(held)), from_ms(max(held))) if held else None
        old = before.get(day)
        if keep_extent and extent and old is not None and old.first_at and old.last_at:
            extent = min(extent[0], old.first_at), max(extent[1], old.last_at)
        if old is not None and old.first_at and old.last_at:
            if timed and not keep_others:
                where = {"account": account_id, "metrics": timed, "first": old.first_at, "last": old.last_at}
                await _delete_others(session, account_id, await session.execute(_KEYS_BETWEEN, where), kept)
            touched.append((old.first_at, old.last_at))
        if extent:
            touched.append(extent)
        entries.append(
            coverage.Entry(
                endpoint,
                day,
                "fetched" if readings else "empty",
                first_at=extent[0] if extent else None,
                last_at=extent[1] if extent else None,
                reason=left_out,
            )
        )
    await _roll_up_days(session, account_id, by_day, fetched)
    if timed and touched:
        await roll_up(session, account_id, timed, await _days_of(session, account_id, touched))
    return entries


async def ledger(session: AsyncSession, account_id: UUID, endpoint: str, wanted: Sequence[date]) -> dict[date, Known]:
    """What the ledger says of some days of an endpoint."""
    rows = await session.execute(_LEDGER, {"account": account_id, "endpoint": endpoint, "days": list(wanted)})
    return {row.day: Known(*row) for row in rows}


async def _delete_others(
    session: AsyncSession, account_id: UUID, found: Iterable[Any], kept: set[tuple[str, int]]
) -> None:
    """Delete those of some readings (their metrics and instants, as the database has them) that are not `kept`."""
    gone = [(metric, at_ms) for metric, at in found if (metric, at_ms := _in_ms(at)) not in kept]
    r = HealthMetric
    for metric, each in itertools.groupby(sorted(gone), lambda key: key[0]):
        for some in itertools.batched((from_ms(at_ms) for _, at_ms in each), 500):
            await session.execute(
                sa.delete(r).where(
                    r.garmin_connect_account_id == account_id, r.metric_type == metric, r.timestamp.in_(some)
                )
            )


def _in_ms(stored: int | datetime) -> int:
    """An instant as the database has it."""
    return stored if isinstance(stored, int) else to_ms(stored)


async def _days_of(session: AsyncSession, account_id: UUID, extents: Iterable[tuple[datetime, datetime]]) -> list[date]:
    merged: list[list[datetime]] = []
    for first, last in sorted(extents):
        if merged and first <= merged[-1][1] + timedelta(days=1):
            merged[-1][1] = max(merged[-1][1], last)
        else:
            merged.append([first, last])
    found = [day for first, last in merged for day in await days.overlapping(session, account_id, first, last)]
    return list(dict.fromkeys(found))


async def _roll_up_days(
    session: AsyncSession, account_id: UUID, metrics: Sequence[str], fetched: Sequence[FetchedDay]
) -> None:
    """A day's value is its own rollup."""
    if not metrics:
        return
    gone = await session.execute(_FORGET_ROLLUP, _of(account_id, metrics, [each.day for each in fetched]))
    rows = [
        {
            "garmin_connect_account_id": account_id,
            "metric_type": reading.metric,
            "day": each.day,
            "minimum": reading.value,
            "mean": reading.value,
            "maximum": reading.value,
            "n": 1,
            "last": reading.value,
        }
        for each in fetched
        for reading in each.readings
        if METRICS[reading.metric].granularity is Granularity.DAY
    ]
    if rows:
        await session.execute(insert(session, HealthDaily), rows)
    await _count(session, account_id, gone, [(row["metric_type"], row["n"]) for row in rows])


def _of(account_id: UUID, metrics: Sequence[str], which: Sequence[date]) -> dict[str, Any]:
    return {"account": account_id, "metrics": list(metrics), "days": list(which)}


async def _count(session: AsyncSession, account_id: UUID, gone: Iterable[Any], come: Iterable[Any]) -> None:
    """Count on, by metric and n of the rows of the rollup that went and that came."""
    change: dict[str, int] = defaultdict(int)
    for metric, n in gone:
        change[metric] -= n
    for metric, n in come:
        change[metric] += n
    # In the order of their names: who locks rows in one order never waits for each other.
    rows = [
        {"account": account_id, "metric": metric, "n": max(n, 0), "change": n}
        for metric, n in sorted(change.items())
        if n
    ]
    if rows:
        await session.execute(_COUNT_ON, rows)


async def roll_up(session: AsyncSession, account_id: UUID, metrics: Sequence[str], every: Sequence[date]) -> None:
    """Recompute min, mean, max, count and last of readings for whole local days."""
    roll_up_days = _ROLL_UP[session.get_bind().dialect.name]
    for start in range(0, len(every), _DAYS_AT_ONCE):
        of = _of(account_id, metrics, every[start : start + _DAYS_AT_ONCE])
        gone = (await session.execute(_FORGET_ROLLUP, of)).all()
        await _count(session, account_id, gone, await session.execute(roll_up_days, of))


async def roll_up_moved(session: AsyncSession, account_id: UUID, moved: Iterable[date]) -> None:
    """Days whose bounds changed hold other readings than before."""
    wanted = list(moved)
    if not wanted:
        return
    found = list(
        await session.scalars(
            sa.select(CalendarDay).where(
                CalendarDay.garmin_connect_account_id == account_id, CalendarDay.day.in_(wanted)
            )
        )
    )
    gone = set(wanted) - {day.day for day in found}
    if gone:
        await _count(session, account_id, await session.execute(_FORGET_ROLLUP, _of(account_id, _TIMED, [*gone])), ())
    if not found:
        return
    stored_any = await session.scalar(
        sa.select(HealthMetric.id)
        .where(
            HealthMetric.garmin_connect_account_id == account_id,
            HealthMetric.timestamp >= min(day.starts_at for day in found) - timedelta(days=1),
            HealthMetric.timestamp < max(day.ends_at for day in found) + timedelta(days=1),
            HealthMetric.metric_type.in_(_TIMED),
        )
        .limit(1)
    )
    if stored_any:
        await roll_up(session, account_id, _TIMED, [day.day for day in found])


async def rebuild_rollup(session: AsyncSession, account_id: UUID) -> None:
    """Compute every rollup again from the readings."""
    for table in (HealthDaily, HealthCount):
        await session.execute(sa.delete(table).where(table.garmin_connect_account_id == account_id))
    found = await session.execute(
        sa.select(HealthMetric.metric_type, HealthMetric.timestamp, HealthMetric.value).where(
            HealthMetric.garmin_connect_account_id == account_id, HealthMetric.metric_type.in_(_BY_DAY)
        )
    )
    values: dict[date, list[Reading]] = defaultdict(list)
    for metric, timestamp, value in found:
        values[timestamp.date()].append(Reading(metric, to_ms(timestamp), value))
    await _roll_up_days(session, account_id, _BY_DAY, [FetchedDay(day, readings) for day, readings in values.items()])
    every = await session.scalars(sa.select(CalendarDay.day).where(CalendarDay.garmin_connect_account_id == account_id))
    await roll_up(session, account_id, _TIMED, every.all())


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────


def _of_any_account(table: type[HealthMetric | HealthDaily]) -> sa.ColumnElement[bool]:
    """True for every row; but the indexes begin with the account, and a query that names none cannot use them."""
    return table.garmin_connect_account_id.in_(sa.select(GarminConnectAccount.id))


async def is_positive(session: AsyncSession, account_id: UUID, metric: str, day: date) -> bool:
    """Whether a metric of days has a value above zero on a day."""
    d = HealthDaily
    value = await session.scalar(
        sa.select(d.last).where(d.garmin_connect_account_id == account_id, d.metric_type == metric, d.day == day)
    )
    return value is not None and value > 0


class StoredReading(NamedTuple):
    """What people see of a reading. Whole rows of the model take five times as long, and a day has 720."""

    timestamp: datetime
    value: float
    extra: dict[str, Any] | None


async def readings(
    session: AsyncSession, metric: str, since: datetime, until: datetime, limit: int | None = None
) -> list[StoredReading]:
    """The readings of a metric in [since, until), oldest first."""
    r = HealthMetric
    rows = await session.execute(
        sa.select(r.timestamp, r.value, r.extra)
        .where(_of_any_account(r), r.metric_type == metric, r.timestamp >= since, r.timestamp < until)
        .order_by(r.timestamp)
        .limit(limit)
    )
    return [StoredReading(*row) for row in rows]


class StoredDay(NamedTuple):
    """A metric's day in the rollup. Whole rows of the model take several times as long, and ten years have 3652."""

    day: date
    minimum: float
    mean: float
    maximum: float
    n: int
    last: float


async def daily(session: AsyncSession, metric: str, since: date, until: date) -> list[StoredDay]:
    """The rollup of a metric for the days since..until, both included, oldest first."""
    d = HealthDaily
    rows = await session.execute(
        sa.select(d.day, d.minimum, d.mean, d.maximum, d.n, d.last)
        .where(_of_any_account(d), d.metric_type == metric, d.day.between(since, until))
        .order_by(d.day)
    )
    return [StoredDay(*row) for row in rows]


async def measured(session: AsyncSession, metrics: Sequence[str], day: date) -> set[str]:
    """Those of some metrics that have a value on a day."""
    d = HealthDaily
    rows = await session.scalars(
        sa.select(d.metric_type).where(_of_any_account(d), d.metric_type.in_(metrics), d.day == day)
    )
    return set(rows)


class Month(NamedTuple):
    """A metric's month, from the rollups of its days."""

    first: date
    minimum: float
    mean: float
    maximum: float
    n: int


async def monthly(session: AsyncSession, metric: str, since: date, until: date) -> list[Month]:
    """A metric by month for the days since..until, both included, oldest first; each reading counts once."""
    d = HealthDaily
    # Both databases write a date as ISO text.
    month = sa.func.substr(sa.cast(d.day, sa.Text), 1, 7).label("month")
    rows = await session.execute(
        sa.select(
            month,
            sa.func.min(d.minimum),
            sa.func.sum(d.mean * d.n) / sa.func.sum(d.n),
            sa.func.max(d.maximum),
            sa.cast(sa.func.sum(d.n), sa.BigInteger),
        )
        .where(_of_any_account(d), d.metric_type == metric, d.day.between(since, until))
        .group_by(month)
        .order_by(month)
    )
    return [Month(date.fromisoformat(f"{name}-01"), *rest) for name, *rest in rows]


def _end(of: type[HealthCount], end: Any, *also: sa.ColumnElement[bool]) -> sa.ScalarSelect[Any]:
    """The first or newest day of a metric that is counted, which is looked up and not searched for."""
    d = HealthDaily
    inside = (d.garmin_connect_account_id == of.garmin_connect_account_id, d.metric_type == of.metric_type)
    return sa.select(end(d.day, type_=d.day.type)).where(*inside, *also).scalar_subquery()


async def newest_day(session: AsyncSession, until: date | None = None) -> date | None:
    """The newest day with any value."""
    also = [HealthDaily.day <= until] if until else []
    newest = sa.select(_end(HealthCount, sa.func.max, *also).label("day")).select_from(HealthCount).subquery()
    found: date | None = await session.scalar(sa.select(sa.func.max(newest.c.day, type_=HealthDaily.day.type)))
    return found


class MetricCount(NamedTuple):
    """What is stored of a metric."""

    metric: str
    readings: int
    first: date
    last: date


async def counts(session: AsyncSession) -> list[MetricCount]:
    """Every metric that is stored, as it is counted with the rollup."""
    c = HealthCount
    rows = await session.execute(
        sa.select(c.metric_type, c.n, _end(c, sa.func.min), _end(c, sa.func.max)).where(c.n > 0)
    )
    found: dict[str, MetricCount] = {}
    for row in rows:
        each = MetricCount(*row)
        other = found.get(each.metric, each._replace(readings=0))
        found[each.metric] = MetricCount(
            each.metric, each.readings + other.readings, min(each.first, other.first), max(each.last, other.last)
        )
    return [found[metric] for metric in sorted(found)]
