"""Vectors of sentences are kept whole, by model and sentences, and never trusted where they do not fit."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from nlp.understanding.kept import KeptVectors

SENTENCES = [("customer", "太贵了"), ("agent", "您再考虑一下")]
VECTORS = np.array([[1, 2, 3], [4, 5, 6]], np.float32)


def test_what_was_kept_is_there_for_the_same_model_and_sentences_alone(tmp_path: Path) -> None:
    KeptVectors(tmp_path / "meanings").save("a", SENTENCES, VECTORS)
    kept = KeptVectors(tmp_path / "meanings")
    found = kept.load("a", SENTENCES)
    assert found is not None
    assert (found == VECTORS).all()
    assert kept.load("b", SENTENCES) is None
    assert kept.load("a", SENTENCES[::-1]) is None
    assert kept.load("a", [("customer", "太贵了您再考虑一下"), ("agent", "")]) is None


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"nonsense"])
def test_a_damaged_file_counts_for_nothing(tmp_path: Path, content: bytes) -> None:
    kept = KeptVectors(tmp_path)
    kept.save("a", SENTENCES, VECTORS)
    next(tmp_path.glob("*.npy")).write_bytes(content)
    assert kept.load("a", SENTENCES) is None


def test_a_file_of_another_shape_counts_for_nothing(tmp_path: Path) -> None:
    kept = KeptVectors(tmp_path)
    kept.save("a", SENTENCES, VECTORS[:1])
    assert kept.load("a", SENTENCES) is None


def test_only_the_newest_are_kept(tmp_path: Path) -> None:
    kept = KeptVectors(tmp_path, limit=2)
    for number in range(3):
        kept.save(str(number), SENTENCES, VECTORS)
        for path in tmp_path.glob("*.npy"):
            os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns - 1_000_000_000))
    assert [kept.load(str(number), SENTENCES) is not None for number in range(3)] == [False, True, True]
    assert len(list(tmp_path.iterdir())) == 2


def test_a_directory_that_cannot_be_made_costs_nothing(tmp_path: Path) -> None:
    kept = KeptVectors(tmp_path / "missing" / "meanings")
    kept.save("a", SENTENCES, VECTORS)
    assert kept.load("a", SENTENCES) is None
