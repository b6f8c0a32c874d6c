"""The space in which a model places turns for the archive, fitted to ordinary ones."""

from __future__ import annotations

import numpy as np

from nlp.understanding.meaning import Float32Array
from nlp.understanding.place_space import PlaceSpace

DIRECTIONS = 48
EVENNESS = 0.5
"""How far the spread of the directions is evened out: 0 not at all, 1 wholly."""


def fit_places(vectors: Float32Array) -> PlaceSpace:
    """``vectors``: (turns, width), what places of ordinary turns are made of."""
    centre = vectors.mean(axis=0)
    _, spread, directions = np.linalg.svd(vectors - centre, full_matrices=False)
    spread = spread[:DIRECTIONS] / np.sqrt(len(vectors))
    return PlaceSpace(centre, (directions[:DIRECTIONS].T / spread**EVENNESS).astype(np.float32))
