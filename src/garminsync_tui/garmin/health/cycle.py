"""The menstrual cycle."""

from __future__ import annotations

from datetime import date
from typing import Any

from ...metrics import METRICS
from ..shapes import Collected, Readings, calendar_date, mapping, number


def menstrual_cycle(body: Any, first: date, last: date) -> Readings:
    """Which day of the cycle it is, and in which phase Garmin sees it.

    Modelled after what other clients read of the day view: phases are numbers, from 1 (menstrual) to 4 (luteal).
    What was noted of symptoms and moods is not taken.
    """
    name = "menstrual_cycle"
    summary = mapping(mapping(body, name, "the body").get("daySummary"), name, "daySummary")
    found = Collected(first, last)
    extra: dict[str, Any] = {}
    starts = calendar_date(summary.get("startDate"))
    if starts:
        extra["cycle_starts"] = starts.isoformat()
    if isinstance(summary.get("predictedCycle"), bool):
        extra["predicted"] = summary["predictedCycle"]
    found.add_day(first, "menstrual_cycle_day", summary.get("dayInCycle"), extra)
    phase, words = summary.get("currentPhase"), METRICS["menstrual_phase"].words
    place = number(phase)
    if isinstance(phase, str) and place is None:
        found.add_word(first, "menstrual_phase", phase)
    else:
        known = place is not None and place in range(len(words))
        found.add_day(first, "menstrual_phase", phase, {"word": words[int(place or 0)]} if known else None)
    return found.by_day()
