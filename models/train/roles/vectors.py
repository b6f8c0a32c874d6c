"""What the vectors of the model that understands turns would tell of roles: what the n-grams are compared with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np

from models.train.roles.dialogues import Said
from nlp.roles.model import SPEAKER
from nlp.understanding.meaning import Float32Array
from nlp.understanding.model import TurnText, UnderstandingModel, load_understanding

_BATCH = 16
_FREEDOM = 0.01


def fit_vectors(directory: Path, learnt: Sequence[Said]) -> Callable[[str], float]:
    """Log odds of "agent" by a logistic regression over the vectors of a served model, read as nobody's words."""
    from sklearn.linear_model import LogisticRegression  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

    model = load_understanding(directory)
    vectors = _vectors(model, [turn.text for turn in learnt])
    centre, spread = vectors.mean(axis=0), vectors.std(axis=0) + 1e-6
    regression: Any = cast(Any, LogisticRegression)(C=_FREEDOM, class_weight="balanced", max_iter=500)
    regression.fit((vectors - centre) / spread, np.array([turn.is_agent for turn in learnt]))
    weights, offset = regression.coef_[0], float(regression.intercept_[0])

    def odds(text: str) -> float:
        return float((_vectors(model, [text])[0] - centre) / spread @ weights + offset)

    return odds


def _vectors(model: UnderstandingModel, texts: Sequence[str]) -> Float32Array:
    """(texts, width), in order; those of like length are read together."""
    order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
    found: dict[int, Float32Array] = {}
    for start in range(0, len(order), _BATCH):
        places = order[start : start + _BATCH]
        rows = model.vectors([TurnText(texts[at], "", SPEAKER) for at in places])
        found.update(zip(places, rows, strict=True))
    return np.stack([found[at] for at in range(len(texts))])
