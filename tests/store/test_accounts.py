"""Tokens are sealed to their row and column, and one process refreshes them."""

from __future__ import annotations

import stat

import pytest
import sqlalchemy as sa

from garminsync_tui.errors import KeyMissing, SignInRequired, UsageProblem
from garminsync_tui.ids import new_id
from garminsync_tui.models import GarminConnectAccount
from garminsync_tui.paths import Paths
from garminsync_tui.store import accounts
from garminsync_tui.store.accounts import StoredTokens
from garminsync_tui.store.database import Database
from garminsync_tui.store.vault import Vault

from .conftest import TOKENS


async def test_tokens_come_back_as_they_were(
    database: Database, vault: Vault, account: GarminConnectAccount, paths: Paths
) -> None:
    again = await Vault.open(database, paths)
    assert (await accounts.read_tokens(database, again, account.id)).refresh == TOKENS.refresh
    assert "SECRET" not in repr(TOKENS)


async def test_nothing_in_the_database_is_readable(database: Database, account: GarminConnectAccount) -> None:
    async with database.read() as session:
        row = (await session.execute(sa.text("SELECT * FROM garmin_connect_accounts"))).one()
    assert b"SECRET" not in b"".join(bytes(value) for value in row if isinstance(value, bytes | memoryview))
    assert "SECRET" not in str(row)


async def test_a_value_moved_to_another_column_or_row_does_not_open(
    vault: Vault, account: GarminConnectAccount
) -> None:
    assert account.oauth_token is not None
    assert vault.unseal(account.id, "oauth_token", account.oauth_token) == TOKENS.access
    with pytest.raises(KeyMissing):
        vault.unseal(account.id, "refresh_token", account.oauth_token)
    with pytest.raises(KeyMissing):
        vault.unseal(new_id(), "oauth_token", account.oauth_token)


async def test_the_key_file_is_private_and_must_stay_so(
    database: Database, account: GarminConnectAccount, paths: Paths
) -> None:
    assert stat.S_IMODE(paths.key.stat().st_mode) == 0o600
    paths.key.chmod(0o640)
    with pytest.raises(KeyMissing, match="open to other users"):
        await Vault.open(database, paths)


async def test_a_lost_key_costs_a_sign_in_and_nothing_else(
    database: Database, account: GarminConnectAccount, paths: Paths
) -> None:
    paths.key.unlink()
    with pytest.raises(KeyMissing):
        await Vault.open(database, paths)
    fresh = await Vault.open(database, paths, replace_lost_key=True)
    linked = await accounts.link(
        database,
        fresh,
        account.user_id,
        garmin_user_id="1001",
        server=account.server,
        display_name="runner",
        time_zone=None,
        tokens=TOKENS,
    )
    assert linked.id == account.id
    assert linked.time_zone == "Europe/Berlin"
    assert (await accounts.read_tokens(database, await Vault.open(database, paths), linked.id)).access == TOKENS.access


async def test_linking_another_account_ends_the_first_and_keeps_its_row(
    database: Database, vault: Vault, account: GarminConnectAccount
) -> None:
    other = await accounts.link(
        database,
        vault,
        account.user_id,
        garmin_user_id="2002",
        server=account.server,
        display_name="other",
        time_zone=None,
        tokens=TOKENS,
    )
    active = await accounts.active_account(database)
    assert active is not None
    assert active.id == other.id
    before = await accounts.get(database, account.id)
    assert (before.active, before.oauth_token, before.refresh_token) == (False, None, None)


async def test_unlinking_empties_the_tokens(database: Database, vault: Vault, account: GarminConnectAccount) -> None:
    await accounts.unlink(database, account.id)
    assert await accounts.active_account(database) is None
    with pytest.raises(SignInRequired):
        await accounts.read_tokens(database, vault, account.id)


async def test_one_refreshes_at_a_time_and_only_the_leaseholder_stores(
    database: Database, vault: Vault, account: GarminConnectAccount
) -> None:
    owner = await accounts.take_refresh_lease(database, account.id)
    assert owner is not None
    assert await accounts.take_refresh_lease(database, account.id) is None
    newer = StoredTokens("access-2", "client", "refresh-2", TOKENS.expires_at)
    await accounts.save_refreshed_tokens(database, vault, account.id, new_id(), newer)
    assert (await accounts.read_tokens(database, vault, account.id)).access == TOKENS.access
    await accounts.save_refreshed_tokens(database, vault, account.id, owner, newer)
    assert (await accounts.read_tokens(database, vault, account.id)).access == "access-2"
    assert await accounts.take_refresh_lease(database, account.id) is not None


async def test_refused_tokens_are_not_handed_out_again(
    database: Database, vault: Vault, account: GarminConnectAccount
) -> None:
    await accounts.mark_sign_in_needed(database, account.id)
    with pytest.raises(SignInRequired):
        await accounts.read_tokens(database, vault, account.id)


async def test_the_local_password(database: Database) -> None:
    user = await accounts.create_user(database, "me", "open sesame")
    assert user.login_required
    assert accounts.password_fits(user, "open sesame")
    assert not accounts.password_fits(user, "sesame")
    with pytest.raises(UsageProblem):
        await accounts.create_user(database, "again", None)
    await accounts.set_password(database, user.id, None)
    found = await accounts.find_user(database)
    assert found is not None
    assert not found.login_required
    assert not accounts.password_fits(found, "open sesame")
