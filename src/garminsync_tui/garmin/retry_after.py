"""How long a server asks to wait, and what time it has."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def seconds(header: str | None, now: datetime | None = None) -> float | None:
    """The wait that a Retry-After header asks for, from seconds or an HTTP-date (RFC 9110, 10.2.3).

    A date is one of the server's clock: `now` is what that says. None where the header is missing or means nothing;
    a date that is past is 0.
    """
    text = (header or "").strip()
    if text.replace(".", "", 1).isdecimal():
        wait = float(text)
        return wait if math.isfinite(wait) else None
    until = moment(text)
    return None if until is None else max((until - (now or datetime.now(UTC))).total_seconds(), 0.0)


def moment(header: str | None) -> datetime | None:
    """The moment that a header like Date names (RFC 9110, 5.6.7); None where it is missing or means nothing."""
    try:
        found = parsedate_to_datetime((header or "").strip())
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
