"""When offers are made, to whom, and what follows when the customer answers."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from assist.messages import NeedHeard, Prompt, PromptLeftOut, PromptUpdated
from assist.playbook import Advice, Known
from tests.support.catalogue import ETIQUETTE, SELLING, call, shop
from tests.support.dialogue import Dialogue, only

SHOP = shop()


def pitched(dialogue: Dialogue) -> list[str]:
    """Prompts of selling, in order."""
    return [prompt.prompt_id for prompt in sold(dialogue.advice(None))]


def sold(advice: Sequence[Advice]) -> list[Prompt]:
    return [prompt for prompt in only(Prompt, advice) if prompt.offer_id is not None]


def test_what_a_customer_asks_for_is_offered_at_once() -> None:
    assert pitched(call(SHOP).customer("我流量不够用")) == ["pack-30g-1"]


def test_what_was_only_mentioned_waits_until_the_problem_is_solved() -> None:
    mentioned = call(SHOP).customer("我给我爸妈打电话总断").agent("我帮您看看")
    assert pitched(mentioned) == []
    assert pitched(mentioned.customer("好了谢谢")) == ["family-plan-1"]


REMEDY = SELLING.replace("  only_while:", "  asks: {phrase: 怎么办}\n  only_while:")


def test_who_asks_what_could_be_done_asks_for_what_they_have_just_told_to_need() -> None:
    told = call(shop(selling=REMEDY)).customer("我给我爸妈打电话打得多").agent("是的，超出了")
    asks = told.customer("那怎么办")
    assert pitched(asks) == ["family-plan-1"]
    (prompt,) = sold(asks.advice(None))
    assert (prompt.asked_for, len(prompt.because.evidence)) == (True, 2)
    assert pitched(call(shop(selling=REMEDY)).customer("我给我爸妈打电话打得多，怎么办")) == ["family-plan-1"]


def test_who_asks_for_something_in_the_same_words_asks_for_nothing_else() -> None:
    both = call(shop(selling=REMEDY)).customer("我给我爸妈打电话打得多").customer("那我流量不够怎么办")
    assert pitched(both) == ["pack-30g-1"]


def test_what_was_told_long_ago_or_is_read_from_a_tag_is_not_asked_for() -> None:
    long_ago = call(shop(selling=REMEDY)).customer("我给我爸妈打电话打得多").waits(100_000).customer("那怎么办")
    assert pitched(long_ago) == []
    old = call(shop(selling=REMEDY)).fact(0, Known({"customer.handset_months": "30"})).customer("那怎么办")
    assert pitched(old) == []


def test_a_new_problem_makes_offers_wait_again() -> None:
    solved = call(SHOP).customer("谢谢").customer("又坏了")
    assert pitched(solved.customer("我给我爸妈打电话总断")) == []


def test_a_need_may_be_read_from_what_is_known() -> None:
    old = call(SHOP, customer_handset_months="30")
    assert pitched(old.customer("查话费").agent("三十元").customer("谢谢")) == ["handset-1"]
    (need,) = only(NeedHeard, old.advice(None))
    assert (need.need_id, need.is_request, need.because.evidence[0].kind) == ("old", False, "signal")


def test_nothing_is_offered_while_the_customer_is_upset() -> None:
    assert pitched(call(SHOP).customer("我要投诉").agent("抱歉").customer("我流量不够用")) == []


def test_an_open_offer_goes_when_the_customer_gets_upset() -> None:
    advice = call(SHOP).customer("我流量不够用").customer("我要投诉").advice(None)
    assert [(one.prompt_id, one.reason) for one in only(PromptUpdated, advice)] == [("pack-30g-1", "客户不满")]


def test_a_request_of_an_upset_customer_waits_for_the_solution() -> None:
    calmed = call(SHOP).customer("我要投诉").customer("我流量不够用").agent("抱歉").waits(30_000)
    assert pitched(calmed.customer("谢谢")) == ["pack-30g-1"]


def test_nothing_is_sold_to_protected_customers() -> None:
    protected = call(SHOP, customer_opted_out="是")
    assert pitched(protected.customer("我流量不够用").agent("好").customer("谢谢")) == []
    assert pitched(call(SHOP, customer_opted_out="否").customer("我流量不够用")) == ["pack-30g-1"]


def test_an_open_offer_goes_as_soon_as_the_customer_is_known_to_be_protected() -> None:
    shown = call(SHOP).customer("我流量不够用")
    advice = shown.fact(2_500, Known({"customer.opted_out": "是"})).advice(None)
    assert [(one.at_ms, one.reason) for one in only(PromptUpdated, advice)] == [(2_200, "该客户不宜推荐")]


def test_nothing_is_offered_after_a_refusal_until_the_customer_is_interested() -> None:
    refused = call(SHOP).customer("别的我不需要").waits(5_000).customer("我流量不够用")
    assert pitched(refused) == []
    assert pitched(refused.customer("那流量不够用的介绍一下")) == ["pack-30g-1"]


def test_an_offer_may_say_that_it_can_be_made_after_a_refusal() -> None:
    bold = shop(offers=OFFERS_AFTER_REFUSAL)
    assert pitched(call(bold).customer("我不需要").customer("我流量不够用")) == ["pack-1"]


OFFERS_AFTER_REFUSAL = """
offers:
  - {id: pack, title: 包, product: data-pack, needs: {data: 3}, after_refusal: true, wordings: [{id: a, text: 包}]}
