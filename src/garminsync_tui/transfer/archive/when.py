"""Dates and instants of an archive: ISO text, milliseconds since 1970, lists of numbers, words in an object."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from ...garmin.shapes import calendar_date, instant_ms, number

_EARLIEST, _LATEST = date(1990, 1, 1), date(2100, 1, 1)
_DATE_PARTS = 3
_MOST_PARTS = 7


def day_of(value: Any) -> date | None:
    """The calendar date that is meant; a date in milliseconds is one of 00:00 UTC."""
    if isinstance(value, Mapping):  # {"date": "Jan 18, 2023 12:00:00 AM"}, in older archives
        value = value.get("date")
    milliseconds = number(value)
    if milliseconds is not None:
        moment = _moment(milliseconds)
        found = moment.date() if moment else None
    elif isinstance(value, list):
        moment = _of_parts(value)
        found = moment.date() if moment else None
    else:
        found = calendar_date(value) or _in_words(value)
    return found if found is not None and _EARLIEST <= found <= _LATEST else None


def instant_of(value: Any) -> int | None:
    """Milliseconds since 1970 UTC; what has no zone is UTC."""
    if isinstance(value, list):
        moment = _of_parts(value)
        return round(moment.timestamp() * 1000) if moment else None
    return instant_ms(value)


def span_of(days: Iterable[date | None]) -> tuple[date, date] | None:
    """The first and last of some dates; None where there is none."""
    known = [day for day in days if day is not None]
    return (min(known), max(known)) if known else None


def _moment(milliseconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _of_parts(parts: Sequence[Any]) -> datetime | None:
    """[2026, 5, 19, 5, 37, 39, 806000000]: the last one counts billionths of a second."""
    if not _DATE_PARTS <= len(parts) <= _MOST_PARTS or not all(isinstance(part, int) for part in parts):
        return None
    whole = [*parts[: _MOST_PARTS - 1], *(part // 1000 for part in parts[_MOST_PARTS - 1 :])]
    try:
        return datetime.combine(date(*whole[:_DATE_PARTS]), time(*whole[_DATE_PARTS:]), UTC)
    except (ValueError, OverflowError):
        return None


def _in_words(value: Any) -> date | None:
    if not isinstance(value, str):
        return None
    try:
        return datetime.strptime(value[:12].strip(), "%b %d, %Y").replace(tzinfo=UTC).date()
    except ValueError:
        return None
