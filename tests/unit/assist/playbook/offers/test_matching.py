"""Which offer is the best, and why."""

from __future__ import annotations

from assist.messages import NeedHeard, Prompt
from tests.support.catalogue import call, shop
from tests.support.dialogue import Dialogue, only

SHOP = shop()


def first(dialogue: Dialogue) -> Prompt:
    return next(prompt for prompt in only(Prompt, dialogue.advice(None)) if prompt.offer_id)


def test_the_offer_with_most_points_comes_first_and_says_what_came_after() -> None:
    prompt = first(call(SHOP).customer("我流量不够用"))
    assert prompt.offer_id == "pack-30g"
    assert prompt.pitch is not None
    assert prompt.pitch.score == 4
    assert [(other.offer_id, other.score) for other in prompt.pitch.next_best] == [("pack-10g", 3)]


def test_reasons_name_the_need_the_tag_and_the_facts() -> None:
    prompt = first(call(SHOP, customer_dou="60").customer("我流量不够用"))
    assert prompt.pitch is not None
    assert [(one.kind, one.name, one.value, one.points) for one in prompt.pitch.reasons] == [
        ("need", "流量不够", "", 9.0),
        ("fact", "customer.dou", "60", 0.0),
    ]
    heavy = first(call(SHOP, customer_dou="30").customer("我流量不够用"))
    assert heavy.pitch is not None
    assert [(one.kind, one.name, one.points) for one in heavy.pitch.reasons] == [
        ("need", "流量不够", 3.0),
        ("tag", "流量大户", 2.0),
        ("propensity", "", 1.0),
    ]


def test_what_is_not_known_makes_nobody_eligible_and_excludes_nobody() -> None:
    assert first(call(SHOP).customer("我流量不够用")).offer_id == "pack-30g"
    asked = call(SHOP).customer("我给我爸妈打电话").customer("谢谢")
    assert first(asked).offer_id == "family-plan"
    has_it = call(SHOP, customer_plan="家庭套餐").customer("我给我爸妈打电话").customer("谢谢")
    assert not [prompt for prompt in only(Prompt, has_it.advice(None)) if prompt.offer_id]


def test_equals_stand_in_the_order_of_the_catalogue() -> None:
    offers = "\noffers:\n" + "".join(
        f"  - {{id: {name}, title: 包, product: pack, needs: {{data: 3}}, wordings: [{{id: a, text: 包}}]}}\n"
        for name in ("second-best", "best")
    )
    assert first(call(shop(offers=offers)).customer("我流量不够用")).offer_id == "second-best"


def test_the_log_tells_the_need_with_its_words_and_the_offer_with_its_wording() -> None:
    advice = call(SHOP).customer("我流量不够用").advice(None)
    (need,) = only(NeedHeard, advice)
    assert (need.need_id, need.is_request, need.because.rule) == ("data", True, "need.data@1")
    assert need.because.evidence[0].quote == "流量不够"
    prompt = only(Prompt, advice)[0]
    assert advice.index(need) < advice.index(prompt)
    assert (prompt.kind, prompt.offer_id, prompt.wording_id, prompt.because.rule) == (
        "offer",
        "pack-30g",
        "plain",
        "pack-30g@1",
    )
    assert prompt.because.reason == "客户需要：流量不够（“流量不够”）"
    assert prompt.pitch is not None
    assert (prompt.pitch.price, prompt.pitch.terms) == ("20元/月", ("每月二十元",))
    assert [(one.reaction, one.title) for one in prompt.pitch.objections] == [
        ("worried", "有顾虑"),
        ("contract", "问合约"),
    ]


def test_a_need_is_told_once() -> None:
    advice = call(SHOP).customer("我流量不够用").customer("流量不够").advice(None)
    assert len(only(NeedHeard, advice)) == 1
