"""Write the next revision: `just migration "what changed"`."""

import asyncio
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

from garminsync_tui.store.database import Database
from garminsync_tui.store.migrate import KNOWN


async def write(message: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with (
            await Database.open(f"sqlite:///{folder}/empty.db") as database,
            database.engine.connect() as connection,
        ):
            await connection.run_sync(_revision, message)


def _revision(connection: object, message: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    command.revision(config, message, autogenerate=True, rev_id=f"{len(KNOWN) + 1:04d}")


asyncio.run(write(sys.argv[1]))
