"""The link to Garmin in words, for commands and screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import SignInRequired

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


#: What helps where Garmin no longer accepts a link of that kind; for the usual one see `SignInRequired`.
_WAYS_BACK = {
    "garth": "That session is over: sign in another way, `garminsync login`. Everything already stored stays.",
    "personal_api": "Give a new API key (`garminsync login --method personal-api`), or sign in another way"
    " (`garminsync login`). Everything already stored stays.",
}


def sign_in_needed(provider: str | None) -> SignInRequired:
    """That Garmin no longer accepts a link, with what helps for its kind; None: nothing is linked."""
    return SignInRequired(hint=_WAYS_BACK[provider]) if provider in _WAYS_BACK else SignInRequired()


def token_state(account: GarminConnectAccount | LinkedAccount) -> str:
    """How long Garmin accepts us without a new sign-in, in words."""
    from .units import local_time

    if not account.active:
        return "not linked"
    if account.sign_in_needed_since:
        return f"sign-in needed since {local_time(account.sign_in_needed_since)}"
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
