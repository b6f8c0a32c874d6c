"""Stored calls, read back one by one: from the service's database, or from files of events."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import ValidationError

from assist.backtest import REPLAYED, RecordedCall, read_call
from assist.closed_call import is_practice
from assist.errors import InputError, LivecueError, NotFoundError, StoreError
from assist.messages import CallClosed, Envelope, envelope_adapter
from assist.ports import CallQuery, CallStore, CallSummary
from assist.scope import EVERY_CALL, CallScope


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which calls are read."""

    agent_id: str | None = None
    since: datetime | None = None
    """Opened at or after."""
    scope: CallScope = EVERY_CALL
    """Calls that whoever asks may see."""
    call_ids: tuple[str, ...] = ()
    """Only these; empty: any."""
    with_practice: bool = True
    """Calls of practice among them; those that are named are read in any case."""

    def matches(self, call_id: str, source: str, agent_id: str | None, opened_at: datetime) -> bool:
        """Whether a call is one of them."""
        is_named = call_id in self.call_ids if self.call_ids else self.with_practice or not is_practice(source)
        is_seen = self.scope.covers(agent_id) and self.agent_id in (None, agent_id)
        return is_named and is_seen and (self.since is None or opened_at >= self.since)


@dataclass(frozen=True, slots=True)
class Unread:
    """A call, or a line of a file, that could not be used."""

    name: str
    """Call id, or FILE:LINE."""
    code: str
    reason: str

    @classmethod
    def of(cls, name: str, error: LivecueError) -> Unread:
        return cls(name, error.code, error.message)


async def stored_calls(
    store: CallStore, wanted: Wanted, *, page_calls: int = 500, page_envelopes: int = 10_000
) -> AsyncIterator[RecordedCall | Unread]:
    """Closed calls of a store, newest first, read so many rows at a time.

    Raises StoreError when the store cannot serve at all.
    """
    async for summary in closed_calls(store, wanted, page_calls=page_calls):
        yield await read_stored(store, summary.call_id, page_envelopes=page_envelopes)


def calls_in_files(paths: Iterable[Path], wanted: Wanted) -> Iterator[RecordedCall | Unread]:
    """Calls in files of envelopes, one JSON value a line, as ``livecue call --json`` prints them.

    Raises InputError "unreadable-events" for a file that cannot be read.
    """
    for path in paths:
        yield from _calls_in_file(path, wanted)


async def closed_calls(
    store: CallStore, wanted: Wanted, *, is_corrected: bool = False, page_calls: int = 500
) -> AsyncIterator[CallSummary]:
    """Closed calls, newest first, so many rows at a time; ``is_corrected``: with lines that people put right.

    Those that ``wanted`` names come in its order; NotFoundError "unknown-call" for one that is not there or goes on.
    Calls that were opened at one instant may lie on both sides of a page: the next one begins with them again.
    """
    if wanted.call_ids:
        for call_id in wanted.call_ids:
            summary = await _named(store, call_id)
            if wanted.matches(call_id, summary.source, summary.agent_id, summary.opened_at):
                yield summary
        return
    before: datetime | None = None
    seen: set[str] = set()
    while True:
        query = CallQuery(
            agent_id=wanted.agent_id,
            scope=wanted.scope,
            is_open=False,
            is_corrected=is_corrected,
            with_practice=wanted.with_practice,
            before=before,
            limit=page_calls,
        )
        page = await store.calls(query)
        new = [summary for summary in page if summary.call_id not in seen]
        for summary in new:
            if wanted.since is not None and summary.opened_at < wanted.since:
                return
            yield summary
        if len(page) < page_calls or not new:
            return
        seen = {summary.call_id for summary in page}
        before = page[-1].opened_at + timedelta(microseconds=1)


async def _named(store: CallStore, call_id: str) -> CallSummary:
    summary = await store.summary(call_id)
    if summary is None or summary.closed_at is None:
        raise NotFoundError(f"There is no closed call {call_id!r} here.", code="unknown-call")
    return summary


async def read_stored(store: CallStore, call_id: str, *, page_envelopes: int = 10_000) -> RecordedCall | Unread:
    """One call of a store, or why it cannot be used. Raises StoreError when the store cannot serve at all."""
    try:
        return await stored_call(store, call_id, page_envelopes=page_envelopes)
    except InputError as error:
        return Unread.of(call_id, error)
    except StoreError as error:
        if error.code != "store-damaged":
            raise
        return Unread.of(call_id, error)


async def stored_call(store: CallStore, call_id: str, *, page_envelopes: int = 10_000) -> RecordedCall:
    """One call of a store, read so many events at a time.

    Raises InputError "log-incomplete", "call-open", and StoreError.
    """
    is_whole = await store.is_whole(call_id)
    log: list[Envelope] = []
    while page := await store.envelopes(call_id, after=log[-1].seq if log else 0, limit=page_envelopes, types=REPLAYED):
        log.extend(page)
        if len(page) < page_envelopes:
            break
    return read_call(log, is_whole=is_whole)


def _calls_in_file(path: Path, wanted: Wanted) -> Iterator[RecordedCall | Unread]:
    """Each call when its log is closed; those that are open at the end of the file come last."""
    logs: dict[str, list[Envelope]] = {}
    closed: set[str] = set()
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                try:
                    envelope = envelope_adapter.validate_json(line)
                except ValidationError:
                    yield Unread(f"{path}:{number}", "bad-event", "The line is not an event of a call.")
                    continue
                if envelope.call_id in closed:
                    continue
                log = logs.setdefault(envelope.call_id, [])
                log.append(envelope)
                if isinstance(envelope.event, CallClosed):
                    closed.add(envelope.call_id)
                    yield from _call(logs.pop(envelope.call_id), wanted)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", code="unreadable-events") from error
    for log in logs.values():
        yield from _call(log, wanted)


def _call(log: list[Envelope], wanted: Wanted) -> Iterator[RecordedCall | Unread]:
    try:
        call = read_call(log)
    except InputError as error:
        yield Unread.of(log[0].call_id, error)
        return
    if wanted.matches(call.call_id, call.source, call.agent_id, call.opened_at):
        yield call
