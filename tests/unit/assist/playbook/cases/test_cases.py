"""What a case is as a call, when it fails, and what of it cannot be read."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from assist.errors import PlaybookError
from assist.messages import (
    ActSignal,
    EmotionSignal,
    EntitySignal,
    IntentSignal,
    PhraseSignal,
    SpeechStarted,
    Utterance,
)
from assist.playbook import CallEnded, Fact, Playbook, Tick, Turn, failures_in
from assist.playbook.cases.dialogue import facts_in
from tests.support.dialogue import phrases_in, playbook_of

RULE = """\
  - id: rude
    title: 忌语
    party: agent
    phrase: 不归我管
    because: 说了“{quote}”
    emit: {flag: {}}
    cases:
"""
DUTY = """\
  - id: greeting
    title: 问候
    party: agent
    absent: {what: {phrase: 您好}, by_turn: 3}
    because: 没有问候
    emit: {flag: {met: 问候了}}
    max_per_call: 1
    cases:
"""
STATE = """\
  - id: refused
    party: customer
    phrase: 不需要
    set: {refused: true}
    cases:
"""
PROMPT = """\
  - id: hush
    silence: {min_ms: 10000}
    because: 没有人说话
    emit: {prompt: {kind: say, title: 说话, body: 让您久等了}}
    cases:
"""


def failures(rule: str, cases: str, **more: str) -> list[str]:
    playbook = playbook_of(rule + cases, **more)
    return [failure.message for failure in failures_in(playbook, lambda heard: phrases_in(heard, playbook))]


def facts(lines: str) -> list[Fact]:
    playbook = playbook_of(f"{RULE}      fires:\n        - {{dialogue: {lines}}}\n")
    (case,) = playbook.rules[0].cases
    return list(facts_in(case, lambda heard: phrases_in(heard, playbook)))


def turns(lines: str) -> Sequence[Turn]:
    return [fact for fact in facts(lines) if isinstance(fact, Turn)]


def test_a_rule_that_does_as_its_cases_say_has_no_failures() -> None:
    assert (
        failures(RULE, "      fires: [[坐席: 这不归我管]]\n      silent: [[客户: 这不归我管], [坐席: 我来处理]]\n")
        == []
    )


def test_a_case_that_turns_out_otherwise_says_what_followed() -> None:
    assert failures(RULE, "      fires: [[坐席: 我来处理]]\n      silent: [[坐席: 这不归我管]]\n") == [
        "rule 'rude': a case expects that the rule fires, what followed is nothing",
        "rule 'rude': a case expects that the rule stays silent, what followed is a flag breach",
    ]


def test_a_failure_points_at_the_line_of_its_case() -> None:
    playbook = playbook_of(f"{RULE}      silent:\n        - [坐席: 好的]\n        - [坐席: 不归我管]\n")
    (failure,) = failures_in(playbook, lambda heard: phrases_in(heard, playbook))
    assert failure.line == 5 + RULE.count("\n") + 3


@pytest.mark.parametrize(("confidence", "failing"), [("0.2", False), ("0.9", True)])
def test_words_may_be_badly_heard(confidence: str, failing: bool) -> None:
    line = f"{{坐席: 不归我管, confidence: {confidence}}}"
    assert bool(failures(RULE, f"      fires: [{{dialogue: [{line}], verdict: abstained}}]\n")) is failing


def test_doubt_is_not_silence() -> None:
    assert len(failures(RULE, "      silent: [[{坐席: 不归我管, confidence: 0.2}]]\n")) == 1


def test_a_fulfilled_duty_is_silence_and_its_verdict_can_be_asked_for() -> None:
    greeted = "{dialogue: [坐席: 您好, 客户: 我要查话费], verdict: met}"
    assert failures(DUTY, f"      silent: [[坐席: 您好], {greeted}]\n") == []
    assert len(failures(DUTY, "      silent: [{dialogue: [客户: 查话费], verdict: met}]\n")) == 1


def test_the_end_of_the_call_decides_unless_the_call_goes_on() -> None:
    assert failures(DUTY, "      fires: [[坐席: 讲, 客户: 我要查话费]]\n") == []
    going_on = "{dialogue: [坐席: 讲, 客户: 我要查话费], end: goes-on}"
    assert failures(DUTY, f"      silent: [{going_on}]\n") == []
    broken_off = "{dialogue: [坐席: 讲, 客户: 我要查话费], end: source-lost, verdict: abstained}"
    assert failures(DUTY, f"      fires: [{broken_off}]\n") == []


def test_a_rule_that_sets_states_fires_when_it_sets_them() -> None:
    assert failures(STATE, "      fires: [[客户: 不需要]]\n      silent: [[坐席: 不需要], [客户: 好的]]\n") == []
    assert len(failures(STATE, "      silent: [[客户: 不需要]]\n")) == 1


def test_silence_is_a_line_of_its_own_or_stands_before_one() -> None:
    assert failures(PROMPT, "      fires: [[坐席: 我查一下, silence_ms: 12000]]\n") == []
    assert failures(PROMPT, "      fires: [[坐席: 我查一下, {客户: 喂, silence_ms: 12000}]]\n") == []
    assert failures(PROMPT, "      silent: [[坐席: 我查一下, {客户: 喂, silence_ms: 4000}]]\n") == []


def test_lines_follow_each_other_on_the_call_clock() -> None:
    assert [type(fact) for fact in facts("[坐席: 您好请讲, 客户: 喂]")] == [
        SpeechStarted, Tick, Turn, SpeechStarted, Tick, Turn, CallEnded,
    ]  # fmt: skip
    first, second = (turn.utterance for turn in turns("[坐席: 您好请讲, 客户: 喂]"))
    assert (first.start_ms, first.end_ms, second.start_ms) == (500, 1_300, 1_800)


def test_a_line_may_overlap_the_one_above_and_be_quick() -> None:
    first, second = (turn.utterance for turn in turns("[客户: 我想问一下, {坐席: 您先听我说, overlap_ms: 600}]"))
    assert second.start_ms == first.end_ms - 600
    (quick,) = turns("[{坐席: 您先听我说, chars_per_min: 600}]")
    assert quick.utterance.end_ms - quick.utterance.start_ms == 500


def test_declared_signals_are_given_and_no_others() -> None:
    (turn,) = turns(
        "[{客户: 不归我管, intents: [complain, ask], acts: {refuse: 0.7}, entities: {amount: 5800}, emotion: angry}]"
    )
    phrase, first, second, act, entity, feeling = turn.signals
    assert isinstance(phrase, PhraseSignal)
    assert isinstance(first, IntentSignal)
    assert isinstance(second, IntentSignal)
    assert (first.label, first.is_primary, second.label, second.is_primary) == ("complain", True, "ask", False)
    assert isinstance(act, ActSignal)
    assert (act.label, act.score) == ("refuse", 0.7)
    assert isinstance(entity, EntitySignal)
    assert (entity.label, entity.value) == ("amount", "5800")
    assert isinstance(feeling, EmotionSignal)
    assert (feeling.label, feeling.intensity, feeling.trend) == ("angry", 2, "steady")
    assert turns("[客户: 好的]")[0].signals == ()


def test_labels_of_cases_are_asked_for_as_those_of_rules_are() -> None:
    line = "{客户: 不归我管, intents: [complain], acts: refuse, entities: {amount: 1}, emotion: angry}"
    playbook = playbook_of(f"{RULE}      silent:\n        - [{line}]\n")
    assert [(asked.kind, asked.label) for asked in playbook.labels] == [
        ("intent", "complain"),
        ("act", "refuse"),
        ("entity", "amount"),
        ("emotion", "angry"),
    ]
    assert {asked.line for asked in playbook.labels} == {5 + RULE.count("\n") + 2}


def test_a_feeling_may_be_told_in_full() -> None:
    (turn,) = turns("[{客户: 好, emotion: {label: angry, score: 0.6, intensity: 3, trend: rising}}]")
    (feeling,) = turn.signals
    assert isinstance(feeling, EmotionSignal)
    assert (feeling.score, feeling.intensity, feeling.trend) == (0.6, 3, "rising")
    (calm,) = turns("[{客户: 好, emotion: neutral}]")[0].signals
    assert isinstance(calm, EmotionSignal)
    assert calm.intensity == 0


def test_what_is_known_of_the_call_may_be_given() -> None:
    rule = """\
  - id: upgrade
    all: [{fact: {path: customer.plan, is: A}}, {party: customer, phrase: 流量}]
    because: 因为
    emit: {flag: {title: 升级}}
    cases:
