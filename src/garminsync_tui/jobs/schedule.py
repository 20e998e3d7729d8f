"""When jobs are due: APScheduler only inserts rows, and the row's slot makes each turn happen once.

Several processes may schedule at the same time: they agree on the slot, and `UNIQUE (schedule_id, slot_utc)` lets one
of them in. APScheduler's timers stand still while a laptop sleeps; a look at the wall clock wakes them.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from ..errors import GarminSyncError
from ..models import Schedule
from ..store import accounts
from .queue import Queue, utc_now
from .turns import next_turn, slot_of

_CLOCK_LOOK_S = 30
_JUMP_S = 60

_log = logging.getLogger(__name__)


class Scheduler:
    """Turns schedules into jobs for as long as it runs. `clock` is the wall clock, `monotonic` stops in a sleep."""

    def __init__(
        self,
        queue: Queue,
        *,
        clock: Callable[[], datetime] = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._queue = queue
        self._clock = clock
        self._monotonic = monotonic
        self._last_look = clock(), monotonic()
        # Without a grace time a turn that was slept through would be dropped; coalesced, many are one.
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        self._timers = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    async def start(self) -> None:
        """Insert what is due now (that is the catch-up), and from then on each turn when it comes."""
        self._timers.start()
        self._timers.add_job(self.look_at_the_clock, "interval", seconds=_CLOCK_LOOK_S, id="clock")
        await self.due_now()

    def stop(self) -> None:
        """No more turns."""
        if self._timers.running:
            self._timers.shutdown(wait=False)

    async def due_now(self) -> Sequence[UUID]:
        """Insert a job for every schedule whose present turn has none; the jobs' ids.

        Nothing is inserted for an account that is not linked any more or has to sign in again first.
        """
        made: list[UUID] = []
        try:
            account = await accounts.active_account(self._queue.database)
            for schedule in await self._queue.schedules():
                if account and schedule.garmin_connect_account_id == account.id and not account.sign_in_needed_since:
                    job_id = await self._queue.enqueue(
                        account.user_id,
                        schedule.job_type,
                        account_id=account.id,
                        schedule=(schedule.id, slot_of(schedule, self._clock())),
                    )
                    made += [job_id] if job_id else []
                self._arm(schedule)
        except GarminSyncError as problem:
            _log.warning("schedules cannot be read: %s", problem.message)
        return made

    async def look_at_the_clock(self) -> None:
        """Wake the timers after the machine slept, and see to schedules that are new: every half minute."""
        (wall, monotonic), self._last_look = self._last_look, (self._clock(), self._monotonic())
        slept_s = (self._last_look[0] - wall).total_seconds() - (self._last_look[1] - monotonic)
        if abs(slept_s) > _JUMP_S and self._timers.running:
            _log.info("the clock went on by %.0f s meanwhile", slept_s)
            self._timers.wakeup()
        await self.due_now()

    def _arm(self, schedule: Schedule) -> None:
        if self._timers.running:
            self._timers.add_job(
                self.due_now,
                "date",
                run_date=next_turn(schedule, self._clock()),
                id=str(schedule.id),
                replace_existing=True,
            )
