"""`garminsync login`: the ways to link an account."""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from ..account_words import token_state
from ..dates import parse_day
from ..errors import GarminSyncError, UsageProblem, WrongCode
from ..text import clean
from .dates import DAY
from .home import Command, Home, pass_home, waits
from .output import confirmed, say
from .secret import secret

if TYPE_CHECKING:
    from ..config import Config
    from ..garmin.sign_in import CodeNeeded
    from ..models import GarminConnectAccount
    from ..sync.linking import Linking

_SERVERS = {"com": "https://garmin.com", "cn": "https://garmin.cn"}
_MOST_CODES = 3
_MOST_ANSWERS = 3


class Asked(NamedTuple):
    """What was given beside the method."""

    path: Path | None
    email: str | None
    password_stdin: bool
    key_stdin: bool
    yes: bool


@click.command(cls=Command)
@click.argument("path", required=False, type=click.Path(path_type=Path), metavar="[PATH]")
@click.option(
    "--method",
    type=click.Choice(["garminconnect", "ticket", "token-file", "garth", "personal-api"]),
    default="garminconnect",
    show_default=True,
    help="How to sign in.",
)
@click.option("--region", type=click.Choice(list(_SERVERS)), help="garmin.com (default) or garmin.cn.")
@click.option("--server", metavar="URL", help="A simulator on this machine instead.")
@click.option("--email", metavar="ADDRESS", help="Asked for where it is not given.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of stdin.")
@click.option("--key-stdin", is_flag=True, help="Read the API key from the first line of stdin.")
@click.option("--yes", is_flag=True, help="Do not ask whether a token file may be taken over.")
@click.option("--since", type=DAY, metavar="DATE", help="How far back health shall go: 2019-01-01, 5y.")
@pass_home
@waits
async def login(
    home: Home,
    path: Path | None,
    method: str,
    region: str | None,
    server: str | None,
    email: str | None,
    password_stdin: bool,
    key_stdin: bool,
    yes: bool,
    since: date | None,
) -> int:
    """Link a Garmin account, in one of these ways (--method):

    \b
    garminconnect  e-mail address and password; a security code where asked
    ticket         a sign-in in any browser: its ticket is pasted here
    token-file     the tokens of another program with garminconnect 0.3 or
                   ha-garmin; PATH, else ~/.garminconnect
    garth          a session that garth or an old garminconnect still has;
                   PATH, else GARTH_HOME, GARTH_TOKEN or ~/.garth
    personal-api   a key of Garmin's official Personal API: reads only, and less

    The password is used once and never stored; the tokens that Garmin gives are kept sealed. No secret is taken from
    the command line. At the first time it is asked how far back health shall go, unless --since says it.

    Linking the same account another way keeps everything that is here.
    """
    import asyncio

    if region and server:
        raise UsageProblem("--region and --server exclude each other.")
    asked = Asked(path, email, password_stdin, key_stdin, yes)
    _require_fitting(method, asked)
    try:
        return await _link(home, server or _SERVERS[region or "com"], method, asked, since)
    except asyncio.CancelledError:
        say("\nerror: stopped; nothing was linked.")
        # The thread that waits for Garmin cannot be interrupted, and would hold up the end by its time-outs.
        os._exit(130)


def _require_fitting(method: str, asked: Asked) -> None:
    """Raises UsageProblem for what a method has no use for, without repeating it: it may be a secret."""
    if asked.path is not None and method not in _WITH_PATH:
        raise UsageProblem(
            f"--method {method} takes no PATH.",
            hint="Secrets are asked for, or come by stdin: the command line is seen by others on this machine.",
        )
    if (asked.email or asked.password_stdin) and method != "garminconnect":
        raise UsageProblem(f"--email and --password-stdin are of no use with --method {method}.")
    if asked.key_stdin and method != "personal-api":
        raise UsageProblem(f"--key-stdin is of no use with --method {method}.", hint="Add --method personal-api.")


async def _link(home: Home, server: str, method: str, asked: Asked, since: date | None) -> int:
    from ..daemon import ensure_schedules
    from ..garmin.server import Server
    from ..jobs.queue import Queue
    from ..jobs.schedule import Scheduler
    from ..sync.linking import Linking

    where = Server.parse(server)
    async with home.opened() as (config, database):
        account = await _WAYS[method](Linking(database, config.paths, where.url, on_strategy=_tell_strategy), asked)
        sys.stdout.write(
            f"linked {clean(account.display_name or account.garmin_user_id)} at {where.name}; {token_state(account)}\n"
        )
        sys.stdout.flush()
        # Before there are schedules: a daemon that runs already would begin with the usual year.
        _choose_history(config, since, account.provider)
        queue = Queue(database)
        await ensure_schedules(queue, config)
        if any(row.kind in {"app", "daemon"} for row in await queue.runners()):
            await Scheduler(queue).due_now()  # what runs already would look for new schedules every half minute only
        say("Now run `garminsync sync`, or `garminsync` for the app.")
    return 0


