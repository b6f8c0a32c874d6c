"""Why nothing is offered although something fits: told when it begins, when it changes and when it is over."""

from __future__ import annotations

from assist.messages import Assignment, OfferHeldBack, Prompt
from assist.playbook import Known, begin
from tests.support.catalogue import ETIQUETTE, OFFERS, SELLING, call, shop
from tests.support.dialogue import Dialogue, only, run

SHOP = shop()


def told(dialogue: Dialogue) -> list[tuple[str, str, str]]:
    """Offer, what holds it back or "lifted", and by what."""
    return [
        (one.offer_id, "lifted" if one.is_lifted else one.hold, one.by)
        for one in only(OfferHeldBack, dialogue.advice(None))
    ]


def test_a_state_that_forbids_selling_before_any_offer_is_told_with_its_words() -> None:
    upset = call(SHOP).customer("我要投诉").customer("我流量不够用")
    assert told(upset) == [("pack-30g", "state", "upset")]
    (held,) = only(OfferHeldBack, upset.advice(None))
    assert (held.title, held.need_ids, held.because.rule) == ("30G流量包", ("data",), "pack-30g@1")
    assert held.because.reason == "客户不满"
    assert [piece.quote for piece in held.because.evidence] == ["投诉"]


def test_it_is_taken_back_before_the_offer_is_shown() -> None:
    calmed = call(SHOP).customer("我要投诉").customer("我流量不够用").waits(30_000).customer("谢谢")
    assert told(calmed) == [("pack-30g", "state", "upset"), ("pack-30g", "lifted", "upset")]
    advice = [one for one in calmed.advice(None) if isinstance(one, Prompt | OfferHeldBack)]
    assert [one.type for one in advice] == ["offer-held-back", "offer-held-back", "prompt"]


def test_nothing_is_told_where_nothing_was_heard_or_nothing_fits() -> None:
    assert told(call(SHOP).customer("我要投诉").waits(20_000)) == []
    has_it = call(SHOP, customer_plan="家庭套餐").customer("我要投诉").customer("我给我爸妈打电话")
    assert told(has_it) == []


def test_what_only_waits_for_its_moment_is_not_held_back() -> None:
    assert told(call(SHOP).customer("我给我爸妈打电话总断").waits(30_000)) == []


def test_who_the_customer_is_comes_before_how_the_call_goes() -> None:
    known = call(SHOP).customer("我要投诉").customer("我流量不够用").fact(4_500, Known({"customer.opted_out": "是"}))
    assert told(known.waits(5_000)) == [("pack-30g", "state", "upset"), ("pack-30g", "protected", "protected")]
    assert only(OfferHeldBack, known.advice(None))[-1].because.reason == "该客户不宜推荐"


def test_a_refusal_is_told_with_its_words_until_the_customer_is_interested() -> None:
    refused = call(SHOP).customer("别的我不需要").waits(5_000).customer("我流量不够用")
    assert told(refused) == [("pack-30g", "refused", "")]
    assert [piece.quote for piece in only(OfferHeldBack, refused.advice(None))[0].because.evidence] == ["不需要"]
    assert told(refused.customer("那介绍一下"))[1:] == [("pack-30g", "lifted", "")]


def test_an_offer_that_may_be_made_after_a_refusal_is_not_held_back_by_it() -> None:
    bold = shop(offers=OFFERS.replace("needs: {family: 3}", "needs: {family: 3}\n    after_refusal: true"))
    assert told(call(bold).customer("我不需要").customer("我给我爸妈打电话").customer("谢谢")) == []


def test_the_limits_of_selling_are_told_when_they_are_what_an_offer_waits_for() -> None:
    soon = (
        call(SHOP)
        .customer("我流量不够用")
        .agent("推荐一个")
        .customer("就办这个")
        .customer("我给我爸妈打")
        .customer("谢谢")
    )
    assert told(soon) == [("family-plan", "gap", "")]
    assert told(soon.waits(30_000)) == [("family-plan", "gap", ""), ("family-plan", "lifted", "")]
    once = shop(selling=SELLING.replace("min_gap_ms: 30000", "min_gap_ms: 30000\n  max_offers: 1"))
    assert told(call(once).customer("我流量不够用").customer("我给我爸妈打电话")) == [("family-plan", "most", "")]


def test_needs_for_which_an_offer_was_shown_have_their_answer() -> None:
    shown = call(SHOP).customer("我流量不够用").agent("推荐一个").customer("就办这个，流量不够").customer("谢谢")
    assert told(shown.waits(5_000).customer("我要投诉")) == []


def test_what_is_asked_for_at_once_was_never_held_back() -> None:
    both = call(SHOP).customer("我给我爸妈打电话").customer("谢谢").agent("推荐一个").customer("那我流量不够用")
    assert told(both.waits(5_000)) == []


def test_it_is_told_once_and_again_when_it_is_another_offer() -> None:
    two = call(SHOP).customer("我要投诉").customer("我给我爸妈打电话").customer("还是投诉").waits(30_000)
    assert told(two.customer("我流量不够用").waits(60_000)) == [
        ("family-plan", "state", "upset"),
        ("pack-30g", "state", "upset"),
    ]


def test_what_the_agent_is_not_shown_anyway_is_not_told() -> None:
    silent = shop(etiquette=ETIQUETTE.replace("kinds: [offer, close]", "kinds: [say]"))
    assert told(call(silent, agent_mode="expert").customer("我要投诉").customer("我流量不够用")) == []
    tried = shop(offers=OFFERS.replace("title: 30G流量包", "title: 30G流量包\n    experiment: {hold_out: 0.5}"))
    drawn = Assignment(experiment="pack-30g", arm="held-out", variant="", hold_out=0.5, shares={})
    upset = call(tried).customer("我要投诉").customer("我流量不够用")
    _, advice = run(tried, upset.facts(None), begin(tried, [drawn]))
    assert [one.offer_id for one in only(OfferHeldBack, advice)] == ["pack-10g"]
