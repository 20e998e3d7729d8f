"""Stress and body battery."""

from __future__ import annotations

from datetime import date
from typing import Any

from ...metrics import Reading
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


def stress(body: Any, first: date, last: date) -> dict[date, list[Reading]]:
    """Three-minute stress (-1 and -2: not measured) and body battery of one day."""
    return intraday("stress", (_STRESS, _BODY_BATTERY), body, first, last)
