"""The sets of sentences of a playbook, and which of them an utterance means."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Protocol

from assist.measures import spoken_chars
from assist.messages import MeaningSignal, Utterance
from assist.playbook import Meaning
from models.engine import Engine, Priority, Runner
from nlp.signals import said
from nlp.understanding.meaning import (
    Float32Array,
    MeaningSpace,
    PlacedMeaning,
    placed_meanings,
    scores_of,
    speaker_of,
)
from nlp.understanding.model import TurnText, Understanding

MIN_CHARS = 4
"""Spoken characters below which an utterance means too little to be compared: 嗯, 好的, 可以."""


class MeaningRunner(Runner[TurnText, Understanding], Protocol):
    """A runner whose model compares meanings."""

    @property
    def space(self) -> MeaningSpace | None: ...


class MeaningListener:
    """The sets of one playbook; their sentences are read when the first call wants them, and kept."""

    def __init__(self, meanings: Sequence[Meaning], engine: Engine, runner: MeaningRunner) -> None:
        self._meanings = meanings
        self._engine = engine
        self._runner = runner
        self._placed: list[PlacedMeaning] | None = None

    async def find(self, utterance: Utterance, place: Float32Array | None) -> Sequence[MeaningSignal]:
        """The sets that an utterance is like; ``place`` is where the model puts it. Raises what the engine raises."""
        if place is None or not self._meanings or spoken_chars(utterance.text) < MIN_CHARS:
            return ()
        space = self._runner.space
        if space is None:
            return ()
        if self._placed is None:
            self._placed = placed_meanings(self._meanings, await self._places())
        return list(meaning_signals(utterance, place, self._placed, space, self._runner.name))

    async def _places(self) -> dict[tuple[str, str], Float32Array]:
        """Of every sentence, by party and text; each alone, as an author wrote it."""
        wanted = list(sentences_of(self._meanings))
        turns = (TurnText(text, "", party) for party, text in wanted)
        found = await asyncio.gather(
            *(self._engine.run(self._runner, turn, priority=Priority.SIGNAL) for turn in turns)
        )
        return {key: one.place for key, one in zip(wanted, found, strict=True) if one.place is not None}


def sentences_of(meanings: Sequence[Meaning]) -> dict[tuple[str, str], None]:
    """Party and text of every sentence, each once, in order."""
    return {(speaker_of(one), text): None for one in meanings for text in (*one.examples, *one.unlike)}


def meaning_signals(
    utterance: Utterance, place: Float32Array, placed: Sequence[PlacedMeaning], space: MeaningSpace, source: str
) -> Iterator[MeaningSignal]:
    for meaning, score in scores_of(placed, space, place, utterance.party):
        yield MeaningSignal(**said(utterance, meaning.label, score, source))
