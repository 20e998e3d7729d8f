"""Bodies of activities: rows of the list, summaries, originals and exports.

List rows and summaries have the recorded fields; those that do not apply to a sport are absent, as recorded.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from . import fit, markup
from .account import Account
from .form import Form
from .moments import ms, text
from .training import SPORTS, ZONE_FLOORS, Session

#: typeId, typeKey, parentTypeId of types that the athlete does not do, for the dictionary.
_OTHER_TYPES = (
    (17, "all", 0),
    (4, "other", 17),
    (10, "road_biking", 2),
    (18, "treadmill_running", 1),
    (25, "indoor_cycling", 2),
    (26, "swimming", 17),
    (28, "open_water_swimming", 26),
    (29, "fitness_equipment", 17),
    (89, "multi_sport", 17),
)
_EVENT_TYPE = {"typeId": 9, "typeKey": "uncategorized", "sortOrder": 10}
_PRIVATE = {"typeId": 2, "typeKey": "private"}
_ZIP_TIME = (2020, 1, 1, 0, 0, 0)


class Activities:
    """What /activitylist-service, /activity-service and /download-service answer."""

    def __init__(self, account: Account, form: Form) -> None:
        self._account = account
        self._form = form

    def types(self) -> list[dict[str, Any]]:
        """Modelled: the dictionary of activity types."""
        known = [(sport.type_id, sport.key, sport.parent_id) for sport in SPORTS.values()]
        return [
            {
                "typeId": type_id,
                "typeKey": key,
                "parentTypeId": parent,
                "isHidden": False,
                "restricted": False,
                "trimmable": True,
            }
            for type_id, key, parent in sorted((*known, *_OTHER_TYPES))
        ]

    def count(self) -> dict[str, Any]:
        """How many there are."""
        return {"totalCount": len(self._account.sessions())}

    # The list

    def listed(self, query: Mapping[str, str]) -> list[dict[str, Any]]:
        """A page of the list. Raises ValueError for a number or date that is none."""
        start, limit = int(query.get("start", "0")), int(query.get("limit", "20"))
        if start < 0 or limit < 1:
            raise ValueError("start and limit count from 0 and 1")
        sessions = [session for session in self._account.sessions() if self._matches(session, query)]
        if query.get("sortOrder") == "asc":
            sessions.reverse()
        return [self.row(session) for session in sessions[start : start + limit]]

    def of_day(self, day: date) -> dict[str, Any]:
        """Modelled: the activities of one day, as the phone application asks for them."""
        rows = [self.row(session) for session in self._account.sessions() if self._date(session) == day]
        return {"ActivitiesForDay": {"requestUrl": "", "statusCode": 200, "payload": rows}}

    def _matches(self, session: Session, query: Mapping[str, str]) -> bool:
        day = self._date(session)
        wanted = query.get("activityType")
        return (
            (not wanted or wanted in _kinds(session))
            and day >= date.fromisoformat(query.get("startDate") or "0001-01-01")
            and day <= date.fromisoformat(query.get("endDate") or "9999-12-31")
            and query.get("search", "").lower() in session.name.lower()
        )

    def _offset(self, session: Session) -> timedelta:
        return timedelta(seconds=self._account.athlete.whereabouts.offset_s(session.starts))

    def _date(self, session: Session) -> date:
        return (session.starts + self._offset(session)).date()

    def row(self, session: Session) -> dict[str, Any]:
        """One activity as the list shows it."""
        athlete, offset = self._account.athlete, self._offset(session)
        row = {
            "activityId": session.activity_id,
            "activityName": session.name,
            "startTimeLocal": f"{session.starts + offset:%Y-%m-%d %H:%M:%S}",
            "startTimeGMT": f"{session.starts:%Y-%m-%d %H:%M:%S}",
            "activityType": _type(session),
            "eventType": _EVENT_TYPE,
            "duration": float(session.moving_s),
            "elapsedDuration": float(session.elapsed_s),
            "movingDuration": float(session.motion_s),
            "hasPolyline": session.has_track,
            "hasImages": False,
            "ownerId": athlete.profile_id,
            "ownerDisplayName": athlete.display_name,
            "ownerFullName": athlete.full_name,
            "ownerProfileImageUrlSmall": "",
            "ownerProfileImageUrlMedium": "",
            "ownerProfileImageUrlLarge": "",
            "calories": float(session.calories),
            "userRoles": ["SCOPE_CONNECT_READ", "SCOPE_CONNECT_WRITE", "ROLE_CONNECTUSER"],
            "privacy": _PRIVATE,
            "userPro": False,
            "hasVideo": False,
            "timeZoneId": 124,
            "beginTimestamp": ms(session.starts),
            "sportTypeId": session.sport.fit_sport,
            "summarizedDiveInfo": {"summarizedDiveGases": []},
            "manufacturer": "GARMIN",
            "locationName": session.place.name,
            "splitSummaries": [],
            "hasSplits": False,
            "hasHeatMap": False,
            "endTimeGMT": f"{session.ends:%Y-%m-%d %H:%M:%S}",
            "qualifyingDive": False,
            "autoCalcCalories": False,
            "favorite": False,
            "decoDive": False,
            "elevationCorrected": False,
            "atpActivity": False,
            "purposeful": False,
            "manualActivity": session.is_manual,
            "pr": False,
            "parent": False,
        }
        return row | self._row_measures(session)

    def _row_measures(self, session: Session) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if session.distance:
            speed = round(session.distance / session.moving_s, 6)
            found |= {"distance": session.distance, "averageSpeed": speed, "maxSpeed": round(1.12 * speed, 6)}
        if session.is_manual:
            return found
        found |= {
            "deviceId": self._account.athlete.device_id,
            "lapCount": 1,
            "minActivityLapDuration": float(session.moving_s),
        }
        if session.average_hr:
            load = session.load
            found |= {
                "bmrCalories": float(round(session.moving_s * 1792 / 86_400)),
                "averageHR": float(session.average_hr),
                "maxHR": float(session.max_hr),
                "steps": session.moving_s * session.sport.steps // 60,
                "aerobicTrainingEffect": min(5.0, round(0.5 + load / 40, 1)),
                "anaerobicTrainingEffect": 1.8 if session.intervals else 0.0,
                "trainingEffectLabel": "AEROBIC_BASE",
                "aerobicTrainingEffectMessage": "MAINTAINING_AEROBIC_BASE_7",
                "anaerobicTrainingEffectMessage": "NO_ANAEROBIC_BENEFIT_0",
                "activityTrainingLoad": load,
                "waterEstimated": float(round(session.moving_s * 0.16)),
                "moderateIntensityMinutes": session.moving_s // 60 if 100 <= session.average_hr < 126 else 0,
                "vigorousIntensityMinutes": session.moving_s // 60 if session.average_hr >= 126 else 0,
                "differenceBodyBattery": -round(load / 9),
            }
            found |= {f"hrTimeInZone_{zone}": spent for zone, spent in enumerate(session.zone_seconds, 1)}
        if session.has_track and not session.file:
            found |= _climbed(session) | {
                "startLatitude": session.place.latitude,
                "startLongitude": session.place.longitude,
                "endLatitude": session.place.latitude,
                "endLongitude": session.place.longitude,
            }
        if session.average_power:
            found |= {
                "avgPower": float(session.average_power),
                "maxPower": float(round(1.6 * session.average_power)),
                "normPower": float(session.normalized_power),
            }
        if session.sport.steps > 90:
            found |= {
                "averageRunningCadenceInStepsPerMinute": float(session.sport.steps),
                "maxRunningCadenceInStepsPerMinute": session.sport.steps + 12.0,
            }
        if "running" in session.sport.key and session.average_hr:
            found["vO2MaxValue"] = 52.0
        return found

    # One activity

    def summary(self, session: Session) -> dict[str, Any]:
        """One activity with when it was last changed."""
        athlete = self._account.athlete
        device = None if session.is_manual else str(athlete.device_id)
        return {
            "activityId": session.activity_id,
            "activityUUID": {"uuid": str(UUID(int=session.activity_id))},
            "activityName": session.name,
            "userProfileId": athlete.profile_id,
            "isMultiSportParent": False,
            "activityTypeDTO": _type(session),
            "eventTypeDTO": _EVENT_TYPE,
            "accessControlRuleDTO": _PRIVATE,
            "timeZoneUnitDTO": {
                "unitId": 124,
                "unitKey": session.place.zone,
                "factor": 0.0,
                "timeZone": session.place.zone,
            },
            "metadataDTO": {
                "isOriginal": True,
                "deviceApplicationInstallationId": 63_062_455,
                **dict.fromkeys(("agentApplicationInstallationId", "agentString")),
                "fileFormat": None if session.is_manual else _FORMATS[session.origin],
                "associatedCourseId": None,
                "lastUpdateDate": text(self._account.updated(session)),
                "uploadedDate": text(self._account.uploaded(session)),
                "videoUrl": None,
                "hasPolyline": session.has_track,
                "hasChartData": not session.is_manual,
                "hasHrTimeInZones": bool(session.average_hr),
                "hasPowerTimeInZones": bool(session.average_power),
                "userInfoDto": {
                    "userProfilePk": athlete.profile_id,
                    "displayname": athlete.display_name,
                    "fullname": athlete.full_name,
                    **dict.fromkeys(("profileImageUrlLarge", "profileImageUrlMedium", "profileImageUrlSmall")),
                    "userPro": False,
                },
                "childIds": [],
                "childActivityTypes": [],
                "sensors": [],
                "activityImages": [],
                "manufacturer": "GARMIN",
                "diveNumber": None,
                "lapCount": 1,
                **dict.fromkeys(("associatedWorkoutId", "isAtpActivity")),
                "deviceMetaDataDTO": {"deviceId": device, "deviceTypePk": 37_105, "deviceVersionPk": 1_023_045},
                "hasIntensityIntervals": session.intervals,
                "hasSplits": False,
                **dict.fromkeys(_NULL_METADATA),
                "hasHeatMap": False,
                "personalRecord": False,
                "autoCalcCalories": False,
                "favorite": False,
                "manualActivity": session.is_manual,
                "runPowerWindDataEnabled": None,
                "gcj02": False,
                "trimmed": False,
                "elevationCorrected": False,
            },
            "summaryDTO": self._summary_measures(session),
            "locationName": session.place.name,
            "splitSummaries": [],
        }

    def _summary_measures(self, session: Session) -> dict[str, Any]:
        row = self._row_measures(session)
        found: dict[str, Any] = {
            "startTimeLocal": text(session.starts + self._offset(session)),
            "startTimeGMT": text(session.starts),
            "duration": float(session.moving_s),
            "movingDuration": float(session.motion_s),
            "elapsedDuration": float(session.elapsed_s),
            "calories": float(session.calories),
        }
        if session.average_hr:
            found["minHR"] = float(session.average_hr - 40)
        return found | {name: row[known] for name, known in _IN_SUMMARY.items() if known in row}

    def zones(self, session: Session) -> list[dict[str, Any]]:
        """Modelled: seconds in each heart rate zone."""
        return [
            {"zoneNumber": zone, "secsInZone": spent, "zoneLowBoundary": ZONE_FLOORS[zone - 1]}
            for zone, spent in enumerate(session.zone_seconds if session.average_hr else (), 1)
        ]

    # Files

    def original(self, session: Session) -> bytes | None:
        """The uploaded file in a ZIP, the same bytes each time; None where there is none."""
        content = self.file(session)
        if content is None:
            return None
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            name = f"{session.activity_id}_ACTIVITY.{session.origin}"
            member = zipfile.ZipInfo(name, _ZIP_TIME)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, content)
        return packed.getvalue()

    def file(self, session: Session) -> bytes | None:
        """What was uploaded; None where it was typed in by hand."""
        if session.is_manual:
            return None
        if session.file:
            return _content(session.file)
        if session.origin == "fit":
            offset_s = int(self._offset(session).total_seconds())
            power = self._form.threshold_power(self._date(session)) if session.average_power else None
            return fit.encode(session, offset_s, self._account.athlete.device_id, power)
        return _EXPORTS[session.origin](session)

    def export(self, session: Session, kind: str) -> bytes | None:
        """GPX or TCX; None where Garmin has none: no track to put into a GPX, no such conversion."""
        if session.file:
            return _content(session.file) if session.origin == kind else None
        if kind not in _EXPORTS or (kind == "gpx" and session.is_manual):
            return None
        return _EXPORTS[kind](session)


_EXPORTS: Mapping[str, Callable[[Session], bytes]] = {"gpx": markup.gpx, "tcx": markup.tcx}
_FORMATS = {
    "fit": {"formatId": 7, "formatKey": "fit"},
    "gpx": {"formatId": 3, "formatKey": "gpx"},
    "tcx": {"formatId": 2, "formatKey": "tcx"},
}
_NULL_METADATA = (
    "eBikeMaxAssistModes", "eBikeBatteryUsage", "eBikeBatteryRemaining", "eBikeAssistModeInfoDTOList",
    "hasRunPowerWindData", "calendarEventInfo", "groupRideUUID",
)  # fmt: skip
#: A measure's name in the summary → in the list.
_IN_SUMMARY = {
    name: name
    for name in (
        "distance", "averageSpeed", "maxSpeed", "bmrCalories", "averageHR", "maxHR", "elevationGain",
        "elevationLoss", "minElevation", "maxElevation", "startLatitude", "startLongitude", "endLatitude",
        "endLongitude", "anaerobicTrainingEffect", "trainingEffectLabel", "aerobicTrainingEffectMessage",
        "anaerobicTrainingEffectMessage", "activityTrainingLoad", "waterEstimated", "moderateIntensityMinutes",
        "vigorousIntensityMinutes", "differenceBodyBattery", "minActivityLapDuration", "steps",
    )
} | {
    "trainingEffect": "aerobicTrainingEffect",
    "averageMovingSpeed": "averageSpeed",
    "averageRunCadence": "averageRunningCadenceInStepsPerMinute",
    "maxRunCadence": "maxRunningCadenceInStepsPerMinute",
    "averagePower": "avgPower",
    "maxPower": "maxPower",
    "normalizedPower": "normPower",
}  # fmt: skip


def _content(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:  # it was there when the folder was read
        return None


def _type(session: Session) -> dict[str, Any]:
    return {
        "typeId": session.sport.type_id,
        "typeKey": session.sport.key,
        "parentTypeId": session.sport.parent_id,
        "isHidden": False,
        "restricted": False,
        "trimmable": session.sport.outdoors,
    }


def _kinds(session: Session) -> set[str]:
    """The type's own key and those of the types above it, by which the list may be filtered."""
    keys = {type_id: key for type_id, key, _ in _OTHER_TYPES} | {s.type_id: s.key for s in SPORTS.values()}
    return {session.sport.key, keys.get(session.sport.parent_id, "")}


def _climbed(session: Session) -> dict[str, Any]:
    low = session.place.height
    hills = max(1, session.climb // 40)
    return {
        "elevationGain": float(session.climb),
        "elevationLoss": float(session.climb),
        "minElevation": low,
        "maxElevation": round(low + session.climb / hills, 1),
    }