# ── The ways ─────────────────────────────────────────────────────────────────────────────────────────


async def _by_password(linking: Linking, asked: Asked) -> GarminConnectAccount:
    email = asked.email or _answer("Garmin e-mail address: ")
    password = secret("password", "Garmin password: ", from_stdin=asked.password_stdin)
    outcome = await linking.start(email, password)
    del password
    return await _with_code(linking, outcome)


async def _with_code(linking: Linking, outcome: GarminConnectAccount | CodeNeeded) -> GarminConnectAccount:
    """The account, after a security code where Garmin asks for one."""
    from ..models import GarminConnectAccount

    if isinstance(outcome, GarminConnectAccount):
        return outcome
    say(f"Garmin sent a security code ({clean(outcome.method, 40)}).")
    for left in range(_MOST_CODES - 1, -1, -1):
        try:
            return await linking.finish(_answer("Security code: "))
        except WrongCode as problem:
            if not left:
                raise
            say(f"{problem.message} {problem.hint}")
    raise AssertionError("unreachable")


async def _by_ticket(linking: Linking, asked: Asked) -> GarminConnectAccount:
    say("Open this address in a browser, on this or any other machine, and sign in:")
    say(f"  {linking.browser_address}")
    say("The page then shows a ticket, ST-…, or its address has it. It is good once and for some minutes.")
    for left in range(_MOST_ANSWERS - 1, -1, -1):
        try:
            return await linking.with_ticket(_answer("Ticket or address: ", hint="Paste it, or pipe it into stdin."))
        except UsageProblem as problem:  # nothing was sent
            if not left or not _asks():
                raise
            say(f"{problem.message} {problem.hint}")
    raise AssertionError("unreachable")


async def _by_token_file(linking: Linking, asked: Asked) -> GarminConnectAccount:
    from ..garmin import token_file

    path = asked.path or token_file.usual()
    token_file.read(path)
    say(f"The tokens in {clean(str(path))} are taken over; the file stays as it is.")
    say("Only one program can go on with them: the first that renews them ends the other's sign-in.")
    if _asks() and not asked.yes and not confirmed("Take them over? [y/N] "):
        raise GarminSyncError("Nothing was linked; the tokens are the other program's.")
    return await linking.with_token_file(path)


async def _by_garth(linking: Linking, asked: Asked) -> GarminConnectAccount:
    from ..garmin import garth_session

    where = garth_session.source(asked.path)
    say(f"Resuming the session of garth's in {clean(where.name)}, which stays as it is.")
    account = await linking.with_garth(asked.path)
    ends = f": this one until {linking.session_ends_by:%Y-%m-%d} at the latest" if linking.session_ends_by else ""
    say(
        f"Such a session lasts about a year from its sign-in{ends}. None can be had any more: then sign in another way."
    )
    return account


async def _by_key(linking: Linking, asked: Asked) -> GarminConnectAccount:
    if not asked.key_stdin:
        say(f"A key is made at {linking.key_page} and shown there once.")
    account = await linking.with_key(secret("key", "API key: ", from_stdin=asked.key_stdin))
    say("A key reads only, and not everything: `garminsync coverage` names what needs another sign-in.")
    return account


_WAYS: dict[str, Callable[[Linking, Asked], Awaitable[GarminConnectAccount]]] = {
    "garminconnect": _by_password,
    "ticket": _by_ticket,
    "token-file": _by_token_file,
    "garth": _by_garth,
    "personal-api": _by_key,
}
_WITH_PATH = {"token-file", "garth"}


# ── Words ────────────────────────────────────────────────────────────────────────────────────────────


def _tell_strategy(number: int, of: int, name: str) -> None:
    say(f"trying {number} of {of}: {clean(name, 40)}")


def _choose_history(config: Config, since: date | None, provider: str) -> None:
    """Write down how far back health goes: to `since`, else to what the person says where there is one to ask."""
    from ..sync import history

    today = datetime.now().astimezone().date()
    if since is None and config.health_since is None and _asks():
        since = _asked_history(today)
    if since is None:
        return
    config.save("health.since", str(since))
    price = history.cost(since, today, config["health.samples"], config["sync.requests_per_second"], provider)
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


def _asks() -> bool:
    """Whether there is a person to ask."""
    return sys.stdin.isatty()


def _answer(question: str, *, hint: str = "Give --email, and --password-stdin in scripts.") -> str:
    """A line from the person, asked on stderr. Raises UsageProblem where there is none."""
    sys.stderr.write(question)
    sys.stderr.flush()
    answer = sys.stdin.readline()
    if not (answer.endswith("\n") and sys.stdin.isatty()):
        say("")  # nobody's Enter ended the line
    if not answer.strip():
        raise UsageProblem("No answer was given.", hint=hint)
    return answer.strip()
