"""The bundled telecom playbook keeps its promises to agents and QA."""

from __future__ import annotations

from pathlib import Path

import pytest

from assist.playbook import Playbook, load_playbook

PLAYBOOKS = Path(__file__).parents[4] / "examples" / "playbooks"
MAX_TITLE_CHARS = 16
MAX_BODY_CHARS = 80


@pytest.fixture(scope="module")
def telecom() -> Playbook:
    return load_playbook(PLAYBOOKS / "telecom.yaml")


def test_it_is_telecom_version_1(telecom: Playbook) -> None:
    assert telecom.reference == "telecom@1"


def test_it_has_cues_of_every_kind_and_rules_for_qa(telecom: Playbook) -> None:
    prompts = [rule.prompt for rule in telecom.rules if rule.prompt is not None]
    assert {prompt.kind for prompt in prompts} == {"say", "soothe", "close", "answer", "step"}
    assert len(prompts) >= 10
    assert sum(rule.flag is not None for rule in telecom.rules) >= 10


def test_cues_are_short_enough_to_read_at_a_glance(telecom: Playbook) -> None:
    for rule in telecom.rules:
        if rule.prompt is not None:
            assert len(rule.prompt.title) <= MAX_TITLE_CHARS, rule.rule_id
            assert len(rule.prompt.body) <= MAX_BODY_CHARS, rule.rule_id


def test_most_rules_say_by_example_what_they_react_to_and_what_not(telecom: Playbook) -> None:
    tried = [rule for rule in telecom.rules if {case.fires for case in rule.cases} == {True, False}]
    assert len(tried) >= 25


def test_selling_stops_when_the_customer_is_upset_has_refused_or_is_protected(telecom: Playbook) -> None:
    held = telecom.etiquette.no_selling_while
    assert {name for name in ("upset", "refused", "bereaved") if held[name] is True} == {"upset", "refused", "bereaved"}
    assert telecom.etiquette.never_to == ("protected",)


def test_it_has_offers_with_all_that_it_takes_to_sell_them(telecom: Playbook) -> None:
    assert telecom.catalogue is not None
    assert len(telecom.catalogue.offers) >= 10
    for offer in telecom.catalogue.offers:
        assert offer.price is not None, offer.offer_id
        assert offer.selling_points, offer.offer_id
        assert offer.terms, offer.offer_id
        assert offer.answer("hesitant", "") is not None or offer.product == "points", offer.offer_id
        assert all(len(wording.text) <= MAX_BODY_CHARS for wording in offer.wordings), offer.offer_id
    tried = [offer for offer in telecom.catalogue.offers if {case.fires for case in offer.cases} == {True, False}]
    assert len(tried) >= 10
