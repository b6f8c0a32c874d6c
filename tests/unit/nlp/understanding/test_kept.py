"""Vectors of sentences are kept by model and sentence, and never trusted where they do not fit."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from nlp.understanding.kept import KeptVectors, Sentence
from nlp.understanding.meaning import Float32Array

DEAR, THINK, WAIT = ("customer", "太贵了"), ("agent", "您再考虑一下"), ("agent", "太贵了")


def vectors(*sentences: Sentence) -> dict[Sentence, Float32Array]:
    return {one: np.array([len(one[0]), len(one[1]), place], np.float32) for place, one in enumerate(sentences)}


def found(kept: KeptVectors, model: str, *sentences: Sentence) -> dict[Sentence, list[float]]:
    return {one: vector.tolist() for one, vector in kept.load(model, sentences).items()}


def test_what_was_kept_is_there_for_the_same_model_party_and_text_alone(tmp_path: Path) -> None:
    KeptVectors(tmp_path / "meanings").save("a", vectors(DEAR, THINK))
    kept = KeptVectors(tmp_path / "meanings")
    assert found(kept, "a", THINK, WAIT, DEAR) == {THINK: [5, 6, 1], DEAR: [8, 3, 0]}
    assert found(kept, "b", THINK, DEAR) == {}


def test_sentences_come_to_those_that_are_there(tmp_path: Path) -> None:
    kept = KeptVectors(tmp_path)
    kept.save("a", vectors(DEAR))
    kept.save("a", {})
    kept.save("a", vectors(THINK))
    assert found(kept, "a", DEAR, THINK).keys() == {DEAR, THINK}


def test_those_wanted_last_stay_where_there_is_no_room_for_all(tmp_path: Path) -> None:
    kept = KeptVectors(tmp_path, sentences=2)
    kept.save("a", vectors(DEAR, THINK))
    kept.save("a", vectors(DEAR))
    kept.save("a", vectors(WAIT))
    assert found(kept, "a", DEAR, THINK, WAIT).keys() == {DEAR, WAIT}


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x93NUMPY", b"nonsense"])
def test_a_damaged_file_counts_for_nothing_and_is_replaced(tmp_path: Path, content: bytes) -> None:
    kept = KeptVectors(tmp_path)
    kept.save("a", vectors(DEAR))
    next(tmp_path.glob("*.npz")).write_bytes(content)
    assert found(kept, "a", DEAR) == {}
    kept.save("a", vectors(DEAR))
    assert found(kept, "a", DEAR).keys() == {DEAR}


def test_a_file_of_another_shape_counts_for_nothing(tmp_path: Path) -> None:
    kept = KeptVectors(tmp_path)
    kept.save("a", vectors(DEAR))
    np.savez(next(tmp_path.glob("*.npz")), keys=np.zeros((2, 16), np.uint8), vectors=np.zeros((1, 3), np.float32))
    assert found(kept, "a", DEAR) == {}


def test_vectors_of_another_width_are_not_kept_beside_new_ones(tmp_path: Path) -> None:
    kept = KeptVectors(tmp_path)
    kept.save("a", vectors(DEAR))
    kept.save("a", {THINK: np.zeros(4, np.float32)})
    assert found(kept, "a", DEAR, THINK) == {THINK: [0, 0, 0, 0]}


def test_only_the_newest_models_are_kept(tmp_path: Path) -> None:
    kept = KeptVectors(tmp_path, models=2)
    for number in range(3):
        kept.save(str(number), vectors(DEAR))
        for path in tmp_path.glob("*.npz"):
            os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns - 1_000_000_000))
    assert [bool(found(kept, str(number), DEAR)) for number in range(3)] == [False, True, True]
    assert len(list(tmp_path.iterdir())) == 2


def test_a_directory_that_cannot_be_made_costs_nothing(tmp_path: Path) -> None:
    kept = KeptVectors(tmp_path / "missing" / "meanings")
    kept.save("a", vectors(DEAR))
    assert found(kept, "a", DEAR) == {}


def test_nothing_can_be_kept_in_no_room(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one"):
        KeptVectors(tmp_path, sentences=0)
