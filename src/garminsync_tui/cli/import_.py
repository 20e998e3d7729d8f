"""`garminsync import`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from ..text import clean
from .home import Command, Home, pass_home, waits
from .output import Output, confirmed, listing, say
from .sync import PRIORITY

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from ..config import Config
    from ..models import SyncJob
    from ..store.database import Database

_NAMED, _FAILED_NAMED = 3, 200
_MOST_GROUPS = 30
_ONE = {
    "files": "file",
    "more files": "more file",
    "activities": "activity",
    "days": "day",
    "readings": "reading",
    "workouts": "workout",
    "better files": "better file",
    "files that were lost": "file that was lost",
}


@click.command(name="import", cls=Command)
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option("--other-person", is_flag=True, help="Also an archive of somebody else, in an account of its own.")
@listing
@pass_home
@waits
async def import_(home: Home, paths: tuple[str, ...], other_person: bool, out: Output) -> int:
    """Bring in what lies in files: each activity and each day once, whatever door it came by.

    A PATH is Garmin's account archive (the ZIP of "Export Your Data"), a watch's GARMIN folder, a FIT, GPX or TCX
    file, a folder or a pattern ('*.fit'), packed (ZIP, gzip) or not. The files stay as they are. Nothing is read
    twice: Ctrl-C stops, and the same command goes on.

    The exit code is 5 where files are damaged; they are named, and the others are in.
    """
    from ..transfer.importing.paths import absolute, asked_for

    found = absolute(paths)
    if (known := _nothing_new(home, found)) is not None:
        is_partly = bool(known["failed"])
        state_ = ("partly done", "!") if is_partly else ("done", "✓")
        _print(state_, known, out, parameters=asked_for(found), error_code="partly" if is_partly else None)
        return 5 if is_partly else 0
    from ..daemon import exit_code
    from ..errors import AnotherPerson
    from ..jobs.words import error_code
    from ..store import accounts

    async with home.opened() as (config, database):
        user = await accounts.ensure_user(database)
        job = await _imported(config, database, user.id, found, other_person)
        if error_code(job) == AnotherPerson.code and sys.stdin.isatty():
            say(clean(job.error_message or "", 500))
            if confirmed("Bring it in here all the same? [y/N] "):
                job = await _imported(config, database, user.id, found, True)
    _print_job(job, out)
    if error_code(job) == AnotherPerson.code:
        say(f"hint: {AnotherPerson.HINT}")
    if job.status == "pending":
        say("hint: The job waits; `garminsync jobs list` shows why, and the same command goes on with it.")
    return exit_code(job)


async def _imported(config: Config, database: Database, user_id: UUID, paths: list[str], other: bool) -> SyncJob:
    """Run the job, or follow an equal one; as it ended."""
    from ..jobs.queue import Queue
    from ..transfer.importing.paths import asked_for
    from .follow import Follower, equal_running
    from .progress import ProgressLine

    queue = Queue(database)
    parameters = asked_for(paths, other_person=other)
    job_id = await equal_running(queue, None, "file_import", parameters)
    job_id = job_id or await queue.enqueue(user_id, "file_import", parameters=parameters, priority=PRIORITY)
    (job,) = await Follower(config, database, ProgressLine()).to_the_end([job_id] if job_id else [])
    return job


def _nothing_new(home: Home, paths: list[str]) -> dict[str, Any] | None:
    """The report where all of it is here already, which needs no job; None where there may be something to do."""
    from ..store.plain import at_file

    if (file := home.database_file()) is None:
        return None
    with at_file(file) as asked:
        if asked is None:
            return None
        from ..transfer.importing.nothing_new import nothing_new

        tally = nothing_new(asked, home.config().paths.files, paths)
    return tally.result() if tally is not None else None


def _print_job(job: SyncJob, out: Output) -> None:
    from ..jobs.queue import utc_now
    from ..jobs.words import error_code, state

    extra = job.extra or {}
    _print(
        state(job, utc_now()),
        extra.get("result", {}),
        out,
        parameters=extra.get("parameters", {}),
        job_id=job.id,
        error=job.error_message,
        error_code=error_code(job),
        goes_on_at=job.run_at if job.status == "pending" else None,
    )


def _print(
    said: tuple[str, str],
    result: dict[str, Any],
    out: Output,
    *,
    parameters: dict[str, Any],
    job_id: UUID | None = None,
    error: str | None = None,
    error_code: str | None = None,
    goes_on_at: datetime | None = None,
) -> None:
    """The report of a job; without an id of one that was not needed."""
    from ..transfer.importing.tally import OUTCOMES

    word, sign = said
    if out.json:
        out.document(
            {
                "id": job_id,
                "state": word,
                "error": error,
                "error_code": error_code,
                "parameters": parameters,
                "files": {name: result.get(name, 0) for name in OUTCOMES},
                "gained": result.get("gained", {}),
                "reasons": result.get("reasons", []),
                "goes_on_at": goes_on_at,
            }
        )
        return
    lines = [("import", out.state(word, sign))]
    if error and error_code != "partly":
        lines.append(("why", error))
    lines += [(name, _counted(result.get(name, 0), "files")) for name in OUTCOMES]
    if gained := result.get("gained"):
        lines.append(("new", ", ".join(_counted(count, what) for what, count in gained.items())))
    out.facts(lines)
    _reasons(result.get("reasons", []), out)


def _counted(count: int, what: str) -> str:
    from ..units import number

    return f"{number(count)} {_ONE.get(what, what) if count == 1 else what}"


def _reasons(groups: list[dict[str, Any]], out: Output) -> None:
    """Which files were skipped or failed, and why: the files below, for both together are wider than a terminal."""
    if groups:
        out.heading("Files of which there is something to say")
    for group in groups[:_MOST_GROUPS]:
        names = group["names"][: _FAILED_NAMED if group["outcome"] == "failed" else _NAMED]
        more = group["count"] - len(names)
        out.facts(
            [(group["outcome"], group["reason"])],
            {group["outcome"]: [*names, *([f"and {_counted(more, 'more files')}"] if more else [])]},
        )
    if len(groups) > _MOST_GROUPS:
        say(f"… and {len(groups) - _MOST_GROUPS} more reasons; `--json` has all.")
