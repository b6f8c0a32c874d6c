"""The bundled playbooks keep their promises to agents and QA; `rules check` tries their cases (test_cli_commands)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest

from assist.playbook import Playbook, PlaybookLibrary
from assist.playbook.experiments import assign, conducted
from assist.playbook.moment import Truth
from assist.playbook.tags import weigh

ROOT = Path(__file__).parents[4]
PLAYBOOKS = ROOT / "examples" / "playbooks"
EARLY_PAGE = (ROOT / "docs" / "playbooks.md").read_text(encoding="utf-8")
MAX_TITLE_CHARS = 16
MAX_BODY_CHARS = 80
NAMES = ("bank", "retail", "telecom")


@pytest.fixture(scope="module")
def library() -> PlaybookLibrary:
    library = PlaybookLibrary(PLAYBOOKS, default="telecom")
    assert [result.error for result in library.reload()] == [None] * len(NAMES)
    return library


@pytest.fixture(params=NAMES)
def bundled(library: PlaybookLibrary, request: pytest.FixtureRequest) -> Playbook:
    return library.get(request.param)


@pytest.fixture(scope="module")
def telecom(library: PlaybookLibrary) -> Playbook:
    return library.get("telecom")


def test_it_is_telecom_version_1(telecom: Playbook) -> None:
    assert telecom.reference == "telecom@1"


def test_it_has_cues_of_every_kind_and_rules_for_qa(telecom: Playbook) -> None:
    prompts = [rule.prompt for rule in telecom.rules if rule.prompt is not None]
    assert {prompt.kind for prompt in prompts} == {"say", "soothe", "close", "answer", "step"}
    assert len(prompts) >= 10
    assert sum(rule.flag is not None for rule in telecom.rules) >= 10


def test_nothing_is_bundled_that_is_not_looked_at_here() -> None:
    assert {path.stem for path in PLAYBOOKS.glob("*.yaml")} == set(NAMES)


def test_calls_that_name_no_playbook_are_telecom_calls(library: PlaybookLibrary) -> None:
    assert library.names() == list(NAMES)
    assert library.get(None).name == "telecom"


def test_each_has_cues_qa_rules_and_offers_enough_for_a_hotline(bundled: Playbook) -> None:
    assert sum(rule.prompt is not None for rule in bundled.rules) >= 10
    assert sum(rule.flag is not None for rule in bundled.rules) >= 12
    assert sum(rule.prompt is not None and rule.shows_early for rule in bundled.rules) >= 5
    assert bundled.catalogue is not None
    assert len(bundled.catalogue.offers) >= 4
    assert all(offer.price is not None and offer.selling_points and offer.terms for offer in bundled.catalogue.offers)


def test_prompts_that_are_not_early_are_named_with_the_reason(bundled: Playbook) -> None:
    assert bundled.catalogue is not None
    told = EARLY_PAGE.partition("These wait:")[2].partition("\n\n")[0]
    rules = [rule.rule_id for rule in bundled.rules if rule.prompt is not None and not rule.shows_early]
    needs = [need.need_id for need in bundled.catalogue.needs if need.is_request and not need.shows_early]
    assert [name for name in (*rules, *needs) if f"`{name}`" not in told] == []


def test_each_forbids_selling_to_the_upset_the_bereaved_the_unwilling_and_the_protected(bundled: Playbook) -> None:
    held = bundled.etiquette.no_selling_while
    assert {"upset": True, "refused": True, "bereaved": True}.items() <= held.items()
    assert "protected" in bundled.etiquette.never_to


def test_every_rule_says_by_example_what_it_reacts_to_and_what_not(bundled: Playbook) -> None:
    untried = [rule.rule_id for rule in bundled.rules if {case.fires for case in rule.cases} != {True, False}]
    assert untried == []


def test_cues_are_short_enough_to_read_at_a_glance(bundled: Playbook) -> None:
    for rule in bundled.rules:
        if rule.prompt is not None:
            assert len(rule.prompt.title) <= MAX_TITLE_CHARS, rule.rule_id
            assert len(rule.prompt.body) <= MAX_BODY_CHARS, rule.rule_id


def test_telecom_has_as_many_prompts_flags_offers_and_wordings_as_a_hotline_needs(telecom: Playbook) -> None:
    assert telecom.catalogue is not None
    assert sum(rule.prompt is not None for rule in telecom.rules) >= 25
    assert sum(rule.flag is not None for rule in telecom.rules) >= 25
    assert len(telecom.catalogue.offers) >= 10
    scenes = wordings_by_scene(telecom)
    assert sum(map(len, scenes.values())) >= 60
    objections = {"price", "rival", "distrust", "worried", "confused", "hesitant"}
    assert {"soothe", "step", "answer", "say", "close", "offer", *objections} <= scenes.keys()


def wordings_by_scene(playbook: Playbook) -> Mapping[str, set[str]]:
    """What agents can be shown to say: prompts of rules by kind, openings of offers, answers to offers by reaction.

    Counted as docs/playbooks.md (bundled playbooks) says; the same text twice is one.
    """
    scenes: defaultdict[str, set[str]] = defaultdict(set)
    for rule in playbook.rules:
        if rule.prompt is not None:
            scenes[rule.prompt.kind].add(rule.prompt.body)
    for offer in playbook.catalogue.offers if playbook.catalogue else ():
        for wording in offer.wordings:
            scenes[wording.reaction or "offer"].add(wording.text)
        for reaction, text in offer.objections.items():
            scenes[reaction].add(text)
    return scenes


def test_sets_of_one_name_have_the_same_sentences_in_all(library: PlaybookLibrary) -> None:
    labels: defaultdict[str, set[str]] = defaultdict(set)
    for name in NAMES:
        for meaning in library.get(name).meanings:
            labels[meaning.name].add(meaning.label)
    assert {name: found for name, found in labels.items() if len(found) > 1} == {}


def test_each_hears_by_meaning_too(bundled: Playbook) -> None:
    """Every set by twenty examples or more, in which many mouths have room, and fifteen that come near."""
    few = {one.name for one in bundled.meanings if len(one.examples) < 20 or len(one.unlike) < 15}
    assert len(bundled.meanings) >= 40
    assert few == set()


def test_selling_stops_when_the_customer_is_upset_has_refused_or_is_protected(telecom: Playbook) -> None:
    held = telecom.etiquette.no_selling_while
    assert {name for name in ("upset", "refused", "bereaved") if held[name] is True} == {"upset", "refused", "bereaved"}
    assert telecom.etiquette.never_to == ("protected",)


def test_it_has_offers_with_all_that_it_takes_to_sell_them(telecom: Playbook) -> None:
    assert telecom.catalogue is not None
    for offer in telecom.catalogue.offers:
        assert offer.price is not None, offer.offer_id
        assert offer.selling_points, offer.offer_id
        assert offer.terms, offer.offer_id
        assert offer.answer("hesitant", "") is not None or offer.product == "points", offer.offer_id
        assert all(len(wording.text) <= MAX_BODY_CHARS for wording in offer.wordings), offer.offer_id
    offers = telecom.catalogue.offers
    assert [one.offer_id for one in offers if {case.fires for case in one.cases} != {True, False}] == []


def test_each_holds_prompts_out_of_few_calls_and_none_that_a_call_needs(bundled: Playbook) -> None:
    held_out = {source for source, one in bundled.experiments.items() if one.hold_out}
    assert {one.hold_out for one in bundled.experiments.values()} - {0.0} == {0.05}
    rules = [rule for rule in bundled.rules if rule.prompt is not None]
    needed = {rule.rule_id for rule in rules if rule.flag or (rule.prompt and rule.prompt.kind == "soothe")}
    duties = {"confirm-order", "respect-refusal", "verify-first", "suitability-first", "pack-terms", "contract-terms"}
    assert not held_out & (needed | duties)
    assert {rule.rule_id for rule in rules} & held_out


def test_without_hold_outs_as_in_a_demonstration_every_call_gets_every_prompt(bundled: Playbook) -> None:
    drawn = [
        one
        for number in range(200)
        for one in assign(conducted(bundled.experiments.values(), hold_outs=False), f"c{number}")
    ]
    assert {one.arm for one in drawn} <= {"shown"}


def test_telecom_tries_wordings(telecom: Playbook) -> None:
    assert any(len(one.variants) > 1 for one in telecom.experiments.values())
    for one in telecom.experiments.values():
        assert all(len(variant.body or "") <= MAX_BODY_CHARS for variant in one.variants), one.experiment_id


@pytest.mark.parametrize(
    ("known", "tags"),
    [
        (dict[str, str](), set[str]()),
        ({"customer.complaints_90d": "2", "customer.calls_30d": "4"}, {"complainer", "frequent"}),
        ({"history.complaints_90d": "2", "history.calls_30d": "4"}, {"complainer", "frequent"}),
        ({"customer.complaints_90d": "0", "history.complaints_90d": "2"}, {"complainer"}),
        ({"customer.calls_30d": "5", "history.calls_30d": "0"}, {"frequent"}),
        ({"customer.calls_30d": "3", "history.calls_30d": "3", "history.complaints_90d": "1"}, set[str]()),
    ],
)
def test_complaints_and_calls_count_by_the_directory_or_by_what_livecue_remembers(
    telecom: Playbook, known: Mapping[str, str], tags: set[str]
) -> None:
    truths = {tag: truth for tag, truth in weigh(telecom.tags, known).items() if tag in ("complainer", "frequent")}
    assert {tag for tag, truth in truths.items() if truth is Truth.TRUE} == tags
    assert Truth.UNKNOWN not in truths.values()
