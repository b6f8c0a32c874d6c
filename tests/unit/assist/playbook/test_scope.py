"""Which part of the call a rule sees."""

from __future__ import annotations

import pytest

from assist.errors import PlaybookError
from tests.support.dialogue import Dialogue, playbook_of

MOOD = "  - {id: mood, phrase: 投诉, set: {mood: true}}\n  - {id: calm, phrase: 谢谢, set: {mood: false}}\n"


def seen(scope: str, *lines: str, condition: str = "phrase: 流量") -> int:
    """How often a rule with a scope fires in a call in which the parties take turns; a number waits so long."""
    rule = f"  - {{id: r, title: 试, {condition}, scope: {scope}, because: 因为, emit: {{flag: {{}}}}}}\n"
    call = Dialogue(playbook_of(MOOD + rule))
    for number, line in enumerate(lines):
        if line.isdigit():
            call.waits(int(line))
        else:
            call.says("customer" if number % 2 else "agent", line)
    return sum(verdict == "breach" for _, verdict in call.flags())


@pytest.mark.parametrize(
    ("turns", "times"),
    [
        ("{from: 2}", 3),
        ("{to: 2}", 2),
        ("{from: 2, to: 3}", 2),
        ("{from: -1}", 1),
        ("{from: -3, to: -2}", 1),
        ("{from: 5, to: -1}", 0),
        ("{from: 2, to: -3}", 1),
        ("{to: -5}", 0),
    ],
)
def test_turns_are_counted_from_the_beginning_or_from_the_end(turns: str, times: int) -> None:
    """From the end, it is decided once, when that is known."""
    assert seen(f"{{turns: {turns}}}", "流量", "查流量", "有流量", "流量呢") == times


def test_the_last_while_of_the_call_is_known_at_the_end() -> None:
    assert seen("{last_ms: 5000}", "流量", "3000", "好的") == 1
    assert seen("{last_ms: 5000}", "流量", "9000", "好的") == 0


@pytest.mark.parametrize(
    ("percent", "times"),
    [("{to: 30}", 1), ("{to: 60}", 1), ("{from: 30, to: 60}", 0), ("{from: 60}", 1), ("{from: 95}", 0)],
)
def test_a_share_of_the_calls_time_is_known_at_the_end(percent: str, times: int) -> None:
    assert seen(f"{{percent: {percent}}}", "流量", "9000", "好的", "流量", "2000") == times


def test_a_part_with_a_limit_begins_anew_each_time() -> None:
    soon = "{after: {phrase: 投诉}, within_turns: 1}"
    assert seen(soon, "我要投诉", "流量") == 1
    assert seen(soon, "我要投诉", "好的吧", "流量") == 0
    assert seen(soon, "我要投诉", "好的吧", "嗯嗯嗯", "再投诉", "流量") == 1
    timed = "{after: {phrase: 投诉}, within_ms: 5000}"
    assert seen(timed, "我要投诉", "流量") == 1
    assert seen(timed, "我要投诉", "8000", "流量") == 0


def test_what_was_badly_heard_does_not_prolong_a_part() -> None:
    rule = "phrase: 流量, scope: {after: {phrase: 投诉}, within_turns: 1}, because: 因为, emit: {flag: {}}"
    playbook = playbook_of(f"  - {{id: r, title: 试, {rule}}}\n")

    def flags(first: float, again: float) -> list[str]:
        call = Dialogue(playbook).customer("我要投诉", confidence=first).agent("再投诉", confidence=again)
        return [verdict for _, verdict in call.customer("流量呢").flags()]

    assert flags(0.9, 0.9) == ["breach"]
    assert flags(0.9, 0.1) == []
    assert flags(0.1, 0.9) == ["breach"]
    assert flags(0.1, 0.1) == ["abstained"]


def test_a_part_lasts_while_something_is_so() -> None:
    scope = "{while: {state: {mood: true}}}"
    assert seen(scope, "流量", "我要投诉", "流量", "谢谢你", "流量", "又投诉", "流量") == 2
    twice = "count: {what: {phrase: 流量}, min: 2}"
    assert seen(scope, "流量", "我要投诉", "流量", condition=twice) == 0
    assert seen(scope, "我要投诉", "流量", "谢谢你", "流量", "又投诉", "流量", condition=twice) == 1


@pytest.mark.parametrize(
    "scope",
    [
        "{}",
        "{within_turns: 2}",
        "{before: {phrase: 投诉}, within_ms: 1000}",
        "{while: {phrase: 投诉}}",
        "{turns: {}}",
        "{turns: {from: 0}}",
        "{turns: {from: 3, to: 2}}",
        "{turns: {from: -2, to: -3}}",
        "{turns: {from: 3}, first_turns: 2}",
        "{first_turns: 3, last_turns: 2}",
    ],
)
def test_parts_that_are_none_are_refused(scope: str) -> None:
    with pytest.raises(PlaybookError, match="scope"):
        seen(scope, "流量")
