"""Sound that is missing leaves doubt in a call and in its replay, from the position on at which it is missing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from assist.backtest import Ruleset, read_call
from assist.backtest.replay import replay
from assist.messages import AudioGap, Envelope, Flag, Party
from nlp.phrases import PhraseAnalyser
from tests.support.dialogue import phrases_in, playbook_of
from tests.support.fakes import Said
from tests.support.lived_call import live

SCRIPT = (Said("customer", 1_200, 2_000, "我要投诉你们"), Said("customer", 14_000, 15_000, "有人吗"))
PLAYBOOK = playbook_of(
    "  - {id: r, title: 安抚, party: agent, because: 没有安抚, emit: {flag: {}},\n"
    "     followed_by: {after: {party: customer, phrase: 投诉}, expect: {phrase: 抱歉}, within_ms: 8000}}\n"
    "  - {id: s, title: 问候, party: agent, because: 没有问候, emit: {flag: {}},\n"
    "     absent: {what: {phrase: 您好}, by_ms: 6000}}\n",
)


def flags(log: Sequence[Envelope]) -> list[Flag]:
    return [one.event for one in log if isinstance(one.event, Flag)]


@pytest.mark.parametrize(
    ("party", "seconds", "expected"),
    [
        ("agent", (3, 8), "abstained"),
        ("agent", (9, 10), "abstained"),
        ("agent", (12, 16), "breach"),
        ("agent", (0, 1), "breach"),
        ("customer", (3, 8), "breach"),
    ],
)
async def test_a_duty_of_that_time_and_party_is_not_judged_and_a_replay_says_the_same(
    party: Party, seconds: tuple[int, int], expected: str, tmp_path: Path
) -> None:
    gap = AudioGap(party=party, start_ms=seconds[0] * 1_000, end_ms=seconds[1] * 1_000, cause="lost")
    script = (*SCRIPT, Said("agent", 1_000, 1_100, "嗯"))
    log = await live(script, 17_000, PLAYBOOK, (PhraseAnalyser(),), tmp_path, missing=gap)
    assert [one.event for one in log if isinstance(one.event, AudioGap)] == [gap]
    assert [flag.verdict for flag in flags(log) if flag.flag_id == "r-1"] == [expected]
    again = replay(read_call(log), Ruleset(PLAYBOOK, lambda heard: phrases_in(heard, PLAYBOOK)))
    assert [one for one in again if isinstance(one, Flag)] == flags(log)
