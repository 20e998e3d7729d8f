"""An activity in words: what a list or a headline says of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from .. import text, units
from .widgets.window_table import Column

if TYPE_CHECKING:
    from ..models import Activity
    from ..store.activity_lists import Listing

#: The columns of the list.
COLUMNS = (
    Column("Date", "date", 11),
    Column("Type", "type", 9),
    Column("Name", "name", 12, takes_rest=True),
    Column("Dist", "dist", 8, is_number=True),
    Column("Time", "time", 7, is_number=True),
    Column("Pace", "", 9, is_number=True),
    Column("HR", "", 3, is_number=True),
    Column("Load", "", 4, is_number=True),
    Column("Climb", "", 7, is_number=True),
    Column("kcal", "kcal", 5, is_number=True, spare=8),
)
_TYPES = {
    "running": "Run",
    "trail_running": "Trail run",
    "cycling": "Bike",
    "lap_swimming": "Swim",
    "open_water_swimming": "Swim",
    "strength_training": "Gym",
    "hiking": "Hike",
    "walking": "Walk",
}
_NAME_COLUMNS = 30
_TYPE_COLUMNS = 8
_WIDEST_TYPE = 9
_BESIDE_NAME = 8 + 10 + 9 + 9 + 2  # day, sport, distance, time and the gaps between them
_ABSURD = 1e12


def kind(activity: Activity) -> str:
    """The sport in one or two words."""
    name = activity.activity_type
    return _TYPES.get(name) or text.clean(name.replace("_", " ").capitalize(), 16)


def title(activity: Activity) -> str:
    """Its name, or its sport where it has none."""
    return text.clean(activity.name or "") or kind(activity)


def local_start(activity: Activity) -> datetime:
    """When it began, by the clock where it happened."""
    return activity.start_time + timedelta(seconds=activity.utc_offset_s or 0)


def detail(activity: Activity, key: str) -> float | None:
    """One of the numbers that Garmin's summary holds beside the columns."""
    value = (activity.extra or {}).get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _ABSURD:
        return None
    return float(value)


def row(listing: Listing, system: units.Units, today_year: int) -> tuple[str, ...]:
    """The cells of the list, in the order of `COLUMNS`."""
    activity = listing.activity
    start = local_start(activity)
    beats = detail(activity, "averageHR")
    return (
        f"{start:%a %d %b}" if start.year == today_year else f"{start:%d %b %Y}",
        text.fit(kind(activity), _WIDEST_TYPE),
        title(activity),
        units.distance(activity.distance, system),
        units.duration(activity.duration),
        units.pace(activity.distance, activity.duration, activity.activity_type, system),
        units.number(beats),
        units.number(listing.load),
        units.elevation(detail(activity, "elevationGain"), system),
        units.number(activity.calories),
    )


def row_for_today(activity: Activity, system: units.Units, room: int) -> tuple[str, ...]:
    """The cells of the short list: day, sport, name (in what `room` columns leave), distance, time, pace, heart."""
    beats = detail(activity, "averageHR")
    sport = _TYPE_COLUMNS if room >= _BESIDE_NAME + _NAME_COLUMNS // 3 else _TYPE_COLUMNS // 2
    return (
        f"{local_start(activity):%a %d}",
        text.fit(kind(activity), sport),
        text.fit(title(activity), min(max(room - _BESIDE_NAME, _NAME_COLUMNS // 3), _NAME_COLUMNS)),
        units.distance(activity.distance, system),
        units.duration(activity.duration),
        units.pace(activity.distance, activity.duration, activity.activity_type, system),
        f"{units.number(beats)}♥" if beats else "",
    )


def facts(activity: Activity, system: units.Units) -> list[tuple[str, str]]:
    """What the database knows of an activity, in pairs of words; what is missing is left out."""
    beats, highest = detail(activity, "averageHR"), detail(activity, "maxHR")
    is_pace = units.is_pace(activity.activity_type)
    found = [
        ("Start", f"{local_start(activity):%a %d %b %Y %H:%M}"),
        ("Type", kind(activity)),
        ("Distance", units.distance(activity.distance, system, 2)),
        ("Time", units.duration(activity.duration)),
        (
            "Pace" if is_pace else "Speed",
            units.pace(activity.distance, activity.duration, activity.activity_type, system),
        ),
        ("Heart rate", f"{units.heart_rate(beats)}{f', at most {units.number(highest)}' if highest else ''}"),
        ("Power", units.power(detail(activity, "avgPower"))),
        ("Climb", units.elevation(detail(activity, "elevationGain"), system)),
        ("Energy", units.calories(activity.calories)),
        ("File", f"{activity.file_type}, {units.size(activity.size_bytes)}"),
    ]
    if activity.remote_deleted_at:
        found.append(("At Garmin", "gone; kept here"))
    return [(label, words) for label, words in found if not words.startswith(units.MISSING)]
