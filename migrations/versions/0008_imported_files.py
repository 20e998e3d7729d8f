"""What became of imported files, so that none is read twice.

Plain SQL for each database, so that what runs here can be read as it stands there.
"""

from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    script = Path(__file__).with_name(f"0008_imported_files.{connection.dialect.name}.sql").read_text("utf-8")
    for statement in script.split(";\n"):
        if statement.strip():
            connection.exec_driver_sql(statement)
