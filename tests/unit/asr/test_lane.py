"""A lane over the real engine, with a fake recogniser and detector."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asr.audio.codecs import decode
from asr.finals import FinalSettings
from asr.lane import LaneSettings, RecogniserTranscriber
from asr.speech import Hypothesis, SpeechRequest
from assist.errors import RecogniserError
from assist.messages import (
    AudioFrame,
    AudioGap,
    Correction,
    GapCause,
    Leg,
    LegLedger,
    PartialTranscript,
    SpeechStarted,
    Term,
    Utterance,
    UtteranceDropped,
)
from assist.ports import Pace, Sureness
from models.engine import Engine
from tests.support.platforms import encoded
from tests.support.recordings import voice
from tests.support.speech import (
    UNHURRIED,
    AudioPipe,
    CheckingSink,
    FakeRunner,
    LevelDetector,
    filled,
    frames,
    hypothesis,
    settle,
    sound,
)

LEG = Leg(party="customer", codec="pcm_s16le", rate_hz=8_000)


def tell_length(request: SpeechRequest) -> Hypothesis:
    return hypothesis("听" * (1 + len(request.samples) // 16_000), length_ms=len(request.samples) // 16)


async def transcribe(
    items: Sequence[AudioFrame | AudioGap],
    sink: CheckingSink,
    *,
    runner: FakeRunner | None = None,
    pace: Pace = "replay",
    lanes: LaneSettings | None = None,
) -> LegLedger:
    engine = Engine()
    try:
        transcriber = RecogniserTranscriber(engine, runner or FakeRunner(tell_length), LevelDetector, settings=lanes)
        ledger = await transcriber.open_lane("call", LEG, pace=pace).run(filled(items), sink)
    finally:
        await engine.close()
    sink.assert_complete()
    assert ledger.received_ms == ledger.transcribed_ms + ledger.silence_ms + ledger.gaps_ms
    assert ledger.gaps_ms == ledger.lost_ms + ledger.shed_ms + ledger.paused_ms + ledger.failed_ms
    assert sink.promised_ms == ledger.received_ms
    return ledger


TWO_TURNS = sound(False, 1_000) + sound(True, 1_000) + sound(False, 1_500) + sound(True, 2_000) + sound(False, 1_000)


async def test_each_turn_becomes_an_utterance_with_its_place() -> None:
    sink = CheckingSink()
    ledger = await transcribe(frames(TWO_TURNS), sink)
    first, second = sink.finals
    assert isinstance(first, Utterance)
    assert (first.utterance_id, second.utterance_id) == ("customer-1", "customer-2")
    assert (first.text, first.model) == ("听听", "fake@1")
    assert abs(first.start_ms - 1_000) <= 40
    assert abs(first.end_ms - 2_000) <= 40
    assert 508 <= first.decided_ms - first.end_ms <= 548
    assert all(first.start_ms <= word.start_ms <= word.end_ms <= first.end_ms for word in first.words)
    assert ledger.received_ms == 6_500
    assert 3_900 <= ledger.transcribed_ms <= 4_100


async def test_a_leg_without_audio_has_an_empty_ledger() -> None:
    ledger = await transcribe([], CheckingSink())
    assert ledger.received_ms == ledger.silence_ms == 0


async def test_a_gap_ends_the_open_utterance_and_moves_the_clock() -> None:
    sink = CheckingSink()
    gap = AudioGap(party="customer", start_ms=1_000, end_ms=4_000, cause="lost")
    ledger = await transcribe([*frames(sound(True, 1_000)), gap, *frames(sound(True, 1_000), start_ms=4_000)], sink)
    first, second = sink.finals
    assert first.decided_ms == 1_000
    assert 960 <= first.end_ms <= 1_000
    assert isinstance(first, Utterance)
    assert 4_000 <= second.start_ms <= 4_040
    assert (ledger.received_ms, ledger.lost_ms) == (5_000, 3_000)


async def test_audio_missing_without_notice_is_lost() -> None:
    items = [*frames(sound(False, 500)), *frames(sound(False, 500), start_ms=900)]
    ledger = await transcribe(items, CheckingSink())
    assert (ledger.received_ms, ledger.lost_ms, ledger.silence_ms) == (1_400, 400, 1_000)


async def test_overlapping_frames_end_the_leg() -> None:
    items = [*frames(sound(False, 500)), *frames(sound(False, 500), start_ms=400)]
    with pytest.raises(ExceptionGroup) as caught:
        await transcribe(items, CheckingSink())
    assert caught.group_contains(ValueError, match="overlaps")


async def test_a_failed_segment_is_dropped_counted_and_reported_until_the_next_success() -> None:
    answers = iter([RecogniserError("broken"), hypothesis("好的，您稍等一下")])
    sink = CheckingSink()
    ledger = await transcribe(frames(TWO_TURNS), sink, runner=FakeRunner(lambda _: next(answers)))
    dropped, heard = sink.finals
    assert isinstance(dropped, UtteranceDropped)
    assert dropped.reason == "recogniser-failed"
    assert isinstance(heard, Utterance)
    assert ledger.failed_ms > 0
    assert sink.health == [("recogniser-failed", False), ("recogniser-failed", True)]


async def test_speech_too_short_for_words_never_reaches_the_recogniser() -> None:
    runner = FakeRunner(tell_length)
    sink = CheckingSink()
    ledger = await transcribe(frames(sound(False, 500) + sound(True, 160) + sound(False, 900)), sink, runner=runner)
    (dropped,) = sink.finals
    assert isinstance(dropped, UtteranceDropped)
    assert dropped.reason == "too-short"
    assert (ledger.transcribed_ms, runner.requests) == (0, [])


async def test_a_loop_is_decoded_again_with_more_context() -> None:
    looped, sound_text = hypothesis("好的" * 12), "好的好的，您稍等一下，我帮您查一查话费。"
    runner = FakeRunner(lambda request: looped if request.effort == "final" else hypothesis(sound_text))
    sink = CheckingSink()
    await transcribe(frames(sound(True, 4_000) + sound(False, 1_000)), sink, runner=runner)
    (heard,) = sink.finals
    assert isinstance(heard, Utterance)
    assert (heard.text, heard.raw_text) == (sound_text, looped.text)
    assert heard.guards == ("repetition", "redecoded")
    assert [request.effort for request in runner.requests] == ["final", "careful"]


async def test_a_loop_that_stays_is_trimmed_and_marked_uncertain() -> None:
    sink = CheckingSink()
    await transcribe(
        frames(sound(True, 8_000) + sound(False, 1_000)), sink, runner=FakeRunner(lambda _: hypothesis("您好" * 20))
    )
    (heard,) = sink.finals
    assert isinstance(heard, Utterance)
    assert heard.text == "您好"
    assert [word.text for word in heard.words] == ["您", "好"]
    assert heard.guards == ("repetition", "repetition-trimmed", "uncertain")


async def test_replay_asks_for_no_partials() -> None:
    runner = FakeRunner(tell_length)
    await transcribe(frames(TWO_TURNS), CheckingSink(), runner=runner)
    assert {request.effort for request in runner.requests} == {"final"}


async def test_live_lane_publishes_partials_while_speech_goes_on() -> None:
    engine = Engine()
    pipe = AudioPipe(1_000)
    transcriber = RecogniserTranscriber(engine, FakeRunner(tell_length), LevelDetector)
    heard = asyncio.Event()

    class Waiting(CheckingSink):
        def partial(self, event: PartialTranscript, sureness: Sureness = ()) -> None:
            super().partial(event, sureness)
            heard.set()

    async with asyncio.TaskGroup() as group:
        sink = Waiting()
        lane = group.create_task(transcriber.open_lane("call", LEG, pace="live").run(pipe, sink))
        for frame in frames(sound(True, 1_500)):
            await pipe.send(frame)
        await heard.wait()
        pipe.close()
        ledger = await lane
    await engine.close()
    assert ledger.received_ms == 1_500
    assert len(sink.finals) == 1


async def test_finals_in_flight_are_bounded_and_delivered_in_order() -> None:
    release, second_started = threading.Event(), asyncio.Event()

    class Counting(CheckingSink):
        def speech_started(self, event: SpeechStarted) -> None:
            super().speech_started(event)
            if event.utterance_id == "customer-2":
                second_started.set()

    def hear_when_released(_: SpeechRequest) -> Hypothesis | Exception:
        return hypothesis("听") if release.wait(10) else RecogniserError("never released")

    sink = Counting()
    lanes = LaneSettings(finals=FinalSettings(max_in_flight=4))
    turns = frames((sound(True, 700) + sound(False, 1_300)) * 5)
    runner = FakeRunner(hear_when_released)
    work = asyncio.create_task(transcribe(turns, sink, runner=runner, lanes=lanes))
    await second_started.wait()
    await settle()
    assert [event.type for event in sink.events] == ["speech-started"] * 2
    assert sink.promised_ms < 1_200
    release.set()
    await work
    assert [event.utterance_id for event in sink.finals] == [f"customer-{number}" for number in range(1, 6)]


async def test_cancelling_a_lane_leaves_no_task_behind() -> None:
    before = asyncio.all_tasks()
    started = asyncio.Event()

    class Started(CheckingSink):
        def speech_started(self, event: SpeechStarted) -> None:
            started.set()

    engine = Engine()
    pipe = AudioPipe(1_000)
    lane = RecogniserTranscriber(engine, FakeRunner(tell_length), LevelDetector).open_lane("call", LEG, pace="live")
    work = asyncio.create_task(lane.run(pipe, Started()))
    for frame in frames(sound(True, 1_200)):
        await pipe.send(frame)
    await started.wait()
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    await engine.close()
    assert asyncio.all_tasks() == before


pieces = st.lists(
    st.one_of(
        st.tuples(st.booleans(), st.integers(1, 2_500)),
        st.tuples(st.sampled_from(["lost", "shed", "paused"]), st.integers(0, 900)),
    ),
    max_size=7,
)


def timeline(parts: list[tuple[bool | GapCause, int]], frame_ms: int) -> list[AudioFrame | AudioGap]:
    items: list[AudioFrame | AudioGap] = []
    position_ms = 0
    for kind, duration_ms in parts:
        if isinstance(kind, bool):
            items.extend(frames(sound(kind, duration_ms), position_ms, frame_ms))
        else:
            end_ms = position_ms + duration_ms
            items.append(AudioGap(party="customer", start_ms=position_ms, end_ms=end_ms, cause=kind))
        position_ms += duration_ms
    return items


@settings(max_examples=25)
@given(pieces, st.sampled_from([7, 20, 250, 4_000]))
async def test_any_framing_gives_the_same_finals_and_a_ledger_that_adds_up(
    parts: list[tuple[bool | GapCause, int]], frame_ms: int
) -> None:
    sink, reference = CheckingSink(), CheckingSink()
    ledger = await transcribe(timeline(parts, frame_ms), sink)
    assert ledger == await transcribe(timeline(parts, 100), reference)
    assert sink.finals == reference.finals
    assert ledger.received_ms == sum(duration_ms for _, duration_ms in parts)
    assert ledger.paused_ms == sum(duration_ms for kind, duration_ms in parts if kind == "paused")


class Knowing:
    """Puts one name right, wherever it was heard wrongly."""

    def __init__(self, terms: Sequence[Term]) -> None:
        (self._term,) = terms

    def find(self, text: str, confidences: Sequence[float] | None) -> Sequence[Correction]:
        heard, name = "唱响套餐", self._term.text
        start = text.find(heard)
        if start < 0:
            return ()
        end, source = start + len(heard), self._term.source
        return [Correction(start=start, end=end, heard=heard, written=name, term=name, source=source, score=1.0)]


async def test_finals_and_partials_know_the_names_of_their_call() -> None:
    sink = CheckingSink()
    engine = Engine()
    runner = FakeRunner(lambda request: hypothesis("唱响套餐20元"))
    transcriber = RecogniserTranscriber(engine, runner, LevelDetector, settings=UNHURRIED, correct=Knowing)
    try:
        lane = transcriber.open_lane("call", LEG, pace="live", terms=[Term("畅享套餐", "playbook")])
        await lane.run(filled(frames(TWO_TURNS)), sink)
    finally:
        await engine.close()
    for final in sink.finals:
        assert isinstance(final, Utterance)
        assert (final.text, final.display_text, final.raw_text) == ("畅享套餐二十元", "畅享套餐20元", "唱响套餐20元")
        assert [correction.heard for correction in final.corrections] == ["唱响套餐"]
        assert "".join(word.text for word in final.words) == final.text


async def test_a_leg_with_another_codec_than_it_was_read_as_says_so() -> None:
    wrong = decode("pcm_s16le", encoded("mulaw", voice("01-cross-sell", 0, 25)))
    sink = CheckingSink()
    await transcribe(frames(wrong.astype("<i2").tobytes()), sink)
    assert ("wrong-codec", False) in sink.health
