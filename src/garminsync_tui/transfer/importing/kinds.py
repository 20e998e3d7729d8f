"""What a file is to an import: an activity, measurements of a device, a part of an account's archive, or nothing."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from ...errors import FileDamaged
from ...formats import detect
from ...formats.detection import impression
from ...formats.fit_identity import ACTIVITY, fit_identity
from .sources import Found

_RECORDINGS = (".fit", ".gpx", ".tcx")
#: Files of a device that hold no measurement, by `file_id.type` of the FIT profile.
_OTHER_FIT = {
    1: "the device's own description",
    2: "settings",
    3: "settings of a sport",
    5: "a workout; `garminsync workouts new --from-file` takes it",
    6: "a course",
    7: "a calendar of workouts",
    10: "totals",
    11: "goals",
    20: "a summary of activities",
    34: "a segment",
    35: "a list of segments",
    40: "a configuration of data fields",
}
#: Names in an account's export that are read, by the part that tells them apart.
_ARCHIVE = re.compile(
    r"_?summarizedActivities|_?sleepData|UDSFile|healthStatusData|fitnessAgeData|TrainingReadinessDTO|"
    r"MetricsAcuteTrainingLoad|TrainingHistory|MetricsMaxMetData|MaxMetData|EnduranceScore|HillScore|"
    r"RunRacePredictions|bioMetrics|userBioMetricProfileData|hydrationLogFile|user_profile|userProfile|"
    r"BloodPressureFile|HeatAltitudeAcclimation|_workouts?(_\d+)*\.json",
    re.IGNORECASE,
)


class Kind(NamedTuple):
    """What to do with a file; `reason` says why nothing is done, or what is wrong with it."""

    word: Literal["activity", "wellness", "archive", "ignored", "damaged"]
    reason: str = ""


def kind_of(found: Found) -> Kind:
    """Tell it by its first bytes; for JSON, of which an export has many, by its name."""
    try:
        head = found.head
    except FileDamaged as damage:
        return Kind("damaged", damage.reason)
    file_type = detect(head)
    if file_type is not None:
        return _kind_of_fit(head) if file_type == "FIT" else Kind("activity")
    if found.file_name.lower().endswith(_RECORDINGS):
        return Kind("damaged", impression(head))
    if found.file_name.lower().endswith(".json"):
        known = _ARCHIVE.search(found.file_name)
        return Kind("archive") if known else Kind("ignored", "a part of an export that holds nothing for here")
    return Kind("ignored", "no recording and no part of an export")


def _kind_of_fit(head: bytes) -> Kind:
    number = fit_identity(head).type
    # A file that does not say what it is, is looked into: what it holds decides.
    if number is None or number == ACTIVITY:
        return Kind("activity")
    if number in _OTHER_FIT:
        return Kind("ignored", f"a FIT file of another kind: {_OTHER_FIT[number]}")
    return Kind("wellness")
