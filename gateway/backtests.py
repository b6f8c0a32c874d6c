"""Replays over the record, spread over processes; what comes out does not depend on how many there are."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import signal
import time
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from assist.errors import InputError, LivecueError, UnavailableError

if TYPE_CHECKING:
    from assist.backtest import RecordedCall, Report, Ruleset
    from assist.ports import Analyser, CallStore, CallSummary
    from gateway.record import Unread, Wanted
    from gateway.settings import Settings

SHARE_CALLS = 32
"""Calls that a process takes at a time."""
MAX_CHANGES = 10_000
"""Changes that a replay keeps one by one."""
AHEAD = 4
"""Shares for each process that may be done before one that came earlier."""
GARBAGE_OBJECTS = 20_000
"""New objects in a process of its own after which it looks for garbage among them."""

Share = tuple[str, ...] | Path
"""Calls of the store by id, or a file of events."""


@dataclass(frozen=True, slots=True)
class Script:
    """A playbook as it was read from a file."""

    text: str
    path: str


@dataclass(frozen=True, slots=True)
class Order:
    """What is replayed, as every process is told."""

    playbook: Script
    against: Script | None
    """None: compared with the calls' own record."""
    wanted: Wanted
    """Which calls of a file count."""
    store_url: str = ""
    """Empty: no store is read."""
    reader: Settings | None = None
    """Whose model looks anew for meanings that a call was not compared with; None: rules that ask for them wait."""


@dataclass(slots=True)
class Account:
    """What came of some calls, in their order."""

    report: Report
    skipped: list[Unread] = field(default_factory=list["Unread"])

    def include(self, later: Account) -> None:
        """Go on with the account of the calls that follow."""
        self.report.include(later.report)
        self.skipped += later.skipped


@dataclass(frozen=True, slots=True)
class Outcome:
    """A replay that is over."""

    account: Account
    playbook: str
    """name@version"""
    against: str | None
    elapsed_s: float
    """Of the calls, without the reading of playbooks."""
    jobs: int
    """Processes that worked."""

    @property
    def calls_per_min(self) -> int:
        return round(60 * self.account.report.calls / self.elapsed_s) if self.elapsed_s else 0


async def replay_record(
    order: Order, shares: AsyncIterator[Share], *, jobs: int, on_progress: Callable[[int], None]
) -> Outcome:
    """Replay every share with ``jobs`` processes, fewer where there are fewer shares.

    ``on_progress`` is given how many calls are done. Raises PlaybookError, StoreError, UnavailableError
    "replay-process-ended", and, from the calls on, a group of StoreError, InputError "unreadable-events", or that.
    """
    first: list[Share] = []
    async for share in shares:
        first.append(share)
        if len(first) == jobs:
            break

    async def every_share() -> AsyncIterator[Share]:
        for share in first:
            yield share
        async for share in shares:
            yield share

    async with _open_replayers(order, max(1, len(first))) as replayers:
        begun_s = time.monotonic()
        account = await _replay_all(replayers, every_share(), on_progress)
        elapsed_s = time.monotonic() - begun_s
        playbook, against = replayers[0].references
    return Outcome(account, playbook, against, elapsed_s, len(replayers))


async def shares_of(calls: AsyncIterator[CallSummary], *, size: int = SHARE_CALLS) -> AsyncIterator[Share]:
    """Calls of the store in shares, in their order."""
    share: list[str] = []
    async for call in calls:
        share.append(call.call_id)
        if len(share) == size:
            yield tuple(share)
            share.clear()
    if share:
        yield tuple(share)


class _Replayer(Protocol):
    """Replays shares one at a time."""

    @property
    def references(self) -> tuple[str, str | None]:
        """name@version of the playbook, and of the one that it is compared with."""
        ...

    async def take(self, share: Share) -> Account: ...


@asynccontextmanager
async def _open_replayers(order: Order, jobs: int) -> AsyncGenerator[Sequence[_Replayer]]:
    """So many of them, ready: one works in this process, several have a process each, which ends with the context."""
    if jobs == 1:
        async with _open_replayer(order) as replayer:
            yield (replayer,)
        return
    processes = [_Process(order) for _ in range(jobs)]
    try:
        await asyncio.gather(*(process.ready() for process in processes))
        yield processes
    finally:
        for process in processes:
            process.end()


async def _replay_all(
    replayers: Sequence[_Replayer], shares: AsyncIterator[Share], on_progress: Callable[[int], None]
) -> Account:
    """Whoever is free takes the next share; all are told in the order in which they came."""
    from assist.backtest import Report

    account = Account(Report(max_changes=MAX_CHANGES))
    free: asyncio.Queue[_Replayer] = asyncio.Queue(len(replayers))
    for replayer in replayers:
        free.put_nowait(replayer)

    async def take(replayer: _Replayer, share: Share) -> Account:
        taken = await replayer.take(share)
        free.put_nowait(replayer)
        return taken

    waiting: deque[asyncio.Task[Account]] = deque()

    async def tell_down_to(most: int) -> None:
        while waiting and (waiting[0].done() or len(waiting) > most):
            account.include(await waiting.popleft())
            on_progress(account.report.calls)

    async with asyncio.TaskGroup() as group:
        async for share in shares:
            waiting.append(group.create_task(take(await free.get(), share), name="replay of a share"))
            await tell_down_to(AHEAD * len(replayers))
        await tell_down_to(0)
    return account


