"""The language of the search box."""

from __future__ import annotations

import math
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist.errors import InputError
from assist.search.language import conditions_of
from assist.search.query import Condition, Flagged, Labelled, Measured, Of, Offered, Opened, Practised, Said

CHINA = timezone(timedelta(hours=8))
NOW = datetime(2026, 3, 9, 18, 0, tzinfo=UTC)
"""Two in the morning of the tenth in China."""


def asked(text: str) -> tuple[Condition, ...]:
    return conditions_of(text, zone=CHINA, now=NOW)


def day(month: int, of_month: int) -> datetime:
    """Its beginning in China."""
    return datetime(2026, month, of_month, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("宽带 投诉", (Said("宽带"), Said("投诉"))),
        ("宽带，投诉", (Said("宽带"), Said("投诉"))),
        ('"不 需要了" -套餐', (Said("不 需要了"), Said("套餐", is_excluded=True))),
        ("“不需要了”「流量」", (Said("不需要了"), Said("流量"))),
        ("宽带 party:customer", (Said("宽带", "customer"),)),
        ("方：客户 宽带", (Said("宽带", "customer"),)),
        ("agent-says:最低 customer-says:不要", (Said("最低", "agent"), Said("不要", "customer"))),
        ("客户说:不要 party:agent 最低", (Said("不要", "customer"), Said("最低", "agent"))),
        ("10:30 128元", (Said("10:30"), Said("128元"))),
        ("agent:8001,小王 customer:13800000001", (Of("agent", ("8001", "小王")), Of("customer", ("13800000001",)))),
        ("-坐席:8001", (Of("agent", ("8001",), is_excluded=True),)),
        ("intent:complain_billing,port_out", (Labelled("intent", ("complain_billing", "port_out")),)),
        ("emotion:angry ends:neutral", (Labelled("emotion", ("angry",)), Labelled("ends", ("neutral",)))),
        ("flag:price", (Flagged(("price",)),)),
        ('flag:"违规 承诺" verdict:met', (Flagged(("违规 承诺",), ("met",)),)),
        ("flag:*", (Flagged(),)),
        ("verdict:at-risk severity:严重", (Flagged((), ("at_risk",), ("critical",)),)),
        ("offer:family reaction:refused,犹豫", (Offered(("family",), ("refused", "hesitant")),)),
        ("practice:no -练习:否", (Practised(is_excluded=True), Practised())),
        ("sold:yes", (Offered(is_sold=True),)),
        ("silence>30s", (Measured("silence", math.nextafter(30_000, math.inf)),)),
        ("静默＞＝20％", (Measured("silence-share", 0.2),)),
        ("silence:10%..50%", (Measured("silence-share", 0.1, 0.5),)),
        ("duration:1m..5m", (Measured("duration", 60_000, 300_000),)),
        ("时长<=1.5分钟", (Measured("duration", None, 90_000),)),
        ("overtalk<500ms", (Measured("overtalk", None, math.nextafter(500, -math.inf)),)),
        ("-duration<10", (Measured("duration", None, math.nextafter(10_000, -math.inf), is_excluded=True),)),
        ("date:2026-03-01", (Opened(day(3, 1), day(3, 2)),)),
        ("date:2026-12", (Opened(day(12, 1), datetime(2027, 1, 1, tzinfo=CHINA)),)),
        ("date:2026-03-01..2026-03-07", (Opened(day(3, 1), day(3, 8)),)),
        ("date>=2026-03-01 date<2026-03-07", (Opened(day(3, 1)), Opened(None, day(3, 7)))),
        ("date:today", (Opened(day(3, 10), day(3, 11)),)),
        ("date:昨天", (Opened(day(3, 9), day(3, 10)),)),
        ("日期:7d", (Opened(day(3, 4), day(3, 11)),)),
        ("", ()),
        ("，。", ()),
    ],
)
def test_what_people_write_is_what_they_are_given(text: str, conditions: tuple[Condition, ...]) -> None:
    assert asked(text) == conditions


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ('宽带 "不需要', "search-unclosed-quote", '"不需要'),
        ("flga:price", "search-unknown-field", "did you mean flag?"),
        ("他说：不要", "search-unknown-field", "Quote words"),
        ("flag:", "search-bad-value", "nothing after"),
        ("verdict:bad", "search-bad-value", "breach, at_risk, met, abstained"),
        ("flag>3", "search-bad-value", "flag:VALUE"),
        ("silence:30s", "search-bad-value", "silence>30s"),
        ("silence>long", "search-bad-value", "30s, 2m or 1h"),
        ("overtalk>20%", "search-bad-value", "Only silence"),
        ("date:2026-13-01", "search-bad-value", "2026-03-01"),
        ("sold:maybe", "search-bad-value", "yes or no"),
        ("party:agent,customer 你好", "search-bad-value", "agent-says:"),
        ("-verdict:met", "search-bad-value", "verdict:"),
        ("字" * 1_001, "search-too-long", "1000 characters"),
        ("字 " * 51, "search-too-long", "50 parts"),
    ],
)
def test_what_cannot_be_understood_is_told_with_a_way_out(text: str, code: str, words: str) -> None:
    with pytest.raises(InputError) as raised:
        asked(text)
    assert raised.value.code == code
    assert words in raised.value.message


PIECES = st.sampled_from(
    [
        "宽带",
        '"',
        "“",
        "”",
        "-",
        ":",
        "：",
        ">",
        "<",
        "=",
        ",",
        "..",
        "flag",
        "date",
        "silence",
        "30s",
        "1e9d",
        "9999d",
        " ",
    ]
)


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=20).map("".join)))
def test_any_text_is_understood_or_refused(text: str) -> None:
    with suppress(InputError):
        asked(text)
