"""A migration that is killed at any of its steps: the old schema with all rows, or the new one, and nothing between."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from garminsync_tui.paths import migration_backups
from garminsync_tui.store import migrate
from garminsync_tui.store.backup import KEPT
from garminsync_tui.store.database import Database

from .raw import make_first, schema, statement

#: Opens a database as the program does, in processes that are forked from one that has read all the code. Each line
#: of its input is the step at which they die (a statement, or a commit), and how many there are: all of them at that
#: step where it is one, else the first that gets there.
UPGRADERS = """
import asyncio, os, signal, sys
import alembic.command
from sqlalchemy import event
from sqlalchemy.engine import Engine
from garminsync_tui.store.database import Database

url, flag = sys.argv[1:]

async def upgrade():
    async with await Database.open(url):
        pass

def die_at(step, number):
    seen = 0
    def count(*_):
        nonlocal seen
        seen += 1
        if seen != step:
            return
        if number > 1:
            try:
                os.close(os.open(flag, os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                return
        os.kill(os.getpid(), signal.SIGKILL)
    event.listen(Engine, "before_cursor_execute", count)
    event.listen(Engine, "commit", count)

for line in sys.stdin:
    step, number = map(int, line.split())
    ready, go = os.pipe()
    children = []
    for _ in range(number):
        child = os.fork()
        if child == 0:
            os.close(go)
            os.read(ready, 1)
            die_at(step, number)
            asyncio.run(upgrade())
            os._exit(0)
        children.append(child)
    os.close(go)
    os.close(ready)
    print(*(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children), flush=True)
"""
KILLED, DONE = -9, 0
#: Well within the revisions: only who holds the lock gets there.
IN_THE_MIDDLE = 15

Upgrade = Callable[..., list[int]]


@contextmanager
def upgraders(url: str, flag: Path) -> Iterator[Upgrade]:
    process = subprocess.Popen(
        [sys.executable, "-c", UPGRADERS, url, str(flag)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin and process.stdout

    def upgrade(step: int, number: int = 1) -> list[int]:
        process.stdin.write(f"{step} {number}\n")
        process.stdin.flush()
        return [int(code) for code in process.stdout.readline().split()]

    with process:
        yield upgrade
        process.stdin.close()


async def rows(url: str) -> list[Any]:
    """What was stored before, of each table that had rows."""
    return [
        await statement(url, "SELECT id, username, password_hash, created_at FROM users"),
        await statement(url, "SELECT id, garmin_user_id, server, active, linked_at FROM garmin_connect_accounts"),
        await statement(url, "SELECT metric_type, minimum, mean, maximum, n, last FROM health_daily"),
    ]


async def version(url: str) -> str:
    ((found,),) = await statement(url, "SELECT version_num FROM alembic_version")
    return str(found)


async def test_killed_at_any_step_it_is_the_old_schema_or_the_new_one(
    new_url: Callable[[], Awaitable[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url, undisturbed = await new_url(), await new_url()
    await (await Database.open(undisturbed)).close()
    await make_first(url, tmp_path, monkeypatch)
    old, new, stored = await schema(url), await schema(undisturbed), await rows(url)
    found: Counter[str] = Counter()
    with upgraders(url, tmp_path / "flag") as upgrade:
        for step in count(1):
            if upgrade(step) == [DONE]:
                break
            revision = await version(url)
            assert await schema(url) == {"0001": old, migrate.HEAD: new}[revision], f"killed at step {step}"
            assert await rows(url) == stored
            found[revision] += 1
    assert found["0001"] > IN_THE_MIDDLE, "it was killed while it worked"
    assert await version(url) == migrate.HEAD
    assert await schema(url) == new
    assert await rows(url) == stored
    if url.startswith("sqlite"):
        backups = migration_backups(Path(url.removeprefix("sqlite:///")))
        assert len(backups) <= KEPT
        for backup in backups:
            with closing(sqlite3.connect(backup)) as kept:
                assert kept.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
                assert kept.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]


async def test_of_four_upgraders_one_is_killed_at_work_and_the_others_finish(
    new_url: Callable[[], Awaitable[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url, undisturbed = await new_url(), await new_url()
    await (await Database.open(undisturbed)).close()
    await make_first(url, tmp_path, monkeypatch)
    stored = await rows(url)
    with upgraders(url, tmp_path / "flag") as upgrade:
        assert sorted(upgrade(IN_THE_MIDDLE, number=4)) == [KILLED, DONE, DONE, DONE]
    assert await version(url) == migrate.HEAD
    assert await schema(url) == await schema(undisturbed)
    assert await rows(url) == stored
