"""Workouts as FIT files: other readers see the same steps, ours gives the same workout, losses are told."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import fitdecode
import garmin_fit_sdk
import pytest
from fitdecode.profile import MESSAGE_TYPES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from garminsync_tui.errors import FileDamaged, InvalidWorkout
from garminsync_tui.formats.fit_encoding import Message, header
from garminsync_tui.formats.fit_workout import FitSession, FitStep, FitWorkout, fit_workout_bytes, read_fit_workout
from garminsync_tui.transfer.workout_from_fit import from_fit
from garminsync_tui.transfer.workout_to_fit import to_fit
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
    Range,
    Repeat,
    Reps,
    SendOff,
    Step,
    Time,
    UntilHeartRate,
    UntilPower,
    Weight,
    Workout,
    Zone,
    walk,
)

MADE = datetime(2026, 11, 28, tzinfo=UTC)

RUN = Workout(
    sport="running",
    name="Fünf Runden",
    note="Am Fluß",
    steps=(
        Step("warmup", Time(600), Zone("heart_rate", 2)),
        Repeat(
            times=5,
            steps=(
                Step("interval", Distance(400), Range("pace", 220, 230, "/km"), Range("cadence", 176, 184, "spm")),
                Repeat(times=2, steps=(Step("recovery", Time(45)), Step("rest", Time(10), note="locker"))),
            ),
        ),
        Step("interval", UntilHeartRate(bpm=165, until="above")),
        Step("recovery", UntilHeartRate(bpm=120, until="below"), Range("heart_rate", 110, 135, "bpm")),
        Step("cooldown", Lap()),
    ),
)
RIDE = Workout(
    sport="cycling",
    steps=(
        Step("warmup", Time(900), Range("power", 50, 60, "%ftp")),
        Repeat(
            seconds=1800,
            steps=(
                Step("interval", UntilPower(300, "above"), Range("power", 230, 245, "W", "10s")),
                Step("recovery", Calories(20), Range("heart_rate", 70, 75, "%mhr")),
            ),
        ),
        Step("interval", Distance(20_000, "km"), Range("speed", 30, 32, "km/h"), Range("cadence", 85, 95, "rpm")),
        Step("other", Time(60), Zone("power", 7)),
        Step("cooldown", Time(300.5), Range("heart_rate", 100, 120, "bpm", "lap")),
    ),
)
SWIM = Workout(
    sport="swimming",
    pool=Pool(25),
    steps=(
        Step("warmup", Distance(400), stroke="freestyle"),
        Repeat(
            times=8,
            steps=(
                Step("interval", Distance(100), Range("pace", 95, 100, "/100m"), stroke="individual_medley"),
                Step("rest", FixedRest(15)),
            ),
        ),
        Step("interval", Distance(50), stroke="drill", equipment="fins"),
        Step("rest", SendOff(75)),
        Step("cooldown", Distance(200), stroke="mixed", equipment="pull_buoy"),
    ),
)
YARDS = Workout(sport="swimming", pool=Pool(25, "yd"), steps=(Step(end=Distance(91.44, "yd")),))
STRENGTH = Workout(
    sport="strength_training",
    steps=(
        Repeat(
            times=3,
            steps=(
                Step(end=Reps(8), exercise=Exercise("SQUAT", "BARBELL_BACK_SQUAT"), weight=Weight(60, "kg")),
                Step("rest", Time(90)),
            ),
        ),
        Step(end=Reps(10), exercise=Exercise("BENCH_PRESS"), weight=Weight(45, "lb"), note="slow down"),
        Step(end=Time(45), exercise=Exercise("CALF_RAISE", "_3_WAY_CALF_RAISE")),
    ),
)
BRICK = Workout(
    sport="multi_sport",
    name="Brick",
    steps=(
        Leg(sport="swimming", pool=Pool(50), steps=(Step("warmup", Distance(400)),)),
        Leg(sport="cycling", steps=(Repeat(times=3, steps=(Step(end=Time(480)), Step("recovery", Time(120)))),)),
        Leg(sport="running", steps=(Step(end=Distance(5000, "km"), target=Range("pace", 290, 310, "/km")),)),
    ),
)
WHOLE = {"run": RUN, "ride": RIDE, "swim": SWIM, "yards": YARDS, "strength": STRENGTH, "brick": BRICK}


def write(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "workout.fit"
    path.write_bytes(content)
    return path


def by_garmin(content: bytes) -> dict[str, list[dict[str, Any]]]:
    stream = garmin_fit_sdk.Stream.from_byte_array(bytearray(content))
    assert garmin_fit_sdk.Decoder(stream).check_integrity()
    messages, errors = garmin_fit_sdk.Decoder(garmin_fit_sdk.Stream.from_byte_array(bytearray(content))).read()
    assert errors == []
    return messages  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", WHOLE)
def test_what_fit_can_say_comes_back_equal(name: str, tmp_path: Path) -> None:
    content, lost = to_fit(WHOLE[name], MADE)
    assert lost == []
    found, unread = from_fit(write(tmp_path, content))
    assert unread == []
    assert found == WHOLE[name]


def test_garmins_own_reader_sees_the_steps() -> None:
    messages = by_garmin(to_fit(RUN, MADE)[0])
    (head,) = messages["workout_mesgs"]
    assert (head["sport"], head["num_valid_steps"], head["wkt_name"]) == ("running", 9, "Fünf Runden")
    assert messages["file_id_mesgs"][0]["type"] == "workout"
    steps = messages["workout_step_mesgs"]
    assert [step["duration_type"] for step in steps] == [
        "time", "distance", "time", "time", "repeat_until_steps_cmplt", "repeat_until_steps_cmplt",
        "hr_greater_than", "hr_less_than", "open",
    ]  # fmt: skip
    assert (steps[0]["duration_time"], steps[0]["target_hr_zone"], steps[0]["intensity"]) == (600, 2, "warmup")
    assert steps[1]["duration_distance"] == 400
    assert steps[1]["custom_target_speed_low"] == pytest.approx(1000 / 230, abs=1e-3)
    assert steps[1]["custom_target_speed_high"] == pytest.approx(1000 / 220, abs=1e-3)
    assert (steps[1]["secondary_target_type"], steps[1]["secondary_custom_target_cadence_low"]) == ("cadence", 88)
    assert [(step["duration_step"], step["repeat_steps"]) for step in steps[4:6]] == [(2, 2), (1, 5)]
    assert steps[3]["notes"] == "locker"
    assert steps[6]["duration_hr"] == 165 + 100
    assert (steps[7]["custom_target_heart_rate_low"], steps[7]["custom_target_heart_rate_high"]) == (210, 235)


def test_garmins_own_reader_sees_power_pools_exercises_and_legs() -> None:
    steps = by_garmin(to_fit(RIDE, MADE)[0])["workout_step_mesgs"]
    assert (steps[0]["custom_target_power_low"], steps[0]["custom_target_power_high"]) == (50, 60)
    assert (steps[1]["target_type"], steps[1]["duration_power"]) == ("power_10s", 1300)
    assert (steps[3]["duration_type"], steps[3]["duration_step"], steps[3]["repeat_time"]) == (
        "repeat_until_time",
        1,
        1800,
    )
    swim = by_garmin(to_fit(YARDS, MADE)[0])["workout_mesgs"][0]
    assert (swim["sub_sport"], swim["pool_length"], swim["pool_length_unit"]) == ("lap_swimming", 22.86, "statute")
    stroke = by_garmin(to_fit(SWIM, MADE)[0])["workout_step_mesgs"][1]
    assert (stroke["target_type"], stroke["target_stroke_type"]) == ("swim_stroke", "im")
    lift = by_garmin(to_fit(STRENGTH, MADE)[0])["workout_step_mesgs"][0]
    assert (lift["exercise_category"], lift["exercise_name"]) == ("squat", 6)
    assert (lift["exercise_weight"], lift["weight_display_unit"], lift["duration_reps"]) == (60, "kilogram", 8)
    legs = by_garmin(to_fit(BRICK, MADE)[0])["workout_session_mesgs"]
    assert [(leg["sport"], leg["first_step_index"], leg["num_valid_steps"]) for leg in legs] == [
        ("swimming", 0, 1), ("cycling", 1, 3), ("running", 4, 1),
    ]  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_both_readers_see_the_same(name: str) -> None:
    """Every number and every text of every step, as it stands in the file."""
    content = to_fit(WHOLE[name], MADE)[0]
    stream = garmin_fit_sdk.Stream.from_byte_array(bytearray(content))
    messages, _ = garmin_fit_sdk.Decoder(stream).read(
        apply_scale_and_offset=False,
        merge_heart_rates=False,
        convert_types_to_strings=False,
        expand_sub_fields=False,
        expand_components=False,
    )
    names = {number: field.name for number, field in MESSAGE_TYPES[27].fields.items()}
    with fitdecode.FitReader(content, processor=None, error_handling=fitdecode.ErrorHandling.RAISE) as reader:
        steps = [
            {names[field.def_num]: field.raw_value for field in frame.fields if field.value is not None}
            for frame in reader
            if frame.frame_type == fitdecode.FIT_FRAME_DATA and frame.name == "workout_step"
        ]
    assert len(steps) == sum(1 for _ in walk(WHOLE[name].steps)) - sum(
        isinstance(item, Leg) for item in WHOLE[name].steps
    )
    assert steps == messages["workout_step_mesgs"]


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (Step("main"), "no main part"),
        (Step(drill="kick"), "no kick drill"),
        (Step(stroke="any"), "any stroke"),
        (Step(target=Effort("easy")), "“easy” is left out"),
        (Step(target=CssOffset(5)), "no critical swim speed"),
        (Step(target=Range("pace", 95, 100, "%tp")), "95–100 %tp has to be resolved"),
        (Step(target=OtherTarget(23)), "Garmin's target 23"),
        (Step(target=Range("grade", 5, 8, "%")), "no target of grade"),
        (Step(end=OtherEnd(17)), "Garmin's condition 17"),
        (Step(end=UntilHeartRate(zone=2)), "heart-rate zone 2"),
        (Step(end=UntilHeartRate(bpm=150)), "from which side"),
        (Step(weight="bodyweight"), "no body weight"),
        (Step(exercise=Exercise("UNHEARD")), "no number for UNHEARD"),
        (Step(exercise=Exercise("SQUAT", "UNHEARD")), "no number for UNHEARD"),
        (Step(note="é" * 200), "note is cut"),
        (Step(garmin={"stepAudioNote": "x"}), "Garmin alone knows"),
        (Step(end=Distance(1e9)), "no room for so much"),
        (Step(target=Range("heart_rate", 90, 150, "%mhr")), "no room for 90–150 %mhr"),
        (
            Step(stroke="mixed", target=Range("pace", 90, 95, "/100m"), second_target=Zone("heart_rate", 2)),
            "no room for a second target",
        ),
    ],
)
def test_what_fit_cannot_say_is_told_with_its_place(step: Step, said: str, tmp_path: Path) -> None:
    workout = Workout(sport="swimming", steps=(Step(), Repeat(times=2, steps=(step, Step("rest")))))
    content, lost = to_fit(workout, MADE)
    assert [(each.place, said in str(each)) for each in lost] == [((2, 1), True)]
    found, _ = from_fit(write(tmp_path, content))
    assert isinstance(found.steps[1], Repeat)
    by_garmin(content)


def test_what_concerns_the_whole_is_told() -> None:
    steps = (Repeat(times=2, skip_last_rest=True, steps=(Step(), Step("rest"))),)
    assert [str(each) for each in to_fit(Workout(sport="rucking", steps=steps), MADE)[1]] == [
        "Step 1: the last rest is not left out.",
        "FIT has no rucking, it is written as walking.",
    ]
    odd = Workout(sport="running", steps=(Step(target=Range("cadence", 175, 180, "spm")),))
    assert "even steps" in str(to_fit(odd, MADE)[1][0])


def test_more_steps_than_any_watch_takes_are_refused() -> None:
    with pytest.raises(InvalidWorkout, match="more than 1000 steps"):
        to_fit(Workout(sport="running", steps=(Step(),) * 1001), MADE)


def published(shared: Path, name: str) -> tuple[Workout, list[str]]:
    (path,) = (shared / "corpus" / "fit").glob(f"*{name}.fit")
    workout, lost = from_fit(path)
    return workout, [str(each) for each in lost]


def test_published_workouts_are_read(shared: Path) -> None:
    steps, lost = published(shared, "WorkoutIndividualSteps")
    assert (steps.name, steps.sport, lost) == ("Example 1", "other", [])
    assert steps.steps[0] == Step("warmup", Time(60), Zone("heart_rate", 2), note="_A_")
    assert steps.steps[3] == Step("cooldown", UntilHeartRate(bpm=125, until="below"), Zone("power", 1), note="_C_")
    repeated, lost = published(shared, "WorkoutRepeatSteps")
    assert lost == []
    assert repeated.steps[1] == Repeat(times=3, steps=steps.steps[1:3])  # type: ignore[arg-type]
    custom, lost = published(shared, "WorkoutCustomTargetValues")
    assert lost == []
    assert [step.target for step in custom.steps if isinstance(step, Step)] == [
        Range("heart_rate", 50, 60, "%mhr"),
        Range("power", 300, 310, "W"),
        Range("power", 260, 270, "W"),
        Range("power", 220, 230, "W"),
    ]
    until, lost = published(shared, "WorkoutRepeatGreaterThanStep")
    assert lost == ["Step 2: “repeat until hr greater than” has no words here, the steps are done once."]
    assert until.steps[1] == Repeat(times=1, steps=steps.steps[1:3])  # type: ignore[arg-type]


# What FIT can say, in the numbers that people write.
ENDS: st.SearchStrategy[Any] = st.one_of(
    st.just(Lap()),
    st.builds(Time, st.integers(1, 100_000)),
    st.builds(Distance, st.integers(1, 999)),
    st.integers(10, 500).map(lambda hundreds: Distance(hundreds * 100, "km")),
    st.builds(Calories, st.integers(1, 5000)),
    st.builds(Reps, st.integers(1, 500)),
    st.integers(60, 220).flatmap(
        lambda bpm: st.sampled_from(["above", "below"]).map(lambda until: UntilHeartRate(bpm=bpm, until=until))
    ),
    st.builds(UntilPower, st.integers(1, 2000), st.sampled_from(["above", "below"])),
    st.builds(SendOff, st.integers(1, 600)),
)


def spans(of: str, lowest: int, highest: int, unit: str, *averaged: str | None) -> st.SearchStrategy[Range]:
    values = st.integers(lowest, highest)
    return st.builds(
        lambda one, other, over: Range(of, min(one, other), max(one, other), unit, over),  # type: ignore[arg-type]
        values,
        values,
        st.sampled_from([None, *averaged]),
    )


TARGETS: st.SearchStrategy[Any] = st.one_of(
    st.builds(Zone, st.just("heart_rate"), st.integers(1, 5)),
    st.builds(Zone, st.just("power"), st.integers(1, 7)),
    spans("heart_rate", 60, 220, "bpm", "lap"),
    spans("heart_rate", 40, 100, "%mhr"),
    spans("power", 1, 2000, "W", "3s", "10s", "30s", "lap"),
    spans("power", 1, 300, "%ftp"),
    spans("pace", 150, 720, "/km"),
    spans("cadence", 70, 110, "spm").map(lambda span: Range("cadence", 2 * span.low, 2 * span.high, "spm")),
)
STEPS = st.builds(
    lambda kind, end, targets, note, equipment: Step(
        kind, end, *(*targets, None, None)[:2], note=note, equipment=equipment
    ),
    st.sampled_from(["warmup", "cooldown", "interval", "recovery", "rest", "other"]),
    ENDS,
    st.lists(TARGETS, max_size=2),
    st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=60),
    st.sampled_from([None, "fins", "paddles"]),
)
ITEMS = st.recursive(
    STEPS,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        .map(tuple)
        .flatmap(
            lambda steps: (
                st.builds(Repeat, times=st.integers(1, 99), steps=st.just(steps))
                | st.builds(Repeat, seconds=st.integers(1, 36_000), steps=st.just(steps))
            )
        )
    ),
    max_leaves=6,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(items=st.lists(ITEMS, min_size=1, max_size=4))
def test_whatever_fit_can_say_comes_back_equal(items: list[Step | Repeat], tmp_path: Path) -> None:
    workout = Workout(sport="running", steps=tuple(items))
    content, lost = to_fit(workout, MADE)
    assert lost == []
    assert from_fit(write(tmp_path, content)) == (workout, [])


# ── Bad files ────────────────────────────────────────────────────────────────────────────────────────────────


def flat(*steps: FitStep, sessions: tuple[FitSession, ...] = ()) -> bytes:
    return fit_workout_bytes(FitWorkout(FitSession("running"), steps, sessions=sessions), MADE)


REPEAT = "repeat_until_steps_cmplt"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"no FIT at all", "is not FIT"),
        (flat(), "without steps"),
        (flat(*[FitStep()] * 1001), "more steps"),
        (flat(FitStep(REPEAT, None, 0)), "repeats from a step that is not there"),
        (flat(FitStep(), FitStep(REPEAT, None, 7)), "repeats from a step that is not there"),
        (flat(FitStep(), FitStep(), FitStep(REPEAT, None, 0), FitStep(REPEAT, None, 1)), "is not there"),
        (
            flat(FitStep(), FitStep(), FitStep(), FitStep(REPEAT, None, 1), FitStep(), FitStep(REPEAT, None, 2)),
            "is not there",
        ),
        (flat(FitStep(), sessions=(FitSession(), FitSession(first=3, count=2))), "a sport without steps"),
        (to_fit(RUN, MADE)[0][:-20], "is cut off"),
        (bytes(2**20 + 1), "larger than any workout"),
    ],
)
def test_what_is_no_whole_workout_is_refused(content: bytes, reason: str, tmp_path: Path) -> None:
    with pytest.raises(FileDamaged, match=reason):
        from_fit(write(tmp_path, content))


def test_a_recording_is_no_workout(shared: Path) -> None:
    with pytest.raises(FileDamaged, match="another kind"):
        read_fit_workout(next((shared / "corpus" / "fit").glob("*_Activity.fit")))


def test_a_field_of_another_type_than_the_profiles_is_passed_over(tmp_path: Path) -> None:
    step = Message(3, 27, ((1, "enum"), (2, "4 string"), (8, "uint8"), (12, "4 string")))
    body = Message(0, 0, ((0, "enum"),)).definition() + b"\0\5" + step.definition() + step.pack(0, b"ten", 7, b"kg")
    content = header(len(body)) + body
    workout, lost = from_fit(write(tmp_path, content + garmin_crc(content)))
    assert workout.steps == (Step(),)
    assert [str(each) for each in lost] == ["Step 1: “time” has no words here, it ends with the lap button."]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_hostile_bytes_are_refused_or_give_a_workout(data: st.DataObject, tmp_path: Path) -> None:
    content = bytearray(to_fit(data.draw(st.sampled_from([RUN, RIDE, SWIM])), MADE)[0])
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(14, len(content) - 3))] = data.draw(st.integers(0, 255))
    content[-2:] = garmin_crc(bytes(content[:-2]))
    try:
        workout, _ = from_fit(write(tmp_path, bytes(content)))
    except FileDamaged:
        return
    assert Workout.read(workout.stored()) == workout


def garmin_crc(content: bytes) -> bytes:
    from fastcrc.crc16 import arc

    return arc(content).to_bytes(2, "little")
