"""Recognises segments through the engine, doubts what comes back and decides what stands.

Every choice rests on the samples alone, never on load or time: a replayed call gives the same finals.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace

from asr.audio.samples import RECOGNITION_RATE_HZ, Float32Array
from asr.cascade import is_unsure, joined, signs_of, split_point, trimmed
from asr.completion import UNSCORED
from asr.confidence import Calibration, calibrated, expected_share
from asr.fallback import RecogniserChain, Standby
from asr.guards import Acoustics, GuardSettings, doubts, faults, is_cut_short, refuse, reject
from asr.speech import Capabilities, Effort, Hypothesis, SpeechRequest, SpeechRunner, Voice
from asr.text import HeardWord, Scribe, letters
from models.engine import Engine, Priority

UNSURE = "unsure"
"""Guard code of a text whose recogniser gave it little probability."""
_NOTHING = Hypothesis("")
"""What confirms no character."""
_ANY_TIME_MS = 24 * 3_600_000
"""Of a text whose length in time says nothing yet."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """The words of a segment; times in milliseconds since its first sample."""

    text: str
    words: tuple[HeardWord, ...]
    confidence: float
    guards: tuple[str, ...]
    raw_text: str | None
    model: str | None = None
    """name@version of who heard it; None: the recogniser that was asked first."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A segment without words."""

    reason: str
    """The guard's code."""
    was_decoded: bool = True
    """False: the recogniser never heard it."""


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
    ) -> None:
        """``standbys`` take over, in this order, while ``runner`` fails."""
        self._chain = RecogniserChain(engine, runner, standbys)
        self._guards = guards or GuardSettings()
        self._scribe = Scribe()
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

    async def final(
        self,
        samples: Float32Array,
        acoustics: Acoustics,
        *,
        lane: Hashable,
        deadline_s: float | None,
        first: Hypothesis | None = None,
    ) -> Transcript | Rejected:
        """Recognise a whole segment. Raises UnavailableError when the recogniser cannot.

        ``first`` is the first decode where ``first_decode`` has made it already.
        A broken text is decoded again, with more care, with all the context there is, then in halves; the first one
        that is sound wins, whatever its score. Without any, the first text is trimmed and marked "uncertain". One that
        is unsure of itself gives way to the careful decode.
        """
        if refusal := refuse(samples, acoustics, self._guards):
            return Rejected(refusal, was_decoded=False)
        first = first or await self._run(samples, "final", lane, deadline_s)
        if reason := self._reject(first, acoustics):
            return Rejected(reason)
        codes = self._doubts(first, acoustics)
        if not codes:
            return self._transcript(first)
        if codes == (UNSURE,):
            return await self._second_opinion(first, samples, acoustics, lane, deadline_s)
        return await self._repaired(first, codes, samples, acoustics, lane, deadline_s)

    async def _second_opinion(
        self, first: Hypothesis, samples: Float32Array, acoustics: Acoustics, lane: Hashable, deadline_s: float | None
    ) -> Transcript:
        """The careful decode of an unsure text, which is right more often, unless it went wrong itself."""
        careful = await self._run(samples, "careful", lane, deadline_s)
        if self._faults(careful, acoustics) or self._reject(careful, acoustics):
            return self._transcript(first, guards=(UNSURE,), other=careful)
        return self._transcript(careful, guards=(UNSURE, "redecoded"), raw=first, other=first)

    async def _repaired(
        self,
        first: Hypothesis,
        codes: tuple[str, ...],
        samples: Float32Array,
        acoustics: Acoustics,
        lane: Hashable,
        deadline_s: float | None,
    ) -> Transcript | Rejected:
        """The first decode that is whole: with more care, with all the context there is, in halves.

        Where none is, the longest of those that are not broken; without these the first text, trimmed.
        """
        sound = [] if self._faults(first, acoustics) else [first]
        for effort in ("careful", "full") if self.capabilities.redecodes else ():
            again = await self._run(samples, effort, lane, deadline_s)
            if self._faults(again, acoustics):
                continue
            if not sound and (reason := self._reject(again, acoustics)):
                return Rejected(reason)
            if not is_cut_short(again.text, acoustics.speech_ms, self._guards):
                return self._transcript(again, guards=(*codes, "redecoded"), raw=first)
            sound.append(again)
        halves = await self._in_halves(samples, lane, deadline_s)
        if halves and not self._faults(halves, acoustics) and _letters(halves) > max(map(_letters, sound), default=0):
            return self._transcript(halves, guards=(*codes, "redecoded", "halved"), raw=first)
        if sound:
            longest = max(sound, key=_letters)
            changes = () if longest is first else ("redecoded",)
            return self._transcript(longest, guards=(*codes, *changes, "uncertain"), raw=first)
        rest = trimmed(first, acoustics.speech_ms, self._guards)
        return self._transcript(rest, guards=(*codes, "repetition-trimmed", "uncertain"), raw=first, other=_NOTHING)

    async def _in_halves(self, samples: Float32Array, lane: Hashable, deadline_s: float | None) -> Hypothesis | None:
        """Both sides of the quietest point, each decoded alone; None for audio too short to be cut."""
        cut = split_point(samples)
        if cut is None:
            return None
        before = await self._run(samples[:cut], "final", lane, deadline_s)
        after = await self._run(samples[cut:], "final", lane, deadline_s)
        return joined(before, after, cut * 1000 // RECOGNITION_RATE_HZ)

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
        return await self._run(samples, "final", lane, deadline_s, priority, on_start)

    async def partial(self, samples: Float32Array, *, lane: Hashable, deadline_s: float) -> Hypothesis:
        """What is heard so far; ``preview`` writes it. Raises UnavailableError when it was shed or failed."""
        return await self._run(samples, "partial", lane, deadline_s, Priority.PARTIAL)

    def preview(self, heard: Hypothesis) -> str | None:
        """The text of an open utterance for display, without a closing mark; None if it loops or echoes."""
        if faults(heard.text, _ANY_TIME_MS, self._guards, is_capped=heard.is_capped):
            return None
        return self._scribe.write(heard.text).rstrip("，。？！；：、")

    async def _run(
        self,
        samples: Float32Array,
        effort: Effort,
        lane: Hashable,
        deadline_s: float | None,
        priority: Priority = Priority.FINAL,
        on_start: Callable[[], None] | None = None,
    ) -> Hypothesis:
        request = SpeechRequest(samples, effort, lane if isinstance(lane, Voice) else None)
        return await self._chain.run(request, priority=priority, deadline_s=deadline_s, lane=lane, on_start=on_start)

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

    def _doubts(self, heard: Hypothesis, acoustics: Acoustics) -> tuple[str, ...]:
        """Why a first decode should not stand alone; nothing but UNSURE if it may stand after all."""
        codes = doubts(heard.text, acoustics, self._guards, is_capped=heard.is_capped)
        if codes or not self.capabilities.redecodes or self._calibration_of(heard) is None:
            return codes
        return (UNSURE,) if is_unsure(signs_of(heard, acoustics.speech_ms), self._guards) else ()

    def _calibration_of(self, heard: Hypothesis) -> Calibration | None:
        """What the probabilities of this text mean; None if nobody knows."""
        is_known = heard.is_scored and heard.model in (None, self.name)
        return self.capabilities.calibration if is_known else None

    def _transcript(
        self,
        heard: Hypothesis,
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
        words = self._scribe.words(characters)
        if calibration:
            words = tuple(replace(word, is_doubtful=word.confidence < calibration.doubtful_below) for word in words)
        return Transcript(
            text=self._scribe.write(heard.text),
            words=words,
            confidence=confidence,
            guards=guards if heard.is_scored else (*guards, UNSCORED),
            raw_text=None if raw is None else self._scribe.write(raw.text),
            model=heard.model,
        )


def _letters(heard: Hypothesis) -> int:
    return len(letters(heard.text))
