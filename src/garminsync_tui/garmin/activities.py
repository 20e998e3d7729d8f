"""The activity list into rows, the paths of an activity's files, and the cheap "is anything new?".

The list's shape is recorded: fields that do not apply are absent, times are "YYYY-MM-DD HH:MM:SS" in UTC and
on the wall clock.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from .shapes import instant_ms, number, sequence, storable_text, unreadable

LIST = "/activitylist-service/activities/search/activities"
COUNT = "/activitylist-service/activities/count"
SYNC_TIME = "/wellness-service/wellness/syncTimestamp"
#: Rows of the first page when only news are looked for.
NEWS_PAGE_SIZE = 20

_ID = re.compile(r"[0-9]{1,20}")
_TYPE_KEY = re.compile(r"[a-z0-9_]{1,64}")
_FIELD = re.compile(r"[A-Za-z0-9_]{1,64}")
#: Whose it is, who may see it, pictures: nothing of the activity itself. The rest has a column of its own.
_LEFT_OUT = re.compile(
    r"owner.*|user.*|privacy|.*[iI]mage.*|hasVideo|hasHeatMap|activityId|activityName|activityType|"
    r"startTimeGMT|startTimeLocal|beginTimestamp|duration|distance|calories"
)
_LONGEST_S = 10 * 366 * 86_400
_FARTHEST_M = 1e8
_MOST_KCAL = 1e6
_WIDEST_OFFSET_S = 15 * 3600
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """One row of the list: duration in whole seconds (half up), distance in metres, calories in kcal."""

    garmin_activity_id: str
    name: str | None
    activity_type: str
    start_time: datetime
    utc_offset_s: int | None
    duration: int
    distance: float | None
    calories: float | None
    #: What else the row says, without nulls and without what is about the owner.
    extra: dict[str, Any]
    #: False for an activity typed in by hand, None where the row does not say.
    has_original: bool | None


def parse_activities(body: Any) -> tuple[list[ActivityRow], list[str]]:
    """The rows of one page and, for each row that cannot be read, a sentence that names it.

    An empty page is the end of the list. Raises UnexpectedAnswer for a body that is no list.
    """
    rows: list[ActivityRow] = []
    problems: list[str] = []
    for place, item in enumerate(sequence(body, "activities", "the body"), start=1):
        row = _row(item)
        if isinstance(row, ActivityRow):
            rows.append(row)
        else:
            problems.append(f"Row {place} of the activity list {row}.")
    return rows, problems


def parse_count(body: Any) -> int:
    """How many activities there are. Raises UnexpectedAnswer where the body does not say."""
    count = number(body.get("totalCount") if isinstance(body, dict) else body)
    if count is None or count < 0 or count != int(count):
        raise unreadable("the number of activities", "there is no totalCount")
    return int(count)


def parse_sync_time(body: Any) -> datetime | None:
    """When a watch last gave its measurements, in UTC; None where the answer does not say.

    Modelled: an ISO text, the same in quotes once more, or an object that holds one.
    """
    if isinstance(body, dict):
        parts = (part for part in body.values() if not isinstance(part, dict))
        return next((found for part in parts if (found := parse_sync_time(part))), None)
    moment = instant_ms(body.strip('" \n') if isinstance(body, str) else body)
    return _utc(moment)


def original_path(garmin_activity_id: str) -> str:
    """Where the file as it was uploaded is, in a ZIP. Raises ValueError for what is no id."""
    return f"/download-service/files/activity/{_checked(garmin_activity_id)}"


def export_path(garmin_activity_id: str, kind: Literal["tcx", "gpx"]) -> str:
    """Where Garmin's own conversion is. Raises ValueError for what is no id."""
    return f"/download-service/export/{kind}/activity/{_checked(garmin_activity_id)}"


def _checked(garmin_activity_id: str) -> str:
    if not _ID.fullmatch(garmin_activity_id):
        raise ValueError("not an activity's id at Garmin")
    return garmin_activity_id


def _row(item: Any) -> ActivityRow | str:
    """The row, or what is wrong with it."""
    if not isinstance(item, dict):
        return "is no object"
    known_as = item.get("activityId")
    garmin_activity_id = str(known_as) if isinstance(known_as, int | str) else ""
    if isinstance(known_as, bool) or not _ID.fullmatch(garmin_activity_id):
        return "has no id"
    start_time = _utc(instant_ms(item.get("startTimeGMT"))) or _utc(instant_ms(item.get("beginTimestamp")))
    if start_time is None:
        return f"(activity {garmin_activity_id}) has no start time"
    name = item.get("activityName")
    by_hand = item.get("manualActivity")
    return ActivityRow(
        garmin_activity_id=garmin_activity_id,
        name=storable_text(name) or None if isinstance(name, str) else None,
        activity_type=_type(item.get("activityType")),
        start_time=start_time,
        utc_offset_s=_offset_s(item.get("startTimeLocal"), start_time),
        duration=_whole_seconds(item),
        distance=_amount(item.get("distance"), _FARTHEST_M),
        calories=_amount(item.get("calories"), _MOST_KCAL),
        extra=_rest(item),
        has_original=not by_hand if isinstance(by_hand, bool) else None,
    )


def _utc(milliseconds: int | None) -> datetime | None:
    try:
        moment = datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds is not None else None
    except (ValueError, OverflowError, OSError):
        return None
    # Before 1980 there was no GPS to tell the time, and a file's "no time" lies there.
    return moment if moment and 1980 <= moment.year < 2200 else None


def _type(found: Any) -> str:
    key = found.get("typeKey") if isinstance(found, dict) else found
    return key if isinstance(key, str) and _TYPE_KEY.fullmatch(key) else "other"


def _offset_s(local: Any, start_time: datetime) -> int | None:
    wall_ms = instant_ms(local)
    if wall_ms is None:
        return None
    offset_s = round(wall_ms / 1000 - start_time.timestamp())
    return offset_s if abs(offset_s) <= _WIDEST_OFFSET_S else None


def _whole_seconds(item: Mapping[str, Any]) -> int:
    """The duration, else the elapsed time, else 0: the file knows better, and the row must not be lost."""
    for key in ("duration", "elapsedDuration"):
        seconds = number(item.get(key))
        if seconds is not None and 0 <= seconds <= _LONGEST_S:
            return math.floor(seconds + 0.5)
    return 0


def _amount(value: Any, most: float) -> float | None:
    amount = number(value)
    return amount if amount is not None and 0 <= amount <= most else None


def _rest(item: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in item.items() if not _LEFT_OUT.fullmatch(key)}
    rest = _storable(kept, _DEEPEST)
    return rest if isinstance(rest, dict) else {}


def _storable(value: Any, depth: int) -> Any:
    """What both databases take as JSON: no null or empty parts, no NaN, no lone surrogate, not deep."""
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value if abs(value) < 2**63 and number(value) is not None else None
    if depth == 0 or value is None:
        return None
    if isinstance(value, dict):
        parts = ((key, _storable(part, depth - 1)) for key, part in value.items() if _FIELD.fullmatch(key))
        return {key: part for key, part in parts if part is not None} or None
    return [part for each in value if (part := _storable(each, depth - 1)) is not None] or None
