"""The history of the schema: Alembic revisions, run when a database is opened."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from assist.errors import StoreError


def migration_config(connection: Connection) -> Config:
    """Alembic's configuration, bound to a connection whose transaction the caller owns."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection) -> None:
    """Bring the schema to the newest revision. Raises StoreError "store-schema-too-new"."""
    config = migration_config(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if not known.issuperset(MigrationContext.configure(connection).get_current_heads()):
        raise StoreError(
            "The database was written by a newer Livecue; start that version, or restore a backup.",
            code="store-schema-too-new",
        )
    command.upgrade(config, "head")
