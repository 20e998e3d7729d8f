"""`garminsync doctor`."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING, Literal, NamedTuple

import click

from .. import __version__
from .home import Command, Home, pass_home, waits
from .output import Output, listing, say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ..config import Config
    from ..store.coverage import Cause, LeftOut
    from ..store.database import SQLiteVersion
    from ..store.glance import Glance

_SHOWN = 20


class Finding(NamedTuple):
    """Something that was looked at: how it is, and what to do where it is not well."""

    level: Literal["ok", "note", "problem"]
    what: str
    hint: str = ""


@click.command(cls=Command)
@listing
@pass_home
@waits
async def doctor(home: Home, out: Output) -> int:
    """Look for what is not as it should be, and say what to do about it.

    The exit code is 1 where there is a problem.
    """
    from ..store import coverage
    from ..store.database import sqlite_version
    from ..store.glance import look

    async with home.opened() as (config, database):
        seen = await look(database)
        async with database.read() as session:
            causes, left_out = await coverage.causes(session), await coverage.left_out(session)
        engine = f"SQLite {sqlite_version().text}" if database.sqlite else "PostgreSQL"
        findings = [
            Finding("ok", f"garminsync {__version__}, database {database.name}, {engine}"),
            *(_old_sqlite(sqlite_version()) if database.sqlite else ()),
            *_open_to_others(config),
            *_verified(seen),
            *_failures(causes),
            *_drift(left_out),
        ]
    if out.json:
        out.document([finding._asdict() for finding in findings])
    else:
        _print(findings, out)
    return 1 if any(finding.level == "problem" for finding in findings) else 0


def _print(findings: list[Finding], out: Output) -> None:
    signs = {"ok": "✓", "note": "·", "problem": "✗"}
    for finding in findings:
        out.facts([(signs[finding.level], finding.what)])
        if finding.hint:
            out.facts([(" ", finding.hint)])
    if not any(finding.level != "ok" for finding in findings):
        say("Nothing is wrong.")


def _old_sqlite(version: SQLiteVersion) -> Iterator[Finding]:
    if version.may_lose_writes:
        yield Finding(
            "note",
            f"SQLite {version.text} has a rare fault with several writers, mended in 3.51.3.",
            "Let one process sync at a time, or use PostgreSQL, where several do.",
        )


def _open_to_others(config: Config) -> Iterator[Finding]:
    paths = config.paths
    for path in (paths.database, paths.files, paths.key, paths.config):
        if path.exists() and _mode(path) & (stat.S_IRWXG | stat.S_IRWXO):
            yield Finding(
                "problem",
                f"{path} can be opened by other users of this machine.",
                f"Run `chmod {'700' if path.is_dir() else '600'} {path}`.",
            )


def _verified(seen: Glance) -> Iterator[Finding]:
    """What the newest look at the original files found."""
    from .status import verified_line

    if not seen.activities and seen.verified is None:
        return
    line = f"Original files: {verified_line(seen)}"
    if seen.verified is None:
        yield Finding("note", line, "`garminsync verify --read-data` reads every one of them.")
    elif seen.verified.problems:
        queued = seen.verified.counts.get("queued")
        fetch, mend = "`garminsync sync activities` fetches", "`garminsync verify --repair` mends what can be mended."
        yield Finding("problem", line, f"{fetch} what is queued; then verify again." if queued else mend)
        for problem in seen.verified.problems[:_SHOWN]:
            yield Finding("problem", problem, "See `garminsync jobs list` and `jobs show` for all of it.")
    else:
        yield Finding("ok", line)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _failures(causes: list[Cause]) -> Iterator[Finding]:
    for cause in causes[:_SHOWN]:
        days = "1 day" if cause.days == 1 else f"{cause.days} days"
        yield Finding(
            "problem",
            f"{cause.endpoint}: {days} failed, the newest {cause.newest}: {cause.reason}",
            "They are tried again by themselves; `garminsync coverage` shows when.",
        )


def _drift(left_out: list[LeftOut]) -> Iterator[Finding]:
    for each in left_out[:_SHOWN]:
        days = "1 day" if each.days == 1 else f"{each.days} days"
        yield Finding(
            "note",
            f"Left out of Garmin's answers: {each.values} {each.what}, on {days}, the newest {each.newest}.",
            "A newer garminsync may know this form; `garminsync reparse` then reads the kept answers again.",
        )
