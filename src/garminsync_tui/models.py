"""The six entities and then the tables that support them: the whole schema, and nothing else defines it again.

Every rule stands in the database itself (not null, check, unique, foreign key), on SQLite and on PostgreSQL.
`metadata` is a reserved name on declarative classes: the column is `metadata`, the attribute is `extra`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, MetaData, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeEngine

from .columns import Bytes, Day, Document, Flag, Id, Instant, Real, Text, Whole, now
from .ids import new_id

PROVIDERS = ("garminconnect", "personal_api", "garth", "local")
FILE_TYPES = ("FIT", "GPX", "TCX")
JOB_TYPES = (
    "activity_sync",
    "health_metrics_sync",
    "workout_upload",
    "workout_sync",
    "file_import",
    "export",
    "reparse",
    "verify",
    "backup",
    "move",
)
JOB_STATUSES = ("pending", "in_progress", "completed", "failed")
COVERAGE_STATUSES = ("fetched", "empty", "failed", "stale")
DAY_SOURCES = ("garmin", "assumed")
RUNNER_KINDS = ("app", "daemon", "command")
EVENT_LEVELS = ("debug", "info", "note", "warning", "error")
FIGURE_SPORTS = ("running", "cycling", "swimming", "walking", "other")
LOAD_BASES = ("power", "pace", "swim", "heart_rate")
EFFORT_KINDS = ("distance", "power")
IMPORT_OUTCOMES = ("imported", "known", "skipped", "failed")
EFFORT_NOTES = ("downhill", "indoor", "suspect")
SPORTS = (
    "running",
    "cycling",
    "swimming",
    "walking",
    "hiking",
    "strength_training",
    "cardio_training",
    "yoga",
    "pilates",
    "hiit",
    "mobility",
    "rucking",
    "multi_sport",
    "other",
)
WORKOUT_DEFINITION_VERSIONS = (1,)


class Table(DeclarativeBase):
    """What all tables share: names of constraints, and which Python type is which column type."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own attribute
        UUID: Id(),
        datetime: Instant(),
        date: Day(),
        bool: Flag(),
        int: Whole,
        float: Real,
        str: Text(),
        bytes: Bytes,
        dict[str, Any]: Document(),
    }


# ── Rules ────────────────────────────────────────────────────────────────────────────────────────────


def _on(dialect: str, rule: str, name: str) -> CheckConstraint:
    return CheckConstraint(rule, name=name).ddl_if(dialect=dialect)


def _not_empty(*columns: str) -> tuple[CheckConstraint, ...]:
    return tuple(CheckConstraint(f"length(trim({column})) > 0", name=f"{column}_not_empty") for column in columns)


def _one_of(column: str, words: Sequence[str]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(word) for word in words)})", name=f"{column}_known")


def _finite(*columns: str) -> tuple[CheckConstraint, ...]:
    # NaN sorts above infinity on PostgreSQL and is NULL on SQLite, so both bounds refuse it.
    rules: list[CheckConstraint] = []
    for column in columns:
        rules.append(_on("sqlite", f"{column} > -9e999 AND {column} < 9e999", f"{column}_finite"))
        rules.append(_on("postgresql", f"{column} > '-Infinity' AND {column} < 'Infinity'", f"{column}_finite"))
    return tuple(rules)


def _not_negative(*columns: str) -> tuple[CheckConstraint, ...]:
    return tuple(CheckConstraint(f"{column} >= 0", name=f"{column}_not_negative") for column in columns)


def _ids(*columns: str) -> tuple[CheckConstraint, ...]:
    return tuple(_on("sqlite", f"length({column}) = 16", f"{column}_uuid") for column in columns)


def _flags(*columns: str) -> tuple[CheckConstraint, ...]:
    return tuple(_on("sqlite", f"{column} IN (0, 1)", f"{column}_flag") for column in columns)


