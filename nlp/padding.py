"""Rows of pieces as one table, as networks take them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def padded(rows: Sequence[Sequence[int]], filler: int) -> NDArray[np.int64]:
    """Shape (rows, the longest row's length, at least 1), filled up on the right."""
    table = np.full((len(rows), max((1, *map(len, rows)))), filler, np.int64)
    for place, row in enumerate(rows):
        table[place, : len(row)] = row
    return table
