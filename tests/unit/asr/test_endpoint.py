"""What words say about the end of a sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.endpoint import judge


@pytest.mark.parametrize("text", ["可以吗", "请问还有什么可以帮您的吗？", "好的，再见。", "祝您生活愉快", "那怎么办"])
def test_questions_and_farewells_are_finished(text: str) -> None:
    assert judge(text) == "finished"


@pytest.mark.parametrize(
    "text", ["我想办一下那个", "流量不够用，因为", "好的，然后。", "我的号码是", "您要不就", "有三十个G的流量和", "呃"]
)
def test_a_conjunction_or_a_missing_object_goes_on(text: str) -> None:
    assert judge(text) == "unfinished"


@pytest.mark.parametrize("text", ["一三八", "一三八零零一三", "我的手机号是1380013", "身份证四四零三零五一九九零"])
def test_a_number_being_dictated_goes_on(text: str) -> None:
    assert judge(text) == "unfinished"


@pytest.mark.parametrize(
    "text",
    ["一三八零零一三八零零零", "尾号零四九二", "一零零八六", "两百三十", "二十", "好的", "我想查一下话费", "嗯", ""],
)
def test_what_may_be_all_is_unclear(text: str) -> None:
    assert judge(text) == "unclear"


@given(st.text(alphabet="因为好的吗一二三，。？ 嗯"), st.sampled_from(["", "。", "，", "？", " "]))
def test_marks_decide_nothing(text: str, mark: str) -> None:
    """Whisper puts a stop after half a sentence as readily as after a whole one."""
    assert judge(text + mark) == judge(text)
