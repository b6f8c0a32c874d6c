"""Words that only sound like what was said are read as what was said."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.understanding.repair import HomophoneRepair, count_characters, load_counts, save_counts

TEXTS = ["我想查一下话费", "查话费", "帮我查一下话费", "我的话费怎么这么多", "我要退订这个业务", "帮我退订业务"]


@pytest.fixture(scope="module")
def repair() -> HomophoneRepair:
    return HomophoneRepair(count_characters(TEXTS, 1))


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        ("帮我茶一下画费", "帮我查一下话费"),
        ("我要腿订这个业雾", "我要退订这个业务"),
        ("帮我查一下话费", "帮我查一下话费"),
        ("", ""),
    ],
)
def test_homophones_are_read_as_the_words_that_stand_there_usually(
    repair: HomophoneRepair, heard: str, said: str
) -> None:
    assert repair.repaired(heard) == said


def test_what_is_known_stays_even_if_another_reading_is_more_frequent(repair: HomophoneRepair) -> None:
    assert repair.repaired("我想查") == "我想查"


def test_what_sounds_like_nothing_known_stays(repair: HomophoneRepair) -> None:
    assert repair.repaired("ＡＢＣ 😀 今天天气") == "ＡＢＣ 😀 今天天气"


@given(st.text(max_size=60))
def test_any_text_keeps_its_length_and_all_that_is_not_chinese(text: str) -> None:
    repaired = HomophoneRepair(count_characters(TEXTS, 1)).repaired(text)
    assert len(repaired) == len(text)
    assert all(new == old for new, old in zip(repaired, text, strict=True) if not "一" <= old <= "鿿")


def test_rare_runs_of_three_are_left_out() -> None:
    counts = count_characters(["查话费", "查话费", "退话费"], 2)
    assert "查话费" in counts.triples
    assert "退话费" not in counts.triples
    assert counts.pairs["话费"] == 3


def test_counts_are_stored_whole(tmp_path: Path) -> None:
    counts = count_characters(TEXTS, 1)
    save_counts(counts, tmp_path / "characters.npz")
    assert load_counts(tmp_path / "characters.npz") == counts
