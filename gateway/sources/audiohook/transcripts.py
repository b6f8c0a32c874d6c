"""What was said, as AudioHook takes it back: ``transcript`` entities on the clock of the session."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import NAMESPACE_OID, uuid5

from assist.messages import Event, PartialTranscript, Party, Utterance, UtteranceDropped, Word
from gateway.sources.audiohook.messages import MAX_TEXT_UNITS, Parameters, duration
from gateway.sources.codec import JoinedCall
from gateway.sources.stream_clock import StreamClock

PARTIAL_CONFIDENCE: Final = 0.5
"""Nothing is known of it before the line is final, and the protocol wants a number."""
_ENVELOPE_UNITS: Final = 500
"""Room for what stands around an entity."""


class Transcripts:
    """Turns the events of a call into the parameters of ``event`` messages, of one entity each: the vendor's own client
    reads no other.

    Finals go out at once and always. Of what is still being said each party's newest goes out, at most every
    ``partial_every_s``.
    """

    def __init__(
        self,
        session_id: str,
        parties: Sequence[Party],
        *,
        with_partials: bool,
        partial_every_s: float,
        language: str,
    ) -> None:
        """``parties``: in the order of the accepted channels."""
        self._session_id = session_id
        self._parties = tuple(parties)
        self._with_partials = with_partials
        self._partial_every_s = partial_every_s
        self._language = language
        self._begins_ms: Mapping[Party, int] = {}
        self._clock = StreamClock(JoinedCall(call_id="", positions_ms={}))
        self._waiting: dict[Party, PartialTranscript] = {}
        self._next_partial_s: dict[Party, float] = {}
        self._held_until_s = 0.0

    def begin(self, call: JoinedCall) -> None:
        """The session has joined its call; what was said there before is not told here."""
        self._begins_ms = call.positions_ms
        self._clock = StreamClock(call)

    def speak(self, language: str) -> None:
        """The language that lines are marked with from now on."""
        self._language = language

    def hold(self, until_s: float) -> None:
        """The platform is overrun: no partials until then."""
        self._held_until_s = until_s

    def hear(self, event: Event, elapsed_s: float) -> Sequence[Parameters]:
        """Parameters of the messages that the event makes due."""
        self._clock.hear(event)
        if not isinstance(event, PartialTranscript | Utterance | UtteranceDropped) or not self._is_ours(event):
            return self.due(elapsed_s)
        waiting = self._waiting.get(event.party)
        if waiting is not None and waiting.utterance_id == event.utterance_id:
            del self._waiting[event.party]
        if isinstance(event, PartialTranscript) and self._with_partials and event.text:
            self._waiting[event.party] = event
        final = (self._final(event),) if isinstance(event, Utterance) else ()
        return (*final, *self.due(elapsed_s))

    def due(self, elapsed_s: float) -> Sequence[Parameters]:
        """Parameters of partials whose time has come."""
        if elapsed_s < self._held_until_s:
            return ()
        ready: list[Party] = [party for party in self._waiting if self._next_partial_s.get(party, 0.0) <= elapsed_s]
        for party in ready:
            self._next_partial_s[party] = elapsed_s + self._partial_every_s
        return [self._partial(self._waiting.pop(party)) for party in ready]

    def _is_ours(self, event: PartialTranscript | Utterance | UtteranceDropped) -> bool:
        begins_ms = self._begins_ms.get(event.party)
        return event.party in self._parties and begins_ms is not None and event.start_ms >= begins_ms

    def _partial(self, partial: PartialTranscript) -> Parameters:
        return self._fitted(partial, partial.text, PARTIAL_CONFIDENCE, ())

    def _final(self, line: Utterance) -> Parameters:
        text = line.text if line.display_text is None else line.display_text
        return self._fitted(line, text, line.confidence, self._tokens(line.party, line.words))

    def _tokens(self, party: Party, words: Sequence[Word]) -> Sequence[Parameters]:
        """The words; no two begin at the same time, for the vendor's suite tells them apart by it."""
        tokens: list[Parameters] = []
        free_ms = 0
        for word in words:
            start_ms = max(self._clock.own_ms(party, word.start_ms), free_ms)
            free_ms = start_ms + 1
            tokens.append(
                {
                    "type": "word",
                    "value": word.text,
                    "confidence": _share(word.confidence),
                    "offset": duration(start_ms),
                    "duration": duration(word.end_ms - word.start_ms),
                }
            )
        return tokens

    def _fitted(
        self, said: PartialTranscript | Utterance, text: str, confidence: float, tokens: Sequence[Parameters]
    ) -> Parameters:
        """The parameters, cut to the protocol's longest text: words go first, then the end of the line."""
        for kept_text, kept_tokens in ((text, tokens), (text, ()), (text[: MAX_TEXT_UNITS // 16], ())):
            parameters = self._parameters(said, kept_text, confidence, kept_tokens)
            if _fits(parameters):
                break
        return parameters

    def _parameters(
        self, said: PartialTranscript | Utterance, text: str, confidence: float, tokens: Sequence[Parameters]
    ) -> Parameters:
        interpretation = {"type": "display", "transcript": text, "tokens": tokens}
        alternative = {
            "confidence": _share(confidence),
            "languages": [self._language],
            "interpretations": [interpretation],
        }
        data = {
            "id": str(uuid5(NAMESPACE_OID, f"{self._session_id}/{said.utterance_id}")),
            "channelId": self._parties.index(said.party),
            "isFinal": isinstance(said, Utterance),
            "offset": duration(self._clock.own_ms(said.party, said.start_ms)),
            "duration": duration(said.end_ms - said.start_ms),
            "alternatives": [alternative],
        }
        return {"entities": [{"type": "transcript", "data": data}]}


def _fits(parameters: Parameters) -> bool:
    """By the protocol's measure: UTF-16 units, as JavaScript counts them."""
    text = json.dumps(parameters, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode("utf-16-le", "surrogatepass")) // 2 + _ENVELOPE_UNITS <= MAX_TEXT_UNITS


def _share(confidence: float) -> float:
    return round(min(1.0, max(0.0, confidence)), 4)
