"""The tables of an export: what each column is, and where its rows come from.

Names carry the unit where all rows of a column have the same; `account_id` and `activity_id` are ours and join tables.
"""

from __future__ import annotations

from ...models import Workout, WorkoutRemote
from .activity_tables import ACTIVITY_TABLES
from .health_tables import HEALTH_TABLES
from .made_of import From, every, id_, is_, of_account, table
from .shape import Column, Kind, Table

_WORKOUTS = table(
    "workouts",
    "Workouts as they are written here; `garminsync workouts schema` describes a definition.",
    [
        id_("workout_id", "ours", "id"),
        is_("name", Kind.TEXT, "its name"),
        is_("description", Kind.TEXT, "what its author says of it"),
        From(Column("sport", Kind.TEXT, "its sport"), lambda row: row.workout_definition.get("sport")),
        is_("definition", Kind.DOCUMENT, "its steps", of="workout_definition"),
        is_("created_at", Kind.INSTANT, "when it was written"),
        is_("updated_at", Kind.INSTANT, "when it was changed last"),
        is_("uploaded_to_garmin_at", Kind.INSTANT, "when Garmin had it last as it was written"),
    ],
    every(Workout, Workout.id),
)
_PLANNED = table(
    "workouts_at_garmin",
    "Which workout is which at Garmin, and for which days it is planned there.",
    [
        of_account(),
        is_("garmin_workout_id", Kind.TEXT, "Garmin's id"),
        id_("workout_id", "ours: a row of workouts; empty where it was deleted here", "workout_id"),
        is_("schedule", Kind.DOCUMENT, "Garmin's number of each entry of the calendar, with its day"),
        is_("problem", Kind.TEXT, "what Garmin made of the last push, where that is something else"),
        is_("seen_at", Kind.INSTANT, "when it was looked at last"),
        is_("gone_at", Kind.INSTANT, "when it was found to be no longer at Garmin"),
    ],
    every(WorkoutRemote, WorkoutRemote.garmin_connect_account_id, WorkoutRemote.garmin_workout_id),
)

TABLES: dict[str, Table] = {each.name: each for each in (*ACTIVITY_TABLES, *HEALTH_TABLES, _WORKOUTS, _PLANNED)}
