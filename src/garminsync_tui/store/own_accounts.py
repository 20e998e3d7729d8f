"""Accounts without a link: that of files nobody knows the Garmin account of, and those that only archives told of.

Both are inactive rows of the provider `local`, without tokens.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..ids import new_id
from ..models import Activity, GarminConnectAccount

_LOCAL = "local"
#: Stands for a server where nobody knows it yet.
NO_SERVER = "local"


async def of_user(session: AsyncSession, user_id: UUID) -> list[GarminConnectAccount]:
    """All accounts of a user, linked or not."""
    statement = sa.select(GarminConnectAccount).where(GarminConnectAccount.user_id == user_id)
    return list(await session.scalars(statement.order_by(GarminConnectAccount.id)))


def local_name(user_id: UUID) -> str:
    """What stands for Garmin's profile id in the account of files whose Garmin account nobody knows."""
    return f"{_LOCAL}:{user_id}"


def is_local(account: GarminConnectAccount) -> bool:
    """Whether it holds what no Garmin account is known of."""
    return account.garmin_user_id.startswith(f"{_LOCAL}:")


def main(accounts: Iterable[GarminConnectAccount]) -> GarminConnectAccount | None:
    """The account that is linked, else the one that was linked or imported last; None where only files are known."""
    known = [each for each in accounts if not is_local(each)]
    return max(known, key=lambda each: (each.active, each.linked_at, each.id), default=None)


async def with_activities(session: AsyncSession, user_id: UUID) -> UUID | None:
    """The account of files whose Garmin account nobody knows, where it holds an activity."""
    account = GarminConnectAccount
    statement = sa.select(account.id).where(
        account.user_id == user_id,
        account.garmin_user_id == local_name(user_id),
        sa.exists().where(Activity.garmin_connect_account_id == account.id),
    )
    found: UUID | None = await session.scalar(statement)
    return found


async def ensure_local(session: AsyncSession, user_id: UUID) -> GarminConnectAccount:
    """The account of files whose Garmin account nobody knows."""
    return await _ensure(session, user_id, local_name(user_id))


async def ensure_of_profile(session: AsyncSession, user_id: UUID, garmin_user_id: str) -> GarminConnectAccount:
    """The account of a profile that an archive names: the one that was ever linked, else one without a link."""
    return await _ensure(session, user_id, garmin_user_id)


async def _ensure(session: AsyncSession, user_id: UUID, garmin_user_id: str) -> GarminConnectAccount:
    account = GarminConnectAccount
    found = (
        await session.scalars(
            sa.select(account)
            .where(account.user_id == user_id, account.garmin_user_id == garmin_user_id)
            .order_by(account.active.desc(), account.linked_at.desc())
            .limit(1)
        )
    ).first()
    if found is not None:
        return found
    made = account(
        id=new_id(), user_id=user_id, garmin_user_id=garmin_user_id, provider=_LOCAL, server=NO_SERVER, active=False
    )
    session.add(made)
    await session.flush()
    return made
