"""The history of the schema: Alembic revisions, run when a database is opened."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from assist.errors import ConfigurationError, InputError, StoreError

MIGRATION_LOCK = 5_496_345_021
"""Key of the lock that processes take turns by; of this program alone."""


def migration_config(connection: Connection) -> Config:
    """Alembic's configuration, bound to a connection whose transaction the caller owns."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection) -> None:
    """Bring the schema to the newest revision. Raises StoreError "store-schema-too-new"."""
    _take_turn(connection)
    config = migration_config(connection)
    known, current = revisions(config), MigrationContext.configure(connection).get_current_heads()
    if not set(known).issuperset(current):
        raise StoreError(
            "The database was written by a newer Livecue; start that version, or restore a backup.",
            code="store-schema-too-new",
        )
    if current != (known[-1],):
        command.upgrade(config, "head")


def downgrade(connection: Connection, revision: str) -> None:
    """Take the schema back to an earlier revision; what newer tables hold is lost. Raises InputError."""
    _take_turn(connection)
    config = migration_config(connection)
    known = revisions(config)
    if revision not in known:
        names = ", ".join(known)
        raise InputError(f"No revision is called {revision!r}. Known: {names}.", code="unknown-revision")
    current = MigrationContext.configure(connection).get_current_revision()
    if current not in known or known.index(revision) > known.index(current):
        raise InputError(
            f"The database is at revision {current}, which {revision} does not precede.", code="unknown-revision"
        )
    command.downgrade(config, revision)


def revisions(config: Config) -> list[str]:
    """Every revision, oldest first."""
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()][::-1]


def _take_turn(connection: Connection) -> None:
    """Let one process at a time migrate, and the others wait for it as long as it takes."""
    if connection.dialect.name == "postgresql":
        if connection.exec_driver_sql("SHOW server_encoding").scalar_one() != "UTF8":
            raise ConfigurationError(
                "The database cannot hold every text; create it with ENCODING 'UTF8'.", code="bad-store-encoding"
            )
        connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
