"""`garminsync stats`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageProblem
from .computed import NO_ACTIVITIES
from .dates import DAY
from .home import Command, Home, pass_home, waits
from .output import Output, listing, say

if TYPE_CHECKING:
    from ..store.records import DayTotal, PeriodTotal, Total
    from ..training.totals import Period, Streak
    from ..units import Units

#: How many are shown where --since is not given; of years all.
_PERIODS_SHOWN = {"week": 12, "month": 12}
_BAR_WIDTH = 12
_LABELS = {"week": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}


@click.command(cls=Command)
@click.option(
    "--by",
    type=click.Choice(["week", "month", "year"]),
    default="week",
    show_default=True,
    help="Weeks begin on Monday (ISO 8601).",
)
@click.option("--type", "wanted", metavar="TYPE", help="Only these: running, cycling, swimming, walking, or a type.")
@click.option(
    "--since", type=DAY, metavar="DATE", help="From this day on, else the last 12 weeks or months, or all years."
)
@click.option("--until", type=DAY, metavar="DATE", help="Up to this day.")
@listing
@pass_home
@waits
async def stats(home: Home, by: Period, wanted: str | None, since: date | None, until: date | None, out: Output) -> int:
    """What activities add up to by week, month or year, and how many days and weeks in a row.

    An activity belongs to the day on which it started where it was recorded. `--type running` is every kind of
    running; the name of one type, like trail_running, is that type alone. Bars are of the time.
    """
    if since and until and since > until:
        raise click.UsageError("--since lies after --until.")
    from ..dates import latest_day
    from ..store.records import by_period, day_totals, total, zone
    from ..training.totals import period_start, streak_days, streak_weeks

    async with home.asked() as (config, asked):
        every = await day_totals(asked)
        time_zone = await zone(asked)
    days = _of_type(every, wanted)
    today = latest_day(time_zone, days[-1].day if days else None)
    until = until or today
    is_asked, since = since is not None, since or _first_shown(until, by, days)
    # Nothing is before the first activity: a page of empty periods would only hide what there is.
    begun = max(since, period_start(days[0].day, by)) if days else since
    periods = by_period(days, by, begun, until) if days and begun <= until else []
    whole = total(each for each in days if since <= each.day <= until)
    dates = [each.day for each in days]
    in_a_row = streak_days(dates, today), streak_weeks(dates, today)
    if out.json:
        out.document(
            {
                "by": by,
                "type": wanted,
                "since": since,
                "until": until,
                "periods": [_period_document(each) for each in periods],
                "total": _document(whole),
                "streaks": {"days": in_a_row[0]._asdict(), "weeks": in_a_row[1]._asdict()},
            }
        )
        return 0
    if not every:
        say(NO_ACTIVITIES)
        return 0
    if not whole.activities:
        say("No activity is in these days.")
    else:
        _print(periods, whole, by, config["display.units"], out)
    out.facts([("in a row", f"{_row(in_a_row[0], 'day')}; {_row(in_a_row[1], 'week')}")])
    if not is_asked and days and days[0].day < since:
        say(f"There are older ones, from {days[0].day} on: --since shows them.")
    return 0


def _of_type(every: list[DayTotal], wanted: str | None) -> list[DayTotal]:
    """The activities of a sport or of one type. Raises UsageProblem where there is none."""
    from ..training.sports import sport_of

    if not wanted or not every:
        return every
    word = wanted.strip().lower()
    found = [each for each in every if sport_of(each.activity_type) == word]
    found = found or [each for each in every if each.activity_type.lower() == word]
    if not found:
        types = sorted({each.activity_type for each in every})
        raise UsageProblem(f"There is no activity of type {wanted!r}.", hint=f"There are: {', '.join(types)}.")
    return found


def _first_shown(until: date, by: Period, days: list[DayTotal]) -> date:
    from ..dates import EARLIEST, months_before
    from ..training.totals import period_start

    if by == "year":
        return days[0].day if days else until
    start, before = period_start(until, by), _PERIODS_SHOWN[by] - 1
    if by == "month":
        return months_before(start, before) if start.year > EARLIEST.year else EARLIEST
    return date.fromordinal(start.toordinal() - 7 * before)


def _print(periods: list[PeriodTotal], whole: Total, by: Period, units: Units, out: Output) -> None:
    from ..training.totals import period_start

    longest = max(each.whole.duration_s for each in periods)
    rows = []
    for each in periods:
        label = period_start(each.first, by).strftime(_LABELS[by])
        rows.append((*_cells(label, each.whole, units), "█" * _bars(each.whole.duration_s, longest)))
    rows.append((*_cells("total", whole, units), ""))
    headings = [by, "activities", "distance", "time", "climb", "energy"]
    right = headings[1:]
    if out.form == "plain":
        out.table(headings, [row[:-1] for row in rows], right=right)
    else:
        out.table([*headings, ""], rows, right=right, needed=len(headings))


def _bars(part: float, longest: float) -> int:
    """At least one for anything at all."""
    return max(1, round(_BAR_WIDTH * part / longest)) if part > 0 else 0


def _cells(label: str, part: Total, units: Units) -> tuple[str, ...]:
    from .. import units as u

    if not part.activities:
        return (label, "0", "", "", "", "")
    return (
        label,
        u.number(part.activities),
        u.distance(part.distance_m, units),
        u.hours(part.duration_s),
        u.elevation(part.ascent_m, units),
        u.calories(part.calories_kcal),
    )


def _row(streak: Streak, what: str) -> str:
    """Like "3 days now, 21 at most (from 2025-03-01)"."""
    since = f" (from {streak.longest_since})" if streak.longest_since else ""
    return f"{streak.current} {what}{'s' * (streak.current != 1)} now, {streak.longest} at most{since}"


def _period_document(period: PeriodTotal) -> dict[str, Any]:
    return {
        "first_day": period.first,
        "last_day": period.last,
        **_document(period.whole),
        "sports": {sport: _document(part) for sport, part in period.sports.items()},
    }


def _document(part: Total) -> dict[str, Any]:
    return part._asdict()
