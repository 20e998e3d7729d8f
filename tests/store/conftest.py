"""A linked account to store things under."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from garminsync_tui.ids import new_id
from garminsync_tui.models import GarminConnectAccount, User
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
    user = User(id=new_id(), username="me", password_hash="$argon2id$of a discarded secret", login_required=False)
    async with database.write() as session:
        session.add(user)
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
