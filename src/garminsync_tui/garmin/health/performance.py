"""What a watch expects of its wearer: ages, race times, scores and thresholds.

Modelled: no range of these was recorded; the shapes are those that other clients read.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from ..shapes import Collected, Readings, calendar_date, mapping, number, objects

_RACES = {
    "race_prediction_5k": "time5K",
    "race_prediction_10k": "time10K",
    "race_prediction_half": "timeHalfMarathon",
    "race_prediction_marathon": "timeMarathon",
}


def fitness_age(body: Any, first: date, last: date) -> Readings:
    """Fitness ages by day."""
    name = "fitness_age"
    found = Collected(first, last)
    for row in objects(body, name, "the body"):
        values = mapping(row.get("values"), name, "values")
        found.add_day(calendar_date(row.get("calendarDate")), "fitness_age", values.get("fitnessAge"))
    return found.by_day()


def race_predictions(body: Any, first: date, last: date) -> Readings:
    """Up to a year of predicted race times."""
    found = Collected(first, last)
    for row in objects(body, "race_predictions", "the body"):
        for metric, key in _RACES.items():
            found.add_day(calendar_date(row.get("calendarDate")), metric, row.get(key))
    return found.by_day()


def endurance_score(body: Any, first: date, last: date) -> Readings:
    """Scores by day: groups of one day each, by their first date, and the newest score by itself."""
    name = "endurance_score"
    answer = mapping(body, name, "the body")
    found = Collected(first, last)
    for day, group in mapping(answer.get("groupMap"), name, "groupMap").items():
        score = mapping(group, name, "a group").get("groupAverage")
        found.add_day(calendar_date(day), "endurance_score", score)
    newest = mapping(answer.get("enduranceScoreDTO"), name, "enduranceScoreDTO")
    found.add_day(calendar_date(newest.get("calendarDate")), "endurance_score", newest.get("overallScore"))
    return found.by_day()


def hill_score(body: Any, first: date, last: date) -> Readings:
    """Scores by day; a row has the keys that the answer for one day was recorded with."""
    name = "hill_score"
    found = Collected(first, last)
    for row in objects(mapping(body, name, "the body").get("hillScoreDTOList"), name, "hillScoreDTOList"):
        found.add_day(calendar_date(row.get("calendarDate")), "hill_score", row.get("overallScore"))
    return found.by_day()


def running_tolerance(body: Any, first: date, last: date) -> Readings:
    """The impact of the week up to each day, and how much of it a week can hold."""
    name = "running_tolerance"
    found = Collected(first, last)
    for row in objects(body, name, "the body"):
        day = calendar_date(row.get("calendarDate"))
        found.add_day(day, "running_tolerance", row.get("acuteTolerance"))
        found.add_day(day, "impact_load", row.get("acuteImpactLoad"))
    return found.by_day()


def lactate_threshold_hr(body: Any, first: date, last: date) -> Readings:
    """Threshold heart rates, on the days on which a run gave one."""
    return _found_on("lactate_threshold_hr", "running", body, first, last)


def lactate_threshold_speed(body: Any, first: date, last: date) -> Readings:
    """Threshold speeds, on the days on which a run gave one. They come as tenths of what they are."""
    # Nobody's threshold is a slow walk: an answer that is no longer divided is read as well.
    return _found_on(
        "lactate_threshold_speed",
        "running",
        body,
        first,
        last,
        lambda value: round(value * 10, 4) if value < 1 else value,
    )


def ftp_cycling(body: Any, first: date, last: date) -> Readings:
    """Threshold power by bike, on the days on which a ride gave one."""
    return _found_on("ftp_cycling", "cycling", body, first, last)


def _found_on(
    metric: str,
    series: str,
    body: Any,
    first: date,
    last: date,
    meant: Callable[[float], float] = lambda value: value,
) -> Readings:
    """The rows of one sport, each on the date it was updated or, without one, on the first of its period."""
    found = Collected(first, last)
    for row in objects(body, metric, "the body"):
        if str(row.get("series") or series).lower() == series:
            value = number(row.get("value"))
            day = calendar_date(row.get("updatedDate")) or calendar_date(row.get("from"))
            found.add_day(day, metric, row.get("value") if value is None else meant(value))
    return found.by_day()
