"""Bodies of what the watch measured through one day."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

from .account import Account
from .athlete import Athlete, Day
from .moments import days_between, midnight, ms, text
from .samples import HEART_RATE_S, QUARTER_S, STRESS_S
from .summaries import Summaries
from .totals import INTENSITY_GOAL, effort

_BATTERY_VERSION = 2.0
HYDRATION_GOAL_ML = 2800.0
_SWEAT_ML_A_HOUR = 720


class Health:
    """What /wellness-service answers about one day."""

    def __init__(self, account: Account, summaries: Summaries) -> None:
        self._account = account
        self._summaries = summaries

    @property
    def _athlete(self) -> Athlete:
        return self._account.athlete

    def _cells(self, day: Day, grid_s: int) -> tuple[int, int]:
        """The day's first instant (ms) and how many cells of a grid have been synced and are not archived."""
        cells = 0 if self._account.is_archived(day.date) else self._account.measured_s(day) // grid_s
        return ms(day.starts), cells

    def bring_back(self, date_: date) -> dict[str, Any]:
        """What a request to bring a day back from the archive is answered (modelled)."""
        self._account.bring_back(date_)
        return {
            "userProfilePk": self._athlete.profile_id,
            "calendarDate": date_.isoformat(),
            "status": "SUBMITTED",
            "source": "USER",
        }

    # One day

    def heart_rate(self, date_: date) -> dict[str, Any]:
        """Two-minute heart rates. Without a watch the values are null (modelled)."""
        body = head(self._athlete, date_)
        descriptors = [{"key": "timestamp", "index": 0}, {"key": "heartrate", "index": 1}]
        day = self._account.worn(date_)
        if day is None:
            names = ("maxHeartRate", "minHeartRate", "restingHeartRate", "lastSevenDaysAvgRestingHeartRate")
            return body | dict.fromkeys((*names, "heartRateValueDescriptors", "heartRateValues"))
        starts, cells = self._cells(day, HEART_RATE_S)
        sums = self._summaries.totals(day)
        values = []
        for cell, rate in enumerate(self._account.samples(day).heart_rate[:cells]):
            # What was not measured is null in some rows and left out in others.
            if rate or cell % 2:
                values.append([starts + cell * 1000 * HEART_RATE_S, rate or None])
        return body | {
            "maxHeartRate": sums.max_hr,
            "minHeartRate": sums.min_hr,
            "restingHeartRate": day.resting_hr,
            "lastSevenDaysAvgRestingHeartRate": self._summaries.resting_average(date_),
            "heartRateValueDescriptors": descriptors,
            "heartRateValues": values,
        }

    def stress(self, date_: date) -> dict[str, Any] | None:
        """Three-minute stress and body battery; null where there is none."""
        day = self._account.worn(date_)
        if day is None:
            return None
        starts, cells = self._cells(day, STRESS_S)
        sums, samples = self._summaries.totals(day), self._account.samples(day)
        times = range(starts, starts + cells * 1000 * STRESS_S, 1000 * STRESS_S)
        columns = ("timestamp", "bodyBatteryStatus", "bodyBatteryLevel", "bodyBatteryVersion")
        return head(self._athlete, date_) | {
            "maxStressLevel": sums.stress_max,
            "avgStressLevel": sums.stress_avg,
            "stressChartValueOffset": 1,
            "stressChartYAxisOrigin": -1,
            "stressValueDescriptorsDTOList": [
                {"key": "timestamp", "index": 0},
                {"key": "stressLevel", "index": 1},
            ],
            "stressValuesArray": [[at, level] for at, level in zip(times, samples.stress, strict=False)],
            "bodyBatteryValueDescriptorsDTOList": [
                {"bodyBatteryValueDescriptorIndex": index, "bodyBatteryValueDescriptorKey": key}
                for index, key in enumerate(columns)
            ],
            "bodyBatteryValuesArray": [
                [at, "MEASURED", level, _BATTERY_VERSION] for at, level in zip(times, samples.battery, strict=False)
            ],
        }

    def steps(self, date_: date) -> list[dict[str, Any]]:
        """Steps of each quarter of an hour; an empty list without a watch."""
        day = self._account.worn(date_)
        if day is None:
            return []
        _, cells = self._cells(day, QUARTER_S)
        quarter = timedelta(seconds=QUARTER_S)
        return [
            {
                "startGMT": text(day.starts + n * quarter),
                "endGMT": text(day.starts + (n + 1) * quarter),
                "steps": count,
                "pushes": 0,
                "primaryActivityLevel": _activity_level(count),
                "activityLevelConstant": True,
            }
            for n, count in enumerate(self._account.samples(day).steps[:cells])
        ]

    def floors(self, date_: date) -> dict[str, Any]:
        """Floors of each quarter of an hour."""
        body: dict[str, Any] = dict(bounds(self._athlete, date_))
        keys = ("startTimeGMT", "endTimeGMT", "floorsAscended", "floorsDescended")
        rows: list[list[Any]] = []
        day = self._account.worn(date_)
        if day:
            samples, (_, cells) = self._account.samples(day), self._cells(day, QUARTER_S)
            quarter = timedelta(seconds=QUARTER_S)
            rows = [
                [
                    text(day.starts + n * quarter),
                    text(day.starts + (n + 1) * quarter),
                    round(samples.ascent[n] / 3.048),
                    round(samples.descent[n] / 3.048),
                ]
                for n in range(cells)
            ]
        descriptors = [{"key": key, "index": index} for index, key in enumerate(keys)]
        return body | {"floorsValueDescriptorDTOList": descriptors, "floorValuesArray": rows}

    def _with_nights(self, date_: date) -> dict[str, Any]:
        """The head of respiration and SpO2 answers: this day's night and the next one's."""
        body = head(self._athlete, date_)
        whereabouts = self._athlete.whereabouts
        for prefix, day in (("sleep", date_), ("tomorrowSleep", date_ + timedelta(days=1))):
            found = self._account.worn(day)
            night = found.night if found else None
            offset = timedelta(seconds=whereabouts.offset_s(night.ends)) if night else timedelta()
            body |= {
                f"{prefix}StartTimestampGMT": text(night.starts) if night else None,
                f"{prefix}EndTimestampGMT": text(night.ends) if night else None,
                f"{prefix}StartTimestampLocal": text(night.starts + offset) if night else None,
                f"{prefix}EndTimestampLocal": text(night.ends + offset) if night else None,
            }
        return body

    def respiration(self, date_: date) -> dict[str, Any]:
        """Two-minute respiration; negative where it was not measured."""
        body = self._with_nights(date_)
        day = self._account.worn(date_)
        if day is None:
            names = ("lowestRespirationValue", "highestRespirationValue", "avgWakingRespirationValue")
            more = ("avgSleepRespirationValue", "avgTomorrowSleepRespirationValue", "respirationValuesArray")
            return body | dict.fromkeys((*names, *more, "respirationValueDescriptorsDTOList"))
        starts, cells = self._cells(day, HEART_RATE_S)
        breath, levels = self._summaries.respiration(day), self.breaths(day, cells)
        measured = [level for level in levels if level > 0] or [breath]
        return body | {
            "lowestRespirationValue": min(measured),
            "highestRespirationValue": max(measured),
            "avgWakingRespirationValue": breath + 1.0,
            "avgSleepRespirationValue": breath,
            "avgTomorrowSleepRespirationValue": breath,
            "respirationValueDescriptorsDTOList": [
                {"key": "timestamp", "index": 0},
                {"key": "respiration", "index": 1},
            ],
            "respirationValuesArray": [
                [starts + cell * 1000 * HEART_RATE_S, level] for cell, level in enumerate(levels)
            ],
        }

    def breaths(self, day: Day, cells: int) -> list[float]:
        """The day's first two-minute respirations, -1 where it was not measured."""
        breath, roll = self._summaries.respiration(day), self._athlete.dice(day.date, "breaths").random
        return [-1.0 if roll() < 0.03 else float(int(breath - 3 + 7 * roll())) for _ in range(cells)]

    def oxygen(self, date_: date) -> dict[str, Any]:
        """SpO2 by the hour, asleep."""
        body = self._with_nights(date_)
        keys = ("timestamp", "spo2Reading", "readingConfidence")
        body |= {
            "spO2ValueDescriptorsDTOList": [
                {"spo2ValueDescriptorIndex": index, "spo2ValueDescriptorKey": key} for index, key in enumerate(keys)
            ],
            "spO2SingleValues": None,
            "continuousReadingDTOList": None,
        }
        day = self._account.worn(date_)
        if day is None or day.night is None:
            names = ("averageSpO2", "lowestSpO2", "lastSevenDaysAvgSpO2", "latestSpO2", "latestSpO2TimestampGMT")
            more = ("latestSpO2TimestampLocal", "avgSleepSpO2", "avgTomorrowSleepSpO2", "spO2HourlyAverages")
            return body | dict.fromkeys((*names, *more))
        dice = self._athlete.dice(date_, "oxygen")
        first = max(day.starts, day.night.starts)
        hours = max(1, int((day.night.ends - first).total_seconds()) // 3600)
        latest = first + timedelta(hours=hours)
        offset = timedelta(seconds=self._athlete.whereabouts.offset_s(latest))
        rows = [[ms(first + timedelta(hours=hour)), dice.randrange(93, 98)] for hour in range(hours)]
        mean = float(round(sum(level for _, level in rows) / hours))
        return body | {
            "averageSpO2": mean,
            "lowestSpO2": min(level for _, level in rows) - 4,
            "lastSevenDaysAvgSpO2": mean,
            "latestSpO2": float(rows[-1][1]),
            "latestSpO2TimestampGMT": text(latest),
            "latestSpO2TimestampLocal": text(latest + offset),
            "avgSleepSpO2": mean,
            "avgTomorrowSleepSpO2": mean,
            "spO2HourlyAverages": rows,
        }

    def battery_events(self, date_: date) -> list[dict[str, Any]]:
        """The night as an event; an empty list where there was none."""
        day = self._account.worn(date_)
        if day is None or day.night is None:
            return []
        night = day.night
        spot = [
            [ms(night.starts), "charging", day.battery_low, _BATTERY_VERSION],
            [ms(night.ends), "draining", day.battery_high, _BATTERY_VERSION],
        ]
        return [
            {
                "event": {
                    "eventType": "sleep",
                    "eventStartTimeGmt": text(night.starts) + "00",
                    "timezoneOffset": 1000 * self._athlete.whereabouts.offset_s(night.ends),
                    "durationInMilliseconds": 1000 * sum(night.seconds),
                    "bodyBatteryImpact": day.battery_high - day.battery_low,
                    "feedbackType": "good_sleep",
                    "shortFeedback": "good_sleep",
                },
                "activityName": None,
                "activityType": None,
                "activityId": None,
                "averageStress": 14.5,
                "stressValuesArray": [[ms(night.starts), 14], [ms(night.ends), 15]],
                "bodyBatteryValuesArray": spot,
            }
        ]

    def intensity(self, date_: date) -> dict[str, Any]:
        """Modelled: the day's intensity minutes by the quarter of an hour, vigorous ones twice; the week's so far."""
        monday = date_ - timedelta(days=date_.weekday())
        days = [day for date in days_between(monday, date_) if (day := self._account.worn(date))]
        week = [(day, self._summaries.totals(day)) for day in days]
        today = [(day, sums) for day, sums in week if day.date == date_]
        return head(self._athlete, date_) | {
            "weeklyModerate": sum(sums.moderate_min for _, sums in week),
            "weeklyVigorous": sum(sums.vigorous_min for _, sums in week),
            "weeklyTotal": sum(sums.moderate_min + 2 * sums.vigorous_min for _, sums in week),
            "weekGoal": INTENSITY_GOAL,
            "dayOfGoalMet": None,
            "moderateMinutes": today[0][1].moderate_min if today else 0,
            "vigorousMinutes": today[0][1].vigorous_min if today else 0,
            "imValueDescriptorsDTOList": [{"key": "timestamp", "index": 0}, {"key": "value", "index": 1}],
            "imValuesArray": self._effort(today[0][0]) if today else [],
        }

    def _effort(self, day: Day) -> list[list[int]]:
        """Quarters of an hour with effort and what they count."""
        starts, cells = self._cells(day, QUARTER_S)
        counts = self.efforts(day, cells) if cells else {}
        return [
            [starts + cell * 1000 * QUARTER_S, moderate + 2 * vigorous]
            for cell, (moderate, vigorous) in sorted(counts.items())
        ]

    def efforts(self, day: Day, cells: int) -> dict[int, tuple[int, int]]:
        """The moderate and the vigorous minutes of the quarters of an hour that have some."""
        counts: Counter[tuple[int, int]] = Counter()
        for session in self._account.recorded(day):
            credit = effort(session)
            begins_s = int((session.starts - day.starts).total_seconds())
            for minute in range(session.moving_s // 60 if credit else 0):
                counts[min(cells - 1, (begins_s + 60 * minute) // QUARTER_S), credit] += 1
        return {cell: (counts[cell, 1], counts[cell, 2]) for cell, _ in counts}

    def hydration(self, date_: date) -> dict[str, Any]:
        """What was drunk and sweated."""
        millilitres = self._account.drunk(date_)
        return {
            "userId": self._athlete.profile_id,
            "calendarDate": date_.isoformat(),
            "valueInML": millilitres,
            "goalInML": HYDRATION_GOAL_ML,
            "dailyAverageinML": None,
            "lastEntryTimestampLocal": f"{date_}T20:00:00.0" if millilitres else None,
            "sweatLossInML": None,
            "activityIntakeInML": None,
        }

    def water(self, date_: date) -> dict[str, Any]:
        """Modelled: the whole day's water, with what the day's activities cost in sweat."""
        day = self._account.worn(date_)
        trained_s = sum(session.moving_s for session in self._account.recorded(day)) if day else 0
        return self.hydration(date_) | {
            "sweatLossInML": round(_SWEAT_ML_A_HOUR * trained_s / 3600) or None,
            "activityIntakeInML": None,
            "baseGoalInML": HYDRATION_GOAL_ML,
            "hydrationMeasurementUnit": "milliliter",
            "hydrationContainers": [],
            "hydrationAutoGoalEnabled": True,
        }


def head(athlete: Athlete, day: date) -> dict[str, Any]:
    """What nearly all bodies of a day begin with: its bounds in UTC and on the wall clock."""
    return {
        "userProfilePK": athlete.profile_id,
        "calendarDate": day.isoformat(),
        **bounds(athlete, day),
    }


def bounds(athlete: Athlete, day: date) -> dict[str, str]:
    """A day's beginning and end."""
    return {
        "startTimestampGMT": text(athlete.whereabouts.begins(day)),
        "endTimestampGMT": text(athlete.whereabouts.ends(day)),
        "startTimestampLocal": midnight(day),
        "endTimestampLocal": midnight(day + timedelta(days=1)),
    }


def _activity_level(steps: int) -> str:
    return "highlyActive" if steps > 1000 else "active" if steps > 100 else "sedentary"
