"""`garminsync health`."""

from __future__ import annotations

import sys
from collections import defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .dates import DAY
from .home import Group, Home, pass_home, waits
from .names import known_metrics
from .output import Output, listing, say
from .rows import into, is_file, rows_to, say_written

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from ..store.database import Database
    from ..store.health import Month, StoredDay, StoredReading
    from ..transfer.rows import Form, Rows
    from ..units import Units

_DAYS_SHOWN = 30


@click.group(cls=Group)
def health() -> None:
    """Health metrics: which there are, and their values."""


@health.command()
@listing
@pass_home
@waits
async def types(home: Home, out: Output) -> int:
    """Every metric of the catalogue: what it is, what it needs, how it is fetched, and how much of it is stored.

    Fetched is daily (a range in one request), standard or full (a request a day, by `health.samples`), or extra: only
    where `health.extras` or `sync --metric` names it. A narrow terminal shows less; --plain and --json show all.
    """
    from ..garmin.endpoints import ENDPOINTS
    from ..metrics import METRICS
    from ..store.health import counts
    from ..units import number

    given_by = {metric: endpoint for endpoint in ENDPOINTS for metric in endpoint.metrics}
    async with home.opened() as (_, database), database.read() as session:
        stored = {each.metric: each for each in await counts(session)}
    if out.json:
        out.document(
            [
                {
                    "metric": name,
                    "unit": metric.unit,
                    "granularity": metric.granularity.value,
                    "lowest": metric.lowest,
                    "highest": metric.highest,
                    "words": metric.words,
                    "title": metric.title,
                    "about": metric.about,
                    "answer": given_by[name].name,
                    "origin": given_by[name].origin,
                    "needs": given_by[name].capability,
                    "fetched": given_by[name].tier.value,
                    "readings": stored[name].readings if name in stored else 0,
                    "first_day": stored[name].first if name in stored else None,
                    "last_day": stored[name].last if name in stored else None,
                }
                for name, metric in METRICS.items()
            ]
        )
        return 0
    out.table(
        ["metric", "unit", "stored", "fetched", "needs", "what it is", "each", "first", "last", "origin"],
        [
            (
                name,
                metric.unit or "",
                number(stored[name].readings) if name in stored else "—",
                given_by[name].tier.value,
                given_by[name].capability,
                metric.about,
                metric.granularity.value,
                str(stored[name].first) if name in stored else "",
                str(stored[name].last) if name in stored else "",
                given_by[name].origin,
            )
            for name, metric in METRICS.items()
        ],
        right=["stored"],
        needed=5,
    )
    return 0


@health.command()
@click.argument("metric")
@click.option("--since", type=DAY, metavar="DATE", help="From this day on; 30 days back where it is not given.")
@click.option("--until", type=DAY, metavar="DATE", help="Up to this day.")
@click.option(
    "--every", type=click.Choice(["month", "day", "hour"]), help="Sum up; without it every reading is listed."
)
@listing
@pass_home
@waits
async def show(home: Home, metric: str, since: date | None, until: date | None, every: str | None, out: Output) -> int:
    """The values of METRIC.

    A metric with one value a day is listed by date. Times are of the account's time zone.
    """
    known_metrics([metric])
    from ..store import accounts, days
    from ..store.health import daily, monthly, readings
    from ..units import is_of_a_day

    async with home.opened() as (config, database):
        account = await accounts.shown_account(database)
        zone = days.zone_of(account.time_zone if account else None)
        until = until or datetime.now(zone).date()
        since = since or until - timedelta(days=_DAYS_SHOWN - 1)
        if since > until:
            raise click.UsageError("--since lies after --until.")
        units: Units = config["display.units"]
        if every == "month":
            async with database.read() as session:
                _months(metric, await monthly(session, metric, since, until), units, out)
        elif every == "day" or is_of_a_day(metric):
            async with database.read() as session:
                rows = await daily(session, metric, since, until)
            _days(metric, rows, units, out)
        else:
            async with database.read() as session:
                account_id = account.id if account else None
                first, end = await days.extent(session, account_id, zone, since, until)
                found = await readings(session, metric, first, end)
            if every == "hour":
                _hours(metric, found, zone, units, out)
            else:
                _single(metric, found, zone, units, out)
    return 0


def _document(metric: str, every: str, values: list[dict[str, Any]]) -> dict[str, Any]:
    from ..metrics import METRICS

    return {"metric": metric, "unit": METRICS[metric].unit, "every": every, "values": values}


def _days(metric: str, rows: list[StoredDay], units: Units, out: Output) -> None:
    from ..units import is_of_a_day, metric_mean, metric_value, number

    if out.json:
        values = [
            {
                "day": row.day,
                "min": row.minimum,
                "mean": row.mean,
                "max": row.maximum,
                "n": row.n,
                "last": row.last,
            }
            for row in rows
        ]
        out.document(_document(metric, "day", values))
    elif not rows:
        say("Nothing is stored for these days; `garminsync coverage` says what was fetched.")
    elif is_of_a_day(metric):
        out.table(
            ["day", metric], [(str(row.day), metric_value(metric, row.last, units)) for row in rows], right=[metric]
        )
    else:
        out.table(
            ["day", "min", "mean", "max", "last", "readings"],
            [
                (
                    str(row.day),
                    metric_value(metric, row.minimum, units),
                    metric_mean(metric, row.mean, units),
                    metric_value(metric, row.maximum, units),
                    metric_value(metric, row.last, units),
                    number(row.n),
                )
                for row in rows
            ],
            right=["min", "mean", "max", "last", "readings"],
        )


