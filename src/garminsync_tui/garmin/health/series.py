"""Arrays of readings through one day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from ...metrics import day_ms
from ..shapes import Collected, Readings, column, instant_ms, mapping, same_day, sequence, unreadable

_LATEST_END_MS = 60 * 3_600_000  # of a local day, after 00:00 UTC of its date, with a flight west


class Series(NamedTuple):
    """An array of rows whose columns a list of descriptors names; `columns` is the recorded order."""

    metric: str
    array: str
    descriptors: str
    columns: tuple[str, ...]
    wanted: str
    #: The column of the instants.
    at: str = "timestamp"


def intraday(
    name: str,
    wanted: tuple[Series, ...],
    body: Any,
    first: date,
    last: date,
    of_day: tuple[tuple[str, str], ...] = (),
) -> Readings:
    """The readings of some arrays of one day's answer, and the day's values (metric, key). Raises UnexpectedAnswer."""
    answer = mapping(body, name, "the body")
    same_day(answer.get("calendarDate"), first, name)
    found = Collected(first, last)
    for series in wanted:
        _take(found, series, answer, first, name)
    for metric, key in of_day:
        found.add_day(first, metric, answer.get(key))
    return found.by_day()


def _take(found: Collected, series: Series, answer: Mapping[str, Any], day: date, endpoint: str) -> None:
    """The readings of one array that lie before the end of the local day, where the next one begins."""
    rows = sequence(answer.get(series.array), endpoint, series.array)
    if not rows:
        return
    descriptors = answer.get(series.descriptors)
    at = column(descriptors, series.at, series.columns, endpoint, series.array)
    place = column(descriptors, series.wanted, series.columns, endpoint, series.array)
    readable = [row for row in rows if isinstance(row, list) and min(at, place) >= 0 and max(at, place) < len(row)]
    if not readable:
        raise unreadable(endpoint, f"{series.array} holds no rows with a time and a value")
    ends_ms = instant_ms(answer.get("endTimestampGMT"))
    if ends_ms is None or not 0 < ends_ms - day_ms(day) < _LATEST_END_MS:
        ends_ms = day_ms(day) + _LATEST_END_MS  # answers with made-up bounds (1970) are recorded
    if len(readable) < len(rows):
        found.leave_out(day, series.metric, "in rows that cannot be read", len(rows) - len(readable))
    for row in readable:
        at_ms = instant_ms(row[at])
        if at_ms is not None and at_ms < ends_ms:
            found.add(day, series.metric, at_ms, row[place])
