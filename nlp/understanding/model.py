"""The model in memory: turns in, calibrated labels out. Blocking; whoever serves calls runs it on the engine."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from assist.errors import ModelFilesError
from models.sessions import open_session
from nlp.understanding.encoding import EncodedTurn, TurnEncoder, load_encoder, pad
from nlp.understanding.fusion import Fusion, ManyLabels, OneLabel, read_fusion
from nlp.understanding.linear import LinearModel, load_linear
from nlp.understanding.meaning import FILE as SPACE
from nlp.understanding.meaning import MeaningSpace, load_space
from nlp.understanding.place_space import FILE as PLACES
from nlp.understanding.place_space import PlaceSpace, load_places
from nlp.understanding.repair import HomophoneRepair, load_counts
from nlp.understanding.tags import tagged_spans
from nlp.understanding.wording import FILE as WORDING
from nlp.understanding.wording import Wording, load_wording

Float32Array = NDArray[np.float32]
Fitted = TypeVar("Fitted")

FILES = ("characters.npz", "config.json", "encoder.onnx", "linear.npz", "replacements.json", "tokenizer.json")
OUTPUTS = ("intent", "mentions", "emotion", "intensity", "act", "acts", "tags")
VECTOR = "vector"
"""Output of the graph from which meanings are compared: the mean of a middle layer over the turn's own pieces."""
PLACE = "place"
"""Output of the graph that archives are placed by: the mean of the last layer over them."""
MAX_INTENTS = 3
MAX_ACTS = 2
CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class TurnText:
    """What is to be understood."""

    text: str
    previous: str
    """What the other party said last; empty if nothing."""
    party: str
    """agent, customer or mixed"""


@dataclass(frozen=True, slots=True)
class Scored:
    """A label and its calibrated probability, 0 to 1."""

    label: str
    score: float
    is_sure: bool = True
    """False: too unlikely to be said; rules abstain."""


@dataclass(frozen=True, slots=True)
class FoundEntity:
    """Characters [start, end) of the text."""

    label: str
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Understanding:
    """What the model makes of one turn."""

    intents: tuple[Scored, ...]
    """The primary one first; none for agents."""
    emotion: Scored
    intensity: int
    """0 for neutral, else 1 slight to 3 strong."""
    acts: tuple[Scored, ...]
    """The main one first."""
    entities: tuple[FoundEntity, ...]
    feelings: Mapping[str, float] = field(default_factory=dict[str, float])
    """Probability of every emotion."""
    vector: Float32Array | None = field(default=None, compare=False)
    """What meanings are compared by, (width,); None: this model compares none."""


@dataclass(frozen=True, slots=True)
class RawScores:
    """What both halves say of some turns, before they are weighed; (turns, …) each."""

    outputs: dict[str, Float32Array]
    """The graph's, by name."""
    linear: Float32Array
    encoded: Sequence[EncodedTurn]


class UnderstandingModel:
    """Safe for use from several threads."""

    def __init__(
        self,
        graph: Any,
        encoder: TurnEncoder,
        linear: LinearModel,
        repair: HomophoneRepair,
        fusion: Fusion,
        space: MeaningSpace | None = None,
        places: PlaceSpace | None = None,
        wording: Wording | None = None,
        *,
        vectors_version: str = "",
        places_version: str = "",
    ) -> None:
        """``space`` needs a graph that gives ``VECTOR``, ``places`` one that gives ``PLACE``.

        ``vectors_version`` is another one where vectors are others, ``places_version`` where places are.
        """
        self._graph = graph
        self._repair = repair
        self._encoder = encoder
        self._linear = linear
        self.fusion = fusion
        self.space = space
        self.places = places
        self.wording = wording
        self.vectors_version = vectors_version
        self.places_version = places_version
        self._outputs = OUTPUTS if space is None else (*OUTPUTS, VECTOR)

    def raw(self, turns: Sequence[TurnText]) -> RawScores:
        """The scores of one batch; any text will do."""
        repaired = self._repair.repaired
        read = [(repaired(turn.text), repaired(turn.previous), turn.party) for turn in turns]
        encoded = [self._encoder.encode(*turn) for turn in read]
        found = self._graph.run(list(self._outputs), pad(encoded).inputs())
        linear = np.stack([self._linear.scores(*turn) for turn in read])
        return RawScores(dict(zip(self._outputs, found, strict=True)), linear, encoded)

    def vectors(self, turns: Sequence[TurnText]) -> Float32Array:
        """(turns, width): what meanings are compared by. Needs a graph that gives it."""
        return self._means(turns, VECTOR)

    def place_vectors(self, turns: Sequence[TurnText]) -> Float32Array:
        """(turns, width): what places are made of. Needs a graph that gives it."""
        return self._means(turns, PLACE)

    def _means(self, turns: Sequence[TurnText], output: str) -> Float32Array:
        repaired = self._repair.repaired
        encoded = [self._encoder.encode(repaired(turn.text), repaired(turn.previous), turn.party) for turn in turns]
        return self._graph.run([output], pad(encoded).inputs())[0]

    def understand(self, turns: Sequence[TurnText]) -> list[Understanding]:
        """One for each turn, in order."""
        if not turns:
            return []
        raw = self.raw(turns)
        fusion, outputs = self.fusion, raw.outputs
        intents, emotions, acts = fusion.linear_parts(raw.linear)
        primary = fusion.intent.probabilities(outputs["intent"], intents)
        mentions = fusion.mentions.probabilities(outputs["mentions"])
        emotion = fusion.emotion.probabilities(outputs["emotion"], emotions)
        act = fusion.act.probabilities(outputs["act"], acts)
        any_act = fusion.acts.probabilities(outputs["acts"])
        vectors = [None] * len(turns) if self.space is None else outputs[VECTOR]
        return [
            Understanding(
                intents=_several(fusion.intent, primary[at], fusion.mentions, mentions[at], MAX_INTENTS)
                if turn.party != "agent"
                else (),
                emotion=(feeling := _first(fusion.emotion, emotion[at])),
                intensity=0 if feeling.label == "neutral" else int(np.clip(np.rint(outputs["intensity"][at]), 1, 3)),
                acts=_several(fusion.act, act[at], fusion.acts, any_act[at], MAX_ACTS),
                entities=_entities(fusion, outputs["tags"][at], raw.encoded[at]),
                feelings=dict(zip(fusion.emotion.labels, emotion[at].tolist(), strict=True)),
                vector=vectors[at],
            )
            for at, turn in enumerate(turns)
        ]


