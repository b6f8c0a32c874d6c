"""Utterances that end sooner or later, depending on what was said."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from asr.lane import LaneSettings
from asr.listener import HeardPause, HeardSegment, Listener
from asr.partials import PartialSettings
from asr.pressure import Band, Pressure, PressureSettings
from asr.recogniser import Recogniser
from asr.speculation import FirstDecodes, SpeculationSettings
from asr.speech import Hypothesis, SpeechRequest
from asr.verdict import ENDPOINT_WAITS, Verdicts, VerdictSettings
from assist.errors import RecogniserError
from assist.messages import Utterance, UtteranceDropped
from models.engine import Engine, EngineLoad
from tests.support.speech import (
    UNHURRIED,
    CheckingSink,
    FakeRunner,
    LevelDetector,
    LiveLane,
    frames,
    hypothesis,
    live_lane,
    replay,
    settle,
    sound,
)

NO_PARTIALS = PartialSettings(first_after_ms=60_000)
PATIENT = replace(UNHURRIED, partials=NO_PARTIALS)
OVERLOADED = PressureSettings(waiting_share=Band(0.0, 0.0))
Parts = Sequence[tuple[int, int]]


def pcm(parts: Parts) -> bytes:
    return b"".join(sound(True, speech_ms) + sound(False, pause_ms) for speech_ms, pause_ms in parts)


async def finals(text: str, *parts: tuple[int, int]) -> Sequence[Utterance | UtteranceDropped]:
    """What a recording of the parts gives, if that is heard in every stretch of speech."""
    return (await replay(frames(pcm(parts)), lambda _: hypothesis(text))).finals


async def test_an_unfinished_sentence_waits_for_its_rest() -> None:
    (whole,) = await finals("我想问一下因为", (1_000, 800), (1_000, 1_500))
    assert whole.end_ms - whole.start_ms >= 2_700
    assert 958 <= whole.decided_ms - whole.end_ms <= 992


async def test_a_sentence_that_may_be_whole_does_not() -> None:
    first, _ = await finals("我要查话费", (1_000, 800), (1_000, 1_500))
    assert 508 <= first.decided_ms - first.end_ms <= 544


async def test_a_question_ends_with_the_shortest_silence() -> None:
    first, _ = await finals("可以吗", (1_000, 480), (1_000, 1_500))
    assert 348 <= first.decided_ms - first.end_ms <= 384


async def test_a_loop_tells_nothing_about_the_end() -> None:
    heard = await finals("因为" * 20, (1_000, 700), (1_000, 1_500))
    assert len(heard) == 2


async def test_doubtful_words_wait_for_more_unless_they_are_a_question() -> None:
    doubtful = replace(hypothesis("我要查话费"), log_probability=-0.6)
    (whole,) = (await replay(frames(pcm([(1_000, 800), (1_000, 1_500)])), lambda _: doubtful)).finals
    assert 958 <= whole.decided_ms - whole.end_ms <= 992
    asked = replace(hypothesis("可以吗"), log_probability=-0.6)
    first, _ = (await replay(frames(pcm([(1_000, 480), (1_000, 1_500)])), lambda _: asked)).finals
    assert 348 <= first.decided_ms - first.end_ms <= 384


async def test_the_end_of_the_audio_ends_an_unfinished_sentence_once() -> None:
    (only,) = await finals("因为", (1_000, 700))
    assert only.decided_ms == 1_700
    assert isinstance(only, Utterance)


ENDINGS = ("好的", "因为", "可以吗", "一三八", "")


def tell(request: SpeechRequest) -> Hypothesis:
    """Depends on the samples alone, and is now finished, now not."""
    length, loudness = len(request.samples), int(1_000 * abs(request.samples).sum())
    return hypothesis(chr(0x4E00 + length % 9_973) + ENDINGS[loudness % len(ENDINGS)])


some_parts = st.lists(st.tuples(st.integers(100, 1_500), st.integers(32, 1_200)), min_size=1, max_size=6)


@settings(max_examples=25)
@given(some_parts, st.sampled_from([20, 200]))
async def test_live_and_recorded_calls_are_cut_alike(parts: Parts, frame_ms: int) -> None:
    async with live_lane(tell, PATIENT) as (lane, _):
        await lane.receive(frames(pcm(parts), frame_ms=frame_ms))
    recorded = await replay(frames(pcm(parts), frame_ms=100), tell)
    assert lane.sink.finals == recorded.finals


@settings(max_examples=25)
@given(some_parts, st.lists(st.integers(0, 6), max_size=6))
async def test_words_that_come_late_change_nothing(parts: Parts, waits: list[int]) -> None:
    """The recogniser gives its answers one by one, each after some more audio than the one before."""
    turns = threading.Semaphore(0)

    def tell_in_turn(request: SpeechRequest) -> Hypothesis | Exception:
        return tell(request) if turns.acquire(timeout=10) else RecogniserError("never released")

    everything = frames(pcm(parts))
    async with live_lane(tell_in_turn, PATIENT) as (lane, _):
        for wait in waits:
            share, everything = everything[: wait * 10], everything[wait * 10 :]
            await lane.receive(share)
            await settle()
            turns.release()
        await lane.receive(everything)
        turns.release(1_000)
    recorded = await replay(frames(pcm(parts)), tell)
    assert lane.sink.finals == recorded.finals


async def say_twice(lane: LiveLane) -> None:
    for _ in range(2):
        await lane.hear(True, 1_000)
        await lane.hear(False, 800)
    await lane.hear(False, 400)


async def test_under_pressure_nobody_asks_and_the_agent_is_told() -> None:
    lanes = LaneSettings(partials=NO_PARTIALS, pressure=OVERLOADED)
    async with live_lane(lambda _: hypothesis("可以吗"), lanes) as (lane, runner):
        await say_twice(lane)
    (whole,) = lane.sink.finals
    assert 958 <= whole.decided_ms - whole.end_ms <= 992
    assert [request.effort for request in runner.requests].count("final") == 1
    assert (ENDPOINT_WAITS, False) in lane.sink.health


async def test_a_verdict_that_takes_too_long_is_done_without() -> None:
    release = threading.Event()

    def hear_when_released(_: SpeechRequest) -> Hypothesis | Exception:
        return hypothesis("可以吗") if release.wait(10) else RecogniserError("never released")

    lanes = LaneSettings(partials=NO_PARTIALS, verdicts=VerdictSettings(answer_within_s=0.0))
    async with live_lane(hear_when_released, lanes) as (lane, runner):
        await lane.hear(True, 1_000)
        await lane.hear(False, 500)
        await lane.sink.told.wait()
        await lane.hear(False, 700)
        release.set()
        await lane.sink.ended.wait()
    (late,) = lane.sink.finals
    assert 958 <= late.decided_ms - late.end_ms <= 992
    assert [request.effort for request in runner.requests].count("final") == 1
    assert lane.sink.health == [(ENDPOINT_WAITS, False)]


def an_ended_utterance() -> HeardSegment:
    listener = Listener(LevelDetector())
    samples = np.concatenate([0.2 * np.ones(16_000), np.zeros(8_000)]).astype(np.float32)
    return next(heard.ended for heard in listener.hear(samples) if isinstance(heard, HeardPause))


async def test_the_agent_is_told_when_words_come_in_time_again() -> None:
    final_wait_s = 5.0

    def load() -> EngineLoad:
        return replace(engine.load(), final_wait_p95_s=final_wait_s)

    engine, sink = Engine(), CheckingSink()
    recogniser = Recogniser(engine, FakeRunner(lambda _: hypothesis("可以吗")))
    pressure = Pressure(load, PressureSettings(max_age_s=0.0, calm_s=0.0))
    async with asyncio.TaskGroup() as group:
        verdicts = Verdicts(recogniser, VerdictSettings(), group, sink, pressure)
        assert not verdicts.may_ask()
        assert not verdicts.may_ask()
        final_wait_s = 0.0
        while not verdicts.may_ask():
            pass
        decodes = FirstDecodes(recogniser, SpeculationSettings(), "lane", group, final_deadline_s=1.0)
        assert await verdicts.ask(decodes.ask(an_ended_utterance())) == "finished"
    await engine.close()
    assert sink.health == [(ENDPOINT_WAITS, False), (ENDPOINT_WAITS, True)]
