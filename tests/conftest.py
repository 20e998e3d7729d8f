"""What many tests need: an empty database of each kind, a home, recorded material where it is present."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from garminsync_tui.paths import Paths
from garminsync_tui.store.database import Database

from .servers import administer, database_on, postgresql


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Bytes have no name: an archive holds the time it was made, and workers must agree on what a test is called."""
    return argname if isinstance(val, bytes) else None


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than processors: many tests wait for a process to end or a lease to run out, and use none meanwhile."""
    return (os.cpu_count() or 1) + 1


def pytest_collection() -> None:
    """Nothing of what is imported becomes garbage."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Look for garbage among what the tests make, and less often: a sixth of the run went into looking."""
    gc.freeze()
    gc.set_threshold(50_000)
    gc.enable()


def pytest_sessionfinish() -> None:
    """Look for what was not closed, once: pytest looks five times, and has nothing left to look through then."""
    gc.collect()
    gc.freeze()


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
    """A real PostgreSQL, one for each worker of this run; its URL."""
    with postgresql() as url:
        yield url


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
    administer(postgresql_server, f'CREATE DATABASE "{name}"')
    asyncio.run(_prepare(database_on(postgresql_server, name)))
    return name


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
        administer(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        yield database_on(server, name)
        administer(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open, empty database of each kind."""
    async with await Database.open(database_url) as opened:
        yield opened