class _Here:
    """Works in this process."""

    def __init__(
        self,
        rules: Ruleset,
        against: Ruleset | None,
        *,
        store: CallStore | None,
        wanted: Wanted,
        reader: Analyser | None,
    ) -> None:
        self._rules = rules
        self._against = against
        self._store = store
        self._wanted = wanted
        self._reader = reader

    @property
    def references(self) -> tuple[str, str | None]:
        return self._rules.playbook.reference, None if self._against is None else self._against.playbook.reference

    async def take(self, share: Share) -> Account:
        """Raises InputError "unreadable-events", StoreError."""
        from assist.backtest import Backtest
        from gateway.record import Unread

        backtest = Backtest(self._rules, self._against, max_changes=MAX_CHANGES)
        account = Account(backtest.report)
        async for call in self._calls(share):
            if isinstance(call, Unread):
                account.skipped.append(call)
                continue
            try:
                backtest.take(await self._read_anew(call))
            except InputError as error:
                account.skipped.append(Unread.of(call.call_id, error))
        return account

    async def _read_anew(self, call: RecordedCall) -> RecordedCall:
        """Raises what the model raises."""
        from assist.backtest import with_meanings

        if self._reader is not None:
            for rules in (self._rules, self._against):
                if rules is not None:
                    call = await with_meanings(call, rules.playbook, self._reader)
        return call

    async def _calls(self, share: Share) -> AsyncIterator[RecordedCall | Unread]:
        from gateway.record import calls_in_files, read_stored

        if isinstance(share, Path):
            for call in calls_in_files([share], self._wanted):
                yield call
        else:
            assert self._store is not None
            for call_id in share:
                yield await read_stored(self._store, call_id)


class _Process:
    """A process that works for this one."""

    def __init__(self, order: Order) -> None:
        """Started afresh, since one that is split off from a process with threads may hang.

        Ctrl-C is for the process that gives the orders: the new one inherits that it is blocked.
        """
        self.references: tuple[str, str | None] = "", None
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, order), name="livecue replay", daemon=True)
        with theirs, _no_interrupts():
            self._process.start()

    async def ready(self) -> None:
        """Wait until it has read what it was told."""
        self.references = await asyncio.to_thread(self._receive)

    async def take(self, share: Share) -> Account:
        with _told_of_its_end():
            self._pipe.send(share)
        return await asyncio.to_thread(self._receive)

    def end(self) -> None:
        """At once, whatever it does: it only reads."""
        self._process.terminate()
        self._process.join()
        self._pipe.close()

    def _receive(self) -> Any:
        with _told_of_its_end():
            answer: Any = self._pipe.recv()
        if isinstance(answer, LivecueError):
            raise answer
        return answer


@contextmanager
def _told_of_its_end() -> Generator[None]:
    """A pipe that breaks means that nobody is at its other end."""
    try:
        yield
    except (EOFError, OSError) as error:
        raise UnavailableError(
            "A process that replays calls has ended before its time; --jobs 1 replays without such processes.",
            code="replay-process-ended",
        ) from error


def _serve(orders: Connection, order: Order) -> None:
    """What such a process does, until nobody is left to work for."""
    with suppress(EOFError):
        asyncio.run(_answer(orders, order))


async def _answer(orders: Connection, order: Order) -> None:
    try:
        async with _open_replayer(order) as replayer:
            # What was made so far lives as long as this process: there is no use in looking for garbage in it. What a
            # call leaves behind is mostly no cycles.
            gc.freeze()
            gc.set_threshold(GARBAGE_OBJECTS)
            orders.send(replayer.references)
            while True:
                orders.send(await replayer.take(orders.recv()))
    except LivecueError as error:
        orders.send(error)


@asynccontextmanager
async def _open_replayer(order: Order) -> AsyncGenerator[_Here]:
    from assist.stores import open_stores
    from gateway.wiring import open_reader

    rules = _ruleset(order.playbook)
    against = None if order.against is None else _ruleset(order.against)
    async with AsyncExitStack() as stack:
        store = None
        if order.store_url:
            store = (await stack.enter_async_context(open_stores(order.store_url))).calls
        reader = None
        if order.reader is not None:
            reader = await stack.enter_async_context(open_reader(order.reader))
        yield _Here(rules, against, store=store, wanted=order.wanted, reader=reader)


def _ruleset(script: Script) -> Ruleset:
    from assist.backtest import Ruleset
    from assist.playbook import parse_playbook
    from gateway.wiring import phrase_listener

    playbook = parse_playbook(script.text, script.path)
    return Ruleset(playbook, phrase_listener(playbook))


@contextmanager
def _no_interrupts() -> Generator[None]:
    """SIGINT waits, in this thread and for processes that are started meanwhile."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
