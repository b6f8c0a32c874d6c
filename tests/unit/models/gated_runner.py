"""A runner whose batches start and end when a test says so, and what tests of the engine ask it with."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Hashable, Sequence
from contextlib import asynccontextmanager

from models.engine import Engine, EngineObserver, Priority

SIGNAL, FINAL, CLASSIFIER, SPECULATION, PARTIAL, FORESIGHT, _ = Priority


def alike(request: str) -> Hashable:
    """The batch key of runners that batch anything."""
    return None


class GatedRunner:
    """Echoes requests; each batch waits in its worker until the test lets it go."""

    name = "gated@1"

    def __init__(self, *, batch_limit: int = 8, is_open: bool = False, key: Callable[[str], Hashable] = alike) -> None:
        self.batch_limit = batch_limit
        self.batches: list[list[str]] = []
        self._key = key
        self._loop = asyncio.get_running_loop()
        self._entered = asyncio.Semaphore(0)
        self._gate = threading.Semaphore(1_000_000 if is_open else 0)

    def batch_key(self, request: str) -> Hashable:
        return self._key(request)

    def run(self, batch: Sequence[str]) -> Sequence[str | Exception]:
        self.batches.append(list(batch))
        self._loop.call_soon_threadsafe(self._entered.release)
        self._gate.acquire()
        return self.results(batch)

    def results(self, batch: Sequence[str]) -> Sequence[str | Exception]:
        return [ValueError(request) if request.startswith("bad") else request for request in batch]

    async def entered(self) -> None:
        """Wait until one more batch is in its worker."""
        await self._entered.acquire()

    def release(self, batches: int = 1) -> None:
        self._gate.release(batches)


class BrokenRunner(GatedRunner):
    """Goes wrong for the whole batch in the way it is told."""

    def __init__(self, fault: Callable[[], Sequence[str]]) -> None:
        super().__init__(is_open=True)
        self.fault: Callable[[], Sequence[str]] | None = fault

    def results(self, batch: Sequence[str]) -> Sequence[str | Exception]:
        return self.fault() if self.fault else super().results(batch)


@asynccontextmanager
async def closing(engine: Engine, *runners: GatedRunner) -> AsyncGenerator[Engine]:
    """Let every batch go at the end, whatever the test did, and close."""
    try:
        yield engine
    finally:
        for runner in runners:
            runner.release(1_000)
        await engine.close()


def ask(
    engine: Engine,
    runner: GatedRunner,
    request: str,
    priority: Priority = FINAL,
    *,
    deadline_s: float | None = None,
    lane: Hashable | None = None,
) -> asyncio.Task[str]:
    return asyncio.create_task(
        engine.run(runner, request, priority=priority, deadline_s=deadline_s, lane=lane), name=request
    )


class Notes(EngineObserver):
    """Writes down what the engine does."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.batch_ended = asyncio.Event()

    def started(self, runner: str, waits: Sequence[tuple[Priority, float]]) -> None:
        assert all(wait_s >= 0 for _, wait_s in waits)
        self.lines.append(f"started {runner} {[priority.name for priority, _ in waits]}")

    def finished(self, runner: str, priority: Priority, items: int, failed: int, run_s: float) -> None:
        assert run_s >= 0
        self.lines.append(f"finished {runner} {items} {failed}")
        self.batch_ended.set()

    def dropped(self, runner: str, priority: Priority, code: str) -> None:
        self.lines.append(f"dropped {runner} {priority.name} {code}")


async def settle() -> None:
    """Let every task that is ready take its step."""
    for _ in range(5):
        await asyncio.sleep(0)


def engine_threads() -> set[threading.Thread]:
    """Those alive now; of a test before, a worker that had stalled may still be ending."""
    return {thread for thread in threading.enumerate() if thread.name.startswith("engine")}
