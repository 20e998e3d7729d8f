"""The move: table by table and page by page into an empty database, then the files, then all of it compared.

How far it is stands in the target, written with each page, so that a move that was killed goes on. Until the end the
target's schema is called "moving": no program takes it for a whole database. The source is never changed.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ...errors import AlreadyRunning, DatabaseUnusable, UsageProblem
from ..database import Database, parse_url
from ..files import FileStore
from ..schema import HEAD, MOVING
from . import files as files_of
from .contents import Conflict, Plan, Reached, Row, plans
from .on_sqlite import SQLiteEnd

#: Called with rows and files that are done, how many there are, and what is being done.
type Tell = Callable[[int, int, str], None]

_SOURCE = "source"


class End(Protocol):
    """What both databases can be asked for; see `SQLiteEnd`."""

    name: str
    sqlite: bool

    async def tables(self) -> set[str]: ...  # noqa: D102
    async def value(self, question: str, *values: object) -> object: ...  # noqa: D102
    async def make(self) -> None: ...  # noqa: D102
    def pages(self, plan: Plan, after: Row | None = None) -> AsyncGenerator[list[Row]]: ...  # noqa: D102
    async def write(self, plan: Plan, rows: Sequence[Row], states: dict[str, str]) -> None: ...  # noqa: D102
    async def note(self, states: dict[str, str]) -> None: ...  # noqa: D102
    async def state(self, name: str) -> str | None: ...  # noqa: D102
    async def begin(self, version: str, states: dict[str, str]) -> None: ...  # noqa: D102
    async def empty(self, names: Sequence[str]) -> None: ...  # noqa: D102
    async def finish(self, version: str) -> None: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move did."""

    source: str
    target: str
    #: Rows by table, the same on both sides, and their digest.
    tables: dict[str, int]
    digests: dict[str, str]
    files: int
    #: Files that the source did not have as its rows say: their rows were moved all the same.
    problems: list[str] = field(default_factory=list)
    went_on: bool = False


async def move(source_url: str, source_files: Path, target_url: str, target_files: Path, tell: Tell) -> Moved:
    """Move everything. Files of a SQLite database lie in its folder, those of PostgreSQL in it.

    Raises UsageProblem where the target is the source, or holds something; AlreadyRunning where one of them is in
    use or a job runs; DatabaseUnusable, DiskFull. Each time the source is as it was, and the next move goes on.
    """
    to_do = plans()
    _refuse_same(source_url, target_url)
    async with _source(source_url, to_do) as source, _target(target_url) as target:
        if await source.value("SELECT count(*) FROM sync_jobs WHERE status = 'in_progress'"):
            raise AlreadyRunning("A job is running.", hint="`garminsync jobs list` shows it: wait, or cancel it.")
        went_on = await _prepare(source, target, to_do)
        run = _Move(source, target, to_do, tell)
        await run.count()
        where = (FileStore(source_files), FileStore(target_files))
        kept = await run.everything(*where, read_source=went_on)
        if kept is None:
            # The source went on after the move was interrupted: what it had then is not all of it any more.
            await target.empty([plan.name for plan in reversed(to_do)])
            kept = await run.everything(*where, read_source=True)
        if kept is None:
            raise run.conflict or DatabaseUnusable(
                f"{target.name} does not hold what {source.name} does.",
                hint="Nothing of the old one was changed. Empty the new one, and report this.",
            )
        await target.finish(HEAD)
        return Moved(
            source.name,
            target.name,
            {name: reached.rows for name, reached in run.reached.items()},
            {name: reached.digest for name, reached in run.reached.items()},
            kept.files,
            kept.problems,
            went_on,
        )


