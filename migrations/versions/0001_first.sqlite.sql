-- The first schema. Each statement ends with a semicolon at the end of its line.

CREATE TABLE activity_files (
    sha256 BLOB NOT NULL,
    bytes BLOB NOT NULL,
    created_at INTEGER DEFAULT (CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)) NOT NULL,
    CONSTRAINT pk_activity_files PRIMARY KEY (sha256),
    CONSTRAINT ck_activity_files_sha256_length CHECK (length(sha256) = 32)
)
 STRICT;

CREATE TABLE key_ring (
    key_id INTEGER NOT NULL,
    wrapped_key BLOB NOT NULL,
    source TEXT NOT NULL,
    created_at INTEGER DEFAULT (CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)) NOT NULL,
    CONSTRAINT pk_key_ring PRIMARY KEY (key_id)
)
 STRICT;

CREATE TABLE request_budget (
    scope TEXT NOT NULL,
    tokens REAL NOT NULL,
    rate_per_s REAL NOT NULL,
    counted_at INTEGER NOT NULL,
    wait_until INTEGER,
    refusals INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_request_budget PRIMARY KEY (scope)
)
 STRICT;

CREATE TABLE runners (
    id BLOB NOT NULL,
    host TEXT NOT NULL,
    pid INTEGER NOT NULL,
    kind TEXT NOT NULL,
    version TEXT NOT NULL,
    lock_path TEXT NOT NULL,
    started_at INTEGER DEFAULT (CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)) NOT NULL,
    heartbeat_at INTEGER DEFAULT (CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)) NOT NULL,
    CONSTRAINT pk_runners PRIMARY KEY (id),
    CONSTRAINT ck_runners_kind_known CHECK (kind IN ('app', 'daemon', 'command'))
)
 STRICT;

CREATE TABLE users (
    id BLOB NOT NULL,
    username TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    login_required INTEGER DEFAULT true NOT NULL,
    created_at INTEGER DEFAULT (CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)) NOT NULL,
    updated_at INTEGER DEFAULT (CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)) NOT NULL,
    CONSTRAINT pk_users PRIMARY KEY (id),
    CONSTRAINT ck_users_id_uuid CHECK (length(id) = 16),
    CONSTRAINT ck_users_username_not_empty CHECK (length(trim(username)) > 0),
    CONSTRAINT ck_users_password_hash_argon2id CHECK (password_hash LIKE '$argon2id$%'),
    CONSTRAINT ck_users_login_required_flag CHECK (login_required IN (0, 1)),
    CONSTRAINT uq_users_username UNIQUE (username)
)
 STRICT;

CREATE TABLE garmin_connect_accounts (
    id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    garmin_user_id TEXT NOT NULL,
    oauth_token BLOB,
    oauth_token_secret BLOB,
    refresh_token BLOB,
    token_expires_at INTEGER,
    linked_at INTEGER DEFAULT (CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)) NOT NULL,
    updated_at INTEGER DEFAULT (CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)) NOT NULL,
    provider TEXT DEFAULT 'garminconnect' NOT NULL,
    server TEXT DEFAULT 'https://garmin.com' NOT NULL,
    active INTEGER DEFAULT true NOT NULL,
    display_name TEXT,
    time_zone TEXT,
    sign_in_needed_since INTEGER,
    watch_synced_at INTEGER,
    looked_deeper_at INTEGER,
    list_walked_at INTEGER,
    refresh_owner BLOB,
    refresh_lease_until INTEGER,
    CONSTRAINT pk_garmin_connect_accounts PRIMARY KEY (id),
    CONSTRAINT ck_garmin_connect_accounts_id_uuid CHECK (length(id) = 16),
    CONSTRAINT ck_garmin_connect_accounts_user_id_uuid CHECK (length(user_id) = 16),
    CONSTRAINT ck_garmin_connect_accounts_refresh_owner_uuid CHECK (length(refresh_owner) = 16),
    CONSTRAINT ck_garmin_connect_accounts_garmin_user_id_not_empty CHECK (length(trim(garmin_user_id)) > 0),
    CONSTRAINT ck_garmin_connect_accounts_server_not_empty CHECK (length(trim(server)) > 0),
    CONSTRAINT ck_garmin_connect_accounts_oauth_token_sealed CHECK (oauth_token IS NULL OR length(oauth_token) > 31 AND hex(substr(oauth_token, 1, 1)) = '01'),
    CONSTRAINT ck_garmin_connect_accounts_oauth_token_secret_sealed CHECK (oauth_token_secret IS NULL OR length(oauth_token_secret) > 31 AND hex(substr(oauth_token_secret, 1, 1)) = '01'),
    CONSTRAINT ck_garmin_connect_accounts_refresh_token_sealed CHECK (refresh_token IS NULL OR length(refresh_token) > 31 AND hex(substr(refresh_token, 1, 1)) = '01'),
    CONSTRAINT ck_garmin_connect_accounts_active_flag CHECK (active IN (0, 1)),
    CONSTRAINT ck_garmin_connect_accounts_provider_known CHECK (provider IN ('garminconnect', 'personal_api', 'garth', 'local')),
    CONSTRAINT ck_garmin_connect_accounts_active_has_tokens CHECK (NOT active OR (oauth_token IS NOT NULL AND oauth_token_secret IS NOT NULL)),
    CONSTRAINT uq_garmin_connect_accounts_garmin_user_id_server UNIQUE (garmin_user_id, server),
    CONSTRAINT fk_garmin_connect_accounts_user_id FOREIGN KEY(user_id) REFERENCES users (id)
)
 STRICT;

