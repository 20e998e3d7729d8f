"""How fast a server is asked: a token bucket that refusals slow down, pauses, and a breaker for its gate.

All of it is kept in the database: obeyed after a restart, and by every process on that database. A server says
neither whether it means the account or the address, so there is one row for all who ask it.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..errors import Blocked, RateLimited
from ..models import RequestBudget
from .database import Database
from .upsert import insert

#: Where Garmin says nothing of how long to wait: longer with each refusal in a row.
_PAUSES_S = (60, 300, 1800)
#: A sign-in that was refused is not tried again before so many hours: trying re-arms the block.
_SIGN_IN_PAUSES_H = (2, 4, 8, 16, 24)
#: How long nobody asks after a page of the gate; doubled with each in a row.
_BLOCKED_S = 3600.0
#: Whatever a server says or a wrong clock wrote, after a day one request asks again.
_LONGEST_WAIT_S = 24 * 3600.0
#: A refusal halves the rate down to this; so many good answers bring a tenth of the full rate back.
_SLOWEST_PER_S = 1 / 30
_GOOD_ANSWERS = 50
_BACK = 0.1
#: A longer wait than this gives the runner back to other work.
_LONGEST_SLEEP_S = 30.0
#: How long the one request may take that tries whether the gate is open; others look meanwhile whether it is.
_TRIAL_S = 90.0
_LOOK_AGAIN_S = 1.0
#: Clocks that differ by less agree well enough.
_CLOCKS_AGREE_S = 60.0


class Rate(NamedTuple):
    """Requests a second on average, and how many may go out at once."""

    per_s: float
    burst: float


class Wait(NamedTuple):
    """A time before which a server is not asked."""

    until: datetime
    #: Whether its gate lets nothing through; else it was asked too often.
    blocked: bool
    #: Whether that was said to a sign-in.
    sign_in: bool


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
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._scope = _data(server)
        self._rate = rate
        self._clock = clock
        self._sleep = sleep
        self._monotonic = monotonic
        self._looked_at = -math.inf
        #: Good answers that the row does not know of yet.
        self._answers = 0
        #: Whether the next good answer is news, as the last ones were refusals.
        self._troubled = False
        self._ahead_s: float | None = None
        self._ahead_written_s: float | None = None

    async def take(self) -> None:
        """Wait for a turn. Raises RateLimited, or Blocked before a closed gate, where it is too far to sleep for."""
        while (wait_s := await self._charge()) > 0:
            await self._sleep(wait_s)

    async def charge(self, requests: int = 1) -> None:
        """Count requests that wait for no turn, as a sign-in's: those after them wait the longer."""
        if self._rate is not None:
            async with self._row() as row:
                self._refill(row, self._rate)
                row.tokens -= requests

    async def refused(self, retry_after_s: float | None) -> float:
        """The server said that it is asked too often (429): nobody asks for so many seconds, then slower."""
        async with self._row() as row:
            now = self._clock()
            if _left_s(row, now) <= 0:  # else it was sent before the refusal that everybody knows of
                row.refusals += 1
                row.blocks = row.answers = 0
                if self._rate is not None:
                    full = self._rate.per_s
                    row.rate_per_s = max(_at_most(row, full) / 2, min(_SLOWEST_PER_S, full))
            if retry_after_s is None:
                retry_after_s = _PAUSES_S[min(max(row.refusals, 1), len(_PAUSES_S)) - 1]
            return self._hold(row, now, retry_after_s)

    async def blocked(self) -> float:
        """A page of its gate came instead of an answer: nobody asks for so many seconds, then one request tries."""
        async with self._row() as row:
            now = self._clock()
            if not row.blocks or _left_s(row, now) <= 0:
                row.blocks += 1
            return self._hold(row, now, _BLOCKED_S * 2.0 ** min(row.blocks - 1, 10))

    async def answered(self, server_time: datetime | None = None) -> None:
        """The server answered, neither a refusal nor a page of its gate; by its own clock at `server_time`."""
        self._answers += 1
        if server_time is not None:
            self._ahead_s = (self._clock() - server_time).total_seconds()
        if self._troubled or self._clocks_differ_anew():
            async with self._row() as row:
                self._write_down(row)
                if _left_s(row, self._clock()) <= 0:
                    row.refusals = row.blocks = 0
                    row.wait_until = row.trial_until = None
                    self._troubled = False

    async def server_time(self) -> datetime:
        """Now by the server's clock, as far as that is known: this machine's may be wrong."""
        if self._ahead_s is None:
            async with self._database.read() as session:
                row = await session.get(RequestBudget, self._scope)
            self._ahead_s = self._ahead_written_s = (row.clock_ahead_s if row else None) or 0.0
        return self._clock() - timedelta(seconds=self._ahead_s)

    # ── The row ──────────────────────────────────────────────────────────────────────────────────────

    @asynccontextmanager
    async def _row(self) -> AsyncIterator[RequestBudget]:
        """This server's row, nobody else's until the block ends."""
        async with self._database.write() as session:
            burst = self._rate.burst if self._rate else 0.0
            yield await _locked(session, self._scope, tokens=burst, counted_at=self._clock())

    async def _charge(self) -> float:
        """Take a token; else the seconds after which to look again."""
        if self._rate is None and not await self._is_held():
            return 0.0
        async with self._row() as row:
            now = self._clock()
            self._write_down(row)
            left_s = _left_s(row, now)
            too_early: RateLimited = Blocked(left_s) if row.blocks else RateLimited(left_s)
            if left_s <= 0:
                return self._turn(row, now)
        if left_s > _LONGEST_SLEEP_S:
            raise too_early
        return left_s

    async def _is_held(self) -> bool:
        """Without a rate: whether somebody was refused. Looked at now and then, as others are asking too."""
        if not self._troubled and self._monotonic() - self._looked_at < _LOOK_AGAIN_S:
            return False
        self._looked_at = self._monotonic()
        async with self._database.read() as session:
            row = await session.get(RequestBudget, self._scope)
        return row is not None and bool(row.refusals or row.blocks)

    def _turn(self, row: RequestBudget, now: datetime) -> float:
        """Take a token where the server may be asked; else the seconds until there is one."""
        self._troubled = bool(row.refusals or row.blocks)
        if row.blocks and row.trial_until and row.trial_until > now:
            return _LOOK_AGAIN_S
        if self._rate is not None:
            per_s = self._refill(row, self._rate)
            # A hair less than one is one: the clock counts whole milliseconds.
            if row.tokens <= 1 - 1e-6:
                return max((1 - row.tokens) / per_s, 0.001)
            row.tokens = max(row.tokens - 1, 0.0)
        if row.blocks:
            row.trial_until = now + timedelta(seconds=_TRIAL_S)
        return 0.0

    def _refill(self, row: RequestBudget, rate: Rate) -> float:
        """Add the tokens of the time since they were counted; how many a second there are."""
        now, per_s = self._clock(), _at_most(row, rate.per_s)
        elapsed_s = max((now - row.counted_at).total_seconds(), 0.0)
        row.tokens = min(row.tokens + elapsed_s * per_s, rate.burst)
        row.counted_at = now
        return per_s

    def _hold(self, row: RequestBudget, now: datetime, pause_s: float) -> float:
        """Let nobody ask before so many seconds, and none of them at once; how many these are."""
        _wait(row, now, max(pause_s, 1.0))
        row.tokens, row.counted_at = min(row.tokens, 0.0), now
        row.trial_until = None
        return _left_s(row, now)

    def _write_down(self, row: RequestBudget) -> None:
        """What was seen since the row was last written: good answers, which bring the rate back, and the clock."""
        if row.rate_per_s and self._rate is not None:
            steps, row.answers = divmod(row.answers + self._answers, _GOOD_ANSWERS)
            faster = row.rate_per_s + steps * _BACK * self._rate.per_s
            row.rate_per_s = faster if faster < self._rate.per_s else 0.0
        self._answers = 0
        if self._ahead_s is not None:
            row.clock_ahead_s = self._ahead_s
        self._ahead_written_s = row.clock_ahead_s

    def _clocks_differ_anew(self) -> bool:
        return abs((self._ahead_s or 0.0) - (self._ahead_written_s or 0.0)) > _CLOCKS_AGREE_S


