"""`garminsync load`."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from ..sync.numbers import BASES
from .computed import say_missing
from .dates import DAY
from .home import Command, Home, pass_home, waits
from .output import Output, listing, say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..store.records import Extent, TrainingDay

_DAYS_SHOWN, _CHART_DAYS = 14, 90


@click.command(cls=Command)
@click.option("--since", type=DAY, metavar="DATE", help="List the days from this one on, else the last 14.")
@click.option("--until", type=DAY, metavar="DATE", help="How it stood at the end of this day, else today.")
@listing
@pass_home
@waits
async def load(home: Home, since: date | None, until: date | None, out: Output) -> int:
    """Fitness, fatigue and form from the training load of each day.

    An activity has one load, from power, else pace, else swimming pace, else heart rate: 100 is an hour at
    threshold. A day without a load counts as rest.

    \b
    fitness   CTL(t) = CTL(t-1) + (load - CTL(t-1)) / 42, from 0 (Coggan, 1/tau)
    fatigue   ATL(t) = ATL(t-1) + (load - ATL(t-1)) / 7, from 0 (Coggan, 1/tau)
    form      TSB(t) = CTL(t-1) - ATL(t-1), in the morning (Coggan)
    ramp      CTL(t) - CTL(t-7)
    monotony  mean / standard deviation (n - 1) of seven daily loads (Foster 1998, MSSE 30:1164)
    strain    their sum times monotony (Foster 1998)

    CTL, ATL and TSB are terms of TrainingPeaks (Peaksware), which has no part in this program.
    """
    if since and until and since > until:
        raise click.UsageError("--since lies after --until.")
    from ..dates import latest_day
    from ..store.records import daily_loads, extent, training_days, zone

    async with home.asked() as (_, asked):
        found = await extent(asked)
        loads = await daily_loads(asked)
        time_zone = await zone(asked)
    until = until or latest_day(time_zone, loads[-1].day if loads else None)
    days = training_days(loads, until)
    if out.json:
        out.document(_document(days, found, since, until))
        return 0
    if days:
        _print(days, found, since, out)
    say_missing(found)
    if not days and found.not_computed < found.activities:
        say(
            f"No activity has a load before {until + timedelta(days=1)}."
            if loads
            else "No activity has a load: that takes power, pace or heart rate, and your threshold of it."
        )
    return 0


class _Standing(NamedTuple):
    """What is said of the last of several days."""

    ramp: float | None
    monotony: float | None
    strain: float | None
    week: float


def _standing(days: list[TrainingDay]) -> _Standing:
    from ..training.load import monotony, ramp, strain

    week = [each.load for each in days[-7:]]
    return _Standing(ramp([each.form for each in days]), monotony(week), strain(week), sum(week))


def _shares(days: Iterable[TrainingDay]) -> dict[str, float]:
    """How much of the load was computed on which basis, the most first; together 1, or nothing."""
    sums: dict[str, float] = {}
    for each in days:
        for basis, points in each.bases.items():
            sums[basis] = sums.get(basis, 0.0) + points
    whole = sum(sums.values())
    return {basis: sums[basis] / whole for basis in sorted(sums, key=lambda name: -sums[name])} if whole else {}


def _print(days: list[TrainingDay], found: Extent, since: date | None, out: Output) -> None:
    from ..tui.widgets.sparkline import sparkline
    from ..units import number

    last, standing = days[-1], _standing(days)
    shown = [each for each in days if since is None or each.day >= since]
    shown = shown if since else shown[-_DAYS_SHOWN:]
    chart = days[-_CHART_DAYS:]
    facts = [
        ("day", str(last.day)),
        ("fitness", f"{number(last.form.fitness, 1)} (CTL, {_signed(standing.ramp)} in a week)"),
        ("fatigue", f"{number(last.form.fatigue, 1)} (ATL)"),
        ("form", f"{_signed(last.form.form)} (TSB)"),
        (
            "last 7 days",
            f"load {number(standing.week)}, monotony {number(standing.monotony, 2)}, strain {number(standing.strain)}",
        ),
        ("computed from", f"{_told(_shares(chart))} (the last {len(chart)} days)"),
    ]
    if out.form == "text":
        low, high = (number(pick(each.form.fitness for each in chart), 0) for pick in (min, max))
        facts.insert(4, (f"{len(chart)} days", f"{sparkline([each.form.fitness for each in chart])} {low} to {high}"))
    out.facts([*facts, *(("note", text) for text in _notes(days, found))])
    out.heading(f"Load since {since}" if since else f"The last {len(shown)} days")
    out.table(
        ["day", "load", "from", "fitness", "fatigue", "form"],
        [
            (
                str(each.day),
                number(each.load),
                _told(_shares([each])) if len(each.bases) > 1 else "".join(BASES[basis] for basis in each.bases),
                number(each.form.fitness, 1),
                number(each.form.fatigue, 1),
                _signed(each.form.form),
            )
            for each in shown
        ],
        right=["load", "fitness", "fatigue", "form"],
    )


def _notes(days: list[TrainingDay], found: Extent) -> list[str]:
    from ..store.records import settled_from
    from ..units import number

    notes = []
    if missing := found.without_load + found.unreadable:
        notes.append(
            f"{number(missing)} of {number(found.activities)} activities have no load; their days look like rest,"
            " so fitness and fatigue are too low"
        )
    notes.append(f"before {settled_from(days)} all is too low: it starts from zero on {days[0].day}")
    return notes


def _signed(value: float | None) -> str:
    from ..units import number

    return f"+{number(value, 1)}" if value is not None and value >= 0.05 else number(value, 1)


def _told(shares: dict[str, float]) -> str:
    """Like "power 62 %, heart rate 38 %"."""
    return ", ".join(f"{BASES[basis]} {100 * share:.0f} %" for basis, share in shares.items()) or "nothing"


def _document(days: list[TrainingDay], found: Extent, since: date | None, until: date) -> dict[str, Any]:
    from ..store.records import settled_from

    standing = _standing(days) if days else _Standing(None, None, None, 0.0)
    return {
        "since": since,
        "until": until,
        "fitness": days[-1].form.fitness if days else None,
        "fatigue": days[-1].form.fatigue if days else None,
        "form": days[-1].form.form if days else None,
        "ramp_per_week": standing.ramp,
        "load_7_days": standing.week,
        "monotony": standing.monotony,
        "strain": standing.strain,
        "shares": _shares(days[-_CHART_DAYS:]),
        "activities": found._asdict(),
        "biased_low_before": settled_from(days) if days else None,
        "days": [
            {
                "day": each.day,
                "load": each.load,
                "load_by_basis": each.bases,
                "fitness": each.form.fitness,
                "fatigue": each.form.fatigue,
                "form": each.form.form,
            }
            for each in days
            if since is None or each.day >= since
        ],
    }