def _documents(*columns: str) -> tuple[CheckConstraint, ...]:
    rules: list[CheckConstraint] = []
    for column in columns:
        # json_type() alone would raise on text that is no JSON; CASE keeps it a refusal.
        valid = f"{column} IS NULL OR CASE WHEN json_valid({column}) THEN json_type({column}) = 'object' ELSE 0 END"
        rules.append(_on("sqlite", valid, f"{column}_document"))
        rules.append(_on("postgresql", f"{column} IS NULL OR jsonb_typeof({column}) = 'object'", f"{column}_document"))
    return tuple(rules)


def _sealed(*columns: str) -> tuple[CheckConstraint, ...]:
    # The form that store/vault.py writes: version 1, key id, nonce, ciphertext, tag. Plain text does not fit.
    rules: list[CheckConstraint] = []
    for column in columns:
        rules.append(
            # hex(NULL) is '' on SQLite, not NULL: an empty column has to be let through by name.
            _on(
                "sqlite",
                f"{column} IS NULL OR length({column}) > 31 AND hex(substr({column}, 1, 1)) = '01'",
                f"{column}_sealed",
            )
        )
        rules.append(
            _on("postgresql", f"octet_length({column}) > 31 AND get_byte({column}, 0) = 1", f"{column}_sealed")
        )
    return tuple(rules)


def _created() -> Mapped[datetime]:
    return mapped_column(Instant(), server_default=now())


def _updated() -> Mapped[datetime]:
    return mapped_column(Instant(), server_default=now(), onupdate=now())


def _owner(table: str = "garmin_connect_accounts", *, key: bool = False) -> Mapped[UUID]:
    return mapped_column(Id(), ForeignKey(f"{table}.id"), primary_key=key)


def _document_column() -> Mapped[dict[str, Any] | None]:
    return mapped_column("metadata", Document())


# ── The entities ─────────────────────────────────────────────────────────────────────────────────────


class User(Table):
    """The single authenticated individual utilizing the service."""

    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    username: Mapped[str] = mapped_column(unique=True)
    #: Always an argon2id hash; of a discarded random secret for who wants no password.
    password_hash: Mapped[str]
    login_required: Mapped[bool] = mapped_column(server_default=sa.text("true"))
    created_at: Mapped[datetime] = _created()
    updated_at: Mapped[datetime] = _updated()

    __table_args__ = (
        *_ids("id"),
        *_not_empty("username"),
        CheckConstraint("password_hash LIKE '$argon2id$%'", name="password_hash_argon2id"),
        *_flags("login_required"),
        {"sqlite_strict": True},
    )


class GarminConnectAccount(Table):
    """The user's linked Garmin account, with its sealed credentials."""

    __tablename__ = "garmin_connect_accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = _owner("users")
    #: Garmin's profile id (`profileId`), which sign-in, API key and archive share.
    garmin_user_id: Mapped[str]
    #: Sealed: the access token.
    oauth_token: Mapped[bytes | None]
    #: Sealed: the credential without which a refresh is useless (the DI client id the token was issued to).
    oauth_token_secret: Mapped[bytes | None]
    #: Sealed: the rotating refresh token.
    refresh_token: Mapped[bytes | None]
    token_expires_at: Mapped[datetime | None]
    linked_at: Mapped[datetime] = _created()
    updated_at: Mapped[datetime] = _updated()
    provider: Mapped[str] = mapped_column(server_default="garminconnect")
    #: "https://garmin.com", "https://garmin.cn" or a simulator's URL: syncs go where the sign-in went.
    server: Mapped[str] = mapped_column(server_default="https://garmin.com")
    active: Mapped[bool] = mapped_column(server_default=sa.text("true"))
    #: Garmin's name for the profile in addresses.
    display_name: Mapped[str | None]
    #: IANA zone of the profile.
    time_zone: Mapped[str | None]
    sign_in_needed_since: Mapped[datetime | None]
    #: The newest sync of the watch whose days were fetched.
    watch_synced_at: Mapped[datetime | None]
    #: When entries made without a watch were last looked for.
    looked_deeper_at: Mapped[datetime | None]
    #: When the activity list was last read to its end.
    list_walked_at: Mapped[datetime | None]
    #: Who refreshes the token now, and until when nobody else tries.
    refresh_owner: Mapped[UUID | None]
    refresh_lease_until: Mapped[datetime | None]
    #: How many activities Garmin counted, and when: what does not follow from it was deleted or came from elsewhere.
    activities_counted: Mapped[int | None]
    activities_counted_at: Mapped[datetime | None]

    __table_args__ = (
        *_ids("id", "user_id", "refresh_owner"),
        *_not_empty("garmin_user_id", "server"),
        *_sealed("oauth_token", "oauth_token_secret", "refresh_token"),
        *_flags("active"),
        _one_of("provider", PROVIDERS),
        CheckConstraint(
            "NOT active OR (oauth_token IS NOT NULL AND oauth_token_secret IS NOT NULL)",
            name="active_has_tokens",
        ),
        UniqueConstraint("garmin_user_id", "server"),
        Index(
            "uq_garmin_connect_accounts_active",
            "user_id",
            unique=True,
            sqlite_where=sa.text("active"),
            postgresql_where=sa.text("active"),
        ),
        {"sqlite_strict": True},
    )