CREATE UNIQUE INDEX uq_garmin_connect_accounts_active ON garmin_connect_accounts (user_id) WHERE active;

CREATE TABLE workouts (
    id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    workout_definition TEXT NOT NULL,
    created_at INTEGER DEFAULT (CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)) NOT NULL,
    updated_at INTEGER DEFAULT (CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)) NOT NULL,
    uploaded_to_garmin_at INTEGER,
    CONSTRAINT pk_workouts PRIMARY KEY (id),
    CONSTRAINT ck_workouts_id_uuid CHECK (length(id) = 16),
    CONSTRAINT ck_workouts_user_id_uuid CHECK (length(user_id) = 16),
    CONSTRAINT ck_workouts_name_not_empty CHECK (length(trim(name)) > 0),
    CONSTRAINT ck_workouts_workout_definition_schema CHECK (CASE WHEN json_valid(workout_definition) AND json_type(workout_definition) = 'object' THEN coalesce(json_extract(workout_definition, '$.version') IN (1), 0) AND coalesce(json_extract(workout_definition, '$.sport') IN ('running', 'cycling', 'swimming', 'walking', 'hiking', 'strength_training', 'cardio_training', 'yoga', 'pilates', 'hiit', 'mobility', 'multi_sport', 'other'), 0) AND coalesce(json_array_length(workout_definition, '$.steps') > 0, 0) ELSE 0 END),
    CONSTRAINT fk_workouts_user_id FOREIGN KEY(user_id) REFERENCES users (id)
)
 STRICT;

