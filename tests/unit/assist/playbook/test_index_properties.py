"""Leaving rules alone at moments that do not concern them changes nothing: any rules, any calls, any pieces."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from assist.errors import PlaybookError
from assist.messages import (
    ActSignal,
    AudioGap,
    EmotionSignal,
    EntitySignal,
    Evidence,
    IntentSignal,
    Judgement,
    MeaningSignal,
    Result,
    Signal,
    Utterance,
    UtteranceDropped,
    VoiceReading,
)
from assist.playbook import Advice, Fact, Known, Meaning, Playbook, Question, RunState, Turn, advise, begin
from assist.playbook.index import RuleIndex, Run
from assist.playbook.moment import Moment
from tests.support import golden
from tests.support.conditions import CONDITIONS, LABELS, SCOPES, Condition
from tests.support.dialogue import Dialogue, playbook_of

WORDS = ("您好请讲", "我不需要", "再推荐一个流量包", "我要投诉你们", "好的谢谢", "一共五十八元", "您请稍等一下", "嗯")
TAGS = """\
meanings:
  one: {examples: [说法一, 说法二, 说法三]}
  two: {party: customer, examples: [意思一, 意思二, 意思三]}
questions:
  solved: {ask: 解决了吗？, answers: [是, 否]}
tags:
  - {id: on-a, title: 用A, fact: {path: customer.plan, is: A}}
  - {id: new, title: 新, fact: {path: customer.since, in_last_days: 30}}
"""
SOLVED = Question("solved", "解决了吗？", ("是", "否"))
MEANINGS = {
    meaning.name: meaning.label
    for meaning in (
        Meaning("one", "any", ("说法一", "说法二", "说法三")),
        Meaning("two", "customer", ("意思一", "意思二", "意思三")),
    )
}


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


MOOD = "  - {id: mood, phrase: 投诉, set: {mood: true}}\n"
PITCH = "  - {id: pitch, phrase: 五十八元, because: 因, emit: {prompt: {kind: offer, title: 题, body: 再推荐流量包}}}\n"


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


def signals_of(draw: st.DrawFn, utterance: Utterance) -> list[Signal]:
    place: dict[str, Any] = {
        "utterance_id": utterance.utterance_id, "party": utterance.party, "score": 0.9,
        "start_ms": utterance.start_ms, "end_ms": utterance.end_ms, "source": "test@1",
    }  # fmt: skip
    valence = draw(st.sampled_from((-0.9, -0.1, 0.5)))
    chosen = draw(st.lists(st.tuples(st.integers(0, 4), st.sampled_from(LABELS)), max_size=3))
    return [
        (
            IntentSignal(**place, label=label),
            ActSignal(**place, label=label),
            EntitySignal(**place, label=label, value="5800"),
            EmotionSignal(**place, label=label, intensity=2, trend="rising", valence=valence),
            MeaningSignal(**place, label=MEANINGS[label]),
        )[kind]
        for kind, label in chosen
    ]


@st.composite
def calls(draw: st.DrawFn, playbook: Playbook) -> list[Fact]:
    """Calls with bad hearing, overlaps, pauses, lost words, signals, and facts that are told on the way."""
    call, start_ms = Dialogue(playbook), 0
    for number in range(draw(st.integers(1, 12))):
        start_ms += draw(st.sampled_from((0, 300, 1_500, 4_000, 12_000)))
        party = draw(st.sampled_from(("agent", "customer", "customer", "mixed")))
        confidence = draw(st.sampled_from((0.1, 0.9, 0.9)))
        words = draw(st.sampled_from(WORDS))
        unsure = draw(st.sampled_from(("", "", words[:3])))
        call.says(party, words, start_ms=start_ms, confidence=confidence, unsure=unsure)
        if draw(st.integers(0, 5)) == 0:
            reason = draw(st.sampled_from(("recogniser-failed", "no-speech")))
            lost = UtteranceDropped(
                utterance_id=f"lost{number}", party=party, start_ms=start_ms, end_ms=start_ms + 100,
                decided_ms=start_ms + 600, reason=reason,
            )  # fmt: skip
            call.fact(start_ms + 600, lost)
        if draw(st.integers(0, 5)) == 0:
            since = draw(st.sampled_from(("2020-01-01", "2026-02-20", "?")))
            facts = {
                "customer.plan": draw(st.sampled_from("AB")),
                "customer.since": since,
                "customer.fee": draw(st.sampled_from(("5800", "5801", "99"))),
                "call.date": "2026-03-01",
                "call.time": "23:10",
            }
            call.fact(start_ms, Known(facts))
        if draw(st.integers(0, 6)) == 0:
            end_ms = start_ms + draw(st.sampled_from((400, 900, 5_000)))
            cause = draw(st.sampled_from(("lost", "shed")))
            call.fact(start_ms, Known.of(AudioGap(party=party, start_ms=start_ms, end_ms=end_ms, cause=cause)))
        if draw(st.integers(0, 8)) == 0:
            outcome = draw(st.sampled_from(("sold", "not-sold")))
            report = Result(prompt_id="pitch-1", at_ms=start_ms, result=outcome, by="crm", source="crm")
            call.fact(start_ms, Known.of(report))
    if draw(st.booleans()):
        call.fact(start_ms, judged(draw))
    return [
        told(draw, fact) if isinstance(fact, Turn) else fact
        for fact in call.facts(draw(st.sampled_from(("hangup", "source-lost", None))))
    ]


def judged(draw: st.DrawFn) -> Known:
    """What a model answered, from words that were well or badly heard."""
    confidence = draw(st.sampled_from((0.1, 0.9)))
    words = Evidence(kind="utterance", utterance_id="u0", start_ms=0, end_ms=900, quote="您好", confidence=confidence)
    answer = draw(st.sampled_from(("是", "否", None)))
    label, asked = SOLVED.label, SOLVED.text
    return Known.of(Judgement(at_ms=0, label=label, question=asked, answer=answer, evidence=(words,), source="test@1"))


def told(draw: st.DrawFn, turn: Turn) -> Turn:
    """The turn with signals and a voice."""
    voice = VoiceReading(
        level_dbfs=draw(st.sampled_from((-30.0, -12.0))), pitch_hz=None, pitch_range=None, chars_per_min=300.0,
        negative=0.0, neutral=1.0, positive=0.0, source="test@1",
    )  # fmt: skip
    utterance = turn.utterance.model_copy(update={"voice": voice})
    return Turn(utterance, (*turn.signals, *signals_of(draw, utterance)))


def run(playbook: Playbook, facts: Iterable[Fact]) -> list[tuple[RunState, tuple[Advice, ...]]]:
    """State, without its note of who is awake, and advice after every fact."""
    state, steps = begin(playbook), list[tuple[RunState, tuple[Advice, ...]]]()
    for fact in facts:
        state, advice = advise(playbook, state, fact)
        steps.append((replace(state, awake=frozenset()), advice))
    return steps


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
