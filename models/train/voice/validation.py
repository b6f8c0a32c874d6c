"""How good judgements of feelings are on recordings that nothing was fitted on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from asr.audio.samples import Float32Array
from asr.voice.judge import FEELINGS
from models.train.voice.head import Float64Array, IntArray, fit_head
from nlp.evaluation.scores import Interval, binary_score, of_text, tally

Judge = Callable[[IntArray], Float64Array]
"""Fits without the items of the given rows, and gives their scores; shape (rows, classes)."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one judge over all blocks; shares are 0 to 1."""

    name: str
    accuracy: float
    macro_f1: float
    macro_f1_interval: Interval
    """Bootstrap over blocks."""
    negative_f1: float
    """Negative against the rest."""
    log_loss: float
    """Mean surprise, in nats, at the true feeling; 1.1 for who knows nothing."""
    by_block: tuple[tuple[float, float], ...]
    """Macro F1 and negative F1 of each block."""


def out_of_fold(judge: Judge, blocks: IntArray) -> Float64Array:
    """Scores of all items, each block's by a model that has not seen it."""
    scores = np.zeros((len(blocks), len(FEELINGS)))
    for block in np.unique(blocks):
        rows = np.flatnonzero(blocks == block)
        scores[rows] = judge(rows)
    return scores


def fitted(copies: Float32Array, labels: IntArray, penalty: float, *, apart: int = 0) -> Judge:
    """The linear model; ``copies`` of the items, shape (copies, items, n): the first as they are, others changed a bit.

    Items within ``apart`` rows of a held-out one are left out too: neighbours in the list may be one recording.
    """

    def judge(held_out: IntArray) -> Float64Array:
        rows = np.arange(len(labels))
        is_near = (np.abs(rows[:, None] - held_out[None, :]) <= apart).any(axis=1)
        kept = rows[~is_near]
        features = copies[:, kept].reshape(-1, copies.shape[-1])
        return fit_head(features, np.tile(labels[kept], len(copies)), penalty).scores(copies[0, held_out])

    return judge


def majority(labels: IntArray) -> Judge:
    """The most frequent feeling of the other blocks, whatever was heard."""

    def judge(held_out: IntArray) -> Float64Array:
        counts = np.bincount(np.delete(labels, held_out), minlength=len(FEELINGS))
        return np.tile(counts / counts.sum(), (len(held_out), 1))

    return judge


def figures(name: str, shares: Float64Array, labels: IntArray, blocks: IntArray) -> Figures:
    """Of probabilities, shape (items, classes)."""
    found = shares.argmax(axis=1)
    total = tally(_marks(labels), _marks(found))
    of_blocks = [np.flatnonzero(blocks == block) for block in np.unique(blocks)]
    return Figures(
        name=name,
        accuracy=total.overall.f1,
        macro_f1=total.macro_f1,
        macro_f1_interval=total.intervals(blocks.tolist())[1],
        negative_f1=_negative_f1(labels, found),
        log_loss=float(-np.log(shares[np.arange(len(labels)), labels] + 1e-9).mean()),
        by_block=tuple(
            (tally(_marks(labels[rows]), _marks(found[rows])).macro_f1, _negative_f1(labels[rows], found[rows]))
            for rows in of_blocks
        ),
    )


def _marks(labels: IntArray) -> list[list[tuple[str, int, int]]]:
    return [of_text((FEELINGS[int(label)],)) for label in labels]


def _negative_f1(labels: IntArray, found: IntArray) -> float:
    negative = FEELINGS.index("negative")
    return binary_score((labels == negative).tolist(), (found == negative).tolist()).f1
