"""Ranges as wide as an endpoint's window are answered, wider ones refused with 400."""

from __future__ import annotations

from datetime import date, timedelta

import httpx2
import pytest

from garminsync_tui.simulator import Simulator

LAST = date(2026, 11, 22)
STATS = "/usersummary-service/stats"
NAMED = {"startDate": "{first}", "endDate": "{last}"}
SPANNED = {"fromCalendarDate": "{first}", "toCalendarDate": "{last}"}
METRICS = "/metrics-service/metrics"

RANGES = [
    ("/usersummary-service/v2/dailysummaries", NAMED, 31),
    (
        "/userstats-service/wellness/daily/{name}",
        {"fromDate": "{first}", "untilDate": "{last}", "metricId": "60"},
        366,
    ),
    (f"{STATS}/heartRate/daily/{{first}}/{{last}}", {}, 28),
    (f"{STATS}/steps/daily/{{first}}/{{last}}", {}, 28),
    (f"{STATS}/stress/daily/{{first}}/{{last}}", {}, 28),
    (f"{STATS}/im/daily/{{first}}/{{last}}", {}, 28),
    (f"{STATS}/hydration/daily/{{first}}/{{last}}", {}, 31),
    ("/wellness-service/wellness/bodyBattery/reports/daily", NAMED, 31),
    ("/sleep-service/stats/sleep/daily/{first}/{last}", {}, 28),
    ("/wellness-service/stats/daily/sleep/score/{first}/{last}", {}, 28),
    ("/hrv-service/hrv/daily/{first}/{last}", {}, 366),
    ("/weight-service/weight/dateRange", NAMED, 28),
    ("/weight-service/weight/range/{first}/{last}", {"includeAll": "true"}, 31),
    (f"{METRICS}/maxmet/daily/{{first}}/{{last}}", {}, 31),
    (f"{METRICS}/heataltitudeacclimation/daily/{{first}}/{{last}}", {}, 28),
    (f"{METRICS}/trainingreadiness/{{first}}/{{last}}", {}, 28),
    ("/mobile-gateway/usersummary/trainingstatus/weekly/{first}/{last}", {}, 28),
    (f"{METRICS}/trainingstatus/weekly/{{name}}", SPANNED, 28),
    ("/fitnessage-service/stats/daily/{first}/{last}", {}, 28),
    (f"{METRICS}/racepredictions/daily/{{name}}", SPANNED, 366),
    (f"{METRICS}/endurancescore/stats", NAMED | {"aggregation": "daily"}, 84),
    (f"{METRICS}/hillscore/stats", NAMED | {"aggregation": "daily"}, 28),
    (f"{METRICS}/runningtolerance/stats", NAMED | {"aggregation": "daily"}, 28),
    ("/biometric-service/stats/lactateThresholdSpeed/range/{first}/{last}", {"sport": "RUNNING"}, 366),
    ("/bloodpressure-service/bloodpressure/range/{first}/{last}", {"includeAll": "true"}, 31),
    ("/nutrition-service/calorie/summary/daily", NAMED, 31),
    ("/web-gateway/solar/{device}/{first}/{last}", {}, 28),
]


def ask(
    web: httpx2.Client, simulator: Simulator, path: str, params: dict[str, str], first: date, last: date
) -> httpx2.Response:
    athlete = simulator.athlete
    filled = {"first": str(first), "last": str(last), "name": athlete.display_name, "device": str(athlete.device_id)}
    return web.get(path.format(**filled), params={key: text.format(**filled) for key, text in params.items()})


@pytest.mark.parametrize(("path", "params", "window"), RANGES, ids=[path for path, *_ in RANGES])
def test_window(web: httpx2.Client, simulator: Simulator, path: str, params: dict[str, str], window: int) -> None:
    first = LAST - timedelta(days=window - 1)
    assert ask(web, simulator, path, params, first, LAST).status_code == 200
    assert ask(web, simulator, path, params, LAST, LAST).status_code == 200
    wider = ask(web, simulator, path, params, first - timedelta(days=1), LAST)
    assert wider.status_code == 400
    assert wider.json()["error"] == "BadRequestException"
    assert ask(web, simulator, path, params, LAST, first).status_code == 400


def test_weeks(web: httpx2.Client) -> None:
    assert web.get(f"{STATS}/steps/weekly/{LAST}/52").status_code == 200
    assert web.get(f"{STATS}/steps/weekly/{LAST}/53").status_code == 400
    assert web.get(f"{STATS}/stress/weekly/{LAST}/0").status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/wellness-service/wellness/dailyStress/yesterday",
        "/sleep-service/sleep/dailySleepData",
        "/usersummary-service/v2/dailysummaries?startDate=2026-11-01",
        "/hrv-service/hrv/daily/2026-11-01/2026-11-31",
        "/activitylist-service/activities/search/activities?start=-1",
        "/activitylist-service/activities/search/activities?limit=many",
        "/activitylist-service/activities/search/activities?startDate=soon",
        "/metrics-service/metrics/hillscore?calendarDate=today",
        "/metrics-service/metrics/endurancescore/stats?startDate=2026-11-01&endDate=2026-11-02&aggregation=yearly",
        "/biometric-service/stats/functionalThresholdPower/range/2026-11-01/2026-11-02?sport=GOLF",
    ],
)
def test_what_cannot_be_read_is_refused(web: httpx2.Client, path: str) -> None:
    assert web.get(path).status_code == 400


@pytest.mark.parametrize("name", ["somebody-else", ""])
def test_other_people_s_days_are_refused(web: httpx2.Client, name: str) -> None:
    answer = web.get(f"/usersummary-service/usersummary/daily/{name}", params={"calendarDate": str(LAST)})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/activity-service/activity/1",
        "/activity-service/activity/99999999999999999999",
        "/download-service/files/activity/x",
        "/web-gateway/solar/1/2026-11-01/2026-11-01",
        "/biometric-service/stats/mood/range/2026-11-01/2026-11-02?sport=RUNNING",
    ],
)
def test_what_is_not_there(web: httpx2.Client, path: str) -> None:
    answer = web.get(path)
    assert answer.status_code == 404
    assert answer.json()["error"] == "NotFoundException"
