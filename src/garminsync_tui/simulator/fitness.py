"""Bodies of what a watch makes of training: oxygen, readiness, status."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from .account import Account
from .athlete import Athlete, Day
from .form import Form
from .moments import days_between, ms, text

_LEVELS = ((95, "PRIME"), (75, "HIGH"), (50, "MODERATE"), (25, "LOW"), (0, "POOR"))
_GRADES = ((90, "VERY_GOOD"), (70, "GOOD"), (40, "MODERATE"), (0, "POOR"))
#: Shares of four weeks' load that are aimed at: low aerobic, high aerobic, anaerobic.
_AIMS = ((0.35, 0.57), (0.31, 0.53), (0.04, 0.18))
_SHORTAGE = {
    "monthlyLoadAerobicLow": "AEROBIC_LOW_SHORTAGE",
    "monthlyLoadAerobicHigh": "AEROBIC_HIGH_SHORTAGE",
    "monthlyLoadAnaerobic": "ANAEROBIC_SHORTAGE",
}
_STATUS = {"DETRAINING": 1, "MAINTAINING": 4, "RECOVERY": 5, "PRODUCTIVE": 7, "STRAINED": 8}


class Fitness:
    """What maxmet, trainingreadiness, trainingloadbalance and trainingstatus answer."""

    def __init__(self, account: Account, form: Form) -> None:
        self._account = account
        self._form = form

    @property
    def _athlete(self) -> Athlete:
        return self._account.athlete

    def _worn(self, first: date, last: date) -> list[Day]:
        return [day for date_ in days_between(first, last) if (day := self._account.worn(date_))]

    # Oxygen

    def max_metrics(self, first: date, last: date) -> list[dict[str, Any]]:
        """Recorded: VO2 max of each day with a watch; by bike (modelled) on the days of a ride."""
        return [self._oxygen(day) for day in self._worn(first, last)]

    def _oxygen(self, day: Day) -> dict[str, Any]:
        oxygen = self._form.oxygen(day.date)
        rode = any(session.sport.key == "cycling" for session in self._form.recorded(day.date))
        return {
            "userId": self._athlete.profile_id,
            "generic": _precise(day.date, oxygen),
            "cycling": _precise(day.date, round(0.96 * oxygen, 1)) if rode else None,
            "heatAltitudeAcclimation": self._used_to(day),
        }

    def acclimation(self, first: date, last: date) -> list[dict[str, Any]]:
        """Modelled: the same as beside VO2 max, by itself."""
        return [self._used_to(day) for day in self._worn(first, last)]

    def _used_to(self, day: Day) -> dict[str, Any]:
        before = day.date - timedelta(days=1)
        height, height_before = self._form.altitude(day.date), self._form.altitude(before)
        heat, heat_before = self._form.heat(day.date), self._form.heat(before)
        place = self._athlete.whereabouts.place
        return {
            "calendarDate": day.date.isoformat(),
            "altitudeAcclimationDate": day.date.isoformat(),
            "previousAltitudeAcclimationDate": before.isoformat(),
            "heatAcclimationDate": day.date.isoformat(),
            "previousHeatAcclimationDate": before.isoformat(),
            "altitudeAcclimation": height,
            "previousAltitudeAcclimation": height_before,
            "heatAcclimationPercentage": heat,
            "previousHeatAcclimationPercentage": heat_before,
            "heatTrend": _trend(heat, heat_before),
            "altitudeTrend": _trend(height, height_before),
            "currentAltitude": round(place(day.date).height),
            "previousAltitude": round(place(before).height),
            "acclimationPercentage": 100 if height else 0,
            "previousAcclimationPercentage": 100 if height_before else 0,
            "altitudeAcclimationLocalTimestamp": f"{day.date}T23:55:00.0",
        }

    # Readiness

    def readiness(self, first: date, last: date) -> list[dict[str, Any]]:
        """Recorded: after waking and after each session, newest first."""
        return [row for day in reversed(self._worn(first, last)) for row in self._ratings(day)]

    def _ratings(self, day: Day) -> list[dict[str, Any]]:
        moments = [(day.night.ends, "AFTER_WAKEUP_RESET", "NO_CHANGE_SLEEP")] if day.night else []
        moments += [
            (session.ends + timedelta(seconds=40), "AFTER_POST_EXERCISE_RESET", "NEW_EXERCISE")
            for session in self._account.recorded(day)
        ]
        return [self._rating(day, *moment) for moment in sorted(moments, reverse=True)]

    def _rating(self, day: Day, at: datetime, context: str, change: str) -> dict[str, Any]:
        score, rest_min = self._form.readiness(day, at), self._form.rest_min(at)
        load = self._form.load(day.date)
        sleep = day.night.score if day.night else 50
        factors = {
            "sleepScore": sleep,
            "recoveryTime": max(1, 100 - rest_min // 50),
            "acwr": max(1, min(100, round(100 - 60 * abs(load.ratio - 1)))),
            "stressHistory": max(1, 100 - day.stress),
            "hrv": max(1, min(100, 100 - 4 * max(0, 58 - day.hrv))),
            "sleepHistory": max(1, sleep - 4),
        }
        level = _grade(score, _LEVELS)
        row: dict[str, Any] = {
            "userProfilePK": self._athlete.profile_id,
            "calendarDate": day.date.isoformat(),
            "timestamp": text(at),
            "timestampLocal": text(at + timedelta(seconds=self._athlete.whereabouts.offset_s(at))),
            "deviceId": self._athlete.device_id,
            "level": level,
            "feedbackLong": f"{level}_RT_AND_SS",
            "feedbackShort": "RECOVERED_AND_READY" if score >= 50 else "HIGH_RECOVERY_NEEDS",
            "score": score,
            "sleepScore": sleep,
            "recoveryTime": rest_min,
            "acuteLoad": round(load.acute),
            "hrvWeeklyAverage": day.hrv,
            "validSleep": day.night is not None,
            "inputContext": context,
            "primaryActivityTracker": True,
            "recoveryTimeChangePhrase": change,
        }
        for name, percent in factors.items():
            row |= {f"{name}FactorPercent": percent, f"{name}FactorFeedback": _grade(percent, _GRADES)}
            row[f"{name}FactorFeedbackPhrase"] = None
        return row

    # Load

    def balance(self, date_: date) -> dict[str, Any]:
        """Recorded behind the GraphQL gateway: four weeks' load by kind, up to the last day with a watch."""
        before = (self._account.worn(date_ - timedelta(days=back)) for back in range(28))
        day = next((day for day in before if day), None)
        device = self._athlete.device_id
        watch = {"deviceId": device, "imageURL": "", "deviceName": "Forerunner 965", "category": 0}
        return {
            "userId": self._athlete.profile_id,
            "metricsTrainingLoadBalanceDTOMap": {str(device): self._focus(day)} if day else {},
            "recordedDevices": [watch] if day else [],
        }

    def _focus(self, day: Day) -> dict[str, Any]:
        row: dict[str, Any] = {"calendarDate": day.date.isoformat(), "deviceId": self._athlete.device_id}
        names = ("monthlyLoadAerobicLow", "monthlyLoadAerobicHigh", "monthlyLoadAnaerobic")
        month = 4 * self._form.load(day.date).chronic
        aims = {name: (round(low * month), round(high * month)) for name, (low, high) in zip(names, _AIMS, strict=True)}
        loads = dict(zip(names, self._form.focus(day.date), strict=True))
        row |= loads
        for name, (low, high) in aims.items():
            row |= {f"{name}TargetMin": low, f"{name}TargetMax": high}
        below = [name for name in names if loads[name] < aims[name][0]]
        return row | {
            "trainingBalanceFeedbackPhrase": _SHORTAGE[below[0]] if below else "ON_TARGET",
            "primaryTrainingDevice": True,
        }

    # Status

    def status(self, first: date, last: date) -> dict[str, Any]:
        """Recorded: the status of each day, through the gateway that wraps two servers' answers."""
        oxygen = [
            {"value": float(round(self._form.oxygen(day.date))), "calendarDate": day.date.isoformat()}
            for day in self._worn(first, last)
        ]
        statistics = {
            "userProfileId": self._athlete.profile_id,
            "statisticsStartDate": first.isoformat(),
            "statisticsEndDate": last.isoformat(),
            "allMetrics": {"metricsMap": {"ACTIVITY_VO2_MAX": oxygen} if oxygen else {}},
            "groupedMetrics": None,
        }
        return {
            "vo2MaxWeeklyStatistics": _wrapped(statistics),
            "weeklyTrainingStatus": _wrapped(self.report(first, last)),
        }

    def report(self, first: date, last: date) -> dict[str, Any]:
        """Modelled as an answer by itself: what the gateway wraps."""
        rows = [self._status(day) for day in self._worn(first, last)]
        device = self._athlete.device_id
        watch = {"deviceId": device, "imageURL": "", "deviceName": "Forerunner 965", "category": 0}
        return {
            "userId": self._athlete.profile_id,
            "fromCalendarDate": first.isoformat(),
            "toCalendarDate": last.isoformat(),
            "showSelector": False,
            "recordedDevices": [watch] if rows else [],
            "reportData": {str(device): rows} if rows else {},
        }

    def _status(self, day: Day) -> dict[str, Any]:
        word, load = self._form.status(day), self._form.load(day.date)
        return {
            "calendarDate": day.date.isoformat(),
            "sinceDate": None,
            "weeklyTrainingLoad": None,
            "trainingStatus": _STATUS[word],
            "timestamp": ms(min(day.ends, self._account.synced_until)),
            "deviceId": self._athlete.device_id,
            **dict.fromkeys(("loadTunnelMin", "loadTunnelMax", "loadLevelTrend")),
            "sport": "RUNNING",
            "subSport": "GENERIC",
            "fitnessTrendSport": "RUNNING",
            "fitnessTrend": 2,
            "trainingStatusFeedbackPhrase": f"{word}_2",
            "trainingPaused": False,
            "acuteTrainingLoadDTO": {
                "acwrPercent": max(0, min(100, round(42 * load.ratio))),
                "acwrStatus": "LOW" if load.ratio < 0.7 else "OPTIMAL" if load.ratio < 1.5 else "HIGH",
                "acwrStatusFeedback": "FEEDBACK_2",
                "dailyTrainingLoadAcute": round(load.acute),
                "maxTrainingLoadChronic": 1.5 * round(load.chronic),
                "minTrainingLoadChronic": 0.8 * round(load.chronic),
                "dailyTrainingLoadChronic": round(load.chronic),
                "dailyAcuteChronicWorkloadRatio": load.ratio,
            },
            "primaryTrainingDevice": True,
        }


def _precise(day: date, oxygen: float) -> dict[str, Any]:
    return {
        "calendarDate": day.isoformat(),
        "vo2MaxPreciseValue": oxygen,
        "vo2MaxValue": float(round(oxygen)),
        "fitnessAge": None,
        "fitnessAgeDescription": None,
        "maxMetCategory": 0,
    }


def _trend(now: int, before: int) -> str | None:
    if now > before:
        return "ACCLIMATIZING"
    return "DEACCLIMATIZING" if now < before else "ACCLIMATIZED" if now else None


def _grade(percent: int, words: tuple[tuple[int, str], ...]) -> str:
    return next(word for least, word in words if percent >= least)


def _wrapped(payload: dict[str, Any]) -> dict[str, Any]:
    return {
        "requestUrl": "",
        "statusCode": 200,
        "headers": {},
        "errorMessage": None,
        "payload": payload,
        "successful": True,
    }
