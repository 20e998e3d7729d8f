"""How fast a server is asked: a token bucket and pauses that every process on the database obeys."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..errors import RateLimited
from ..models import RequestBudget
from .database import Database
from .upsert import insert

#: Where Garmin says nothing of how long to wait: longer with each refusal in a row.
_PAUSES_S = (60, 300, 1800)
#: A sign-in that was refused is not tried again before so many hours: trying re-arms the block.
_SIGN_IN_PAUSES_H = (2, 4, 8, 16, 24)
#: A longer wait than this gives the runner back to other work.
_LONGEST_SLEEP_S = 30.0


class Rate(NamedTuple):
    """Requests a second on average, and how many may go out at once."""

    per_s: float
    burst: float


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Pace:
    """One server's budget. `rate` None (a server on this machine) means no limit but what the server asks for."""

    def __init__(
        self,
        database: Database,
        server: str,
        rate: Rate | None,
        *,
        clock: Callable[[], datetime] = _utc_now,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._database = database
        self._scope = f"data {server}"
        self._rate = rate
        self._clock = clock
        self._sleep = sleep
        self._checked = False

    async def take(self) -> None:
        """Wait for a turn. Raises RateLimited where the turn is too far away to sleep for."""
        if self._rate is None and self._checked:
            return
        while (wait_s := await self._charge()) > 0:
            if wait_s > _LONGEST_SLEEP_S:
                raise RateLimited(wait_s)
            await self._sleep(wait_s)
        self._checked = True

    async def refused(self, retry_after_s: float | None) -> None:
        """Remember that the server asked to wait."""
        self._checked = False
        async with self._database.write() as session:
            row = await session.get(RequestBudget, self._scope)
            refusals = row.refusals if row else 0
            pause_s = retry_after_s if retry_after_s is not None else _PAUSES_S[min(refusals, len(_PAUSES_S) - 1)]
            await put(
                session,
                self._scope,
                tokens=0.0,
                rate_per_s=self._rate.per_s if self._rate else 0.0,
                counted_at=self._clock(),
                wait_until=self._clock() + timedelta(seconds=pause_s),
                refusals=refusals + 1,
            )

    async def _charge(self) -> float:
        """Take a token; else the seconds until there is one."""
        moment = self._clock()
        async with self._database.write() as session:
            row = await session.get(RequestBudget, self._scope)
            if row and row.wait_until and row.wait_until > moment:
                return (row.wait_until - moment).total_seconds()
            if self._rate is None:
                if row and row.refusals:
                    await put(session, self._scope, tokens=0.0, rate_per_s=0.0, counted_at=moment)
                return 0.0
            tokens = self._rate.burst
            if row:
                elapsed_s = max((moment - row.counted_at).total_seconds(), 0.0)
                tokens = min(row.tokens + elapsed_s * self._rate.per_s, self._rate.burst)
            # A hair less than one is one: the clock counts whole milliseconds.
            granted = tokens > 1 - 1e-6
            await put(
                session,
                self._scope,
                tokens=max(tokens - 1, 0.0) if granted else tokens,
                rate_per_s=self._rate.per_s,
                counted_at=moment,
            )
            return 0.0 if granted else max((1 - tokens) / self._rate.per_s, 0.001)


async def sign_in_wait(database: Database, server: str, clock: Callable[[], datetime] = _utc_now) -> datetime | None:
    """Until when a refused sign-in must not be tried again; None where it may be tried."""
    async with database.read() as session:
        row = await session.get(RequestBudget, f"sign-in {server}")
    return row.wait_until if row and row.wait_until and row.wait_until > clock() else None


async def sign_in_refused(database: Database, server: str, clock: Callable[[], datetime] = _utc_now) -> datetime:
    """Remember a refusal (429, CAPTCHA); until when nobody tries again: 2, 4, 8, up to 24 hours."""
    scope = f"sign-in {server}"
    async with database.write() as session:
        row = await session.get(RequestBudget, scope)
        refusals = row.refusals if row else 0
        until = clock() + timedelta(hours=_SIGN_IN_PAUSES_H[min(refusals, len(_SIGN_IN_PAUSES_H) - 1)])
        await put(
            session,
            scope,
            tokens=0.0,
            rate_per_s=0.0,
            counted_at=clock(),
            wait_until=until,
            refusals=refusals + 1,
        )
    return until


async def sign_in_succeeded(database: Database, server: str) -> None:
    """Forget earlier refusals."""
    async with database.write() as session:
        await session.execute(sa.delete(RequestBudget).where(RequestBudget.scope == f"sign-in {server}"))


async def put(session: AsyncSession, scope: str, **values: object) -> None:
    """Write what is known of `scope`; what is not named is forgotten."""
    values = {"wait_until": None, "refusals": 0, **values}
    await session.execute(
        insert(session, RequestBudget)
        .values(scope=scope, **values)
        .on_conflict_do_update(index_elements=["scope"], set_=values)
    )
