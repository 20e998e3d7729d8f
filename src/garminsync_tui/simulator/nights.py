"""Bodies about nights: sleep and heart rate variability. A night belongs to the date on which it ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from .account import Account
from .athlete import AWAKE, DEEP, LIGHT, REM, Athlete, Day, Night
from .moments import days_between, ms, text
from .samples import HEART_RATE_S, QUARTER_S, STRESS_S, Samples
from .summaries import Summaries

_NEED_MIN = 470
_HRV_S = 300
_MOVEMENT_S = 300
#: What is null, or absent with the rest, in the recorded answer for a date without a night.
_NO_NIGHT = (
    "sleepTimeSeconds", "napTimeSeconds", "sleepWindowConfirmed", "sleepWindowConfirmationType",
    "sleepStartTimestampGMT", "sleepEndTimestampGMT", "sleepStartTimestampLocal", "sleepEndTimestampLocal",
    "autoSleepStartTimestampGMT", "autoSleepEndTimestampGMT", "sleepQualityTypePK", "sleepResultTypePK",
    "unmeasurableSleepSeconds", "deepSleepSeconds", "lightSleepSeconds", "remSleepSeconds", "awakeSleepSeconds",
)  # fmt: skip


class Nights:
    """What /sleep-service, dailySleepData and /hrv-service answer."""

    def __init__(self, account: Account, summaries: Summaries) -> None:
        self._account = account
        self._summaries = summaries
        #: each night's highest five minutes: ranges ask for nothing else of the readings
        self._highest: dict[date, int] = {}

    @property
    def _athlete(self) -> Athlete:
        return self._account.athlete

    def _with_night(self, day: date) -> tuple[Day, Night] | None:
        found = self._account.worn(day)
        return (found, found.night) if found and found.night else None

    # Sleep

    def sleep(self, date_: date) -> dict[str, Any]:
        """One night with its detail; where there is none, the recorded answer full of nulls."""
        found = self._with_night(date_)
        naps = self.naps(date_)
        if found is None:
            night = {"id": None, "userProfilePK": self._athlete.profile_id, "calendarDate": date_.isoformat()}
            night |= dict.fromkeys(_NO_NIGHT) | {"deviceRemCapable": False, "retro": False}
            return {"dailySleepDTO": night, "sleepMovement": [], "remSleepData": None, "sleepLevels": []} | naps
        day, slept = found
        return {
            "dailySleepDTO": self.totals(day, slept),
            "sleepMovement": self._movement(day, slept),
            "remSleepData": True,
            "sleepLevels": [
                {"startGMT": text(starts), "endGMT": text(ends), "activityLevel": float(stage)}
                for starts, ends, stage in slept.levels()
            ],
            "sleepRestlessMoments": [
                {"value": 1, "startGMT": ms(starts)} for starts, _, stage in slept.levels() if stage == AWAKE
            ],
            "restlessMomentsCount": sum(stage == AWAKE for _, stage in slept.stages),
            "wellnessSpO2SleepSummaryDTO": self._oxygen_summary(day, slept),
            "wellnessEpochSPO2DataDTOList": self._oxygen(day, slept),
            "wellnessEpochRespirationDataDTOList": self._respiration(day, slept),
            "sleepHeartRate": self._measured(slept, HEART_RATE_S, lambda samples: samples.heart_rate),
            "sleepStress": self._stress(day, slept),
            "sleepBodyBattery": self._measured(slept, STRESS_S, lambda samples: samples.battery),
            "breathingDisruptionData": self._breath(day, slept),
            "skinTempDataExists": True,
            "avgSkinTempDeviationC": self.skin(day),
            "avgSkinTempDeviationF": round(1.8 * self.skin(day), 1),
            "skinTempCalibrationDays": 19,
            "hrvData": [{"value": float(value), "startGMT": ms(at)} for at, value in self.variability(day, slept)],
            "avgOvernightHrv": float(day.hrv),
            "hrvStatus": self._status(date_),
            "bodyBatteryChange": day.battery_high - day.battery_low,
            "restingHeartRate": day.resting_hr,
        } | naps

    def naps(self, date_: date) -> dict[str, Any]:
        """Modelled: the nap of the day, if there was one; before the watch was synced it is not there yet."""
        day = self._account.worn(date_)
        starts = (
            day.starts + timedelta(hours=13, minutes=self._athlete.dice(date_, "nap").randrange(90)) if day else None
        )
        if day is None or starts is None or not day.nap_s:
            return {}
        ends = starts + timedelta(seconds=day.nap_s)
        if ends > self._account.synced_until:
            return {}
        nap = {
            "userProfilePK": self._athlete.profile_id,
            "deviceId": self._athlete.device_id,
            "calendarDate": date_.isoformat(),
            "napTimeSec": day.nap_s,
            "napStartTimestampGMT": text(starts),
            "napEndTimestampGMT": text(ends),
            "napFeedback": "IDEAL_DURATION_LOW_NEED",
        }
        return {"dailyNapDTOS": [nap]}

    def skin(self, day: Day) -> float:
        """Modelled: how much warmer the skin was than usual (°C)."""
        return round(self._athlete.dice(day.date, "skin").gauss(0.9 * day.ill, 0.25), 1)

    def _breath(self, day: Day, night: Night) -> list[dict[str, Any]]:
        """Modelled: spans of undisturbed (0) and slightly disturbed (1) breath; 255 where it was not measured."""
        dice = self._athlete.dice(day.date, "disrupted")
        return [
            {
                "value": 255 if stage == AWAKE else int(dice.random() < 0.1 + 0.3 * day.ill),
                "startGMT": ms(starts),
                "endGMT": ms(ends),
            }
            for starts, ends, stage in night.levels()
        ]

    def totals(self, day: Day, night: Night) -> dict[str, Any]:
        """A night without its detail."""
        deep, light, rem, awake = night.seconds
        offset = timedelta(seconds=self._athlete.whereabouts.offset_s(night.ends))
        breath = self._summaries.respiration(day)
        need = self._need(day.date)
        return {
            "id": ms(night.starts),
            "userProfilePK": self._athlete.profile_id,
            "calendarDate": day.date.isoformat(),
            "sleepTimeSeconds": night.asleep_s,
            "napTimeSeconds": day.nap_s,
            "sleepWindowConfirmed": True,
            "sleepWindowConfirmationType": "enhanced_confirmed_final",
            "sleepStartTimestampGMT": ms(night.starts),
            "sleepEndTimestampGMT": ms(night.ends),
            # The wall clock as if it were UTC.
            "sleepStartTimestampLocal": ms(night.starts + offset),
            "sleepEndTimestampLocal": ms(night.ends + offset),
            "autoSleepStartTimestampGMT": None,
            "autoSleepEndTimestampGMT": None,
            "sleepQualityTypePK": None,
            "sleepResultTypePK": None,
            "unmeasurableSleepSeconds": 0,
            "deepSleepSeconds": deep,
            "lightSleepSeconds": light,
            "remSleepSeconds": rem,
            "awakeSleepSeconds": awake,
            "deviceRemCapable": True,
            "retro": False,
            "sleepFromDevice": True,
            "averageSpO2Value": 95.0,
            "lowestSpO2Value": 88,
            "highestSpO2Value": 100,
            "averageSpO2HRSleep": float(day.resting_hr + 2),
            "averageRespirationValue": breath,
            "lowestRespirationValue": breath - 4.0,
            "highestRespirationValue": breath + 4.0,
            "awakeCount": sum(stage == AWAKE for _, stage in night.stages),
            "avgSleepStress": 34.0 if day.ill else 14.0,
            "ageGroup": "ADULT",
            "sleepScoreFeedback": "POSITIVE_DEEP" if night.score >= 70 else "NEGATIVE_NOT_RESTORATIVE",
            "sleepScoreInsight": "NONE",
            "sleepScorePersonalizedInsight": "NOT_AVAILABLE",
            "sleepScores": _scores(night),
            "sleepVersion": 2,
            "sleepNeed": need,
            "nextSleepNeed": self._need(day.date + timedelta(days=1)),
            "breathingDisruptionSeverity": "NONE",
        }

    def _need(self, day: date) -> dict[str, Any]:
        return {
            "userProfilePk": self._athlete.profile_id,
            "calendarDate": day.isoformat(),
            "deviceId": self._athlete.device_id,
            "timestampGmt": f"{day - timedelta(days=1)}T12:03:49",
            "baseline": _NEED_MIN,
            "actual": _NEED_MIN,
            "feedback": "NO_CHANGE_NO_ADJUSTMENTS",
            "trainingFeedback": "NO_CHANGE",
            "sleepHistoryAdjustment": "NO_CHANGE",
            "hrvAdjustment": "NO_CHANGE",
            "napAdjustment": "NO_CHANGE",
            "displayedForTheDay": False,
            "preferredActivityTracker": True,
        }

    def _grid(self, night: Night, seconds: int) -> Iterator[tuple[datetime, int]]:
        """Instants through the night and the stage at each."""
        levels = iter(night.levels())
        _, ends, stage = next(levels)
        at = night.starts
        while at < night.ends:
            while at >= ends:
                _, ends, stage = next(levels)
            yield at, stage
            at += timedelta(seconds=seconds)

    def _movement(self, day: Day, night: Night) -> list[dict[str, Any]]:
        roll = self._athlete.dice(day.date, "movement").random
        still = {DEEP: 0.2, LIGHT: 1.1, REM: 0.7, AWAKE: 5.0}
        span = timedelta(seconds=_MOVEMENT_S)
        return [
            {"startGMT": text(at), "endGMT": text(at + span), "activityLevel": round(still[stage] * (0.5 + roll()), 5)}
            for at, stage in self._grid(night, _MOVEMENT_S)
        ]

    def _measured(self, night: Night, grid_s: int, column: Callable[[Samples], bytes]) -> list[dict[str, Any]]:
        """The days' own samples that fall into the night, without those that are missing."""
        rows = []
        whereabouts = self._athlete.whereabouts
        for date_ in days_between(whereabouts.day_of(night.starts), whereabouts.day_of(night.ends)):
            day = self._athlete.day(date_)
            values, starts = column(self._account.samples(day)), ms(day.starts)
            first = max(0, int((night.starts - day.starts).total_seconds()) // grid_s)
            end = min(len(values), int((night.ends - day.starts).total_seconds()) // grid_s)
            for cell in range(first, end):
                if values[cell]:
                    rows.append({"value": values[cell], "startGMT": starts + 1000 * grid_s * cell})
        return rows

    def _stress(self, day: Day, night: Night) -> list[dict[str, Any]]:
        roll = self._athlete.dice(day.date, "night stress").random
        calm = 30 if day.ill else 10
        return [
            {"value": int(calm + 9 * roll() + 12 * (stage == AWAKE)), "startGMT": ms(at)}
            for at, stage in self._grid(night, STRESS_S)
        ]

    def _respiration(self, day: Day, night: Night) -> list[dict[str, Any]]:
        roll, breath = self._athlete.dice(day.date, "night breath").random, self._summaries.respiration(day)
        return [
            {"startTimeGMT": ms(at), "respirationValue": float(int(breath - 2 + 4 * roll()))}
            for at, _ in self._grid(night, HEART_RATE_S)
        ]

    def _oxygen(self, day: Day, night: Night) -> list[dict[str, Any]]:
        dice = self._athlete.dice(day.date, "night oxygen")
        return [
            {
                "userProfilePK": self._athlete.profile_id,
                "epochTimestamp": text(at),
                "deviceId": self._athlete.device_id,
                "calendarDate": f"{day.date}T00:00:00.0",
                "epochDuration": QUARTER_S,
                "spo2Reading": dice.randrange(92, 99),
                "readingConfidence": dice.randrange(5, 10),
            }
            for at, _ in self._grid(night, QUARTER_S)
        ]

    def _oxygen_summary(self, day: Day, night: Night) -> dict[str, Any]:
        return {
            "userProfilePk": self._athlete.profile_id,
            "deviceId": self._athlete.device_id,
            "sleepMeasurementStartGMT": text(night.starts),
            "sleepMeasurementEndGMT": text(night.ends),
            "alertThresholdValue": None,
            "numberOfEventsBelowThreshold": None,
            "durationOfEventsBelowThreshold": None,
            "averageSPO2": 95.0,
            "averageSpO2HR": float(day.resting_hr + 2),
            "lowestSPO2": 88,
        }

    def sleep_range(self, first: date, last: date) -> dict[str, Any]:
        """Modelled: /sleep-service/stats/sleep/daily, only days with a night."""
        nights = [found for day in days_between(first, last) if (found := self._with_night(day))]
        return {
            "overallStats": {
                "averageSleepScore": _mean([night.score for _, night in nights]),
                "averageSleepSeconds": _mean([night.asleep_s for _, night in nights]),
            },
            "individualStats": [
                {
                    "calendarDate": day.date.isoformat(),
                    "values": {
                        "totalSleepTimeInSeconds": night.asleep_s,
                        "deepTime": night.seconds[DEEP],
                        "lightTime": night.seconds[LIGHT],
                        "remTime": night.seconds[REM],
                        "awakeTime": night.seconds[AWAKE],
                        "sleepScore": night.score,
                        "restingHeartRate": day.resting_hr,
                        "avgOvernightHrv": float(day.hrv),
                        "hrvStatus": self._status(day.date),
                        "gmtSleepStartTimeInMillis": ms(night.starts),
                        "gmtSleepEndTimeInMillis": ms(night.ends),
                    },
                }
                for day, night in nights
            ],
        }

    def score_range(self, first: date, last: date) -> list[dict[str, Any]]:
        """Recorded: one row for each night that there is."""
        nights = [found for day in days_between(first, last) if (found := self._with_night(day))]
        return [{"calendarDate": day.date.isoformat(), "value": night.score} for day, night in nights]

    # Heart rate variability

    def variability(self, day: Day, night: Night) -> list[tuple[datetime, int]]:
        """Five-minute readings whose mean is the night's average."""
        dice = self._athlete.dice(day.date, "variability")
        readings = [(at, dice.gauss(0, 8) - 4 * (stage == DEEP)) for at, stage in self._grid(night, _HRV_S)][1:]
        mean = sum(value for _, value in readings) / len(readings)
        return [(at, max(8, round(day.hrv + value - mean))) for at, value in readings]

    def _week(self, day: date) -> list[int]:
        nights = (self._with_night(day - timedelta(days=back)) for back in range(7))
        return [found[0].hrv for found in nights if found]

    def _baseline(self, day: date) -> tuple[int, int, int]:
        """Upper end of "low", and both ends of "balanced": what the last two months were, smoothed."""
        months = [self._athlete.day(day - timedelta(days=back)).hrv for back in range(1, 60, 6)]
        middle = sorted(months)[len(months) // 2]
        return middle - 13, middle - 9, middle + 9

    def _status(self, day: date) -> str:
        week = self._week(day)
        if not week:
            return "NONE"
        low, lower, upper = self._baseline(day)
        average = sum(week) / len(week)
        return "BALANCED" if lower <= average <= upper else "LOW" if average < low else "UNBALANCED"

    def summary(self, day: Day, night: Night) -> dict[str, Any]:
        """What a night's readings come to, beside the week before it."""
        if day.date not in self._highest:
            self._highest[day.date] = max(value for _, value in self.variability(day, night))
        low, lower, upper = self._baseline(day.date)
        week = self._week(day.date)
        average = round(sum(week) / len(week))
        status = self._status(day.date)
        return {
            "calendarDate": day.date.isoformat(),
            "weeklyAvg": average,
            "lastNightAvg": day.hrv,
            "lastNight5MinHigh": self._highest[day.date],
            "baseline": {
                "lowUpper": low,
                "balancedLow": lower,
                "balancedUpper": upper,
                "markerValue": round(min(1.0, max(0.0, 0.25 + 0.5 * (average - lower) / (upper - lower))), 6),
            },
            "status": status,
            "feedbackPhrase": f"HRV_{status}_4",
            "createTimeStamp": f"{night.ends + timedelta(minutes=7):%Y-%m-%dT%H:%M:%S}.394",
        }

    def hrv(self, date_: date) -> dict[str, Any] | None:
        """One night's readings; None where there was no night (204)."""
        found = self._with_night(date_)
        if found is None:
            return None
        day, night = found
        offset = timedelta(seconds=self._athlete.whereabouts.offset_s(night.ends))
        readings = self.variability(day, night)
        starts, ends = night.starts, readings[-1][0]
        return {
            "userProfilePk": self._athlete.profile_id,
            "hrvSummary": self.summary(day, night),
            "hrvReadings": [
                {"hrvValue": value, "readingTimeGMT": text(at), "readingTimeLocal": text(at + offset)}
                for at, value in readings
            ],
            "startTimestampGMT": text(starts),
            "endTimestampGMT": text(ends),
            "startTimestampLocal": text(starts + offset),
            "endTimestampLocal": text(ends + offset),
            "sleepStartTimestampGMT": text(starts),
            "sleepEndTimestampGMT": text(night.ends),
            "sleepStartTimestampLocal": text(starts + offset),
            "sleepEndTimestampLocal": text(night.ends + offset),
        }

    def hrv_range(self, first: date, last: date) -> dict[str, Any] | None:
        """The nights of a range; None where there is not one."""
        nights = [found for day in days_between(first, last) if (found := self._with_night(day))]
        if not nights:
            return None
        summaries = [self.summary(day, night) for day, night in nights]
        return {"hrvSummaries": summaries, "userProfilePk": self._athlete.profile_id}


def _mean(values: list[int]) -> float | None:
    return round(sum(values) / len(values), 1) if values else None


def _scores(night: Night) -> dict[str, Any]:
    deep, light, rem, _ = night.seconds
    total = night.asleep_s

    def share(seconds: int, start: float, end: float) -> dict[str, Any]:
        percent = round(100 * seconds / total)
        return {
            "value": percent,
            "qualifierKey": "EXCELLENT" if start <= percent <= end else "FAIR",
            "optimalStart": start,
            "optimalEnd": end,
            "idealStartInSeconds": round(start / 100 * total, 2),
            "idealEndInSeconds": round(end / 100 * total, 2),
        }

    need = float(_NEED_MIN * 60)
    awakenings = sum(stage == AWAKE for _, stage in night.stages)
    return {
        "totalDuration": {
            "qualifierKey": "EXCELLENT" if total >= need else "FAIR",
            "optimalStart": need,
            "optimalEnd": need,
        },
        "stress": {"qualifierKey": "GOOD", "optimalStart": 0.0, "optimalEnd": 15.0},
        "awakeCount": {
            "qualifierKey": "EXCELLENT" if awakenings <= 1 else "FAIR",
            "optimalStart": 0.0,
            "optimalEnd": 1.0,
        },
        "overall": {"value": night.score, "qualifierKey": _qualifier(night.score)},
        "remPercentage": share(rem, 21.0, 31.0),
        "restlessness": {"qualifierKey": "GOOD", "optimalStart": 0.0, "optimalEnd": 5.0},
        "lightPercentage": share(light, 30.0, 64.0),
        "deepPercentage": share(deep, 16.0, 33.0),
    }


def _qualifier(score: int) -> str:
    return "EXCELLENT" if score >= 90 else "GOOD" if score >= 80 else "FAIR" if score >= 60 else "POOR"
