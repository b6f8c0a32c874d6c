"""What is particular to the recognisers on sherpa-onnx; the rest is in the contract suite."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from asr.backends.sherpa import StreamingRunner, load_sherpa
from asr.speech import SpeechRequest, Voice
from tests.support.tiny_sherpa import write_sense_voice, write_streaming_transducer

SOUND = (0.1 * np.random.default_rng(3).standard_normal(32_000)).astype(np.float32)


def test_sense_voice_tells_language_emotion_and_sounds(tmp_path: Path) -> None:
    (heard,) = load_sherpa(write_sense_voice(tmp_path), "sense@1").run([SpeechRequest(SOUND, "final")])
    assert not isinstance(heard, Exception)
    assert heard.tags == ("zh", "NEUTRAL", "Speech")


class CountingRecogniser:
    """A sherpa_onnx.OnlineRecognizer that passes on what it is asked and counts the samples it hears."""

    def __init__(self, native: Any) -> None:
        self._native = native
        self.heard_samples = 0
        self.hotwords: list[str | None] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._native, name)

    def create_stream(self, hotwords: str | None = None) -> Any:
        self.hotwords.append(hotwords)
        return _CountingStream(self, self._native.create_stream(hotwords))

    def is_ready(self, stream: _CountingStream) -> bool:
        return self._native.is_ready(stream.native)

    def decode_streams(self, streams: list[_CountingStream]) -> None:
        self._native.decode_streams([stream.native for stream in streams])

    def get_result_all(self, stream: _CountingStream) -> Any:
        return self._native.get_result_all(stream.native)


class _CountingStream:
    def __init__(self, recogniser: CountingRecogniser, native: Any) -> None:
        self.native = native
        self._recogniser = recogniser

    def accept_waveform(self, rate_hz: int, samples: Any) -> None:
        self._recogniser.heard_samples += len(samples)
        self.native.accept_waveform(rate_hz, samples)

    def input_finished(self) -> None:
        self.native.input_finished()


@pytest.fixture
def counting(tmp_path: Path) -> tuple[StreamingRunner, CountingRecogniser]:
    runner = load_sherpa(write_streaming_transducer(tmp_path), "stream@1")
    assert isinstance(runner, StreamingRunner)
    recogniser = CountingRecogniser(runner.native)
    symbols = frozenset("话费")
    return StreamingRunner(recogniser, "stream@1", runner.capabilities, flush_ms=0, symbols=symbols), recogniser


def test_each_sample_of_an_utterance_is_heard_once(counting: tuple[StreamingRunner, CountingRecogniser]) -> None:
    runner, recogniser = counting
    voice = Voice("call", "agent")
    for end in range(8_000, len(SOUND) + 1, 8_000):
        runner.run([SpeechRequest(SOUND[:end], "partial", voice)])
    runner.run([SpeechRequest(SOUND, "final", voice)])
    assert recogniser.heard_samples == len(SOUND)


def test_only_names_that_the_vocabulary_can_write_become_hotwords(
    counting: tuple[StreamingRunner, CountingRecogniser],
) -> None:
    runner, recogniser = counting
    for terms in ((), ("话费", "5G", ""), ("话", "费话")):
        runner.run([SpeechRequest(SOUND, "final", Voice("call", "agent", terms))])
    assert recogniser.hotwords == [None, "话费", "话/费话"]


@pytest.mark.parametrize(("flush_ms", "stream_limit"), [(0, 0), (-1, 1)])
def test_bounds_that_make_no_sense_are_refused(
    counting: tuple[StreamingRunner, CountingRecogniser], flush_ms: int, stream_limit: int
) -> None:
    runner, recogniser = counting
    with pytest.raises(ValueError):
        StreamingRunner(recogniser, "any@1", runner.capabilities, flush_ms=flush_ms, stream_limit=stream_limit)