class Activity(Table):
    """A fitness activity obtained from Garmin Connect: raw data file and metadata."""

    __tablename__ = "activities"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    garmin_connect_account_id: Mapped[UUID] = _owner()
    garmin_activity_id: Mapped[str] = mapped_column(index=True)
    activity_type: Mapped[str]
    start_time: Mapped[datetime]
    #: Whole seconds, rounded half up.
    duration: Mapped[int]
    #: Metres.
    distance: Mapped[float | None]
    #: Kilocalories.
    calories: Mapped[float | None]
    file_type: Mapped[str]
    #: Below the file store's root.
    file_path: Mapped[str]
    extra: Mapped[dict[str, Any] | None] = _document_column()
    synced_at: Mapped[datetime] = _created()
    created_at: Mapped[datetime] = _created()
    name: Mapped[str | None]
    #: Local wall clock minus UTC at the start, seconds.
    utc_offset_s: Mapped[int | None]
    sha256: Mapped[bytes]
    size_bytes: Mapped[int]
    #: When Garmin's copy was seen to be gone; ours stays.
    remote_deleted_at: Mapped[datetime | None]

    __table_args__ = (
        *_ids("id", "garmin_connect_account_id"),
        *_not_empty("garmin_activity_id", "activity_type", "file_path"),
        *_not_negative("duration", "distance", "calories", "size_bytes"),
        *_finite("distance", "calories"),
        *_documents("metadata"),
        _one_of("file_type", FILE_TYPES),
        CheckConstraint("length(sha256) = 32", name="sha256_length"),
        CheckConstraint(
            "file_path NOT LIKE '/%' AND file_path NOT LIKE '%/' AND '/' || file_path || '/' NOT LIKE '%/../%'"
            r" AND replace(file_path, '\', '') = file_path",
            name="file_path_below_root",
        ),
        UniqueConstraint("garmin_connect_account_id", "garmin_activity_id"),
        Index(None, "garmin_connect_account_id", "start_time"),
        {"sqlite_strict": True},
    )


class HealthMetric(Table):
    """A data point: one health measurement synchronized from Garmin Connect."""

    __tablename__ = "health_metrics"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    garmin_connect_account_id: Mapped[UUID] = _owner()
    #: A name of the catalogue in metrics.py.
    metric_type: Mapped[str]
    #: The reading's instant; 00:00 UTC of its calendar date for a day's value.
    timestamp: Mapped[datetime]
    value: Mapped[float]
    unit: Mapped[str | None]
    extra: Mapped[dict[str, Any] | None] = _document_column()
    synced_at: Mapped[datetime] = _created()
    created_at: Mapped[datetime] = _created()

    __table_args__ = (
        *_ids("id", "garmin_connect_account_id"),
        *_not_empty("metric_type"),
        *_finite("value"),
        *_documents("metadata"),
        UniqueConstraint("garmin_connect_account_id", "metric_type", "timestamp", name="uq_health_metrics_reading"),
        {"sqlite_strict": True, "sqlite_with_rowid": False},
    )


