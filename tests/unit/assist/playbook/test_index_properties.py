"""Leaving rules alone at moments that do not concern them changes nothing: any rules, any calls, any pieces."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterable, Sequence
from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from assist.errors import PlaybookError
from assist.playbook import Advice, Playbook, advise, begin
from assist.playbook.index import RuleIndex, Run
from assist.playbook.moment import Moment
from tests.support import golden
from tests.support.any_calls import MOOD, PITCH, TAGS, calls, run
from tests.support.conditions import CONDITIONS, SCOPES, Condition
from tests.support.dialogue import playbook_of


class EveryMoment(RuleIndex):
    """Shows every rule every moment: the plain fold."""

    def due(self, moment: Moment, runs: Sequence[Run], awake: Iterable[int], prompted: Iterable[str]) -> list[int]:
        return list(range(len(runs)))

    def is_awake(self, place: int, run: Run) -> bool:
        return False


def plain(playbook: Playbook) -> Playbook:
    """The same playbook without an index."""
    twin = replace(playbook)
    object.__setattr__(twin, "index", EveryMoment([]))
    return twin


EMITS = st.sampled_from(
    (
        {"emit": {"flag": {"met": "做到了"}}},
        {"emit": {"flag": {"verdict": "at_risk"}}, "max_per_call": 1},
        {"emit": {"prompt": {"kind": "say", "title": "题", "body": "文"}}, "cool_down_ms": 3_000},
        {"emit": {"prompt": {"kind": "offer", "title": "题", "body": "文"}}, "expires_ms": 5_000},
        {"set": {"mood": True}},
        {"set": {"mood": False}},
    )
)


@st.composite
def playbooks(draw: st.DrawFn) -> Playbook:
    """Two to eight rules of any kind; those that make no sense are left out."""
    rules = [MOOD, PITCH]
    for number in range(draw(st.integers(2, 8))):
        rule: Condition = {"id": f"r{number}", "title": "题", "because": "因为", **draw(CONDITIONS), **draw(EMITS)}
        if draw(st.booleans()):
            rule["scope"] = draw(SCOPES)
        if draw(st.booleans()):
            rule["withdraw"] = [{"when": draw(CONDITIONS), "because": "收回"}]
        line = f"  - {json.dumps(rule, ensure_ascii=False)}\n"
        try:
            playbook_of("".join([MOOD, PITCH, line]), more=TAGS)
        except PlaybookError:
            continue
        rules.append(line)
    assume(len(rules) > 2)
    return playbook_of("".join(rules), more=TAGS)


ONE, TWO = {"phrase": "投诉"}, {"phrase": "流量"}
EVERY_KIND: tuple[Condition, ...] = (
    {"absent": {"what": ONE, "by_turn": 2}},
    {"absent": {"what": ONE, "by_ms": 8_000}},
    {"absent": {"what": ONE, "close": True}},
    {"absent": {"what": ONE, "by_turn": 1}, "scope": {"after_rule": "mood"}},
    {"absent": {"what": ONE, "by_turn": 1}, "scope": {"while": {"state": {"mood": True}}}},
    {"absent": {"what": ONE, "by_turn": 1}, "scope": {"turns": {"from": 3}}},
    {"party": "agent", "absent": {"what": ONE, "by_turn": 2}, "scope": {"after": TWO}},
    {"any": [{"absent": {"what": ONE, "by_turn": 3}}, {"absent": {"what": TWO, "by_ms": 8_000}}]},
    {"followed_by": {"after": {"absent": {"what": ONE, "by_turn": 1}}, "expect": TWO}},
    {"followed_by": {"after": ONE, "expect": TWO, "within_turns": 1}},
    {"followed_by": {"after": ONE, "expect": TWO, "within_ms": 3_000}},
    {"followed_by": {"after": {"silence": {"min_ms": 3_000}}, "expect": TWO}},
    {"preceded_by": {"before": ONE, "require": TWO}},
    {"preceded_by": {"before": ONE, "require": {"state": {"mood": True}}, "within_turns": 2}},
    {"not_after": {"after": ONE, "forbid": TWO}},
    {"not_after": {"after": ONE, "forbid": TWO, "until": {"phrase": "谢谢"}, "times": 2}},
    {"not_after": {"after": ONE, "forbid": {"silence": {"min_ms": 3_000}}, "until": 20_000}},
    {"sequence": {"steps": [ONE, TWO]}},
    {"sequence": {"steps": [ONE, TWO], "within_turns": 2}},
    {"sequence": {"steps": [ONE, TWO, ONE], "strict": True}},
    {"sequence": {"steps": [ONE, {"silence": {"min_ms": 3_000}}, TWO], "within_ms": 20_000}},
    {"count": {"what": ONE, "min": 2}},
    {"count": {"what": ONE, "min": 2, "within_ms": 8_000}},
    {"count": {"what": ONE, "min": 1, "max": 2}},
    {"count": {"what": ONE, "max": 1, "within_ms": 8_000}},
    {"held_for": {"what": {"state": {"mood": True}}, "min_ms": 3_000}},
    {"all": [ONE, {"not": {"state": {"mood": True}}}]},
    {"any": [ONE, {"silence": {"min_ms": 3_000, "unless_before": {"phrase": "稍等"}}}]},
    {"at_least": {"n": 2, "of": [ONE, TWO, {"state": {"mood": True}}]}},
    {"silence": {"min_ms": 3_000, "count": 2}},
    {"silence": {"min_ms": 3_000, "before_party": "agent", "unless_before": {"phrase": "稍等"}}},
    {"silence": {"min_ms": 1_000, "unless_after": {"phrase": "谢谢"}, "count": 2}},
    {"hold": {"min_ms": 3_000, "begins": {"phrase": "稍等"}}},
    {"hold": {"by": "any", "min_ms": 1_000, "begins": {"phrase": "稍等"}, "count": 2}},
    {"hold": {"max_ms": 8_000, "begins": {"phrase": "稍等"}}},
    {"hold": {"by": "any", "min_ms": 1_000, "max_ms": 8_000, "begins": {"phrase": "稍等"}, "count": 2}},
    {"hold": {"min_percent": 20, "begins": {"phrase": "稍等"}}},
    {"hold": {"by": "customer", "max_percent": 60, "begins": TWO}},
    {"length": {"min_ms": 900}},
    {"length": {"min_chars": 2, "max_ms": 900}},
    {"pattern": "投诉|流量"},
    {"pattern": {"match": "流量.*投诉", "unless": "谢谢", "within_utterances": 3}},
    {"judge": {"solved": "否"}},
    {"any": [{"judge": {"solved": ["是", "否"]}}, {"absent": {"what": ONE, "close": True}}]},
    {"judge": {"solved": "是"}, "scope": {"while": {"state": {"mood": True}}}},
    {"reaction": {"is": ["refused", "hesitant", "accepted"], "of": "any-offer"}},
    {"result": {"is": "sold", "of": "any-offer"}},
    {"cue_said": {"of": "pitch"}},
    {"cue_said": {"of": "pitch", "is": False}},
    {"emotion": {"any_of": ["one"], "for_utterances": 2}},
    {"emotion": {"any_of": ["one"], "for_ms": 3_000}},
    {"emotion_trend": {"is": "rising", "over_utterances": 2}},
    {"entity": {"any_of": ["one"], "other_than_fact": "customer.fee"}},
    {"talk_share": {"party": "agent", "min_percent": 40, "after_ms": 3_000}},
    {"talk_share": {"party": "any", "max_percent": 40, "after_ms": 3_000}},
    {"phrase": {"all": ["投诉", "流量"], "within_utterances": 3}},
    {"phrase": {"any": ["投诉", "流量"], "none": ["谢谢"], "min_hits": 2, "within_utterances": 2}},
    {"speech_rate": {"below": 900, "over": "call", "min_chars": 1}},
    {"speech_rate": {"above": 200, "min_chars": 1, "for_utterances": 2}},
    {"speech_rate": {"above": 200, "min_chars": 2, "over": "window", "window_ms": 10_000}},
    {"speech_rate": {"change_ratio": 0.9, "min_chars": 1}},
    {"loudness": {"above_own_db": 6, "min_chars": 1}},
    {"loudness": {"below_own_db": 6, "min_chars": 1, "for_ms": 3_000}},
    {"loudness": {"step_db": 6, "min_chars": 1}},
    {"loudness": {"span_db": 6, "min_chars": 1}},
    {"repeats": {"min_chars": 1}},
    {"overtalk": {"min_ms": 100, "other_started_ms": 0, "min_chars": 1}},
    {"overtalk": {"min_ms": 1_500, "other_started_ms": 0, "min_chars": 1, "merge_gap_ms": 2_000, "count": 2}},
    {"first_words": {"max_ms": 3_000}},
    {"hang_up": {}},
    {"call_length": {"min_ms": 8_000}},
    {"turn_count": {"min": 3}},
    {"fact": {"path": "customer.plan", "is": "A"}},
    {"fact": {"path": "customer.since", "older_than_months": 24}},
    {"tag": ["on-a", "new"]},
    {"means": {"any_of": ["one", "two"], "min_score": 60}},
    {"fired": "mood"},
    {"clock": {"from": "22:00", "to": "06:00"}},
    {"expression": "customer.plan == 'A' && fired.mood > 0"},
    {"expression": "said.chars > 4 && 'one' in said.intents"},
    {"expression": "customer.plan == 'A' && said.intent == 'two'"},
    {"expression": "turns.agent > 1 || double(customer.since) > 1.0"},
    {**ONE, "scope": {"first_turns": 3}},
    {**ONE, "scope": {"first_ms": 8_000, "after": TWO}},
    {**ONE, "scope": {"last_turns": 2}},
    {**ONE, "scope": {"before": {"phrase": "谢谢"}}},
    {**ONE, "scope": {"after": {"state": {"mood": True}}}},
    {**ONE, "scope": {"after_rule": "mood"}},
    {**ONE, "scope": {"after": TWO, "within_turns": 1}},
    {**ONE, "scope": {"after": TWO, "within_ms": 8_000}},
    {**ONE, "scope": {"turns": {"from": 2, "to": 4}}},
    {**ONE, "scope": {"turns": {"from": 2, "to": -2}}},
    {**ONE, "scope": {"last_ms": 8_000}},
    {**ONE, "scope": {"percent": {"to": 40}}},
    {**ONE, "scope": {"percent": {"from": 30, "to": 80}, "after": TWO}},
    {"count": {"what": ONE, "min": 2}, "scope": {"while": {"state": {"mood": True}}}},
    {"count": {"what": ONE, "min": 2}, "scope": {"before_rule": "mood"}},
    {"followed_by": {"after": ONE, "expect": TWO}, "scope": {"after": {"followed_by": {"after": TWO, "expect": ONE}}}},
)
"""Each operator that remembers, waits, or looks at more than words, in each of its ways."""


def playbook_of_every_kind() -> Playbook:
    rules = [
        {"id": f"r{at}", "title": "题", "because": "因为", "emit": {"flag": {"met": "做到了"}}, **condition}
        for at, condition in enumerate(EVERY_KIND)
    ]
    lines = [f"  - {json.dumps(rule, ensure_ascii=False)}\n" for rule in rules]
    return playbook_of("".join(["  - {id: mood, intent: one, set: {mood: true}}\n", PITCH, *lines]), more=TAGS)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_no_operator_misses_a_moment_that_concerns_it(data: st.DataObject) -> None:
    playbook = playbook_of_every_kind()
    facts = data.draw(calls(playbook))
    assert run(playbook, facts) == run(plain(playbook), facts)


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_a_call_in_any_pieces_is_the_whole_call(data: st.DataObject) -> None:
    """Between two of them everything that operators remember may have been put away."""
    playbook = playbook_of_every_kind()
    facts = data.draw(calls(playbook))
    state, pieces = begin(playbook), list[Advice]()
    for fact in facts:
        if data.draw(st.integers(0, 9)) == 0:
            state = pickle.loads(pickle.dumps(state))
        state, advice = advise(playbook, state, fact)
        pieces += advice
    assert pieces == [one for _, advice in run(playbook, facts) for one in advice]


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_rules_of_any_form_say_and_remember_the_same(data: st.DataObject) -> None:
    playbook = data.draw(playbooks())
    facts = data.draw(calls(playbook))
    assert run(playbook, facts) == run(plain(playbook), facts)


def test_the_golden_call_is_the_same_without_an_index() -> None:
    playbook, facts = golden.playbook(), golden.read_facts()
    assert run(playbook, facts) == run(plain(playbook), facts)