CREATE TABLE activities (
    id BLOB NOT NULL,
    garmin_connect_account_id BLOB NOT NULL,
    garmin_activity_id TEXT NOT NULL,
    activity_type TEXT NOT NULL,
    start_time INTEGER NOT NULL,
    duration INTEGER NOT NULL,
    distance REAL,
    calories REAL,
    file_type TEXT NOT NULL,
    file_path TEXT NOT NULL,
    metadata TEXT,
    synced_at INTEGER DEFAULT (CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)) NOT NULL,
    created_at INTEGER DEFAULT (CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)) NOT NULL,
    name TEXT,
    utc_offset_s INTEGER,
    sha256 BLOB NOT NULL,
    size_bytes INTEGER NOT NULL,
    remote_deleted_at INTEGER,
    CONSTRAINT pk_activities PRIMARY KEY (id),
    CONSTRAINT ck_activities_id_uuid CHECK (length(id) = 16),
    CONSTRAINT ck_activities_garmin_connect_account_id_uuid CHECK (length(garmin_connect_account_id) = 16),
    CONSTRAINT ck_activities_garmin_activity_id_not_empty CHECK (length(trim(garmin_activity_id)) > 0),
    CONSTRAINT ck_activities_activity_type_not_empty CHECK (length(trim(activity_type)) > 0),
    CONSTRAINT ck_activities_file_path_not_empty CHECK (length(trim(file_path)) > 0),
    CONSTRAINT ck_activities_duration_not_negative CHECK (duration >= 0),
    CONSTRAINT ck_activities_distance_not_negative CHECK (distance >= 0),
    CONSTRAINT ck_activities_calories_not_negative CHECK (calories >= 0),
    CONSTRAINT ck_activities_size_bytes_not_negative CHECK (size_bytes >= 0),
    CONSTRAINT ck_activities_distance_finite CHECK (distance > -9e999 AND distance < 9e999),
    CONSTRAINT ck_activities_calories_finite CHECK (calories > -9e999 AND calories < 9e999),
    CONSTRAINT ck_activities_metadata_document CHECK (metadata IS NULL OR CASE WHEN json_valid(metadata) THEN json_type(metadata) = 'object' ELSE 0 END),
    CONSTRAINT ck_activities_file_type_known CHECK (file_type IN ('FIT', 'GPX', 'TCX')),
    CONSTRAINT ck_activities_sha256_length CHECK (length(sha256) = 32),
    CONSTRAINT ck_activities_file_path_below_root CHECK (file_path NOT LIKE '/%' AND file_path NOT LIKE '%/' AND '/' || file_path || '/' NOT LIKE '%/../%' AND replace(file_path, '\', '') = file_path),
    CONSTRAINT uq_activities_garmin_connect_account_id_garmin_activity_id UNIQUE (garmin_connect_account_id, garmin_activity_id),
    CONSTRAINT fk_activities_garmin_connect_account_id FOREIGN KEY(garmin_connect_account_id) REFERENCES garmin_connect_accounts (id)
)
 STRICT;

CREATE INDEX ix_activities_garmin_activity_id ON activities (garmin_activity_id);

CREATE INDEX ix_activities_garmin_connect_account_id_start_time ON activities (garmin_connect_account_id, start_time);

CREATE TABLE coverage (
    garmin_connect_account_id BLOB NOT NULL,
    endpoint TEXT NOT NULL,
    day TEXT NOT NULL,
    item TEXT DEFAULT '' NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    attempts INTEGER DEFAULT 0 NOT NULL,
    next_try_at INTEGER,
    checked_at INTEGER DEFAULT (CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)) NOT NULL,
    source TEXT DEFAULT 'api' NOT NULL,
    first_at INTEGER,
    last_at INTEGER,
    CONSTRAINT pk_coverage PRIMARY KEY (garmin_connect_account_id, endpoint, day, item),
    CONSTRAINT ck_coverage_endpoint_not_empty CHECK (length(trim(endpoint)) > 0),
    CONSTRAINT ck_coverage_attempts_not_negative CHECK (attempts >= 0),
    CONSTRAINT ck_coverage_status_known CHECK (status IN ('fetched', 'empty', 'failed', 'stale')),
    CONSTRAINT ck_coverage_failed_has_reason CHECK (status <> 'failed' OR reason IS NOT NULL),
    CONSTRAINT fk_coverage_garmin_connect_account_id FOREIGN KEY(garmin_connect_account_id) REFERENCES garmin_connect_accounts (id)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX ix_coverage_garmin_connect_account_id_status ON coverage (garmin_connect_account_id, status);

CREATE TABLE days (
    garmin_connect_account_id BLOB NOT NULL,
    day TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    utc_offset_s INTEGER NOT NULL,
    source TEXT NOT NULL,
    CONSTRAINT pk_days PRIMARY KEY (garmin_connect_account_id, day),
    CONSTRAINT ck_days_order CHECK (ends_at > starts_at),
    CONSTRAINT ck_days_source_known CHECK (source IN ('garmin', 'assumed')),
    CONSTRAINT fk_days_garmin_connect_account_id FOREIGN KEY(garmin_connect_account_id) REFERENCES garmin_connect_accounts (id)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE health_daily (
    garmin_connect_account_id BLOB NOT NULL,
    metric_type TEXT NOT NULL,
    day TEXT NOT NULL,
    minimum REAL NOT NULL,
    mean REAL NOT NULL,
    maximum REAL NOT NULL,
    n INTEGER NOT NULL,
    last REAL NOT NULL,
    CONSTRAINT pk_health_daily PRIMARY KEY (garmin_connect_account_id, metric_type, day),
    CONSTRAINT ck_health_daily_n_positive CHECK (n > 0),
    CONSTRAINT fk_health_daily_garmin_connect_account_id FOREIGN KEY(garmin_connect_account_id) REFERENCES garmin_connect_accounts (id)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE health_metrics (
    id BLOB NOT NULL,
    garmin_connect_account_id BLOB NOT NULL,
    metric_type TEXT NOT NULL,
    timestamp INTEGER NOT NULL,
    value REAL NOT NULL,
    unit TEXT,
    metadata TEXT,
    synced_at INTEGER DEFAULT (CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)) NOT NULL,
    created_at INTEGER DEFAULT (CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)) NOT NULL,
    CONSTRAINT pk_health_metrics PRIMARY KEY (id),
    CONSTRAINT ck_health_metrics_id_uuid CHECK (length(id) = 16),
    CONSTRAINT ck_health_metrics_garmin_connect_account_id_uuid CHECK (length(garmin_connect_account_id) = 16),
    CONSTRAINT ck_health_metrics_metric_type_not_empty CHECK (length(trim(metric_type)) > 0),
    CONSTRAINT ck_health_metrics_value_finite CHECK (value > -9e999 AND value < 9e999),
    CONSTRAINT ck_health_metrics_metadata_document CHECK (metadata IS NULL OR CASE WHEN json_valid(metadata) THEN json_type(metadata) = 'object' ELSE 0 END),
    CONSTRAINT uq_health_metrics_reading UNIQUE (garmin_connect_account_id, metric_type, timestamp),
    CONSTRAINT fk_health_metrics_garmin_connect_account_id FOREIGN KEY(garmin_connect_account_id) REFERENCES garmin_connect_accounts (id)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE schedules (
    id BLOB NOT NULL,
    garmin_connect_account_id BLOB NOT NULL,
    job_type TEXT NOT NULL,
    every_s INTEGER NOT NULL,
    enabled INTEGER DEFAULT true NOT NULL,
    created_at INTEGER DEFAULT (CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)) NOT NULL,
    updated_at INTEGER DEFAULT (CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)) NOT NULL,
    CONSTRAINT pk_schedules PRIMARY KEY (id),
    CONSTRAINT ck_schedules_every_s_range CHECK (every_s >= 60),
    CONSTRAINT ck_schedules_job_type_known CHECK (job_type IN ('activity_sync', 'health_metrics_sync', 'workout_upload', 'workout_sync', 'file_import', 'export', 'reparse', 'verify', 'backup', 'move')),
    CONSTRAINT ck_schedules_enabled_flag CHECK (enabled IN (0, 1)),
    CONSTRAINT uq_schedules_garmin_connect_account_id_job_type UNIQUE (garmin_connect_account_id, job_type),
    CONSTRAINT fk_schedules_garmin_connect_account_id FOREIGN KEY(garmin_connect_account_id) REFERENCES garmin_connect_accounts (id)
)
 STRICT;

