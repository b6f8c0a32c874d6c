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
from nlp.understanding.meaning import MeaningSpace, PlacedMeaning, load_space, save_space
from nlp.understanding.model import Scored, TurnText, Understanding, UnderstandingModel
from tests.support.dialogue import playbook_of, utterance_of

SETS = """\
meanings:
  think: {party: customer, examples: [想想啊, 考虑啊, 商量啊], unlike: [想好了]}
"""
PLAYBOOK = playbook_of("  - {id: r, party: customer, means: think, set: {a: 1}}", more=SETS)
SPACE = MeaningSpace(np.zeros(2, np.float32), np.eye(2, dtype=np.float32), 10.0, 0.5)


class FakeModel:
    """Places what begins with 想, 考 or 商 to the north and everything else to the east."""

    def __init__(self, space: MeaningSpace | None = SPACE) -> None:
        self.space = space
        self.turns: list[TurnText] = []

    def understand(self, turns: Sequence[TurnText]) -> list[Understanding]:
        self.turns += turns
        return [
            Understanding(
                (), Scored("neutral", 1.0), 0, (), (), {"neutral": 1.0}, None if self.space is None else place
            )
            for place in ([self._place(turn) for turn in turns])
        ]

    def _place(self, turn: TurnText) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
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


def test_a_counter_example_takes_likeness_off() -> None:
    meaning = Meaning("m", "any", ("一", "二", "三"), ("四",))
    examples, near = np.array([[0, 1], [0, 1], [1, 0]], np.float32), np.array([[0, 1]], np.float32)
    place = np.array([0, 1], np.float32)
    with_near = PlacedMeaning(meaning, examples, near).likeness(place)
    without = PlacedMeaning(meaning, examples, np.empty((0, 0), np.float32)).likeness(place)
    assert (round(without, 3), round(with_near, 3)) == (0.833, 0.583)


def test_a_space_is_read_as_it_was_written(tmp_path: Path) -> None:
    save_space(SPACE, tmp_path / "meaning.npz")
    read = load_space(tmp_path / "meaning.npz")
    assert read.score(0.5) == pytest.approx(0.5)
    assert read.places(np.array([[3, 4]], np.float32)).tolist() == [[pytest.approx(0.6), pytest.approx(0.8)]]
