"""What a service has stored, for commands that need no service."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryFile

from assist.errors import ConfigurationError, NotFoundError
from assist.playbook import PlaybookLibrary
from assist.ports import CallStore
from assist.search.places import Placer
from assist.stores import Stores, open_stores
from gateway.auth import Accounts
from gateway.experiments import LiveExperiments, ReviewLimits
from gateway.playbooks import LivePlaybooks
from gateway.settings import ExperimentSettings, Settings
from gateway.teams import Teams


@asynccontextmanager
async def open_accounts(settings: Settings) -> AsyncGenerator[Accounts]:
    """The accounts alone, for commands that need no service."""
    make_data_directory(settings.data_dir)
    async with open_stores(settings.store_url) as stores:
        yield Accounts(stores.accounts, settings.session)


@asynccontextmanager
async def open_teams(settings: Settings) -> AsyncGenerator[Teams]:
    """The teams alone, for commands that need no service."""
    make_data_directory(settings.data_dir)
    async with open_stores(settings.store_url) as stores:
        yield Teams(stores.teams, Accounts(stores.accounts, settings.session))


@asynccontextmanager
async def open_calls(settings: Settings) -> AsyncGenerator[CallStore]:
    """The calls that a service has stored. Raises NotFoundError "no-calls" where there is no database yet."""
    async with open_stored(settings) as stores:
        yield stores.calls


@asynccontextmanager
async def open_stored(settings: Settings, *, placer: Placer | None = None) -> AsyncGenerator[Stores]:
    """Everything that a service has stored; ``placer`` as for ``open_stores``.

    Raises NotFoundError "no-calls" where there is no database yet.
    """
    if not settings.store and not settings.default_database.is_file():
        raise NotFoundError(f"There is no database {settings.default_database}; name its directory.", code="no-calls")
    async with open_stores(settings.store_url, placer=placer) as stores:
        yield stores


@asynccontextmanager
async def open_experiments(settings: Settings) -> AsyncGenerator[LiveExperiments]:
    """The experiments of the playbooks of a directory, over the calls that a service has stored.

    Raises NotFoundError "no-calls" where there is no database yet.
    """
    async with open_stored(settings) as stores:
        playbooks = LivePlaybooks(PlaybookLibrary(settings.playbooks_dir, default=settings.playbook))
        await playbooks.reload()
        yield LiveExperiments(stores.experiments, playbooks.in_use, limits=review_limits(settings.experiments))


def review_limits(settings: ExperimentSettings) -> ReviewLimits:
    """The settings as experiments are reviewed by."""
    return ReviewLimits(settings.review_s, settings.reach_weeks, settings.max_calls)


def make_data_directory(path: Path) -> None:
    """Raises ConfigurationError "bad-data-directory" where it cannot be written."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=path).close()
    except OSError as error:
        raise ConfigurationError(
            f"The data directory {path} cannot be written: {error.strerror}; set LIVECUE_DATA_DIR.",
            code="bad-data-directory",
        ) from error
