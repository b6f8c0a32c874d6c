"""Reading numbers out, and what numerals are worth."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist.numerals import MAX_QUANTITY_DIGITS, digits_of, read_digits, read_quantity, value_of


@given(st.integers(0, 10**12))
def test_a_quantity_is_worth_what_it_was_read_from(number: int) -> None:
    assert value_of(read_quantity(str(number))) == number


@given(st.from_regex(r"\A[0-9]{1,20}\Z"))
def test_digits_read_one_by_one_are_the_same_digits(digits: str) -> None:
    assert digits_of(read_digits(digits)) == digits


@pytest.mark.parametrize(
    ("digits", "said"),
    [
        ("0", "零"),
        ("2", "二"),
        ("10", "十"),
        ("12", "十二"),
        ("105", "一百零五"),
        ("111", "一百一十一"),
        ("200", "两百"),
        ("1200", "一千二百"),
        ("2002", "两千零二"),
        ("20000", "两万"),
        ("100001", "十万零一"),
        ("120030405", "一亿二千零三万零四百零五"),
        ("007", "七"),
    ],
)
def test_a_quantity_is_read_as_it_is_said(digits: str, said: str) -> None:
    assert read_quantity(digits) == said


def test_a_number_too_long_has_no_reading_by_value() -> None:
    with pytest.raises(ValueError, match="digits"):
        read_quantity("1" * (MAX_QUANTITY_DIGITS + 1))


@pytest.mark.parametrize(
    ("numerals", "value"),
    [("一千二", 1_200), ("三万五", 35_000), ("一百二", 120), ("两亿五", 250_000_000), ("一百零五", 105)],
)
def test_short_ways_of_saying_are_understood(numerals: str, value: int) -> None:
    assert value_of(numerals) == value


@pytest.mark.parametrize(
    "numerals",
    [
        "三四十",
        "十五六",
        "一百二三十",
        "二四",
        "千万",
        "万一",
        "百",
        "十十",
        "零五",
        "一百零",
        "一百五千",
        "五十九三十",
        "三十两",
        "",
    ],
)
def test_vague_and_broken_numbers_have_no_value(numerals: str) -> None:
    assert value_of(numerals) is None
