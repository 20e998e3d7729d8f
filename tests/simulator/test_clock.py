"""Time goes on: what a day brings, the late sync, entries made without a watch; and the counters."""

from __future__ import annotations

import socket
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from garminsync_tui.errors import UsageProblem
from garminsync_tui.simulator import Simulator

from .conftest import NOW, signed_in

TODAY, TOMORROW = date(2026, 11, 22), date(2026, 11, 23)
SYNC_TIME = "/wellness-service/wellness/syncTimestamp"


def stats(simulator: Simulator, web: httpx2.Client, day: date) -> dict[str, Any]:
    path = f"/usersummary-service/usersummary/daily/{simulator.athlete.display_name}"
    return dict(web.get(path, params={"calendarDate": str(day)}).json())


def last_reading(web: httpx2.Client, day: date) -> datetime | None:
    body = web.get(f"/wellness-service/wellness/dailyStress/{day}").json()
    return datetime.fromtimestamp(body["stressValuesArray"][-1][0] / 1000, NOW.tzinfo) if body else None


def test_today_s_second_half_comes_with_the_next_day(own: Simulator, own_web: httpx2.Client) -> None:
    noon = datetime(2026, 11, 22, 11, tzinfo=NOW.tzinfo)
    reading = last_reading(own_web, TODAY)
    assert reading is not None
    assert noon - timedelta(minutes=10) < reading < noon
    morning = stats(own, own_web, TODAY)
    assert morning["wellnessEndTimeLocal"] == "2026-11-22T12:00:00.0"
    assert last_reading(own_web, TOMORROW) is None
    own.advance()
    reading = last_reading(own_web, TODAY)
    assert reading is not None
    assert reading > noon + timedelta(hours=11)
    whole = stats(own, own_web, TODAY)
    assert whole["wellnessEndTimeLocal"] == "2026-11-23T00:00:00.0"
    assert whole["totalSteps"] > morning["totalSteps"]
    assert last_reading(own_web, TOMORROW) is not None


@pytest.mark.parametrize(("hour", "nights"), [(2, 0), (15, 1)])
def test_a_night_comes_when_it_is_over(hour: int, nights: int) -> None:
    with Simulator(now=NOW.replace(hour=hour)) as simulator, signed_in(simulator) as web:
        score = f"/wellness-service/stats/daily/sleep/score/{TODAY}/{TODAY}"
        assert len(web.get(score).json()) == nights
        assert web.get(f"/hrv-service/hrv/{TODAY}").status_code == (200 if nights else 204)
        assert (stats(simulator, web, TODAY)["bodyBatteryAtWakeTime"] is not None) == bool(nights)


def test_what_a_day_brings(own: Simulator, own_web: httpx2.Client) -> None:
    known, synced = own.activity_ids(), own_web.get(SYNC_TIME).json()
    happened = own.advance()
    now_there = own.activity_ids()
    assert happened["now"] == (NOW + timedelta(days=1)).isoformat()
    assert set(now_there) == set(known) - {happened["deleted"]} | set(happened["added"])
    assert own_web.get(SYNC_TIME).json() > synced
    assert own_web.get(f"/activity-service/activity/{happened['deleted']}").status_code == 404
    assert own_web.get(f"/download-service/files/activity/{happened['deleted']}").status_code == 404
    assert own_web.get("/activitylist-service/activities/count").json() == {"totalCount": len(now_there)}
    renamed = own_web.get(f"/activity-service/activity/{happened['renamed']}").json()
    assert renamed["activityName"] == happened["name"]
    assert renamed["metadataDTO"]["lastUpdateDate"] == "2026-11-23T15:00:00.0"
    rows = own_web.get("/activitylist-service/activities/search/activities", params={"limit": "100"}).json()
    assert {row["activityId"]: row["activityName"] for row in rows}[happened["renamed"]] == happened["name"]


