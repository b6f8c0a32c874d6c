"""What conditions on intents, acts, feelings, entities and facts mean."""

from __future__ import annotations

from typing import Any

import pytest

from assist.errors import PlaybookError
from assist.playbook.facts import Known
from tests.support.dialogue import Dialogue, rule_of


def customer_says(condition: str, text: str = "那个八十块太贵了", **found: Any) -> list[tuple[str, str]]:
    return Dialogue(rule_of(condition, party="customer")).customer(text, **found).flags()


BREACH = [("r", "breach")]


@pytest.mark.parametrize(
    ("condition", "found", "is_true"),
    [
        ("intent: price_objection", {"intents": ["price_objection"]}, True),
        ("intent: price_objection", {"intents": ["refuse"]}, False),
        ("intent: [refuse, price_objection]", {"intents": ["refuse"]}, True),
        ("intent: price_objection", {"intents": ["refuse", "price_objection"]}, True),
        (
            "intent: {any_of: price_objection, primary_only: true}",
            {"intents": ["refuse", "price_objection"]},
            False,
        ),
        ("intent: {any_of: refuse, min_score: 0.95}", {"intents": ["refuse"]}, False),
        ("act: object", {"acts": ["object"]}, True),
        ("act: {any_of: [object], min_score: 0.8}", {"acts": ["object"], "score": 0.7}, False),
        ("emotion: angry", {"emotion": "angry"}, True),
        ("emotion: angry", {"emotion": "angry", "intensity": 1}, False),
        ("emotion: {any_of: angry, min_intensity: 1}", {"emotion": "angry", "intensity": 1}, True),
        ("emotion: neutral", {"emotion": "neutral", "intensity": 0}, True),
        ("emotion: {any_of: angry, heard_in: voice}", {"emotion": "angry"}, False),
        ("emotion_trend: rising", {"emotion": "angry", "trend": "rising"}, True),
        ("emotion_trend: rising", {"emotion": "angry"}, False),
        ("entity: amount", {"entities": [("amount", "八十块", "8000")]}, True),
        ("entity: {any_of: amount, min: 80}", {"entities": [("amount", "八十块", "8000")]}, True),
        ("entity: {any_of: amount, min: 80.5}", {"entities": [("amount", "八十块", "8000")]}, False),
        ("entity: {any_of: amount, max: 79}", {"entities": [("amount", "八十块", "8000")]}, False),
        ("entity: {any_of: plan, is: 'plan:80'}", {"entities": [("plan", "那个八十", "plan:80")]}, True),
        ("entity: {any_of: plan, in: ['plan:59']}", {"entities": [("plan", "那个八十", "plan:80")]}, False),
    ],
)
def test_what_was_found_in_an_utterance(condition: str, found: dict[str, Any], is_true: bool) -> None:
    assert bool(customer_says(condition, **found)) is is_true


def test_what_the_other_party_wants_is_not_looked_at() -> None:
    call = Dialogue(rule_of("intent: refuse", party="customer")).agent("那个八十块太贵了", intents=["refuse"])
    assert call.flags() == []


def test_badly_heard_words_make_what_was_found_in_them_abstain() -> None:
    assert customer_says("intent: refuse", intents=["refuse"], confidence=0.2) == [("r", "abstained")]


def test_a_feeling_has_to_last_for_utterances_in_a_row() -> None:
    playbook = rule_of("emotion: {any_of: [angry], for_utterances: 2}", party="customer")
    broken = Dialogue(playbook).customer("凭什么", emotion="angry").customer("好吧", emotion="neutral", intensity=0)
    assert broken.customer("凭什么", emotion="angry").flags() == []
    assert broken.agent("您别急").customer("到底管不管", emotion="angry").flags() == BREACH


def test_a_feeling_may_have_to_last_for_some_time() -> None:
    playbook = rule_of("emotion: {any_of: [angry], for_ms: 5000}", party="customer")
    call = Dialogue(playbook).customer("凭什么扣我钱", emotion="angry").agent("您别急")
    assert call.customer("到底管不管", emotion="angry").flags() == []
    assert call.waits(2_000).customer("我等不了了", emotion="angry").flags() == BREACH
    calm = Dialogue(playbook).customer("凭什么扣我钱", emotion="angry").customer("好吧", emotion="neutral", intensity=0)
    assert calm.waits(5_000).customer("我等不了了", emotion="angry").flags() == []


def test_a_trend_may_be_as_steep_as_asked_for() -> None:
    def flags(condition: str, *valences: float, **more: Any) -> list[tuple[str, str]]:
        call = Dialogue(rule_of(f"emotion_trend: {condition}", party="customer"))
        for valence in valences:
            call.customer("这也太慢了", emotion="angry", valence=valence, **more).agent("您别急", emotion="neutral")
        return call.flags()

    rising = "{is: rising, over_utterances: 3, min_slope: 0.2}"
    assert flags(rising, 0.0, -0.2, -0.5) == BREACH
    assert flags(rising, 0.0, -0.1, -0.2) == []
    assert flags(rising, 0.0, -0.9) == []
    assert flags(rising, 0.0, -0.2, -0.5, confidence=0.1) == [("r", "abstained")]
    assert flags("{is: falling, over_utterances: 2}", -0.5, -0.2) == BREACH
    assert flags("{is: steady, over_utterances: 2}", -0.5, -0.45) == BREACH
    assert flags("{is: steady, over_utterances: 2}", -0.5, -0.2) == []


