"""After a rotation all tokens open and the old key opens none, whoever works meanwhile and whenever it is killed."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from garminsync_tui.errors import AlreadyRunning, KeyMissing, UsageProblem
from garminsync_tui.models import GarminConnectAccount, SealingKey
from garminsync_tui.paths import Paths
from garminsync_tui.store import accounts, outer_key
from garminsync_tui.store.accounts import StoredTokens
from garminsync_tui.store.database import Database
from garminsync_tui.store.outer_key import FilePlace
from garminsync_tui.store.sealing import unseal
from garminsync_tui.store.vault import Rotation, Vault, key_state, take_key

from .conftest import TOKENS


async def ring(database: Database) -> dict[int, bytes]:
    async with database.read() as session:
        rows = await session.execute(sa.select(SealingKey.key_id, SealingKey.wrapped_key))
    return {row.key_id: row.wrapped_key for row in rows}


async def tokens(database: Database, paths: Paths, account: GarminConnectAccount) -> tuple[str, str, str | None]:
    """As a process that starts now reads them."""
    found = await accounts.read_tokens(database, await Vault.open(database, paths), account.id)
    return found.access, found.secret, found.refresh


ALL = (TOKENS.access, TOKENS.secret, TOKENS.refresh)


@pytest.mark.parametrize("outer", [False, True])
async def test_all_tokens_open_and_the_old_key_opens_none(
    database: Database, vault: Vault, account: GarminConnectAccount, paths: Paths, outer: bool
) -> None:
    old_data_key = vault._keys[1]
    old_outer = vault.outer
    assert await vault.rotate(database, outer=outer) == Rotation(key_id=2, resealed=3, left=0)
    assert await tokens(database, paths, account) == ALL
    assert (await ring(database)).keys() == {2}
    assert (bytes.fromhex(paths.key.read_text()) != old_outer) == outer
    assert [path.name for path in paths.key.parent.glob("key*")] == ["key"]
    stored = await accounts.get(database, account.id)
    for column in ("oauth_token", "oauth_token_secret", "refresh_token"):
        purpose = b"|".join((b"\x01\x00\x02", b"garmin_connect_accounts", account.id.bytes, column.encode()))
        value = getattr(stored, column)[3:]
        assert unseal((await _newest(database, paths)), value, purpose) is not None, "the purpose is right"
        assert unseal(old_data_key, value, purpose) is None
    opened = unseal(old_outer, (await ring(database))[2], b"key_ring|2")
    assert (opened is None) == outer


async def _newest(database: Database, paths: Paths) -> bytes:
    vault = await Vault.open(database, paths)
    return vault._keys[max(vault._keys)]


async def test_nothing_old_lies_on_in_the_file(
    database: Database, vault: Vault, account: GarminConnectAccount, paths: Paths
) -> None:
    if not database.sqlite:
        pytest.skip("a server's files are its own affair")
    wrapped = (await ring(database))[1]
    sealed = [account.oauth_token, account.oauth_token_secret, account.refresh_token]
    await vault.rotate(database)
    on_disk = b"".join(path.read_bytes() for path in paths.database.parent.glob("garminsync.db*"))
    assert (await ring(database))[2] in on_disk
    for old in (wrapped, *sealed):
        assert old is not None and old not in on_disk


async def test_who_works_on_through_a_rotation_reads_and_seals_under_the_new_key(
    database: Database, vault: Vault, account: GarminConnectAccount, paths: Paths
) -> None:
    at_work = await Vault.open(database, paths)
    owner = await accounts.take_refresh_lease(database, account.id)
    assert owner is not None
    await vault.rotate(database, outer=True)
    assert (await accounts.read_tokens(database, at_work, account.id)).access == TOKENS.access
    await vault.rotate(database, outer=True)
    newer = StoredTokens("access-2", "client-2", "refresh-2", TOKENS.expires_at)
    await accounts.save_refreshed_tokens(database, at_work, account.id, owner, newer)
    assert await tokens(database, paths, account) == ("access-2", "client-2", "refresh-2")


async def test_rotations_and_refreshes_at_once_lose_no_token(
    database: Database, account: GarminConnectAccount, paths: Paths, database_url: str
) -> None:
    times = 12

    async def refresh() -> None:
        async with await Database.open(database_url) as own:
            vault = await Vault.open(own, paths)
            for number in range(times):
                owner = await accounts.take_refresh_lease(own, account.id)
                assert owner is not None
                newer = StoredTokens(f"access-{number}", "client", f"refresh-{number}", datetime.now(UTC))
                await accounts.save_refreshed_tokens(own, vault, account.id, owner, newer)

    async def rotate() -> None:
        async with await Database.open(database_url) as own:
            for number in range(times):
                await (await Vault.open(own, paths)).rotate(own, outer=bool(number % 2))

    await asyncio.gather(refresh(), rotate())
    last = times - 1
    assert await tokens(database, paths, account) == (f"access-{last}", "client", f"refresh-{last}")
    assert (await ring(database)).keys() == {times + 1}


def _killed_before(kind: type, name: str) -> None:
    async def at_once(*_: Any, **__: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def now(*_: Any, **__: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(kind, name, at_once if asyncio.iscoroutinefunction(getattr(kind, name)) else now)


def _dies(url: str, paths: Paths, kind: type, name: str) -> None:
    async def rotate() -> None:
        async with await Database.open(url) as database:
            vault = await Vault.open(database, paths)
            _killed_before(kind, name)
            await vault.rotate(database, outer=True)

    asyncio.run(rotate())


#: Where it is killed, and whether the new key holds by then.
STEPS: dict[str, tuple[type, str, bool]] = {
    "before anything": (FilePlace, "prepare", False),
    "when the key is prepared": (Vault, "_reseal", False),
    "before the commit": (Vault, "_add_key", False),
    "after the commit": (FilePlace, "finish", True),
    "at the end": (Database, "fold_log_in", True),
}


@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
@pytest.mark.parametrize("step", STEPS)
async def test_killed_at_any_step_it_leaves_a_key_that_opens(
    database: Database, database_url: str, vault: Vault, account: GarminConnectAccount, paths: Paths, step: str
) -> None:
    kind, name, done = STEPS[step]
    before = vault.outer
    # Forked: what a process imports takes longer than all that it does here.
    process = multiprocessing.get_context("fork").Process(target=_dies, args=(database_url, paths, kind, name))
    process.start()
    await asyncio.to_thread(process.join)
    assert process.exitcode == -signal.SIGKILL
    assert await tokens(database, paths, account) == ALL
    assert (bytes.fromhex(paths.key.read_text()) != before) == done
    assert (await ring(database)).keys() == {2 if done else 1}
    assert (await (await Vault.open(database, paths)).rotate(database, outer=True)).resealed == 3
    assert await tokens(database, paths, account) == ALL
    assert [path.name for path in paths.key.parent.glob("key*")] == ["key"]


async def test_what_a_killed_one_prepared_is_no_key_until_the_database_goes_by_it(
    database: Database, vault: Vault, account: GarminConnectAccount, paths: Paths
) -> None:
    before = paths.key.read_text()
    vault._place.prepare(b"\x05" * 32)
    assert await tokens(database, paths, account) == ALL
    assert paths.key.read_text() == before


async def test_one_replaces_the_key_at_a_time(
    database: Database, vault: Vault, account: GarminConnectAccount, paths: Paths
) -> None:
    with outer_key.replacing(paths), pytest.raises(AlreadyRunning):
        await vault.rotate(database, outer=True)
    assert await tokens(database, paths, account) == ALL


async def test_what_another_machine_sealed_is_left_to_it(
    database: Database, vault: Vault, account: GarminConnectAccount, paths: Paths, tmp_path: Path
) -> None:
    other = Paths.below(tmp_path / "other")
    other.prepare()
    await Vault.open(database, other, replace_lost_key=True)
    there = await Vault.open(database, other)
    assert await there.rotate(database) == Rotation(key_id=3, resealed=0, left=3)
    assert (await ring(database)).keys() == {1, 3}
    state = await key_state(database, other)
    assert [(key.key_id, key.opens, key.sealed) for key in state.ring] == [(1, False, 3), (3, True, 0)]
    assert await tokens(database, paths, account) == ALL


async def test_a_key_that_comes_from_elsewhere_is_not_replaced(
    database: Database, vault: Vault, account: GarminConnectAccount, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outer_key, "_given", paths.key.read_text())
    from_elsewhere = await Vault.open(database, paths)
    with pytest.raises(UsageProblem, match="GARMINSYNC_KEY"):
        await from_elsewhere.rotate(database, outer=True)
    assert (await from_elsewhere.rotate(database)).resealed == 3
    monkeypatch.setattr(outer_key, "_given", None)
    assert await tokens(database, paths, account) == ALL


# ── A second machine ─────────────────────────────────────────────────────────────────────────────────


async def test_a_key_is_taken_where_it_opens_and_the_old_one_kept(
    database: Database, vault: Vault, account: GarminConnectAccount, paths: Paths, tmp_path: Path
) -> None:
    there = Paths.below(tmp_path / "there")
    there.prepare()
    outer_key.find(there).make()
    own = there.key.read_text()
    with pytest.raises(KeyMissing, match="does not open"):
        await Vault.open(database, there)
    with pytest.raises(KeyMissing, match="opens nothing in"):
        await take_key(database, there, b"\x06" * 32)
    assert there.key.read_text() == own
    for _ in range(2):  # taken twice it is the same
        assert await take_key(database, there, vault.outer) == str(there.key)
        assert await tokens(database, there, account) == ALL
    (kept,) = there.key.parent.glob("key.replaced-*")
    assert (kept.read_text(), kept.stat().st_mode & 0o777) == (own, 0o600)


# ── A value somewhere else ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("move", ["column", "row", "older"])
async def test_a_sealed_value_somewhere_else_is_refused(
    database: Database, vault: Vault, account: GarminConnectAccount, paths: Paths, move: str
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
    values: dict[str, Any] = {
        "column": {"oauth_token": other.refresh_token, "refresh_token": other.oauth_token},
        "row": {"oauth_token": account.oauth_token},
        "older": {"oauth_token": b"\x01\x00\x09" + (other.oauth_token or b"")[3:]},
    }[move]
    async with database.write() as session:
        await session.execute(
            sa.update(GarminConnectAccount).where(GarminConnectAccount.id == other.id).values(**values)
        )
    with pytest.raises(KeyMissing, match="cannot be opened") as refused:
        await accounts.read_tokens(database, await Vault.open(database, paths), other.id)
    assert "SECRET" not in str(refused.value) + repr(refused.value.__cause__)