def test_entries_without_a_watch_do_not_sync(own: Simulator, own_web: httpx2.Client) -> None:
    synced = own_web.get(SYNC_TIME).json()
    weights = own_web.get(f"/weight-service/weight/dayview/{TODAY}").json()["dateWeightList"]
    happened = own.advance(0)
    assert happened["now"] == NOW.isoformat()
    assert happened["added"] == []
    assert own_web.get(SYNC_TIME).json() == synced
    more = own_web.get(f"/weight-service/weight/dayview/{TODAY}").json()["dateWeightList"]
    assert len(more) == len(weights) + 1
    assert more[0]["sourceType"] == "MANUAL"
    assert more[0]["weight"] == happened["weighed"]["grams"]
    assert more[0]["bodyFat"] is None
    pressures = own_web.get(f"/bloodpressure-service/bloodpressure/range/{TODAY}/{TODAY}").json()
    newest = pressures["measurementSummaries"][0]["measurements"][0]
    assert newest["sourceType"] == "MANUAL"
    assert {key: newest[key] for key in ("systolic", "diastolic", "pulse")} == {
        key: happened["pressure"][key] for key in ("systolic", "diastolic", "pulse")
    }
    water = f"/usersummary-service/stats/hydration/daily/{TODAY}/{TODAY}"
    assert [row["valueInML"] for row in own_web.get(water).json()] == [happened["drunk"]["millilitres"]]


def test_the_same_things_happen_each_time() -> None:
    with Simulator(now=NOW) as one, Simulator(now=NOW) as other:
        assert [one.advance(), one.advance(5)] == [other.advance(), other.advance(5)]
        assert one.activity_ids() == other.activity_ids()


def test_what_was_is_not_changed_by_what_comes(own: Simulator, own_web: httpx2.Client) -> None:
    paths = [f"/wellness-service/wellness/dailyStress/{TODAY - timedelta(days=back)}" for back in range(1, 8)]
    before = [own_web.get(path).content for path in paths]
    own.advance(100)
    assert [own_web.get(path).content for path in paths] == before


def test_over_http(own: Simulator, own_web: httpx2.Client) -> None:
    assert own_web.post("/simulator/advance").json()["now"] == (NOW + timedelta(days=1)).isoformat()
    assert own_web.post("/simulator/advance", json={"days": 3}).json()["now"] == (NOW + timedelta(days=4)).isoformat()
    for bad in (b"[]", b"nonsense", b'{"days": "soon"}', b'{"days": -1}', b'{"days": 1e9}'):
        assert own_web.post("/simulator/advance", content=bad).status_code == 400


def test_counters(own: Simulator, own_web: httpx2.Client) -> None:
    own.reset_stats()
    assert own_web.get("/simulator/stats").json() == {"requests": {"total": 0, "by_path": {}}}
    own_web.get("/biometric-service/heartRateZones", params={"x": "1"})
    own_web.get("/biometric-service/heartRateZones")
    own_web.get("/nowhere")
    expected = {"requests": {"total": 3, "by_path": {"/biometric-service/heartRateZones": 2, "/nowhere": 1}}}
    assert own.stats() == own_web.get("/simulator/stats").json() == expected
    assert own_web.delete("/simulator/stats").json()["requests"]["total"] == 0


def test_faulty_answers_are_counted_too(own: Simulator, own_web: httpx2.Client) -> None:
    own.add_faults([{"path": "/app", "status": 503}])
    own.reset_stats()
    own_web.get("/app")
    assert own.stats()["requests"]["by_path"] == {"/app": 1}


def test_taken_port_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        simulator = Simulator(port=taken.getsockname()[1])
        with pytest.raises(UsageProblem, match="Port"):
            simulator.start()
        simulator.stop()


def test_started_again_on_the_same_port() -> None:
    simulator = Simulator(now=NOW)
    with httpx2.Client() as web:
        with simulator:
            url = simulator.url
            assert web.get(f"{url}/app").status_code == 200
        # The server was the one to hang up, so that the system still remembers the connection.
        with Simulator(now=NOW, port=int(url.rpartition(":")[2])) as again:
            assert again.url == url
            assert web.get(f"{url}/app").status_code == 200


def test_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("HOME", "TMPDIR", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with Simulator(now=NOW) as simulator, signed_in(simulator) as web:
        web.get(f"/download-service/files/activity/{simulator.activity_ids()[0]}")
        simulator.advance()
    assert list(tmp_path.iterdir()) == []
