"""Habits that were logged."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from ...text import clean
from ..shapes import Collected, Readings, mapping, number, objects, same_day

#: People give habits names of their own.
_LONGEST_NAME = 60
_MOST = 100_000
_ANSWERS = {"YES": "yes", "NO": "no"}


def lifestyle(body: Any, first: date, last: date) -> Readings:
    """How many habits of one day were answered yes, and beside it each that was answered: its name, answer, amount.

    Modelled after what other clients read. A habit that was not answered is a gap. An amount is the sum of its kinds,
    as Garmin counts them: glasses, cups, minutes.
    """
    name = "lifestyle"
    answer = mapping(body, name, "the body")
    same_day(answer.get("calendarDate"), first, name)
    found = Collected(first, last)
    habits: dict[str, dict[str, Any]] = {}
    for row in objects(answer.get("dailyLogsReport"), name, "dailyLogsReport"):
        status, title = row.get("logStatus"), row.get("name")
        if status is None:
            continue
        if not isinstance(title, str) or not title.strip():
            found.leave_out(first, name, "without a name")
        elif not isinstance(status, str) or status.upper() not in _ANSWERS:
            found.leave_out(first, name, "with an unknown answer")
        else:
            habits[clean(title.strip(), _LONGEST_NAME)] = {"answer": _ANSWERS[status.upper()]} | _amount(
                found, first, row
            )
    if habits:
        found.add_day(first, name, sum(habit["answer"] == "yes" for habit in habits.values()), habits)
    return found.by_day()


def _amount(found: Collected, day: date, row: Mapping[str, Any]) -> dict[str, float]:
    amounts: list[float] = []
    for detail in found.rows(day, "lifestyle", row.get("details")):
        told = detail.get("amount")
        amount = number(told)
        if amount is not None and 0 <= amount <= _MOST:
            amounts.append(amount)
        elif told is not None:
            found.leave_out(day, "lifestyle", "with an unreadable amount")
    return {"amount": sum(amounts)} if amounts else {}
