"""`garminsync jobs`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import click

from ..errors import GarminSyncError
from ..text import clean
from .home import Group, Home, pass_home, waits
from .output import Output, listing, say

if TYPE_CHECKING:
    from uuid import UUID

    from ..jobs.queue import Queue
    from ..models import SyncJob


@click.group(cls=Group)
def jobs() -> None:
    """The queue. ID is a job's id or the end of it, as `jobs list` shows it."""


@jobs.command("list")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@listing
@pass_home
@waits
async def list_jobs(home: Home, limit: int, out: Output) -> int:
    """What runs, what waits, and what ended lately."""
    from ..jobs.queue import Queue, utc_now
    from ..jobs.words import state, title
    from ..units import ago

    async with home.opened() as (_, database):
        found = await Queue(database).list(limit=limit)
    if out.json:
        out.document([_document(job) for job in found])
        return 0
    if not found:
        say("There are no jobs yet: `garminsync sync` and `garminsync import` make some.")
        return 0
    now = utc_now()
    rows = []
    for job in found:
        word, sign = state(job, now)
        rows.append(
            (
                _short(job),
                title(job),
                out.state(word, sign),
                f"{job.progress or 0.0:.0%}",
                ago(job.completed_at or job.started_at or job.created_at, now),
                _latest(job),
            )
        )
    out.table(["id", "job", "state", "done", "when", "note"], rows, right=["done"])
    return 0


@jobs.command()
@click.argument("job_id", metavar="ID")
@listing
@pass_home
@waits
async def show(home: Home, job_id: str, out: Output) -> int:
    """One job with its log."""
    from ..jobs.queue import Queue, utc_now
    from ..jobs.words import state, title
    from ..units import local_time

    async with home.opened() as (_, database):
        queue = Queue(database)
        job = await queue.get(job_id)
        events = await queue.events(job.id)
    extra = job.extra or {}
    if out.json:
        lines = [{"at": event.at, "level": event.level, "text": event.text} for event in events]
        out.document({**_document(job), "checkpoint": job.checkpoint, "log": lines})
        return 0
    word, sign = state(job, utc_now())
    out.facts(
        [
            ("id", str(job.id)),
            ("job", title(job)),
            ("state", out.state(word, sign)),
            ("done", f"{job.progress or 0.0:.0%}"),
            ("note", _latest(job)),
            ("parameters", _in_words(extra.get("parameters", {}))),
            ("created", local_time(job.created_at)),
            ("started", local_time(job.started_at)),
            ("ended", local_time(job.completed_at)),
            ("due", local_time(job.run_at) if job.status == "pending" else "—"),
            ("attempts", str(job.attempt)),
        ]
    )
    if found := extra.get("result"):
        out.heading("Result")
        facts = {name.replace("_", " "): _in_words(value) for name, value in found.items()}
        out.facts([(name, words) for name, words in facts.items() if words])
    if events:
        out.heading("Log")
        for event in events:
            click.echo(f"{event.at.astimezone():%H:%M:%S}  {event.level:<8} {clean(event.text, 300)}")
    return 0


def _in_words(value: Any) -> str:
    """A value as people read it; nothing of what the log tells in sentences."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {_in_words(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(_in_words(each) for each in value if not isinstance(each, dict))
    return str(value)


def _command(name: str, about: str, act: Callable[[Queue, UUID], Awaitable[bool]], done: str, refused: str) -> None:
    @jobs.command(name, help=about)
    @click.argument("job_ids", nargs=-1, required=True, metavar="ID…")
    @pass_home
    @waits
    async def command(home: Home, job_ids: tuple[str, ...]) -> int:
        from ..jobs.queue import Queue

        code = 0
        async with home.opened() as (_, database):
            queue = Queue(database)
            for job_id in job_ids:
                job = await queue.get(job_id)
                if await act(queue, job.id):
                    say(f"{_short(job)}: {done}")
                else:
                    say(f"error: {_short(job)}: {refused}")
                    code = GarminSyncError.exit_code
        return code


_command(
    "cancel",
    "End jobs; what they have done is kept.",
    lambda queue, job_id: queue.cancel(job_id),
    "cancelled; a running one stops within seconds",
    "it has ended already",
)
_command(
    "retry",
    "Queue ended jobs again, from where they stopped.",
    lambda queue, job_id: queue.retry(job_id),
    "queued again; `garminsync sync`, the app or the daemon runs it",
    "it is running",
)
_command(
    "pause",
    "Keep jobs from running until they are resumed.",
    lambda queue, job_id: queue.pause(job_id),
    "paused",
    "it has ended already",
)
_command(
    "resume",
    "Let paused jobs run again.",
    lambda queue, job_id: queue.resume(job_id),
    "resumed",
    "it is not paused",
)


def _short(job: SyncJob) -> str:
    from ..ids import short_id

    return short_id(job.id)


def _latest(job: SyncJob) -> str:
    return str(job.error_message or (job.extra or {}).get("note") or "")


def _document(job: SyncJob) -> dict[str, Any]:
    from ..jobs.queue import utc_now
    from ..jobs.words import error_code, state, title

    extra = job.extra or {}
    return {
        "id": job.id,
        "job_type": job.job_type,
        "job": title(job),
        "status": job.status,
        "state": state(job, utc_now()).word,
        "progress": job.progress,
        "note": extra.get("note"),
        "parameters": extra.get("parameters", {}),
        "error": job.error_message,
        "error_code": error_code(job),
        "failures": extra.get("failures", []),
        "result": extra.get("result", {}),
        "priority": job.priority,
        "attempts": job.attempt,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "completed_at": job.completed_at,
        "run_at": job.run_at,
        "paused_at": job.paused_at,
    }
