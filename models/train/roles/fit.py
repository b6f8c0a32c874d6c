"""Fits the model of roles: a logistic regression over characters and sounds, its log odds calibrated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from models.train.roles.dialogues import Said
from models.train.understanding.fit_linear import feature_table, vocabulary
from nlp.roles.model import SPEAKER, RoleModel
from nlp.understanding.features import turn_features
from nlp.understanding.linear import LinearModel

TEMPERATURES = np.geomspace(0.3, 5.0, 57)


@dataclass(frozen=True, slots=True)
class RoleSettings:
    """How many features it keeps, and how freely it fits."""

    features: int = 20_000
    freedom: float = 3.0
    """Inverse of the regularisation."""


def fit_roles(learnt: Sequence[Said], calibrating: Sequence[Said], settings: RoleSettings) -> RoleModel:
    """``calibrating``: turns of dialogues that nothing was learnt from."""
    from sklearn.linear_model import LogisticRegression  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

    counts = [turn_features(turn.text, "", SPEAKER) for turn in learnt]
    rows, rarity = vocabulary(counts, settings.features)
    regression: Any = cast(Any, LogisticRegression)(C=settings.freedom, class_weight="balanced", max_iter=500)
    regression.fit(feature_table(counts, rows, rarity), np.array([turn.is_agent for turn in learnt]))
    weights: NDArray[np.float32] = regression.coef_.T.astype(np.float32)
    scale = np.abs(weights).max(axis=0).astype(np.float32) / 127
    raw = LinearModel(
        rows=rows,
        rarity=rarity,
        weights=np.rint(weights / scale).astype(np.int8),
        scales=scale,
        bias=regression.intercept_.astype(np.float32),
    )
    heat = _temperature(RoleModel(raw), calibrating)
    return RoleModel(replace(raw, scales=raw.scales / heat, bias=raw.bias / heat))


def _temperature(model: RoleModel, turns: Sequence[Said]) -> float:
    """What the log odds are to be divided by, so that probabilities are what they claim; both roles count alike."""
    odds = np.array([model.odds(turn.text) for turn in turns])
    is_agent = np.array([turn.is_agent for turn in turns])
    agents = int(is_agent.sum())
    shares = np.where(is_agent, 0.5 / agents, 0.5 / (len(turns) - agents))
    right = np.where(is_agent, odds, -odds)
    losses = [float(np.dot(shares, np.logaddexp(0, -right / heat))) for heat in TEMPERATURES]
    return float(TEMPERATURES[int(np.argmin(losses))])
