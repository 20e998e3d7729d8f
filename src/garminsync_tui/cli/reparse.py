"""`garminsync reparse`."""

from __future__ import annotations

from datetime import date

import click

from .dates import DAY
from .home import Command, Home, pass_home, waits
from .names import known_metrics
from .output import Output, listing
from .sync import PRIORITY, report


@click.command(cls=Command)
@click.option("--since", type=DAY, metavar="DATE", help="From this day on: 2026-09-15, yesterday, 90d.")
@click.option("--until", type=DAY, metavar="DATE", help="Up to this day, which is included.")
@click.option("--metric", "metrics", multiple=True, metavar="M", help="Only what these come from; may be repeated.")
@listing
@pass_home
@waits
async def reparse(home: Home, since: date | None, until: date | None, metrics: tuple[str, ...], out: Output) -> int:
    """Read Garmin's stored answers about health again, without asking Garmin.

    For a newer version that understands more of them: days are replaced by what their newest answer says. Answers
    are kept unless the setting health.keep_raw is false. Ctrl-C stops with all that is done kept.
    """
    known_metrics(metrics)
    if since and until and until < since:
        raise click.UsageError("--until is before --since.")
    from ..jobs.queue import Queue
    from ..store import accounts
    from .follow import Follower, equal_running
    from .progress import ProgressLine

    parameters: dict[str, object] = {
        name: day.isoformat() for name, day in (("since", since), ("until", until)) if day is not None
    }
    if metrics:
        parameters["metrics"] = sorted(set(metrics))
    async with home.opened() as (config, database):
        account = await accounts.require_account(database)
        queue = Queue(database)
        job_id = await equal_running(queue, account.id, "reparse", parameters)
        job_id = job_id or await queue.enqueue(
            account.user_id, "reparse", account_id=account.id, parameters=parameters, priority=PRIORITY
        )
        follower = Follower(config, database, ProgressLine())
        jobs = await follower.to_the_end([job_id] if job_id else [])
    return report(jobs, follower, out)