def test_signals_of_one_utterance_are_joined() -> None:
    condition = "all: [{intent: refuse}, {emotion: angry}]"
    assert customer_says(condition, intents=["refuse"], emotion="angry") == BREACH
    assert customer_says(condition, intents=["refuse"]) == []
    two = "at_least: {n: 2, of: [{intent: refuse}, {emotion: angry}, {act: object}]}"
    assert customer_says(two, intents=["refuse"], acts=["object"]) == BREACH
    assert customer_says(two, acts=["object"]) == []


@pytest.mark.parametrize(
    ("condition", "facts", "expected"),
    [
        ("fact: {path: customer.level, is: 金卡}", {"customer.level": "金卡"}, BREACH),
        ("fact: {path: customer.level, in: [银卡, 普通]}", {"customer.level": "金卡"}, []),
        ("fact: {path: customer.months, min: 24}", {"customer.months": "30"}, BREACH),
        ("fact: {path: customer.months, min: 24, max: 28}", {"customer.months": "30"}, []),
        ("fact: {path: customer.months, min: 24}", {"customer.months": "两年"}, [("r", "abstained")]),
        ("fact: {path: customer.months, min: 24}", {}, [("r", "abstained")]),
        ("fact: {path: customer.months, known: true}", {}, []),
        ("fact: {path: customer.months, known: false}", {}, BREACH),
    ],
)
def test_facts_are_true_false_or_unknown(
    condition: str, facts: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    playbook = rule_of(f"all: [{{phrase: 太贵}}, {{{condition}}}]", party="customer")
    assert Dialogue(playbook).fact(0, Known(facts)).customer("太贵了").flags() == expected


def test_an_entity_is_compared_with_a_fact() -> None:
    playbook = rule_of("entity: {any_of: amount, above_fact: customer.plan_price}", party="customer")
    amount = [("amount", "八十块", "8000")]

    def flags(facts: dict[str, str]) -> list[tuple[str, str]]:
        return Dialogue(playbook).fact(0, Known(facts)).customer("扣了我八十块", entities=amount).flags()

    assert flags({"customer.plan_price": "59"}) == BREACH
    assert flags({"customer.plan_price": "128"}) == []
    assert flags({}) == [("r", "abstained")]


@pytest.mark.parametrize(
    ("told", "same", "other"),
    [
        ("80", BREACH, []),
        ("80.0", BREACH, []),
        ("79.5", [], BREACH),
        ("八十", [("r", "abstained")], [("r", "abstained")]),
        (None, [("r", "abstained")], [("r", "abstained")]),
    ],
)
def test_what_is_quoted_is_what_is_known(
    told: str | None, same: list[tuple[str, str]], other: list[tuple[str, str]]
) -> None:
    def flags(condition: str) -> list[tuple[str, str]]:
        call = Dialogue(rule_of(f"entity: {{any_of: amount, {condition}}}"))
        if told is not None:
            call.fact(0, Known({"customer.plan_price": told}))
        return call.agent("您的套餐八十块", entities=[("amount", "八十块", "8000")]).flags()

    assert flags("same_as_fact: customer.plan_price") == same
    assert flags("other_than_fact: customer.plan_price") == other
    if told == "79.5":
        assert flags("other_than_fact: customer.plan_price, tolerance: 1") == []


def test_names_are_compared_as_texts() -> None:
    playbook = rule_of("entity: {any_of: id_card, other_than_fact: customer.id_card}")
    call = Dialogue(playbook).fact(0, Known({"customer.id_card": "110101199001010011"}))
    right = [("id_card", "一一零", "110101199001010011")]
    wrong = [("id_card", "一一零", "110101199001010012")]
    assert call.agent("一一零", entities=right).flags(None) == []
    assert call.agent("一一零", entities=wrong).flags(None) == BREACH


@pytest.mark.parametrize(
    "condition",
    [
        "entity: {any_of: amount, same_as_fact: customer.a, other_than_fact: customer.b}",
        "entity: {any_of: amount, tolerance: 1}",
        "fact: {path: level, is: 金卡}",
        "fact: {path: customer.level}",
        "fact: {path: customer.level, is: 金卡, min: 3}",
        "emotion_trend: up",
        "emotion_trend: {over_utterances: 3}",
        "emotion_trend: {is: rising, min_slope: 0}",
        "intent: []",
        "at_least: {n: 3, of: [{act: ask}, {act: ack}]}",
    ],
)
def test_conditions_that_mean_nothing_are_refused(condition: str) -> None:
    with pytest.raises(PlaybookError):
        rule_of(condition)


def test_the_labels_that_rules_ask_for_are_known_with_their_lines() -> None:
    playbook = rule_of("all: [{intent: [refuse, agree]}, {entity: amount}]")
    assert [(one.kind, one.label) for one in playbook.labels] == [
        ("intent", "refuse"),
        ("intent", "agree"),
        ("entity", "amount"),
    ]
    assert all(one.line > 1 for one in playbook.labels)
