"""Bodies about the person and the watch. The profile and the settings are recorded, the devices modelled."""

from __future__ import annotations

from typing import Any

from .account import Account
from .athlete import BIRTH_DATE, HEIGHT_CM, MAX_HR, RESTING_HR, THRESHOLD_HR, WEIGHT_G
from .moments import ms, text
from .training import ZONE_FLOORS
from .whereabouts import HOME

_WATCH = "Forerunner 965"
_SHOWN = (
    "Age", "Weight", "Height", "WeightClass", "AgeRange", "Gender", "ActivityClass", "VO2Max", "PersonalRecords",
    "Last12Months", "LifetimeTotals", "UpcomingEvents", "RecentFavorites", "RecentDevice", "RecentGear",
)  # fmt: skip
_WEEK = ("SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "DAILY")


class Profile:
    """What /userprofile-service, /device-service and /biometric-service answer."""

    def __init__(self, account: Account, email: str) -> None:
        self._account = account
        self._email = email

    def social(self) -> dict[str, Any]:
        """Who it is: `profileId` identifies the account, `displayName` stands in paths."""
        athlete = self._account.athlete
        return {
            "id": athlete.profile_id + 1,
            "profileId": athlete.profile_id,
            "garminGUID": athlete.display_name,
            "displayName": athlete.display_name,
            "fullName": athlete.full_name,
            "userName": self._email,
            "profileImageType": "UPLOADED_PHOTO",
            "profileImageUrlLarge": "",
            "profileImageUrlMedium": "",
            "profileImageUrlSmall": "",
            "location": HOME.name,
            **dict.fromkeys(("facebookUrl", "twitterUrl", "personalWebsite", "motivation", "bio", "primaryActivity")),
            "favoriteActivityTypes": ["running"],
            "runningTrainingSpeed": 0.0,
            "cyclingTrainingSpeed": 0.0,
            "favoriteCyclingActivityTypes": [],
            "cyclingClassification": None,
            "cyclingMaxAvgPower": 0.0,
            "swimmingTrainingSpeed": 0.0,
            "profileVisibility": "private",
            "activityStartVisibility": "private",
            "activityMapVisibility": "public",
            "courseVisibility": "public",
            "activityHeartRateVisibility": "public",
            "activityPowerVisibility": "public",
            "badgeVisibility": "private",
            **{f"show{what}": False for what in _SHOWN},
            "showBadges": True,
            **dict.fromkeys(("otherActivity", "otherPrimaryActivity", "otherMotivation")),
            "userRoles": ["SCOPE_CONNECT_READ", "SCOPE_CONNECT_WRITE", "ROLE_CONNECTUSER"],
            "nameApproved": True,
            "userProfileFullName": athlete.full_name,
            "makeGolfScorecardsPrivate": True,
            "allowGolfLiveScoring": False,
            "allowGolfScoringByConnections": True,
            "userLevel": 4,
            "userPoint": 166,
            "levelUpdateDate": "2024-01-31T12:18:59.0",
            "levelIsViewed": False,
            "levelPointThreshold": 300,
            "userPointOffset": 0,
            "userPro": False,
        }

    def user_settings(self) -> dict[str, Any]:
        """Units, body and sleep window."""
        window = {"startSleepTimeSecondsFromMidnight": 79_200, "endSleepTimeSecondsFromMidnight": 21_600}
        return {
            "id": self._account.athlete.profile_id,
            "userData": {
                "gender": "MALE",
                "weight": WEIGHT_G,
                "height": HEIGHT_CM,
                "timeFormat": "time_twenty_four_hr",
                "birthDate": BIRTH_DATE.isoformat(),
                "measurementSystem": "metric",
                "activityLevel": None,
                "handedness": "RIGHT",
                "powerFormat": _format(30, "watt", True),
                "heartRateFormat": _format(21, "bpm", False),
                "firstDayOfWeek": {"dayId": 3, "dayName": "monday", "sortOrder": 3, "isPossibleFirstDay": True},
                "vo2MaxRunning": 52.0,
                "vo2MaxCycling": None,
                "lactateThresholdSpeed": 0.36111,
                "lactateThresholdHeartRate": None,
                "diveNumber": None,
                "intensityMinutesCalcMethod": "AUTO",
                "moderateIntensityMinutesHrZone": 3,
                "vigorousIntensityMinutesHrZone": 4,
                "hydrationMeasurementUnit": "milliliter",
                "hydrationContainers": [],
                "hydrationAutoGoalEnabled": True,
                "firstbeatMaxStressScore": None,
                "firstbeatCyclingLtTimestamp": None,
                "firstbeatRunningLtTimestamp": 1_044_719_868,
                "thresholdHeartRateAutoDetected": True,
                **dict.fromkeys(("ftpAutoDetected", "trainingStatusPausedDate", "weatherLocation")),
                "golfDistanceUnit": "metric",
                **dict.fromkeys(("golfElevationUnit", "golfSpeedUnit", "externalBottomTime")),
            },
            "userSleep": {
                "sleepTime": 79_200,
                "defaultSleepTime": False,
                "wakeTime": 21_600,
                "defaultWakeTime": False,
            },
            "connectDate": None,
            "sourceType": None,
            "userSleepWindows": [{"sleepWindowFrequency": day} | window for day in _WEEK],
        }

    def settings(self) -> dict[str, Any]:
        """Modelled: what the web application is set to."""
        return {
            "displayName": self._account.athlete.display_name,
            "preferredLocale": "en",
            "measurementSystem": "metric",
            "firstDayOfWeek": {"dayId": 3, "dayName": "monday", "sortOrder": 3, "isPossibleFirstDay": True},
            "numberFormat": "decimal_period",
            "timeFormat": {"formatId": 33, "formatKey": "time_twenty_four_hr"},
            "dateFormat": {"formatId": 23, "formatKey": "mmddyyyy"},
            "timeZone": HOME.zone,
        }

    def personal(self) -> dict[str, Any]:
        """Modelled: above all the home's time zone."""
        return {
            "userInfo": {
                "birthDate": BIRTH_DATE.isoformat(),
                "genderType": "MALE",
                "email": self._email,
                "locale": "en",
                "timeZone": HOME.zone,
                "age": 40,
                "countryCode": "DE",
            },
            "biometricProfile": {
                "userId": self._account.athlete.profile_id,
                "height": HEIGHT_CM,
                "weight": WEIGHT_G,
                "vo2Max": 52.0,
                "vo2MaxCycling": None,
                "lactateThresholdHeartRate": None,
                "activityClass": None,
                "functionalThresholdPower": None,
            },
            "timeZone": HOME.zone,
            "locale": "en",
        }

    def zones(self) -> list[dict[str, Any]]:
        """Recorded: where the heart rate zones begin."""
        floors = {f"zone{zone}Floor": floor for zone, floor in enumerate(ZONE_FLOORS, 1)}
        return [
            {
                "trainingMethod": "HR_MAX",
                "restingHeartRateUsed": RESTING_HR,
                "lactateThresholdHeartRateUsed": THRESHOLD_HR,
                **floors,
                "maxHeartRateUsed": MAX_HR,
                "restingHrAutoUpdateUsed": False,
                "sport": "DEFAULT",
                "changeState": "UNCHANGED",
            }
        ]

    def devices(self) -> list[dict[str, Any]]:
        """Modelled: one watch."""
        device = self._account.athlete.device_id
        return [
            {
                "deviceId": device,
                "unitId": device,
                "productDisplayName": _WATCH,
                "displayName": _WATCH,
                "serialNumber": str(device),
                "partNumber": "006-B4315-00",
                "applicationKey": "fr965",
                "currentFirmwareVersion": "21.19",
                "primary": True,
                "primaryActivityTrackerIndicator": True,
                "activeInd": 1,
                "deviceCategories": ["FITNESS"],
                "wifi": True,
                "bodyBatteryCapable": True,
                "heartRateCapable": True,
                "hrvStressCapable": True,
                "sleepTrackingCapable": True,
            }
        ]

    def last_used(self) -> dict[str, Any]:
        """Modelled: the watch and when it synced last."""
        return {
            "userDeviceId": self._account.athlete.device_id,
            "userProfileNumber": self._account.athlete.profile_id,
            "applicationNumber": 1,
            "lastUsedDeviceApplicationKey": "fr965",
            "lastUsedDeviceName": _WATCH,
            "lastUsedDeviceUploadTime": ms(self._account.synced_until),
            "imageUrl": "",
            "released": True,
        }

    def sync_time(self) -> str:
        """Modelled: when the watch synced last, UTC."""
        return text(self._account.synced_until)


def _format(number: int, key: str, grouped: bool) -> dict[str, Any]:
    return {
        "formatId": number,
        "formatKey": key,
        "minFraction": 0,
        "maxFraction": 0,
        "groupingUsed": grouped,
        "displayFormat": None,
    }
