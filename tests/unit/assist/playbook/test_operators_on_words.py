"""What patterns, repetition and nearness mean."""

from __future__ import annotations

import pytest

from assist.errors import PlaybookError
from assist.messages import Flag
from tests.support.dialogue import Dialogue, only, rule_of


@pytest.mark.parametrize(
    ("condition", "text", "is_true"),
    [
        ("pattern: '工号(是)?[幺一二三四五六七八九零]{4}'", "我的工号是幺二三四", True),
        ("pattern: '工号(是)?[幺一二三四五六七八九零]{4}'", "我的工号是幺二三", False),
        ("pattern: {match: '肯定|绝对', unless: '不(敢|能)(肯定|绝对)'}", "绝对没问题", True),
        ("pattern: {match: '肯定|绝对', unless: '不(敢|能)(肯定|绝对)'}", "这我不敢肯定", False),
        ("phrase: {all: [合约, 违约金], near_chars: 4}", "合约有违约金", True),
        ("phrase: {all: [合约, 违约金], near_chars: 4}", "合约里头写得很清楚没有违约金", False),
        ("phrase: {all: [合约, 违约金], near_chars: 4}", "违约金看合约", True),
        ("phrase: {all: [合约, 违约金], near_chars: 4, in_order: true}", "违约金看合约", False),
        ("phrase: {all: [合约, 违约金], in_order: true}", "合约里头写得很清楚没有违约金", True),
        ("phrase: {any: [肯定, 绝对, 百分百], min_hits: 2}", "肯定的绝对能修好", True),
        ("phrase: {any: [肯定, 绝对, 百分百], min_hits: 2}", "肯定能修好", False),
        ("phrase: {any: [肯定能, 肯定], min_hits: 2}", "肯定能修好", False),
    ],
)
def test_words_match_or_do_not(condition: str, text: str, is_true: bool) -> None:
    assert bool(Dialogue(rule_of(condition)).agent(text).flags()) is is_true


def test_words_may_be_spread_over_some_utterances() -> None:
    told = rule_of("phrase: {all: [每月, 生效], none: [不收], within_utterances: 2}")
    [flag] = only(Flag, Dialogue(told).agent("每月十元").customer("哦").agent("次月生效").advice())
    assert [piece.quote for piece in flag.because.evidence] == ["每月", "生效"]
    assert Dialogue(told).agent("每月十元").customer("次月生效").flags() == []
    assert Dialogue(told).agent("每月十元").agent("是这样").agent("次月生效").flags() == []
    assert Dialogue(told).agent("每月不收十元").agent("次月生效").flags() == []
    assert Dialogue(told).agent("每月十元", confidence=0.1).agent("次月生效").flags() == [("r", "abstained")]


def test_places_are_counted_over_some_utterances_and_told_when_one_is_added() -> None:
    often = rule_of("phrase: {any: [肯定, 绝对], min_hits: 3, within_utterances: 3}")
    call = Dialogue(often).agent("肯定能绝对能").agent("您放心")
    assert call.flags(None) == []
    [flag] = only(Flag, call.agent("绝对没问题").agent("您放心").advice(None))
    assert len(flag.because.evidence) == 3


@pytest.mark.parametrize(
    "condition",
    [
        "phrase: {all: [合约, 违约金], min_hits: 2}",
        "phrase: {all: [合约, 违约金], near_chars: 4, within_utterances: 2}",
        "phrase: {any: [合约], within_utterances: 0}",
    ],
)
def test_what_does_not_go_together_is_refused(condition: str) -> None:
    with pytest.raises(PlaybookError, match="phrase"):
        rule_of(condition)


def test_what_matches_may_be_spread_over_some_utterances() -> None:
    told = rule_of("pattern: {match: '推荐.*套餐', unless: 不推荐, within_utterances: 2}")
    [flag] = only(Flag, Dialogue(told).agent("给您推荐一个").customer("哦").agent("五G套餐好吗").advice())
    assert [piece.quote for piece in flag.because.evidence] == ["推荐一个", "五G套餐"]
    assert Dialogue(told).agent("给您推荐一个").customer("套餐").flags() == []
    assert Dialogue(told).agent("给您推荐一个").agent("是这样").agent("五G套餐").flags() == []
    assert Dialogue(told).agent("推荐五G套餐").agent("好的吗").flags() == [("r", "breach")]
    assert Dialogue(told).agent("不推荐").agent("推荐五G套餐").flags() == []
    doubt = [("r", "abstained")]
    assert Dialogue(told).agent("给您推荐一个", confidence=0.1).agent("五G套餐好吗").flags() == doubt


def test_a_pattern_quotes_what_it_found_and_abstains_where_it_was_badly_heard() -> None:
    [flag] = only(Flag, Dialogue(rule_of("pattern: '[一二三]个月内'")).agent("大概三个月内吧").advice())
    assert flag.because.evidence[0].quote == "三个月内"
    assert Dialogue(rule_of("pattern: 三个月")).agent("三个月", confidence=0.2).flags() == [("r", "abstained")]


@pytest.mark.parametrize("expression", ["(", "(?<=a)b", r"(a)\1", "a" * 1_001])
def test_a_pattern_that_re2_cannot_run_is_refused_with_its_line(expression: str) -> None:
    with pytest.raises(PlaybookError, match="pattern") as refused:
        rule_of(f"pattern: '{expression}'")
    assert refused.value.line


def test_a_pattern_is_linear_in_the_text() -> None:
    assert Dialogue(rule_of("pattern: '(啊+)+$'")).agent("啊" * 3_000 + "吧").flags() == []


SAID = "我上个月根本没有用那么多流量"


def test_saying_it_again_is_a_repetition() -> None:
    call = Dialogue(rule_of("repeats: {}", party="customer")).customer(SAID).agent("好的我帮您看").customer(SAID + "啊")
    [flag] = only(Flag, call.advice())
    assert [piece.quote for piece in flag.because.evidence] == [SAID, SAID + "啊"]


def test_repetition_counts_only_the_own_words_and_waits_for_the_nth() -> None:
    once = Dialogue(rule_of("repeats: {}", party="customer")).agent(SAID).customer(SAID)
    assert once.flags() == []
    thrice = Dialogue(rule_of("repeats: {nth: 3}", party="customer")).customer(SAID).customer(SAID)
    assert thrice.flags() == []
    assert thrice.customer(SAID).flags() == [("r", "breach")]


def test_echoing_the_other_is_a_repetition_of_the_other() -> None:
    call = Dialogue(rule_of("repeats: {of: other}")).customer(SAID).agent(SAID)
    assert call.flags() == [("r", "breach")]


def test_short_and_excepted_words_are_no_repetition() -> None:
    assert Dialogue(rule_of("repeats: {}")).agent("好的好的").agent("好的好的").flags() == []
    polite = rule_of("repeats: {except: [请稍等]}")
    assert Dialogue(polite).agent("请稍等我查一下").agent("请稍等我查一下").flags() == []
