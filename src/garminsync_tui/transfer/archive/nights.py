"""sleepData: a night's totals. healthStatusData: what was measured in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from ...garmin.health.sleep import sleep
from ...garmin.shapes import Collected, Readings, number
from ...metrics import Reading
from .answers import By, Row, dated, part, rows
from .when import instant_of, span_of

_STAGES = ("deepSleepSeconds", "lightSleepSeconds", "remSleepSeconds")
_NO_NIGHT = "OFF_WRIST"
_MINUTE_S = 60


def sleep_data(told: Sequence[Row]) -> By:
    """Nights by the date of waking, naps, and how the sleeper breathed. There are no stages in it."""
    days = dated(told)
    span = span_of(day for day, _ in days)
    if span is None:
        return {}
    nights: dict[date, list[Reading]] = {}
    left_out: dict[date, str] = {}
    breath = Collected(*span)
    for day, row in days:
        night = sleep(_answer(row, day), day, day)
        nights |= night
        left_out |= night.left_out
        if _is_night(row):
            breath.add_day(day, "respiration_sleep_avg", row.get("averageRespiration"))
    return {"sleep": Readings(nights, left_out), "respiration": breath.by_day()}


def _is_night(row: Row) -> bool:
    window = row.get("sleepWindowConfirmationType")
    return str(window).upper() != _NO_NIGHT and any((number(row.get(key)) or 0) > 0 for key in _STAGES)


def _asleep_s(row: Row) -> float:
    """How long the sleeper slept. REM sleep that is not named did not occur, or is what the window has left."""
    asleep_s = sum(max(0, number(row.get(key)) or 0) for key in _STAGES)
    starts_ms, ends_ms = (instant_of(row.get(f"sleep{end}TimestampGMT")) for end in ("Start", "End"))
    if row.get("remSleepSeconds") is None and starts_ms is not None and ends_ms is not None:
        awake_s = sum(max(0, number(row.get(key)) or 0) for key in ("awakeSleepSeconds", "unmeasurableSeconds"))
        left_s = (ends_ms - starts_ms) / 1000 - awake_s - asleep_s
        return asleep_s + left_s if left_s >= _MINUTE_S else asleep_s
    return asleep_s


def _answer(row: Row, day: date) -> dict[str, Any]:
    naps = [
        {**nap, "napStartTimestampGMT": instant_of(nap.get("napStartTimestampGMT"))} for nap in rows(row, "napList")
    ]
    if not _is_night(row):
        return {"dailySleepDTO": {}, "dailyNapDTOS": naps}
    night: dict[str, Any] = {key: row.get(key) for key in (*_STAGES, "awakeSleepSeconds")}
    night |= {key: instant_of(row.get(key)) for key in ("sleepStartTimestampGMT", "sleepEndTimestampGMT")}
    night["sleepTimeSeconds"] = _asleep_s(row)
    night["sleepScores"] = {"overall": {"value": part(row, "sleepScores").get("overallScore")}}
    return {"dailySleepDTO": night | {"calendarDate": day.isoformat()}, "dailyNapDTOS": naps}


#: Type of a health status → metric and endpoint. Its heart rate and oxygen are means of the night, its limits those of
#: another baseline than variability's own: no metric of the catalogue is any of these.
_STATUS = {
    "HRV": ("hrv_last_night_avg", "hrv_summaries"),
    "SKIN_TEMP_C": ("skin_temp_deviation", "sleep"),
    "RESPIRATION": ("respiration_sleep_avg", "respiration"),
}


def health_status(told: Sequence[Row]) -> By:
    """Variability, skin temperature (as far as it was from the usual) and breath of each night."""
    days = dated(told)
    span = span_of(day for day, _ in days)
    if span is None:
        return {}
    found = {endpoint: Collected(*span) for _, endpoint in _STATUS.values()}
    for day, row in days:
        for measured in rows(row, "metrics"):
            metric, endpoint = _STATUS.get(str(measured.get("type")), ("", ""))
            if metric and measured.get("status") != "ONBOARDING":
                found[endpoint].add_day(day, metric, measured.get("value"))
    return {endpoint: collected.by_day() for endpoint, collected in found.items()}
