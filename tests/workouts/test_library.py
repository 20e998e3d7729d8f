"""The sessions to start from: each can be read, understood for an athlete, estimated and written as a file."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from garminsync_tui.garmin.exercises import catalogue
from garminsync_tui.transfer.workout_to_fit import to_fit
from garminsync_tui.workouts.athlete import Athlete
from garminsync_tui.workouts.athlete_terms import resolved
from garminsync_tui.workouts.estimate import estimate
from garminsync_tui.workouts.findings import check
from garminsync_tui.workouts.library import LIBRARY, Session
from garminsync_tui.workouts.text_parser import parse

ATHLETE = Athlete("female", 48, 184, 168, 220, 1000 / 275, 100 / 105)


def test_names_are_short_and_different() -> None:
    assert len(LIBRARY) >= 12
    assert len({session.name for session in LIBRARY}) == len(LIBRARY)
    for session in LIBRARY:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", session.name)
        assert len(session.purpose) <= 110
        assert session.purpose.endswith(".")


@pytest.mark.parametrize("session", LIBRARY, ids=lambda session: session.name)
def test_each_can_be_taken_as_it_is(session: Session) -> None:
    workout = parse(session.text).checked()
    assert not [each for each in check(resolved(workout, ATHLETE), exercises=catalogue()) if each.severity == "error"]
    plain = resolved(workout, ATHLETE)
    found = estimate(workout, ATHLETE)
    assert found.missing == ()
    assert not found.capped
    assert 900 <= found.seconds.assumed <= 7200
    assert (found.stress is None) == (workout.sport == "strength_training")
    _, lost = to_fit(plain, datetime(2026, 11, 28, tzinfo=UTC))
    if workout.sport in {"running", "cycling"}:
        assert {each.what for each in lost} <= {"the last rest is not left out"}
