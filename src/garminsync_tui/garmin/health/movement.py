"""What was moved through the day."""

from __future__ import annotations

from datetime import date
from typing import Any

from ..shapes import Collected, Readings, instant_ms, objects
from .series import Series, intraday


def steps(body: Any, first: date, last: date) -> Readings:
    """Steps of each quarter of an hour of one day, at its beginning."""
    name = "steps"
    found = Collected(first, last)
    for row in objects(body, name, "the body"):
        found.add(first, "steps", instant_ms(row.get("startGMT")), row.get("steps"))
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