def _data(server: str) -> str:
    return f"data {server}"


def _sign_in(server: str) -> str:
    return f"sign-in {server}"


async def _locked(session: AsyncSession, scope: str, *, tokens: float, counted_at: datetime) -> RequestBudget:
    row = await session.get(RequestBudget, scope, with_for_update=True)
    if row is None:
        first = {"scope": scope, "tokens": tokens, "rate_per_s": 0.0, "counted_at": counted_at}
        await session.execute(insert(session, RequestBudget).values(first).on_conflict_do_nothing())
        row = await session.get_one(RequestBudget, scope, with_for_update=True)
    return row


def _left_s(row: RequestBudget, now: datetime) -> float:
    """How long nobody asks; what a clock wrote that was far ahead ends after a day all the same."""
    if row.wait_until is None:
        return 0.0
    row.wait_until = min(row.wait_until, now + timedelta(seconds=_LONGEST_WAIT_S))
    return max((row.wait_until - now).total_seconds(), 0.0)


def _wait(row: RequestBudget, now: datetime, pause_s: float) -> None:
    until = now + timedelta(seconds=min(pause_s, _LONGEST_WAIT_S))
    row.wait_until = max(row.wait_until or until, until)


def _at_most(row: RequestBudget, per_s: float) -> float:
    return min(row.rate_per_s, per_s) if row.rate_per_s else per_s