"""


def test_an_offer_is_made_once_and_again_only_if_the_agent_left_it_and_it_is_asked_for_again() -> None:
    asked = call(SHOP).customer("我流量不够用").waits(60_000)
    assert pitched(asked) == ["pack-30g-1"]
    assert pitched(asked.customer("所以我流量不够用")) == ["pack-30g-1", "pack-30g-2"]
    made = call(SHOP).customer("我流量不够用").agent("给您推荐三十个G的").waits(90_000)
    assert pitched(made.customer("所以我流量不够用")) == ["pack-30g-1", "pack-10g-1"]


def test_no_more_offers_than_the_manners_allow_and_none_too_soon() -> None:
    both = call(SHOP).customer("我流量不够用").customer("我还给我爸妈打电话").customer("谢谢")
    assert pitched(both) == ["pack-30g-1"]
    assert pitched(both.waits(45_000).customer("谢谢")) == ["pack-30g-1", "family-plan-1"]
    once = shop(selling=SELLING.replace("min_gap_ms: 30000", "min_gap_ms: 30000\n  max_offers: 1"))
    two = call(once).customer("我流量不够用").customer("我还给我爸妈打电话").waits(45_000)
    assert pitched(two.customer("谢谢")) == ["pack-30g-1"]


def test_the_most_offers_hold_back_nothing_that_is_asked_for() -> None:
    asks = SELLING.replace("title: 家人用号,", "title: 家人用号, request: true,")
    once = shop(selling=asks.replace("min_gap_ms: 30000", "min_gap_ms: 30000\n  max_offers: 1"))
    two = call(once).customer("我流量不够用").agent("给您推荐三十个G的").customer("就办这个").waits(45_000)
    assert pitched(two.customer("还有我给我爸妈办")) == ["pack-30g-1", "family-plan-1"]


def test_what_is_asked_for_does_not_wait_for_another_offer_to_go() -> None:
    asks = SELLING.replace("title: 家人用号,", "title: 家人用号, request: true,")
    both = call(shop(selling=asks)).customer("我流量不够用").customer("还有我给我爸妈办")
    assert pitched(both) == ["pack-30g-1", "family-plan-1"]
    assert pitched(call(SHOP).customer("我流量不够用").customer("还有我给我爸妈办")) == ["pack-30g-1"]


def test_what_the_customer_asks_for_waits_for_no_gap_unless_it_belongs_to_what_is_talked_about() -> None:
    asks = SELLING.replace("title: 家人用号,", "title: 家人用号, request: true,")
    asked = call(shop(selling=asks)).customer("我流量不够用").agent("给您推荐三十个G的")
    assert pitched(asked.customer("还有我给我爸妈办")) == ["pack-30g-1", "family-plan-1"]
    again = call(shop(selling=asks)).customer("我流量不够用").agent("给您推荐三十个G的")
    assert pitched(again.customer("可是我流量不够用")) == ["pack-30g-1"]
    about_it = call(shop(selling=asks)).customer("我流量不够用").agent("给您推荐三十个G的")
    assert pitched(about_it.customer("我没听懂，我给我爸妈打电话算吗")) == ["pack-30g-1", "pack-30g.confused-1"]


def test_what_is_asked_for_does_not_wait_for_the_time_between_two_offers() -> None:
    both = call(SHOP).customer("我给我爸妈打电话").customer("谢谢").agent("推荐一个").customer("那我流量不够用")
    assert pitched(both) == ["family-plan-1", "pack-30g-1"]
    assert [prompt.asked_for for prompt in sold(both.advice(None))] == [False, True]


ALIKE = """
offers:
  - {id: pack, title: 包, product: plan, needs: {data: 1}, wordings: [{id: a, text: 三十个G的包}]}
  - {id: family, title: 家, product: plan, needs: {family: 9}, wordings: [{id: a, text: 家}]}
