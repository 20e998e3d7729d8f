"""What `status` shows, as one look at the database.

SQLite is asked through Python's own driver: prompts and health checks run `status`, and importing SQLAlchemy takes
longer than all of its questions. PostgreSQL is asked the same ones through `Database`.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from ..errors import DatabaseUnusable
from . import plain
from .schema import HEAD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .database import Database


class LinkedAccount(NamedTuple):
    """The account that syncs go to."""

    garmin_user_id: str
    display_name: str | None
    provider: str
    server: str
    active: bool
    token_expires_at: datetime | None
    #: Whether there is one.
    refresh_token: bool
    sign_in_needed_since: datetime | None


class Turns(NamedTuple):
    """A schedule that is on."""

    garmin_connect_account_id: UUID
    job_type: str
    every_s: int
    daily_at: str | None
    time_zone: str | None


class Registered(NamedTuple):
    """A process that said it runs jobs; whether it lives is `jobs.liveness`'s to say."""

    kind: str
    host: str
    pid: int
    version: str
    lock_path: str
    started_at: datetime
    heartbeat_at: datetime


class Verified(NamedTuple):
    """The newest look at the original files that came to its end."""

    at: datetime
    #: What was counted, by name: see `sync.verify`.
    counts: dict[str, int]
    #: The first things that were wrong.
    problems: list[str]
    #: Of the files, what was read: all, like "3/12", or None where only sizes were looked at.
    was_read: str | None


class Pace(NamedTuple):
    """How a server lets itself be asked, or signed in at."""

    server: str
    sign_in: bool
    #: Nobody asks before that.
    wait_until: datetime | None
    #: Whether its gate lets nothing through, or did so last.
    blocked: bool
    #: What refusals have slowed it down to; None where it is as fast as the settings allow.
    per_s: float | None
    #: By how much this machine's clock was ahead of its own when that was last seen.
    clock_ahead_s: float | None


class Totals(NamedTuple):
    """How much of an endpoint has which status."""

    endpoint: str
    status: str
    days: int
    first: date
    last: date


class Glance(NamedTuple):
    """How much is stored, and how the work stands."""

    #: The database's clock at the look.
    now: datetime
    account: LinkedAccount | None
    activities: int
    #: Of them those whose figures were computed.
    computed: int
    readings: int
    #: The days of the first and of the newest health value.
    days: tuple[date | None, date | None]
    #: Jobs by status.
    jobs: dict[str, int]
    #: When a job of each type last ended well.
    synced: dict[str, datetime]
    schedules: list[Turns]
    runners: list[Registered]
    paces: list[Pace]
    coverage: list[Totals]
    #: None where the files were never looked at.
    verified: Verified | None
    size_bytes: int
    #: Of it the compressed answers that `reparse` reads.
    raw_bytes: int
    revision: str

    def wait(self, *, sign_in: bool = False) -> Pace | None:
        """What holds requests of the account, or a sign-in, off for longer; None where nothing does."""
        waiting = [
            pace
            for pace in self.paces
            if pace.sign_in == sign_in
            and pace.wait_until
            and pace.wait_until > self.now
            and (self.account is None or self.account.server == pace.server)
        ]
        return max(waiting, key=lambda pace: pace.wait_until or self.now, default=None)


_QUESTIONS = {
    "account": """
        SELECT garmin_user_id, display_name, provider, server, active, token_expires_at, refresh_token IS NOT NULL,
               sign_in_needed_since
          FROM garmin_connect_accounts WHERE active""",
    "activities": "SELECT (SELECT count(*) FROM activities), (SELECT count(*) FROM activity_figures)",
    # Counts and the ends of each metric's rollup answer quickly at any size; the readings themselves would not.
    "health": """
        SELECT CAST(coalesce(sum(n), 0) AS BIGINT), min(first_day), max(last_day)
          FROM (SELECT n, (SELECT min(day) FROM health_daily d
                            WHERE d.garmin_connect_account_id = c.garmin_connect_account_id
                              AND d.metric_type = c.metric_type) AS first_day,
                          (SELECT max(day) FROM health_daily d
                            WHERE d.garmin_connect_account_id = c.garmin_connect_account_id
                              AND d.metric_type = c.metric_type) AS last_day
                  FROM health_counts c) stored""",
    "raw": "SELECT CAST(coalesce(sum(size_bytes), 0) AS BIGINT) FROM raw_responses",
    "jobs": "SELECT status, count(*) FROM sync_jobs GROUP BY status",
    "synced": """
        SELECT job_type, max(completed_at) FROM sync_jobs
         WHERE status = 'completed' AND completed_at IS NOT NULL
           AND garmin_connect_account_id IS NOT NULL -- local work brings nothing new
         GROUP BY job_type""",
    "verified": """
         SELECT completed_at, metadata FROM sync_jobs WHERE job_type = 'verify' AND completed_at IS NOT NULL
          ORDER BY completed_at DESC LIMIT 20""",
    "schedules": """
        SELECT garmin_connect_account_id, job_type, every_s, daily_at, time_zone FROM schedules
         WHERE enabled ORDER BY id""",
    "runners": """
        SELECT kind, host, pid, version, lock_path, started_at, heartbeat_at FROM runners ORDER BY started_at""",
    "paces": "SELECT scope, wait_until, blocks, rate_per_s, clock_ahead_s FROM request_budget ORDER BY scope",
    "coverage": """
        SELECT endpoint, status, count(*), min(day), max(day) FROM coverage
         GROUP BY endpoint, status ORDER BY endpoint, status""",
}
_FILE_CLOCK = "SELECT CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)"
_SERVER_FACTS = "SELECT clock_timestamp(), pg_database_size(current_database())"


