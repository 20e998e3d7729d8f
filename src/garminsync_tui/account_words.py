"""The link to Garmin in words, for commands and screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .models import GarminConnectAccount
    from .store.glance import LinkedAccount


def token_state(account: GarminConnectAccount | LinkedAccount) -> str:
    """How long Garmin accepts us without a new sign-in, in words."""
    from .units import local_time

    if account.sign_in_needed_since:
        return f"sign-in needed since {local_time(account.sign_in_needed_since)}"
    if not account.active:
        return "not linked"
    if account.token_expires_at is None:
        return "token good"
    # Garmin's access tokens live for a day; the refresh token beside it renews them.
    renews = ", renews by itself" if account.refresh_token else ""
    return f"token good until {local_time(account.token_expires_at)}{renews}"