class Workout(Table):
    """A structured training plan or session that can be uploaded to Garmin Connect."""

    __tablename__ = "workouts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = _owner("users")
    name: Mapped[str]
    description: Mapped[str | None]
    workout_definition: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = _created()
    updated_at: Mapped[datetime] = _updated()
    #: Set only after the read-back agreed.
    uploaded_to_garmin_at: Mapped[datetime | None]

    __table_args__ = (
        *_ids("id", "user_id"),
        *_not_empty("name"),
        _on(
            "sqlite",
            "CASE WHEN json_valid(workout_definition) AND json_type(workout_definition) = 'object' THEN"
            f" coalesce(json_extract(workout_definition, '$.version') IN ({WORKOUT_DEFINITION_VERSIONS[0]}), 0)"
            f" AND coalesce(json_extract(workout_definition, '$.sport') IN {SPORTS!r}, 0)"
            " AND coalesce(json_array_length(workout_definition, '$.steps') > 0, 0) ELSE 0 END",
            "workout_definition_schema",
        ),
        _on(
            "postgresql",
            "CASE WHEN jsonb_typeof(workout_definition) = 'object' THEN"
            f" coalesce(workout_definition -> 'version' IN ('{WORKOUT_DEFINITION_VERSIONS[0]}'::jsonb), false)"
            f" AND coalesce(workout_definition ->> 'sport' IN {SPORTS!r}, false)"
            " AND coalesce(jsonb_typeof(workout_definition -> 'steps') = 'array', false)"
            " AND coalesce(workout_definition -> 'steps' <> '[]'::jsonb, false) ELSE false END",
            "workout_definition_schema",
        ),
        {"sqlite_strict": True},
    )


class SyncJob(Table):
    """One synchronization operation: status, progress and errors. The table is the queue."""

    __tablename__ = "sync_jobs"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = _owner("users")
    job_type: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="pending")
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    progress: Mapped[float | None] = mapped_column(server_default=sa.text("0"))
    error_message: Mapped[str | None]
    extra: Mapped[dict[str, Any] | None] = _document_column()
    created_at: Mapped[datetime] = _created()
    updated_at: Mapped[datetime] = _updated()
    #: None for local work, which is outside the one-runner rule.
    garmin_connect_account_id: Mapped[UUID | None] = mapped_column(ForeignKey("garmin_connect_accounts.id"))
    #: Higher goes first.
    priority: Mapped[int] = mapped_column(server_default=sa.text("0"))
    #: Not before this moment.
    run_at: Mapped[datetime] = _created()
    paused_at: Mapped[datetime | None]
    cancel_requested: Mapped[bool] = mapped_column(server_default=sa.text("false"))
    #: The parameters that make two pending jobs the same request.
    dedupe_key: Mapped[str]
    schedule_id: Mapped[UUID | None] = mapped_column(ForeignKey("schedules.id", ondelete="SET NULL"))
    #: Which turn of its schedule this is.
    slot_utc: Mapped[str | None]
    # The lease
    owner: Mapped[UUID | None]
    #: Counts claims: a write that carries an older number is refused.
    fence: Mapped[int] = mapped_column(server_default=sa.text("0"))
    lease_until: Mapped[datetime | None]
    attempt: Mapped[int] = mapped_column(server_default=sa.text("0"))
    crash_count: Mapped[int] = mapped_column(server_default=sa.text("0"))
    #: Where the next run goes on.
    checkpoint: Mapped[dict[str, Any] | None]

    __table_args__ = (
        *_ids("id", "user_id", "garmin_connect_account_id", "schedule_id", "owner"),
        *_not_empty("dedupe_key"),
        _one_of("job_type", JOB_TYPES),
        _one_of("status", JOB_STATUSES),
        CheckConstraint("progress >= 0.0 AND progress <= 1.0", name="progress_range"),
        *_not_negative("fence", "attempt", "crash_count"),
        *_flags("cancel_requested"),
        *_documents("metadata", "checkpoint"),
        CheckConstraint(
            "status <> 'in_progress' OR (owner IS NOT NULL AND lease_until IS NOT NULL)",
            name="running_has_owner",
        ),
        # This index is the mutual exclusion: one running job an account, whatever the code above it believes.
        Index(
            "uq_sync_jobs_one_runner",
            "garmin_connect_account_id",
            unique=True,
            sqlite_where=sa.text("status = 'in_progress'"),
            postgresql_where=sa.text("status = 'in_progress'"),
        ),
        Index(
            "uq_sync_jobs_one_pending",
            "user_id",
            "job_type",
            "dedupe_key",
            unique=True,
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        ),
        UniqueConstraint("schedule_id", "slot_utc"),
        Index(None, "status", "run_at"),
        {"sqlite_strict": True},
    )


