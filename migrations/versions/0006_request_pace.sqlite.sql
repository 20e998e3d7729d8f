ALTER TABLE request_budget ADD COLUMN answers INTEGER DEFAULT 0 NOT NULL;

ALTER TABLE request_budget ADD COLUMN blocks INTEGER DEFAULT 0 NOT NULL;

ALTER TABLE request_budget ADD COLUMN trial_until INTEGER;

ALTER TABLE request_budget ADD COLUMN clock_ahead_s REAL;

UPDATE request_budget SET rate_per_s = 0;

DROP VIEW request_budget_readable;

CREATE VIEW request_budget_readable AS SELECT
    scope,
    tokens,
    rate_per_s,
    strftime('%Y-%m-%dT%H:%M:%fZ', counted_at / 1000.0, 'unixepoch') AS counted_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', wait_until / 1000.0, 'unixepoch') AS wait_until,
    refusals,
    answers,
    blocks,
    strftime('%Y-%m-%dT%H:%M:%fZ', trial_until / 1000.0, 'unixepoch') AS trial_until,
    clock_ahead_s
FROM request_budget;

ALTER TABLE schedules ADD COLUMN daily_at TEXT;

ALTER TABLE schedules ADD COLUMN time_zone TEXT;

DROP VIEW schedules_readable;

CREATE VIEW schedules_readable AS SELECT
    lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-' || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21, 12)) AS id,
    lower(substr(hex(garmin_connect_account_id), 1, 8) || '-' || substr(hex(garmin_connect_account_id), 9, 4) || '-' || substr(hex(garmin_connect_account_id), 13, 4) || '-' || substr(hex(garmin_connect_account_id), 17, 4) || '-' || substr(hex(garmin_connect_account_id), 21, 12)) AS garmin_connect_account_id,
    job_type,
    every_s,
    enabled,
    strftime('%Y-%m-%dT%H:%M:%fZ', created_at / 1000.0, 'unixepoch') AS created_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', updated_at / 1000.0, 'unixepoch') AS updated_at,
    daily_at,
    time_zone
FROM schedules;
