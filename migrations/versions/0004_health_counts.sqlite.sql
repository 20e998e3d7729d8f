CREATE TABLE health_counts (
    garmin_connect_account_id BLOB NOT NULL,
    metric_type TEXT NOT NULL,
    n INTEGER NOT NULL,
    CONSTRAINT pk_health_counts PRIMARY KEY (garmin_connect_account_id, metric_type),
    CONSTRAINT ck_health_counts_n_not_negative CHECK (n >= 0),
    CONSTRAINT fk_health_counts_garmin_connect_account_id FOREIGN KEY(garmin_connect_account_id) REFERENCES garmin_connect_accounts (id)
)
 WITHOUT ROWID,
 STRICT;

INSERT INTO health_counts (garmin_connect_account_id, metric_type, n)
SELECT garmin_connect_account_id, metric_type, sum(n) FROM health_daily GROUP BY garmin_connect_account_id, metric_type;

CREATE VIEW health_counts_readable AS SELECT
    lower(substr(hex(garmin_connect_account_id), 1, 8) || '-' || substr(hex(garmin_connect_account_id), 9, 4) || '-' || substr(hex(garmin_connect_account_id), 13, 4) || '-' || substr(hex(garmin_connect_account_id), 17, 4) || '-' || substr(hex(garmin_connect_account_id), 21, 12)) AS garmin_connect_account_id,
    metric_type,
    n
FROM health_counts;
