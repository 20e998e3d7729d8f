DROP VIEW workouts_readable;

ALTER TABLE workouts RENAME TO workouts_before;

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
    CONSTRAINT ck_workouts_workout_definition_schema CHECK (CASE WHEN json_valid(workout_definition) AND json_type(workout_definition) = 'object' THEN coalesce(json_extract(workout_definition, '$.version') IN (1), 0) AND coalesce(json_extract(workout_definition, '$.sport') IN ('running', 'cycling', 'swimming', 'walking', 'hiking', 'strength_training', 'cardio_training', 'yoga', 'pilates', 'hiit', 'mobility', 'rucking', 'multi_sport', 'other'), 0) AND coalesce(json_array_length(workout_definition, '$.steps') > 0, 0) ELSE 0 END),
    CONSTRAINT fk_workouts_user_id FOREIGN KEY(user_id) REFERENCES users (id)
)
 STRICT;

INSERT INTO workouts SELECT id, user_id, name, description, workout_definition, created_at, updated_at,
    uploaded_to_garmin_at FROM workouts_before;

DROP TABLE workouts_before;

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

CREATE TABLE workout_remotes (
    garmin_connect_account_id BLOB NOT NULL,
    garmin_workout_id TEXT NOT NULL,
    workout_id BLOB,
    base_document TEXT NOT NULL,
    base_definition TEXT NOT NULL,
    theirs TEXT,
    problem TEXT,
    garmin_updated TEXT,
    schedule TEXT,
    seen_at INTEGER DEFAULT (CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)) NOT NULL,
    gone_at INTEGER,
    CONSTRAINT pk_workout_remotes PRIMARY KEY (garmin_connect_account_id, garmin_workout_id),
    CONSTRAINT ck_workout_remotes_garmin_connect_account_id_uuid CHECK (length(garmin_connect_account_id) = 16),
    CONSTRAINT ck_workout_remotes_workout_id_uuid CHECK (length(workout_id) = 16),
    CONSTRAINT ck_workout_remotes_garmin_workout_id_not_empty CHECK (length(trim(garmin_workout_id)) > 0),
    CONSTRAINT ck_workout_remotes_base_document_document CHECK (base_document IS NULL OR CASE WHEN json_valid(base_document) THEN json_type(base_document) = 'object' ELSE 0 END),
    CONSTRAINT ck_workout_remotes_base_definition_document CHECK (base_definition IS NULL OR CASE WHEN json_valid(base_definition) THEN json_type(base_definition) = 'object' ELSE 0 END),
    CONSTRAINT ck_workout_remotes_theirs_document CHECK (theirs IS NULL OR CASE WHEN json_valid(theirs) THEN json_type(theirs) = 'object' ELSE 0 END),
    CONSTRAINT ck_workout_remotes_schedule_document CHECK (schedule IS NULL OR CASE WHEN json_valid(schedule) THEN json_type(schedule) = 'object' ELSE 0 END),
    CONSTRAINT uq_workout_remotes_garmin_connect_account_id_workout_id UNIQUE (garmin_connect_account_id, workout_id),
    CONSTRAINT fk_workout_remotes_garmin_connect_account_id FOREIGN KEY(garmin_connect_account_id) REFERENCES garmin_connect_accounts (id),
    CONSTRAINT fk_workout_remotes_workout_id FOREIGN KEY(workout_id) REFERENCES workouts (id) ON DELETE SET NULL
)
 STRICT;

CREATE VIEW workout_remotes_readable AS SELECT
    lower(substr(hex(garmin_connect_account_id), 1, 8) || '-' || substr(hex(garmin_connect_account_id), 9, 4) || '-' || substr(hex(garmin_connect_account_id), 13, 4) || '-' || substr(hex(garmin_connect_account_id), 17, 4) || '-' || substr(hex(garmin_connect_account_id), 21, 12)) AS garmin_connect_account_id,
    garmin_workout_id,
    CASE WHEN workout_id IS NOT NULL THEN lower(substr(hex(workout_id), 1, 8) || '-' || substr(hex(workout_id), 9, 4) || '-' || substr(hex(workout_id), 13, 4) || '-' || substr(hex(workout_id), 17, 4) || '-' || substr(hex(workout_id), 21, 12)) END AS workout_id,
    base_document,
    base_definition,
    theirs,
    problem,
    garmin_updated,
    schedule,
    strftime('%Y-%m-%dT%H:%M:%fZ', seen_at / 1000.0, 'unixepoch') AS seen_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', gone_at / 1000.0, 'unixepoch') AS gone_at
FROM workout_remotes;
