"""How Alembic runs a migration here: on the connection it is handed, inside that connection's transaction."""

from alembic import context

from idp.store.models import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=Base.metadata, render_as_batch=True, transaction_per_migration=False
)
context.run_migrations()
