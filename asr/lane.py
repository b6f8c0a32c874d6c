"""A lane: the audio of one leg in, its transcripts out, in order and accounted for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import assert_never

from asr.audio.misread import FirstMinute
from asr.audio.samples import Float32Array
from asr.ear import Ear, Preview
from asr.fallback import Standby
from asr.finals import FinalSettings, FinalWriter
from asr.guards import GuardSettings
from asr.listener import Listener
from asr.partials import PartialSettings, PartialWriter
from asr.pressure import Pressure, PressureSettings
from asr.recogniser import Recogniser, SpeculationCounts
from asr.segmenter import SegmenterSettings
from asr.speakers.hearing import HearingSettings, SpeakerHearing
from asr.speakers.model import VoiceprintRunner
from asr.speculation import FirstDecodes, SpeculationSettings
from asr.speech import SpeechRunner, Voice
from asr.text import Scribe
from asr.timeline import Stretch
from asr.vad import VoiceDetector
from asr.verdict import Verdicts, VerdictSettings
from asr.voice.judge import VoiceJudge
from asr.writing.writer import Corrector, Writer
from assist.messages import AudioFrame, AudioGap, Leg, LegLedger, Term
from assist.ports import AudioSource, LaneSink, Pace
from assist.turns import Turns
from models.engine import Engine

HEARINGS_A_PASS = 1
"""Lanes that hear a piece before the event loop looks at its sockets again: a millisecond, however many calls bring
sound at the same moment."""
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
    pressure: PressureSettings = field(default_factory=PressureSettings)
    speculation: SpeculationSettings = field(default_factory=SpeculationSettings)
    verdicts: VerdictSettings = field(default_factory=VerdictSettings)
    speakers: HearingSettings = field(default_factory=HearingSettings)


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
        correct: Callable[[tuple[Term, ...]], Corrector] | None = None,
        judge: VoiceJudge | None = None,
        speakers: VoiceprintRunner | None = None,
    ) -> None:
        """``open_detector`` makes the voice detector of a new stream: ``SileroVad().open``.

        ``standbys`` are recognisers that take over while ``runner`` fails; ``correct`` makes what puts the names of a
        call right; ``judge`` says how utterances sounded;
        ``speakers`` tells apart the two voices of a leg that both parties are on.
        """
        self._settings = settings or LaneSettings()
        self._recogniser = Recogniser(
            engine, runner, guards=self._settings.guards, standbys=standbys, judge=judge, speakers=speakers
        )
        self._open_detector = open_detector
        self._correct = correct
        self._scribe = Scribe()
        self._pressure = Pressure(engine.load, self._settings.pressure)
        self._turns = Turns(HEARINGS_A_PASS)

    @property
    def name(self) -> str:
        """model@version"""
        return self._recogniser.name

    async def warm_up(self, samples: Float32Array) -> None:
        """Recognise some sound for nobody: the first decode of a process is slow. Raises UnavailableError."""
        await self._recogniser.warm_up(samples)

    @property
    def model_in_charge(self) -> str:
        """model@version of the recogniser that decodes now: ``name``, or a standby while that fails."""
        return self._recogniser.model_in_charge

    @property
    def speculations(self) -> SpeculationCounts:
        """Of all lanes so far."""
        return self._recogniser.speculations

    @property
    def pressure(self) -> Pressure:
        """What gives way while the engine has more to do than it can."""
        return self._pressure

    def open_lane(self, call_id: str, leg: Leg, *, pace: Pace, terms: Sequence[Term] = ()) -> RecogniserLane:
        """A lane for one leg; it runs once."""
        voice = Voice(call_id, leg.party, tuple(term.text for term in terms))
        writer = Writer(self._scribe, self._correct(tuple(terms)) if self._correct and terms else None)
        return RecogniserLane(
            self._recogniser, self._open_detector, self._pressure, self._turns, self._settings, voice, leg, pace, writer
        )


class RecogniserLane:
    """One leg of one call. Made by RecogniserTranscriber."""

    def __init__(
        self,
        recogniser: Recogniser,
        open_detector: Callable[[], VoiceDetector],
        pressure: Pressure,
        turns: Turns,
        settings: LaneSettings,
        voice: Voice,
        leg: Leg,
        pace: Pace,
        writer: Writer,
    ) -> None:
        self._recogniser = recogniser
        self._open_detector = open_detector
        self._pressure = pressure
        self._turns = turns
        self._settings = settings
        self._key = voice
        self._leg = leg
        self._pace: Pace = pace
        self._writer = writer

    async def run(self, audio: AudioSource, sink: LaneSink) -> LegLedger:
        """Work until the audio ends and every final is delivered; see ``assist.ports.Lane``.

        Raises ValueError when frames overlap or run backwards, AudioFormatError when they cannot be audio.
        """
        with self._counted():
            return await self._work(audio, sink)

    @contextmanager
    def _counted(self) -> Generator[None]:
        """Among those who share the engine, as long as it lasts: a recording takes what is left."""
        if self._pace == "replay":
            yield
            return
        self._pressure.open(self._key, asyncio.get_running_loop().time())
        try:
            yield
        finally:
            self._pressure.close(self._key)

    async def _work(self, audio: AudioSource, sink: LaneSink) -> LegLedger:
        speakers = self._open_speakers(sink)
        async with asyncio.TaskGroup() as group:
            if speakers is not None:
                group.create_task(speakers.prepare(), name="voices")
            finals = FinalWriter(
                self._recogniser,
                self._leg.party,
                self._settings.finals,
                self._key,
                group,
                sink,
                pace=self._pace,
                writer=self._writer,
                speakers=speakers,
            )
            received_ms = await self._listen(audio, self._open_ear(finals, group, sink), finals, sink)
            finals.close()
        sink.progress(received_ms)
        return finals.account.close(received_ms)

    def _open_speakers(self, sink: LaneSink) -> SpeakerHearing | None:
        if self._leg.party != "mixed" or not self._recogniser.tells_speakers:
            return None
        pressure = self._pressure if self._pace == "live" else None
        return SpeakerHearing(self._recogniser, self._settings.speakers, sink, pressure)

    def _open_ear(self, finals: FinalWriter, group: asyncio.TaskGroup, sink: LaneSink) -> Ear:
        settings, recogniser, party = self._settings, self._recogniser, self._leg.party
        is_live = self._pace == "live"
        preview = None
        if is_live:
            partials = PartialWriter(
                recogniser, party, settings.partials, self._key, group, sink, self._pressure, writer=self._writer
            )
            preview = Preview(partials, self._pressure)
        deadline_s = settings.finals.deadline_s if is_live else None
        decodes = FirstDecodes(recogniser, settings.speculation, self._key, group, final_deadline_s=deadline_s)
        verdicts = Verdicts(recogniser, settings.verdicts, group, sink, self._pressure if is_live else None)
        return Ear(party, finals, decodes, verdicts, preview, sink)

    async def _listen(self, audio: AudioSource, ear: Ear, finals: FinalWriter, sink: LaneSink) -> int:
        """Hear all audio; the end position of the leg."""
        cursor_ms = 0
        beginning = FirstMinute(self._leg.codec, self._leg.rate_hz)
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
                    await self._turns.take()
                    await ear.hear(stretch, item.pcm, self._settings.step_ms)
                    if (reading := beginning.push(item.pcm)) is not None:
                        reason = f"The sound was read as {self._leg.codec} and is like {reading}."
                        sink.degraded("wrong-codec", reason, part="legs")
                    cursor_ms = stretch.end_ms
                    self._pressure.lag(self._key, audio.waiting_ms / 1000, asyncio.get_running_loop().time())
                case _:
                    assert_never(item)
        if stretch is not None:
            await ear.finish(stretch)
        return cursor_ms

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
