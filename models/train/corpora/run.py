"""Ours and simpler classifiers on one corpus: trained on the same rows, judged on the same others."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# PyTorch's own types have holes.

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch

from models.train.corpora.network import CorpusNetwork, fit_network, network_scores
from models.train.corpora.reading import Corpus, CorpusTurn, read_cped, read_crosswoz
from models.train.encoder.bert import build_bert
from models.train.encoder.e5s1 import E5File
from models.train.encoder.vectors import frozen_vectors, turn_encoder
from models.train.encoder.vocabulary import kept_rows
from models.train.simple import IntArray, n_grams, simple_answers
from models.train.understanding.calibrate import fit_one
from models.train.understanding.fit import FitSettings
from models.train.understanding.fit_linear import LinearSettings, fit_linear
from nlp.evaluation.scores import Tally, of_text, tally
from nlp.understanding.fusion import OneLabel
from nlp.understanding.linear import Float32Array

_HELD_BACK = 0.1
"""Share of the training dialogues that weighs the two halves."""
_RARITIES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Powers of rarity that are tried."""


@dataclass(frozen=True, slots=True)
class CorpusSettings:
    layers: tuple[int, ...]
    fit: FitSettings = field(default_factory=FitSettings)
    linear: LinearSettings = field(default_factory=lambda: LinearSettings(freedom=1.0))


@dataclass(frozen=True, slots=True)
class Score:
    """Of one system on one task, 0 to 1."""

    corpus: str
    task: str
    system: str
    items: int
    accuracy: float
    macro_f1: float
    macro_interval: tuple[float, float]


def compare(corpus: Corpus, file: E5File, settings: CorpusSettings) -> Iterator[Score]:
    """Majority, n-grams, the frozen encoder, both in one support vector machine, and ours with its halves."""
    learnt = [turn for turn in corpus.train if _place(turn.dialogue) >= _HELD_BACK]
    kept = [turn for turn in corpus.train if _place(turn.dialogue) < _HELD_BACK]
    rows = kept_rows(file.pieces)
    encoder = turn_encoder(file, rows)
    labels = [task.labels for task in corpus.tasks]

    def places(turns: Sequence[CorpusTurn], task: int) -> list[int | None]:
        return [
            None if turn.classes[task] is None else labels[task].index(cast(str, turn.classes[task])) for turn in turns
        ]

    def encoded(turns: Sequence[CorpusTurn]) -> list[Any]:
        return [encoder.encode(turn.said.text, turn.said.previous, turn.said.party) for turn in turns]

    every_task = range(len(corpus.tasks))
    torch.manual_seed(settings.fit.seed)
    network = CorpusNetwork(build_bert(file, rows, settings.layers), [len(names) for names in labels])
    fit_network(network, encoded(learnt), [places(learnt, task) for task in every_task], settings.fit)
    linear = fit_linear(
        [turn.as_turn() for turn in learnt],
        [(places(learnt, task), len(labels[task])) for task in every_task],
        settings.linear,
    )
    ends = np.cumsum([0, *(len(names) for names in labels)])

    def by_linear(turns: Sequence[CorpusTurn]) -> list[Float32Array]:
        table = np.stack([linear.scores(turn.said.text, turn.said.previous, turn.said.party) for turn in turns])
        return [table[:, ends[task] : ends[task + 1]] for task in every_task]

    deep, flat = network_scores(network, encoded(corpus.test)), by_linear(corpus.test)
    deep_kept, flat_kept = network_scores(network, encoded(kept)), by_linear(kept)
    frozen = build_bert(file, rows)
    vectors = [frozen_vectors(frozen, encoder, [turn.said.text for turn in part]) for part in (learnt, corpus.test)]
    for task in every_task:
        true, wanted = _known(places(corpus.test, task))
        known, given = _known(places(kept, task))
        weights = _weigh(labels[task], deep_kept[task][known], flat_kept[task][known], given)
        is_learnt, right = _known(places(learnt, task))
        grams = n_grams([learnt[at].said.text for at in is_learnt], [corpus.test[at].said.text for at in true])
        simple = simple_answers(grams, (vectors[0][is_learnt], vectors[1][true]), right)
        answers = {
            "majority": np.full(len(wanted), np.bincount(right).argmax()),
            **simple,
            "ours, n-grams and sounds alone": flat[task][true].argmax(axis=1),
            "ours, encoder alone": deep[task][true].argmax(axis=1),
            "ours": weights.probabilities(deep[task][true], flat[task][true]).argmax(axis=1),
        }
        groups = [corpus.test[at].dialogue for at in true]
        for system, found in answers.items():
            yield _scored(corpus.name, corpus.tasks[task].name, system, labels[task], wanted, found, groups)


def _weigh(labels: tuple[str, ...], deep: Float32Array, flat: Float32Array, true: IntArray) -> OneLabel:
    """The halves' weights, with rare classes lifted as far as the mean F1 over classes of kept rows gains by it."""
    heads = [fit_one(labels, deep, flat, true, rarity=rarity) for rarity in _RARITIES]
    return max(heads, key=lambda head: _macro_f1(labels, true, head.probabilities(deep, flat).argmax(axis=1)))


def _macro_f1(labels: tuple[str, ...], wanted: IntArray, found: IntArray) -> float:
    return _counted(labels, wanted, found).macro_f1


def _counted(labels: tuple[str, ...], wanted: IntArray, found: IntArray) -> Tally:
    return tally([of_text([labels[one]]) for one in wanted], [of_text([labels[one]]) for one in found])


def _scored(
    corpus: str,
    task: str,
    system: str,
    labels: tuple[str, ...],
    wanted: IntArray,
    found: IntArray,
    groups: Sequence[str],
) -> Score:
    counts = _counted(labels, wanted, found)
    _, macro = counts.intervals(groups)
    return Score(corpus, task, system, len(wanted), float((wanted == found).mean()), counts.macro_f1, macro)


def _known(classes: Sequence[int | None]) -> tuple[IntArray, IntArray]:
    """Places of the turns that have a class, and their classes."""
    pairs = [(at, label) for at, label in enumerate(classes) if label is not None]
    return np.array([at for at, _ in pairs]), np.array([label for _, label in pairs])


def _place(dialogue: str) -> float:
    return zlib.crc32(dialogue.encode()) / 2**32


def read_both(cped: Path, crosswoz: Path) -> Iterator[Corpus]:
    """The corpora of the table, in its order."""
    yield read_cped(cped)
    yield read_crosswoz(crosswoz)