"""
    told = "{dialogue: [客户: 流量不够], known: {customer.plan: A, customer.age_months: 30}}"
    assert failures(rule, f"      fires: [{told}]\n      silent: [{told.replace('plan: A', 'plan: B')}]\n") == []


def test_cases_are_listened_to_as_calls_are() -> None:
    heard: list[Utterance] = []

    def listen(utterance: Utterance) -> tuple[PhraseSignal, ...]:
        heard.append(utterance)
        return ()

    playbook: Playbook = playbook_of(f"{RULE}      silent: [[坐席: 不归，我管]]\n")
    assert list(failures_in(playbook, listen)) == []
    assert [utterance.text for utterance in heard] == ["不归，我管"]
    assert "".join(word.text for word in heard[0].words) == "不归我管"


@pytest.mark.parametrize(
    ("cases", "complaint"),
    [
        ("      often: []\n", "unknown key 'often'"),
        ("      fires: []\n", "expected 1 to 100 entries"),
        ("      fires: [[旁白: 你好]]\n", "unknown key '旁白'"),
        ("      fires: [[{坐席: 好, 客户: 好}]]\n", "expected what one party says"),
        ("      fires: [[{confidence: 1}]]\n", "expected what one party says"),
        ("      fires: [[坐席: ……]]\n", "has no words"),
        ("      fires: [[{坐席: 好, silence_ms: 1, overlap_ms: 1}]]\n", "exclude each other"),
        ("      fires: [{dialogue: [坐席: 好], verdict: bad}]\n", "expected one of"),
        ("      fires: [{dialogue: [坐席: 好], end: never}]\n", "expected one of"),
        ("      fires: [{verdict: met}]\n", "the key 'dialogue' is missing"),
    ],
)
def test_a_case_that_cannot_be_read_is_refused_with_its_line(cases: str, complaint: str) -> None:
    with pytest.raises(PlaybookError, match=complaint) as raised:
        playbook_of(RULE + cases)
    assert raised.value.line is not None


def test_a_verdict_needs_a_flag() -> None:
    with pytest.raises(PlaybookError, match="no flag"):
        playbook_of(f"{STATE}      fires: [{{dialogue: [客户: 不需要], verdict: met}}]\n")
