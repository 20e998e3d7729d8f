"""What was eaten, and what was sweated."""

from __future__ import annotations

from datetime import date
from typing import Any

from ..shapes import Collected, Readings, calendar_date, mapping, number, objects, same_day

#: metric → the key of what was eaten, and how much of the metric's unit one of Garmin's is: grams are kept as kg.
_EATEN = {
    "nutrition_calories": ("calories", 1.0),
    "nutrition_protein": ("protein", 0.001),
    "nutrition_carbs": ("carbs", 0.001),
    "nutrition_fat": ("fat", 0.001),
}


def nutrition(body: Any, first: date, last: date) -> Readings:
    """What each day's log of food comes to. A day on which nothing was logged is no day of fasting: a gap.

    Modelled after what other clients read. Meals, foods and goals are not taken.
    """
    name = "nutrition"
    found = Collected(first, last)
    days = mapping(body, name, "the body").get("dailyNutritionContents")
    for row in objects(days, name, "dailyNutritionContents"):
        day = calendar_date(row.get("mealDate"))
        eaten = found.part(day, "nutrition_calories", row.get("nutritionContent"))
        told = {metric: eaten.get(key) for metric, (key, _) in _EATEN.items()}
        if all(value is None or number(value) == 0 for value in told.values()):
            continue
        for metric, value in told.items():
            amount = number(value)
            kept = value if amount is None else round(amount * _EATEN[metric][1], 6)
            found.add_day(day, metric, kept)
    return found.by_day()


def sweat_loss(body: Any, first: date, last: date) -> Readings:
    """What the day's activities cost in sweat.

    Modelled after what other clients read of the whole day's water; the smaller answer for a day, recorded without
    activities, has the same key.
    """
    name = "sweat_loss"
    answer = mapping(body, name, "the body")
    same_day(answer.get("calendarDate"), first, name)
    found = Collected(first, last)
    found.add_day(first, "hydration_sweat_loss", answer.get("sweatLossInML"))
    return found.by_day()
