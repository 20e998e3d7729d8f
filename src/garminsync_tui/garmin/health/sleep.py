"""Nights."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from ...metrics import METRICS, plausible
from ..shapes import Collected, Readings, answer_with, instant_ms, is_near, mapping, number, same_day


def sleep(body: Any, first: date, last: date) -> Readings:
    """One night: its totals, its stages and what was measured meanwhile. One not measured has no duration.

    Its epochs of breath and oxygen are left out: the day's own answers give them. Naps and disruptions of breath
    are modelled after what other clients read.
    """
    name = "sleep"
    answer = answer_with(body, name, "dailySleepDTO", *_ARRAYS)
    night = mapping(answer.get("dailySleepDTO"), name, "dailySleepDTO")
    same_day(night.get("calendarDate"), first, name)
    found = Collected(first, last)
    _totals(found, first, night)
    found.add_day(first, "skin_temp_deviation", answer.get("avgSkinTempDeviationC"))
    for metric, array, key in _SERIES:
        for row in found.rows(first, metric, answer.get(array)):
            found.add(first, metric, instant_ms(row.get("startGMT")), row.get(key))
    for level in found.rows(first, "sleep_stage", answer.get("sleepLevels")):
        found.add(first, "sleep_stage", instant_ms(level.get("startGMT")), level.get("activityLevel"), _length(level))
    for row in found.rows(first, "breathing_disruption", answer.get("breathingDisruptionData")):
        _disruption(found, first, row)
    for nap in found.rows(first, "nap_duration", answer.get("dailyNapDTOS")):
        found.add(first, "nap_duration", instant_ms(nap.get("napStartTimestampGMT")), nap.get("napTimeSec"))
    return found.by_day()


#: metric, array, key of the value; each row begins at startGMT.
_SERIES = (
    ("hrv_rmssd", "hrvData", "value"),
    ("sleep_movement", "sleepMovement", "activityLevel"),
    ("sleep_restless_moment", "sleepRestlessMoments", "value"),
)
_ARRAYS = (*(array for _, array, _ in _SERIES), "sleepLevels", "breathingDisruptionData", "dailyNapDTOS")
#: metric, key in the night, key beside the time asleep.
_PARTS = (
    ("sleep_deep", "deepSleepSeconds", "deep_s"),
    ("sleep_light", "lightSleepSeconds", "light_s"),
    ("sleep_rem", "remSleepSeconds", "rem_s"),
    ("sleep_awake", "awakeSleepSeconds", "awake_s"),
)


def _totals(found: Collected, day: date, night: Mapping[str, Any]) -> None:
    asleep_s = night.get("sleepTimeSeconds")
    if number(asleep_s) != 0:
        extra: dict[str, int] = {}
        for metric, key, part in _PARTS:
            seconds = number(night.get(key))
            if seconds is not None and plausible(metric, seconds):
                extra[part] = int(seconds)
        nap_s = number(night.get("napTimeSeconds"))
        if nap_s is not None and 0 <= nap_s <= _LONGEST_S:
            extra["nap_s"] = int(nap_s)
        for bound, key in (("starts_ms", "sleepStartTimestampGMT"), ("ends_ms", "sleepEndTimestampGMT")):
            at_ms = instant_ms(night.get(key))
            if at_ms is not None and is_near(day, at_ms):
                extra[bound] = at_ms
        found.add_day(day, "sleep", asleep_s, extra)
    if asleep_s is not None and number(asleep_s) != 0:
        for metric, key, _ in _PARTS:
            found.add_day(day, metric, night.get(key))
        scores = found.part(day, "sleep_score", night.get("sleepScores"))
        found.add_day(day, "sleep_score", found.part(day, "sleep_score", scores.get("overall")).get("value"))
    found.add_day(day, "sleep_need", found.part(day, "sleep_need", night.get("sleepNeed")).get("actual"))


_LONGEST_S = 86_400


def _length(row: Mapping[str, Any]) -> dict[str, Any]:
    starts_ms, ends_ms = instant_ms(row.get("startGMT")), instant_ms(row.get("endGMT"))
    seconds = (ends_ms - starts_ms) // 1000 if starts_ms is not None and ends_ms is not None else 0
    return {"seconds": seconds} if 0 < seconds < _LONGEST_S else {}


_NOT_MEASURED = 255


def _disruption(found: Collected, day: date, row: Mapping[str, Any]) -> None:
    severity, words = number(row.get("value")), METRICS["breathing_disruption"].words
    known = severity is not None and severity in range(len(words))
    extra = {"word": words[int(severity or 0)]} | _length(row) if known else None
    if severity != _NOT_MEASURED:
        found.add(day, "breathing_disruption", instant_ms(row.get("startGMT")), row.get("value"), extra)
