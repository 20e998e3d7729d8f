"""`garminsync workouts new` and `edit`: text from the command line, a file, stdin or an editor."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageProblem, WorkoutChanged
from ..new_file import Draft
from ..text import clean
from .home import Command, Home, pass_home, waits
from .output import say

if TYPE_CHECKING:
    from ..config import Config
    from ..paths import Paths
    from ..store.database import Database
    from ..workouts.definition import Workout

_PROBLEMS_SHOWN = 10
_TEMPLATE = """\
run "New workout"
wu 10:00 @z2
4x
  3:00 @z4
  rec 2:00
cd 10:00 @z1

# Everything after # is a comment. Empty the text to keep nothing.
# Sports: run bike swim strength cardio yoga pilates hiit mobility ruck walk other multi
# Steps:  wu cd rec rest main, else an interval; then how long: 10:00, 90s, 5km, 400m, lap, 12reps, 300kcal
# Target: @z2 @pz3 @140-150bpm @230-250w @88-94%ftp @4:05-4:15/km @85-95rpm; a second one with &
"""


@click.command(cls=Command)
@click.argument("text", required=False)
@click.option(
    "--file", "path", type=click.Path(path_type=Path, allow_dash=True), metavar="FILE",
    help="A file of text, JSON (ours or Garmin's), FIT or ZWO; - is stdin.",
)  # fmt: skip
@click.option("--from", "session", metavar="NAME", help="A session of `workouts library`.")
@click.option("--name", help="What it is to be called.")
@pass_home
@waits
async def new(home: Home, text: str | None, path: Path | None, session: str | None, name: str | None) -> int:
    """Write a workout: `garminsync workouts new "run: wu 10:00 @z2; 5x(400m @3:40-3:50/km, rest 90s); cd lap"`.

    Without TEXT your editor opens ($VISUAL or $EDITOR). Nothing goes to Garmin before `workouts push`. `garminsync
    workouts library` has sessions to start from.
    """
    from ..store import accounts, workouts
    from .workout_files import read_file, session_called

    if sum(each is not None for each in (text, path, session)) > 1:
        raise click.UsageError("TEXT, --file and --from exclude each other.")
    async with home.opened() as (config, database):
        if path is not None:
            read = read_file(path)
            for note in read.notes:
                say(f"note: {clean(note, 300)}")
            if read.workout is None or read.problems:
                raise _unreadable(str(path), read.problems)
            made: Workout | None = read.workout
        elif session is not None:
            made = _parsed(session_called(session).text)
        elif text is not None:
            made = _parsed(text)
        else:
            made = _edited(_TEMPLATE, config.paths, "new")
        if made is None:
            say("Nothing was kept.")
            return 1
        made = _named(made, name)
        user = await accounts.ensure_user(database)
        async with database.write() as writing:
            await workouts.add(writing, user.id, made.name or "", made.note, made.stored())
        await _say_findings(database, config, made)
    say(f"“{clean(made.name or '')}” is kept here; `garminsync workouts push` brings it to Garmin.")
    return 0


@click.command(cls=Command)
@click.argument("name")
@click.argument("text", required=False)
@pass_home
@waits
async def edit(home: Home, name: str, text: str | None) -> int:
    """Change a workout, as TEXT or in your editor ($VISUAL or $EDITOR).

    Text that cannot be read is not lost: the editor opens again on it, or it stays as a draft that the next edit opens.
    """
    from ..store import accounts, workouts
    from ..workouts.definition import Workout
    from ..workouts.ownership import read_only
    from ..workouts.text_printer import print_workout

    async with home.opened() as (config, database):
        account = await accounts.active_account(database)
        kept = await workouts.find(database, account.id if account else None, name)
        if kept.remote and (reason := read_only(kept.remote.base_document)):
            raise UsageProblem(
                f"“{clean(kept.workout.name)}” {reason}; it cannot be changed.",
                hint="`garminsync workouts duplicate` makes one of your own from it.",
            )
        before = Workout.read(kept.workout.workout_definition)
        if text is not None:
            after: Workout | None = _parsed(text, before)
        else:
            after = _edited(print_workout(before), config.paths, kept.workout.id.hex, before)
        after = _named(after, None if after.name else before.name) if after else None
        if after is None or after == before:
            say("Nothing was changed.")
            return 0 if after else 1
        try:
            async with database.write() as session:
                await workouts.change(
                    session, kept.workout.id, after.name or "", after.note, after.stored(),
                    before=kept.workout.workout_definition,
                )  # fmt: skip
        except WorkoutChanged as problem:
            draft = Draft(config.paths.drafts / f"{kept.workout.id.hex}.txt")
            draft.write(print_workout(after))
            hint = f"What you wrote is kept in {draft.path}: edit again to put it in the place of what is there now."
            raise WorkoutChanged(problem.message, hint=hint) from None
        await _say_findings(database, config, after, Workout.read(kept.remote.base_definition) if kept.remote else None)
    say(f"“{clean(after.name or '')}” is changed here; `garminsync workouts push` brings it to Garmin.")
    return 0


async def _say_findings(database: Database, config: Config, made: Workout, at_garmin: Workout | None = None) -> None:
    """What is to be mended before a push: it is kept all the same."""
    from ..sync.trainee import athlete_today
    from .workouts import findings

    for finding in findings(made, await athlete_today(database, config), at_garmin)[:_PROBLEMS_SHOWN]:
        sign = "to mend before a push" if finding.severity == "error" else finding.severity
        say(f"{sign}: {clean(str(finding), 300)}")


def _named(made: Workout, name: str | None) -> Workout:
    from msgspec.structs import replace

    from ..workouts.names import named

    return named(replace(made, name=name or made.name))


def _parsed(text: str, base: Workout | None = None) -> Workout:
    """The workout of a text. Raises UsageProblem with every place that cannot be read."""
    from ..workouts.text_parser import parse

    parsed = parse(text, base=base)
    if parsed.workout is None or parsed.problems:
        raise _unreadable("The text", parsed.problems)
    _tell_comments(len(parsed.comments))
    return parsed.workout


def _tell_comments(count: int) -> None:
    if count > 0:
        say(f"note: {count} {'comments are' if count > 1 else 'comment is'} not kept; a note in quotes is.")


def _unreadable(what: str, problems: Any) -> UsageProblem:
    for problem in list(problems)[1:_PROBLEMS_SHOWN]:
        say(f"also: {clean(str(problem), 300)}")
    if len(problems) > _PROBLEMS_SHOWN:
        say(f"… and {len(problems) - _PROBLEMS_SHOWN} more.")
    first = clean(str(problems[0]), 300) if problems else "it holds no steps"
    return UsageProblem(
        f"{what} cannot be read: {first}{'' if first.endswith('?') else '.'}",
        hint="`garminsync workouts library NAME` shows how workouts are written.",
    )


def _edited(text: str, paths: Paths, draft_name: str, base: Workout | None = None) -> Workout | None:
    """What a person makes of `text` in an editor; None where they keep nothing.

    Raises UsageProblem where there is no terminal, or where what was written stays as a draft.
    """
    from ..workouts.text_parser import parse

    if not sys.stdin.isatty():
        raise UsageProblem("An editor needs a terminal.", hint="Give the text as an argument, or --file - and stdin.")
    draft = Draft(paths.drafts / f"{draft_name}.txt")
    if (left := draft.read()) is not None:
        say("The draft of an earlier edit is opened.")
        text = left
    while True:
        written = click.edit(text, extension=".txt", require_save=False)
        if written is None or not written.strip():
            draft.drop()
            return None
        draft.write(written)
        parsed = parse(written, base=base)
        if parsed.workout is not None and not parsed.problems:
            draft.drop()
            # Those that the editor was opened with explain the form; they are nobody's own.
            _tell_comments(len(parsed.comments) - text.count("\n# "))
            return parsed.workout
        for problem in parsed.problems:
            say(f"error: {clean(str(problem), 300)}")
        say("Edit again? [Y/n] ")
        if sys.stdin.readline().strip().lower() in {"n", "no"}:
            raise UsageProblem("The text cannot be read yet.", hint=f"It is kept in {draft.path}: edit again to go on.")
        text = written
