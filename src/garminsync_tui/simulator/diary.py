"""Bodies of what people write down by hand: food, habits, periods. Modelled: none of them was recorded."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from .account import Account
from .athlete import Athlete
from .moments import days_between

_CYCLE_DAYS = 29
_PERIOD_DAYS = 5
_FERTILE_DAY, _FERTILE_DAYS = 12, 6
#: Number of a phase, and the day of the cycle on which it begins.
_PHASES = ((4, _FERTILE_DAY + _FERTILE_DAYS), (3, _FERTILE_DAY), (2, _PERIOD_DAYS + 1), (1, 1))
_FOOD_LOGGED = 0.8
_CALORIE_GOAL = 2600
#: id, name, category, kinds that are counted, how likely it is to be answered yes
_HABITS: tuple[tuple[int, str, str, tuple[str, ...], float], ...] = (
    (101, "Alcohol", "LIFESTYLE", ("BEER", "WINE"), 0.25),
    (102, "Morning Caffeine", "LIFESTYLE", ("COFFEE",), 0.9),
    (103, "Late Meals", "LIFESTYLE", (), 0.2),
    (-1, "Magnesium", "CUSTOM", (), 0.6),
)


class Diary:
    """What /nutrition-service, /lifestylelogging-service and /periodichealth-service answer."""

    def __init__(self, account: Account) -> None:
        self._account = account

    @property
    def _athlete(self) -> Athlete:
        return self._account.athlete

    def _is_over(self, day: date) -> bool:
        return self._account.day(day) is not None and day != self._account.today

    # Food

    def food(self, first: date, last: date) -> dict[str, Any]:
        """The totals of each day; a day on which nothing was logged has its date alone."""
        return {
            "startDate": first.isoformat(),
            "endDate": last.isoformat(),
            "dailyNutritionContents": [self._eaten(day) for day in days_between(first, last)],
            "mealNutritionContents": [],
            "averageNutritionContents": {},
        }

    def _eaten(self, day: date) -> dict[str, Any]:
        dice = self._athlete.dice(day, "food")
        row: dict[str, Any] = {"mealDate": day.isoformat()}
        if not self._is_over(day) or dice.random() >= _FOOD_LOGGED:
            return row
        protein, carbs, fat = dice.randrange(85, 145), dice.randrange(230, 390), dice.randrange(55, 105)
        content = {"calories": 4 * protein + 4 * carbs + 9 * fat, "protein": protein, "carbs": carbs, "fat": fat}
        goals = {"calories": _CALORIE_GOAL, "protein": 115, "carbs": 316, "fat": 64}
        return row | {"nutritionContent": content, "nutritionGoals": goals}

    # Habits

    def habits(self, day: date) -> dict[str, Any]:
        """The habits that are followed, each with the day's answer; today's are still open."""
        dice = self._athlete.dice(day, "habits")
        rows = []
        for number, name, category, kinds, likely in _HABITS if self._account.day(day) else ():
            yes = dice.random() < likely
            amounts = [(kind, dice.randrange(1, 3)) for kind in kinds[: dice.randrange(1, 3)]]
            row: dict[str, Any] = {
                "behaviourId": number,
                "measurementType": "QUANTITY" if kinds else "NONE",
                "calendarDate": day.isoformat(),
                "category": category,
                "name": name,
                "sleepRelated": False,
            }
            if self._is_over(day):
                row["logStatus"] = "YES" if yes else "NO"
                row["details"] = [
                    {"subTypeId": at, "subTypeName": kind, "amount": amount}
                    for at, (kind, amount) in enumerate(amounts if yes else [], 1)
                ]
            rows.append(row)
        return {"calendarDate": day.isoformat(), "dailyLogsReport": rows}

    # The cycle

    def cycle(self, day: date) -> dict[str, Any]:
        """Where a day lies in a cycle of 29 days: of every athlete, so that the answer can be tried."""
        if self._account.day(day) is None:
            return {"daySummary": None, "dayLog": None}
        of_cycle = (day.toordinal() + self._athlete.profile_id) % _CYCLE_DAYS + 1
        phase, begins = next(each for each in _PHASES if of_cycle >= each[1])
        ends = min([after for _, after in _PHASES if after > of_cycle], default=_CYCLE_DAYS + 1)
        return {
            "daySummary": {
                "startDate": (day - timedelta(days=of_cycle - 1)).isoformat(),
                "dayInCycle": of_cycle,
                "periodLength": _PERIOD_DAYS,
                "currentPhase": phase,
                "lengthOfCurrentPhase": ends - begins,
                "daysUntilNextPhase": ends - of_cycle,
                "fertileWindowStart": _FERTILE_DAY,
                "lengthOfFertileWindow": _FERTILE_DAYS,
                "predictedCycleLength": _CYCLE_DAYS,
                "predictedCycle": False,
                "cycleType": "REGULAR",
            },
            "dayLog": None,
        }
