"""Nights."""

from __future__ import annotations

from datetime import date
from typing import Any

from ...metrics import Reading
from ..shapes import Collected, instant_ms, mapping, number, objects, same_day


def sleep(body: Any, first: date, last: date) -> dict[date, list[Reading]]:
    """One night: its totals, its score and its stages. One that was not measured has no duration."""
    name = "sleep"
    answer = mapping(body, name, "the body")
    night = mapping(answer.get("dailySleepDTO"), name, "dailySleepDTO")
    same_day(night.get("calendarDate"), first, name)
    found = Collected(first, last)
    if number(night.get("sleepTimeSeconds")):
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
            night.get("sleepTimeSeconds"),
            {key: int(part) for key, part in parts.items() if part is not None},
        )
        for metric, key in _STAGE_TOTALS.items():
            found.add_day(first, metric, night.get(key))
        scores = mapping(night.get("sleepScores"), name, "sleepScores")
        found.add_day(first, "sleep_score", mapping(scores.get("overall"), name, "overall").get("value"))
    for level in objects(answer.get("sleepLevels"), name, "sleepLevels"):
        starts_ms, ends_ms = instant_ms(level.get("startGMT")), instant_ms(level.get("endGMT"))
        seconds = (ends_ms - starts_ms) // 1000 if starts_ms is not None and ends_ms is not None else None
        extra = {"seconds": seconds} if seconds is not None and 0 < seconds < 86_400 else None
        found.add(first, "sleep_stage", starts_ms, level.get("activityLevel"), extra)
    return found.by_day()


_STAGE_TOTALS = {
    "sleep_deep": "deepSleepSeconds",
    "sleep_light": "lightSleepSeconds",
    "sleep_rem": "remSleepSeconds",
    "sleep_awake": "awakeSleepSeconds",
}
