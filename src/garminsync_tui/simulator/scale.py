"""Bodies about weight: grams, percent, and the wall clock in `date` as if it were UTC, all as recorded."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from .account import Account
from .athlete import HEIGHT_CM, WeighIn
from .moments import as_if_utc_ms, days_between, ms

_MEASURES = (
    "weight", "bmi", "bodyFat", "bodyWater", "boneMass", "muscleMass", "physiqueRating", "visceralFat",
    "metabolicAge",
)  # fmt: skip
_ENTRY = ("samplePk", "date", "calendarDate", *_MEASURES, "sourceType", "timestampGMT", "weightDelta")
_NEIGHBOURS_DAYS = 400


class Scale:
    """What /weight-service answers."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def view(self, first: date, last: date) -> dict[str, Any]:
        """The weigh-ins of the days, newest first, and their mean."""
        entries = [entry for day in reversed(days_between(first, last)) for entry in self._account.weigh_ins(day)]
        return {
            "startDate": first.isoformat(),
            "endDate": last.isoformat(),
            "dateWeightList": [self._entry(entry) for entry in entries],
            "totalAverage": _average(first, last, entries),
        }

    def ranged(self, first: date, last: date) -> dict[str, Any]:
        """The days with weigh-ins, newest first, their mean, and the nearest before and after."""
        days = [(day, found) for day in reversed(days_between(first, last)) if (found := self._account.weigh_ins(day))]
        return {
            "dailyWeightSummaries": [self._day(day, entries) for day, entries in days],
            "totalAverage": _average(first, last, [entries[0] for _, entries in days]),
            "previousDateWeight": self._neighbour(first, -1),
            "nextDateWeight": self._neighbour(last, 1),
        }

    def _day(self, day: date, entries: list[WeighIn]) -> dict[str, Any]:
        weights = [entry.grams for entry in entries]
        return {
            "summaryDate": day.isoformat(),
            "numOfWeightEntries": len(entries),
            "minWeight": min(weights),
            "maxWeight": max(weights),
            "latestWeight": self._entry(entries[0]),
            "allWeightMetrics": [self._entry(entry) for entry in entries],
        }

    def _neighbour(self, day: date, step: int) -> dict[str, Any]:
        for _ in range(_NEIGHBOURS_DAYS):
            day += timedelta(days=step)
            if not self._account.athlete.first_day <= day <= self._account.today:
                break
            if entries := self._account.weigh_ins(day):
                return self._entry(entries[0] if step < 0 else entries[-1]) | {"weightDelta": None}
        return dict.fromkeys(_ENTRY)

    def _before(self, entry: WeighIn) -> WeighIn | None:
        """The weigh-in before this one, of the same day or of the two weeks before."""
        day = _local_date(entry)
        for back in range(14):
            for found in self._account.weigh_ins(day - timedelta(days=back)):
                if found.at < entry.at:
                    return found
        return None

    def _entry(self, entry: WeighIn) -> dict[str, Any]:
        before = self._before(entry)
        return {
            "samplePk": entry.sample,
            "date": ms(entry.at + timedelta(seconds=entry.offset_s)),
            "calendarDate": _local_date(entry).isoformat(),
            **_measures(entry),
            "sourceType": "MANUAL" if entry.by_hand else "INDEX_SCALE",
            "timestampGMT": ms(entry.at),
            "weightDelta": entry.grams - before.grams if before else None,
        }


def _local_date(entry: WeighIn) -> date:
    return (entry.at + timedelta(seconds=entry.offset_s)).date()


def _measures(entry: WeighIn) -> dict[str, Any]:
    """Grams and percent; without a scale that measures it, only the weight."""
    found: dict[str, Any] = dict.fromkeys(_MEASURES) | {"weight": entry.grams}
    if entry.fat_percent is not None:
        lean = entry.grams * (1 - entry.fat_percent / 100)
        found["bmi"] = round(entry.grams / 1000 / (HEIGHT_CM / 100) ** 2, 1)
        found["bodyFat"] = entry.fat_percent
        found["bodyWater"] = round(73 * lean / entry.grams, 1)
        found["boneMass"] = round(0.054 * lean)
        found["muscleMass"] = round(0.52 * lean)
    return found


def _average(first: date, last: date, entries: list[WeighIn]) -> dict[str, Any]:
    measured = [_measures(entry) for entry in entries]
    means: dict[str, Any] = {}
    for name in _MEASURES:
        values = [values[name] for values in measured if values[name] is not None]
        mean = sum(values) / len(values) if values else None
        means[name] = round(mean) if mean is not None and name.endswith("Mass") else mean
    return {
        "from": as_if_utc_ms(first),
        "until": as_if_utc_ms(last + timedelta(days=1)) - 1,
        **means,
    }
