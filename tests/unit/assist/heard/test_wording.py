from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assist.heard import Adherence, Said, Wording
from assist.heard.sound import sounds_of
from assist.heard.values import Value, values_in

PACK = "给您推荐三十个G的流量包，每个月二十元，今天办理马上生效，帮您开通好吗？"


def adherence(body: str, *said: str, names: tuple[str, ...] = ()) -> Adherence:
    return Wording.of(body, names).adherence([Said.of(text) for text in said])


def test_the_very_words_are_a_full_score() -> None:
    assert adherence(PACK, PACK) == Adherence(1.0)


def test_homophones_count_as_the_words() -> None:
    assert adherence(PACK, "给您推剑三十个机的六量包，每个月二十元，今天办里马上升效，帮您开桶好吗").score > 0.9


def test_sounds_that_a_line_blurs_are_one() -> None:
    assert sounds_of("张牛兰") == sounds_of("脏流烂")


def test_clauses_may_come_in_any_order() -> None:
    assert adherence(PACK, "今天办理马上生效，帮您开通好吗，每个月二十元，三十个G的流量包，给您推荐").score > 0.85


def test_two_utterances_together_hold_what_neither_does() -> None:
    first, second = "给您推荐三十个G的流量包", "每个月二十元，今天办理马上生效，帮您开通好吗"
    both = adherence(PACK, first, second)
    assert both.score > max(adherence(PACK, first).score, adherence(PACK, second).score) + 0.2


def test_other_words_score_little() -> None:
    assert adherence(PACK, "请您报一下身份证后四位").score < 0.1


def test_amounts_left_out_are_named() -> None:
    assert adherence(PACK, "给您推荐一个流量包，今天办理马上生效").missing == ("20元", "30G")


def test_another_amount_in_place_of_its_own_halves_the_score() -> None:
    right, wrong = PACK, PACK.replace("二十元", "五十元")
    assert adherence(PACK, wrong).differing == ("50元",)
    assert adherence(PACK, wrong).score < adherence(PACK, right).score / 2


def test_names_of_the_playbook_that_were_not_said_are_named() -> None:
    found = adherence("升到畅享套餐流量更多", "升级套餐的话流量更多", names=("畅享套餐", "亲情网"))
    assert found.missing == ("畅享套餐",)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("每个月20元，30G", {Value(20, "元"), Value(30, "G")}),
        ("二十块钱三十个机", {Value(20, "元"), Value(30, "G")}),
        ("分十二期，两年合约", {Value(12, "期"), Value(2, "年")}),
        ("打百分之九十", {Value(90, "%")}),
        ("升到五G套餐", set[Value]()),
    ],
)
def test_values_are_read_as_they_are_said(text: str, values: set[Value]) -> None:
    assert values_in(text) == values


@given(st.text(max_size=40), st.lists(st.text(max_size=40), max_size=3))
def test_scores_lie_between_nothing_and_all(body: str, said: list[str]) -> None:
    assert 0 <= adherence(body, *said).score <= 1


@given(st.text(alphabet="流量包二十元每月办理生效", min_size=2, max_size=30), st.text(max_size=20))
def test_saying_more_never_says_less_of_the_words(body: str, more: str) -> None:
    before, after = adherence(body, body), adherence(body, body, more)
    assert after.score >= before.score or after.differing
