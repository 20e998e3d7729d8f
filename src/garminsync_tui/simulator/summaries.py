"""Daily summaries: of one day as recorded, of a range in the form that was recorded behind the GraphQL gateway."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from .account import Account
from .athlete import Day
from .moments import days_between, midnight, text
from .totals import INTENSITY_GOAL, STEP_GOAL, Totals, totals

_FLOORS_GOAL = 10
_BATTERY_VERSION = 3.0


class Summaries:
    """The bodies of /usersummary-service/usersummary/daily and /usersummary-service/v2/dailysummaries."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._finished: dict[date, Totals] = {}

    def totals(self, day: Day) -> Totals:
        """A worn day's totals; those of days that are over are kept."""
        found = self._finished.get(day.date)
        if found is None:
            found = totals(self._account, day)
            if day.ends <= self._account.synced_until:
                self._finished[day.date] = found
        return found

    def resting_average(self, day: date) -> int | None:
        """The mean resting heart rate of the seven days that end with this one."""
        week = (self._account.worn(day - timedelta(days=back)) for back in range(7))
        rates = [found.resting_hr for found in week if found]
        return round(sum(rates) / len(rates)) if rates else None

    def daily(self, day: date) -> dict[str, Any]:
        """One day; every measure is null where there is none."""
        found = self._account.worn(day)
        body = self._empty(day)
        return body | self._measured(found) if found else body

    def _empty(self, day: date) -> dict[str, Any]:
        athlete = self._account.athlete
        return {
            "userProfileId": athlete.profile_id,
            **dict.fromkeys(_NULL_WITHOUT_WATCH),
            "userDailySummaryId": athlete.profile_id,
            "calendarDate": day.isoformat(),
            "rule": {"typeId": 2, "typeKey": "private"},
            "uuid": None,
            "dailyStepGoal": STEP_GOAL,
            "includesWellnessData": False,
            "includesActivityData": False,
            "includesCalorieConsumedData": False,
            "privacyProtected": False,
            "intensityMinutesGoal": INTENSITY_GOAL,
            "userFloorsAscendedGoal": _FLOORS_GOAL,
            "source": "GARMIN",
        }

    def _measured(self, day: Day) -> dict[str, Any]:
        sums = self.totals(day)
        rest, low, medium, high, active, unmeasured = sums.stress_s
        stress_s = low + medium + high
        all_s = max(1, sum(sums.stress_s))
        end = day.starts + timedelta(seconds=sums.seconds)
        is_over = day.ends <= self._account.synced_until
        respiration = self.respiration(day)
        return {
            "totalKilocalories": float(sums.active_kcal + sums.bmr_kcal),
            "activeKilocalories": float(sums.active_kcal),
            "bmrKilocalories": float(sums.bmr_kcal),
            "wellnessKilocalories": float(sums.active_kcal + sums.bmr_kcal),
            "wellnessActiveKilocalories": float(sums.active_kcal),
            "netRemainingKilocalories": float(sums.active_kcal),
            "totalSteps": sums.steps,
            "totalDistanceMeters": sums.distance,
            "wellnessDistanceMeters": sums.distance,
            "uuid": UUID(int=self._account.athlete.dice(day.date, "uuid").getrandbits(128), version=4).hex,
            "wellnessStartTimeGmt": text(day.starts),
            "wellnessStartTimeLocal": midnight(day.date),
            "wellnessEndTimeGmt": text(end),
            "wellnessEndTimeLocal": self._local_end(day),
            "durationInMilliseconds": 1000 * sums.seconds,
            "highlyActiveSeconds": sums.highly_active_s,
            "activeSeconds": sums.active_s,
            "sedentarySeconds": sums.sedentary_s,
            "sleepingSeconds": sums.sleeping_s,
            "includesWellnessData": True,
            "includesActivityData": bool(self._account.recorded(day)),
            "moderateIntensityMinutes": sums.moderate_min,
            "vigorousIntensityMinutes": sums.vigorous_min,
            "floorsAscendedInMeters": round(sums.ascended, 3),
            "floorsDescendedInMeters": round(sums.descended, 3),
            "floorsAscended": sums.floors_up,
            "floorsDescended": sums.floors_down,
            "minHeartRate": sums.min_hr,
            "maxHeartRate": sums.max_hr,
            "restingHeartRate": day.resting_hr,
            "lastSevenDaysAvgRestingHeartRate": self.resting_average(day.date),
            "averageStressLevel": sums.stress_avg,
            "maxStressLevel": sums.stress_max,
            "stressDuration": stress_s,
            "restStressDuration": rest,
            "activityStressDuration": active,
            "uncategorizedStressDuration": unmeasured,
            "totalStressDuration": sum(sums.stress_s),
            "lowStressDuration": low,
            "mediumStressDuration": medium,
            "highStressDuration": high,
            "stressPercentage": round(100 * stress_s / all_s, 2),
            "restStressPercentage": round(100 * rest / all_s, 2),
            "activityStressPercentage": round(100 * active / all_s, 2),
            "uncategorizedStressPercentage": round(100 * unmeasured / all_s, 2),
            "lowStressPercentage": round(100 * low / all_s, 2),
            "mediumStressPercentage": round(100 * medium / all_s, 2),
            "highStressPercentage": round(100 * high / all_s, 2),
            "stressQualifier": "STRESSFUL" if sums.stress_avg > 40 else "BALANCED",
            "measurableAwakeDuration": max(0, sum(sums.stress_s[:4]) - sums.sleeping_s),
            "measurableAsleepDuration": sums.sleeping_s,
            "lastSyncTimestampGMT": None if is_over else text(self._account.synced_until),
            "minAvgHeartRate": sums.min_hr + 1,
            "maxAvgHeartRate": sums.max_hr - 2,
            "bodyBatteryChargedValue": sums.charged,
            "bodyBatteryDrainedValue": sums.drained,
            "bodyBatteryHighestValue": sums.battery_high,
            "bodyBatteryLowestValue": sums.battery_low,
            "bodyBatteryMostRecentValue": sums.battery_last,
            "bodyBatteryDuringSleep": day.battery_high - day.battery_low if day.night else None,
            "bodyBatteryAtWakeTime": day.battery_high if day.night else None,
            "bodyBatteryVersion": _BATTERY_VERSION,
            "averageMonitoringEnvironmentAltitude": self._account.athlete.whereabouts.place(day.date).height,
            "restingCaloriesFromActivity": 49.0 if self._account.recorded(day) else None,
            "bodyBatteryDynamicFeedbackEvent": _feedback(text(end)[:-2], sums.battery_last),
            "endOfDayBodyBatteryDynamicFeedbackEvent": _feedback(text(end)[:-2], sums.battery_last),
            "bodyBatteryActivityEventList": self._events(day),
            "avgWakingRespirationValue": respiration + 1.0,
            "highestRespirationValue": respiration + 7.0,
            "lowestRespirationValue": respiration - 6.0,
            "latestRespirationValue": respiration,
            "latestRespirationTimeGMT": text(end),
            "respirationAlgorithmVersion": 200,
        }

    def respiration(self, day: Day) -> float:
        """Breaths a minute asleep."""
        return 13.0 + 2 * day.ill + self._account.athlete.dice(day.date, "breath").randrange(2)

    def _local_end(self, day: Day) -> str:
        """Midnight; of a day that is still running, the last sync by the clock on the wall."""
        synced = self._account.synced_until
        if day.ends <= synced:
            return midnight(day.date + timedelta(days=1))
        return text(synced + timedelta(seconds=self._account.athlete.whereabouts.offset_s(synced)))

    def _spans(self, day: Day) -> list[tuple[str, datetime, int, int]]:
        """What moved the body battery: kind, beginning, seconds and by how much."""
        spans = []
        if day.night:
            spans.append(("SLEEP", day.night.starts, sum(day.night.seconds), day.battery_high - day.battery_low))
        for session in self._account.recorded(day):
            spans.append(("ACTIVITY", session.starts, session.elapsed_s, -round(session.load / 9)))
        return spans

    def _events(self, day: Day) -> list[dict[str, Any]]:
        whereabouts = self._account.athlete.whereabouts
        return [
            {
                "eventType": kind,
                "eventStartTimeGmt": text(starts)[:-2],
                "timezoneOffset": 1000 * whereabouts.offset_s(starts),
                "durationInMilliseconds": 1000 * seconds,
                "bodyBatteryImpact": impact,
                "feedbackType": "NONE",
                "shortFeedback": "NONE",
                "deviceId": self._account.athlete.device_id,
                "activityName": None,
                "activityType": None,
                "activityId": None,
                "eventUpdateTimeGmt": text(starts + timedelta(seconds=seconds + 60))[:-2],
            }
            for kind, starts, seconds, impact in self._spans(day)
        ]

    def _nested_events(self, day: Day) -> list[dict[str, Any]]:
        whereabouts = self._account.athlete.whereabouts
        return [
            {
                "eventType": kind,
                "eventStartTimeGmt": text(starts),
                "eventStartTimeLocal": text(starts + timedelta(seconds=whereabouts.offset_s(starts))),
                "bodyBatteryImpact": impact,
                "feedbackType": "NONE",
                "shortFeedback": "NONE",
                "deviceId": self._account.athlete.device_id,
                "durationInMillis": 1000 * seconds,
            }
            for kind, starts, seconds, impact in self._spans(day)
        ]

    # The range form

    def ranged(self, first: date, last: date) -> dict[str, Any]:
        """The days of a range of which there is anything; those without a watch hold next to nothing."""
        days = (self._account.day(day) for day in days_between(first, last))
        return {"data": [self._nested(day) for day in days if day]}

    def _nested(self, day: Day) -> dict[str, Any]:
        athlete = self._account.athlete
        worn = self._account.worn(day.date)
        end = min(day.ends, self._account.synced_until)
        body: dict[str, Any] = {
            "uuid": UUID(int=athlete.dice(day.date, "uuid").getrandbits(128), version=4).hex,
            "userProfilePk": athlete.profile_id,
            "calendarDate": day.date.isoformat(),
            "source": "garmin",
            "includesWellnessData": worn is not None,
            "includesActivityData": bool(self._account.recorded(day)),
            "wellnessChronology": {
                "startTimestampGmt": text(day.starts),
                "startTimestampLocal": midnight(day.date),
                "endTimestampGmt": text(end),
                "endTimestampLocal": self._local_end(day),
                "totalDurationInMillis": int(1000 * (end - day.starts).total_seconds()),
            },
        }
        if worn is None:
            empty = ("calories", "heartRate", "intensityMinutes", "stress", "bodyBattery", "respiration", "pulseOx")
            return body | {"movement": {"steps": {"goal": STEP_GOAL, "value": 0}}} | {part: {} for part in empty}
        return body | self._nested_measures(worn, text(end))

    def _nested_measures(self, day: Day, end: str) -> dict[str, Any]:
        sums = self.totals(day)
        rest, low, medium, high, active, unmeasured = sums.stress_s
        all_s = max(1, sum(sums.stress_s))
        feedback = _feedback(end, sums.battery_last)
        respiration = self.respiration(day)
        return {
            "movement": {
                "steps": {"goal": STEP_GOAL, "value": sums.steps, "distanceInMeters": float(sums.distance)},
                "pushes": {},
                "floorsAscended": {
                    "goal": _FLOORS_GOAL,
                    "value": round(sums.floors_up),
                    "distanceInMeters": round(sums.ascended, 2),
                },
                "floorsDescended": {
                    "value": round(sums.floors_down),
                    "distanceInMeters": round(sums.descended, 2),
                },
            },
            "calories": {
                "burnedResting": sums.bmr_kcal,
                "burnedActive": sums.active_kcal,
                "burnedTotal": sums.bmr_kcal + sums.active_kcal,
            },
            "heartRate": {"minValue": sums.min_hr, "maxValue": sums.max_hr, "restingValue": day.resting_hr},
            "intensityMinutes": {
                "goal": INTENSITY_GOAL,
                "moderate": sums.moderate_min,
                "vigorous": sums.vigorous_min,
            },
            "stress": {
                "avgLevel": sums.stress_avg,
                "maxLevel": sums.stress_max,
                "restProportion": round(rest / all_s, 2),
                "activityProportion": round(active / all_s, 2),
                "uncategorizedProportion": round(unmeasured / all_s, 2),
                "lowStressProportion": round(low / all_s, 2),
                "mediumStressProportion": round(medium / all_s, 2),
                "highStressProportion": round(high / all_s, 2),
                "qualifier": "stressful" if sums.stress_avg > 40 else "balanced",
                "totalDurationInMillis": 1000 * sum(sums.stress_s),
                "restDurationInMillis": 1000 * rest,
                "activityDurationInMillis": 1000 * active,
                "uncategorizedDurationInMillis": 1000 * unmeasured,
                "lowStressDurationInMillis": 1000 * low,
                "mediumStressDurationInMillis": 1000 * medium,
                "highStressDurationInMillis": 1000 * high,
            },
            "bodyBattery": {
                "minValue": sums.battery_low,
                "maxValue": sums.battery_high,
                "chargedValue": sums.charged,
                "drainedValue": sums.drained,
                "latestValue": sums.battery_last,
                "featureVersion": str(_BATTERY_VERSION),
                "dynamicFeedbackEvent": feedback,
                "endOfDayDynamicFeedbackEvent": feedback,
                "activityEvents": self._nested_events(day),
            },
            "respiration": {
                "avgValue": round(respiration),
                "maxValue": round(respiration + 7),
                "minValue": round(respiration - 6),
                "latestValue": respiration,
                "latestTimestampGmt": end,
            },
            "pulseOx": {},
            "jetLag": {},
        }


