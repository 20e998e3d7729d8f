"""`garminsync bests`."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageProblem
from ..ids import activity_id
from ..units import SPOKEN_S, span_name
from .computed import say_missing
from .dates import DAY
from .home import Command, Home, pass_home, waits
from .output import Output, listing, say

if TYPE_CHECKING:
    from ..store.plain import Asked
    from ..store.records import Best
    from ..units import Units

_SPORTS = ("running", "cycling", "swimming", "walking")
#: Records of so many days are new.
_NEW_DAYS = 30


@click.command(cls=Command)
@click.option("--sport", type=click.Choice(_SPORTS), help="Only this sport.")
@click.option("--since", type=DAY, metavar="DATE", help="Only activities from this day on.")
@click.option("--until", type=DAY, metavar="DATE", help="Only activities up to this day.")
@click.option("--history", "named", metavar="SPAN", help="How one record came down: 5 km, half marathon, 20 min.")
@click.option("--all", "noted", is_flag=True, help="Also those that stand apart: suspect, downhill, indoor.")
@listing
@pass_home
@waits
async def bests(
    home: Home, sport: str | None, since: date | None, until: date | None, named: str | None, noted: bool, out: Output
) -> int:
    """Records: the shortest time over distances, the most power over times.

    Times are of the wall clock, a stop counts. Of equal efforts the earlier keeps the record. What stands apart is
    no record: faster than anybody has run or not measured throughout (suspect), with a net drop of more than 1 %
    (downhill), on a treadmill or trainer (indoor). "new" are records of the last 30 days.
    """
    if since and until and since > until:
        raise click.UsageError("--since lies after --until.")
    from ..dates import latest_day
    from ..store.records import extent, records, zone

    async with home.asked() as (config, asked):
        found = await extent(asked)
        today = latest_day(await zone(asked), None)
        if named is not None:
            efforts = await _history(asked, named, sport, since, until, noted)
        else:
            efforts = await records(asked, sport, since, until, noted=noted)
    new_since = today - timedelta(days=_NEW_DAYS - 1)
    if out.json:
        out.document(
            {
                "sport": sport,
                "since": since,
                "until": until,
                "history": named,
                "efforts": [_document(each, each.day >= new_since) for each in efforts],
                "activities_not_computed": found.not_computed,
            }
        )
        return 0
    for (of, kind), group in groupby(efforts, lambda each: (each.sport, each.kind)):
        _print(of, kind, list(group), new_since, named is not None, config["display.units"], out)
    say_missing(found)
    if not efforts and found.not_computed < found.activities:
        say("There are no best efforts in this: they come from files with power, or with distance over ground.")
    return 0


async def _history(
    asked: Asked, named: str, sport: str | None, since: date | None, until: date | None, noted: bool
) -> list[Best]:
    """The history of every record that `named` means. Raises UsageProblem where it means none."""
    from ..store.records import record_history, spans

    known = await spans(asked, sport)
    meant = [each for each in known if _squeezed(named) in _names(*each[1:])]
    if known and not meant:
        there_are = dict.fromkeys(
            span_name(kind, span) for _, kind, span in known if kind == "distance" or span in SPOKEN_S
        )
        raise UsageProblem(f"There is no record over {named!r}.", hint=f"There are: {', '.join(there_are)}.")
    return [best for each in meant for best in await record_history(asked, *each, since, until, noted=noted)]


def _names(kind: str, span: float) -> set[str]:
    """All that somebody may type for a span."""
    name = _squeezed(span_name(kind, span))
    if kind == "power":
        return {name, f"{span:g}s", f"{span / 60:g}min"}
    return {
        name,
        name.removesuffix("marathon") or name,
        f"{span:g}",
        f"{span:g}m",
        f"{span / 1000:g}k",
        f"{span / 1000:g}km",
    }


def _squeezed(text: str) -> str:
    return "".join(text.lower().split())


def _print(
    sport: str, kind: str, efforts: list[Best], new_since: date, history: bool, units: Units, out: Output
) -> None:
    from .. import units as u

    shown = [best for best in efforts if kind == "distance" or history or best.span in SPOKEN_S] or efforts
    title = sport.capitalize() if kind == "distance" else f"{sport.capitalize()}, power"
    out.heading(f"{title}, {span_name(kind, shown[0].span)}" if history else title)
    measured = ["time", "pace"] if kind == "distance" else ["power"]
    rows = []
    for best in shown:
        values = [u.power(best.value)]
        if kind == "distance":
            values = [u.duration(best.value), u.pace(best.span, best.value, sport, units)]
        notes = ["new"] * (best.day >= new_since and not history) + ([best.note] if best.note else [])
        rows.append(
            (
                *(() if history else (span_name(kind, best.span),)),
                *values,
                str(best.day),
                best.name or best.activity_type,
                activity_id(best.garmin_activity_id, best.activity_id),
                ", ".join(notes),
            )
        )
    over = [] if history else ["distance" if kind == "distance" else "over"]
    out.table([*over, *measured, "day", "activity", "id", "note"], rows, right=measured)


def _document(best: Best, new: bool) -> dict[str, Any]:
    """Distance, time and power, whichever of them was given and which was reached."""
    distance = best.kind == "distance"
    return {
        "sport": best.sport,
        "kind": best.kind,
        "distance_m": best.span if distance else None,
        "duration_s": best.value if distance else best.span,
        "power_w": None if distance else best.value,
        "note": best.note,
        "new": new,
        "start_time": best.starts_at,
        "day": best.day,
        "activity": {
            "id": best.activity_id,
            "garmin_activity_id": best.garmin_activity_id,
            "name": best.name,
            "activity_type": best.activity_type,
        },
    }
