"""Judging decodes and putting them together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from asr.cascade import joined, longest_gap_ms, split_point, trimmed
from asr.guards import GuardSettings
from tests.support.speech import hypothesis

GUARDS = GuardSettings()


def test_trimming_keeps_one_copy_of_loops_and_of_what_was_doubled() -> None:
    assert trimmed(hypothesis("好的，好的，好的，谢谢"), 3_000, GUARDS).text == "好的，谢谢"
    short = trimmed(hypothesis("西马庄学校西马庄学校。"), 1_200, GUARDS)
    assert short.text == "西马庄学校。"
    assert "".join(character.text for character in short.characters) == short.text


def test_audio_is_cut_at_its_quietest_point_away_from_the_ends() -> None:
    rng = np.random.default_rng(0)
    samples = rng.uniform(-0.3, 0.3, 10 * 16_000).astype(np.float32)
    samples[:16_000] = 0.0
    samples[6 * 16_000 : 6 * 16_000 + 3_200] *= 0.05
    cut = split_point(samples)
    assert cut is not None
    assert 6 * 16_000 <= cut <= 6 * 16_000 + 3_200


def test_short_audio_is_not_cut() -> None:
    assert split_point(np.zeros(3 * 16_000, np.float32)) is None


def test_the_second_half_is_placed_behind_the_first() -> None:
    both = joined(hypothesis("北京"), hypothesis("楼市", is_capped=True), 3_000)
    assert both.text == "北京楼市"
    assert [character.start_ms for character in both.characters] == [0, 200, 3_000, 3_200]
    assert both.is_capped


def test_the_longest_gap_is_within_a_stretched_character_or_behind_the_last_one() -> None:
    heard = hypothesis("北京，楼市")
    assert longest_gap_ms(heard, 3_000) == (1_000, 3_000)
    stretched = replace(heard, characters=(replace(heard.characters[0], end_ms=2_500), *heard.characters[1:]))
    assert longest_gap_ms(stretched, 1_200) == (0, 2_500)
    assert longest_gap_ms(hypothesis(""), 1_200) == (0, 1_200)


def test_a_gap_is_cut_where_it_begins_or_at_its_end_if_it_begins_with_the_audio() -> None:
    samples = np.random.default_rng(0).uniform(-0.3, 0.3, 10 * 16_000).astype(np.float32)
    samples[70_000:75_000] *= 0.02
    for gap_ms in ((4_300, 10_000), (0, 4_700)):
        cut = split_point(samples, gap_ms)
        assert cut is not None
        assert 70_000 <= cut <= 75_000
    assert split_point(samples, (9_900, 10_000)) == 9 * 16_000
