"""The engine with a runner whose batches start and end when the test says so."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Hashable, Iterator, Sequence
from contextlib import asynccontextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assist.errors import DeadlineError, LivecueError, OverloadedError, RecogniserError, UnavailableError
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


def engine_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("engine")]


async def test_lone_request_is_answered_without_waiting_for_company() -> None:
    runner = GatedRunner(is_open=True)
    async with closing(Engine()) as engine:
        assert await engine.run(runner, "one", priority=FINAL) == "one"
    assert runner.batches == [["one"]]


async def test_requests_of_one_instant_share_a_batch() -> None:
    runner = GatedRunner(is_open=True)
    async with closing(Engine()) as engine:
        assert await asyncio.gather(*(engine.run(runner, text, priority=FINAL) for text in "abc")) == ["a", "b", "c"]
    assert runner.batches == [["a", "b", "c"]]


async def test_busy_worker_takes_up_to_its_limit_of_what_piled_up() -> None:
    runner = GatedRunner(batch_limit=2)
    async with closing(Engine(), runner) as engine:
        first = ask(engine, runner, "first")
        await runner.entered()
        rest = [ask(engine, runner, text) for text in "abc"]
        await settle()
        assert engine.load().queued[FINAL] == 3
        runner.release(3)
        await asyncio.gather(first, *rest)
    assert runner.batches == [["first"], ["a", "b"], ["c"]]


async def test_what_words_mean_passes_finals_and_they_pass_classifiers_and_partials() -> None:
    runner = GatedRunner(batch_limit=1)
    async with closing(Engine(), runner) as engine:
        tasks = [ask(engine, runner, "first")]
        await runner.entered()
        tasks += [ask(engine, runner, priority.name, priority) for priority in (PARTIAL, CLASSIFIER, FINAL, SIGNAL)]
        await settle()
        runner.release(5)
        await asyncio.gather(*tasks)
    assert runner.batches == [["first"], ["SIGNAL"], ["FINAL"], ["CLASSIFIER"], ["PARTIAL"]]


async def test_two_workers_run_two_batches_at_once() -> None:
    runner = GatedRunner()
    async with closing(Engine(workers=2), runner) as engine:
        first = ask(engine, runner, "a")
        await runner.entered()
        second = ask(engine, runner, "b")
        await runner.entered()
        assert engine.load().busy_workers == 2
        runner.release(2)
        assert await first == "a"
        assert await second == "b"


async def test_partials_leave_a_worker_to_what_comes_after_them() -> None:
    runner = GatedRunner(batch_limit=1)
    async with closing(Engine(workers=2), runner) as engine:
        tasks = [ask(engine, runner, text, PARTIAL) for text in ("first", "second")]
        await runner.entered()
        await settle()
        assert engine.load().busy_workers == 1
        tasks.append(ask(engine, runner, "speculation", SPECULATION))
        await runner.entered()
        # Which of the two goes first is up to the threads.
        runner.release(2)
        await runner.entered()
        runner.release()
        await asyncio.gather(*tasks)
    assert runner.batches[1] == ["speculation"]
    assert runner.batches[2] == ["second"]


async def test_speculation_goes_before_partials_and_behind_finals() -> None:
    runner = GatedRunner(batch_limit=1)
    async with closing(Engine(), runner) as engine:
        tasks = [ask(engine, runner, "first")]
        await runner.entered()
        tasks += [ask(engine, runner, priority.name, priority) for priority in (PARTIAL, SPECULATION, FINAL)]
        await settle()
        runner.release(4)
        await asyncio.gather(*tasks)
    assert runner.batches == [["first"], ["FINAL"], ["SPECULATION"], ["PARTIAL"]]


async def test_one_bad_request_spoils_only_itself() -> None:
    runner = GatedRunner(is_open=True)
    async with closing(Engine()) as engine:
        results = await asyncio.gather(
            *(engine.run(runner, text, priority=FINAL) for text in ("a", "bad", "b")), return_exceptions=True
        )
    assert results[0] == "a"
    assert isinstance(results[1], ValueError)
    assert results[2] == "b"
    assert len(runner.batches) == 1


def stop_iteration() -> Sequence[str]:
    raise StopIteration


def system_exit() -> Sequence[str]:
    raise SystemExit(1)


def no_memory() -> Sequence[str]:
    raise MemoryError


def lazily_broken() -> Iterator[str]:
    yield "a"
    raise OSError


@pytest.mark.parametrize(
    "fault", [stop_iteration, system_exit, no_memory, lazily_broken, lambda: ["a", "b"], lambda: None]
)
async def test_failed_batch_answers_every_request_and_the_worker_goes_on(fault: Callable[[], Sequence[str]]) -> None:
    runner = BrokenRunner(fault)
    async with closing(Engine()) as engine:
        asked = (engine.run(runner, text, priority=FINAL) for text in "abc")
        results = await asyncio.gather(*asked, return_exceptions=True)
        assert [type(result) for result in results] == [RecogniserError] * 3
        assert len({id(result) for result in results}) == 3
        assert all(isinstance(result, RecogniserError) and result.__cause__ is not None for result in results)
        runner.fault = None
        assert await engine.run(runner, "again", priority=FINAL) == "again"
        assert engine.counts.failed == 3


async def test_unraisable_result_becomes_a_recogniser_error() -> None:
    runner = BrokenRunner(lambda: [StopIteration()])  # pyright: ignore[reportArgumentType]
    async with closing(Engine()) as engine:
        with pytest.raises(RecogniserError):
            await engine.run(runner, "a", priority=FINAL)


async def test_newer_partial_supersedes_the_waiting_one_of_its_lane() -> None:
    runner = GatedRunner()
    async with closing(Engine(), runner) as engine:
        first = ask(engine, runner, "first")
        await runner.entered()
        old = ask(engine, runner, "old", PARTIAL, lane="a")
        other = ask(engine, runner, "other", PARTIAL, lane="b")
        await settle()
        new = ask(engine, runner, "new", PARTIAL, lane="a")
        with pytest.raises(DeadlineError) as caught:
            await old
        assert caught.value.code == "superseded"
        runner.release(2)
        assert await asyncio.gather(first, other, new) == ["first", "other", "new"]
        assert engine.counts.superseded == 1


async def test_partial_that_is_late_itself_supersedes_nothing() -> None:
    runner = GatedRunner()
    async with closing(Engine(), runner) as engine:
        first = ask(engine, runner, "first")
        await runner.entered()
        old = ask(engine, runner, "old", PARTIAL, lane="a")
        await settle()
        with pytest.raises(DeadlineError):
            await engine.run(runner, "late", priority=PARTIAL, lane="a", deadline_s=0.0)
        runner.release(2)
        assert await asyncio.gather(first, old) == ["first", "old"]


async def test_final_removes_the_waiting_partial_of_its_lane() -> None:
    runner = GatedRunner()
    async with closing(Engine(), runner) as engine:
        first = ask(engine, runner, "first")
        await runner.entered()
        partial = ask(engine, runner, "partial", PARTIAL, lane="a")
        await settle()
        final = ask(engine, runner, "final", lane="a")
        with pytest.raises(DeadlineError):
            await partial
        runner.release(2)
        await asyncio.gather(first, final)
    assert runner.batches == [["first"], ["final"]]


async def test_running_partial_is_not_superseded() -> None:
    runner = GatedRunner()
    async with closing(Engine(), runner) as engine:
        running = ask(engine, runner, "running", PARTIAL, lane="a")
        await runner.entered()
        final = ask(engine, runner, "final", lane="a")
        await settle()
        runner.release(2)
        assert await asyncio.gather(running, final) == ["running", "final"]


async def test_partial_past_its_deadline_is_shed_at_once() -> None:
    runner = GatedRunner()
    async with closing(Engine(), runner) as engine:
        with pytest.raises(DeadlineError) as caught:
            await engine.run(runner, "late", priority=PARTIAL, deadline_s=asyncio.get_running_loop().time() - 1)
        assert caught.value.code == "shed-late"
        assert engine.counts.shed == 1
    assert runner.batches == []


async def test_partial_that_waits_too_long_is_shed_while_the_worker_is_busy() -> None:
    runner = GatedRunner()
    async with closing(Engine(partial_max_age_s=0.001), runner) as engine:
        first = ask(engine, runner, "first")
        await runner.entered()
        with pytest.raises(DeadlineError) as caught:
            await engine.run(runner, "late", priority=PARTIAL)
        assert caught.value.code == "shed-late"
        runner.release()
        assert await first == "first"
    assert runner.batches == [["first"]]


@pytest.mark.parametrize("priority", [SIGNAL, FINAL, CLASSIFIER])
async def test_finals_and_what_they_mean_are_never_dropped_for_lateness(priority: Priority) -> None:
    runner = GatedRunner(is_open=True)
    async with closing(Engine()) as engine:
        long_ago_s = asyncio.get_running_loop().time() - 100
        assert await engine.run(runner, "late", priority=priority, deadline_s=long_ago_s) == "late"


async def test_full_queue_refuses_partials_and_takes_finals() -> None:
    runner = GatedRunner()
    async with closing(Engine(queue_limit=2), runner) as engine:
        tasks = [ask(engine, runner, "first")]
        await runner.entered()
        tasks += [ask(engine, runner, text, PARTIAL, lane=text) for text in "ab"]
        await settle()
        with pytest.raises(OverloadedError):
            await engine.run(runner, "refused", priority=PARTIAL, lane="c")
        tasks.append(ask(engine, runner, "final", lane="c"))
        await settle()
        runner.release(2)
        assert await asyncio.gather(*tasks) == ["first", "a", "b", "final"]
        assert engine.counts.refused == 1


async def test_full_queue_still_replaces_a_lanes_own_partial() -> None:
    runner = GatedRunner()
    async with closing(Engine(queue_limit=1), runner) as engine:
        first = ask(engine, runner, "first")
        await runner.entered()
        old = ask(engine, runner, "old", PARTIAL, lane="a")
        await settle()
        new = ask(engine, runner, "new", PARTIAL, lane="a")
        with pytest.raises(DeadlineError):
            await old
        runner.release(2)
        assert await asyncio.gather(first, new) == ["first", "new"]


async def test_cancelled_request_is_not_run() -> None:
    runner = GatedRunner(batch_limit=1)
    async with closing(Engine(), runner) as engine:
        first = ask(engine, runner, "first")
        await runner.entered()
        gone, kept = ask(engine, runner, "gone"), ask(engine, runner, "kept")
        await settle()
        gone.cancel()
        runner.release(2)
        assert await asyncio.gather(first, kept) == ["first", "kept"]
        assert gone.cancelled()
        assert engine.counts.cancelled == 1
    assert runner.batches == [["first"], ["kept"]]


async def test_cancelling_a_running_request_leaves_its_neighbours_alone() -> None:
    runner = GatedRunner()
    async with closing(Engine(), runner) as engine:
        gone, kept = ask(engine, runner, "gone"), ask(engine, runner, "kept")
        await runner.entered()
        gone.cancel()
        runner.release()
        assert await kept == "kept"


async def test_batch_over_its_time_limit_is_answered_and_its_worker_recovers() -> None:
    runner = GatedRunner()
    notes = Notes()
    async with closing(Engine(batch_time_limit_s=0.01, observer=notes), runner) as engine:
        running = ask(engine, runner, "running")
        await runner.entered()
        waiting = ask(engine, runner, "waiting")
        with pytest.raises(RecogniserError) as caught:
            await running
        assert caught.value.code == "recogniser-timeout"
        with pytest.raises(RecogniserError) as caught:
            await waiting
        assert caught.value.code == "recogniser-stalled"
        with pytest.raises(RecogniserError):
            await engine.run(runner, "refused", priority=FINAL)
        assert engine.load().stalled_workers == 1
        runner.release(2)
        await notes.batch_ended.wait()
        assert await engine.run(runner, "again", priority=FINAL) == "again"
        assert engine.counts.stalled == 1


async def test_stalled_worker_leaves_the_others_working() -> None:
    hung, runner = GatedRunner(), GatedRunner(is_open=True)
    async with closing(Engine(workers=2, batch_time_limit_s=0.5), hung) as engine:
        with pytest.raises(RecogniserError):
            await engine.run(hung, "hung", priority=FINAL)
        assert await engine.run(runner, "well", priority=FINAL) == "well"


async def test_a_spare_worker_takes_the_place_of_a_stalled_one() -> None:
    hung, runner = GatedRunner(), GatedRunner(is_open=True)
    async with closing(Engine(workers=1, spare_workers=1, batch_time_limit_s=0.01), hung) as engine:
        stalled = ask(engine, hung, "hung")
        await hung.entered()
        waiting = ask(engine, runner, "waiting")
        with pytest.raises(RecogniserError):
            await stalled
        assert await waiting == "waiting"
        assert engine.load().stalled_workers == 1


async def test_close_finishes_running_batches_and_answers_waiting_ones() -> None:
    runner = GatedRunner()
    engine = Engine()
    running = ask(engine, runner, "running")
    await runner.entered()
    waiting = ask(engine, runner, "waiting")
    await settle()
    closing_task = asyncio.create_task(engine.close(), name="close")
    with pytest.raises(UnavailableError) as caught:
        await waiting
    assert caught.value.code == "engine-closed"
    runner.release()
    assert await running == "running"
    await closing_task
    assert runner.batches == [["running"]]
    assert engine_threads() == []


async def test_closed_engine_refuses_and_closes_again() -> None:
    runner = GatedRunner()
    engine = Engine()
    await engine.close()
    await engine.close()
    with pytest.raises(UnavailableError) as caught:
        await engine.run(runner, "late", priority=FINAL)
    assert caught.value.code == "engine-closed"


async def test_close_does_not_wait_for_a_stalled_worker() -> None:
    runner = GatedRunner()
    notes = Notes()
    engine = Engine(batch_time_limit_s=0.01, observer=notes)
    hung = ask(engine, runner, "hung")
    await runner.entered()
    await engine.close()
    with pytest.raises(RecogniserError):
        await hung
    runner.release()
    await notes.batch_ended.wait()
    await engine.close()
    assert engine_threads() == []


async def test_load_tells_waits_and_workers() -> None:
    runner = GatedRunner()
    async with closing(Engine(workers=1), runner) as engine:
        first = ask(engine, runner, "first")
        await runner.entered()
        rest = [ask(engine, runner, "final", deadline_s=1.0), ask(engine, runner, "signal", SIGNAL)]
        await settle()
        load = engine.load()
        assert (load.workers, load.busy_workers, load.stalled_workers) == (1, 1, 0)
        assert load.queued == {**dict.fromkeys(Priority, 0), SIGNAL: 1, FINAL: 1}
        assert load.final_wait_p95_s > 0
        assert 0 < load.utilisation <= 1
        runner.release(2)
        await asyncio.gather(first, *rest)


async def test_finals_that_nobody_is_waiting_for_do_not_count_as_waits() -> None:
    runner = GatedRunner()
    async with closing(Engine(workers=1), runner) as engine:
        tasks = [ask(engine, runner, "first")]
        await runner.entered()
        tasks.append(ask(engine, runner, "second"))
        await settle()
        assert engine.load().final_wait_p95_s == 0
        runner.release(2)
        await asyncio.gather(*tasks)
        assert engine.load().final_wait_p95_s == 0


async def test_the_caller_is_told_when_a_worker_takes_the_request() -> None:
    started: list[str] = []
    runner = GatedRunner(batch_limit=1)
    async with closing(Engine(workers=1), runner) as engine:
        tasks = [
            asyncio.create_task(
                engine.run(runner, text, priority=PARTIAL, on_start=lambda text=text: started.append(text))
            )
            for text in ("one", "two")
        ]
        await runner.entered()
        assert started == ["one"]
        runner.release()
        await runner.entered()
        assert started == ["one", "two"]
        runner.release()
        await asyncio.gather(*tasks)


async def test_observer_hears_every_batch_and_every_drop() -> None:
    notes = Notes()
    runner = GatedRunner(is_open=True)
    async with closing(Engine(observer=notes)) as engine:
        await asyncio.gather(
            *(engine.run(runner, text, priority=FINAL) for text in ("a", "bad")), return_exceptions=True
        )
        with pytest.raises(DeadlineError):
            await engine.run(runner, "late", priority=PARTIAL, deadline_s=0.0)
    assert notes.lines == [
        "started gated@1 ['FINAL', 'FINAL']",
        "finished gated@1 2 1",
        "dropped gated@1 PARTIAL shed-late",
    ]


async def test_runner_without_a_batch_limit_is_refused() -> None:
    async with closing(Engine()) as engine:
        with pytest.raises(ValueError, match="batch_limit"):
            await engine.run(GatedRunner(batch_limit=0), "a", priority=FINAL)


@pytest.mark.parametrize(
    "bounds",
    [
        {"workers": 0},
        {"reserved_workers": 1},
        {"queue_limit": 0},
        {"partial_max_age_s": 0},
        {"batch_time_limit_s": 0},
        {"patience_s": 0},
    ],
)
def test_bounds_are_checked(bounds: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(bounds))):
        Engine(**bounds)  # pyright: ignore[reportArgumentType]


request_plans = st.lists(
    st.tuples(
        st.sampled_from(["good", "bad"]),
        st.sampled_from(Priority),
        st.sampled_from([None, "x", "y"]),
        st.sampled_from([200, 400]),
        st.sampled_from(["stay", "leave early", "leave late"]),
    ),
    max_size=20,
)


@settings(max_examples=60, deadline=None)
@given(request_plans, st.integers(1, 4), st.integers(1, 2), st.integers(1, 30))
def test_every_request_gets_exactly_one_answer_and_nothing_is_left(
    plans: list[tuple[str, Priority, str | None, int, str]], batch_limit: int, workers: int, queue_limit: int
) -> None:
    async def scenario() -> None:
        runner = GatedRunner(batch_limit=batch_limit, key=lambda request: request.split()[-1])
        engine = Engine(workers=workers, queue_limit=queue_limit)
        tasks: list[asyncio.Task[str]] = []
        for index, (fate, priority, lane, key, _) in enumerate(plans):
            tasks.append(ask(engine, runner, f"{fate} {index} {key}", priority, lane=lane))
        await settle()
        for task, plan in zip(tasks, plans, strict=True):
            if plan[-1] == "leave early":
                task.cancel()
        runner.release(1_000)
        await settle()
        for task, plan in zip(tasks, plans, strict=True):
            if plan[-1] == "leave late":
                task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        await engine.close()
        check(runner, results)
        counts = engine.counts
        ends = counts.answered + counts.failed + counts.shed + counts.superseded + counts.refused + counts.cancelled
        assert ends == len(plans)
        assert sum(engine.load().queued.values()) == 0

    def check(runner: GatedRunner, results: Sequence[str | BaseException]) -> None:
        ran = [request for batch in runner.batches for request in batch]
        assert len(ran) == len(set(ran))
        for batch in runner.batches:
            assert len(batch) <= batch_limit
            assert len({request.split()[-1] for request in batch}) == 1
        for (fate, priority, *_, leaving), result in zip(plans, results, strict=True):
            match result:
                case str():
                    assert fate == "good"
                case ValueError():
                    assert fate == "bad"
                case LivecueError():
                    assert priority.is_preview
                case _:
                    assert isinstance(result, asyncio.CancelledError)
                    assert leaving != "stay"

    asyncio.run(scenario())
    assert engine_threads() == []
