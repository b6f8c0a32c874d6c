"""How alike syllables sound."""

from __future__ import annotations

import numpy as np
import pytest

from nlp.pinyin import CONFUSED, FINAL_COSTS, INITIAL_COSTS, WHOLE, parse_syllable, syllable_costs, syllables_in_context


def cost(heard: str, expected: str) -> int:
    rows = np.array([parse_syllable(expected)]), np.array([parse_syllable(heard)])
    return int(syllable_costs(*rows)[0, 0])


@pytest.mark.parametrize(
    "pair", ["zhi zi", "chen cen", "shan san", "nan lan", "ran lan", "fei hei", "lin ling", "pan pang"]
)
def test_common_confusions_cost_little(pair: str) -> None:
    heard, expected = pair.split()
    assert cost(heard, expected) == cost(expected, heard) == CONFUSED


@pytest.mark.parametrize("pair", ["ban pan", "guo kuo", "liu lou", "xue xie", "wang huang"])
def test_near_syllables_cost_more_but_not_all(pair: str) -> None:
    assert CONFUSED < cost(*pair.split()) < WHOLE


def test_different_syllables_cost_a_whole() -> None:
    assert cost("bu", "xin") == WHOLE


def test_the_same_syllable_costs_nothing_however_it_is_spelt() -> None:
    assert cost("lv", "lv") == 0
    assert parse_syllable("yue") == parse_syllable("yve")
    assert parse_syllable("ju") == parse_syllable("jv")


def test_what_is_no_syllable_is_like_nothing() -> None:
    assert cost("xyz", "xyz") == WHOLE


def test_readings_follow_the_context() -> None:
    bank, walk = syllables_in_context("银行"), syllables_in_context("行走")
    assert bank[1] == parse_syllable("hang")
    assert walk[0] == parse_syllable("xing")


def test_cost_tables_are_symmetric() -> None:
    assert (INITIAL_COSTS == INITIAL_COSTS.T).all()
    assert (FINAL_COSTS == FINAL_COSTS.T).all()
