"""Health by the official Personal API: which of the endpoints a key may ask for, and how.

Paths and windows are those that a client verified with the live API in October 2026 (gcpapi-sync 0.1.20261022); none
was recorded. An answer is brought into the shape that the app's endpoint of the same name gives, so that one parser
reads both and a stored answer can be read again. What a key does not give of an endpoint is not among its metrics
here: what another sign-in brought of it stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from .endpoints import BY_NAME, SUMMARIES, Endpoint
from .health import stress

_NAMED = {"startDate": "{first}", "endDate": "{last}"}
_MONTH_DAYS = 31


def _resting(body: Any, *_: Any, day: date) -> Any:
    """Each day's summary has the resting heart rate, in one of two shapes."""
    rows = body.get("data") if isinstance(body, dict) else None
    if not isinstance(rows, list):
        return body
    found = [{"calendarDate": row.get("calendarDate"), "value": _rate(row)} for row in rows if isinstance(row, dict)]
    return {"allMetrics": {"metricsMap": {"WELLNESS_RESTING_HEART_RATE": found}}}


def _rate(summary: Mapping[str, Any]) -> Any:
    nested = summary.get("heartRate")
    return nested.get("restingValue") if isinstance(nested, dict) else summary.get("restingHeartRate")


def _night(body: Any, hrv: Any = None, *, day: date) -> Any:
    """The night alone, without its stages; the variability of that night is an answer of its own."""
    if body is not None and not isinstance(body, dict):
        return body
    readings = hrv.get("hrvReadings") if isinstance(hrv, dict) else None
    return {
        "dailySleepDTO": body,
        "dailyNapDTOS": (body or {}).get("dailyNapDTOS"),
        "hrvData": [
            {"value": reading.get("hrvValue"), "startGMT": reading.get("readingTimeGMT")}
            for reading in (readings if isinstance(readings, list) else [])
            if isinstance(reading, dict)
        ],
    }


def _age(body: Any, *_: Any, day: date) -> Any:
    """One day, which the answer does not name."""
    return [{"calendarDate": day.isoformat(), "values": body}] if isinstance(body, dict) else body or []


def _eaten(body: Any, *_: Any, day: date) -> Any:
    """One day's log."""
    if not isinstance(body, dict):
        return body
    eaten = {"mealDate": body.get("mealDate") or day.isoformat(), "nutritionContent": body.get("dailyNutritionContent")}
    return {"dailyNutritionContents": [eaten]}


#: Without what only the answers of Garmin's app have: stages, movement, the skin, disruptions of breath.
_OF_A_NIGHT = (
    "sleep", "sleep_deep", "sleep_light", "sleep_rem", "sleep_awake", "sleep_score", "sleep_need", "nap_duration",
    "hrv_rmssd",
)  # fmt: skip

_SERVED = (
    BY_NAME[SUMMARIES],
    replace(
        BY_NAME["resting_heart_rate"],
        path="/usersummary-service/v2/dailysummaries",
        params=_NAMED,
        window_days=_MONTH_DAYS,
        reshape=_resting,
    ),
    BY_NAME["hrv_summaries"],
    replace(BY_NAME["heart_rate"], path="/wellness-service/wellness/dailyHeartRate"),
    replace(
        BY_NAME["sleep"],
        path="/sleep-service/sleep/dailySleep",
        params={"date": "{day}"},
        also=("/hrv-service/hrv/{day}",),
        reshape=_night,
        metrics=_OF_A_NIGHT,
    ),
    # Where the battery turned, not each three minutes, and no stress.
    replace(
        BY_NAME["stress"],
        path="/wellness-service/wellness/bodyBattery/reports/daily",
        params=_NAMED,
        window_days=_MONTH_DAYS,
        parse=stress.battery_turns,
        metrics=("body_battery",),
        seen_in="",
        is_selection=True,
    ),
    replace(BY_NAME["spo2"], path="/wellness-service/wellness/daily/spo2acclimation/{day}"),
    BY_NAME["weight"],
    replace(
        BY_NAME["fitness_age"], path="/fitnessage-service/fitnessage/v2/{day}", window_days=1, reshape=_age
    ),
    BY_NAME["hydration"],
    BY_NAME["menstrual_cycle"],
    replace(
        BY_NAME["nutrition"], path="/nutrition-service/food/logs/{day}", params={}, window_days=1, reshape=_eaten
    ),
)  # fmt: skip

#: The same, by name.
BY_KEY: Mapping[str, Endpoint] = {endpoint.name: endpoint for endpoint in _SERVED}
