CREATE TABLE raw_responses (
    garmin_connect_account_id UUID NOT NULL,
    endpoint TEXT NOT NULL,
    first_day DATE NOT NULL,
    last_day DATE NOT NULL,
    body BYTEA,
    sha256 BYTEA,
    size_bytes BIGINT NOT NULL,
    fetched_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_raw_responses PRIMARY KEY (garmin_connect_account_id, endpoint, first_day, last_day),
    CONSTRAINT ck_raw_responses_endpoint_not_empty CHECK (length(trim(endpoint)) > 0),
    CONSTRAINT ck_raw_responses_order CHECK (last_day >= first_day),
    CONSTRAINT ck_raw_responses_sha256_length CHECK (length(sha256) = 32),
    CONSTRAINT ck_raw_responses_body_has_sha256 CHECK ((body IS NULL) = (sha256 IS NULL)),
    CONSTRAINT ck_raw_responses_size_bytes_of_body CHECK (size_bytes = coalesce(length(body), 0)),
    CONSTRAINT fk_raw_responses_garmin_connect_account_id FOREIGN KEY(garmin_connect_account_id) REFERENCES garmin_connect_accounts (id) ON DELETE CASCADE
);

CREATE INDEX ix_raw_responses_size_bytes ON raw_responses (size_bytes);

CREATE VIEW raw_responses_readable AS SELECT
    garmin_connect_account_id::text AS garmin_connect_account_id,
    endpoint,
    first_day,
    last_day,
    encode(sha256, 'hex') AS sha256,
    size_bytes,
    to_char(fetched_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS fetched_at
FROM raw_responses;
