"""Files of workouts, whatever they are: text, JSON of ours or Garmin's, FIT, ZWO."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import UsageProblem
from ..text import clean

if TYPE_CHECKING:
    from ..workouts.athlete import Athlete
    from ..workouts.definition import Place, Workout
    from ..workouts.library import Session

#: No workout is longer; a file that is, is something else.
_MOST_BYTES = 4 * 2**20


@dataclass(slots=True)
class Read:
    """What a file holds; `problems` are places in a text that cannot be read, `notes` what was left out."""

    workout: Workout | None
    problems: list[Any] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    #: Where each step stands in the text.
    places: dict[Place, Any] = field(default_factory=dict)

    def where(self, place: Place) -> Any:
        """The line of a step; that of what holds it where it has none."""
        while place and place not in self.places:
            place = place[:-1]
        return self.places.get(place)


def read_file(path: Path) -> Read:
    """The workout in a file; - is stdin. Raises GarminSyncError for what is no workout of any kind."""
    content = _content(path)
    if path.suffix.lower() == ".fit" or content[8:12] == b".FIT":
        from ..transfer.workout_from_fit import from_fit

        return _of_file(content, path, from_fit)
    if content.lstrip()[:1] == b"<":
        from ..transfer.workout_from_zwo import from_zwo

        return _of_file(content, path, from_zwo)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageProblem(
            f"{clean(str(path))} is neither text nor FIT.", hint="Workouts are text, JSON, FIT or ZWO files."
        ) from None
    if text.lstrip()[:1] == "{":
        return _of_json(text, path)
    from ..workouts.text_parser import parse

    parsed = parse(text)
    return Read(parsed.workout, list(parsed.problems), places=parsed.spans)


def _content(path: Path) -> bytes:
    if str(path) == "-":
        content = sys.stdin.buffer.read(_MOST_BYTES + 1)
    else:
        try:
            with path.open("rb") as file:
                content = file.read(_MOST_BYTES + 1)
        except OSError as problem:
            raise UsageProblem(
                f"{clean(str(path))} cannot be read: {problem.strerror}.",
                hint="Name a file of a workout, or - for stdin.",
            ) from None
    if len(content) > _MOST_BYTES:
        raise UsageProblem(f"{clean(str(path))} is too large for a workout.", hint="Name a file of one workout.")
    if not content.strip():
        raise UsageProblem(f"{clean(str(path))} is empty.", hint="Workouts are text, JSON, FIT or ZWO files.")
    return content


def _of_file(content: bytes, path: Path, read: Callable[[Path], tuple[Workout, Sequence[Any]]]) -> Read:
    """By a reader that wants a file, also where it came from stdin."""
    import tempfile

    if str(path) != "-":
        workout, lost = read(path)
    else:
        with tempfile.TemporaryDirectory() as folder:
            kept = Path(folder) / "stdin"
            kept.write_bytes(content)
            workout, lost = read(kept)
    return Read(workout, notes=[str(each) for each in lost])


def _of_json(text: str, path: Path) -> Read:
    from ..workouts.definition import Workout
    from ..workouts.garmin_reading import from_garmin
    from ..workouts.garmin_remarks import contradictions

    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as problem:
        where = f"line {problem.lineno}, column {problem.colno}" if isinstance(problem, json.JSONDecodeError) else ""
        raise UsageProblem(
            f"{clean(str(path))} is no JSON{': ' + where if where else ''}.", hint="It begins with { as JSON does."
        ) from None
    if isinstance(document, dict) and "workoutSegments" in document:
        return Read(from_garmin(document), notes=[str(odd) for odd in contradictions(document)])
    return Read(Workout.read(document))


def written(workout: Workout, form: str, athlete: Athlete) -> tuple[bytes, list[str]]:
    """A workout as a file of a form, and what that form cannot say. Raises InvalidWorkout."""
    if form == "text":
        from ..workouts.text_printer import print_workout

        return print_workout(workout).encode(), []
    if form == "json":
        return json.dumps(workout.stored(), indent=2).encode() + b"\n", []
    from ..workouts.athlete_terms import resolved

    ready = resolved(workout, athlete)
    if form == "garmin":
        from ..workouts.garmin_writing import to_garmin

        return json.dumps(to_garmin(ready), indent=2).encode() + b"\n", []
    from datetime import UTC, datetime

    from ..transfer.workout_to_fit import to_fit

    content, lost = to_fit(ready, datetime.now(UTC))
    return content, [str(each) for each in lost]


def session_called(name: str) -> Session:
    """A session of the library. Raises UsageProblem."""
    from difflib import get_close_matches

    from ..workouts.library import LIBRARY

    sessions = {session.name: session for session in LIBRARY}
    if name in sessions:
        return sessions[name]
    near = get_close_matches(name, sessions, 1)
    guess = f"Did you mean {near[0]}?" if near else "`garminsync workouts library` lists them."
    raise UsageProblem(f"There is no session “{clean(name, 60)}”.", hint=guess)
