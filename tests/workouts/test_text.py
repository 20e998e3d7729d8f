"""The text form: what it reads, and how it is printed."""

from __future__ import annotations

from typing import Any

import pytest

from garminsync_tui.errors import InvalidWorkout
from garminsync_tui.workouts.definition import (
    Calories,
    CssOffset,
    Distance,
    Effort,
    Exercise,
    FixedRest,
    Lap,
    Leg,
    OtherEnd,
    OtherTarget,
    Pool,
    RacePace,
    Range,
    Repeat,
    Reps,
    SendOff,
    Sport,
    Step,
    Time,
    UntilHeartRate,
    UntilPower,
    Weight,
    Workout,
    Zone,
)
from garminsync_tui.workouts.differences import same_meaning
from garminsync_tui.workouts.garmin_json import from_garmin, to_garmin
from garminsync_tui.workouts.text_parser import Comment, parse
from garminsync_tui.workouts.text_printer import print_item, print_workout

from .examples import EXAMPLES


def step_of(text: str, sport: Sport = "running") -> Step:
    """The only step of a text."""
    parsed = parse(text, sport=sport)
    assert parsed.problems == ()
    (step,) = parsed.items
    assert isinstance(step, Step)
    return step


@pytest.mark.parametrize("text", EXAMPLES.values(), ids=list(EXAMPLES))
def test_an_example_is_printed_as_it_is_written(text: str) -> None:
    parsed = parse(text)
    assert parsed.problems == ()
    assert parsed.workout
    assert print_workout(parsed.workout, comments=parsed.comments) == text
    one_line = parse(print_workout(parsed.workout, one_line=True))
    assert one_line.problems == ()
    assert one_line.workout == parsed.workout
    assert Workout.read(parsed.workout.stored()) == parsed.workout


@pytest.mark.parametrize("name", sorted(set(EXAMPLES) - {"athlete's terms", "power"}))
def test_an_example_keeps_its_meaning_at_garmin_and_back_in_text(name: str) -> None:
    document = to_garmin(parse(EXAMPLES[name]).checked())
    back = print_workout(from_garmin(document))
    assert same_meaning(document, to_garmin(parse(back).checked())) == [], back


def test_a_workout_of_intervals_takes_less_than_sixty_characters() -> None:
    text = "run: wu 10:00 @z2; 5x(400m @3:40-3:50/km, rest 90s); cd lap"
    assert len(text) <= 60
    workout = parse(text).checked()
    assert workout == Workout(
        sport="running",
        steps=(
            Step("warmup", Time(600), Zone("heart_rate", 2)),
            Repeat(
                times=5, steps=(Step(end=Distance(400), target=Range("pace", 220, 230, "/km")), Step("rest", Time(90)))
            ),
            Step("cooldown", Lap()),
        ),
    )
    assert print_workout(workout, one_line=True) == text


@pytest.mark.parametrize(
    ("text", "end", "printed"),
    [
        ("10:00", Time(600), "10:00"),
        ("90s", Time(90), "90s"),
        ('90"', Time(90), "90s"),
        ("5'30\"", Time(330), "5:30"),
        ("10min", Time(600), "10:00"),
        ("10 min", Time(600), "10:00"),
        ("1.5min", Time(90), "90s"),
        ("1h30", Time(5400), "1:30:00"),
        ("1h", Time(3600), "1:00:00"),
        ("1:02:03.5", Time(3723.5), "1:02:03.5"),
        ("400m", Distance(400), "400m"),
        ("800 m", Distance(800), "800m"),
        ("1.5km", Distance(1500, "km"), "1.5km"),
        ("10k", Distance(10_000, "km"), "10km"),
        ("3mi", Distance(4828.032, "mi"), "3mi"),
        ("100yd", Distance(91.44, "yd"), "100yd"),
        ("dist:10m", Distance(10), "dist:10m"),
        ("lap", Lap(), "lap"),
        ("300kcal", Calories(300), "300kcal"),
        ("8reps", Reps(8), "8reps"),
        ("hr>130", UntilHeartRate(bpm=130, until="above"), "hr>130"),
        ("hr < 120 bpm", UntilHeartRate(bpm=120, until="below"), "hr<120"),
        ("hr<z2", UntilHeartRate(zone=2, until="below"), "hr<z2"),
        ("hr=z3", UntilHeartRate(zone=3), "hr=z3"),
        ("p>300w", UntilPower(300, "above"), "p>300w"),
        ("p<200", UntilPower(200, "below"), "p<200w"),
        ("on1:45", SendOff(105), "on1:45"),
        ("on 45s", SendOff(45), "on45s"),
        ("fixed:20s", FixedRest(20), "fixed:20s"),
        ("time:20s", Time(20), "20s"),
    ],
)
def test_ends(text: str, end: Any, printed: str) -> None:
    step = step_of(text)
    assert step == Step(end=end)
    assert print_item(step, "running") == printed


