"""One database, SQLite or PostgreSQL, behind the two things a caller does with it: `read` and `write`."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from ..errors import DatabaseBusy, DatabaseUnusable, DiskFull, GarminSyncError, UsageProblem
from ..models import Table
from ..paths import PRIVATE_FILE_MODE, private_folder
from ..redaction import hide
from . import migrate
from .in_use import InUse
from .room import require_reserve
from .sqlite_file import BUSY_TIMEOUT_MS, connect

_WAL_LIMIT_BYTES = 16 * 2**20
_CHECKPOINT_TRIES = 100  # a hundredth of a second apart
#: Of writing a table anew.
_LONGEST_S = 3600.0
_BUSY = "The database {} is held by another process."
_TRY_AGAIN = "Try again in a moment; nothing was lost."
_OLDEST_SQLITE = (3, 37, 0)  # STRICT tables
_SOUND_SQLITE = (3, 51, 3)


class Database:
    """Opened, upgraded and ready. Close it when done, or use it as an async context manager."""

    def __init__(self, url: URL, engine: AsyncEngine) -> None:
        self.url = url
        self.engine = engine
        self.dialect: Literal["sqlite", "postgresql"] = "sqlite" if engine.dialect.name == "sqlite" else "postgresql"
        self._writing = engine.execution_options(begin="BEGIN IMMEDIATE")
        # SQLite's readers keep the state of their first look; PostgreSQL's have to ask for that.
        self._reading = engine if self.sqlite else engine.execution_options(isolation_level="REPEATABLE READ")
        file = Path(url.database) if self.dialect == "sqlite" and url.database else None
        self._wal = _WalLock(file) if file else None
        self._in_use = InUse(file) if file else None
        self._file = file
        self._identity: tuple[int, int] | None = None

    @property
    def sqlite(self) -> bool:
        """Whether this is SQLite; else it is PostgreSQL."""
        return self.dialect == "sqlite"

    @property
    def name(self) -> str:
        """Where the database is, for people: never with a password."""
        if self.sqlite:
            return str(self.url.database)
        shown = self.url.set(drivername="postgresql").difference_update_query(["password"])
        return shown.render_as_string(hide_password=True)

    @classmethod
    async def open(cls, url: str, *, upgrade: bool = True, tell: Callable[[str], None] | None = None) -> Database:
        """Open `url` (a SQLAlchemy or plain database URL), creating and upgrading it where needed.

        `tell` hears of a backup that was made before an upgrade. Raises DatabaseUnusable, DatabaseTooNew,
        DatabaseBusy, DiskFull, UsageProblem.
        """
        database = cls.unopened(url)
        engine = database.engine
        try:
            if database._in_use:
                await database._in_use.take()
            with _translated(database.name):
                if upgrade:
                    await migrate.upgrade(engine, tell=tell)
                else:
                    async with engine.connect() as connection:
                        await migrate.revision(connection)
            database._identity = _identity(database._file)
        except BaseException:
            await database.close()
            raise
        return database

    @classmethod
    def unopened(cls, url: str) -> Database:
        """The same without a look into it: for who finds out what is there. Raises UsageProblem."""
        parsed = parse_url(url)
        hide(parsed.password)
        return cls(
            parsed, _sqlite_engine(parsed) if parsed.drivername.startswith("sqlite") else _postgresql_engine(parsed)
        )

    async def close(self) -> None:
        """Give all connections back; whoever cancels this waits for that."""
        closing = asyncio.ensure_future(self.engine.dispose())
        try:
            await asyncio.shield(closing)
        finally:
            await asyncio.gather(closing, return_exceptions=True)
            if self._wal:
                self._wal.close()
            if self._in_use:
                self._in_use.close()

    async def __aenter__(self) -> Database:
        return self

    async def __aexit__(self, *problem: object) -> None:
        await self.close()

    @property
    def replaced(self) -> bool:
        """Whether another file lies where this one was opened: it has to be opened anew."""
        return _identity(self._file) not in {None, self._identity}

    def require_in_place(self) -> None:
        """Raises DatabaseUnusable where the file was moved, deleted or replaced while it is open.

        Its connections would go on with a file that nobody finds any more.
        """
        if _identity(self._file) != self._identity:
            what = "replaced" if self.replaced else "moved or deleted"
            raise DatabaseUnusable(
                f"The database was {what} while it was open: {self._file}.",
                hint="Put it back where it was; nothing is written meanwhile.",
            )

    def require_reserve(self) -> None:
        """Raises DiskFull where little more may be written into the file; a server looks after itself."""
        if self.sqlite:
            require_reserve(Path(str(self.url.database)).parent)

    @contextlib.asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A consistent look; what comes out of it is detached and stays as it was read."""
        with _translated(self.name):
            self.require_in_place()
            async with AsyncSession(self._reading, expire_on_commit=False) as session:
                yield session

    @contextlib.asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """One transaction, committed at the end of the block or not at all.

        Nothing that waits for the network or a person belongs inside: on SQLite every other writer waits too.
        """
        with _translated(self.name):
            self.require_in_place()
            if self._wal:
                await self._wal.begin(self.engine)
            try:
                async with AsyncSession(self._writing, expire_on_commit=False) as session, session.begin():
                    yield session
            finally:
                if self._wal:
                    await self._wal.end(self.engine)

    async def write_anew(self) -> None:
        """Write all that is there into fresh pages, so that nothing of what was deleted is left between.

        Takes as much room again. Raises DiskFull, DatabaseBusy, DatabaseUnusable; nothing is changed then.
        """
        with _translated(self.name):
            async with self.engine.connect() as connection:
                raw: Any = (await connection.get_raw_connection()).driver_connection
                if self._wal:
                    await self._wal.begin(self.engine)
                    try:
                        await raw.execute_fetchall("VACUUM")
                    finally:
                        await self._wal.end(self.engine)
                    await self._wal.fold_in(self.engine)
                    return
                try:
                    with driver_errors(self.name):
                        await _write_tables_anew(raw)
                finally:
                    await connection.invalidate()  # its settings are not for the next one

    async def fold_log_in(self) -> None:
        """Leave nothing in the write-ahead log of a SQLite database, unless somebody reads or writes just now."""
        if self._wal:
            await self._wal.fold_in(self.engine)


