"""The activity list into rows."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from garminsync_tui.errors import UnexpectedAnswer
from garminsync_tui.garmin.activities import (
    ActivityRow,
    export_path,
    original_path,
    parse_activities,
    parse_count,
    parse_sync_time,
)

from .bodies import activity
from .test_health import ODDITIES, places


def row(**changes: Any) -> ActivityRow:
    [found], problems = parse_activities([activity(**changes)])
    assert problems == []
    return found


def test_a_row_of_the_list() -> None:
    found = row()
    assert found.garmin_activity_id == "123456789"
    assert found.name == "Morning run"
    assert found.activity_type == "running"
    assert found.start_time == datetime(2026, 5, 1, 6, 10, 21, tzinfo=UTC)
    assert found.utc_offset_s == 7200
    assert found.duration == 1801
    assert found.distance == 5012.34
    assert found.calories == 320
    assert found.has_original is True


def test_what_is_kept_beside_it_is_about_the_activity() -> None:
    assert row().extra == {
        "elapsedDuration": 1900.0,
        "averageHR": 142.0,
        "hasPolyline": True,
        "splitSummaries": [{"splitType": "RWD_RUN", "noOfSplits": 3}],
        "manualActivity": False,
    }


@pytest.mark.parametrize(("seconds", "whole"), [(0.4, 0), (0.5, 1), (1.5, 2), (2.5, 3), (59.49, 59), ("61.5", 62)])
def test_durations_are_rounded_half_up(seconds: Any, whole: int) -> None:
    assert row(duration=seconds).duration == whole


@pytest.mark.parametrize("seconds", [None, -1, "long", float("nan"), 1e300])
def test_a_duration_that_cannot_be_falls_back(seconds: Any) -> None:
    assert row(duration=seconds).duration == 1900
    assert row(duration=seconds, elapsedDuration=None).duration == 0


def test_ids_may_be_text_and_nothing_else_than_digits() -> None:
    assert row(activityId="42").garmin_activity_id == "42"
    bad = [activity(activityId=known_as) for known_as in (None, "", "4/2", "-4", True, 4.5, "9" * 21, "\x1b[2J")]
    rows, problems = parse_activities([*bad, activity()])
    assert len(rows) == 1
    assert len(problems) == len(bad)
    assert all("\x1b" not in problem for problem in problems)
    assert problems[0] == "Row 1 of the activity list has no id."


def test_one_bad_row_does_not_cost_the_others() -> None:
    no_start = activity(startTimeGMT=None, beginTimestamp=None)
    rows, problems = parse_activities([activity(activityId=1), None, no_start, "text", activity(activityId=2)])
    assert [each.garmin_activity_id for each in rows] == ["1", "2"]
    assert [problem.partition(" of ")[0] for problem in problems] == ["Row 2", "Row 3", "Row 4"]
    assert "123456789" in problems[1]


def test_the_start_may_come_as_milliseconds_only() -> None:
    assert row(startTimeGMT=None).start_time == datetime(2026, 5, 1, 6, 10, 21, tzinfo=UTC)


@pytest.mark.parametrize("start", ["0001-01-01 00:00:00", "1970-01-01 00:00:00", "9999-12-31 23:59:59"])
def test_a_start_that_cannot_be_true_is_none(start: str) -> None:
    rows, problems = parse_activities([activity(startTimeGMT=start, beginTimestamp=None)])
    assert rows == [] and len(problems) == 1


@pytest.mark.parametrize("local", [None, "later", "2026-05-03 08:10:21"])
def test_an_offset_that_cannot_be_is_unknown(local: Any) -> None:
    assert row(startTimeLocal=local).utc_offset_s is None


def test_an_activity_typed_in_by_hand_has_no_original() -> None:
    assert row(manualActivity=True).has_original is False
    assert row(manualActivity=None).has_original is None


@pytest.mark.parametrize("kind", [None, "", "Running Now", {"typeKey": None}, {"typeKey": "\x1b"}, 7])
def test_an_unknown_type_is_other(kind: Any) -> None:
    assert row(activityType=kind).activity_type == "other"


def test_extra_is_json_that_both_databases_take() -> None:
    deep: Any = "bottom"
    for _ in range(200):
        deep = {"down": deep}
    found = row(
        weird=float("nan"),
        huge=10**40,
        nul="a\x00b",
        lone="\ud800",
        deep=deep,
        **{"odd key": 1, "ownerNew": 1, "x" * 99: 1},
    )
    assert found.extra["nul"] == "ab"
    assert found.extra["lone"] == "?"
    assert found.extra.keys().isdisjoint({"weird", "huge", "odd key", "ownerNew", "x" * 99})
    json.dumps(found.extra, allow_nan=False, ensure_ascii=False).encode()


def test_names_that_no_database_takes_are_cleaned() -> None:
    assert row(activityName="a\x00\ud800b").name == "a?b"
    assert row(activityName="").name is None
    assert row(activityName=5).name is None


@pytest.mark.parametrize("body", [{"activityList": []}, "text", 5])
def test_another_shape_is_refused(body: Any) -> None:
    with pytest.raises(UnexpectedAnswer, match="activities"):
        parse_activities(body)


def test_an_empty_page_is_the_end() -> None:
    assert parse_activities([]) == parse_activities(None) == ([], [])


def test_counts() -> None:
    assert parse_count({"totalCount": 60}) == parse_count({"totalCount": "60"}) == parse_count(60) == 60
    for body in (None, {}, {"totalCount": None}, [1], {"totalCount": -1}, {"totalCount": 1.5}):
        with pytest.raises(UnexpectedAnswer):
            parse_count(body)


def test_sync_times() -> None:
    moment = datetime(2026, 5, 1, 6, 10, 21, tzinfo=UTC)
    for body in (
        "2026-05-01T06:10:21.0",
        '"2026-05-01T06:10:21.0"',
        1777615821000,
        {"syncTimestamp": "2026-05-01T06:10:21Z"},
    ):
        assert parse_sync_time(body) == moment
    for body in (None, "", "never", {}, [], 0, {"a": {"b": None}}):
        assert parse_sync_time(body) is None


def test_paths_take_ids_only() -> None:
    assert original_path("42") == "/download-service/files/activity/42"
    assert export_path("42", "gpx") == "/download-service/export/gpx/activity/42"
    for bad in ("../1", "", "4 2", "x"):
        with pytest.raises(ValueError, match="id"):
            original_path(bad)
        with pytest.raises(ValueError, match="id"):
            export_path(bad, "tcx")


@pytest.mark.parametrize("page", ["limit=3_start=0", "limit=2_start=0", "limit=2_start=2", "limit=1_start=0"])
def test_recorded_pages(shared: Path, page: str) -> None:
    body = json.loads(
        (shared / f"responses/activitylist-service_activities_search_activities__{page}.json").read_text()
    )
    rows, problems = parse_activities(body)
    assert problems == []
    assert [each.garmin_activity_id for each in rows] == [str(each["activityId"]) for each in body]
    for each, raw in zip(rows, body, strict=True):
        assert each.activity_type == raw["activityType"]["typeKey"]
        assert each.utc_offset_s is not None
        assert not [key for key in each.extra if key.startswith(("owner", "user"))]
        assert len(json.dumps(each.extra)) < len(json.dumps(raw))


@st.composite
def drifted_rows(draw: st.DrawFn) -> Any:
    body = [copy.deepcopy(activity(activityId=n)) for n in range(1, 3)]
    for _ in range(draw(st.integers(1, 4))):
        *way, key = draw(st.sampled_from([place for place in places(body) if len(place) > 1]))
        holder: Any = body
        for step in way:
            holder = holder[step]
        if draw(st.booleans()):
            holder[key] = copy.deepcopy(draw(ODDITIES))
        else:
            del holder[key]
    return body


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=drifted_rows())
def test_a_drifted_list_still_gives_rows_or_sentences(body: Any) -> None:
    rows, problems = parse_activities(body)
    assert len(rows) + len(problems) == len(body)
    for each in rows:
        assert each.duration >= 0
        assert each.distance is None or each.distance >= 0
        json.dumps(each.extra, allow_nan=False, ensure_ascii=False).encode()
