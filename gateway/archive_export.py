"""Calls of the archive as a table or as JSON, piece by piece."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterator
from datetime import tzinfo
from itertools import count

from pydantic import TypeAdapter

from assist.search.archive import CallArchive
from assist.search.document import CallDocument
from assist.search.query import PageWanted, Search

PAGE_CALLS = 200
MOST_EXPORTED = 100_000
"""Calls of one export; a narrower question gives the rest."""
BYTE_ORDER_MARK = "\ufeff"
"""Without it spreadsheets take Chinese text for something else."""
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""What spreadsheets would work out instead of showing it."""

COLUMNS = (
    "call_id",
    "opened_at",
    "duration_s",
    "direction",
    "cause",
    "agent_id",
    "agent_name",
    "customer_id",
    "customer_name",
    "playbook",
    "utterances",
    "intents",
    "emotion_first",
    "emotion_worst",
    "emotion_last",
    "flags",
    "offers",
    "silence_share",
    "longest_silence_s",
    "overtalk_s",
)

_document_adapter: TypeAdapter[CallDocument] = TypeAdapter(CallDocument)


async def found_calls(archive: CallArchive, search: Search) -> AsyncIterator[CallDocument]:
    """Every call for which a search holds, newest first; the first page is read before this returns.

    Raises what the archive raises.
    """
    first = await archive.find(search, PageWanted(limit=PAGE_CALLS))

    async def calls() -> AsyncIterator[CallDocument]:
        page = first
        for told in count(PAGE_CALLS, PAGE_CALLS):
            for call in page.calls:
                yield call.document
            if page.next is None or told >= MOST_EXPORTED:
                return
            page = await archive.find(search, PageWanted(limit=PAGE_CALLS, after=page.next))

    return calls()


async def json_lines(calls: AsyncIterator[CallDocument]) -> AsyncIterator[str]:
    """A JSON array, a call a line."""
    before = "[\n"
    async for call in calls:
        yield before + _document_adapter.dump_json(call).decode()
        before = ",\n"
    yield "\n]\n" if before != "[\n" else "[]\n"


async def csv_lines(calls: AsyncIterator[CallDocument], zone: tzinfo) -> AsyncIterator[str]:
    """A table with its heads; times are of ``zone``."""
    yield BYTE_ORDER_MARK + csv_row(COLUMNS)
    async for call in calls:
        yield csv_row(tuple(_cells(call, zone)))


def _cells(call: CallDocument, zone: tzinfo) -> Iterator[str]:
    yield call.call_id
    yield call.opened_at.astimezone(zone).isoformat(timespec="seconds")
    yield _seconds(call.duration_ms)
    yield from (call.direction, call.cause, call.agent_id or "", call.agent_name)
    yield from (call.customer_id or "", call.customer_name, call.playbook, str(call.utterances))
    yield " ".join(call.intents)
    felt = call.feelings
    yield felt[0].label if felt else ""
    yield call.worst.label if call.worst else ""
    yield felt[-1].label if felt else ""
    yield "; ".join(f"{flag.rule}={flag.verdict}" for flag in call.flags)
    yield "; ".join(f"{offer.title}={offer.reaction or ''}" for offer in call.offers)
    yield f"{call.silence_share:.3f}"
    yield _seconds(call.longest_silence_ms)
    yield _seconds(call.overtalk_ms)


def _seconds(ms: int) -> str:
    return f"{ms / 1000:.1f}"


def csv_row(cells: tuple[str, ...]) -> str:
    """A line of a table; no cell of it begins like a formula."""
    written = io.StringIO()
    csv.writer(written).writerow([f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell for cell in cells])
    return written.getvalue()
