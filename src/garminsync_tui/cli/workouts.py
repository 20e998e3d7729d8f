"""`garminsync workouts`: what is here, and files of workouts."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..text import clean
from .home import Group, Home, pass_home, waits
from .output import Output, listing, say
from .rows import into, is_file, refuse_terminal, say_written
from .workout_edit import edit, new
from .workout_sync import delete, pull, push, schedule, unschedule

if TYPE_CHECKING:
    from ..store.workouts import Kept
    from ..units import Units
    from ..workouts.athlete import Athlete
    from ..workouts.definition import Workout
    from ..workouts.estimate import Estimate
    from ..workouts.findings import Finding

_PROFILE_COLUMNS = 60
_BLOCKS = "▁▂▃▄▅▆▇█"
#: The share of the threshold that fills a column of the profile.
_FULL = 1.2


@click.group(cls=Group)
def workouts() -> None:
    """Structured workouts. NAME is a workout's name or the beginning of it, Garmin's id, or the end of ours."""


for command in (new, edit, push, pull, schedule, unschedule, delete):
    workouts.add_command(command)


@workouts.command("list")
@listing
@pass_home
@waits
async def list_workouts(home: Home, out: Output) -> int:
    """All workouts, with where each stands between here and Garmin.

    \b
    ○ draft              here alone
    ● synced             the same here and at Garmin
    ▲ edited             changed here: push it
    ▼ changed at Garmin  pull it
    ! conflict           changed on both sides: push it with a choice
    ! not as pushed      Garmin made something else of it
    ✗ gone at Garmin     deleted there
    """
    from ..store import accounts, workouts
    from ..sync.trainee import athlete_today
    from ..workouts.definition import Workout
    from ..workouts.estimate import estimate

    async with home.opened() as (config, database):
        account = await accounts.active_account(database)
        athlete = await athlete_today(database, config)
        async with database.read() as session:
            kept = await workouts.every(session, account.id if account else None)
        units: Units = config["display.units"]
    found = [(each, estimate(Workout.read(each.workout.workout_definition), athlete)) for each in kept]
    if out.json:
        out.document([_document(each, estimated) for each, estimated in found])
        return 0
    if not kept:
        say(
            "There are no workouts yet: `garminsync workouts new` writes one, `garminsync workouts pull` fetches yours."
        )
        return 0
    rows = [_row(each, estimated, units, out) for each, estimated in found]
    out.table(["name", "sport", "time", "distance", "state", "planned", "id"], rows, right=["time", "distance"])
    return 0


def _row(kept: Kept, estimated: Estimate, units: Units, out: Output) -> Sequence[str]:
    definition = kept.workout.workout_definition
    return (
        kept.workout.name,
        definition["sport"].replace("_", " "),
        estimated.time_words(),
        estimated.distance_words(units) if estimated.meters.known else "",
        _state(kept, out),
        ", ".join(f"{day:%d %b}" for day, _ in kept.days),
        kept.remote.garmin_workout_id if kept.remote else kept.workout.id.hex[-8:],
    )


def _state(kept: Kept, out: Output) -> str:
    """A sign and words, and words alone where they are read aloud."""
    return kept.state.value if out.form == "plain" else f"{kept.state.sign} {kept.state.value}"


def _document(kept: Kept, estimated: Estimate) -> dict[str, Any]:
    workout, remote = kept.workout, kept.remote
    return {
        "id": workout.id,
        "garmin_workout_id": remote.garmin_workout_id if remote else None,
        "name": workout.name,
        "description": workout.description,
        "sport": workout.workout_definition["sport"],
        "state": kept.state.value,
        "problem": remote.problem if remote else None,
        "duration_s": estimated.seconds.known,
        "distance_m": estimated.meters.known,
        "open_steps": estimated.seconds.open,
        "training_stress": estimated.stress.points if estimated.stress else None,
        "planned": [day for day, _ in kept.days],
        "updated_at": workout.updated_at,
        "uploaded_to_garmin_at": workout.uploaded_to_garmin_at,
    }


@workouts.command()
@click.argument("name")
@listing
@pass_home
@waits
async def show(home: Home, name: str, out: Output) -> int:
    """One workout as text, with what it takes and what is wrong with it."""
    from ..store import accounts, workouts
    from ..sync.trainee import athlete_today
    from ..workouts.definition import Workout
    from ..workouts.estimate import estimate

    async with home.opened() as (config, database):
        account = await accounts.active_account(database)
        kept = await workouts.find(database, account.id if account else None, name)
        athlete = await athlete_today(database, config)
        units: Units = config["display.units"]
    definition = Workout.read(kept.workout.workout_definition)
    estimated = estimate(definition, athlete)
    if out.json:
        out.document({**_document(kept, estimated), "workout_definition": kept.workout.workout_definition})
        return 0
    base = Workout.read(kept.remote.base_definition) if kept.remote else None
    _print(definition, estimated, findings(definition, athlete, base), units, out)
    out.facts(_garmin_side(kept, out))
    return 0


def _print(definition: Workout, estimated: Estimate, found: Sequence[Finding], units: Units, out: Output) -> None:
    from ..workouts.text_printer import print_workout

    for line in print_workout(definition).rstrip("\n").split("\n"):
        sys.stdout.write(clean(line, 1000) + "\n")
    facts = [("time", estimated.time_words())]
    if estimated.meters.known:
        facts.append(("distance", estimated.distance_words(units)))
    if assumed := estimated.assumed_words(units):
        facts.append(("with open steps", assumed))
    if estimated.stress:
        facts.append(("training stress", estimated.stress_words()))
    if out.form != "plain" and any(bar.share for bar in estimated.bars):
        facts.append(("profile", profile(estimated)))
    facts += [("note", f"{missing.unlocks} needs the setting {missing.setting}") for missing in estimated.missing]
    facts += [(finding.severity, str(finding)) for finding in found]
    out.heading("What it takes")
    out.facts(facts)


def profile(estimated: Estimate, columns: int = _PROFILE_COLUMNS) -> str:
    """How hard it is from start to end, each column an equal part of its time."""
    total = sum(bar.seconds for bar in estimated.bars)
    drawn: list[str] = []
    passed = 0.0
    for bar in estimated.bars:
        passed += bar.seconds
        sign = " " if bar.share is None else _BLOCKS[min(int(bar.share / _FULL * len(_BLOCKS)), len(_BLOCKS) - 1)]
        drawn.extend(sign for _ in range(round(passed / total * columns) - len(drawn)))
    return "".join(drawn)


def findings(definition: Workout, athlete: Athlete, at_garmin: Workout | None = None) -> list[Finding]:
    """What Garmin would not take, or would take otherwise; the athlete's words included."""
    from ..garmin.exercises import catalogue
    from ..workouts import readiness
    from ..workouts.findings import with_those_of

    known = catalogue()
    return readiness.findings(definition, athlete, with_those_of(known, at_garmin) if at_garmin else known)


