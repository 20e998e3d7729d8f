"""The library of workouts and the calendar: modelled after what clients read back, with the server's quirks."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from copy import deepcopy
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from .account import Account
from .moments import text
from .workout_storing import Node, enumerations, stored

_FIRST_WORKOUT, _FIRST_STEP, _FIRST_SCHEDULE = 1_200_000_001, 12_400_000_001, 1_500_000_001
_MOST_LISTED = 100
_SUMMARY = (
    "workoutId", "ownerId", "workoutName", "description", "createdDate", "sportType", "trainingPlanId", "author",
    "estimatedDurationInSecs", "estimatedDistanceInMeters", "estimateType", "estimatedDistanceUnit", "poolLength",
    "poolLengthUnit", "workoutProvider", "workoutSourceId", "consumer", "consumerName", "atpPlanId",
    "workoutNameI18nKey", "descriptionI18nKey", "workoutThumbnailUrl", "shared",
)  # fmt: skip
_PLAN, _PARTNER = 39_117_042, "TrainingPeaks"


class Workouts:
    """What /workout-service and /calendar-service answer. Raises ValueError for what is refused, LookupError for what
    is not there and PermissionError for what belongs to a plan or a partner.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self._ids, self._steps, self._schedules = count(_FIRST_WORKOUT), count(_FIRST_STEP), count(_FIRST_SCHEDULE)
        self._kept: dict[int, Node] = {}
        self._planned: dict[int, tuple[int, date]] = {}
        self._changes = 0
        for document in _library():
            self._keep(document)
        plan = next(number for number, node in self._kept.items() if node["trainingPlanId"])
        self._plan_day(plan, account.today + timedelta(days=2))

    # Workouts

    def listed(self, given: Mapping[str, str]) -> list[Node]:
        """Summaries, the last changed first; `start` counts from 1, and 0 is as good as 1."""
        start, limit = max(int(given.get("start", 1)), 1), int(given.get("limit", 20))
        newest = sorted(self._kept.values(), key=lambda node: (node["updatedDate"], node["workoutId"]), reverse=True)
        return [_summary(node) for node in newest[start - 1 :][: min(limit, _MOST_LISTED)]]

    def one(self, number: int) -> Node:
        """The whole document."""
        return deepcopy(self._kept[number])

    def create(self, document: Any) -> Node:
        """Keep a new workout; sent again it is kept again."""
        return deepcopy(self._keep(document))

    def replace(self, number: int, document: Any) -> None:
        """All of it: what is not sent is not kept. Its number stays, and with it its days in the calendar."""
        before = self._own(number)
        if not isinstance(document, dict) or document.get("workoutId") != number:
            raise ValueError("The workout id in the body does not match the path")
        self._write(number, stored(document, self._steps), before["createdDate"])

    def delete(self, number: int) -> None:
        """With its days in the calendar."""
        self._own(number)
        self.remove(number)

    types = staticmethod(enumerations)

    # On the other side

    def all(self) -> list[Node]:
        """Every document, in the order of their numbers."""
        return deepcopy(list(self._kept.values()))

    def edit(self, number: int, changes: Node) -> Node:
        """Change fields of a document as its owner does in Garmin's editor, also of a plan's. Returns the document."""
        node = self._kept[number]
        self._write(number, stored({**node, **changes}, self._steps), node["createdDate"])
        return self.one(number)

    def remove(self, number: int) -> None:
        """Delete as its owner does, also a plan's."""
        del self._kept[number]
        self._planned = {key: entry for key, entry in self._planned.items() if entry[0] != number}

    # Calendar

    def schedule(self, number: int, given: Any) -> Node:
        """Put a workout on a day."""
        if number not in self._kept:
            raise LookupError
        return self.scheduled(self._plan_day(number, _day_of(given, "date")))

    def scheduled(self, key: int) -> Node:
        """One day of one workout."""
        number, day = self._planned[key]
        return {
            "workoutScheduleId": key,
            "workout": self.one(number),
            "calendarDate": day.isoformat(),
            "createdDate": self._account.today.isoformat(),
            "ownerId": self._account.athlete.profile_id,
            "newName": None,
            "consumer": None,
            "atpPlanId": None,
        }

    def reschedule(self, key: int, given: Any) -> Node:
        """Move it to another day."""
        self._planned[key] = (self._planned[key][0], _day_of(given, "calendarDate"))
        return self.scheduled(key)

    def unschedule(self, key: int) -> None:
        """Take it from its day; the workout stays."""
        del self._planned[key]

    def month(self, year: int, month: int) -> Node:
        """The calendar of a month, which counts from 0."""
        first = date(year, month + 1, 1)
        days = monthrange(year, month + 1)[1]
        last = first.replace(day=days)
        return {
            "startDayOfMonth": first.isoweekday() % 7,
            "numOfDaysInMonth": days,
            "numOfDaysInPrevMonth": (first - timedelta(days=1)).day,
            "month": month,
            "year": year,
            "calendarItems": [self._item(key, number, day) for key, number, day in self._within(first, last)],
        }

    def period(self, first: date, last: date) -> list[Node]:
        """What is planned from one day to another, those of plans too."""
        return [
            {
                "scheduledWorkoutId": key,
                "workoutScheduleId": key,
                "workoutId": number,
                "workoutName": self._kept[number]["workoutName"],
                "scheduleDate": day.isoformat(),
                "workoutType": self._kept[number]["sportType"]["sportTypeKey"],
                "trainingPlanId": self._kept[number]["trainingPlanId"],
                "estimatedDurationInSecs": self._kept[number]["estimatedDurationInSecs"],
            }
            for key, number, day in self._within(first, last)
        ]

    def _item(self, key: int, number: int, day: date) -> Node:
        node = self._kept[number]
        return {
            "id": key,
            "itemType": "workout",
            "date": day.isoformat(),
            "title": node["workoutName"],
            "workoutId": number,
            "workoutUuid": node["workoutUuid"],
            "sportTypeKey": node["sportType"]["sportTypeKey"],
            "trainingPlanId": node["trainingPlanId"],
            "duration": node["estimatedDurationInSecs"],
            "distance": node["estimatedDistanceInMeters"],
        }

    def _within(self, first: date, last: date) -> list[tuple[int, int, date]]:
        found = [(day, key, number) for key, (number, day) in self._planned.items() if first <= day <= last]
        return [(key, number, day) for day, key, number in sorted(found)]

    def _plan_day(self, number: int, day: date) -> int:
        key = next(self._schedules)
        self._planned[key] = (number, day)
        return key

    # Keeping

    def _keep(self, document: Any) -> Node:
        node = stored(document, self._steps)
        number = next(self._ids)
        self._write(number, node, text(self._moment()))
        return self._kept[number]

    def _write(self, number: int, node: Node, created: str) -> None:
        self._changes += 1
        self._kept[number] = {
            "workoutId": number,
            "ownerId": self._account.athlete.profile_id,
            **node,
            "createdDate": created,
            "updatedDate": text(self._moment()),
            "author": {
                "userProfilePk": self._account.athlete.profile_id,
                "displayName": self._account.athlete.display_name,
                "fullName": None,
                "profileImgNameLarge": None,
                "profileImgNameMedium": None,
                "profileImgNameSmall": None,
                "userPro": False,
                "vivokidUser": False,
            },
        }

    def _moment(self) -> datetime:
        # The simulator's clock stands still: each change comes a second after the one before.
        return self._account.now + timedelta(seconds=self._changes)

    def _own(self, number: int) -> Node:
        node = self._kept[number]
        if node["trainingPlanId"] or node["consumer"]:
            raise PermissionError
        return node


