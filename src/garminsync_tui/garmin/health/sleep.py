"""Nights."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from ...metrics import METRICS
from ..shapes import Collected, Readings, instant_ms, mapping, number, objects, same_day


def sleep(body: Any, first: date, last: date) -> Readings:
    """One night: its totals, its stages and what was measured meanwhile. One not measured has no duration.

    Its epochs of breath and oxygen are left out: the day's own answers give them. Naps and disruptions of breath
    are modelled after what other clients read.
    """
    name = "sleep"
    answer = mapping(body, name, "the body")
    night = mapping(answer.get("dailySleepDTO"), name, "dailySleepDTO")
    same_day(night.get("calendarDate"), first, name)
    found = Collected(first, last)
    asleep_s = night.get("sleepTimeSeconds")
    if number(asleep_s) is None:
        found.add_day(first, "sleep", asleep_s)
    elif number(asleep_s):
        parts = {
            "deep_s": number(night.get("deepSleepSeconds")),
            "light_s": number(night.get("lightSleepSeconds")),
            "rem_s": number(night.get("remSleepSeconds")),
            "awake_s": number(night.get("awakeSleepSeconds")),
            "nap_s": number(night.get("napTimeSeconds")),
            "starts_ms": instant_ms(night.get("sleepStartTimestampGMT")),
            "ends_ms": instant_ms(night.get("sleepEndTimestampGMT")),
        }
        found.add_day(
            first,
            "sleep",
            asleep_s,
            {key: int(part) for key, part in parts.items() if part is not None},
        )
        for metric, key in _STAGE_TOTALS.items():
            found.add_day(first, metric, night.get(key))
        scores = mapping(night.get("sleepScores"), name, "sleepScores")
        found.add_day(first, "sleep_score", mapping(scores.get("overall"), name, "overall").get("value"))
    found.add_day(first, "sleep_need", mapping(night.get("sleepNeed"), name, "sleepNeed").get("actual"))
    found.add_day(first, "skin_temp_deviation", answer.get("avgSkinTempDeviationC"))
    for level in objects(answer.get("sleepLevels"), name, "sleepLevels"):
        found.add(first, "sleep_stage", instant_ms(level.get("startGMT")), level.get("activityLevel"), _length(level))
    for metric, array, key in _SERIES:
        for row in objects(answer.get(array), name, array):
            found.add(first, metric, instant_ms(row.get("startGMT")), row.get(key))
    for row in objects(answer.get("breathingDisruptionData"), name, "breathingDisruptionData"):
        _disruption(found, first, row)
    for nap in objects(answer.get("dailyNapDTOS"), name, "dailyNapDTOS"):
        found.add(first, "nap_duration", instant_ms(nap.get("napStartTimestampGMT")), nap.get("napTimeSec"))
    return found.by_day()


#: metric, array, key of the value; each row begins at startGMT.
_SERIES = (
    ("hrv_rmssd", "hrvData", "value"),
    ("sleep_movement", "sleepMovement", "activityLevel"),
    ("sleep_restless_moment", "sleepRestlessMoments", "value"),
)


def _length(row: Mapping[str, Any]) -> dict[str, Any]:
    starts_ms, ends_ms = instant_ms(row.get("startGMT")), instant_ms(row.get("endGMT"))
    seconds = (ends_ms - starts_ms) // 1000 if starts_ms is not None and ends_ms is not None else 0
    return {"seconds": seconds} if 0 < seconds < 86_400 else {}


_NOT_MEASURED = 255


def _disruption(found: Collected, day: date, row: Mapping[str, Any]) -> None:
    severity, words = number(row.get("value")), METRICS["breathing_disruption"].words
    known = severity is not None and severity in range(len(words))
    extra = {"word": words[int(severity or 0)]} | _length(row) if known else None
    if severity != _NOT_MEASURED:
        found.add(day, "breathing_disruption", instant_ms(row.get("startGMT")), row.get("value"), extra)


_STAGE_TOTALS = {
    "sleep_deep": "deepSleepSeconds",
    "sleep_light": "lightSleepSeconds",
    "sleep_rem": "remSleepSeconds",
    "sleep_awake": "awakeSleepSeconds",
}
