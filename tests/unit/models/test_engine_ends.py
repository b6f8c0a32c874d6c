"""Batches that take too long, and the end of the engine."""

from __future__ import annotations

import asyncio

import pytest

from assist.errors import RecogniserError, UnavailableError
from models.engine import Engine
from tests.unit.models.gated_runner import FINAL, GatedRunner, Notes, ask, closing, engine_threads, settle


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
    others = engine_threads()
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
    assert engine_threads() <= others


async def test_closed_engine_refuses_and_closes_again() -> None:
    runner = GatedRunner()
    engine = Engine()
    await engine.close()
    await engine.close()
    with pytest.raises(UnavailableError) as caught:
        await engine.run(runner, "late", priority=FINAL)
    assert caught.value.code == "engine-closed"


async def test_close_does_not_wait_for_a_stalled_worker() -> None:
    others = engine_threads()
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
    assert engine_threads() <= others
