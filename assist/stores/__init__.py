"""Where calls, accounts and playbooks are kept; a store is picked by the scheme of its URL."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assist.adapters import factory_for
from assist.ports import CallHistory
from assist.redaction.store import MaskedLogStore
from assist.search.archive import CallArchive
from assist.search.places import Placer

if TYPE_CHECKING:
    from assist.stores.accounts import AccountStore
    from assist.stores.draws import DrawStore
    from assist.stores.experiments import ExperimentStore
    from assist.stores.meaning_search import MeaningSearch
    from assist.stores.playbooks import PlaybookStore
    from assist.stores.records import RecordStore
    from assist.stores.reports import ReportStore
    from assist.stores.reviews import ReviewStore
    from assist.stores.saved_searches import SavedSearchStore
    from assist.stores.seals import SqlSealStore
    from assist.stores.teams import TeamStore
    from assist.stores.turns import LogTurns

STORES = {
    "postgresql": "assist.stores.sql:open_sql_stores",
    "sqlite": "assist.stores.sql:open_sql_stores",
}

DOWNGRADES = dict.fromkeys(STORES, "assist.stores.sql:downgrade_sql_stores")


@dataclass(frozen=True, slots=True)
class Stores:
    """What one database holds."""

    calls: MaskedLogStore
    history: CallHistory
    archive: CallArchive
    experiments: ExperimentStore
    accounts: AccountStore
    records: RecordStore
    playbooks: PlaybookStore
    product: str
    """What holds it, with its version, for people."""
    meanings: MeaningSearch | None
    """Finds calls of the archive by what was meant; None: the stores were opened without a model."""
    reports: ReportStore
    searches: SavedSearchStore
    seals: SqlSealStore
    reviews: ReviewStore
    draws: DrawStore
    log_turns: LogTurns
    teams: TeamStore


def open_stores(url: str, *, placer: Placer | None = None) -> AbstractAsyncContextManager[Stores]:
    """The stores for as long as the context lasts: "sqlite:///livecue.db", "postgresql+asyncpg://user@host/livecue".

    ``placer``: the model by which the archive is asked for meanings; None: it is asked for words alone.
    Raises ConfigurationError "unknown-store".
    """
    return factory_for(url, STORES, kind="store", code="unknown-store")(url, placer=placer)


async def downgrade_store(url: str, revision: str) -> None:
    """Take a database's schema back to an earlier revision; what newer tables hold is lost.

    Raises ConfigurationError "unknown-store", InputError "unknown-revision", StoreError.
    """
    await factory_for(url, DOWNGRADES, kind="store", code="unknown-store")(url, revision)
