"""A running simulator, and the two ways into it: the real library and bare requests."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import garminconnect
import garminconnect.client.sso
import httpx2
import pytest

from garminsync_tui.simulator import Simulator

EMAIL, PASSWORD = "athlete@example.com", "simulator"
NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
HEADERS = {
    "User-Agent": "GCM-Android-5.23",
    "X-Garmin-User-Agent": "com.garmin.android.apps.connectmobile/5.23",
    "X-App-Ver": "10861",
    "X-GCExperience": "GC5",
}
CLIENT_ID = "GARMIN_CONNECT_MOBILE_ANDROID_DI_2025Q2"
GRANT_TICKET = "https://connectapi.garmin.com/di-oauth2-service/oauth/grant/service_ticket"


def point_at(garmin: garminconnect.Garmin, url: str) -> garminconnect.Garmin:
    """Seven attributes and nothing else: the library itself stays as it is."""
    client = garmin.client
    client._sso = client._connect = client._connectapi = url
    client._di_token_url = f"{url}/di-oauth2-service/oauth/token"
    client._ios_service_url = f"{url}/gcm/ios"
    client._mobile_sso_service_url = f"{url}/gcm/android"
    client._portal_service_url = f"{url}/app"
    return garmin


def ticket(web: httpx2.Client, password: str = PASSWORD) -> dict[str, Any]:
    """The answer to the credentials, as the mobile flow sends them."""
    page = web.get("/mobile/sso/en_US/sign-in", params={"clientId": "GCM_IOS_DARK", "service": "app:/there"})
    answer = web.post(
        "/mobile/api/login",
        params={"clientId": "GCM_IOS_DARK", "locale": "en-US", "service": "app:/there"},
        headers={"Referer": str(page.url)},
        json={"username": EMAIL, "password": password, "rememberMe": True, "captchaToken": ""},
    )
    return dict(answer.json())


def token(web: httpx2.Client, client_id: str = CLIENT_ID, **form: str) -> httpx2.Response:
    """The answer of the token endpoint."""
    basic = base64.b64encode(f"{client_id}:".encode()).decode()
    return web.post(
        "/di-oauth2-service/oauth/token",
        headers={"Authorization": f"Basic {basic}"},
        data={"client_id": client_id, **form},
    )


def exchange(web: httpx2.Client, service_ticket: str, service: str = "app:/there") -> httpx2.Response:
    """A ticket for tokens."""
    return token(web, service_ticket=service_ticket, service_url=service, grant_type=GRANT_TICKET)


@contextmanager
def signed_in(simulator: Simulator) -> Iterator[httpx2.Client]:
    """A client whose requests for data are answered."""
    with httpx2.Client(base_url=simulator.url, timeout=20) as web:
        access = exchange(web, ticket(web)["serviceTicketId"]).json()["access_token"]
        web.headers.update(HEADERS | {"Authorization": f"Bearer {access}"})
        yield web


@pytest.fixture(scope="session", autouse=True)
def no_delays() -> Iterator[None]:
    """The library waits between page and credentials, for the sake of a firewall that is not here."""
    with pytest.MonkeyPatch.context() as patch:
        for name in dir(garminconnect.client.sso):
            if "_DELAY_" in name:
                patch.setattr(garminconnect.client.sso, name, 0.0)
        yield


@pytest.fixture(scope="session")
def simulator() -> Iterator[Simulator]:
    """One that no test changes: two months until a Sunday afternoon."""
    with Simulator(now=NOW) as running:
        yield running


@pytest.fixture(scope="session")
def web(simulator: Simulator) -> Iterator[httpx2.Client]:
    """Bare requests, signed in."""
    with signed_in(simulator) as client:
        yield client


@pytest.fixture(scope="session")
def garmin(simulator: Simulator) -> garminconnect.Garmin:
    """The real library, signed in."""
    found = point_at(garminconnect.Garmin(EMAIL, PASSWORD), simulator.url)
    found.login()
    return found


@pytest.fixture(scope="session")
def _faulty() -> Iterator[Simulator]:
    with Simulator(now=NOW, days=30) as running:
        yield running


@pytest.fixture
def faulty(_faulty: Simulator) -> Iterator[Simulator]:
    """One whose faults, tokens and counters the test may change; its time stands still."""
    yield _faulty
    _faulty.clear_faults()
    _faulty.reset_stats()


@pytest.fixture
def faulty_web(faulty: Simulator) -> Iterator[httpx2.Client]:
    """Bare requests to it, signed in."""
    with signed_in(faulty) as client:
        yield client


@pytest.fixture
def own() -> Iterator[Simulator]:
    """One that the test may change in any way."""
    with Simulator(now=NOW, days=30) as running:
        yield running


@pytest.fixture
def own_web(own: Simulator) -> Iterator[httpx2.Client]:
    """Bare requests to the changing one, signed in."""
    with signed_in(own) as client:
        yield client
