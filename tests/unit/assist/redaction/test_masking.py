"""Masks of the same length."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist.messages import PrivateKind, PrivateSpan, Word
from assist.redaction import masked, silent_spans


def mask(text: str, words: str, kind: PrivateKind) -> str:
    start = text.index(words)
    return masked(text, (PrivateSpan(start=start, end=start + len(words), kind=kind),))


@pytest.mark.parametrize(
    ("words", "kind", "shown"),
    [
        ("13800001234", "phone_number", "138****1234"),
        ("一三八，零零零零，一二三四", "phone_number", "一三八，****，一二三四"),
        ("八零零零一二三四", "phone_number", "电***一二三四"),
        ("零零零零", "phone_number", "电***"),
        ("一三五四个零幺幺二二", "phone_number", "电*********"),
        ("110000198202099056", "id_number", "证*****************"),
        ("6200008855227813", "bank_card", "卡***********7813"),
        ("王小明", "person", "某**"),
        ("王", "person", "某"),
        ("建设路十二号", "address", "址*****"),
        ("abc_123", "passcode", "密******"),
        ("li@example.com", "email", "邮*@*******.***"),
    ],
)
def test_mask_shows_the_kind_and_what_is_usual(words: str, kind: PrivateKind, shown: str) -> None:
    assert mask(f"我的{words}对吗", words, kind) == f"我的{shown}对吗"


@given(
    text=st.text(max_size=40),
    cuts=st.lists(st.integers(0, 40), min_size=2, max_size=2),
    kind=st.sampled_from(["phone_number", "bank_card", "person", "email", "withheld"]),
)
def test_mask_keeps_the_length_and_everything_around(text: str, cuts: list[int], kind: PrivateKind) -> None:
    start, end = sorted(min(cut, len(text)) for cut in cuts)
    result = masked(text, (PrivateSpan(start=start, end=end, kind=kind),))
    assert len(result) == len(text)
    assert result[:start] == text[:start]
    assert result[end:] == text[end:]


def test_words_of_a_span_tell_what_is_silenced() -> None:
    words = [
        Word(text=character, start_ms=1_000 + 200 * at, end_ms=1_180 + 200 * at, confidence=1.0)
        for at, character in enumerate("我叫王小明对")
    ]
    assert silent_spans(words, "我叫王小明，对", (PrivateSpan(start=2, end=5, kind="person"),)) == [(1_340, 2_040)]


def test_nothing_is_silenced_where_nothing_is_private() -> None:
    assert silent_spans([Word(text="好", start_ms=0, end_ms=100, confidence=1.0)], "好", ()) == []
