"""The sets of sentences of a playbook, and which of them an utterance means."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from threading import Lock
from typing import Protocol

from assist.measures import spoken_chars
from assist.messages import MeaningSignal, Utterance
from assist.playbook import Meaning
from nlp.signals import said
from nlp.understanding.kept import KeptVectors
from nlp.understanding.meaning import Float32Array, MeaningHeads, MeaningSpace, fit_heads, speaker_of
from nlp.understanding.model import TurnText
from nlp.understanding.wording import WordedHeads, Wording, fit_worded, is_large

MIN_CHARS = 4
"""Spoken characters below which an utterance means too little to be compared: 嗯, 好的, 可以."""

SAVED_AT_ONCE = 1000
"""Sentences that are read before they are kept: of a start that is ended meanwhile no more are read again."""


class Reader(Protocol):
    """A model that compares meanings."""

    @property
    def space(self) -> MeaningSpace | None: ...
    @property
    def wording(self) -> Wording | None: ...
    @property
    def vectors_version(self) -> str: ...
    def vectors(self, turns: Sequence[TurnText]) -> Float32Array: ...


class MeaningListener:
    """The sets of one playbook; their sentences are read once, at the latest when the first utterance is compared."""

    def __init__(
        self, meanings: Sequence[Meaning], model: Reader, source: str, kept: KeptVectors | None = None
    ) -> None:
        """``source`` is name@version of the model. ``kept``: where vectors are looked for before sentences are read."""
        self._meanings = meanings
        self._model = model
        self._source = source
        self._kept = kept
        by_words = [one for one in meanings if model.wording is not None and is_large(one)]
        self._by_words = by_words
        self._by_vector = [one for one in meanings if one not in by_words]
        self._heads: Mapping[str, MeaningHeads] | None = None
        self._worded: Mapping[str, WordedHeads] = {}
        self._turn = Lock()

    def learn(self) -> None:
        """Read the sentences, unless that is done; blocks for some 3 ms for each that is not kept.

        Of a set that is told by its words all together take some 0.1 s.
        """
        with self._turn:
            if self._heads is None and self._model.space is not None:
                if self._model.wording is not None:
                    self._worded = fit_worded(self._by_words, self._model.wording)
                self._heads = fit_heads(self._by_vector, self._read(), self._model.space)

    async def find(
        self, utterance: Utterance, vector: Float32Array | None, *, before: str = ""
    ) -> Sequence[MeaningSignal]:
        """The sets that an utterance is like; ``vector`` is what the model makes of it.

        ``before``: what the party said in the same go. Large sets are looked for in both together as well.
        """
        if vector is None or not self._meanings or spoken_chars(utterance.text) < MIN_CHARS:
            return ()
        if self._heads is None:
            await asyncio.to_thread(self.learn)
        return list(self._signals(utterance, vector, before))

    def _signals(self, utterance: Utterance, vector: Float32Array, before: str) -> Iterator[MeaningSignal]:
        for who in (utterance.party, "any"):
            worded = self._worded_in_one_go(who, before, utterance.text)
            for meaning, score in chain(self._like(who, vector), worded):
                yield MeaningSignal(**said(utterance, meaning.label, score, self._source))

    def _like(self, who: str, vector: Float32Array) -> Iterator[tuple[Meaning, float]]:
        if self._heads and who in self._heads:
            yield from self._heads[who].scores(vector)

    def _worded_in_one_go(self, who: str, before: str, text: str) -> Iterator[tuple[Meaning, float]]:
        """What the words are like, or these after the ones before where they say more than either of them."""
        found = {meaning.label: (meaning, score) for meaning, score in self._worded_like(who, text)}
        if before:
            told = {meaning.label: score for meaning, score in self._worded_like(who, before)}
            for meaning, score in self._worded_like(who, before + text):
                _, own = found.get(meaning.label, (meaning, 0.0))
                if score > max(own, told.get(meaning.label, 0.0)):
                    found[meaning.label] = (meaning, score)
        yield from found.values()

    def _worded_like(self, who: str, text: str) -> Iterator[tuple[Meaning, float]]:
        if self._model.wording is not None and who in self._worded:
            yield from self._worded[who].scores(*self._model.wording.read(text))

    def _read(self) -> dict[tuple[str, str], Float32Array]:
        """Every sentence by party and text, read by itself: 8-bit graphs make something else of it in other company."""
        wanted = sentences_of(self._by_vector)
        version = self._model.vectors_version
        known = self._kept.load(version, wanted) if self._kept else {}
        new = [one for one in wanted if one not in known]
        for start in range(0, len(new), SAVED_AT_ONCE):
            some = new[start : start + SAVED_AT_ONCE]
            known |= {one: self._model.vectors([TurnText(one[1], "", one[0])])[0] for one in some}
            if self._kept:
                self._kept.save(version, known)
        return known


def sentences_of(meanings: Sequence[Meaning]) -> dict[tuple[str, str], None]:
    """Party and text of every sentence, each once, in order."""
    return {(speaker_of(one), text): None for one in meanings for text in (*one.examples, *one.unlike)}