def _feedback(at: str, level: int) -> dict[str, Any]:
    phrase = "SLEEP_PREPARATION_RECOVERING_AND_INACTIVE"
    return {
        "eventTimestampGmt": at,
        "bodyBatteryLevel": "HIGH" if level > 60 else "MODERATE" if level > 30 else "LOW",
        "feedbackShortType": phrase,
        "feedbackLongType": phrase,
    }


#: Null on a day without the watch, and in recorded days where this athlete's watch does not measure it.
_NULL_WITHOUT_WATCH = (
    "totalKilocalories", "activeKilocalories", "bmrKilocalories", "wellnessKilocalories", "burnedKilocalories",
    "consumedKilocalories", "remainingKilocalories", "totalSteps", "netCalorieGoal", "totalDistanceMeters",
    "wellnessDistanceMeters", "wellnessActiveKilocalories", "netRemainingKilocalories", "wellnessStartTimeGmt",
    "wellnessStartTimeLocal", "wellnessEndTimeGmt", "wellnessEndTimeLocal", "durationInMilliseconds",
    "wellnessDescription", "highlyActiveSeconds", "activeSeconds", "sedentarySeconds", "sleepingSeconds",
    "moderateIntensityMinutes", "vigorousIntensityMinutes", "floorsAscendedInMeters", "floorsDescendedInMeters",
    "floorsAscended", "floorsDescended", "minHeartRate", "maxHeartRate", "restingHeartRate",
    "lastSevenDaysAvgRestingHeartRate", "averageStressLevel", "maxStressLevel", "stressDuration",
    "restStressDuration", "activityStressDuration", "uncategorizedStressDuration", "totalStressDuration",
    "lowStressDuration", "mediumStressDuration", "highStressDuration", "stressPercentage", "restStressPercentage",
    "activityStressPercentage", "uncategorizedStressPercentage", "lowStressPercentage", "mediumStressPercentage",
    "highStressPercentage", "stressQualifier", "measurableAwakeDuration", "measurableAsleepDuration",
    "lastSyncTimestampGMT", "minAvgHeartRate", "maxAvgHeartRate", "bodyBatteryChargedValue",
    "bodyBatteryDrainedValue", "bodyBatteryHighestValue", "bodyBatteryLowestValue", "bodyBatteryMostRecentValue",
    "bodyBatteryDuringSleep", "bodyBatteryAtWakeTime", "bodyBatteryVersion", "abnormalHeartRateAlertsCount",
    "averageSpo2", "lowestSpo2", "latestSpo2", "latestSpo2ReadingTimeGmt", "latestSpo2ReadingTimeLocal",
    "averageMonitoringEnvironmentAltitude", "restingCaloriesFromActivity", "bodyBatteryDynamicFeedbackEvent",
    "endOfDayBodyBatteryDynamicFeedbackEvent", "bodyBatteryActivityEventList", "avgWakingRespirationValue",
    "highestRespirationValue", "lowestRespirationValue", "latestRespirationValue", "latestRespirationTimeGMT",
    "respirationAlgorithmVersion",
)  # fmt: skip
