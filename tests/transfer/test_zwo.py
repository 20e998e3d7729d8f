"""Zwift's workout files: what they ask for as steps, and files that must not be believed."""

from __future__ import annotations

from pathlib import Path

import pytest

from garminsync_tui.errors import FileDamaged
from garminsync_tui.transfer.workout_from_zwo import from_zwo
from garminsync_tui.workouts.definition import (
    Distance,
    Effort,
    Range,
    Repeat,
    Step,
    Target,
    Time,
    Workout,
    Zone,
)


def write(tmp_path: Path, inner: str, head: str = "<sportType>bike</sportType>") -> Path:
    path = tmp_path / "session.zwo"
    path.write_text(f"<workout_file>{head}<workout>{inner}</workout></workout_file>", encoding="utf-8")
    return path


def read(tmp_path: Path, inner: str, head: str = "<sportType>bike</sportType>") -> tuple[Workout, list[str]]:
    workout, lost = from_zwo(write(tmp_path, inner, head))
    assert Workout.read(workout.stored()) == workout
    return workout, [str(each) for each in lost]


def ftp(low: float, high: float) -> Target:
    return Range("power", low, high, "%ftp")


def rpm(low: float, high: float) -> Target:
    return Range("cadence", low, high, "rpm")


def test_every_kind_of_block(tmp_path: Path) -> None:
    workout, lost = read(
        tmp_path,
        """
        <Warmup Duration="180" PowerLow="0.40" PowerHigh="0.70"/>
        <SteadyState Duration="600" Power="0.88" Cadence="90"/>
        <SteadyState Duration="60" PowerLow="0.9" PowerHigh="0.95" CadenceLow="85" CadenceHigh="95"/>
        <SteadyState Duration="60" Zone="3"/>
        <IntervalsT Repeat="5" OnDuration="30" OffDuration="15" OnPower="1.2" OffPower="0.5" Cadence="100"
                    CadenceResting="80"/>
        <FreeRide Duration="300" FlatRoad="1"/>
        <MaxEffort Duration="20"/>
        <Ramp Duration="120" PowerLow="1.0" PowerHigh="0.8"/>
        <Cooldown Duration="120" PowerLow="0.40" PowerHigh="0.60"/>
        """,
        "<name> Thirty\n fifteens </name><description>Short &amp; hard</description><sportType>bike</sportType>",
    )
    assert lost == []
    assert (workout.sport, workout.name, workout.note) == ("cycling", "Thirty fifteens", "Short & hard")
    assert workout.steps == (
        Step("warmup", Time(60), ftp(40, 50)),
        Step("warmup", Time(60), ftp(50, 60)),
        Step("warmup", Time(60), ftp(60, 70)),
        Step(end=Time(600), target=ftp(88, 88), second_target=rpm(90, 90)),
        Step(end=Time(60), target=ftp(90, 95), second_target=rpm(85, 95)),
        Step(end=Time(60), target=Zone("power", 3)),
        Repeat(
            times=5,
            steps=(
                Step(end=Time(30), target=ftp(120, 120), second_target=rpm(100, 100)),
                Step("recovery", Time(15), ftp(50, 50), rpm(80, 80)),
            ),
        ),
        Step(end=Time(300)),
        Step(end=Time(20), target=Effort("all_out")),
        Step(end=Time(60), target=ftp(90, 100)),
        Step(end=Time(60), target=ftp(80, 90)),
        # A cool-down falls, whichever edge is called low.
        Step("cooldown", Time(60), ftp(50, 60)),
        Step("cooldown", Time(60), ftp(40, 50)),
    )


def test_a_long_ramp_has_ten_steps_of_its_whole_time(tmp_path: Path) -> None:
    workout, _ = read(tmp_path, '<Warmup Duration="1205" PowerLow="0.25" PowerHigh="0.75"/>')
    ends = [step.end for step in workout.steps if isinstance(step, Step)]
    assert len(ends) == 10
    assert sum(end.seconds for end in ends if isinstance(end, Time)) == 1205


