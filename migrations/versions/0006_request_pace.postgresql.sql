ALTER TABLE request_budget ADD COLUMN answers BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE request_budget ADD COLUMN blocks BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE request_budget ADD COLUMN trial_until TIMESTAMP WITH TIME ZONE;

ALTER TABLE request_budget ADD COLUMN clock_ahead_s DOUBLE PRECISION;

UPDATE request_budget SET rate_per_s = 0;

DROP VIEW request_budget_readable;

CREATE VIEW request_budget_readable AS SELECT
    scope,
    tokens,
    rate_per_s,
    to_char(counted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS counted_at,
    to_char(wait_until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS wait_until,
    refusals,
    answers,
    blocks,
    to_char(trial_until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS trial_until,
    clock_ahead_s
FROM request_budget;

ALTER TABLE schedules ADD COLUMN daily_at TEXT;

ALTER TABLE schedules ADD COLUMN time_zone TEXT;

DROP VIEW schedules_readable;

CREATE VIEW schedules_readable AS SELECT
    id::text AS id,
    garmin_connect_account_id::text AS garmin_connect_account_id,
    job_type,
    every_s,
    enabled,
    to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS created_at,
    to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS updated_at,
    daily_at,
    time_zone
FROM schedules;
