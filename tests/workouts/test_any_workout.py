"""Whatever the schema takes can be estimated, and either resolved for an athlete or refused with its place."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from garminsync_tui.errors import InvalidWorkout
from garminsync_tui.workouts.athlete import Athlete
from garminsync_tui.workouts.athlete_terms import resolved, terms_changed
from garminsync_tui.workouts.definition import Workout
from garminsync_tui.workouts.estimate import estimate

from . import strategies

KNOWN = Athlete("male", 50, 190, 170, 250, 1000 / 260, 100 / 95, best_runs_s={5000: 1200.0})
HARDLY = Athlete(threshold_speed_mps=3.0, usual_speeds_mps={("running", None): 2.5, ("swimming", None): 0.9})
ATHLETES = [KNOWN, HARDLY, Athlete()]


@settings(max_examples=40, deadline=None)
@given(strategies.workouts(), st.sampled_from(ATHLETES))
def test_any_workout_is_estimated_and_resolved_or_refused(workout: Workout, athlete: Athlete) -> None:
    found = estimate(workout, athlete)
    assert found.time_words()
    assert found.distance_words()
    assert found.stress_words()
    assert found.seconds.assumed >= found.seconds.known >= 0
    if found.stress:
        assert 0 <= found.stress.low <= found.stress.points <= found.stress.high
    assert terms_changed(workout, athlete, athlete) == []
    try:
        plain = resolved(workout, athlete)
    except InvalidWorkout as refused:
        assert refused.hint
        return
    assert Workout.read(plain.stored()) == plain
    # What is resolved needs no athlete any more.
    assert resolved(plain, Athlete()) == plain
