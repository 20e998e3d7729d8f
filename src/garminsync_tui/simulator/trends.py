"""Bodies of ranges of days and of weeks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from .account import Account
from .athlete import Athlete, Day
from .health import HYDRATION_GOAL_ML, bounds
from .moments import days_between, ms
from .samples import STRESS_S
from .summaries import Summaries
from .totals import INTENSITY_GOAL, STEP_GOAL, Totals

_METRICS = {
    "60": "WELLNESS_RESTING_HEART_RATE",
    "22": "WELLNESS_ACTIVE_CALORIES",
    "23": "WELLNESS_BMR_CALORIES",
}


class Trends:
    """What /usersummary-service/stats, /userstats-service and bodyBattery/reports answer."""

    def __init__(self, account: Account, summaries: Summaries) -> None:
        self._account = account
        self._summaries = summaries

    @property
    def _athlete(self) -> Athlete:
        return self._account.athlete

    def _worn(self, first: date, last: date) -> list[tuple[Day, Totals]]:
        days = (self._account.worn(day) for day in days_between(first, last))
        return [(day, self._summaries.totals(day)) for day in days if day]

    def battery_range(self, first: date, last: date) -> list[dict[str, Any]]:
        """Charged and drained, with the turning points."""
        return [self._battery_of(day, sums) for day, sums in self._worn(first, last)]

    def _battery_of(self, day: Day, sums: Totals) -> dict[str, Any]:
        keys = ("timestamp", "bodyBatteryLevel")
        levels, starts = self._account.samples(day).battery, ms(day.starts)
        cells = self._account.measured_s(day) // STRESS_S
        turns = [0, levels[:cells].index(sums.battery_high), cells - 1] if cells > 1 else []
        return {
            "date": day.date.isoformat(),
            "charged": sums.charged,
            "drained": sums.drained,
            **bounds(self._athlete, day.date),
            "bodyBatteryValuesArray": [[starts + cell * 1000 * STRESS_S, levels[cell]] for cell in sorted(set(turns))],
            "bodyBatteryValueDescriptorDTOList": [
                {"bodyBatteryValueDescriptorIndex": index, "bodyBatteryValueDescriptorKey": key}
                for index, key in enumerate(keys)
            ],
        }

    def resting(self, first: date, last: date, metrics: list[str]) -> dict[str, Any]:
        """Modelled: series by metric id; days of the history without a watch have a null."""
        values: dict[str, list[dict[str, Any]]] = {}
        for name in (_METRICS[metric] for metric in metrics if metric in _METRICS):
            values[name] = []
            for date_ in days_between(first, last):
                day = self._account.worn(date_)
                if day or self._account.day(date_):
                    value = self._value_of(name, day) if day else None
                    values[name].append({"value": value, "calendarDate": date_.isoformat()})
        return {
            "userProfileId": self._athlete.profile_id,
            "statisticsStartDate": first.isoformat(),
            "statisticsEndDate": last.isoformat(),
            "allMetrics": {"metricsMap": values},
            "groupedMetrics": None,
        }

    def _value_of(self, name: str, day: Day) -> float:
        if name == "WELLNESS_RESTING_HEART_RATE":
            return float(day.resting_hr)
        sums = self._summaries.totals(day)
        return float(sums.active_kcal if name == "WELLNESS_ACTIVE_CALORIES" else sums.bmr_kcal)

    def heart_rate_range(self, first: date, last: date) -> list[dict[str, Any]]:
        """Modelled: resting, lowest and highest of each day with a watch."""
        return [
            {
                "calendarDate": day.date.isoformat(),
                "values": {
                    "restingHR": day.resting_hr,
                    "wellnessMinAvgHR": sums.min_hr + 1,
                    "wellnessMaxAvgHR": sums.max_hr - 2,
                },
            }
            for day, sums in self._worn(first, last)
        ]

    def steps_range(self, first: date, last: date) -> list[dict[str, Any]]:
        """Recorded: steps, metres and the goal of each day with a watch."""
        return [
            {
                "calendarDate": day.date.isoformat(),
                "totalSteps": sums.steps,
                "totalDistance": sums.distance,
                "stepGoal": STEP_GOAL,
            }
            for day, sums in self._worn(first, last)
        ]

    def stress_range(self, first: date, last: date) -> list[dict[str, Any]]:
        """Recorded: the level and seconds at rest, low, medium and high of each day with a watch."""
        return [
            {
                "calendarDate": day.date.isoformat(),
                "values": {
                    "highStressDuration": sums.stress_s[3],
                    "lowStressDuration": sums.stress_s[1],
                    "overallStressLevel": sums.stress_avg,
                    "restStressDuration": sums.stress_s[0],
                    "mediumStressDuration": sums.stress_s[2],
                },
            }
            for day, sums in self._worn(first, last)
        ]

    def intensity_range(self, first: date, last: date) -> list[dict[str, Any]]:
        """Recorded: minutes of each day with a watch."""
        return [_intensity_row(day.date, sums.moderate_min, sums.vigorous_min) for day, sums in self._worn(first, last)]

    def hydration_range(self, first: date, last: date) -> list[dict[str, Any]]:
        """Recorded: what was drunk each day."""
        days = [(day, self._account.drunk(day)) for day in days_between(first, last)]
        return [
            {"calendarDate": day.isoformat(), "valueInML": millilitres, "goalInML": HYDRATION_GOAL_ML}
            for day, millilitres in days
            if millilitres is not None
        ]

    # Weeks

    def _weeks(self, end: date, weeks: int) -> list[tuple[date, list[Totals]]]:
        """Weeks of seven days of which the last ends with `end`, only those with a day in them."""
        found = []
        for back in reversed(range(weeks)):
            first = end - timedelta(days=7 * back + 6)
            if days := [sums for _, sums in self._worn(first, first + timedelta(days=6))]:
                found.append((first, days))
        return found

    def steps_weekly(self, end: date, weeks: int) -> list[dict[str, Any]]:
        """Recorded: sums and means of weeks."""
        return [
            {
                "calendarDate": first.isoformat(),
                "values": {
                    "totalSteps": float(sum(day.steps for day in days)),
                    "averageSteps": sum(day.steps for day in days) / len(days),
                    "wellnessDataDaysCount": len(days),
                    "averageDistance": sum(day.distance for day in days) / len(days),
                    "totalDistance": float(sum(day.distance for day in days)),
                },
            }
            for first, days in self._weeks(end, weeks)
        ]

    def stress_weekly(self, end: date, weeks: int) -> list[dict[str, Any]]:
        """Recorded: the mean level of weeks."""
        return [
            {"calendarDate": first.isoformat(), "value": round(sum(day.stress_avg for day in days) / len(days))}
            for first, days in self._weeks(end, weeks)
        ]

    def intensity_weekly(self, first: date, last: date) -> list[dict[str, Any]]:
        """Recorded: minutes of calendar weeks, by their Monday."""
        rows: dict[date, list[int]] = {}
        for day, sums in self._worn(first, last):
            row = rows.setdefault(day.date - timedelta(days=day.date.weekday()), [0, 0])
            row[0] += sums.moderate_min
            row[1] += sums.vigorous_min
        return [_intensity_row(monday, *minutes) for monday, minutes in rows.items()]


def _intensity_row(day: date, moderate: int, vigorous: int) -> dict[str, Any]:
    return {
        "calendarDate": day.isoformat(),
        "weeklyGoal": INTENSITY_GOAL,
        "moderateValue": moderate,
        "vigorousValue": vigorous,
    }
