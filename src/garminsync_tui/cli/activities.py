"""`garminsync activities`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..dates import iso
from ..errors import FileDamaged, UsageProblem
from ..ids import activity_id
from ..transfer.activity_files import FORMATS, number_in, summary
from .computed import NO_ACTIVITIES
from .home import Group, Home, pass_home, waits
from .output import Output, listing, say
from .rows import into, is_file, refuse_terminal, rows_to, say_written

if TYPE_CHECKING:
    from ..filters import Condition
    from ..formats import Track
    from ..models import Activity
    from ..store.database import Database
    from ..sync.examine import Examined
    from ..transfer.rows import Form
    from ..units import Units
    from .activity_show import Spans

_LISTED = 50
_PAGE_ROWS = 500
#: Column → key of the JSON document.
_COLUMNS = {"id": "garmin_activity_id"} | {
    name: name
    for name in (
        "start_time", "utc_offset_s", "activity_type", "name", "duration_s", "distance_m", "calories_kcal",
        "avg_heart_rate_bpm", "max_heart_rate_bpm", "ascent_m", "file_type", "file_path", "size_bytes", "sha256",
        "remote_deleted_at",
    )
}  # fmt: skip
_SORTS = ("date", "dist", "time", "name", "type", "kcal")


@click.group(cls=Group)
def activities() -> None:
    """Stored activities. ID is Garmin's id, or ours or the end of ours."""


# ── List ─────────────────────────────────────────────────────────────────────────────────────────────


@activities.command("list")
@click.argument("filter_terms", nargs=-1, metavar="[FILTER]…")
@click.option("--limit", type=click.IntRange(1), help="At most so many: 50, or all where --format is given.")
@click.option("--all", "everything", is_flag=True, help="Without a limit.")
@click.option("--sort", type=click.Choice(_SORTS), default="date", show_default=True)
@click.option("--ascending", is_flag=True, help="Smallest or oldest first.")
@click.option("--format", "form", type=click.Choice(["csv", "jsonl"]), help="Rows for other programs.")
@into
@listing
@pass_home
@waits
async def list_activities(
    home: Home,
    filter_terms: tuple[str, ...],
    limit: int | None,
    everything: bool,
    sort: str,
    ascending: bool,
    form: Form | None,
    target: Path,
    force: bool,
    out: Output,
) -> int:
    """The activities that meet FILTER, newest first.

    FILTER is like `type:run dist>10 after:2026-09 hr<150 name~long`; quote what the shell would act on. Distances
    are kilometres, times minutes. With --format every row has these columns, in SI units:

    \b
    id                  Garmin's id
    start_time          the instant in UTC, like 2026-11-21T07:12:00Z
    utc_offset_s        seconds from UTC to the wall clock there
    activity_type, name
    duration_s, distance_m, calories_kcal
    avg_heart_rate_bpm, max_heart_rate_bpm, ascent_m
    file_type, file_path, size_bytes, sha256
    remote_deleted_at   when it was found to be deleted at Garmin, or empty
    """
    from ..filters import parse
    from ..store.activities import count, find

    if form and out.form != "text":
        raise click.UsageError("--format and --json or --plain exclude each other.")
    if is_file(target) and not form:
        raise click.UsageError("--output needs --format.")
    conditions = parse(" ".join(filter_terms))
    order: dict[str, Any] = {"order": sort, "descending": not ascending}
    if form:
        return await _write_rows(home, conditions, order, None if everything else limit, form, target, force)
    async with home.opened() as (config, database), database.read() as session:
        found = await find(session, conditions, **order, limit=None if everything else limit or _LISTED)
        total = await count(session, conditions)
    if out.json:
        out.document([summary(activity) for activity in found])
        return 0
    if not found:
        say("No activity meets this." if conditions else NO_ACTIVITIES)
        return 0
    out.table(
        ["id", "start", "type", "name", "distance", "time", "pace", "heart rate", "climb"],
        [_row(activity, config["display.units"]) for activity in found],
        right=["distance", "time", "pace", "heart rate", "climb"],
        needed=5,
    )
    if total > len(found):
        say(f"{len(found)} of {total}; --limit N or --all shows more.")
    return 0


