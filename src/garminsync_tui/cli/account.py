"""`garminsync logout`, `account` and `user`."""

from __future__ import annotations

import click

from ..account_words import PROVIDERS, token_state
from ..text import clean
from .deletion import delete_account, delete_user, list_accounts
from .home import Command, Group, Home, pass_home, waits
from .output import Output, listing, say
from .secret import secret

# ── Unlinking ────────────────────────────────────────────────────────────────────────────────────────


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

    async with home.opened() as (config, database):
        found = await accounts.require_account(database)
        ends_by = None
        if found.provider == "garth":
            from ..sync.session import session_ends_by

            ends_by = await session_ends_by(database, config.paths, found)
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
                "session_ends_by": ends_by,
                "sign_in_needed_since": found.sign_in_needed_since,
            }
        )
    else:
        out.facts(
            [
                ("account", found.display_name or found.garmin_user_id),
                ("garmin user id", found.garmin_user_id),
                ("provider", PROVIDERS[found.provider]),
                ("server", found.server),
                ("time zone", found.time_zone or "unknown"),
                ("linked", local_time(found.linked_at)),
                ("token", token_state(found).removeprefix("token ")),
                *([("session", f"lasts until {ends_by:%Y-%m-%d} at the latest")] if ends_by else []),
            ]
        )
    return 3 if found.sign_in_needed_since else 0


account.add_command(list_accounts)
account.add_command(delete_account)


# ── The local user ───────────────────────────────────────────────────────────────────────────────────


@click.group(cls=Group)
def user() -> None:
    """The local user, whose password gates the app's screen.

    It keeps people away from a terminal that was left open. It protects nothing from who can read the files as you
    or as root, and commands and the daemon never ask for it: for that use permissions and encryption of the disk.

    After four wrong passwords in a row each next one has to wait longer, up to a quarter of an hour.
    """


user.add_command(delete_user)


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
