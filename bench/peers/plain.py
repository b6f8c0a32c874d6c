"""The design that most teams begin with: silence ends a segment, a thread pool transcribes it, nothing in between."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from asr.audio.samples import to_float
from asr.vad import BLOCK_SAMPLES, SileroVad, VoiceDetector
from bench.peers.pacing import paced
from bench.peers.streams import RATE_HZ, Screen, Shown, Stream

SPEECH = 0.5
SILENCE_MS = 600
BEFORE_MS = 300
LONGEST_MS = 15_000
BLOCK_MS = BLOCK_SAMPLES * 1000 // RATE_HZ

Samples = npt.NDArray[np.float32]


@dataclass(slots=True)
class Splitter:
    """Cuts a stream where nobody has spoken for a while."""

    detector: VoiceDetector
    _before: deque[Samples] = field(default_factory=lambda: deque(maxlen=BEFORE_MS // BLOCK_MS))
    _segment: list[Samples] = field(default_factory=list[Samples])
    _silent_ms: int = 0

    def hear(self, block: Samples) -> Samples | None:
        """A segment that ends with this block."""
        is_speech = self.detector.probability(block) >= SPEECH
        if not self._segment and not is_speech:
            self._before.append(block)
            return None
        if not self._segment:
            self._segment.extend(self._before)
            self._before.clear()
        self._segment.append(block)
        self._silent_ms = 0 if is_speech else self._silent_ms + BLOCK_MS
        is_over = self._silent_ms >= SILENCE_MS or len(self._segment) * BLOCK_MS >= LONGEST_MS
        return self.end() if is_over else None

    def end(self) -> Samples | None:
        """What is open, if anything is."""
        segment, self._segment, self._silent_ms = self._segment, [], 0
        return np.concatenate(segment) if segment else None


@dataclass(frozen=True, slots=True)
class PlainDesign:
    """faster-whisper as shipped, one replica and one thread of the pool per worker."""

    model: Any
    pool: ThreadPoolExecutor
    vad: SileroVad

    async def play(self, stream: Stream) -> Screen:
        """One stream at the pace of speech, until its last segment is transcribed."""
        loop = asyncio.get_running_loop()
        zero_s = loop.time()
        screen = Screen(stream)
        waiting: asyncio.Queue[asyncio.Future[str] | None] = asyncio.Queue()

        async def show() -> None:
            while (future := await waiting.get()) is not None:
                settled = screen.shown[-1].settled if screen.shown else ""
                text = await future
                screen.shown.append(Shown((loop.time() - zero_s) * 1000, settled + text))

        splitter = Splitter(self.vad.open())
        rest: Samples = np.zeros(0, np.float32)
        async with asyncio.TaskGroup() as group:
            group.create_task(show(), name="plain screen")
            async for chunk in paced(stream, zero_s):
                rest = np.concatenate([rest, to_float(np.frombuffer(chunk, "<i2"))])
                while len(rest) >= BLOCK_SAMPLES:
                    block, rest = rest[:BLOCK_SAMPLES], rest[BLOCK_SAMPLES:]
                    segment = splitter.hear(block)
                    if segment is not None:
                        waiting.put_nowait(loop.run_in_executor(self.pool, self._transcribe, segment))
            segment = splitter.end()
            if segment is not None:
                waiting.put_nowait(loop.run_in_executor(self.pool, self._transcribe, segment))
            waiting.put_nowait(None)
        screen.is_complete = True
        return screen

    def _transcribe(self, samples: Samples) -> str:
        # A generator: the segments are decoded as they are taken.
        segments, _ = self.model.transcribe(samples, language="zh", beam_size=5)
        return "".join(segment.text for segment in segments)


@asynccontextmanager
async def plain_design(model_dir: Path, *, workers: int) -> AsyncGenerator[PlainDesign]:
    """In this process; loading blocks for about a second."""
    from faster_whisper import WhisperModel  # heavy and native: only for who compares

    model: Any = cast("Any", WhisperModel)(
        str(model_dir), device="cpu", compute_type="int8", cpu_threads=1, num_workers=workers
    )
    with ThreadPoolExecutor(workers, thread_name_prefix="plain") as pool:
        yield PlainDesign(model, pool, SileroVad())
