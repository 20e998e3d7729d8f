"""A linked account to store things under, and databases without a single table."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from garminsync_tui.ids import new_id
from garminsync_tui.models import GarminConnectAccount, User
from garminsync_tui.paths import Paths
from garminsync_tui.store import accounts
from garminsync_tui.store.accounts import StoredTokens
from garminsync_tui.store.database import Database
from garminsync_tui.store.vault import Vault

from .raw import statement

TOKENS = StoredTokens("access-SECRET", "client-SECRET", "refresh-SECRET", datetime(2026, 12, 1, tzinfo=UTC))


@pytest.fixture
async def vault(database: Database, paths: Paths) -> Vault:
    return await Vault.open(database, paths)


@pytest.fixture
async def account(database: Database, vault: Vault) -> GarminConnectAccount:
    user = User(id=new_id(), username="me", password_hash="$argon2id$of a discarded secret", login_required=False)
    async with database.write() as session:
        session.add(user)
    return await accounts.link(
        database,
        vault,
        user.id,
        garmin_user_id="1001",
        server="http://127.0.0.1:1",
        display_name="runner",
        time_zone="Europe/Berlin",
        tokens=TOKENS,
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest) -> str:
    """The server that databases are made on; empty for SQLite. Not async: starting one needs an event loop."""
    return "" if request.param == "sqlite" else str(request.getfixturevalue("postgresql_server"))


@pytest.fixture
async def new_url(server: str, tmp_path: Path) -> AsyncIterator[Callable[[], Awaitable[str]]]:
    """Makes databases without a single table."""
    made: list[str] = []

    async def make() -> str:
        name = f"empty_{uuid4().hex[:12]}"
        made.append(name)
        if not server:
            return f"sqlite:///{tmp_path / name}.db"
        await statement(server, f'CREATE DATABASE "{name}"')
        return server.replace("/postgres?", f"/{name}?")

    yield make
    for name in made if server else ():
        await statement(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
async def empty_url(new_url: Callable[[], Awaitable[str]]) -> str:
    return await new_url()
