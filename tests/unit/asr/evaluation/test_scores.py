"""Normalisation, error counts and intervals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.evaluation.scores import (
    CharacterErrors,
    add_up,
    count_errors,
    difference_interval,
    normalise,
    rate_interval,
    says_number,
    without_fillers,
)
from asr.text import Scribe

SCRIBE = Scribe()
TEXTS = st.text("你好您請问一二3 ，.a嗯", max_size=20)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("您好，請問？", "您好请问"),
        ("幺三8 ok_ＯＫ", "一三八OKOK"),
        ("1200元，约12.5%", "一二零零元约一二五"),
        ("①號", "一号"),
        ("", ""),
    ],
)
def test_normal_form(text: str, normal: str) -> None:
    assert normalise(text, SCRIBE) == normal


@given(TEXTS)
def test_the_normal_form_is_its_own(text: str) -> None:
    assert normalise(normalise(text, SCRIBE), SCRIBE) == normalise(text, SCRIBE)


def test_fillers_leave_amounts_alone() -> None:
    assert without_fillers("嗯那个金额呃一百啊") == "那个金额一百"


@pytest.mark.parametrize(
    ("text", "says_one"), [("一千二百", True), ("有3个", True), ("有３个", True), ("一起万达", False), ("您好", False)]
)
def test_numbers_are_digits_or_two_characters_of_one(text: str, says_one: bool) -> None:
    assert says_number(text) == says_one


def test_errors_are_counted_by_kind_and_added_before_dividing() -> None:
    errors = count_errors("中国现在", "中过现") + count_errors("", "啊")
    assert errors == CharacterErrors(reference_chars=4, substitutions=1, deletions=1, insertions=1)
    assert errors.total == 3
    assert errors.rate == 0.75
    assert CharacterErrors().rate == 0


@given(TEXTS, TEXTS)
def test_errors_account_for_the_lengths(reference: str, hypothesis: str) -> None:
    errors = count_errors(reference, hypothesis)
    assert len(reference) - errors.deletions + errors.insertions == len(hypothesis)
    assert (errors.total == 0) == (reference == hypothesis)


def test_an_interval_holds_the_rate_and_is_the_same_every_time() -> None:
    errors = [CharacterErrors(10, substitutions=count % 4) for count in range(40)]
    low, high = rate_interval(errors)
    assert low < add_up(errors).rate < high
    assert (low, high) == rate_interval(errors)


def test_a_system_does_not_differ_from_itself() -> None:
    errors = [CharacterErrors(10, substitutions=count % 4) for count in range(40)]
    assert difference_interval(errors, errors) == (0, 0)


def test_a_difference_on_every_text_is_certain() -> None:
    ours, theirs = [CharacterErrors(10, deletions=1)] * 20, [CharacterErrors(10, deletions=3)] * 20
    assert difference_interval(ours, theirs) == pytest.approx((-0.2, -0.2))
