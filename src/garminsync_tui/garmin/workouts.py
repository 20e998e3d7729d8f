"""Garmin's workout service: the list, single documents, the calendar.

Lists and calendar were never seen recorded: their shapes are modelled after what clients read, and read tolerantly.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable
from datetime import date
from typing import Any, NamedTuple

from ..errors import NotAtGarmin, UnexpectedAnswer
from .client import Client
from .shapes import mapping, objects, unreadable

_SERVICE = "/workout-service"
_PAGE = 100
#: Where a list that repeats itself for ever is left.
_MOST_PAGES = 100
_ID = re.compile(r"[0-9]{1,20}")


class Listed(NamedTuple):
    """A row of the list: without the steps."""

    garmin_workout_id: str
    name: str
    #: When it was changed last, as Garmin writes it; only good for telling whether it changed since.
    updated: str | None


class Planned(NamedTuple):
    """A workout on a day of the calendar."""

    schedule_id: str
    garmin_workout_id: str
    day: date


async def listed(client: Client) -> AsyncIterator[list[Listed]]:
    """All workouts, in pages. Raises as `Client.get`."""
    known: set[str] = set()
    for page in range(_MOST_PAGES):
        params = {"start": str(page * _PAGE), "limit": str(_PAGE)}
        body = await client.get(f"{_SERVICE}/workouts", params)
        rows = [row for each in objects(body, "workouts", "the body") if (row := _listed(each))]
        new = [row for row in rows if row.garmin_workout_id not in known]
        if not new:
            return
        known |= {row.garmin_workout_id for row in new}
        yield new
        if len(rows) < _PAGE:
            return


def _listed(row: Any) -> Listed | None:
    number = _id(row.get("workoutId"))
    if number is None:
        return None  # a plan's suggestion of the day has none and cannot be asked for
    # The list says updateDate, a document updatedDate.
    updated = row.get("updateDate") or row.get("updatedDate")
    return Listed(number, str(row.get("workoutName") or ""), str(updated) if updated else None)


async def get(client: Client, garmin_workout_id: str) -> dict[str, Any]:
    """One workout's document. Raises as `Client.get`."""
    return _document(await client.get(f"{_SERVICE}/workout/{garmin_workout_id}"))


async def create(client: Client, document: dict[str, Any]) -> str:
    """Make a workout; its number. Never sent twice: after Unavailable nobody knows whether it was made."""
    number = _id(_document(await client.create(f"{_SERVICE}/workout", document)).get("workoutId"))
    if number is None:
        raise unreadable("the new workout", "it has no workoutId")
    return number


async def replace(client: Client, garmin_workout_id: str, document: dict[str, Any]) -> None:
    """Put a document in the place of a workout's; its number and its calendar stay. Raises as `Client.get`."""
    await client.replace(f"{_SERVICE}/workout/{garmin_workout_id}", document)


async def delete(client: Client, garmin_workout_id: str) -> bool:
    """Delete a workout at Garmin; False where it was not there."""
    return await _gone(client, f"{_SERVICE}/workout/{garmin_workout_id}")


async def schedule(client: Client, garmin_workout_id: str, day: date) -> str | None:
    """Put a workout on a day of the calendar; the entry's number, where Garmin says it."""
    body = await client.create(f"{_SERVICE}/schedule/{garmin_workout_id}", {"date": day.isoformat()})
    return _id(mapping(body, "the calendar entry", "the body").get("workoutScheduleId"))


async def unschedule(client: Client, schedule_id: str) -> bool:
    """Take an entry off the calendar; False where it was not there."""
    return await _gone(client, f"{_SERVICE}/schedule/{schedule_id}")


async def planned(client: Client, months: Iterable[date]) -> list[Planned]:
    """The workouts on the calendar of the months that these days are in. Raises as `Client.get`."""
    found: dict[str, Planned] = {}
    for year, month in dict.fromkeys((day.year, day.month) for day in months):
        # Garmin counts months from 0, and a page of its calendar shows the edges of the neighbours.
        body = await client.get(f"/calendar-service/year/{year}/month/{month - 1}")
        items = mapping(body, "the calendar", "the body").get("calendarItems")
        for item in objects(items, "the calendar", "calendarItems"):
            if (entry := _planned(item)) is not None:
                found[entry.schedule_id] = entry
    return list(found.values())


def _planned(item: Any) -> Planned | None:
    number, workout = _id(item.get("id")), _id(item.get("workoutId"))
    try:
        day = date.fromisoformat(str(item.get("date"))[:10])
    except ValueError:
        return None
    return Planned(number, workout, day) if number and workout and item.get("itemType") == "workout" else None


async def _gone(client: Client, path: str) -> bool:
    try:
        await client.delete(path)
    except NotAtGarmin:
        return False
    return True


def _document(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise UnexpectedAnswer(
            "Garmin's answer for a workout is no document.", hint="Nothing stored was changed. Try again later."
        )
    return body


def _id(value: Any) -> str | None:
    text = str(value)
    return text if not isinstance(value, bool) and _ID.fullmatch(text) else None
