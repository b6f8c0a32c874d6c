"""The normal form of every label."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.entities.values import normal_form
from nlp.labels import ENTITIES, codes

SUNDAY = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("label", "said", "value"),
    [
        ("phone_number", "幺三八，呃零零零零幺二三四", "13800001234"),
        ("number_tail", "四五，四五八八", "4588"),
        ("id_number", "四四零零零零幺九九零零零零零零零零叉", "44000019900000000X"),
        ("id_tail", "零零三X", "003X"),
        ("bank_card", "零零八六", "0086"),
        ("order_no", "零零七六四幺", "007641"),
        ("agent_id", "三二幺七", "3217"),
        ("passcode", "六六八九零一", "******"),
        ("amount", "不到一百块", "10000"),
        ("amount", "五百整", "50000"),
        ("data_volume", "两个G", "2048"),
        ("minutes", "三百分钟", "300"),
        ("sms_count", "八十来条", "80"),
        ("bandwidth", "千兆", "1000"),
        ("discount", "八折", "80"),
        ("contract_term", "两年", "24"),
        ("date", "明天", "2026-11-23"),
        ("time", "下午三点半", "15:30"),
        ("period", "上个月", "2026-10"),
        ("deadline", "二十四小时内", "PT24H"),
        ("duration", "三天", "P3D"),
        ("count", "第三次", "3"),
        ("plan", "五十九的那个", "plan:59"),
        ("plan", "八十八套餐", "plan:88"),
        ("plan", "畅享套餐", "畅享套餐"),
        ("plan_direction", "往下降一档", "down"),
        ("plan_direction", "升档", "up"),
        ("plan_direction", "保持现有的级别", "same"),
        ("plan_direction", "换", None),
        ("device", "苹果十五", "apple/15"),
        ("device", "红米诺特八", "redmi/note-8"),
        ("device", "旧魅族", "meizu"),
        ("device", "老年机", None),
        ("rival", "移动", "mobile"),
        ("rival", "街对面那家", "other"),
        ("channel", "东门营业厅", "shop"),
        ("payment", "银行卡代扣", "direct-debit"),
        ("indicator", "光猫闪红灯", "red-light"),
        ("indicator", "一格信号", "weak-signal"),
        ("indicator", "奇怪", None),
        ("regulator", "幺二三零零", "miit-line"),
        ("region", "泰国", "TH"),
        ("region", "深圳", "CN-GD/深圳"),
        ("region", "月球", None),
        ("person", "王，呃小明", "王小明"),
        ("address", "人民路，十二号", "人民路十二号"),
        ("product", "彩铃", "彩铃"),
    ],
)
def test_each_label_has_its_normal_form(label: str, said: str, value: str | None) -> None:
    assert normal_form(label, said, SUNDAY) == value


@given(st.sampled_from(codes(ENTITIES)), st.text(max_size=30), st.sampled_from([None, SUNDAY]))
def test_any_words_under_any_label_are_read_or_not_but_never_fail(
    label: str, said: str, reference: datetime | None
) -> None:
    value = normal_form(label, said, reference)
    assert value is None or value


@given(
    st.sampled_from(codes(ENTITIES)),
    st.text(alphabet="零一二两三十百千万亿几多半点个块毛元G兆年月日号天周上下前后内折期第次分之今明晚八", max_size=14),
)
def test_words_that_look_like_numbers_and_days_never_fail(label: str, said: str) -> None:
    value = normal_form(label, said, SUNDAY)
    assert value is None or value
