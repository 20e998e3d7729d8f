"""Dates as people type them: "2026-09-15", "today", "yesterday", "90d", "5y"."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from .errors import UsageProblem

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_HINT = "Like 2026-09-15, today, yesterday, or so long ago: 90d, 6m, 5y."
#: Garmin Connect holds nothing older; a year typed wrong would ask for centuries of empty days.
EARLIEST = date(1990, 1, 1)
_MONTHS = {"m": 1, "y": 12}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_FEWEST_LETTERS = 2
_FARTHEST = timedelta(days=2 * 366)


def parse_day(text: str, option: str, today: date | None = None) -> date:
    """The date that `text` means. Raises UsageProblem for no date, a date in the future, or before 1990."""
    today = today or datetime.now().astimezone().date()
    word = text.strip().lower()
    if word in {"today", "yesterday"}:
        return today - timedelta(days=word == "yesterday")
    if word == "tomorrow":
        raise UsageProblem(f"{option} {text} lies in the future.", hint=_HINT)
    try:
        if word[:-1].isdecimal() and word[-1] in "dmy":
            count = int(word[:-1])
            day = today - timedelta(days=count) if word[-1] == "d" else months_before(today, count * _MONTHS[word[-1]])
        else:
            day = date.fromisoformat(word)
    except (ValueError, OverflowError):
        raise UsageProblem(f"{option} {text!r} is no date.", hint=_HINT) from None
    return within(day, f"{option} {text}", today)


def parse_coming_day(text: str, option: str, today: date | None = None) -> date:
    """The date that `text` means: today or later, within two years. Raises UsageProblem."""
    today = today or datetime.now().astimezone().date()
    word = text.strip().lower()
    hint = "Like 2026-12-24, today, tomorrow, sat (the next one), or so many days ahead: 10d."
    weekdays = [name for name in _WEEKDAYS if len(word) >= _FEWEST_LETTERS and name.startswith(word)]
    try:
        if word in {"today", "tomorrow"}:
            return today + timedelta(days=word == "tomorrow")
        if weekdays:
            return today + timedelta(days=(_WEEKDAYS.index(weekdays[0]) - today.weekday() - 1) % 7 + 1)
        if word[:-1].isdecimal() and word[-1] == "d":
            day = today + timedelta(days=int(word[:-1]))
        else:
            day = date.fromisoformat(word)
    except (ValueError, OverflowError, IndexError):
        raise UsageProblem(f"{option} {text!r} is no date.", hint=hint) from None
    if not today <= day <= today + _FARTHEST:
        raise UsageProblem(
            f"{option} {text} lies in the past." if day < today else f"{option} {text} lies too far ahead.", hint=hint
        )
    return day


def within(day: date, what: str, today: date | None = None) -> date:
    """`day` where Garmin may hold something of it. Raises UsageProblem, naming `what`, in the future or before 1990."""
    if day > (today or datetime.now().astimezone().date()):
        raise UsageProblem(f"{what} lies in the future.", hint=_HINT)
    if day < EARLIEST:
        raise UsageProblem(f"{what} lies before {EARLIEST.year}.", hint=_HINT)
    return day


def months_before(day: date, count: int) -> date:
    """The same day so many months before, or the last of that month where it is shorter. Raises ValueError."""
    number = day.year * 12 + day.month - 1 - count
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def zone_of(name: str | None) -> ZoneInfo:
    """The IANA zone called `name`; UTC where it is unknown."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def latest_day(time_zone: str | None, newest: date | None) -> date:
    """Today in a zone; tomorrow where something of tomorrow is there, for it may have begun elsewhere."""
    today = datetime.now(zone_of(time_zone)).date()
    tomorrow = today + timedelta(days=1)
    return tomorrow if newest is not None and newest >= tomorrow else today


def iso(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC: "2026-11-21T07:12:00Z"."""
    if moment is None:
        return None
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds" if moment.microsecond else "seconds")
    return text.replace("+00:00", "Z")
