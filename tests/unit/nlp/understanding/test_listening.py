"""Sentences of a playbook are read once, even where a start is ended while it reads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from assist.playbook import Meaning
from nlp.understanding import listening
from nlp.understanding.kept import KeptVectors
from nlp.understanding.listening import MeaningListener
from nlp.understanding.meaning import Float32Array, MeaningSpace
from nlp.understanding.model import TurnText

SENTENCES = ("太贵了吧", "能不能便宜点", "这个价我用不起", "有没有少一点的", "每个月花得太多")


class StoppedError(Exception):
    """The start is ended."""


class SlowReader:
    """Reads one sentence at a time and is stopped after some."""

    wording = None
    vectors_version = "slow@1"

    def __init__(self, stops_after: int) -> None:
        self.space = MeaningSpace({"customer": np.eye(2, dtype=np.float32)}, {"customer": np.eye(2)})
        self.read: list[str] = []
        self._left = stops_after

    def vectors(self, turns: Sequence[TurnText]) -> Float32Array:
        if not self._left:
            raise StoppedError
        self._left -= 1
        self.read += [turn.text for turn in turns]
        return np.ones((len(turns), 2), np.float32)


def test_what_an_ended_start_has_read_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "SAVED_AT_ONCE", 2)
    meanings = [Meaning(name="dear", who="customer", examples=SENTENCES, unlike=())]
    with pytest.raises(StoppedError):
        MeaningListener(meanings, SlowReader(3), "slow@1", KeptVectors(tmp_path)).learn()
    again = SlowReader(5)
    MeaningListener(meanings, again, "slow@1", KeptVectors(tmp_path)).learn()
    assert again.read == list(SENTENCES[2:])
