"""`garminsync keys`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageProblem
from .home import Group, Home, pass_home, waits
from .output import Output, listing, say
from .secret import secret

if TYPE_CHECKING:
    from ..store.vault import KeyState

_NONE_YET = "There is no key yet: the first `garminsync login` makes one."


def _passphrase_options[F: Callable[..., Any]](function: F) -> F:
    for option in (
        click.option("--passphrase-fd", type=click.IntRange(min=0), metavar="N", help="Read it from an open file."),
        click.option("--passphrase-stdin", is_flag=True, help="Read it from the first line of stdin."),
    ):
        function = option(function)
    return function


@click.group(cls=Group)
def keys() -> None:
    """The key that opens the stored tokens of Garmin.

    Tokens are sealed in the database under a data key. That one lies there too, wrapped by a key outside the
    database, which is taken from the first of: the systemd credential garminsync-key, the file that
    GARMINSYNC_KEY_FILE names, GARMINSYNC_KEY, the system's keyring where keys.source says so, the file `key`.

    Without it nothing but the tokens is lost: sign in again. docs/keys.md has the whole of it.
    """


@keys.command()
@listing
@pass_home
@waits
async def show(home: Home, out: Output) -> int:
    """Where the key comes from and what it opens; never the key itself."""
    from ..errors import KeyMissing
    from ..store.vault import key_state

    async with home.opened() as (_, database):
        state = await key_state(database, home.config().paths)
    if out.json:
        out.document(
            {
                "source": state.source,
                "fingerprint": state.fingerprint,
                "problem": state.problem.message if state.problem else None,
                "data_keys": [each._asdict() for each in state.ring],
            }
        )
    else:
        _print(state, out)
    closed = any(each.sealed and not each.opens for each in state.ring)
    return KeyMissing.exit_code if closed else 0


def _print(state: KeyState, out: Output) -> None:
    from ..units import local_time

    facts = [("key from", state.source)]
    if state.fingerprint:
        facts.append(("fingerprint", state.fingerprint))
    for each in state.ring:
        tokens = f"{each.sealed} sealed values" if each.sealed != 1 else "1 sealed value"
        opens = "opens" if each.opens else "does not open here"
        facts.append((f"data key {each.key_id}", f"{opens}, {tokens}, made {local_time(each.created_at)}"))
    out.facts(facts)
    if not state.ring:
        say("There is no token that it would open." if state.fingerprint else _NONE_YET)
    elif state.problem:
        say(f"{state.problem.message} {state.problem.hint}")


@keys.command()
@click.option("--outer", is_flag=True, help="Replace the key outside the database, too.")
@listing
@pass_home
@waits
async def rotate(home: Home, outer: bool, out: Output) -> int:
    """Seal all tokens under a new data key; the old one opens nothing afterwards.

    With --outer the key outside the database is replaced as well: where somebody may have seen it. Other machines on
    this database then need the new one (keys export), and another database that this key opened asks for a sign-in.
    Backups and copies made before still hold what the old keys open.
    """
    from ..store.vault import Vault, key_state

    async with home.opened() as (config, database):
        if not (await key_state(database, config.paths)).ring:
            raise UsageProblem(_NONE_YET, hint="There is nothing to rotate.")
        vault = await Vault.open(database, config.paths)
        done = await vault.rotate(database, outer=outer)
        state = await key_state(database, config.paths)
    if out.json:
        out.document({**done._asdict(), "source": state.source, "fingerprint": state.fingerprint, "outer": outer})
        return 0
    out.facts([("data key", str(done.key_id)), ("sealed again", str(done.resealed))])
    if done.left:
        say(f"{done.left} values did not open with this key and stay as they were.")
    if outer:
        say(f"The key in {state.source} is replaced (fingerprint {state.fingerprint}).")
    return 0


@keys.command()
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace the file if it is there already.")
@_passphrase_options
@pass_home
@waits
async def export(home: Home, target: Path, force: bool, passphrase_stdin: bool, passphrase_fd: int | None) -> int:
    """Write the key into FILE under a passphrase, for another machine on the same database.

    Who has FILE and guesses the passphrase has the key: choose a long one, and delete FILE when it was imported.
    """
    from ..new_file import new_file
    from ..store.exported_key import exported
    from ..store.outer_key import fingerprint
    from ..store.vault import Vault

    _only_one(passphrase_stdin, passphrase_fd)
    async with home.opened() as (config, database):
        outer = (await Vault.open(database, config.paths)).outer
        passphrase = secret(
            "passphrase", "Passphrase for the file: ", from_stdin=passphrase_stdin, fd=passphrase_fd, twice=True
        )
        with new_file(target, replace=force) as file:
            file.write(exported(outer, passphrase))
    say(f"{target} holds the key (fingerprint {fingerprint(outer)}) under your passphrase.")
    say(f"On the other machine: `garminsync keys import {target.name}`, then delete the file.")
    return 0


@keys.command("import")
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path))
@_passphrase_options
@pass_home
@waits
async def import_(home: Home, source: Path, passphrase_stdin: bool, passphrase_fd: int | None) -> int:
    """Take the key from FILE, which `keys export` wrote on another machine.

    It is taken only where it opens this database. A key that was here before is kept beside it.
    """
    from ..store.exported_key import read_exported
    from ..store.outer_key import fingerprint
    from ..store.vault import take_key

    _only_one(passphrase_stdin, passphrase_fd)
    async with home.opened() as (config, database):
        passphrase = secret("passphrase", "Passphrase of the file: ", from_stdin=passphrase_stdin, fd=passphrase_fd)
        key = read_exported(source, passphrase)
        where = await take_key(database, config.paths, key)
    say(f"The key (fingerprint {fingerprint(key)}) is in {where} now. Delete {source.name}.")
    return 0


def _only_one(from_stdin: bool, fd: int | None) -> None:
    if from_stdin and fd is not None:
        raise UsageProblem("--passphrase-stdin and --passphrase-fd exclude each other.")
