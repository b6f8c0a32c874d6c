"""A whole lane with the shipped models: telephone audio to transcripts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from pathlib import Path

import numpy as np
import pytest

from asr.audio.samples import Int16Array
from asr.backends.whisper import WhisperRunner
from asr.evaluation import CharacterErrors, count_errors, evaluate_manifest, normalise
from asr.lane import LaneSettings, RecogniserTranscriber
from asr.partials import PartialSettings
from asr.text import Scribe
from asr.vad import SileroVad
from assist.messages import Leg, LegLedger, PartialTranscript, Utterance
from assist.ports import Pace, Sureness
from models.engine import Engine
from tests.integration.asr.conftest import SPEECH_DIR, TEXTS
from tests.support.speech import UNHURRIED, AudioPipe, CheckingSink, filled, frames

LEG = Leg(party="customer", codec="pcm_s16le", rate_hz=8_000)
TIME_S = np.arange(8 * 8_000) / 8_000


@pytest.fixture
async def transcriber(whisper: WhisperRunner, silero: SileroVad) -> AsyncGenerator[RecogniserTranscriber]:
    engine = Engine()
    yield RecogniserTranscriber(engine, whisper, silero.open, settings=UNHURRIED)
    await engine.close()


async def transcribe(
    transcriber: RecogniserTranscriber,
    pcm: Int16Array,
    sink: CheckingSink,
    *,
    frame_ms: int = 20,
    pace: Pace = "replay",
) -> LegLedger:
    audio = filled(frames(pcm.astype("<i2").tobytes(), frame_ms=frame_ms))
    ledger = await transcriber.open_lane("call", LEG, pace=pace).run(audio, sink)
    sink.assert_complete()
    assert ledger.received_ms == ledger.transcribed_ms + ledger.silence_ms + ledger.gaps_ms
    return ledger


def conversation(speech: list[Int16Array]) -> Int16Array:
    """All fixtures with a second of line noise around each."""
    noise = np.random.default_rng(5).integers(-20, 20, 8_000).astype(np.int16)
    return np.concatenate([noise, *(part for pcm in speech for part in (pcm, noise))])


async def test_turns_are_found_and_recognised(transcriber: RecogniserTranscriber, speech_8k: list[Int16Array]) -> None:
    sink = CheckingSink()
    await transcribe(transcriber, conversation(speech_8k), sink)
    scribe, errors = Scribe(), CharacterErrors()
    assert len(sink.finals) == len(TEXTS)
    for heard, text in zip(sink.finals, TEXTS.values(), strict=True):
        assert isinstance(heard, Utterance)
        assert all(heard.start_ms <= word.start_ms <= word.end_ms <= heard.end_ms for word in heard.words)
        errors += count_errors(normalise(text, scribe), normalise(heard.text, scribe))
    assert errors.rate <= 0.2


async def test_live_and_replay_in_any_framing_give_the_same_finals(
    transcriber: RecogniserTranscriber, speech_8k: list[Int16Array]
) -> None:
    pcm = conversation(speech_8k)
    live, replay = CheckingSink(), CheckingSink()
    live_ledger, replay_ledger = await asyncio.gather(
        transcribe(transcriber, pcm, live, frame_ms=20, pace="live"),
        transcribe(transcriber, pcm, replay, frame_ms=730),
    )
    assert live.finals == replay.finals
    assert live_ledger == replay_ledger


def without_edges(pcm: Int16Array) -> Int16Array:
    """From the first to the last loud sample."""
    loud = np.flatnonzero(np.abs(pcm) > 1_000)
    return pcm[loud[0] : loud[-1] + 1]


async def test_long_speech_is_cut_without_losing_or_doubling_words(
    transcriber: RecogniserTranscriber, speech_8k: list[Int16Array]
) -> None:
    sink = CheckingSink()
    speech = np.concatenate([*(without_edges(pcm) for pcm in speech_8k * 3), np.zeros(8_000, np.int16)])
    await transcribe(transcriber, speech, sink)
    scribe = Scribe()
    written = "".join(heard.text for heard in sink.finals if isinstance(heard, Utterance))
    errors = count_errors(normalise("".join(TEXTS.values()) * 3, scribe), normalise(written, scribe))
    assert max(heard.end_ms - heard.start_ms for heard in sink.finals) >= 10_000
    assert errors.insertions + errors.deletions <= 5
    assert errors.rate <= 0.25


async def test_partials_come_before_the_final_of_an_open_utterance(
    whisper: WhisperRunner, silero: SileroVad, speech_8k: list[Int16Array]
) -> None:
    heard = asyncio.Event()
    settings = LaneSettings(partials=PartialSettings(first_after_ms=1_500))

    class Waiting(CheckingSink):
        def partial(self, event: PartialTranscript, sureness: Sureness = ()) -> None:
            super().partial(event, sureness)
            heard.set()

    sink = Waiting()
    pipe = AudioPipe(1_000)
    engine = Engine()
    transcriber = RecogniserTranscriber(engine, whisper, silero.open, settings=settings)
    async with asyncio.TaskGroup() as group:
        group.create_task(transcriber.open_lane("call", LEG, pace="live").run(pipe, sink))
        for frame in frames(speech_8k[1][: 8_000 * 5 // 2].astype("<i2").tobytes()):
            await pipe.send(frame)
        await heard.wait()
        pipe.close()
    await engine.close()
    assert sink.partials[0].text.startswith("中国")
    assert sink.finals[0].utterance_id == sink.partials[0].utterance_id


NOISE = np.random.default_rng(2).standard_normal(len(TIME_S))


def tones(frequencies_hz: list[float], seconds: float) -> list[float]:
    """One note after the other, each with two overtones and a decay."""
    note = (TIME_S // seconds).astype(int) % len(frequencies_hz)
    pitch = np.array(frequencies_hz)[note]
    decay = np.exp(-2 * (TIME_S % seconds) / seconds)
    return list(sum(np.sin(2 * np.pi * k * pitch * TIME_S) / k**2 for k in (1, 2, 3)) * decay)


@pytest.mark.parametrize(
    ("name", "wave"),
    [
        ("silence", 0 * TIME_S),
        ("white noise", 0.05 * NOISE),
        ("brown noise", 0.002 * np.cumsum(NOISE - NOISE.mean())),
        ("ringback", 0.2 * np.sin(2 * np.pi * 450 * TIME_S) * (TIME_S % 5 < 1)),
        ("busy", 0.2 * np.sin(2 * np.pi * 450 * TIME_S) * (TIME_S % 0.7 < 0.35)),
        ("DTMF", 0.1 * (np.sin(2 * np.pi * 770 * TIME_S) + np.sin(2 * np.pi * 1_336 * TIME_S)) * (TIME_S % 0.4 < 0.2)),
        ("hold music", 0.2 * np.array(tones([262, 330, 392, 523, 392, 330], 0.5))),
    ],
)
async def test_sounds_without_speech_give_no_words(
    transcriber: RecogniserTranscriber, name: str, wave: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> None:
    sink = CheckingSink()
    await transcribe(transcriber, (np.clip(wave, -1, 1) * 32_767).astype(np.int16), sink)
    assert not [event for event in sink.finals if isinstance(event, Utterance)], name


async def test_a_manifest_is_evaluated(transcriber: RecogniserTranscriber, tmp_path: Path) -> None:
    manifest = tmp_path / "dev.jsonl"
    rows = [{"path_8k": str(SPEECH_DIR / name), "text": text} for name, text in TEXTS.items()]
    manifest.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    seen: list[tuple[int, int]] = []
    result = await evaluate_manifest(manifest, transcriber, progress=lambda done, total: seen.append((done, total)))
    assert result.errors.reference_chars == sum(map(len, TEXTS.values()))
    assert result.errors.rate <= 0.2
    assert seen[-1] == (3, 3)
    assert result.report()["recordings"] == 3
