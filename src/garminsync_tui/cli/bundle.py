"""What `doctor --bundle` writes: a ZIP that helps with a bug and tells nothing of whose data it is."""

from __future__ import annotations

import contextlib
import getpass
import json
import platform
import re
import socket
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import __version__
from ..new_file import new_binary_file
from ..redaction import HIDDEN, redacted
from ..text import clean

if TYPE_CHECKING:
    from ..config import Config
    from ..store.database import Database
    from ..store.glance import Glance
    from .checkup import Finding

_LOG_LINES = 500
_JOBS = 50
_LONGEST_LINE = 1000
_SHORTEST_NAME = 3
#: Settings whose value may be anything, a secret or a body among them: only that they are set is told.
_UNTOLD = ("hooks.", "athlete.")
_PART = "[A-Za-z0-9_-]"
_SHAPES = tuple(
    re.compile(shape)
    for shape in (
        r"[^\s\"'<>()]+@[^\s\"'<>()]+\.[A-Za-z]{2,}",  # e-mail addresses
        r"(?<=://)[^\s/@\"']+@",  # user and password of a URL
        r"(?<=\?)[^\s\"']+",  # what a URL asks for
        rf"{_PART}{{10,}}\.{_PART}{{10,}}\.{_PART}*",  # tokens of three parts
        r"\b\d{6,}\b",  # Garmin's numbers of people and activities
        r"\b-?\d{1,3}\.\d{4,}\b",  # places
    )
)
_LONG = re.compile(r"[A-Za-z0-9+/_=-]{24,}")
_OUR_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def write(target: Path, config: Config, database: Database, seen: Glance, findings: Iterable[Finding]) -> None:
    """Write the bundle, for its owner only. Raises UsageProblem where the file is there already."""
    names = await _names(config, database, seen)
    documents = {
        "versions.json": _versions(database, seen),
        "doctor.json": [finding._asdict() for finding in findings],
        "settings.json": _settings(config),
        "status.json": _status(seen),
        "jobs.json": await _jobs(database),
    }
    with new_binary_file(target, replace=False) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, document in documents.items():
            text = json.dumps(_cleaned(document, names), indent=2, default=str, allow_nan=False)
            bundle.writestr(name, text)
        bundle.writestr("log.txt", "\n".join(_hidden(line, names) for line in _log(config)) + "\n")


# ── What is in it ────────────────────────────────────────────────────────────────────────────────────


def _versions(database: Database, seen: Glance) -> dict[str, Any]:
    from importlib.metadata import PackageNotFoundError, version

    from ..store.database import sqlite_version

    packages = {}
    for name in ("textual", "sqlalchemy", "aiosqlite", "asyncpg", "garminconnect", "httpx2", "cryptography"):
        try:
            packages[name] = version(name)
        except PackageNotFoundError:
            packages[name] = "not there"
    return {
        "garminsync": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "database": "SQLite" if database.sqlite else "PostgreSQL",
        "sqlite": sqlite_version().text,
        "schema": seen.revision,
        "packages": packages,
    }


def _settings(config: Config) -> dict[str, Any]:
    told = {}
    for name, value in config.values.items():
        shown: Any = value.value
        if name == "database.url" or name.startswith(_UNTOLD):
            shown = "set" if value.origin != "default" else "not set"
        told[name] = {"value": shown, "origin": value.origin}
    return told


def _status(seen: Glance) -> dict[str, Any]:
    account = seen.account
    return {
        "account": {
            "provider": account.provider,
            "server": account.server,
            "token_expires_at": account.token_expires_at,
            "sign_in_needed_since": account.sign_in_needed_since,
        }
        if account
        else None,
        "now": seen.now,
        "last_synced_at": seen.synced,
        "jobs": seen.jobs,
        "runners": [
            {"kind": row.kind, "version": row.version, "heartbeat_at": row.heartbeat_at} for row in seen.runners
        ],
        "paces": [pace._asdict() for pace in seen.paces],
        "activities": seen.activities,
        "activities_computed": seen.computed,
        "readings": seen.readings,
        "coverage": [[each.endpoint, each.status, each.days] for each in seen.coverage],
        "size_bytes": seen.size_bytes,
        "raw_bytes": seen.raw_bytes,
    }


async def _jobs(database: Database) -> list[dict[str, Any]]:
    from ..jobs.queue import Queue
    from ..jobs.words import error_code

    return [
        {
            "type": job.job_type,
            "status": job.status,
            "error_code": error_code(job),
            "error_message": job.error_message,
            "attempt": job.attempt,
            "crash_count": job.crash_count,
            "progress": job.progress,
            "created_at": job.created_at,
            "started_at": job.started_at,
            "completed_at": job.completed_at,
            "run_at": job.run_at,
        }
        for job in await Queue(database).list(limit=_JOBS)
    ]


def _log(config: Config) -> list[str]:
    from .log import log_file

    try:
        return log_file(config.paths).read_text("utf-8", "replace").splitlines()[-_LOG_LINES:]
    except OSError:
        return ["(no log)"]


# ── What is not ──────────────────────────────────────────────────────────────────────────────────────


async def _names(config: Config, database: Database, seen: Glance) -> list[tuple[str, str]]:
    """What tells who somebody is, and what stands for it; the longest first."""
    from ..store import accounts

    found = {str(Path.home()): "~", str(config.paths.database.parent): "HOME", socket.gethostname(): "HOST"}
    with contextlib.suppress(OSError, KeyError):  # a user without a name
        found[getpass.getuser()] = "USER"
    for name in await accounts.names(database):
        found[name] = "NAME"
    # A path keeps its form, and a name of one letter would be found everywhere.
    return sorted(
        ((name, word) for name, word in found.items() if len(name) >= _SHORTEST_NAME and name != "/"),
        key=lambda pair: -len(pair[0]),
    )


def _cleaned(value: Any, names: list[tuple[str, str]]) -> Any:
    if isinstance(value, str):
        return _hidden(value, names)
    if isinstance(value, dict):
        return {str(name): _cleaned(each, names) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(each, names) for each in value]
    return value


def _hidden(text: str, names: list[tuple[str, str]]) -> str:
    text = redacted(text)
    for name, word in names:
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", word, text, flags=re.IGNORECASE)
    for shape in _SHAPES:
        text = shape.sub(HIDDEN, text)
    text = _LONG.sub(lambda found: HIDDEN if _looks_random(found[0]) else found[0], text)
    return clean(text, _LONGEST_LINE)


def _looks_random(word: str) -> bool:
    """Whether a long word is a key or a token, and no path, name in a program or id of a row."""
    if "/" not in word:
        return any(each.isdigit() for each in word) and not _OUR_ID.fullmatch(word)
    return any(
        len(part) >= 8 and any(map(str.isdigit, part)) and any(map(str.isupper, part)) and any(map(str.islower, part))
        for part in word.split("/")
    )
