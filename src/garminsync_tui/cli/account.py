"""`garminsync login`, `logout`, `account` and `user`."""

from __future__ import annotations

import os
import sys
from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from ..account_words import token_state
from ..dates import parse_day
from ..errors import AlreadyRunning, UsageProblem, WrongCode
from ..text import clean
from .dates import DAY
from .home import Command, Group, Home, pass_home, waits
from .output import Output, confirmed, listing, say
from .secret import secret

if TYPE_CHECKING:
    from ..config import Config
    from ..garmin.sign_in import CodeNeeded
    from ..models import GarminConnectAccount
    from ..sync.session import Linking

_SERVERS = {"com": "https://garmin.com", "cn": "https://garmin.cn"}
_MOST_CODES = 3
_MOST_ANSWERS = 3


# ── Linking ──────────────────────────────────────────────────────────────────────────────────────────


@click.command(cls=Command)
@click.option("--method", type=click.Choice(["garminconnect"]), default="garminconnect", help="How to sign in.")
@click.option("--region", type=click.Choice(list(_SERVERS)), help="garmin.com (default) or garmin.cn.")
@click.option("--server", metavar="URL", help="A simulator on this machine instead.")
@click.option("--email", metavar="ADDRESS", help="Asked for where it is not given.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of stdin.")
@click.option("--since", type=DAY, metavar="DATE", help="How far back health shall go: 2019-01-01, 5y.")
@pass_home
@waits
async def login(
    home: Home,
    method: str,
    region: str | None,
    server: str | None,
    email: str | None,
    password_stdin: bool,
    since: date | None,
) -> int:
    """Link a Garmin account.

    The password is used once and never stored; the tokens that Garmin gives are kept sealed. Where Garmin asks
    for a security code, it is asked for here; and at the first time how far back health shall go, unless --since
    says it.
    """
    import asyncio

    if region and server:
        raise UsageProblem("--region and --server exclude each other.")
    try:
        return await _link(home, server or _SERVERS[region or "com"], email, password_stdin, since)
    except asyncio.CancelledError:
        say("\nerror: stopped; nothing was linked.")
        # The thread that waits for Garmin cannot be interrupted, and would hold up the end by its time-outs.
        os._exit(130)


async def _link(home: Home, server: str, email: str | None, password_stdin: bool, since: date | None) -> int:
    from ..daemon import ensure_schedules
    from ..garmin.server import Server
    from ..jobs.queue import Queue
    from ..sync.session import Linking

    where = Server.parse(server)
    async with home.opened() as (config, database):
        email = email or _ask("Garmin e-mail address: ")
        password = secret("password", "Garmin password: ", from_stdin=password_stdin)
        linking = Linking(database, config.paths, where.url, on_strategy=_tell_strategy)
        outcome = await linking.start(email, password)
        del password
        account = await _with_code(linking, outcome)
        sys.stdout.write(
            f"linked {clean(account.display_name or account.garmin_user_id)} at {where.name}; {token_state(account)}\n"
        )
        sys.stdout.flush()
        # Before there are schedules: a daemon that runs already would begin with the usual year.
        _choose_history(config, since)
        await ensure_schedules(Queue(database), config)
        say("Now run `garminsync sync`, or `garminsync` for the app.")
    return 0


async def _with_code(linking: Linking, outcome: GarminConnectAccount | CodeNeeded) -> GarminConnectAccount:
    """The account, after a security code where Garmin asks for one."""
    from ..models import GarminConnectAccount

    if isinstance(outcome, GarminConnectAccount):
        return outcome
    say(f"Garmin sent a security code ({clean(outcome.method, 40)}).")
    for left in range(_MOST_CODES - 1, -1, -1):
        try:
            return await linking.finish(_ask("Security code: "))
        except WrongCode as problem:
            if not left:
                raise
            say(f"{problem.message} {problem.hint}")
    raise AssertionError("unreachable")


def _tell_strategy(number: int, of: int, name: str) -> None:
    say(f"trying {number} of {of}: {clean(name, 40)}")


def _choose_history(config: Config, since: date | None) -> None:
    """Write down how far back health goes: to `since`, else to what the person says where there is one to ask."""
    from ..sync import history

    today = datetime.now().astimezone().date()
    if since is None and config.health_since is None and sys.stdin.isatty():
        since = _asked_history(today)
    if since is None:
        return
    config.save("health.since", str(since))
    price = history.cost(since, today, config["health.samples"], config["sync.requests_per_second"])
    say(f"Health goes back to {since}: {price}.")
    if config.health_since != since:
        say(f"For now it goes back to {config.health_since}: GARMINSYNC_SINCE goes before the config file.")


def _asked_history(today: date) -> date | None:
    for _ in range(_MOST_ANSWERS):
        sys.stderr.write("How far back shall health go? 1m, 1y, 5y or a date [a year]: ")
        sys.stderr.flush()
        answer = sys.stdin.readline().strip()
        if not answer:
            return None
        try:
            return parse_day(answer, "Health since", today)
        except UsageProblem as problem:
            say(f"{problem.message} {problem.hint}")
    say("It stays at a year; `garminsync config edit` changes it.")
    return None