# ── Supporting tables ────────────────────────────────────────────────────────────────────────────────


class CalendarDay(Table):
    """Which instants belong to which local day: 23, 24 or 25 hours, or what a flight made of it."""

    __tablename__ = "days"

    garmin_connect_account_id: Mapped[UUID] = _owner(key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    #: Local wall clock minus UTC at the day's start, seconds.
    utc_offset_s: Mapped[int]
    #: "garmin" where Garmin told the bounds, "assumed" where the profile's zone did.
    source: Mapped[str]

    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="order"),
        _one_of("source", DAY_SOURCES),
        {"sqlite_strict": True, "sqlite_with_rowid": False},
    )


class Coverage(Table):
    """The ledger: what was fetched for which day (or activity) of which endpoint, and how it went."""

    __tablename__ = "coverage"

    garmin_connect_account_id: Mapped[UUID] = _owner(key=True)
    #: A name of the endpoint table.
    endpoint: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    #: Garmin's activity id where the endpoint is per activity, else empty.
    item: Mapped[str] = mapped_column(primary_key=True, server_default="")
    status: Mapped[str]
    #: Why it failed, in words.
    reason: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(server_default=sa.text("0"))
    next_try_at: Mapped[datetime | None]
    checked_at: Mapped[datetime] = _created()
    #: Where the day's values came from.
    source: Mapped[str] = mapped_column(server_default="api")
    #: First and last instant of the readings stored for it: what a new fetch of the same day replaces.
    first_at: Mapped[datetime | None]
    last_at: Mapped[datetime | None]

    __table_args__ = (
        *_not_empty("endpoint"),
        *_not_negative("attempts"),
        _one_of("status", COVERAGE_STATUSES),
        CheckConstraint("status <> 'failed' OR reason IS NOT NULL", name="failed_has_reason"),
        Index(None, "garmin_connect_account_id", "status"),
        {"sqlite_strict": True, "sqlite_with_rowid": False},
    )


class HealthDaily(Table):
    """A metric's day in one row, kept in the same transaction as its readings."""

    __tablename__ = "health_daily"

    garmin_connect_account_id: Mapped[UUID] = _owner(key=True)
    metric_type: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    minimum: Mapped[float]
    mean: Mapped[float]
    maximum: Mapped[float]
    n: Mapped[int]
    last: Mapped[float]

    __table_args__ = (
        CheckConstraint("n > 0", name="n_positive"),
        {"sqlite_strict": True, "sqlite_with_rowid": False},
    )


class HealthCount(Table):
    """How many readings of a metric its rollup has: adding that up over ten years takes too long to be asked for."""

    __tablename__ = "health_counts"

    garmin_connect_account_id: Mapped[UUID] = _owner(key=True)
    metric_type: Mapped[str] = mapped_column(primary_key=True)
    #: 0 where there were some once.
    n: Mapped[int]

    __table_args__ = (
        CheckConstraint("n >= 0", name="n_not_negative"),
        {"sqlite_strict": True, "sqlite_with_rowid": False},
    )


