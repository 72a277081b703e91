"""Alembic's entry: runs on the connection that `runtime.postgresql.migrations` passes."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"], transaction_per_migration=True
)
with context.begin_transaction():
    context.run_migrations()
