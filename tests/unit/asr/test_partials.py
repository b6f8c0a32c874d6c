"""When running transcripts are asked for."""

from __future__ import annotations

import asyncio

from asr.lane import LaneSettings
from asr.partials import PartialSettings
from asr.pressure import Band, PressureSettings
from asr.speech import Hypothesis, SpeechRequest
from assist.errors import OverloadedError
from tests.support.speech import hypothesis, live_lane, settle

SLOW = LaneSettings(pressure=PressureSettings(min_interval_ms=5_000, max_interval_ms=5_000))


async def test_first_words_that_looped_are_asked_for_again_soon() -> None:
    answers = iter([hypothesis("好的" * 10), hypothesis("好的")])
    loop, looped = asyncio.get_running_loop(), asyncio.Event()

    def loop_first(request: SpeechRequest) -> Hypothesis:
        loop.call_soon_threadsafe(looped.set)
        return next(answers) if request.effort == "partial" else hypothesis("好的，再见")

    async with live_lane(loop_first, SLOW) as (lane, _):
        await lane.hear(True, 600)
        await looped.wait()
        for _ in range(20):
            await lane.hear(True, 100)
            await settle()
        await lane.sink.shown.wait()
    assert lane.sink.partials[0].text == "好的"
    assert lane.sink.partials[0].end_ms < 5_000


async def test_partials_that_load_takes_away_are_told_once_and_taken_back() -> None:
    is_busy = True

    def hear(request: SpeechRequest) -> Hypothesis | Exception:
        return OverloadedError("busy") if is_busy and request.effort == "partial" else hypothesis("您好")

    often = LaneSettings(
        partials=PartialSettings(first_after_ms=100, missed_limit=2),
        pressure=PressureSettings(min_interval_ms=100, max_interval_ms=100),
    )
    async with live_lane(hear, often) as (lane, runner):
        while not lane.sink.health:
            await lane.hear(True, 100)
            await settle()
        assert not lane.sink.partials
        is_busy = False
        while len(lane.sink.health) < 2:
            await lane.hear(True, 100)
            await settle()
        await lane.sink.shown.wait()
    assert len(runner.requests) >= 3
    assert lane.sink.health == [("partials-thinned", False), ("partials-thinned", True)]


async def test_thinned_partials_are_taken_back_while_nobody_speaks() -> None:
    def hear(request: SpeechRequest) -> Hypothesis | Exception:
        return OverloadedError("busy") if request.effort == "partial" else hypothesis("您好")

    often = LaneSettings(
        partials=PartialSettings(first_after_ms=100, missed_limit=2),
        pressure=PressureSettings(min_interval_ms=100, max_interval_ms=100),
    )
    async with live_lane(hear, often) as (lane, _):
        while not lane.sink.health:
            await lane.hear(True, 100)
            await settle()
        while len(lane.sink.health) < 2:
            await lane.hear(False, 100)
            await settle()
    assert lane.sink.health == [("partials-thinned", False), ("partials-thinned", True)]


async def test_what_was_decoded_up_to_a_pause_is_kept_and_not_heard_again() -> None:
    def hear(request: SpeechRequest) -> Hypothesis:
        return hypothesis("我想查" if request.effort == "final" else "流量")

    async with live_lane(hear, LaneSettings(partials=PartialSettings(first_after_ms=3_200))) as (lane, runner):
        await lane.hear(True, 3_000)
        await lane.hear(False, 400)
        await lane.sink.shown.wait()
        lane.sink.shown.clear()
        for _ in range(8):
            await lane.hear(True, 100)
            await settle()
        await lane.sink.shown.wait()
    before, after = lane.sink.partials[:2]
    assert (before.text, after.text) == ("我想查", "我想查流量")
    (partial,) = [request for request in runner.requests if request.effort == "partial"]
    assert len(partial.samples) < 1_200 * 16


async def test_partials_get_rarer_while_finals_need_the_workers() -> None:
    thinned = LaneSettings(
        partials=PartialSettings(first_after_ms=100),
        pressure=PressureSettings(
            min_interval_ms=100, max_interval_ms=1_000, filled_share=0.0, thinned_ms=Band(500, 200)
        ),
    )
    async with live_lane(lambda _: hypothesis("您好"), thinned) as (lane, runner):
        for _ in range(40):
            await lane.hear(True, 100)
            await settle()
        await lane.sink.shown.wait()
    assert sum(request.effort == "partial" for request in runner.requests) <= 5
    assert lane.sink.health[0] == ("partials-thinned", False)