CREATE TABLE sync_jobs (
    id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    job_type TEXT NOT NULL,
    status TEXT DEFAULT 'pending' NOT NULL,
    started_at INTEGER,
    completed_at INTEGER,
    progress REAL DEFAULT 0,
    error_message TEXT,
    metadata TEXT,
    created_at INTEGER DEFAULT (CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)) NOT NULL,
    updated_at INTEGER DEFAULT (CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)) NOT NULL,
    garmin_connect_account_id BLOB,
    priority INTEGER DEFAULT 0 NOT NULL,
    run_at INTEGER DEFAULT (CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)) NOT NULL,
    paused_at INTEGER,
    cancel_requested INTEGER DEFAULT false NOT NULL,
    dedupe_key TEXT NOT NULL,
    schedule_id BLOB,
    slot_utc TEXT,
    owner BLOB,
    fence INTEGER DEFAULT 0 NOT NULL,
    lease_until INTEGER,
    attempt INTEGER DEFAULT 0 NOT NULL,
    crash_count INTEGER DEFAULT 0 NOT NULL,
    checkpoint TEXT,
    CONSTRAINT pk_sync_jobs PRIMARY KEY (id),
    CONSTRAINT ck_sync_jobs_id_uuid CHECK (length(id) = 16),
    CONSTRAINT ck_sync_jobs_user_id_uuid CHECK (length(user_id) = 16),
    CONSTRAINT ck_sync_jobs_garmin_connect_account_id_uuid CHECK (length(garmin_connect_account_id) = 16),
    CONSTRAINT ck_sync_jobs_schedule_id_uuid CHECK (length(schedule_id) = 16),
    CONSTRAINT ck_sync_jobs_owner_uuid CHECK (length(owner) = 16),
    CONSTRAINT ck_sync_jobs_dedupe_key_not_empty CHECK (length(trim(dedupe_key)) > 0),
    CONSTRAINT ck_sync_jobs_job_type_known CHECK (job_type IN ('activity_sync', 'health_metrics_sync', 'workout_upload', 'workout_sync', 'file_import', 'export', 'reparse', 'verify', 'backup', 'move')),
    CONSTRAINT ck_sync_jobs_status_known CHECK (status IN ('pending', 'in_progress', 'completed', 'failed')),
    CONSTRAINT ck_sync_jobs_progress_range CHECK (progress >= 0.0 AND progress <= 1.0),
    CONSTRAINT ck_sync_jobs_fence_not_negative CHECK (fence >= 0),
    CONSTRAINT ck_sync_jobs_attempt_not_negative CHECK (attempt >= 0),
    CONSTRAINT ck_sync_jobs_crash_count_not_negative CHECK (crash_count >= 0),
    CONSTRAINT ck_sync_jobs_cancel_requested_flag CHECK (cancel_requested IN (0, 1)),
    CONSTRAINT ck_sync_jobs_metadata_document CHECK (metadata IS NULL OR CASE WHEN json_valid(metadata) THEN json_type(metadata) = 'object' ELSE 0 END),
    CONSTRAINT ck_sync_jobs_checkpoint_document CHECK (checkpoint IS NULL OR CASE WHEN json_valid(checkpoint) THEN json_type(checkpoint) = 'object' ELSE 0 END),
    CONSTRAINT ck_sync_jobs_running_has_owner CHECK (status <> 'in_progress' OR (owner IS NOT NULL AND lease_until IS NOT NULL)),
    CONSTRAINT uq_sync_jobs_schedule_id_slot_utc UNIQUE (schedule_id, slot_utc),
    CONSTRAINT fk_sync_jobs_user_id FOREIGN KEY(user_id) REFERENCES users (id),
    CONSTRAINT fk_sync_jobs_garmin_connect_account_id FOREIGN KEY(garmin_connect_account_id) REFERENCES garmin_connect_accounts (id),
    CONSTRAINT fk_sync_jobs_schedule_id FOREIGN KEY(schedule_id) REFERENCES schedules (id) ON DELETE SET NULL
)
 STRICT;

