"""The inference engine: one queue for the whole process in front of a few worker threads.

Natural batching: an idle worker starts at once with what is there; a busy one takes, when it is done, what piled up and
may share a batch. There is no wait window and no polling, so a lone request never waits and a crowd is served in
batches. The event loop alone owns the queue; worker threads only ever see the batch they run.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Protocol, cast

from assist.errors import DeadlineError, LivecueError, OverloadedError, RecogniserError, UnavailableError
from models.backlog import Backlog, Pending, Priority, RequestT, ResultT, Runner
from models.batch import Batch, run_batch
from models.load import EngineLoad, LoadMeter
from models.threads import give_way

__all__ = ["Engine", "EngineCounts", "EngineLoad", "EngineObserver", "Priority", "Runner"]


@dataclass(slots=True)
class EngineCounts:
    """What happened since the engine was made; every request ends in exactly one of the last seven."""

    batches: int = 0
    """Batches started."""
    stalled: int = 0
    """Batches that exceeded their time limit."""
    answered: int = 0
    failed: int = 0
    """The runner failed on the request or its batch."""
    shed: int = 0
    """Previews whose time had passed."""
    superseded: int = 0
    """Previews replaced by a newer one or the final of their lane."""
    refused: int = 0
    """Previews that met a full queue, and requests that met only stalled workers."""
    cancelled: int = 0
    """The caller went away."""
    closed: int = 0
    """Still waiting, or asked for, when the engine closed."""


class EngineObserver(Protocol):
    """Hears what the engine does, on the event loop: the place to hang metrics on. Must not raise."""

    def started(self, runner: str, waits: Sequence[tuple[Priority, float]]) -> None:
        """A batch started; priority and seconds waited of each request in it."""
        ...

    def finished(self, runner: str, priority: Priority, items: int, failed: int, run_s: float) -> None:
        """A batch left its worker; ``priority`` is that of the request it was made for."""
        ...

    def dropped(self, runner: str, priority: Priority, code: str) -> None:
        """A request ended without being run: "shed-late", "superseded", "overloaded" …"""
        ...


class Engine:
    """Runs every model of this process for all its calls; lives on one event loop.

    ``workers`` threads run batches; one per replica of the models, since native code releases the interpreter lock.
    ``reserved_workers`` of them never run a partial, by default one where there are several: a final that comes while
    partials run finds a free worker (`livecue bench scheduling` shows what that is worth).
    ``queue_limit`` bounds the waiting requests against previews, that is partials, speculations and foresight: at the
    limit one is refused, while the others are always taken in, as each lane brings only a few (its own bound) and then
    blocks. ``partial_max_age_s`` is how long a preview may wait before it is shed.
    ``batch_time_limit_s`` is how long callers wait for a running batch. A native call cannot be interrupted: its
    worker counts as stalled until the call returns, and while all workers are stalled every request is refused.
    Up to ``spare_workers`` more threads take the place of stalled ones, for a process with another model to turn to.
    ``patience_s`` is how long a request without a deadline lets others of its priority pass.
    """

    def __init__(
        self,
        *,
        workers: int = 1,
        reserved_workers: int | None = None,
        spare_workers: int = 0,
        queue_limit: int = 512,
        partial_max_age_s: float = 1.5,
        batch_time_limit_s: float = 60.0,
        patience_s: float = 30.0,
        load_window_s: float = 10.0,
        observer: EngineObserver | None = None,
    ) -> None:
        if workers < 1 or queue_limit < 1 or spare_workers < 0:
            raise ValueError("workers and queue_limit must be at least 1, spare_workers not negative")
        if reserved_workers is None:
            reserved_workers = min(1, workers - 1)
        if not 0 <= reserved_workers < workers:
            raise ValueError("reserved_workers must leave at least one worker to partials")
        if not (partial_max_age_s > 0 and batch_time_limit_s > 0):
            raise ValueError("partial_max_age_s and batch_time_limit_s must be positive")
        self._workers = workers
        self._spare_workers = spare_workers
        self._partial_workers = workers - reserved_workers
        self._queue_limit = queue_limit
        self._partial_max_age_s = partial_max_age_s
        self._batch_time_limit_s = batch_time_limit_s
        self._observer = observer
        self._backlog = Backlog(patience_s=patience_s)
        self._meter = LoadMeter(workers=workers, window_s=load_window_s)
        self._counts = EngineCounts()
        self._threads = ThreadPoolExecutor(workers + spare_workers, thread_name_prefix="engine", initializer=give_way)
        self._running: dict[asyncio.Future[Sequence[object]], Batch] = {}
        self._is_dispatch_due = False
        self._is_closed = False

    @property
    def counts(self) -> EngineCounts:
        """A copy of the counters."""
        return replace(self._counts)

    async def run(
        self,
        runner: Runner[RequestT, ResultT],
        request: RequestT,
        *,
        priority: Priority,
        deadline_s: float | None = None,
        lane: Hashable | None = None,
        on_start: Callable[[], None] | None = None,
    ) -> ResultT:
        """The runner's result for one request.

        ``deadline_s`` is an absolute ``loop.time()`` by which the request should have started. It orders requests of
        one priority; a preview that has not started by then, or within the engine's ``partial_max_age_s``, is shed.
        In a ``lane`` at most one preview waits: a newer one or a final of the lane supersedes it.
        ``on_start`` is called on the loop when a worker takes the request: from then on nothing supersedes it.

        Raises DeadlineError "shed-late" or "superseded" and OverloadedError for previews only; the exception that the
        runner put in the request's place; RecogniserError when the whole batch failed ("recogniser-failed"), took too
        long ("recogniser-timeout") or every worker is stalled ("recogniser-stalled"); UnavailableError "engine-closed".
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()
        pending = self._pending(runner, request, priority, deadline_s, lane, answer, loop.time())
        pending.on_start = on_start
        self._admit(pending)
        timer = None
        if pending.expires_s < math.inf:
            timer = loop.call_at(pending.expires_s, self._expire, pending)
        try:
            return cast(ResultT, await answer)
        except asyncio.CancelledError:
            self._forget(pending, answer)
            raise
        finally:
            if timer is not None:
                timer.cancel()

    def load(self) -> EngineLoad:
        """How busy the engine is now; call it on the engine's loop."""
        now_s = asyncio.get_running_loop().time()
        batches = list(self._running.values())
        return EngineLoad(
            queued=self._backlog.counts(),
            workers=self._workers,
            partial_workers=self._partial_workers,
            busy_workers=len(batches),
            stalled_workers=sum(batch.is_stalled for batch in batches),
            final_wait_p95_s=self._meter.final_wait_p95_s(now_s, self._backlog.urgent_waits_s(now_s)),
            shares=self._meter.shares(now_s),
            costs_s=self._meter.costs_s(now_s),
        )

    async def close(self) -> None:
        """Answer what waits with "engine-closed", let running batches finish, and end the threads. Idempotent.

        A stalled batch is not waited for; its thread ends when the native call returns.
        """
        self._is_closed = True
        for pending in self._backlog.clear():
            self._drop(pending, _engine_closed())
        for batch in list(self._running.values()):
            await batch.released.wait()
        self._threads.shutdown(wait=not self._running)

    # --- waiting ---------------------------------------------------------------------------------------------------

    def _pending(
        self,
        runner: Runner[Any, Any],
        request: object,
        priority: Priority,
        deadline_s: float | None,
        lane: Hashable | None,
        answer: asyncio.Future[Any],
        now_s: float,
    ) -> Pending:
        if runner.batch_limit < 1:
            raise ValueError(f"runner {runner.name} has a batch_limit below 1")
        expires_s = math.inf
        if priority.is_preview:
            expires_s = now_s + self._partial_max_age_s
            deadline_s = expires_s = expires_s if deadline_s is None else min(expires_s, deadline_s)
        return Pending(
            runner=runner,
            request=request,
            priority=priority,
            answer=answer,
            since_s=now_s,
            deadline_s=deadline_s,
            expires_s=expires_s,
            lane=lane,
            key=runner.batch_key(request),
        )

    def _admit(self, pending: Pending) -> None:
        """Let the request wait and wake a worker; an immediate refusal is already its answer."""
        superseded = self._backlog.superseded_by(pending)
        others = len(self._backlog) - (superseded is not None)
        if self._is_closed:
            self._drop(pending, _engine_closed())
        elif self._is_stalled():
            self._drop(pending, _all_stalled())
        elif pending.expires_s <= pending.since_s:
            self._drop(pending, _too_late())
        elif pending.priority.is_preview and others >= self._queue_limit:
            self._drop(pending, OverloadedError("The engine's queue is full.", retry_after_s=self._partial_max_age_s))
        else:
            if superseded is not None:
                self._drop(superseded, DeadlineError("A newer request of the lane took its place.", code="superseded"))
            self._backlog.add(pending)
            self._dispatch_soon()

    def _expire(self, pending: Pending) -> None:
        if pending in self._backlog:
            self._drop(pending, _too_late())

    def _forget(self, pending: Pending, answer: asyncio.Future[Any]) -> None:
        """The caller went away: nobody will look at the answer, also when it has just been given."""
        self._backlog.discard(pending)
        if answer.cancelled():
            self._counts.cancelled += 1
        else:
            answer.exception()

    def _is_stalled(self) -> bool:
        return self._stalled() == self._workers + self._spare_workers

    def _has_free_worker(self) -> bool:
        return len(self._running) < self._workers + min(self._stalled(), self._spare_workers)

    def _stalled(self) -> int:
        return sum(batch.is_stalled for batch in self._running.values())

    def _drop(self, pending: Pending, error: LivecueError) -> None:
        """Answer a request that was not run."""
        self._backlog.discard(pending)
        if pending.answer.done():
            return
        pending.answer.set_exception(error)
        match error.code:
            case "shed-late":
                self._counts.shed += 1
            case "superseded":
                self._counts.superseded += 1
            case "engine-closed":
                self._counts.closed += 1
            case _:
                self._counts.refused += 1
        if self._observer is not None:
            self._observer.dropped(pending.runner.name, pending.priority, error.code)

    # --- running ---------------------------------------------------------------------------------------------------

    def _dispatch_soon(self) -> None:
        """Start idle workers after the callbacks that are ready now: requests of one instant share a batch."""
        if not self._is_dispatch_due and self._has_free_worker():
            self._is_dispatch_due = True
            asyncio.get_running_loop().call_soon(self._dispatch)

    def _dispatch(self) -> None:
        self._is_dispatch_due = False
        loop = asyncio.get_running_loop()
        while self._has_free_worker():
            members = self._backlog.take(loop.time(), last=self._last_to_start())
            if not members:
                return
            self._start(loop, members)

    def _last_to_start(self) -> Priority:
        """The last priority that a free worker may take on."""
        partials = sum(batch.priority is Priority.PARTIAL for batch in self._running.values())
        return Priority.ARCHIVE if partials < self._partial_workers else Priority.SPECULATION

    def _start(self, loop: asyncio.AbstractEventLoop, members: Sequence[Pending]) -> None:
        now_s = loop.time()
        batch = Batch(runner=members[0].runner, members=members, started_s=now_s)
        requests = [member.request for member in members]
        future = loop.run_in_executor(self._threads, run_batch, batch.runner, requests)
        self._running[future] = batch
        time_limit = loop.call_at(now_s + self._batch_time_limit_s, self._stall, batch)
        future.add_done_callback(lambda done: self._finish(done, time_limit, loop.time()))
        waits = [(member.priority, now_s - member.since_s) for member in members]
        self._counts.batches += 1
        final_waits_s = [now_s - member.since_s for member in members if member.is_urgent_final]
        self._meter.started(now_s, batch.priority, len(members), final_waits_s)
        for member in members:
            if member.on_start is not None:
                member.on_start()
        if self._observer is not None:
            self._observer.started(batch.runner.name, waits)

    def _stall(self, batch: Batch) -> None:
        """Stop waiting for a batch; when no worker is left, refuse what waits for one."""
        batch.is_stalled = True
        self._counts.stalled += 1
        for member in batch.members:
            self._answer(member, RecogniserError("The recogniser took too long.", code="recogniser-timeout"))
        batch.released.set()
        if self._is_stalled():
            for pending in self._backlog.clear():
                self._drop(pending, _all_stalled())
        else:
            self._dispatch_soon()

    def _finish(self, future: asyncio.Future[Sequence[object]], time_limit: asyncio.TimerHandle, now_s: float) -> None:
        """Answer the requests of a batch that left its worker, and give the worker what piled up."""
        time_limit.cancel()
        batch = self._running.pop(future)
        self._meter.finished(now_s, batch.priority)
        outcomes = future.result()
        for member, outcome in zip(batch.members, outcomes, strict=True):
            self._answer(member, outcome)
        batch.released.set()
        if self._observer is not None:
            failed = sum(isinstance(outcome, Exception) for outcome in outcomes)
            self._observer.finished(batch.runner.name, batch.priority, len(outcomes), failed, now_s - batch.started_s)
        self._dispatch()

    def _answer(self, member: Pending, outcome: object) -> None:
        if member.answer.done():
            return
        if isinstance(outcome, Exception):
            member.answer.set_exception(outcome)
            self._counts.failed += 1
        else:
            member.answer.set_result(outcome)
            self._counts.answered += 1


def _all_stalled() -> RecogniserError:
    return RecogniserError("The recogniser does not answer.", code="recogniser-stalled")


def _too_late() -> DeadlineError:
    return DeadlineError("The preview would have come too late.", code="shed-late")


def _engine_closed() -> UnavailableError:
    return UnavailableError("The engine is closed.", code="engine-closed")
