"""Scores of both halves become probabilities."""

from __future__ import annotations

import numpy as np
import pytest

from nlp.understanding.fusion import ManyLabels, OneLabel, read_fusion


def test_one_label_weighs_both_halves_and_adds_up() -> None:
    head = OneLabel(("a", "b"), encoder=1.0, linear=0.5, bias=(0.0, 0.0), thresholds=(0.5, 0.5))
    found = head.probabilities(np.array([[0.0, 1.0]], np.float32), np.array([[4.0, 0.0]], np.float32))
    assert found.sum() == pytest.approx(1.0)
    assert found.argmax() == 0


def test_many_labels_stand_each_on_its_own() -> None:
    head = ManyLabels(("a", "b"), scale=2.0, shift=1.0, threshold=0.5)
    assert head.probabilities(np.array([-0.5, 40.0], np.float32)) == pytest.approx([0.5, 1.0])


def test_heads_are_read_and_the_linear_scores_told_apart() -> None:
    one = {"labels": ["a", "b"], "encoder": 1, "linear": 0, "bias": [0, 0], "thresholds": [0, 0]}
    many = {"labels": ["a", "b"], "scale": 1, "shift": 0, "threshold": 0.5}
    three = {"labels": ["x", "y", "z"], "encoder": 1, "linear": 0, "bias": [0, 0, 0], "thresholds": [0, 0, 0]}
    fusion = read_fusion(
        {
            "intent": one,
            "mentions": many,
            "emotion": three,
            "act": one,
            "acts": many,
            "entities": {"labels": ["e"], "thresholds": [0.5]},
        }
    )
    intent, emotion, act = fusion.linear_parts(np.arange(7, dtype=np.float32))
    assert (intent.tolist(), emotion.tolist(), act.tolist()) == ([0, 1], [2, 3, 4], [5, 6])
    assert (fusion.entities, fusion.entity_thresholds) == (("e",), (0.5,))
