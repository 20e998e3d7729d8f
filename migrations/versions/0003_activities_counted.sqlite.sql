ALTER TABLE garmin_connect_accounts ADD COLUMN activities_counted INTEGER;

ALTER TABLE garmin_connect_accounts ADD COLUMN activities_counted_at INTEGER;

DROP VIEW garmin_connect_accounts_readable;

CREATE VIEW garmin_connect_accounts_readable AS SELECT
    lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-' || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21, 12)) AS id,
    lower(substr(hex(user_id), 1, 8) || '-' || substr(hex(user_id), 9, 4) || '-' || substr(hex(user_id), 13, 4) || '-' || substr(hex(user_id), 17, 4) || '-' || substr(hex(user_id), 21, 12)) AS user_id,
    garmin_user_id,
    strftime('%Y-%m-%dT%H:%M:%fZ', token_expires_at / 1000.0, 'unixepoch') AS token_expires_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', linked_at / 1000.0, 'unixepoch') AS linked_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', updated_at / 1000.0, 'unixepoch') AS updated_at,
    provider,
    server,
    active,
    display_name,
    time_zone,
    strftime('%Y-%m-%dT%H:%M:%fZ', sign_in_needed_since / 1000.0, 'unixepoch') AS sign_in_needed_since,
    strftime('%Y-%m-%dT%H:%M:%fZ', watch_synced_at / 1000.0, 'unixepoch') AS watch_synced_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', looked_deeper_at / 1000.0, 'unixepoch') AS looked_deeper_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', list_walked_at / 1000.0, 'unixepoch') AS list_walked_at,
    CASE WHEN refresh_owner IS NOT NULL THEN lower(substr(hex(refresh_owner), 1, 8) || '-' || substr(hex(refresh_owner), 9, 4) || '-' || substr(hex(refresh_owner), 13, 4) || '-' || substr(hex(refresh_owner), 17, 4) || '-' || substr(hex(refresh_owner), 21, 12)) END AS refresh_owner,
    strftime('%Y-%m-%dT%H:%M:%fZ', refresh_lease_until / 1000.0, 'unixepoch') AS refresh_lease_until,
    activities_counted,
    strftime('%Y-%m-%dT%H:%M:%fZ', activities_counted_at / 1000.0, 'unixepoch') AS activities_counted_at
FROM garmin_connect_accounts;
