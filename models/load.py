"""How busy the engine is and with what: the numbers that load is shed by; pure, time is an argument."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from models.backlog import Priority


@dataclass(frozen=True, slots=True)
class EngineLoad:
    """The engine at one moment."""

    queued: Mapping[Priority, int]
    """Requests waiting, per priority."""
    workers: int
    partial_workers: int
    """How many of them may run partials at once."""
    busy_workers: int
    stalled_workers: int
    """Busy for longer than the time limit of a batch; their requests were answered with an error."""
    final_wait_p95_s: float
    """How long finals with a deadline wait to start, over the window, those still waiting included; 0 without any.

    Without a deadline nobody waits for them: a recording must not make the engine look too slow for live calls.
    """
    shares: Mapping[Priority, float]
    """Busy share of all workers over the window, 0 to 1, per priority."""
    costs_s: Mapping[Priority, float]
    """Worker time of one request, mean over the window, per priority; 0 where none has started."""

    @property
    def utilisation(self) -> float:
        """Busy share of all workers over the window, 0 to 1."""
        return min(1.0, sum(self.shares.values()))


def percentile(samples: Sequence[float], share: float) -> float:
    """The smallest sample that at least ``share`` of all do not exceed (nearest rank); 0 for none."""
    if not samples:
        return 0.0
    return sorted(samples)[max(0, math.ceil(share * len(samples)) - 1)]


@dataclass(frozen=True, slots=True)
class _Sums:
    """What had been done up to a moment, one entry per priority."""

    at_s: float
    busy_s: tuple[float, ...]
    started: tuple[int, ...]


class LoadMeter:
    """Sliding-window memory of final waits and of what kept the workers busy.

    Work is running sums with a checkpoint every ``window_s / 60``, so memory does not grow with the rate of batches.
    """

    def __init__(self, *, workers: int, window_s: float = 10.0, sample_limit: int = 2_000) -> None:
        if workers < 1 or not window_s > 0 or sample_limit < 1:
            raise ValueError("workers, window_s and sample_limit must be positive")
        self._workers = workers
        self._window_s = window_s
        self._final_waits: deque[tuple[float, float]] = deque(maxlen=sample_limit)
        self._running = [0] * len(Priority)
        self._busy_s = [0.0] * len(Priority)
        self._started = [0] * len(Priority)
        self._checkpoints: deque[_Sums] = deque()
        self._summed_s = 0.0

    def started(self, now_s: float, priority: Priority, requests: int, final_waits_s: Iterable[float]) -> None:
        """A batch of that many requests started; how long the finals in it had waited."""
        self._advance(now_s)
        self._running[priority] += 1
        self._started[priority] += requests
        self._final_waits.extend((now_s, wait_s) for wait_s in final_waits_s)

    def finished(self, now_s: float, priority: Priority) -> None:
        """A batch left its worker."""
        self._advance(now_s)
        self._running[priority] -= 1

    def final_wait_p95_s(self, now_s: float, still_waiting_s: Sequence[float]) -> float:
        """Over the window, with the waits so far of those that have not started."""
        while self._final_waits and self._final_waits[0][0] < now_s - self._window_s:
            self._final_waits.popleft()
        return percentile([*(wait_s for _, wait_s in self._final_waits), *still_waiting_s], 0.95)

    def shares(self, now_s: float) -> Mapping[Priority, float]:
        """Busy share of all workers over the window; nothing was done before the first batch."""
        busy_s = self._busy_before(now_s)
        span_s = self._window_s * self._workers
        return {p: min(1.0, max(0.0, self._busy_s[p] - busy_s[p]) / span_s) for p in Priority}

    def costs_s(self, now_s: float) -> Mapping[Priority, float]:
        """Worker time per request over the window; 0 where none has started."""
        busy_s = self._busy_before(now_s)
        before = self._checkpoints[0].started if self._checkpoints else self._started
        return {p: (self._busy_s[p] - busy_s[p]) / max(1, self._started[p] - before[p]) for p in Priority}

    def _busy_before(self, now_s: float) -> Sequence[float]:
        """Busy time before the window began."""
        if not self._checkpoints:
            return self._busy_s
        self._advance(now_s)
        first, begin_s = self._checkpoints[0], now_s - self._window_s
        if first.at_s >= begin_s:
            return first.busy_s
        end_s, until_s = (
            (self._checkpoints[1].at_s, self._checkpoints[1].busy_s)
            if len(self._checkpoints) > 1
            else (now_s, self._busy_s)
        )
        share = (begin_s - first.at_s) / (end_s - first.at_s)
        return [old + share * (new - old) for old, new in zip(first.busy_s, until_s, strict=True)]

    def _advance(self, now_s: float) -> None:
        if self._checkpoints:
            for priority, running in enumerate(self._running):
                self._busy_s[priority] += running * (now_s - self._summed_s)
        self._summed_s = now_s
        if not self._checkpoints or now_s - self._checkpoints[-1].at_s >= self._window_s / 60:
            self._checkpoints.append(_Sums(now_s, tuple(self._busy_s), tuple(self._started)))
        while len(self._checkpoints) > 1 and self._checkpoints[1].at_s <= now_s - self._window_s:
            self._checkpoints.popleft()