async def _write_rows(
    home: Home,
    conditions: list[Condition],
    order: dict[str, Any],
    limit: int | None,
    form: Form,
    target: Path,
    force: bool,
) -> int:
    """Write activities in pages, so that memory does not grow with them."""
    from ..store.activities import find
    from ..units import number

    written = 0
    async with home.opened() as (_, database):
        with rows_to(target, list(_COLUMNS), form, force=force) as rows:
            while limit is None or written < limit:
                page_rows = _PAGE_ROWS if limit is None else min(_PAGE_ROWS, limit - written)
                async with database.read() as session:
                    page = await find(session, conditions, **order, limit=page_rows, offset=written)
                for activity in page:
                    row = summary(activity)
                    rows.write([_written(row[name]) for name in _COLUMNS.values()])
                written += len(page)
                if len(page) < page_rows:
                    break
    if is_file(target):
        say_written(f"{number(written)} activities", target)
    elif not written:
        say("No activity meets this." if conditions else NO_ACTIVITIES)
    return 0


def _written(value: Any) -> Any:
    return iso(value) if isinstance(value, datetime) else value


def _row(activity: Activity, units: Units) -> tuple[str, ...]:
    from .. import units as u

    extra = activity.extra or {}
    return (
        activity_id(activity.garmin_activity_id, activity.id),
        u.clock_at(activity.start_time, activity.utc_offset_s),
        activity.activity_type,
        activity.name or "",
        u.distance(activity.distance, units),
        u.duration(activity.duration),
        u.pace(activity.distance, activity.duration, activity.activity_type, units),
        u.number(number_in(extra, "averageHR")),
        u.elevation(number_in(extra, "elevationGain"), units),
    )


# ── Show ─────────────────────────────────────────────────────────────────────────────────────────────


@activities.command()
@click.argument("activity_id", metavar="ID")
@click.option("--explain", is_flag=True, help="Below each number its formula and where it comes from.")
@listing
@pass_home
@waits
async def show(home: Home, activity_id: str, explain: bool, out: Output) -> int:
    """One activity: what Garmin says of it, and all that its file tells.

    Numbers are computed from the file now, for the athlete of that day: the settings under athlete, else what the
    watch wrote, else what Garmin had found by then. Garmin's own figures stand beside them under their own names.
    What is approximate is marked with ≈.
    """
    from ..store.activities import one
    from ..sync.examine import examine
    from .activity_show import document, print_all

    seen: Examined | None = None
    problem = ""
    async with home.opened() as (config, database):
        async with database.read() as session:
            activity = await one(session, activity_id)
        try:
            seen = await examine(database, config, activity)
        except FileDamaged as damage:
            problem = damage.reason
        records = await _records(database, activity, seen)
    track = seen.track if seen else None
    if out.json:
        out.document(
            {
                **summary(activity),
                "metadata": activity.extra or {},
                "file_problem": problem or (activity.extra or {}).get("file_problem"),
                "warnings": list(track.warnings) if track else [],
                "records": len(track) if track else 0,
                "device": asdict(track.device) if track and track.device else None,
                "laps": [asdict(lap) for lap in track.laps] if track else [],
                **document(activity, seen, records, explain=explain),
            }
        )
        return 0
    units: Units = config["display.units"]
    out.facts(_facts(activity, track, problem, units))
    print_all(activity, seen, records, units, out, explain=explain)
    return 0


async def _records(database: Database, activity: Activity, seen: Examined | None) -> Spans:
    """The spans over which this activity holds the all-time record."""
    from ..store.plain import AskedSession
    from ..store.records import records

    if seen is None or not seen.measured.bests:
        return frozenset()
    async with database.read() as session:
        best = await records(AskedSession(session), seen.measured.sport)
    return frozenset((each.kind, each.span) for each in best if each.activity_id == activity.id)


