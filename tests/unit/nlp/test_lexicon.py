"""Names put right by sound, and words that must stay."""

from __future__ import annotations

import pytest

from assist.messages import Term
from nlp.lexicon import Lexicon

NAMES = (
    "畅享套餐",
    "流量放心包",
    "携号转网",
    "停机保号",
    "呼叫转移",
    "亲情网",
    "全球通",
    "副卡",
    "光猫",
    "月租",
    "机顶盒",
    "实名认证",
)
lexicon = Lexicon((*(Term(name, "playbook") for name in NAMES), Term("李晓红", "call"), Term("5G畅享套餐", "playbook")))


def put_right(text: str, confidence: float | None = None, using: Lexicon = lexicon) -> str:
    """The text with all corrections made."""
    found = using.find(text, None if confidence is None else [confidence] * len(text))
    for correction in reversed(found):
        assert text[correction.start : correction.end] == correction.heard
        text = text[: correction.start] + correction.written + text[correction.end :]
    return text


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("我想办唱响套餐", "我想办畅享套餐"),
        ("我要斜好转网", "我要携号转网"),
        ("流量方心包多少钱", "流量放心包多少钱"),
        ("办个停机报号", "办个停机保号"),
        ("您是李小红女士吗", "您是李晓红女士吗"),
        ("全球痛的卡", "全球通的卡"),
        ("五级唱响套餐", "5G畅享套餐"),
    ],
)
def test_a_name_replaces_what_sounds_exactly_like_it(heard: str, written: str) -> None:
    assert put_right(heard, 0.95) == put_right(heard) == written


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("清情网怎么加", "亲情网怎么加"),
        ("流量放行包", "流量放心包"),
        ("付卡每月多少钱", "副卡每月多少钱"),
        ("光毛亮红灯", "光猫亮红灯"),
    ],
)
def test_a_name_that_only_resembles_or_is_short_needs_doubt(heard: str, written: str) -> None:
    assert put_right(heard, 0.5) == written
    assert put_right(heard, 0.95) == put_right(heard) == heard


@pytest.mark.parametrize(
    "text",
    [
        "家里小红帽",
        "约阻力很大",
        "流量放心的包",
        "我们家的付款方式",
        "越足越好",
        "我先停机，报号码给你",
        "今天没有什么事情",
        "酱爆鸡丁和炸酱面",
        "月族",
        "",
        "。",
    ],
)
def test_what_is_said_in_other_words_stays(text: str) -> None:
    assert put_right(text, 0.9) == text


@pytest.mark.parametrize("text", ["酱爆鸡丁和炸酱面", "我是认真的", "家里小红帽", "我们家的付款方式"])
def test_words_of_the_dictionary_stay_however_doubted(text: str) -> None:
    assert put_right(text, 0.1) == text


@pytest.mark.parametrize("text", ["畅享套餐", "我要携号转网", "5g畅享套餐", "李晓红"])
def test_a_name_that_stands_there_already_is_no_correction(text: str) -> None:
    assert lexicon.find(text, [0.1] * len(text)) == ()


def test_a_syllable_too_many_or_too_few_is_found_in_long_names() -> None:
    assert put_right("流量的放心包", 0.5) == "流量放心包"
    assert put_right("流量心包", 0.5) == "流量放心包"
    assert put_right("流量心包", 0.95) == "流量心包"


def test_known_mishearings_are_replaced_wherever_they_stand() -> None:
    using = Lexicon((Term("亲情网", "playbook", ("清晰网",)),))
    assert put_right("我们加了清晰网", 0.95, using) == "我们加了亲情网"


def test_a_correction_says_what_was_heard_and_how_alike_it_sounds() -> None:
    (correction,) = lexicon.find("办清情网", [0.9, 0.5, 0.9, 0.9])
    assert (correction.start, correction.end) == (1, 4)
    assert (correction.heard, correction.written, correction.term) == ("清情网", "亲情网", "亲情网")
    assert correction.source == "playbook"
    assert correction.score == 0.95


def test_the_longer_of_two_names_in_one_place_is_written() -> None:
    assert [correction.written for correction in lexicon.find("五级唱响套餐", None)] == ["5G畅享套餐"]


def test_an_empty_lexicon_finds_nothing() -> None:
    assert Lexicon(()).find("我想办唱响套餐", None) == ()
