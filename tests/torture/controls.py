"""A process that stands still past its lease; and guards taken away, so that the witness has something to see."""

from __future__ import annotations

import signal
import time
from typing import NamedTuple

import sqlalchemy as sa

from garminsync_tui.columns import from_now
from garminsync_tui.models import RunnerRow
from garminsync_tui.simulator import Simulator

from . import witness
from .machines import Park, until
from .trial import Expected, Found, Plan, Trial, opened

#: For trials in which a lease has to run out.
SHORT_LEASE_S = 1.5
_STANDS_STILL_AT_PAGE = 6


class Awoken(NamedTuple):
    """How it went with a process that stood still while another took its job over."""

    found: Found
    #: Seconds until the other had written its first page of it.
    takeover_s: float
    #: What it wrote after that, in pages.
    late: int


async def zombie(
    park: Park, plan: Plan, servers: list[Simulator], expected: Expected, *, same_host: bool, without: str = ""
) -> Awoken:
    """A holder stands still with a page in hand (SIGSTOP), is taken over, and goes on (SIGCONT).

    On the same host it is seen to be there, so the other one watches its silence first.
    """
    async with opened(park, plan, servers, machines=1 if same_host else 2) as trial:
        sleeper = trial.start(trial.machines[0], "daemon", stop_before_page=_STANDS_STILL_AT_PAGE, without=without)
        await until(sleeper.stands_still, "the moment at which it stands still")
        stopped_at = time.monotonic()
        held = witness.pages(park.witness)[-1].job_id
        if same_host:  # a second daemon is refused as long as the first was heard of
            await until(lambda: _is_silent(trial), "its silence")
        heir = trial.start(trial.machines[-1], "daemon", without=without)
        await until(lambda: (heir.pid, held) in [page[:2] for page in witness.pages(park.witness)], "the takeover")
        takeover_s = time.monotonic() - stopped_at
        sleeper.send(signal.SIGCONT)
        await until(lambda: witness.has_ended(park.witness, sleeper.pid), "its end after it was taken over")
        await trial.finish()
        found = await trial.judge(expected)
        return Awoken(found, takeover_s, witness.late_pages(park.witness))


async def _is_silent(trial: Trial) -> bool:
    silent = sa.select(RunnerRow.id).where(RunnerRow.heartbeat_at < from_now(-SHORT_LEASE_S))
    async with trial.database.read() as session:
        return await session.scalar(silent) is not None


async def without_exclusion(park: Park, plan: Plan, servers: list[Simulator]) -> int:
    """Daemons that forgot to look who is busy, on a database without its index; the overlaps that were seen."""
    async with opened(park, plan, servers, machines=2) as trial:
        async with trial.database.write() as session:
            await session.execute(sa.text("DROP INDEX uq_sync_jobs_one_runner"))
        for machine in trial.machines:
            trial.start(machine, "daemon", without="exclusion")
        await until(lambda: witness.overlaps(park.witness), "two at work for one account")
        await trial.finish()
        return witness.overlaps(park.witness)
