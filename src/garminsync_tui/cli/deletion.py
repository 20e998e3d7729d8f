"""`garminsync account list`, `account delete` and `user delete`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from ..account_words import PROVIDERS, token_state
from ..errors import AlreadyRunning, GarminSyncError, UsageProblem
from ..text import clean
from .home import Command, Home, pass_home, waits
from .output import Output, confirmed, listing, say

if TYPE_CHECKING:
    from ..models import GarminConnectAccount
    from ..store.database import Database
    from ..store.removal import Belongings, Removed

_SHORTEST_TAIL = 4
_PARTLY = 5
#: What a row of a table is called, after its number; a table that is not here is not worth a line.
_WORDS = {
    "activities": "activities and their files",
    "health_metrics": "health readings",
    "health_daily": "days of metrics",
    "raw_responses": "kept answers of Garmin's",
    "coverage": "entries of the ledger",
    "days": "calendar days",
    "workouts": "workouts",
    "workout_remotes": "workouts at Garmin that are known here",
    "schedules": "schedules",
    "sync_jobs": "jobs, with their log",
    "imported_files": "memories of imported files",
    "request_budget": "counts of requests and tries",
    "key_ring": "keys that seal tokens",
}


def _name(account: GarminConnectAccount) -> str:
    if account.garmin_user_id.startswith("local:"):
        return "imported files"
    return clean(account.display_name or account.garmin_user_id)


@click.command("list", cls=Command)
@listing
@pass_home
@waits
async def list_accounts(home: Home, out: Output) -> int:
    """Every account that is stored: linked, unlinked, and those that imports made."""
    from ..ids import short_id
    from ..store.removal import belongings, every_account
    from ..units import number

    async with home.opened() as (_, database):
        found = await every_account(database)
        counted = [(each, (await belongings(database, [each.id])).rows) for each in found]
    if out.json:
        out.document(
            [
                {
                    "id": each.id,
                    "garmin_user_id": each.garmin_user_id,
                    "display_name": each.display_name,
                    "provider": each.provider,
                    "server": each.server,
                    "active": each.active,
                    "linked_at": each.linked_at,
                    "activities": rows["activities"],
                    "readings": rows["health_metrics"],
                }
                for each, rows in counted
            ]
        )
        return 0
    if not found:
        say("No account is stored. `garminsync login` links one; `garminsync import` brings in files without one.")
        return 0
    out.table(
        ["id", "account", "provider", "token", "activities", "readings"],
        [
            (
                short_id(each.id),
                _name(each),
                PROVIDERS.get(each.provider, each.provider),
                token_state(each),
                number(rows["activities"]),
                number(rows["health_metrics"]),
            )
            for each, rows in counted
        ],
        right=["activities", "readings"],
    )
    return 0


@click.command("delete", cls=Command)
@click.argument("account_id", metavar="[ID]", required=False)
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@listing
@pass_home
@waits
async def delete_account(home: Home, account_id: str | None, dry_run: bool, yes: bool, out: Output) -> int:
    """Delete an account with its activities, files, health data and jobs. There is no way back.

    Without ID it is the linked account; `garminsync account list` shows the others. What is deleted is not left in the
    database's file either, and the copies that the program made of the database go with it. Backups that you made
    stay, and so does everything at Garmin.
    """
    from ..store.removal import belongings, delete_accounts

    async with home.opened() as (config, database):
        chosen = await _chosen(database, account_id)
        what = await belongings(database, [chosen.id])
        if not await _wanted(f"{_name(chosen)}", database, what, dry_run, yes, out):
            return 0 if dry_run else GarminSyncError.exit_code
        removed = await _removing(lambda tell: delete_accounts(database, [chosen.id], config.paths, tell))
        say(f"{_name(chosen)} and its data are deleted.")
    return _tell_done(_name(chosen), database, what, removed, out)


@click.command("delete", cls=Command)
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@listing
@pass_home
@waits
async def delete_user(home: Home, dry_run: bool, yes: bool, out: Output) -> int:
    """Delete the local user with all accounts and everything else that is stored. There is no way back.

    Workouts, settings of the queue, unfinished texts and the log go, too. An empty database, the settings and the key
    file stay: docs/uninstalling.md tells where they lie.
    """
    from ..store import accounts
    from ..store.removal import belongings, every_account
    from ..store.removal import delete_user as delete

    async with home.opened() as (config, database):
        found = await accounts.find_user(database)
        if found is None:
            say("There is no user; nothing to do.")
            return 0
        what = await belongings(database, [each.id for each in await every_account(database)], user=True)
        if not await _wanted(f"the user {clean(found.username)}", database, what, dry_run, yes, out):
            return 0 if dry_run else GarminSyncError.exit_code
        removed = await _removing(lambda tell: delete(database, config.paths, tell))
        say(f"{clean(found.username)} and everything stored are deleted.")
    return _tell_done(found.username, database, what, removed, out)


async def _chosen(database: Database, name: str | None) -> GarminConnectAccount:
    """The account that is meant. Raises UsageProblem; SignInRequired where there is none at all."""
    from ..store import accounts
    from ..store.removal import every_account

    found = await every_account(database)
    if name is None:
        linked = [each for each in found if each.active]
        if linked or len(found) == 1:
            return (linked or found)[0]
        if not found:
            return await accounts.require_account(database)
        raise UsageProblem("No account is linked.", hint="Name one: `garminsync account list` shows them.")
    tail = name.replace("-", "").lower()
    matching = [
        each
        for each in found
        if each.garmin_user_id == name or (len(tail) >= _SHORTEST_TAIL and each.id.hex.endswith(tail))
    ]
    if len(matching) == 1:
        return matching[0]
    raise UsageProblem(
        f"{len(matching)} accounts match “{clean(name, 60)}”."
        if matching
        else f"There is no account “{clean(name, 60)}”.",
        hint="`garminsync account list` shows them, with their ids.",
    )


async def _wanted(name: str, database: Database, what: Belongings, dry_run: bool, yes: bool, out: Output) -> bool:
    """Say what would go, and whether it shall. Raises AlreadyRunning where something works on it."""
    from ..jobs.queue import Leases, Queue

    await Leases(database).reap()
    if not dry_run and await Queue(database).list(status="in_progress", limit=1):
        raise AlreadyRunning("A job is running.", hint="Stop it first: `garminsync jobs list`, then cancel it.")
    if dry_run:
        _print(name, database, what, out)
        return False
    _tell(_lines(name, database, what))
    if yes or confirmed("Delete all of it? [y/N] "):
        return True
    say("Nothing was deleted.")
    return False


def _print(name: str, database: Database, what: Belongings, out: Output) -> None:
    if out.json:
        out.document({**_document(name, database, what), "deleted": False})
        return
    for line in _lines(name, database, what):
        click.echo(clean(line, 500))


def _document(name: str, database: Database, what: Belongings) -> dict[str, Any]:
    return {
        "name": name,
        "database": database.name,
        "rows": what.rows,
        "file_bytes": what.file_bytes,
        "copies": [str(copy) for copy in what.copies],
    }


def _tell(lines: Sequence[str]) -> None:
    for line in lines:
        say(line)


def _lines(name: str, database: Database, what: Belongings) -> list[str]:
    from ..units import number, size

    lines = [f"This removes {name} from {database.name}, with"]
    for table, words in _WORDS.items():
        if count := what.rows.get(table):
            lines.append(
                f"  {number(count)} {words}" + (f" ({size(what.file_bytes)})" if table == "activities" else "")
            )
    lines += [f"  the copy {copy}" for copy in what.copies]
    lines.append("Garmin's copy is not touched.")
    return lines


async def _removing(remove: Any) -> Removed:
    from .progress import ProgressLine

    line = ProgressLine()
    done: list[str] = []

    def tell(what: str) -> None:
        done.append(what)
        line.show("delete", min(len(done) / (len(_WORDS) + 2), 1.0), what)

    try:
        removed: Removed = await remove(tell)
        return removed
    finally:
        line.clear()


def _tell_done(name: str, database: Database, what: Belongings, removed: Removed, out: Output) -> int:
    """The exit code: whether anything was left."""
    if out.json:
        out.document({**_document(name, database, what), "deleted": True, "problems": removed.problems})
    for problem in removed.problems:
        say(f"left: {clean(problem, 300)}")
    return _PARTLY if removed.problems else 0
