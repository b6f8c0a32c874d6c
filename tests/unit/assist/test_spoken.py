"""Texts as they are spoken, and the way back to the written characters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist.spoken import spoken


@pytest.mark.parametrize(
    ("text", "chars"),
    [
        ("您好，请问！", "你好请问"),
        ("20元", "二十元"),
        ("105 块", "一百零五块"),
        ("1000兆", "一千兆"),
        ("2024", "二千零二十四"),
        ("10086", "一零零八六"),
        ("010", "零一零"),
        ("1.5倍", "一点五倍"),
        ("好.", "好"),
        ("两个Ｇ", "二个g"),
        ("幺零零八六", "一零零八六"),
        ("……", ""),
        ("", ""),
    ],
)
def test_spoken_form(text: str, chars: str) -> None:
    assert spoken(text).chars == chars


def test_numerals_keep_their_sound() -> None:
    assert spoken("两个").sounds == "两个"


def test_span_leads_back_to_the_written_characters() -> None:
    said = spoken("每月，20元。")
    assert said.span(2, 5) == (3, 6)


def test_clauses_begin_after_punctuation() -> None:
    assert spoken("好，的").starts_clause == (True, True)


@given(st.text(max_size=60))
def test_every_spoken_character_leads_back_into_the_text(text: str) -> None:
    said = spoken(text)
    assert len(said.chars) == len(said.sounds) == len(said.written) == len(said.starts_clause)
    assert all(0 <= start < end <= len(text) for start, end in said.written)
    assert list(said.written) == sorted(said.written)