class RawResponse(Table):
    """What Garmin answered, compressed, so that a better parser need not ask again: the newest answer a request."""

    __tablename__ = "raw_responses"

    garmin_connect_account_id: Mapped[UUID] = mapped_column(
        Id(), ForeignKey("garmin_connect_accounts.id", ondelete="CASCADE"), primary_key=True
    )
    #: A name of the endpoint table.
    endpoint: Mapped[str] = mapped_column(primary_key=True)
    first_day: Mapped[date] = mapped_column(primary_key=True)
    last_day: Mapped[date] = mapped_column(primary_key=True)
    #: JSON through zlib. None where the answer was not to be kept: it still outdates older ones of its days.
    body: Mapped[bytes | None]
    #: Of the JSON.
    sha256: Mapped[bytes | None]
    #: Of the compressed body, so that a sum need not read bodies.
    size_bytes: Mapped[int]
    #: Of several answers for a day the newest holds.
    fetched_at: Mapped[datetime] = _created()

    __table_args__ = (
        *_ids("garmin_connect_account_id"),
        *_not_empty("endpoint"),
        CheckConstraint("last_day >= first_day", name="order"),
        CheckConstraint("length(sha256) = 32", name="sha256_length"),
        CheckConstraint("(body IS NULL) = (sha256 IS NULL)", name="body_has_sha256"),
        CheckConstraint("size_bytes = coalesce(length(body), 0)", name="size_bytes_of_body"),
        Index(None, "size_bytes"),
        {"sqlite_strict": True},
    )


class ActivityFile(Table):
    """An original's bytes, on PostgreSQL, so that every machine on it has them."""

    __tablename__ = "activity_files"

    sha256: Mapped[bytes] = mapped_column(primary_key=True)
    bytes: Mapped[bytes]
    created_at: Mapped[datetime] = _created()

    __table_args__ = (CheckConstraint("length(sha256) = 32", name="sha256_length"), {"sqlite_strict": True})


class ActivityFigures(Table):
    """What was computed from an activity's file: one row an activity, so that totals and load never open files."""

    __tablename__ = "activity_figures"

    activity_id: Mapped[UUID] = mapped_column(Id(), ForeignKey("activities.id", ondelete="CASCADE"), primary_key=True)
    #: Of the calculation: rows of an older one are computed again.
    version: Mapped[int]
    #: The file that was read.
    sha256: Mapped[bytes]
    sport: Mapped[str]
    #: The local calendar day on which it started.
    day: Mapped[date]
    #: Numbers of the file alone, each with its unit in its name.
    figures: Mapped[dict[str, Any]]
    #: Training stress by the best basis there is; None where none is honest.
    load: Mapped[float | None]
    load_basis: Mapped[str | None]
    #: Thresholds from which the load came: where they differ from what is known now, it is derived again.
    athlete: Mapped[dict[str, Any] | None]
    #: Why its file could not be read.
    problem: Mapped[str | None]
    computed_at: Mapped[datetime] = _created()

    __table_args__ = (
        *_ids("activity_id"),
        *_not_negative("version", "load"),
        *_finite("load"),
        *_documents("figures", "athlete"),
        _one_of("sport", FIGURE_SPORTS),
        _one_of("load_basis", LOAD_BASES),
        CheckConstraint("length(sha256) = 32", name="sha256_length"),
        CheckConstraint("(load IS NULL) = (load_basis IS NULL)", name="load_has_basis"),
        Index(None, "day"),
        {"sqlite_strict": True},
    )


