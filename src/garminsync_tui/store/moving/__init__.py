"""Moving house: everything of one database, files included, into another one, on SQLite or on PostgreSQL."""