def _garmin_side(kept: Kept, out: Output) -> list[tuple[str, str]]:
    from ..units import local_time

    remote = kept.remote
    facts = [("state", _state(kept, out))]
    if remote is None:
        return facts
    facts.append(("at Garmin", remote.garmin_workout_id))
    if kept.workout.uploaded_to_garmin_at:
        facts.append(("uploaded", local_time(kept.workout.uploaded_to_garmin_at)))
    facts += [("planned", f"{day:%a %d %b %Y}") for day, _ in kept.days]
    if remote.problem:
        facts.append(("problem", remote.problem))
    if remote.theirs is not None:
        from ..workouts.differences import same_meaning

        facts += [("at Garmin now", str(change)) for change in same_meaning(remote.base_document, remote.theirs)]
    return facts


@workouts.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True), metavar="FILE…")
@listing
@pass_home
@waits
async def check(home: Home, files: tuple[Path, ...], out: Output) -> int:
    """Look whether files hold workouts that Garmin would take: text, JSON (ours or Garmin's), FIT or ZWO.

    Prints one line for each finding, with file, line and column where the file has lines. The exit code is 0 where
    there are no errors, else 1. - is stdin.
    """
    from ..sync.trainee import athlete_today

    async with home.opened() as (config, database):
        athlete = await athlete_today(database, config)
    found = [found for path in files for found in _checked(path, athlete)]
    if out.json:
        out.document(found)
    else:
        for each in found:
            place = ":".join(str(each[part]) for part in ("file", "line", "column") if each[part] is not None)
            sys.stdout.write(clean(f"{place}: {each['severity']}: {each['message']}", 1000) + "\n")
    errors = sum(each["severity"] == "error" for each in found)
    if not errors and not out.json:
        doubts = ", with the warnings above" if found else ""
        say(f"{len(files)} {'files' if len(files) > 1 else 'file'} can be pushed{doubts}.")
    return 1 if errors else 0


