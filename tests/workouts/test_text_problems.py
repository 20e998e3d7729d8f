"""What is wrong in a text is named at its place, all of it at once, with what was likely meant."""

from __future__ import annotations

import pytest

from garminsync_tui.workouts.definition import Sport
from garminsync_tui.workouts.text_parser import LONGEST, parse
from garminsync_tui.workouts.text_printer import print_item, print_workout

DEEP = "run: ?" + '{"garmin":' * 60 + "1" + "}" * 60


def problem_of(text: str, sport: Sport | None = None) -> tuple[int, int, int, str, str | None]:
    """Where the only problem of a text is, what was found, and what was suggested."""
    (problem,) = parse(text, sport=sport).problems
    assert str(problem).startswith(f"line {problem.line}, column {problem.column}: ")
    return problem.line, problem.column, problem.length, problem.found, problem.suggestion


@pytest.mark.parametrize(
    ("sport", "word", "suggestion"),
    [
        ("running", "10m", "10min"),
        ("cycling", "5m", "5min"),
        ("running", "90", "90s"),
        ("running", "10", "10min"),
        ("running", "400", "400m"),
        ("swimming", "50", "50m"),
        ("strength_training", "8", "8reps"),
        ("running", "easy", "@easy"),
        ("running", "EASY", "@EASY"),
        ("running", "SQUAT", None),
        ("running", "10:5", "10:05"),
        ("running", "5:75", None),
        ("running", "0:00", None),
        ("running", "0m", None),
        ("running", "1,5km", "1.5km"),
        ("running", "１０:００", "10:00"),
        ("running", "٥:٠٠", None),
        ("running", "wup", "wu"),
        ("running", "cooldwn", "cooldown"),
        ("running", "5x400m", "5x(400m)"),
        ("running", "@z9", None),
        ("running", "@pz8", None),
        ("running", "@z1-z2", "@z2"),
        ("cycling", "@pz3-4", "@pz4"),
        ("running", "@245-230w", "@230-245w"),
        ("running", "@150-130bpm", "@130-150bpm"),
        ("running", "@8-5%grade", "@5-8%grade"),
        ("running", "@rpe8-7", "@rpe7-8"),
        ("running", "@easi", "@easy"),
        ("running", "&easi", "&easy"),
        ("running", "@3:40-3:50", "@3:40-3:50/km"),
        ("swimming", "@1:40", "@1:40/100m"),
        ("cycling", "@250", "@250w"),
        ("running", "@150", "@150bpm"),
        ("running", "@88%", None),
        ("running", "@250wat", "@250w"),
        ("running", "@5/km", "@5:00/km"),
        ("running", "@3:40/kn", "@3:40/km"),
        ("running", "@130rpmlap", None),
        ("running", "hr>z7", None),
        ("running", "hr>300w", "p>300w"),
        ("running", "p>130bpm", "hr>130"),
        ("running", "p>0w", None),
        ("running", "on5", None),
        ("running", "time:x", None),
        ("running", "dist:5", None),
        ("running", "ramp 100-200w/10", None),
        ("running", "ramp 100-200w/10min/0", None),
        ("running", "ramp z1/10min/5", None),
        ("running", "ramp 100-200w/4s/5", None),
        ("swimming", "+finz", "+fins"),
        ("swimming", "fre", "free"),
        ("strength_training", "0kg", None),
        ("strength_training", "0reps", None),
        ("running", "9" * 2000, None),
        ("running", f"{'9' * 400}s", None),
    ],
)
def test_a_word_that_cannot_be_read(sport: Sport, word: str, suggestion: str | None) -> None:
    line, column, length, found, guess = problem_of(f'"n" {word}', sport)
    assert (line, column, length, guess) == (1, 5, len(word), suggestion)
    assert found.replace(" ", "") == word.replace(" ", "")
    if suggestion and "x(" not in suggestion:
        assert parse(f'"n" {suggestion}', sport=sport).problems == ()


