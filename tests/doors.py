"""What other programs have of a sign-in at the simulator: a browser's ticket, a token file, a session of garth's."""

from __future__ import annotations

import requests

from garminsync_tui.simulator import Simulator


def browsed(simulator: Simulator, service: str | None = None) -> str:
    """The ticket that a browser gets at the end of a sign-in."""
    with requests.Session() as browser:
        page = f"{simulator.url}/mobile/sso/en_US/sign-in"
        browser.get(page, timeout=10)
        signing = browser.post(
            f"{simulator.url}/mobile/api/login",
            params={"clientId": "GCM_ANDROID_DARK", "service": service or f"{simulator.url}/gcm/android"},
            json={"username": simulator.email, "password": simulator.password},
            headers={"Referer": page},
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
