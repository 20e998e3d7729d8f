"""The link to Garmin in words, for commands and screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .models import GarminConnectAccount
    from .store.glance import LinkedAccount

#: How each provider is called.
PROVIDERS = {
    "garminconnect": "Garmin's own sign-in",
    "garth": "a session of garth's",
    "personal_api": "a key of the official API",
    "local": "none: imported",
}


def token_state(account: GarminConnectAccount | LinkedAccount) -> str:
    """How long Garmin accepts us without a new sign-in, in words."""
    from .units import local_time

    if account.sign_in_needed_since:
        return f"sign-in needed since {local_time(account.sign_in_needed_since)}"
    if not account.active:
        return "not linked"
    if account.token_expires_at is None:
        return "token good"
    return f"token good until {local_time(account.token_expires_at)}{_renewal(account)}"


def _renewal(account: GarminConnectAccount | LinkedAccount) -> str:
    """What comes after the access token, which lives for a day."""
    if account.provider == "garth":
        return ", renews while the session lasts: about a year from its sign-in"
    if account.provider == "personal_api":
        return ", renews by itself until the API key expires"
    return ", renews by itself" if account.refresh_token else ""
