"""`[hooks] on_failed`: the command that tells the owner of a headless machine of trouble, once for each cause."""

from __future__ import annotations

import asyncio
import logging
import os
import shlex

from .errors import UsageProblem
from .jobs.queue import Queue, utc_now
from .jobs.words import error_code, state, title
from .models import SyncJob
from .text import clean

_TIMEOUT_S = 60.0
#: Of the queue's newest jobs, how many are looked at for what was told before a restart.
_LOOK_BACK = 200

#: May hold a password of the database; whoever needs it has it from where this process has it.
_NOT_TOLD = frozenset({"GARMINSYNC_DATABASE", "PGPASSWORD"})

_log = logging.getLogger(__name__)


class OnFailed:
    """Runs the command when a kind of job meets a condition that it did not end with before."""

    def __init__(self, command: str) -> None:
        """Raises UsageProblem for a command that cannot be split into words."""
        try:
            self._command = shlex.split(command)
        except ValueError as problem:
            raise UsageProblem(f"[hooks] on_failed: {problem}.", hint="Close the quotation.") from None
        self._told: dict[str, str | None] = {}
        self._running: set[asyncio.Task[None]] = set()

    async def remember(self, queue: Queue) -> None:
        """Take the causes that the newest ended jobs met as told: a restart is no news."""
        for job in await queue.list(limit=_LOOK_BACK):
            if job.completed_at is not None:
                self._told.setdefault(job.job_type, error_code(job))

    def ended(self, job: SyncJob) -> None:
        """Look at a job that ended or waits. What ends well makes the next trouble news again."""
        code = error_code(job)
        if not self._command or code == self._told.get(job.job_type) or code == "cancelled":
            return
        if code is None and job.status != "completed":
            return  # handed back in the middle, with nothing wrong
        self._told[job.job_type] = code
        if code is not None:
            task = asyncio.create_task(self._run(job, code))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def finish(self) -> None:
        """Wait for commands that run still."""
        await asyncio.gather(*self._running)

    async def _run(self, job: SyncJob, code: str) -> None:
        facts = {key: value for key, value in os.environ.items() if key not in _NOT_TOLD} | {
            "GARMINSYNC_JOB": title(job),
            "GARMINSYNC_STATE": state(job, utc_now()).word,
            "GARMINSYNC_CODE": code,
            "GARMINSYNC_MESSAGE": clean(job.error_message or ""),
        }
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command, env=facts, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL
            )
        except OSError as problem:
            _log.warning("[hooks] on_failed cannot be run: %s", problem.strerror or type(problem).__name__)
            return
        try:
            status = await asyncio.wait_for(process.wait(), _TIMEOUT_S)
        except TimeoutError:
            process.kill()
            await process.wait()
            _log.warning("[hooks] on_failed took more than %.0f s and was ended", _TIMEOUT_S)
            return
        if status:
            _log.warning("[hooks] on_failed ended with %d", status)
