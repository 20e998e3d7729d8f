"""The library of workouts, the calendar, and what becomes of what is sent; through the real library where it can."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import garminconnect
import httpx2
import pytest

from garminsync_tui.simulator import Simulator
from garminsync_tui.workouts.definition import Range, Repeat, Step, Time, Workout, Zone
from garminsync_tui.workouts.differences import same_meaning
from garminsync_tui.workouts.garmin_fields import SERVER_OWNED
from garminsync_tui.workouts.garmin_json import from_garmin, patched, to_garmin
from garminsync_tui.workouts.vocabulary import UNITS

from ..workouts.definitions import made_up
from .conftest import EMAIL, NOW, PASSWORD, point_at, signed_in

SERVICE = "/workout-service"
CREATE = f"{SERVICE}/workout"
EASY = Step(end=Time(600), target=Zone("heart_rate", 2))
RUN = Workout(sport="running", name="Easy", steps=(EASY, Repeat(times=3, steps=(Step(end=Time(60)), EASY))))


@pytest.fixture(scope="module")
def shelf() -> Iterator[Simulator]:
    """One whose workouts these tests change."""
    with Simulator(now=NOW, days=2) as running:
        yield running


@pytest.fixture(scope="module")
def browser(shelf: Simulator) -> Iterator[httpx2.Client]:
    with signed_in(shelf) as client:
        yield client


def step(order: int | None = 1, **fields: Any) -> dict[str, Any]:
    return {
        "type": "ExecutableStepDTO",
        "stepOrder": order,
        "stepType": {"stepTypeId": 3},
        "endCondition": {"conditionTypeId": 2},
        "endConditionValue": 60,
        "targetType": {"workoutTargetTypeId": 1},
        **fields,
    }


def document(*steps: dict[str, Any], sport: int = 1, **fields: Any) -> dict[str, Any]:
    kind = {"sportTypeId": sport}
    segment = {"segmentOrder": 1, "sportType": kind, "workoutSteps": list(steps) or [step()]}
    return {"workoutName": "Sent", "sportType": kind, "workoutSegments": [segment], **fields}


def stored(browser: httpx2.Client, sent: dict[str, Any]) -> dict[str, Any]:
    answer = browser.post(CREATE, json=sent)
    assert answer.status_code == 200, answer.text
    return dict(browser.get(f"{CREATE}/{answer.json()['workoutId']}").json())


def stored_step(browser: httpx2.Client, sport: int = 1, **fields: Any) -> dict[str, Any]:
    return dict(stored(browser, document(step(**fields), sport=sport))["workoutSegments"][0]["workoutSteps"][0])


def test_the_whole_life_of_a_workout_through_the_library() -> None:
    with Simulator(now=NOW, days=2) as running:
        garmin = point_at(garminconnect.Garmin(EMAIL, PASSWORD), running.url)
        garmin.login()

        number = garmin.upload_workout(to_garmin(RUN))["workoutId"]
        assert same_meaning(RUN, garmin.get_workout_by_id(number)) == []
        assert [item["workoutName"] for item in garmin.get_workouts(limit=1)] == ["Easy"]

        entry = garmin.schedule_workout(number, "2026-11-24")
        garmin.update_workout(number, {**to_garmin(RUN), "workoutName": "Easier"})
        assert garmin.get_workout_by_id(number)["workoutName"] == "Easier"
        garmin.reschedule_workout(entry["workoutScheduleId"], "2026-11-26")
        month = garmin.get_scheduled_workouts(2026, 11)["calendarItems"]
        assert [(item["date"], item["title"]) for item in month] == [
            ("2026-11-24", "Base run of the plan"),
            ("2026-11-26", "Easier"),
        ]
        period = garmin.get_scheduled_workouts_by_period("2026-11-25", "2026-11-30")
        assert [item["workoutId"] for item in period] == [number]
        assert garmin.get_scheduled_workout_by_id(entry["workoutScheduleId"])["workout"]["workoutId"] == number
        garmin.unschedule_workout(entry["workoutScheduleId"])
        assert garmin.get_scheduled_workouts_by_period("2026-11-25", "2026-11-30") == []

        garmin.delete_workout(number)
        assert number not in {item["workoutId"] for item in garmin.get_workouts()}
        assert {"workoutStepTypes", "workoutDrillTypes"} < set(garmin.get_workout_types())


def test_what_we_write_is_read_back_with_the_same_meaning(browser: httpx2.Client) -> None:
    """Everything but fields and numbers that the server never heard of, and its second target of a slope."""
    fields = {"coachField", "stepAudioNote"}
    for seed in range(60):
        workout = made_up(seed)
        if workout.sport == "multi_sport" and len(workout.steps) == 1:
            continue
        sent = to_garmin(workout)
        differences = same_meaning(sent, stored(browser, sent))
        told = [str(one) for one in differences if not any(field in one.what for field in fields)]
        strange = re.compile(r"number \d+|power\.curve|instruction|% of grade")
        assert [line for line in told if not strange.search(line)] == [], f"seed {seed}"


def test_the_list(browser: httpx2.Client) -> None:
    newest = stored(browser, document())["workoutId"]

    first = browser.get(f"{SERVICE}/workouts", params={"start": 0, "limit": 2}).json()
    again = browser.get(f"{SERVICE}/workouts", params={"start": 1, "limit": 2}).json()
    everything = browser.get(f"{SERVICE}/workouts", params={"start": 0, "limit": 100}).json()

    assert first == again
    assert first[0]["workoutId"] == newest
    assert "workoutSegments" not in first[0]
    assert "updateDate" in first[0]
    assert "updatedDate" not in first[0]
    assert "lap_swimming" in {item["sportType"]["sportTypeKey"] for item in everything}


def test_an_update_answers_nothing_replaces_all_and_keeps_number_and_days(
    shelf: Simulator, browser: httpx2.Client
) -> None:
    before = stored(browser, document(description="long"))
    number = before["workoutId"]
    entry = browser.post(f"{SERVICE}/schedule/{number}", json={"date": "2026-12-01"}).json()

    answer = browser.put(f"{CREATE}/{number}", json=document(workoutId=number, workoutName="New"))
    after = browser.get(f"{CREATE}/{number}").json()

    assert (answer.status_code, answer.content) == (204, b"")
    assert (after["workoutName"], after["description"]) == ("New", None)
    assert after["createdDate"] == before["createdDate"] < after["updatedDate"]
    assert browser.get(f"{SERVICE}/schedule/{entry['workoutScheduleId']}").json()["workout"]["workoutName"] == "New"
    assert browser.put(f"{CREATE}/{number}", json=document(workoutId=1)).status_code == 400


def test_sent_twice_is_kept_twice(browser: httpx2.Client) -> None:
    assert stored(browser, document())["workoutId"] != stored(browser, document())["workoutId"]


@pytest.mark.parametrize(
    ("sent", "field", "kept"),
    [
        ({"stepType": {"stepTypeId": 4, "stepTypeKey": "rest"}},
         "stepType", {"stepTypeId": 4, "stepTypeKey": "recovery", "displayOrder": 4}),
        ({"targetType": {"workoutTargetTypeId": 6, "workoutTargetTypeKey": "heart.rate.zone"}},
         "targetType", {"workoutTargetTypeId": 6, "workoutTargetTypeKey": "pace.zone", "displayOrder": 6}),
        ({"targetType": {"workoutTargetTypeId": 4}, "zoneNumber": "2", "targetValueOne": 120}, "targetValueOne", None),
        ({"targetType": {"workoutTargetTypeId": 4, "targetValueOne": 120}}, "targetValueOne", None),
        ({"targetType": {"workoutTargetTypeId": 4}, "targetValueOne": "120"}, "targetValueOne", 120.0),
        ({"endCondition": {"conditionTypeId": 6}, "endConditionZone": 2}, "endConditionValue", None),
        ({"secondaryTargetType": {"workoutTargetTypeId": 7}, "secondaryTargetValueOne": 5},
         "secondaryTargetValueOne", 50.0),
        ({"category": "SQUAT", "exerciseName": "NOBODY_KNOWS_IT"}, "exerciseName", ""),
        ({"category": "SQUAT", "exerciseName": "GOBLET_SQUAT"}, "exerciseName", "GOBLET_SQUAT"),
        ({"category": "POSE", "exerciseName": "DOWNWARD_FACING_DOG"}, "exerciseName", "DOWNWARD_FACING_DOG"),
        ({"weightValue": 60}, "weightValue", None),
        ({"weightValue": 60, "weightUnit": UNITS["kg"]}, "weightValue", 60.0),
        ({"strokeType": {"strokeTypeId": 77}}, "strokeType",
         {"strokeTypeId": 0, "strokeTypeKey": None, "displayOrder": 0}),
    ],
)  # fmt: skip
def test_what_becomes_of_a_step(browser: httpx2.Client, sent: dict[str, Any], field: str, kept: object) -> None:
    assert stored_step(browser, **sent)[field] == kept


def test_steps_are_numbered_before_what_is_in_them(browser: httpx2.Client) -> None:
    inner = {"stepOrder": 30, "numberOfIterations": 2, "workoutSteps": [step(50), step(40, endConditionValue=1)]}
    outer = {"stepOrder": 20, "numberOfIterations": 3, "workoutSteps": [inner, step(60)]}

    first, group = stored(browser, document(outer, step(10)))["workoutSegments"][0]["workoutSteps"]

    assert (first["stepOrder"], group["stepOrder"], group["childStepId"]) == (1, 2, 1)
    assert [node["stepOrder"] for node in group["workoutSteps"]] == [3, 6]
    nested = group["workoutSteps"][0]
    assert (nested["childStepId"], nested["workoutSteps"][0]["childStepId"]) == (2, 2)
    assert [node["endConditionValue"] for node in nested["workoutSteps"]] == [1, 60]
    assert (group["endCondition"]["conditionTypeId"], group["endConditionValue"]) == (7, 3)


def test_a_repeat_with_another_condition_loses_its_number(browser: httpx2.Client) -> None:
    group = {"numberOfIterations": 4, "endCondition": {"conditionTypeId": 6}, "workoutSteps": [step(None)]}

    kept = stored(browser, document(group))["workoutSegments"][0]["workoutSteps"][0]

    assert kept["endCondition"]["conditionTypeKey"] == "heart.rate"
    assert kept["numberOfIterations"] is None


def test_what_is_not_known_is_dropped_and_estimates_are_made_again(browser: httpx2.Client) -> None:
    kept = stored(browser, document(step(aNewField=1), anotherField=2, estimatedDurationInSecs=5))

    assert "anotherField" not in kept
    assert "aNewField" not in kept["workoutSegments"][0]["workoutSteps"][0]
    assert kept["estimatedDurationInSecs"] == 60


def test_a_long_name_is_cut_to_256_utf16_units(browser: httpx2.Client) -> None:
    assert stored(browser, document(workoutName="n" * 300))["workoutName"] == "n" * 253 + "..."
    assert stored(browser, document(workoutName="n" + "🏃" * 200))["workoutName"] == "n" + "🏃" * 126 + "..."


def test_a_recorded_request_is_stored_as_it_was_recorded(browser: httpx2.Client, shared: Path) -> None:
    """But for what nobody sent: times, numbers, author, estimates, and fields that came later."""
    folder = shared / "workouts" / "kaiord"
    if not folder.is_dir():
        pytest.skip("recorded workouts are not here")

    def bare(node: Any) -> Any:
        if isinstance(node, list):
            return [bare(item) for item in node]
        if not isinstance(node, dict):
            return node
        return {name: bare(value) for name, value in node.items() if value and name not in SERVER_OWNED}

    def unnumbered(node: dict[str, Any]) -> dict[str, Any]:
        children = ("workoutSegments", "workoutSteps")
        rest = {name: value for name, value in node.items() if name not in {"stepOrder", *children}}
        return rest | {name: [unnumbered(child) for child in node[name]] for name in children if name in node}

    recorded = sorted(folder.glob("*Output.json"))
    assert recorded
    for path in recorded:
        # When it was recorded each level might count for itself; now only unset numbers do.
        sent = unnumbered(json.loads(path.with_name(path.name.replace("Output", "Input")).read_text()))
        answer, expected = stored(browser, sent), json.loads(path.read_text())
        assert bare(answer) == bare(expected)
        assert set(expected) <= {*answer, "workoutThumbnailUrl"}


def test_an_unknown_sport_is_none(browser: httpx2.Client) -> None:
    kept = stored(browser, document(sport=17))

    assert kept["sportType"] == {"sportTypeId": 0, "sportTypeKey": None, "displayOrder": 0}


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (document(step(1), step(1)), "need to have unique step orders, or all be unset"),
        (document(step(1), step(None)), "need to have unique step orders, or all be unset"),
        (document(step(category="CHEST")), "Invalid category"),
        (document(sport=10), "more than one segment"),
        ({**document(), "workoutSegments": []}, "no segments"),
        (document(step(endConditionValue="soon")), ""),
        (document({"workoutSteps": "none"}), ""),
        ([], ""),
    ],
)
def test_what_is_refused(browser: httpx2.Client, sent: Any, says: str) -> None:
    before = len(browser.get("/simulator/workouts").json())

    answer = browser.post(CREATE, json=sent)

    assert answer.status_code == 400
    assert says in answer.json()["message"]
    assert len(browser.get("/simulator/workouts").json()) == before


def test_no_json_and_no_workout(browser: httpx2.Client) -> None:
    assert browser.post(CREATE, content=b"{").status_code == 400
    assert browser.get(f"{CREATE}/5").status_code == 404
    assert browser.delete(f"{CREATE}/5").status_code == 404
    assert browser.post(f"{SERVICE}/schedule/5", json={"date": "2026-11-24"}).status_code == 404
    assert browser.get("/calendar-service/year/2026/month/12").status_code == 400
    known = browser.get("/simulator/workouts").json()[0]["workoutId"]
    assert browser.post(f"{SERVICE}/schedule/{known}", json={"date": "soon"}).status_code == 400
    assert httpx2.get(f"{browser.base_url}{CREATE}/{known}").status_code == 401


def test_those_of_plans_and_partners_cannot_be_changed(shelf: Simulator, browser: httpx2.Client) -> None:
    foreign = [node for node in shelf.workouts() if node["trainingPlanId"] or node["consumer"]]

    assert len(foreign) == 2
    for node in foreign:
        assert browser.put(f"{CREATE}/{node['workoutId']}", json=node).status_code == 403
        assert browser.delete(f"{CREATE}/{node['workoutId']}").status_code == 403


def test_the_other_side(shelf: Simulator, browser: httpx2.Client) -> None:
    before = stored(browser, document())
    number = before["workoutId"]

    shelf.edit_workout(number, workoutName="Theirs")
    changed = browser.patch(f"/simulator/workouts/{number}", json={"description": "also theirs"}).json()

    assert browser.get(f"{CREATE}/{number}").json() == changed
    assert (changed["workoutName"], changed["description"]) == ("Theirs", "also theirs")
    assert changed["updatedDate"] > before["updatedDate"]
    shelf.remove_workout(number)
    assert browser.get(f"{CREATE}/{number}").status_code == 404
    assert browser.delete(f"/simulator/workouts/{number}").status_code == 404


def test_a_patched_document_is_taken(browser: httpx2.Client) -> None:
    before = stored(browser, to_garmin(RUN))
    after = Workout(sport="running", name="Easy", steps=(*RUN.steps, Step(target=Range("pace", 230, 240, "/km"))))

    answer = browser.put(f"{CREATE}/{before['workoutId']}", json=patched(before, after))

    assert answer.status_code == 204
    assert from_garmin(browser.get(f"{CREATE}/{before['workoutId']}").json()) == after


@pytest.mark.parametrize("kind", ["silence", "lost"])
def test_a_workout_may_be_kept_and_nobody_told(shelf: Simulator, browser: httpx2.Client, kind: str) -> None:
    before = len(shelf.workouts())
    shelf.add_faults([{"path": f"{CREATE}$", "kind": kind, "count": 1}])

    with suppress(httpx2.ReadTimeout, httpx2.ReadError, httpx2.RemoteProtocolError):
        browser.post(CREATE, json=document(), timeout=0.3)
        pytest.fail("it was answered")

    assert len(shelf.workouts()) == before + 1
    assert browser.post(CREATE, json=document()).status_code == 200


def test_a_silent_server_can_be_stopped() -> None:
    with Simulator(now=NOW, days=2, faults=[]) as running, signed_in(running) as client:
        running.add_faults([{"path": f"{CREATE}$", "kind": "silence"}])
        with pytest.raises(httpx2.ReadTimeout):
            client.post(CREATE, json=document(), timeout=0.3)
