"""The words of ordinary turns, from which large sets of sentences have to stand out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from models.train.scenes import Turn
from nlp.understanding.linear import load_linear
from nlp.understanding.repair import HomophoneRepair, load_counts
from nlp.understanding.wording import Wording


def fit_wording(directory: Path, ordinary: Sequence[Turn]) -> Wording:
    """Read in the features of the model's linear half."""
    bare = Wording(
        load_linear(directory / "linear.npz"), HomophoneRepair(load_counts(directory / "characters.npz")), {}
    )
    said = {who: [turn.text for turn in ordinary if turn.party == who] for who in ("agent", "customer")}
    return replace(bare, ordinary={who: bare.table(texts) for who, texts in said.items()})
