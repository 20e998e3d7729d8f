"""What rows say of the original files, and what PostgreSQL holds of them: for `verify`."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..models import Activity, ActivityFile, GarminConnectAccount
from . import figures
from .files import MISSING, file_name


class Original(NamedTuple):
    """An activity's file as its row tells of it."""

    id: UUID
    account_id: UUID
    garmin_activity_id: str
    start_time: datetime
    utc_offset_s: int | None
    file_type: str
    file_path: str
    sha256: bytes
    size_bytes: int
    #: Why Garmin cannot give the file again; None where it can.
    obstacle: str | None

    @property
    def day(self) -> date:
        """The local day on which the activity started."""
        return (self.start_time + timedelta(seconds=self.utc_offset_s or 0)).date()

    @property
    def owner(self) -> tuple[str, str]:
        """What every file of this activity has in its path, in whichever month and version: account and name."""
        return str(self.account_id), file_name(self.garmin_activity_id)


class Named(NamedTuple):
    """Which files rows know."""

    paths: set[str]
    #: See `Original.owner`.
    owners: set[tuple[str, str]]


async def named(session: AsyncSession) -> Named:
    """All paths that rows name, and all activities that a file could belong to."""
    rows = await session.execute(
        sa.select(Activity.garmin_connect_account_id, Activity.garmin_activity_id, Activity.file_path)
    )
    found = Named(set(), set())
    for account_id, garmin_id, path in rows:
        found.paths.add(path)
        found.owners.add((str(account_id), file_name(garmin_id)))
    return found


async def count(session: AsyncSession) -> int:
    """How many activities there are."""
    return await session.scalar(sa.select(sa.func.count()).select_from(Activity)) or 0


async def missing_in_database(session: AsyncSession) -> int:
    """How many activities have no bytes in PostgreSQL, without reading any."""
    held = sa.exists().where(ActivityFile.sha256 == Activity.sha256)
    return await session.scalar(sa.select(sa.func.count()).select_from(Activity).where(~held)) or 0


async def page(session: AsyncSession, after: UUID | None, limit: int) -> list[Original]:
    """The next activities in the order of their ids."""
    statement = _WITH_ACCOUNT.order_by(Activity.id).limit(limit)
    if after is not None:
        statement = statement.where(Activity.id > after)
    return await _originals(session, statement)


async def one(session: AsyncSession, activity_id: UUID) -> Original:
    """That of one activity."""
    [found] = await _originals(session, _WITH_ACCOUNT.where(Activity.id == activity_id))
    return found


_WITH_ACCOUNT = sa.select(Activity, GarminConnectAccount.active, GarminConnectAccount.provider).join(
    GarminConnectAccount, GarminConnectAccount.id == Activity.garmin_connect_account_id
)


async def _originals(session: AsyncSession, statement: sa.Select[Activity, bool, str]) -> list[Original]:
    return [
        Original(
            row.id,
            row.garmin_connect_account_id,
            row.garmin_activity_id,
            row.start_time,
            row.utc_offset_s,
            row.file_type,
            row.file_path,
            row.sha256,
            row.size_bytes,
            _obstacle(row, active=active, provider=provider),
        )
        for row, active, provider in await session.execute(statement)
    ]


def _obstacle(activity: Activity, *, active: bool, provider: str) -> str | None:
    extra = activity.extra or {}
    if provider == "local":
        return "it was imported, so only its source has it"
    if activity.remote_deleted_at is not None:
        return "Garmin's copy is gone"
    if extra.get("manualActivity") is True or extra.get("file_origin") == "synthesized":
        return "it was typed in by hand, so Garmin has no original"
    return None if active else "its account is not linked any more"


async def in_database(session: AsyncSession, original: Original, *, read: bool) -> str | None:
    """What is wrong with a file's bytes in PostgreSQL, in words; MISSING where they are not there.

    Without `read` only their number is looked at; nothing is sent over the wire in any case.
    """
    same = sa.func.sha256(ActivityFile.bytes) == ActivityFile.sha256 if read else sa.true()
    found = (
        await session.execute(
            sa.select(sa.func.octet_length(ActivityFile.bytes), same).where(ActivityFile.sha256 == original.sha256)
        )
    ).one_or_none()
    if found is None:
        return MISSING
    size_bytes, is_same = found
    if size_bytes != original.size_bytes:
        return f"it has {size_bytes} bytes instead of {original.size_bytes}"
    return None if is_same else "its content changed since it was stored"


async def bytes_of(session: AsyncSession, sha256: bytes) -> bytes | None:
    """What PostgreSQL holds under a hash, whole or not."""
    found: bytes | None = await session.scalar(sa.select(ActivityFile.bytes).where(ActivityFile.sha256 == sha256))
    return found


async def unnamed_in_database(session: AsyncSession) -> int:
    """How many files PostgreSQL holds that no activity names: earlier originals of changed ones."""
    statement = sa.select(sa.func.count()).where(ActivityFile.sha256.not_in(sa.select(Activity.sha256)))
    return await session.scalar(statement.select_from(ActivityFile)) or 0


async def adopt(session: AsyncSession, original: Original, path: str) -> None:
    """Let the row name a file of the same content that lies elsewhere below the root."""
    await session.execute(sa.update(Activity).where(Activity.id == original.id).values(file_path=path))
    await figures.forget_failed(session, [original.id])
