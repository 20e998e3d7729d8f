"""`garminsync doctor`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from . import checkup
from .checkup import Finding
from .home import Command, Home, pass_home, waits
from .output import Output, listing, say

if TYPE_CHECKING:
    from ..config import Config
    from ..store.database import Database
    from ..store.glance import Glance


@click.command(cls=Command)
@click.option(
    "--bundle",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Also write a ZIP for a bug report: findings, settings, log; no names, no secrets.",
)
@listing
@pass_home
@waits
async def doctor(home: Home, bundle: Path | None, out: Output) -> int:
    """Look for what is not as it should be, and say what to do about it.

    Nothing is changed and Garmin is not asked. The exit code is 1 where there is a problem.
    """
    from ..store.glance import look

    async with home.opened() as (config, database):
        seen = await look(database)
        findings = await findings_of(config, database, seen)
        if bundle is not None:
            from .bundle import write

            await write(bundle, config, database, seen, findings)
    if out.json:
        out.document([finding._asdict() for finding in findings])
    else:
        _print(findings, out)
    if bundle is not None:
        say(f"{bundle} is written. Look into it before you hand it on.")
    return 1 if any(finding.level == "problem" for finding in findings) else 0


async def findings_of(config: Config, database: Database, seen: Glance) -> list[Finding]:
    """All that is found of an installation."""
    from ..jobs.queue import Queue
    from ..store import coverage, originals
    from ..store.database import sqlite_version
    from ..store.vault import key_state
    from .log import log_file

    paths = config.paths
    async with database.read() as session:
        causes, left_out = await coverage.causes(session), await coverage.left_out(session)
        if database.sqlite:
            missing = seen.activities - checkup.stored_files(paths)
        else:
            missing = await originals.missing_in_database(session)
    return [
        *checkup.versions(database, seen, sqlite_version()),
        *checkup.log(log_file(paths)),
        *checkup.permissions(paths),
        *checkup.network(paths, database),
        *checkup.room(paths, database),
        *checkup.key(await key_state(database, paths), seen),
        *checkup.garmin(seen),
        *checkup.locks(await Queue(database).dead_runners(), seen),
        *checkup.originals(seen, missing),
        *checkup.coverage(seen, config),
        *checkup.failures(causes),
        *checkup.drift(left_out),
        *checkup.keymap(paths),
    ]


def _print(findings: list[Finding], out: Output) -> None:
    signs = {"ok": "✓", "note": "·", "problem": "✗"}
    for finding in findings:
        is_plain = out.form == "plain"
        out.facts([(finding.level if is_plain else signs[finding.level], finding.what)])
        if finding.hint:
            out.facts([("hint" if is_plain else " ", finding.hint)])
    if not any(finding.level != "ok" for finding in findings):
        say("Nothing is wrong.")
