-- The first schema. Each statement ends with a semicolon at the end of its line.

CREATE TABLE activity_files (
    sha256 BYTEA NOT NULL,
    bytes BYTEA NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_activity_files PRIMARY KEY (sha256),
    CONSTRAINT ck_activity_files_sha256_length CHECK (length(sha256) = 32)
);

CREATE TABLE key_ring (
    key_id BIGINT NOT NULL,
    wrapped_key BYTEA NOT NULL,
    source TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_key_ring PRIMARY KEY (key_id)
);

CREATE TABLE request_budget (
    scope TEXT NOT NULL,
    tokens DOUBLE PRECISION NOT NULL,
    rate_per_s DOUBLE PRECISION NOT NULL,
    counted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    wait_until TIMESTAMP WITH TIME ZONE,
    refusals BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT pk_request_budget PRIMARY KEY (scope)
);

CREATE TABLE runners (
    id UUID NOT NULL,
    host TEXT NOT NULL,
    pid BIGINT NOT NULL,
    kind TEXT NOT NULL,
    version TEXT NOT NULL,
    lock_path TEXT NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    heartbeat_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_runners PRIMARY KEY (id),
    CONSTRAINT ck_runners_kind_known CHECK (kind IN ('app', 'daemon', 'command'))
);

CREATE TABLE users (
    id UUID NOT NULL,
    username TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    login_required BOOLEAN DEFAULT true NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_users PRIMARY KEY (id),
    CONSTRAINT ck_users_username_not_empty CHECK (length(trim(username)) > 0),
    CONSTRAINT ck_users_password_hash_argon2id CHECK (password_hash LIKE '$argon2id$%'),
    CONSTRAINT uq_users_username UNIQUE (username)
);

CREATE TABLE garmin_connect_accounts (
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    garmin_user_id TEXT NOT NULL,
    oauth_token BYTEA,
    oauth_token_secret BYTEA,
    refresh_token BYTEA,
    token_expires_at TIMESTAMP WITH TIME ZONE,
    linked_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    provider TEXT DEFAULT 'garminconnect' NOT NULL,
    server TEXT DEFAULT 'https://garmin.com' NOT NULL,
    active BOOLEAN DEFAULT true NOT NULL,
    display_name TEXT,
    time_zone TEXT,
    sign_in_needed_since TIMESTAMP WITH TIME ZONE,
    watch_synced_at TIMESTAMP WITH TIME ZONE,
    looked_deeper_at TIMESTAMP WITH TIME ZONE,
    list_walked_at TIMESTAMP WITH TIME ZONE,
    refresh_owner UUID,
    refresh_lease_until TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_garmin_connect_accounts PRIMARY KEY (id),
    CONSTRAINT ck_garmin_connect_accounts_garmin_user_id_not_empty CHECK (length(trim(garmin_user_id)) > 0),
    CONSTRAINT ck_garmin_connect_accounts_server_not_empty CHECK (length(trim(server)) > 0),
    CONSTRAINT ck_garmin_connect_accounts_oauth_token_sealed CHECK (octet_length(oauth_token) > 31 AND get_byte(oauth_token, 0) = 1),
    CONSTRAINT ck_garmin_connect_accounts_oauth_token_secret_sealed CHECK (octet_length(oauth_token_secret) > 31 AND get_byte(oauth_token_secret, 0) = 1),
    CONSTRAINT ck_garmin_connect_accounts_refresh_token_sealed CHECK (octet_length(refresh_token) > 31 AND get_byte(refresh_token, 0) = 1),
    CONSTRAINT ck_garmin_connect_accounts_provider_known CHECK (provider IN ('garminconnect', 'personal_api', 'garth', 'local')),
    CONSTRAINT ck_garmin_connect_accounts_active_has_tokens CHECK (NOT active OR (oauth_token IS NOT NULL AND oauth_token_secret IS NOT NULL)),
    CONSTRAINT uq_garmin_connect_accounts_garmin_user_id_server UNIQUE (garmin_user_id, server),
    CONSTRAINT fk_garmin_connect_accounts_user_id FOREIGN KEY(user_id) REFERENCES users (id)
);

CREATE UNIQUE INDEX uq_garmin_connect_accounts_active ON garmin_connect_accounts (user_id) WHERE active;

