"""When a rule sends word to a channel, and what a playbook may say of it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assist.errors import PlaybookError
from assist.messages import Flag, Notification, Prompt
from assist.playbook import Advice, Turn, begin, failures_in, foresee, parse_playbook, strange_channels
from tests.support.dialogue import HEADER, Dialogue, only, phrases_in, playbook_of, run, utterance_of

RULES = """
  - id: threat
    title: 扬言投诉
    party: customer
    severity: critical
    phrase: 工信部
    because: 客户说“{quote}”
    emit: {flag: {}, notify: floor}
    cases: {fires: [[客户: 我要找工信部]], silent: [[客户: 谢谢]]}
  - id: word
    party: customer
    phrase: 销户
    because: 客户要销户
    max_per_call: 2
    emit: {notify: {channel: retention, title: 客户要走}}
  - id: after
    fired: word
    title: 之后
    because: 之后
    max_per_call: 1
    emit: {flag: {verdict: met}}
"""
PLAYBOOK = playbook_of(RULES)


def test_a_rule_that_becomes_true_sends_word_with_its_evidence() -> None:
    advice = Dialogue(PLAYBOOK).customer("我要找工信部").advice(None)
    (told,) = only(Notification, advice)
    (flag,) = only(Flag, advice)
    assert (told.notification_id, told.channel, told.title, told.rule) == ("threat-1", "floor", "扬言投诉", "threat@1")
    assert (told.severity, told.verdict, told.because) == ("critical", flag.verdict, flag.because)
    assert told.because.evidence[0].quote == "工信部"


def test_words_that_were_badly_heard_send_none() -> None:
    advice = Dialogue(PLAYBOOK).customer("我要找工信部", unsure="工信部").advice(None)
    assert only(Notification, advice) == []
    assert [flag.verdict for flag in only(Flag, advice)] == ["abstained"]


def test_it_rests_after_one_and_counts_as_a_firing() -> None:
    dialogue = (
        Dialogue(PLAYBOOK).customer("我要销户").customer("销户").waits(40_000).customer("销户吧").customer("销户")
    )
    advice = dialogue.waits(40_000).customer("销户").advice(None)
    assert [told.notification_id for told in only(Notification, advice)] == ["word-1", "word-2"]
    assert [told.verdict for told in only(Notification, advice)] == [None, None]
    assert "after" in [flag.flag_id for flag in only(Flag, advice)]


LINES = st.lists(
    st.tuples(
        st.sampled_from(["我要找工信部", "我要销户", "销户", "好的"]),
        st.integers(0, 40_000),
        st.sampled_from([0.1, 0.9]),
    ),
    max_size=8,
)


@settings(max_examples=40, deadline=None)
@given(LINES, st.sets(st.integers(0, 120), max_size=5))
def test_a_call_in_any_pieces_sends_what_the_whole_call_does_each_once(
    lines: list[tuple[str, int, float]], cuts: set[int]
) -> None:
    call = Dialogue(PLAYBOOK)
    for text, wait_ms, confidence in lines:
        call = call.waits(wait_ms).customer(text, confidence=confidence)
    facts = call.facts("hangup")
    state, pieces = begin(PLAYBOOK), list[Advice]()
    for start, end in pairwise([0, *sorted(cuts), len(facts)]):
        state, more = run(PLAYBOOK, facts[start:end], state)
        pieces += more
    assert pieces == run(PLAYBOOK, facts)[1]
    told = [one.notification_id for one in only(Notification, pieces)]
    assert len(set(told)) == len(told)


def test_words_that_go_on_send_none() -> None:
    early = playbook_of(
        "  - {id: e, party: customer, phrase: 工信部, because: 试, early: true,"
        " emit: {prompt: {kind: say, title: 试, body: 试}, notify: {channel: floor, title: 试}}}"
    )
    heard = utterance_of(1, "customer", "找工信部", 0, 900, 0.9)
    _, prompts = foresee(early, begin(early), Turn(heard, phrases_in(heard, early)), ())
    assert [type(one) for one in prompts] == [Prompt]


def test_the_cases_of_a_rule_that_only_sends_word_are_tried() -> None:
    book = playbook_of(
        "  - {id: w, phrase: 销户, because: 试, emit: {notify: {channel: c, title: 试}},"
        " cases: {fires: [[{客户: 我要销户}]], silent: [[{客户: 要销户吗}]]}}"
    )
    failures = list(failures_in(book, lambda utterance: phrases_in(utterance, book)))
    assert [failure.message.partition(", what")[2] for failure in failures] == [" followed is a notification"]


@pytest.mark.parametrize(
    ("emit", "complaint"),
    [
        ("{notify: {channel: floor}}", "emit: notify: the key 'title' is missing"),
        ("{notify: 'https://evil.example/x'}", "emit: notify: channel: expected small letters"),
        ("{notify: {url: 'https://evil.example/x'}}", "emit: notify: unknown key 'url'"),
        ("{}", "needs a prompt, a flag or a notify"),
    ],
)
def test_what_a_playbook_may_not_say_is_told_with_its_line(emit: str, complaint: str) -> None:
    text = f"{HEADER}rules:\n  - id: r\n    phrase: 您好\n    because: 试\n    emit: {emit}\n"
    with pytest.raises(PlaybookError) as raised:
        parse_playbook(text)
    assert complaint in raised.value.reason
    assert raised.value.line == 8


def test_channels_that_nobody_has_configured_are_told_with_their_line_and_a_like_one() -> None:
    (floor, retention) = strange_channels(PLAYBOOK, ())
    assert (floor.line, floor.is_mistake) == (13, False)
    (mistake,) = strange_channels(PLAYBOOK, {"floor", "retentions"})
    assert (mistake.line, mistake.is_mistake) == (retention.line, True)
    assert "did you mean 'retentions'" in mistake.message
    assert list(strange_channels(PLAYBOOK, {"floor", "retention"})) == []
