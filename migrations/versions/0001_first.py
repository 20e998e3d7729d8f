"""The first schema: six entities, their supporting tables and the readable views.

Plain SQL for each database, so that what runs here can be read as it stands there.
"""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    script = Path(__file__).with_name(f"0001_first.{connection.dialect.name}.sql").read_text("utf-8")
    for statement in script.split(";\n"):
        if statement.strip():
            connection.exec_driver_sql(statement)
