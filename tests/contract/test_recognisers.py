"""One suite for every recogniser backend: the real default model, and tiny generated ones of every kind."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from asr.audio.files import Recording
from asr.audio.resample import Resampler
from asr.audio.samples import RECOGNITION_RATE_HZ, Float32Array
from asr.backends.sherpa import StreamingRunner
from asr.completion import UNSCORED, complete
from asr.lane import RecogniserTranscriber
from asr.loading import LoadOptions, RecogniserChoice, load_recogniser
from asr.speech import Hypothesis, SpeechRequest, SpeechRunner, Voice
from assist.errors import RecogniserError
from assist.messages import Leg, Utterance, UtteranceDropped
from assist.ports import Pace
from models.engine import Engine
from tests.support.speech import UNHURRIED, CheckingSink, LevelDetector, filled, frames
from tests.support.tiny_sherpa import (
    write_paraformer,
    write_sense_voice,
    write_streaming_paraformer,
    write_streaming_transducer,
)
from tests.support.tiny_whisper import write_whisper

ROOT = Path(__file__).parents[2]
MODELS_DIR = Path(os.environ.get("LIVECUE_MODELS_DIR", ROOT / "var" / "models"))
SPEECH = sorted((ROOT / "tests" / "fixtures" / "audio").glob("aishell1_*.flac"))
VOICE = Voice("call", "customer", ("流量", "套餐"))
PUNCTUATION = set("，。？！；：、,.?!;:")


def write_large_whisper(directory: Path) -> Path:
    return write_whisper(directory, mel_bins=128)


TINY: dict[str, tuple[str, Callable[[Path], Path]]] = {
    "tiny-whisper": ("whisper", write_whisper),
    "tiny-whisper-128": ("whisper", write_large_whisper),
    "tiny-streaming-transducer": ("sherpa", write_streaming_transducer),
    "tiny-streaming-paraformer": ("sherpa", write_streaming_paraformer),
    "tiny-paraformer": ("sherpa", write_paraformer),
    "tiny-sense-voice": ("sherpa", write_sense_voice),
}
STREAMING = ("tiny-streaming-transducer", "tiny-streaming-paraformer")


@pytest.fixture(scope="module", params=["whisper-base", *TINY])
def runner(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> SpeechRunner:
    return load(request.param, tmp_path_factory)


@pytest.fixture(scope="module", params=STREAMING)
def streaming(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> StreamingRunner:
    runner = load(request.param, tmp_path_factory)
    assert isinstance(runner, StreamingRunner)
    return runner


def load(name: str, tmp_path_factory: pytest.TempPathFactory) -> SpeechRunner:
    choice = RecogniserChoice("whisper", name)
    if name in TINY:
        backend, write = TINY[name]
        choice = RecogniserChoice(backend, str(write(tmp_path_factory.mktemp("models") / name)))
    return load_recogniser(choice, LoadOptions(MODELS_DIR, "cpu", "int8", threads=1, workers=2))


@pytest.fixture(scope="session")
def speech() -> list[Float32Array]:
    """Three short sentences at 16 kHz."""
    return [read(path) for path in SPEECH]


def read(path: Path) -> Float32Array:
    with Recording(path) as recording:
        resampler = Resampler(recording.rate_hz)
        blocks = [resampler.resample(block[:, 0]) for block in recording.blocks()]
    return np.concatenate([*blocks, resampler.finish()])


def hear(runner: SpeechRunner, *requests: SpeechRequest) -> list[Hypothesis]:
    """The results of one batch, which must all be there."""
    assert len({runner.batch_key(request) for request in requests}) == 1
    heard = list(runner.run(requests))
    assert len(heard) == len(requests)
    assert all(isinstance(one, Hypothesis) for one in heard)
    return [one for one in heard if isinstance(one, Hypothesis)]


def shape_of(heard: Hypothesis) -> tuple[str, Sequence[tuple[str, int, int]]]:
    """All but the last digits of probabilities."""
    return heard.text, [(character.text, character.start_ms, character.end_ms) for character in heard.characters]


def test_a_row_is_the_same_alone_and_in_a_batch(runner: SpeechRunner, speech: list[Float32Array]) -> None:
    requests = [SpeechRequest(samples[:32_000], "final") for samples in speech]
    for row, alone in zip(hear(runner, *requests), [hear(runner, request)[0] for request in requests], strict=True):
        assert row.text == alone.text
        for one, other in zip(row.characters, alone.characters, strict=True):
            assert one.text == other.text
            # An alignment is a path through floating-point numbers: it may turn a step earlier.
            assert abs(one.start_ms - other.start_ms) <= 40
            assert abs(one.end_ms - other.end_ms) <= 40


def test_the_same_request_gives_the_same_answer(runner: SpeechRunner, speech: list[Float32Array]) -> None:
    request = SpeechRequest(speech[0], "final", VOICE)
    assert hear(runner, request) == hear(runner, request)


def test_two_workers_at_once_hear_what_one_hears(runner: SpeechRunner, speech: list[Float32Array]) -> None:
    requests = [SpeechRequest(samples, "final") for samples in speech] * 2

    def heard(request: SpeechRequest) -> tuple[str, Sequence[tuple[str, int, int]]]:
        return shape_of(hear(runner, request)[0])

    alone = [heard(request) for request in requests]
    with ThreadPoolExecutor(2) as threads:
        at_once = list(threads.map(heard, requests))
    assert at_once == alone


@pytest.mark.parametrize("samples", [0, 1, 159, 161, 3_999, 16_001, 25_600, 40_960])
def test_sound_of_any_length_is_heard(runner: SpeechRunner, speech: list[Float32Array], samples: int) -> None:
    for effort in ("partial", "final"):
        assert_honest(runner, hear(runner, SpeechRequest(speech[1][:samples], effort))[0], samples)


def test_silence_is_heard_without_a_failure(runner: SpeechRunner) -> None:
    assert_honest(runner, hear(runner, SpeechRequest(np.zeros(32_000, np.float32), "final"))[0], 32_000)


def test_what_is_declared_as_longest_is_heard_and_more_is_refused(runner: SpeechRunner) -> None:
    longest = runner.capabilities.max_utterance_ms * RECOGNITION_RATE_HZ // 1000
    sound = (0.1 * np.random.default_rng(1).standard_normal(longest + RECOGNITION_RATE_HZ)).astype(np.float32)
    assert_honest(runner, hear(runner, SpeechRequest(sound[:longest], "final"))[0], longest)
    with pytest.raises(RecogniserError) as refusal:
        runner.batch_key(SpeechRequest(sound, "final"))
    assert refusal.value.code == "utterance-too-long"


def test_capabilities_are_what_hypotheses_hold(runner: SpeechRunner, speech: list[Float32Array]) -> None:
    for samples in speech:
        heard = hear(runner, SpeechRequest(samples, "final"))[0]
        assert heard.text
        assert_honest(runner, heard, len(samples))
        if not runner.capabilities.punctuation:
            assert not PUNCTUATION & set(heard.text)


def assert_honest(runner: SpeechRunner, heard: Hypothesis, samples: int) -> None:
    """Characters where times are promised, probabilities where they are, all in order and inside the audio."""
    duration_ms = samples * 1000 // RECOGNITION_RATE_HZ
    if heard.characters:
        assert "".join(character.text for character in heard.characters) == heard.text
    assert all(0 <= one.start_ms <= one.end_ms <= max(duration_ms, 20) for one in heard.characters)
    assert all(one.start_ms <= after.start_ms for one, after in pairwise(heard.characters))
    assert all(0 <= one.confidence <= 1 for one in heard.characters)
    assert heard.log_probability <= 0
    if heard.text and not runner.capabilities.confidence:
        assert not heard.is_scored


def test_names_change_only_what_a_recogniser_with_hotwords_writes(
    runner: SpeechRunner, speech: list[Float32Array]
) -> None:
    plain, with_names, with_foreign_names = (
        hear(runner, SpeechRequest(speech[0], "final", voice))[0]
        for voice in (None, VOICE, replace(VOICE, terms=("Größe/x", "", "5G:套")))
    )
    assert shape_of(with_foreign_names) == shape_of(plain)
    assert (shape_of(with_names) != shape_of(plain)) == runner.capabilities.hotwords


def test_efforts_beyond_final_differ_only_where_declared(runner: SpeechRunner, speech: list[Float32Array]) -> None:
    final, careful = (hear(runner, SpeechRequest(speech[0], effort))[0] for effort in ("final", "careful"))
    if not runner.capabilities.redecodes:
        assert final == careful


async def in_a_lane(runner: SpeechRunner, pace: Pace) -> list[Utterance | UtteranceDropped]:
    """What a lane over the recogniser makes of half a second of silence, a sentence and a second of silence."""
    with Recording(SPEECH[1]) as recording:
        pcm = np.concatenate([block[:, 0] for block in recording.blocks()])
    sound = np.concatenate([np.zeros(4_000, np.int16), pcm, np.zeros(8_000, np.int16)]).astype("<i2").tobytes()
    engine, sink = Engine(workers=2), CheckingSink()
    leg = Leg(party="customer", codec="pcm_s16le", rate_hz=8_000)
    transcriber = RecogniserTranscriber(engine, runner, LevelDetector, settings=UNHURRIED)
    lane = transcriber.open_lane("call", leg, pace=pace)
    await lane.run(filled(frames(sound)), sink)
    await engine.close()
    sink.assert_complete()
    return sink.finals


async def test_a_lane_works_on_every_recogniser(runner: SpeechRunner) -> None:
    heard = [final for final in await in_a_lane(runner, "replay") if isinstance(final, Utterance)]
    assert heard
    for utterance in heard:
        assert utterance.model == runner.name
        assert utterance.words
        assert all(utterance.start_ms <= word.start_ms <= word.end_ms <= utterance.end_ms for word in utterance.words)
        assert (UNSCORED in utterance.guards) != runner.capabilities.confidence


async def test_a_live_call_has_the_words_of_its_recording(runner: SpeechRunner) -> None:
    live, recorded = await in_a_lane(runner, "live"), await in_a_lane(runner, "replay")
    assert live == recorded


def test_the_sound_is_told_where_it_is_wanted_and_changes_nothing_else(
    runner: SpeechRunner, speech: list[Float32Array]
) -> None:
    plain = hear(runner, SpeechRequest(speech[0], "final"))[0]
    wanted = hear(runner, SpeechRequest(speech[0], "final", wants_sound=True))[0]
    assert plain.sound is None
    assert wanted == plain


def test_the_sound_of_a_row_does_not_depend_on_who_shares_its_batch(
    runner: SpeechRunner, speech: list[Float32Array]
) -> None:
    wanted = SpeechRequest(speech[0][:32_000], "final", wants_sound=True)
    other = SpeechRequest(speech[1][:32_000], "final")
    alone, shared = hear(runner, wanted)[0].sound, hear(runner, other, wanted)[1].sound
    assert (alone is None) == (shared is None)
    if alone is not None and shared is not None:
        assert alone.prosody == shared.prosody
        np.testing.assert_allclose(alone.pooled, shared.pooled, atol=1e-4)


# --- streaming -----------------------------------------------------------------------------------------------------


def partial(samples: Float32Array, voice: Voice = VOICE) -> SpeechRequest:
    return SpeechRequest(samples, "partial", voice)


@pytest.mark.parametrize("step_samples", [1_600, 7_777, 16_000])
def test_a_final_does_not_depend_on_the_partials_before_it(
    streaming: StreamingRunner, speech: list[Float32Array], step_samples: int
) -> None:
    samples = speech[1]
    for end in range(step_samples, len(samples), step_samples):
        hear(streaming, partial(samples[:end]))
    after_partials = hear(streaming, SpeechRequest(samples, "final", VOICE))
    assert after_partials == hear(streaming, SpeechRequest(samples, "final", replace(VOICE, call_id="another")))


def test_a_partial_does_not_depend_on_the_ones_before_it(
    streaming: StreamingRunner, speech: list[Float32Array]
) -> None:
    hear(streaming, partial(speech[0][:9_000]))
    followed = hear(streaming, partial(speech[0][:30_000]))
    assert followed == hear(streaming, partial(speech[0][:30_000], replace(VOICE, call_id="another")))
    assert followed[0].text


def test_the_stream_of_a_voice_ends_with_its_final(streaming: StreamingRunner, speech: list[Float32Array]) -> None:
    before = streaming.open_streams
    voice = replace(VOICE, call_id="ends")
    hear(streaming, partial(speech[0][:16_000], voice))
    assert streaming.open_streams == before + 1
    hear(streaming, SpeechRequest(speech[0], "final", voice))
    assert streaming.open_streams == before


def test_other_sound_of_a_voice_is_heard_from_its_beginning(
    streaming: StreamingRunner, speech: list[Float32Array]
) -> None:
    hear(streaming, partial(speech[0][:30_000]))
    assert hear(streaming, SpeechRequest(speech[1][:24_000], "final", VOICE)) == hear(
        streaming, SpeechRequest(speech[1][:24_000], "final", replace(VOICE, call_id="another"))
    )


def test_less_sound_than_the_stream_has_heard_is_heard_again(
    streaming: StreamingRunner, speech: list[Float32Array]
) -> None:
    hear(streaming, partial(speech[0][:30_000]))
    assert hear(streaming, SpeechRequest(speech[0][:24_000], "final", VOICE)) == hear(
        streaming, SpeechRequest(speech[0][:24_000], "final", replace(VOICE, call_id="another"))
    )


def test_no_more_streams_are_open_than_allowed(
    tmp_path_factory: pytest.TempPathFactory, speech: list[Float32Array]
) -> None:
    runner = load(STREAMING[0], tmp_path_factory)
    assert isinstance(runner, StreamingRunner)
    limit = runner.stream_limit
    for number in range(limit + 5):
        hear(runner, partial(speech[0][:3_200], replace(VOICE, call_id=str(number))))
    assert runner.open_streams == limit


def test_characters_of_a_text_without_times_are_spread_over_its_sound(speech: list[Float32Array]) -> None:
    quiet = np.zeros(16_000, np.float32)
    heard = complete(Hypothesis("你好", is_scored=False), np.concatenate([quiet, speech[0], quiet]))
    end_ms = 2_000 + len(speech[0]) // 16
    assert 1_000 <= heard.characters[0].start_ms < heard.characters[1].start_ms < heard.characters[1].end_ms < end_ms
