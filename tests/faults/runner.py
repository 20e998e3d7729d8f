"""A process that runs jobs until it is ended, and says what it hears: `python -m tests.faults.runner HOME`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from garminsync_tui.config import Config
from garminsync_tui.jobs.run import Progress
from garminsync_tui.jobs.runner import Runner
from garminsync_tui.paths import Paths
from garminsync_tui.store.database import Database
from garminsync_tui.sync.work import work


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def hear(progress: Progress) -> None:
    say(progress.note)


async def main(home: Path) -> None:
    paths = Paths.below(home)
    config = Config.load(paths, {})
    async with await Database.open(config.database_url, upgrade=False) as database:
        runner = Runner(database, work(config), kind="daemon", run_dir=paths.run, listener=hear)
        await runner.start()
        say("ready")
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
