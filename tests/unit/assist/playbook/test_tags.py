"""Tags follow from what is known, are told when they change, and rules can ask for them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist.errors import PlaybookError
from assist.messages import CallOpened, CustomerLookedUp, CustomerTag, CustomerTagged, ProfileField
from assist.playbook import Known, Playbook, advise, begin, failures_in, parse_playbook
from assist.playbook.dates import date_in, months_later
from tests.support.dialogue import HEADER, Dialogue, phrases_in, playbook_of

TAGS = """
tags:
  - {id: valuable, title: 高价值, tone: good, fact: {path: customer.arpu, min: 150}}
  - id: protected
    title: 不营销
    tone: care
    any:
      - fact: {path: customer.level, is: 保护}
      - all: [{fact: {path: customer.opted_out, known: true}}, {fact: {path: customer.opted_out, is: 是}}]
"""
RULE = """
  - id: r
    party: customer
    phrase: 太贵
    tag: valuable
    because: 高价值客户嫌贵
    max_per_call: 1
    emit: {flag: {title: 试}}
"""
VALUABLE = CustomerTag(tag_id="valuable", title="高价值", tone="good", because={"customer.arpu": "188"})


def told(playbook: Playbook, *known: dict[str, str]) -> list[tuple[CustomerTag, ...]]:
    """The tags as they are told after one thing is known, and another."""
    state, changes = begin(playbook), list[tuple[CustomerTag, ...]]()
    for facts in known:
        state, advice = advise(playbook, state, Known(facts))
        changes += (item.tags for item in advice if isinstance(item, CustomerTagged))
    return changes


def test_tags_are_told_when_they_change_and_only_then() -> None:
    playbook = playbook_of(RULE, more=TAGS)
    assert told(playbook, {"call.source": "test"}) == []
    assert told(playbook, {"customer.arpu": "188"}, {"customer.level": "金卡"}) == [(VALUABLE,)]
    assert told(playbook, {"customer.arpu": "188"}, {"customer.arpu": "20"}) == [(VALUABLE,), ()]


def test_another_customer_brings_facts_and_tags_of_their_own() -> None:
    playbook = playbook_of(RULE, more=TAGS)
    first = {"customer.id": "1", "customer.arpu": "188"}
    assert told(playbook, first, {"customer.id": "2"}) == [(VALUABLE,), ()]
    assert told(playbook, first, first | {"customer.id": "2"}) == [(VALUABLE,), (VALUABLE,)]
    assert told(playbook, first, {"customer.id": "1"}) == [(VALUABLE,)]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"customer.arpu": "188"}, [("r", "breach")]),
        ({"customer.arpu": "20"}, []),
        ({"customer.arpu": "不详"}, [("r", "abstained")]),
        ({}, [("r", "abstained")]),
    ],
)
def test_rules_ask_for_tags_which_may_be_unknown(facts: dict[str, str], expected: list[tuple[str, str]]) -> None:
    call = Dialogue(playbook_of(RULE, more=TAGS)).fact(0, Known(facts))
    assert call.customer("太贵了").flags() == expected


def test_one_of_several_tags_is_enough() -> None:
    playbook = playbook_of(RULE.replace("tag: valuable", "tag: [valuable, protected]"), more=TAGS)
    call = Dialogue(playbook).fact(0, Known({"customer.level": "保护"}))
    assert call.customer("太贵了").flags() == [("r", "breach")]


def test_a_tag_may_be_false_where_nothing_is_known() -> None:
    """So that a rule with ``not: {tag: …}`` works without a directory."""
    tags = "tags: [{id: out, title: 退订, all: [{fact: {path: customer.out, known: true}}]}]"
    playbook = playbook_of(RULE.replace("tag: valuable", "not: {tag: out}"), more=tags)
    assert Dialogue(playbook).customer("太贵了").flags() == [("r", "breach")]


def test_cases_of_rules_say_what_is_known_of_the_customer() -> None:
    cases = "    cases: {fires: [{dialogue: [客户: 太贵了], known: {customer.arpu: 200}}], silent: [[客户: 你好]]}\n"
    playbook = playbook_of(RULE + cases, more=TAGS)
    assert list(failures_in(playbook, lambda heard: phrases_in(heard, playbook))) == []


def test_what_a_directory_tells_is_a_fact_by_name() -> None:
    arpu, plan = ProfileField(name="arpu", value="188"), ProfileField(name="套餐", value="畅享", group="dynamic")
    event = CustomerLookedUp(
        at_ms=5, customer_id="1", is_known=True, name="王", fields=(arpu, plan), source="csv@1", took_ms=3
    )
    facts = {"customer.id": "1", "customer.name": "王", "customer.arpu": "188", "customer.套餐": "畅享"}
    assert Known.of(event) == Known(facts)


@pytest.mark.parametrize(
    ("condition", "day", "is_held"),
    [
        ("older_than_months: 24", "2024-03-02", False),
        ("older_than_months: 24", "2024/3/1", True),
        ("older_than_months: 24", "2024年2月", True),
        ("within_days: 60", "2026-05-01", True),
        ("within_days: 60", "2026-05-02", False),
        ("within_days: 60", "2026-03-02", True),
        ("within_days: 60", "2026-03-01", False),
        ("in_last_days: 30", "2026-01-31", True),
        ("in_last_days: 30", "20260130", False),
        ("in_last_days: 30", "2026-03-03", False),
        ("in_last_days: 30", "最近", False),
    ],
)
def test_days_are_compared_with_the_day_of_the_call(condition: str, day: str, is_held: bool) -> None:
    tags = f"tags: [{{id: t, title: 试, fact: {{path: customer.day, {condition}}}}}]"
    changes = told(playbook_of(RULE.replace("tag: valuable", "tag: t"), more=tags), {"call.date": "2026-03-02"},
                   {"customer.day": day})  # fmt: skip
    assert bool(changes) is is_held


@pytest.mark.parametrize(("more", "day"), [("", "2026-03-03"), ("utc_offset: -01:00", "2026-03-02")])
def test_the_day_of_the_call_is_that_of_the_hotline(more: str, day: str) -> None:
    playbook = parse_playbook(f"{HEADER}{more}\nrules:\n  - {{id: a, phrase: 啊, set: {{x: true}}}}\n", "test.yaml")
    opening = Known.of(CallOpened(source="test", legs=()), datetime(2026, 3, 2, 17, 0, tzinfo=UTC))
    state, _ = advise(playbook, begin(playbook), opening)
    assert state.facts["call.date"] == day


@pytest.mark.parametrize(
    ("tags", "complaint"),
    [
        ("tags: [{id: valuable, title: 贵, phrase: 贵}]", "unknown key 'phrase'"),
        ("tags: [{id: valuable, title: 贵, not: {tag: valuable}}]", "unknown key 'tag'"),
        ("tags: [{id: valuable, title: 贵}]", "no operator"),
        ("tags: [{id: Valuable, title: 贵, fact: {path: customer.a, min: 1}}]", "small letters"),
        (f"{TAGS}  - {{id: valuable, title: 又, fact: {{path: customer.a, min: 1}}}}", "twice"),
        ("tags: [{id: other, title: 别的, fact: {path: customer.a, min: 1}}]", "no tag 'valuable'; known are other"),
        ("tags: [{id: valuable, title: 贵, fact: {path: customer.a, min: 1, within_days: 3}}]", "needs one of"),
        (f"utc_offset: 8\n{TAGS}", "expected text"),
        (f"utc_offset: Asia/Shanghai\n{TAGS}", "east of UTC"),
    ],
)
def test_tags_that_mean_nothing_are_refused(tags: str, complaint: str) -> None:
    with pytest.raises(PlaybookError, match=complaint) as refused:
        playbook_of(RULE, more=tags)
    assert refused.value.line is not None


@given(st.dates())
def test_days_are_read_however_they_are_written(day: date) -> None:
    year = f"{day.year:04}"
    for text in (
        day.isoformat(),
        f"{year}/{day.month}/{day.day}",
        f"{year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}".zfill(8),
    ):
        assert date_in(text) == day
    assert date_in(f"{day.isoformat()} 12:30:00") == day


@pytest.mark.parametrize("text", ["", "昨天", "2026-13-01", "2026-02-30", "202603", "12345678901"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert date_in(text) is None


@given(st.dates(), st.integers(0, 2_000))
def test_months_later_is_as_many_months_later(day: date, months: int) -> None:
    later = months_later(day, months)
    if later < date.max:
        assert (later.year - day.year) * 12 + later.month - day.month == months
        assert later.day == day.day or (later.day < day.day and later.day >= 28)
