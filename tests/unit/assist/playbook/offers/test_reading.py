"""Mistakes in a catalogue are told with line and field."""

from __future__ import annotations

import pytest

from assist.errors import PlaybookError
from assist.playbook import check_playbook, failures_in, foresee
from assist.playbook.facts import Turn
from assist.playbook.state import begin
from tests.support.catalogue import ETIQUETTE, OFFERS, RULES, SELLING, TAGS, shop
from tests.support.dialogue import phrases_in, utterance_of

OFFER = "  - {id: o, title: 题, product: p, needs: {data: 1}, wordings: [{id: a, text: 说}]"


@pytest.mark.parametrize(
    ("offer", "message"),
    [
        ("{id: o, title: 题, product: p, needs: {data: 1}}", "offer: the key 'wordings' is missing"),
        ("{id: o, title: 题, product: p, needs: {}, wordings: [{id: a, text: 说}]}", "expected a need and its weight"),
        ("{id: o, title: 题, product: p, needs: {dat: 1}, wordings: [{id: a, text: 说}]}", "no need 'dat'; known are"),
        ("{id: o, title: 题, product: p, needs: {data: 11}, wordings: [{id: a, text: 说}]}", "from 1 to 10"),
        (
            "{id: o, title: 题, product: p, needs: {data: 1}, wordings: [{id: a, mode: expert, text: 说}]}",
            "one has to be without mode and reaction",
        ),
        (
            "{id: o, title: 题, product: p, needs: {data: 1}, wordings: [{id: a, text: 说}, {id: a, text: 说}]}",
            "'a' stands here twice",
        ),
        (
            "{id: o, title: 题, product: p, needs: {data: 1}, wordings: [{id: a, reaction: refused, text: 说}]}",
            "wordings: reaction: expected one of",
        ),
        (OFFER[4:] + ", objections: {bored: 说}}", "objections: reaction: expected one of"),
        (OFFER[4:] + ", cheaper: nothing}", "cheaper: no offer 'nothing' stands above it"),
        (OFFER[4:] + ", price: {amount: 9, per: week}}", "price: per: expected one of"),
        (OFFER[4:] + ", price: {amount: -1}}", "expected 0 or more"),
        (OFFER[4:] + ", eligible: {phrase: 说}}", "unknown key 'phrase'"),
        (OFFER[4:] + ", excluded: {tag: rich}}", "no tag 'rich'"),
        (OFFER[4:] + ", propensity: 101}", "expected a number from -100 to 100"),
        (OFFER[4:] + ", eligble: {tag: heavy}}", "did you mean 'eligible'?"),
        (OFFER[4:] + ", cases: {fires: [{dialogue: [客户: 说], offered: x}]}}", "no offer 'x'; known are o"),
        ("{id: upset, title: 题, product: p, needs: {data: 1}, wordings: [{id: a, text: 说}]}", "a rule has this id"),
    ],
)
def test_a_mistake_in_an_offer_is_told_with_its_place(offer: str, message: str) -> None:
    with pytest.raises(PlaybookError, match=r"s\.yaml") as refused:
        shop(offers=f"\noffers:\n  - {offer}\n")
    assert message in refused.value.message
    assert refused.value.line is not None


@pytest.mark.parametrize(
    ("prices", "is_cheaper"), [("9 month 10 month", True), ("10 month 10 month", False), ("9 day 10 month", False)]
)
def test_the_cheaper_offer_costs_less_for_the_same_time(prices: str, is_cheaper: bool) -> None:
    small, small_per, big, big_per = prices.split()
    offers = f"""
offers:
{OFFER.replace("id: o", "id: small")}, price: {{amount: {small}, per: {small_per}}}}}
{OFFER.replace("id: o", "id: big")}, price: {{amount: {big}, per: {big_per}}}, cheaper: small}}
"""
    if is_cheaper:
        assert shop(offers=offers).catalogue
    else:
        with pytest.raises(PlaybookError, match="is not cheaper"):
            shop(offers=offers)