class ActivityBest(Table):
    """An activity's best effort over one distance or time. Records are the smallest or largest of these."""

    __tablename__ = "activity_bests"

    activity_id: Mapped[UUID] = mapped_column(Id(), ForeignKey("activities.id", ondelete="CASCADE"), primary_key=True)
    #: "distance": `span` metres took `value` seconds; "power": `span` seconds had `value` watts on average.
    kind: Mapped[str] = mapped_column(primary_key=True)
    span: Mapped[float] = mapped_column(primary_key=True)
    value: Mapped[float]
    sport: Mapped[str]
    starts_at: Mapped[datetime]
    #: Why it stands apart from the records.
    note: Mapped[str | None]

    __table_args__ = (
        *_ids("activity_id"),
        CheckConstraint("span > 0", name="span_positive"),
        CheckConstraint("value > 0", name="value_positive"),
        *_finite("span", "value"),
        _one_of("kind", EFFORT_KINDS),
        _one_of("sport", FIGURE_SPORTS),
        _one_of("note", EFFORT_NOTES),
        Index(None, "sport", "kind", "span", "value"),
        {"sqlite_strict": True, "sqlite_with_rowid": False},
    )


class ImportedFile(Table):
    """What became of a file that was imported, so that none is read twice, wherever it was moved to meanwhile."""

    __tablename__ = "imported_files"

    user_id: Mapped[UUID] = mapped_column(Id(), ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    #: Of its place, size and time of change.
    fingerprint: Mapped[bytes] = mapped_column(primary_key=True)
    #: Of its content; None where that could not be read, or was not as a whole.
    sha256: Mapped[bytes | None]
    outcome: Mapped[str]
    #: Why it was skipped or failed, or what is wrong with what was imported.
    reason: Mapped[str | None]
    #: Of the readers: what older ones had no use for is read again.
    version: Mapped[int]
    #: Whose measurements it brought: with them goes the memory of it.
    garmin_connect_account_id: Mapped[UUID | None] = mapped_column(
        Id(), ForeignKey("garmin_connect_accounts.id", ondelete="CASCADE")
    )
    #: Which activity it brought, likewise.
    activity_id: Mapped[UUID | None] = mapped_column(Id(), ForeignKey("activities.id", ondelete="CASCADE"))
    #: Of the job that read it: that one, interrupted, counts it as its own when it goes on.
    job_id: Mapped[UUID]
    imported_at: Mapped[datetime] = _created()

    __table_args__ = (
        *_ids("user_id", "garmin_connect_account_id", "activity_id", "job_id"),
        *_not_negative("version"),
        _one_of("outcome", IMPORT_OUTCOMES),
        CheckConstraint("length(fingerprint) = 32", name="fingerprint_length"),
        CheckConstraint("length(sha256) = 32", name="sha256_length"),
        Index(None, "sha256"),
        Index(None, "garmin_connect_account_id"),
        Index(None, "activity_id"),
        {"sqlite_strict": True, "sqlite_with_rowid": False},
    )


class WorkoutRemote(Table):
    """A workout as it is at Garmin, and what both sides agreed on last: what has changed since, and where."""

    __tablename__ = "workout_remotes"

    garmin_connect_account_id: Mapped[UUID] = _owner(key=True)
    garmin_workout_id: Mapped[str] = mapped_column(primary_key=True)
    #: None where it was deleted here alone.
    workout_id: Mapped[UUID | None] = mapped_column(Id(), ForeignKey("workouts.id", ondelete="SET NULL"))
    #: Garmin's document and our definition when they last agreed.
    base_document: Mapped[dict[str, Any]]
    base_definition: Mapped[dict[str, Any]]
    #: Garmin's document where it was changed there and nobody has decided yet.
    theirs: Mapped[dict[str, Any] | None]
    #: What Garmin made of the last push, where that is not what was pushed.
    problem: Mapped[str | None]
    #: When Garmin says it was changed last, in Garmin's words.
    garmin_updated: Mapped[str | None]
    #: Garmin's number of each entry of the calendar → its day.
    schedule: Mapped[dict[str, Any] | None]
    #: When it and its days were last looked at.
    seen_at: Mapped[datetime] = _created()
    #: When it was found to be no longer at Garmin.
    gone_at: Mapped[datetime | None]

    __table_args__ = (
        *_ids("garmin_connect_account_id", "workout_id"),
        *_not_empty("garmin_workout_id"),
        *_documents("base_document", "base_definition", "theirs", "schedule"),
        UniqueConstraint("garmin_connect_account_id", "workout_id"),
        {"sqlite_strict": True},
    )


class Schedule(Table):
    """What creates jobs, and how often."""

    __tablename__ = "schedules"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    garmin_connect_account_id: Mapped[UUID] = _owner()
    job_type: Mapped[str]
    every_s: Mapped[int]
    enabled: Mapped[bool] = mapped_column(server_default=sa.text("true"))
    created_at: Mapped[datetime] = _created()
    updated_at: Mapped[datetime] = _updated()
    #: Once a day instead, at this time ("06:30") by the clocks of `time_zone`.
    daily_at: Mapped[str | None]
    time_zone: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("every_s >= 60", name="every_s_range"),
        _one_of("job_type", JOB_TYPES),
        *_flags("enabled"),
        UniqueConstraint("garmin_connect_account_id", "job_type"),
        {"sqlite_strict": True},
    )


