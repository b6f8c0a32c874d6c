"""Finals decoded while it is still uncertain whether the utterance has ended."""

from __future__ import annotations

import asyncio
import threading

from hypothesis import given, settings
from hypothesis import strategies as st

from asr.lane import LaneSettings, RecogniserTranscriber
from asr.partials import PartialSettings
from asr.pressure import Band, PressureSettings
from asr.speculation import SpeculationSettings
from asr.speech import Hypothesis, SpeechRequest
from assist.errors import RecogniserError
from assist.messages import AudioFrame, AudioGap, Leg, Utterance
from assist.ports import Pace
from models.engine import Engine, Priority
from tests.support.speech import (
    UNHURRIED,
    CheckingSink,
    FakeRunner,
    LevelDetector,
    filled,
    frames,
    hypothesis,
    live_lane,
    settle,
    sound,
)

LEG = Leg(party="customer", codec="pcm_s16le", rate_hz=8_000)
NO_HURRY = SpeculationSettings(deadline_s=60.0)
NO_PARTIALS = LaneSettings(partials=PartialSettings(first_after_ms=60_000), speculation=NO_HURRY)


def tell_samples(request: SpeechRequest) -> Hypothesis:
    """Two characters that other samples hardly have, and what fills their time."""
    length, loudness = len(request.samples), int(1_000 * abs(request.samples).sum())
    text = chr(0x4E00 + length % 9_973) + chr(0x4E00 + loudness % 9_973)
    return hypothesis(text + "天上明月窗前白光"[: 2 * length // 16_000], length_ms=length // 16)


async def test_a_pause_is_decoded_before_the_utterance_has_ended_and_never_again() -> None:
    async with live_lane(tell_samples, NO_PARTIALS) as (lane, runner):
        await lane.hear(True, 1_000)
        await lane.hear(False, 400)
        await lane.sink.shown.wait()
        assert not lane.sink.finals
        await lane.hear(False, 600)
        await lane.sink.ended.wait()
    (final,) = lane.sink.finals
    (partial,) = lane.sink.partials
    assert isinstance(final, Utterance)
    assert final.text == partial.text
    assert [request.effort for request in runner.requests] == ["final"]
    counts = lane.transcriber.speculations
    assert (counts.started, counts.used) == (1, 1)


async def test_speech_that_goes_on_makes_a_partial_of_it() -> None:
    async with live_lane(tell_samples, NO_PARTIALS) as (lane, runner):
        await lane.hear(True, 1_000)
        await lane.hear(False, 400)
        await lane.sink.shown.wait()
        await lane.hear(True, 1_000)
    (final,) = lane.sink.finals
    assert isinstance(final, Utterance)
    assert final.text != lane.sink.partials[0].text
    assert len(runner.requests) == 2
    counts = lane.transcriber.speculations
    assert (counts.started, counts.used) == (1, 0)


async def test_the_final_supersedes_a_speculation_that_still_waits() -> None:
    release, is_busy = threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def hear_when_released(request: SpeechRequest) -> Hypothesis | Exception:
        loop.call_soon_threadsafe(is_busy.set)
        return tell_samples(request) if release.wait(10) else RecogniserError("never released")

    partials = LaneSettings(partials=PartialSettings(first_after_ms=200))
    async with live_lane(hear_when_released, partials) as (lane, runner):
        await lane.hear(True, 500)
        await is_busy.wait()
        await lane.hear(True, 500)
        await lane.hear(False, 1_000)
        await settle()
        release.set()
        await lane.sink.ended.wait()
    assert [request.effort for request in runner.requests] == ["partial", "final"]
    assert lane.transcriber.speculations.started == 0


async def test_decoding_ahead_begins_later_while_partials_are_thinned() -> None:
    is_ahead = asyncio.Event()
    loop = asyncio.get_running_loop()

    def hear(request: SpeechRequest) -> Hypothesis:
        if request.effort == "final":
            loop.call_soon_threadsafe(is_ahead.set)
        return tell_samples(request)

    lanes = LaneSettings(pressure=PressureSettings(thinned_ms=Band(0.0, 0.0)), speculation=NO_HURRY)
    async with live_lane(hear, lanes) as (lane, _):
        await lane.hear(True, 1_000)
        await lane.hear(False, 300)
        await settle()
        assert lane.transcriber.speculations.started == 0
        await lane.hear(False, 50)
        await is_ahead.wait()
        assert lane.transcriber.speculations.started == 1
        await lane.hear(False, 700)


async def test_a_failed_speculation_costs_no_words() -> None:
    answers = iter([RecogniserError("broken"), hypothesis("好的")])
    failed = asyncio.Event()
    loop = asyncio.get_running_loop()

    def fail_once(_: SpeechRequest) -> Hypothesis | Exception:
        loop.call_soon_threadsafe(failed.set)
        return next(answers)

    async with live_lane(fail_once, NO_PARTIALS) as (lane, _):
        await lane.hear(True, 1_000)
        await lane.hear(False, 400)
        await failed.wait()
        await lane.hear(False, 600)
        await lane.sink.ended.wait()
    (final,) = lane.sink.finals
    assert isinstance(final, Utterance)
    assert final.text == "好的"
    assert lane.sink.health == []


async def test_what_would_be_dropped_undecoded_is_not_decoded_ahead() -> None:
    async with live_lane(tell_samples, NO_PARTIALS) as (lane, runner):
        await lane.hear(True, 160)
        await lane.hear(False, 900)
        await lane.sink.ended.wait()
    assert runner.requests == []


async def transcribe(items: list[AudioFrame | AudioGap], pace: Pace) -> CheckingSink:
    engine, sink = Engine(), CheckingSink()
    transcriber = RecogniserTranscriber(engine, FakeRunner(tell_samples), LevelDetector, settings=UNHURRIED)
    await transcriber.open_lane("call", LEG, pace=pace).run(filled(items), sink)
    await engine.close()
    sink.assert_complete()
    return sink


turns = st.lists(st.tuples(st.integers(100, 1_500), st.integers(32, 900)), min_size=1, max_size=6)


@settings(max_examples=25, deadline=None)
@given(turns, st.sampled_from([20, 200]))
async def test_live_and_replay_give_the_same_finals(parts: list[tuple[int, int]], frame_ms: int) -> None:
    pcm = b"".join(sound(True, speech_ms) + sound(False, pause_ms) for speech_ms, pause_ms in parts)
    live = await transcribe([*frames(pcm, frame_ms=frame_ms)], "live")
    replay = await transcribe([*frames(pcm, frame_ms=100)], "replay")
    assert live.finals == replay.finals


async def final_wait_s(pace: Pace) -> float:
    """What admission looks at while the second of two turns waits for the first."""
    release, is_busy = threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def hear_when_released(request: SpeechRequest) -> Hypothesis | Exception:
        loop.call_soon_threadsafe(is_busy.set)
        return tell_samples(request) if release.wait(10) else RecogniserError("never released")

    engine = Engine()
    transcriber = RecogniserTranscriber(engine, FakeRunner(hear_when_released), LevelDetector, settings=NO_PARTIALS)
    two_turns = filled(frames((sound(True, 700) + sound(False, 1_300)) * 2))
    work = asyncio.create_task(transcriber.open_lane("call", LEG, pace=pace).run(two_turns, CheckingSink()))
    await is_busy.wait()
    await settle()
    assert engine.load().queued[Priority.FINAL] == 1
    wait_s = engine.load().final_wait_p95_s
    release.set()
    await work
    await engine.close()
    return wait_s


async def test_a_recording_never_makes_recognition_look_late_to_admission() -> None:
    assert await final_wait_s("live") > 0
    assert await final_wait_s("replay") == 0
