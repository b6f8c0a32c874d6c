"""Requests waiting for inference, in the order they deserve; pure: no clock, no loop, no threads."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import count
from typing import Any, Protocol, TypeVar

RequestT = TypeVar("RequestT", contravariant=True)
ResultT = TypeVar("ResultT", covariant=True)


class Priority(IntEnum):
    """What goes first when a worker becomes free."""

    SIGNAL = 0
    """What an utterance means, by a model that takes milliseconds; never dropped."""
    FINAL = 1
    """The words of a finished utterance; never dropped."""
    CLASSIFIER = 2
    """What somebody else's model, of unknown cost, says of an utterance; never dropped."""
    SPECULATION = 3
    """A final's first decode, begun before its end is certain; dropped rather than late."""
    PARTIAL = 4
    """A preview that the next one replaces; dropped rather than late."""
    FORESIGHT = 5
    """What an utterance that goes on seems to mean; dropped rather than late."""
    ARCHIVE = 6
    """What calls that are over are found by; waits for all else, never dropped."""

    @property
    def is_preview(self) -> bool:
        """Whether it may be dropped: newer sound of its lane makes it pointless."""
        return Priority.SPECULATION <= self <= Priority.FORESIGHT


class Runner(Protocol[RequestT, ResultT]):
    """A model behind the engine: all that one must implement."""

    @property
    def name(self) -> str:
        """model@version, for metrics and messages."""
        ...

    @property
    def batch_limit(self) -> int:
        """Most requests in one batch, at least 1."""
        ...

    def batch_key(self, request: RequestT) -> Hashable:
        """Only requests with equal keys share a batch; called on the event loop, so cheap."""
        ...

    def run(self, batch: Sequence[RequestT]) -> Sequence[ResultT | Exception]:
        """One result per request in the same order; an Exception in a place spoils only that request.

        Called in a worker thread, by up to as many workers at once as the engine has.
        """
        ...


class Answer(Protocol):
    """Where a request's one result or exception goes: the part of a future that is used here."""

    def done(self) -> bool:
        """True once answered or given up by the caller."""
        ...

    def set_result(self, result: Any, /) -> None: ...

    def set_exception(self, exception: BaseException, /) -> None: ...


@dataclass(slots=True)
class Turn:
    """A lane's place in the round; lanes with lower numbers go first."""

    number: int
    waiting: int = 0
    preview: Pending | None = None
    """The lane's only waiting partial, speculation or foresight."""


@dataclass(eq=False, slots=True)
class Pending:
    """One request that waits; types are erased here and restored by the signature of ``Engine.run``."""

    runner: Runner[Any, Any]
    request: Any
    priority: Priority
    answer: Answer
    since_s: float
    """When it was asked for."""
    deadline_s: float | None = None
    """When the result should have started; None: no hurry."""
    expires_s: float = math.inf
    """From then on it is not started any more."""
    lane: Hashable | None = None
    """Requests of one lane share one turn; None: a lane of its own."""
    key: Hashable = None
    """What a batch must have in common."""
    on_start: Callable[[], None] | None = None
    """Told when a worker takes the request."""
    arrival: int = field(default=0, init=False)
    turn: Turn = field(default_factory=lambda: Turn(0), init=False)

    @property
    def is_urgent_final(self) -> bool:
        """Whether somebody waits for these words now: a final without a deadline is of a recording."""
        return self.priority is Priority.FINAL and self.deadline_s is not None


class Backlog:
    """What waits, ordered by priority, then deadline, then lanes in turn, then arrival.

    A request without a deadline lets those with one pass, but for ``patience_s`` only, so that none starves. Turns are
    start-time fair queueing (Goyal 1996) with unit cost: a lane that begins to wait joins the end of the round, so
    nothing needs to be remembered about lanes that do not wait.
    """

    def __init__(self, *, patience_s: float = 30.0) -> None:
        if not patience_s > 0:
            raise ValueError("patience_s must be positive")
        self._patience_s = patience_s
        self._pending: dict[Pending, None] = {}
        self._counts: Counter[Priority] = Counter()
        self._turns: dict[Hashable, Turn] = {}
        self._round = 0
        self._arrivals = count()

    def __len__(self) -> int:
        return len(self._pending)

    def __contains__(self, pending: Pending) -> bool:
        return pending in self._pending

    def counts(self) -> dict[Priority, int]:
        """How many wait, per priority."""
        return {priority: self._counts[priority] for priority in Priority}

    def urgent_waits_s(self, now_s: float) -> list[float]:
        """How long each waiting final that has a deadline has waited so far."""
        return [now_s - pending.since_s for pending in self._pending if pending.is_urgent_final]

    def superseded_by(self, newcomer: Pending) -> Pending | None:
        """The waiting preview that the newcomer makes pointless: its lane's, unless it is about meaning."""
        if newcomer.priority in (Priority.SIGNAL, Priority.CLASSIFIER) or newcomer.lane is None:
            return None
        turn = self._turns.get(newcomer.lane)
        return turn.preview if turn else None

    def add(self, pending: Pending) -> None:
        """Let a request wait; what it supersedes must have been discarded."""
        turn = Turn(self._round) if pending.lane is None else self._turns.setdefault(pending.lane, Turn(self._round))
        turn.waiting += 1
        if pending.priority.is_preview:
            turn.preview = pending
        pending.turn = turn
        pending.arrival = next(self._arrivals)
        self._pending[pending] = None
        self._counts[pending.priority] += 1

    def discard(self, pending: Pending) -> bool:
        """Stop waiting; whether it did wait."""
        if pending not in self._pending:
            return False
        del self._pending[pending]
        self._counts[pending.priority] -= 1
        turn = pending.turn
        turn.waiting -= 1
        if turn.preview is pending:
            turn.preview = None
        if not turn.waiting and pending.lane is not None:
            del self._turns[pending.lane]
        return True

    def take(self, now_s: float, *, last: Priority = Priority.ARCHIVE) -> list[Pending]:
        """Remove and return the next batch: the first in order and what may share its batch, in order.

        Expired requests, those nobody waits for and those of a priority after ``last`` are passed over; empty when
        nothing else waits.
        """
        startable = [p for p in self._pending if p.priority <= last and p.expires_s > now_s and not p.answer.done()]
        if not startable:
            return []
        first = min(startable, key=lambda p: self._rank(p, now_s))
        mates = [p for p in startable if p.runner is first.runner and p.key == first.key]
        batch: list[Pending] = []
        while mates and len(batch) < first.runner.batch_limit:
            chosen = min(mates, key=lambda p: self._rank(p, now_s))
            mates.remove(chosen)
            batch.append(chosen)
            self._round += 1
            chosen.turn.number = self._round
            self.discard(chosen)
        return batch

    def clear(self) -> list[Pending]:
        """Remove and return everything, in order of arrival."""
        everything = list(self._pending)
        for pending in everything:
            self.discard(pending)
        return everything

    def _rank(self, pending: Pending, now_s: float) -> tuple[int, float, int, int]:
        due_s = pending.deadline_s
        if due_s is None:
            patience_ends_s = pending.since_s + self._patience_s
            due_s = patience_ends_s if patience_ends_s <= now_s else math.inf
        return pending.priority, due_s, pending.turn.number, pending.arrival