CREATE INDEX ix_sync_jobs_status_run_at ON sync_jobs (status, run_at);

CREATE UNIQUE INDEX uq_sync_jobs_one_pending ON sync_jobs (user_id, job_type, dedupe_key) WHERE status = 'pending';

CREATE UNIQUE INDEX uq_sync_jobs_one_runner ON sync_jobs (garmin_connect_account_id) WHERE status = 'in_progress';

CREATE TABLE job_events (
    id BLOB NOT NULL,
    job_id BLOB NOT NULL,
    at INTEGER DEFAULT (CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)) NOT NULL,
    level TEXT NOT NULL,
    text TEXT NOT NULL,
    CONSTRAINT pk_job_events PRIMARY KEY (id),
    CONSTRAINT ck_job_events_level_known CHECK (level IN ('debug', 'info', 'note', 'warning', 'error')),
    CONSTRAINT fk_job_events_job_id FOREIGN KEY(job_id) REFERENCES sync_jobs (id) ON DELETE CASCADE
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX ix_job_events_job_id_id ON job_events (job_id, id);

CREATE VIEW users_readable AS SELECT
    lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-' || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21, 12)) AS id,
    username,
    login_required,
    strftime('%Y-%m-%dT%H:%M:%fZ', created_at / 1000.0, 'unixepoch') AS created_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', updated_at / 1000.0, 'unixepoch') AS updated_at
