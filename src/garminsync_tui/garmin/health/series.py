"""Arrays of readings through one day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from ...metrics import day_ms
from ..shapes import (
    ANOTHER_TIME,
    EARLIEST_START_MS,
    LATEST_END_MS,
    UNREADABLE_ROWS,
    Collected,
    Readings,
    answer_with,
    column,
    instant_ms,
    same_day,
    sequence,
    unreadable,
)

_ANOTHER_DAY_MS = 20 * 3_600_000  # an offset may have been applied twice


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
    answer = answer_with(body, name, *(series.array for series in wanted), *(key for _, key in of_day))
    same_day(answer.get("calendarDate"), first, name)
    if answer.get("calendarDate") is None:
        _starts_near(first, answer.get("startTimestampLocal"), name)
    found = Collected(first, last)
    for series in wanted:
        _take(found, series, answer, first, name)
    for metric, key in of_day:
        found.add_day(first, metric, answer.get(key))
    return found.by_day()


def _starts_near(day: date, told: Any, endpoint: str) -> None:
    """Raise UnexpectedAnswer where the wall clock that a day begins with is another day's, however it was offset."""
    local_ms = instant_ms(told)
    if local_ms is not None and abs(local_ms - day_ms(day)) >= _ANOTHER_DAY_MS:
        raise unreadable(endpoint, f"it is not about {day}")


def _take(found: Collected, series: Series, answer: Mapping[str, Any], day: date, endpoint: str) -> None:
    """The readings of one array that lie within the local day: where it ends the next one begins."""
    rows = sequence(answer.get(series.array), endpoint, series.array)
    if not rows:
        return
    descriptors = answer.get(series.descriptors)
    at = column(descriptors, series.at, series.columns, endpoint, series.array)
    place = column(descriptors, series.wanted, series.columns, endpoint, series.array)
    timed = [
        (at_ms, row[place])
        for row in rows
        if isinstance(row, list) and 0 <= min(at, place) != max(at, place) < len(row)
        if (at_ms := instant_ms(row[at])) is not None
    ]
    if not timed:
        raise unreadable(endpoint, f"{series.array} holds no rows with a time and a value")
    if len(timed) < len(rows):
        found.leave_out(day, series.metric, UNREADABLE_ROWS, len(rows) - len(timed))
    # Rows before the start that is told are recorded; at the end that is told the next day begins.
    starts_ms, ends_ms, latest_ms = day_ms(day) + EARLIEST_START_MS, _end_ms(answer, day), day_ms(day) + LATEST_END_MS
    for at_ms, value in timed:
        if starts_ms <= at_ms < ends_ms:
            found.add(day, series.metric, at_ms, value)
        elif value is not None and not starts_ms <= at_ms < latest_ms:
            found.leave_out(day, series.metric, ANOTHER_TIME)


def _end_ms(answer: Mapping[str, Any], day: date) -> int:
    """When the day ends, as told where that can be true: made-up bounds (1970) are recorded."""
    told_ms, since_ms = instant_ms(answer.get("endTimestampGMT")), day_ms(day)
    return told_ms if told_ms is not None and 0 < told_ms - since_ms <= LATEST_END_MS else since_ms + LATEST_END_MS
