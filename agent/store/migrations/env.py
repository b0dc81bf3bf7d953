"""Runs the migrations on the connection it is handed, inside that connection's own transaction."""

from alembic import context

from agent.store.tables import METADATA

# Alembic takes SQLite's DDL for non-transactional and would commit step by step: a kill half-way could not be repaired.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,
    render_as_batch=True,
)

with context.begin_transaction():
    context.run_migrations()
