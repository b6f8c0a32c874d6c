"""What the linear half sees, and that a stored model scores as the one that was stored."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.understanding.features import sounds, turn_features
from nlp.understanding.linear import LinearModel, load_linear, save_linear


def test_homophones_sound_the_same() -> None:
    assert sounds("流量") == sounds("刘亮")
    assert sounds("流量") != sounds("余额")


def test_a_turn_is_told_from_the_one_before_and_by_who_speaks() -> None:
    one, other = turn_features("好", "给您办吗", "customer"), turn_features("好", "", "agent")
    assert one["c好"] == other["c好"] == 1
    assert one["p办"] == 1
    assert not other["p办"]
    assert other["b"] == one["wcustomer"] == other["wagent"] == 1
    assert not one["b"]


@given(st.text(max_size=300), st.text(max_size=100))
def test_any_text_has_features_and_scores(text: str, previous: str) -> None:
    found = turn_features(text, previous, "customer")
    model = LinearModel(
        rows={name: row for row, name in enumerate(found)},
        rarity=np.ones(len(found), np.float32),
        weights=np.full((len(found), 2), 7, np.int8),
        scales=np.array([0.5, 1.0], np.float32),
        bias=np.array([0.0, -1.0], np.float32),
    )
    assert np.isfinite(model.scores(text, previous, "customer")).all()


def test_a_stored_model_scores_as_before(tmp_path: Path) -> None:
    model = LinearModel(
        rows={"c好": 0, "s\ue001": 1},
        rarity=np.array([1.0, 2.0], np.float32),
        weights=np.array([[10, -3], [4, 5]], np.int8),
        scales=np.array([0.5, 0.25], np.float32),
        bias=np.array([0.1, 0.2], np.float32),
    )
    save_linear(model, tmp_path / "linear.npz")
    again = load_linear(tmp_path / "linear.npz")
    assert again.rows == model.rows
    assert again.scores("好", "", "customer") == pytest.approx(model.scores("好", "", "customer"))
    assert model.scores("空", "", "customer") == pytest.approx(model.bias)
