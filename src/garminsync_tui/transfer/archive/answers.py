"""What the families of an archive's files have in common: dated rows, and readings by endpoint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from ...garmin.shapes import Readings
from .when import day_of, instant_of

#: An object of an archive.
type Row = Mapping[str, Any]
#: Readings by the endpoint that they take the place of.
type By = dict[str, Readings]

_DATES = ("calendarDate", "asOfDateGmt", "timestamp", "updateTimestamp")


def dated(told: Iterable[Row]) -> list[tuple[date, Row]]:
    """Rows that say of which day they are, in the order in which they were made: the last one counts."""
    found = []
    for row in told:
        where = row.get("metaData")
        places = (row, where) if isinstance(where, dict) else (row,)
        day = next((day for key in _DATES for place in places if (day := day_of(place.get(key)))), None)
        if day is not None:
            made = instant_of(row.get("timestamp") or row.get("updateTimestamp")) or 0
            found.append((day, made, row))
    return [(day, row) for day, _, row in sorted(found, key=lambda each: each[:2])]


def part(row: Row, key: str) -> Row:
    """An object in a row; an empty one where there is none."""
    value = row.get(key)
    return value if isinstance(value, dict) else {}


def rows(row: Row, key: str) -> Sequence[Row]:
    """The objects of a list in a row."""
    value = row.get(key)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
