"""Stable text of a running transcript."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from asr.stable import StableText, join_window


def test_nothing_is_stable_after_one_hypothesis() -> None:
    text = StableText()
    assert text.update("您好请问")
    assert (text.text, text.stable_chars) == ("您好请问", 0)


def test_what_two_hypotheses_share_is_stable() -> None:
    text = StableText()
    text.update("您好请问")
    text.update("您好请闻有什么")
    assert (text.text, text.stable_chars) == ("您好请闻有什么", 3)


def test_stable_text_outlives_a_hypothesis_that_contradicts_it() -> None:
    text = StableText()
    for heard in ("您好请问", "您好请问", "你好请问一下"):
        text.update(heard)
    assert (text.text, text.stable_chars) == ("您好请问一下", 4)


def test_an_equal_hypothesis_changes_nothing_once_it_is_stable() -> None:
    text = StableText()
    text.update("您好")
    assert text.update("您好")
    assert not text.update("您好")


def test_a_window_continues_the_text_where_they_agree() -> None:
    assert join_window("我想办一个流量套餐", "流量套餐多少钱") == "我想办一个流量套餐多少钱"


def test_a_window_without_common_stretch_is_passed_over() -> None:
    text = StableText()
    text.update("我想办一个流量套餐")
    assert not text.update("完全不同的话", is_window=True)
    assert text.text == "我想办一个流量套餐"


hypotheses = st.lists(st.tuples(st.text("一二三四", max_size=12), st.booleans()), max_size=12)


@given(hypotheses)
def test_stable_text_only_grows(updates: list[tuple[str, bool]]) -> None:
    text = StableText()
    stable = ""
    for heard, is_window in updates:
        text.update(heard, is_window=is_window)
        assert text.text[: text.stable_chars].startswith(stable)
        assert text.stable_chars <= len(text.text)
        stable = text.text[: text.stable_chars]