def require_files(directory: Path) -> None:
    """Raise ModelFilesError "model-files-missing" unless all files of a model are there."""
    missing = [name for name in FILES if not (directory / name).is_file()]
    if missing:
        raise ModelFilesError(f"{directory} lacks {', '.join(missing)}.", code="model-files-missing")


def load_understanding(directory: Path) -> UnderstandingModel:
    """The model of a directory, on one thread. Blocks for about a second.

    Raises ModelFilesError "model-files-missing" and "model-files-damaged".
    """
    require_files(directory)
    try:
        config = json.loads((directory / "config.json").read_text(encoding="utf-8"))
        graph = open_session(directory / "encoder.onnx")
        outputs = {output.name for output in graph.get_outputs()}
        space = _fitted(directory / SPACE, load_space, VECTOR, outputs)
        places = _fitted(directory / PLACES, load_places, PLACE, outputs)
        linear = load_linear(directory / "linear.npz")
        repair = HomophoneRepair(load_counts(directory / "characters.npz"))
        words = directory / WORDING
        return UnderstandingModel(
            graph,
            load_encoder(directory),
            linear,
            repair,
            read_fusion(config["heads"]),
            space,
            places,
            load_wording(words, linear, repair) if words.is_file() else None,
            vectors_version=_version(directory, *space.ordinary.values()) if space else "",
            places_version=_version(directory, places.centre, places.directions) if places else "",
        )
    except Exception as error:  # the libraries that read the files raise errors of their own, down to plain Exception
        raise ModelFilesError(
            f"The model in {directory} cannot be read: {error}", code="model-files-damaged"
        ) from error


def _fitted(path: Path, load: Callable[[Path], Fitted], output: str, outputs: Collection[str]) -> Fitted | None:
    """What was fitted to an output of the graph; None: not for this model. Raises LookupError without the output."""
    if not path.is_file():
        return None
    if output not in outputs:
        raise LookupError(f"{path.name} goes with an output {output!r}, which encoder.onnx lacks")
    return load(path)


def _version(directory: Path, *fitted: Float32Array) -> str:
    """Of all that decides what turns are to one output; other outputs may change without placing an archive anew.

    ``fitted`` stands for the encoder: whatever it makes otherwise of thousands of turns changes what is fitted to them.
    """
    digest = sha256()
    for array in fitted:
        digest.update(array.tobytes())
    for name in ("characters.npz", "replacements.json", "tokenizer.json"):
        digest.update((directory / name).read_bytes())
    return digest.hexdigest()[:16]


def _first(head: OneLabel, probabilities: Float32Array) -> Scored:
    best = int(probabilities.argmax())
    score = float(probabilities[best])
    return Scored(head.labels[best], score, score >= head.thresholds[best])


def _several(
    head: OneLabel, primary: Float32Array, others: ManyLabels, mentions: Float32Array, most: int
) -> tuple[Scored, ...]:
    """The best label, and what else is likely enough."""
    first = _first(head, primary)
    ranked = sorted(((float(score), label) for label, score in zip(others.labels, mentions, strict=True)), reverse=True)
    more = [Scored(label, score) for score, label in ranked if score >= others.threshold and label != first.label]
    return (first, *more[: most - 1])


def _entities(fusion: Fusion, scores: Float32Array, encoded: EncodedTurn) -> tuple[FoundEntity, ...]:
    return tuple(
        FoundEntity(
            fusion.entities[span.entity], encoded.origin[span.start], encoded.origin[span.end - 1] + 1, span.score
        )
        for span in tagged_spans(scores[: len(encoded.chars)])
        if span.score >= fusion.entity_thresholds[span.entity]
    )
