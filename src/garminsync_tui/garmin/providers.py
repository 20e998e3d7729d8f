"""The ways to be known at Garmin, and what each may ask for.

Garmin's own sign-in and a session of garth's ask as Garmin's app does, for everything. A key of the official Personal
API asks for itself, elsewhere, read-only, and for less.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from .. import __version__
from .endpoints import BY_NAME, ENDPOINTS, Endpoint
from .personal_endpoints import BY_KEY

#: What `garminconnect` 0.3.20 sends with every call (its transport module); calls without are refused.
APP_HEADERS: Mapping[str, str] = {
    "User-Agent": "GCM-Android-5.23",
    "X-Garmin-User-Agent": (
        "com.garmin.android.apps.connectmobile/5.23; ; Google/sdk_gphone64_arm64/google; Android/33; Dalvik/2.1.0"
    ),
    "X-Garmin-Paired-App-Version": "10861",
    "X-Garmin-Client-Platform": "Android",
    "X-App-Ver": "10861",
    "X-Lang": "en",
    "X-GCExperience": "GC5",
    "Accept-Language": "en-US,en;q=0.9",
}


class Capability(StrEnum):
    """What not every sign-in may do, beside the endpoints of health that it has."""

    #: To be told how many activities there are.
    COUNT = "count"
    #: Garmin's own conversions of an activity.
    EXPORTS = "exports"
    #: To be told when the watch synced last.
    SYNC_TIME = "sync_time"
    #: To bring an old day back from Garmin's archive.
    ARCHIVE = "archive"
    #: Workouts and the calendar, to read and to write.
    WORKOUTS = "workouts"


@dataclass(frozen=True, slots=True)
class Provider:
    """How one way of signing in asks for data."""

    capabilities: frozenset[Capability]
    #: Which endpoints of health it has, by name, each as it is asked for here.
    endpoints: Mapping[str, Endpoint]
    headers: Mapping[str, str]
    #: What a download has to be called for.
    download_accept: str
    #: The most activities that are asked for at once.
    page_size: int
    #: Requests a second, and how many at once, where nothing else is chosen.
    per_s: float
    burst: float
    #: Whether it has a host of its own.
    is_personal: bool = False


#: Garmin's app.
APP = Provider(
    capabilities=frozenset(Capability),
    endpoints=BY_NAME,
    headers=APP_HEADERS,
    download_accept="*/*",
    page_size=100,
    per_s=1.0,
    burst=3,
)
#: The official Personal API. Pages of more than about 45 activities are answered with 500, downloads that are called
#: for otherwise with 406, and twelve requests at once with 429 (clients' notes of October 2026).
KEY = Provider(
    capabilities=frozenset(),
    endpoints=BY_KEY,
    headers={"User-Agent": f"garminsync/{__version__}"},
    download_accept="application/x-zip-compressed",
    page_size=40,
    per_s=0.5,
    burst=2,
    is_personal=True,
)
#: By the name that accounts keep.
PROVIDERS: Mapping[str, Provider] = {"garminconnect": APP, "garth": APP, "personal_api": KEY, "local": APP}


def served(provider: str, endpoints: Iterable[Endpoint] = ENDPOINTS) -> list[Endpoint]:
    """Those of some endpoints that a provider has, each as it asks for it."""
    has = PROVIDERS[provider].endpoints
    return [has[endpoint.name] for endpoint in endpoints if endpoint.name in has]


def lacks(endpoint: Endpoint) -> tuple[str, ...]:
    """The metrics that an endpoint gives to others, and not as it is asked for here."""
    return tuple(metric for metric in BY_NAME[endpoint.name].metrics if metric not in endpoint.metrics)


class Missing(NamedTuple):
    """What a provider does not give of an endpoint, and another one does."""

    endpoint: str
    #: Of health; empty for what is none.
    metrics: tuple[str, ...]
    #: Whether it gives nothing of it.
    entirely: bool


def missing(provider: str, endpoints: Collection[Endpoint] = ENDPOINTS) -> list[Missing]:
    """What of some endpoints of health needs another sign-in."""
    has = PROVIDERS[provider].endpoints
    found = [Missing(each.name, each.metrics, True) for each in endpoints if each.name not in has]
    partly = [has[each.name] for each in endpoints if each.name in has]
    return found + [Missing(each.name, lacks(each), False) for each in partly if lacks(each)]


def missing_beside_health(provider: str) -> list[Missing]:
    """What else needs another sign-in."""
    can = PROVIDERS[provider].capabilities
    names = {Capability.WORKOUTS: "workouts", Capability.EXPORTS: "activity_exports"}
    return [Missing(name, (), True) for capability, name in names.items() if capability not in can]