FROM users;

CREATE VIEW garmin_connect_accounts_readable AS SELECT
    lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-' || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21, 12)) AS id,
    lower(substr(hex(user_id), 1, 8) || '-' || substr(hex(user_id), 9, 4) || '-' || substr(hex(user_id), 13, 4) || '-' || substr(hex(user_id), 17, 4) || '-' || substr(hex(user_id), 21, 12)) AS user_id,
    garmin_user_id,
    strftime('%Y-%m-%dT%H:%M:%fZ', token_expires_at / 1000.0, 'unixepoch') AS token_expires_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', linked_at / 1000.0, 'unixepoch') AS linked_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', updated_at / 1000.0, 'unixepoch') AS updated_at,
    provider,
    server,
    active,
    display_name,
    time_zone,
    strftime('%Y-%m-%dT%H:%M:%fZ', sign_in_needed_since / 1000.0, 'unixepoch') AS sign_in_needed_since,
    strftime('%Y-%m-%dT%H:%M:%fZ', watch_synced_at / 1000.0, 'unixepoch') AS watch_synced_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', looked_deeper_at / 1000.0, 'unixepoch') AS looked_deeper_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', list_walked_at / 1000.0, 'unixepoch') AS list_walked_at,
    CASE WHEN refresh_owner IS NOT NULL THEN lower(substr(hex(refresh_owner), 1, 8) || '-' || substr(hex(refresh_owner), 9, 4) || '-' || substr(hex(refresh_owner), 13, 4) || '-' || substr(hex(refresh_owner), 17, 4) || '-' || substr(hex(refresh_owner), 21, 12)) END AS refresh_owner,
    strftime('%Y-%m-%dT%H:%M:%fZ', refresh_lease_until / 1000.0, 'unixepoch') AS refresh_lease_until
FROM garmin_connect_accounts;

CREATE VIEW activities_readable AS SELECT
    lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-' || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21, 12)) AS id,
    lower(substr(hex(garmin_connect_account_id), 1, 8) || '-' || substr(hex(garmin_connect_account_id), 9, 4) || '-' || substr(hex(garmin_connect_account_id), 13, 4) || '-' || substr(hex(garmin_connect_account_id), 17, 4) || '-' || substr(hex(garmin_connect_account_id), 21, 12)) AS garmin_connect_account_id,
    garmin_activity_id,
    activity_type,
    strftime('%Y-%m-%dT%H:%M:%fZ', start_time / 1000.0, 'unixepoch') AS start_time,
    duration,
    distance,
    calories,
    file_type,
    file_path,
    metadata,
    strftime('%Y-%m-%dT%H:%M:%fZ', synced_at / 1000.0, 'unixepoch') AS synced_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', created_at / 1000.0, 'unixepoch') AS created_at,
    name,
    utc_offset_s,
    lower(hex(sha256)) AS sha256,
    size_bytes,
    strftime('%Y-%m-%dT%H:%M:%fZ', remote_deleted_at / 1000.0, 'unixepoch') AS remote_deleted_at
FROM activities;

CREATE VIEW health_metrics_readable AS SELECT
    lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-' || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21, 12)) AS id,
    lower(substr(hex(garmin_connect_account_id), 1, 8) || '-' || substr(hex(garmin_connect_account_id), 9, 4) || '-' || substr(hex(garmin_connect_account_id), 13, 4) || '-' || substr(hex(garmin_connect_account_id), 17, 4) || '-' || substr(hex(garmin_connect_account_id), 21, 12)) AS garmin_connect_account_id,
    metric_type,
    strftime('%Y-%m-%dT%H:%M:%fZ', timestamp / 1000.0, 'unixepoch') AS timestamp,
    value,
    unit,
    metadata,
    strftime('%Y-%m-%dT%H:%M:%fZ', synced_at / 1000.0, 'unixepoch') AS synced_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', created_at / 1000.0, 'unixepoch') AS created_at
