"""Multinomial logistic regression."""

from __future__ import annotations

import numpy as np
import pytest

from asr.audio.samples import Float32Array
from models.train.voice.head import IntArray, fit_head, fit_temperature, shares_of


def clouds(items: int = 120, width: int = 8, distance: float = 3.0) -> tuple[Float32Array, IntArray]:
    """Three of them, one class each."""
    chance = np.random.default_rng(3)
    labels = np.arange(items) % 3
    features = chance.standard_normal((items, width))
    features[:, :3] += distance * np.eye(3)[labels]
    return features.astype(np.float32), labels


def test_clouds_far_apart_are_told_apart() -> None:
    features, labels = clouds(distance=6.0)
    found = fit_head(features[:90], labels[:90], 0.01).scores(features[90:]).argmax(axis=1)
    assert (found == labels[90:]).all()


def test_the_same_items_give_the_same_weights() -> None:
    features, labels = clouds()
    one, other = fit_head(features, labels, 0.1), fit_head(features, labels, 0.1)
    assert (one.weights == other.weights).all()
    assert (one.bias == other.bias).all()


def test_the_loss_cannot_be_lowered_by_a_small_change() -> None:
    features, labels = clouds(items=60)
    penalty = 0.3
    head = fit_head(features, labels, penalty)
    known = (features - head.centre) / head.scale
    errors = shares_of(head.scores(features)) - np.eye(3)[labels]
    slope = errors.T @ known / len(labels) + penalty * head.weights
    assert np.abs(slope).max() < 1e-4
    assert np.abs(errors.mean(axis=0)).max() < 1e-4


def test_more_features_than_items_are_fitted_too() -> None:
    features, labels = clouds(items=30, width=200)
    assert (fit_head(features, labels, 1.0).scores(features).argmax(axis=1) == labels).all()


def test_a_missing_value_counts_as_the_mean() -> None:
    features, labels = clouds()
    features[::7, 5] = np.nan
    scores = fit_head(features, labels, 0.1).scores(features)
    assert np.isfinite(scores).all()


def test_rare_classes_count_as_much_as_frequent_ones() -> None:
    features, labels = clouds(distance=0.0)
    labels[:90] = 0
    labels[90:] = np.arange(30) % 2 + 1
    shares = shares_of(fit_head(features, labels, 10.0).scores(features))
    assert shares.mean(axis=0) == pytest.approx(1 / 3, abs=0.05)


def test_scores_that_are_too_bold_are_cooled() -> None:
    chance = np.random.default_rng(1)
    labels = chance.integers(0, 3, 2_000)
    honest = np.log(0.5) * (
        np.arange(3)[None] != np.where(chance.random(2_000) < 0.5, labels, (labels + 1) % 3)[:, None]
    )
    assert fit_temperature(8 * honest, labels) > fit_temperature(honest, labels) > 0.3
