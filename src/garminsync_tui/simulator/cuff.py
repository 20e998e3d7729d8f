"""Bodies about blood pressure. Modelled: only an answer without measurements was recorded."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from .account import Account
from .athlete import Pressure
from .moments import days_between, text


class Cuff:
    """What /bloodpressure-service answers."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def ranged(self, first: date, last: date) -> dict[str, Any]:
        """The days with measurements, newest first; `from` and `until` are the days asked for, as recorded."""
        days = [(day, found) for day in reversed(days_between(first, last)) if (found := self._account.pressures(day))]
        return {
            "from": first.isoformat(),
            "until": last.isoformat(),
            "measurementSummaries": [self._day(day, entries) for day, entries in days],
            "categoryStats": None,
        }

    def _day(self, day: date, entries: list[Pressure]) -> dict[str, Any]:
        systolic, diastolic = [entry.systolic for entry in entries], [entry.diastolic for entry in entries]
        return {
            "startDate": day.isoformat(),
            "endDate": day.isoformat(),
            "highSystolic": max(systolic),
            "highDiastolic": max(diastolic),
            "lowSystolic": min(systolic),
            "lowDiastolic": min(diastolic),
            "numOfMeasurements": len(entries),
            "measurements": [_entry(entry) for entry in entries],
        }


def _entry(entry: Pressure) -> dict[str, Any]:
    return {
        "version": entry.sample,
        "systolic": entry.systolic,
        "diastolic": entry.diastolic,
        "pulse": entry.pulse,
        "multiMeasurement": False,
        "measurementTimestampLocal": text(entry.at + timedelta(seconds=entry.offset_s)),
        "measurementTimestampGMT": text(entry.at),
        "sourceType": "MANUAL" if entry.by_hand else "INDEX_BPM",
        "notes": None,
    }
