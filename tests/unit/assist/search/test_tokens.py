"""Text as tokens, and phrases found among them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist.search.tokens import phrase_of, spans_of, tokens


def texts(text: str) -> list[str]:
    return [token.text for token in tokens(text)]


def found(text: str, words: str) -> list[str]:
    """The parts of a text at which words stand."""
    phrase = phrase_of(words)
    assert phrase is not None
    return [text[start:end] for start, end in spans_of(phrase, list(tokens(text)))]


def test_han_characters_are_pairs_and_the_last_stands_alone() -> None:
    assert texts("办宽带。嗯") == ["办宽", "宽带", "带", "嗯"]


def test_words_of_other_scripts_are_whole_small_and_of_half_width() -> None:
    assert texts("５Ｇ套餐 WiFi-128元") == ["5g", "套餐", "餐", "wifi", "128", "元"]


@pytest.mark.parametrize(
    ("text", "words", "parts"),
    [
        ("我要办宽带，宽带多少钱", "宽带", ["宽带", "宽带"]),
        ("携号转网怎么办", "号转网", ["号转网"]),
        ("宽带", "宽", ["宽"]),
        ("我要办宽", "宽", ["宽"]),
        ("办5G套餐吗", "5G套餐", ["5G套餐"]),
        ("办5G套餐吗", "5g 套", ["5G套"]),
        ("用WiFi上网", "wifi", ["WiFi"]),
        ("用WiFi上网", "wi", []),
        ("宽，带", "宽带", []),
        ("带宽", "宽带", []),
    ],
)
def test_a_phrase_is_found_where_its_tokens_follow_each_other(text: str, words: str, parts: list[str]) -> None:
    assert found(text, words) == parts


def test_there_is_no_phrase_without_a_word() -> None:
    assert phrase_of("，!? ") is None


@given(st.text("办宽带5gG 。餐", max_size=12), st.text("办宽带餐", min_size=1, max_size=4))
def test_every_run_of_han_characters_is_found_in_the_text_that_holds_it(around: str, words: str) -> None:
    text = f"{around}{words}{around}"
    assert words in found(text, words)


@given(st.text(max_size=40))
def test_tokens_stand_where_they_say_and_hold_nothing_that_an_index_splits(text: str) -> None:
    for token in tokens(text):
        assert len(text[token.start : token.end]) == len(token.text)
        assert not set(token.text) & set("'\"\\¶")
        assert len(token.text.split()) == 1
