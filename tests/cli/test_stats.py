"""`garminsync stats`: totals by period, and days in a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import time_machine

from ..trained import Trained, at
from .conftest import Run

Fill = Callable[..., None]
ACTIVITIES = (
    Trained(at("2024-12-30"), duration=1800, distance=5000.0, calories=300.0, climb=10.0),
    Trained(at("2026-03-20"), activity_type="strength_training", distance=None, climb=None),
    Trained(at("2026-03-27"), activity_type="trail_running"),
    Trained(at("2026-03-28"), activity_type="road_biking", distance=40_000.0),
    Trained(at("2026-03-29"), calories=None),
)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    """A Monday's evening in Europe."""
    with time_machine.travel(datetime(2026, 3, 30, 18, 30, tzinfo=UTC)):
        yield


def test_weeks_are_a_table_with_totals_and_days_in_a_row(run: Run, fill: Fill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    fill(*ACTIVITIES)
    result = run("stats")
    assert result.code == 0
    assert result.err.startswith("There are older ones, from 2024-")
    heading, *weeks, whole, in_a_row = result.out.splitlines()
    assert heading.split() == ["week", "activities", "distance", "time", "climb", "energy"]
    assert len(weeks) == 12
    assert weeks[-3].split() == ["2026-03-16", "1", "—", "1", "h", "0", "m", "—", "700", "kcal", "████"]
    assert " ".join(weeks[-2].split()) == "2026-03-23 3 64.0 km 3 h 0 m 150 m 1 400 kcal ████████████"
    assert weeks[-1].split() == ["2026-03-30", "0"]
    assert " ".join(whole.split()) == "total 4 64.0 km 4 h 0 m 150 m 2 100 kcal"
    assert in_a_row == ("in a row  3 days now, 3 at most (from 2026-03-27); 2 weeks now, 2 at most (from 2026-03-16)")


def test_months_and_years(run: Run, fill: Fill) -> None:
    fill(*ACTIVITIES)
    months = run("stats", "--by", "month", "--json").json["periods"]
    assert [each["first_day"] for each in months][::11] == ["2025-04-01", "2026-03-01"]
    assert (months[-1]["activities"], months[-1]["last_day"]) == (4, "2026-03-30")
    years = run("stats", "--by", "year", "--plain").out.splitlines()
    assert years[0] == "year\tactivities\tdistance\ttime\tclimb\tenergy"
    assert [line.split("\t")[:3] for line in years[1:-1]] == [
        ["2024", "1", "5.0 km"],
        ["2025", "0", ""],
        ["2026", "4", "64.0 km"],
        ["total", "5", "69.0 km"],
    ]
    assert years[-1].startswith("in a row\t3 days now")


def test_the_document_has_every_period_and_its_sports(run: Run, fill: Fill) -> None:
    fill(*ACTIVITIES)
    document = run("stats", "--since", "2026-03-25", "--json").json
    assert (document["by"], document["since"], document["until"]) == ("week", "2026-03-25", "2026-03-30")
    week, this_week = document["periods"]
    assert (week["first_day"], week["last_day"]) == ("2026-03-25", "2026-03-29")
    assert week["sports"] == {
        "cycling": {
            "activities": 1,
            "duration_s": 3600,
            "distance_m": 40_000.0,
            "ascent_m": 50.0,
            "calories_kcal": 700.0,
        },
        "running": {
            "activities": 2,
            "duration_s": 7200,
            "distance_m": 24_000.0,
            "ascent_m": 100.0,
            "calories_kcal": 700.0,
        },
    }
    assert (this_week["activities"], this_week["sports"]) == (0, {})
    assert document["total"]["distance_m"] == 64_000.0
    assert document["streaks"]["weeks"] == {"current": 2, "longest": 2, "longest_since": "2026-03-16"}


def test_a_sport_is_all_its_types_and_a_type_is_itself(run: Run, fill: Fill) -> None:
    fill(*ACTIVITIES)
    assert run("stats", "--type", "Running", "--json").json["total"]["activities"] == 2
    assert run("stats", "--type", "trail_running", "--json").json["total"]["activities"] == 1
    assert run("stats", "--by", "year", "--type", "running", "--json").json["total"]["activities"] == 3
    result = run("stats", "--type", "chess")
    assert result.code == 2
    assert "no activity of type 'chess'" in result.err
    assert "road_biking" in result.err


def test_units_are_the_chosen_ones(run: Run, fill: Fill, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(*ACTIVITIES)
    monkeypatch.setenv("GARMINSYNC_UNITS", "imperial")
    assert "39.8 mi" in run("stats").out
    assert "492 ft" in run("stats").out


def test_without_activities_it_says_what_to_do(run: Run, fill: Fill) -> None:
    assert run("stats").code == 0
    assert "garminsync sync" in run("stats").err
    document = run("stats", "--json").json
    assert (document["periods"], document["total"]["activities"]) == ([], 0)


def test_days_without_an_activity_are_said(run: Run, fill: Fill) -> None:
    fill(*ACTIVITIES)
    result = run("stats", "--since", "2025-06-01", "--until", "2025-07-01")
    assert result.code == 0
    assert "No activity is in these days" in result.err
    assert result.out.startswith("in a row")
    assert run("stats", "--until", "2020-01-01", "--json").json["periods"] == []
    assert run("stats", "--since", "2026-03-02", "--until", "2026-03-01").code == 2


def test_today_is_that_of_the_account(run: Run, fill: Fill) -> None:
    # Half past seven on Tuesday in Auckland; the run there belongs to that day, whatever the day is here.
    fill(Trained(datetime(2026, 3, 30, 17, 0, tzinfo=UTC), utc_offset_s=13 * 3600), time_zone="Pacific/Auckland")
    document = run("stats", "--json").json
    assert document["until"] == "2026-03-31"
    assert document["streaks"]["days"]["current"] == 1


def test_what_began_tomorrow_elsewhere_is_shown(run: Run, fill: Fill) -> None:
    fill(Trained(datetime(2026, 3, 30, 17, 0, tzinfo=UTC), utc_offset_s=13 * 3600))
    document = run("stats", "--json").json
    assert document["until"] == "2026-03-31"
    assert document["total"]["activities"] == 1
    assert document["streaks"]["days"]["current"] == 1
