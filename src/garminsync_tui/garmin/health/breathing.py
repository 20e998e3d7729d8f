"""Breath and the oxygen in the blood."""

from __future__ import annotations

from datetime import date
from typing import Any

from ..shapes import Readings
from .series import Series, intraday

_RESPIRATION = Series(
    "respiration_rate",
    "respirationValuesArray",
    "respirationValueDescriptorsDTOList",
    ("timestamp", "respiration"),
    "respiration",
)
_RESPIRATION_OF_DAY = (
    ("respiration_waking_avg", "avgWakingRespirationValue"),
    ("respiration_sleep_avg", "avgSleepRespirationValue"),
    ("respiration_low", "lowestRespirationValue"),
    ("respiration_high", "highestRespirationValue"),
)


def respiration(body: Any, first: date, last: date) -> Readings:
    """Two-minute breaths a minute of one day (negative: not measured) and what they come to."""
    return intraday("respiration", (_RESPIRATION,), body, first, last, _RESPIRATION_OF_DAY)


# The hourly averages and not the continuous list: only they are recorded with values, every oximeter gives
# them whether it measures all day or asleep only, and a metric whose rows mean the same is comparable.
_SPO2 = Series("spo2", "spO2HourlyAverages", "spO2ValueDescriptorsDTOList", ("timestamp", "spo2Reading"), "spo2Reading")
_SPO2_OF_DAY = (("spo2_avg", "averageSpO2"), ("spo2_low", "lowestSpO2"))


def spo2(body: Any, first: date, last: date) -> Readings:
    """The oxygen saturation of each measured hour of one day, its mean and its lowest."""
    return intraday("spo2", (_SPO2,), body, first, last, _SPO2_OF_DAY)
