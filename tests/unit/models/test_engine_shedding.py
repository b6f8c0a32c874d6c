"""What the engine does not run: previews that come too late, are superseded, or meet a full queue."""

from __future__ import annotations

import asyncio

import pytest

from assist.errors import DeadlineError, OverloadedError
from models.engine import Engine, Priority
from tests.unit.models.gated_runner import CLASSIFIER, FINAL, PARTIAL, SIGNAL, GatedRunner, ask, closing, settle


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
