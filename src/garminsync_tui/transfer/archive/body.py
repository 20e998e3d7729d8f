"""userBioMetrics: weigh-ins (grams). BloodPressureFile: what a cuff measured."""

from __future__ import annotations

from collections.abc import Sequence

from ...garmin.health.body import blood_pressure, weight
from .answers import By, Row, dated, part
from .training import thresholds
from .when import instant_of, span_of


def biometrics(told: Sequence[Row]) -> By:
    """Weigh-ins at their instants, and thresholds. A weight without an instant is the profile's, not a weigh-in."""
    weighed = [
        (day, row) for day, row in dated(told) if instant_of(part(row, "weight").get("timestampGMT")) is not None
    ]
    summaries = [
        {
            "summaryDate": day.isoformat(),
            "allWeightMetrics": [
                {
                    **part(row, "weight"),
                    "calendarDate": day.isoformat(),
                    "timestampGMT": instant_of(part(row, "weight")["timestampGMT"]),
                }
            ],
        }
        for day, row in weighed
    ]
    span = span_of(day for day, _ in weighed)
    found = thresholds(told)
    return found | ({"weight": weight({"dailyWeightSummaries": summaries}, *span)} if span else {})


def pressures(told: Sequence[Row]) -> By:
    """Modelled: blood pressures in the words of Garmin's answers."""
    days = [
        (day, {**row, "measurementTimestampGMT": instant_of(row.get("measurementTimestampGMT"))})
        for row in told
        for day, _ in dated([{"calendarDate": row.get("calendarDate") or row.get("measurementTimestampLocal")}])
    ]
    span = span_of(day for day, _ in days)
    body = {"measurementSummaries": [{"startDate": day.isoformat(), "measurements": [row]} for day, row in days]}
    return {"blood_pressure": blood_pressure(body, *span)} if span else {}
