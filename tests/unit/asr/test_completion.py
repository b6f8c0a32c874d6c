"""What a recogniser leaves out."""

from __future__ import annotations

import math

import numpy as np

from asr.completion import UNSCORED_CONFIDENCE, complete, loud_span_ms
from asr.speech import Hypothesis
from tests.support.speech import hypothesis

RATE_HZ = 16_000


def test_a_whole_hypothesis_stays_as_it_is() -> None:
    heard = hypothesis("你好")
    assert complete(heard, np.zeros(RATE_HZ, np.float32)) is heard


def test_characters_are_spread_over_the_loud_part() -> None:
    samples = np.concatenate([np.full(n * RATE_HZ, level, np.float32) for n, level in ((1, 0.001), (2, 0.1), (1, 0))])
    heard = complete(Hypothesis("一二三四", log_probability=-0.2), samples)
    assert [character.start_ms // 100 for character in heard.characters] == [9, 14, 20, 25]
    assert heard.characters[-1].end_ms <= 3_040
    assert heard.log_probability == -0.2


def test_nobody_is_told_a_probability_that_was_not_given() -> None:
    heard = complete(Hypothesis("你好", is_scored=False), np.ones(RATE_HZ, np.float32))
    assert {character.confidence for character in heard.characters} == {UNSCORED_CONFIDENCE}
    assert math.exp(heard.log_probability) == UNSCORED_CONFIDENCE


def test_silence_is_loud_nowhere_and_counts_whole() -> None:
    assert loud_span_ms(np.zeros(RATE_HZ, np.float32)) == (0, 1_000)
    assert loud_span_ms(np.zeros(3, np.float32)) == (0, 0)
