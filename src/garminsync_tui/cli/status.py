"""`garminsync status` and `coverage`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from .. import __version__
from ..account_words import sign_in_needed
from ..errors import SignInRequired
from .dates import DAY
from .home import Command, Home, pass_home, waits
from .names import known_metrics
from .output import Output, listing, say

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from ..config import Config
    from ..garmin.providers import Missing
    from ..store.glance import Glance, Registered, Totals

_PARTLY_DONE = 5
_SHOWN = 200


# ── Status ───────────────────────────────────────────────────────────────────────────────────────────


@click.command(cls=Command)
@listing
@pass_home
@waits
async def status(home: Home, out: Output) -> int:
    """One screen of facts.

    The exit code serves as a health check: 0 all is well, 3 sign-in needed, 5 some items failed.
    """
    file = home.database_file()
    if file is not None and not file.exists():
        return _nothing_yet(str(file), out)
    seen, database = await _look(home, file)
    config = home.config()
    failed = _failed(_asked_for(seen, config))
    if out.json:
        out.document(_document(seen, database, failed))
    else:
        out.facts(_lines(seen, database, config))
    if seen.account is None:
        say("hint: What is here can be read and exported; `garminsync login` lets a sync fetch what is not.")
        return SignInRequired.exit_code
    if seen.account.sign_in_needed_since:
        say(f"hint: {sign_in_needed(seen.account.provider).hint}")
        return SignInRequired.exit_code
    return _PARTLY_DONE if failed else 0


def _nothing_yet(where: str, out: Output) -> int:
    if out.json:
        out.document({"account": None, "database": {"name": where, "exists": False}, "version": __version__})
    else:
        out.facts([("status", "nothing yet"), ("database", f"{where} (not made yet)")])
    say("hint: `garminsync login` links your account, `garminsync import` takes files, `garminsync demo` looks around.")
    return SignInRequired.exit_code


async def _look(home: Home, file: Path | None) -> tuple[Glance, str]:
    """What is there, and the name of the database it is in."""
    from ..store.glance import at_file, look

    if file is not None and (seen := at_file(file)) is not None:
        return seen, str(file)
    async with home.opened() as (_, database):
        return await look(database), database.name


def _running(seen: Glance) -> list[Registered]:
    from ..jobs.liveness import lives

    return [runner for runner in seen.runners if lives(runner, seen.now)]


def _asked_for(seen: Glance, config: Config) -> list[Totals]:
    """Without the extras that the settings do not name, and what the sign-in does not give: none is tried again."""
    from ..garmin.endpoints import endpoints_of
    from ..garmin.providers import served
    from ..store.schema import ACTIVITY_FILE

    # A failure of any other is tried again whatever is chosen now.
    tried = {endpoint.name for endpoint in served(_provider(seen), endpoints_of("full", config["health.extras"]))}
    return [each for each in seen.coverage if each.endpoint in tried or each.endpoint == ACTIVITY_FILE]


def _provider(seen: Glance) -> str:
    return seen.account.provider if seen.account else "garminconnect"


def _failed(totals: list[Totals]) -> int:
    return sum(each.days for each in totals if each.status == "failed")


def _next_turns(seen: Glance) -> dict[str, datetime]:
    from ..jobs.turns import next_turn

    return {schedule.job_type: next_turn(schedule, seen.now) for schedule in seen.schedules}


def _lines(seen: Glance, database: str, config: Config) -> list[tuple[str, str]]:
    from ..account_words import PROVIDERS, token_state
    from ..jobs.words import TITLES
    from ..units import ago, number, size

    account, now = seen.account, seen.now
    lines = [("account", "none linked")]
    if account:
        name = account.display_name or account.garmin_user_id
        lines = [("account", f"{name} at {account.server}"), ("signed in", f"by {PROVIDERS[account.provider]}")]
        lines.append(("token", token_state(account).removeprefix("token ")))
    for job_type, moment in sorted(seen.synced.items()):
        lines.append((f"last {TITLES.get(job_type, job_type)}", ago(moment, now)))
    lines.append(("next", _next_line(seen)))
    lines += [("garmin", line) for line in garmin_lines(seen)]
    lines.append(("coverage", coverage_line(seen, config)))
    queued = ", ".join(f"{count} {status.replace('_', ' ')}" for status, count in sorted(seen.jobs.items()))
    lines.append(("jobs", queued or "none yet"))
    running = "; ".join(f"{row.kind} (process {row.pid} on {row.host}, {row.version})" for row in _running(seen))
    lines.append(("runner", running or "none: neither app nor daemon runs"))
    lines.append(("activities", number(seen.activities)))
    if seen.computed < seen.activities:
        lines.append(("figures", f"{number(seen.computed)} of {number(seen.activities)} activities computed"))
    lines.append(("files", verified_line(seen)))
    days = f", {seen.days[0]} to {seen.days[1]}" if seen.days[0] else ""
    lines.append(("health", f"{number(seen.readings)} readings{days}"))
    lines.append(("raw answers", f"{size(seen.raw_bytes)} in the database, for `garminsync reparse`"))
    lines.append(("database", f"{database} ({size(seen.size_bytes)}, schema {seen.revision})"))
    lines.append(("version", __version__))
    return lines


def verified_line(seen: Glance) -> str:
    """When the original files were last looked at, and what was wrong."""
    from ..jobs.words import VERIFIED, VERIFIED_PROBLEMS
    from ..units import ago, number

    found = seen.verified
    if found is None:
        return "not verified yet: run `garminsync verify`" if seen.activities else "none yet"
    how = {None: "by size", "all": "every byte read"}.get(found.was_read, f"part {found.was_read} of them read")
    wrong = [what for what in VERIFIED_PROBLEMS if found.counts.get(what)]
    told = [*wrong, *(what for what in ("adopted", "queued") if wrong and found.counts.get(what))]
    words = ", ".join(f"{number(found.counts[what])} {VERIFIED[what]}" for what in told)
    return f"verified {ago(found.at, seen.now)} ({how}): {words or 'all whole'}"


def _next_line(seen: Glance) -> str:
    from ..units import ago, local_time

    if not seen.schedules:
        return "nothing is scheduled"
    if seen.account and seen.account.sign_in_needed_since:
        return "after a new sign-in"
    if not any(row.kind in {"app", "daemon"} for row in _running(seen)):
        return "when the app or the daemon runs"
    first = min(_next_turns(seen).values())
    if (held := seen.wait()) and held.wait_until:
        first = max(first, held.wait_until)
    return f"{local_time(first)} ({ago(first, seen.now)})"


def garmin_lines(seen: Glance) -> list[str]:
    """Why Garmin is not asked now, or slower than the settings allow, and when that changes."""
    from ..jobs.words import held_off
    from ..units import ago, local_time

    lines = []
    server = seen.account.server if seen.account else None
    if held := seen.wait():
        when = f"{local_time(held.wait_until)} ({ago(held.wait_until, seen.now)})"
        lines.append(f"{held_off(blocked=held.blocked)}; next try {when}")
    elif any(pace.blocked and not pace.sign_in and pace.server == server for pace in seen.paces):
        lines.append("its gate (Cloudflare) was closed; the next request tries whether it is open")
    if held := seen.wait(sign_in=True):
        lines.append(f"signing in: next try {local_time(held.wait_until)} ({ago(held.wait_until, seen.now)})")
    lines += [
        f"slowed down to a request every {1 / pace.per_s:.2g} s, faster again with every good answer"
        for pace in seen.paces
        if pace.per_s and pace.server == server
    ]
    return lines


def _garmin(seen: Glance) -> dict[str, Any]:
    held, sign_in = seen.wait(), seen.wait(sign_in=True)
    server = seen.account.server if seen.account else None
    return {
        "next_try_at": held.wait_until if held else None,
        "blocked": bool(held and held.blocked),
        "slowed_to_per_s": next((pace.per_s for pace in seen.paces if pace.per_s and pace.server == server), None),
        "next_sign_in_at": sign_in.wait_until if sign_in else None,
    }


def coverage_line(seen: Glance, config: Config) -> str:
    """How much is here of what the settings ask for, where there is somebody to ask."""
    from ..garmin.endpoints import endpoints_of
    from ..garmin.providers import missing, served
    from ..store.schema import ACTIVITY_FILE

    totals = seen.coverage
    if seen.account is None:
        return "nothing is fetched without a sign-in"
    if not totals:
        return "nothing fetched yet"
    chosen = endpoints_of(config["health.samples"], config["health.extras"])
    health = [each for each in totals if each.endpoint != ACTIVITY_FILE]
    parts = [_health_line(health, {each.name for each in served(_provider(seen), chosen)})] if health else []
    if (others := len(missing(_provider(seen), chosen))) and health:
        parts.append(f"{others} kinds need another sign-in")
    files = {each.status: each.days for each in totals if each.endpoint == ACTIVITY_FILE}
    parts += [f"{files['failed']} activity files failed"] if "failed" in files else []
    return "; ".join(parts) or "activities complete"


def _health_line(totals: list[Totals], asked: set[str]) -> str:
    """What is missing of all that is `asked` for, between the first and the last day of any of it."""
    from ..units import number

    totals = [each for each in totals if each.endpoint in asked]
    if not totals:
        return "no health fetched yet"
    first = min(each.first for each in totals)
    settled = sum(each.days for each in totals if each.status in {"fetched", "empty"})
    failed = _failed(totals)
    to_fetch = sum(_not_asked_for(totals, asked).values()) + sum(each.days for each in totals if each.status == "stale")
    if not to_fetch and not failed:
        return f"health complete since {first}"
    # Rounded down: 100 % is said where nothing is missing.
    parts = [f"health {100 * settled // (settled + to_fetch + failed)} % complete since {first}"]
    parts += [f"{number(to_fetch)} answers to fetch"] if to_fetch else []
    parts += [f"{number(failed)} failed"] if failed else []
    return ", ".join(parts)


def _not_asked_for(totals: list[Totals], asked: set[str]) -> dict[str, int]:
    """For each chosen endpoint, how many days between the first and the last of any have not been asked for yet."""
    known = [each for each in totals if each.endpoint in asked]
    if not known:
        return {}
    days = (max(each.last for each in known) - min(each.first for each in known)).days + 1
    return {name: max(days - sum(each.days for each in known if each.endpoint == name), 0) for name in asked}


def _document(seen: Glance, database: str, failed: int) -> dict[str, Any]:
    account = seen.account
    return {
        "account": {
            "display_name": account.display_name,
            "garmin_user_id": account.garmin_user_id,
            "provider": account.provider,
            "server": account.server,
            "token_expires_at": account.token_expires_at,
            "sign_in_needed_since": account.sign_in_needed_since,
        }
        if account
        else None,
        "last_synced_at": seen.synced,
        "next_sync_at": _next_turns(seen),
        "garmin": _garmin(seen),
        "coverage": _by_endpoint(seen.coverage),
        "failed_items": failed,
        "verified": {
            "at": seen.verified.at,
            "read_data": seen.verified.was_read,
            **seen.verified.counts,
            "problems": seen.verified.problems,
        }
        if seen.verified
        else None,
        "jobs": seen.jobs,
        "runners": [
            {
                "kind": row.kind,
                "host": row.host,
                "pid": row.pid,
                "version": row.version,
                "started_at": row.started_at,
                "heartbeat_at": row.heartbeat_at,
            }
            for row in _running(seen)
        ],
        "activities": seen.activities,
        "activities_computed": seen.computed,
        "health": {"readings": seen.readings, "first_day": seen.days[0], "last_day": seen.days[1]},
        "database": {
            "name": database,
            "exists": True,
            "size_bytes": seen.size_bytes,
            "raw_bytes": seen.raw_bytes,
            "schema": seen.revision,
        },
        "version": __version__,
    }


def _by_endpoint(totals: list[Totals]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for each in totals:
        found.setdefault(each.endpoint, {})[each.status] = {
            "items": each.days,
            "first_day": each.first,
            "last_day": each.last,
        }
    return found


# ── Coverage ─────────────────────────────────────────────────────────────────────────────────────────


@click.command(cls=Command)
@click.option("--metric", metavar="M", help="Only what this health metric comes from.")
@click.option("--since", type=DAY, metavar="DATE", help="From this day on.")
@click.option("--until", type=DAY, metavar="DATE", help="Up to this day.")
@listing
@pass_home
@waits
async def coverage(home: Home, metric: str | None, since: date | None, until: date | None, out: Output) -> int:
    """What is fetched, empty at Garmin, failed (and why) or stale; and what needs another way of signing in.

    Days that came from files are told beside it: "fit" from a watch, "archive" from an account archive. Of those that
    are stale a file told a part, and a sync asks for the rest.
    """
    from ..garmin.endpoints import endpoints_of
    from ..garmin.providers import missing as missing_in_health
    from ..garmin.providers import missing_beside_health, served
    from ..store import accounts
    from ..store import coverage as ledger
    from ..store.schema import ACTIVITY_FILE

    endpoint = _endpoint_of(metric)
    async with home.opened() as (config, database), database.read() as session:
        account = await accounts.active_account(database)
        every = await ledger.totals(session, since, until)
        totals = [each for each in every if endpoint in {None, each.endpoint}]
        failed = await ledger.entries(session, endpoint=endpoint, since=since, until=until, status="failed")
        notes = [each for each in await ledger.notes(session, since, until) if endpoint in {None, each.endpoint}]
        files = await ledger.from_files(session, since, until)
    files = {name: sources for name, sources in files.items() if endpoint in {None, name}}
    provider = account.provider if account else "garminconnect"
    chosen = endpoints_of(config["health.samples"], config["health.extras"])
    others = [
        each
        for each in [*missing_in_health(provider, chosen), *missing_beside_health(provider)]
        if endpoint in {None, each.endpoint}
    ]
    asked = {each.name for each in served(provider, chosen)}
    missing = {name: n for name, n in _not_asked_for(every, asked).items() if endpoint in {None, name}}
    # Of what nobody chose there is nothing to show where no more is known than that there is nothing.
    known = asked | {ACTIVITY_FILE, endpoint} | {each.endpoint for each in totals if each.status != "empty"}
    totals = [each for each in totals if each.endpoint in known]
    if out.json:
        out.document(
            {
                "endpoints": _by_endpoint(totals),
                "not_asked_for_days": missing,
                "other_sign_in_needed": [
                    {"what": each.endpoint, "metrics": each.metrics, "entirely": each.entirely} for each in others
                ],
                "days_from_files": files,
                "failed": [
                    {
                        "endpoint": each.endpoint,
                        "day": each.day,
                        "item": each.item or None,
                        "reason": each.reason,
                        "attempts": each.attempts,
                        "next_try_at": each.next_try_at,
                    }
                    for each in failed
                ],
                "notes": [
                    {
                        "endpoint": each.endpoint,
                        "day": each.day,
                        "status": each.status,
                        "note": each.reason,
                        "next_try_at": each.next_try_at,
                    }
                    for each in notes
                ],
            }
        )
        return 0
    if not totals:
        say("Nothing is here yet: `garminsync sync` fetches, `garminsync import` takes files.")
    else:
        _print_totals(totals, missing, files, out)
    _print_others(others, out)
    if failed:
        from ..units import local_time

        out.heading("Failed")
        out.table(
            ["what", "day", "item", "tries", "next try", "reason"],
            [
                (
                    each.endpoint,
                    str(each.day),
                    each.item,
                    str(each.attempts),
                    local_time(each.next_try_at),
                    each.reason or "",
                )
                for each in failed[:_SHOWN]
            ],
            right=["tries"],
        )
        _tell_more(len(failed))
    if notes:
        out.heading("Noted")
        out.table(
            ["what", "day", "is", "note"],
            [(each.endpoint, str(each.day), each.status, each.reason or "") for each in notes[:_SHOWN]],
        )
        _tell_more(len(notes))
    return 0


def _print_others(others: list[Missing], out: Output) -> None:
    """What the account's way of signing in does not give."""
    if not others:
        return
    out.heading("Needs another sign-in")
    out.table(
        ["what", "gives", "not given"],
        [(each.endpoint, "nothing" if each.entirely else "a part", ", ".join(each.metrics) or "—") for each in others],
    )
    say("An official API key does not give these; any other way of `garminsync login` does. What is here stays.")


