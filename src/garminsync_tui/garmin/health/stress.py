"""Stress and body battery."""

from __future__ import annotations

from datetime import date
from typing import Any

from ..shapes import Collected, Readings, calendar_date, instant_ms, number, plain_word
from .series import Series, intraday

_STRESS = Series(
    "stress_level",
    "stressValuesArray",
    "stressValueDescriptorsDTOList",
    ("timestamp", "stressLevel"),
    "stressLevel",
)
_BODY_BATTERY = Series(
    "body_battery",
    "bodyBatteryValuesArray",
    "bodyBatteryValueDescriptorsDTOList",
    ("timestamp", "bodyBatteryStatus", "bodyBatteryLevel", "bodyBatteryVersion"),
    "bodyBatteryLevel",
)


def stress(body: Any, first: date, last: date) -> Readings:
    """Three-minute stress (-1 and -2: not measured) and body battery of one day."""
    return intraday("stress", (_STRESS, _BODY_BATTERY), body, first, last)


def battery_turns(body: Any, first: date, last: date) -> Readings:
    """Body battery where it turned, of a range of days (recorded)."""
    found = Collected(first, last)
    for row in found.main(None, "body_battery", body, "stress", "the body", "bodyBatteryValuesArray"):
        day = calendar_date(row.get("date"))
        turns = row.get("bodyBatteryValuesArray")
        for turn in turns if isinstance(turns, list) else ():
            if isinstance(turn, list) and len(turn) > 1:
                found.add(day, "body_battery", instant_ms(turn[0]), turn[1])
    return found.by_day()


def body_battery_events(body: Any, first: date, last: date) -> Readings:
    """What charged or drained the battery on one day. An activity may come without its event (recorded): a gap."""
    name = "body_battery_events"
    found = Collected(first, last)
    for row in found.main(first, "body_battery_event", body, name, "the body", "event"):
        event = found.part(first, "body_battery_event", row.get("event"))
        extra: dict[str, Any] = {}
        word = plain_word(event.get("eventType"))
        if word:
            extra["event"] = word
        milliseconds = number(event.get("durationInMilliseconds"))
        if milliseconds is not None and 0 < milliseconds < 2 * 86_400_000:
            extra["seconds"] = int(milliseconds) // 1000
        at_ms = instant_ms(event.get("eventStartTimeGmt"))
        found.add(first, "body_battery_event", at_ms, event.get("bodyBatteryImpact"), extra)
    return found.by_day()