def _facts(activity: Activity, track: Track | None, problem: str, units: Units) -> list[tuple[str, str]]:
    from .. import units as u

    extra = activity.extra or {}
    at_garmin = activity.garmin_activity_id.isdecimal()
    lines = [
        ("name", activity.name or "—"),
        ("type", activity.activity_type),
        ("start", u.clock_at(activity.start_time, activity.utc_offset_s)),
        ("distance", u.distance(activity.distance, units, decimals=2)),
        ("time", u.duration(activity.duration)),
        ("pace", u.pace(activity.distance, activity.duration, activity.activity_type, units)),
        ("heart rate", _mean_and_highest(number_in(extra, "averageHR"), number_in(extra, "maxHR"))),
        ("climb", u.elevation(number_in(extra, "elevationGain"), units)),
        ("energy", u.calories(activity.calories)),
        ("Garmin id" if at_garmin else "id", activity_id(activity.garmin_activity_id, activity.id)),
        ("file", f"{activity.file_type}, {u.size(activity.size_bytes)}, {extra.get('file_origin', 'original')}"),
    ]
    if extra.get("manualActivity"):
        lines.append(("recorded", "by nobody: typed in by hand"))
    if activity.remote_deleted_at:
        lines.append(("at Garmin", f"gone since {u.local_time(activity.remote_deleted_at)}; kept here"))
    if track and not extra.get("manualActivity"):
        laps = "1 lap" if len(track.laps) == 1 else f"{len(track.laps)} laps"
        lines.append(("recorded", f"{u.number(len(track))} points, {laps}"))
    if track:
        if track.device:
            made_by = (track.device.manufacturer, track.device.product, track.device.software)
            lines.append(("device", " ".join(part for part in made_by if part) or "unknown"))
        lines += [("note", warning) for warning in track.warnings]
    if problem:
        lines.append(("file problem", problem))
    return lines


def _mean_and_highest(mean: float | None, highest: float | None) -> str:
    from ..units import heart_rate

    return f"{heart_rate(mean)}, at most {heart_rate(highest)}" if highest else heart_rate(mean)


# ── File ─────────────────────────────────────────────────────────────────────────────────────────────


@activities.command()
@click.argument("activity_id", metavar="ID")
@click.option(
    "--output", "-o", "target", type=click.Path(path_type=Path), metavar="PATH", help="A new file, or a folder."
)
@pass_home
@waits
async def file(home: Home, activity_id: str, target: Path | None) -> int:
    """Write the original file, byte for byte, to PATH or to stdout."""
    import asyncio

    from ..store.activities import one
    from ..store.files import FileStore

    if target is None:
        refuse_terminal()
    async with home.opened() as (config, database):
        async with database.read() as session:
            activity = await one(session, activity_id)
        source = await FileStore(config.paths.files).open(database, activity)
    written = await asyncio.to_thread(_copy, source, target)
    if written:
        say(f"written to {written}")
    return 0


def _copy(source: Path, target: Path | None) -> Path | None:
    """Copy a file to stdout, or to a new file; which one that is."""
    import shutil

    with source.open("rb") as original:
        if target is None:
            shutil.copyfileobj(original, sys.stdout.buffer)
            sys.stdout.buffer.flush()
            return None
        place = target / source.name if target.is_dir() else target
        try:
            with place.open("xb") as copy:
                shutil.copyfileobj(original, copy)
        except FileExistsError:
            raise UsageProblem(f"{place} is there already.", hint="Name another file.") from None
        return place


# ── Export ───────────────────────────────────────────────────────────────────────────────────────────


@activities.command()
@click.argument("activity_id", metavar="ID")
@click.option("--format", "form", type=click.Choice(FORMATS), required=True)
@click.option(
    "--output",
    "-o",
    "target",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="PATH",
    default="-",
    help="A new file, or a folder, where it is named <Garmin id>.<format>; - is stdout.",
)
@click.option("--force", is_flag=True, help="Replace the file if it is there already.")
@pass_home
@waits
async def export(home: Home, activity_id: str, form: str, target: Path, force: bool) -> int:
    """Write the recording of one activity in another format.

    Where the original is of that format already it is written byte for byte. csv has a row for each point; json is
    one document with the activity's numbers, sessions, laps, device, and the same columns under `columns`. Both have
    SI units, and nothing (in json: null) where a value is missing:

    \b
    time                         UTC, like 2026-11-21T07:12:00.000Z
    latitude_deg, longitude_deg  WGS 84
    altitude_m, distance_m       distance from the start
    speed_mps
    heart_rate_bpm, cadence_rpm, power_w
    temperature_c

    gpx holds the points with a position, without distance and speed; tcx holds no temperature; fit rounds times to
    seconds. tcx and fit need times.
    """
    from ..store.activities import one
    from ..store.files import FileStore
    from .activity_export import write_activity

    if form == "fit" and not is_file(target):
        refuse_terminal()
    async with home.opened() as (config, database):
        async with database.read() as session:
            activity = await one(session, activity_id)
        source = await FileStore(config.paths.files).open(database, activity)
    await write_activity(activity, source, form, target, force=force)
    return 0