@pytest.mark.parametrize(
    ("text", "target", "printed"),
    [
        ("z2", Zone("heart_rate", 2), "z2"),
        ("pz7", Zone("power", 7), "pz7"),
        ("130-150bpm", Range("heart_rate", 130, 150, "bpm"), "130-150bpm"),
        ("145bpmlap", Range("heart_rate", 145, 145, "bpm", "lap"), "145bpmlap"),
        ("75-80%mhr", Range("heart_rate", 75, 80, "%mhr"), "75-80%mhr"),
        ("90%lthr", Range("heart_rate", 90, 90, "%lthr"), "90%lthr"),
        ("lthr", Range("heart_rate", 100, 100, "%lthr"), "lthr"),
        ("230-245W", Range("power", 230, 245, "W"), "230-245w"),
        ("200-220wlap", Range("power", 200, 220, "W", "lap"), "200-220wlap"),
        ("200w3s", Range("power", 200, 200, "W", "3s"), "200w3s"),
        ("88-94%ftp", Range("power", 88, 94, "%ftp"), "88-94%ftp"),
        ("85-95rpm", Range("cadence", 85, 95, "rpm"), "85-95rpm"),
        ("176–184spm", Range("cadence", 176, 184, "spm"), "176-184spm"),
        ("30-32kph", Range("speed", 30, 32, "km/h"), "30-32kph"),
        ("18.5mphlap", Range("speed", 18.5, 18.5, "mph", "lap"), "18.5mphlap"),
        ("3:40-3:50/km", Range("pace", 220, 230, "/km"), "3:40-3:50/km"),
        ("3:50-3:40/km", Range("pace", 220, 230, "/km"), "3:40-3:50/km"),
        ("6:10.5/mi", Range("pace", 370.5, 370.5, "/mi"), "6:10.5/mi"),
        ("1:30-1:35/100y", Range("pace", 90, 95, "/100yd"), "1:30-1:35/100yd"),
        ("95-100%tp", Range("pace", 95, 100, "%tp"), "95-100%tp"),
        ("-3-2%grade", Range("grade", -3, 2, "%"), "-3-2%grade"),
        ("5-8res", Range("resistance", 5, 8, ""), "5-8res"),
        ("rpe7", Range("rpe", 7, 7, ""), "rpe7"),
        ("rpe6-7", Range("rpe", 6, 7, ""), "rpe6-7"),
        ("easy", Effort("easy"), "easy"),
        ("very_hard", Effort("very_hard"), "veryhard"),
        ("10k", RacePace(10_000), "10k"),
        ("10k+5s", RacePace(10_000, 5), "10k+5s"),
        ("hm-3", RacePace(21_097.5, -3), "hm-3s"),
        ("marathon", RacePace(42_195), "fm"),
        ("1500m", RacePace(1500), "1500m"),
        ("css", CssOffset(), "css"),
        ("css-2.5", CssOffset(-2.5), "css-2.5"),
    ],
)
def test_targets(text: str, target: Any, printed: str) -> None:
    step = step_of(f"lap @{text} &{text}")
    assert step == Step(target=target, second_target=target)
    assert print_item(step, "running") == f"lap @{printed} &{printed}"


@pytest.mark.parametrize("word", ["z2", "pz3", "230-245w", "4:30/km", "rpe7", "88%ftp", "css+5"])
def test_a_target_that_can_be_nothing_else_needs_no_sign(word: str) -> None:
    assert step_of(f"10:00 {word}") == step_of(f"10:00 @{word}")


def test_targets_may_follow_without_a_space() -> None:
    assert step_of("400m@3:40-3:50/km&176spm") == step_of("400m @3:40-3:50/km &176spm")


def test_the_order_of_words_means_nothing_and_large_letters_neither() -> None:
    written = step_of('WU "slowly" @Z2 10MIN &80-90RPM')
    assert written == step_of('10:00 &80-90rpm @z2 wu "slowly"')
    assert written == Step("warmup", Time(600), Zone("heart_rate", 2), Range("cadence", 80, 90, "rpm"), "slowly")


