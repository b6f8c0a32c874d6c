"""Normal forms of what is counted and paid."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist.numerals import DIGITS, read_quantity
from nlp.entities.quantities import (
    amount_in_fen,
    data_in_mb,
    discount_in_percent,
    minutes_of_voice,
    number_of_times,
    speed_in_mbit,
    term_in_months,
)


@given(st.integers(1, 10**6), st.integers(0, 9), st.integers(0, 9))
def test_money_that_is_said_is_the_same_money(yuan: int, jiao: int, fen: int) -> None:
    said = f"{read_quantity(str(yuan))}块"
    if jiao:
        said += f"{DIGITS[jiao]}毛{DIGITS[fen] if fen else ''}"
        assert amount_in_fen(said) == str(yuan * 100 + jiao * 10 + fen)
    else:
        assert amount_in_fen(said + "钱") == str(yuan * 100)


@given(st.integers(1, 2_000))
def test_volumes_and_speeds_that_are_said_are_the_same(count: int) -> None:
    said = read_quantity(str(count))
    assert data_in_mb(f"{said}个G") == str(count * 1_024)
    assert data_in_mb(f"{said}兆") == str(count)
    assert speed_in_mbit(f"{said}兆") == str(count)


@pytest.mark.parametrize(
    ("read", "said", "value"),
    [
        (amount_in_fen, "一百三十八块五", "13850"),
        (amount_in_fen, "一块九毛九", "199"),
        (amount_in_fen, "九块九", "990"),
        (amount_in_fen, "五块半", "550"),
        (amount_in_fen, "三十九", "3900"),
        (amount_in_fen, "一万二", "1200000"),
        (amount_in_fen, "百十来块", "10000"),
        (amount_in_fen, "百八十块", "8000"),
        (amount_in_fen, "五六块钱", "500"),
        (amount_in_fen, "两毛", "20"),
        (amount_in_fen, "一毛九", "19"),
        (amount_in_fen, "五分钱", "5"),
        (amount_in_fen, "三块零五分", "305"),
        (amount_in_fen, "1.5元", "150"),
        (amount_in_fen, "几块钱", None),
        (amount_in_fen, "钱", None),
        (data_in_mb, "两个G", "2048"),
        (data_in_mb, "两个半G", "2560"),
        (data_in_mb, "九个半", "9728"),
        (data_in_mb, "半个G", "512"),
        (data_in_mb, "一点五G", "1536"),
        (data_in_mb, "一个T", "1048576"),
        (data_in_mb, "二十", None),
        (data_in_mb, "几个G", None),
        (speed_in_mbit, "千兆", "1000"),
        (speed_in_mbit, "五百兆宽带", "500"),
        (speed_in_mbit, "一个G", "1000"),
        (speed_in_mbit, "网速", None),
        (minutes_of_voice, "三百分钟", "300"),
        (minutes_of_voice, "两小时", "120"),
        (minutes_of_voice, "几分钟", None),
        (number_of_times, "第三次", "3"),
        (number_of_times, "四五个", "4"),
        (number_of_times, "仨", "3"),
        (number_of_times, "几次", None),
        (discount_in_percent, "八折", "80"),
        (discount_in_percent, "八五折", "85"),
        (discount_in_percent, "八点五折", "85"),
        (discount_in_percent, "打对折", "50"),
        (discount_in_percent, "百分之二十", "20"),
        (discount_in_percent, "百分之百", "100"),
        (discount_in_percent, "20%", "20"),
        (discount_in_percent, "两成", "20"),
        (discount_in_percent, "几折", None),
        (term_in_months, "两年", "24"),
        (term_in_months, "两年半", "30"),
        (term_in_months, "半年期", "6"),
        (term_in_months, "十二期", "12"),
        (term_in_months, "仨月", "3"),
        (term_in_months, "七天", None),
        (term_in_months, "几个月", None),
    ],
)
def test_quantities_have_normal_forms(read: Callable[[str], str | None], said: str, value: str | None) -> None:
    assert read(said) == value
