"""A small account archive by hand: the shapes that public importers tell of, apart from the code that reads them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from .samples import START, zipped

PROFILE = 70_000_001


def ms(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000


def summary(activity_id: int, start: datetime = START, *, seconds: float = 60, **more: Any) -> dict[str, Any]:
    """One activity as the archive sums it up: ms, cm, tenths of m/s, steps of one leg."""
    return {
        "activityId": activity_id,
        "name": f"Run {activity_id}",
        "activityType": "running",
        "sportType": "RUNNING",
        "userProfileId": PROFILE,
        "beginTimestamp": ms(start),
        "startTimeGmt": float(ms(start)),
        "startTimeLocal": float(ms(start + timedelta(hours=1))),
        "duration": seconds * 1000.0,
        "elapsedDuration": seconds * 1000.0,
        "distance": 20_012.5,
        "elevationGain": 1_200.0,
        "avgSpeed": 0.3335,
        "avgHr": 140.0,
        "avgRunCadence": 84.0,
        "calories": 10.0,
        "hrTimeInZone_2": 30_000.0,
        "deviceId": 3_900_000_001,
        "splits": [],
        **more,
    }


def summaries(*rows: dict[str, Any], wrappers: int = 1) -> bytes:
    each = [rows[place::wrappers] for place in range(wrappers)]
    return json.dumps([{"summarizedActivitiesExport": list(part)} for part in each]).encode()


def archive(rows: tuple[dict[str, Any], ...], uploads: dict[str, bytes], top: str = "DI_CONNECT") -> bytes:
    """The ZIP of ZIPs."""
    return zipped(
        {
            f"{top}/DI-Connect-Fitness/me@example.com_0_summarizedActivities.json": summaries(*rows),
            f"{top}/DI-Connect-User/customer.json": b"{}",
            f"{top}/DI-Connect-Uploaded-Files/UploadedFiles_0-_Part1.zip": zipped(
                {f"me@example.com_{number}.{name}": content for number, (name, content) in enumerate(uploads.items())}
            ),
        }
    )