async def _write_tables_anew(connection: Any) -> None:
    """On PostgreSQL. Samples of values lie in the planner's statistics, too: those of a table that is empty now stay
    until somebody takes them out, for which the role has to be allowed.
    """
    import asyncpg

    tables = list(Table.metadata.tables)
    await connection.execute("SET statement_timeout = 0")
    for table in tables:
        await connection.execute(f"VACUUM (FULL, ANALYZE) {table}", timeout=_LONGEST_S)
    empty = [table for table in tables if not await connection.fetchval(f"SELECT EXISTS (SELECT 1 FROM {table})")]
    with contextlib.suppress(asyncpg.InsufficientPrivilegeError):
        await connection.execute("DELETE FROM pg_statistic WHERE starelid = ANY ($1::text[]::regclass[])", empty)
        await connection.execute("VACUUM (FULL) pg_catalog.pg_statistic", timeout=_LONGEST_S)


class _WalLock:
    """Keeps checkpoints and writes of the write-ahead log apart.

    SQLite before 3.51.3 can corrupt a database when one connection resets the log while another writes
    (sqlite.org/wal.html, "the WAL-reset bug"). Writers hold a lock file shared; who finds the log long takes
    it alone and checkpoints; no connection checkpoints by itself.
    """

    def __init__(self, database: Path) -> None:
        self._database = database
        self._log = database.with_name(database.name + "-wal")
        self._file = os.open(
            database.with_name(database.name + ".lock"),
            os.O_RDWR | os.O_CREAT | os.O_CLOEXEC,
            PRIVATE_FILE_MODE,
        )
        self._writers = 0
        # One lock file is one lock for all tasks of this process: among themselves they take turns here.
        self._turn = asyncio.Condition()

    async def begin(self, engine: AsyncEngine) -> None:
        async with self._turn:
            if self._is_long():
                # Writers that overlap would never leave a moment for a checkpoint.
                await self._turn.wait_for(lambda: not self._writers)
            if self._writers == 0:
                await self._lock(engine)
            self._writers += 1

    async def end(self, engine: AsyncEngine) -> None:
        async with self._turn:
            self._writers -= 1
            if self._writers:
                return
            self._turn.notify_all()
            # Never unlock between: raising the lock either succeeds at once or leaves the work to another.
            if self._is_long() and self._try(fcntl.LOCK_EX):
                await self._checkpoint(engine)
            else:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    async def fold_in(self, engine: AsyncEngine) -> None:
        async with self._turn:
            if not self._writers and self._try(fcntl.LOCK_EX):
                await self._checkpoint(engine)

    async def _lock(self, engine: AsyncEngine) -> None:
        tries = _CHECKPOINT_TRIES if self._is_long() else 0
        for _ in range(tries):  # other processes do the same before they write, so soon nobody writes
            if self._try(fcntl.LOCK_EX):
                await self._checkpoint(engine)
                break
            await asyncio.sleep(0.01)
        # Checkpoints take milliseconds, and a file lock has no event to wait for. Who holds it may have been stopped.
        clock = asyncio.get_running_loop().time
        ends = clock() + BUSY_TIMEOUT_MS / 1000
        while not self._try(fcntl.LOCK_SH):
            if clock() > ends:
                raise DatabaseBusy(_BUSY.format(self._database), hint=_TRY_AGAIN)
            await asyncio.sleep(0.01)

    async def _checkpoint(self, engine: AsyncEngine) -> None:
        """For who holds the lock alone; it is let go of, however this ends."""
        try:
            async with engine.connect() as connection:
                raw = (await connection.get_raw_connection()).driver_connection
                assert raw is not None
                # A reader in the way: the next writer tries again. Waiting here would stop every writer.
                await raw.execute_fetchall("PRAGMA busy_timeout=0")
                try:
                    await raw.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
                finally:
                    await raw.execute_fetchall(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        except OperationalError:
            pass
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def _is_long(self) -> bool:
        return self._log_bytes() > _WAL_LIMIT_BYTES

    def close(self) -> None:
        os.close(self._file)

    def _log_bytes(self) -> int:
        try:
            return self._log.stat().st_size
        except OSError:
            return 0

    def _try(self, mode: int) -> bool:
        try:
            fcntl.flock(self._file, mode | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def parse_url(text: str) -> URL:
    """A database URL with its async driver filled in. Raises UsageProblem, never repeating a password."""
    try:
        url = make_url(text)
    except (sa.exc.ArgumentError, ValueError):
        raise UsageProblem(
            "That is no database URL.",
            hint="Like sqlite:////home/me/garminsync.db or postgresql://me@host/garminsync.",
        ) from None
    kind = url.drivername.split("+")[0]
    if kind == "sqlite" and url.database and url.database != ":memory:":
        return url.set(drivername="sqlite+aiosqlite", database=str(Path(url.database).expanduser().absolute()))
    if kind in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+asyncpg")
    raise UsageProblem(
        f"“{kind}” is no database garminsync can use.",
        hint="Use a sqlite:/// file or a postgresql:// server.",
    )


def without_password(text: str) -> str:
    """A database URL as it may be shown. Raises UsageProblem as `parse_url`."""
    url = parse_url(text)
    url = url.difference_update_query([name for name in url.query if "password" in name.lower()])
    return url.set(drivername=url.drivername.split("+")[0]).render_as_string(hide_password=True)


async def upgrade_apart(path: Path) -> None:
    """Bring a SQLite file that nobody else knows of to the newest schema. Raises what `Database.open` raises."""
    engine = _sqlite_engine(URL.create("sqlite+aiosqlite", database=str(path)))
    try:
        with _translated(str(path)):
            await migrate.upgrade(engine, back_up=False)
    finally:
        await engine.dispose()


class SQLiteVersion(NamedTuple):
    """The SQLite that Python came with."""

    text: str
    #: It may, very rarely, reset a log that another connection writes; see `_WalLock`.
    may_lose_writes: bool


def sqlite_version() -> SQLiteVersion:
    """Which SQLite this is."""
    import sqlite3

    return SQLiteVersion(sqlite3.sqlite_version, sqlite3.sqlite_version_info < _SOUND_SQLITE)


def _sqlite_engine(url: URL) -> AsyncEngine:
    import sqlite3

    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise DatabaseUnusable(f"SQLite {sqlite3.sqlite_version} is too old; 3.37 or newer is needed.")
    path = Path(str(url.database)).absolute()
    private_folder(path.parent)
    # Made before SQLite opens it: -wal and -shm take over the mode that the file has at that moment.
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, PRIVATE_FILE_MODE))
    engine = create_async_engine(
        url, async_creator=lambda: connect(path), pool_size=5, max_overflow=0, hide_parameters=True
    )

    @event.listens_for(engine.sync_engine, "begin")
    def _begun(connection: sa.Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))

    return engine


