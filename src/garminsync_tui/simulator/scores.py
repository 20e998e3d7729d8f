"""Bodies of what a watch expects of the athlete: ages, times, scores, thresholds."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from .account import Account
from .athlete import Athlete, Day
from .form import Form
from .moments import days_between

_KINDS = ("lactateThresholdHeartRate", "lactateThresholdSpeed", "functionalThresholdPower")
_SERIES = {"RUNNING": "running", "CYCLING": "cycling"}
#: Days of a group.
_GROUPS = {"daily": 1, "weekly": 7}
#: Lower limits of the classes of endurance.
_CLASSES = {
    "Intermediate": 4900,
    "Trained": 5600,
    "WellTrained": 6300,
    "Expert": 7000,
    "Superior": 7700,
    "Elite": 8400,
}


class Scores:
    """What /fitnessage-service, racepredictions, the scores and /biometric-service/stats answer."""

    def __init__(self, account: Account, form: Form) -> None:
        self._account = account
        self._form = form

    @property
    def _athlete(self) -> Athlete:
        return self._account.athlete

    def _worn(self, first: date, last: date) -> list[Day]:
        return [day for date_ in days_between(first, last) if (day := self._account.worn(date_))]

    def ages(self, first: date, last: date) -> list[dict[str, Any]]:
        """Modelled: fitness ages."""
        return [
            {
                "calendarDate": day.date.isoformat(),
                "values": {
                    "fitnessAge": self._form.age(day),
                    "achievableFitnessAge": self._form.age(day) - 1.5,
                    "rhr": day.resting_hr,
                    "vigorousDaysAvg": 3.0,
                    "bodyFat": 15.0,
                },
            }
            for day in self._worn(first, last)
        ]

    def races(self, first: date, last: date) -> list[dict[str, Any]]:
        """Modelled: predicted times."""
        names = ("time5K", "time10K", "timeHalfMarathon", "timeMarathon")
        return [
            {
                "userId": self._athlete.profile_id,
                "fromCalendarDate": None,
                "toCalendarDate": None,
                "calendarDate": day.date.isoformat(),
                **dict(zip(names, self._form.races(day.date), strict=True)),
            }
            for day in self._worn(first, last)
        ]

    def endurance_of(self, date_: date) -> dict[str, Any] | None:
        """Recorded: one day's score and the classes that there are; no content without a watch."""
        if self._account.worn(date_) is None:
            return None
        score = self._form.endurance(date_)
        return {
            **self._scored(date_),
            "overallScore": score,
            "classification": 1 + sum(score >= limit for limit in _CLASSES.values()),
            "feedbackPhrase": 30,
            "gaugeLowerLimit": 3400,
            **{f"classificationLowerLimit{name}": limit for name, limit in _CLASSES.items()},
            "gaugeUpperLimit": 10000,
            "contributors": [
                {"activityTypeId": 1, "group": None, "contribution": 62.5},
                {"activityTypeId": None, "group": 0, "contribution": 37.5},
            ],
        }

    def endurance(self, first: date, last: date, aggregation: str) -> dict[str, Any]:
        """Modelled: groups of days by their first date, and the newest day as the answer for one day has it.

        Raises ValueError for groups that there are none of.
        """
        length = _GROUPS.get(aggregation)
        if length is None:
            raise ValueError("no such aggregation")
        days = self._worn(first, last)
        scores: dict[date, list[int]] = {}
        for day in days:
            begin = first + timedelta(days=(day.date - first).days // length * length)
            scores.setdefault(begin, []).append(self._form.endurance(day.date))
        every = [score for group in scores.values() for score in group]
        return self._period(first, last) | {
            "avg": round(sum(every) / len(every)) if every else None,
            "max": max(every, default=None),
            "groupMap": {
                begin.isoformat(): {
                    "groupAverage": round(sum(group) / len(group)),
                    "groupMax": max(group),
                    "enduranceContributorDTOList": [],
                }
                for begin, group in scores.items()
            },
            "enduranceScoreDTO": self.endurance_of(days[-1].date) if days else None,
        }

    def hill_of(self, date_: date) -> dict[str, Any] | None:
        """Recorded: one day's score; no content without a watch."""
        if self._account.worn(date_) is None:
            return None
        strength, endurance = self._form.hill(date_)
        oxygen = self._form.oxygen(date_)
        return {
            **self._scored(date_),
            "strengthScore": strength,
            "enduranceScore": endurance,
            "hillScoreClassificationId": 3,
            "overallScore": strength + endurance,
            "hillScoreFeedbackPhraseId": 12,
            "vo2Max": float(round(oxygen)),
            "vo2MaxPreciseValue": oxygen,
        }

    def hill(self, first: date, last: date) -> dict[str, Any]:
        """Modelled: the rows of the days, newest first."""
        rows = [row for day in reversed(self._worn(first, last)) if (row := self.hill_of(day.date))]
        scores = [row["overallScore"] for row in rows]
        return self._period(first, last) | {
            "periodAvgScore": {first.isoformat(): round(sum(scores) / len(scores))} if scores else {},
            "maxScore": max(scores, default=None),
            "hillScoreDTOList": rows,
        }

    def _scored(self, date_: date) -> dict[str, Any]:
        return {
            "userProfilePK": self._athlete.profile_id,
            "deviceId": self._athlete.device_id,
            "calendarDate": date_.isoformat(),
            "primaryTrainingDevice": True,
        }

    def _period(self, first: date, last: date) -> dict[str, Any]:
        return {
            "userProfilePK": self._athlete.profile_id,
            "startDate": first.isoformat(),
            "endDate": last.isoformat(),
        }

    def tolerance(self, first: date, last: date) -> list[dict[str, Any]]:
        """Modelled: impact of the week of runs up to each day."""
        rows = []
        for day in self._worn(first, last):
            tolerance, impact, metres = self._form.impact(day.date)
            rows.append(
                {
                    "userProfilePK": self._athlete.profile_id,
                    "calendarDate": day.date.isoformat(),
                    "acuteTolerance": tolerance,
                    "acuteImpactLoad": impact,
                    "acuteDistance": metres,
                    "runningToleranceFeedBackPhrase": "PRODUCTIVE" if impact < tolerance else "ABOVE_TOLERANCE",
                }
            )
        return rows

    # Thresholds

    def thresholds(self, kind: str, sport: str, first: date, last: date) -> list[dict[str, Any]] | None:
        """Modelled: a row for each day on which a threshold was found; None for a kind that does not exist.

        Raises ValueError for a sport that does not exist.
        """
        if sport not in _SERIES:
            raise ValueError("no such sport")
        if kind not in _KINDS:
            return None
        rows = []
        for day in self._worn(first, last):
            found = self._form.thresholds(day.date)
            if found and (sport == "RUNNING" or kind == "functionalThresholdPower"):
                heart_rate, speed, power = found
                # Garmin's threshold speeds are a tenth of what they are; on foot there is more power than by bike.
                values = (float(heart_rate), round(speed / 10, 4), power + 80.0 * (sport == "RUNNING"))
                date_ = day.date.isoformat()
                rows.append(
                    {
                        "from": date_,
                        "until": date_,
                        "series": _SERIES[sport],
                        "value": values[_KINDS.index(kind)],
                        "updatedDate": date_,
                    }
                )
        return rows
