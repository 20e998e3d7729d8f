"""`garminsync bests`: records, their history, and what stands apart from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from ..trained import Effort, Trained, at
from .conftest import Run

Fill = Callable[..., None]
HOSTILE = "Race\x1b]0;owned\x07\ttab"


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 3, 30, 18, 30, tzinfo=UTC)):
        yield


def over(metres: float, seconds: float, note: str | None = None) -> Effort:
    return Effort("distance", metres, seconds, note)


def watts(seconds: float, power: float) -> Effort:
    return Effort("power", seconds, power)


OLD = Trained(at("2025-05-01"), efforts=[over(400, 80), over(5000, 1300), over(21_097.5, 6000), watts(60, 350)])
BETTER = Trained(at("2026-03-01"), name=HOSTILE, efforts=[over(400, 85), over(5000, 1290), over(1609.344, 390)])
DOWN = Trained(at("2026-03-20"), efforts=[over(5000, 1100, "downhill"), over(400, 40, "suspect")])
RIDE = Trained(
    at("2026-02-28"),
    activity_type="cycling",
    efforts=[watts(5, 900), watts(6, 880), watts(1200, 250), over(40_000, 4000)],
)


def rows(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.splitlines() if "\t" in line]


def test_a_section_a_sport_with_distances_and_power(run: Run, fill: Fill) -> None:
    fill(OLD, BETTER, DOWN, RIDE)
    result = run("bests", "--plain")
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    headings = [line for before, line in zip(["", *lines], lines, strict=False) if line and not before]
    assert headings == ["Running", "Running, power", "Cycling", "Cycling, power"]
    assert rows(result.out) == [
        ["distance", "time", "pace", "day", "activity", "id", "note"],
        ["400 m", "1:20", "3:20/km", "2025-05-01", "Morning run", OLD.garmin_id, ""],
        ["1 mile", "6:30", "4:02/km", "2026-03-01", "Race·]0;owned··tab", BETTER.garmin_id, "new"],
        ["5 km", "21:30", "4:18/km", "2026-03-01", "Race·]0;owned··tab", BETTER.garmin_id, "new"],
        ["half marathon", "1:40:00", "4:44/km", "2025-05-01", "Morning run", OLD.garmin_id, ""],
        ["over", "power", "day", "activity", "id", "note"],
        ["1 min", "350 W", "2025-05-01", "Morning run", OLD.garmin_id, ""],
        ["distance", "time", "pace", "day", "activity", "id", "note"],
        ["40 km", "1:06:40", "36.0 km/h", "2026-02-28", "Morning run", RIDE.garmin_id, ""],
        ["over", "power", "day", "activity", "id", "note"],
        ["5 s", "900 W", "2026-02-28", "Morning run", RIDE.garmin_id, ""],
        ["20 min", "250 W", "2026-02-28", "Morning run", RIDE.garmin_id, ""],
    ]
    assert run("bests", "--sport", "cycling", "--plain").out == result.out[result.out.index("\nCycling") :]
    assert "Cycling, power" in run("bests").out


def test_the_document_has_all_spans_in_si_units(run: Run, fill: Fill) -> None:
    fill(OLD, RIDE)
    document = run("bests", "--json").json
    assert document["activities_not_computed"] == 0
    found = [(each["sport"], each["distance_m"], each["duration_s"], each["power_w"]) for each in document["efforts"]]
    assert found == [
        ("running", 400.0, 80.0, None),
        ("running", 5000.0, 1300.0, None),
        ("running", 21097.5, 6000.0, None),
        ("running", None, 60.0, 350.0),
        ("cycling", 40000.0, 4000.0, None),
        ("cycling", None, 5.0, 900.0),
        ("cycling", None, 6.0, 880.0),
        ("cycling", None, 1200.0, 250.0),
    ]
    assert document["efforts"][0]["start_time"] == "2025-05-01T08:01:00Z"
    assert document["efforts"][0]["activity"] == {
        "id": str(OLD.id),
        "garmin_activity_id": OLD.garmin_id,
        "name": "Morning run",
        "activity_type": "running",
    }


def test_what_stands_apart_has_its_mark(run: Run, fill: Fill) -> None:
    fill(OLD, DOWN)
    shown = [
        (row[0], row[1], row[-1]) for row in rows(run("bests", "--all", "--plain", "--sport", "running").out)[1:-2]
    ]
    assert shown == [
        ("400 m", "1:20", ""),
        ("400 m", "0:40", "new, suspect"),
        ("5 km", "21:40", ""),
        ("5 km", "18:20", "new, downhill"),
        ("half marathon", "1:40:00", ""),
    ]


def test_a_season(run: Run, fill: Fill) -> None:
    fill(OLD, BETTER)
    efforts = run("bests", "--until", "2025-12-31", "--json").json["efforts"]
    assert {each["day"] for each in efforts} == {"2025-05-01"}
    assert rows(run("bests", "--since", "2026-01-01", "--plain").out)[1][:2] == ["400 m", "1:25"]
    assert run("bests", "--since", "2026-01-02", "--until", "2026-01-01").code == 2


@pytest.mark.parametrize("named", ["5 km", "5km", "5k", "5000", "5000m", "5 KM"])
def test_how_a_record_came_down(run: Run, fill: Fill, named: str) -> None:
    fill(BETTER, OLD, DOWN)
    result = run("bests", "--history", named, "--plain")
    assert "Running, 5 km" in result.out
    assert [row[:3] for row in rows(result.out)] == [
        ["time", "pace", "day"],
        ["21:40", "4:20/km", "2025-05-01"],
        ["21:30", "4:18/km", "2026-03-01"],
    ]


@pytest.mark.parametrize(
    ("named", "title"),
    [
        ("half", "Running, half marathon"),
        ("1min", "Running, power, 1 min"),
        ("60 s", "Running, power, 1 min"),
        ("1 mile", "Running, 1 mile"),
    ],
)
def test_records_by_their_names(run: Run, fill: Fill, named: str, title: str) -> None:
    fill(OLD, BETTER)
    assert run("bests", "--history", named).out.splitlines()[1] == title


def test_a_record_that_is_not_there_is_told_from_those_that_are(run: Run, fill: Fill) -> None:
    fill(OLD, RIDE)
    result = run("bests", "--history", "7 km")
    assert result.code == 2
    assert "There are: 400 m, 5 km, half marathon, 1 min, 40 km, 5 s, 20 min." in result.err
    assert run("bests", "--history", "1 mile", "--sport", "cycling").code == 2
    assert run("bests", "--history", "5 km", "--json").json["efforts"][0]["duration_s"] == 1300.0


def test_empty_homes_say_what_to_do(run: Run) -> None:
    result = run("bests")
    assert (result.code, result.out) == (0, "")
    assert "garminsync sync" in result.err
    assert run("bests", "--history", "5 km").code == 0
    assert run("bests", "--json").json["efforts"] == []


def test_what_is_not_computed_yet_is_counted(run: Run, fill: Fill) -> None:
    fill(Trained(at("2026-03-01"), computed=False), Trained(at("2026-03-02"), computed=False))
    assert "None of the 2 activities is computed yet" in run("bests").err
    assert "garminsync reparse --activities" in run("bests").err
    assert run("bests", "--json").json["activities_not_computed"] == 2


def test_some_not_computed_and_none_with_efforts(run: Run, fill: Fill, monkeypatch: Any) -> None:
    fill(Trained(at("2026-03-01"), computed=False), Trained(at("2026-03-02")))
    result = run("bests")
    assert "1 of 2 activities not computed yet" in result.err
    assert "no best efforts" in result.err
    monkeypatch.setenv("GARMINSYNC_UNITS", "imperial")
    assert run("bests").code == 0


def test_paces_are_in_the_chosen_units(run: Run, fill: Fill, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(OLD)
    monkeypatch.setenv("GARMINSYNC_UNITS", "imperial")
    assert rows(run("bests", "--plain").out)[2][2] == "6:58/mi"
