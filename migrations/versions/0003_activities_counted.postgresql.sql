ALTER TABLE garmin_connect_accounts ADD COLUMN activities_counted BIGINT;

ALTER TABLE garmin_connect_accounts ADD COLUMN activities_counted_at TIMESTAMP WITH TIME ZONE;

DROP VIEW garmin_connect_accounts_readable;

CREATE VIEW garmin_connect_accounts_readable AS SELECT
    id::text AS id,
    user_id::text AS user_id,
    garmin_user_id,
    to_char(token_expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS token_expires_at,
    to_char(linked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS linked_at,
    to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS updated_at,
    provider,
    server,
    active,
    display_name,
    time_zone,
    to_char(sign_in_needed_since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS sign_in_needed_since,
    to_char(watch_synced_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS watch_synced_at,
    to_char(looked_deeper_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS looked_deeper_at,
    to_char(list_walked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS list_walked_at,
    refresh_owner::text AS refresh_owner,
    to_char(refresh_lease_until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS refresh_lease_until,
    activities_counted,
    to_char(activities_counted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS activities_counted_at
FROM garmin_connect_accounts;