def sqlite_file(url: str) -> Path | None:
    """The file that a database URL names; None where it names a server, or nothing."""
    kind, _, rest = url.partition("://")
    name = rest.removeprefix("/").partition("?")[0]
    if kind.partition("+")[0] != "sqlite" or not name or name == ":memory:":
        return None
    return Path(name).expanduser().absolute()


def at_file(path: Path) -> Glance | None:
    """Look at a SQLite database of this program's schema; None for anything else, which `Database` then explains."""
    with plain.at_file(path) as asked:
        if asked is None:
            return None
        try:
            [(now,)] = asked.answer(_FILE_CLOCK)
            answers = {name: asked.answer(question) for name, question in _QUESTIONS.items()}
        except DatabaseUnusable:
            return None
    return _glance(answers, now, file_bytes(path))


async def look(database: Database) -> Glance:
    """Look at an open database. Raises DatabaseUnusable, DatabaseBusy."""
    import sqlalchemy as sa

    async with database.read() as session:
        answers = {
            name: [tuple(row) for row in await session.execute(sa.text(question))]
            for name, question in _QUESTIONS.items()
        }
        if database.sqlite:
            now = await session.scalar(sa.text(_FILE_CLOCK))
            size_bytes = file_bytes(Path(str(database.url.database)))
        else:
            now, size_bytes = (await session.execute(sa.text(_SERVER_FACTS))).one()
    return _glance(answers, now, size_bytes)


def file_bytes(path: Path) -> int:
    """The size of a SQLite database with its write-ahead log."""
    files = (path, path.with_name(path.name + "-wal"))
    return sum(file.stat().st_size for file in files if file.is_file())


# ── From columns, as each database gives them ────────────────────────────────────────────────────────


def _glance(answers: Mapping[str, Sequence[tuple[Any, ...]]], now: Any, size_bytes: int) -> Glance:
    readings, first, last = answers["health"][0]
    activities, computed = answers["activities"][0]
    return Glance(
        now=_given(_instant(now)),
        account=next((_account(*row) for row in answers["account"]), None),
        activities=activities,
        computed=computed,
        readings=readings,
        days=(_day(first), _day(last)),
        jobs=dict(answers["jobs"]),
        synced={job_type: _given(_instant(moment)) for job_type, moment in answers["synced"]},
        schedules=[Turns(plain.uuid(account), *turns) for account, *turns in answers["schedules"]],
        runners=[_registered(*row) for row in answers["runners"]],
        paces=[_pace(*row) for row in answers["paces"]],
        coverage=[
            Totals(endpoint, status, days, _given(_day(first)), _given(_day(last)))
            for endpoint, status, days, first, last in answers["coverage"]
        ],
        verified=_verified(answers["verified"]),
        size_bytes=size_bytes,
        raw_bytes=answers["raw"][0][0],
        revision=HEAD,
    )


def _account(
    garmin_user_id: str,
    display_name: str | None,
    provider: str,
    server: str,
    active: Any,
    expires_at: Any,
    refresh_token: Any,
    sign_in_needed_since: Any,
) -> LinkedAccount:
    return LinkedAccount(
        garmin_user_id,
        display_name,
        provider,
        server,
        bool(active),
        _instant(expires_at),
        bool(refresh_token),
        _instant(sign_in_needed_since),
    )


def _registered(
    kind: str, host: str, pid: int, version: str, lock_path: str, started_at: Any, heartbeat_at: Any
) -> Registered:
    return Registered(kind, host, pid, version, lock_path, _given(_instant(started_at)), _given(_instant(heartbeat_at)))


def _pace(scope: str, wait_until: Any, blocks: int, rate_per_s: float, clock_ahead_s: float | None) -> Pace:
    kind, _, server = scope.partition(" ")
    return Pace(server, kind == "sign-in", _instant(wait_until), bool(blocks), rate_per_s or None, clock_ahead_s)


def _verified(rows: Sequence[tuple[Any, ...]]) -> Verified | None:
    for moment, document in rows:
        extra = json.loads(document) if isinstance(document, str) else document or {}
        if extra.get("error_code") in {None, "partly"} and "result" in extra:
            asked = extra.get("parameters", {})
            was_read = asked.get("subset") or ("all" if asked.get("read_data") else None)
            return Verified(_given(_instant(moment)), extra["result"], extra.get("failures", []), was_read)
    return None


def _instant(value: int | datetime | None) -> datetime | None:
    return None if value is None else plain.instant(value)


def _day(value: str | date | None) -> date | None:
    return None if value is None else plain.day(value)


def _given[T](value: T | None) -> T:
    assert value is not None, "the schema refuses NULL here"
    return value
