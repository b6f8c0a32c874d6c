"""What utterances mean is compared in the model's own space, in the pass that is made anyway."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from assist.messages import MeaningSignal
from assist.playbook import Meaning
from models.engine import Engine
from nlp.understanding.analyser import UnderstandingAnalyser, UnderstandingRunner
from nlp.understanding.kept import KeptVectors
from nlp.understanding.meaning import (
    RARE_SCORE,
    RARER_SCORE,
    Float32Array,
    MeaningSpace,
    fit_heads,
    load_space,
    save_space,
)
from nlp.understanding.model import Scored, TurnText, Understanding, UnderstandingModel
from nlp.understanding.wording import Wording
from tests.support.dialogue import playbook_of, utterance_of

SETS = """\
meanings:
  think: {party: customer, examples: [想想啊, 考虑啊, 商量啊], unlike: [想好了]}
"""
PLAYBOOK = playbook_of("  - {id: r, party: customer, means: think, set: {a: 1}}", more=SETS)
EAST = np.random.default_rng(1).normal((1, 0), 0.1, (400, 2)).astype(np.float32)
WITHIN = np.eye(2) / 100
SPACE = MeaningSpace({"agent": EAST, "customer": EAST}, {"agent": WITHIN, "customer": WITHIN})


class FakeModel:
    """Places what begins with 想, 考 or 商 to the north and everything else to the east."""

    vectors_version = "fake"

    def __init__(self, space: MeaningSpace | None = SPACE, wording: Wording | None = None) -> None:
        self.space = space
        self.wording = wording
        self.turns: list[TurnText] = []
        self.largest = 0

    def understand(self, turns: Sequence[TurnText]) -> list[Understanding]:
        self.turns += turns
        return [
            Understanding(
                (), Scored("neutral", 1.0), 0, (), (), {"neutral": 1.0}, None if self.space is None else place
            )
            for place in ([self._place(turn) for turn in turns])
        ]

    def vectors(self, turns: Sequence[TurnText]) -> Float32Array:
        self.turns += turns
        self.largest = max(self.largest, len(turns))
        return np.stack([self._place(turn) for turn in turns])

    def _place(self, turn: TurnText) -> Float32Array:
        is_thought = turn.text[0] in "想考商" and "好了" not in turn.text
        return np.array([0, 1] if is_thought else [1, 0], np.float32)


@pytest.fixture
async def engine() -> AsyncGenerator[Engine]:
    engine = Engine(workers=1)
    yield engine
    await engine.close()


async def meant(engine: Engine, model: FakeModel, party: str, text: str) -> list[tuple[str, float]]:
    analyser = UnderstandingAnalyser(engine, UnderstandingRunner(cast(UnderstandingModel, model), "small@1"))
    words = utterance_of(1, "customer" if party == "customer" else "agent", text, 0, 900, 0.9)
    signals = await analyser.open_call(PLAYBOOK).analyse(words)
    return [(one.label, one.score) for one in signals if isinstance(one, MeaningSignal)]


async def test_an_utterance_near_the_examples_is_told_with_its_score(engine: Engine) -> None:
    (found,) = await meant(engine, FakeModel(), "customer", "商量一下再说")
    assert found[0] == PLAYBOOK.meanings[0].label
    assert found[1] > 0.9


async def test_what_lies_apart_is_short_or_said_by_the_other_party_means_nothing(engine: Engine) -> None:
    assert not await meant(engine, FakeModel(), "customer", "好的就这样吧")
    assert not await meant(engine, FakeModel(), "customer", "想想")
    assert not await meant(engine, FakeModel(), "agent", "商量一下再说")


async def test_a_model_without_a_space_compares_nothing(engine: Engine) -> None:
    model = FakeModel(space=None)
    assert not await meant(engine, model, "customer", "商量一下再说")
    assert len(model.turns) == 1


async def test_the_sentences_are_read_once_for_all_calls(engine: Engine) -> None:
    model = FakeModel()
    analyser = UnderstandingAnalyser(engine, UnderstandingRunner(cast(UnderstandingModel, model), "small@1"))
    for _ in range(3):
        await analyser.open_call(PLAYBOOK).analyse(utterance_of(1, "customer", "商量一下再说", 0, 900, 0.9))
    assert sorted(turn.text for turn in model.turns if turn.text != "商量一下再说") == sorted(
        ("想想啊", "考虑啊", "商量啊", "想好了")
    )


async def test_sentences_that_were_read_before_the_first_call_are_not_read_again(engine: Engine) -> None:
    model = FakeModel()
    analyser = UnderstandingAnalyser(engine, UnderstandingRunner(cast(UnderstandingModel, model), "small@1"))
    analyser.learn(PLAYBOOK)
    read = len(model.turns)
    await analyser.open_call(PLAYBOOK).analyse(utterance_of(1, "customer", "商量一下再说", 0, 900, 0.9))
    assert (read, len(model.turns)) == (4, 5)


def score_of(meaning: Meaning, vectors: dict[str, tuple[float, float]], said: tuple[float, float]) -> float:
    read = {("customer", text): np.array(vector, np.float32) for text, vector in vectors.items()}
    heads = fit_heads([meaning], read, SPACE)["customer"]
    return dict(heads.scores(np.array(said, np.float32))).get(meaning, 0.0)


def test_a_counter_example_takes_likeness_off() -> None:
    vectors = {"一": (1.5, 0.8), "二": (1.5, 0.8), "三": (1.5, 0.8), "四": (1.0, 2.0)}
    near = (1.0, 2.0)
    without = score_of(Meaning("m", "customer", ("一", "二", "三")), vectors, near)
    with_it = score_of(Meaning("m", "customer", ("一", "二", "三"), ("四",)), vectors, near)
    assert without > RARER_SCORE
    assert with_it < 0.3


def test_the_share_of_ordinary_turns_that_are_more_like_it_is_the_score() -> None:
    meaning = Meaning("m", "customer", ("一", "二", "三"))
    vectors = dict.fromkeys(meaning.examples, (1.0, 1.0))
    scores = sorted(score_of(meaning, vectors, (float(x), float(y))) for x, y in EAST)
    assert sum(score >= RARER_SCORE for score in scores) == 2
    assert 19 <= sum(score >= RARE_SCORE for score in scores) <= 21


def test_a_space_is_read_as_it_was_written(tmp_path: Path) -> None:
    save_space(SPACE, tmp_path / "meaning.npz")
    read = load_space(tmp_path / "meaning.npz")
    assert np.abs(read.ordinary["agent"] - EAST).max() < 0.01
    assert np.abs(read.within["customer"] - WITHIN).max() < 1e-5


async def test_another_start_hears_the_same_without_reading_the_sentences(engine: Engine, tmp_path: Path) -> None:
    kept = KeptVectors(tmp_path)
    first, second = FakeModel(), FakeModel()
    found: list[list[float]] = []
    for model in (first, second):
        runner = UnderstandingRunner(cast(UnderstandingModel, model), "small@1")
        analyser = UnderstandingAnalyser(engine, runner, kept=kept)
        analyser.learn(PLAYBOOK)
        told = await analyser.open_call(PLAYBOOK).analyse(utterance_of(1, "customer", "商量一下再说", 0, 900, 0.9))
        found.append([one.score for one in told if isinstance(one, MeaningSignal)])
    assert (len(first.turns), len(second.turns)) == (5, 1)
    assert found[0]
    assert found[0] == found[1]


async def test_only_sentences_that_are_new_are_read_each_by_itself(engine: Engine, tmp_path: Path) -> None:
    kept = KeptVectors(tmp_path)
    first, second = FakeModel(), FakeModel()
    more = SETS + "  wait: {party: customer, examples: [等一下再说, 想想啊, 先等等看]}\n"
    for model, playbook in (
        (first, PLAYBOOK),
        (second, playbook_of("  - {id: r, means: wait, set: {a: 1}}", more=more)),
    ):
        runner = UnderstandingRunner(cast(UnderstandingModel, model), "small@1")
        UnderstandingAnalyser(engine, runner, kept=kept).learn(playbook)
    assert (first.largest, [turn.text for turn in second.turns]) == (1, ["等一下再说", "先等等看"])
