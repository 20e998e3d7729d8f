"""Run by the program itself, on the connection and under the lock of store/migrate.py; there is no alembic.ini."""

from alembic import context

from garminsync_tui.models import Table

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Table.metadata,
    transaction_per_migration=False,
    transactional_ddl=True,
    render_as_batch=connection.dialect.name == "sqlite",
)
context.run_migrations()
