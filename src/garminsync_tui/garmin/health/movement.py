"""What was moved through the day."""

from __future__ import annotations

from datetime import date
from typing import Any

from ...metrics import Reading
from ..shapes import Collected, instant_ms, objects


def steps(body: Any, first: date, last: date) -> dict[date, list[Reading]]:
    """Steps of each quarter of an hour of one day, at its beginning."""
    name = "steps"
    found = Collected(first, last)
    for row in objects(body, name, "the body"):
        found.add(first, "steps", instant_ms(row.get("startGMT")), row.get("steps"))
    return found.by_day()
