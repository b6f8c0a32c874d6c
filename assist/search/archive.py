"""The port of the archive: closed calls, found by what was said, felt, flagged and offered in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from assist.scope import CallScope
from assist.search.document import CallDocument
from assist.search.query import PageWanted, Search
from assist.search.snippets import Snippet

MOST_COUNTED = 10_000
"""Found calls are counted up to here."""
MOST_RANKED = 1_000
"""How deep the pages of an order by relevance go; a database may rank only the newest so many that match."""
CHOICE_CALLS = 2_000
"""How many calls tell what one may ask for."""


@dataclass(frozen=True, slots=True)
class FoundCall:
    """A call, and the words that show why it was found."""

    document: CallDocument
    snippets: tuple[Snippet, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundPage:
    """Some of the calls that were found."""

    calls: tuple[FoundCall, ...]
    next: str | None
    """Cursor of the next page; None on the last."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that calls can be asked for by."""

    code: str
    title: str = ""
    """For people; empty where there is none."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What occurs in the newest calls."""

    agents: tuple[Choice, ...] = ()
    intents: tuple[Choice, ...] = ()
    rules: tuple[Choice, ...] = ()
    offers: tuple[Choice, ...] = ()


class CallArchive(Protocol):
    """Closed calls by what is in them. Every method raises StoreError when the database cannot serve."""

    async def find(self, search: Search, page: PageWanted) -> FoundPage:
        """A page of the calls for which the search holds. Raises InputError "bad-cursor"."""
        ...

    async def count(self, search: Search) -> int:
        """How many calls it holds for, counted up to MOST_COUNTED."""
        ...

    async def choices(self, scope: CallScope) -> Choices:
        """What occurs in the newest CHOICE_CALLS calls of a scope."""
        ...

    async def rebuild(self, call_ids: Sequence[str]) -> None:
        """Make the documents of these calls anew from their logs. Idempotent; unknown calls are passed over."""
        ...