@pytest.mark.parametrize(
    ("selling", "message"),
    [
        ("\nselling: {}\n", "the key 'needs' is missing"),
        (SELLING.replace("id: data, ", ""), "the key 'id' is missing"),
        (SELLING.replace("id: family", "id: data"), "need 'data': stands here twice"),
        (SELLING.replace("request: true, early: true", "early: true"), "only what a customer asks for can be early"),
        (SELLING.replace("{solved: true}", "{sloved: true}"), "state 'sloved': no rule sets it"),
        (SELLING.replace("refused: {", "refused: {early: true, "), "only what is answered can be early"),
        (SELLING.replace("title: 问合约, ", ""), "reaction 'contract': the key 'title' is missing"),
        (SELLING.replace("phrase: 推荐", "fraze: 推荐"), "selling: said: unknown key 'fraze'"),
    ],
)
def test_a_mistake_in_selling_is_told_with_its_place(selling: str, message: str) -> None:
    with pytest.raises(PlaybookError) as refused:
        shop(selling=selling)
    assert message in refused.value.message


def test_offers_and_selling_need_each_other() -> None:
    with pytest.raises(PlaybookError, match="the section 'offers' is missing"):
        shop(offers="")
    with pytest.raises(PlaybookError, match="the section 'selling' is missing"):
        shop(selling="")


@pytest.mark.parametrize(
    ("etiquette", "message"),
    [
        ("{never_to: [rich]}", "etiquette: never_to: expected one of heavy, old-handset, protected"),
        ("{modes: {tired: {brief: true}}}", "etiquette: modes: expected one of expert, novice"),
        ("{modes: {expert: {kinds: [gossip]}}}", "etiquette: modes: expert: kinds: expected one of"),
    ],
)
def test_a_mistake_in_the_manners_is_told_with_its_place(etiquette: str, message: str) -> None:
    with pytest.raises(PlaybookError) as refused:
        shop(etiquette=f"\netiquette: {etiquette}\n")
    assert message in refused.value.message


def test_all_mistakes_of_a_catalogue_are_told_at_once() -> None:
    text = f"name: shop\nversion: 1\ntitle: 试\n{ETIQUETTE}{TAGS}{SELLING}{OFFERS}{RULES}"
    text = text.replace("needs: {family: 3}", "needs: {famly: 3}").replace("needs: {old: 1}", "needs: {odl: 1}")
    playbook, complaints = check_playbook(text, "s.yaml")
    assert playbook is None
    assert ["no need 'famly'" in complaints[0].message, "no need 'odl'" in complaints[1].message] == [True, True]


def test_what_offers_listen_for_is_listened_for() -> None:
    assert {"流量不够", "给我爸妈", "太贵", "推荐"} <= {phrase.text for phrase in shop().phrases}


def test_cases_of_an_offer_are_tried() -> None:
    offers = OFFERS + (
        "    cases:\n      fires: [[客户: 查话费]]\n"
        "      silent:\n        - {dialogue: [客户: 流量不够], offered: pack-30g, not_offered: pack-10g}\n"
        "        - {dialogue: [客户: 流量不够], offered: pack-10g}\n"
    )
    playbook = shop(offers=offers)
    failures = list(failures_in(playbook, lambda heard: phrases_in(heard, playbook)))
    assert [(failure.rule_id, failure.message.partition(": ")[2]) for failure in failures] == [
        ("handset", "a case expects this offer, what followed is nothing"),
        ("handset", "a case expects another or none with the offer pack-10g, what followed is the offer pack-30g"),
    ]


def test_lines_of_an_offers_cases_may_mean_what_the_playbook_names() -> None:
    meanings = "meanings:\n  thrifty: {party: customer, examples: [省一点, 便宜点, 少交点]}\n"
    needs = SELLING.replace("phrase: 给我爸妈}", "means: thrifty}")
    offers = OFFERS + "    cases:\n      silent: [[{客户: 想少花点, means: thrifty}]]\n"
    assert list(failures_in(shop(selling=meanings + needs, offers=offers), lambda _: ())) == []


def test_a_request_may_be_answered_while_the_words_go_on() -> None:
    playbook = shop()
    assert playbook.shows_early
    words = utterance_of(1, "customer", "我流量不够", 0, 1_000, 0.9)
    _, (prompt,) = foresee(playbook, begin(playbook), Turn(words, phrases_in(words, playbook)), ())
    assert (prompt.prompt_id, prompt.from_partial) == ("pack-30g-1", True)
    mentioned = utterance_of(1, "customer", "我给我爸妈", 0, 1_000, 0.9)
    assert foresee(playbook, begin(playbook), Turn(mentioned, phrases_in(mentioned, playbook)), ())[1] == ()
