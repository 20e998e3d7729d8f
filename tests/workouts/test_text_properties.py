"""Whatever a definition holds, its text reads as the same again, and reading any text at all never fails.

`GARMINSYNC_FUZZ_CASES` sets how many definitions and texts are tried (`just fuzz`).
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, given, settings

from garminsync_tui.workouts.definition import Workout
from garminsync_tui.workouts.text_parser import parse
from garminsync_tui.workouts.text_printer import print_workout

from .strategies import workouts

CASES = int(os.environ.get("GARMINSYNC_FUZZ_CASES", "300"))
SETTINGS = settings(
    max_examples=CASES,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@SETTINGS
@given(workouts())
def test_text_reads_as_what_was_printed(workout: Workout) -> None:
    for one_line in (False, True):
        text = print_workout(workout, one_line=one_line)
        parsed = parse(text, workout)
        assert parsed.problems == (), text
        assert parsed.workout == workout, text
        assert print_workout(parsed.workout, one_line=one_line) == text
        assert len(text.splitlines()) == 1 or not one_line
