"""Labelled turns as the network takes them, and what is done to them so that it hears well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from types import MappingProxyType

import numpy as np

from models.train.scenes import Turn
from models.train.understanding.heard import as_heard
from models.train.understanding.noise import PUNCTUATION, with_homophones
from nlp.labels import ACTS, EMOTIONS, ENTITIES, INTENTS, codes
from nlp.understanding.encoding import EncodedTurn, TurnEncoder

NO_LABEL = -100
"""Left out of a loss."""
OUTSIDE = 0
"""Tag of a character that is part of no entity; entity e begins with 1 + 2e and goes on with 2 + 2e."""

_NOTHING_HEARD: Mapping[str, str] = MappingProxyType({})
_INTENTS, _EMOTIONS, _ACTS, _ENTITIES = codes(INTENTS), codes(EMOTIONS), codes(ACTS), codes(ENTITIES)


@dataclass(frozen=True, slots=True)
class Example:
    """One turn, encoded, with the places of its labels."""

    encoded: EncodedTurn
    intent: int
    mentions: tuple[int, ...]
    emotion: int
    intensity: float
    act: int
    acts: tuple[int, ...]
    tags: tuple[int, ...]
    """One per character that the encoder sees."""

    @property
    def length(self) -> int:
        return len(self.encoded.pieces)


@dataclass(frozen=True, slots=True)
class NoiseSettings:
    """How often each kind of damage is done, 0 to 1."""

    homophones: float = 0.5
    most_homophones: float = 0.3
    """Share of the characters, at most."""
    heard: float = 0.4
    """Of the turns that were voiced and recognised."""
    no_punctuation: float = 0.5
    no_previous: float = 0.1


def encode_turn(turn: Turn, encoder: TurnEncoder) -> Example:
    """The turn as it is written."""
    encoded = encoder.encode(turn.text, turn.previous_text, turn.party)
    by_char = [OUTSIDE] * len(turn.text)
    for span in turn.entities:
        first = 1 + 2 * _ENTITIES.index(span.label)
        by_char[span.start : span.end] = [first, *([first + 1] * (span.end - span.start - 1))]
    return Example(
        encoded=encoded,
        intent=_INTENTS.index(turn.intents[0]) if turn.intents else NO_LABEL,
        mentions=tuple(_INTENTS.index(intent) for intent in turn.intents),
        emotion=_EMOTIONS.index(turn.emotion),
        intensity=float(turn.intensity),
        act=_ACTS.index(turn.acts[0]),
        acts=tuple(_ACTS.index(act) for act in turn.acts),
        tags=tuple(by_char[at] for at in encoded.origin),
    )


def damaged(turn: Turn, settings: NoiseSettings, random: Random, heard: Mapping[str, str] = _NOTHING_HEARD) -> Turn:
    """The turn as a recogniser wrote it, where it is among those ``heard``, or might have written it."""
    if turn.text in heard and random.random() < settings.heard:
        turn = as_heard(turn, heard[turn.text])
    elif random.random() < settings.homophones:
        turn = with_homophones_in(turn, random.uniform(0.0, settings.most_homophones), random)
    if random.random() < settings.no_punctuation:
        turn = without_punctuation(turn)
    if random.random() < settings.no_previous:
        turn = replace(turn, previous_text="")
    return turn


def with_homophones_in(turn: Turn, share: float, random: Random) -> Turn:
    """About that share of the characters of the turn and the one before; entities stay where they are."""
    return replace(
        turn,
        text=with_homophones(turn.text, share, random),
        previous_text=with_homophones(turn.previous_text, share, random),
    )


def without_punctuation(turn: Turn) -> Turn:
    """The same words; entities move with theirs."""
    kept = np.array([char not in PUNCTUATION for char in turn.text], bool)
    places = np.concatenate([[0], np.cumsum(kept)])
    return replace(
        turn,
        text="".join(char for char in turn.text if char not in PUNCTUATION),
        entities=tuple(
            replace(span, start=int(places[span.start]), end=int(places[span.end])) for span in turn.entities
        ),
    )


def batches(examples: Sequence[Example], size: int, random: Random) -> list[list[Example]]:
    """Of like length each, in a random order."""
    ordered = sorted(examples, key=lambda example: (example.length, random.random()))
    found = [ordered[at : at + size] for at in range(0, len(ordered), size)]
    random.shuffle(found)
    return found