def _ask(question: str) -> str:
    """A line from the person, asked on stderr. Raises UsageProblem where there is none."""
    sys.stderr.write(question)
    sys.stderr.flush()
    answer = sys.stdin.readline()
    if not answer.strip():
        if not answer.endswith("\n"):
            say("")
        raise UsageProblem("No answer was given.", hint="Give --email, and --password-stdin in scripts.")
    return answer.strip()


@click.command(cls=Command)
@pass_home
@waits
async def logout(home: Home) -> int:
    """End the link. The tokens are forgotten; everything synced stays."""
    from ..store import accounts

    async with home.opened() as (_, database):
        account = await accounts.active_account(database)
        if account is None:
            say("No account is linked; nothing to do.")
            return 0
        await accounts.unlink(database, account.id)
        name = clean(account.display_name or account.garmin_user_id)
        say(f"{name} is no longer linked. Everything synced stays; `garminsync login` links it again.")
    return 0


# ── The account ──────────────────────────────────────────────────────────────────────────────────────


@click.group(cls=Group, invoke_without_command=True)
@listing
@click.pass_context
def account(context: click.Context, out: Output) -> int | None:
    """Show the linked account, or delete it with all its data."""
    if context.invoked_subcommand is not None:
        return None
    home = context.find_object(Home)
    assert home is not None
    return _show(home, out)


@waits
async def _show(home: Home, out: Output) -> int:
    from ..store import accounts
    from ..units import local_time

    async with home.opened() as (_, database):
        found = await accounts.require_account(database)
    if out.json:
        out.document(
            {
                "id": found.id,
                "provider": found.provider,
                "server": found.server,
                "garmin_user_id": found.garmin_user_id,
                "display_name": found.display_name,
                "time_zone": found.time_zone,
                "linked_at": found.linked_at,
                "token_expires_at": found.token_expires_at,
                "sign_in_needed_since": found.sign_in_needed_since,
            }
        )
    else:
        out.facts(
            [
                ("account", found.display_name or found.garmin_user_id),
                ("garmin user id", found.garmin_user_id),
                ("provider", found.provider),
                ("server", found.server),
                ("time zone", found.time_zone or "unknown"),
                ("linked", local_time(found.linked_at)),
                ("token", token_state(found)),
            ]
        )
    return 3 if found.sign_in_needed_since else 0


@account.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_home
@waits
async def delete(home: Home, yes: bool) -> int:
    """Delete the account with its activities, files, health data and jobs. There is no way back."""
    from ..jobs.queue import Queue
    from ..store import accounts
    from ..store.removal import belongings, delete_account
    from ..units import number, size

    async with home.opened() as (config, database):
        found = await accounts.require_account(database)
        if await Queue(database).list(status="in_progress", limit=1):
            raise AlreadyRunning("A job is running.", hint="Stop it first: `garminsync jobs list`, then cancel it.")
        what = await belongings(database, found.id)
        name = clean(found.display_name or found.garmin_user_id)
        say(f"This removes {name} from {database.name}, with")
        say(f"  {number(what.activities)} activities and their files ({size(what.file_bytes)}),")
        say(f"  {number(what.readings)} health readings,")
        say(f"  {number(what.jobs)} jobs.")
        say("Garmin's copy is not touched.")
        if not yes and not confirmed("Delete all of it? [y/N] "):
            say("Nothing was deleted.")
            return 1
        await delete_account(database, found.id, config.paths.files)
        say(f"{name} and its data are deleted.")
    return 0


# ── The local user ───────────────────────────────────────────────────────────────────────────────────


@click.group(cls=Group)
def user() -> None:
    """The local user, whose password gates the app's screen.

    It keeps people away from a terminal that was left open. It protects nothing from who can read the files as you
    or as root, and commands and the daemon never ask for it: for that use permissions and encryption of the disk.

    After four wrong passwords in a row each next one has to wait longer, up to a quarter of an hour.
    """


def _new_password(from_stdin: bool) -> str:
    return secret("password", "New password for the app: ", from_stdin=from_stdin, twice=True)


@user.command()
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of stdin.")
@click.option("--no-password", is_flag=True, help="Open the app without asking.")
@pass_home
@waits
async def create(home: Home, name: str, password_stdin: bool, no_password: bool) -> int:
    """Make the local user. There is one; the first `login` makes it without a password."""
    from ..store import accounts

    async with home.opened() as (_, database):
        password = None if no_password else _new_password(password_stdin)
        made = await accounts.create_user(database, name, password)
        say(f"{clean(made.username)} is the local user.")
    return 0


@user.command()
@click.option("--password-stdin", is_flag=True, help="Read the new password from the first line of stdin.")
@click.option("--none", "remove", is_flag=True, help="Take the password away.")
@pass_home
@waits
async def password(home: Home, password_stdin: bool, remove: bool) -> int:
    """Set, change or remove the app's password; the old one is not asked for. Open apps ask for the new one."""
    from ..store import accounts

    async with home.opened() as (_, database):
        chosen = None if remove else _new_password(password_stdin)
        found = await accounts.ensure_user(database)
        await accounts.set_password(database, found.id, chosen)
        say("The app asks for no password now." if remove else "The password is changed.")
    return 0


@user.command()
@pass_home
@waits
async def lock(home: Home) -> int:
    """Let every open app ask for the password again: for the terminal that was left open elsewhere."""
    from ..store import unlocking

    async with home.opened() as (_, database):
        await unlocking.lock(database)
    say("Every app that is open on this database asks for the password now.")
    return 0
