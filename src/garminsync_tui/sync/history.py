"""How far back health goes: what people choose from, and what it costs."""

from __future__ import annotations

from datetime import date

from .. import units
from ..dates import months_before
from ..garmin.endpoints import endpoints_of
from ..garmin.providers import PROVIDERS, served

#: What is offered beside a date: how it is typed, how it is called, and how many months it is.
CHOICES = (("1m", "a month", 1), ("1y", "a year", 12), ("5y", "five years", 60))
#: The one that is taken where nobody chooses.
USUAL = "1y"
_DIGITS = 2  # more would promise what nobody knows


def choices(today: date) -> dict[str, date]:
    """The offered spans by their name, as the day they begin."""
    return {name: months_before(today, months) for _, name, months in CHOICES}


def requests(since: date, today: date, samples: str, provider: str = "garminconnect") -> int:
    """How many requests health takes from `since` to `today` where nothing of it is here yet, at most."""
    days = max((today - since).days + 1, 0)
    endpoints = served(provider, endpoints_of(samples))
    return sum(-(-days // endpoint.window_days) * endpoint.requests for endpoint in endpoints)


def cost(since: date, today: date, samples: str, per_s: float, provider: str = "garminconnect") -> str:
    """Like "about 1,900 requests, about 31 min at one request a second"."""
    per_s = min(per_s, PROVIDERS[provider].per_s)
    count = requests(since, today, samples, provider)
    rounded = round(count, min(_DIGITS - len(str(count)), 0))
    pace = "one request a second" if per_s == 1 else f"{per_s:g} requests a second"
    return f"about {units.number(rounded)} requests, {units.about(count / per_s)} at {pace}"
