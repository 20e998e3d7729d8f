CREATE TABLE raw_responses (
    garmin_connect_account_id BLOB NOT NULL,
    endpoint TEXT NOT NULL,
    first_day TEXT NOT NULL,
    last_day TEXT NOT NULL,
    body BLOB,
    sha256 BLOB,
    size_bytes INTEGER NOT NULL,
    fetched_at INTEGER DEFAULT (CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)) NOT NULL,
    CONSTRAINT pk_raw_responses PRIMARY KEY (garmin_connect_account_id, endpoint, first_day, last_day),
    CONSTRAINT ck_raw_responses_garmin_connect_account_id_uuid CHECK (length(garmin_connect_account_id) = 16),
    CONSTRAINT ck_raw_responses_endpoint_not_empty CHECK (length(trim(endpoint)) > 0),
    CONSTRAINT ck_raw_responses_order CHECK (last_day >= first_day),
    CONSTRAINT ck_raw_responses_sha256_length CHECK (length(sha256) = 32),
    CONSTRAINT ck_raw_responses_body_has_sha256 CHECK ((body IS NULL) = (sha256 IS NULL)),
    CONSTRAINT ck_raw_responses_size_bytes_of_body CHECK (size_bytes = coalesce(length(body), 0)),
    CONSTRAINT fk_raw_responses_garmin_connect_account_id FOREIGN KEY(garmin_connect_account_id) REFERENCES garmin_connect_accounts (id) ON DELETE CASCADE
)
 STRICT;

CREATE INDEX ix_raw_responses_size_bytes ON raw_responses (size_bytes);

CREATE VIEW raw_responses_readable AS SELECT
    lower(substr(hex(garmin_connect_account_id), 1, 8) || '-' || substr(hex(garmin_connect_account_id), 9, 4) || '-' || substr(hex(garmin_connect_account_id), 13, 4) || '-' || substr(hex(garmin_connect_account_id), 17, 4) || '-' || substr(hex(garmin_connect_account_id), 21, 12)) AS garmin_connect_account_id,
    endpoint,
    first_day,
    last_day,
    lower(hex(sha256)) AS sha256,
    size_bytes,
    strftime('%Y-%m-%dT%H:%M:%fZ', fetched_at / 1000.0, 'unixepoch') AS fetched_at
FROM raw_responses;