def _identity(file: Path | None) -> tuple[int, int] | None:
    """Which file lies there; None where there is none."""
    if file is None:
        return None
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _postgresql_engine(url: URL) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_size=5,
        max_overflow=5,
        pool_pre_ping=True,
        pool_recycle=1800,
        hide_parameters=True,
        connect_args={
            "timeout": 10,
            "command_timeout": 60,
            "server_settings": {
                "application_name": "garminsync",
                "statement_timeout": "30s",
                "lock_timeout": "5s",
                "idle_in_transaction_session_timeout": "60s",
                "timezone": "UTC",
            },
        },
    )


@contextlib.contextmanager
def _translated(name: str) -> Any:
    """Turn what the drivers say into what a person can act on; programming errors pass."""
    try:
        yield
    except DBAPIError as problem:
        raise _translation(name, problem) or problem from None
    except UnicodeDecodeError as problem:
        if b"malformed" not in problem.object:
            raise
        # What the driver wanted to say of a damaged schema holds bytes of it.
        raise DatabaseUnusable(_DAMAGED.format(name), hint=_DAMAGED_HINT) from None
    except GarminSyncError:
        raise
    except (ConnectionError, TimeoutError, socket.gaierror) as problem:
        raise _no_connection(name, problem) from None
    except FileNotFoundError as problem:
        if problem.filename is not None:
            raise
        raise _no_connection(name, problem) from None  # the server's socket is not there


