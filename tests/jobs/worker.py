"""A process of its own that runs jobs until it is killed: `python worker.py URL RUN_DIR WITNESS ITEMS`.

Its work writes ITEMS numbered rows, one a page, and holds a lock file of the account meanwhile: the witness that
is independent of the queue. Two at once are written down in WITNESS/overlaps.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import sys
from pathlib import Path

import sqlalchemy as sa

from garminsync_tui.jobs.run import JobRun
from garminsync_tui.jobs.runner import Runner
from garminsync_tui.store.database import Database


async def main(url: str, run_dir: Path, witness: Path, items: int) -> None:
    async def work(run: JobRun) -> None:
        lock = os.open(witness / str(run.account_id), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                with (witness / "overlaps").open("a") as overlaps:
                    overlaps.write(f"{run.job.id}\n")
            for number in range(int(run.checkpoint.get("next", 0)), items):
                await asyncio.sleep(0.03)  # what the network would take
                async with run.page() as session:
                    values = {"job": str(run.job.id), "number": number}
                    await session.execute(sa.text("INSERT INTO items VALUES (:job, :number)"), values)
                    run.checkpoint["next"] = number + 1
                await run.breathe()
        finally:
            os.close(lock)

    async with await Database.open(url, upgrade=False) as database:
        await Runner(database, {"activity_sync": work}, kind="command", run_dir=run_dir).start()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])))
