"""A minimal TCX for an activity that was typed in by hand and has no recording."""

from __future__ import annotations

from datetime import datetime

_SPORTS = {"running": "Running", "cycling": "Biking"}


def summary_tcx(
    activity_type: str,
    start: datetime,
    duration_s: int,
    distance_m: float | None,
    calories_kcal: float | None,
) -> str:
    """One lap without a track: what the summary says and nothing else (TrainingCenterDatabase v2)."""
    sport = next((word for part, word in _SPORTS.items() if part in activity_type), "Other")
    moment = f"{start:%Y-%m-%dT%H:%M:%SZ}"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2">\n'
        f'  <Activities><Activity Sport="{sport}">\n'
        f"    <Id>{moment}</Id>\n"
        f'    <Lap StartTime="{moment}">\n'
        f"      <TotalTimeSeconds>{duration_s}</TotalTimeSeconds>\n"
        f"      <DistanceMeters>{distance_m or 0.0:.2f}</DistanceMeters>\n"
        f"      <Calories>{round(calories_kcal or 0)}</Calories>\n"
        "      <Intensity>Active</Intensity>\n"
        "      <TriggerMethod>Manual</TriggerMethod>\n"
        "    </Lap>\n"
        "  </Activity></Activities>\n"
        "</TrainingCenterDatabase>\n"
    )
