"""Zones of an athlete and a watch, and what would have to be known for more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from garminsync_tui.sync.assess import Athlete, assess, unlocked_by
from garminsync_tui.sync.zones import Unknown, Zone, Zones, heart_rate_zones

FIGURES: dict[str, Any] = {
    "timer_s": 100,
    "coverage": {"heart_rate_bpm": 0.95},
    "heart_rate_s": {"88": 10, "89": 20, "106": 5, "107": 25, "160": 30, "199": 5},
    "wearer": {"heart_rate_zone_bounds_bpm": [89, 107, 125, 142, 160, 178]},
    "normalized_power_w": 200.0,
}
KNOWN = Athlete("male", 50.0, 190.0, 170.0, 250.0, 4.0, 1.0)


def test_a_watch_counts_each_of_its_bounds_in_the_zone_above() -> None:
    found = heart_rate_zones(FIGURES, "cycling", Athlete(), "garmin")
    assert found == Zones(
        "garmin",
        (
            Zone("below", 0, 89, 10),
            Zone("1", 89, 107, 25),
            Zone("2", 107, 125, 25),
            Zone("3", 125, 142, 0),
            Zone("4", 142, 160, 0),
            Zone("5", 160, None, 35),
        ),
        5,
    )


def test_a_watch_without_zones_has_those_of_maximum() -> None:
    figures = {**FIGURES, "wearer": {}}
    assert heart_rate_zones(figures, "cycling", Athlete(), "garmin") == Unknown(("max_heart_rate_bpm",))
    found = heart_rate_zones(figures, "cycling", KNOWN, "garmin")
    assert isinstance(found, Zones)
    assert (found.basis, found.zones[1].low) == ("maximum", 95)


@pytest.mark.parametrize(
    ("chosen", "needed"),
    [
        ("maximum", ("max_heart_rate_bpm",)),
        ("reserve", ("resting_heart_rate_bpm", "max_heart_rate_bpm")),
        ("threshold", ("threshold_heart_rate_bpm",)),
    ],
)
def test_zones_name_what_they_need(chosen: str, needed: tuple[str, ...]) -> None:
    assert heart_rate_zones(FIGURES, "running", Athlete(), chosen) == Unknown(needed)
    assert isinstance(heart_rate_zones(FIGURES, "running", KNOWN, chosen), Zones)


def test_without_a_heart_rate_there_are_no_zones() -> None:
    assert heart_rate_zones({"timer_s": 100}, "running", KNOWN, "maximum") is None


def test_each_score_tells_what_would_unlock_it() -> None:
    assert unlocked_by(FIGURES, "cycling", KNOWN) == {}
    assert unlocked_by(FIGURES, "cycling", replace(KNOWN, sex=None, threshold_power_w=None)) == {
        "intensity_factor": ("threshold_power_w",),
        "training_stress": ("threshold_power_w",),
        "trimp": ("sex",),
        "heart_rate_stress": ("sex",),
    }
    # Nothing unlocks what was not measured.
    thin = {"timer_s": 100, "coverage": {"heart_rate_bpm": 0.5}, "heart_rate_s": {"150": 50}}
    assert unlocked_by(thin, "cycling", Athlete()) == {}


def test_what_is_unlocked_is_told_once_it_is_known() -> None:
    unknown = replace(KNOWN, max_heart_rate_bpm=None)
    missing = unlocked_by(FIGURES, "running", unknown)
    assert set(missing.values()) == {("max_heart_rate_bpm",)}
    assert assess(FIGURES, "running", KNOWN).numbers.keys() - assess(FIGURES, "running", unknown).numbers.keys() == set(
        missing
    )
