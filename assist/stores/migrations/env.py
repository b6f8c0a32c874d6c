"""Run by Alembic: migrate on the connection given by ``migration_config``, inside the caller's transaction."""

from alembic import context

from assist.stores.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite alters tables by copying them.
    render_as_batch=True,
)
context.run_migrations()
