"""How long a server asks to wait."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def seconds(header: str | None, now: datetime | None = None) -> float | None:
    """The wait that a Retry-After header asks for, from seconds or an HTTP-date (RFC 9110, 10.2.3).

    None where the header is missing or means nothing; a date that is past is 0.
    """
    text = (header or "").strip()
    try:
        wait = float(text) if text.replace(".", "", 1).isdecimal() else None
        if wait is None:
            moment = parsedate_to_datetime(text)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            wait = max((moment - (now or datetime.now(UTC))).total_seconds(), 0.0)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return wait if math.isfinite(wait) else None