FROM health_metrics;

CREATE VIEW workouts_readable AS SELECT
    lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-' || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21, 12)) AS id,
    lower(substr(hex(user_id), 1, 8) || '-' || substr(hex(user_id), 9, 4) || '-' || substr(hex(user_id), 13, 4) || '-' || substr(hex(user_id), 17, 4) || '-' || substr(hex(user_id), 21, 12)) AS user_id,
    name,
    description,
    workout_definition,
    strftime('%Y-%m-%dT%H:%M:%fZ', created_at / 1000.0, 'unixepoch') AS created_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', updated_at / 1000.0, 'unixepoch') AS updated_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', uploaded_to_garmin_at / 1000.0, 'unixepoch') AS uploaded_to_garmin_at
FROM workouts;

CREATE VIEW sync_jobs_readable AS SELECT
    lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-' || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21, 12)) AS id,
    lower(substr(hex(user_id), 1, 8) || '-' || substr(hex(user_id), 9, 4) || '-' || substr(hex(user_id), 13, 4) || '-' || substr(hex(user_id), 17, 4) || '-' || substr(hex(user_id), 21, 12)) AS user_id,
    job_type,
    status,
    strftime('%Y-%m-%dT%H:%M:%fZ', started_at / 1000.0, 'unixepoch') AS started_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', completed_at / 1000.0, 'unixepoch') AS completed_at,
    progress,
    error_message,
    metadata,
    strftime('%Y-%m-%dT%H:%M:%fZ', created_at / 1000.0, 'unixepoch') AS created_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', updated_at / 1000.0, 'unixepoch') AS updated_at,
    CASE WHEN garmin_connect_account_id IS NOT NULL THEN lower(substr(hex(garmin_connect_account_id), 1, 8) || '-' || substr(hex(garmin_connect_account_id), 9, 4) || '-' || substr(hex(garmin_connect_account_id), 13, 4) || '-' || substr(hex(garmin_connect_account_id), 17, 4) || '-' || substr(hex(garmin_connect_account_id), 21, 12)) END AS garmin_connect_account_id,
    priority,
    strftime('%Y-%m-%dT%H:%M:%fZ', run_at / 1000.0, 'unixepoch') AS run_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', paused_at / 1000.0, 'unixepoch') AS paused_at,
    cancel_requested,
    dedupe_key,
    CASE WHEN schedule_id IS NOT NULL THEN lower(substr(hex(schedule_id), 1, 8) || '-' || substr(hex(schedule_id), 9, 4) || '-' || substr(hex(schedule_id), 13, 4) || '-' || substr(hex(schedule_id), 17, 4) || '-' || substr(hex(schedule_id), 21, 12)) END AS schedule_id,
    slot_utc,
    CASE WHEN owner IS NOT NULL THEN lower(substr(hex(owner), 1, 8) || '-' || substr(hex(owner), 9, 4) || '-' || substr(hex(owner), 13, 4) || '-' || substr(hex(owner), 17, 4) || '-' || substr(hex(owner), 21, 12)) END AS owner,
    fence,
    strftime('%Y-%m-%dT%H:%M:%fZ', lease_until / 1000.0, 'unixepoch') AS lease_until,
    attempt,
    crash_count,
    checkpoint
FROM sync_jobs;

CREATE VIEW days_readable AS SELECT
    lower(substr(hex(garmin_connect_account_id), 1, 8) || '-' || substr(hex(garmin_connect_account_id), 9, 4) || '-' || substr(hex(garmin_connect_account_id), 13, 4) || '-' || substr(hex(garmin_connect_account_id), 17, 4) || '-' || substr(hex(garmin_connect_account_id), 21, 12)) AS garmin_connect_account_id,
    day,
    strftime('%Y-%m-%dT%H:%M:%fZ', starts_at / 1000.0, 'unixepoch') AS starts_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', ends_at / 1000.0, 'unixepoch') AS ends_at,
    utc_offset_s,
    source
