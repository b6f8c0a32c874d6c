"""What conditions on silences that are over, and on being let wait, mean."""

from __future__ import annotations

import pytest

from assist.errors import PlaybookError
from assist.messages import Flag
from tests.support.dialogue import Dialogue, only, rule_of

BREACH, DOUBT = [("r", "breach")], [("r", "abstained")]


def test_a_silence_counts_for_the_party_that_breaks_it() -> None:
    playbook = rule_of("silence: {min_ms: 8000, after_party: customer, before_party: customer}")
    assert Dialogue(playbook).customer("在吗").waits(9_000).customer("喂还在吗").flags() == BREACH
    assert Dialogue(playbook).customer("在吗").waits(9_000).agent("在的").flags() == []
    assert Dialogue(playbook).agent("您说").waits(9_000).customer("喂还在吗").flags() == []
    assert Dialogue(playbook).customer("在吗").waits(3_000).customer("喂还在吗").flags() == []
    assert Dialogue(playbook).customer("在吗").waits(20_000).flags() == []


def test_a_silence_that_is_made_up_for_does_not_count() -> None:
    playbook = rule_of("silence: {min_ms: 8000, unless_after: {party: agent, phrase: 久等}}")
    assert Dialogue(playbook).agent("我查查").waits(9_000).agent("让您久等了").flags() == []
    assert Dialogue(playbook).agent("我查查").waits(9_000).agent("查到了").flags() == BREACH
    assert Dialogue(playbook).agent("我查查").waits(9_000).agent("让您久等了", confidence=0.1).flags() == DOUBT
    assert Dialogue(playbook).agent("我查查").waits(20_000).flags() == BREACH
    assert Dialogue(playbook).waits(9_000).agent("您好").flags() == []


def test_a_silence_that_is_over_may_have_been_announced() -> None:
    playbook = rule_of("silence: {min_ms: 8000, before_party: agent, unless_before: {phrase: 请稍等}}")
    assert Dialogue(playbook).agent("请稍等").customer("好").waits(9_000).agent("查到了").flags() == []
    assert Dialogue(playbook).agent("请稍等").waits(9_000).agent("查到了").waits(9_000).agent("喂").flags() == BREACH


def test_silences_that_are_over_are_counted() -> None:
    playbook = rule_of("silence: {min_ms: 8000, before_party: any, count: 2}")
    call = Dialogue(playbook).agent("一").waits(9_000).agent("二")
    assert call.flags(None) == []
    flags = only(Flag, call.waits(9_000).customer("三").advice())
    assert [len(flag.because.evidence) for flag in flags] == [2]


def test_the_words_that_break_a_silence_can_be_asked_for_as_well() -> None:
    playbook = rule_of("phrase: 挂了\n    silence: {min_ms: 5000, before_party: agent}")
    assert Dialogue(playbook).customer("喂").waits(6_000).agent("那我先挂了").flags() == BREACH
    assert Dialogue(playbook).customer("喂").agent("那我先挂了").flags() == []


def test_a_hold_lasts_until_the_party_comes_back() -> None:
    playbook = rule_of("hold: {min_ms: 10000}")
    call = Dialogue(playbook).agent("请您稍等", acts=["hold"]).customer("好的那你快一点啊")
    assert call.waits(12_000).agent("让您久等了").flags() == BREACH
    short = Dialogue(playbook).agent("请您稍等", acts=["hold"]).waits(6_000).agent("让您久等了")
    assert short.waits(12_000).agent("还在吗").flags() == []
    again = Dialogue(playbook).agent("请您稍等", acts=["hold"]).waits(6_000).agent("嗯")
    assert again.agent("再稍等一下", acts=["hold"]).waits(6_000).flags() == BREACH


def test_a_hold_in_doubt_leaves_doubt() -> None:
    playbook = rule_of("hold: {begins: {phrase: 稍等}, min_ms: 10000}")
    assert Dialogue(playbook).agent("请您稍等").waits(12_000).flags() == BREACH
    assert Dialogue(playbook).agent("请您稍等", confidence=0.1).waits(12_000).flags() == DOUBT


def test_holds_are_counted_once_each() -> None:
    playbook = rule_of("hold: {begins: {phrase: 稍等}, min_ms: 5000, count: 2}")
    once = Dialogue(playbook).agent("请您稍等").waits(20_000)
    assert once.flags(None) == []
    assert once.agent("您好先生").agent("请您稍等").waits(6_000).flags() == BREACH


def test_a_hold_within_limits_is_known_when_it_is_over() -> None:
    playbook = rule_of("hold: {begins: {phrase: 稍等}, min_ms: 3000, max_ms: 10000}")

    def held(ms: int) -> Dialogue:
        return Dialogue(playbook).agent("请您稍等").waits(ms).customer("好的我等你啊")

    assert held(5_000).flags(None) == []
    assert held(5_000).agent("让您久等了").flags(None) == BREACH
    assert held(500).agent("让您久等了").flags() == []
    assert held(12_000).agent("让您久等了").flags() == []
    assert held(5_000).flags() == BREACH
    assert held(5_000).agent("嗯").flags(None) == []


def test_a_hold_over_soon_that_was_badly_heard_leaves_doubt() -> None:
    playbook = rule_of("hold: {begins: {phrase: 稍等}, max_ms: 5000}")
    assert Dialogue(playbook).agent("请您稍等", confidence=0.1).agent("让您久等了").flags() == DOUBT


def test_short_holds_are_counted_once_each() -> None:
    playbook = rule_of("hold: {begins: {phrase: 稍等}, max_ms: 5000, count: 2}")
    once = Dialogue(playbook).agent("请您稍等").agent("查到了先生")
    assert once.flags() == []
    assert once.agent("请您稍等").agent("查到了先生").flags() == BREACH


def test_the_share_of_holds_is_known_at_the_end() -> None:
    playbook = rule_of("hold: {begins: {phrase: 稍等}, min_percent: 50}")
    long = Dialogue(playbook).agent("请您稍等").waits(20_000).agent("让您久等了")
    assert long.flags(None) == []
    assert long.flags() == BREACH
    assert Dialogue(playbook).agent("请您稍等", confidence=0.1).waits(20_000).agent("让您久等了").flags() == DOUBT
    assert long.waits(30_000).agent("再见").flags() == []
    none = rule_of("hold: {begins: {phrase: 稍等}, max_percent: 10}")
    assert Dialogue(none).agent("您好先生").flags() == BREACH
    assert Dialogue(none).agent("请您稍等").waits(9_000).flags() == []


@pytest.mark.parametrize(
    "condition",
    [
        "hold: {min_ms: 9000, max_ms: 5000}",
        "hold: {min_percent: 10, min_ms: 5000}",
        "hold: {max_percent: 101}",
        "silence: {unless_after: {state: {upset: true}}}",
        "silence: {before_party: nobody}",
        "hold: {begins: {call_length: {min_ms: 1}}}",
        "hold: {min_ms: 10}",
    ],
)
def test_what_cannot_be_meant_is_refused(condition: str) -> None:
    with pytest.raises(PlaybookError, match=r"silence|hold"):
        rule_of(condition)
