"""Places are cut to the directions in which ordinary turns differ most."""

from __future__ import annotations

import numpy as np

from models.train.understanding.places import DIRECTIONS, fit_places


def test_directions_are_those_in_which_ordinary_turns_differ_most_half_evened_out() -> None:
    spread = np.linspace(9, 1, DIRECTIONS + 4)
    turns = (np.random.default_rng(1).normal(size=(4_000, len(spread))) * spread + 5).astype(np.float32)
    space = fit_places(turns)
    assert np.abs(space.centre - 5).max() < 1
    assert space.directions.shape == (len(spread), DIRECTIONS)
    varied = ((turns - space.centre) @ space.directions).std(axis=0)
    assert np.abs(varied / np.sqrt(spread[:DIRECTIONS]) - 1).max() < 0.1
