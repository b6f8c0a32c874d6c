"""Fakes around a lane: sound whose level is its speech, a recogniser that tells lengths, a sink that checks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Hashable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import numpy as np

from asr.audio.samples import Float32Array
from asr.lane import LaneSettings, RecogniserTranscriber
from asr.pressure import Band, PressureSettings
from asr.speech import Capabilities, Hypothesis, SpeechRequest
from asr.text import Character
from asr.verdict import VerdictSettings
from assist.messages import (
    AudioFrame,
    AudioGap,
    Leg,
    PartialTranscript,
    Party,
    SpeechStarted,
    Utterance,
    UtteranceDropped,
)
from assist.pipe import Pipe
from assist.ports import LanePart, Sureness
from models.engine import Engine

RATE_HZ = 8_000
LIVE_LEG = Leg(party="customer", codec="pcm_s16le", rate_hz=RATE_HZ)


class LevelDetector:
    """Takes loud blocks for speech."""

    def probability(self, block: Float32Array) -> float:
        return 1.0 if float(np.abs(block).max()) > 0.05 else 0.0


def sound(is_speech: bool, duration_ms: int, rate_hz: int = RATE_HZ) -> bytes:
    """Noise as pcm_s16le, loud for speech."""
    level = 6_000 if is_speech else 20
    samples = np.random.default_rng(duration_ms).integers(-level, level, rate_hz * duration_ms // 1000)
    return samples.astype("<i2").tobytes()


def frames(pcm: bytes, start_ms: int = 0, frame_ms: int = 20, party: Party = "customer") -> list[AudioFrame]:
    """The sound as frames, from a position on."""
    step = 2 * RATE_HZ * frame_ms // 1000
    return [
        AudioFrame(party, start_ms + index * frame_ms, RATE_HZ, pcm[place : place + step])
        for index, place in enumerate(range(0, len(pcm), step))
    ]


def hypothesis(text: str, *, is_capped: bool = False, length_ms: int | None = None) -> Hypothesis:
    """A confident one, 200 ms a character, or ``length_ms`` in all."""
    step_ms = 200 if length_ms is None else length_ms // len(text)
    characters = tuple(
        Character(letter, step_ms * place, step_ms * (place + 1), 0.9) for place, letter in enumerate(text)
    )
    return Hypothesis(text, characters, no_speech_probability=0.01, log_probability=-0.1, is_capped=is_capped)


NEVER = Band(1e6, 1e6)
UNHURRIED = LaneSettings(
    verdicts=VerdictSettings(answer_within_s=60.0),
    pressure=PressureSettings(waiting_share=NEVER, waiting_wait_s=NEVER, refused_share=NEVER, refused_wait_s=NEVER),
)
"""No overload is declared, however slow the machine: tests play audio faster than anybody speaks."""

WHISPER_LIKE = Capabilities(
    kind="utterance", words=True, confidence=True, punctuation=True, hotwords=False, redecodes=True
)


@dataclass
class FakeRunner:
    """Answers with ``hear(request)``; an Exception it returns fails that request."""

    hear: Callable[[SpeechRequest], Hypothesis | Exception]
    name: str = "fake@1"
    batch_limit: int = 4
    requests: list[SpeechRequest] = field(default_factory=list[SpeechRequest])
    capabilities: Capabilities = WHISPER_LIKE

    def batch_key(self, request: SpeechRequest) -> Hashable:
        return request.effort

    def run(self, batch: Sequence[SpeechRequest]) -> Sequence[Hypothesis | Exception]:
        self.requests.extend(batch)
        return [self.hear(request) for request in batch]


Delivered = SpeechStarted | PartialTranscript | Utterance | UtteranceDropped


class CheckingSink:
    """Collects what a lane delivers and holds it to the promises of LaneSink."""

    def __init__(self) -> None:
        self.events: list[Delivered] = []
        self.promises: list[int] = []
        self.health: list[tuple[str, bool]] = []
        self._open: dict[str, int] = {}
        self._finished: set[str] = set()

    def speech_started(self, event: SpeechStarted) -> None:
        assert event.utterance_id not in self._open.keys() | self._finished
        assert event.decided_ms > self.promised_ms
        self._open[event.utterance_id] = 0
        self.events.append(event)

    def partial(self, event: PartialTranscript, sureness: Sureness = ()) -> None:
        assert event.revision == self._open[event.utterance_id] + 1
        self._open[event.utterance_id] = event.revision
        self.events.append(event)

    async def final(self, event: Utterance | UtteranceDropped) -> None:
        assert event.decided_ms > self.promised_ms
        del self._open[event.utterance_id]
        self._finished.add(event.utterance_id)
        self.events.append(event)

    def progress(self, position_ms: int) -> None:
        assert position_ms >= self.promised_ms
        self.promises.append(position_ms)

    def degraded(self, code: str, reason: str, *, part: LanePart = "recognition", restored: bool = False) -> None:
        assert reason
        self.health.append((code, restored))

    @property
    def promised_ms(self) -> int:
        return self.promises[-1] if self.promises else -1

    @property
    def finals(self) -> list[Utterance | UtteranceDropped]:
        return [event for event in self.events if isinstance(event, Utterance | UtteranceDropped)]

    @property
    def partials(self) -> list[PartialTranscript]:
        return [event for event in self.events if isinstance(event, PartialTranscript)]

    def assert_complete(self) -> None:
        """Every utterance that was opened has ended, in order."""
        assert not self._open
        numbers = [int(event.utterance_id.rpartition("-")[2]) for event in self.finals]
        assert numbers == list(range(1, len(numbers) + 1))


class AudioPipe(Pipe[AudioFrame | AudioGap]):
    """An AudioSource that the test fills."""

    @property
    def waiting_ms(self) -> int:
        return sum(
            len(item.pcm) // 2 * 1000 // item.rate_hz if isinstance(item, AudioFrame) else 0 for item in self._items
        )


def filled(items: Sequence[AudioFrame | AudioGap]) -> AudioPipe:
    """A closed pipe that holds the items."""
    pipe = AudioPipe(max(1, len(items)))
    for item in items:
        pipe.send_now(item)
    pipe.close()
    return pipe


class Heard(CheckingSink):
    """Says when something has come."""

    def __init__(self) -> None:
        super().__init__()
        self.shown, self.ended, self.told = asyncio.Event(), asyncio.Event(), asyncio.Event()

    def partial(self, event: PartialTranscript, sureness: Sureness = ()) -> None:
        super().partial(event, sureness)
        self.shown.set()

    async def final(self, event: Utterance | UtteranceDropped) -> None:
        await super().final(event)
        self.ended.set()

    def degraded(self, code: str, reason: str, *, part: LanePart = "recognition", restored: bool = False) -> None:
        super().degraded(code, reason, part=part, restored=restored)
        self.told.set()


class LiveLane:
    """A live lane that hears what the test gives it."""

    def __init__(self, runner: FakeRunner, sink: Heard, lanes: LaneSettings) -> None:
        self.engine = Engine()
        self.transcriber = RecogniserTranscriber(self.engine, runner, LevelDetector, settings=lanes)
        self.sink = sink
        self._pipe = AudioPipe(1_000)
        self._heard_ms = 0
        self._work = asyncio.create_task(
            self.transcriber.open_lane("call", LIVE_LEG, pace="live").run(self._pipe, sink), name="lane"
        )

    async def hear(self, is_speech: bool, duration_ms: int) -> None:
        await self.receive(frames(sound(is_speech, duration_ms), self._heard_ms))
        self._heard_ms += duration_ms

    async def receive(self, items: Sequence[AudioFrame]) -> None:
        for item in items:
            await self._pipe.send(item)

    async def close(self) -> None:
        self._pipe.close()
        await self._work
        await self.engine.close()
        self.sink.assert_complete()


@asynccontextmanager
async def live_lane(
    hear: Callable[[SpeechRequest], Hypothesis | Exception], lanes: LaneSettings
) -> AsyncGenerator[tuple[LiveLane, FakeRunner]]:
    """A lane over an engine and a recogniser that hears so; closed at the end."""
    runner = FakeRunner(hear)
    lane = LiveLane(runner, Heard(), lanes)
    yield lane, runner
    await lane.close()


async def replay(
    items: Sequence[AudioFrame | AudioGap], hear: Callable[[SpeechRequest], Hypothesis | Exception]
) -> CheckingSink:
    """What a recording gives with a recogniser that hears so."""
    engine, sink = Engine(), CheckingSink()
    transcriber = RecogniserTranscriber(engine, FakeRunner(hear), LevelDetector)
    await transcriber.open_lane("call", LIVE_LEG, pace="replay").run(filled(items), sink)
    await engine.close()
    sink.assert_complete()
    return sink


async def settle() -> None:
    """Let every task that is ready take its steps."""
    for _ in range(1_000):
        await asyncio.sleep(0)
