"""What a watch expects of its wearer: ages, race times, scores and thresholds.

Modelled: no range of these was recorded; the shapes are those that other clients read.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from ..shapes import Collected, Readings, answer_with, calendar_date, mapping, number

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
    for row in found.main(None, "fitness_age", body, name, "the body", "values"):
        day = calendar_date(row.get("calendarDate"))
        found.add_day(day, "fitness_age", found.part(day, "fitness_age", row.get("values")).get("fitnessAge"))
    return found.by_day()


def race_predictions(body: Any, first: date, last: date) -> Readings:
    """Up to a year of predicted race times."""
    found = Collected(first, last)
    for row in found.main(None, "race_prediction_5k", body, "race_predictions", "the body", *_RACES.values()):
        for metric, key in _RACES.items():
            found.add_day(calendar_date(row.get("calendarDate")), metric, row.get(key))
    return found.by_day()


def endurance_score(body: Any, first: date, last: date) -> Readings:
    """Scores by day: groups of one day each, by their first date, and the newest score by itself, of any day."""
    name = "endurance_score"
    answer = answer_with(body, name, "groupMap", "enduranceScoreDTO")
    found = Collected(first, last)
    for begins_on, group in mapping(answer.get("groupMap"), name, "groupMap").items():
        day = calendar_date(begins_on)
        found.add_day(day, name, found.part(day, name, group).get("groupAverage"))
    newest = found.part(last, name, answer.get("enduranceScoreDTO"))
    day = calendar_date(newest.get("calendarDate"))
    if day is None or found.is_asked(day):
        found.add_day(day, name, newest.get("overallScore"))
    return found.by_day()


def hill_score(body: Any, first: date, last: date) -> Readings:
    """Scores by day; a row has the keys that the answer for one day was recorded with."""
    name = "hill_score"
    found = Collected(first, last)
    rows = answer_with(body, name, "hillScoreDTOList").get("hillScoreDTOList")
    for row in found.main(None, name, rows, name, "hillScoreDTOList", "overallScore"):
        found.add_day(calendar_date(row.get("calendarDate")), "hill_score", row.get("overallScore"))
    return found.by_day()


def running_tolerance(body: Any, first: date, last: date) -> Readings:
    """The impact of the week up to each day, and how much of it a week can hold."""
    name = "running_tolerance"
    found = Collected(first, last)
    for row in found.main(None, name, body, name, "the body", "acuteTolerance", "acuteImpactLoad"):
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
    for row in found.main(None, metric, body, metric, "the body", "value"):
        begins_on, found_on = calendar_date(row.get("from")), calendar_date(row.get("updatedDate"))
        if str(row.get("series") or series).lower() != series:
            continue
        if found.is_asked(begins_on) and found_on and not found.is_asked(found_on):
            found.add_day(begins_on, metric, None)  # a value that still holds
            continue
        value = number(row.get("value"))
        found.add_day(found_on or begins_on, metric, row.get("value") if value is None else meant(value))
    return found.by_day()
