"""Recognises segments through the engine, doubts what comes back and decides what stands.

Every choice rests on the samples alone, never on load or time: a replayed call gives the same finals.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from asr.audio.samples import RECOGNITION_RATE_HZ, Float32Array
from asr.cascade import before, is_at_the_end, joined, longest_gap_ms, split_point, trimmed
from asr.completion import UNSCORED
from asr.confidence import Calibration, calibrated, expected_share
from asr.fallback import RecogniserChain, Standby
from asr.guards import TOO_SLOW, Acoustics, GuardSettings, doubts, faults, is_cut_short, refuse, reject
from asr.speakers.model import Voiceprint, VoiceprintRunner
from asr.speech import Capabilities, Effort, Hypothesis, SpeechRequest, SpeechRunner, Voice
from asr.text import HeardWord, Scribe, letters
from asr.voice.judge import VoiceJudge
from asr.writing.writer import Writer, Written
from assist.errors import UnavailableError
from assist.messages import VoiceReading
from models.engine import Engine, Priority

GAP = "gap"
"""Guard code of a text that has no words for some seconds of the segment."""
_INCOMPLETE = frozenset({TOO_SLOW, GAP})
"""The decoder ended, or jumped, in a pause: nothing is wrong with what it wrote."""
_NOTHING = Hypothesis("")
"""What confirms no character."""
_Way = Literal["careful", "full", "halves", "rest"]
_OF_BROKEN: tuple[_Way, ...] = ("careful", "full", "halves")
_OF_INCOMPLETE: tuple[_Way, ...] = ("rest", "halves", "careful", "full")
_ANY_TIME_MS = 24 * 3_600_000
"""Of a text whose length in time says nothing yet."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """The words of a segment; times in milliseconds since its first sample."""

    written: Written
    words: tuple[HeardWord, ...]
    """Of the text, with those marked that are doubtful."""
    confidence: float
    guards: tuple[str, ...]
    raw_text: str | None
    """What was heard first, where that is not the text."""
    model: str | None = None
    """name@version of who heard it; None: the recogniser that was asked first."""
    voice: VoiceReading | None = None
    """How it sounded; None where nobody could tell."""

    @property
    def text(self) -> str:
        """As it was said."""
        return self.written.text


@dataclass(frozen=True, slots=True)
class Rejected:
    """A segment without words."""

    reason: str
    """The guard's code."""
    was_decoded: bool = True
    """False: the recogniser never heard it."""


@dataclass(frozen=True, slots=True)
class _Segment:
    """What is to be recognised, and for whom."""

    samples: Float32Array
    acoustics: Acoustics
    lane: Hashable
    deadline_s: float | None
    writer: Writer

    @property
    def duration_ms(self) -> int:
        return len(self.samples) * 1000 // RECOGNITION_RATE_HZ


@dataclass(frozen=True, slots=True)
class _Repair:
    """A decode in place of a doubted one."""

    heard: Hypothesis
    codes: tuple[str, ...]
    """How it was made."""


@dataclass(slots=True)
class SpeculationCounts:
    """Segments decoded before their end was certain; the difference was decoded for partials at best."""

    started: int = 0
    used: int = 0
    """Became finals."""


