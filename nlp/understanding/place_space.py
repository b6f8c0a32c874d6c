"""Where turns lie for the archive, which is looked through by how near they are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nlp.understanding.meaning import Float32Array

FILE = "places.npz"
"""In the directory of a model; one without it places nothing."""


@dataclass(frozen=True, slots=True)
class PlaceSpace:
    """The encoder's last layer, cut to what tells turns apart.

    Its vectors share most of their direction and vary most in what everybody talks about: places are centred on
    ordinary turns, cut to the directions in which these differ most, and those evened out.
    """

    centre: Float32Array
    """(width,)"""
    directions: Float32Array
    """(width, places)"""

    def places(self, vectors: Float32Array) -> Float32Array:
        """(turns, width) of the encoder to (turns, places), each of length 1."""
        found = (vectors - self.centre) @ self.directions
        return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), np.finfo(np.float32).tiny)


def load_places(path: Path) -> PlaceSpace:
    """From the file that ``save_places`` wrote."""
    with np.load(path, allow_pickle=False) as stored:
        return PlaceSpace(stored["centre"], stored["directions"])


def save_places(space: PlaceSpace, path: Path) -> None:
    np.savez(path, centre=space.centre, directions=space.directions)
