"""What is offered while a workout is written fits its place, its sport and what is written already."""

from __future__ import annotations

import pytest

from garminsync_tui.workouts.completion import Exercises, completions
from garminsync_tui.workouts.text_parser import parse
from garminsync_tui.workouts.text_words import SPORTS

CATALOGUE = ["BENCH_PRESS", "BENCH_PRESS/BARBELL_BENCH_PRESS", "SQUAT", "SQUAT/BARBELL_BACK_SQUAT"]


def offered(text: str, exercises: Exercises = CATALOGUE) -> list[str]:
    """What may stand at the end of a text."""
    rows = text.split("\n")
    return [found.insert for found in completions(text, len(rows), len(rows[-1]) + 1, exercises)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("", ["run", "bike", "swim"]),
        ("b", ["bike"]),
        ("multi\n-- b", ["bike"]),
        ("multi\n--", ["-- run", "-- bike"]),
        ("run: w", ["wu"]),
        ("run: wu 10", ["10min", "10s", "10km"]),
        ("run: 6", ["6x(", "6min"]),
        ("run: 800", ["800x(", "800min", "800s", "800m"]),
        ("run\nwu 10:00 @", ["@z1", "@z2", "@z3"]),
        ("run: 10:00 @ea", ["@easy"]),
        ("run: 10:00 @3:50-4:00", ["@3:50-4:00/km", "@3:50-4:00/mi"]),
        ("run: 10:00 @10", ["@10k", "@10bpm"]),
        ("bike: 10:00 @230-245", ["@230-245w", "@230-245%ftp"]),
        ("bike: 10:00 @pz3 &", ["&z1"]),
        ("swim\n8x\n  100m fr", ["free"]),
        ("swim: 100m @", ["@css", "@css+5"]),
        ("swim: 100m @1:40", ["@1:40/100m"]),
        ("swim: 100m +p", ["+paddles", "+pullbuoy"]),
        ("swim p", ["pool 25m"]),
        ("multi t", ["transitions"]),
        ("strength: 8", ["8x(", "8reps"]),
        ("strength: 8reps squat", ["SQUAT", "SQUAT/BARBELL_BACK_SQUAT"]),
        ("strength: 8reps barbell_sq", ["SQUAT/BARBELL_BACK_SQUAT"]),
        ("strength: 8reps SQUAT 60", ["60kg", "60lb"]),
        ("multi\n-- run\n5km\n-- swim\n100m f", ["fly", "free"]),
        ('run: 10:00 "w', []),
        ("run: 10:00 # w", []),
        ("run: 10:00 @z1 @", []),
    ],
)
def test_what_comes_first(text: str, first: list[str]) -> None:
    found = offered(text)
    assert found[: len(first)] == first
    assert first or not found


def test_what_a_step_has_already_is_not_offered_again() -> None:
    nothing_yet, with_kind, with_all = (offered(f"run: {text}") for text in ("", "wu ", "wu 10:00 @z2 &z3 "))
    assert {"wu", "lap", "@", "for 10:00("} <= set(nothing_yet)
    assert {"lap", "@"} <= set(with_kind) and not {"wu", "rest", "for 10:00("} & set(with_kind)
    assert with_all == []
    assert "&" in offered("run: 10:00 @z2 ")
    assert "wu" in offered("run: wu 10:00; ") and "wu" in offered("run: 5x(")
    assert not {"free", "kick", "+fins"} & set(offered("swim: 50m free kick +fins "))


def test_strokes_are_of_the_pool_and_exercises_of_the_gym() -> None:
    assert not {"free", "on1:45"} & set(offered("run: "))
    assert not {"SQUAT"} & set(offered("run: S"))
    assert "hr>" not in offered("swim: ")


def test_the_caller_may_look_for_exercises_itself() -> None:
    asked: list[str] = []

    def look(word: str) -> list[str]:
        asked.append(word)
        return ["ROW/SEATED_CABLE_ROW"]

    assert offered("strength: 8reps rw", look)[-1] == "ROW/SEATED_CABLE_ROW"
    assert asked == ["rw"]


@pytest.mark.parametrize("sport", [sport for sport in SPORTS.word.values() if sport != "multi"])
@pytest.mark.parametrize(
    "before", ["", "wu ", "lap ", "5x(", "@", "lap &", "10", "wu 250", "lap @130", "lap @4:30", "+", "s"]
)
def test_all_that_is_offered_can_be_read(sport: str, before: str) -> None:
    text = f"{sport}: {before}"
    for found in completions(text, 1, len(text) + 1, CATALOGUE):
        assert found.description
        written = text[: len(text) - found.replaces] + found.insert
        # What needs something more to be whole
        written += {"(": "lap", ">": "130", "<": "130", "@": "z2", "&": "z2", " ": "100-120bpm/10min/5"}.get(
            written[-1], ""
        )
        written += ")" * (written.count("(") - written.count(")"))
        assert parse(written).problems == (), written