def test_texts_are_notes_of_the_step_in_which_they_are_shown(tmp_path: Path) -> None:
    workout, _ = read(
        tmp_path,
        """
        <Warmup Duration="120" PowerLow="0.5" PowerHigh="0.6"><textevent timeoffset="0" message="Easy"/>
          <textevent timeoffset="70" message="A bit
          more"/></Warmup>
        <IntervalsT Repeat="2" OnDuration="30" OffDuration="30" OnPower="1" OffPower="0.5">
          <textevent timeoffset="0" message="Go"/><textevent timeoffset="60" message="Go"/>
          <textevent timeoffset="95" message="Breathe"/></IntervalsT>
        """,
    )
    assert [step.note for step in workout.steps if isinstance(step, Step)] == ["Easy", "A bit more"]
    (repeat,) = [step for step in workout.steps if isinstance(step, Repeat)]
    assert [step.note for step in repeat.steps if isinstance(step, Step)] == ["Go", "Breathe"]


def test_runs_have_paces_and_may_go_by_distance(tmp_path: Path) -> None:
    workout, lost = read(
        tmp_path,
        '<SteadyState Duration="1000" Power="0.95" pace="1"/>',
        "<sportType>run</sportType><durationType>distance</durationType>",
    )
    assert workout.sport == "running"
    assert workout.steps == (Step(end=Distance(1000), target=Range("pace", 95, 95, "%tp")),)
    assert lost == ["Step 1: parts of a race pace are read as parts of threshold pace."]


def test_what_is_not_known_is_told(tmp_path: Path) -> None:
    workout, lost = read(tmp_path, '<SteadyState Duration="60" Power="1"/><Teleport to="Mars"/>')
    assert len(workout.steps) == 1
    assert lost == ["Step 2: “teleport” has no words here, it is left out."]


@pytest.mark.parametrize(
    "inner",
    [
        '<SteadyState Duration="nan" Power="1"/>',
        '<SteadyState Duration="-5" Power="1"/>',
        '<SteadyState Duration="1e300" Power="1"/>',
        '<SteadyState Duration="0" Power="1"/>',
        '<SteadyState Power="1"/>',
        '<SteadyState Duration="60" Power="inf"/>',
        '<SteadyState Duration="60" Power="much"/>',
        '<SteadyState Duration="60" Zone="9"/>',
        '<IntervalsT Repeat="1000000000" OnDuration="30" OffDuration="30" OnPower="1" OffPower="0.5"/>',
        '<FreeRide Duration="60" Cadence="-1"/>',
        '<FreeRide Duration="60"><textevent timeoffset="soon" message="x"/></FreeRide>',
    ],
)
def test_numbers_that_cannot_be_meant_are_refused(inner: str, tmp_path: Path) -> None:
    with pytest.raises(FileDamaged, match="step 1 has a number"):
        read(tmp_path, inner)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("<workout_file><workout>", "not well-formed"),
        ("<gpx><workout><FreeRide Duration='60'/></workout></gpx>", "is no Zwift workout"),
        ("<workout_file><workout></workout></workout_file>", "without steps"),
        ("<workout_file><workout><Dance/></workout></workout_file>", "without steps that are known"),
        (
            "<!DOCTYPE x [<!ENTITY a 'aa'><!ENTITY b '&a;&a;'>]><workout_file><name>&b;</name></workout_file>",
            "document type",
        ),
        (
            "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><workout_file><name>&a;</name></workout_file>",
            "document type",
        ),
        ("<workout_file>" + "<a>" * 100 + "</a>" * 100 + "</workout_file>", "deep"),
        ("<workout_file><workout>" + "<FreeRide Duration='6'/>" * 1001 + "</workout></workout_file>", "more steps"),
        (
            "<workout_file><workout><FreeRide Duration='6'>"
            + "<textevent message='x'/>" * 1001
            + "</FreeRide></workout></workout_file>",
            "more texts",
        ),
        (" " * (2**20 + 1), "larger than any workout"),
    ],
    ids=lambda value: value[:24],
)
def test_hostile_files_are_refused(content: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "session.zwo"
    path.write_text(content)
    with pytest.raises(FileDamaged, match=reason):
        from_zwo(path)
