"""`garminsync verify`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..text import clean
from .home import Command, Home, pass_home, waits
from .output import Output, listing, say
from .sync import PRIORITY

if TYPE_CHECKING:
    from ..models import SyncJob

_SHOWN = 20


@click.command(cls=Command)
@click.option("--read-data", is_flag=True, help="Read every file and compare its hash, not only its size.")
@click.option(
    "--read-data-subset", "subset", metavar="N/T", help="Read the Nth of T equal parts: 1/12 to 12/12 in a year."
)
@click.option("--repair", is_flag=True, help="Mend what can be mended. Nothing is removed or replaced.")
@listing
@pass_home
@waits
async def verify(home: Home, read_data: bool, subset: str | None, repair: bool, out: Output) -> int:
    """Look whether every activity's original file is here and is what was stored.

    With --repair a damaged file is moved to quarantine/ below the files folder, and what is missing is queued: the
    next `garminsync sync activities` fetches it again. A file of the same content that lies elsewhere is taken over.
    What Garmin cannot give again stays as it is and is named. Ctrl-C stops; the next `garminsync verify` with the
    same options goes on.

    The exit code is 0 where all is whole, 5 where something is missing, damaged or open to other users, also where it
    waits for the next sync.
    """
    if subset is not None:
        from ..sync.verify import Share

        if read_data:
            raise click.UsageError("--read-data reads everything; --read-data-subset a part of it: give one of them.")
        try:
            subset = "{0.number}/{0.of}".format(Share.parse(subset))
        except ValueError:
            raise click.UsageError(
                "--read-data-subset is like 3/12: which part, of how many (at most 10000)."
            ) from None
    from ..daemon import exit_code
    from ..jobs.queue import Queue
    from ..store import accounts
    from .follow import Follower, equal_running
    from .progress import ProgressLine

    async with home.opened() as (config, database):
        user = await accounts.ensure_user(database)
        queue = Queue(database)
        asked: dict[str, object] = {"read_data": read_data, "subset": subset, "repair": repair}
        parameters = {name: value for name, value in asked.items() if value}
        job_id = await equal_running(queue, None, "verify", parameters)
        job_id = job_id or await queue.enqueue(user.id, "verify", parameters=parameters, priority=PRIORITY)
        follower = Follower(config, database, ProgressLine())
        (job,) = await follower.to_the_end([job_id] if job_id else [])
    _print(job, out)
    if job.status == "pending":
        say("hint: The job waits; `garminsync jobs list` shows why, and the same command goes on with it.")
    return exit_code(job)


def _print(job: SyncJob, out: Output) -> None:
    from ..jobs.queue import utc_now
    from ..jobs.words import VERIFIED, error_code, state
    from ..units import number

    extra = job.extra or {}
    result, problems = extra.get("result", {}), extra.get("failures", [])
    word, sign = state(job, utc_now())
    if out.json:
        out.document(
            {
                "id": job.id,
                "state": word,
                "error": job.error_message,
                "error_code": error_code(job),
                "parameters": extra.get("parameters", {}),
                "result": result,
                "problems": problems,
                "goes_on_at": job.run_at if job.status == "pending" else None,
            }
        )
        return
    lines = [("verify", out.state(word, sign))]
    lines += [(name, number(result[name])) for name in ("checked", "read") if result.get(name)]
    lines += [(f"{number(count)}", words) for name, words in VERIFIED.items() if (count := result.get(name))]
    out.facts(lines)
    for problem in problems[:_SHOWN]:
        say(f"problem: {clean(problem, 300)}")
    if int(extra.get("failed", 0)) > _SHOWN:
        say(f"… and {int(extra['failed']) - _SHOWN} more; `garminsync jobs show {job.id}` has a log.")
    if result.get("queued"):
        say("hint: Run `garminsync sync activities`: it fetches them again.")
    elif problems and not extra.get("parameters", {}).get("repair"):
        say("hint: `garminsync verify --repair` mends what can be mended, and removes nothing.")
