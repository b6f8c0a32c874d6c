"""What holds for every call: the same facts give the same advice, wherever the fold is interrupted."""

from __future__ import annotations

import pickle
from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from assist.messages import Flag, Prompt, PromptUpdated
from assist.playbook import Advice, CallEnded, Fact, Tick, begin, load_playbook
from tests.support.dialogue import Dialogue, only, run

PLAYBOOK = load_playbook(Path(__file__).parents[4] / "examples" / "playbooks" / "telecom.yaml")
LINES = [
    "您好，请问有什么可以帮您",
    "我流量不够用了",
    "你们乱扣费，我要投诉",
    "非常抱歉",
    "给您推荐一个流量包",
    "不需要",
    "再考虑一下",
    "帮我办一个",
    "已经为您办理",
    "每月十元次月生效",
    "不归我管",
    "嗯",
    "请稍等",
    "我再想想",
    "谢谢你",
    "还有其他可以帮您",
]


@st.composite
def calls(draw: st.DrawFn) -> list[Fact]:
    """Calls of up to twelve utterances, some badly heard, some over each other, with pauses."""
    call = Dialogue(PLAYBOOK)
    start_ms = 0
    for _ in range(draw(st.integers(0, 12))):
        text = draw(st.sampled_from(LINES))
        start_ms += draw(st.integers(0, 15_000))
        confidence = draw(st.sampled_from([0.1, 0.9]))
        call.says(draw(st.sampled_from(["agent", "customer"])), text, start_ms=start_ms, confidence=confidence)
    return call.facts(draw(st.sampled_from(["hangup", "source-lost", None])))


@settings(max_examples=40, deadline=None)
@given(calls())
def test_the_same_facts_give_the_same_state_and_advice(facts: list[Fact]) -> None:
    assert run(PLAYBOOK, facts) == run(PLAYBOOK, facts)


@settings(max_examples=40, deadline=None)
@given(calls(), st.data())
def test_a_prefix_and_then_the_rest_is_the_whole(facts: list[Fact], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(facts)))
    state, first = run(PLAYBOOK, facts[:at])
    end, rest = run(PLAYBOOK, facts[at:], state)
    assert (end, first + rest) == run(PLAYBOOK, facts)
    assert run(PLAYBOOK, facts[at:], state) == (end, rest)


@settings(max_examples=40, deadline=None)
@given(calls(), st.sets(st.integers(0, 250), max_size=6), st.booleans())
def test_a_call_in_any_pieces_is_the_whole_call(facts: list[Fact], cuts: set[int], is_put_away: bool) -> None:
    """Live, a call comes fact by fact; replayed, all at once; a state may have been put away in between."""
    state, advice = begin(PLAYBOOK), list[Advice]()
    for start, end in pairwise([0, *sorted(cuts), len(facts)]):
        state, more = run(PLAYBOOK, facts[start:end], pickle.loads(pickle.dumps(state)) if is_put_away else state)
        advice += more
    assert (state, advice) == run(PLAYBOOK, facts)


@settings(max_examples=40, deadline=None)
@given(calls())
def test_advice_is_well_formed(facts: list[Fact]) -> None:
    _, advice = run(PLAYBOOK, facts)
    prompts = only(Prompt, advice)
    updates = [update.prompt_id for update in only(PromptUpdated, advice)]
    assert len({prompt.prompt_id for prompt in prompts}) == len(prompts)
    assert len(set(updates)) == len(updates)
    assert set(updates) <= {prompt.prompt_id for prompt in prompts}
    for item in (*prompts, *only(Flag, advice)):
        assert item.because.evidence
        assert item.because.reason
        assert item.because.rule.endswith("@1")
    for prompt in prompts:
        assert prompt.said_ms <= prompt.at_ms < prompt.expires_ms
    for flag in only(Flag, advice):
        assert all(piece.start_ms <= piece.end_ms for piece in flag.because.evidence)


@settings(max_examples=40, deadline=None)
@given(calls())
def test_positions_never_run_backwards(facts: list[Fact]) -> None:
    _, advice = run(PLAYBOOK, facts)
    positions = [item.at_ms for item in advice if isinstance(item, Prompt | PromptUpdated | Flag)]
    assert positions == sorted(positions)


@settings(max_examples=20, deadline=None)
@given(calls(), calls())
def test_nothing_follows_from_what_comes_after_the_end(facts: list[Fact], more: list[Fact]) -> None:
    ended, _ = run(PLAYBOOK, [*facts, CallEnded(0, "hangup")])
    assert run(PLAYBOOK, [*more, Tick(999_000)], ended) == (ended, [])


def test_nothing_follows_from_nothing() -> None:
    assert run(PLAYBOOK, [Tick(at_ms) for at_ms in range(1_000, 60_000, 1_000)])[1] == []
    assert run(PLAYBOOK, [])[0] == begin(PLAYBOOK)