"""


def test_a_need_asked_for_anew_waits_for_no_offer_of_the_same_kind_unless_told_beside_its_need() -> None:
    asks = SELLING.replace("title: 家人用号,", "title: 家人用号, request: true,")
    anew = call(shop(selling=asks, offers=ALIKE)).customer("我流量不够用").customer("还有我给我爸妈办")
    assert pitched(anew) == ["pack-1", "family-1"]
    beside = call(shop(selling=asks, offers=ALIKE)).customer("我流量不够用").customer("流量不够，给我爸妈办")
    assert pitched(beside) == ["pack-1"]


def test_who_asks_for_something_else_has_gone_on_from_the_offer_that_is_talked_about() -> None:
    asks = SELLING.replace("title: 家人用号,", "title: 家人用号, request: true,")
    doubts = call(shop(selling=asks)).customer("我流量不够用").agent("给您推荐三十个G的").customer("我担心")
    assert pitched(doubts) == ["pack-30g-1", "pack-30g.worried-1"]
    gone_on = call(shop(selling=asks)).customer("我流量不够用").agent("给您推荐三十个G的")
    assert pitched(gone_on.customer("我担心，还有我给我爸妈办"))[:2] == ["pack-30g-1", "family-plan-1"]


def test_what_a_recent_offer_answers_waits_though_it_is_asked_for_again() -> None:
    made = call(SHOP).customer("我流量不够用").agent("给您推荐三十个G的").customer("就办这个")
    assert pitched(made.customer("我流量不够用嘛")) == ["pack-30g-1"]


DEAR_MENTION = """
offers:
  - {id: pack, title: 包, product: data-pack, needs: {data: 1}, wordings: [{id: a, text: 包}]}
  - {id: family, title: 家, product: plan, needs: {family: 9}, wordings: [{id: a, text: 家}]}
