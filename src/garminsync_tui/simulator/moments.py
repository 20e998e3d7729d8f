"""Times as Garmin writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta


def text(moment: datetime) -> str:
    """`2025-07-07T08:50:17.0`: UTC, or the wall clock of an instant shifted by its offset."""
    return moment.isoformat()[:19] + ".0"


def midnight(day: date) -> str:
    """The wall clock at the beginning of a local day."""
    return f"{day}T00:00:00.0"


def ms(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return int(moment.timestamp() * 1000)


def instant(moment_ms: int) -> datetime:
    """The UTC time of milliseconds since 1970."""
    return datetime.fromtimestamp(moment_ms / 1000, UTC)


def as_if_utc_ms(day: date) -> int:
    """Milliseconds to a date's midnight as if the wall clock were UTC."""
    return ms(datetime.combine(day, time(), UTC))


def days_between(first: date, last: date) -> list[date]:
    """The dates of a range, both ends included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
