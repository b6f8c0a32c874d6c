"""Systems that recognise recordings, and runs of several over the same ones, in turns.

A run gives each system the whole machine while its turn lasts, so the processor time of this process is that system's.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from asr.audio.files import Recording
from asr.evaluation.manifest import ManifestRow, measured, read_manifest
from asr.evaluation.report import Cost, Evaluation, Heard, Trial
from assist.messages import (
    AudioFrame,
    AudioGap,
    Leg,
    PartialTranscript,
    SpeechStarted,
    Term,
    Utterance,
    UtteranceDropped,
)
from assist.ports import LanePart, Sureness, Transcriber

TURN_RECORDINGS = 16
"""Recordings of one system before it is the next one's turn: the load of the machine drifts for all alike."""
SETTLE_S = 0.3
"""Between turns: OpenMP threads spin 0.2 s after their work (KMP_BLOCKTIME), which the next system must not pay."""

Progress = Callable[[int, int], None]
"""Hears recordings done and in all, over all systems."""


class System(Protocol):
    """Something that recognises a recording."""

    @property
    def name(self) -> str:
        """What it is, for the record."""
        ...

    @property
    def at_once(self) -> int:
        """Recordings it takes at the same time to keep the machine busy."""
        ...

    async def recognise(self, path: Path) -> Heard:
        """The whole recording's words. Raises AudioFormatError."""
        ...


async def evaluate_manifest(
    manifest: Path, transcriber: Transcriber, *, progress: Progress | None = None
) -> Evaluation:
    """The transcriber alone over all of a manifest. Raises InputError "bad-manifest"."""
    rows = measured(read_manifest(manifest))
    (trial,) = await run_trials(rows, [LaneSystem(transcriber)], progress=progress)
    return Evaluation(rows, trial)


async def run_trials(
    rows: Sequence[ManifestRow], systems: Sequence[System], *, progress: Progress | None = None
) -> list[Trial]:
    """Each system over all recordings, in turns; before that each hears the first one, which counts for nothing."""
    for system in systems:
        await system.recognise(rows[0].path)
    costs = [Cost() for _ in systems]
    heard: list[list[Heard]] = [[] for _ in systems]
    done, total = 0, len(rows) * len(systems)

    def count() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, total)

    for turn, start in enumerate(range(0, len(rows), TURN_RECORDINGS)):
        paths = [row.path for row in rows[start : start + TURN_RECORDINGS]]
        # There and back again, so that none is always the first on sounds that the machine has just cached.
        order = list(enumerate(systems))[:: -1 if turn % 2 else 1]
        for place, system in order:
            if len(systems) > 1:
                await asyncio.sleep(SETTLE_S)
            cpu_s, wall_s = time.process_time(), time.perf_counter()
            heard[place] += await _recognise_all(system, paths, count)
            costs[place] += Cost(time.process_time() - cpu_s, time.perf_counter() - wall_s)
    return [
        Trial(system.name, heard, cost, system.at_once)
        for system, heard, cost in zip(systems, heard, costs, strict=True)
    ]


async def _recognise_all(system: System, paths: Sequence[Path], on_done: Callable[[], None]) -> list[Heard]:
    waiting = iter(enumerate(paths))
    answers: dict[int, Heard] = {}

    async def work() -> None:
        for place, path in waiting:
            answers[place] = await system.recognise(path)
            on_done()

    async with asyncio.TaskGroup() as group:
        for _ in range(min(system.at_once, len(paths))):
            group.create_task(work(), name="trial")
    return [answers[place] for place in range(len(paths))]


class LaneSystem:
    """Our own transcriber: the first channel of a recording through a whole lane at replay pace."""

    def __init__(self, transcriber: Transcriber, *, at_once: int = 1, terms: Sequence[Term] = ()) -> None:
        """``at_once`` lanes keep as many workers of the engine busy; ``terms`` are names that may come up."""
        if at_once < 1:
            raise ValueError("at_once must be at least 1")
        self._transcriber = transcriber
        self._at_once = at_once
        self._terms = tuple(terms)

    @property
    def name(self) -> str:
        return self._transcriber.name

    @property
    def at_once(self) -> int:
        return self._at_once

    async def recognise(self, path: Path) -> Heard:
        return Heard.of(await self.finals(path))

    async def finals(self, path: Path) -> Sequence[Utterance | UtteranceDropped]:
        """What stands of the whole recording. Raises AudioFormatError."""
        with Recording(path) as recording:
            leg = Leg(party="mixed", codec="pcm_s16le", rate_hz=recording.rate_hz)
            sink = _Collector()
            lane = self._transcriber.open_lane(path.name, leg, pace="replay", terms=self._terms)
            await lane.run(_FirstChannel(recording), sink)
        return sink.finals


class _FirstChannel:
    """The first channel of a recording as the audio of a leg."""

    waiting_ms = 0

    def __init__(self, recording: Recording) -> None:
        self._frames = self._read(recording)

    async def receive(self) -> AudioFrame | AudioGap | None:
        return next(self._frames, None)

    @staticmethod
    def _read(recording: Recording) -> Iterator[AudioFrame]:
        samples = 0
        for block in recording.blocks():
            yield AudioFrame(
                "mixed", samples * 1000 // recording.rate_hz, recording.rate_hz, block[:, 0].astype("<i2").tobytes()
            )
            samples += len(block)


@dataclass(slots=True)
class _Collector:
    """A sink that keeps what stands."""

    finals: list[Utterance | UtteranceDropped] = field(default_factory=list[Utterance | UtteranceDropped])

    def speech_started(self, event: SpeechStarted) -> None:
        pass

    def partial(self, event: PartialTranscript, sureness: Sureness = ()) -> None:
        pass

    async def final(self, event: Utterance | UtteranceDropped) -> None:
        self.finals.append(event)

    def progress(self, position_ms: int) -> None:
        pass

    def degraded(self, code: str, reason: str, *, part: LanePart = "recognition", restored: bool = False) -> None:
        pass
