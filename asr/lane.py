"""A lane: the audio of one leg in, its transcripts out, in order and accounted for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from asr.fallback import Standby
from asr.finals import FinalSettings, FinalWriter
from asr.guards import GuardSettings
from asr.listener import Heard, HeardSegment, Listener
from asr.partials import PartialSettings, PartialWriter
from asr.recogniser import Recogniser, SpeculationCounts
from asr.segmenter import Onset, SegmenterSettings
from asr.speculation import Speculation, SpeculationSettings, Speculator
from asr.speech import SpeechRunner, Voice
from asr.timeline import Stretch
from asr.vad import VoiceDetector
from assist.messages import AudioFrame, AudioGap, Leg, LegLedger, Party, SpeechStarted, Term
from assist.ports import AudioSource, LaneSink, Pace
from models.engine import Engine

_ROUNDING_MS = 2
"""Frame positions may be off by this much without meaning that audio is missing."""


@dataclass(frozen=True, slots=True)
class LaneSettings:
    """Bounds and settings of one lane."""

    step_ms: int = 200
    """Audio judged before other tasks get their turn; a step costs about 1 ms."""
    segmenter: SegmenterSettings = field(default_factory=SegmenterSettings)
    guards: GuardSettings = field(default_factory=GuardSettings)
    finals: FinalSettings = field(default_factory=FinalSettings)
    partials: PartialSettings = field(default_factory=PartialSettings)
    speculation: SpeculationSettings = field(default_factory=SpeculationSettings)


class RecogniserTranscriber:
    """The Transcriber over an engine and one utterance recogniser; shared by all calls of a process."""

    def __init__(
        self,
        engine: Engine,
        runner: SpeechRunner,
        open_detector: Callable[[], VoiceDetector],
        *,
        settings: LaneSettings | None = None,
        standbys: Sequence[Standby] = (),
    ) -> None:
        """``open_detector`` makes the voice detector of a new stream: ``SileroVad().open``.

        ``standbys`` are recognisers that take over while ``runner`` fails.
        """
        self._settings = settings or LaneSettings()
        self._recogniser = Recogniser(engine, runner, guards=self._settings.guards, standbys=standbys)
        self._open_detector = open_detector

    @property
    def name(self) -> str:
        """model@version"""
        return self._recogniser.name

    @property
    def speculations(self) -> SpeculationCounts:
        """Of all lanes so far."""
        return self._recogniser.speculations

    def open_lane(self, call_id: str, leg: Leg, *, pace: Pace, terms: Sequence[Term] = ()) -> RecogniserLane:
        """A lane for one leg; it runs once."""
        voice = Voice(call_id, leg.party, tuple(term.text for term in terms))
        return RecogniserLane(self._recogniser, self._open_detector, self._settings, voice, leg, pace)


class RecogniserLane:
    """One leg of one call. Made by RecogniserTranscriber."""

    def __init__(
        self,
        recogniser: Recogniser,
        open_detector: Callable[[], VoiceDetector],
        settings: LaneSettings,
        voice: Voice,
        leg: Leg,
        pace: Pace,
    ) -> None:
        self._recogniser = recogniser
        self._open_detector = open_detector
        self._settings = settings
        self._key = voice
        self._leg = leg
        self._pace: Pace = pace

    async def run(self, audio: AudioSource, sink: LaneSink) -> LegLedger:
        """Work until the audio ends and every final is delivered; see ``assist.ports.Lane``.

        Raises ValueError when frames overlap or run backwards, AudioFormatError when they cannot be audio.
        """
        async with asyncio.TaskGroup() as group:
            finals = FinalWriter(
                self._recogniser, self._leg.party, self._settings.finals, self._key, group, sink, pace=self._pace
            )
            preview = self._open_preview(group, sink) if self._pace == "live" else None
            ear = _Ear(self._leg.party, finals, preview, sink)
            received_ms = await self._listen(audio, ear, finals)
            finals.close()
        sink.progress(received_ms)
        return finals.account.close(received_ms)

    async def _listen(self, audio: AudioSource, ear: _Ear, finals: FinalWriter) -> int:
        """Hear all audio; the end position of the leg."""
        cursor_ms = 0
        stretch: Stretch | None = None
        while (item := await audio.receive()) is not None:
            if item.start_ms < cursor_ms - _ROUNDING_MS:
                raise ValueError(f"audio at {item.start_ms} ms overlaps what ended at {cursor_ms} ms")
            if stretch is not None and _breaks(stretch, item):
                await ear.finish(stretch)
                stretch = None
            match item:
                case AudioGap():
                    finals.account.gap(item.cause, item.end_ms - max(item.start_ms, cursor_ms))
                    cursor_ms = item.end_ms
                    finals.promise(cursor_ms)
                case AudioFrame():
                    if stretch is None:
                        start_ms = _start_after(cursor_ms, item)
                        finals.account.gap("lost", start_ms - cursor_ms)
                        stretch = Stretch(start_ms, item.rate_hz, self._open_listener())
                    await ear.hear(stretch, item.pcm, self._settings.step_ms)
                    cursor_ms = stretch.end_ms
                case _:
                    assert_never(item)
        if stretch is not None:
            await ear.finish(stretch)
        return cursor_ms

    def _open_preview(self, group: asyncio.TaskGroup, sink: LaneSink) -> _Preview:
        settings = self._settings
        partials = PartialWriter(self._recogniser, self._leg.party, settings.partials, self._key, group, sink)
        return _Preview(partials, Speculator(self._recogniser, settings.speculation, self._key, group, partials))

    def _open_listener(self) -> Listener:
        return Listener(self._open_detector(), self._settings.segmenter)


def _breaks(stretch: Stretch, item: AudioFrame | AudioGap) -> bool:
    """Whether the item cannot be the next audio of the stretch: a gap, declared or not, or another rate."""
    if isinstance(item, AudioGap):
        return True
    return item.rate_hz != stretch.rate_hz or item.start_ms > stretch.end_ms + _ROUNDING_MS


def _start_after(cursor_ms: int, frame: AudioFrame) -> int:
    """Where a new stretch begins: at its frame, or without a seam if that differs by rounding only."""
    return frame.start_ms if frame.start_ms > cursor_ms + _ROUNDING_MS else cursor_ms


@dataclass(frozen=True, slots=True)
class _Preview:
    """What a live lane does with an utterance before its end is certain."""

    partials: PartialWriter
    speculator: Speculator

    def advance(self, stretch: Stretch) -> None:
        self.speculator.advance(stretch)
        self.partials.advance(stretch)

    def end(self, heard: HeardSegment) -> Speculation | None:
        """The utterance is over: nothing more is previewed; the final's first decode, where it was begun."""
        self.partials.end()
        return self.speculator.take(heard)


