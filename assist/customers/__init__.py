"""Who the customers are: directories picked by one string of the settings, and asking them beside a call."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from assist.adapters import factory_for
from assist.customers.guard import Guarded, GuardLimits
from assist.ports import CustomerDirectory

DIRECTORIES = {
    "csv": "assist.customers.csv_file:open_csv_directory",
    "sqlite": "assist.customers.sqlite_table:open_sqlite_directory",
    "http": "assist.customers.http_api:open_http_directory",
    "https": "assist.customers.http_api:open_http_directory",
}


@asynccontextmanager
async def open_customers(
    url: str, *, token: str = "", limits: GuardLimits | None = None
) -> AsyncGenerator[CustomerDirectory | None]:
    """The directory for as long as the context lasts: "csv:customers.csv", "https://…"; None for an empty ``url``.

    ``token`` is for directories that ask who is there. Raises ConfigurationError "unknown-customers",
    "bad-customers".
    """
    if not url:
        yield None
        return
    factory = factory_for(url, DIRECTORIES, kind="customer directory", code="unknown-customers")
    async with factory(url, token=token) as directory:
        yield Guarded(directory, limits)
