"""What keeps a workout from being pushed as it is meant: as it is written, and as what its terms mean today."""

from __future__ import annotations

from ..errors import InvalidWorkout
from .athlete import Athlete
from .athlete_terms import resolved
from .definition import Workout
from .findings import Exercises, Finding, check
from .names import named


def findings(workout: Workout, athlete: Athlete, exercises: Exercises | None = None) -> list[Finding]:
    """Everything that is wrong with a workout; a term that means nothing yet is a warning."""
    workout = named(workout)  # it gets a name when it is kept
    found = check(workout, exercises)
    try:
        ready = resolved(workout, athlete)
    except InvalidWorkout as problem:
        return [*found, Finding(problem.place, "warning", problem.reason, problem.hint)]
    if ready != workout:
        found += [each for each in check(ready, exercises) if each not in found]
    return sorted(found, key=lambda finding: (finding.place, finding.severity))
