"""An event loop whose clock jumps to the next timer, and a recogniser whose decodes take time on that clock."""

from __future__ import annotations

import asyncio
import selectors
import threading
from collections.abc import Callable, Coroutine, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from asr.speech import Capabilities, Hypothesis, SpeechRequest
from models.engine import EngineObserver, Priority

ResultT = TypeVar("ResultT")


@dataclass(slots=True)
class Transit:
    """What is on its way between the loop and a worker thread: as long as anything is, the clock stands still."""

    count: int = 0


class _Selector(selectors.DefaultSelector):
    """Waits for threads, and for nothing else."""

    def __init__(self, transit: Transit) -> None:
        super().__init__()
        self.now_s = 0.0
        self._transit = transit

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if self._transit.count:
            return super().select(timeout if timeout == 0 else None)
        if timeout:
            self.now_s += timeout
        return super().select(0 if timeout is not None else None)


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    def __init__(self, transit: Transit) -> None:
        self._clock = _Selector(transit)
        super().__init__(self._clock)

    def time(self) -> float:
        return self._clock.now_s


def run_in_virtual_time(main: Callable[[Transit], Coroutine[Any, Any, ResultT]]) -> ResultT:
    """Run it to its end; hours pass in seconds."""
    transit = Transit()
    with asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(transit)) as runner:
        return runner.run(main(transit))


class TransitWatch(EngineObserver):
    """Keeps the clock from running while a batch is on its way to a worker or back."""

    def __init__(self, transit: Transit) -> None:
        self._transit = transit

    def started(self, runner: str, waits: Sequence[tuple[Priority, float]]) -> None:
        self._transit.count += 1

    def finished(self, runner: str, priority: Priority, items: int, failed: int, run_s: float) -> None:
        self._transit.count -= 1

    def dropped(self, runner: str, priority: Priority, code: str) -> None:
        pass


@dataclass
class SlowRunner:
    """Decodes take ``cost_s(request)`` on the virtual clock; made on its loop."""

    hear: Callable[[SpeechRequest], Hypothesis]
    cost_s: Callable[[SpeechRequest], float]
    transit: Transit
    name: str = "slow@1"
    batch_limit: int = 1
    capabilities: Capabilities = field(
        default_factory=lambda: Capabilities(
            kind="utterance", words=True, confidence=True, punctuation=True, hotwords=False, redecodes=True
        )
    )

    def __post_init__(self) -> None:
        self._loop = asyncio.get_running_loop()

    def batch_key(self, request: SpeechRequest) -> Hashable:
        return request.effort

    def run(self, batch: Sequence[SpeechRequest]) -> Sequence[Hypothesis]:
        is_over = threading.Event()
        self._loop.call_soon_threadsafe(self._pass_time, sum(map(self.cost_s, batch)), is_over)
        is_over.wait()
        return [self.hear(request) for request in batch]

    def _pass_time(self, cost_s: float, is_over: threading.Event) -> None:
        self.transit.count -= 1
        self._loop.call_later(cost_s, self._come_back, is_over)

    def _come_back(self, is_over: threading.Event) -> None:
        self.transit.count += 1
        is_over.set()
