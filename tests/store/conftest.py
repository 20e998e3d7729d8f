"""A linked account to store things under."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from garminsync_tui.models import GarminConnectAccount
from garminsync_tui.paths import Paths
from garminsync_tui.store import accounts
from garminsync_tui.store.accounts import StoredTokens
from garminsync_tui.store.database import Database
from garminsync_tui.store.vault import Vault

TOKENS = StoredTokens("access-SECRET", "client-SECRET", "refresh-SECRET", datetime(2026, 12, 1, tzinfo=UTC))


@pytest.fixture
async def vault(database: Database, paths: Paths) -> Vault:
    return await Vault.open(database, paths)


@pytest.fixture
async def account(database: Database, vault: Vault) -> GarminConnectAccount:
    user = await accounts.ensure_user(database, "me")
    return await accounts.link(
        database,
        vault,
        user.id,
        garmin_user_id="1001",
        server="http://127.0.0.1:1",
        display_name="runner",
        time_zone="Europe/Berlin",
        tokens=TOKENS,
    )
