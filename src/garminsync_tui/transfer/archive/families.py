"""Which file of an archive is read by what: told by its name, for folders are spelt in several ways."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from . import body, days, nights, training
from .answers import By, Row


@dataclass(frozen=True, slots=True)
class Family:
    """Files of one kind, by a part of their names (whatever the case)."""

    name: str
    read: Callable[[Sequence[Row]], By]

    def has(self, file_name: str) -> bool:
        """Whether a file is of this kind."""
        return re.search(rf"(?:^|[_\W]){self.name}(?=[_\W]|$)", file_name, re.IGNORECASE) is not None


#: Days first: they tell when each begins.
SUMMARIES = Family("UDSFile", days.summaries)
#: Those that give the values of one endpoint together.
BATCHES: tuple[tuple[Family, ...], ...] = (
    (SUMMARIES,),
    (Family("sleepData", nights.sleep_data), Family("healthStatusData", nights.health_status)),
    (Family("(?:user)?BioMetrics", body.biometrics),),
    (Family("BloodPressureFile", body.pressures),),
    (Family("HydrationLogFile", days.drinks),),
    (Family("TrainingReadinessDTO", training.readiness),),
    (Family("TrainingHistory", training.history), Family("MetricsAcuteTrainingLoad", training.loads)),
    (
        Family("(?:Metrics)?MaxMetData", training.oxygen),
        Family("(?:Metrics)?HeatAltitudeAcclimation", training.acclimation),
    ),
    (Family("EnduranceScore", training.endurance),),
    (Family("HillScore", training.hills),),
    (Family("RunRacePredictions", training.races),),
    (Family("fitnessAgeData", training.ages),),
)


def family_of(file_name: str) -> Family | None:
    """The family of a file; None for what holds no health."""
    return next((family for batch in BATCHES for family in batch if family.has(file_name)), None)
