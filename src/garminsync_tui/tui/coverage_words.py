"""How endpoints and spans of days are called on the screens of coverage."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from ..garmin.endpoints import BY_NAME
from ..garmin.providers import missing

_NAMES = {"hrv": "HRV", "hr": "HR", "spo2": "SpO2", "ftp": "FTP"}


def endpoint(name: str) -> str:
    """Like "Heart rate", "HRV summaries"."""
    words = " ".join(_NAMES.get(word, word) for word in name.split("_"))
    return words[:1].upper() + words[1:]


_FILES = {"fit": "; what is here is from the watch's files", "archive": "; what is here is from an archive"}


def from_file(source: str) -> str:
    """What to add of a day that did not come from Garmin's answers."""
    return _FILES.get(source, "")


def last_of(month: date) -> date:
    """The last day of a month."""
    return month.replace(day=monthrange(month.year, month.month)[1])


def span(first: date, last: date) -> str:
    """Some days of one month: "October 2026", "7 October 2026", "7 to 12 October 2026"."""
    if first.day == 1 and last == last_of(first):
        return f"{first:%B %Y}"
    return f"{first.day} {first:%B %Y}" if first == last else f"{first.day} to {last.day} {last:%B %Y}"


def withheld(provider: str, endpoint: str, metric: str | None = None) -> str:
    """What an account's way of signing in does not give of an endpoint, or of one of its metrics; empty for nothing."""
    found = missing(provider, [BY_NAME[endpoint]])
    if not found or (metric and metric not in found[0].metrics):
        return ""
    if found[0].entirely or metric:
        return "the API key does not give it, another sign-in does"
    return "the API key gives a part of it, another sign-in the rest"
