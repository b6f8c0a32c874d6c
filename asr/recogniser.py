"""Recognises segments through the engine, doubts what comes back and decides what stands.

Every choice rests on the samples alone, never on load or time: a replayed call gives the same finals.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace

from asr.audio.samples import Float32Array
from asr.completion import UNSCORED
from asr.fallback import RecogniserChain, Standby
from asr.guards import Acoustics, GuardSettings, doubts, echoes_prompt, find_repetition, refuse, reject
from asr.speech import Capabilities, Effort, Hypothesis, SpeechRequest, SpeechRunner, Voice
from asr.text import Character, HeardWord, Scribe
from models.engine import Engine, Priority


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
    def is_on_standby(self) -> bool:
        """Whether another recogniser than the preferred one is in charge."""
        return self._chain.current.name != self._chain.name

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
        A doubted text is decoded again with more care, then with all the context there is; the first one without loop
        or echo wins, whatever its score. Without any, the first text is trimmed and marked "uncertain".
        """
        if refusal := refuse(samples, acoustics, self._guards):
            return Rejected(refusal, was_decoded=False)
        first = first or await self._run(samples, "final", lane, deadline_s)
        if reason := self._reject(first, acoustics):
            return Rejected(reason)
        codes = doubts(first.text, acoustics, self._guards, is_capped=first.is_capped)
        if not codes:
            return self._transcript(first)
        raw_text = self._scribe.write(first.text)
        for effort in ("careful", "full") if self.capabilities.redecodes else ():
            again = await self._run(samples, effort, lane, deadline_s)
            if _is_plausible(again):
                if reason := self._reject(again, acoustics):
                    return Rejected(reason)
                return self._transcript(again, guards=(*codes, "redecoded"), raw_text=raw_text)
        return self._transcript(_trimmed(first), guards=(*codes, "repetition-trimmed", "uncertain"), raw_text=raw_text)

    def is_worth_decoding(self, samples: Float32Array, acoustics: Acoustics) -> bool:
        """Whether a final of such a segment would be decoded at all."""
        return refuse(samples, acoustics, self._guards) is None

    async def first_decode(
        self, samples: Float32Array, *, lane: Hashable, deadline_s: float, on_start: Callable[[], None]
    ) -> Hypothesis:
        """The first decode of ``final``, with the urgency of a partial.

        Raises UnavailableError when it was shed or failed.
        """
        return await self._run(samples, "final", lane, deadline_s, Priority.PARTIAL, on_start)

    async def partial(self, samples: Float32Array, *, lane: Hashable, deadline_s: float) -> str | None:
        """What is heard so far, written for display without a closing mark; None if it loops or echoes.

        Raises UnavailableError when it was shed or failed.
        """
        return self.preview(await self._run(samples, "partial", lane, deadline_s, Priority.PARTIAL))

    def preview(self, heard: Hypothesis) -> str | None:
        """The text of an open utterance for display, without a closing mark; None if it loops or echoes."""
        if not _is_plausible(heard):
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

    def _transcript(
        self, heard: Hypothesis, *, guards: tuple[str, ...] = (), raw_text: str | None = None
    ) -> Transcript:
        return Transcript(
            text=self._scribe.write(heard.text),
            words=self._scribe.words(heard.characters),
            confidence=min(1.0, math.exp(heard.log_probability)),
            guards=guards if heard.is_scored else (*guards, UNSCORED),
            raw_text=raw_text,
            model=heard.model,
        )


def _is_plausible(heard: Hypothesis) -> bool:
    return not (heard.is_capped or find_repetition(heard.text) or echoes_prompt(heard.text))


def _trimmed(heard: Hypothesis) -> Hypothesis:
    """One copy of each loop; again while trimming uncovers a longer one."""
    text, characters = heard.text, heard.characters
    while repetition := find_repetition(text):
        kept = repetition.kept(len(text))
        text = "".join(text[index] for index in kept)
        characters: tuple[Character, ...] = tuple(characters[index] for index in kept)
    return replace(heard, text=text, characters=characters)
