"""What a classifier says becomes signals, if it is sure enough and was asked about the party."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

import numpy as np
import pytest

from assist.messages import EmotionSignal, IntentSignal, Party
from models.engine import Engine
from nlp.backends.analyser import ClassifierAnalyser, ClassifierUse
from nlp.backends.classifier import MAX_CHARS, ClassifierRunner, Float32Array
from nlp.backends.directory import ClassifierConfig
from tests.support.dialogue import playbook_of, utterance_of

PLAYBOOK = playbook_of("  - {id: r, phrase: 您好, set: {a: 1}}")
LABELS = ("angry", "neutral", "生气", "happy")


class FakeNetwork:
    """Says the same of every text."""

    def __init__(self, *probabilities: float) -> None:
        self.texts: list[str] = []
        odds = np.asarray(probabilities, np.float32)
        self._logits = np.log(odds / (1 - odds))

    def logits(self, texts: Sequence[str]) -> Float32Array:
        self.texts += texts
        return np.stack([self._logits for _ in texts])


@pytest.fixture
async def engine() -> AsyncGenerator[Engine]:
    engine = Engine(workers=1)
    yield engine
    await engine.close()


def analyser(engine: Engine, network: FakeNetwork, use: ClassifierUse, *, many: bool = True) -> ClassifierAnalyser:
    config = ClassifierConfig(LABELS, many, max_pieces=64, pad_id=0)
    return ClassifierAnalyser(engine, ClassifierRunner(network, config, "theirs@1"), use, "classifier-1")


async def test_the_three_best_labels_that_are_likely_enough_are_told(engine: Engine) -> None:
    service = analyser(engine, FakeNetwork(0.6, 0.9, 0.7, 0.8), ClassifierUse())
    found = await service.open_call(PLAYBOOK).analyse(utterance_of(1, "customer", "好", 0, 300, 0.9))
    intents = [signal for signal in found if isinstance(signal, IntentSignal)]
    assert [(one.label, one.score, one.is_primary) for one in intents] == [
        ("neutral", 0.9, True),
        ("happy", 0.8, False),
        ("生气", 0.7, False),
    ]
    assert {one.source for one in intents} == {"theirs@1"}


async def test_labels_that_exclude_each_other_give_one_signal(engine: Engine) -> None:
    service = analyser(engine, FakeNetwork(0.6, 0.6, 0.6, 0.6), ClassifierUse(min_score=0.1), many=False)
    (found,) = await service.open_call(PLAYBOOK).analyse(utterance_of(1, "customer", "好", 0, 300, 0.9))
    assert isinstance(found, IntentSignal)
    assert (found.label, found.score) == ("angry", 0.25)


async def test_nothing_is_told_below_the_least_score(engine: Engine) -> None:
    service = analyser(engine, FakeNetwork(0.4, 0.3, 0.2, 0.1), ClassifierUse())
    assert await service.open_call(PLAYBOOK).analyse(utterance_of(1, "customer", "好", 0, 300, 0.9)) == []


async def test_words_that_are_hardly_certain_count_less(engine: Engine) -> None:
    service = analyser(engine, FakeNetwork(0.8, 0.1, 0.1, 0.1), ClassifierUse())
    (found,) = await service.open_call(PLAYBOOK).analyse(utterance_of(1, "customer", "好", 0, 300, 0.3))
    assert isinstance(found, IntentSignal)
    assert found.score == 0.4


@pytest.mark.parametrize(("party", "is_asked"), [("customer", True), ("mixed", True), ("agent", False)])
async def test_only_utterances_of_its_party_are_classified(engine: Engine, party: Party, is_asked: bool) -> None:
    network = FakeNetwork(0.8, 0.1, 0.1, 0.1)
    service = analyser(engine, network, ClassifierUse(party="customer"))
    found = await service.open_call(PLAYBOOK).analyse(utterance_of(1, party, "好", 0, 300, 0.9))
    assert (len(found) == 1, network.texts) == (is_asked, ["好"] if is_asked else [])


async def test_nothing_said_is_not_classified(engine: Engine) -> None:
    network = FakeNetwork(0.8, 0.1, 0.1, 0.1)
    service = analyser(engine, network, ClassifierUse())
    assert await service.open_call(PLAYBOOK).analyse(utterance_of(1, "customer", " ", 0, 300, 0.9)) == ()
    assert network.texts == []


@pytest.mark.parametrize(
    ("probabilities", "label", "valence", "intensity"),
    [
        ((0.8, 0.7, 0.1, 0.1), "angry", -0.9, 1),
        ((0.1, 0.8, 0.1, 0.1), "neutral", 0.0, 0),
        ((0.1, 0.1, 0.8, 0.1), "生气", 0.0, 1),
    ],
)
async def test_a_feeling_is_one_and_is_rated_if_it_is_a_code_of_ours(
    engine: Engine, probabilities: Sequence[float], label: str, valence: float, intensity: int
) -> None:
    service = analyser(engine, FakeNetwork(*probabilities), ClassifierUse(signal="emotion"))
    (found,) = await service.open_call(PLAYBOOK).analyse(utterance_of(1, "customer", "好", 0, 300, 0.9))
    assert isinstance(found, EmotionSignal)
    assert (found.label, found.valence, found.intensity) == (label, valence, intensity)


def test_of_a_very_long_text_the_last_characters_are_read() -> None:
    network = FakeNetwork(0.5, 0.5, 0.5, 0.5)
    ClassifierRunner(network, ClassifierConfig(LABELS, True, 64, 0), "theirs@1").run(["长" * MAX_CHARS + "尾"])
    assert network.texts == ["长" * (MAX_CHARS - 1) + "尾"]


def test_only_texts_of_like_length_share_a_batch() -> None:
    runner = ClassifierRunner(FakeNetwork(0.5), ClassifierConfig(("a",), True, 64, 0), "theirs@1")
    assert runner.batch_key("好的") == runner.batch_key("好的谢谢")
    assert runner.batch_key("好的") != runner.batch_key("好的" * 20)
    assert runner.batch_key("长" * MAX_CHARS) == runner.batch_key("长" * MAX_CHARS * 2)


@pytest.mark.parametrize("min_score", [-0.1, 1.1])
def test_a_least_score_that_is_no_probability_is_refused(min_score: float) -> None:
    with pytest.raises(ValueError):
        ClassifierUse(min_score=min_score)
