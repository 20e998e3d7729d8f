"""Who runs jobs: a row for each process, and a lock file that tells others on its host whether it lives."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

from ...columns import from_now, now
from ...models import RunnerRow, SyncJob
from ...store.database import Database
from ..liveness import is_dead

#: A runner of another host that was not heard of for so long has left without a word.
_LOST_AFTER_S = 24 * 3600


async def register(database: Database, runner: RunnerRow) -> None:
    """Make a runner known."""
    async with database.write() as session:
        session.add(runner)


async def tell_alive(database: Database, runner_id: UUID) -> None:
    """Note that a runner lives."""
    async with database.write() as session:
        await session.execute(sa.update(RunnerRow).where(RunnerRow.id == runner_id).values(heartbeat_at=now()))


async def forget(database: Database, runner_id: UUID) -> None:
    """Take a runner off the list, and those that died without a word and hold no job any more."""
    holds = sa.exists().where(SyncJob.owner == RunnerRow.id, SyncJob.status == "in_progress")
    async with database.write() as session:
        own = await session.get(RunnerRow, runner_id)
        lost = set(
            await session.scalars(
                sa.select(RunnerRow.id).where(RunnerRow.heartbeat_at < from_now(-_LOST_AFTER_S), ~holds)
            )
        )
        others = [
            row
            for row in await session.scalars(sa.select(RunnerRow).where(RunnerRow.id != runner_id, ~holds))
            if row.id in lost or is_dead(row)
        ]
        for row in [*others, own] if own else others:
            await session.delete(row)
    _sweep([row for row in others if row.host == socket.gethostname()])


def _sweep(dead: Iterable[RunnerRow]) -> None:
    for row in dead:
        Path(row.lock_path).unlink(missing_ok=True)
