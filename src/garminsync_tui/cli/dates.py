"""Dates as people type them: "2026-09-15", "today", "yesterday", "90d"."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import click

from ..errors import UsageProblem

_HINT = "Like 2026-09-15, today, yesterday or 90d (so many days ago)."
#: Garmin Connect holds nothing older; a year typed wrong would ask for centuries of empty days.
EARLIEST = date(1990, 1, 1)


def parse_day(text: str, option: str, today: date | None = None) -> date:
    """The date that `text` means. Raises UsageProblem for no date, a date in the future, or before 1990."""
    today = today or datetime.now().astimezone().date()
    word = text.strip().lower()
    if word in {"today", "yesterday"}:
        return today - timedelta(days=word == "yesterday")
    if word == "tomorrow":
        raise UsageProblem(f"{option} {text} lies in the future.", hint=_HINT)
    try:
        if word.endswith("d") and word[:-1].isdecimal():
            day = today - timedelta(days=int(word[:-1]))
        else:
            day = date.fromisoformat(word)
    except (ValueError, OverflowError):
        raise UsageProblem(f"{option} {text!r} is no date.", hint=_HINT) from None
    if day > today:
        raise UsageProblem(f"{option} {text} lies in the future.", hint=_HINT)
    if day < EARLIEST:
        raise UsageProblem(f"{option} {text} lies before {EARLIEST.year}.", hint=_HINT)
    return day


class Day(click.ParamType[date]):
    """An option's value that is a date."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """See `parse_day`."""
        if isinstance(value, date):
            return value
        return parse_day(str(value), param.opts[0] if param else "date")


DAY = Day()
