"""What the model says of an utterance becomes signals, with the other party's last words as context."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import cast

import pytest

from assist.errors import ModelFilesError
from assist.messages import ActSignal, EmotionSignal, EntitySignal, IntentSignal, Party, Signal, Utterance
from models.engine import Engine
from nlp.missing import MissingModel
from nlp.understanding.analyser import GO_ON_MS, KIND, UnderstandingAnalyser, UnderstandingRunner
from nlp.understanding.listening import MeaningListener
from nlp.understanding.model import FoundEntity, Scored, TurnText, Understanding, UnderstandingModel
from tests.support.dialogue import playbook_of, utterance_of

PLAYBOOK = playbook_of("  - {id: r, phrase: 您好, set: {a: 1}}")


class FakeModel:
    """Says what it was given, and the same of every turn."""

    space = None

    def __init__(self) -> None:
        self.turns: list[TurnText] = []

    def understand(self, turns: Sequence[TurnText]) -> list[Understanding]:
        self.turns += turns
        return [
            Understanding(
                intents=(Scored("complain_billing", 0.9), Scored("repeat_call", 0.4), Scored("escalate", 0.2, False)),
                emotion=Scored("angry", 0.95),
                intensity=2,
                acts=(Scored("complain", 0.8),),
                entities=(FoundEntity("amount", 5, 8, 0.9),),
                feelings={"angry": 0.95, "neutral": 0.05},
            )
            for _ in turns
        ]


@pytest.fixture
async def engine() -> AsyncGenerator[Engine]:
    engine = Engine(workers=1)
    yield engine
    await engine.close()


def analyser(engine: Engine, model: FakeModel) -> UnderstandingAnalyser:
    return UnderstandingAnalyser(engine, UnderstandingRunner(cast(UnderstandingModel, model), "small@1"))


async def test_signals_say_what_the_model_is_sure_of(engine: Engine) -> None:
    call = analyser(engine, FakeModel()).open_call(PLAYBOOK)
    signals = await call.analyse(utterance_of(1, "customer", "怎么又扣我二十块", 1_000, 3_000, 0.9))
    intents = [signal for signal in signals if isinstance(signal, IntentSignal)]
    assert [(one.label, one.is_primary) for one in intents] == [("complain_billing", True), ("repeat_call", False)]
    assert [signal.label for signal in signals if isinstance(signal, ActSignal)] == ["complain"]
    (feeling,) = (signal for signal in signals if isinstance(signal, EmotionSignal))
    assert (feeling.label, feeling.intensity, feeling.heard_in) == ("angry", 2, ("words",))
    assert feeling.evidence[0].quote == "怎么又扣我二十块"
    (entity,) = (signal for signal in signals if isinstance(signal, EntitySignal))
    assert (entity.quote, entity.value, entity.span) == ("二十块", "2000", (5, 8))
    assert {signal.source for signal in (*intents, feeling, entity)} == {"small@1"}


async def test_words_that_are_hardly_certain_count_less(engine: Engine) -> None:
    call = analyser(engine, FakeModel()).open_call(PLAYBOOK)
    signals = await call.analyse(utterance_of(1, "customer", "怎么又扣我二十块", 1_000, 3_000, 0.3))
    assert [one.score for one in signals if isinstance(one, IntentSignal)] == [0.45, 0.2]


async def test_the_context_is_what_the_other_party_said_last_in_this_call(engine: Engine) -> None:
    model = FakeModel()
    service = analyser(engine, model)
    call, other_call = service.open_call(PLAYBOOK), service.open_call(PLAYBOOK)
    await call.analyse(utterance_of(1, "agent", "给您办吗", 0, 900, 1.0))
    await call.analyse(utterance_of(2, "customer", "好", 1_000, 1_300, 1.0))
    await call.analyse(utterance_of(3, "customer", "办吧", 1_500, 1_900, 1.0))
    await call.analyse(utterance_of(4, "agent", "办好了", 2_000, 2_600, 1.0))
    await other_call.analyse(utterance_of(1, "customer", "喂", 0, 300, 1.0))
    assert [turn.previous for turn in model.turns] == ["", "给您办吗", "给您办吗", "办吧", ""]


async def test_what_is_foreseen_needs_more_and_leaves_no_trace(engine: Engine) -> None:
    model = FakeModel()
    call = analyser(engine, model).open_call(PLAYBOOK)
    await call.analyse(utterance_of(1, "agent", "您说", 0, 900, 1.0))
    heard = utterance_of(2, "customer", "怎么又扣我二十块", 1_000, 3_000, 1.0)
    early = await call.foresee(heard)
    assert [one.label for one in early if isinstance(one, IntentSignal)] == ["complain_billing"]
    assert [one.label for one in early if isinstance(one, EmotionSignal)] == ["angry"]
    whole = await call.analyse(heard)
    assert [one.label for one in whole if isinstance(one, IntentSignal)] == ["complain_billing", "repeat_call"]
    assert model.turns[1] == model.turns[2]
    (felt,) = (one for one in whole if isinstance(one, EmotionSignal))
    assert felt in early


async def test_a_missing_model_says_what_is_wrong() -> None:
    missing = MissingModel(ModelFilesError("No such model.", code="model-files-missing"), KIND)
    with pytest.raises(ModelFilesError, match="No such model"):
        await missing.open_call(PLAYBOOK).analyse(utterance_of(1, "customer", "喂", 0, 300, 1.0))


class FakeListener:
    """Notes what is looked at with each utterance."""

    def __init__(self) -> None:
        self.before: list[str] = []

    async def find(self, utterance: Utterance, vector: object, *, before: str = "") -> Sequence[Signal]:
        self.before.append(before)
        return ()


async def test_what_a_party_says_in_one_go_is_looked_at_together(engine: Engine) -> None:
    call = analyser(engine, FakeModel()).open_call(PLAYBOOK)
    listener = FakeListener()
    call.listener = cast(MeaningListener, listener)
    said = [
        ("customer", "我这一个月", 0, 1_000),
        ("customer", "天天值夜班", 1_300, 2_000),
        ("customer", "流量不够用", 2_400, 3_000),
        ("agent", "是的", 3_500, 4_000),
        ("customer", "那怎么办", 4_200, 5_000),
        ("customer", "你说呢", 5_000 + GO_ON_MS + 1, 8_000),
    ]
    for at, (party, text, start_ms, end_ms) in enumerate(said):
        await call.analyse(utterance_of(at, cast(Party, party), text, start_ms, end_ms, 0.9))
    assert listener.before == ["", "我这一个月", "我这一个月天天值夜班", "", "", ""]
