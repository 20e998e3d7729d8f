ALTER TABLE workouts DROP CONSTRAINT ck_workouts_workout_definition_schema;

ALTER TABLE workouts ADD CONSTRAINT ck_workouts_workout_definition_schema CHECK (CASE WHEN jsonb_typeof(workout_definition) = 'object' THEN coalesce(workout_definition -> 'version' IN ('1'::jsonb), false) AND coalesce(workout_definition ->> 'sport' IN ('running', 'cycling', 'swimming', 'walking', 'hiking', 'strength_training', 'cardio_training', 'yoga', 'pilates', 'hiit', 'mobility', 'rucking', 'multi_sport', 'other'), false) AND coalesce(jsonb_typeof(workout_definition -> 'steps') = 'array', false) AND coalesce(workout_definition -> 'steps' <> '[]'::jsonb, false) ELSE false END);

CREATE TABLE workout_remotes (
    garmin_connect_account_id UUID NOT NULL,
    garmin_workout_id TEXT NOT NULL,
    workout_id UUID,
    base_document JSONB NOT NULL,
    base_definition JSONB NOT NULL,
    theirs JSONB,
    problem TEXT,
    garmin_updated TEXT,
    schedule JSONB,
    seen_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    gone_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_workout_remotes PRIMARY KEY (garmin_connect_account_id, garmin_workout_id),
    CONSTRAINT ck_workout_remotes_garmin_workout_id_not_empty CHECK (length(trim(garmin_workout_id)) > 0),
    CONSTRAINT ck_workout_remotes_base_document_document CHECK (base_document IS NULL OR jsonb_typeof(base_document) = 'object'),
    CONSTRAINT ck_workout_remotes_base_definition_document CHECK (base_definition IS NULL OR jsonb_typeof(base_definition) = 'object'),
    CONSTRAINT ck_workout_remotes_theirs_document CHECK (theirs IS NULL OR jsonb_typeof(theirs) = 'object'),
    CONSTRAINT ck_workout_remotes_schedule_document CHECK (schedule IS NULL OR jsonb_typeof(schedule) = 'object'),
    CONSTRAINT uq_workout_remotes_garmin_connect_account_id_workout_id UNIQUE (garmin_connect_account_id, workout_id),
    CONSTRAINT fk_workout_remotes_garmin_connect_account_id FOREIGN KEY(garmin_connect_account_id) REFERENCES garmin_connect_accounts (id),
    CONSTRAINT fk_workout_remotes_workout_id FOREIGN KEY(workout_id) REFERENCES workouts (id) ON DELETE SET NULL
);

CREATE VIEW workout_remotes_readable AS SELECT
    garmin_connect_account_id::text AS garmin_connect_account_id,
    garmin_workout_id,
    workout_id::text AS workout_id,
    base_document,
    base_definition,
    theirs,
    problem,
    garmin_updated,
    schedule,
    to_char(seen_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS seen_at,
    to_char(gone_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS gone_at
FROM workout_remotes;