@contextlib.contextmanager
def driver_errors(name: str) -> Iterator[None]:
    """The same for what asyncpg itself says, where it is asked past SQLAlchemy."""
    import asyncpg

    with _translated(name):
        try:
            yield
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as problem:
            raise DBAPIError(None, None, problem) from None
        except asyncpg.InternalClientError as problem:  # asyncpg met the end of a connection halfway
            raise _no_connection(name, problem) from None


def _no_connection(name: str, problem: BaseException) -> DatabaseUnusable:
    return DatabaseUnusable(
        f"The database {name} does not answer: {type(problem).__name__}.",
        hint="Is the server running, and are host, port and database right?",
    )


_DAMAGED = "{} is damaged or is no database."
_DAMAGED_HINT = "Move it away and restore a backup, or sync again into a new one."

#: What the drivers say, and what a person can do about it.
_TRANSLATIONS: tuple[tuple[tuple[str, ...], type[GarminSyncError], str, str], ...] = (
    (
        ("database is locked", "locking protocol", "lock timeout", "lock_timeout"),
        DatabaseBusy,
        _BUSY,
        _TRY_AGAIN,
    ),
    (
        ("disk is full", "disk full", "no space left"),
        DiskFull,
        "There is no room left on the disk for the database {}.",
        "Free some space; waiting jobs go on by themselves.",
    ),
    (
        ("disk i/o error",),
        DatabaseUnusable,
        "The disk failed while {} was read or written.",
        "Look at that disk and at the system's log; nothing was changed.",
    ),
    (
        ("malformed", "not a database", "could not decode to utf-8"),
        DatabaseUnusable,
        _DAMAGED,
        _DAMAGED_HINT,
    ),
    (
        ("unable to open", "readonly", "permission denied"),
        DatabaseUnusable,
        "{} cannot be opened or written.",
        "Check its permissions and those of its folder.",
    ),
    (
        ("starting up", "shutting down", "accepting connections", "in recovery mode", "administrator command"),
        DatabaseUnusable,
        "The server of {} is starting or stopping.",
        _TRY_AGAIN,
    ),
    (
        ("password", "authentication", 'database "', 'role "'),
        DatabaseUnusable,
        "The server refused {}.",
        "Check user, password (environment, config or PostgreSQL password file) and the name of the database.",
    ),
)


#: SQLite's own names of what it calls an I/O error and what is a used-up quota, a limit, or no room for its index.
_NO_ROOM = {"SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE"}


def _translation(name: str, problem: DBAPIError) -> GarminSyncError | None:
    if isinstance(problem, IntegrityError):
        return None  # the rules of the model: a fault of ours
    said = str(problem.orig).lower()
    if getattr(problem.orig, "sqlite_errorname", None) in _NO_ROOM:
        said = "disk is full"
    for signs, kind, message, hint in _TRANSLATIONS:
        if any(sign in said for sign in signs):
            return kind(message.format(name), hint=hint)
    if problem.connection_invalidated or "connection is closed" in said or "connection was closed" in said:
        return _no_connection(name, problem.orig or problem)
    return None
