"""Everything that knows Garmin's servers: sign-in, one data client, a table of endpoints, JSON into rows."""
