"""The athlete's account archive, as Garmin sends it to who asks for their data: a ZIP of ZIPs and JSON.

Modelled after what public importers read from real archives; none was at hand. Names hold the e-mail address, the
profile id or a range of days; the uploaded files, activities and what the watch wrote between them, lie mixed in
ZIPs of their own, under numbers that are not those of the activities.
"""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from heapq import merge
from itertools import batched, count
from typing import Any, BinaryIO

from .account import Account
from .activities import Activities
from .archive_activities import ArchivedActivities
from .archive_days import ArchivedDays
from .archive_metrics import ArchivedMetrics
from .form import Form
from .watch import Watch

TOP = "DI_CONNECT"
_RANGE_DAYS = 100
_PART_FILES = 2_000
_FIRST_UPLOAD = 190_000_000_000
_TIME = (2020, 1, 1, 0, 0, 0)

type Rows = Callable[[date, date], Iterator[dict[str, Any]]]


class Archive:
    """Everything of one account. The same account gives the same bytes."""

    def __init__(self, account: Account, email: str, workouts: Sequence[Any]) -> None:
        self._account = account
        self._email = email
        self._workouts = workouts
        self._activities = ArchivedActivities(account, Activities(account, Form(account)))
        self._days = ArchivedDays(account)
        self._metrics = ArchivedMetrics(account)

    def write(self, stream: BinaryIO) -> Counter[str]:
        """Write it; how many days, nights, activities and uploaded files it holds."""
        counts: Counter[str] = Counter()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, content in self._whole():
                _add_json(archive, f"{TOP}/{name}", content)
            for name, rows in self._ranged():
                for first, last in self._ranges():
                    found = list(rows(first, last))
                    counts[name] += len(found)
                    if found:
                        _add_json(archive, f"{TOP}/{name.format(**self._names(first, last))}", found)
            counts["files"] = self._add_uploads(archive)
        return Counter(
            activities=len(self._account.sessions()),
            days=counts[_UDS],
            nights=counts[_SLEEP],
            files=counts["files"],
        )

    def _ranges(self) -> Iterator[tuple[date, date]]:
        first, last = self._account.athlete.first_day, self._account.today
        while first <= last:
            yield first, min(last, first + timedelta(days=_RANGE_DAYS - 1))
            first += timedelta(days=_RANGE_DAYS)

    def _names(self, first: date, last: date) -> dict[str, Any]:
        return {
            "profile": self._account.athlete.profile_id,
            "days": f"{first}_{last}",
            "digits": f"{first:%Y%m%d}_{last:%Y%m%d}",
        }

    def _whole(self) -> Iterator[tuple[str, Any]]:
        """The files that hold all of a kind."""
        athlete, activities = self._account.athlete, self._activities
        first, last = athlete.first_day, self._account.today
        fitness = f"DI-Connect-Fitness/{self._email}"
        yield f"{fitness}_0_summarizedActivities.json", activities.summarized()
        yield f"{fitness}_gear.json", activities.gear()
        yield f"{fitness}_personalRecord.json", activities.records()
        yield f"{fitness}_workout.json", list(self._workouts)
        yield f"DI-Connect-Device/{self._email}_devicesandcontent.json", activities.devices()
        wellness = f"DI-Connect-Wellness/{athlete.profile_id}"
        changes = [*self._days.weights(first, last), *self._metrics.thresholds(first, last)]
        yield f"{wellness}_userBioMetrics.json", changes
        yield f"{wellness}_fitnessAgeData.json", list(self._metrics.ages(first, last))
        yield (
            "DI-Connect-User/user_profile.json",
            {
                "profileId": athlete.profile_id,
                "displayName": athlete.display_name,
                "fullName": athlete.full_name,
                "emailAddress": self._email,
            },
        )

    def _ranged(self) -> Iterator[tuple[str, Rows]]:
        """The files that are cut into ranges of days."""
        days, metrics = self._days, self._metrics
        yield _UDS, days.summaries
        yield "DI-Connect-Aggregator/HydrationLogFile_{days}.json", days.drinks
        yield _SLEEP, days.nights
        yield "DI-Connect-Wellness/{days}_{profile}_healthStatusData.json", days.health
        yield "DI-Connect-Wellness/BloodPressureFile_{days}_{profile}.json", days.pressures
        for kind, rows in (
            ("TrainingReadinessDTO", metrics.readiness),
            ("MetricsAcuteTrainingLoad", metrics.loads),
            ("TrainingHistory", metrics.history),
            ("MetricsMaxMetData", metrics.oxygen),
            ("MetricsHeatAltitudeAcclimation", metrics.acclimation),
            ("EnduranceScore", metrics.endurance),
            ("HillScore", metrics.hills),
            ("RunRacePredictions", metrics.races),
        ):
            yield f"DI-Connect-Metrics/{kind}_{{digits}}_{{profile}}.json", rows

    # Uploaded files

    def _add_uploads(self, archive: zipfile.ZipFile) -> int:
        files = 0
        for part, batch in enumerate(batched(self._uploads(), _PART_FILES), 1):
            name = f"{TOP}/DI-Connect-Uploaded-Files/UploadedFiles_0-_Part{part}.zip"
            member = zipfile.ZipInfo(name, _TIME)
            with (
                archive.open(member, "w", force_zip64=True) as outer,
                zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as inner,
            ):
                for file, content in batch:
                    inner.writestr(_member(file), content)
                    files += 1
        return files

    def _uploads(self) -> Iterator[tuple[str, bytes]]:
        """Names and contents, in the order in which they came."""
        recorded = ((file.created, "fit", file.content) for file in Watch(self._account).files())
        elsewhere = ((session.starts, session.origin, content) for session, content in self._activities.uploads())
        ordered: Iterable[tuple[Any, str, bytes]] = merge(recorded, elsewhere, key=lambda upload: upload[0])
        for number, (_, kind, content) in zip(count(_FIRST_UPLOAD, 17), ordered, strict=False):
            yield f"{self._email}_{number}.{kind}", content


_UDS = "DI-Connect-Aggregator/UDSFile_{days}.json"
_SLEEP = "DI-Connect-Wellness/{days}_{profile}_sleepData.json"


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, _TIME)
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


def _add_json(archive: zipfile.ZipFile, name: str, content: Any) -> None:
    archive.writestr(_member(name), json.dumps(content, indent=1))
