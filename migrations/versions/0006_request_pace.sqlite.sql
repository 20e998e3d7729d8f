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
