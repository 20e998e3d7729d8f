"""`garminsync sync`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from ..account_words import sign_in_needed
from ..errors import KeyMissing, SignInRequired
from ..text import clean
from .dates import DAY
from .home import Command, Home, pass_home, waits
from .names import known_metrics
from .output import Output, listing, say

if TYPE_CHECKING:
    from ..models import SyncJob
    from ..store.glance import Glance
    from .follow import Follower

#: Goes before what the schedule queued.
PRIORITY = 10
_FAILURES_SHOWN = 10


@click.command(cls=Command)
@click.argument("what", nargs=-1, type=click.Choice(["activities", "health", "workouts"]))
@click.option("--since", type=DAY, metavar="DATE", help="From this day on: 2026-09-15, yesterday, 90d.")
@click.option("--full", is_flag=True, help="Ask for everything again, also for what is here.")
@click.option("--metric", "metrics", multiple=True, metavar="M", help="Only these health metrics; may be repeated.")
@listing
@pass_home
@waits
async def sync(
    home: Home, what: tuple[str, ...], since: date | None, full: bool, metrics: tuple[str, ...], out: Output
) -> int:
    """Fetch what is new or missing, and follow it.

    Without WHAT it is all of them, workouts a few times a day; named, they are looked at now, as by `workouts pull`.
    Where the app or the daemon runs, it does the work; Ctrl-C then ends only the watching. Else the work runs here, and
    Ctrl-C stops it with all that is done kept.
    """
    wanted = list(dict.fromkeys(what)) or (["health"] if metrics else ["activities", "health", "workouts"])
    if metrics and "health" not in wanted:
        raise click.UsageError("--metric chooses among health metrics: `sync health --metric …`.")
    known_metrics(metrics)
    from ..jobs.queue import Queue
    from ..store import accounts
    from ..store.glance import look
    from ..sync.work import JOB_TYPE
    from .follow import Follower, equal_running
    from .progress import ProgressLine

    async with home.opened() as (config, database):
        account = await accounts.require_account(database)
        if account.sign_in_needed_since:
            raise sign_in_needed(account.provider)
        queue = Queue(database)
        ids = []
        for word in wanted:
            parameters: dict[str, Any] = {"since": since.isoformat()} if since and word != "workouts" else {}
            if full and word != "workouts":
                parameters["full"] = True
            if word == "workouts" and (what or full):
                parameters["look"] = True
            if word == "health" and metrics:
                parameters["metrics"] = sorted(metrics)
            job_id = await equal_running(queue, account.id, JOB_TYPE[word], parameters)
            job_id = job_id or await queue.enqueue(
                account.user_id, JOB_TYPE[word], account_id=account.id, parameters=parameters, priority=PRIORITY
            )
            ids += [job_id] if job_id else []
        before = await look(database)
        follower = Follower(config, database, ProgressLine())
        jobs = await follower.to_the_end(ids)
        after = await look(database)
    code = report(jobs, follower, out, account.provider)
    if not out.json:
        out.facts([("new", _news(before, after))])
    return code


def _news(before: Glance, after: Glance) -> str:
    from ..units import number

    activities, readings = after.activities - before.activities, after.readings - before.readings
    return f"{number(max(activities, 0))} activities, {number(max(readings, 0))} health readings"


def report(jobs: list[SyncJob], follower: Follower, out: Output | None, provider: str | None = None) -> int:
    """Print how the jobs ended, unless `out` is None; the exit code of the worst. `provider` is the account's."""
    from ..daemon import exit_code, worst
    from ..jobs.words import error_code

    if out is not None:
        _print(jobs, follower, out)
    code = worst([exit_code(job) for job in jobs])
    if code == SignInRequired.exit_code:
        codes = {error_code(job) for job in jobs}
        refused = sign_in_needed(provider if SignInRequired.code in codes else None)
        say(f"hint: {(KeyMissing() if KeyMissing.code in codes else refused).hint}")
    return code


def _print(jobs: list[SyncJob], follower: Follower, out: Output) -> None:
    from ..jobs.queue import utc_now
    from ..jobs.words import error_code, state, title

    now = utc_now()
    if out.json:
        out.document(
            [
                {
                    "id": job.id,
                    "job": title(job),
                    "state": state(job, now).word,
                    "note": follower.note(job),
                    "error": job.error_message,
                    "error_code": error_code(job),
                    "failures": (job.extra or {}).get("failures", []),
                    "goes_on_at": job.run_at if job.status == "pending" else None,
                }
                for job in jobs
            ]
        )
    else:
        out.facts([(title(job), _ending(job, follower, out)) for job in jobs])
        for job in jobs:
            again = job.job_type != "workout_upload"  # nothing is pushed again by itself
            _tell_failures((job.extra or {}).get("failures", []), int((job.extra or {}).get("failed", 0)), again=again)


def _ending(job: SyncJob, follower: Follower, out: Output) -> str:
    from ..jobs.queue import utc_now
    from ..jobs.words import state
    from ..units import local_time

    ended = out.state(*state(job, utc_now()))
    if job.status == "pending":
        goes_on = "paused" if job.paused_at else f"goes on at {local_time(job.run_at)} where the app or daemon runs"
        return f"{ended}: {job.error_message or ''} {goes_on}"
    text = job.error_message if job.status == "failed" else follower.note(job)
    if job.status == "completed" and job.error_message:
        text = f"{text}; {job.error_message}"
    return f"{ended}: {text or ''}".rstrip(": ")


def _tell_failures(failures: list[str], count: int, *, again: bool) -> None:
    for failure in failures[:_FAILURES_SHOWN]:
        say(f"failed: {clean(failure, 300)}")
    if count > _FAILURES_SHOWN:
        say(f"… and {count - _FAILURES_SHOWN} more; `garminsync coverage` lists them.")
    elif failures and again:
        say("They are tried again by themselves; `garminsync coverage` shows when.")
