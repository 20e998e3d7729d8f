CREATE TABLE imported_files (
    user_id BLOB NOT NULL,
    fingerprint BLOB NOT NULL,
    sha256 BLOB,
    outcome TEXT NOT NULL,
    reason TEXT,
    version INTEGER NOT NULL,
    garmin_connect_account_id BLOB,
    activity_id BLOB,
    job_id BLOB NOT NULL,
    imported_at INTEGER DEFAULT (CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)) NOT NULL,
    CONSTRAINT pk_imported_files PRIMARY KEY (user_id, fingerprint),
    CONSTRAINT ck_imported_files_user_id_uuid CHECK (length(user_id) = 16),
    CONSTRAINT ck_imported_files_garmin_connect_account_id_uuid CHECK (length(garmin_connect_account_id) = 16),
    CONSTRAINT ck_imported_files_activity_id_uuid CHECK (length(activity_id) = 16),
    CONSTRAINT ck_imported_files_job_id_uuid CHECK (length(job_id) = 16),
    CONSTRAINT ck_imported_files_version_not_negative CHECK (version >= 0),
    CONSTRAINT ck_imported_files_outcome_known CHECK (outcome IN ('imported', 'known', 'skipped', 'failed')),
    CONSTRAINT ck_imported_files_fingerprint_length CHECK (length(fingerprint) = 32),
    CONSTRAINT ck_imported_files_sha256_length CHECK (length(sha256) = 32),
    CONSTRAINT fk_imported_files_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT fk_imported_files_garmin_connect_account_id FOREIGN KEY(garmin_connect_account_id) REFERENCES garmin_connect_accounts (id) ON DELETE CASCADE,
    CONSTRAINT fk_imported_files_activity_id FOREIGN KEY(activity_id) REFERENCES activities (id) ON DELETE CASCADE
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX ix_imported_files_activity_id ON imported_files (activity_id);

CREATE INDEX ix_imported_files_garmin_connect_account_id ON imported_files (garmin_connect_account_id);

CREATE INDEX ix_imported_files_sha256 ON imported_files (sha256);

CREATE VIEW imported_files_readable AS SELECT
    lower(substr(hex(user_id), 1, 8) || '-' || substr(hex(user_id), 9, 4) || '-' || substr(hex(user_id), 13, 4) || '-' || substr(hex(user_id), 17, 4) || '-' || substr(hex(user_id), 21, 12)) AS user_id,
    lower(hex(fingerprint)) AS fingerprint,
    CASE WHEN sha256 IS NOT NULL THEN lower(hex(sha256)) END AS sha256,
    outcome,
    reason,
    version,
    CASE WHEN garmin_connect_account_id IS NOT NULL THEN lower(substr(hex(garmin_connect_account_id), 1, 8) || '-' || substr(hex(garmin_connect_account_id), 9, 4) || '-' || substr(hex(garmin_connect_account_id), 13, 4) || '-' || substr(hex(garmin_connect_account_id), 17, 4) || '-' || substr(hex(garmin_connect_account_id), 21, 12)) END AS garmin_connect_account_id,
    CASE WHEN activity_id IS NOT NULL THEN lower(substr(hex(activity_id), 1, 8) || '-' || substr(hex(activity_id), 9, 4) || '-' || substr(hex(activity_id), 13, 4) || '-' || substr(hex(activity_id), 17, 4) || '-' || substr(hex(activity_id), 21, 12)) END AS activity_id,
    lower(substr(hex(job_id), 1, 8) || '-' || substr(hex(job_id), 9, 4) || '-' || substr(hex(job_id), 13, 4) || '-' || substr(hex(job_id), 17, 4) || '-' || substr(hex(job_id), 21, 12)) AS job_id,
    strftime('%Y-%m-%dT%H:%M:%fZ', imported_at / 1000.0, 'unixepoch') AS imported_at
FROM imported_files;
