"""Digits as a speaker says them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.text import edited
from asr.writing.spoken import spoken_edits


def spoken(text: str) -> str:
    return edited(text, spoken_edits(text))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("1200块", "一千二百块"),
        ("1,200元", "一千二百元"),
        ("8213元", "八千二百一十三元"),
        ("20000", "两万"),
        ("1万2千", "一万两千"),
        ("12.5亿", "十二点五亿"),
        ("¥128", "一百二十八元"),
        ("¥128元", "一百二十八元"),
        ("$100", "一百美元"),
        ("3.5", "三点五"),
        ("2.3.1", "二点三点一"),
        ("20%", "百分之二十"),
        ("100%", "百分之百"),
        ("10%-20%", "百分之十到百分之二十"),
        ("1/3", "三分之一"),
        ("3:2", "三比二"),
    ],
)
def test_quantities_are_read_by_value(written: str, said: str) -> None:
    assert spoken(written) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("10086", "一零零八六"),
        ("13800138000", "一三八零零一三八零零零"),
        ("138 0013 8000", "一三八零零一三八零零零"),
        ("400-810-1234", "四零零八一零一二三四"),
        ("010-12345678", "零一零一二三四五六七八"),
        ("6,9,2,1,8", "六九二一八"),
        ("1-3-7-2-9-0", "一三七二九零"),
        ("1 3 2 4", "一三二四"),
        ("1.9.6.9", "一九六九"),
        ("尾号是8210", "尾号是八二一零"),
        ("打110", "打一一零"),
        ("8213", "八二一三"),
        ("305室", "三零五室"),
        ("2024年", "二零二四年"),
        ("95年", "九五年"),
        ("08年", "零八年"),
        ("80后", "八零后"),
        ("90年代", "九零年代"),
        ("12345678901234567", "一二三四五六七八九零一二三四五六七"),
    ],
)
def test_numbers_that_name_something_are_read_digit_by_digit(written: str, said: str) -> None:
    assert spoken(written) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("8:30", "八点三十"),
        ("8:05", "八点零五"),
        ("9:00", "九点"),
        ("2:15:30", "两点十五分三十秒"),
        ("2点", "两点"),
        ("3月2号", "三月二号"),
        ("2024-03-15", "二零二四年三月十五日"),
        ("2022-2023年", "二零二二到二零二三年"),
        ("3-5天", "三到五天"),
    ],
)
def test_dates_times_and_ranges_are_read_as_they_are_said(written: str, said: str) -> None:
    assert spoken(written) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [("2个", "两个"), ("2块", "两块"), ("第2", "第二"), ("2号线", "二号线"), ("打10次", "打十次"), ("30年", "三十年")],
)
def test_the_word_after_a_number_decides_its_reading(written: str, said: str) -> None:
    assert spoken(written) == said


@pytest.mark.parametrize(
    ("heard", "said"), [("五G套餐", "5G套餐"), ("升级五G", "升级5G"), ("二十五G", "二十五G"), ("五GB", "五GB")]
)
def test_a_network_is_written_with_its_digit(heard: str, said: str) -> None:
    assert edited(heard, spoken_edits(heard)) == said


@pytest.mark.parametrize("word", ["5G", "4G套餐", "iPhone15", "MP3", "3D", "4S店", "VIP", "Wi-Fi", "二十"])
def test_latin_words_and_numerals_stay(word: str) -> None:
    assert spoken(word) == word


@pytest.mark.parametrize(
    ("written", "said"), [("20G", "二十G"), ("1.5G流量", "一点五G流量"), ("100M宽带", "一百M宽带"), ("2GB", "两GB")]
)
def test_units_in_latin_letters_are_counted(written: str, said: str) -> None:
    assert spoken(written) == said


@given(st.text(st.sampled_from("0123456789.,:-/% 元年月号点个GAi二"), max_size=20))
def test_spoken_form_is_already_spoken(text: str) -> None:
    once = spoken(text)
    assert spoken(once) == once or any(character.isascii() and character.isalpha() for character in once)
