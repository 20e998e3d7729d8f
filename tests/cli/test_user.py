"""`user`: the password of the app's screen, and what it is good for."""

from __future__ import annotations

import asyncio
from pathlib import Path

from garminsync_tui.store import accounts
from garminsync_tui.store.database import Database
from garminsync_tui.store.unlocking import try_password

from .conftest import Run


def fits(home: Path, password: str) -> bool:
    async def ask() -> bool:
        async with await Database.open(f"sqlite:///{home}/garminsync.db") as database:
            return (await try_password(database, password)).fits

    return asyncio.run(ask())


def changed_at(home: Path) -> object:
    async def ask() -> object:
        async with await Database.open(f"sqlite:///{home}/garminsync.db") as database:
            user = await accounts.find_user(database)
            return user and user.updated_at

    return asyncio.run(ask())


def test_set_lock_and_take_away(run: Run, home: Path) -> None:
    refused = run("user", "lock")
    assert (refused.code, "user password" in refused.err) == (2, True)
    assert run("user", "create", "me", "--password-stdin", stdin="sesame\n").code == 0
    assert fits(home, "sesame") and not fits(home, "open")
    before = changed_at(home)
    locked = run("user", "lock")
    assert locked.code == 0 and "asks for the password" in locked.err
    assert changed_at(home) != before
    assert run("user", "password", "--password-stdin", stdin="another\n").code == 0
    assert fits(home, "another")
    assert run("user", "password", "--none").code == 0
    assert run("user", "lock").code == 2


def test_help_says_what_it_protects_and_what_not(run: Run) -> None:
    said = " ".join(run("user", "--help").out.split())
    assert "terminal that was left open" in said
    assert "protects nothing from who can read the files" in said