def _months(metric: str, rows: list[Month], units: Units, out: Output) -> None:
    from ..units import metric_mean, metric_value, number

    if out.json:
        values = [
            {"month": f"{row.first:%Y-%m}", "min": row.minimum, "mean": row.mean, "max": row.maximum, "n": row.n}
            for row in rows
        ]
        out.document(_document(metric, "month", values))
    elif not rows:
        say("Nothing is stored for these days; `garminsync coverage` says what was fetched.")
    else:
        out.table(
            ["month", "min", "mean", "max", "values"],
            [
                (
                    f"{row.first:%Y-%m}",
                    metric_value(metric, row.minimum, units),
                    metric_mean(metric, row.mean, units),
                    metric_value(metric, row.maximum, units),
                    number(row.n),
                )
                for row in rows
            ],
            right=["min", "mean", "max", "values"],
        )


def _hours(metric: str, readings: list[StoredReading], zone: ZoneInfo, units: Units, out: Output) -> None:
    from ..units import metric_mean, metric_value, number

    hours: dict[datetime, list[float]] = defaultdict(list)
    for reading in readings:
        hours[reading.timestamp.replace(minute=0, second=0, microsecond=0)].append(reading.value)
    if out.json:
        values = [
            {"hour": hour, "min": min(found), "mean": sum(found) / len(found), "max": max(found), "n": len(found)}
            for hour, found in hours.items()
        ]
        out.document(_document(metric, "hour", values))
        return
    out.table(
        ["hour", "min", "mean", "max", "readings"],
        [
            (
                _clock(hour, zone),
                metric_value(metric, min(found), units),
                metric_mean(metric, sum(found) / len(found), units),
                metric_value(metric, max(found), units),
                number(len(found)),
            )
            for hour, found in hours.items()
        ],
        right=["min", "mean", "max", "readings"],
    )


def _single(metric: str, readings: list[StoredReading], zone: ZoneInfo, units: Units, out: Output) -> None:
    from ..units import metric_value

    if out.json:
        values = [
            {"time": reading.timestamp, "value": reading.value, "metadata": reading.extra} for reading in readings
        ]
        out.document(_document(metric, "reading", values))
    elif not readings:
        say("Nothing is stored for these days; `garminsync coverage` says what was fetched.")
    else:
        rows = [(_clock(reading.timestamp, zone), metric_value(metric, reading.value, units)) for reading in readings]
        out.table(["time", metric], rows, right=[metric])


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    from ..units import local_time

    return local_time(moment, zone)


# ── Export ───────────────────────────────────────────────────────────────────────────────────────────


@health.command()
@click.argument("metrics", nargs=-1, metavar="[METRIC]…")
@click.option("--since", type=DAY, metavar="DATE", help="From this local day on.")
@click.option("--until", type=DAY, metavar="DATE", help="Up to this local day.")
@click.option("--format", "form", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True)
@into
@pass_home
@waits
async def export(
    home: Home, metrics: tuple[str, ...], since: date | None, until: date | None, form: Form, target: Path, force: bool
) -> int:
    """Every stored reading of METRIC…, or of all metrics, as CSV or JSON Lines.

    \b
    metric     its name in `garminsync health types`
    timestamp  the instant in UTC; 00:00Z of its date for a day's value
    local_day  the day it belongs to where it was measured
    value      in SI units; a word is its ordinal
    unit       empty where there is none
    metadata   a JSON object of what else belongs to it, or empty
    """
    known_metrics(metrics)
    if since and until and since > until:
        raise click.UsageError("--since lies after --until.")
    from ..metrics import METRICS
    from ..transfer.health_rows import COLUMNS
    from ..units import number

    wanted = list(dict.fromkeys(metrics)) or list(METRICS)
    # On one terminal with the rows a bar would only be between them.
    shows = sys.stderr.isatty() and (is_file(target) or not sys.stdout.isatty())
    async with home.opened() as (_, database):
        with rows_to(target, COLUMNS, form, force=force) as rows:
            written = await _write(database, wanted, since, until, rows, shows)
    if is_file(target):
        say_written(f"{number(written)} readings", target)
    elif not written:
        say("Nothing is stored of this; `garminsync coverage` says what was fetched.")
    return 0


async def _write(
    database: Database, metrics: list[str], since: date | None, until: date | None, rows: Rows, shows: bool
) -> int:
    """Write the readings of metrics, and on a terminal how far it is; how many there were."""
    from ..transfer.health_rows import write_readings
    from ..units import number
    from .progress import ProgressLine

    progress = ProgressLine()

    def tell(metric: str, written: int) -> None:
        if shows:
            progress.show("export", metrics.index(metric) / len(metrics), f"{metric}, {number(written)} readings")

    try:
        return await write_readings(database, metrics, since, until, rows, tell)
    finally:
        progress.clear()
