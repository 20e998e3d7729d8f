"""Deleting accounts and the user with everything that belongs to them: said in counts first, then done for good.

What is deleted is in no page of the database any more, either: SQLite writes zeros over it and is written anew, and
PostgreSQL writes its tables anew. The ledger goes first: a deletion that was interrupted leaves nothing that would
count as fetched, and the same command goes on.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from ..columns import now
from ..errors import DatabaseBusy, DatabaseUnusable, DiskFull
from ..models import (
    Activity,
    ActivityFile,
    Coverage,
    GarminConnectAccount,
    JobEvent,
    RawResponse,
    RequestBudget,
    Schedule,
    SealingKey,
    Table,
    User,
    Workout,
)
from ..paths import Paths, copies_of
from .database import Database

type Tell = Callable[[str], object]

#: Of one statement: none may take longer than a server allows.
_AT_ONCE = 20_000
_FILES_AT_ONCE = 200
_ACCOUNT = "garmin_connect_account_id"
#: Children before their parents, the ledger before all others.
_FIRST = (Coverage, RawResponse, Schedule)
_OWNED: list[Any] = [
    *(each.__table__ for each in _FIRST),
    *(
        table
        for table in reversed(Table.metadata.sorted_tables)
        if _ACCOUNT in table.c and table not in [each.__table__ for each in _FIRST]
    ),
]
#: What is the user's where no account is concerned.
_OF_USER: list[Any] = [
    table
    for table in reversed(Table.metadata.sorted_tables)
    if "user_id" in table.c and table is not GarminConnectAccount.__table__
]
#: What an account may not take with it: workouts are written by the user.
_STAYS_WITH_USER = (Workout.__tablename__,)


@dataclass(slots=True)
class Belongings:
    """What belongs to some accounts, and to the user where they are the last."""

    #: Rows by table.
    rows: dict[str, int] = field(default_factory=dict)
    file_bytes: int = 0
    #: Copies of the whole database that the program made beside it.
    copies: list[Path] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Removed:
    """What could not be done on the way; the rows are gone all the same."""

    problems: list[str]


async def every_account(database: Database) -> list[GarminConnectAccount]:
    """All accounts: the linked one first, then the newest."""
    account = GarminConnectAccount
    async with database.read() as session:
        return list(await session.scalars(sa.select(account).order_by(account.active.desc(), account.linked_at.desc())))


async def belongings(database: Database, account_ids: Sequence[UUID], *, user: bool = False) -> Belongings:
    """Count what `delete_accounts` would remove; with `user` what `delete_user` would."""
    found = Belongings()
    async with database.read() as session:
        last = user or await _are_all(session, account_ids)
        for table in _OWNED:
            mine = table.c[_ACCOUNT].in_(account_ids)
            if last and "user_id" in table.c:
                mine = sa.true()
            found.rows[table.name] = await _count(session, table, mine)
        if last:
            for table in _OF_USER:
                if user or table.name not in _STAYS_WITH_USER:
                    found.rows[table.name] = await _count(session, table, sa.true())
            found.rows[SealingKey.__tablename__] = await _count(session, SealingKey.__table__, sa.true())
        if user:
            found.rows[RequestBudget.__tablename__] = await _count(session, RequestBudget.__table__, sa.true())
        size = sa.select(sa.func.coalesce(sa.func.sum(Activity.size_bytes), 0))
        found.file_bytes = int(
            await session.scalar(size.where(Activity.garmin_connect_account_id.in_(account_ids))) or 0
        )
    if database.sqlite:
        found.copies = await asyncio.to_thread(copies_of, Path(str(database.url.database)))
    return found


async def _count(session: AsyncSession, table: Any, condition: Any) -> int:
    return await session.scalar(sa.select(sa.func.count()).select_from(table).where(condition)) or 0


async def _are_all(session: AsyncSession, account_ids: Sequence[UUID]) -> bool:
    account = GarminConnectAccount
    return await session.scalar(sa.select(account.id).where(account.id.not_in(account_ids)).limit(1)) is None


async def delete_accounts(
    database: Database, account_ids: Sequence[UUID], paths: Paths, tell: Tell = lambda what: None
) -> Removed:
    """Remove accounts, their rows and files, and the program's own copies of the database. There is no way back.

    With the last account go jobs without an account, what is known of imported files, and the keys of tokens.
    """
    async with _writing(database) as session:
        await session.execute(
            sa.update(GarminConnectAccount)
            .where(GarminConnectAccount.id.in_(account_ids))
            .values(active=False, oauth_token=None, oauth_token_secret=None, refresh_token=None)
        )
    for table in _OWNED:
        tell(table.name)
        await _delete(database, table, table.c[_ACCOUNT].in_(account_ids))
    async with _writing(database) as session:
        if await _are_all(session, account_ids):
            for table in _OF_USER:
                if table.name not in _STAYS_WITH_USER:
                    await session.execute(sa.delete(table))
            await session.execute(sa.delete(SealingKey))
        servers = sa.select(GarminConnectAccount.server).where(GarminConnectAccount.id.not_in(account_ids))
        kept = [f"% {server}" for server in await session.scalars(servers)]
        over = sa.or_(RequestBudget.wait_until.is_(None), RequestBudget.wait_until < now())
        if not kept:  # a wait that was asked for is kept: no new link may pass over it
            await session.execute(sa.delete(RequestBudget).where(over, RequestBudget.scope.not_like("password %")))
        await session.execute(sa.delete(GarminConnectAccount).where(GarminConnectAccount.id.in_(account_ids)))
    await _delete_bytes(database)
    # Rows first: files that are left behind by a crash here are found again, rows without files are not.
    folders = [paths.files / part / str(each) for each in account_ids for part in (".", "quarantine")]
    return Removed([*await _sweep(database, folders), *await _write_anew(database, tell)])


async def delete_user(database: Database, paths: Paths, tell: Tell = lambda what: None) -> Removed:
    """Remove everything: all accounts, the user, workouts, jobs, budgets, keys, unfinished texts and the log."""
    ids = [each.id for each in await every_account(database)]
    removed = await delete_accounts(database, ids, paths, tell)
    async with _writing(database) as session:
        for table in (*_OF_USER, JobEvent.__table__, RequestBudget.__table__, SealingKey.__table__, User.__table__):
            await session.execute(sa.delete(table))
    await _delete_bytes(database)
    problems = await _sweep(database, [paths.files, paths.drafts, paths.logs])
    return Removed([*removed.problems, *problems, *await _write_anew(database, tell)])


@contextlib.asynccontextmanager
async def _writing(database: Database) -> AsyncIterator[AsyncSession]:
    """A transaction that leaves nothing of what it deletes in SQLite's pages."""
    async with database.write() as session:
        if database.sqlite:
            await session.execute(sa.text("PRAGMA secure_delete=ON"))
        try:
            yield session
        finally:
            if database.sqlite:
                await session.execute(sa.text("PRAGMA secure_delete=OFF"))


