"""Judging on blocks that nothing was fitted on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from models.train.voice.clips import read_clips
from models.train.voice.head import Float64Array, IntArray
from models.train.voice.validation import figures, fitted, majority, out_of_fold

LABELS = np.arange(60) % 3
BLOCKS = np.arange(60) // 20


def test_every_item_is_judged_once_without_its_block() -> None:
    asked: list[IntArray] = []

    def judge(held_out: IntArray) -> Float64Array:
        asked.append(held_out)
        return np.eye(3)[LABELS[held_out]]

    assert (out_of_fold(judge, BLOCKS).argmax(axis=1) == LABELS).all()
    assert sorted(np.concatenate(asked).tolist()) == list(range(60))
    assert all(len(set(BLOCKS[rows].tolist())) == 1 for rows in asked)


def test_what_only_the_block_gives_away_is_not_learnt() -> None:
    """Each item's feature names its block and label: useless for other blocks."""
    told = np.eye(9)[3 * BLOCKS + LABELS][None].astype(np.float32)
    scores = out_of_fold(fitted(told, LABELS, 0.1), BLOCKS)
    assert np.ptp(scores, axis=1).max() < 0.1


def test_neighbours_in_the_list_can_be_kept_apart() -> None:
    copies = np.random.default_rng(1).standard_normal((1, 60, 4)).astype(np.float32)
    copies[0, 19] = copies[0, 20] = 50.0
    near, far = (fitted(copies, LABELS, 0.1, apart=apart)(np.arange(20, 40)) for apart in (0, 2))
    assert not np.allclose(near, far)


def test_figures_of_a_perfect_and_a_stubborn_judge() -> None:
    perfect = figures("perfect", np.eye(3)[LABELS], LABELS, BLOCKS)
    assert (perfect.accuracy, perfect.macro_f1, perfect.negative_f1) == (1, 1, 1)
    stubborn = figures("majority", out_of_fold(majority(LABELS), BLOCKS), LABELS, BLOCKS)
    assert stubborn.accuracy == pytest.approx(1 / 3, abs=0.05)
    assert stubborn.macro_f1 < 0.35
    assert len(stubborn.by_block) == 3


def test_clips_are_read_from_the_list_beside_their_directory(tmp_path: Path) -> None:
    (tmp_path / "train").mkdir()
    row = {"path": "train/a.flac", "label": "negative", "block": 3, "sex": "F"}
    (tmp_path / "train.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    (clip,) = read_clips(tmp_path / "train")
    assert (clip.path, clip.feeling, clip.block) == (tmp_path / "train" / "a.flac", "negative", 3)
    assert read_clips(tmp_path / "train.jsonl") == [clip]


def test_an_unknown_label_is_named(tmp_path: Path) -> None:
    listing = tmp_path / "clips.jsonl"
    listing.write_text(json.dumps({"path": "a.flac", "label": "bored", "block": 0}) + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match="bored"):
        read_clips(listing)