def _tell_more(count: int) -> None:
    if count > _SHOWN:
        say(f"… and {count - _SHOWN} more; --since and --until narrow it down.")


def _print_totals(totals: list[Totals], missing: dict[str, int], files: dict[str, dict[str, int]], out: Output) -> None:
    from ..models import COVERAGE_STATUSES
    from ..units import number

    endpoints: dict[str, list[Totals]] = {name: [] for name in missing}
    for each in totals:
        endpoints.setdefault(each.endpoint, []).append(each)
    rows = []
    for endpoint, parts in sorted(endpoints.items()):
        counts = {part.status: part.days for part in parts}
        rows.append(
            (
                endpoint,
                *(number(counts.get(status, 0)) for status in COVERAGE_STATUSES),
                number(missing[endpoint]) if endpoint in missing else "—",
                str(min((part.first for part in parts), default="")),
                str(max((part.last for part in parts), default="")),
                *(
                    [", ".join(f"{source} {number(n)}" for source, n in files.get(endpoint, {}).items())]
                    if files
                    else []
                ),
            )
        )
    columns = ["what", *COVERAGE_STATUSES, "not yet", "first", "last", *(["from files"] if files else [])]
    out.table(columns, rows, right=[*COVERAGE_STATUSES, "not yet"], needed=6)


def _endpoint_of(metric: str | None) -> str | None:
    if metric is None:
        return None
    known_metrics([metric])
    from ..garmin.endpoints import endpoint_of

    return endpoint_of(metric).name
