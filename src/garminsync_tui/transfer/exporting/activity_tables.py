"""Accounts, activities, and what was computed of them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

from ...models import ActivityBest, ActivityFigures, GarminConnectAccount
from ...store import listed
from ...store.database import Database
from ..activity_files import summary
from .made_of import ACCOUNT, ACTIVITY, From, every, id_, is_, of_account, of_activities, table
from .shape import Chosen, Column, Kind

_ACCOUNTS = table(
    "accounts",
    "The Garmin accounts, linked now or before. No token, no password.",
    [
        of_account("id"),
        is_("garmin_user_id", Kind.TEXT, "Garmin's profile id"),
        is_("display_name", Kind.TEXT, "Garmin's name for the profile"),
        is_("provider", Kind.TEXT, "how it was linked"),
        is_("server", Kind.TEXT, "where it is"),
        is_("time_zone", Kind.TEXT, "IANA zone of the profile"),
        is_("active", Kind.FLAG, "whether syncs go to it"),
        is_("linked_at", Kind.INSTANT, "when it was linked first"),
    ],
    every(GarminConnectAccount, GarminConnectAccount.id),
)


def _summed(name: str, kind: Kind, about: str, unit: str | None = None) -> From:
    return From(Column(name, kind, about, unit), lambda row: row[1][name])


async def _activities(database: Database, chosen: Chosen) -> AsyncGenerator[list[Any]]:
    async for page in listed.activities(database, chosen.of_activities):
        yield [(activity, summary(activity)) for activity in page]


_ACTIVITIES = table(
    "activities",
    "One row an activity, oldest first.",
    [
        From(ACTIVITY, lambda row: str(row[0].id)),
        From(ACCOUNT, lambda row: str(row[0].garmin_connect_account_id)),
        _summed("garmin_activity_id", Kind.TEXT, "Garmin's id; sha256:… of a file that Garmin does not have"),
        _summed("name", Kind.TEXT, "as at Garmin"),
        _summed("activity_type", Kind.TEXT, "Garmin's word, like trail_running"),
        _summed("start_time", Kind.INSTANT, "when it began"),
        _summed("utc_offset_s", Kind.INTEGER, "local wall clock minus UTC at the start", "s"),
        _summed("duration_s", Kind.INTEGER, "timer time, without pauses", "s"),
        _summed("distance_m", Kind.REAL, "distance", "m"),
        _summed("calories_kcal", Kind.REAL, "energy", "kcal"),
        _summed("avg_heart_rate_bpm", Kind.REAL, "mean heart rate, by Garmin", "bpm"),
        _summed("max_heart_rate_bpm", Kind.REAL, "highest heart rate, by Garmin", "bpm"),
        _summed("ascent_m", Kind.REAL, "climbed, by Garmin", "m"),
        _summed("file_type", Kind.TEXT, "what the original is: FIT, GPX or TCX"),
        _summed("file_origin", Kind.TEXT, "original, export or synthesized"),
        _summed("file_path", Kind.TEXT, "where the original lies below files/ of the installation"),
        _summed("size_bytes", Kind.INTEGER, "of the original", "B"),
        _summed("sha256", Kind.TEXT, "of the original, hexadecimal"),
        _summed("synced_at", Kind.INSTANT, "when it was written last"),
        _summed("remote_deleted_at", Kind.INSTANT, "when it was found to be deleted at Garmin"),
        From(Column("metadata", Kind.DOCUMENT, "what else Garmin says of it"), lambda row: row[0].extra),
    ],
    _activities,
)


def _figure(name: str, about: str, unit: str | None = None) -> From:
    return From(Column(name, Kind.REAL, about, unit), lambda row: _number(row.figures.get(name)))


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


_FIGURES = table(
    "figures",
    "What was computed from each activity's file, one row an activity; `activities show ID --explain` says how.",
    [
        id_("activity_id", ACTIVITY.about, "activity_id"),
        is_("sport", Kind.TEXT, "as which sport it was computed"),
        is_("day", Kind.DAY, "local day of the start"),
        is_("load", Kind.REAL, "training stress; 100 is an hour at threshold", "points"),
        is_("load_basis", Kind.TEXT, "from what: power, pace, swim or heart_rate"),
        _figure("timer_s", "timer time", "s"),
        _figure("elapsed_s", "from the first point to the last", "s"),
        _figure("moving_s", "time in motion", "s"),
        _figure("avg_heart_rate_bpm", "mean heart rate", "bpm"),
        _figure("max_heart_rate_bpm", "highest heart rate", "bpm"),
        _figure("avg_speed_mps", "mean speed", "m/s"),
        _figure("max_speed_mps", "highest speed", "m/s"),
        _figure("avg_graded_speed_mps", "mean speed as on the flat", "m/s"),
        _figure("normalized_speed_mps", "normalized graded speed", "m/s"),
        _figure("running_cadence_spm", "steps a minute", "spm"),
        _figure("avg_power_w", "mean power", "W"),
        _figure("normalized_power_w", "normalized power", "W"),
        _figure("variability", "normalized power by mean power"),
        _figure("work_kj", "work", "kJ"),
        _figure("power_efficiency", "normalized power by heart rate"),
        _figure("power_decoupling_percent", "power against heart rate, second half to first", "%"),
        _figure("speed_efficiency", "metres a minute by heart rate"),
        _figure("speed_decoupling_percent", "speed against heart rate, second half to first", "%"),
        _figure("ascent_m", "climbed", "m"),
        _figure("descent_m", "descended", "m"),
        is_("problem", Kind.TEXT, "why the file could not be read"),
        is_("version", Kind.INTEGER, "of the calculation"),
        is_("figures", Kind.DOCUMENT, "all of it, histograms of heart rate among it"),
    ],
    of_activities(ActivityFigures),
)

_BESTS = table(
    "bests",
    "Best efforts of each activity: the least time for a distance, the most power for a time.",
    [
        id_("activity_id", ACTIVITY.about, "activity_id"),
        is_("sport", Kind.TEXT, "as which sport it was computed"),
        is_("kind", Kind.TEXT, "distance or power"),
        From(
            Column("distance_m", Kind.REAL, "the distance; empty for power", "m"),
            lambda row: row.span if row.kind == "distance" else None,
        ),
        From(
            Column("time_s", Kind.REAL, "how long it took, or how long the power was held", "s"),
            lambda row: row.value if row.kind == "distance" else row.span,
        ),
        From(
            Column("power_w", Kind.REAL, "mean power; empty for a distance", "W"),
            lambda row: row.value if row.kind == "power" else None,
        ),
        is_("starts_at", Kind.INSTANT, "where in the recording it begins"),
        is_("note", Kind.TEXT, "why it stands apart from records: downhill, indoor or suspect"),
    ],
    of_activities(ActivityBest, ActivityBest.kind, ActivityBest.span),
)

ACTIVITY_TABLES = (_ACCOUNTS, _ACTIVITIES, _FIGURES, _BESTS)
