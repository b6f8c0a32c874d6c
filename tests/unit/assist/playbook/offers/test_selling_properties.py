"""What holds for the selling of every call."""

from __future__ import annotations

import pickle
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from assist.messages import NeedHeard, Party, Prompt, PromptUpdated
from assist.playbook import Advice, Fact, Known, begin
from tests.support.catalogue import shop
from tests.support.dialogue import Dialogue, only, run

PLAYBOOK = shop()
CATALOGUE = PLAYBOOK.catalogue
PARTIES: list[Party] = ["agent", "customer", "customer"]
LINES = [
    "我流量不够用",
    "我给我爸妈打电话",
    "谢谢",
    "我要投诉",
    "又坏了",
    "给您推荐一个",
    "太贵了",
    "我没听懂",
    "我担心",
    "再想想",
    "合约多久",
    "不需要",
    "就办这个",
    "介绍一下",
    "嗯",
]


@st.composite
def calls(draw: st.DrawFn) -> list[Fact]:
    """Calls of up to ten lines, in which something may become known of the customer at any time."""
    call, start_ms = Dialogue(PLAYBOOK), 0
    for _ in range(draw(st.integers(0, 10))):
        start_ms += draw(st.integers(0, 25_000))
        if draw(st.integers(0, 4)) == 0:
            known = {"customer.dou": draw(st.sampled_from(["5", "30", "90"]))}
            call.fact(start_ms, Known(known | draw(st.sampled_from([{}, {"customer.opted_out": "是"}]))))
        party = draw(st.sampled_from(PARTIES))
        confidence = draw(st.sampled_from([0.1, 0.9, 0.9]))
        call.says(party, draw(st.sampled_from(LINES)), start_ms=start_ms, confidence=confidence)
    return call.facts(draw(st.sampled_from(["hangup", None])))


@settings(max_examples=30, deadline=None)
@given(calls(), st.sets(st.integers(0, 400), max_size=6))
def test_a_call_in_any_pieces_is_the_whole_call(facts: list[Fact], cuts: set[int]) -> None:
    state, advice = begin(PLAYBOOK), list[Advice]()
    for start, end in pairwise([0, *sorted(cuts), len(facts)]):
        state, more = run(PLAYBOOK, facts[start:end], pickle.loads(pickle.dumps(state)))
        advice += more
    assert (state, advice) == run(PLAYBOOK, facts)


@settings(max_examples=30, deadline=None)
@given(calls())
def test_manners_are_kept(facts: list[Fact]) -> None:
    assert CATALOGUE is not None
    state, open_offers, offers = begin(PLAYBOOK), dict[str, Prompt](), list[Prompt]()
    for fact in facts:
        state, advice = run(PLAYBOOK, [fact], state)
        for one in advice:
            if isinstance(one, Prompt) and one.offer_id:
                open_offers[one.prompt_id] = one
                offers.append(one)
            elif isinstance(one, PromptUpdated):
                open_offers.pop(one.prompt_id, None)
        upset = state.states.get("upset")
        if (upset is not None and (upset.value is True or not upset.is_certain)) or state.facts.get(
            "customer.opted_out"
        ) == "是":
            assert not open_offers
    opened = [prompt for prompt in offers if prompt.because.reason.startswith("客户需要")]
    for number, prompt in enumerate(opened):
        so_far = {one.offer_id for one in opened[: number + 1]}
        assert prompt.asked_for or len(so_far) <= CATALOGUE.manners.max_offers
    gap_ms = CATALOGUE.manners.min_gap_ms
    assert all(later.at_ms - earlier.at_ms >= gap_ms or later.asked_for for earlier, later in pairwise(opened))
    again = [pair for pair in pairwise(opened) if len({prompt.because.reason for prompt in pair}) == 1]
    assert all(later.at_ms - earlier.at_ms >= gap_ms for earlier, later in again)


@settings(max_examples=30, deadline=None)
@given(calls())
def test_no_offer_without_a_need_that_was_told_before(facts: list[Fact]) -> None:
    told: set[str] = set()
    for one in run(PLAYBOOK, facts)[1]:
        if isinstance(one, NeedHeard):
            assert one.title not in told
            told.add(one.title)
        elif isinstance(one, Prompt) and one.kind == "offer":
            assert one.pitch is not None
            assert one.because.evidence
            needs = {reason.name for reason in one.pitch.reasons if reason.kind == "need"}
            assert needs
            assert needs <= told


@settings(max_examples=20, deadline=None)
@given(calls())
def test_prompts_have_ids_of_their_own(facts: list[Fact]) -> None:
    ids = [prompt.prompt_id for prompt in only(Prompt, run(PLAYBOOK, facts)[1])]
    assert len(set(ids)) == len(ids)