def test_a_plain_time_of_a_rest_in_a_pool_is_counted_down_by_the_watch() -> None:
    assert step_of("rest 15s", "swimming").end == FixedRest(15)
    assert step_of("15s rest", "swimming").end == FixedRest(15)
    assert step_of("rest time:15s", "swimming").end == Time(15)
    assert step_of("rest 15s").end == Time(15)
    legs = parse("multi\n-- swim\nrest 20s\n-- run\nrest 20s").checked().steps
    assert [leg.steps[0].end for leg in legs if isinstance(leg, Leg)] == [FixedRest(20), Time(20)]  # type: ignore[union-attr]


def test_what_a_pool_needs() -> None:
    workout = parse("swim pool 33.3 m: 50m fly kick +board; 100yd im drill +buoy; 25m reverseimround").checked()
    assert workout.pool == Pool(33.3)
    assert workout.steps == (
        Step(end=Distance(50), stroke="butterfly", drill="kick", equipment="kickboard"),
        Step(end=Distance(91.44, "yd"), stroke="individual_medley", drill="drill", equipment="pull_buoy"),
        Step(end=Distance(25), stroke="reverse_individual_medley_by_round"),
    )


def test_exercises() -> None:
    assert step_of("8reps squat/barbell_back_squat 60 kg", "strength_training") == Step(
        end=Reps(8), exercise=Exercise("SQUAT", "BARBELL_BACK_SQUAT"), weight=Weight(60, "kg")
    )
    assert step_of("PLANK 45s bodyweight", "strength_training") == Step(
        end=Time(45), exercise=Exercise("PLANK"), weight="bodyweight"
    )
    # A category that is a word of the text form too
    for category in ("REST", "KG", "FOR5", "5X", "LAP", "HR", "NOTE"):
        step = Step(exercise=Exercise(category))
        assert print_item(step, "running") == f"lap ex:{category}"
        assert print_item(step, "hiit") == f"lap ex:{category}"
        assert step_of(f"lap ex:{category}", "hiit") == step


def test_repeats_nest_in_brackets_and_by_indentation() -> None:
    in_brackets = parse('run "N": 2x!(3x(200m, rec 1:00), for 5:00(1:00, 2:00)); lap').checked()
    indented = parse('run "N"\n2x!\n\t3x\n\t\t200m; rec 1:00\n\n\tfor5min\n\t\t1:00\n\t\t2:00\nlap\r\n').checked()
    assert in_brackets == indented
    brackets_over_lines = 'run "N"\n2x!(\n  3x(\n    200m\n    rec 1:00\n  )\n  for 5:00(1:00, 2:00)\n) lap'
    assert parse(brackets_over_lines).checked() == indented
    outer = indented.steps[0]
    assert isinstance(outer, Repeat) and (outer.times, outer.skip_last_rest) == (2, True)
    inner = outer.steps[1]
    assert isinstance(inner, Repeat) and (inner.times, inner.seconds) == (None, 300)


def test_a_ramp_is_sugar_for_its_steps() -> None:
    def printed(text: str) -> list[str]:
        return [print_item(item, "cycling") for item in parse(text, sport="cycling").items]

    assert printed("ramp 100-200w/10min/4") == [
        "2:30 @100-125w", "2:30 @125-150w", "2:30 @150-175w", "2:30 @175-200w",
    ]  # fmt: skip
    assert printed("wu ramp 60-50%ftp/100s/3 &85-95rpm") == [
        "wu 33s @57-60%ftp &85-95rpm", "wu 34s @53-57%ftp &85-95rpm", "wu 33s @50-53%ftp &85-95rpm",
    ]  # fmt: skip
    assert printed("ramp 5:00-4:00/km/2km/2") == ["1km @4:30-5:00/km", "1km @4:00-4:30/km"]
    assert printed("ramp 4:00-5:00/km/2km/2") == ["1km @4:00-4:30/km", "1km @4:30-5:00/km"]


# ── What text cannot say ─────────────────────────────────────────────────────────────────────────────────────

OPAQUE = Workout(
    sport="multi_sport",
    steps=(
        Leg(
            sport="cycling",
            steps=(
                Step(
                    "other",
                    OtherEnd(16, "repetition.swim.css.offset", 5.0),
                    OtherTarget(16, "power.curve", 1.0, None),
                    note="x",
                ),
                Repeat(
                    times=2,
                    steps=(Step(end=Lap(), garmin={"stepAudioNote": "a # b } ( \u2028"}),),
                    garmin={"k": [1, None]},
                ),
            ),
            garmin={"avgTrainingSpeed": 2.5},
        ),
    ),
    garmin={"workoutId": 5},
)