CREATE TABLE workouts (
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    workout_definition JSONB NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    uploaded_to_garmin_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_workouts PRIMARY KEY (id),
    CONSTRAINT ck_workouts_name_not_empty CHECK (length(trim(name)) > 0),
    CONSTRAINT ck_workouts_workout_definition_schema CHECK (CASE WHEN jsonb_typeof(workout_definition) = 'object' THEN coalesce(workout_definition -> 'version' IN ('1'::jsonb), false) AND coalesce(workout_definition ->> 'sport' IN ('running', 'cycling', 'swimming', 'walking', 'hiking', 'strength_training', 'cardio_training', 'yoga', 'pilates', 'hiit', 'mobility', 'multi_sport', 'other'), false) AND coalesce(jsonb_typeof(workout_definition -> 'steps') = 'array', false) AND coalesce(workout_definition -> 'steps' <> '[]'::jsonb, false) ELSE false END),
    CONSTRAINT fk_workouts_user_id FOREIGN KEY(user_id) REFERENCES users (id)
);

CREATE TABLE activities (
    id UUID NOT NULL,
    garmin_connect_account_id UUID NOT NULL,
    garmin_activity_id TEXT NOT NULL,
    activity_type TEXT NOT NULL,
    start_time TIMESTAMP WITH TIME ZONE NOT NULL,
    duration BIGINT NOT NULL,
    distance DOUBLE PRECISION,
    calories DOUBLE PRECISION,
    file_type TEXT NOT NULL,
    file_path TEXT NOT NULL,
    metadata JSONB,
    synced_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    name TEXT,
    utc_offset_s BIGINT,
    sha256 BYTEA NOT NULL,
    size_bytes BIGINT NOT NULL,
    remote_deleted_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_activities PRIMARY KEY (id),
    CONSTRAINT ck_activities_garmin_activity_id_not_empty CHECK (length(trim(garmin_activity_id)) > 0),
    CONSTRAINT ck_activities_activity_type_not_empty CHECK (length(trim(activity_type)) > 0),
    CONSTRAINT ck_activities_file_path_not_empty CHECK (length(trim(file_path)) > 0),
    CONSTRAINT ck_activities_duration_not_negative CHECK (duration >= 0),
    CONSTRAINT ck_activities_distance_not_negative CHECK (distance >= 0),
    CONSTRAINT ck_activities_calories_not_negative CHECK (calories >= 0),
    CONSTRAINT ck_activities_size_bytes_not_negative CHECK (size_bytes >= 0),
    CONSTRAINT ck_activities_distance_finite CHECK (distance > '-Infinity' AND distance < 'Infinity'),
    CONSTRAINT ck_activities_calories_finite CHECK (calories > '-Infinity' AND calories < 'Infinity'),
    CONSTRAINT ck_activities_metadata_document CHECK (metadata IS NULL OR jsonb_typeof(metadata) = 'object'),
    CONSTRAINT ck_activities_file_type_known CHECK (file_type IN ('FIT', 'GPX', 'TCX')),
    CONSTRAINT ck_activities_sha256_length CHECK (length(sha256) = 32),
    CONSTRAINT ck_activities_file_path_below_root CHECK (file_path NOT LIKE '/%' AND file_path NOT LIKE '%/' AND '/' || file_path || '/' NOT LIKE '%/../%' AND replace(file_path, '\', '') = file_path),
    CONSTRAINT uq_activities_garmin_connect_account_id_garmin_activity_id UNIQUE (garmin_connect_account_id, garmin_activity_id),
    CONSTRAINT fk_activities_garmin_connect_account_id FOREIGN KEY(garmin_connect_account_id) REFERENCES garmin_connect_accounts (id)
);

CREATE INDEX ix_activities_garmin_activity_id ON activities (garmin_activity_id);

CREATE INDEX ix_activities_garmin_connect_account_id_start_time ON activities (garmin_connect_account_id, start_time);

CREATE TABLE coverage (
    garmin_connect_account_id UUID NOT NULL,
    endpoint TEXT NOT NULL,
    day DATE NOT NULL,
    item TEXT DEFAULT '' NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    attempts BIGINT DEFAULT 0 NOT NULL,
    next_try_at TIMESTAMP WITH TIME ZONE,
    checked_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    source TEXT DEFAULT 'api' NOT NULL,
    first_at TIMESTAMP WITH TIME ZONE,
    last_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_coverage PRIMARY KEY (garmin_connect_account_id, endpoint, day, item),
    CONSTRAINT ck_coverage_endpoint_not_empty CHECK (length(trim(endpoint)) > 0),
    CONSTRAINT ck_coverage_attempts_not_negative CHECK (attempts >= 0),
    CONSTRAINT ck_coverage_status_known CHECK (status IN ('fetched', 'empty', 'failed', 'stale')),
    CONSTRAINT ck_coverage_failed_has_reason CHECK (status <> 'failed' OR reason IS NOT NULL),
    CONSTRAINT fk_coverage_garmin_connect_account_id FOREIGN KEY(garmin_connect_account_id) REFERENCES garmin_connect_accounts (id)
);

CREATE INDEX ix_coverage_garmin_connect_account_id_status ON coverage (garmin_connect_account_id, status);

CREATE TABLE days (
    garmin_connect_account_id UUID NOT NULL,
    day DATE NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    utc_offset_s BIGINT NOT NULL,
    source TEXT NOT NULL,
    CONSTRAINT pk_days PRIMARY KEY (garmin_connect_account_id, day),
    CONSTRAINT ck_days_order CHECK (ends_at > starts_at),
    CONSTRAINT ck_days_source_known CHECK (source IN ('garmin', 'assumed')),
    CONSTRAINT fk_days_garmin_connect_account_id FOREIGN KEY(garmin_connect_account_id) REFERENCES garmin_connect_accounts (id)
);

CREATE TABLE health_daily (
    garmin_connect_account_id UUID NOT NULL,
    metric_type TEXT NOT NULL,
    day DATE NOT NULL,
    minimum DOUBLE PRECISION NOT NULL,
    mean DOUBLE PRECISION NOT NULL,
    maximum DOUBLE PRECISION NOT NULL,
    n BIGINT NOT NULL,
    last DOUBLE PRECISION NOT NULL,
    CONSTRAINT pk_health_daily PRIMARY KEY (garmin_connect_account_id, metric_type, day),
    CONSTRAINT ck_health_daily_n_positive CHECK (n > 0),
    CONSTRAINT fk_health_daily_garmin_connect_account_id FOREIGN KEY(garmin_connect_account_id) REFERENCES garmin_connect_accounts (id)
);

CREATE TABLE health_metrics (
    id UUID NOT NULL,
    garmin_connect_account_id UUID NOT NULL,
    metric_type TEXT NOT NULL,
    timestamp TIMESTAMP WITH TIME ZONE NOT NULL,
    value DOUBLE PRECISION NOT NULL,
    unit TEXT,
    metadata JSONB,
    synced_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_health_metrics PRIMARY KEY (id),
    CONSTRAINT ck_health_metrics_metric_type_not_empty CHECK (length(trim(metric_type)) > 0),
    CONSTRAINT ck_health_metrics_value_finite CHECK (value > '-Infinity' AND value < 'Infinity'),
    CONSTRAINT ck_health_metrics_metadata_document CHECK (metadata IS NULL OR jsonb_typeof(metadata) = 'object'),
    CONSTRAINT uq_health_metrics_reading UNIQUE (garmin_connect_account_id, metric_type, timestamp),
    CONSTRAINT fk_health_metrics_garmin_connect_account_id FOREIGN KEY(garmin_connect_account_id) REFERENCES garmin_connect_accounts (id)
);

CREATE TABLE schedules (
    id UUID NOT NULL,
    garmin_connect_account_id UUID NOT NULL,
    job_type TEXT NOT NULL,
    every_s BIGINT NOT NULL,
    enabled BOOLEAN DEFAULT true NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_schedules PRIMARY KEY (id),
    CONSTRAINT ck_schedules_every_s_range CHECK (every_s >= 60),
    CONSTRAINT ck_schedules_job_type_known CHECK (job_type IN ('activity_sync', 'health_metrics_sync', 'workout_upload', 'workout_sync', 'file_import', 'export', 'reparse', 'verify', 'backup', 'move')),
    CONSTRAINT uq_schedules_garmin_connect_account_id_job_type UNIQUE (garmin_connect_account_id, job_type),
    CONSTRAINT fk_schedules_garmin_connect_account_id FOREIGN KEY(garmin_connect_account_id) REFERENCES garmin_connect_accounts (id)
);

CREATE TABLE sync_jobs (
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    job_type TEXT NOT NULL,
    status TEXT DEFAULT 'pending' NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE,
    completed_at TIMESTAMP WITH TIME ZONE,
    progress DOUBLE PRECISION DEFAULT 0,
    error_message TEXT,
    metadata JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    garmin_connect_account_id UUID,
    priority BIGINT DEFAULT 0 NOT NULL,
    run_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    paused_at TIMESTAMP WITH TIME ZONE,
    cancel_requested BOOLEAN DEFAULT false NOT NULL,
    dedupe_key TEXT NOT NULL,
    schedule_id UUID,
    slot_utc TEXT,
    owner UUID,
    fence BIGINT DEFAULT 0 NOT NULL,
    lease_until TIMESTAMP WITH TIME ZONE,
    attempt BIGINT DEFAULT 0 NOT NULL,
    crash_count BIGINT DEFAULT 0 NOT NULL,
    checkpoint JSONB,
    CONSTRAINT pk_sync_jobs PRIMARY KEY (id),
    CONSTRAINT ck_sync_jobs_dedupe_key_not_empty CHECK (length(trim(dedupe_key)) > 0),
    CONSTRAINT ck_sync_jobs_job_type_known CHECK (job_type IN ('activity_sync', 'health_metrics_sync', 'workout_upload', 'workout_sync', 'file_import', 'export', 'reparse', 'verify', 'backup', 'move')),
    CONSTRAINT ck_sync_jobs_status_known CHECK (status IN ('pending', 'in_progress', 'completed', 'failed')),
    CONSTRAINT ck_sync_jobs_progress_range CHECK (progress >= 0.0 AND progress <= 1.0),
    CONSTRAINT ck_sync_jobs_fence_not_negative CHECK (fence >= 0),
    CONSTRAINT ck_sync_jobs_attempt_not_negative CHECK (attempt >= 0),
    CONSTRAINT ck_sync_jobs_crash_count_not_negative CHECK (crash_count >= 0),
    CONSTRAINT ck_sync_jobs_metadata_document CHECK (metadata IS NULL OR jsonb_typeof(metadata) = 'object'),
    CONSTRAINT ck_sync_jobs_checkpoint_document CHECK (checkpoint IS NULL OR jsonb_typeof(checkpoint) = 'object'),
    CONSTRAINT ck_sync_jobs_running_has_owner CHECK (status <> 'in_progress' OR (owner IS NOT NULL AND lease_until IS NOT NULL)),
    CONSTRAINT uq_sync_jobs_schedule_id_slot_utc UNIQUE (schedule_id, slot_utc),
    CONSTRAINT fk_sync_jobs_user_id FOREIGN KEY(user_id) REFERENCES users (id),
    CONSTRAINT fk_sync_jobs_garmin_connect_account_id FOREIGN KEY(garmin_connect_account_id) REFERENCES garmin_connect_accounts (id),
    CONSTRAINT fk_sync_jobs_schedule_id FOREIGN KEY(schedule_id) REFERENCES schedules (id) ON DELETE SET NULL
);

CREATE INDEX ix_sync_jobs_status_run_at ON sync_jobs (status, run_at);

CREATE UNIQUE INDEX uq_sync_jobs_one_pending ON sync_jobs (user_id, job_type, dedupe_key) WHERE status = 'pending';

CREATE UNIQUE INDEX uq_sync_jobs_one_runner ON sync_jobs (garmin_connect_account_id) WHERE status = 'in_progress';

CREATE TABLE job_events (
    id UUID NOT NULL,
    job_id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    level TEXT NOT NULL,
    text TEXT NOT NULL,
    CONSTRAINT pk_job_events PRIMARY KEY (id),
    CONSTRAINT ck_job_events_level_known CHECK (level IN ('debug', 'info', 'note', 'warning', 'error')),
    CONSTRAINT fk_job_events_job_id FOREIGN KEY(job_id) REFERENCES sync_jobs (id) ON DELETE CASCADE
);

CREATE INDEX ix_job_events_job_id_id ON job_events (job_id, id);

CREATE VIEW users_readable AS SELECT
    id::text AS id,
    username,
    login_required,
    to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS created_at,
    to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS updated_at
FROM users;

CREATE VIEW garmin_connect_accounts_readable AS SELECT
    id::text AS id,
    user_id::text AS user_id,
    garmin_user_id,
    to_char(token_expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS token_expires_at,
    to_char(linked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS linked_at,
    to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS updated_at,
    provider,
    server,
    active,
    display_name,
    time_zone,
    to_char(sign_in_needed_since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS sign_in_needed_since,
    to_char(watch_synced_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS watch_synced_at,
    to_char(looked_deeper_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS looked_deeper_at,
    to_char(list_walked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS list_walked_at,
    refresh_owner::text AS refresh_owner,
    to_char(refresh_lease_until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS refresh_lease_until
FROM garmin_connect_accounts;

CREATE VIEW activities_readable AS SELECT
    id::text AS id,
    garmin_connect_account_id::text AS garmin_connect_account_id,
    garmin_activity_id,
    activity_type,
    to_char(start_time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS start_time,
    duration,
    distance,
    calories,
    file_type,
    file_path,
    metadata,
    to_char(synced_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS synced_at,
    to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS created_at,
    name,
    utc_offset_s,
    encode(sha256, 'hex') AS sha256,
    size_bytes,
    to_char(remote_deleted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS remote_deleted_at
FROM activities;

CREATE VIEW health_metrics_readable AS SELECT
    id::text AS id,
    garmin_connect_account_id::text AS garmin_connect_account_id,
    metric_type,
    to_char(timestamp AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS timestamp,
    value,
    unit,
    metadata,
    to_char(synced_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS synced_at,
    to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS created_at
FROM health_metrics;

CREATE VIEW workouts_readable AS SELECT
    id::text AS id,
    user_id::text AS user_id,
    name,
    description,
    workout_definition,
    to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS created_at,
    to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS updated_at,
    to_char(uploaded_to_garmin_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS uploaded_to_garmin_at
FROM workouts;

CREATE VIEW sync_jobs_readable AS SELECT
    id::text AS id,
    user_id::text AS user_id,
    job_type,
    status,
    to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS started_at,
    to_char(completed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS completed_at,
    progress,
    error_message,
    metadata,
    to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS created_at,
    to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS updated_at,
    garmin_connect_account_id::text AS garmin_connect_account_id,
    priority,
    to_char(run_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS run_at,
    to_char(paused_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS paused_at,
    cancel_requested,
    dedupe_key,
    schedule_id::text AS schedule_id,
    slot_utc,
    owner::text AS owner,
    fence,
    to_char(lease_until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS lease_until,
    attempt,
    crash_count,
    checkpoint
FROM sync_jobs;

CREATE VIEW days_readable AS SELECT
    garmin_connect_account_id::text AS garmin_connect_account_id,
    day,
    to_char(starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS starts_at,
    to_char(ends_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS ends_at,
    utc_offset_s,
    source
FROM days;

CREATE VIEW coverage_readable AS SELECT
    garmin_connect_account_id::text AS garmin_connect_account_id,
    endpoint,
    day,
    item,
    status,
    reason,
    attempts,
    to_char(next_try_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS next_try_at,
    to_char(checked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS checked_at,
    source,
    to_char(first_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS first_at,
    to_char(last_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS last_at
FROM coverage;

CREATE VIEW health_daily_readable AS SELECT
    garmin_connect_account_id::text AS garmin_connect_account_id,
    metric_type,
    day,
    minimum,
    mean,
    maximum,
    n,
    last
FROM health_daily;

CREATE VIEW activity_files_readable AS SELECT
    encode(sha256, 'hex') AS sha256,
    to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS created_at
FROM activity_files;

CREATE VIEW schedules_readable AS SELECT
    id::text AS id,
    garmin_connect_account_id::text AS garmin_connect_account_id,
    job_type,
    every_s,
    enabled,
    to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS created_at,
    to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS updated_at
FROM schedules;

CREATE VIEW job_events_readable AS SELECT
    id::text AS id,
    job_id::text AS job_id,
    to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at,
    level,
    text
FROM job_events;

CREATE VIEW runners_readable AS SELECT
    id::text AS id,
    host,
    pid,
    kind,
    version,
    lock_path,
    to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS started_at,
    to_char(heartbeat_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS heartbeat_at
FROM runners;

CREATE VIEW request_budget_readable AS SELECT
    scope,
    tokens,
    rate_per_s,
    to_char(counted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS counted_at,
    to_char(wait_until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS wait_until,
    refusals
FROM request_budget;

CREATE VIEW key_ring_readable AS SELECT
    key_id,
    source,
    to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS created_at
FROM key_ring;
