"""Which offer an agent makes in words of their own, and what follows from it."""

from __future__ import annotations

import pytest

from assist.messages import Prompt
from assist.playbook.offers.own import marks_of, offer_in
from tests.support.catalogue import call, shop
from tests.support.dialogue import only

MARKS = marks_of(
    {"pack": "30GB流量包", "card": "亲情副卡", "staff": "企业员工卡", "home": "300兆宽带"},
    {
        "pack": ["二十块钱三十个G"],
        "card": ["每月十元，共用流量"],
        "staff": ["每张三十九元，四十个G"],
        "home": ["每月三十元"],
    },
)


@pytest.mark.parametrize(
    ("words", "offer_id"),
    [
        ("那给您加个包呗，三十个G二十块，马上就到", "pack"),
        ("可以办张副卡，一个月十块", "card"),
        ("三张起办，一张一个月三十九，四十个G", "staff"),
        ("三百兆，三十块钱一个月", "home"),
        ("三十块钱一个月", None),  # a price alone may be of anything
        ("已经用了二十九个G", None),
        ("办张副卡", None),
    ],
)
def test_an_offer_is_known_by_two_of_its_marks(words: str, offer_id: str | None) -> None:
    assert offer_in(words, MARKS, ()) == offer_id


def test_one_that_answers_a_need_has_a_mark_already() -> None:
    assert offer_in("三十块钱一个月", MARKS, ["home"]) == "home"
    assert offer_in("您好", MARKS, ["home"]) is None


def test_reactions_to_what_the_agent_offers_unprompted_are_answered() -> None:
    made = call(shop()).agent("推荐一个，二十块钱三十个G").customer("我再想想")
    assert [prompt.prompt_id for prompt in only(Prompt, made.advice(None))] == ["pack-30g.hesitant-1"]


def test_what_the_agent_offered_unprompted_is_not_shown_any_more() -> None:
    made = call(shop()).agent("推荐一个，二十块钱三十个G").customer("我流量不够用").waits(90_000)
    assert [prompt.prompt_id for prompt in only(Prompt, made.advice(None)) if prompt.kind == "offer"] == []