def _day_of(given: Any, name: str) -> date:
    if not isinstance(given, dict):
        raise ValueError("Cannot deserialize the schedule")
    return date.fromisoformat(str(given.get(name)))


def _summary(node: Node) -> Node:
    """As the list shows it: another name for the time of change, and a pool has another sport."""
    summary = deepcopy({name: node[name] for name in _SUMMARY}) | {"updateDate": node["updatedDate"]}
    if summary["sportType"]["sportTypeKey"] == "swimming":
        summary["sportType"]["sportTypeKey"] = "lap_swimming"
    return summary


def _library() -> list[Node]:
    """What the athlete has from the beginning: three own workouts, one of a plan's and one of a partner's."""
    easy, hard = {"targetType": {"workoutTargetTypeId": 4}, "zoneNumber": 2}, {"targetType": {"workoutTargetTypeId": 6}}
    intervals = {
        "workoutSteps": [
            _step(3, 3, 400.0, **hard, targetValueOne=4.3478261, targetValueTwo=4.1666667),
            _step(5, 2, 90.0),
        ],
        "numberOfIterations": 5,
    }
    sweet_spot = {
        "workoutSteps": [
            _step(3, 2, 720.0, targetType={"workoutTargetTypeId": 2}, targetValueOne=230.0, targetValueTwo=245.0),
            _step(4, 2, 240.0),
        ],
        "numberOfIterations": 3,
    }
    laps = {"workoutSteps": [_step(3, 3, 100.0, strokeType={"strokeTypeId": 6}), _step(5, 8, 15.0)]}
    pool = {"poolLength": 25.0, "poolLengthUnit": {"unitId": 1}}
    return [
        _workout("5 x 400 m", 1, [_step(1, 2, 600.0, **easy), intervals, _step(2, 1, None)]),
        _workout("3 x 12 sweet spot", 2, [_step(1, 2, 900.0), sweet_spot, _step(2, 2, 600.0)]),
        _workout("8 x 100 m", 4, [_step(1, 3, 400.0), {**laps, "numberOfIterations": 8}], **pool),
        _workout("Base run of the plan", 1, [_step(3, 2, 2400.0, **easy)], trainingPlanId=_PLAN),
        _workout("Over-unders", 2, [_step(3, 2, 3600.0)], workoutProvider=_PARTNER, consumer={"consumerKey": _PARTNER}),
    ]


def _workout(name: str, sport: int, steps: list[Node], **fields: Any) -> Node:
    kind = {"sportTypeId": sport}
    segment = {"segmentOrder": 1, "sportType": kind, "workoutSteps": steps}
    return {"workoutName": name, "sportType": kind, "workoutSegments": [segment], **fields}


def _step(kind: int, end: int, value: float | None, **fields: Any) -> Node:
    return {
        "stepType": {"stepTypeId": kind},
        "endCondition": {"conditionTypeId": end},
        "endConditionValue": value,
        "targetType": {"workoutTargetTypeId": 1},
        **fields,
    }
