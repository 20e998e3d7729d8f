"""Light that fell on a watch."""

from __future__ import annotations

from datetime import date
from typing import Any

from ..shapes import Collected, Readings, calendar_date, instant_ms, mapping, objects


def solar(body: Any, first: date, last: date) -> Readings:
    """How much of full sunlight reached the glass in each minute of one day; 0 is dark.

    Modelled after what other clients read. A reading's day is that of the list it stands in.
    """
    name = "solar"
    found = Collected(first, last)
    watch = mapping(mapping(body, name, "the body").get("deviceSolarInput"), name, "deviceSolarInput")
    for day in objects(watch.get("solarDailyDataDTOs"), name, "solarDailyDataDTOs"):
        local = calendar_date(day.get("localConnectDate")) or first
        for row in found.rows(local, "solar_intensity", day.get("solarInputReadings")):
            at_ms = instant_ms(row.get("readingTimestampGmt"))
            found.add(local, "solar_intensity", at_ms, row.get("solarUtilization"))
    return found.by_day()
