"""`garminsync workouts push`, `pull`, `schedule`, `unschedule`, `delete`: what goes to Garmin and comes from there."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from ..account_words import sign_in_needed
from ..errors import OtherSignInNeeded
from ..text import clean
from .dates import COMING_DAY
from .home import Command, Home, pass_home, waits
from .output import Output, confirmed, listing, say
from .sync import PRIORITY, report

if TYPE_CHECKING:
    from ..config import Config
    from ..models import GarminConnectAccount, SyncJob
    from ..store.database import Database

#: What to do now, by what a job met.
_HINTS = {
    "workout_changed": "Push it again with --choose mine, theirs or both; `garminsync workouts show` tells both sides.",
    "invalid_workout": "`garminsync workouts show` lists all that is wrong, and which settings are missing.",
}


@click.command(cls=Command)
@listing
@pass_home
@waits
async def pull(home: Home, out: Output) -> int:
    """Bring in what is new or changed at Garmin, and the calendar.

    What you changed here meanwhile is not overwritten: it is marked as a conflict, and a push with a choice ends it.
    What was deleted at Garmin stays here and is marked.
    """
    async with home.opened() as (config, database):
        account = await _account(database)
        return await _done(config, database, account, [{"look": True}], out, job_type="workout_sync")


@click.command(cls=Command)
@click.argument("names", nargs=-1, metavar="NAME…")
@click.option("--all", "everything", is_flag=True, help="All that were edited since they were pushed.")
@click.option(
    "--choose",
    "choice",
    type=click.Choice(["mine", "theirs", "both"]),
    help="Where both sides were changed: push yours over theirs, take theirs, or keep yours as another workout.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be sent; send nothing.")
@listing
@pass_home
@waits
async def push(
    home: Home, names: tuple[str, ...], everything: bool, choice: str | None, dry_run: bool, out: Output
) -> int:
    """Bring workouts to Garmin, read each back, and say what Garmin changed.

    What is written in your terms (88-94%ftp) becomes numbers of today's thresholds; the words stay here. The exit code
    is 0 where what Garmin holds is what was pushed, 5 where Garmin made something else of it, 1 where it was refused.
    """
    from ..store import workouts
    from ..store.workouts import State

    if bool(names) == everything:
        raise click.UsageError("Name the workouts to push, or give --all.")
    async with home.opened() as (config, database):
        account = await _account(database)
        if everything:
            async with database.read() as session:
                kept = [each for each in await workouts.every(session, account.id) if each.state is State.EDITED]
            if not kept:
                say("No workout was edited since it was pushed.")
                return 0
        else:
            kept = [await workouts.find(database, account.id, name) for name in names]
        if dry_run:
            return await _tell(config, database, kept, out)
        asked = [{"do": "push", "workout": each.workout.id.hex, "choice": choice} for each in kept]
        return await _done(config, database, account, asked, out)


async def _tell(config: Config, database: Database, kept: Sequence[Any], out: Output) -> int:
    """What a push would send, and what it would change at Garmin."""
    from ..errors import GarminSyncError
    from ..sync.trainee import athlete_today
    from ..sync.workouts import pushable
    from ..workouts.differences import same_meaning
    from ..workouts.garmin_writing import to_garmin

    athlete = await athlete_today(database, config)
    documents, refused = [], False
    for each in kept:
        try:
            _, ready = pushable(each, athlete)
        except GarminSyncError as problem:
            refused = True
            say(f"error: {clean(problem.message, 300)}")
            if problem.hint:
                say(f"hint: {clean(problem.hint, 300)}")
            continue
        document = to_garmin(ready)
        documents.append(document)
        if not out.json:
            changes = same_meaning(each.remote.base_document, document) if each.remote else []
            told = "; ".join(map(str, changes)) or ("nothing" if each.remote else "a new workout")
            sys.stdout.write(clean(f"{each.workout.name}: {told}", 1000) + "\n")
    if out.json:
        out.document(documents)
    return 1 if refused else 0


@click.command(cls=Command)
@click.argument("name")
@click.argument("day", type=COMING_DAY, metavar="DATE")
@listing
@pass_home
@waits
async def schedule(home: Home, name: str, day: date, out: Output) -> int:
    """Put a workout on a day of Garmin's calendar: 2026-12-24, tomorrow, sat, 10d."""
    return await _plan(home, "schedule", name, day, out)


@click.command(cls=Command)
@click.argument("name")
@click.argument("day", type=COMING_DAY, metavar="DATE")
@listing
@pass_home
@waits
async def unschedule(home: Home, name: str, day: date, out: Output) -> int:
    """Take a workout off a day of Garmin's calendar."""
    return await _plan(home, "unschedule", name, day, out)


async def _plan(home: Home, what: str, name: str, day: date, out: Output) -> int:
    from ..store import workouts

    async with home.opened() as (config, database):
        account = await _account(database)
        kept = await workouts.find(database, account.id, name)
        asked = [{"do": what, "workout": kept.workout.id.hex, "day": day.isoformat()}]
        return await _done(config, database, account, asked, out)


@click.command(cls=Command)
@click.argument("name")
@click.option("--here", is_flag=True, help="Only here; Garmin keeps it, and pulls leave it there.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@listing
@pass_home
@waits
async def delete(home: Home, name: str, here: bool, yes: bool, out: Output) -> int:
    """Delete a workout here and at Garmin, with its days in the calendar."""
    from ..store import accounts, workouts

    async with home.opened() as (config, database):
        account = await accounts.active_account(database)
        kept = await workouts.find(database, account.id if account else None, name)
        there = kept.remote is not None and not kept.remote.gone_at and not here
        called = clean(kept.workout.name)
        if not yes and not confirmed(f"Delete “{called}” here{' and at Garmin' if there else ''}? [y/N] "):
            say("Nothing was deleted.")
            return 1
        if there:
            account = await _account(database)
            return await _done(config, database, account, [{"do": "delete", "workout": kept.workout.id.hex}], out)
        async with database.write() as session:
            await workouts.remove(session, kept.workout.id)
        say(f"“{called}” is deleted here.")
    return 0


async def _account(database: Database) -> GarminConnectAccount:
    from ..garmin.providers import PROVIDERS, Capability
    from ..store import accounts

    account = await accounts.require_account(database)
    if account.sign_in_needed_since:
        raise sign_in_needed(account.provider)
    if Capability.WORKOUTS not in PROVIDERS[account.provider].capabilities:
        raise OtherSignInNeeded("workouts")
    return account


async def _done(
    config: Config,
    database: Database,
    account: GarminConnectAccount,
    asked: Sequence[dict[str, Any]],
    out: Output,
    job_type: str = "workout_upload",
) -> int:
    """Queue the jobs, follow them to their end and tell how they ended; the exit code."""
    from ..jobs.queue import Queue
    from ..jobs.words import error_code
    from .follow import Follower, equal_running
    from .progress import ProgressLine

    queue = Queue(database)
    ids = []
    for each in asked:
        parameters = {name: value for name, value in each.items() if value is not None}
        job_id = await equal_running(queue, account.id, job_type, parameters)
        job_id = job_id or await queue.enqueue(
            account.user_id, job_type, account_id=account.id, parameters=parameters, priority=PRIORITY
        )
        ids += [job_id] if job_id else []
    follower = Follower(config, database, ProgressLine())
    jobs: list[SyncJob] = await follower.to_the_end(ids)
    result = report(jobs, follower, out, account.provider)
    for hint in dict.fromkeys(_HINTS[code] for job in jobs if (code := error_code(job)) in _HINTS):
        say(f"hint: {hint}")
    return result
