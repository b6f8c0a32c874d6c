"""Training begins with the real encoder and ends with a model that is served; here with one layer and few turns."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.train.corpora.reading import read_cped
from models.train.corpora.run import CorpusSettings, compare
from models.train.encoder.e5s1 import E5File, read_e5
from models.train.encoder.source import encoder_file
from models.train.scenes import Turn, read_corpus
from models.train.splits import DATA, Splits, split
from models.train.understanding.fit import FitSettings
from models.train.understanding.report import halves, reports
from models.train.understanding.run import RunSettings, train
from nlp.understanding.model import FILES, TurnText, load_understanding

SMALL = RunSettings(layers=(0,), fit=replace(FitSettings(), epochs=1))


@pytest.fixture(scope="module")
def file() -> E5File:
    return read_e5(encoder_file())


@pytest.fixture(scope="module")
def splits() -> Splits:
    whole = split(read_corpus(DATA), DATA)

    def some(turns: tuple[Turn, ...], count: int) -> tuple[Turn, ...]:
        return turns[:: max(1, len(turns) // count)]

    return Splits(some(whole.train, 200), some(whole.development, 60), some(whole.test, 30))


def test_the_same_seed_gives_the_same_model_and_it_is_served(file: E5File, splits: Splits, tmp_path: Path) -> None:
    first, second = (train(file, splits, tmp_path / name, SMALL) for name in ("first", "second"))
    turn = TurnText("怎么又多扣了我二十块钱", "您好请讲", "customer")
    (one,), (other,) = first.understand([turn]), second.understand([turn])
    assert one == other
    served = load_understanding(tmp_path / "first")
    assert served.understand([turn]) == [one]
    assert set(reports(served, splits.test)) == {"intent", "emotion", "act", "entity"}
    assert set(halves(served, splits.test)) == {"encoder", "linear"}


def test_a_training_that_was_interrupted_ends_as_if_it_had_not_been(
    file: E5File, splits: Splits, tmp_path: Path
) -> None:
    twice = replace(SMALL, fit=replace(SMALL.fit, epochs=2))
    passes: list[int] = []

    def interrupted(epoch: int) -> None:
        passes.append(epoch)
        if len(passes) == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(file, splits, tmp_path / "broken", twice, after_epoch=interrupted)
    train(file, splits, tmp_path / "broken", twice, after_epoch=interrupted)
    assert passes == [0, 1]
    train(file, splits, tmp_path / "whole", twice)
    for name in FILES:
        assert (tmp_path / "broken" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name
    assert not (tmp_path / "broken" / "progress.pt").exists()


def test_dialogues_of_others_are_judged_beside_simpler_classifiers(file: E5File, tmp_path: Path) -> None:
    path = tmp_path / "cped.jsonl"
    moods = (
        ("你怎么来了", "question", "neutral", "neutral"),
        ("我讨厌你", "statement-opinion", "anger", "negative"),
        ("谢谢你", "thanking", "happy", "positive"),
    )
    rows = [
        {
            "text": f"{text}{number % 7}",
            "da": act,
            "label": feeling,
            "sentiment": sentiment,
            "speaker": "甲",
            "dialog_id": f"d{number}",
            "split": "test" if number < 40 else "valid",
        }
        for number in range(60)
        for text, act, feeling, sentiment in moods
    ]
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    scores = list(compare(read_cped(path), file, CorpusSettings((0,), FitSettings(epochs=1))))
    assert {score.task for score in scores} == {"act", "emotion", "sentiment"}
    assert {score.items for score in scores} == {60}
    by_system = {score.system: score for score in scores if score.task == "act"}
    assert len(by_system) == 7
    np.testing.assert_allclose(by_system["majority"].accuracy, 1 / 3)
    assert by_system["n-grams, logistic regression"].accuracy == 1.0
