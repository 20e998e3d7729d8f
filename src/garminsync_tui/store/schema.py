"""What everybody may know of the schema without importing SQLAlchemy."""

#: The newest revision in migrations/versions.
HEAD = "0008"
KNOWN = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008")
#: What the schema of a database is called as long as a move into it is not finished.
MOVING = "moving"

#: The endpoint name under which each activity's file stands in the ledger.
ACTIVITY_FILE = "activity_file"
