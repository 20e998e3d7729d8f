"""What the watch makes of the training, in the shapes of Garmin's account archive, from the account's own answers.

Modelled after what public importers read from real archives; none was at hand. Some dates are words, some are
milliseconds since 1970.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from .account import Account
from .athlete import BIRTH_DATE
from .fitness import Fitness
from .form import Form
from .moments import as_if_utc_ms, days_between, instant, midnight, text
from .scores import Scores

Row = dict[str, Any]
#: An oxygen uptake of so much (ml/kg/min) is one MET.
_A_MET = 3.5
_LOAD = (
    "acwrPercent", "acwrStatus", "acwrStatusFeedback", "dailyTrainingLoadAcute", "dailyTrainingLoadChronic",
    "dailyAcuteChronicWorkloadRatio",
)  # fmt: skip
#: What has a threshold → of which sport the archive tells it.
_THRESHOLDS = {
    "lactateThresholdHeartRate": "RUNNING",
    "lactateThresholdSpeed": "RUNNING",
    "functionalThresholdPower": "CYCLING",
}
_RACES = {
    "raceTime5K": "time5K",
    "raceTime10K": "time10K",
    "raceTimeHalf": "timeHalfMarathon",
    "raceTimeMarathon": "timeMarathon",
}


class ArchivedMetrics:
    """What the folder Metrics holds of a range of days, and the fitness ages."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._form = Form(account)
        self._fitness = Fitness(account, self._form)
        self._scores = Scores(account, self._form)

    def readiness(self, first: date, last: date) -> Iterator[Row]:
        """TrainingReadinessDTO: as it is answered, oldest first."""
        yield from reversed(self._fitness.readiness(first, last))

    def _reports(self, first: date, last: date) -> list[Row]:
        return [row for rows in self._fitness.report(first, last)["reportData"].values() for row in rows]

    def _own(self) -> Row:
        return {"userProfilePK": self._account.athlete.profile_id, "deviceId": self._account.athlete.device_id}

    def loads(self, first: date, last: date) -> Iterator[Row]:
        """MetricsAcuteTrainingLoad: the load of about a week beside that of about four."""
        for row in self._reports(first, last):
            told = row["acuteTrainingLoadDTO"]
            yield self._own() | {
                "calendarDate": as_if_utc_ms(date.fromisoformat(row["calendarDate"])),
                "timestamp": row["timestamp"],
                **{name: told[name] for name in _LOAD},
            }

    def history(self, first: date, last: date) -> Iterator[Row]:
        """TrainingHistory: what training does, in Garmin's word."""
        for row in self._reports(first, last):
            phrase = row["trainingStatusFeedbackPhrase"]
            yield self._own() | {
                "calendarDate": row["calendarDate"],
                "timestamp": text(instant(row["timestamp"])),
                "sport": row["sport"],
                "subSport": row["subSport"],
                "trainingStatus": phrase.rpartition("_")[0],
                "trainingStatus2FeedbackPhrase": phrase,
                "trainingPaused": row["trainingPaused"],
            }

    def oxygen(self, first: date, last: date) -> Iterator[Row]:
        """MetricsMaxMetData: VO2 max, a row for each sport."""
        for row in self._fitness.max_metrics(first, last):
            for sport, told in (("RUNNING", row["generic"]), ("CYCLING", row["cycling"])):
                if told:
                    yield self._own() | {
                        "calendarDate": told["calendarDate"],
                        "updateTimestamp": f"{told['calendarDate']}T12:00:00.0",
                        "sport": sport,
                        "subSport": "GENERIC",
                        "vo2MaxValue": told["vo2MaxPreciseValue"],
                        "maxMet": round(told["vo2MaxPreciseValue"] / _A_MET, 4),
                        "maxMetCategory": told["maxMetCategory"],
                        "calibratedData": True,
                    }

    def acclimation(self, first: date, last: date) -> Iterator[Row]:
        """MetricsHeatAltitudeAcclimation: as it is answered."""
        for told in self._fitness.acclimation(first, last):
            yield self._own() | told

    def thresholds(self, first: date, last: date) -> Iterator[Row]:
        """userBioMetrics: heart rate, speed (a tenth of what it is) and power, on the days on which they changed."""
        for name, sport in _THRESHOLDS.items():
            for told in self._scores.thresholds(name, sport, first, last) or ():
                yield {
                    "version": 1,
                    "metaData": {
                        "userProfilePK": self._account.athlete.profile_id,
                        "calendarDate": midnight(date.fromisoformat(told["from"])),
                    },
                    name: told["value"],
                }

    def endurance(self, first: date, last: date) -> Iterator[Row]:
        """EnduranceScore: as the answer for one day has it, without its contributors."""
        for date_ in days_between(first, last):
            if told := self._scores.endurance_of(date_):
                told.pop("contributors")
                yield told | {"calendarDate": as_if_utc_ms(date_)}

    def hills(self, first: date, last: date) -> Iterator[Row]:
        """HillScore: as the answer for one day has it."""
        for date_ in days_between(first, last):
            if told := self._scores.hill_of(date_):
                yield told | {"calendarDate": as_if_utc_ms(date_)}

    def races(self, first: date, last: date) -> Iterator[Row]:
        """RunRacePredictions: times in seconds."""
        for told in self._scores.races(first, last):
            yield self._own() | {
                "calendarDate": told["calendarDate"],
                "timestamp": f"{told['calendarDate']}T12:00:00.0",
                **{name: told[known] for name, known in _RACES.items()},
            }

    def ages(self, first: date, last: date) -> Iterator[Row]:
        """fitnessAgeData: ages in years. Its VO2 max is an estimate of its own, from body mass index and pulse."""
        for told in self._scores.ages(first, last):
            day, values = date.fromisoformat(told["calendarDate"]), told["values"]
            yield {
                "userProfilePK": self._account.athlete.profile_id,
                "asOfDateGmt": midnight(day),
                "createTimestamp": f"{day}T12:00:00.0",
                "chronologicalAge": (day - BIRTH_DATE).days // 365,
                "currentBioAge": values["fitnessAge"],
                "healthyAllBioAge": values["achievableFitnessAge"],
                "rhr": values["rhr"],
                "biometricVo2Max": round(58.0 - 0.22 * values["rhr"], 2),
            }