def test_what_text_cannot_say_is_an_opaque_part_of_its_step() -> None:
    text = print_workout(OPAQUE)
    assert text == (
        "multi\n"
        '-- bike ?{"garmin":{"avgTrainingSpeed":2.5}}\n'
        'oth "x" ?{"end":{"by":"other","id":16,"key":"repetition.swim.css.offset","value":5.0},'
        '"target":{"is":"other","id":16,"key":"power.curve","one":1.0}}\n'
        '2x ?{"garmin":{"k":[1,null]}}\n'
        '  lap ?{"garmin":{"stepAudioNote":"a # b } ( \\u2028"}}\n'
    )
    assert parse(text, OPAQUE).checked() == OPAQUE
    assert parse(print_workout(OPAQUE, one_line=True), OPAQUE).checked() == OPAQUE


def test_a_pace_that_nobody_can_write_is_opaque_too() -> None:
    step = Step(target=Range("pace", -5, 10, "/km"))
    assert print_item(step, "running") == 'lap ?{"target":{"is":"range","of":"pace","low":-5,"high":10,"unit":"/km"}}'
    assert step_of(print_item(step, "running")) == step


def test_what_garmin_keeps_of_the_whole_workout_is_taken_over_from_the_one_before() -> None:
    assert parse("run: lap").checked().garmin == {}
    assert parse("run: 5:00", Workout(sport="running", steps=(Step(),), garmin={"workoutId": 7})).checked() == Workout(
        sport="running", steps=(Step(end=Time(300)),), garmin={"workoutId": 7}
    )


def test_a_printed_text_does_nothing_to_a_terminal() -> None:
    name = 'a "quoted"\\ name\n\x1b[31m\u202e\u2028👩\u200d🚀\U000e0001'
    text = print_workout(Workout(sport="running", name=name, steps=(Step(),)))
    assert text == 'run "a \\"quoted\\"\\\\ name\\n\\u001b[31m\\u202e\\u2028👩\u200d🚀\\U000e0001"\nlap\n'
    assert parse(text).checked().name == name


# ── Comments and places ──────────────────────────────────────────────────────────────────────────────────────

COMMENTED = """\
# week 3
run "Long"  # by feel
note "n"
wu 10:00  # easy
# the hard part
2x
  # up
  1km
  rec 1:00
# all done
"""


def test_comments_stay_at_what_they_stand_at() -> None:
    parsed = parse(COMMENTED)
    assert parsed.comments == (
        Comment("week 3", (), True),
        Comment("by feel", (), False),
        Comment("easy", (1,), False),
        Comment("the hard part", (2,), True),
        Comment("up", (2, 1), True),
        Comment("all done", None, True),
    )
    workout = parsed.checked()
    assert print_workout(workout, comments=parsed.comments) == COMMENTED
    shorter = Workout(sport="running", steps=workout.steps[:1])
    kept = print_workout(shorter, comments=parsed.comments)
    assert kept.endswith("wu 10:00  # easy\n# the hard part\n# up\n# all done\n")


def test_the_note_of_a_workout_may_stand_anywhere() -> None:
    for text in (
        'run note "n": 2x(lap)',
        'run\nnote "n"\n2x(lap)',
        'run\n2x\n  lap\nnote "n"',
        'run\n2x\n  note "n"\n  lap',
    ):
        assert parse(text).checked() == Workout(sport="running", note="n", steps=(Repeat(times=2, steps=(Step(),)),))


def test_each_item_is_found_in_its_text() -> None:
    text = 'run\nwu 5:00\n2x(400m "x", rest 90s)\n'
    spans = parse(text).spans
    rows = text.split("\n")
    assert {
        place: rows[span.line - 1][span.column - 1 : span.column - 1 + span.length] for place, span in spans.items()
    } == {(): "run", (1,): "wu 5:00", (2,): "2x", (2, 1): '400m "x"', (2, 2): "rest 90s"}


def test_an_unreadable_text_is_no_workout() -> None:
    with pytest.raises(InvalidWorkout, match=r"line 1, column 6: 10m found.*did you mean 10min\? \(and 1 more\)"):
        parse("run: 10m; z9").checked()
