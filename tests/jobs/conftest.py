"""An account to queue for, and a runner whose work a test decides."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from uuid import UUID

import pytest

from garminsync_tui.ids import new_id
from garminsync_tui.jobs.queue import Queue
from garminsync_tui.models import GarminConnectAccount, User
from garminsync_tui.store.database import Database

DEADLINE_S = 20.0


class Owner:
    """Whose jobs they are."""

    def __init__(self, user_id: UUID, account_id: UUID) -> None:
        self.user_id = user_id
        self.account_id = account_id


@pytest.fixture
async def owner(database: Database) -> Owner:
    user = User(id=new_id(), username="me", password_hash="$argon2id$discarded", login_required=False)
    sealed = b"\x01" + bytes(40)
    account = GarminConnectAccount(
        id=new_id(), user_id=user.id, garmin_user_id="1", server="s", oauth_token=sealed, oauth_token_secret=sealed
    )
    async with database.write() as session:
        session.add(user)
        await session.flush()
        session.add(account)
    return Owner(user.id, account.id)


@pytest.fixture
async def queue(database: Database) -> AsyncIterator[Queue]:
    yield Queue(database)


async def until(true: Callable[[], object], deadline_s: float = DEADLINE_S) -> None:
    """Let other tasks go on until something is true."""
    async with asyncio.timeout(deadline_s):
        while not true():
            await asyncio.sleep(0.01)