class JobEvent(Table):
    """A line of a job's log; only the newest lines of each job are kept."""

    __tablename__ = "job_events"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    job_id: Mapped[UUID] = mapped_column(ForeignKey("sync_jobs.id", ondelete="CASCADE"))
    at: Mapped[datetime] = _created()
    level: Mapped[str]
    text: Mapped[str]

    __table_args__ = (
        _one_of("level", EVENT_LEVELS),
        Index(None, "job_id", "id"),
        {"sqlite_strict": True, "sqlite_with_rowid": False},
    )


class RunnerRow(Table):
    """A process that runs jobs. Its lock file tells others on the same host whether it lives."""

    __tablename__ = "runners"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    host: Mapped[str]
    pid: Mapped[int]
    kind: Mapped[str]
    version: Mapped[str]
    lock_path: Mapped[str]
    started_at: Mapped[datetime] = _created()
    heartbeat_at: Mapped[datetime] = _created()

    __table_args__ = (_one_of("kind", RUNNER_KINDS), {"sqlite_strict": True})


class RequestBudget(Table):
    """How fast something may be asked, and until when not at all: obeyed after a restart, by every process."""

    __tablename__ = "request_budget"

    #: "data <server>", "sign-in <server>" or "password <id of the local user>".
    scope: Mapped[str] = mapped_column(primary_key=True)
    #: Requests that may go out at once, at `counted_at`; below zero where a sign-in took some in advance.
    tokens: Mapped[float]
    #: What refusals have slowed it down to; 0 where it is as fast as the settings allow.
    rate_per_s: Mapped[float]
    counted_at: Mapped[datetime]
    wait_until: Mapped[datetime | None]
    #: Refusals (429) in a row.
    refusals: Mapped[int] = mapped_column(server_default=sa.text("0"))
    #: Good answers since the rate last changed.
    answers: Mapped[int] = mapped_column(server_default=sa.text("0"))
    #: Pages of the gate before the server in a row; until a good answer one request at a time tries.
    blocks: Mapped[int] = mapped_column(server_default=sa.text("0"))
    #: Until when the request that tries may take for its answer.
    trial_until: Mapped[datetime | None]
    #: By how much this machine's clock was ahead of the server's when that was last looked at.
    clock_ahead_s: Mapped[float | None]

    __table_args__ = ({"sqlite_strict": True},)


class SealingKey(Table):
    """A data key, wrapped by the key-encryption key that lies outside the database."""

    __tablename__ = "key_ring"

    key_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    wrapped_key: Mapped[bytes]
    source: Mapped[str]
    created_at: Mapped[datetime] = _created()

    __table_args__ = ({"sqlite_strict": True},)


#: The entities of the data model, in its order.
ENTITIES: tuple[type[Table], ...] = (User, GarminConnectAccount, Activity, HealthMetric, Workout, SyncJob)


def column_types() -> dict[str, TypeEngine[Any]]:
    """Every column's type by "table.column", for code that writes rows past the ORM."""
    return {f"{t.name}.{c.name}": c.type for t in Table.metadata.tables.values() for c in t.columns}
