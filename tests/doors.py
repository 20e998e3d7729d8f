"""What other programs have of a sign-in at the simulator: a browser's ticket, a token file, a session of garth's."""

from __future__ import annotations

import warnings
from typing import Any

import requests

from garminsync_tui.simulator import Simulator
from garminsync_tui.simulator.oauth1 import CONSUMER


def browsed(simulator: Simulator, service: str | None = None, code: str | None = None) -> str:
    """The ticket that a browser gets at the end of a sign-in."""
    service = service or f"{simulator.url}/gcm/android"
    with requests.Session() as browser:
        page = f"{simulator.url}/mobile/sso/en_US/sign-in"
        browser.get(page, timeout=10)
        signing = browser.post(
            f"{simulator.url}/mobile/api/login",
            params={"clientId": "GCM_ANDROID_DARK", "service": service},
            json={"username": simulator.email, "password": simulator.password},
            headers={"Referer": page},
            timeout=10,
        )
        if code:
            signing = browser.post(
                f"{simulator.url}/mobile/api/mfa/verifyCode",
                params={"service": service},
                json={"mfaVerificationCode": code},
                timeout=10,
            )
        return str(signing.json()["serviceTicketId"])


def token_file(simulator: Simulator) -> str:
    """What garminconnect writes into its file."""
    from garminsync_tui.garmin.library import LibraryClient
    from garminsync_tui.garmin.server import Server

    client = LibraryClient(Server.parse(simulator.url))
    client._exchange_service_ticket(browsed(simulator))
    return str(client.dumps())


def garth_client(simulator: Simulator, code: str | None = None) -> Any:
    """garth's own client, signed in as it did when it could, with its addresses led to the simulator."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import garth

    client = garth.Client()
    client.sess.mount("https://", _Here(simulator.url))
    garth.sso.OAUTH_CONSUMER = CONSUMER
    ticket = browsed(simulator, "https://mobile.integration.garmin.com/gcm/android", code)
    client.oauth1_token = garth.sso.get_oauth1_token(ticket, client)
    client.oauth2_token = garth.sso.exchange(client.oauth1_token, client, login=True)
    garth.sso.OAUTH_CONSUMER = {}
    return client


class _Here(requests.adapters.HTTPAdapter):
    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        request.url = self._url + request.path_url
        return super().send(request, *args, **kwargs)
