"""Finals of one lane: recognised several at a time, delivered in order, none lost."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from asr.fallback import FALLBACK_CODE
from asr.listener import HeardSegment
from asr.recogniser import Recogniser, Rejected, Transcript
from asr.segmenter import Ending
from asr.speakers.hearing import SpeakerHearing
from asr.speakers.model import Voiceprint
from asr.speculation import FirstDecode
from asr.text import HeardWord
from asr.timeline import Account, Stretch
from asr.writing.writer import Writer
from assist.errors import UnavailableError
from assist.messages import Party, Utterance, UtteranceDropped, Word
from assist.pipe import Pipe
from assist.ports import LaneSink, Pace


@dataclass(frozen=True, slots=True)
class FinalSettings:
    """Bounds of the finals of one lane."""

    max_in_flight: int = 6
    """Recognised or waiting to be delivered; then the lane stops listening until one is through. An utterance has up to
    three, one for each ending it may have, until its words tell; they share one decode."""
    deadline_s: float = 1.0
    """After the end of the utterance was decided; orders the finals of all live calls. Recordings let them pass."""


@dataclass(frozen=True, slots=True)
class _Span:
    """Identity and place of an utterance, on the call clock."""

    utterance_id: str
    start_ms: int
    end_ms: int
    decided_ms: int
    audio_start_ms: int
    """Of the segment: what word times count from."""
    audio_end_ms: int
    speech_ms: int
    """Of it, taken for speech."""

    @property
    def audio_ms(self) -> int:
        """What the ledger counts."""
        return self.audio_end_ms - self.audio_start_ms


@dataclass(frozen=True, slots=True)
class Proviso:
    """What must be true of a segment to be a final."""

    verdict: asyncio.Task[Ending]
    endings: frozenset[Ending]
    """Its words must tell one of these."""
    on_certain: Callable[[], None] | None = None
    """Told when they do, before the final is delivered."""

    async def holds(self) -> bool:
        """Waits for the words."""
        is_so = await self.verdict in self.endings
        if is_so and self.on_certain is not None:
            self.on_certain()
        return is_so


@dataclass(frozen=True, slots=True)
class _Withdrawn:
    """The utterance did not end there."""


_Outcome = Transcript | Rejected | UnavailableError


@dataclass(frozen=True, slots=True)
class _Final:
    """What came of a segment."""

    words: _Outcome
    voice: Voiceprint | None
    """Where voices are told apart, and this one could be heard."""


class FinalWriter:
    """Made within the lane's task group; ``close`` lets it end by itself once everything is delivered."""

    def __init__(
        self,
        recogniser: Recogniser,
        party: Party,
        settings: FinalSettings,
        lane: Hashable,
        group: asyncio.TaskGroup,
        sink: LaneSink,
        *,
        pace: Pace,
        writer: Writer | None = None,
        speakers: SpeakerHearing | None = None,
    ) -> None:
        """``speakers`` tells the voices of a leg apart that both parties are on."""
        self.account = Account(party)
        self._recogniser = recogniser
        self._party: Party = party
        self._settings = settings
        self._lane = lane
        self._group = group
        self._sink = sink
        self._pace: Pace = pace
        self._writer = writer
        self._speakers = speakers
        self._slots = asyncio.Semaphore(settings.max_in_flight)
        self._queue: Pipe[tuple[_Span, asyncio.Task[_Final | _Withdrawn]]] = Pipe(settings.max_in_flight)
        self._undelivered_ms: deque[int] = deque()
        """``decided_ms`` of every final in flight."""
        self._heard_ms = 0
        self._promised_ms = 0
        self._failing: str | None = None
        """Error code while recognition is degraded."""
        self._is_on_standby = False
        """The last words were another recogniser's."""
        group.create_task(self._deliver(), name=f"finals {party}")

    async def recognise(
        self,
        utterance_id: str,
        stretch: Stretch,
        heard: HeardSegment,
        decode: FirstDecode | None = None,
        proviso: Proviso | None = None,
    ) -> None:
        """Start on a segment; waits while ``max_in_flight`` others are on their way.

        ``decode`` is the first decode of just these samples, where it was begun already. With a ``proviso`` the final
        comes if that holds; of all segments of an utterance one does.
        """
        segment = heard.segment
        span = _Span(
            utterance_id=utterance_id,
            start_ms=stretch.position_ms(segment.speech_start),
            end_ms=stretch.position_ms(segment.speech_end),
            decided_ms=stretch.position_ms(segment.decided),
            audio_start_ms=stretch.position_ms(segment.start),
            audio_end_ms=stretch.position_ms(segment.end),
            speech_ms=heard.acoustics.speech_ms,
        )
        self._undelivered_ms.append(span.decided_ms)
        decided_s = asyncio.get_running_loop().time()
        deadline_s = decided_s + self._settings.deadline_s if self._pace == "live" else None
        await self._slots.acquire()
        task = self._group.create_task(self._outcome(heard, deadline_s, decode, proviso), name=f"final {utterance_id}")
        await self._queue.send((span, task))

    def promise(self, position_ms: int) -> None:
        """Nothing decided up to there will come any more, apart from what is in flight."""
        self._heard_ms = max(self._heard_ms, position_ms)
        if self._undelivered_ms:
            position_ms = min(position_ms, self._undelivered_ms[0] - 1)
        if position_ms > self._promised_ms:
            self._promised_ms = position_ms
            self._sink.progress(position_ms)

    def close(self) -> None:
        """No more segments will come."""
        self._queue.close()

    async def _outcome(
        self, heard: HeardSegment, deadline_s: float | None, decode: FirstDecode | None, proviso: Proviso | None
    ) -> _Final | _Withdrawn:
        if proviso is not None and not await proviso.holds():
            return _Withdrawn()
        if self._speakers is None:
            return _Final(await self._words(heard, deadline_s, decode), None)
        async with asyncio.TaskGroup() as group:
            words = group.create_task(self._words(heard, deadline_s, decode), name="words")
            voice = group.create_task(self._speakers.listen(heard), name="voice")
        return _Final(words.result(), voice.result())

    async def _words(self, heard: HeardSegment, deadline_s: float | None, decode: FirstDecode | None) -> _Outcome:
        try:
            first = await decode.use() if decode else None
            return await self._recogniser.final(
                heard.samples, heard.acoustics, lane=self._lane, deadline_s=deadline_s, first=first, writer=self._writer
            )
        except UnavailableError as error:
            return error

    async def _deliver(self) -> None:
        async for span, task in self._queue:
            final = await task
            if not isinstance(final, _Withdrawn):
                self._report_health(final.words)
                await self._sink.final(self._event(span, final))
            self._undelivered_ms.popleft()
            self._slots.release()
            self.promise(self._heard_ms)

    def _event(self, span: _Span, final: _Final) -> Utterance | UtteranceDropped:
        match final.words:
            case Transcript() as transcript:
                self.account.transcribed(span.audio_ms)
                return self._utterance(span, transcript, final.voice)
            case Rejected() as rejected:
                if rejected.was_decoded:
                    self.account.transcribed(span.audio_ms)
                return self._dropped(span, rejected.reason)
            case UnavailableError():
                self.account.failed(span.audio_ms)
                return self._dropped(span, "recogniser-failed")

    def _report_health(self, outcome: _Outcome) -> None:
        """Tell the sink when recognition breaks or moves to another recogniser, and when all is well again."""
        if isinstance(outcome, UnavailableError):
            if self._failing is None:
                self._failing = outcome.code
                self._sink.degraded(outcome.code, "Speech of this party could not be recognised.")
            return
        if self._failing is not None and (isinstance(outcome, Transcript) or outcome.was_decoded):
            self._sink.degraded(self._failing, "Speech of this party is recognised again.", restored=True)
            self._failing = None
        if isinstance(outcome, Transcript):
            self._report_writer(outcome.model or self._recogniser.name)

    def _report_writer(self, model: str) -> None:
        """Tell the sink when the words begin to be another recogniser's."""
        is_on_standby = model != self._recogniser.name
        if is_on_standby != self._is_on_standby:
            self._is_on_standby = is_on_standby
            reason = "Another recogniser writes the words." if self._is_on_standby else "The usual recogniser is back."
            self._sink.degraded(FALLBACK_CODE, reason, restored=not self._is_on_standby)

    def _utterance(self, span: _Span, transcript: Transcript, voice: Voiceprint | None) -> Utterance:
        speakers = self._speakers
        return Utterance(
            utterance_id=span.utterance_id,
            party=self._party,
            text=transcript.text,
            words=tuple(_place(word, span) for word in transcript.words),
            start_ms=span.start_ms,
            end_ms=span.end_ms,
            decided_ms=span.decided_ms,
            confidence=transcript.confidence,
            model=transcript.model or self._recogniser.name,
            guards=transcript.guards,
            raw_text=transcript.raw_text,
            display_text=transcript.written.display_text,
            rewrites=transcript.written.rewrites,
            corrections=transcript.written.corrections,
            voice=transcript.voice,
            speaker=speakers.place(span.utterance_id, voice, span.speech_ms) if speakers else None,
        )

    def _dropped(self, span: _Span, reason: str) -> UtteranceDropped:
        return UtteranceDropped(
            utterance_id=span.utterance_id,
            party=self._party,
            start_ms=span.start_ms,
            end_ms=span.end_ms,
            decided_ms=span.decided_ms,
            reason=reason,
        )


def _place(word: HeardWord, span: _Span) -> Word:
    """On the call clock, inside the speech: attention likes to stretch a word into the silence beside it."""
    start_ms = min(max(span.audio_start_ms + word.start_ms, span.start_ms), span.end_ms)
    end_ms = min(max(span.audio_start_ms + word.end_ms, start_ms), span.end_ms)
    return Word(text=word.text, start_ms=start_ms, end_ms=end_ms, confidence=word.confidence, doubtful=word.is_doubtful)
