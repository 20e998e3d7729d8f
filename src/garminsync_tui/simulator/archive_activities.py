"""Activities, workouts, records and the watch in the shapes of Garmin's account archive.

Modelled after what public importers read from real archives; none was at hand. The units are not those of the
answers: ms, cm, a tenth of a metre a second, steps of one leg.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from .account import Account
from .activities import Activities
from .moments import ms, text
from .training import Session

Row = dict[str, Any]
_MS, _CM, _SPEED, _ONE_LEG = 1000, 100, 0.1, 0.5
#: A field of the archive → the field of the list, and the archive's unit in the list's.
_MEASURES: dict[str, tuple[str, float]] = {
    "duration": ("duration", _MS),
    "elapsedDuration": ("elapsedDuration", _MS),
    "movingDuration": ("movingDuration", _MS),
    "distance": ("distance", _CM),
    "elevationGain": ("elevationGain", _CM),
    "elevationLoss": ("elevationLoss", _CM),
    "minElevation": ("minElevation", _CM),
    "maxElevation": ("maxElevation", _CM),
    "avgSpeed": ("averageSpeed", _SPEED),
    "maxSpeed": ("maxSpeed", _SPEED),
    "avgHr": ("averageHR", 1),
    "maxHr": ("maxHR", 1),
    "calories": ("calories", 1),
    "bmrCalories": ("bmrCalories", 1),
    "avgPower": ("avgPower", 1),
    "maxPower": ("maxPower", 1),
    "normPower": ("normPower", 1),
    "avgRunCadence": ("averageRunningCadenceInStepsPerMinute", _ONE_LEG),
    "maxRunCadence": ("maxRunningCadenceInStepsPerMinute", _ONE_LEG),
    "vO2MaxValue": ("vO2MaxValue", 1),
    "activityTrainingLoad": ("activityTrainingLoad", 1),
    "aerobicTrainingEffect": ("aerobicTrainingEffect", 1),
    "anaerobicTrainingEffect": ("anaerobicTrainingEffect", 1),
    "steps": ("steps", 1),
    "waterEstimated": ("waterEstimated", 1),
    "moderateIntensityMinutes": ("moderateIntensityMinutes", 1),
    "vigorousIntensityMinutes": ("vigorousIntensityMinutes", 1),
    "startLatitude": ("startLatitude", 1),
    "startLongitude": ("startLongitude", 1),
    "endLatitude": ("endLatitude", 1),
    "endLongitude": ("endLongitude", 1),
} | {f"hrTimeInZone_{zone}": (f"hrTimeInZone_{zone}", _MS) for zone in range(1, 6)}
#: What is the same in both.
_SAME = (
    "activityId", "timeZoneId", "beginTimestamp", "locationName", "manufacturer", "deviceId", "lapCount",
    "trainingEffectLabel", "aerobicTrainingEffectMessage", "anaerobicTrainingEffectMessage", "differenceBodyBattery",
    "qualifyingDive", "autoCalcCalories", "favorite", "decoDive", "elevationCorrected", "atpActivity", "purposeful",
    "pr", "parent",
)  # fmt: skip
_SPORTS = {1: "RUNNING", 2: "CYCLING", 5: "SWIMMING", 10: "FITNESS_EQUIPMENT", 11: "WALKING", 17: "HIKING"}


class ArchivedActivities:
    """What the folder Fitness holds, and the uploads."""

    def __init__(self, account: Account, activities: Activities) -> None:
        self._account = account
        self._activities = activities

    def summarized(self) -> list[Row]:
        """summarizedActivities: every activity, newest first, in its wrapper."""
        return [{"summarizedActivitiesExport": [self._summary(session) for session in self._account.sessions()]}]

    def _summary(self, session: Session) -> Row:
        row = self._activities.row(session)
        offset_s = self._account.athlete.whereabouts.offset_s(session.starts)
        begins = ms(session.starts)
        found = {name: row[name] for name in _SAME if name in row}
        found |= {
            "name": row["activityName"],
            "activityType": row["activityType"]["typeKey"],
            "sportType": _SPORTS.get(session.sport.fit_sport, "GENERIC"),
            "eventTypeId": row["eventType"]["typeId"],
            "userProfileId": row["ownerId"],
            "rule": "private",
            "startTimeGmt": float(begins),
            "startTimeLocal": float(begins + 1000 * offset_s),
            "summarizedDiveInfo": {},
            "splits": self._splits(session),
        }
        if session.average_hr:
            found |= {"minHr": float(session.average_hr - 40), "hrTimeInZone_0": 0.0, "hrTimeInZone_6": 0.0}
        return found | {
            name: row[known] * unit if unit != 1 else row[known]
            for name, (known, unit) in _MEASURES.items()
            if known in row
        }

    def _splits(self, session: Session) -> list[Row]:
        if session.is_manual:
            return []
        return [
            {
                "startTimeGMT": text(session.starts),
                "endTimeGMT": text(session.starts + timedelta(seconds=session.elapsed_s)),
                "measurements": [
                    {"fieldEnum": "SUM_DURATION", "value": float(session.moving_s), "unitEnum": "SECOND"},
                    {"fieldEnum": "SUM_DISTANCE", "value": session.distance, "unitEnum": "METER"},
                ],
            }
        ]

    def records(self) -> list[Row]:
        """personalRecord: the longest run."""
        runs = [session for session in self._account.sessions() if session.sport.key == "running"]
        longest = max(runs, key=lambda session: session.distance, default=None)
        if longest is None:
            return [{"personalRecords": []}]
        record = {
            "personalRecordId": longest.activity_id + 1,
            "activityId": longest.activity_id,
            "personalRecordType": "Farthest Run",
            "value": longest.distance,
            "prStartTimeGMT": text(longest.starts),
            "current": True,
        }
        return [{"personalRecords": [record]}]

    def gear(self) -> list[Row]:
        """gear: one pair of shoes."""
        shoes = {
            "gearPk": 41_000_001,
            "uuid": f"{self._account.athlete.profile_id:032x}",
            "gearTypeName": "Shoes",
            "gearStatusName": "active",
            "customMakeModel": "Example Trainer",
            "dateBegin": self._account.athlete.first_day.isoformat(),
            "maximumMeters": 700_000.0,
        }
        return [{"gearDTOS": [shoes], "gearActivityDTOs": {}}]

    def devices(self) -> Row:
        """devicesandcontent: which watch has which number."""
        watch = {"unitId": self._account.athlete.device_id, "partNumber": "006-B4315-00"}
        return {"deviceAndContentInfo": [{"Devices": [watch]}]}

    def uploads(self) -> Iterator[tuple[Session, bytes]]:
        """What came from elsewhere than the watch, oldest first."""
        for session in reversed(self._account.sessions()):
            content = self._activities.file(session) if session.origin in {"gpx", "tcx"} else None
            if content is not None:
                yield session, content
