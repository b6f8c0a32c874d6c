"""Everything that is particular to PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import URL, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, DisconnectionError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from assist.errors import ConfigurationError, StoreError

READING_OPTIONS = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""Of a connection that reads: one state of the database, however many statements."""

URL_OPTIONS = {"host", "port", "ssl", "passfile", "target_session_attrs"}
"""What may follow "?" in the address; the driver's own names."""

KEEPALIVE_S = 30
ABANDONED_TRANSACTION_S = 60
"""A machine that vanished in the middle of a write keeps the others waiting no longer."""


def create_postgresql_engine(
    url: URL, *, busy_timeout_ms: int, command_timeout_s: float | None, pool_size: int
) -> AsyncEngine:
    """An engine on a database of a server."""
    if url.drivername not in ("postgresql", "postgresql+asyncpg") or not url.database:
        raise ConfigurationError("Name a database, as in postgresql+asyncpg://user@host/livecue.", code="bad-store-url")
    if unknown := sorted(set(url.query) - URL_OPTIONS):
        known = ", ".join(sorted(URL_OPTIONS))
        raise ConfigurationError(
            f"The store's address has an unknown option {unknown[0]!r}. Known: {known}.", code="bad-store-url"
        )
    settings = {
        "application_name": "livecue",
        "timezone": "UTC",
        "default_transaction_isolation": "read committed",
        "lock_timeout": str(busy_timeout_ms),
        "idle_in_transaction_session_timeout": str(ABANDONED_TRANSACTION_S * 1000),
        "tcp_keepalives_idle": str(KEEPALIVE_S),
        # The planner's costs of reports over many calls are so high that the server would compile them, with every
        # optimisation and anew each time, which takes several times as long as they do (docs/reports.md).
        "jit": "off",
    }
    engine = create_async_engine(
        url.set(drivername="postgresql+asyncpg"),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=busy_timeout_ms / 1000,
        hide_parameters=True,
        connect_args={
            "timeout": busy_timeout_ms / 1000,
            "command_timeout": command_timeout_s,
            "server_settings": settings,
        },
    )
    event.listen(engine.sync_engine, "checkout", _renew_if_closed)
    event.listen(engine.sync_engine, "handle_error", _tell_of_the_socket)
    return engine


def _renew_if_closed(connection: Any, _record: object, _proxy: object) -> None:
    """A server that was away costs no request once it is back: the driver knows whom it closed, without asking."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def _tell_of_the_socket(context: ExceptionContext) -> StoreError | None:
    """The driver passes on what its socket says, and its timeouts, outside of the errors that SQLAlchemy knows."""
    if not isinstance(context.original_exception, OSError):
        return None
    context.is_disconnect = True
    return StoreError("The database server does not answer; see the server's log.")


def explain_postgresql(error: SQLAlchemyError) -> StoreError:
    """What became of a transaction, by the server's code (PostgreSQL's documentation, appendix A)."""
    code = _sqlstate(error)
    if code.startswith("28") or code == "3D000":
        return StoreError(
            "The database server does not let Livecue in; check user, password and database in LIVECUE_STORE.",
            code="store-refused",
        )
    if code == "53100":
        return StoreError("The disk of the database is full; free some space.", code="store-full")
    if code in ("XX001", "XX002"):
        return StoreError("The database is damaged; restore it from a backup.", code="store-damaged")
    return StoreError("The database cannot be read or written now; see the server's log.")


def _sqlstate(error: SQLAlchemyError) -> str:
    original: Any = error.orig if isinstance(error, DBAPIError) else None
    return getattr(original, "sqlstate", None) or ""
