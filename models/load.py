"""How busy the engine is: the numbers that admission decides on; pure, time is an argument."""

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
    busy_workers: int
    stalled_workers: int
    """Busy for longer than the time limit of a batch; their requests were answered with an error."""
    final_wait_p95_s: float
    """How long finals with a deadline wait to start, over the window, those still waiting included; 0 without any.

    Without a deadline nobody waits for them: a recording must not make the engine look too slow for live calls.
    """
    utilisation: float
    """Busy share of all workers over the window, 0 to 1."""


def percentile(samples: Sequence[float], share: float) -> float:
    """The smallest sample that at least ``share`` of all do not exceed (nearest rank); 0 for none."""
    if not samples:
        return 0.0
    return sorted(samples)[max(0, math.ceil(share * len(samples)) - 1)]


class LoadMeter:
    """Sliding-window memory of final waits and of how many workers were busy.

    Busy time is one running sum with a checkpoint every ``window_s / 60``, so memory does not grow with the rate of
    batches.
    """

    def __init__(self, *, workers: int, window_s: float = 30.0, sample_limit: int = 2_000) -> None:
        if workers < 1 or not window_s > 0 or sample_limit < 1:
            raise ValueError("workers, window_s and sample_limit must be positive")
        self._workers = workers
        self._window_s = window_s
        self._final_waits: deque[tuple[float, float]] = deque(maxlen=sample_limit)
        self._busy_workers = 0
        self._busy_s = 0.0
        self._checkpoints: deque[tuple[float, float]] = deque()
        self._summed_s = 0.0

    def started(self, now_s: float, final_waits_s: Iterable[float]) -> None:
        """A batch started; how long the finals in it had waited."""
        self._advance(now_s)
        self._busy_workers += 1
        self._final_waits.extend((now_s, wait_s) for wait_s in final_waits_s)

    def finished(self, now_s: float) -> None:
        """A batch left its worker."""
        self._advance(now_s)
        self._busy_workers -= 1

    def final_wait_p95_s(self, now_s: float, still_waiting_s: Sequence[float]) -> float:
        """Over the window, with the waits so far of those that have not started."""
        while self._final_waits and self._final_waits[0][0] < now_s - self._window_s:
            self._final_waits.popleft()
        return percentile([*(wait_s for _, wait_s in self._final_waits), *still_waiting_s], 0.95)

    def utilisation(self, now_s: float) -> float:
        """Busy share over the window, or since the first batch if that is shorter."""
        if not self._checkpoints:
            return 0.0
        self._advance(now_s)
        begin_s, busy_before_s = self._checkpoints[0]
        if begin_s < now_s - self._window_s:
            end_s, busy_until_s = self._checkpoints[1] if len(self._checkpoints) > 1 else (now_s, self._busy_s)
            share = (now_s - self._window_s - begin_s) / (end_s - begin_s)
            begin_s, busy_before_s = now_s - self._window_s, busy_before_s + share * (busy_until_s - busy_before_s)
        if now_s <= begin_s:
            return 0.0
        return min(1.0, (self._busy_s - busy_before_s) / (now_s - begin_s) / self._workers)

    def _advance(self, now_s: float) -> None:
        if self._checkpoints:
            self._busy_s += self._busy_workers * (now_s - self._summed_s)
        self._summed_s = now_s
        if not self._checkpoints or now_s - self._checkpoints[-1][0] >= self._window_s / 60:
            self._checkpoints.append((now_s, self._busy_s))
        while len(self._checkpoints) > 1 and self._checkpoints[1][0] <= now_s - self._window_s:
            self._checkpoints.popleft()