FROM days;

CREATE VIEW coverage_readable AS SELECT
    lower(substr(hex(garmin_connect_account_id), 1, 8) || '-' || substr(hex(garmin_connect_account_id), 9, 4) || '-' || substr(hex(garmin_connect_account_id), 13, 4) || '-' || substr(hex(garmin_connect_account_id), 17, 4) || '-' || substr(hex(garmin_connect_account_id), 21, 12)) AS garmin_connect_account_id,
    endpoint,
    day,
    item,
    status,
    reason,
    attempts,
    strftime('%Y-%m-%dT%H:%M:%fZ', next_try_at / 1000.0, 'unixepoch') AS next_try_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', checked_at / 1000.0, 'unixepoch') AS checked_at,
    source,
    strftime('%Y-%m-%dT%H:%M:%fZ', first_at / 1000.0, 'unixepoch') AS first_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', last_at / 1000.0, 'unixepoch') AS last_at
FROM coverage;

CREATE VIEW health_daily_readable AS SELECT
    lower(substr(hex(garmin_connect_account_id), 1, 8) || '-' || substr(hex(garmin_connect_account_id), 9, 4) || '-' || substr(hex(garmin_connect_account_id), 13, 4) || '-' || substr(hex(garmin_connect_account_id), 17, 4) || '-' || substr(hex(garmin_connect_account_id), 21, 12)) AS garmin_connect_account_id,
    metric_type,
    day,
    minimum,
    mean,
    maximum,
    n,
    last
FROM health_daily;

CREATE VIEW activity_files_readable AS SELECT
    lower(hex(sha256)) AS sha256,
    strftime('%Y-%m-%dT%H:%M:%fZ', created_at / 1000.0, 'unixepoch') AS created_at
FROM activity_files;

CREATE VIEW schedules_readable AS SELECT
    lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-' || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21, 12)) AS id,
    lower(substr(hex(garmin_connect_account_id), 1, 8) || '-' || substr(hex(garmin_connect_account_id), 9, 4) || '-' || substr(hex(garmin_connect_account_id), 13, 4) || '-' || substr(hex(garmin_connect_account_id), 17, 4) || '-' || substr(hex(garmin_connect_account_id), 21, 12)) AS garmin_connect_account_id,
    job_type,
    every_s,
    enabled,
    strftime('%Y-%m-%dT%H:%M:%fZ', created_at / 1000.0, 'unixepoch') AS created_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', updated_at / 1000.0, 'unixepoch') AS updated_at
FROM schedules;

CREATE VIEW job_events_readable AS SELECT
    lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-' || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21, 12)) AS id,
    lower(substr(hex(job_id), 1, 8) || '-' || substr(hex(job_id), 9, 4) || '-' || substr(hex(job_id), 13, 4) || '-' || substr(hex(job_id), 17, 4) || '-' || substr(hex(job_id), 21, 12)) AS job_id,
    strftime('%Y-%m-%dT%H:%M:%fZ', at / 1000.0, 'unixepoch') AS at,
    level,
    text
FROM job_events;

CREATE VIEW runners_readable AS SELECT
    lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-' || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21, 12)) AS id,
    host,
    pid,
    kind,
    version,
    lock_path,
    strftime('%Y-%m-%dT%H:%M:%fZ', started_at / 1000.0, 'unixepoch') AS started_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', heartbeat_at / 1000.0, 'unixepoch') AS heartbeat_at
FROM runners;

CREATE VIEW request_budget_readable AS SELECT
    scope,
    tokens,
    rate_per_s,
    strftime('%Y-%m-%dT%H:%M:%fZ', counted_at / 1000.0, 'unixepoch') AS counted_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', wait_until / 1000.0, 'unixepoch') AS wait_until,
    refusals
FROM request_budget;

CREATE VIEW key_ring_readable AS SELECT
    key_id,
    source,
    strftime('%Y-%m-%dT%H:%M:%fZ', created_at / 1000.0, 'unixepoch') AS created_at
FROM key_ring;