def _checked(path: Path, athlete: Athlete) -> list[dict[str, Any]]:
    from ..errors import GarminSyncError
    from .workout_files import read_file

    def line(severity: str, message: str, place: Any = None) -> dict[str, Any]:
        return {
            "file": str(path),
            "line": getattr(place, "line", None),
            "column": getattr(place, "column", None),
            "severity": severity,
            "message": message,
        }

    try:
        read = read_file(path)
    except GarminSyncError as problem:
        return [line("error", problem.message)]
    found = [line("error", problem.message, problem) for problem in read.problems]
    if read.workout is not None and not found:
        for finding in findings(read.workout, athlete):
            found.append(line(finding.severity, str(finding), read.where(finding.place)))
    return found + [line("warning", note) for note in read.notes]


@workouts.command()
def schema() -> int:
    """The JSON Schema of a stored workout."""
    import json

    from ..workouts.definition import schema as of_workouts

    sys.stdout.write(json.dumps(of_workouts(), indent=2) + "\n")
    return 0


@workouts.command()
@click.argument("name", required=False)
@listing
def library(name: str | None, out: Output) -> int:
    """Classic sessions to start from; with NAME the text of one: `workouts new --from NAME` takes it over."""
    from ..workouts.library import LIBRARY
    from .workout_files import session_called

    if name is not None:
        sys.stdout.write(session_called(name).text)
    elif out.json:
        out.document([session._asdict() for session in LIBRARY])
    else:
        out.table(["name", "what for"], [(session.name, session.purpose) for session in LIBRARY])
    return 0


@workouts.command()
@click.argument("name")
@click.argument("copy", required=False)
@pass_home
@waits
async def duplicate(home: Home, name: str, copy: str | None) -> int:
    """A workout once more, as your own: also of one that belongs to a plan and cannot be changed."""
    from ..store import accounts, workouts
    from ..workouts.definition import Workout
    from ..workouts.ownership import as_mine

    async with home.opened() as (_, database):
        user = await accounts.ensure_user(database)
        account = await accounts.active_account(database)
        kept = await workouts.find(database, account.id if account else None, name)
        called = (copy or f"{kept.workout.name} (copy)").strip()
        mine = as_mine(Workout.read(kept.workout.workout_definition), called)
        async with database.write() as session:
            await workouts.add(session, user.id, called, mine.note, mine.stored())
    say(f"“{clean(called)}” is there; `garminsync workouts edit` changes it.")
    return 0


@workouts.command()
@click.argument("name")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "garmin", "fit"]), default="text", show_default=True
)
@into
@pass_home
@waits
async def export(home: Home, name: str, form: str, target: Path, force: bool) -> int:
    """Write a workout as text, as JSON (`workouts schema`), as Garmin's JSON, or as a FIT file for a watch."""
    from ..store import accounts, workouts
    from ..sync.trainee import athlete_today
    from ..workouts.definition import Workout
    from .workout_files import written

    async with home.opened() as (config, database):
        account = await accounts.active_account(database)
        kept = await workouts.find(database, account.id if account else None, name)
        athlete = await athlete_today(database, config)
    content, notes = written(Workout.read(kept.workout.workout_definition), form, athlete)
    for note in notes:
        say(f"note: {note}")
    if is_file(target):
        from ..new_file import new_binary_file

        with new_binary_file(target, replace=force) as file:
            file.write(content)
        say_written(f"“{clean(kept.workout.name)}”", target)
    elif form == "fit":
        refuse_terminal()
        sys.stdout.buffer.write(content)
    else:
        sys.stdout.write("".join(clean(line, 10_000) + "\n" for line in content.decode().rstrip("\n").split("\n")))
    return 0


@workouts.command("from-activity")
@click.argument("activity_id", metavar="ID")
@click.option("--name", help="What it is to be called.")
@click.option("--print", "only_print", is_flag=True, help="Print the text; keep nothing.")
@pass_home
@waits
async def from_activity(home: Home, activity_id: str, name: str | None, only_print: bool) -> int:
    """Turn the laps of a done activity into a workout."""
    from ..store import accounts, workouts
    from ..store.activities import one
    from ..sync.examine import examine
    from ..transfer.workouts import workout_of_recording
    from ..workouts.text_printer import print_workout

    async with home.opened() as (config, database):
        user = await accounts.ensure_user(database)
        async with database.read() as session:
            activity = await one(session, activity_id)
        examined = await examine(database, config, activity)
        made = workout_of_recording(examined.track, activity.activity_type, name or activity.name)
        if not only_print:
            async with database.write() as session:
                await workouts.add(session, user.id, made.name or "Workout", made.note, made.stored())
    for line in print_workout(made).rstrip("\n").split("\n"):
        sys.stdout.write(clean(line, 1000) + "\n")
    if not only_print:
        say(f"“{clean(made.name or 'Workout')}” is there; `garminsync workouts edit` changes it.")
    return 0
