"""Options that are dates."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from ..dates import parse_coming_day, parse_day


class Day(click.ParamType[date]):
    """An option's value that is a date."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """See `parse_day`."""
        if isinstance(value, date):
            return value
        return parse_day(str(value), param.opts[0] if param else "date")


class ComingDay(click.ParamType[date]):
    """A date from today on."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """See `parse_coming_day`."""
        return value if isinstance(value, date) else parse_coming_day(str(value), "DATE")


DAY = Day()
COMING_DAY = ComingDay()
