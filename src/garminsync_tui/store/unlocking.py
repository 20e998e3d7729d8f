"""Who may look at the app's screen: tries of the local password, slower after wrong ones, and the lock.

It gates the screen and nothing else: whoever may read the files needs no password.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from ..columns import now
from ..errors import UsageProblem
from ..models import RequestBudget, User
from ..redaction import hide
from . import accounts
from .budget import put
from .changes import announce
from .database import Database

#: Typing errors: only after so many in a row does one have to wait.
_FREE_TRIES = 4
_FIRST_WAIT_S, _LONGEST_WAIT_S = 5.0, 900.0


class Try(NamedTuple):
    """What came of one password."""

    fits: bool
    #: How long no other is looked at.
    wait_s: float
    #: Whether this one came too soon to be looked at.
    too_soon: bool
    #: The state of the user that the screen is open for; another one, and it has to be opened again.
    seen: datetime


async def try_password(database: Database, password: str) -> Try:
    """Whether `password` opens the app's screen; slower with each wrong one in a row, for all processes together.

    Raises UsageProblem where there is no local user.
    """
    hide(password)
    async with database.write() as session:
        user = (await session.scalars(sa.select(User).order_by(User.created_at).limit(1).with_for_update())).first()
        if user is None:
            raise UsageProblem("There is no local user.", hint="Make one with `garminsync user create`.")
        moment = (await session.scalars(sa.select(now()))).one()
        row = await session.get(RequestBudget, accounts.tries_of(user.id))
        if row and row.wait_until and row.wait_until > moment:
            return Try(False, (row.wait_until - moment).total_seconds(), True, user.updated_at)
        # Counted before it is looked at: neither many at once nor a kill gets a try for nothing.
        count = (row.refusals if row else 0) + 1
        wait_s = _wait_s(count)
        await put(
            session,
            accounts.tries_of(user.id),
            tokens=0.0,
            rate_per_s=0.0,
            counted_at=moment,
            wait_until=moment + timedelta(seconds=wait_s),
            refusals=count,
        )
    if not await asyncio.to_thread(accounts.password_fits, user, password):
        return Try(False, wait_s, False, user.updated_at)
    await _was_right(database, user, password)
    return Try(True, 0.0, False, user.updated_at)


async def _was_right(database: Database, user: User, password: str) -> None:
    """Forget wrong tries; hash anew where today's parameters are others."""
    from argon2 import PasswordHasher

    hashed = accounts.hash_password(password) if PasswordHasher().check_needs_rehash(user.password_hash) else None
    async with database.write() as session:
        await session.execute(sa.delete(RequestBudget).where(RequestBudget.scope == accounts.tries_of(user.id)))
        if hashed:
            await session.execute(
                sa.update(User)
                .where(User.id == user.id, User.password_hash == user.password_hash)
                .values(password_hash=hashed, updated_at=User.updated_at)
            )


def _wait_s(count: int) -> float:
    """How long after so many wrong ones in a row: 5 s, 10 s, 20 s, up to a quarter of an hour."""
    if count <= _FREE_TRIES:
        return 0.0
    return min(_FIRST_WAIT_S * 2.0 ** min(count - _FREE_TRIES - 1, 20), _LONGEST_WAIT_S)


async def lock(database: Database) -> None:
    """Let every open app ask for the password again. Raises UsageProblem where there is none."""
    async with database.write() as session:
        locked = await session.execute(
            sa.update(User).where(User.login_required).values(updated_at=now()).returning(User.id)
        )
        user_id = locked.scalar()
        if user_id is None:
            raise UsageProblem(
                "There is no password that would open the app again.", hint="Set one with `garminsync user password`."
            )
        await announce(session, user_id)
