"""What was moved through the day."""

from __future__ import annotations

from datetime import date
from typing import Any

from ...metrics import day_ms
from ..shapes import ANOTHER_TIME, EARLIEST_START_MS, LATEST_END_MS, Collected, Readings, instant_ms, unreadable
from .series import Series, intraday

_AN_HOUR = 4  # quarters


def steps(body: Any, first: date, last: date) -> Readings:
    """Steps of each quarter of an hour of one day, at its beginning."""
    name = "steps"
    found = Collected(first, last)
    elsewhere = 0
    for row in found.main(first, "steps", body, name, "the body", "steps"):
        at_ms = instant_ms(row.get("startGMT"))
        if at_ms is not None and not EARLIEST_START_MS <= at_ms - day_ms(first) < LATEST_END_MS:
            found.leave_out(first, "steps", ANOTHER_TIME)
            elsewhere += 1
        else:
            found.add(first, "steps", at_ms, row.get("steps"))
    if elsewhere >= _AN_HOUR:
        # It says no date. One odd row may lie anywhere, an hour outside of the day in every zone is another day's.
        raise unreadable(name, f"it is not about {first}")
    return found.by_day()


_FLOOR_COLUMNS = ("startTimeGMT", "endTimeGMT", "floorsAscended", "floorsDescended")
_FLOORS = tuple(
    Series(metric, "floorValuesArray", "floorsValueDescriptorDTOList", _FLOOR_COLUMNS, wanted, "startTimeGMT")
    for metric, wanted in (("floors_ascended", "floorsAscended"), ("floors_descended", "floorsDescended"))
)


def floors(body: Any, first: date, last: date) -> Readings:
    """Floors up and down of each quarter of an hour of one day, at its beginning."""
    return intraday("floors", _FLOORS, body, first, last)


_INTENSITY = Series("intensity_minutes", "imValuesArray", "imValueDescriptorsDTOList", ("timestamp", "value"), "value")


def intensity_minutes(body: Any, first: date, last: date) -> Readings:
    """Intensity minutes through one day. Modelled after what other clients read: one value, not two kinds."""
    return intraday("intensity_minutes", (_INTENSITY,), body, first, last)