class _Move:
    def __init__(self, source: End, target: End, to_do: Sequence[Plan], tell: Tell) -> None:
        self._source, self._target, self._plans, self._tell = source, target, to_do, tell
        self.reached: dict[str, Reached] = {}
        #: A row that was not taken.
        self.conflict: Conflict | None = None
        self._total = self._done = 0

    async def everything(self, here: FileStore, there: FileStore, *, read_source: bool) -> files_of.Kept | None:
        """Bring over what is not there yet; None where that is not what the source holds now."""
        try:
            await self.rows()
        except Conflict as conflict:
            self.conflict = conflict
            return None
        kept = await files_of.move(self._source, here, self._target, there, self.tell_files)
        return kept if await self.agrees(read_source=read_source) else None

    async def count(self) -> None:
        """How much there is."""
        for plan in self._plans:
            counted = await self._source.value(f'SELECT count(*) FROM "{plan.name}"')
            self._total += int(str(counted)) * 2  # written, then compared
        self._total += int(str(await self._source.value("SELECT count(*) FROM activities")))

    def _show(self, more: int, what: str) -> None:
        self._done += more
        self._tell(min(self._done, self._total), self._total, what)

    def tell_files(self, done: int) -> None:
        """One more file."""
        self._show(1, f"{done} files")

    async def rows(self) -> None:
        """Bring over what is not there yet."""
        self._done = 0
        for plan in self._plans:
            reached = Reached.of(await self._target.state(plan.name))
            self.reached[plan.name] = reached
            self._show(reached.rows, plan.name)
            if reached.is_done:
                continue
            async with contextlib.aclosing(self._source.pages(plan, reached.after)) as pages:
                async for page in pages:
                    following = Reached(
                        reached.rows + len(page), plan.digest(reached.digest, page), plan.key_of(page[-1])
                    )
                    await self._target.write(plan, page, {plan.name: following.as_text()})
                    reached = self.reached[plan.name] = following
                    self._show(len(page), f"{plan.name}, {reached.rows} rows")
            reached.is_done = True
            await self._target.note({plan.name: reached.as_text()})

    async def agrees(self, *, read_source: bool) -> bool:
        """Whether the target has, read again, the rows that came from the source; or those that it has now."""
        for plan in self._plans:
            reached = self.reached[plan.name]
            if read_source and await self._read(self._source, plan, 0) != (reached.rows, reached.digest):
                return False
            if await self._read(self._target, plan, 1) != (reached.rows, reached.digest):
                return False
        return True

    async def _read(self, end: End, plan: Plan, shown: int) -> tuple[int, str]:
        rows, digest = 0, ""
        async with contextlib.aclosing(end.pages(plan)) as pages:
            async for page in pages:
                rows, digest = rows + len(page), plan.digest(digest, page)
                self._show(len(page) * shown, f"comparing {plan.name}, {rows} rows")
        return rows, digest


# ── Both ends ────────────────────────────────────────────────────────────────────────────────────────


def _refuse_same(source_url: str, target_url: str) -> None:
    source, target = parse_url(source_url), parse_url(target_url)
    same = (source.host, source.port, source.database, source.query) == (
        target.host,
        target.port,
        target.database,
        target.query,
    )
    if same and source.drivername == target.drivername:
        raise UsageProblem("That is the database that is to be moved.", hint="Name another one with --to.")


@contextlib.asynccontextmanager
async def _source(url: str, to_do: Sequence[Plan]) -> AsyncIterator[End]:
    parsed = parse_url(url)
    if parsed.drivername.startswith("sqlite"):
        async with SQLiteEnd.open(Path(str(parsed.database)), new=False) as end:
            yield end
        return
    from .on_postgresql import PostgreSQLEnd

    async with (
        await Database.open(url, upgrade=False) as database,
        PostgreSQLEnd.open(database) as server,
        server.still(to_do),
    ):
        yield server


@contextlib.asynccontextmanager
async def _target(url: str) -> AsyncIterator[End]:
    parsed = parse_url(url)
    if parsed.drivername.startswith("sqlite"):
        async with SQLiteEnd.open(Path(str(parsed.database)), new=True) as end:
            yield end
        return
    from .on_postgresql import PostgreSQLEnd

    async with Database.unopened(url) as database, PostgreSQLEnd.open(database) as server:
        yield server


async def _prepare(source: End, target: End, to_do: Sequence[Plan]) -> bool:
    """Make the target ready for rows; whether an earlier move has begun there. Raises UsageProblem."""
    oldest = await source.value("SELECT id FROM users ORDER BY created_at, id LIMIT 1")
    ours = {"schema": HEAD, "user": oldest.hex() if isinstance(oldest, bytes) else str(oldest).replace("-", "")}
    tables = await target.tables()
    strangers = tables - {plan.name for plan in to_do} - {"alembic_version", "moving", *files_of.TABLES}
    version = await target.value("SELECT version_num FROM alembic_version") if "alembic_version" in tables else None
    if strangers or (tables and version is None):
        raise UsageProblem(
            f"{target.name} holds tables of another program ({', '.join(sorted(strangers or tables)[:3])}).",
            hint="Name an empty database. Nothing was changed.",
        )
    if version == MOVING:
        begun = json.loads(await target.state(_SOURCE) or "{}")
        if begun != ours:
            raise UsageProblem(
                f"{target.name} holds the beginning of another move.",
                hint="Name an empty database, or empty this one first. Nothing was changed.",
            )
        return True
    if version is None:
        await target.make()
    elif version != HEAD:
        raise UsageProblem(f"{target.name} is an older database of garminsync.", hint="Name an empty one.")
    for plan in to_do:
        if await target.value(f'SELECT 1 FROM "{plan.name}" LIMIT 1'):
            raise UsageProblem(
                f"{target.name} holds data of garminsync already.",
                hint="Name an empty database. Nothing was changed.",
            )
    await target.begin(MOVING, {_SOURCE: json.dumps(ours)})
    return False
