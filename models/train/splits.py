"""Who learns from what: by writer and scene, never by turn."""

from __future__ import annotations

import tomllib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.train.scenes import Turn

DATA = Path(__file__).with_name("data")
"""The corpus of this repository."""


@dataclass(frozen=True, slots=True)
class Splits:
    """The turns of one corpus, apart."""

    train: tuple[Turn, ...]
    development: tuple[Turn, ...]
    """Of writers that train, and all of writers that don't: for calibration, thresholds and choices."""
    test: tuple[Turn, ...]
    """Of writers that nothing else was seen of."""


def split(turns: Sequence[Turn], directory: Path) -> Splits:
    """As ``splits.toml`` in the directory says."""
    settings = tomllib.loads((directory / "splits.toml").read_text(encoding="utf-8"))
    held_out = set(settings["test_writers"])
    choosing = set(settings["development_writers"])
    share = float(settings["development_share"])
    known = [turn for turn in turns if turn.writer not in held_out]
    return Splits(
        train=tuple(turn for turn in known if turn.writer not in choosing and _place(turn.scene) >= share),
        development=tuple(turn for turn in known if turn.writer in choosing or _place(turn.scene) < share),
        test=tuple(turn for turn in turns if turn.writer in held_out),
    )


def _place(scene: str) -> float:
    """Of a scene, within [0, 1): the same on every machine."""
    return zlib.crc32(scene.encode()) / 2**32
