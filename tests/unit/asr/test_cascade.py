"""Judging decodes and putting them together."""

from __future__ import annotations

import numpy as np
import pytest

from asr.cascade import joined, signs_of, split_point, trimmed
from asr.guards import GuardSettings
from asr.speech import Hypothesis
from asr.text import Character
from tests.support.speech import hypothesis

GUARDS = GuardSettings()


def test_signs_tell_how_sure_a_decode_is_of_its_least_certain_letters() -> None:
    characters = tuple(
        Character(letter, 0, 0, confidence)
        for letter, confidence in zip("今天天气好。", (0.9, 0.8, 0.2, 0.6, 0.9, 0.01), strict=True)
    )
    signs = signs_of(Hypothesis("今天天气好。", characters, log_probability=-0.4), duration_ms=2_500)
    assert signs.lowest == 0.2
    assert signs.lowest_quarter == pytest.approx(0.4)
    assert signs.chars_per_s == 2.0
    assert signs.log_probability == -0.4


def test_loops_compress_better_than_speech() -> None:
    loop, speech = (signs_of(hypothesis(text), 10_000) for text in ("你只能选择两个" * 6, "北京楼市的反应究竟如何" * 1))
    assert loop.compression_ratio > 2.0 > speech.compression_ratio


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