class _Ear:
    """Gives each utterance its id and passes on what was heard of it."""

    def __init__(self, party: Party, finals: FinalWriter, preview: _Preview | None, sink: LaneSink) -> None:
        self._party: Party = party
        self._finals = finals
        self._preview = preview
        self._sink = sink
        self._onsets = 0

    async def hear(self, stretch: Stretch, pcm: bytes, step_ms: int) -> None:
        """More sound, in steps between which other tasks run."""
        step_bytes = 2 * (stretch.rate_hz * step_ms // 1000)
        for start in range(0, len(pcm), step_bytes):
            samples = stretch.resample(pcm[start : start + step_bytes])
            await self._act(stretch, stretch.listener.hear(samples))
            # A decision at the end of the stretch may still carry the judged position itself.
            self._finals.promise(stretch.judged_ms - 1)
            if self._preview is not None:
                self._preview.advance(stretch)
            await asyncio.sleep(0)

    async def finish(self, stretch: Stretch) -> None:
        """The stretch is over: end what is open."""
        await self._act(stretch, stretch.finish())
        self._finals.promise(stretch.end_ms)

    async def _act(self, stretch: Stretch, decisions: Sequence[Heard]) -> None:
        for heard in decisions:
            match heard:
                case Onset():
                    self._begin(stretch, heard)
                case HeardSegment():
                    speculation = self._preview.end(heard) if self._preview else None
                    await self._finals.recognise(self._utterance_id, stretch, heard, speculation)
                case _:
                    assert_never(heard)

    def _begin(self, stretch: Stretch, onset: Onset) -> None:
        self._onsets += 1
        self._sink.speech_started(
            SpeechStarted(
                utterance_id=self._utterance_id,
                party=self._party,
                start_ms=stretch.position_ms(onset.speech_start),
                decided_ms=stretch.position_ms(onset.decided),
            )
        )
        if self._preview is not None:
            self._preview.partials.begin(self._utterance_id, stretch, onset)

    @property
    def _utterance_id(self) -> str:
        """Of the open utterance, or the last one."""
        return f"{self._party}-{self._onsets}"
