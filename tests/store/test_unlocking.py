"""Wrong passwords make the next one wait, in every process, and a lock is a change of the user that apps see."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from garminsync_tui.errors import UsageProblem
from garminsync_tui.ids import new_id
from garminsync_tui.models import RequestBudget, User
from garminsync_tui.store import accounts, unlocking
from garminsync_tui.store.database import Database
from garminsync_tui.store.unlocking import try_password

RIGHT = "open sesame"


@pytest.fixture
async def user(database: Database) -> User:
    """With a hash that is made and checked in no time."""
    hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(RIGHT)
    user = User(id=new_id(), username="me", password_hash=hashed, login_required=True)
    async with database.write() as session:
        session.add(user)
    return user


async def let_time_pass(database: Database) -> None:
    async with database.write() as session:
        await session.execute(sa.update(RequestBudget).values(wait_until=datetime(2026, 1, 1, tzinfo=UTC)))


async def tries(database: Database) -> list[int]:
    async with database.read() as session:
        return list(await session.scalars(sa.select(RequestBudget.refusals)))


async def test_wrong_ones_make_the_next_wait_longer_and_longer(
    database: Database, database_url: str, user: User
) -> None:
    waits = []
    for _ in range(7):
        tried = await try_password(database, "sesame")
        assert not tried.fits and not tried.too_soon
        waits.append(tried.wait_s)
        await let_time_pass(database)
    assert waits == [0, 0, 0, 0, 5, 10, 20]
    assert unlocking._wait_s(1000) == 900
    await try_password(database, "sesame")
    async with await Database.open(database_url) as another:
        too_soon = await try_password(another, RIGHT)
    assert (too_soon.fits, too_soon.too_soon) == (False, True), "the right one, too, has to wait"
    assert 0 < too_soon.wait_s <= 40
    assert await tries(database) == [8], "what is not looked at is no try"
    await let_time_pass(database)
    assert (await try_password(database, RIGHT)).fits
    assert await tries(database) == []


async def test_many_at_once_are_all_counted(database: Database, user: User) -> None:
    await asyncio.gather(*(try_password(database, f"guess {number}") for number in range(4)))
    assert await tries(database) == [4]


async def test_a_new_password_forgets_wrong_ones(database: Database, user: User) -> None:
    for _ in range(5):
        await try_password(database, "sesame")
    await accounts.set_password(database, user.id, "another")
    assert (await try_password(database, "another")).fits
    assert not (await try_password(database, RIGHT)).fits


async def test_an_old_hash_is_renewed_without_locking_anybody_out(database: Database, user: User) -> None:
    seen = (await try_password(database, RIGHT)).seen
    renewed = await accounts.find_user(database)
    assert renewed is not None
    assert renewed.password_hash != user.password_hash
    assert not PasswordHasher().check_needs_rehash(renewed.password_hash)
    assert renewed.updated_at == seen, "open apps stay open"
    assert (await try_password(database, RIGHT)).fits


async def test_a_lock_changes_the_user_and_nothing_else(database: Database, user: User) -> None:
    seen = (await try_password(database, "sesame")).seen
    await unlocking.lock(database)
    locked = await accounts.find_user(database)
    assert locked is not None
    assert locked.updated_at > seen
    assert (locked.username, locked.password_hash) == (user.username, user.password_hash)


async def test_without_a_password_there_is_nothing_to_lock(database: Database) -> None:
    with pytest.raises(UsageProblem, match="no password"):
        await unlocking.lock(database)
    with pytest.raises(UsageProblem, match="no local user"):
        await try_password(database, RIGHT)
    await accounts.create_user(database, "me", None)
    with pytest.raises(UsageProblem, match="no password"):
        await unlocking.lock(database)
