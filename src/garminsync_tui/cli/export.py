"""`garminsync export`."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..text import clean
from .dates import DAY
from .home import Command, Home, pass_home, waits
from .output import Output, listing, say
from .sync import PRIORITY

if TYPE_CHECKING:
    from ..models import SyncJob

_SHOWN = 10


@click.command(cls=Command)
@click.option("--format", "form", type=click.Choice(["csv", "json", "parquet"]), required=True, help="Of the tables.")
@click.option("--what", multiple=True, metavar="PART", help="Only this; may be repeated.")
@click.option(
    "--as",
    "as_",
    type=click.Choice(["original", "fit", "gpx", "tcx"]),
    default="original",
    show_default=True,
    help="Of activities' files.",
)
@click.option("--since", type=DAY, metavar="DATE", help="From this local day on.")
@click.option("--until", type=DAY, metavar="DATE", help="Up to this local day.")
@click.option("--force", is_flag=True, help="Write into a folder that holds something.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("filter_terms", nargs=-1, metavar="[FILTER]…")
@listing
@pass_home
@waits
async def export(
    home: Home,
    form: str,
    what: tuple[str, ...],
    as_: str,
    since: date | None,
    until: date | None,
    force: bool,
    folder: Path,
    filter_terms: tuple[str, ...],
    out: Output,
) -> int:
    """Everything out, into the new folder DIR: a file a table, with README.md and schema.json that say what each
    column is, its type and its unit. `json` is JSON Lines; `parquet` needs the extra garminsync-tui[parquet].

    \b
    activities, laps, sessions, figures, bests
    health_readings  every reading at its instant
    health_days      values of whole days and nights
    sleep            a row a night
    health_daily     each metric's day: least, mean, most, last
    days             which instants belong to which local day
    coverage         what was fetched when, and what was not
    workouts, workouts_at_garmin, accounts
    seconds          the points of recordings, a file a month; only where it is named
    files            the activities' files; only where it is named

    --what names one of these, `health` for all of health, or `all`. FILTER chooses among activities, as in
    `activities list`: `--what seconds type:run after:2026`. A file is there when it is complete. Ctrl-C stops;
    the same command goes on.
    """
    from ..daemon import exit_code
    from ..jobs.queue import Queue
    from ..store import accounts
    from ..transfer.exporting.asked import asked
    from ..transfer.exporting.folder import require_ours
    from .follow import Follower, equal_running
    from .progress import ProgressLine

    if since and until and since > until:
        raise click.UsageError("--since lies after --until.")
    folder = Path(os.path.abspath(os.path.expanduser(folder)))  # noqa: ASYNC240, PTH100, PTH111
    filter_line = " ".join(filter_terms)
    parameters = asked(folder, form, what=what, as_=as_, since=since, until=until, filter_line=filter_line)
    require_ours(folder, force=force)
    async with home.opened() as (config, database):
        user = await accounts.ensure_user(database)
        queue = Queue(database)
        job_id = await equal_running(queue, None, "export", parameters)
        job_id = job_id or await queue.enqueue(user.id, "export", parameters=parameters, priority=PRIORITY)
        (job,) = await Follower(config, database, ProgressLine()).to_the_end([job_id] if job_id else [])
    _print(job, out)
    return exit_code(job)


def _print(job: SyncJob, out: Output) -> None:
    from ..jobs.queue import utc_now
    from ..jobs.words import error_code, state
    from ..transfer.exporting.asked import FILES, SECONDS, USUAL
    from ..units import number

    extra = job.extra or {}
    asked, tables = extra.get("parameters", {}), extra.get("result", {}).get("tables", {})
    problems: list[str] = extra.get("failures", [])
    word, sign = state(job, utc_now())
    if out.json:
        out.document(
            {
                "id": job.id,
                "state": word,
                "error": job.error_message,
                "error_code": error_code(job),
                "folder": asked.get("folder"),
                "format": asked.get("form"),
                "tables": tables,
                "problems": problems,
                "goes_on_at": job.run_at if job.status == "pending" else None,
            }
        )
    else:
        out.facts(
            [("export", out.state(word, sign)), *((name, number(rows)) for name, rows in tables.items())],
        )
    for problem in problems[:_SHOWN]:
        say(f"left out: {clean(problem, 300)}")
    if int(extra.get("failed", 0)) > _SHOWN:
        say(f"… and {int(extra['failed']) - _SHOWN} more; `garminsync jobs show {job.id}` has a log.")
    if tables:
        say(f"All of it is in {asked.get('folder')}; README.md there says what each column is.")
        if (left := [name for name in (SECONDS, FILES) if name not in tables]) and set(asked["what"]) >= set(USUAL):
            say(f"Not among it, as they are large: {' and '.join(left)}. `--what {left[0]}` writes them.")
    elif job.error_message:
        say(f"error: {clean(job.error_message, 300)}")
    if job.status == "pending":
        say("hint: The job waits; `garminsync jobs list` shows why, and the same command goes on with it.")