@pytest.mark.parametrize(
    ("text", "at", "found"),
    [
        ("runn: 5:00", (1, 1, 4), "runn"),
        ("5:00", (1, 1, 4), "5:00"),
        ("run", (1, 1, 0), ""),
        ("# nothing\n\n", (1, 1, 0), ""),
        ("run\n5x\n", (2, 1, 2), ""),
        ("run: 5x()", (1, 6, 2), ""),
        ("run\n3x\nlap", (2, 1, 2), ""),
        ("run: 0x(lap)", (1, 6, 2), "0x"),
        ("run: 99999999999x(lap)", (1, 6, 12), "99999999999x"),
        ("run: for 0:00(lap)", (1, 6, 8), "for0:00"),
        ("run: 5x(lap", (1, 8, 1), "("),
        ("run: lap)", (1, 9, 1), ")"),
        ("run\n5x(\n  lap\n", (2, 3, 1), "("),
        ("run\n5x(\n  lap\n)\n)", (5, 1, 1), ")"),
        ("run: (lap)", (1, 6, 1), "("),
        ("run: 5x 400m @z4, lap", (1, 9, 8), "400m @z4"),
        ("run\nlap\n  5:00", (3, 3, 4), "5:00"),
        ("run\n2x\n    lap\n  5:00", (4, 3, 4), "5:00"),
        ("run: 5:00 6:00", (1, 11, 4), "6:00"),
        ('run: lap "a" "b"', (1, 14, 3), '"b"'),
        ("run: lap wu cd", (1, 13, 2), "cd"),
        ("bike: ramp 100-200w/10min/5 5:00", (1, 29, 4), "5:00"),
        ('run: lap "a', (1, 10, 2), '"a'),
        (r'run: lap "a\q"', (1, 10, 5), r'"a\q"'),
        ('run\nnote "a"\nnote "b"\nlap', (3, 1, 4), "note"),
        ("run\nnote\nlap", (2, 1, 4), "note"),
        ("swim pool 25: lap", (1, 6, 7), "pool25"),
        ("swim pool 0m: lap", (1, 6, 7), "pool0m"),
        ("multi: lap", (1, 8, 3), "lap"),
        ("multi\nlap\n-- run\nlap", (2, 1, 3), "lap"),
        ("multi\n-- skate\nlap", (2, 4, 5), "skate"),
        ("multi\n-- swim\n-- run\nlap", (2, 1, 2), ""),
        ("run\n-- bike\nlap", (2, 1, 2), "--"),
        ('run: lap ?{"end":{"by":"time"}}', (1, 10, 22), '?{"end":{"by":"time"}}'),
        ('run: lap ?{"x":1}', (1, 10, 8), '?{"x":1}'),
        ("run: lap ?{", (1, 10, 2), "?{"),
        (DEEP, (1, 6, len(DEEP) - 5), DEEP[5:]),
        ('run: 2x ?{"end":{"by":"lap"}}(lap)', (1, 9, 21), '?{"end":{"by":"lap"}}'),
    ],
)
def test_a_text_that_cannot_be_read(text: str, at: tuple[int, int, int], found: str) -> None:
    assert problem_of(text)[:4] == (*at, found)


def test_all_that_is_wrong_is_named_and_all_the_rest_is_read() -> None:
    parsed = parse('run "x"\nwu 10m @z2\n3x\n  400 @3:40-3:50/km "fast"\n  rest 90s &z9\ncd lap lap\n')
    assert [(problem.line, problem.column, problem.found) for problem in parsed.problems] == [
        (2, 4, "10m"), (4, 3, "400"), (5, 12, "&z9"), (6, 8, "lap"),
    ]  # fmt: skip
    assert parsed.workout
    assert print_workout(parsed.workout, one_line=True) == (
        'run "x": wu lap @z2; 3x(lap @3:40-3:50/km "fast", rest 90s); cd lap'
    )


def test_a_second_end_is_a_missing_separator_and_a_second_target_has_its_own_sign() -> None:
    first, second = parse("run: 5:00 6:00 @z2 @170-180spm").problems
    assert (first.suggestion, second.suggestion) == ("; 6:00", "&170-180spm")
    assert "5:00 is one already" in first.message


def test_messages_have_nothing_of_a_terminal_in_them() -> None:
    (problem,) = parse("run: lap \x1b[31mred").problems
    assert "\x1b" not in problem.message


def test_without_a_sport_there_are_steps_but_no_workout() -> None:
    parsed = parse("wu 5:00; lap")
    assert parsed.workout is None and len(parsed.problems) == 1
    assert [print_item(item, "other") for item in parsed.items] == ["wu 5:00", "lap"]


def test_a_text_without_bounds_is_read_within_ours() -> None:
    assert "at most" in parse("run: " + "x" * LONGEST).problems[0].message
    many = parse("run: " + "lap;" * 5000)
    assert len(many.items) == 1000 and len(many.problems) == 1
    assert len(parse("run: " + "? " * 5000).problems) == 100
    deep = parse("run: " + "2x(" * 1000 + "lap" + ")" * 1000)
    assert deep.problems
