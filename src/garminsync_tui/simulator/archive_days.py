"""Days and nights in the shapes of Garmin's account archive, made from the account's own answers.

Modelled after what public importers read from real archives; none was at hand. Metres, seconds, grams, °C; times
without a zone are UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from .account import Account
from .athlete import Day, Night
from .cuff import Cuff
from .moments import days_between, instant, midnight, text
from .nights import Nights
from .scale import Scale
from .summaries import Summaries
from .watch import scores
from .wellness_fit import Scores

Row = dict[str, Any]
_FIRST_NIGHTS = 3

_DAY = (
    "calendarDate", "uuid", "wellnessStartTimeGmt", "wellnessStartTimeLocal", "wellnessEndTimeGmt",
    "wellnessEndTimeLocal", "durationInMilliseconds", "totalSteps", "dailyStepGoal", "totalDistanceMeters",
    "wellnessDistanceMeters", "totalKilocalories", "activeKilocalories", "bmrKilocalories", "wellnessKilocalories",
    "wellnessActiveKilocalories", "highlyActiveSeconds", "activeSeconds", "moderateIntensityMinutes",
    "vigorousIntensityMinutes", "floorsAscendedInMeters", "floorsDescendedInMeters", "userFloorsAscendedGoal",
    "minHeartRate", "maxHeartRate", "minAvgHeartRate", "maxAvgHeartRate", "restingHeartRate", "includesWellnessData",
    "includesActivityData", "source",
)  # fmt: skip
_BREATH = (
    "avgWakingRespirationValue", "highestRespirationValue", "lowestRespirationValue", "latestRespirationValue",
    "latestRespirationTimeGMT",
)  # fmt: skip
#: A night's field in the archive → in the answer.
_NIGHT = {
    "calendarDate": "calendarDate",
    "deepSleepSeconds": "deepSleepSeconds",
    "lightSleepSeconds": "lightSleepSeconds",
    "remSleepSeconds": "remSleepSeconds",
    "awakeSleepSeconds": "awakeSleepSeconds",
    "unmeasurableSeconds": "unmeasurableSleepSeconds",
    "averageRespiration": "averageRespirationValue",
    "lowestRespiration": "lowestRespirationValue",
    "highestRespiration": "highestRespirationValue",
    "awakeCount": "awakeCount",
    "avgSleepStress": "avgSleepStress",
    "retro": "retro",
}


class ArchivedDays:
    """What the folders Aggregator and Wellness hold of a range of days."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._summaries = Summaries(account)
        self._nights = Nights(account, self._summaries)
        self._scale = Scale(account)
        self._cuff = Cuff(account)

    def summaries(self, first: date, last: date) -> Iterator[Row]:
        """UDSFile: a day with the watch."""
        for date_ in days_between(first, last):
            if self._account.worn(date_):
                yield self._summary(self._summaries.daily(date_))

    def _summary(self, told: Row) -> Row:
        asleep, awake = told["sleepingSeconds"] or 0, told["measurableAwakeDuration"]
        total = {
            "type": "TOTAL",
            "averageStressLevel": told["averageStressLevel"],
            "maxStressLevel": told["maxStressLevel"],
            "stressDuration": told["stressDuration"],
            "restDuration": told["restStressDuration"],
            "activityDuration": told["activityStressDuration"],
            "uncategorizedDuration": told["uncategorizedStressDuration"],
            "lowDuration": told["lowStressDuration"],
            "mediumDuration": told["mediumStressDuration"],
            "highDuration": told["highStressDuration"],
            "totalDuration": told["totalStressDuration"],
        }
        levels = {
            "HIGHEST": told["bodyBatteryHighestValue"],
            "LOWEST": told["bodyBatteryLowestValue"],
            "MOSTRECENT": told["bodyBatteryMostRecentValue"],
            "SLEEPEND": told["bodyBatteryAtWakeTime"],
            "DURINGSLEEP": told["bodyBatteryDuringSleep"],
        }
        return {
            "userProfilePK": self._account.athlete.profile_id,
            **{name: told[name] for name in _DAY},
            "currentDayRestingHeartRate": told["restingHeartRate"],
            "allDayStress": {
                "userProfilePK": self._account.athlete.profile_id,
                "calendarDate": told["calendarDate"],
                "aggregatorList": [
                    total,
                    {"type": "AWAKE", "totalDuration": awake},
                    {"type": "ASLEEP", "totalDuration": asleep},
                ],
            },
            "bodyBattery": {
                "userProfilePK": self._account.athlete.profile_id,
                "calendarDate": told["calendarDate"],
                "chargedValue": told["bodyBatteryChargedValue"],
                "drainedValue": told["bodyBatteryDrainedValue"],
                "bodyBatteryStatList": [
                    {"bodyBatteryStatType": kind, "statsValue": value}
                    for kind, value in levels.items()
                    if value is not None
                ],
            },
            "respiration": {name: told[name] for name in _BREATH},
        }

    def drinks(self, first: date, last: date) -> Iterator[Row]:
        """HydrationLogFile: each drink."""
        for date_ in days_between(first, last):
            if millilitres := self._account.drunk(date_):
                yield {
                    "userProfilePK": self._account.athlete.profile_id,
                    "calendarDate": date_.isoformat(),
                    "timestampLocal": f"{date_}T20:00:00.0",
                    "hydrationSource": "GCM_ANDROID",
                    "valueInML": millilitres,
                    "activityId": None,
                    "estimatedSweatLossInML": None,
                    "duration": None,
                }

    def nights(self, first: date, last: date) -> Iterator[Row]:
        """sleepData: a night's totals, or a nap's day."""
        for date_ in days_between(first, last):
            naps = self._nights.naps(date_).get("dailyNapDTOS", [])
            day = self._account.worn(date_)
            if day and day.night:
                yield self._night(day, day.night) | {"napList": naps}
            elif naps:
                yield {"calendarDate": date_.isoformat(), "napList": naps}

    def _night(self, day: Day, night: Night) -> Row:
        told = self._nights.totals(day, night)
        return {
            **{name: told[known] for name, known in _NIGHT.items()},
            "sleepStartTimestampGMT": text(night.starts),
            "sleepEndTimestampGMT": text(night.ends),
            "sleepWindowConfirmationType": "ENHANCED_CONFIRMED_FINAL",
            "restlessMomentCount": told["awakeCount"],
            "spo2SleepSummary": {
                "userProfilePk": self._account.athlete.profile_id,
                "averageSPO2": told["averageSpO2Value"],
                "lowestSPO2": told["lowestSpO2Value"],
                "averageHR": told["averageSpO2HRSleep"],
            },
            "sleepScores": _scores(scores(day, night)),
        }

    def health(self, first: date, last: date) -> Iterator[Row]:
        """healthStatusData: the night's values against the usual ones, none in the first nights."""
        for date_ in days_between(first, last):
            day = self._account.worn(date_)
            if day is None or day.night is None:
                continue
            night = self._nights.totals(day, day.night)
            limits = self._nights.summary(day, day.night)["baseline"]
            values = {
                "HRV": (float(day.hrv), limits["balancedLow"], limits["balancedUpper"]),
                "HR": (float(day.resting_hr), 44, 56),
                "SPO2": (night["averageSpO2Value"], 92, 100),
                "SKIN_TEMP_C": (self._nights.skin(day), -0.8, 0.8),
                "RESPIRATION": (night["averageRespirationValue"], 12.0, 15.0),
            }
            new = (date_ - self._account.athlete.first_day).days < _FIRST_NIGHTS
            yield {
                "userProfilePK": self._account.athlete.profile_id,
                "calendarDate": date_.isoformat(),
                "metrics": [_status(kind, *value, new) for kind, value in values.items()],
            }

    def pressures(self, first: date, last: date) -> Iterator[Row]:
        """BloodPressureFile: each measurement, in the words of the answer."""
        for told in reversed(self._cuff.ranged(first, last)["measurementSummaries"]):
            for entry in told["measurements"]:
                yield {"userProfilePK": self._account.athlete.profile_id, "calendarDate": told["startDate"], **entry}

    def weights(self, first: date, last: date) -> Iterator[Row]:
        """userBioMetrics: each weigh-in, oldest first."""
        for entry in reversed(self._scale.view(first, last)["dateWeightList"]):
            measured = {
                name: entry[name]
                for name in ("weight", "bmi", "bodyFat", "bodyWater", "boneMass", "muscleMass")
                if entry[name] is not None
            }
            yield {
                "version": 1,
                "metaData": {
                    "userProfilePK": self._account.athlete.profile_id,
                    "calendarDate": midnight(date.fromisoformat(entry["calendarDate"])),
                    "sequence": entry["samplePk"],
                },
                "weight": measured
                | {"sourceType": entry["sourceType"], "timestampGMT": text(instant(entry["timestampGMT"]))},
            }


def _status(kind: str, value: float, low: float, high: float, new: bool) -> Row:
    if new:
        return {"type": kind, "status": "ONBOARDING"}
    share = (value - low) / (high - low)
    return {
        "type": kind,
        "value": value,
        "baselineLowerLimit": low,
        "baselineUpperLimit": high,
        "status": "IN_RANGE" if 0 <= share <= 1 else "OUT_OF_RANGE",
        "percentage": round(100 * share, 1),
    }


def _scores(found: Scores) -> Row:
    return {
        "overallScore": found.overall,
        "qualityScore": found.quality,
        "durationScore": found.duration,
        "recoveryScore": found.recovery,
        "deepScore": found.deep,
        "lightScore": found.light,
        "remScore": found.rem,
        "awakeTimeScore": found.awake_time,
        "awakeningsCountScore": found.awakenings,
        "combinedAwakeScore": min(found.awake_time, found.awakenings),
        "restfulnessScore": found.restlessness,
        "interruptionsScore": found.interruptions,
        "feedback": "POSITIVE_DEEP" if found.overall >= 70 else "NEGATIVE_NOT_RESTORATIVE",
        "insight": "NONE",
    }