# ── Whether one may ask, or sign in ──────────────────────────────────────────────────────────────────


async def wait(database: Database, server: str, clock: Callable[[], datetime] = _utc_now) -> Wait | None:
    """Until when nobody may ask; None where everybody may."""
    return await _longest_wait(database, clock, _data(server))


async def slowed_to(database: Database, server: str) -> float | None:
    """The requests a second to which refusals have slowed the asking down; None where they have not."""
    async with database.read() as session:
        row = await session.get(RequestBudget, _data(server))
    return row.rate_per_s or None if row else None


async def sign_in_wait(database: Database, server: str, clock: Callable[[], datetime] = _utc_now) -> Wait | None:
    """Until when nobody may sign in, as a sign-in was refused or no request of any kind may go out."""
    return await _longest_wait(database, clock, _data(server), _sign_in(server))


async def _longest_wait(database: Database, clock: Callable[[], datetime], *scopes: str) -> Wait | None:
    async with database.read() as session:
        rows = await session.scalars(sa.select(RequestBudget).where(RequestBudget.scope.in_(scopes)))
        waits = [
            Wait(row.wait_until, bool(row.blocks), row.scope.startswith(_sign_in("")))
            for row in rows
            if row.wait_until and row.wait_until > clock()
        ]
    return max(waits, default=None)


async def sign_in_refused(
    database: Database, server: str, *, blocked: bool = False, clock: Callable[[], datetime] = _utc_now
) -> datetime:
    """Remember a refusal; until when nobody tries again.

    2, 4, 8, up to 24 hours after a 429 or a CAPTCHA; 1, 2, 4, up to 24 where the gate was `blocked`.
    """
    async with database.write() as session:
        row = await _locked(session, _sign_in(server), tokens=0.0, counted_at=clock())
        row.wait_until = None
        if blocked:
            row.blocks += 1
            _wait(row, clock(), _BLOCKED_S * 2.0 ** min(row.blocks - 1, 10))
        else:
            row.refusals += 1
            row.blocks = 0
            _wait(row, clock(), 3600.0 * _SIGN_IN_PAUSES_H[min(row.refusals, len(_SIGN_IN_PAUSES_H)) - 1])
        assert row.wait_until is not None
        return row.wait_until


async def sign_in_succeeded(database: Database, server: str) -> None:
    """Forget earlier refusals."""
    async with database.write() as session:
        await session.execute(sa.delete(RequestBudget).where(RequestBudget.scope == _sign_in(server)))


async def put(session: AsyncSession, scope: str, **values: object) -> None:
    """Write what is known of `scope`; what is not named is forgotten."""
    values = {"wait_until": None, "refusals": 0, **values}
    await session.execute(
        insert(session, RequestBudget)
        .values(scope=scope, **values)
        .on_conflict_do_update(index_elements=["scope"], set_=values)
    )
