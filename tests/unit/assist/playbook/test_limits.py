"""Allowances that hold only for some agents, by what is known of them, and what is told of that."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assist.errors import PlaybookError
from assist.messages import AgentHour, Prompt, PromptLeftOut, PromptsLimited
from assist.playbook import Advice, Known, Playbook, begin
from assist.playbook.budget import Allowance
from tests.support.dialogue import Dialogue, only, playbook_of, run

RULES = """
  - {id: plan, party: customer, phrase: 套餐, cool_down_ms: 0, expires_ms: 1000, because: 问套餐,
     emit: {prompt: {kind: offer, title: 套餐, body: 说}}}
  - {id: bill, party: customer, phrase: 账单, cool_down_ms: 0, expires_ms: 1000, because: 问账单,
     emit: {prompt: {kind: answer, title: 账单, body: 说}}}
"""
FULL_HOUR = "这一小时提示已经很多"
LIMIT = f"{{most: 3, keep: {{answer: 2}}, when: {{fact: {{path: agent.prompts_60m, min: 60}}}}, because: {FULL_HOUR}}}"


def playbook(*allowances: str, modes: str = "{}") -> Playbook:
    budget = f"[{', '.join(allowances)}]"
    etiquette = f"{{max_open_prompts: 9, min_gap_ms: 0, budget: {budget}, modes: {modes}}}"
    return playbook_of(RULES, more=f"etiquette: {etiquette}")


PLAYBOOK = playbook("{most: 6}", LIMIT)


def hour(prompts: int, *, agent_id: str = "1001") -> Known:
    return Known.of(AgentHour(at_ms=0, agent_id=agent_id, calls=9, prompts=prompts, talk_ms=1_234_567, took_ms=3))


def call(*known: Known, of: Playbook = PLAYBOOK, agent: Mapping[str, str] | None = None) -> Dialogue:
    """A call of agent 1001 in which so much is known before anybody speaks."""
    dialogue = Dialogue(of).fact(0, Known({"agent.id": "1001", **(agent or {})}))
    for one in known:
        dialogue.fact(0, one)
    return dialogue


def asks(dialogue: Dialogue, *words: str) -> list[Advice]:
    for word in words:
        dialogue.customer(word).waits(2_000)
    return dialogue.advice(None)


def shown(advice: list[Advice]) -> list[str]:
    return [prompt.kind for prompt in only(Prompt, advice)]


def test_an_agent_with_a_full_hour_gets_fewer_of_the_less_urgent_kinds() -> None:
    advice = asks(call(hour(60)), "套餐", "套餐", "账单", "账单")
    assert shown(advice) == ["offer", "answer", "answer"]


def test_others_get_as_many_as_ever() -> None:
    assert shown(asks(call(hour(59)), "套餐", "套餐", "账单", "账单")) == ["offer", "offer", "answer", "answer"]


def test_what_is_not_known_limits_nobody() -> None:
    assert shown(asks(call(), "套餐", "套餐")) == ["offer", "offer"]


def test_what_is_left_out_says_why_and_by_which_facts() -> None:
    (one,) = only(PromptLeftOut, asks(call(hour(64)), "套餐", "套餐"))
    assert (one.lack, one.reason) == ("budget", FULL_HOUR)
    assert one.limit is not None
    assert one.limit.facts == {"agent.prompts_60m": "64"}


def test_a_call_that_is_full_by_the_rule_for_all_does_not_blame_the_hour() -> None:
    (one,) = only(PromptLeftOut, asks(call(hour(64), of=playbook("{most: 1}", LIMIT)), "套餐", "套餐"))
    assert (one.reason, one.limit) == ("提示已经够多，不再打扰", None)


def test_that_there_are_fewer_is_told_once_and_again_when_it_is_over() -> None:
    other = Known({"agent.id": "1002"})
    told = only(PromptsLimited, asks(call(hour(64), hour(64), other), "套餐"))
    assert [[limit.because for limit in one.limits] for one in told] == [[FULL_HOUR], []]
    assert told[0].limits[0].facts == {"agent.prompts_60m": "64"}


def test_another_agent_comes_with_an_hour_of_their_own() -> None:
    other = Known({"agent.id": "1002", "agent.skill": "宽带"})
    dialogue = call(hour(64), other, hour(61), hour(3, agent_id="1002"), agent={"agent.mode": "expert"})
    state, _ = run(PLAYBOOK, dialogue.facts())
    told = {path: value for path, value in state.facts.items() if path.startswith("agent.")}
    assert told == {
        "agent.id": "1002",
        "agent.skill": "宽带",
        "agent.prompts_60m": "3",
        "agent.calls_60m": "9",
        "agent.talk_min_60m": "20",
    }


def test_a_mode_has_limits_of_its_own() -> None:
    of = playbook("{most: 6}", LIMIT, modes="{expert: {budget: [{most: 2}]}}")
    advice = asks(call(hour(64), of=of, agent={"agent.mode": "expert"}), "套餐", "套餐", "账单")
    assert shown(advice) == ["offer", "offer"]
    assert only(PromptsLimited, advice) == []


def test_a_condition_may_be_made_of_several() -> None:
    when = "{all: [{fact: {path: agent.calls_60m, min: 9}}, {not: {fact: {path: agent.mode, is: novice}}}]}"
    of = playbook(f"{{most: 1, when: {when}, because: 少放}}")
    assert len(shown(asks(call(hour(1), of=of, agent={"agent.mode": "expert"}), "套餐", "账单"))) == 1
    assert len(shown(asks(call(hour(1), of=of, agent={"agent.mode": "novice"}), "套餐", "账单"))) == 2


@pytest.mark.parametrize(
    ("allowance", "complaint"),
    [
        ("{most: 3, when: {fact: {path: agent.calls_60m, min: 9}}}", "when and because go together"),
        ("{most: 3, because: 少放}", "when and because go together"),
        ("{most: 3, because: 少放, when: {phrase: 套餐}}", "phrase"),
        ("{most: 3, because: 少放, when: {}}", "no operator"),
        (f"{{most: 3, because: {'少' * 61}, when: {{fact: {{path: agent.id, is: 1}}}}}}", "60"),
    ],
)
def test_a_limit_that_cannot_be_is_refused_with_its_line(allowance: str, complaint: str) -> None:
    with pytest.raises(PlaybookError, match=complaint) as caught:
        playbook(allowance)
    assert caught.value.line == 4


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["套餐", "账单", "嗯", "60", "64", "12", "1002"]), max_size=14),
    st.sets(st.integers(0, 40), max_size=4),
)
def test_a_call_in_any_pieces_is_limited_as_the_whole_call_is(words: list[str], cuts: set[int]) -> None:
    dialogue = call()
    for word in words:
        if word == "1002":
            dialogue.fact(0, Known({"agent.id": word}))
        elif word.isdecimal():
            dialogue.fact(0, hour(int(word)))
        else:
            dialogue.customer(word)
    facts = dialogue.facts()
    state, advice = begin(PLAYBOOK), list[Advice]()
    for start, end in pairwise([0, *sorted(cuts), len(facts)]):
        state, more = run(PLAYBOOK, facts[start:end], pickle.loads(pickle.dumps(state)))
        advice += more
    assert (state, advice) == run(PLAYBOOK, facts)


def test_an_allowance_for_all_tells_no_limit() -> None:
    everybody: Allowance = PLAYBOOK.etiquette.budget[0]
    assert everybody.holds({})
    assert everybody.limit({"agent.prompts_60m": "99"}) is None
