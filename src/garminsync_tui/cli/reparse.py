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
@click.option("--activities", is_flag=True, help="Activity files instead: compute the figures that are missing.")
@click.option("--since", type=DAY, metavar="DATE", help="From this day on: 2026-09-15, yesterday, 90d.")
@click.option("--until", type=DAY, metavar="DATE", help="Up to this day, which is included.")
@click.option("--metric", "metrics", multiple=True, metavar="M", help="Only what these come from; may be repeated.")
@listing
@pass_home
@waits
async def reparse(
    home: Home, activities: bool, since: date | None, until: date | None, metrics: tuple[str, ...], out: Output
) -> int:
    """Read what is stored again, without asking Garmin.

    It is for a newer version that understands more. Without --activities Garmin's answers about health are read:
    days are replaced by what their newest answer says. Answers are kept unless the setting health.keep_raw is false.

    With --activities the files of activities are read that have no figures yet, or those of an older version: best
    efforts, loads and what `activities show` tells. The app and the daemon do the same in the background.

    Ctrl-C stops with all that is done kept; the same command goes on from there.
    """
    if activities and (since or until or metrics):
        raise click.UsageError("--activities has no choice of days and metrics: these are for health.")
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
        if activities:
            from ..sync.figures import FILES

            # Files are everybody's who was ever linked here: such a job belongs to no account.
            user_id, account_id, parameters = (await accounts.ensure_user(database)).id, None, {"what": FILES}
        else:
            account = await accounts.require_account(database)
            user_id, account_id = account.user_id, account.id
        queue = Queue(database)
        job_id = await equal_running(queue, account_id, "reparse", parameters)
        job_id = job_id or await queue.enqueue(
            user_id, "reparse", account_id=account_id, parameters=parameters, priority=PRIORITY
        )
        follower = Follower(config, database, ProgressLine())
        jobs = await follower.to_the_end([job_id] if job_id else [])
    return report(jobs, follower, out)
