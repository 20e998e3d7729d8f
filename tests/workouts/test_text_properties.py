"""Whatever a definition holds, its text reads as the same again, and reading any text at all never fails.

`GARMINSYNC_FUZZ_CASES` sets how many definitions are tried (`just fuzz`), and how many texts.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings

from garminsync_tui.text import clean
from garminsync_tui.workouts.completion import completions
from garminsync_tui.workouts.definition import Workout
from garminsync_tui.workouts.text_parser import LONGEST, Parsed, parse
from garminsync_tui.workouts.text_printer import print_workout

from .examples import EXAMPLES
from .strategies import workouts

CASES = int(os.environ.get("GARMINSYNC_FUZZ_CASES", "300"))
TEXTS = max(4 * CASES, 3334)
GROUPS = 2
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


# ── Texts of every kind of wrong ─────────────────────────────────────────────────────────────────────────────


def read(text: str) -> Parsed:
    """What a text says, after a look at all that must hold of it."""
    parsed = parse(text)
    rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert parsed.problems or parsed.workout
    assert len(parsed.problems) < 200 and len(parsed.items) < 1100
    for problem in parsed.problems:
        assert 1 <= problem.line <= len(rows), problem
        assert problem.column >= 1 and problem.column + problem.length <= len(rows[problem.line - 1]) + 2, problem
        assert clean(str(problem), 1000) == str(problem)
    for span in parsed.spans.values():
        assert span.column + span.length <= len(rows[span.line - 1]) + 2
    if parsed.workout:
        assert Workout.read(parsed.workout.stored()) == parsed.workout
        printed = print_workout(parsed.workout, comments=parsed.comments)
        again = parse(printed)
        assert again.problems == () and again.workout == parsed.workout, printed
        assert print_workout(again.workout, comments=again.comments) == printed
        assert len(again.comments) <= len(parsed.comments)
    return parsed


PIECES = (
    *"()[]{}\"';:,.@&+-/\\#!?%<>=xmkhz0123456789 \n\t\r",
    *(
        "5x(",
        "for 5:00(",
        "wu",
        "rest",
        "note",
        "--",
        "-- bike",
        "run",
        "multi",
        "pool 25m",
        "?{",
        '?{"garmin":{}}',
        "@",
    ),
    *("400m", "10:00", "ramp ", "/10min/5", "100-200w", "3:40-3:50/km", "hr>", "css+", "10k+5s", "%ftp", "lap", "60kg"),
    *(
        "SQUAT/",
        "ex:",
        "٣",
        "３",
        "²",
        "½",
        "๓",
        "𝟗",
        "\u2028",
        "\x85",
        "\u200b",
        "\ufeff",
        "\ud800",
        "é",
        "×",
        "–",
        "′",
    ),
    *("\x00", "\x1b[31m", "👩\u200d🚀"),
)


def _random_bytes(rng: random.Random) -> str:
    return rng.randbytes(rng.randrange(120)).decode(rng.choice(["utf-8", "latin-1", "utf-16-le"]), "replace")


def _pieces(rng: random.Random) -> str:
    return rng.choice(["", "run: ", "swim\n", "multi\n", "multi\n-- run\n"]) + "".join(
        rng.choices(PIECES, k=rng.randrange(25))
    )


def _changed(rng: random.Random) -> str:
    text = rng.choice(list(EXAMPLES.values()))
    for _ in range(rng.randrange(1, 6)):
        first, last = sorted(rng.choices(range(len(text) + 1), k=2))
        last = min(last, first + rng.choice([0, 1, 1, 2, 8, 40]))
        text = text[:first] + rng.choice(["", *rng.choices(PIECES, k=3), text[first:last] * 2]) + text[last:]
    return text


@pytest.mark.parametrize("group", range(GROUPS))
@pytest.mark.parametrize("kind", [_random_bytes, _pieces, _changed])
def test_any_text_is_read_or_named_wrong(kind: Callable[[random.Random], str], group: int) -> None:
    rng = random.Random(f"{kind.__name__}-{group}")
    for _ in range(TEXTS // GROUPS):
        text = kind(rng)
        read(text)
        completions(text, rng.randrange(1, 6), rng.randrange(1, 60), ["SQUAT"])


@pytest.mark.parametrize(
    "text",
    [
        "run: " + "(" * 1000 + ")" * 1000,
        "run: " + "2x(" * 1000 + "lap" + ")" * 1000,
        "run\n" + "\n".join(" " * depth + "2x" for depth in range(600)),
        "multi: " + "-- run: lap; " * 1500,
        "run: lap ?" + '{"garmin":' * 1000 + "1" + "}" * 1000,
        "run: lap ?" + '{"garmin":{"x":' + "[" * 20_000 + "]" * 20_000 + "}}",
        "run: lap " + "?{" * 90_000,
        'run: lap "' + "\\" * 190_000,
        'run: lap "' + "é" * 190_000 + '"',
        "run: ramp -" + "9" * 308 + "-" + "9" * 308 + "bpm/10min/5",
        "run: ramp 1-2w/" + "9" * 308 + "s/50",
        'run: lap ?{"garmin":{"x":1e999}}',
        'run: ?{"end":{"by":"time","seconds":1e999}}',
        'run: ?{"end":{"by":"time","seconds":' + "9" * 400 + "}}",
        'run: ?{"end":{"by":"reps","count":' + "9" * 400 + "}}",
        'run: lap ?{"garmin":{"x":' + "9" * 5000 + "}}",
        'run: lap ?{"target":{"is":"race_pace","meters":1e308,"offset_s":-1e308}}',
        "run: " + "9" * 190_000,
        "run: " + "9:" * 90_000,
        "run: " + "1h" * 90_000,
        "run: lap " + "1-" * 450 + "w",
        "run: " + "9" * 900 + "reps",
        "run: hr>" + "9" * 900,
        "run: rpe" + "9" * 900,
        "run: @" + "9" * 400 + "k",
        "run: @10k+" + "9" * 400,
        f"run: {'9' * 400}h {'9' * 400}km @{'9' * 400}:00/km {'9' * 400}kg",
        "run: " + "lap," * 45_000,
        "run: " + "x " * 90_000,
        "#\n" * 90_000,
        "run" + " " * 190_000,
        "run: lap" + "\n" * 190_000,
        "run: lap " + "#" * 190_000,
        "x" * 2_000_000,
    ],
    ids=lambda text: f"{text[:12]!r} {len(text)}",
)
def test_no_text_is_too_large_or_too_deep(text: str) -> None:
    assert len(text) < LONGEST or set(text) == {"x"}
    read(text)
