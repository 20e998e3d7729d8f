CREATE TABLE imported_files (
    user_id UUID NOT NULL,
    fingerprint BYTEA NOT NULL,
    sha256 BYTEA,
    outcome TEXT NOT NULL,
    reason TEXT,
    version BIGINT NOT NULL,
    garmin_connect_account_id UUID,
    activity_id UUID,
    job_id UUID NOT NULL,
    imported_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_imported_files PRIMARY KEY (user_id, fingerprint),
    CONSTRAINT ck_imported_files_version_not_negative CHECK (version >= 0),
    CONSTRAINT ck_imported_files_outcome_known CHECK (outcome IN ('imported', 'known', 'skipped', 'failed')),
    CONSTRAINT ck_imported_files_fingerprint_length CHECK (length(fingerprint) = 32),
    CONSTRAINT ck_imported_files_sha256_length CHECK (length(sha256) = 32),
    CONSTRAINT fk_imported_files_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT fk_imported_files_garmin_connect_account_id FOREIGN KEY(garmin_connect_account_id) REFERENCES garmin_connect_accounts (id) ON DELETE CASCADE,
    CONSTRAINT fk_imported_files_activity_id FOREIGN KEY(activity_id) REFERENCES activities (id) ON DELETE CASCADE
);

CREATE INDEX ix_imported_files_activity_id ON imported_files (activity_id);

CREATE INDEX ix_imported_files_garmin_connect_account_id ON imported_files (garmin_connect_account_id);

CREATE INDEX ix_imported_files_sha256 ON imported_files (sha256);

CREATE VIEW imported_files_readable AS SELECT
    user_id::text AS user_id,
    encode(fingerprint, 'hex') AS fingerprint,
    encode(sha256, 'hex') AS sha256,
    outcome,
    reason,
    version,
    garmin_connect_account_id::text AS garmin_connect_account_id,
    activity_id::text AS activity_id,
    job_id::text AS job_id,
    to_char(imported_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS imported_at
FROM imported_files;