class Recogniser:
    """One for all lanes of a process; lives on the event loop."""

    def __init__(
        self,
        engine: Engine,
        runner: SpeechRunner,
        *,
        guards: GuardSettings | None = None,
        standbys: Sequence[Standby] = (),
        judge: VoiceJudge | None = None,
        speakers: VoiceprintRunner | None = None,
    ) -> None:
        """``standbys`` take over, in this order, while ``runner`` fails; ``judge`` says how utterances sounded.

        ``speakers`` says what voices are like.
        """
        self._engine = engine
        self._speakers = speakers
        self._chain = RecogniserChain(engine, runner, standbys)
        self._guards = guards or GuardSettings()
        self._judge = judge
        self._scribe = Scribe()
        self._writer = Writer(self._scribe)
        self.speculations = SpeculationCounts()
        """Of all lanes."""

    @property
    def name(self) -> str:
        """model@version"""
        return self._chain.name

    @property
    def capabilities(self) -> Capabilities:
        """Of the recogniser that is in charge now."""
        return self._chain.capabilities

    @property
    def model_in_charge(self) -> str:
        """model@version of the recogniser that decodes now: ``name``, or a standby while that fails."""
        return self._chain.current.name

    async def warm_up(self, samples: Float32Array) -> None:
        """Decode some sound for nobody, on a standby if it must be. Raises UnavailableError when none works."""
        await self._chain.run(SpeechRequest(samples, "final"), priority=Priority.FINAL, deadline_s=None)

    async def final(
        self,
        samples: Float32Array,
        acoustics: Acoustics,
        *,
        lane: Hashable,
        deadline_s: float | None,
        first: Hypothesis | None = None,
        writer: Writer | None = None,
    ) -> Transcript | Rejected:
        """Recognise a whole segment. Raises UnavailableError when the recogniser cannot.

        ``first`` is the first decode where ``first_decode`` has made it already; ``writer`` knows the call's names.
        A broken text is decoded again, with more care, with all the context there is, then in halves; the first one
        that is sound wins, whatever its score. Without any, the first text is trimmed and marked "uncertain".
        """
        if first is None and (refusal := refuse(samples, acoustics, self._guards)):
            return Rejected(refusal, was_decoded=False)
        segment = _Segment(samples, acoustics, lane, deadline_s, writer or self._writer)
        first = first or await self._first(samples, lane, deadline_s)
        if reason := self._reject(first, acoustics):
            return Rejected(reason)
        codes = self._doubts(first, segment)
        outcome = await self._repaired(first, codes, segment) if codes else self._transcript(first, segment)
        if isinstance(outcome, Rejected):
            return outcome
        return replace(outcome, voice=self._voice(first, outcome.text, acoustics))

    async def _repaired(self, first: Hypothesis, codes: tuple[str, ...], segment: _Segment) -> Transcript | Rejected:
        """The first decode that is whole: with more care, with all the context there is, in halves.

        A text that stopped too early did so in a pause, so it goes on from there, or is cut there. Where no decode is
        whole, the longest of those that are not broken; without these the first text, trimmed.
        """
        is_incomplete = _INCOMPLETE.issuperset(codes)
        gap_ms = longest_gap_ms(first, segment.duration_ms) if is_incomplete else None
        sound: list[_Repair] = [] if self._faults(first, segment.acoustics) else [_Repair(first, ())]
        for way in _OF_INCOMPLETE if is_incomplete else _OF_BROKEN:
            repair = await self._repair(way, first, segment, gap_ms)
            if repair is None or self._faults(repair.heard, segment.acoustics):
                continue
            if not sound and (reason := self._reject(repair.heard, segment.acoustics)):
                return Rejected(reason)
            if not self._gaps(repair.heard, segment):
                return self._transcript(repair.heard, segment, guards=(*codes, *repair.codes), raw=first)
            sound.append(repair)
        if sound:
            longest = max(sound, key=lambda repair: len(letters(repair.heard.text)))
            return self._transcript(longest.heard, segment, guards=(*codes, *longest.codes, "uncertain"), raw=first)
        rest = trimmed(first, segment.acoustics.speech_ms, self._guards)
        marks = (*codes, "repetition-trimmed", "uncertain")
        return self._transcript(rest, segment, guards=marks, raw=first, other=_NOTHING)

    async def _repair(
        self, way: _Way, first: Hypothesis, segment: _Segment, gap_ms: tuple[int, int] | None
    ) -> _Repair | None:
        """One more decode; None where it would not differ."""
        if way == "rest":
            whole = await self._with_rest(first, segment)
            return None if whole is None else _Repair(whole, ("redecoded", "continued"))
        if way == "halves":
            halves = await self._in_halves(segment, gap_ms)
            return None if halves is None else _Repair(halves, ("redecoded", "halved"))
        if not self.capabilities.redecodes:
            return None
        return _Repair(await self._again(segment, way), ("redecoded",))

    async def _with_rest(self, first: Hypothesis, segment: _Segment) -> Hypothesis | None:
        """What it wrote, and what is heard where it stopped, as often as it stops; None if that is nothing."""
        heard, from_ms = first, 0
        while (gap_ms := longest_gap_ms(heard, segment.duration_ms))[1] - gap_ms[0] > self._guards.max_gap_ms:
            cut = split_point(segment.samples, gap_ms) if is_at_the_end(gap_ms, heard) else None
            if cut is None or (cut_ms := cut * 1000 // RECOGNITION_RATE_HZ) <= from_ms:
                break
            rest = await self._run(segment.samples[cut:], "final", segment.lane, segment.deadline_s)
            if self._reject(rest, segment.acoustics) is not None or not rest.characters:
                break
            heard, from_ms = joined(before(heard, cut_ms), rest, offset_ms=cut_ms), cut_ms
        return None if heard is first else heard

    async def _in_halves(self, segment: _Segment, gap_ms: tuple[int, int] | None) -> Hypothesis | None:
        """Both sides of the quietest point, each decoded alone; None for audio too short to be cut."""
        cut = split_point(segment.samples, gap_ms)
        if cut is None:
            return None
        halves: list[Hypothesis] = []
        for samples in (segment.samples[:cut], segment.samples[cut:]):
            half = await self._run(samples, "final", segment.lane, segment.deadline_s)
            is_empty = self._reject(half, segment.acoustics) is not None
            halves.append(replace(half, text="", characters=()) if is_empty else half)
        return joined(*halves, offset_ms=cut * 1000 // RECOGNITION_RATE_HZ)

    def is_worth_decoding(self, samples: Float32Array, acoustics: Acoustics) -> bool:
        """Whether a final of such a segment would be decoded at all."""
        return refuse(samples, acoustics, self._guards) is None

    async def first_decode(
        self,
        samples: Float32Array,
        *,
        lane: Hashable,
        priority: Priority,
        deadline_s: float | None,
        on_start: Callable[[], None],
    ) -> Hypothesis:
        """The first decode of ``final``, before it is certain that there is one.

        Raises UnavailableError when it was shed or failed.
        """
        return await self._first(samples, lane, deadline_s, priority, on_start)

    async def partial(self, samples: Float32Array, *, lane: Hashable, deadline_s: float) -> Hypothesis:
        """What is heard so far; ``preview`` writes it. Raises UnavailableError when it was shed or failed."""
        return await self._run(samples, "partial", lane, deadline_s, Priority.PARTIAL)

    @property
    def tells_speakers(self) -> bool:
        """Whether ``voiceprint`` answers."""
        return self._speakers is not None

    async def prepare_voiceprints(self) -> None:
        """Load what they take, off the event loop. Raises ModelFilesError."""
        if self._speakers is not None:
            await asyncio.to_thread(self._speakers.load)

    async def voiceprint(self, samples: Float32Array) -> Voiceprint:
        """What the voice of some speech is like; words go first. Raises UnavailableError, ValueError for too little."""
        if self._speakers is None:
            raise UnavailableError("Voices are not told apart here.")
        return await self._engine.run(self._speakers, samples, priority=Priority.CLASSIFIER)

    def preview(self, heard: Hypothesis, writer: Writer | None = None) -> str | None:
        """The text of an open utterance, without a closing mark; None if it loops or echoes."""
        if faults(heard.text, _ANY_TIME_MS, self._guards, is_capped=heard.is_capped):
            return None
        return (writer or self._writer).preview(heard.text)

    async def _again(self, segment: _Segment, effort: Effort) -> Hypothesis:
        return await self._run(segment.samples, effort, segment.lane, segment.deadline_s)

    async def _first(
        self,
        samples: Float32Array,
        lane: Hashable,
        deadline_s: float | None,
        priority: Priority = Priority.FINAL,
        on_start: Callable[[], None] | None = None,
    ) -> Hypothesis:
        """With the sound, if there is who can judge it."""
        voice = lane if isinstance(lane, Voice) else None
        is_judged = self._judge is not None and (voice is None or self._judge.listens_to(voice.party))
        request = SpeechRequest(samples, "final", voice, wants_sound=is_judged)
        return await self._chain.run(request, priority=priority, deadline_s=deadline_s, lane=lane, on_start=on_start)

    async def _run(
        self,
        samples: Float32Array,
        effort: Effort,
        lane: Hashable,
        deadline_s: float | None,
        priority: Priority = Priority.FINAL,
    ) -> Hypothesis:
        request = SpeechRequest(samples, effort, lane if isinstance(lane, Voice) else None)
        return await self._chain.run(request, priority=priority, deadline_s=deadline_s, lane=lane)

    def _voice(self, first: Hypothesis, text: str, acoustics: Acoustics) -> VoiceReading | None:
        """By the first decode, which heard the whole segment."""
        if self._judge is None or first.sound is None:
            return None
        return self._judge.read(
            first.sound,
            recogniser=first.model or self.name,
            characters=len(letters(text)),
            speech_ms=acoustics.speech_ms,
        )

    def _reject(self, heard: Hypothesis, acoustics: Acoustics) -> str | None:
        return reject(
            self._scribe.simplify(heard.text),
            acoustics,
            self._guards,
            no_speech_probability=heard.no_speech_probability,
            log_probability=heard.log_probability,
        )

    def _faults(self, heard: Hypothesis, acoustics: Acoustics) -> tuple[str, ...]:
        return faults(heard.text, acoustics.speech_ms, self._guards, is_capped=heard.is_capped)

    def _gaps(self, heard: Hypothesis, segment: _Segment) -> tuple[str, ...]:
        """Why words seem to be missing."""
        is_slow = is_cut_short(heard.text, segment.acoustics.speech_ms, self._guards)
        begin_ms, end_ms = longest_gap_ms(heard, segment.duration_ms)
        has_gap = bool(heard.characters) and end_ms - begin_ms > self._guards.max_gap_ms
        return tuple(code for code, is_found in ((TOO_SLOW, is_slow), (GAP, has_gap)) if is_found)

    def _doubts(self, heard: Hypothesis, segment: _Segment) -> tuple[str, ...]:
        """Why a first decode should not stand alone. Low probability is no reason: see docs/asr.md."""
        codes = doubts(heard.text, segment.acoustics, self._guards, is_capped=heard.is_capped)
        if not self.capabilities.redecodes:
            # Only a decoder that writes freely ends too early or skips a part; other silence is a pause.
            return codes
        return (*codes, *self._gaps(heard, segment))

    def _calibration_of(self, heard: Hypothesis) -> Calibration | None:
        """What the probabilities of this text mean; None if nobody knows."""
        is_known = heard.is_scored and heard.model in (None, self.name)
        return self.capabilities.calibration if is_known else None

    def _transcript(
        self,
        heard: Hypothesis,
        segment: _Segment,
        *,
        guards: tuple[str, ...] = (),
        raw: Hypothesis | None = None,
        other: Hypothesis | None = None,
    ) -> Transcript:
        """``raw`` is what was heard first; ``other`` another decode, which may contradict this one."""
        characters, confidence = heard.characters, min(1.0, math.exp(heard.log_probability))
        calibration = self._calibration_of(heard)
        if calibration and characters:
            simple = self._scribe.simplified(characters)
            contrary = None if other is None else self._scribe.simplify(other.text)
            characters = calibrated(simple, heard.log_probability, calibration, contrary)
            confidence = expected_share(characters)
        written = segment.writer.write(characters, is_scored=heard.is_scored)
        words = written.words
        if calibration:
            words = tuple(replace(word, is_doubtful=word.confidence < calibration.doubtful_below) for word in words)
        heard_first = written.recognised if raw is None else self._scribe.write(raw.text)
        return Transcript(
            written=written,
            words=words,
            confidence=confidence,
            guards=guards if heard.is_scored else (*guards, UNSCORED),
            raw_text=None if heard_first == written.text else heard_first,
            model=heard.model,
        )
