"""The memory of imports: which files were read, by place and by content, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..columns import now
from ..models import Activity, ImportedFile
from .upsert import insert

_REASON_CHARACTERS = 300


class Known(NamedTuple):
    """What became of a file, and the activity that has it (or a better one) now."""

    row: ImportedFile
    activity: Activity | None


async def by_fingerprint(
    session: AsyncSession, user_id: UUID, fingerprints: Iterable[bytes], version: int
) -> dict[bytes, Known]:
    """What is known of files by their place, size and time of change; of readers as old as `version` or newer."""
    rows = await session.execute(_KNOWN.where(_of(user_id, version), ImportedFile.fingerprint.in_(list(fingerprints))))
    return {row.fingerprint: Known(row, activity) for row, activity in rows}


async def by_content(session: AsyncSession, user_id: UUID, sha256: bytes, version: int) -> Known | None:
    """What became of a file with this content, wherever it lay."""
    statement = _KNOWN.where(_of(user_id, version), ImportedFile.sha256 == sha256)
    row = (await session.execute(statement.order_by(ImportedFile.imported_at).limit(1))).first()
    return Known(*row) if row is not None else None


_KNOWN = sa.select(ImportedFile, Activity).outerjoin(Activity, Activity.id == ImportedFile.activity_id)


def _of(user_id: UUID, version: int) -> sa.ColumnElement[bool]:
    return sa.and_(ImportedFile.user_id == user_id, ImportedFile.version >= version)


async def remember(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Write down what became of files, in the transaction of what they brought."""
    if not rows:
        return
    statement = insert(session, ImportedFile)
    written = (
        "sha256",
        "outcome",
        "reason",
        "version",
        "garmin_connect_account_id",
        "activity_id",
        "job_id",
    )
    values = [{**row, "reason": (row["reason"] or "")[:_REASON_CHARACTERS] or None} for row in rows]
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["user_id", "fingerprint"],
            set_={name: statement.excluded[name] for name in written} | {"imported_at": now()},
        ),
        values,
    )