async def _delete(database: Database, table: Any, condition: Any, at_once: int = _AT_ONCE) -> None:
    """Delete rows, so many in one transaction."""
    key = list(table.primary_key.columns)
    some = sa.select(*key).where(condition).limit(at_once)
    chosen = key[0].in_(some) if len(key) == 1 else sa.tuple_(*key).in_(some)
    while True:
        async with _writing(database) as session:
            if not (await session.execute(sa.delete(table).where(chosen))).rowcount:  # type: ignore[attr-defined]
                return


async def _delete_bytes(database: Database) -> None:
    """On PostgreSQL: the bytes of files that no activity has any more."""
    if not database.sqlite:
        named = sa.exists().where(Activity.sha256 == ActivityFile.sha256)
        await _delete(database, ActivityFile.__table__, ~named, _FILES_AT_ONCE)


async def _sweep(database: Database, folders: Sequence[Path]) -> list[str]:
    """Remove folders, and the program's own copies of the database; what could not be removed."""
    problems: list[str] = []

    def noted(_: object, path: str, problem: BaseException) -> None:
        if not isinstance(problem, FileNotFoundError):
            problems.append(f"{path}: {getattr(problem, 'strerror', None) or problem}")

    def sweep() -> None:
        for folder in folders:
            shutil.rmtree(folder, onexc=noted)
        for copy in copies_of(Path(str(database.url.database))) if database.sqlite else ():
            try:
                copy.unlink(missing_ok=True)
            except OSError as problem:
                noted(None, str(copy), problem)

    await asyncio.to_thread(sweep)
    return problems


async def _write_anew(database: Database, tell: Tell) -> list[str]:
    """Give the space back, and leave nothing in it; what could not be done, for it is not what was asked for."""
    tell("giving space back")
    try:
        await database.write_anew()
    except (DiskFull, DatabaseBusy, DatabaseUnusable) as problem:
        return [f"The space was not given back: {problem.message}"]
    return []
