"""Documents that Garmin's server stored or took, and some that it would not take; skipped where they are not here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from garminsync_tui.errors import InvalidWorkout
from garminsync_tui.workouts.differences import same_meaning
from garminsync_tui.workouts.garmin_json import from_garmin, patched, to_garmin
from garminsync_tui.workouts.text_parser import parse
from garminsync_tui.workouts.text_printer import print_workout

_STORED = ("kaiord/*Output.json", "python-garminconnect/sample_workout.json")
_ACCEPTED = ("kaiord/*Input.json", "taxuspt/*.json", "quick-plan/*.json")
_GENERATED = ("mkuthan-generated/*.json", "python-garminconnect/gen_[crs][ytu]*.json")
_WRONG = {"swimming": "swimming is 4", "walking": "walking is 12", "hiking": "no sport for 18"}


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    if not (shared / "workouts").is_dir():
        pytest.skip("recorded workouts are not here")
    return shared / "workouts"


def _documents(folder: Path, patterns: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    for pattern in patterns:
        for path in sorted(folder.glob(pattern)):
            yield path.name, json.loads(path.read_text())


def test_they_keep_their_meaning_there_and_back(folder: Path) -> None:
    documents = list(_documents(folder, (*_STORED, *_ACCEPTED, *_GENERATED)))

    assert len(documents) >= 28
    for name, document in documents:
        workout = from_garmin(document)
        again = to_garmin(workout)
        assert same_meaning(document, again) == [], name
        assert from_garmin(again) == workout, name


def test_their_text_reads_as_the_same(folder: Path) -> None:
    for name, document in _documents(folder, (*_STORED, *_ACCEPTED, *_GENERATED)):
        workout = from_garmin(document)
        for one_line in (False, True):
            assert parse(print_workout(workout, one_line=one_line), workout).checked() == workout, name


def test_unknown_fields_come_back_intact_from_every_level(folder: Path) -> None:
    def mark(node: dict[str, Any]) -> int:
        node["aNewField"] = {"of": ["Garmin's"]}
        children = [*node.get("workoutSegments", ()), *node.get("workoutSteps", ())]
        return 1 + sum(mark(child) for child in children)

    for name, document in _documents(folder, (*_STORED, *_ACCEPTED)):
        marked = mark(document)
        again = to_garmin(from_garmin(document))
        assert json.dumps(again).count('"aNewField": {"of": ["Garmin\'s"]}') == marked, name


def test_a_stored_document_stays_as_it_is_where_nothing_changes(folder: Path) -> None:
    for name, document in _documents(folder, _STORED):
        assert patched(document, from_garmin(document)) == document, name


def test_what_was_sent_and_what_was_stored_mean_the_same(folder: Path) -> None:
    stored = dict(_documents(folder, ("kaiord/*Output.json",)))
    for name, sent in _documents(folder, ("kaiord/*Input.json",)):
        differences = same_meaning(sent, stored[name.replace("Input", "Output")])
        # The server cut a name of 559 characters.
        assert [one.what for one in differences] == (["the name"] if "EdgeCases" in name else []), name


@pytest.mark.parametrize("sport", _WRONG)
def test_wrong_sports_are_refused_with_the_reason(folder: Path, sport: str) -> None:
    [(_, document)] = _documents(folder, (f"python-garminconnect/gen_{sport}.json",))

    with pytest.raises(InvalidWorkout, match=_WRONG[sport]):
        from_garmin(document)