"""


def test_what_is_asked_for_comes_before_what_was_mentioned_whatever_its_points() -> None:
    both = call(shop(offers=DEAR_MENTION)).customer("给我爸妈打电话，流量不够")
    assert pitched(both.customer("谢谢")) == ["pack-1"]
    (prompt,) = sold(both.advice(None))
    assert prompt.pitch is not None
    assert [(one.offer_id, one.score) for one in prompt.pitch.next_best] == [("family", 9)]


def test_an_offer_asked_for_and_its_answers_find_the_places_that_are_kept_for_steps() -> None:
    budget = "budget: [{most: 4, keep: {step: 3}}]\n  min_gap_ms: 0"
    full = shop(etiquette=ETIQUETTE.replace("min_gap_ms: 0", budget))
    asked = (
        call(full).customer("太贵").customer("我流量不够用").agent("给您推荐一个").customer("我担心").customer("太贵了")
    )
    assert pitched(asked) == ["pack-30g-1", "pack-30g.worried-1", "pack-10g-1"]
    mentioned = call(full).customer("太贵").customer("给我爸妈打电话").customer("谢谢")
    assert pitched(mentioned) == []


@pytest.mark.parametrize(
    ("answer", "prompt_id", "kind", "wording_id"),
    [
        ("我没听懂", "pack-30g.confused-1", "say", "selling-points"),
        ("我担心乱扣", "pack-30g.worried-1", "say", "objection.worried"),
        ("我再想想", "pack-30g.hesitant-1", "close", "close"),
        ("合约多久", "pack-30g.contract-1", "answer", "objection.contract"),
        ("太贵了", "pack-10g-1", "offer", "plain"),
    ],
)
def test_prompts_follow_how_the_customer_takes_an_offer(
    answer: str, prompt_id: str, kind: str, wording_id: str
) -> None:
    offered = call(SHOP).customer("我流量不够用").agent("给您推荐三十个G的").customer(answer)
    *_, last = sold(offered.advice(None))
    assert (last.prompt_id, last.kind, last.wording_id) == (prompt_id, kind, wording_id)


def test_reactions_mean_nothing_until_the_agent_has_made_the_offer() -> None:
    assert pitched(call(SHOP).customer("我流量不够用").customer("我再想想")) == ["pack-30g-1"]


def test_a_reaction_is_answered_once() -> None:
    offered = call(SHOP).customer("我流量不够用").agent("给您推荐三十个G的").customer("我担心").customer("还是担心")
    assert pitched(offered) == ["pack-30g-1", "pack-30g.worried-1"]


def test_talk_about_an_offer_ends_with_a_yes_with_a_no_and_in_time() -> None:
    offered = ["我流量不够用", "给您推荐三十个G的"]
    for end in ("就办这个", "不需要"):
        talk = call(SHOP).customer(offered[0]).agent(offered[1]).customer(end).customer("我担心")
        assert pitched(talk) == ["pack-30g-1"]
    late = call(SHOP).customer(offered[0]).agent(offered[1]).waits(90_000).customer("我担心")
    assert pitched(late) == ["pack-30g-1"]


def test_rules_can_leave_an_offer_that_is_talked_about_to_its_own_answers() -> None:
    alone = [prompt.prompt_id for prompt in only(Prompt, call(SHOP).customer("太贵了").advice(None))]
    talk = call(SHOP).customer("我流量不够用").agent("给您推荐三十个G的").customer("太贵了")
    assert alone == ["generic-price-1"]
    assert "generic-price-1" not in [prompt.prompt_id for prompt in only(Prompt, talk.advice(None))]


def test_the_prompt_of_an_offer_goes_when_the_agent_has_made_it() -> None:
    advice = call(SHOP).customer("我流量不够用").agent("给您推荐三十个G的").advice(None)
    assert [(one.prompt_id, one.reason) for one in only(PromptUpdated, advice)] == [("pack-30g-1", "坐席已经推荐")]


def test_experts_see_titles_of_the_kinds_they_want_and_their_own_wording() -> None:
    expert = call(SHOP, agent_mode="expert").customer("我流量不够用").agent("给您推荐三十个G的").customer("我担心")
    (prompt,) = sold(expert.advice(None))
    assert (prompt.brief, prompt.body, prompt.wording_id) == (True, "三十G", "brief")
    novice = sold(call(SHOP, agent_mode="novice").customer("我流量不够用").advice(None))
    assert [(one.brief, one.wording_id) for one in novice] == [(False, "plain")]


def test_badly_heard_words_are_no_need() -> None:
    assert pitched(call(SHOP).customer("我流量不够用", confidence=0.1)) == []


def test_without_states_the_acts_of_both_tell_when_a_problem_is_solved() -> None:
    by_acts = shop(selling=SELLING.replace("  only_while: {solved: true}\n", ""))
    told = call(by_acts).customer("给我爸妈打电话总断").agent("马上给您修", acts=["commit"])
    assert pitched(told) == []
    assert pitched(told.customer("嗯", acts=["ack"])) == ["family-plan-1"]
    assert (
        pitched(call(by_acts).customer("给我爸妈打").agent("是故障", acts=["inform"]).customer("嗯", acts=["ack"]))
        == []
    )
    again = call(by_acts).agent("马上修", acts=["commit"]).customer("好", acts=["accept"])
    assert pitched(again.customer("又断", intents=["fault_mobile"]).customer("给我爸妈打电话")) == []


def test_an_offer_left_out_by_the_budget_waits_until_its_need_is_heard_again() -> None:
    one_a_minute = shop(
        etiquette=ETIQUETTE.replace("min_gap_ms: 0", "budget: [{most: 1, within_ms: 60000}]\n  min_gap_ms: 0")
    )
    spent = call(one_a_minute).customer("我给我爸妈打电话").customer("太贵").customer("谢谢").waits(90_000)
    assert pitched(spent) == []
    assert [(one.kind, one.offer_id, one.lack) for one in only(PromptLeftOut, spent.advice(None))] == [
        ("offer", "family-plan", "budget")
    ]
    assert pitched(spent.customer("我给我爸妈打电话")) == ["family-plan-1"]


def test_an_answer_left_out_by_the_budget_does_not_come_late() -> None:
    one_in_ten = shop(
        etiquette=ETIQUETTE.replace("min_gap_ms: 0", "budget: [{most: 1, within_ms: 10000}]\n  min_gap_ms: 0")
    )
    doubts = (
        call(one_in_ten).customer("我流量不够用").agent("给您推荐一个").waits(4_000).customer("我担心").waits(20_000)
    )
    assert pitched(doubts) == ["pack-30g-1"]
