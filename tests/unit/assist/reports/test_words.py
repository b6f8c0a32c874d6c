"""Words that tell a reason."""

from __future__ import annotations

from assist.reports.words import LEAST_CALLS, MOST_WORDS, distinctive_words
from assist.search.tokens import tokens


def calls(*texts: str, times: int = 10) -> list[frozenset[str]]:
    return [frozenset(token.text for token in tokens(text)) for text in texts for _ in range(times)]


def words(**groups: list[frozenset[str]]) -> dict[str, list[str]]:
    return {group: [word.text for word in found] for group, found in distinctive_words(groups).items()}


def test_what_everybody_says_tells_nothing() -> None:
    found = words(fault=calls("你好，宽带", "你好，断网"), bill=calls("你好，话费", "你好，扣费"))
    assert found == {"fault": ["宽带", "断网"], "bill": ["扣费", "话费"]}


def test_pairs_that_come_together_are_one_word() -> None:
    found = words(fault=calls("去营业厅，好"), bill=calls("查话费，好"))
    assert found["fault"] == ["去营业厅"]


def test_pairs_over_the_edge_of_a_word_are_left_out() -> None:
    found = words(fault=calls("宽带断", "宽带慢", "宽带卡"), bill=calls("查话费"))
    assert found["fault"] == ["宽带"]


def test_numbers_masked_names_and_single_characters_are_no_words() -> None:
    found = words(fault=calls("姓某*，1234，二五，5g，断网"), bill=calls("查话费"))
    assert found["fault"] == ["5g", "断网"]


def test_few_calls_tell_nothing() -> None:
    assert words(fault=calls("宽带", times=LEAST_CALLS - 1), bill=calls("话费", times=100))["fault"] == []


def test_no_more_words_are_told_than_the_bound() -> None:
    many = [chr(0x4E00 + 2 * n) + chr(0x4E01 + 2 * n) for n in range(MOST_WORDS + 5)]
    assert len(words(fault=calls(*many), bill=calls("话费", times=500))["fault"]) == MOST_WORDS


def test_a_single_reason_has_nothing_to_be_compared_with() -> None:
    assert words(fault=calls("宽带")) == {"fault": []}
    assert words() == {}


def test_a_word_is_told_with_its_calls() -> None:
    (word,) = distinctive_words({"fault": calls("宽带"), "bill": calls("话费")})["fault"]
    assert word.calls == 10
    assert word.z > 2
