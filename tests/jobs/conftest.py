"""An account to queue for, and both sides of its queue."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import pytest

from garminsync_tui.ids import new_id
from garminsync_tui.jobs.queue import Claim, Leases, Queue
from garminsync_tui.models import GarminConnectAccount, SyncJob, User
from garminsync_tui.store.database import Database

DEADLINE_S = 20.0


@dataclass
class Desk:
    """One person's queue, with short words for what tests do all the time."""

    database: Database
    queue: Queue
    leases: Leases
    user_id: UUID
    account_id: UUID

    async def put(self, job_type: str = "activity_sync", *, local: bool = False, **options: object) -> UUID:
        account_id = None if local else self.account_id
        job_id = await self.queue.enqueue(self.user_id, job_type, account_id=account_id, **options)  # type: ignore[arg-type]
        assert job_id is not None
        return job_id

    async def take(self, **options: object) -> Claim:
        claim = await self.leases.claim(new_id(), **options)  # type: ignore[arg-type]
        assert claim is not None
        return claim

    async def finish(self, claim: Claim) -> None:
        async with self.database.write() as session:
            await self.leases.finish(session, claim)

    async def fail(self, claim: Claim, code: str = "failed") -> None:
        async with self.database.write() as session:
            await self.leases.fail(session, claim, code, "It failed.")

    async def release(self, claim: Claim, **options: object) -> None:
        async with self.database.write() as session:
            await self.leases.release(session, claim, **options)  # type: ignore[arg-type]

    async def guard(self, claim: Claim, **options: object) -> None:
        async with self.database.write() as session:
            await self.leases.guard(session, claim, **options)  # type: ignore[arg-type]

    async def job(self, job_id: UUID) -> SyncJob:
        return await self.queue.get(job_id)


async def new_account(database: Database, name: str) -> tuple[UUID, UUID]:
    user = User(id=new_id(), username=name, password_hash="$argon2id$discarded", login_required=False)
    sealed = b"\x01" + bytes(40)
    account = GarminConnectAccount(
        id=new_id(), user_id=user.id, garmin_user_id=name, oauth_token=sealed, oauth_token_secret=sealed
    )
    async with database.write() as session:
        session.add(user)
        await session.flush()
        session.add(account)
    return user.id, account.id


@pytest.fixture
async def desk(database: Database) -> Desk:
    return Desk(database, Queue(database), Leases(database), *await new_account(database, "me"))


async def until(true: Callable[[], object], deadline_s: float = DEADLINE_S) -> None:
    """Let other tasks and processes go on until something is true."""
    async with asyncio.timeout(deadline_s):
        while True:
            found = true()
            if await found if inspect.isawaitable(found) else found:
                return
            await asyncio.sleep(0.02)
