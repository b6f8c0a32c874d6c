"""Probabilities of characters being right."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.confidence import WHISPER_BASE, Calibration, calibrated, expected_share, features_of
from asr.text import Character

OWN_ONLY = Calibration(bias=0.0, own=1.0, neighbours=0.0, utterance=0.0, contradicted=0.0, doubtful_below=0.5)


def heard(text: str, *confidences: float) -> tuple[Character, ...]:
    return tuple(Character(letter, 0, 0, confidence) for letter, confidence in zip(text, confidences, strict=True))


def confidences(characters: tuple[Character, ...]) -> list[float]:
    return [character.confidence for character in characters]


def test_weights_of_one_leave_a_probability_as_it_is() -> None:
    assert confidences(calibrated(heard("你好", 0.3, 0.8), -0.1, OWN_ONLY)) == pytest.approx([0.3, 0.8])


def test_marks_keep_their_confidence_and_are_nobodys_neighbour() -> None:
    with_mark = calibrated(heard("你，好", 0.3, 0.01, 0.8), -0.1, WHISPER_BASE)
    without = calibrated(heard("你好", 0.3, 0.8), -0.1, WHISPER_BASE)
    assert confidences(with_mark) == [without[0].confidence, 0.01, without[1].confidence]


def test_the_same_probability_is_worth_less_between_bad_neighbours() -> None:
    good = calibrated(heard("你好吗", 0.95, 0.6, 0.95), -0.2, WHISPER_BASE)
    bad = calibrated(heard("你好吗", 0.1, 0.6, 0.1), -0.2, WHISPER_BASE)
    assert bad[1].confidence < good[1].confidence


def test_what_another_decode_contradicts_is_less_likely() -> None:
    alone = calibrated(heard("北京楼市", 0.7, 0.7, 0.7, 0.7), -0.3, WHISPER_BASE)
    beside = calibrated(heard("北京楼市", 0.7, 0.7, 0.7, 0.7), -0.3, WHISPER_BASE, "北京，都市")
    is_lower = [after < before for after, before in zip(confidences(beside), confidences(alone), strict=True)]
    assert is_lower == [False, False, True, False]


def test_nothing_confirms_what_only_one_decode_heard() -> None:
    assert [row[-1] for row in features_of(heard("你好", 0.7, 0.7), -0.3, "")] == [1.0, 1.0]


def test_the_share_of_right_letters_leaves_marks_out() -> None:
    assert expected_share(heard("你好。", 0.4, 0.8, 0.0)) == pytest.approx(0.6)
    assert expected_share(()) == 1.0


@given(
    st.lists(st.tuples(st.sampled_from("一二，A"), st.floats(0, 1)), max_size=12),
    st.floats(-5, 0),
    st.none() | st.text("一二A", max_size=12),
)
def test_every_confidence_is_a_probability_and_no_character_is_lost(
    said: list[tuple[str, float]], log_probability: float, other: str | None
) -> None:
    characters = tuple(Character(letter, 0, 0, confidence) for letter, confidence in said)
    after = calibrated(characters, log_probability, WHISPER_BASE, other)
    assert [character.text for character in after] == [character.text for character in characters]
    assert all(0 <= character.confidence <= 1 and math.isfinite(character.confidence) for character in after)
