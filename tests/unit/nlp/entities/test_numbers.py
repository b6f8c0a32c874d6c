"""Spoken numbers: quantities, vague ones, rows of digits and check digits."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist.numerals import read_digits, read_quantity
from nlp.entities.numbers import is_card_number, is_identity_number, plain, read_number, read_row

DIGITS = st.from_regex(r"\A[0-9]{1,20}\Z")


@given(st.integers(0, 10**12))
def test_a_number_is_worth_what_it_was_said_from(number: int) -> None:
    assert read_number(read_quantity(str(number))) == number


@given(st.integers(0, 10**6), st.from_regex(r"\A[0-9]{1,4}\Z"))
def test_decimals_are_read_digit_by_digit(whole: int, fraction: str) -> None:
    said = f"{read_quantity(str(whole))}点{read_digits(fraction)}"
    assert read_number(said) == Decimal(f"{whole}.{fraction}")


@given(st.integers(1, 9), st.sampled_from(["十", "百", "千", "万"]))
def test_a_vague_number_is_worth_the_least_that_was_meant(count: int, unit: str) -> None:
    said = read_quantity(str(count)) + unit
    assert read_number(said + "多") == read_number(said)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("一万二", 12_000),
        ("三千五", 3_500),
        ("两千零五", 2_005),
        ("俩", 2),
        ("仨", 3),
        ("十几", 10),
        ("四十几", 40),
        ("十来", 10),
        ("百把", 100),
        ("百十来", 100),
        ("百八十", 80),
        ("五六", 5),
        ("三四百", 300),
        ("十七八", 17),
        ("三五", 3),
        ("50", 50),
        ("1.2万", 12_000),
        ("一点二万", 12_000),
    ],
)
def test_short_and_vague_ways_of_saying_are_understood(said: str, value: int) -> None:
    assert read_number(said) == value


@pytest.mark.parametrize("said", ["", "几", "几百", "二四", "点五", "三点", "哈"])
def test_what_is_no_number_has_no_value(said: str) -> None:
    assert read_number(said) is None


@given(st.decimals(0, 10**9, places=3))
def test_plain_numbers_read_back_and_have_no_needless_zeros(value: Decimal) -> None:
    text = plain(value)
    assert Decimal(text) == value
    assert not ("." in text and text.endswith(("0", ".")))


@given(DIGITS)
def test_a_row_read_out_is_the_same_row(digits: str) -> None:
    assert read_row(read_digits(digits)) == digits


@given(DIGITS.filter(lambda digits: len(digits) > 3), st.sampled_from(["，", "呃", "，嗯", " "]))
def test_pauses_and_fillers_inside_a_row_do_not_count(digits: str, pause: str) -> None:
    said = read_digits(digits)
    assert read_row(said[0] + pause + said[1:]) == digits


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("幺三八零零洞拐勾两", "138000792"),
        ("四五，四五八八", "4588"),
        ("三个八", "888"),
        ("零零三叉", "003X"),
        ("零零三x", "003X"),
        ("12三4", "1234"),
    ],
)
def test_slips_and_habits_of_reading_out_are_understood(said: str, digits: str) -> None:
    assert read_row(said) == digits


@pytest.mark.parametrize("said", ["", "x", "，", "一百", "零零三叉四"])
def test_what_is_no_row_has_no_digits(said: str) -> None:
    assert read_row(said) is None


def test_check_digits_are_verified() -> None:
    assert is_identity_number("11010519491231002X")
    assert not is_identity_number("110105194912310021")
    assert not is_identity_number("X")
    assert is_card_number("4111111111111111")
    assert not is_card_number("4111111111111112")
    assert not is_card_number("41")


@given(st.from_regex(r"\A[0-9]{12,18}\Z"))
def test_just_one_last_digit_makes_a_card_number(head: str) -> None:
    assert sum(is_card_number(head + last) for last in "0123456789") == 1
