"""What was said on one leg as FunASR's results: deltas while it is said, then the sentence in their place.

Clients append deltas and never take one back, so only what is stable of a running transcript is sent; the sentence
(``2pass-offline``) replaces all deltas since the one before it. Two utterances may be open at once, because the words
of the first are still being looked for when the next begins: deltas come of the earliest alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import Levenshtein

from assist.messages import Event, PartialTranscript, Party, Utterance, UtteranceDropped, Word
from gateway.sources.funasr.messages import Mode
from gateway.sources.stream_clock import StreamClock

MAX_OPEN: Final = 16
"""Utterances of one leg that may wait for their words; of further ones no deltas are sent."""

_MARKS: Final = frozenset("，。？！；：、…,.?!;:")


@dataclass(frozen=True, slots=True)
class Result:
    """One result; ``more``: its times, where it has any."""

    mode: str
    text: str
    more: Mapping[str, object]


@dataclass(slots=True)
class _Open:
    start_ms: int
    stable: str = ""
    sent: str = ""


class ResultStream:
    """The results of one leg, in order."""

    def __init__(self, party: Party, clock: StreamClock) -> None:
        """``clock``: of the sound that the client sent; times of results are on it."""
        self._party: Party = party
        self._clock = clock
        self._open: dict[str, _Open] = {}

    def hear(self, event: Event, mode: Mode, *, itn: bool) -> Iterator[Result]:
        """What an event of the call is answered with; ``itn``: with numbers in digits."""
        self._clock.hear(event)
        match event:
            case PartialTranscript(party=self._party):
                yield from self._partial(event, mode)
            case Utterance(party=self._party):
                yield from self._utterance(event, mode, itn)
            case UtteranceDropped(party=self._party):
                yield from self._dropped(event, mode)
            case _:
                return

    def _partial(self, partial: PartialTranscript, mode: Mode) -> Iterator[Result]:
        if partial.utterance_id not in self._open and len(self._open) >= MAX_OPEN:
            return
        running = self._open.setdefault(partial.utterance_id, _Open(partial.start_ms))
        running.stable = partial.text[: partial.stable_chars]
        yield from self._deltas(mode)

    def _deltas(self, mode: Mode) -> Iterator[Result]:
        """What is new of the earliest open utterance."""
        if mode == "offline" or not self._open:
            return
        running = min(self._open.values(), key=lambda one: one.start_ms)
        new = running.stable.removeprefix(running.sent) if running.stable.startswith(running.sent) else ""
        if new:
            running.sent = running.stable
            yield Result("online" if mode == "online" else "2pass-online", new, {})

    def _utterance(self, utterance: Utterance, mode: Mode, itn: bool) -> Iterator[Result]:
        running = self._open.pop(utterance.utterance_id, None)
        if mode == "online":
            rest = _rest_of(utterance.text, running.sent if running else "")
            if rest:
                yield Result("online", rest, {})
        else:
            yield self._sentence(utterance, mode, itn)
        yield from self._resumed(mode)

    def _sentence(self, utterance: Utterance, mode: Mode, itn: bool) -> Result:
        text = utterance.display_text if itn and utterance.display_text else utterance.text
        more = self._times(utterance, text)
        return Result("offline" if mode == "offline" else "2pass-offline", text, more)

    def _dropped(self, dropped: UtteranceDropped, mode: Mode) -> Iterator[Result]:
        running = self._open.pop(dropped.utterance_id, None)
        if running is None:
            return
        if running.sent and mode == "2pass":
            yield Result("2pass-offline", "", {})
        yield from self._resumed(mode)

    def _resumed(self, mode: Mode) -> Iterator[Result]:
        """The deltas of the next utterance, from its beginning where the sentence before wiped them out."""
        if mode == "2pass":
            for running in self._open.values():
                running.sent = ""
        yield from self._deltas(mode)

    def _times(self, utterance: Utterance, text: str) -> Mapping[str, object]:
        """Times of the words, on the clock of the client's sound; nothing where there are none.

        Clients parse ``timestamp`` and some count its entries by the characters of the text: it is left out where
        that would lead them beyond its end (Latin names are one word).
        """
        if not utterance.words:
            return {}
        times: dict[str, object] = {}
        if sum(sign.isalnum() for sign in text) <= len(utterance.words):
            times["timestamp"] = json.dumps([self._span(word) for word in utterance.words], separators=(",", ":"))
        times["stamp_sents"] = [self._stamped(words, mark) for words, mark in _clauses(utterance)]
        return times

    def _stamped(self, words: Sequence[Word], mark: str) -> Mapping[str, object]:
        spans = [self._span(word) for word in words]
        return {
            "text_seg": " ".join(word.text for word in words),
            "punc": mark,
            "start": spans[0][0],
            "end": spans[-1][1],
            "ts_list": spans,
        }

    def _span(self, word: Word) -> tuple[int, int]:
        begin_ms, end_ms = (max(0, self._clock.own_ms(self._party, at_ms)) for at_ms in (word.start_ms, word.end_ms))
        return begin_ms, max(begin_ms, end_ms)


def _rest_of(text: str, sent: str) -> str:
    """What of the final text comes after what was sent of it, even if that was recognised a little differently."""
    cut = min(range(len(text) + 1), key=lambda at: (Levenshtein.distance(sent, text[:at]), abs(at - len(sent))))
    return text[cut:]


def _clauses(utterance: Utterance) -> Iterator[tuple[list[Word], str]]:
    """The words between two marks of punctuation, with the mark that ends them; "" where none does."""
    clause: list[Word] = []
    at = 0
    for word in utterance.words:
        found = utterance.text.find(word.text, at)
        if found >= 0:
            mark = _first_mark(utterance.text[at:found])
            at = found + len(word.text)
            if mark and clause:
                yield clause, mark
                clause = []
        clause.append(word)
    if clause:
        yield clause, _first_mark(utterance.text[at:])


def _first_mark(text: str) -> str:
    return next((sign for sign in text if sign in _MARKS), "")
