"""Batches, workers and answers of the engine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assist.errors import DeadlineError, LivecueError, RecogniserError
from models.engine import Engine, Priority
from tests.unit.models.gated_runner import (
    CLASSIFIER,
    FINAL,
    PARTIAL,
    SIGNAL,
    SPECULATION,
    BrokenRunner,
    GatedRunner,
    Notes,
    ask,
    closing,
    engine_threads,
    settle,
)


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

    others = engine_threads()
    asyncio.run(scenario())
    assert engine_threads() <= others
